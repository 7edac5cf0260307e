"""Joins: every report adds up, no row is multiplied, duplicates are named, places agree with a brute force."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.joins import (
    JoinReport,
    join_all,
    join_claims,
    join_events,
    join_figure_claims,
    join_figures,
    join_former,
    join_given,
    join_names,
    join_places,
    join_relations,
)
from geo.readers import read_atlas
from geo.spec import SCHEMAS

GEOD = pyproj.Geod(ellps="WGS84")
KEYS = st.sampled_from(
    ["", "place-a", "place-b", "place-c", "place-z", "P1", "P2", "P9", "nowhere", "a-to-e", "c1", "c2"]
)
POINTS = st.none() | st.tuples(st.floats(-33.9, -29.1), st.floats(9.1, 11.9))


def table(kind, rows):
    """Return a table as the readers leave it; what a row does not give is empty."""
    index = pd.Index(range(2, len(rows) + 2), name="line")
    names = SCHEMAS[kind].names
    return pd.DataFrame(
        [[row.get(name, "") for name in names] for row in rows], columns=names, index=index, dtype=object
    )


def layer(kind, rows, shapes):
    """Return a layer as the readers leave it; what a feature does not give is missing."""
    index = pd.Index(range(1, len(rows) + 1), name="feature")
    names = SCHEMAS[kind].names
    values = {name: pd.Series([row.get(name) for row in rows], index=index, dtype=object) for name in names}
    return gpd.GeoDataFrame(values, geometry=gpd.GeoSeries(shapes, index=index, crs=4326), crs=4326)


def changed(inputs, **parts):
    """Return the inputs with other layers and tables."""
    layers = {name: part for name, part in parts.items() if isinstance(part, gpd.GeoDataFrame)}
    tables = {name: part for name, part in parts.items() if name not in layers}
    return replace(inputs, layers=inputs.layers | layers, tables=inputs.tables | tables)


@given(
    subjects=st.lists(KEYS, max_size=12),
    ids=st.lists(KEYS, max_size=8),
    claims=st.lists(KEYS, max_size=5),
    points=st.lists(POINTS, min_size=8, max_size=8),
)
def test_every_report_adds_up(clean_inputs, subjects, ids, claims, points):
    names = ["Square One", "ការ៉េមួយ", "", "Elsewhere"]
    rows = [
        {"id": key, "province": other or None, "province_name": names[number % 4]}
        for number, (key, other) in enumerate(zip(ids, [*subjects, *ids], strict=False))
    ]
    shapes = [shapely.Point(point) if point else None for point in points[: len(rows)]]
    inputs = changed(
        clean_inputs,
        sites=layer("sites", rows, shapes),
        claims=table("claims", [{"id": key, "subject": key, "measure": "population"} for key in subjects]),
        figures=table("figures", [{"code": key, "measure": "population", "claim": key} for key in claims]),
        names=table("names", [{"subject": key, "text": key} for key in subjects]),
        relations=table(
            "relations",
            [{"subject": one, "object": two} for one, two in zip(subjects, reversed(subjects), strict=True)],
        ),
        events=table("events", [{"id": f"e{number}", "place": key} for number, key in enumerate(subjects)]),
    )
    reports = join_all(inputs)
    assert [report.name for report in reports if not report.adds_up] == []
    by_name = {report.name: report for report in reports}
    assert len(by_name) == len(reports) == 9
    for name, rows_on_the_left in (
        ("claims", subjects), ("figures", claims), ("figure claims", claims), ("names", subjects),
        ("relations", subjects), ("events", subjects), ("given", rows), ("places", rows),
    ):  # fmt: skip
        assert by_name[name].left_rows == len(rows_on_the_left)


@given(subjects=st.lists(KEYS, max_size=12), ids=st.lists(KEYS, max_size=8))
def test_no_row_is_multiplied_and_duplicates_are_named(clean_inputs, subjects, ids):
    inputs = changed(
        clean_inputs,
        sites=layer("sites", [{"id": key} for key in ids], [None] * len(ids)),
        events=table("events", [{"id": f"e{number}", "place": key} for number, key in enumerate(subjects)]),
    )
    report = join_events(inputs)
    known = Counter(key for key in ids if key)
    assert report.matched == sum(key in known for key in subjects)
    assert report.right_rows == len(known)
    assert report.matched_right == len(set(subjects) & set(known))
    assert report.unmatched_left == tuple(
        f"line {number + 2} (e{number}): {key or 'no key'}" for number, key in enumerate(subjects) if key not in known
    )
    assert report.unmatched_right == tuple(sorted(set(known) - set(subjects)))
    assert report.duplicates == tuple(
        f"{key}: {', '.join(f'feature {at} ({key})' for at, other in enumerate(ids, start=1) if other == key)}"
        for key in known
        if known[key] > 1
    )


@given(points=st.lists(POINTS, min_size=1, max_size=6), data=st.data())
def test_places_agree_with_a_brute_force(clean_inputs, points, data):
    tolerance = clean_inputs.manifest.layers["provinces"].border_tolerance_m
    matched, met, disagree, rows = 0, set(), 0, []
    for number, point in enumerate(points):
        named = data.draw(st.sampled_from(["P1", "P2", "P3", None]))
        precision = data.draw(st.sampled_from([10, 2500, 40_000]))
        rows.append({"id": f"s{number}", "province": named, "precision_m": precision})
        if point is None:
            continue
        lon, lat = point
        assume(lon not in {-33, -32, -31, -30} and lat not in {10, 11})  # a corner belongs to two areas
        inside = [f"P{square}" for square in (1, 2, 3) if -34 + square < lon < -33 + square and 10 < lat < 11]
        if named:
            miss = 0.0 if named in inside else metres_to_box(lon, lat, -34 + int(named[1]), 10, -33 + int(named[1]), 11)
        else:
            miss = metres_to_box(lon, lat, -33, 10, -30, 11) if inside else 0.0
        assume(abs(miss - tolerance - precision) > 50)
        agrees = miss < tolerance + precision
        disagree += not agrees
        code = named if agrees else (inside[0] if inside else None)
        matched += code is not None
        met |= {code} - {None}
    shapes = [shapely.Point(point) if point else None for point in points]
    report = join_places(changed(clean_inputs, sites=layer("sites", rows, shapes)))
    assert (report.matched, report.matched_right, len(report.disagreements)) == (matched, len(met), disagree)
    assert report.unmatched_right == tuple(sorted({"P1", "P2", "P3"} - met))


def metres_to_box(lon, lat, west, south, east, north):
    """Return the geodesic distance to the border of a box, by golden-section search along each of its edges."""

    def nearest(start, end):
        low, high = 0.0, 1.0

        def metres(part):
            x, y = (one + (two - one) * part for one, two in zip(start, end, strict=True))
            return GEOD.inv(lon, lat, x, y)[2]

        for _ in range(25):
            left, right = low + (high - low) * 0.382, low + (high - low) * 0.618
            if metres(left) < metres(right):
                high = right
            else:
                low = left
        return metres(low)

    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return min(nearest(start, end) for start, end in pairwise(corners))


RECORDS = "sites, routes, provinces, nowhere"
CLEAN = [
    # name, left, right, rows on both sides, matched on both sides, unmatched on both sides
    ("claims", "claims", RECORDS, (7, 10), (7, 5), (), ("P3", "place-b", "place-c", "place-d", "place-e")),
    ("figures", "figures", "provinces", (2, 3), (2, 2), (), ("P3",)),
    ("figure claims", "figures", "claims", (2, 2), (2, 2), (), ()),
    ("names", "names", RECORDS, (6, 11), (6, 4), (),
     ("P2", "P3", "nowhere", "place-b", "place-c", "place-d", "place-e")),
    ("relations", "relations", RECORDS, (2, 10), (2, 3), (),
     ("P1", "P2", "P3", "a-to-e", "nowhere", "place-d", "place-e")),
    ("events", "events", "sites", (2, 5), (1, 1), ("line 3 (unveiling): no key",),
     ("place-b", "place-c", "place-d", "place-e")),
    ("given", "sites", "provinces", (5, 3), (4, 3), ("feature 5 (place-e): A province abroad",), ()),
    ("places", "sites", "provinces", (5, 3), (3, 2),
     ("feature 4 (place-d): no location", "feature 5 (place-e): in no area"), ("P3",)),
    ("former areas", "crosswalk", "provinces", (2, 3), (2, 2), (), ("squares_1905 P1",)),
]  # fmt: skip


def test_the_reports_of_a_clean_atlas(clean_inputs):
    assert list(join_all(clean_inputs)) == [
        JoinReport(name, left, right, *rows, *matched, lost, left_over)
        for name, left, right, rows, matched, lost, left_over in CLEAN
    ]


def test_an_atlas_without_layers_and_tables_joins_nothing(clean_inputs):
    manifest = type(clean_inputs.manifest)(atlas=clean_inputs.manifest.atlas, layers={})
    bare = replace(clean_inputs, manifest=manifest, layers={}, tables={})
    records = "sites, routes, areas, nowhere"
    wanted = []
    for name, left, right, *_ in CLEAN:
        at_right = {RECORDS: records, "provinces": "areas"}.get(right, right)
        nation = right == RECORDS
        wanted.append(JoinReport(name, left, at_right, 0, int(nation), 0, 0, (), ("nowhere",) * nation))
    assert list(join_all(bare)) == wanted


@pytest.mark.parametrize(
    ("text", "matched"), [("Square Two", 1), ("ការ៉េពីរ", 1), ("old square", 1), ("XA-2", 1), ("Square", 0), ("", 0)]
)
def test_a_province_is_found_by_any_of_its_names(clean_inputs, text, matched):
    sites = layer("sites", [{"id": "s", "province_name": text}], [None])
    report = join_given(changed(clean_inputs, sites=sites))
    assert (report.matched, report.disagreements) == (matched, ())


def test_a_province_is_found_by_its_french_name(clean_inputs):
    areas = layer("areas", [{"code": "P1", "name": "Square One", "name_fr": "Carré Un"}], [shapely.box(0, 0, 1, 1)])
    sites = layer("sites", [{"id": "s", "province_name": "carre un"}], [None])
    assert join_given(changed(clean_inputs, provinces=areas, sites=sites)).matched == 1


def test_a_name_that_belongs_to_another_province_is_a_disagreement(clean_inputs):
    sites = layer("sites", [{"id": "s", "province": "P1", "province_name": "Square Two"}], [None])
    report = join_given(changed(clean_inputs, sites=sites))
    assert (report.matched, report.disagreements) == (1, ("feature 1 (s): carries P1, but Square Two is P2",))
    unknown = layer("sites", [{"id": "s", "province": "P9", "province_name": "Square Two"}], [None])
    report = join_given(changed(clean_inputs, sites=unknown))
    assert (report.unmatched_left, report.disagreements) == (("feature 1 (s): P9",), ())


def test_a_name_that_a_place_bears_too_is_that_of_the_province(clean_inputs):
    names = table("names", [{"subject": "place-a", "text": "Square Two"}])
    sites = layer("sites", [{"id": "s", "province_name": "Square Two"}], [None])
    report = join_given(changed(clean_inputs, names=names, sites=sites))
    assert (report.matched, report.unmatched_right) == (1, ("P1", "P3"))


def test_an_area_without_a_code_is_none(clean_inputs):
    areas = layer("areas", [{"name": "Nameless"}, {"code": "P1"}], [None, None])
    sites = layer("sites", [{"id": "s", "province_name": "Nameless"}], [shapely.Point(-32.5, 10.5)])
    inputs = changed(clean_inputs, provinces=areas, sites=sites)
    assert join_given(inputs).unmatched_left == ("feature 1 (s): Nameless",)
    assert [join(inputs).right_rows for join in (join_given, join_places, join_former)] == [1, 1, 1]
    assert join_places(inputs).unmatched_right == ("P1",)


@pytest.mark.parametrize(("absent", "rows"), [("sites", (0, 3)), ("provinces", (5, 0))])
def test_without_sites_or_without_areas_no_place_is_found(clean_inputs, absent, rows):
    left = {name: spec for name, spec in clean_inputs.manifest.layers.items() if name != absent}
    manifest = type(clean_inputs.manifest)(atlas=clean_inputs.manifest.atlas, layers=left)
    layers = {name: frame for name, frame in clean_inputs.layers.items() if name != absent}
    report = join_places(replace(clean_inputs, manifest=manifest, layers=layers))
    assert (report.left_rows, report.right_rows, report.matched, report.disagreements) == (*rows, 0, ())
    told = ["in no area", "in no area", "in no area", "no location", "in no area"][: rows[0]]
    assert [text.partition(": ")[2] for text in report.unmatched_left] == told


def test_a_point_that_two_areas_cover_is_said_to_lie_in_both(clean_inputs):
    boxes = [shapely.box(-33, 10, -31, 11), shapely.box(-32, 10, -30, 11), shapely.box(-20, 10, -19, 11)]
    areas = layer("areas", [{"code": f"P{number}"} for number in (1, 2, 3)], boxes)
    sites = layer("sites", [{"id": "s", "province": "P3"}], [shapely.Point(-31.5, 10.5)])
    (said,) = join_places(changed(clean_inputs, provinces=areas, sites=sites)).disagreements
    assert said.startswith("feature 1 (s): names P3, lies in P1 and P2, off by 1,2")


def test_an_area_that_is_not_in_the_atlas_has_no_distance(clean_inputs):
    sites = layer("sites", [{"id": "s", "province": "P9"}, {"id": "t"}], [shapely.Point(-31.5, 10.5)] * 2)
    report = join_places(changed(clean_inputs, sites=sites))
    assert report.disagreements == (
        "feature 1 (s): names P9, lies in P2",
        "feature 2 (t): names no area, lies in P2, off by 55,305 m",
    )


def test_a_point_in_another_province_is_a_disagreement(clean_inputs):
    sites = layer("sites", [{"id": "s", "province": "P1", "precision_m": 10}], [shapely.Point(-31.5, 10.5)])
    report = join_places(changed(clean_inputs, sites=sites))
    assert report.disagreements == ("feature 1 (s): names P1, lies in P2, off by 54,734 m",)
    assert (report.matched, report.unmatched_right) == (1, ("P1", "P3"))


def test_the_reason_for_a_point_outside_stands_in_the_report(small_atlas):
    atlas = small_atlas()
    tolerance = "border_tolerance_m = 1000"
    atlas.replace("atlas.toml", tolerance, f'{tolerance}\noutside = {{ place-a = "An islet." }}')
    atlas.move("sites", "place-a", {"type": "Point", "coordinates": [-32.5, 9.5]})
    report = join_places(read_atlas(atlas.folder))
    assert report.disagreements == ("feature 1 (place-a): names P1, lies in no area, off by 55,303 m: An islet.",)
    assert "feature 1 (place-a): in no area" in report.unmatched_left


def test_a_claim_about_another_province_is_a_disagreement(clean_inputs):
    figures = table("figures", [{"code": "P1", "measure": "population", "claim": "c0005"}])
    report = join_figure_claims(changed(clean_inputs, figures=figures))
    assert report.disagreements == ("line 2: P1 population, but c0005 is about P2 population",)
    assert report.unmatched_right == ("c0004",)


def test_the_claims_that_could_stand_behind_a_figure_are_those_of_its_measure_about_an_area(clean_inputs):
    figures = table(
        "figures", [{"code": "P1", "measure": "population", "claim": claim} for claim in ("a", "c", "z", "")]
    )
    about = [("a", "P1", "population"), ("b", "P3", "population"), ("c", "P1", "deaths"), ("d", "P3", "deaths")]
    about += [("e", "place-a", "population"), ("b", "P3", "population"), ("", "P2", "population")]
    claims = table("claims", [dict(zip(("id", "subject", "measure"), row, strict=True)) for row in about])
    report = join_figure_claims(changed(clean_inputs, figures=figures, claims=claims))
    assert (report.right_rows, report.matched_right, report.unmatched_right) == (3, 2, ("b",))
    assert report.unmatched_left == ("line 4: z", "line 5: no key")
    assert report.duplicates == ("b: line 3 (b), line 7 (b)",)
    assert report.disagreements == ("line 3: P1 population, but c is about P1 deaths",)


def test_a_key_that_stands_twice_is_named_with_the_layers_where_it_stands(clean_inputs):
    given_ = [{"id": key} for key in ("nowhere", "P1", "P1", "a-to-e", "lone", None, None)]
    areas = layer("areas", [{"code": "P1"}, {"code": "P1"}], [shapely.box(-33, 10, -32, 11)] * 2)
    inputs = changed(clean_inputs, sites=layer("sites", given_, [None] * len(given_)), provinces=areas)
    twice = (
        "nowhere: sites feature 1 (nowhere), atlas.toml",
        "P1: sites feature 2 (P1), sites feature 3 (P1), provinces feature 1 (P1), provinces feature 2 (P1)",
        "a-to-e: sites feature 4 (a-to-e), routes feature 1 (a-to-e)",
    )
    assert [join(inputs).duplicates for join in (join_claims, join_names, join_relations)] == [twice] * 3
    assert join_places(inputs).duplicates == ("P1: feature 1 (P1), feature 2 (P1)",)
    assert join_former(inputs).duplicates == ("squares_1905 P1: feature 1 (P1), feature 2 (P1)",)


NAME = {"subject": "place-a", "text": "A", "language": "en", "kind": "main", "source": "first-book"}


@pytest.mark.parametrize("column", NAME)
def test_a_name_stands_once_for_its_subject_language_kind_and_source(clean_inputs, column):
    twice = changed(clean_inputs, names=table("names", [NAME, NAME | {"script": "Latn"}]))
    assert join_names(twice).duplicates == ("place-a | A | en | main | first-book: line 2, line 3",)
    other = changed(clean_inputs, names=table("names", [NAME, NAME | {column: "P1"}]))
    assert join_names(other).duplicates == ()


def test_two_figures_for_one_province_and_measure_are_named(clean_inputs):
    figures = table(
        "figures", [{"code": "P1", "measure": "population", "claim": claim} for claim in ("c0004", "c0005")]
    )
    assert join_figures(changed(clean_inputs, figures=figures)).duplicates == ("P1 population: line 2, line 3",)


def test_a_relation_is_matched_at_both_ends_or_not_at_all(clean_inputs):
    rows = [("place-a", "place-b"), ("place-a", "place-z"), ("", "place-z"), ("place-a", "place-b")]
    relations = table("relations", [{"subject": one, "relation": "r", "object": two} for one, two in rows])
    told_by_two = relations.assign(source=["one", "one", "one", "another"])
    assert join_relations(changed(clean_inputs, relations=told_by_two)).duplicates == ()
    report = join_relations(changed(clean_inputs, relations=relations))
    assert (report.matched, report.matched_right) == (2, 2)
    assert report.unmatched_left == ("line 3: place-z", "line 4: no key, place-z")
    assert report.duplicates == ("place-a r place-b : line 2, line 5",)


def test_the_crosswalk_finds_the_areas_of_each_period(clean_inputs):
    (period,) = clean_inputs.manifest.periods
    rows = [{"period": period, "code": code} for code in ("P1", "P1", "", "P9")] + [{"period": "before", "code": "P2"}]
    report = join_former(changed(clean_inputs, crosswalk=table("crosswalk", rows)))
    assert (report.name, report.left, report.left_rows, report.matched) == ("former areas", "crosswalk", 5, 2)
    assert report.unmatched_left == ("line 4: no key", f"line 5: {period} P9", "line 6: before P2")
    assert (report.right, report.matched_right) == ("provinces", 1)
    assert report.duplicates == (f"{period} P1: line 2, line 3",)


def test_names_of_units_above_a_site_are_matched(clean_inputs):
    names = table("names", [{"subject": key, "text": key} for key in ("P20101", "P201", "P2", "P3", "P301")])
    report = join_names(changed(clean_inputs, names=names))
    assert (report.matched, report.unmatched_left) == (4, ("line 6: P301",))
    assert (report.right_rows, report.matched_right, report.duplicates) == (12, 4, ())


def test_a_report_that_does_not_add_up_says_so():
    whole = JoinReport("n", "l", "r", left_rows=2, right_rows=1, matched=1, matched_right=1, unmatched_left=("x",))
    assert whole.adds_up
    assert not replace(whole, matched=2).adds_up
    assert not replace(whole, right_rows=2).adds_up
