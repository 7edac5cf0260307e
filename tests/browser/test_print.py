"""The page on paper: one clean sheet of what is on the screen, with the sources that it cites."""

from __future__ import annotations

import re

import pytest

SHEET = "window.dispatchEvent(new Event('beforeprint'))"


@pytest.fixture
def sheet(flagship, open_page):
    """Return a function that opens a page as it is printed."""

    def opener(name, fragment=""):
        opened = open_page(flagship[name], fragment)
        opened.page.emulate_media(media="print")
        opened.page.evaluate(SHEET)
        return opened

    return opener


def test_the_sheet_says_what_it_is(sheet):
    opened = sheet("overview", "#lang=en&text=kandal&during=1975-04/1979-01")
    page, data = opened.page, opened.data()
    head = page.locator(".paper-head").inner_text()
    assert data["atlas"]["title"]["en"] in head
    assert data["page"]["title"]["en"] in head
    assert data["atlas"]["version"] in head
    assert "kandal" in head
    assert "April 1975 – January 1979" in head
    assert "overview.html#" in head
    assert "/tmp" not in head, "the folders of a reader's disk are their own"
    assert "Show all again" not in head
    assert page.locator(".time-strip svg").is_visible()
    assert page.locator(".memorial-map").is_visible()
    assert page.locator(".legend-body").is_visible()
    for gone in (".panel", ".top", ".time", ".controls"):
        assert not page.locator(gone).first.is_visible()
    opened.assert_quiet()


def test_the_list_is_whole_and_every_number_has_its_source(sheet):
    opened = sheet("overview")
    page, data = opened.page, opened.data()
    entries = page.locator(".paper-list li")
    assert entries.count() == len(data["sites"])
    assert page.locator(".paper-head .facts dd").first.inner_text() == "Everything that the page holds"
    cited = {
        int(number) for text in page.locator(".paper-refs").all_text_contents() for number in re.findall(r"\d+", text)
    }
    sources = page.locator(".paper-tail .sources > li").all_text_contents()
    assert cited == set(range(1, len(sources) + 1)), "each number names a source, and each source is cited"
    wanted = {reference["source"] for site in data["sites"] for reference in site["sources"]}
    assert len(sources) == len(wanted)
    for source in wanted:
        assert any(text.startswith(data["sources"][source]["note"]) for text in sources)
    assert page.locator(".time-strip").count() == 0, "without chosen years there is no strip"
    opened.assert_quiet()


def test_only_what_was_asked_is_printed(sheet):
    opened = sheet("journeys", "#lang=en&during=1975-04/1979-01")
    page = opened.page
    shown = page.locator(".list .item").count()
    asked = [route for route in opened.data()["routes"] if "days" in route]
    assert 0 < shown == page.locator(".paper-list li").count() <= len(asked)
    assert "possibly in these years" in page.locator(".paper-list").first.inner_text()


def test_nothing_is_cut_and_several_pages_come_out(sheet):
    opened = sheet("prisons")
    page = opened.page
    # The paper is 182 mm wide between its margins.
    too_wide = page.locator(".paper *, .legend *").evaluate_all(
        "nodes => nodes.filter((node) => node.getBoundingClientRect().right > "
        "document.querySelector('.memorial').getBoundingClientRect().right + 1).length"
    )
    assert too_wide == 0
    kept = page.locator(".paper-list li").first.evaluate("item => getComputedStyle(item).breakInside")
    assert kept == "avoid"
    pdf = page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert pages >= 3
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf)}
    assert all(abs(box[2] - 595) < 2 and abs(box[3] - 842) < 2 for box in boxes), "A4"


def test_the_page_comes_back_from_paper(flagship, open_page):
    opened = open_page(flagship["overview"])
    page = opened.page
    before = page.evaluate("[map_overview.getCenter(), map_overview.getZoom()]")
    page.evaluate(SHEET)
    assert page.locator(".paper-list li").count() > 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".paper *").count() == 0
    after = page.evaluate("[map_overview.getCenter(), map_overview.getZoom()]")
    assert after[1] == before[1]
    assert abs(after[0]["lat"] - before[0]["lat"]) < 0.1
    assert abs(after[0]["lng"] - before[0]["lng"]) < 0.1
    assert page.locator(".list .item").first.is_visible()
    assert "map" not in opened.address(), "nobody has moved the map"
    opened.assert_quiet()
