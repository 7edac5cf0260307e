"""Text of an atlas stays text in the browser; and what Python adds to a map works without a request."""

from __future__ import annotations

import folium
import pytest

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.webmap import MemorialMap, make_payload, render_page

HOSTILE = "".join(
    [
        "{{ 7*7 }}{% open {# ",
        "<img src=x onerror=window.ran=1>",
        "</script><script>window.ran=1</script>",
        "<!-- '\"><svg onload=window.ran=1>",
        "`${window.ran=1}`\\",
        "<style>*{display:none}</style>",
        "<x-planted>&lt;i&gt;</x-planted>\u2028\u2029",
    ]
)
TEXTS = frozenset({
    "name", "name_km", "text", "summary", "note", "scope", "stated_by", "locator", "reliability", "url", "group",
    "en", "km", "fr", "begin", "begin_text", "end", "end_text", "as_of", "low", "high", "from", "to", "place_text",
    "coord_text", "village", "commune", "district", "province_name", "zone_text", "sector",
})  # fmt: skip


# Names of layers and pages are words of the manifest, as ids are.
WORDS = frozenset({"layers", "page", "pages"})


def poison(value, key=""):
    """Return a payload with the hostile text after every text that a reader sees."""
    if isinstance(value, dict):
        return {
            name: member if name == "name" and key in WORDS else poison(member, name) for name, member in value.items()
        }
    if isinstance(value, list):
        return [poison(member, key) for member in value]
    return f"{value}{HOSTILE}" if isinstance(value, str) and key in TEXTS else value


@pytest.fixture
def payload(small_atlas):
    with open_catalogue(compile_atlas(small_atlas().folder).path) as catalogue:

        def make(name):
            made = make_payload(catalogue, name)
            return made | {"sites": list(made["sites"])}

        yield make


@pytest.fixture
def saved(tmp_path):
    def save(memorial_map, name="page"):
        path = tmp_path / f"{name}.html"
        path.write_text(render_page(memorial_map), encoding="utf-8")
        return path

    return save


def assert_inert(opened):
    opened.assert_quiet()
    assert opened.page.evaluate("window.ran === undefined")
    assert opened.count("img, iframe, object, embed, x-planted, [onerror], [onload]") == 0
    assert opened.count("body script") == 3
    assert opened.count("style") == 2
    assert opened.page.locator("body").evaluate("body => getComputedStyle(body).display") != "none"


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("name", [None, "overview", "prisons", "figures"])
def test_hostile_text_is_shown_as_text(payload, saved, open_page, name, size):
    opened = open_page(saved(MemorialMap(poison(payload(name)))), size=size)
    assert_inert(opened)
    told = opened.page.locator("body").text_content()
    assert HOSTILE in told
    assert HOSTILE in opened.page.title()


def test_cards_of_all_records_show_hostile_text_as_text(payload, saved, open_page):
    opened = open_page(saved(MemorialMap(poison(payload("overview")))))
    page = opened.page
    seen = 0
    for tab in range(page.locator(".tabs button").count()):
        page.locator(".tabs button").nth(tab).press("Enter")
        for item in range(page.locator(".list .item").count()):
            page.locator(".list .item").nth(item).press("Enter")
            page.locator(".card").wait_for(state="visible")
            assert HOSTILE in page.locator(".card").text_content()
            assert_inert(opened)
            seen += 1
    assert seen == 5 + 1 + 3


def test_about_shows_hostile_text_as_text(payload, saved, open_page):
    opened = open_page(saved(MemorialMap(poison(payload("figures")))))
    opened.page.locator(".about-button").click()
    assert_inert(opened)


def test_links_to_sources_are_web_addresses_that_tell_no_one(payload, saved, open_page):
    page = payload("overview")
    page["sources"]["first-book"]["url"] = "javascript:window.ran=1"
    opened = open_page(saved(MemorialMap(page)))
    opened.page.locator(".list .item").first.click()
    links = opened.page.locator("a").evaluate_all("links => links.map((link) => [link.protocol, link.rel, link.host])")
    assert all(protocol in ("https:", "file:") for protocol, _, _ in links)
    assert all("noopener" in rel and "noreferrer" in rel for protocol, rel, _ in links if protocol == "https:")


def test_folium_layers_are_drawn_without_a_request(payload, saved, open_page):
    memorial_map = MemorialMap(payload("overview"))
    folium.Marker([10.5, -32.0], popup="A popup <i>of mine</i>", tooltip="A tooltip").add_to(memorial_map)
    folium.CircleMarker([10.4, -31.0], radius=9, color="#123456").add_to(memorial_map)
    folium.PolyLine([[10.1, -32.0], [10.9, -31.0]], color="#654321").add_to(memorial_map)
    opened = open_page(saved(memorial_map))
    assert opened.count("path[stroke='#123456']") == 1
    assert opened.count("path[stroke='#654321']") == 1
    pin = opened.page.locator("img.leaflet-marker-icon")
    assert pin.evaluate("pin => pin.naturalWidth") > 0
    pin.dispatch_event("click")
    assert opened.page.locator(".leaflet-popup-content").text_content().strip() == "A popup of mine"
    opened.assert_quiet()


def test_a_map_shows_itself_in_a_notebook(payload, tmp_path, open_page):
    memorial_map = MemorialMap(payload("overview"))
    cell = f"<!DOCTYPE html><title>notebook</title><body class=ready>{memorial_map._repr_html_()}"
    path = tmp_path / "notebook.html"
    path.write_text(cell, encoding="utf-8")
    opened = open_page(path)
    frame = opened.page.frame_locator("iframe")
    frame.locator(".leaflet-areas-pane path").first.wait_for(state="attached")
    assert frame.locator(".leaflet-areas-pane path").count() == 3
    opened.assert_quiet()
