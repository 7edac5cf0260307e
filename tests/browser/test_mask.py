"""A mask is said wherever a position is: in the legend, on the card, about the atlas, on paper; it draws areas."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from geo.atlas import build_maps
from tests.small_atlas import SmallAtlas

MASK = """
[masks.public]
title = { en = "Public version", km = "កំណែសាធារណៈ", fr = "Version publique" }
reason = { en = "So that graves rest.", km = "ដើម្បីឱ្យផ្នូរស្ងប់។", fr = "Pour la paix des tombes." }

[[masks.public.rules]]
kinds = ["prison"]
grid_m = 5000

[[masks.public.rules]]
kinds = ["execution_site"]
hide = true
"""
COARSENED = {
    "en": "Coarsened to a grid of 5 km. So that graves rest.",
    "fr": "Ramenée à une maille de 5 km. Pour la paix des tombes.",
    "km": "បង្ហាញត្រឹមក្រឡាទំហំ ៥ គ.ម.។ ដើម្បីឱ្យផ្នូរស្ងប់។",
}


@pytest.fixture(scope="module")
def masked(tmp_path_factory):
    """Return the pages of the small atlas under a mask that coarsens one place and hides another."""
    folder = tmp_path_factory.mktemp("masked") / "atlas"
    folder.mkdir()
    atlas = SmallAtlas(folder)
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    atlas.write("atlas.toml", f"{manifest}\n{MASK}")
    return {path.stem: path for path in build_maps(atlas.folder, mask="public")}


def plain(text):
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["en", "fr", "km"])
def test_the_card_says_what_was_done_and_why(visit, masked, language):
    opened = visit(masked["overview"], f"#lang={language}&record=place-a")
    assert COARSENED[language] in plain(opened.page.locator(".card .known").inner_text())
    opened.assert_quiet()


def test_the_card_of_a_hidden_place_gives_no_reason_of_its_own(visit, masked):
    opened = visit(masked["overview"], "#lang=en&record=place-b")
    known = plain(opened.page.locator(".card .known").inner_text())
    assert "The position is left out. So that graves rest." in known
    assert "The sources name the province" not in known


def test_a_masked_place_is_an_area_without_a_dot(visit, masked):
    opened = visit(masked["overview"], "#lang=en&record=place-a")
    entry = opened.page.locator('.list .item[data-id="place-a"] .sign path').last
    assert entry.get_attribute("fill") == "#fcfaf4"


def test_legend_and_about_name_the_mask(open_page, masked):
    opened = open_page(masked["overview"], "#about=mask")
    told = plain(opened.page.locator('.about [data-part="mask"]').inner_text())
    assert "What this version leaves out" in told
    assert "Public version. So that graves rest." in told
    assert "Coarsened to a grid of 5 km." in told
    assert "Positions left out" in told
    opened.page.keyboard.press("Escape")
    remark = plain(opened.page.locator(".legend .mask").inner_text())
    assert remark.startswith("Public version. So that graves rest. Coarsened to a grid of 5 km.")
    assert opened.page.locator(".about dt", has_text="masked").count() == 0


def test_the_facet_and_the_download_know_the_basis(open_page, masked):
    opened = open_page(masked["overview"], "#where=" + "precision_basis IN ('masked')".replace(" ", "%20"))
    assert opened.listed() == ["place-a"]
    opened.page.locator("[data-key='way take']").click()
    with opened.page.expect_download() as got:
        opened.page.locator("[data-key='take geojson']").click()
    (feature,) = json.loads(Path(got.value.path()).read_text(encoding="utf-8"))["features"]
    assert feature["properties"]["masked"] == "position coarsened to a grid of 5000 m"


def test_on_paper_and_without_code_it_is_said_too(open_page, new_page, masked):
    opened = open_page(masked["overview"])
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert opened.page.locator(".legend .mask").is_visible()
    bare = new_page(masked["overview"], java_script_enabled=False).load()
    text = plain(bare.page.locator(".reading").inner_text())
    assert "So that graves rest." in text
    assert "Coarsened on purpose. Coarsened to a grid of 5 km." in text
    assert "Coarsened on purpose. The position is left out." in text


def test_without_a_mask_nothing_is_said(open_page, small_atlas):
    (path,) = build_maps(small_atlas().folder, ["overview"])
    opened = open_page(path)
    assert opened.count(".legend .mask") == 0
    assert "mask" not in opened.data()
