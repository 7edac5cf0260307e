"""Search and facets: what a reader asks of the list is what the catalogue answers."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from geo.query import Question, select

FACETS = {
    "provinces": lambda site: [site.get("province", "")],
    "zones": lambda site: [site.get("zone", "")],
    "standings": lambda site: [site["standing"]],
    "bases": lambda site: [site["basis"]],
    "sources": lambda site: [reference["source"] for reference in site["sources"]],
}


def fragment(**asked):
    """Return an address as people send it."""
    return "#" + urlencode({key: value for key, value in asked.items() if value})


def answer(catalogue, **asked):
    """Return the ids that answer a question."""
    return [row["id"] for row in select(catalogue, Question(**asked)).rows]


def names(opened):
    return opened.page.locator(".list .item").all_text_contents()


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tuol sleng", "Tuol Sleng"),
        ("TUOLSLENG", "Tuol Sleng"),
        ("s-21", "S-21"),
        ("ទួលស្លែង", "Tuol Sleng"),
        ("ទួល ស្លែង", "Tuol Sleng"),
        ("ទួល\u200bស្លែង", "Tuol Sleng"),
    ],
)
def test_a_place_is_found_by_any_spelling_that_the_atlas_holds(flagship, visit, text, found):
    opened = visit(flagship["overview"])
    opened.search(text)
    assert any(found in name for name in names(opened))
    assert opened.page.locator(".read-as").is_hidden()
    opened.assert_quiet()


def test_a_spelling_that_no_record_holds_is_read_as_the_nearest_and_said_to_be(flagship, visit):
    opened = visit(flagship["overview"])
    opened.search("Toul Slaeng")
    assert any("Tuol Sleng" in name for name in names(opened))
    said = opened.page.locator(".read-as")
    assert "Toul Slaeng" in said.text_content()
    assert "sleng" in said.text_content()
    assert said.get_attribute("role") == "status"
    opened.search("zzzzqqqq")
    assert names(opened) == []
    assert said.is_hidden()
    opened.assert_quiet()


def test_every_list_is_searched(flagship, visit):
    opened = visit(flagship["overview"])
    opened.search("battambang")
    counts = opened.page.locator(".tabs .count").all_text_contents()
    assert all(int(count) > 0 for count in counts), counts
    opened.page.locator(".tabs button", has_text="Provinces").click()
    assert any("Battambang" in name for name in names(opened))


def asked_texts(data):
    """Return several dozen texts: names, parts of names and summaries, Khmer, mistyped names."""
    chance = random.Random(17)
    records = [*data["sites"], *data["routes"]]
    khmer = [name["text"] for site in data["sites"] for name in site["names"] if name["language"] == "km"]
    texts = [record["name"] for record in chance.sample(records, 10)]
    texts += [record["name"].replace(" ", "") for record in chance.sample(records, 4)]
    texts += [" ".join(record["summary"].split()[2:4]) for record in chance.sample(records, 6)]
    texts += chance.sample(khmer, 4) + [name[1:5] for name in chance.sample(khmer, 3)]
    for name in [record["name"] for record in chance.sample(data["sites"], 6)]:
        at = chance.randrange(len(name))
        texts.append(name[:at] + name[at + 1 :])
    texts += ["Toul Slaeng", "Choeng Eak", "krang ta chan", "1977", "kandal ខេត្ត", "wat", "c", "២១"]
    return [text for text in texts if re.search(r"\w", text)]


def test_a_page_finds_what_the_catalogue_finds(flagship, flagship_catalogue, visit):
    opened = visit(flagship["overview"])
    for text in asked_texts(opened.data()):
        opened.go(fragment(tab="sites", text=text))
        assert sorted(opened.listed()) == sorted(answer(flagship_catalogue, layer="sites", text=text)), text
        # One search answers every list: the other is shown, not searched for once more.
        opened.page.evaluate("document.querySelector('[data-key=\"tab routes\"]').click()")
        assert sorted(opened.listed()) == sorted(answer(flagship_catalogue, layer="routes", text=text)), text
    opened.assert_quiet()


# --- facets -----------------------------------------------------------------------------------------------------------


def open_facet(page, facet):
    if page.locator(".facets").is_hidden():
        page.locator("[data-key='way facets']").click()
    group = page.locator(f".facet[data-facet={facet}]")
    if not group.evaluate("group => group.open"):
        group.locator("summary").click()
        group.locator("label").first.wait_for()
    return group


def options(group):
    """Return the choices of a facet that are shown: name -> how many records it would leave."""
    return {
        name: int(count)
        for name, count in group.locator("li:not([hidden])").evaluate_all(
            "items => items.map((item) => "
            "[item.querySelector('.choice-name').textContent, item.querySelector('.count').textContent])"
        )
    }


@pytest.mark.parametrize("facet", FACETS)
def test_each_choice_leaves_as_many_places_as_it_says(flagship, visit, facet):
    opened = visit(flagship["overview"])
    page, data = opened.page, opened.data()
    totals = {}
    for site in data["sites"]:
        for value in set(FACETS[facet](site)):
            totals[value] = totals.get(value, 0) + 1
    group = open_facet(page, facet)
    shown = options(group)
    assert sorted(shown.values()) == sorted(totals.values())
    for name in [*shown][:3]:
        box = group.locator("li:not([hidden])", has_text=name).first.locator("input")
        expected = int(box.evaluate("box => box.closest('li').querySelector('.count').textContent"))
        box.check()
        assert len(opened.listed()) == expected
        assert page.locator(".chip").count() == 1
        page.locator(".chip").click()
        assert page.locator(".chip").count() == 0
        assert page.evaluate("document.activeElement.dataset.key") == "way facets", "the focus is not lost"
    opened.assert_quiet()


def test_counts_follow_the_other_choices(flagship, open_page):
    opened = open_page(flagship["overview"])
    page, data = opened.page, opened.data()
    page.locator(".kind", has_text="Memorial").click()
    memorials = [site for site in data["sites"] if site["kind"] == "memorial"]
    group = open_facet(page, "standings")
    expected = {}
    for site in memorials:
        expected[site["standing"]] = expected.get(site["standing"], 0) + 1
    assert {name: count for name, count in options(group).items() if count} == expected
    # The kinds themselves tell what each would leave, chosen or not.
    told = page.locator(".kind .count").all_text_contents()
    assert sum(map(int, told)) == len(data["sites"])


def test_two_choices_of_one_facet_widen_and_of_two_facets_narrow(flagship, open_page):
    opened = open_page(flagship["overview"])
    page, data = opened.page, opened.data()
    group = open_facet(page, "provinces")
    for name in ("Kandal", "Takeo"):
        group.locator("li", has_text=name).locator("input").check()
    codes = {area["code"] for area in data["areas"] if area["name"]["en"] in {"Kandal", "Takeo"}}
    both = {site["id"] for site in data["sites"] if site.get("province") in codes}
    assert set(opened.listed()) == both
    open_facet(page, "standings").locator("li", has_text="alleged").locator("input").check()
    alleged = {site["id"] for site in data["sites"] if site["standing"] == "alleged"}
    assert set(opened.listed()) == both & alleged


def test_the_sources_have_their_own_search(flagship, open_page):
    opened = open_page(flagship["overview"])
    group = open_facet(opened.page, "sources")
    everything = len(options(group))
    group.locator("input[type=search]").fill("brouwer")
    shown = options(group)
    assert 0 < len(shown) < everything
    assert all("brouwer" in name.lower() for name in shown)
    group.locator("input[type=search]").fill("zzzzqqqq")
    assert options(group) == {}
    assert group.locator(".facet-empty").is_visible()


def test_a_range_leaves_the_records_of_which_a_source_states_such_a_number(flagship, open_page):
    opened = open_page(flagship["overview"])
    page, data = opened.page, opened.data()
    group = open_facet(page, "figure")
    group.locator("select").select_option("victims")
    low, high = group.locator("input[type=number]").all()
    low.fill("1000")
    high.fill("5000")
    page.locator(".chip").wait_for()
    unit = data["terms"]["measures"]["victims"]["unit"]
    expected = set()
    for site in data["sites"]:
        claims = [data["claims"][index] for index in site["claims"]]
        numbers = [
            float(claim[bound])
            for claim in claims
            if claim["measure"] == "victims" and claim["unit"] == unit and claim["status"] in {"current", "contested"}
            for bound in ("low", "high")
            if bound in claim
        ]
        if numbers and max(numbers) >= 1000 and min(numbers) <= 5000:
            expected.add(site["id"])
    assert expected
    assert set(opened.listed()) == expected
    assert "1\u00a0000 – 5\u00a0000" in page.locator(".chip").text_content()


def count_line(opened):
    """Return shown, all, and the other numbers of the count line by their words."""
    line = opened.page.locator(".counts").text_content()
    shown, total = map(int, re.match(r"(\d+) of (\d+)", line).groups())
    rest = {words.strip(): int(n) for n, words in re.findall(r"(\d+) ([a-z ]+)", line.partition("·")[2])}
    return shown, total, rest


@pytest.mark.parametrize("asked", [{}, {"text": "wat"}, {"where": "kind IN ('memorial')"}, {"during": "1975/1976"}])
def test_the_count_line_adds_up(flagship, visit, asked):
    opened = visit(flagship["overview"], fragment(**asked))
    shown, total, rest = count_line(opened)
    aside = rest.get("left out by the filters", 0) + rest.get("without a location", 0)
    assert shown + aside == total == len(opened.data()["sites"])
    if "during" in asked:
        assert rest["undated set aside"] == sum("days" not in site for site in opened.data()["sites"])


@pytest.mark.parametrize("which", ["unlocated", "undated"])
def test_what_has_no_place_or_no_date_is_one_press_away(flagship, visit, which):
    opened = visit(flagship["overview"])
    opened.page.locator(f".counts [data-key={which}]").click()
    missing = {"unlocated": lambda site: site["point"] is None, "undated": lambda site: "days" not in site}[which]
    assert set(opened.listed()) == {site["id"] for site in opened.data()["sites"] if missing(site)}
    opened.page.locator(".counts [data-key=reset]").click()
    assert len(opened.listed()) == len(opened.data()["sites"])


def test_facets_filter_journeys_too(flagship, open_page):
    opened = open_page(flagship["journeys"])
    page, data = opened.page, opened.data()
    group = open_facet(page, "sources")
    box = group.locator("li:not([hidden]) input").first
    expected = int(box.evaluate("box => box.closest('li').querySelector('.count').textContent"))
    box.check()
    assert len(opened.listed()) == expected < len(data["routes"])
    assert page.locator(".facet[data-facet=provinces]").count() == 0, "journeys carry no province"


def test_filters_are_used_by_keyboard_alone(flagship, open_page):
    opened = open_page(flagship["overview"])
    page = opened.page
    page.locator("[data-key='way facets']").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")  # to "Download"
    page.keyboard.press("Tab")  # into the facets
    assert page.evaluate("document.activeElement.closest('.facet')?.dataset.facet") == "region"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.facet')?.dataset.facet") == "provinces"
    page.keyboard.press("Enter")
    page.locator(".facet[open] li").first.wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    chosen = page.evaluate("document.activeElement.checked && document.activeElement.closest('li') !== null")
    assert chosen, "the focus stays in the list of choices"
    assert page.locator(".chip").count() == 1
    page.locator(".chip").focus()
    page.keyboard.press("Enter")
    assert page.locator(".chip").count() == 0
    assert page.evaluate("document.activeElement.dataset.key") == "way facets"
    opened.assert_quiet()


# --- conditions in CQL2 -----------------------------------------------------------------------------------------------

CONDITIONS = [
    "kind IN ('prison','memorial')",
    "province IS NULL",
    "(province IN ('KH08') OR province IS NULL) AND standing IN ('alleged')",
    "A_OVERLAPS(sources, ('mef-gazetteer-2025'))",
    "CASEI(name) LIKE CASEI('%wat%')",
    "precision_m BETWEEN 500 AND 3000 AND NOT kind = 'camp'",
    "S_INTERSECTS(geometry, BBOX(103,11,105,13))",
    "S_WITHIN(geometry, POLYGON((103 11, 105 11, 106 13, 103 13, 103 11)))",
    "(claimed_victims_high >= 100 AND claimed_victims_low <= 5000)",
    "claimed_pits_high > 10 OR summary LIKE '%pits%'",
    "begin_earliest <= DATE('1976-01-01') AND end_latest IS NULL",
    "geometry IS NULL AND district IS NOT NULL",
    "dk_zone <> 'southwest'",
]


@pytest.mark.parametrize("where", CONDITIONS)
def test_a_condition_means_here_what_it_means_to_the_catalogue(flagship, flagship_catalogue, visit, where):
    opened = visit(flagship["overview"], fragment(where=where))
    assert opened.page.locator(".refused").is_hidden()
    assert sorted(opened.listed()) == sorted(answer(flagship_catalogue, where=where))
    opened.assert_quiet()


NOT_ANSWERED_HERE = frozenset({"precision_m * 2 + 1 >= 10001"})
"""Conditions of the shared list that a page does not answer, and says so: it does not reckon."""

CASES = json.loads(Path(__file__).parents[1].joinpath("cql2_cases.json").read_bytes())


@pytest.mark.parametrize("layer", ["sites", "routes"])
def test_the_shared_conditions_select_the_same_records_here(flagship, visit, layer):
    opened = visit(flagship["overview"])
    asked = [case for case in CASES if case["layer"] == layer]
    assert asked
    for case in asked:
        opened.go(fragment(lang="en", tab=layer, where=case["where"]))
        refused = opened.page.locator(".refused")
        if case["where"] in NOT_ANSWERED_HERE:
            assert case["where"] in refused.text_content()
            continue
        assert refused.is_hidden(), case["where"]
        assert sorted(opened.listed()) == sorted(case["ids"]), case["where"]
    opened.assert_quiet()


@pytest.mark.parametrize("during", ["1975/1979", "1977-04/1977-06", "../1974", "1980/..", "1976"])
@pytest.mark.parametrize("layer", ["sites", "routes"])
def test_a_time_means_here_what_it_means_to_the_catalogue(flagship, flagship_catalogue, visit, layer, during):
    opened = visit(flagship["overview"], fragment(during=during, tab=layer))
    assert sorted(opened.listed()) == sorted(answer(flagship_catalogue, layer=layer, during=during))


@pytest.mark.parametrize(
    "where",
    ["S_TOUCHES(geometry, POINT(1 2))", "unheard = 'x'", "kind = ", "<img src=x onerror=window.ran=1>", "{{7*7}}"],
)
def test_what_a_page_cannot_answer_is_said_and_not_applied(flagship, visit, where):
    opened = visit(flagship["overview"], fragment(where=where))
    page = opened.page
    note = page.locator(".refused")
    assert where.strip() in note.text_content()
    assert len(opened.listed()) == len(opened.data()["sites"])
    assert page.evaluate("window.ran") is None
    note.locator("button").click()
    assert note.is_hidden()
    opened.assert_quiet()


def test_a_condition_that_no_facet_expresses_is_a_chip(flagship, visit):
    opened = visit(flagship["overview"])
    opened.go(fragment(where="kind IN ('camp') AND CASEI(name) LIKE '%khao%'"))
    chips = opened.page.locator(".chip").all_text_contents()
    assert len(chips) == 2
    assert "CASEI(name) LIKE '%khao%'" in chips
    assert all("khao" in json.dumps(name).lower() for name in names(opened))
    opened.assert_quiet()
