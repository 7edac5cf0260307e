"""The SQL path and a plain evaluation on a GeoDataFrame agree, on random questions."""

# ruff: noqa: ARG005  (the relations of two times all take the same four days)

from __future__ import annotations

import re
from types import SimpleNamespace

import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from geo.gazetteer import parse_edtf
from geo.query import Near, Polygon, Question, select
from geo.query.spatial import shape_of
from tests.query.conftest import BOUNDS, KINDS, LATS, LONS, NAMES, PROVINCES

LAW = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=80
)
DAYS = ("1899-12-31", "1901-03-01", "1901-03-31", "1902-12-31", "1903-12-31", "1904-06-30", "1905-06-30", "1910-01-01")
COMPARED = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def ids(catalogue, **asked):
    return [row["id"] for row in select(catalogue, Question(**asked)).rows]


def chosen(frame, mask):
    return frame["id"][mask.fillna(False).astype(bool)].tolist()


def case(text, truth):
    """Return a condition as CQL2, and as a function from the frame to a column of true, false or unknown."""
    return SimpleNamespace(text=text, truth=truth)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


# --- conditions on one field ---------------------------------------------------------------------------------------

TEXTS = {"name": NAMES, "kind": KINDS, "province": [code for code in PROVINCES if code], "id": ["site-000", "site-101"]}
NUMBERS = ("precision_m", "claimed_prisoners_low", "claimed_prisoners_high")


@st.composite
def comparisons(draw):
    op = draw(st.sampled_from(sorted(COMPARED)))
    if draw(st.booleans()):
        column = draw(st.sampled_from(sorted(TEXTS)))
        value = draw(st.sampled_from(TEXTS[column]))
        return case(f"{column} {op} {quoted(value)}", lambda frame: COMPARED[op](frame[column], value))
    column, number = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from([0, 3.5, 5, 20, 100, -1]))
    scale = draw(st.sampled_from([1, 2, 0.5]))
    return case(f"{column} * {scale} {op} {number} + 0", lambda frame: COMPARED[op](frame[column] * scale, number))


@st.composite
def memberships(draw):
    column = draw(st.sampled_from(sorted(TEXTS)))
    values = draw(st.lists(st.sampled_from(TEXTS[column]), min_size=1, max_size=3))
    listed = ", ".join(map(quoted, values))
    return case(
        f"{column} IN ({listed})", lambda frame: frame[column].isin(values).astype("boolean").mask(frame[column].isna())
    )


@st.composite
def between(draw):
    low, high = draw(st.sampled_from([0, 3.5, 5])), draw(st.sampled_from([3.5, 100]))
    column = draw(st.sampled_from(NUMBERS))
    return case(f"{column} BETWEEN {low} AND {high}", lambda frame: (frame[column] >= low) & (frame[column] <= high))


@st.composite
def likenesses(draw):
    parts = draw(
        st.lists(st.sampled_from(["%", "_", "a", "W", "t ", "ភ", "\\%", "\\_", "*", "[", "?", "É", "e"]), max_size=4)
    )
    pattern = "".join(parts)
    forms = {"%": ".*", "_": ".", "\\%": "%", "\\_": "_"}
    written = re.compile("".join(forms.get(part, re.escape(part)) for part in parts), re.DOTALL)
    folded = draw(st.booleans())
    if folded:
        written = re.compile(written.pattern, re.DOTALL | re.IGNORECASE)
    text = f"CASEI(name) LIKE CASEI({quoted(pattern)})" if folded else f"name LIKE {quoted(pattern)}"
    return case(text, lambda frame: frame["name"].map(lambda name: bool(written.fullmatch(name))).astype("boolean"))


@st.composite
def emptiness(draw):
    column = draw(st.sampled_from([*TEXTS, *NUMBERS, *BOUNDS, "geometry", "begin"]))
    return case(f"{column} IS NULL", lambda frame: frame[column].isna().astype("boolean"))


@st.composite
def folded(draw):
    value = draw(st.sampled_from(NAMES))
    plain = {"Élan": "Elan"}.get(value, value)
    return case(
        f"ACCENTI(CASEI(name)) = CASEI(ACCENTI({quoted(value)}))",
        lambda frame: frame["name"].str.replace("É", "E").str.casefold() == plain.casefold(),
    )


@st.composite
def arrays(draw):
    wanted = draw(st.sets(st.sampled_from(["first-book", "second-report", "third"]), min_size=1))
    op, holds = draw(
        st.sampled_from(
            [
                ("A_OVERLAPS", lambda own: bool(own & wanted)),
                ("A_CONTAINS", lambda own: own >= wanted),
                ("A_CONTAINEDBY", lambda own: own <= wanted),
                ("A_EQUALS", lambda own: own == wanted),
            ]
        )
    )
    text = f"{op}(sources, ({', '.join(map(quoted, sorted(wanted)))}))"
    return case(text, lambda frame: frame["sources"].map(holds).astype("boolean"))


# --- space and time ------------------------------------------------------------------------------------------------


@st.composite
def boxes(draw):
    west, east = draw(st.sampled_from(LONS)), draw(st.sampled_from(LONS))
    south, north = sorted([draw(st.sampled_from(LATS)), draw(st.sampled_from(LATS))])
    return west, south, east, north


def in_box(frame, box):
    """Return whether points lie in a box or on its border, NA where there is no point."""
    west, south, east, north = box
    x, y = frame.geometry.x, frame.geometry.y
    across = ((x >= west) & (x <= east)) if west <= east else ((x >= west) | (x <= east))
    return (across & (y >= south) & (y <= north)).astype("boolean").mask(frame.geometry.isna())


@st.composite
def in_boxes(draw):
    box = draw(boxes())
    op = draw(st.sampled_from(["S_INTERSECTS", "S_DISJOINT"]))
    text = f"{op}(geometry, BBOX({', '.join(map(str, box))}))"
    if op == "S_DISJOINT":
        return case(text, lambda frame: ~in_box(frame, box))
    return case(text, lambda frame: in_box(frame, box))


@st.composite
def shapes(draw):
    west, east = sorted(draw(st.lists(st.sampled_from(LONS), min_size=2, max_size=2, unique=True)))
    south, north = sorted(draw(st.lists(st.sampled_from(LATS), min_size=2, max_size=2, unique=True)))
    return shapely.Polygon([(west, south), (east, south), (west, north)])  # a slope meets the grid in few places


@st.composite
def relations(draw):
    shape = draw(shapes())
    op = draw(
        st.sampled_from(["intersects", "within", "disjoint", "touches", "crosses", "overlaps", "equals", "contains"])
    )
    turned = draw(st.booleans())
    sides = ("{0}", "geometry") if turned else ("geometry", "{0}")
    text = f"S_{op.upper()}({', '.join(sides).format(shape.wkt)})"

    def truth(frame):
        own = frame.geometry.array
        found = getattr(shapely, op)(shape, own) if turned else getattr(shapely, op)(own, shape)
        return pd.Series(found).astype("boolean").mask(frame.geometry.isna())

    return case(text, truth)


RELATED = {
    "T_AFTER": lambda a, b, c, d: a > d,
    "T_BEFORE": lambda a, b, c, d: b < c,
    "T_CONTAINS": lambda a, b, c, d: (a < c) & (b > d),
    "T_DISJOINT": lambda a, b, c, d: (b < c) | (a > d),
    "T_DURING": lambda a, b, c, d: (a > c) & (b < d),
    "T_EQUALS": lambda a, b, c, d: (a == c) & (b == d),
    "T_FINISHEDBY": lambda a, b, c, d: (a < c) & (b == d),
    "T_FINISHES": lambda a, b, c, d: (a > c) & (b == d),
    "T_INTERSECTS": lambda a, b, c, d: (a <= d) & (b >= c),
    "T_MEETS": lambda a, b, c, d: b == c,
    "T_METBY": lambda a, b, c, d: a == d,
    "T_OVERLAPPEDBY": lambda a, b, c, d: (a > c) & (a < d) & (b > d),
    "T_OVERLAPS": lambda a, b, c, d: (a < c) & (b > c) & (b < d),
    "T_STARTEDBY": lambda a, b, c, d: (a == c) & (b > d),
    "T_STARTS": lambda a, b, c, d: (a == c) & (b < d),
}


@st.composite
def times(draw):
    op = draw(st.sampled_from(sorted(RELATED)))
    first, last = (draw(st.sampled_from(BOUNDS)) for _ in range(2))
    begin, end = sorted([draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))])
    form = draw(st.sampled_from(["interval", "open", "instant"]))
    if form == "instant":
        other, (low, high) = f"TIMESTAMP('{begin}T12:00:00Z')", (begin, begin)
    else:
        low, high = begin, "9999-12-31" if form == "open" else end
        other = f"INTERVAL('{low}', '{'..' if form == 'open' else end}')"
    single = draw(st.booleans())
    own = first if single else f"INTERVAL({first}, {last})"
    last = first if single else last
    return case(f"{op}({own}, {other})", lambda frame: RELATED[op](frame[first], frame[last], low, high))


LEAVES = (comparisons, memberships, between, likenesses, emptiness, folded, arrays, in_boxes, relations, times)


def conditions():
    leaves = st.one_of(*(leaf() for leaf in LEAVES))

    def combine(inner):
        pairs = st.tuples(inner, inner)
        return st.one_of(
            pairs.map(
                lambda two: case(f"({two[0].text} AND {two[1].text})", lambda f: two[0].truth(f) & two[1].truth(f))
            ),
            pairs.map(
                lambda two: case(f"({two[0].text} OR {two[1].text})", lambda f: two[0].truth(f) | two[1].truth(f))
            ),
            inner.map(lambda one: case(f"NOT ({one.text})", lambda f: ~one.truth(f))),
        )

    return st.recursive(leaves, combine, max_leaves=5)


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_each_condition_and_its_opposite_are_those_of_a_plain_filter(many, leaf):
    @settings(LAW, max_examples=30)
    @given(asked=leaf())
    def law(asked):
        truth = asked.truth(many.frame)
        assert ids(many.catalogue, where=asked.text) == chosen(many.frame, truth)
        assert ids(many.catalogue, where=f"NOT ({asked.text})") == chosen(many.frame, ~truth)

    law()


@LAW
@given(asked=conditions())
def test_any_condition_is_that_of_a_plain_filter(many, asked):
    assert ids(many.catalogue, where=asked.text) == chosen(many.frame, asked.truth(many.frame))


@settings(LAW, max_examples=40)
@given(box=boxes())
@example(box=(179.5, -90.0, -179.5, 90.0))
@example(box=(180.0, 10.0, 180.0, 10.0))
def test_a_box_holds_its_border_and_may_cross_the_antimeridian(many, box):
    assert ids(many.catalogue, bbox=box) == chosen(many.frame, in_box(many.frame, box))


@pytest.mark.parametrize(
    ("box", "shape"),
    [
        ((1, 2, 1, 2), "POINT (1 2)"),
        ((1, 2, 1, 4), "LINESTRING (1 2, 1 4)"),
        ((1, 2, 3, 2), "LINESTRING (1 2, 3 2)"),
        ((1, 2, 0, 3, 4, 9), "POLYGON ((3 2, 3 4, 1 4, 1 2, 3 2))"),  # with heights
        (
            (179, 2, -178, 4),
            "MULTIPOLYGON (((-180 2, -180 4, -178 4, -178 2, -180 2)), ((179 2, 179 4, 180 4, 180 2, 179 2)))",
        ),
        ((180, 2, -180, 4), "MULTILINESTRING ((180 2, 180 4), (-180 2, -180 4))"),
    ],
)
def test_a_box_is_a_shape_even_without_breadth(box, shape):
    assert shapely.from_wkb(shape_of({"bbox": box})).equals(shapely.from_wkt(shape))


def test_a_box_without_breadth_is_in_relations_too(many):
    point, line = "BBOX(-32.5, 10.5, -32.5, 10.5)", "BBOX(-32.5, -90, -32.5, 89.9)"
    x, y = many.frame.geometry.x, many.frame.geometry.y
    assert ids(many.catalogue, where=f"S_EQUALS(geometry, {point})") == chosen(many.frame, (x == -32.5) & (y == 10.5))
    assert ids(many.catalogue, where=f"S_WITHIN(geometry, {line})") == chosen(
        many.frame, (x == -32.5) & ~y.isin([-90.0, 89.9])
    )


@settings(LAW, max_examples=40)
@given(shape=shapes())
def test_a_polygon_holds_its_border(many, shape):
    mask = pd.Series(shapely.covers(shape, many.frame.geometry.array))
    assert ids(many.catalogue, within=Polygon(shape.wkb, "drawn")) == chosen(many.frame, mask)


@settings(LAW, max_examples=40)
@given(
    lat=st.floats(-90, 90) | st.sampled_from(LATS),
    lon=st.floats(-180, 180) | st.sampled_from(LONS),
    radius=st.sampled_from([0.0, 1e3, 1.5e5, 1.2e6, 9.9e6, float("inf")]),
)
@example(lat=89.95, lon=30.0, radius=2e4)
@example(lat=10.0, lon=179.9, radius=1e5)
@example(lat=10.0, lon=-179.9, radius=1e5)
def test_a_circle_is_that_of_another_library(many, lat, lon, radius):
    located = many.frame[many.frame.geometry.notna()]
    count = len(located)
    metres = pyproj.Geod(ellps="WGS84").inv([lon] * count, [lat] * count, located.geometry.x, located.geometry.y)[2]
    expected = dict(zip(located["id"], metres, strict=True))
    rows = select(many.catalogue, Question(near=Near(lat, lon, radius), sort=("distance",))).rows
    found = {row["id"]: row["distance_m"] for row in rows}
    sure = {site for site, distance in expected.items() if distance <= radius - 1e-6}
    maybe = {site for site, distance in expected.items() if distance <= radius + 1e-6}
    near = {site for site, distance in found.items() if distance is not None}
    assert sure <= near <= maybe
    assert all(found[site] == pytest.approx(expected[site], abs=1e-6) for site in near)
    distances = [row["distance_m"] for row in rows if row["distance_m"] is not None]
    assert distances == sorted(distances)
    assert len(rows) == (len(many.frame) if radius == float("inf") else len(near))


@settings(LAW, max_examples=40)
@given(
    begin=st.sampled_from(["1900", "1901-03", "1902~", "1905-06-30", ".."]),
    end=st.sampled_from(["1901-03", "1904", "1910-01-01", "1999", ".."]),
)
def test_time_overlaps_certainly_possibly_or_not(many, begin, end):
    try:
        low, high = parse_edtf(f"{begin}/{end}")
    except ValueError:
        return
    low, high = low or "0000", high or "9999"
    marks = {}
    undated = 0
    for row in many.frame[["id", *BOUNDS]].to_dict("records"):
        first, begun, over, last = ("" if pd.isna(row[bound]) else row[bound] for bound in BOUNDS)
        if not (first or begun or over or last):
            undated += 1
        elif (not first or first <= high) and (not last or last >= low):
            begun, over = begun or last, over or first
            certain = begun and begun <= high and over and over >= low
            marks[row["id"]] = "certain" if certain else "possible"
    selection = select(many.catalogue, Question(during=f"{begin}/{end}"))
    assert {row["id"]: row["overlap"] for row in selection.rows} == marks
    assert selection.set_aside == undated
    assert (selection.certain, selection.possible) == (
        sum(mark == "certain" for mark in marks.values()),
        sum(mark == "possible" for mark in marks.values()),
    )


@settings(LAW, max_examples=40)
@given(
    sort=st.lists(
        st.sampled_from(["name", "precision_m", "begin_earliest", "claimed_prisoners_high"]), max_size=2, unique=True
    ),
    down=st.booleans(),
    limit=st.none() | st.integers(0, 200),
    asked=comparisons(),
)
def test_order_and_limit_are_those_of_a_plain_sort_and_what_is_empty_comes_last(many, sort, down, limit, asked):
    frame = many.frame[asked.truth(many.frame).fillna(False).astype(bool)]
    for column in reversed(sort):  # sorts are stable: the last one first
        frame = frame.sort_values(column, ascending=not down, na_position="last", kind="stable")
    expected = frame["id"].tolist()
    selection = select(
        many.catalogue,
        Question(where=asked.text, sort=tuple(f"-{name}" if down else name for name in sort), limit=limit),
    )
    before = (selection.located, selection.unlocated, selection.undated, selection.shown)
    shown = [row["id"] for row in selection.rows]
    assert shown == expected[:limit]
    assert before == (selection.located, selection.unlocated, selection.undated, selection.shown)
    assert selection.located == int(frame.geometry.iloc[: len(shown)].notna().sum())
    assert (selection.matched, selection.total) == (len(expected), len(many.frame))
