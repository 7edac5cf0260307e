"""Journeys: strokes by certainty, heads, widths that the legend explains, and each of them in words."""

from __future__ import annotations

import math
import re

LINES = ".leaflet-routes-pane path.route-line"
ADMITTED = {"current", "contested"}


def whole_figures(data):
    """Return, for each drawn journey with a figure for the whole of it, the least and the most people."""
    measures = [measure for measure, term in data["terms"]["measures"].items() if term.get("travel")]
    found = {}
    for route in data["routes"]:
        claims = [data["claims"][index] for index in route["claims"]]
        for measure in measures:
            unit = data["terms"]["measures"][measure]["unit"]
            mine = [
                claim
                for claim in claims
                if (claim["measure"], claim["unit"]) == (measure, unit)
                and claim["status"] in ADMITTED
                and not claim["partial"]
                and (claim.get("low") or claim.get("high"))
            ]
            if not mine:
                continue
            joined = any(one["measure"] == measure and one["unit"] == unit for one in route.get("ranges", []))
            if len(mine) == 1 or joined:
                numbers = [float(claim[end]) for claim in mine for end in ("low", "high") if claim.get(end)]
                found[route["id"]] = (min(numbers), max(numbers))
            break
    return found


def all_items(opened):
    opened.write_all()
    return opened.page.locator(".list .item")


def test_each_part_has_the_stroke_of_its_certainty_and_a_head(flagship, open_page):
    opened = open_page(flagship["journeys"])
    data = opened.data()
    lines = opened.page.locator(LINES).evaluate_all(
        "lines => lines.map((line) => [line.dataset.route, line.dataset.certainty, "
        "line.getAttribute('stroke-dasharray') ?? '', line.getAttribute('marker-end') ?? ''])"
    )
    wanted = sorted((route["id"], part["certainty"]) for route in data["routes"] for part in route["segments"])
    assert sorted((route, certainty) for route, certainty, _, _ in lines) == wanted
    kinds = {certainty: set() for _, certainty in wanted}
    for _, certainty, dashes, head in lines:
        kinds[certainty].add(tuple(dashes.split()))
        assert re.fullmatch(r"url\(#memorial-\d+-\d\)", head)
        assert opened.count(head[4:-1]) == 1, "the head that the line points at is there"
    assert kinds["documented"] <= {(), ("",)}
    # Dashes are longer than the gaps between them, dots are shorter, on lines of every width.
    assert all(float(on) > float(off) for on, off in kinds["reconstructed"])
    assert all(float(on) < float(off) for on, off in kinds["assumed"])


def test_widths_are_those_of_the_figures_and_of_the_legend(flagship, open_page):
    opened = open_page(flagship["journeys"])
    page, data = opened.page, opened.data()
    figures = whole_figures(data)
    widths = page.locator(LINES).evaluate_all(
        "lines => lines.map((line) => [line.dataset.route, Number(line.getAttribute('stroke-width'))])"
    )
    thin = {width for route, width in widths if route not in figures}
    assert len(thin) == 1
    by_class = {}
    for route, width in widths:
        if route in figures:
            least, _ = figures[route]
            by_class.setdefault(max(1, min(5, int(math.log10(max(least, 1))))), set()).add(width)
    assert len(by_class) >= 3
    assert all(len(found) == 1 for found in by_class.values())
    ordered = [min(by_class[size]) for size in sorted(by_class)]
    assert ordered == sorted(ordered)
    assert max(thin) < min(ordered)

    # The legend draws the same widths, and says what is counted, by whom, and that it is a range.
    legend = page.locator(".legend")
    drawn = {
        float(width)
        for width in legend.locator(".stroke line").evaluate_all(
            "lines => lines.map((line) => line.getAttribute('stroke-width'))"
        )
    }
    assert thin | set(ordered) <= drawn
    told = legend.text_content()
    assert "how many people the sources count" in told
    assert "no figure for the whole journey" in told
    assert "powers of ten" in told
    assert "100\u00a0000 and more" in told
    cited = {
        data["sources"][data["claims"][index]["reference"]["source"]]["note"][:20]
        for route in data["routes"]
        if route["id"] in figures and route["segments"]
        for index in route["claims"]
        if not data["claims"][index]["partial"] and data["claims"][index]["measure"] == "people_returned"
    }
    assert cited
    assert all(note in told for note in cited)


def test_every_journey_is_told_in_words(flagship, open_page):
    opened = open_page(flagship["journeys"])
    data = opened.data()
    items = all_items(opened)
    assert items.count() == len(data["routes"])
    texts = items.all_text_contents()
    figures = whole_figures(data)
    for route in data["routes"]:
        told = next(text for text in texts if text.startswith(route["name"]))
        for part in route["segments"]:
            assert part["to"] in told
            assert part["certainty"] in told
        if route["segments"]:
            assert f"From {route['segments'][0]['from']} to " in told
            assert "Not drawn" not in told
        else:
            assert "Not drawn: " in told
        assert ("No figure for the whole journey" in told) == (route["id"] not in figures)
    opened.assert_quiet()


def test_a_range_keeps_its_ends_and_names_its_sources(flagship, open_page):
    opened = open_page(flagship["journeys"])
    data = opened.data()
    route = next(route for route in data["routes"] if route["id"] == "untac-repatriation-1992-93")
    told = all_items(opened).filter(has_text=route["name"]).first.text_content()
    (reach,) = (one for one in route["ranges"] if one["measure"] == "people_returned")
    low, high = ("\u00a0".join((number[:-3], number[-3:])) for number in (reach["least"], reach["high"]))
    assert low in told
    assert high in told
    assert data["terms"]["measures"]["people_returned"]["label"]["en"] in told
    source = data["claims"][reach["claims"][0]]["reference"]["source"]
    assert data["sources"][source]["note"][:12] in told


def test_a_shaded_page_says_what_is_counted_by_whom_and_as_of_when(flagship, open_page):
    opened = open_page(flagship["provinces"])
    data = opened.data()
    legend = opened.page.locator(".legend").text_content()
    shown = data["choropleth"][0]
    claims = [data["claims"][index] for index in shown["values"].values()]
    assert all(claim["scope"] in legend for claim in claims)
    assert all(data["sources"][claim["reference"]["source"]]["note"] in legend for claim in claims)
    assert "As of" in legend
    assert "natural breaks" in legend
    assert "no figure" in legend
    hatched = opened.page.locator(".leaflet-areas-pane path[fill^='url(#']").count()
    assert hatched == len(data["areas"]) - len(shown["values"])
