"""The catalogue in a file and the edition in a database answer alike: the same ids in the same order, and the rest."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.catalogue.addresses import Address
from geo.catalogue.shared import open_shared
from geo.commands import main
from geo.errors import RequestError
from geo.export import Wanted, write_database
from geo.query import Near, Polygon, Question, select
from tests.postgis.conftest import ROOT
from tests.query.conftest import LATS, LONS, many  # noqa: F401  (a fixture)
from tests.query.test_exactness import boxes, conditions, shapes

CASES = json.loads((ROOT / "tests/cql2_cases.json").read_bytes())
PAGE = (ROOT / "docs/questions.md").read_text(encoding="utf-8")
LINES = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
    if line.startswith(("memorial query", "memorial show", "memorial stats"))
]
LAW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=15)


@pytest.fixture(scope="module")
def pair(flagship):
    """The flagship's catalogue, and its edition."""
    with open_shared(Address(flagship.address)) as shared:
        yield flagship.catalogue, shared


@pytest.fixture(scope="module")
def invented(many, server):  # noqa: F811
    """The catalogue of many invented places, and its edition."""
    address = Address(f"{server('tests')}&options=-csearch_path%3Dsmall-atlas")  # beside the flagship
    whole = Wanted({"sites": None, "routes": None, "provinces": None}, whole=True, asked={}, command="")
    write_database(many.catalogue, address, whole)
    with open_shared(address) as shared:
        yield many.catalogue, shared


def answer(catalogue, question, *, shapes=False):
    """Return everything that a catalogue answers, or what it says against the question."""
    try:
        selection = select(catalogue, question, shapes=shapes)
        before = (selection.shown, selection.located, selection.undated, selection.certain)
        rows = selection.rows
    except RequestError as error:
        return str(error)
    counts = (selection.shown, selection.located, selection.undated, selection.certain)
    assert before == counts
    return (selection.columns, rows, counts, selection.matched, selection.set_aside, selection.total, selection.read_as)


def hold(pair, question, **form):
    known, shared = pair
    assert answer(shared, question, **form) == answer(known, question, **form)


def test_every_condition_selects_the_same_ids(pair):
    for case in CASES:
        rows = select(pair[1], Question(case["layer"], where=case["where"], fields=("id",))).rows
        assert [row["id"] for row in rows] == case["ids"], case["where"]


def test_every_layer_is_the_same_whole(pair):
    for layer in ("sites", "routes", "provinces", "provinces_1975", "claims", "events", "history", "zones", "sources"):
        hold(pair, Question(layer), shapes=True)


TEXTS = (
    "tuol sleng",
    "tuolsleng",
    "toul slaeng",
    "ទួលស្លែង",
    "S-21",
    "S21",
    "s 21 tuol",
    "wat 19",
    "a b",
    "%_",
    "slegn zz",
    "phnim penh",
)
TABLES = ("routes", "claims", "events", "history", "zones", "sources", "provinces_1975")
TIMED = ("sites", "routes", "claims", "events", "history", "zones")
PLACED = ("sites", "claims", "events", "history", "provinces_1975", "provinces")
MAPPED = ("sites", "routes", "provinces")
CITY = Near(11.55, 104.92, 50_000.0)
WHERE = {
    "claims": (
        "low / 0 > 1 OR high % 7 = 3 OR high div 10 ^ 2 > 4",
        "low + 1 > 5 AND NOT high / 3 < 100 AND unit <> 'date'",
        "low LIKE '197%' OR high IN (100, 200) AND NOT partial = 'yes'",
    ),
    "sites": (
        "'a' < 'B'",
        "'É' > 'z' AND kind = 'prison'",
        "CASEI(name) LIKE CASEI('%ÎLE%') OR ACCENTI(name) = ACCENTI('École Miche')",
        "name = 'x' AND ) nonsense",
        "nowhere = 1 OR kind > 3",
        "S_INTERSECTS(POINT(1 1), POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))) AND kind = 'prison'",
    ),
    "routes": ("S_CROSSES(geometry, LINESTRING(102 11, 107 14)) OR S_DISJOINT(geometry, POINT(104.9 11.5))",),
    "provinces_1975": ("A_CONTAINS(made_of, ('KH08')) OR name LIKE '%\\%'",),
}
QUESTIONS = (
    *({"text": text} for text in TEXTS),
    *({"layer": layer, "text": "phnom penh"} for layer in TABLES),
    *({"layer": layer, "during": during} for layer in TIMED for during in ("1975-04", "1976/1978", "../1975")),
    *({"layer": layer, "provinces": ("Kandal",)} for layer in PLACED),
    *({"layer": layer, "near": CITY, "sort": ("distance",)} for layer in MAPPED),
    *({"layer": layer, "bbox": (104.0, 11.0, 105.5, 12.5)} for layer in MAPPED),
    *({"layer": layer, "where": where} for layer, texts in WHERE.items() for where in texts),
    {"near": Near(None, None, 30_000.0, "Battambang"), "kinds": ("prison",)},
    {"near": Near(None, None, 30_000.0, "KH12"), "layer": "routes", "sort": ("-distance",)},
    {"near": Near(None, None, 30_000.0, "nowhere at all")},
    {"near": Near(11.55, 104.92), "sort": ("distance",), "limit": 7},
    {"layer": "claims", "kinds": ("victims",), "sort": ("-low", "id"), "limit": 20},
    {"sort": ("name", "-begin_earliest")},
    {"sort": ("name_km",), "fields": ("id", "name_km", "claimed_victims_low")},
    {"sort": ("-claimed_victims_high", "standing"), "fields": ("claimed_victims_high", "id")},
    {"kinds": ("Mass grave", "prison"), "sort": ("-kind", "province"), "limit": 0},
    {"kinds": ("no such kind",), "provinces": ("no such province",)},
    {"layer": "nothing"},
)


def test_every_part_of_a_question_is_answered_alike(pair):
    for asked in QUESTIONS:
        hold(pair, Question(**asked), shapes=asked.get("layer", "sites") in {"sites", "routes"})


def run(*arguments):
    ran = CliRunner().invoke(main, list(arguments))
    return ran.exit_code, ran.stdout, ran.stderr


def test_the_command_line_prints_the_same(flagship, monkeypatch):
    monkeypatch.chdir(flagship.folder)
    square = [[[104.5, 11.0], [105.5, 11.0], [105.5, 12.0], [104.5, 12.0], [104.5, 11.0]]]
    (flagship.folder / "area.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": square}))
    lines = [shlex.split(line)[1:] for line in LINES if ">" not in shlex.split(line)]
    assert len(lines) > 20
    forms = ("table", "csv", "json", "geojson", "geojsonl", "ids", "count")
    lines += [["query", "--kind", "prison", "--format", form] for form in forms]
    keys = ("s-21", "KH12", "c0001", "kh", "csm-1984-08-10", "S-21", "s21")
    lines += [["show", key, "--format", "json"] for key in keys]
    aspects = ("province", "kind", "decade", "source", "standing", "basis")
    lines += [["stats"], *(["stats", "--by", aspect] for aspect in aspects)]
    for line in lines:
        assert run("-C", flagship.address, *line) == run(*line), line


@LAW
@given(asked=conditions())
def test_any_condition_is_answered_alike(invented, asked):
    hold(invented, Question(where=asked.text))


@settings(LAW, max_examples=10)
@given(
    box=st.none() | boxes(),
    shape=st.none() | shapes(),
    near=st.none()
    | st.builds(Near, st.sampled_from(LATS), st.sampled_from(LONS), st.sampled_from([0.0, 1.5e5, 9.9e6, float("inf")])),
    during=st.sampled_from(["", "1902", "1901-03/1904", "../1903"]),
    sort=st.lists(st.sampled_from(["name", "-precision_m", "begin_earliest", "-id"]), max_size=2, unique=True),
    limit=st.none() | st.integers(0, 200),
)
def test_place_time_order_and_limit_are_answered_alike(invented, box, shape, near, during, sort, limit):
    within = shape and Polygon(shape.wkb, "drawn")
    question = Question(bbox=box, within=within, near=near, during=during, sort=tuple(sort), limit=limit)
    hold(invented, question)
