"""The address of a page holds what is asked and what is open: reload, share and "Back" give the same page."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest


def fragment(**asked):
    """Return an address as people send it."""
    return "#" + urlencode({key: value for key, value in asked.items() if value})


def seen(opened):
    return opened.page.evaluate(
        "name => { const map = window[name]; const { lat, lng } = map.getCenter(); return [lat, lng, map.getZoom()]; }",
        f"map_{opened.path.stem}",
    )


def test_a_page_that_nobody_touched_has_no_address_of_its_own(flagship, open_page):
    assert open_page(flagship["overview"]).address() == {}


def test_choices_are_written_and_read_again(flagship, open_page):
    opened = open_page(flagship["overview"])
    page = opened.page
    page.locator(".kind", has_text="Memorial").click()
    opened.search("wat")
    page.locator(".languages button[lang=km]").click()
    parts = opened.address()
    assert parts == {"lang": "km", "where": "kind IN ('memorial')", "text": "wat"}
    before = opened.listed()
    again = open_page(flagship["overview"], page.evaluate("location.hash"))
    assert again.listed() == before
    assert again.page.evaluate("document.documentElement.lang") == "km"
    assert again.page.locator(".search input").input_value() == "wat"
    assert again.page.locator(".kind[aria-pressed=true]").count() == 1
    again.assert_quiet()


STATES = [
    {"where": "kind IN ('prison') AND (province IN ('KH08') OR province IS NULL)", "lang": "fr"},
    {"where": "standing IN ('alleged') AND A_OVERLAPS(sources, ('mef-gazetteer-2025'))"},
    {"where": "(claimed_victims_high >= 100 AND claimed_victims_low <= 5000)", "lang": "en"},
    {"during": "1975-04-17/1979-01-07", "lang": "km"},
    {"tab": "routes", "where": "kind IN ('flight')", "beside": "kind IN ('camp')"},
    {"record": "s-21", "lang": "en"},
    {"off": "routes", "map": "11.5,104.9,9", "lang": "en"},
    {"text": "ទួលស្លែង", "lang": "km"},
    {"where": "CASEI(name) LIKE '%wat%'", "lang": "en"},
]


@pytest.mark.parametrize("state", STATES, ids="-".join)
def test_a_page_writes_the_address_that_it_was_opened_with(flagship, open_page, state):
    opened = open_page(flagship["overview"], fragment(**state))
    page = opened.page
    language = state.get("lang", "en")
    # Anything that is told makes the page write its address: the language there and back.
    other = "fr" if language == "en" else "en"
    for one in (other, language):
        page.locator(f".languages button[lang={one}]").evaluate("button => button.click()")
    parts = opened.address()
    for key, value in state.items():
        if key == "map":
            assert parts["map"].startswith("11.5000,104.9000,9")
        else:
            assert parts[key] == value
    opened.assert_quiet()


def test_the_view_is_kept(flagship, open_page):
    opened = open_page(flagship["overview"], "#map=12.5,104.25,9.5")
    lat, lon, zoom = seen(opened)
    assert (round(lat, 3), round(lon, 3), zoom) == (12.5, 104.25, 9.5)
    opened.page.locator(".controls button").first.click()
    moved = [float(part) for part in opened.address()["map"].split(",")]
    assert moved[2] > 9.5
    again = open_page(flagship["overview"], opened.page.evaluate("location.hash"))
    assert seen(again) == pytest.approx(moved, abs=1e-3)
    opened.page.locator(".controls button").last.click()
    assert "map" not in opened.address(), "all of it is how the page opens"


def test_back_closes_the_record_and_gives_back_what_was_before(flagship, open_page):
    opened = open_page(flagship["overview"])
    page = opened.page
    opened.search("tuol sleng")
    page.locator(".list .item").first.wait_for()
    page.wait_for_timeout(120)
    length = page.evaluate("history.length")
    page.locator(".list .item").first.click()
    card = page.locator(".card")
    card.wait_for(state="visible")
    first = opened.address()["record"]
    assert page.evaluate("history.length") == length + 1
    page.go_back()
    card.wait_for(state="hidden")
    assert "record" not in opened.address()
    assert page.locator(".search input").input_value() == "tuol sleng"
    page.go_forward()
    card.wait_for(state="visible")
    assert opened.address()["record"] == first
    opened.assert_quiet()


def test_typing_and_moving_add_no_steps_to_go_back(flagship, open_page):
    opened = open_page(flagship["overview"])
    page = opened.page
    length = page.evaluate("history.length")
    for text in ("w", "wa", "wat"):
        opened.search(text)
        page.wait_for_timeout(300)
    page.locator(".controls button").first.click()
    assert opened.address()["text"] == "wat"
    assert page.evaluate("history.length") == length


def test_a_link_between_records_is_a_step(flagship, open_page):
    opened = open_page(flagship["prisons"], "#lang=en&record=s-21")
    page = opened.page
    page.locator(".card").wait_for(state="visible")
    title = page.locator(".card h2").text_content()
    page.locator(".card button.link[lang]").first.click()
    page.wait_for_timeout(200)
    assert page.locator(".card h2").text_content() != title
    page.go_back()
    page.wait_for_timeout(200)
    assert page.locator(".card h2").text_content() == title


def test_the_cover_keeps_its_language_and_opens_the_method(flagship, open_page):
    opened = open_page(flagship["index"], "#lang=fr&about=method")
    assert opened.page.locator("dialog.about[open]").count() == 1
    assert opened.page.evaluate("document.documentElement.lang") == "fr"
    other = open_page(flagship["index"])
    other.page.locator(".languages button[lang=km]").click()
    assert other.address() == {"lang": "km"}


HOSTILE = [
    "#record=<img src=x onerror=window.ran=1>&tab=__proto__&lang=constructor",
    "#measure=toString&off=hasOwnProperty&chapter=1e9&chapter=-1",
    "#map=NaN,Infinity,1e9&map=999,999,999&during=9999/0000&text=%00%ff%u&where=%27",
    "#where=" + "(" * 3000 + "&text=" + "x" * 5000,
    "#where=__proto__%20IN%20('x')&beside=constructor%20=%20'x'",
    "#where=kind%20IN%20('</script><script>window.ran=1</script>')",
    "#text=</style><svg onload=window.ran=1>{{7*7}}${window.ran=1}",
    "#%E0%A4%A&=&&&lang&record=__proto__",
    "#javascript:window.ran=1",
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", ["overview", "index"])
def test_an_address_from_outside_runs_nothing(flagship, open_page, name, hostile):
    opened = open_page(flagship[name], hostile)
    page = opened.page
    assert page.evaluate("window.ran") is None
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("h1").first.is_visible()
    if name == "overview":
        assert page.locator(".card").is_hidden()
        opened.go("#lang=en")
        assert len(opened.listed()) == len(opened.data()["sites"])
    opened.assert_quiet()
