"""What is taken away from a page is what the catalogue answers to the same question, value for value."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path
from urllib.parse import urlencode

import pytest

from geo.commands.formats import FORMATS
from geo.query import Question, select


def fragment(**asked):
    """Return an address as people send it."""
    return "#" + urlencode({key: value for key, value in asked.items() if value})


PACE_MS = 130
"""Chromium drops the eleventh file that a page gives away within a second: nobody presses so fast, but tests do."""


def take(opened, form):
    """Press the button of a form; return the name of the file and its bytes."""
    page = opened.page
    if page.locator(".take").is_hidden():
        page.locator("[data-key='way take']").click()
    page.wait_for_timeout(PACE_MS)
    with page.expect_download() as waiting:
        page.locator(f"[data-key='take {form}']").click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def rows_of(text):
    return list(csv.reader(io.StringIO(text, newline="")))


def expected(flagship_catalogue, form, question):
    selection = select(flagship_catalogue, question, shapes=form == "geojson")
    return "".join(FORMATS[form](flagship_catalogue, selection))


PLAIN = [
    ({}, {}),
    ({"where": "kind IN ('memorial')"}, {"kinds": ("memorial",)}),
    (
        {"where": "kind IN ('memorial','prison') AND province IN ('KH08')"},
        {"kinds": ("memorial", "prison"), "provinces": ("KH08",)},
    ),
    ({"text": "tuol sleng"}, {"text": "tuol sleng"}),
    ({"tab": "routes"}, {"layer": "routes"}),
    ({"tab": "routes", "where": "kind IN ('flight')"}, {"layer": "routes", "kinds": ("flight",)}),
    ({"text": "ទួលស្លែង"}, {"text": "ទួលស្លែង"}),
    ({"text": "zzzzqqqq"}, {"text": "zzzzqqqq"}),
]


@pytest.mark.parametrize(("asked", "question"), PLAIN, ids=range(len(PLAIN)))
def test_a_table_is_that_of_the_command_line(flagship, flagship_catalogue, visit, asked, question):
    opened = visit(flagship["overview"], fragment(**asked))
    name, content = take(opened, "csv")
    assert name.endswith(".csv")
    theirs = expected(flagship_catalogue, "csv", Question(**question))
    assert rows_of(content.decode()) == rows_of(theirs)
    opened.assert_quiet()


@pytest.mark.parametrize(("asked", "question"), PLAIN, ids=range(len(PLAIN)))
def test_a_layer_is_that_of_the_command_line(flagship, flagship_catalogue, visit, asked, question):
    opened = visit(flagship["overview"], fragment(**asked))
    name, content = take(opened, "geojson")
    assert name.endswith(".geojson")
    mine = json.loads(content)
    theirs = json.loads(expected(flagship_catalogue, "geojson", Question(**question)))
    assert mine["features"] == theirs["features"]
    assert mine["atlas"] == theirs["atlas"]
    assert mine["sources"] == theirs["sources"]
    assert mine["counts"].items() >= theirs["counts"].items()
    assert mine["asked"]["layer"] == theirs["asked"]["layer"]
    opened.assert_quiet()


QUESTIONS = [
    {"during": "1975-04-17/1976"},
    {"where": "A_OVERLAPS(sources, ('mef-gazetteer-2025')) AND geometry IS NOT NULL", "text": "wat"},
    {"where": "(claimed_victims_high >= 100 AND claimed_victims_low <= 5000)", "during": "1977/1978"},
    {"where": "name LIKE '%''%' OR summary LIKE '%\"%'"},
]


@pytest.mark.parametrize("asked", QUESTIONS, ids=range(len(QUESTIONS)))
@pytest.mark.parametrize("layer", ["sites", "routes"])
def test_any_question_is_answered_alike(flagship, flagship_catalogue, visit, asked, layer):
    opened = visit(flagship["overview"], fragment(**asked, tab=layer))
    mine, table = json.loads(take(opened, "geojson")[1]), take(opened, "csv")[1].decode()
    question = Question(layer, **asked)
    theirs = json.loads(expected(flagship_catalogue, "geojson", question))
    assert rows_of(table) == rows_of(expected(flagship_catalogue, "csv", question))
    for member in ("features", "atlas", "sources", "counts"):
        assert mine[member] == theirs[member]
    for member in ("layer", "text", "read_as", "during"):
        assert mine["asked"].get(member) == theirs["asked"].get(member)


def words_of(opened):
    if opened.page.locator(".take").is_hidden():
        opened.page.locator("[data-key='way take']").click()
    return shlex.split(opened.page.locator(".take code").text_content())


@pytest.mark.parametrize(
    ("name", "asked", "options"),
    [
        ("overview", {}, []),
        ("overview", {"text": "it's $HOME `x` \\ !"}, ["--text", "it's $HOME `x` \\ !"]),
        ("overview", {"during": "1976/1977"}, ["--during", "1976/1977"]),
        ("overview", {"where": "name LIKE '%''%'"}, ["--where", "name LIKE '%''%'"]),
        ("prisons", {}, ["--where", "kind IN ('execution_site','prison')"]),
        ("prisons", {"where": "kind IN ('prison')"}, ["--where", "kind IN ('prison')"]),
    ],
)
def test_the_command_line_asks_the_same(flagship, visit, name, asked, options):
    opened = visit(flagship[name], fragment(**asked))
    assert words_of(opened) == ["memorial", "query", "sites", *options, "--format", "csv"]
    said = json.loads(take(opened, "geojson")[1])["asked"]
    assert shlex.split(said["command"]) == ["memorial", "query", "sites", *options, "--format", "geojson"]


def test_a_file_is_named_after_the_question_and_nothing_of_it_can_leave_its_folder(flagship, visit):
    opened = visit(flagship["overview"], fragment(text="../../etc/passwd <b>"))
    name, _ = take(opened, "csv")
    assert name == "cambodia-1975-1979_0.1.0_sites_etc-passwd-b.csv"
