"""The line of time: years by pointer and keyboard, what lies in them only possibly, what has no date, and events."""

from __future__ import annotations

import pytest

LINE = ".time-line"
FROM, TO = ".brush-from", ".brush-to"


def months(page):
    """Return what the two sliders stand at, as they say it."""
    return [page.locator(end).get_attribute("aria-valuetext") for end in (FROM, TO)]


def during(data, first, last, kind="sites"):
    """Return how many records certainly and how many possibly meet some days, by the rule of `memorial query`."""
    certain = possible = 0
    for record in data[kind]:
        if "days" not in record:
            continue
        begun, begun_by, ended_from, ended = record["days"]
        if (begun and begun > last) or (ended and ended < first):
            continue
        begin, end = begun_by or ended, ended_from or begun
        if begin and begin <= last and end and end >= first:
            certain += 1
        else:
            possible += 1
    return certain, possible


def choose(page, first, last):
    for field, text in zip(page.locator(".time-fields input").all(), (first, last), strict=True):
        field.fill(text)
        field.press("Enter")


@pytest.mark.parametrize("name", ["overview", "journeys", "prisons", "provinces"])
def test_every_map_has_its_line_and_every_event_is_on_it(flagship, visit, name):
    opened = visit(flagship[name])
    data = opened.data()
    marks = opened.page.locator(".event-mark").evaluate_all("marks => marks.map((mark) => mark.dataset.events)")
    assert sorted(" ".join(marks).split()) == sorted(event["id"] for event in data["events"])
    assert all(event["reference"]["source"] in data["sources"] for event in data["events"])
    opened.assert_quiet()


def test_the_cover_has_no_line(flagship, visit):
    opened = visit(flagship["index"])
    assert opened.data()["events"] == []
    assert opened.count(".time") == 0


def test_the_line_is_as_long_as_the_atlas_says(flagship, visit):
    page = visit(flagship["overview"]).page
    assert months(page) == ["January 1968", "December 1999"]
    fields = page.locator(".time-fields input").evaluate_all("fields => fields.map((field) => field.value)")
    assert fields == ["1968-01", "1999-12"]


def test_years_are_chosen_by_keyboard(flagship, open_page):
    page = open_page(flagship["overview"]).page
    page.locator(FROM).focus()
    for _ in range(7):
        page.keyboard.press("PageUp")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert months(page)[0] == "April 1975"
    page.locator(TO).focus()
    page.keyboard.press("Home")
    assert months(page) == ["April 1975", "April 1975"], "no end passes the other"
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert months(page) == ["April 1975", "November 1999"]
    assert page.locator(TO).get_attribute("role") == "slider"
    bounds = [int(page.locator(TO).get_attribute(f"aria-value{end}")) for end in ("min", "now", "max")]
    assert bounds == sorted(bounds)
    page.get_by_role("button", name="All years").click()
    assert months(page) == ["January 1968", "December 1999"]


def test_years_are_chosen_by_pointer(flagship, open_page):
    page = open_page(flagship["overview"]).page
    box = page.locator(".brush").bounding_box()
    middle = box["y"] + box["height"] / 2

    def at(year):
        return box["x"] + box["width"] * (year - 1968) / 32

    def drag(start, end):
        page.mouse.move(start, middle)
        page.mouse.down()
        page.mouse.move((start + end) / 2, middle, steps=3)
        page.mouse.move(end, middle, steps=3)
        page.mouse.up()

    # A stroke over the empty line, one end of it, then the whole of it.
    drag(at(1975.02), at(1978.98))
    assert months(page) == ["January 1975", "December 1978"]
    end = page.locator(TO).bounding_box()
    drag(end["x"] + 6, at(1980.02) + 6)
    assert months(page)[0] == "January 1975"
    assert months(page)[1].split()[1] in {"1979", "1980"}
    before = months(page)
    drag(at(1977.5), at(1987.5))
    first, last = months(page)
    assert first.split()[1] == "1985"
    assert int(last.split()[1]) - int(first.split()[1]) == int(before[1].split()[1]) - int(before[0].split()[1])


def test_numbers_add_up_and_are_those_of_the_question(flagship, open_page):
    opened = open_page(flagship["overview"])
    page, data = opened.page, opened.data()
    choose(page, "1975-04", "1979-01")
    certain, possible = during(data, "1975-04-01", "1979-01-31")
    undated = sum("days" not in site for site in data["sites"])
    assert certain > 0 < possible
    tally = page.locator(".time-tally").text_content()
    assert tally == f"{certain} places, {possible} more possibly"
    opened.write_all()
    assert opened.count(".list .item") == certain + possible
    assert opened.count(".list .item.maybe") == possible
    assert page.locator(".time-undated").text_content() == f"{undated} undated"
    opened.assert_quiet()


def test_what_is_only_possible_is_faint_and_said_in_words(flagship, open_page):
    opened = open_page(flagship["overview"])
    page = opened.page
    assert opened.count(".one.maybe") == opened.count(".list .item.maybe") == 0
    choose(page, "1975-04", "1979-01")
    page.wait_for_function("document.querySelector('.leaflet-marker-pane .one.maybe') !== null")
    faint = page.locator(".leaflet-marker-pane .one.maybe").first
    assert float(faint.locator(".sign").evaluate("sign => getComputedStyle(sign).opacity")) < 0.6
    assert "possibly in these years" in faint.text_content()
    for item in page.locator(".list .item.maybe").all()[:5]:
        assert "possibly in these years" in item.text_content()
    certain = page.locator(".list .item:not(.maybe)").first
    assert "possibly" not in certain.text_content()
    assert "only possibly" in page.locator(".legend").text_content()


def test_the_undated_are_counted_and_listed_and_given_back(flagship, open_page):
    opened = open_page(flagship["overview"])
    page, data = opened.page, opened.data()
    choose(page, "1975-04", "1979-01")
    bin_ = page.locator(".time-undated")
    bin_.click()
    assert bin_.get_attribute("aria-pressed") == "true"
    opened.write_all()
    assert opened.count(".list .item") == sum("days" not in site for site in data["sites"])
    bin_.click()
    assert months(page) == ["April 1975", "January 1979"], "the years come back"
    opened.assert_quiet()


def test_an_event_tells_its_source_and_leads_to_its_place(flagship, open_page):
    opened = open_page(flagship["overview"])
    page, data = opened.page, opened.data()
    held = {site["id"] for site in data["sites"]}
    event = next(event for event in data["events"] if event.get("place") in held)
    page.locator(f".event-mark[data-events~='{event['id']}']").click()
    entry = page.locator(".leaf .event").filter(has_text=event["title"]).filter(has_text=event["text"])
    told = entry.text_content()
    theme = data["terms"]["themes"][event["theme"]]["label"]["en"]
    assert theme in told
    assert data["sources"][event["reference"]["source"]]["note"] in told
    entry.locator(".event-place .link").click()
    page.locator(".card").wait_for(state="visible")
    assert opened.count(".leaf:visible") == 0
    opened.assert_quiet()


def test_all_events_are_read_without_a_pointer(flagship, open_page):
    opened = open_page(flagship["prisons"])
    page, data = opened.page, opened.data()
    page.locator(".time-list").focus()
    page.keyboard.press("Enter")
    leaf = page.locator(".leaf")
    assert leaf.evaluate("leaf => leaf === document.activeElement")
    assert leaf.locator(".event").count() == len(data["events"])
    told = leaf.text_content()
    assert all(event["title"] in told and event["text"] in told for event in data["events"])
    page.keyboard.press("Escape")
    assert page.locator(".time-list").evaluate("button => button === document.activeElement")
    # The marks are one stop of the keyboard; arrows go from one to the next.
    stops = page.locator(".event-mark").evaluate_all("marks => marks.filter((mark) => mark.tabIndex === 0).length")
    assert stops == 1
    page.locator(".event-mark[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert opened.count(".leaf:visible .event") >= 1
    opened.assert_quiet()


def test_a_field_says_what_it_wants(flagship, open_page):
    page = open_page(flagship["overview"]).page
    field = page.locator(".time-fields input").first
    field.fill("spring")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    assert "1968-01" in page.locator(".time-fault").text_content()
    assert months(page) == ["January 1968", "December 1999"]
    field.fill("1975")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") is None
    assert months(page)[0] == "January 1975"


def test_a_closer_look_parts_the_groups(flagship, open_page):
    opened = open_page(flagship["overview"])
    page = opened.page
    choose(page, "1975-01", "1975-12")
    count = ".event-mark:not(.event-edge):not(.outside)"
    before = opened.count(count)
    page.get_by_role("button", name="Look closer").click()
    assert opened.count(count) > before
    assert months(page) == ["January 1975", "December 1975"]
    page.get_by_role("button", name="The whole line").click()
    assert opened.count(count) == before


def test_on_a_phone_the_bar_opens_to_the_line(flagship, open_page):
    opened = open_page(flagship["overview"], "#lang=km", (390, 844))
    page = opened.page
    bar = page.locator(".time-toggle")
    assert not page.locator(".time-body").is_visible()
    assert bar.bounding_box()["height"] >= 44
    if page.locator(".notice button").count():
        page.locator(".notice button").click()
    bar.click()
    assert bar.get_attribute("aria-expanded") == "true"
    assert page.locator(LINE).is_visible()
    page.locator(FROM).focus()
    page.keyboard.press("PageUp")
    assert months(page)[0] == "ខែមករា ឆ្នាំ១៩៦៩"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    opened.assert_quiet()
