"""A page in a browser that runs no JavaScript: it reads as a book does."""

from __future__ import annotations

import re

import pytest

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.webmap import MemorialMap, make_payload, render_page

PAGES = ["index", "overview", "journeys", "prisons", "provinces"]
WIDTHS = [1440, 390, 320]
OFF = {"java_script_enabled": False}


@pytest.mark.parametrize("name", PAGES)
def test_everything_is_told_and_nothing_asked_for(flagship, new_page, name):
    opened = new_page(flagship[name], **OFF).load()
    page, data = opened.page, opened.data()
    told = page.locator("body").inner_text()
    atlas = data["atlas"]
    title = atlas["title"] if name == "index" else data["page"]["title"]
    assert atlas["title"]["en"] in told
    for words in (title, atlas["notice"], atlas["dedication"]):
        assert all(text in told for text in words.values())
    if name != "index":
        names = [record["name"] for record in (*data["sites"], *data["routes"])]
        names += [one["text"] for record in data["sites"] for one in record["names"]]
        assert [text for text in names if text not in told] == []
        cited = {reference["source"] for site in data["sites"] for reference in site["sources"]}
        assert [one for one in cited if data["sources"][one]["note"] not in told] == []
    assert page.locator(".unopened").is_hidden()
    assert page.locator(".memorial-map").is_hidden()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        box = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
        assert box[0] <= box[1], f"something sticks out to the side at {width}"
    page.set_viewport_size({"width": 1440, "height": 900})
    outside = [url for url in opened.requests if not url.startswith((opened.path.as_uri(), "data:"))]
    assert outside == []
    assert opened.said == []


@pytest.mark.parametrize("language", ["km", "fr"])
def test_a_page_in_another_language_reads_in_it(small_atlas, new_page, tmp_path, language):
    with open_catalogue(compile_atlas(small_atlas().folder).path) as catalogue:
        payload = make_payload(catalogue, "overview", [language, "en"])
    path = tmp_path / "page.html"
    path.write_text(render_page(MemorialMap(payload)), encoding="utf-8")
    opened = new_page(path, **OFF).load()
    page = opened.page
    assert page.locator(".reading").get_attribute("lang") == language
    assert page.locator("h1").inner_text() == payload["page"]["title"][language]
    assert page.locator("h2").first.inner_text() == payload["layers"][-1]["title"][language]
    assert page.locator(".reading [lang=en]").count() > 0
    assert opened.said == []


def test_it_prints(flagship, new_page):
    opened = new_page(flagship["prisons"], **OFF).load()
    opened.page.emulate_media(media="print")
    assert opened.page.locator(".reading h1").is_visible()
    assert opened.page.locator(".reading nav").is_hidden()
    assert len(re.findall(rb"/Type\s*/Page\b", opened.page.pdf(format="A4"))) > 5


def test_a_reader_with_javascript_never_meets_it(flagship, open_page):
    opened = open_page(flagship["prisons"])
    assert opened.count(".reading") == 0
    assert opened.page.locator(".unopened").is_hidden()
    assert "JavaScript" not in opened.page.locator("body").inner_text()
    opened.assert_quiet()


def test_a_citation_leads_to_its_source(flagship, new_page):
    page = new_page(flagship["prisons"], **OFF).load().page
    link = page.locator(".record .cited a").first
    number = link.inner_text()
    link.click()
    assert page.url.endswith(f"#source-{number}")
    assert page.locator(f"#source-{number}").bounding_box()["y"] < 900
