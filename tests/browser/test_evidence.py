"""Every figure that a reader sees is a claim of the atlas, one step from its source and the place in it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

MUST = {
    "overview": ["s-21", "choeung-ek", "preah-vihear-pushback-1979", "khao-i-dang", "tuol-po-chrey", "KH01"],
    "provinces": ["kh"],
}
"""Records that are walked whatever else is; the others are those with the most figures."""

SAMPLE = {"overview": 14, "provinces": 5}

WALK = """
(card) => [...card.querySelectorAll("table.claims tr[data-status]")].map((row) => {
    row.querySelector("td.by button.cite").click();
    const note = document.activeElement;
    return {
        value: row.querySelector(".value").textContent,
        status: row.dataset.status,
        locator: row.querySelector("td.by .more")?.textContent ?? "",
        reached: note.matches(".card ol.sources > li"),
        note: note.querySelector(".note-text")?.textContent,
        places: note.querySelector(".locator")?.textContent ?? "",
    };
})
"""


def place_in(reference):
    """Return where in its source something stands; a locator that only names the file that was read is not told."""
    locator = reference.get("locator", "")
    return "" if locator.endswith(".txt") else locator


def said(claim):
    """Return a figure as the English page must say it; of a date, nothing is compared."""
    low, high = claim.get("low", ""), claim.get("high", "")
    if claim["unit"] == "date":
        return None
    if low and high:
        return low if low == high else f"{low} – {high}"
    return f"at least {low}" if low else f"up to {high}" if high else ""


def without_spaces(text):
    """Return a figure without the fixed spaces between its thousands."""
    return re.sub(r"(?<=[0-9])\u00a0(?=[0-9]{3})", "", text)


def records_of(data):
    """Yield id, tab and record of everything on the page that has figures."""
    nation = [data["nation"]] if "nation" in data else []
    for tab, records in (("sites", data["sites"]), ("routes", data["routes"]), ("areas", nation + data["areas"])):
        for record in records:
            if record["claims"]:
                yield record.get("id", record.get("code")), tab, record


def open_card(opened, tab, record):
    """Open the card of a record through the list, as a reader does."""
    page = opened.page
    name = record["name"] if isinstance(record["name"], str) else record["name"]["en"]
    if page.locator(f"[data-key='tab {tab}']").is_visible():
        page.locator(f"[data-key='tab {tab}']").click()
    opened.search(name)
    page.locator(".list .item").filter(has=page.get_by_text(name, exact=True)).first.click()
    page.locator(".card h2").filter(has_text=name).wait_for(state="visible")
    return page.locator(".card")


@pytest.mark.parametrize("name", ["overview", "provinces"])
def test_every_figure_on_a_card_is_a_claim_one_step_from_its_source(flagship, open_page, name):
    opened = open_page(flagship[name], "#lang=en")
    data = opened.data()
    names = Counter(str(record["name"]) for _, _, record in records_of(data))
    records = {key: (tab, record) for key, tab, record in records_of(data) if names[str(record["name"])] == 1}
    by_figures = sorted(records, key=lambda key: -len(records[key][1]["claims"]))
    sample = list(dict.fromkeys([*MUST[name], *by_figures]))[: SAMPLE[name]]
    for key in sample:
        tab, record = records[key]
        card = open_card(opened, tab, record)
        claims = [data["claims"][index] for index in record["claims"]]
        rows = card.evaluate(WALK)
        assert all(row["reached"] for row in rows), key
        dated = Counter(claim["id"] for claim in claims if claim["unit"] == "date")
        shown = Counter((row["status"], row["note"], row["locator"]) for row in rows)
        assert shown == Counter(
            (
                claim["status"],
                data["sources"][claim["reference"]["source"]]["note"],
                place_in(claim["reference"]),
            )
            for claim in claims
        ), key
        figures = Counter(without_spaces(row["value"]) for row in rows)
        stated = Counter(said(claim) for claim in claims if claim["unit"] != "date")
        assert stated <= figures, key
        assert figures.total() - stated.total() == dated.total(), key
        assert all(row["locator"] in row["places"] for row in rows), key
        told = [without_spaces(text) for text in card.locator(".range").all_text_contents()]
        for reach, text in zip(in_order(record, data), told, strict=True):
            ends = (reach.get("least", reach.get("low")), reach.get("most", reach.get("high")))
            stated_ends = {claims_bound(data, reach, "low"), claims_bound(data, reach, "high")}
            assert all(end in text for end in ends), key
            assert set(ends) <= set().union(*stated_ends), key
    assert len(sample) == SAMPLE[name]
    opened.assert_quiet()


def in_order(record, data):
    """Return the ranges of a record in the order in which its card shows them: that of the measures."""
    order = list(data["terms"]["measures"])
    return sorted(record.get("ranges", []), key=lambda reach: order.index(reach["measure"]))


def claims_bound(data, reach, end):
    """Return the bounds that stand at one end of the claims of a range."""
    return frozenset(data["claims"][index].get(end, "") for index in reach["claims"])


@pytest.mark.parametrize(
    ("name", "key", "measures"),
    [
        ("overview", "s-21", {"prisoners", "survivors"}),
        ("overview", "preah-vihear-pushback-1979", set()),
        ("provinces", "kh", {"deaths"}),
    ],
)
def test_figures_that_differ_stand_side_by_side(flagship, visit, name, key, measures):
    data = visit(flagship[name]).data()
    (record,) = [record for found, _, record in records_of(data) if found == key]
    sources = {}
    for claim in (data["claims"][index] for index in record["claims"]):
        sources.setdefault(claim["measure"], set()).add(claim["reference"]["source"])
    assert measures <= set(sources)
    assert all(len(sources[measure]) >= 2 for measure in measures or [max(sources, key=lambda one: len(sources[one]))])


def test_the_cover_tells_coverage_method_and_changes(flagship, open_page):
    opened = open_page(flagship["index"], "#lang=en&about=method")
    page, data = opened.page, opened.data()
    about = page.locator("dialog.about")
    about.wait_for(state="visible")
    assert page.evaluate("document.activeElement.closest('[data-part]').dataset.part") == "method"
    assert about.locator(".coverage li").count() == len(data["coverage"]) > 0
    for entry, text in zip(data["coverage"], about.locator(".coverage li").all_text_contents(), strict=True):
        assert f"holds {entry['held']};" in text
        assert entry["low"] in text
        assert data["sources"][entry["reference"]["source"]]["note"] in text
    told = about.locator("[data-part=changes]").text_content()
    assert data["changes"]
    assert all(change["what"] in told and change["why"] in told for change in data["changes"])
    assert about.locator(".prose").text_content().strip()
    assert about.locator(".prose table").count() > 0
    assert "|" not in about.locator(".prose").text_content(), "a table that was not understood"
    opened.assert_quiet()


def test_another_page_leads_to_the_method_on_the_cover(flagship, open_page):
    opened = open_page(flagship["prisons"], "#lang=fr")
    opened.page.locator(".about-button").click()
    links = opened.page.locator("dialog.about [data-part=method] a")
    assert links.get_attribute("href") == "index.html#lang=fr&about=method"
    told = opened.page.locator("dialog.about .about-scroll > p").all_text_contents()
    assert any("n’ont pas encore été relus" in text for text in told), "French awaits a native reader"


def test_former_provinces_are_outlines_that_can_be_switched_off(flagship, open_page):
    opened = open_page(flagship["provinces"], "#lang=en")
    page, (period,) = opened.page, opened.data()["periods"]
    outlines = page.locator(".leaflet-periods-pane path")
    assert outlines.count() == 1
    assert outlines.get_attribute("stroke-dasharray")
    names = page.locator(".period-name").all_text_contents()
    assert len(names) > len(period["areas"]) / 2
    assert set(names) <= {area["name"] for area in period["areas"]}
    box = page.locator(".legend .layer-head label").filter(has_text=period["title"]["en"]).locator("input")
    assert "approximate" in period["title"]["en"].lower()
    box.uncheck()
    assert outlines.count() == page.locator(".period-name").count() == 0
    opened.assert_quiet()
