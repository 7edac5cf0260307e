"""The pages of the flagship atlas, as a reader opens them: from disk, with the network off."""

from __future__ import annotations

import pytest

PAGES = ["index", "overview", "journeys", "prisons", "provinces"]
LANGUAGES = ["en", "km", "fr"]
SIZES = [(1440, 900), (390, 844)]
ON_MAP = ".leaflet-container .leaflet-{}-pane "


def test_every_page_that_the_atlas_defines_is_built(flagship):
    assert sorted(flagship) == sorted(PAGES)


def test_overview_keeps_its_size(flagship):
    assert flagship["overview"].stat().st_size <= 1_500_000


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_page_shows_its_layers_and_asks_for_nothing(flagship, visit, name, language, size):
    opened = visit(flagship[name], f"#lang={language}", size)
    page, data = opened.page, opened.data()
    opened.assert_quiet()

    # It speaks the language, and says so.
    assert page.evaluate("document.documentElement.lang") == language
    words = data["atlas"]["title"] if name == "index" else data["page"]["title"]
    assert page.locator("h1").first.text_content() == words[language]
    assert data["atlas"]["title"][language] in page.title()

    # The map is a Leaflet map under the name that folium layers use, and it can be seen.
    assert page.evaluate(f"map_{name} instanceof L.Map")
    box = page.locator(f"#map_{name}").bounding_box()
    assert box["width"] >= 300
    assert box["height"] >= 200

    # Every layer of the page is drawn.
    assert opened.count(ON_MAP.format("land") + "path") >= len(data["backdrop"]["land"])
    assert opened.count(ON_MAP.format("water") + "path") >= len(data["backdrop"]["water"])
    layers = {layer["schema"] for layer in data["layers"]}
    if "areas" in layers:
        assert opened.count(ON_MAP.format("areas") + "path") == len(data["areas"]) > 0
    if "routes" in layers:
        drawn = sum(len(route["segments"]) for route in data["routes"])
        assert opened.count(ON_MAP.format("routes") + "path") >= drawn > 0
    if "sites" in layers:
        signs = opened.count(ON_MAP.format("marker") + ".spot") + opened.count(ON_MAP.format("circles") + "path")
        assert signs > 0
        assert any(site["point"] is None for site in data["sites"])
    if data["choropleth"]:
        shades = page.locator(ON_MAP.format("areas") + "path").evaluate_all(
            "paths => new Set(paths.map((path) => path.getAttribute('fill'))).size"
        )
        assert shades >= 3, "two classes of figures and the hatch of provinces without one"

    # Nothing sticks out to the side.
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_own_fonts_are_used(flagship, open_page, language):
    opened = open_page(flagship["overview"], f"#lang={language}")
    loaded = opened.page.evaluate(
        "[...document.fonts].filter((face) => face.status === 'loaded').map((face) => face.family.replaceAll('\"', ''))"
    )
    assert "Noto Sans" in loaded
    assert any("Khmer" in family for family in loaded)
    opened.assert_quiet()


def test_the_list_tells_every_place(flagship, open_page):
    opened = open_page(flagship["prisons"])
    page, data = opened.page, opened.data()
    opened.write_all()
    assert page.locator(".list .item").count() == len(data["sites"])
    told = " ".join(page.locator(".list").all_text_contents())
    assert all(site["name"] in told for site in data["sites"])
    opened.assert_quiet()


def test_a_card_tells_what_each_source_says(flagship, open_page):
    opened = open_page(flagship["prisons"])
    page, data = opened.page, opened.data()
    site = next(site for site in data["sites"] if site["id"] == "s-21")
    opened.search(site["name"])
    page.locator(".list .item").filter(has_text=site["name"]).first.click()
    card = page.locator(".card")
    card.wait_for(state="visible")
    told = card.text_content()
    assert site["name"] in told
    assert site["summary"] in told
    assert page.locator(".card .claims tbody tr:not(.measure)").count() == len(site["claims"])
    for reference in site["sources"]:
        assert data["sources"][reference["source"]]["note"][:40] in told
    opened.assert_quiet()


def test_language_is_changed_in_the_page(flagship, open_page):
    opened = open_page(flagship["overview"])
    opened.page.locator(".languages button[lang=km]").click()
    assert opened.page.evaluate("document.documentElement.lang") == "km"
    assert opened.page.locator("h1").first.text_content() == opened.data()["page"]["title"]["km"]
    opened.assert_quiet()


def test_the_cover_leads_to_every_map(flagship, open_page):
    opened = open_page(flagship["index"])
    doors = opened.page.locator(".doors a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    assert sorted(door.partition("#")[0] for door in doors) == sorted(f"{name}.html" for name in PAGES[1:])


def test_the_policy_of_the_page_forbids_requests_and_foreign_code(flagship, open_page):
    opened = open_page(flagship["provinces"])
    refused = opened.page.evaluate(
        """async () => {
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            const image = new Image();
            image.src = "https://example.org/pixel.png";
            const fetched = await fetch("https://example.org/").then(() => "fetched", () => "refused");
            await new Promise((done) => setTimeout(done, 50));
            return [fetched, window.ran === undefined];
        }"""
    )
    assert refused == ["refused", True]
    broken = " ".join(opened.violations())
    assert "connect-src" in broken
    assert "img-src" in broken
    assert "script-src" in broken
