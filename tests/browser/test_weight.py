"""What a page weighs does not show: it opens whole, and says so plainly when it cannot."""

from __future__ import annotations

import json
import re

import pytest

LATE = "() => document.getAnimations().forEach((animation) => animation.finish())"


@pytest.fixture
def damaged(flagship, tmp_path):
    """Return a function that writes a page after something was done to its text."""

    def write(change):
        path = tmp_path / "page.html"
        path.write_text(change(flagship["prisons"].read_text(encoding="utf-8")), encoding="utf-8")
        return path

    return write


def one_letter_of_the_data(page):
    place = page.index('id="memorial-data">') + 40_000
    return page[:place] + ("A" if page[place] != "A" else "B") + page[place + 1 :]


def without_the_data(page):
    return re.sub('(id="memorial-data">)[^<]*', r"\1", page)


@pytest.mark.parametrize("change", [one_letter_of_the_data, without_the_data])
@pytest.mark.parametrize("size", [(1440, 900), (320, 640)], ids=["desk", "phone"])
def test_damaged_data_is_told_in_plain_words(damaged, new_page, change, size):
    opened = new_page(damaged(change), size).load()
    message = opened.page.locator(".unopened .is-damaged")
    assert message.count() == 3
    for paragraph in message.all():
        assert paragraph.is_visible()
    assert "damaged" in opened.page.locator("body").inner_text()
    assert opened.page.locator(".is-late").first.is_hidden()
    assert opened.count(".ready") == 0
    assert len(opened.said) == 1
    assert opened.said[0].startswith("uncaught: ")
    assert opened.violations() == []
    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_page_that_was_cut_off_is_no_blank_page_for_long(damaged, new_page):
    opened = new_page(damaged(lambda page: page[: page.index("<script>") + 1_000])).load()
    message = opened.page.locator(".unopened .is-late").first
    assert not message.is_visible()
    opened.page.evaluate(LATE)
    assert message.is_visible()
    assert opened.page.locator(".is-damaged").first.is_hidden()


@pytest.mark.parametrize("name", ["index", "prisons"])
def test_a_page_describes_its_data_to_machines(flagship, open_page, name):
    opened = open_page(flagship[name])
    data = opened.data()
    told = json.loads(opened.page.locator("head script[type='application/ld+json']").text_content())
    assert told["@type"] == "Dataset"
    assert told["version"] == data["atlas"]["version"]
    assert data["atlas"]["title"]["en"] in told["name"]
    assert told["inLanguage"] == data["atlas"]["languages"]
    opened.assert_quiet()


def test_a_browser_that_cannot_inflate_by_itself_opens_the_page_too(flagship, chromium):
    with chromium.new_context(offline=True, locale="en-GB") as context:
        context.add_init_script("delete window.DecompressionStream; delete Uint8Array.fromBase64")
        page = context.new_page()
        page.goto(flagship["prisons"].as_uri())
        page.wait_for_selector("body.ready")
        assert page.evaluate("typeof DecompressionStream") == "undefined"
        assert page.locator(".list .item").count() > 0
