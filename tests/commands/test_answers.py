"""What the commands answer: on which stream, in which form, read back."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import click
import pytest
import rispy
import shapely

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_a_question_is_answered_on_one_stream_and_counted_on_the_other(memorial):
    first = memorial("query", "--kind", "prison")
    assert first.exit_code == 0
    assert first.stdout.splitlines() == [
        "id       name     kind    province      dates            known within  sources",
        "place-a  Place A  prison  Square One    1901-03 – 1903~  100 m         1, 2",
        "place-d  Place D  prison  Square Three                   not located   1",
        "",
        "Sources",
        "[1] Ann Author, The First Book (Press, 1999).",
        "[2] The Survey, A Second Report, n.d., https://example.org/report.",
    ]
    compiled, counted = first.stderr.splitlines()
    assert compiled.endswith("small-atlas.gpkg first, because an input is new or changed")
    assert counted == "2 of 5 sites; 1 located, 1 without a location; 1 undated"
    second = memorial("query", "--kind", "prison")
    assert second.stdout == first.stdout
    assert second.stderr.splitlines() == [counted]


def test_nothing_found_is_an_answer(ask):
    answered = ask("query", "--text", "nobodyknows")
    assert (answered.exit_code, answered.stdout) == (0, "")
    assert answered.stderr.splitlines()[-1] == "0 of 5 sites"


@pytest.mark.parametrize(
    "layer", ["sites", "routes", "provinces", "squares_1905", "claims", "events", "history", "zones", "sources"]
)
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_every_layer_answers_in_every_format(ask, layer, form):
    answered = ask("query", layer, "--format", form)
    assert answered.exit_code == 0, answered.stderr
    assert answered.stdout
    assert not UNSEEN.search(answered.stdout.replace("\r\n", "\n"))


def test_csv_reads_back_with_citations(ask, still):
    answered = ask("query", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(answered.stdout, newline="")))
    features = json.loads((still / "data/sites.geojson").read_text(encoding="utf-8"))["features"]
    assert [row["id"] for row in rows] == [feature["properties"]["id"] for feature in features]
    for row, feature in zip(rows, features, strict=True):
        for name, value in feature["properties"].items():
            assert row[name] == (" | ".join(value) if name == "sources" else "" if value is None else str(value)), name
    assert rows[0]["citations"] == (
        "Ann Author, The First Book (Press, 1999), p. 1."
        " | The Survey, A Second Report, n.d., https://example.org/report, §4."
    )
    assert (rows[0]["lon"], rows[3]["lon"]) == ("-32.5", "")
    assert answered.stdout_bytes.split(b"\n")[0].endswith(b"citations\r")


def test_json_says_what_was_asked_and_adds_up(ask):
    answer = json.loads(ask("query", "--province", "square one", "--text", "place", "--format", "json").stdout)
    assert answer["asked"] == {
        "layer": "sites",
        "cql2": "province IN ('P1')",
        "provinces": ["P1"],
        "text": "place",
    }
    assert answer["counts"] == {"shown": 2, "matched": 2, "total": 5, "located": 2, "unlocated": 0, "undated": 0}
    assert [record["id"] for record in answer["records"]] == ["place-a", "place-c"]
    assert answer["records"][0]["sources"] == ["first-book#p. 1", "second-report#§4"]
    assert set(answer["sources"]) == {"first-book", "second-report"}
    assert answer["atlas"] == {"id": "small-atlas", "version": "1.0.0", "licence": "Invented for tests."}


@pytest.mark.parametrize("layer", ["sites", "routes", "provinces"])
def test_geojson_reads_back_with_shapes_and_lists(ask, still, layer):
    answer = json.loads(ask("query", layer, "--format", "geojson").stdout)
    features = json.loads((still / f"data/{layer}.geojson").read_text(encoding="utf-8"))["features"]
    assert answer["type"] == "FeatureCollection"
    assert answer["counts"]["shown"] == len(features)
    for found, feature in zip(answer["features"], features, strict=True):
        assert feature["properties"].items() <= found["properties"].items()
        if feature["geometry"] is None:
            assert found["geometry"] is None
        else:
            one, other = (shapely.geometry.shape(item["geometry"]) for item in (found, feature))
            assert one.equals(other)


def test_former_areas_tell_what_they_are_made_of(ask):
    asked = ask("query", "squares_1905", "--text", "great")
    assert asked.stdout.splitlines()[1].split("  ")[:2] == ["great-square", "Great Square"]
    assert "Square Two, Square Three" in asked.stdout
    assert asked.stderr.splitlines()[-1] == "1 of 2 squares_1905"
    assert "  kept as it is: squares_1905 P1" in ask("check").stderr.splitlines()
    (kept, great) = json.loads(ask("query", "squares_1905", "--format", "geojson").stdout)["features"]
    assert (kept["properties"]["id"], kept["properties"]["made_of"]) == ("P1", ["P1"])
    assert great["properties"]["approximate"] == "yes"
    assert shapely.geometry.shape(great["geometry"]).equals(shapely.box(-32, 10, -30, 11))


def test_a_dossier_reads_as_text(ask):
    shown = ask("show", "place-a")
    assert shown.exit_code == 0
    assert shown.stdout.startswith("Place A\nsites place-a\n\nPlace A is invented.\n\nKind        Prison\n")
    for line in (
        "Standing    judged: a final judgment speaks of it",
        "When        1901-03 (March 1901) to 1903~ (about 1903)",
        "  ទីកន្លែង ក (km, main)",
        "  People held: 1,200–1,500 persons [c0001]",
        "      people held over the whole time; as of 1903",
        "      Ann Author, The First Book (Press, 1999), p. 5.",
        "  People held: at least 2,000 persons [c0002], contested",
        "      The report does not say how it counted.",
        "Zone (1)",
        "  Zone One: Square One; 1901 to 1903",
        "  People held here were killed at: Place B [place-b]",
        "  1901-03: Place A opens [opening]",
        "  Place C [place-c]",
    ):
        assert line in shown.stdout.splitlines(), line


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("place-d", "Position    not located; known by: province"),
        ("place-b", "  Place A [place-a] – People held here were killed at: this record"),
        (
            "a-to-e",
            "Drawn       Place A to Place B: documented; Place B to Place E: assumed, The way is not described.",
        ),
        ("P1", "  Population: 30,000 persons [c0004]"),
        ("nowhere", "  Deaths: up to 9,000 persons [c0006], rejected"),
        ("nowhere", "      all deaths; stated by The Survey"),
        ("a-to-e", "  Deaths: 1 person [c0007], covers a part only"),
        ("P3", "  1910: split from, Square Two [P2]"),
        ("P3", "  Squares of 1905 (approximate): Great Square [great-square]"),
        ("great-square", "Year        1905"),
        ("great-square", "  Square Two [P2]"),
        ("c0001", "About       Place A [place-a]"),
        ("unveiling", "When        1950-05-01 – 1950-05-03"),
        ("second-report", "Address     https://example.org/report"),
    ],
)
def test_every_kind_of_record_reads_as_text(ask, key, line):
    assert line in ask("show", key).stdout.splitlines()


@pytest.mark.parametrize(
    ("low", "high", "changed", "line"),
    [
        (
            "2000",
            "",
            {"scope": "people held"},
            "Between the sources: 1,200–2,000 persons (2 claims), open above: some say only “at least”",
        ),
        (
            "",
            "900",
            {"scope": "people held"},
            "Between the sources: 900–1,500 persons (2 claims), open below: some say only “up to”",
        ),
        (
            "1000",
            "1800",
            {"scope": "people held, counted"},
            "Between the sources: 1,000–1,800 persons (2 claims); of what each counts, see below",
        ),
        ("1000", "1800", {"source": "first-book"}, "In one source: 1,000–1,800 persons (2 claims)"),
        (
            "1000",
            "1800",
            {"as_of": "1902"},
            (
                "Between the sources, as of dates from 1902 to 1903: 1,000–1,800 persons (2 claims);"
                " of what and when each counts, see below"
            ),
        ),
    ],
)
def test_a_range_stands_above_its_claims_with_what_keeps_it_from_misleading(memorial, atlas, low, high, changed, line):
    atlas.cell("claims", 0, scope="people held")
    atlas.cell("claims", 1, low=low, high=high, scope="people held")
    atlas.cell("claims", 1, **changed)
    text = re.sub(r"\n {4}(?! )", " ", memorial("show", "place-a").stdout)
    lines = text.splitlines()
    assert lines[lines.index("Claims (3)") + 1] == f"  {line}"
    assert lines[lines.index("Claims (3)") + 2].startswith("  People held: 1,200–1,500 persons [c0001]")
    shown = json.loads(memorial("show", "place-a", "--format", "json").stdout)
    assert [(found["text"], found["claims"]) for found in shown["ranges"]] == [(line, ["c0001", "c0002"])]


def test_a_range_that_is_open_at_both_ends_says_so(memorial, atlas):
    atlas.cell("claims", 0, scope="people held", low="", high="1500")
    atlas.cell("claims", 1, scope="people held")
    shown = json.loads(memorial("show", "place-a", "--format", "json").stdout)
    assert (shown["ranges"][0]["low"], shown["ranges"][0]["high"]) == ("", "")
    assert shown["ranges"][0]["text"] == (
        "Between the sources: 1,500–2,000 persons (2 claims),"
        " open at both ends: some say only “at least”, some only “up to”"
    )


def test_sources_go_to_a_reference_manager(ask, still):
    sources = json.loads((still / "data/sources.json").read_text(encoding="utf-8"))
    assert json.loads(ask("show", "place-a", "--format", "csl").stdout) == sources
    assert sources[0]["custom"]["grade"]
    records = rispy.loads(ask("show", "place-a", "--format", "ris").stdout)
    assert [record["id"] for record in records] == [source["id"] for source in sources]
    assert records[0]["authors"] == ["Author, Ann"]


def test_a_dossier_reads_as_json(ask):
    shown = json.loads(ask("show", "place-a", "--format", "json").stdout)
    assert shown["record"]["sources"] == ["first-book#p. 1", "second-report#§4"]
    assert [claim["id"] for claim in shown["claims"]] == ["c0001", "c0002", "c0003"]
    assert shown["claims"][0]["citation"] == {
        "source": "first-book",
        "locator": "p. 5",
        "note": "Ann Author, The First Book (Press, 1999).",
        "text": "Ann Author, The First Book (Press, 1999), p. 5.",
    }
    assert shown["position"]["locator"] == "p. 2"


def test_every_map_is_built_and_what_was_done_is_said(memorial, atlas):
    built = memorial("build")
    assert built.exit_code == 0, built.stderr
    pages = [f"maps/{name}.html".replace("/", os.sep) for name in ("index", "overview", "prisons", "figures")]
    assert built.stdout.splitlines() == pages
    assert all((atlas.folder / page).is_file() for page in pages)
    said = built.stderr.splitlines()
    assert said[0] == f"compiled maps{os.sep}small-atlas.gpkg"
    joined = [line for line in said if line.startswith("join ")]
    assert joined[0].startswith("join claims: 7 of 7 matched to ")
    for line in joined:
        numbers = re.findall(r"(\d+) of (\d+) (?:matched to|there are matched)[^;]*?(?:, (\d+) not)?(?=;|$)", line)
        assert len(numbers) == 2, line
        assert all(int(part) + int(rest or 0) == int(whole) for part, whole, rest in numbers), line
    assert [line.split(" (")[0] for line in said if line.startswith("wrote ")] == [f"wrote {page}" for page in pages]
    again = memorial("build", "--map", "prisons", "--out", "stick", "--lang", " km, en")
    assert again.stdout.splitlines() == [f"stick{os.sep}prisons.html"]
    assert again.stderr.splitlines()[0].endswith("small-atlas.gpkg is up to date: no input has changed")


def test_the_first_page_is_opened_when_asked(memorial, monkeypatch):
    opened = []
    monkeypatch.setattr(click, "launch", opened.append)
    assert memorial("build", "--map", "prisons", "--open").exit_code == 0
    assert [Path(page).name for page in opened] == ["prisons.html"]


def test_a_sound_atlas_passes_and_nothing_is_written(memorial, atlas, files_of):
    before = files_of(atlas.folder)
    checked = memorial("check", "--strict")
    assert (checked.exit_code, checked.stdout) == (0, "")
    assert checked.stderr.splitlines()[-1] == "no problem"
    assert json.loads(memorial("check", "--format", "json").stdout) == []
    assert files_of(atlas.folder) == before


def test_a_table_says_what_is_not_located_and_what_lists_hold(ask):
    table = ask("query", "--near", "10.5,-32.5", "--sort", "distance").stdout.splitlines()
    assert [line.split()[0] for line in table[1:3]] == ["place-a", "place-c"]
    assert any(line.startswith("place-d") and "not located" in line for line in table)
    assert "P2, P3" in ask("query", "squares_1905", "--fields", "id,made_of").stdout
    assert "Place A Place B documented" in ask("query", "routes", "--fields", "id,segments").stdout
