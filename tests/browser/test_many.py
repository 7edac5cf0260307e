"""A page of many places: they are drawn on a canvas and listed as rows, and each is still found, reached and opened."""

from __future__ import annotations

import copy

import pytest

from geo.atlas import build_maps

MANY = 2_400
BUILT = {}
HERE = """
() => {
    const row = document.activeElement.closest("[role=listitem]");
    const { top, bottom } = document.activeElement.getBoundingClientRect();
    const head = document.querySelector(".panel-head").getBoundingClientRect().bottom;
    const seen = top >= head - 1 && bottom <= innerHeight + 1;
    return [row?.getAttribute("aria-posinset"), row?.getAttribute("aria-setsize"), seen];
}
"""
PAINTED = """
() => {
    const canvas = document.querySelector("canvas.crowds");
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let painted = 0;
    for (let at = 3; at < data.length; at += 4) painted += data[at] > 0;
    return painted;
}
"""

# The pointer is led over the map until it finds a sign.
FOUND = """
() => {
    const map = document.querySelector(".leaflet-container");
    const { left, top, width, height } = map.getBoundingClientRect();
    for (let y = 0; y < height; y += 6) for (let x = 0; x < width; x += 6) {
        const at = { clientX: left + x, clientY: top + y, bubbles: true };
        map.dispatchEvent(new MouseEvent("mousemove", at));
        if (map.classList.contains("over-sign")) return [at.clientX, at.clientY];
    }
    return null;
}
"""


@pytest.fixture
def many(small_atlas):
    """Return the overview of the small atlas with many more places like place C, a tenth of them without a location."""
    if not BUILT:
        atlas = small_atlas()
        with atlas.document("data/sites.geojson") as sites:
            like = next(one for one in sites["features"] if one["properties"]["id"] == "place-c")
            for number in range(MANY):
                more = copy.deepcopy(like)
                more["properties"] |= {"id": f"more-{number:04d}", "name": f"More {number:04d}", "part_of": None}
                more["properties"]["kind"] = "camp" if number < 20 else "memorial"
                lon, lat = -32.8 + number % 40 / 60, 10.25 + number // 40 / 90
                more["geometry"] = {"type": "Point", "coordinates": [round(lon, 5), round(lat, 5)]}
                if number % 10 == 0:
                    more["geometry"] = None
                    more["properties"] |= {"precision_m": None, "precision_basis": "province", "coord_source": None}
                sites["features"].append(more)
        BUILT.update({path.stem: path for path in build_maps(atlas.folder)})
    return BUILT["overview"]


def test_a_long_list_is_walked_by_the_keyboard_while_few_of_it_stand_in_the_page(open_page, many):
    opened = open_page(many, "#lang=en")
    page = opened.page
    assert opened.count(".list .item") < 80
    page.locator(".list .item").first.focus()
    located, unlocated = (
        int(rows.locator("[role=listitem]").first.get_attribute("aria-setsize")) for rows in page.locator(".rows").all()
    )
    assert located + unlocated == MANY + 5
    for key, place in {"ArrowDown": (2, located), "End": (unlocated, unlocated), "Home": (1, located)}.items():
        page.keyboard.press(key)
        assert page.evaluate(HERE) == [*map(str, place), True], key
    page.keyboard.press("PageDown")
    assert int(page.evaluate(HERE)[0]) > 3
    assert page.evaluate(HERE)[2]
    assert opened.count(".list .item") < 160
    opened.assert_quiet()


def test_what_is_asked_is_what_the_canvas_draws_and_a_few_are_elements_again(open_page, many):
    opened = open_page(many, "#lang=en")
    page = opened.page
    assert opened.count(".leaflet-container .crowd, .leaflet-container .one") == 0
    all_of_them = page.evaluate(PAINTED)
    opened.go("#lang=en&where=kind IN ('camp')")
    assert 0 < page.evaluate(PAINTED) < all_of_them
    assert opened.count(".list .rows") == 0
    opened.go("#lang=en&text=nothing+of+the+kind")
    assert page.evaluate(PAINTED) == 0
    opened.assert_quiet()


def test_a_group_opens_and_a_sign_is_the_way_to_its_card(open_page, many):
    opened = open_page(many, "#lang=en&map=10.6,-31.4,12")
    page = opened.page
    rim = page.evaluate(FOUND)
    page.mouse.move(*rim)
    assert page.locator(".called .name").inner_text() == "Place B"
    page.mouse.click(*rim)
    assert "Place B" in page.locator(".card h2").inner_text()
    page.keyboard.press("Escape")
    opened.go("#lang=en&map=10.55,-32.4,8")
    page.mouse.click(*page.evaluate(FOUND))
    assert float(opened.address()["map"].split(",")[2]) > 8
    opened.assert_quiet()
