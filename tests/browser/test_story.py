"""The guided reading: it is begun, stepped through by button, key and scrolling, and left where one was before."""

from __future__ import annotations

import pytest

HEADING = "document.activeElement.matches('.chapter.now h2') && document.activeElement.textContent"
REST_MS = 500
"""Longer than the pause after which scrolling decides the chapter, and than that before the address is written."""


@pytest.fixture
def story(flagship, open_page):
    """Return a function that opens the map with a guided reading: ``story("#lang=en&chapter=2")``."""
    return lambda fragment="#lang=en", size=(1440, 900): open_page(flagship["prisons"], fragment, size)


@pytest.fixture
def told(flagship, visit):
    """Return a function that goes to that map where a page with it may be open already: ``told("#lang=en")``."""
    return lambda fragment="#lang=en", size=(1440, 900): visit(flagship["prisons"], fragment, size)


def begin(page):
    page.locator(".story-open").click()
    page.locator(".story").wait_for(state="visible")


def step(page):
    """Return which chapter is open, as it is told at the foot: ``(3, 9)``."""
    n, _, count = page.locator(".story-foot .where > span").first.text_content().partition(" of ")
    return int(n), int(count)


def shown(page):
    """Return west, south, east, north of what the map shows."""
    return [float(edge) for edge in page.evaluate("map_prisons.getBounds().toBBoxString()").split(",")]


def address(page):
    # Timers run in their order: what the page is about to write is written by then.
    page.evaluate(f"() => new Promise((done) => setTimeout(done, {REST_MS}))")
    return page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")


def scroll_to(page, number):
    page.evaluate(
        """(number) => {
            const scroller = document.querySelector(".story-scroll");
            const top = scroller.querySelectorAll(".chapter")[number - 1].getBoundingClientRect().top;
            scroller.scrollTop += top - scroller.getBoundingClientRect().top + 4;
        }""",
        number,
    )
    page.wait_for_function(
        "(number) => document.querySelector('.story-foot .where > span').textContent.startsWith(`${number} `)",
        arg=number,
    )


def test_it_begins_at_the_first_chapter_with_the_focus_on_its_heading(told):
    opened = told()
    page, chapters = opened.page, opened.data()["page"]["chapters"]
    begin(page)
    assert step(page) == (1, len(chapters))
    assert page.evaluate(HEADING) == f"1 of {len(chapters)} {chapters[0]['title']['en']}"
    assert page.locator(".panel").evaluate("panel => panel.inert"), "the list lies under it"
    opened.assert_quiet()


def test_every_chapter_shows_its_text_its_records_and_its_sources(story):
    opened = story()
    page, data = opened.page, opened.data()
    begin(page)
    articles = page.locator(".chapter")
    assert articles.count() == len(data["page"]["chapters"])
    for number, chapter in enumerate(data["page"]["chapters"]):
        article = articles.nth(number)
        assert article.locator(".chapter-sources > li").count() == len(chapter["sources"])
        assert article.locator(".chapter-records > li").count() == len(chapter["records"])
        told = article.locator(".told-text").evaluate(
            "node => [...node.querySelectorAll('.mark')].map((mark) => mark.replaceWith(`[${mark.textContent}]`))"
            " && node.textContent"
        )
        assert told == chapter["text"]["en"]
        for item, reference in zip(article.locator(".chapter-sources > li").all(), chapter["sources"], strict=True):
            assert item.locator(".note-text").text_content() == data["sources"][reference["source"]]["note"]
            locator = reference.get("locator", "")
            # The name of the file that was read leads no reader anywhere.
            assert (locator in item.text_content()) is not locator.endswith(".txt")


def test_a_mark_leads_to_its_source(told):
    page = told().page
    begin(page)
    page.locator(".chapter").first.locator(".mark").nth(1).press("Enter")
    assert page.evaluate("document.activeElement === document.querySelectorAll('.chapter-sources li')[1]")


def test_buttons_step_through_and_stop_at_the_ends(told):
    page = told().page
    begin(page)
    back, forward = page.locator("[data-by='-1']"), page.locator("[data-by='1']")
    assert back.get_attribute("aria-disabled") == "true"
    back.press("Enter")
    assert step(page)[0] == 1
    _, last = step(page)
    for number in range(2, last + 1):
        forward.click()
        assert step(page)[0] == number
        assert page.evaluate(HEADING).startswith(f"{number} of ")
        heading = page.locator(".chapter.now h2").bounding_box()
        scroller = page.locator(".story-scroll").bounding_box()
        assert scroller["y"] <= heading["y"] <= scroller["y"] + 60
    assert forward.get_attribute("aria-disabled") == "true"
    forward.press("Enter")
    assert step(page)[0] == last


def test_keys_step_through(told):
    page = told().page
    begin(page)
    for key, number in [("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("PageUp", 1), ("ArrowLeft", 1)]:
        page.keyboard.press(key)
        assert step(page)[0] == number
        assert page.evaluate(HEADING).startswith(f"{number} of ")


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_scrolling_steps_through_without_taking_the_focus(told, size):
    page = told(size=size).page
    begin(page)
    _, last = step(page)
    held = page.evaluate("document.activeElement.textContent")
    for number in (3, last, 2):
        scroll_to(page, number)
        assert step(page)[0] == number
    assert page.evaluate("document.activeElement.textContent") == held


def test_the_wheel_scrolls_to_the_next_chapter(told):
    page = told().page
    begin(page)
    page.locator(".story-scroll").hover()
    page.mouse.wheel(0, 900)
    page.wait_for_timeout(REST_MS)
    assert step(page)[0] >= 2


def test_the_map_moves_and_filters_are_set(story):
    opened = story()
    page, chapters = opened.page, opened.data()["page"]["chapters"]
    begin(page)
    for number, chapter in enumerate(chapters, start=1):
        if number > 1:
            page.keyboard.press("PageDown")
        west, south, east, north = shown(page)
        box = chapter["bounds"]
        assert west <= box[0]
        assert south <= box[1]
        assert east >= box[2]
        assert north >= box[3]
        asked = address(page)
        assert asked["chapter"] == str(number)
        assert asked.get("where", "") == chapter.get("where", "")
        assert asked.get("during", "") == chapter.get("during", "")
    opened.assert_quiet()


def test_steps_that_follow_fast_on_each_other_end_where_the_last_one_leads(flagship, chromium):
    """With motion: a map that still zooms takes no other move, and must not stay behind the text."""
    with chromium.new_context(viewport={"width": 1440, "height": 900}, offline=True, locale="en-GB") as context:
        page = context.new_page()
        page.goto(flagship["prisons"].as_uri() + "#lang=en")
        page.wait_for_selector("body.ready")
        whole = shown(page)
        begin(page)
        page.keyboard.press("PageDown")
        page.wait_for_timeout(2 * REST_MS)
        west, south, east, north = shown(page)
        assert (west < 103, south < 10, east > 107.5, north > 14.5) == (True, True, True, True)
        page.keyboard.press("PageDown")
        page.keyboard.press("Escape")
        page.wait_for_timeout(2 * REST_MS)
        assert shown(page) == pytest.approx(whole, abs=0.05)


@pytest.mark.parametrize("way", ["button", "key"])
def test_leaving_gives_back_what_was_there_before(story, way):
    page = story("#lang=en&where=" + "standing%20IN%20('alleged')" + "&map=12.5000,104.9000,8&record=choeung-ek").page
    page.locator(".card h2").wait_for(state="visible")
    before, view = address(page), shown(page)
    begin(page)
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    assert address(page)["chapter"] == "3"
    assert not page.locator(".card").is_visible()
    if way == "button":
        page.locator(".leave").click()
    else:
        page.keyboard.press("Escape")
    assert not page.locator(".story").is_visible()
    assert page.locator(".card h2").is_visible()
    assert address(page) == before
    assert shown(page) == pytest.approx(view, abs=0.01)


def test_the_focus_returns_to_where_the_reading_began(story):
    page = story().page
    begin(page)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.story-open')")
    assert not page.locator(".panel").evaluate("panel => panel.inert")


def test_an_address_opens_its_chapter_and_leaving_gives_the_page_as_it_opens(story):
    opened = story("#lang=en&chapter=2")
    page = opened.page
    assert step(page)[0] == 2
    page.locator(".leave").click()
    asked = address(page)
    assert set(asked) <= {"lang", "map"}
    assert page.locator(".counts").text_content().startswith("66 of 96 places shown")
    opened.assert_quiet()


def test_another_address_closes_the_reading_and_gives_what_it_asks_for(story):
    opened = story("#lang=en&chapter=5")
    opened.go("#lang=en&where=kind%20IN%20('prison')")
    assert not opened.page.locator(".story").is_visible()
    assert opened.page.locator(".chip").count() == 1
    assert opened.address() == {"lang": "en", "where": "kind IN ('prison')"}


@pytest.mark.parametrize("chapter", ["0", "10", "x", "-1", "1e1"])
def test_an_address_without_such_a_chapter_opens_the_map(told, chapter):
    opened = told(f"#lang=en&chapter={chapter}")
    assert not opened.page.locator(".story").is_visible()
    opened.assert_quiet()


def test_another_language_keeps_the_chapter(story):
    opened = story("#lang=en&chapter=4")
    page, chapters = opened.page, opened.data()["page"]["chapters"]
    page.locator("[data-key='language km']").click()
    now = page.locator(".chapter.now")
    assert chapters[3]["title"]["km"] in now.locator("h2").text_content()
    assert now.locator(".told-text").get_attribute("lang") == "km"
    box, scroller = now.bounding_box(), page.locator(".story-scroll").bounding_box()
    assert abs(box["y"] - scroller["y"]) <= 4


@pytest.mark.parametrize("size", [(1440, 900), (820, 1180), (390, 844)], ids=["desk", "tablet", "phone"])
def test_a_record_of_a_chapter_opens_and_the_reading_goes_on(story, size):
    page = story("#lang=en&chapter=7", size).page
    link = page.locator(".chapter.now .chapter-records button").first
    link.press("Enter")
    assert page.locator(".card h2 span").first.text_content() == "Choeung Ek"
    page.keyboard.press("Escape")
    assert not page.locator(".card").is_visible()
    assert step(page)[0] == 7
    assert page.evaluate("document.activeElement.closest('.chapter.now') !== null")
    page.keyboard.press("PageDown")
    assert step(page)[0] == 8


@pytest.mark.parametrize("language", ["en", "km", "fr"])
@pytest.mark.parametrize("size", [(1440, 900), (820, 1180), (390, 844), (320, 640)], ids=lambda size: str(size[0]))
def test_nothing_sticks_out_at_any_size(flagship, visit, language, size):
    opened = visit(flagship["prisons"], f"#lang={language}&chapter=5", size)
    page = opened.page
    assert page.locator(".story-scroll").evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    heading = page.locator(".chapter.now h2").bounding_box()
    foot = page.locator(".story-foot").bounding_box()
    assert heading["y"] + heading["height"] < foot["y"]
    assert foot["y"] + foot["height"] <= size[1]
    for button in page.locator(".story-foot button, .leave").all():
        assert button.bounding_box()["height"] >= (40 if size[0] < 700 else 24)
    opened.assert_quiet()


def test_a_page_without_chapters_offers_none(flagship, visit):
    assert not visit(flagship["overview"], "#lang=en&chapter=1").page.locator(".story-open").is_visible()
