"""Asking where: near a place, in a box, in an outline; by pointer, finger and keyboard, as the catalogue answers."""

from __future__ import annotations

import shlex
from urllib.parse import urlencode

from geo.query import Near, Question, select


def ids(catalogue, **asked):
    return sorted(row["id"] for row in select(catalogue, Question(**asked)).rows)


def open_where(page):
    if page.locator(".facets").is_hidden():
        page.locator("[data-key='way facets']").evaluate("button => button.click()")
    page.locator("[data-facet=region]").evaluate("facet => { facet.open = true; }")


def chips(page):
    return page.locator(".filter-bar .chip").all_text_contents()


def settle(page):
    """Wait until the map stands: a key is passed over while it still moves."""
    page.wait_for_function("() => !document.querySelector('.leaflet-pan-anim')")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_near_a_place_by_its_name_or_by_numbers(flagship, flagship_catalogue, visit):
    opened = visit(flagship["overview"])
    page = opened.page
    open_where(page)
    place, radius = page.locator(".region-near input").all()
    place.fill("11.55, 104.92")
    radius.fill("15.5")
    radius.press("Enter")
    expected = ids(flagship_catalogue, near=Near(11.55, 104.92, 15_500))
    assert sorted(opened.listed()) == expected
    assert chips(page) == ["Within 15.5\N{NO-BREAK SPACE}km of 11.55, 104.92"]
    where = opened.address()["where"]
    assert where == "NEAR(geometry, POINT(104.92 11.55), 15500)"
    assert ids(flagship_catalogue, where=where) == expected
    place.fill("s-21")
    radius.fill("5")
    radius.press("Enter")
    expected = ids(flagship_catalogue, near=Near(None, None, 5_000, "s-21"))
    assert sorted(opened.listed()) == expected
    # A link gives the same again, its area drawn; a download tells the same question.
    address = urlencode(opened.address())
    opened.go("lang=en")
    assert opened.count(".region-line") == 0
    opened.go(address)
    assert sorted(opened.listed()) == expected
    assert opened.count(".region-line") == 1
    page.evaluate("document.querySelector('[data-key=\"way take\"]').click()")
    command = shlex.split(page.locator(".take code").text_content())
    assert ids(flagship_catalogue, where=command[command.index("--where") + 1]) == expected
    page.evaluate("document.querySelector('[data-key=\"way take\"]').click()")
    page.evaluate("document.querySelector('.filter-bar .chip').click()")
    assert len(opened.listed()) == len(opened.data()["sites"])
    opened.assert_quiet()


def test_an_outline_is_drawn_by_keyboard_alone(flagship, flagship_catalogue, visit):
    opened = visit(flagship["overview"])
    page = opened.page
    open_where(page)
    opener = page.locator("[data-key='region outline']")
    opener.press("Enter")
    pen = page.locator(".pen")
    add, _back, finish, _cancel = pen.locator("button").all()
    assert add.evaluate("button => button === document.activeElement")
    add.press("Enter")
    assert pen.locator("[role=status]").text_content() == "1 corner"
    sheet = page.locator(".leaflet-container")
    for key in ("ArrowRight", "ArrowDown"):
        for _ in range(2):
            sheet.press(key)
            settle(page)
        sheet.press("Enter")
    assert pen.locator("[role=status]").text_content() == "3 corners"
    finish.press("Enter")
    assert pen.is_hidden()
    assert opener.evaluate("button => button === document.activeElement")
    where = opened.address()["where"]
    assert where.startswith("S_INTERSECTS(geometry, POLYGON((")
    assert chips(page) == ["Within an outline of 3 corners"]
    assert sorted(opened.listed()) == ids(flagship_catalogue, where=where)
    opener.press("Enter")
    page.keyboard.press("Escape")
    assert pen.is_hidden()
    assert opened.address()["where"] == where, "what was not finished changes nothing"
    opened.assert_quiet()


def test_a_finger_draws_by_tapping_and_opens_nothing(flagship, flagship_catalogue, open_page):
    opened = open_page(flagship["prisons"], "#lang=km", size=(390, 844))
    page = opened.page
    page.evaluate("document.querySelector('.notice button')?.click()")
    open_where(page)
    page.locator("[data-key='region box']").evaluate("button => button.click()")
    settle(page)
    page.touchscreen.tap(90, 400)
    page.touchscreen.tap(300, 560)
    where = opened.address()["where"]
    assert where.startswith("S_INTERSECTS(geometry, BBOX(")
    held = {site["id"] for site in opened.data()["sites"]}
    found = sorted(opened.listed())
    assert found
    assert found == [site for site in ids(flagship_catalogue, where=where) if site in held]
    assert opened.count(".card:not([hidden])") == 0
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    # The map as it is now, and edges that are none.
    open_where(page)
    page.locator("[data-key='region view']").evaluate("button => button.click()")
    assert opened.address()["where"] != where
    for field, edge in zip(page.locator(".region-edges input").all(), ("104", "12", "105", "11"), strict=True):
        field.fill(edge)
    page.locator(".region-edges input").last.press("Enter")
    assert page.locator(".region-edges [role=status]").text_content()
    opened.assert_quiet()
