"""The preview in a real browser: an input is edited, and the page that is open shows it."""

from __future__ import annotations

import pytest

from geo.preview import Preview, open_port, serving


@pytest.fixture
def tab(chromium):
    """A page of a browser that may reach this machine."""
    context = chromium.new_context(viewport={"width": 1200, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_an_edit_reaches_the_open_page_and_a_fault_stands_below_it(small_atlas, tab):
    atlas = small_atlas()
    preview = Preview(atlas.folder)
    preview.attempt()
    said = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    with serving(preview, open_port(0)) as address:
        tab.goto(f"{address}overview#lang=en&rec=place-a")
        page = tab.frame_locator("#page")
        page.locator("body.ready").wait_for()
        assert page.locator("h1").first.inner_text() == "Overview"

        atlas.replace("maps/overview.toml", 'en = "Overview"', 'en = "A wider view"')
        preview.attempt()
        page.get_by_role("heading", name="A wider view").wait_for()
        assert "rec=place-a" in tab.url
        assert tab.url.startswith(f"{address}overview")
        assert tab.title().startswith("A wider view")

        atlas.put("sites", "place-a", sources=["no-such-book"])
        preview.attempt()
        tab.get_by_role("alert").get_by_text("breaches of the data contract").wait_for()
        assert "no-such-book" in tab.get_by_role("listitem").first.inner_text()
        assert page.get_by_role("heading", name="A wider view").is_visible()

        atlas.put("sites", "place-a", sources=["first-book#p. 1", "second-report#§4"])
        preview.attempt()
        tab.get_by_role("alert").wait_for(state="hidden")
    tab.get_by_text("The preview has ended").wait_for()
    assert [text for text in said if "ERR_" not in text] == []
