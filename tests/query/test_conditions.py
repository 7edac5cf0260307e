"""Conditions in CQL2: what the atlas of this repository answers, and what is said of those that cannot be answered."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.atlas import compile_aside, compile_atlas
from geo.catalogue import open_catalogue
from geo.errors import RequestError
from geo.query import Near, Polygon, Question, field_names, select
from tests.query.cases import ASKED, FILE, NOT_SHOWN, REFUSALS, REFUSED, ROOT, refusal_of
from tests.small_atlas import SmallAtlas

CASES = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def flagship(tmp_path_factory):
    """The atlas of this repository, compiled."""
    with open_catalogue(compile_aside(ROOT, tmp_path_factory.mktemp("flagship") / "atlas.gpkg")) as catalogue:
        yield catalogue


def ids(catalogue, **asked):
    return [row["id"] for row in select(catalogue, Question(**asked)).rows]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["where"])
def test_the_frozen_answers_stand(flagship, case):
    found = ids(flagship, layer=case["layer"], where=case["where"])
    assert found == case["ids"], "if the data have changed: python tests/query/cases.py"


def test_the_frozen_questions_are_those_of_the_script():
    assert [(case["layer"], case["where"]) for case in CASES] == [
        (layer, text) for layer, texts in ASKED.items() for text in texts
    ]


def test_every_word_of_a_refusal_is_as_it_was_frozen(tmp_path):
    said = json.loads(REFUSALS.read_text(encoding="utf-8"))
    with open_catalogue(compile_atlas(SmallAtlas(tmp_path).folder).path) as catalogue:
        for asked, expected in zip((*REFUSED, *NOT_SHOWN), said, strict=True):
            assert refusal_of(catalogue, asked) == expected, f"{asked}; if it is better so: python tests/query/cases.py"


@pytest.mark.parametrize(
    ("where", "place", "seen", "hint"),
    [
        ("kind = 'prison", "character 8", "kind = [HERE]'prison", "it''s"),
        ("kind = 'it's'", "character 12", "[HERE]s'", "it''s"),
        ("kind == 'prison'", "character 7", "kind =[HERE]= 'prison'", "one sign"),
        ("(kind = 'prison'", "character 17", "'prison'[HERE]", "not closed"),
        ("kind = 'prison' AND", "character 20", "AND[HERE]", "for example"),
        ("kind = 'prison'\nAND OR 1", "character 24", "[HERE]1", "for example"),
        ("kind IN ()", "character", "[HERE]", "for example"),
    ],
)
def test_a_text_that_is_no_cql2_is_refused_at_its_character(many, where, place, seen, hint):
    with pytest.raises(RequestError, match="not CQL2") as refusal:
        select(many.catalogue, Question(where=where))
    (problem,) = refusal.value.problems
    assert place in problem.where
    assert seen in problem.seen
    assert hint in problem.next_step


@pytest.mark.parametrize(
    ("where", "seen", "hint"),
    [
        ("knd = 'prison'", "knd", "did you mean kind"),
        ("kind = prison", "prison", "'prison'"),
        ("begin > 1975", "a text beside a number", "quotation marks"),
        ("precision_m = '5'", "a number beside a text", "quotation marks"),
        ("begin > DATE('1975-01-01')", "a text beside a date", "begin_earliest"),
        ("begin_earliest > DATE('1975-02-30')", "1975-02-30", "the calendar"),
        ("T_AFTER(begin, DATE('1975-01-01'))", "T_AFTER of a text", "INTERVAL"),
        ("T_AFTER(begin_earliest, INTERVAL('1976-01-01', '1975-01-01'))", "1976-01-01 to 1975-01-01", "ends after"),
        ("sources = 'first-book'", "a list beside a text", ""),
        ("A_OVERLAPS(kind, ('a', 'b'))", "", "a list"),
        ("A_OVERLAPS(sources, (1, 2))", "[1.0, 2.0]", "a list"),
        ("A_OVERLAPS(TRUE, sources)", "[true]", "a list"),
        ("name = ('a', 'b')", '["a", "b"]', "one value"),
        ("name = TRUE", "a text beside true or false", "two values of one type"),
        ("NULL", "null", "a condition"),
        ("begin_earliest > TIMESTAMP('1901-\u17e01-01T00:00:00Z')", "1901-\u17e01-01T00:00:00Z", "TIMESTAMP"),
        ("kind", "kind", "such as kind = 'prison'"),
        ("1", "1.0", "such as kind = 'prison'"),
        ("foo(kind) = 'x'", "foo(…)", "CASEI"),
        ("S_INTERSECT(geometry, POINT(1 2))", "S_INTERSECT(…)", "S_INTERSECTS"),
        ("S_INTERSECTS(geometry, ENVELOPE(1, 2, 3, 4))", "ENVELOPE(…)", "BBOX"),
        ("S_INTERSECTS(geometry, BBOX(1, 95, 3, 96))", "latitude 95", "BBOX"),
        ("S_INTERSECTS(geometry, BBOX(1, 9, 3, 8))", "south of 9", "BBOX"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))", "Self-intersection", "cross"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1)))", "Polygon", "closed"),
        ("S_INTERSECTS(geometry, POINT(500 2))", "longitude 500", "degrees"),
        ("S_INTERSECTS(geometry, geometry)", "geometry beside itself", "BBOX"),
        ("S_INTERSECTS(geometry, kind)", "a text", "two shapes"),
        ("kind LIKE precision_m", "a pattern that is no text", "LIKE"),
        ("precision_m LIKE '5'", "LIKE of a number", "a text"),
        ("kind IN ('a', 1)", "a text beside a number", "one type"),
        ("kind + 1 = 2", "a text and a number", "numbers around +"),
        ("NOT " * 60 + "kind = 'a'", "61 levels", "at most 50"),
        ("(" * 3000 + "kind = 'a'" + ")" * 3000, "levels", "at most 50"),
        ("kind = 'a' = kind" + " = kind" * 60, "levels", "at most 50"),
        (" OR ".join(["kind = 'a'"] * 501), "a longer one", "at most 500"),
        ("kind = '" + "a" * 20_000 + "'", "characters", "at most 20,000"),
    ],
)
def test_a_condition_that_cannot_be_answered_is_refused_with_a_way_out(many, where, seen, hint):
    with pytest.raises(RequestError) as refusal:
        select(many.catalogue, Question(where=where))
    problem = refusal.value.problems[0]
    assert problem.where == "--where"
    assert seen in problem.seen
    assert hint in f"{problem.expected} {problem.next_step}"


def test_every_fault_of_a_question_is_told_at_once(many):
    asked = Question(
        where="knd = 1 AND begn = 'x'", during="soon", sort=("distance", "nme"), fields=("id", "nam"), kinds=("prisn",)
    )
    with pytest.raises(RequestError) as refusal:
        select(many.catalogue, asked)
    seen = [problem.seen for problem in refusal.value.problems]
    assert seen == ["prisn", "knd", "begn", "'soon' is not EDTF", "nam", "distance", "nme"]


@pytest.mark.parametrize(
    ("asked", "option"),
    [
        ({"layer": "claims", "bbox": (0, 0, 1, 1)}, "--bbox"),
        ({"layer": "claims", "near": Near(1, 2)}, "--near"),
        ({"layer": "claims", "within": Polygon(b"")}, "--within"),
        ({"layer": "sources", "during": "1975"}, "--during"),
        ({"layer": "provinces", "during": "1975"}, "--during"),
        ({"bbox": (0, 10, 1, 9)}, "--bbox"),
        ({"bbox": (0, float("nan"), 1, 9)}, "--bbox"),
        ({"near": Near(91, 0)}, "--near"),
        ({"near": Near(1, 0, -1)}, "--radius"),
        ({"near": Near(1, 0, float("nan"))}, "--radius"),
        ({"limit": -1}, "--limit"),
        ({"sort": ("geometry",)}, "--sort"),
        ({"fields": ("geometry",)}, "--fields"),
        ({"during": "1976/1975"}, "--during"),
    ],
)
def test_what_a_layer_does_not_have_is_refused(many, asked, option):
    with pytest.raises(RequestError) as refusal:
        select(many.catalogue, Question(**asked))
    assert [problem.where for problem in refusal.value.problems] == [option]


@pytest.mark.parametrize("name", ["geometry", "sources"])
def test_what_has_no_order_is_not_named_among_what_can_be_sorted_by(many, name):
    with pytest.raises(RequestError) as refusal:
        select(many.catalogue, Question(sort=(name,)))
    (problem,) = refusal.value.problems
    assert name not in problem.expected.removeprefix("one of ").split(", ")
    assert f"mean {name}" not in problem.next_step


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    text=st.text(max_size=40)
    | st.lists(
        st.sampled_from(
            [
                "kind",
                "=",
                "'a'",
                "<>",
                "(",
                ")",
                "AND",
                "NOT",
                "OR",
                "1",
                "*",
                "^",
                "geometry",
                "S_INTERSECTS(",
                "POINT(1",
                "2)",
                ",",
                "'..'",
                "INTERVAL(",
            ]
        ),
        max_size=12,
    ).map(" ".join)
)
def test_whatever_is_written_is_answered_or_refused(many, text):
    with suppress(RequestError):  # anything else is a bug
        assert select(many.catalogue, Question(where=text)).shown >= 0


def test_no_value_is_part_of_the_sql(many):
    drop = "x'); DROP TABLE sites; --"
    assert ids(many.catalogue, where="name = '" + drop.replace("'", "''") + "'") == []
    assert ids(many.catalogue, where="A_OVERLAPS(sources, ('" + drop.replace("'", "''") + "'))") == []
    assert ids(many.catalogue, where='"id" = ' + "'site-000'") == ["site-000"]


def test_arithmetic_that_has_no_answer_is_unknown(many):
    everything = len(ids(many.catalogue))
    for sum_ in ("1 / 0", "1 % 0", "1 div 0", "(0 - 1) ^ 0.5", "10 ^ 999"):
        assert ids(many.catalogue, where=f"{sum_} = 1 OR NOT ({sum_} = 1)") == [], sum_
    for sum_ in ("7 / 2 = 3.5", "7 div 2 = 3", "-7 % 4 = -3", "2 ^ 3 = 8", "1 + 2 * 3 = 7", "-(1 - 3) = 2"):
        assert len(ids(many.catalogue, where=sum_)) == everything, sum_


def test_the_day_of_a_timestamp_is_that_in_utc_wherever_it_is_asked(many, monkeypatch):
    expected = ids(many.catalogue, where="begin_earliest = DATE('1901-03-01')")
    assert expected
    try:
        for zone in ("UTC", "Asia/Phnom_Penh", "America/New_York"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            for moment in ("1901-03-01T23:30:00Z", "1901-03-02T06:30:00+07:00", "1901-02-28T20:00:00-05:00"):
                text = f"T_EQUALS(begin_earliest, TIMESTAMP('{moment}'))"
                assert ids(many.catalogue, where=text) == ids(
                    many.catalogue, where="begin_earliest = DATE('1901-03-01')"
                )
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_list_in_a_condition_is_empty_or_not(many):
    everything = ids(many.catalogue)
    assert ids(many.catalogue, where="A_OVERLAPS(('a', 'b'), ('b', 'c'))") == everything
    assert ids(many.catalogue, where="TRUE") == everything
    assert ids(many.catalogue, where="FALSE") == []
    assert ids(many.catalogue, where="TRUE = TRUE") == everything
    assert ids(many.catalogue, where="kind IN ('a', NULL) OR name = NULL") == []


def test_figures_of_claims_are_numbers_and_dates_are_not(many):
    assert ids(many.catalogue, layer="claims", where="low >= 10 AND id < 'c0005'") == ["c0000", "c0004"]
    assert ids(many.catalogue, layer="claims", where="low * 2 = 20 AND high IN (20) AND id < 'c0005'") == [
        "c0000",
        "c0004",
    ]
    assert ids(many.catalogue, layer="claims", where="low = '10' AND id < 'c0005'") == ["c0000", "c0004"]
    lows = [row["low"] for row in select(many.catalogue, Question("claims", sort=("-low",))).rows]
    assert lows[0] == "10"
    assert lows[-1] is None


def test_the_fields_of_a_layer_have_names(many):
    names = field_names(many.catalogue, "sites")
    assert names[:3] == ("id", "name", "kind")
    assert {"geometry", "begin_earliest", "claimed_prisoners_high"} <= set(names)
    assert not {"fid", "geom"} & set(names)
    assert field_names(many.catalogue, "no such layer") == ()
    selection = select(many.catalogue, Question(fields=("claimed_prisoners_high", "id"), limit=1))
    assert selection.columns == ("claimed_prisoners_high", "id")
    assert selection.rows == [{"claimed_prisoners_high": 20.0, "id": "site-000"}]


def test_a_condition_about_boxes_and_words_loads_nothing_heavy(many):
    path = many.catalogue.path
    asked = (
        "import sys, pathlib; from geo.catalogue import open_catalogue; from geo.query import Near, Question, select;"
        f"catalogue = open_catalogue(pathlib.Path({str(path)!r}));"
        "s = select(catalogue, Question(where=\"kind = 'prison' AND S_INTERSECTS(geometry, BBOX(1, 2, 3, 4))\","
        " text='wat', bbox=(1, 2, 3, 4), near=Near(1, 2, 1e4), during='1902', sort=('distance',))); s.rows;"
        "print([name for name in ('numpy', 'pandas', 'shapely', 'pyproj', 'geopandas', 'msgspec', 'edtf', 'rapidfuzz')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
