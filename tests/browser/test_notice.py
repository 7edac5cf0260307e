"""The content notice: once in a visit, and never over what a reader works with."""

from __future__ import annotations

import pytest


def covers(page, selector):
    """Return whether the notice lies over an element."""
    notice, other = page.locator(".notice").bounding_box(), page.locator(selector).first.bounding_box()
    if notice is None or other is None or not page.locator(".notice").is_visible():
        return False
    return (
        notice["x"] < other["x"] + other["width"]
        and other["x"] < notice["x"] + notice["width"]
        and notice["y"] < other["y"] + other["height"]
        and other["y"] < notice["y"] + notice["height"]
    )


@pytest.mark.parametrize("size", [(1440, 900), (820, 1180), (390, 844), (320, 640)])
def test_it_covers_neither_search_nor_counts(flagship, open_page, size):
    page = open_page(flagship["overview"], size=size).page
    assert page.locator(".notice").is_visible()
    for selector in (".search", ".counts"):
        assert not covers(page, selector), selector


def test_a_raised_sheet_lies_over_it_and_gives_it_back(flagship, open_page):
    page = open_page(flagship["overview"], size=(390, 844)).page
    grip = page.locator(".panel .grip")
    for level in ("half", "full"):
        grip.click()
        assert page.locator(".panel").get_attribute("data-level") == level
        assert not covers(page, ".search"), level
    assert not page.locator(".notice").is_visible()
    grip.click()
    assert page.locator(".notice").is_visible()


def test_it_comes_once_in_a_visit(flagship, open_page):
    opened = open_page(flagship["overview"])
    opened.page.locator(".notice button").click()
    assert opened.count(".notice") == 0
    opened.open()
    assert opened.count(".notice") == 0
