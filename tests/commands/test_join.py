"""``memorial join`` as a person types it."""

from __future__ import annotations

import csv
import json

import pytest

TABLE = "name,n\nSquare One,1\nSkuare Two,2\nElsewhere,3\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_it_joins_by_name_and_says_what_it_did_not_match(ask, table):
    run = ask("join", str(table), "--to", "provinces", "--by", "name")
    assert run.exit_code == 0
    rows = list(csv.reader(run.stdout.splitlines()))
    assert rows[0] == ["record", "name", "n"]
    assert [row[0] for row in rows[1:]] == ["P1", "P2"]
    assert "3 rows in = 2 matched + 1 unmatched" in run.stderr
    assert "saw Elsewhere" in run.stderr


def test_with_strict_it_refuses_and_writes_no_table_but_the_questions(ask, table, tmp_path):
    fixes, out = tmp_path / "fixes.csv", tmp_path / "joined.csv"
    run = ask(
        "join", str(table), "--to", "provinces", "--by", "name", "--strict", "--fixes", str(fixes), "--out", str(out)
    )
    assert run.exit_code == 2
    assert not out.exists()
    lines = fixes.read_text(encoding="utf-8").splitlines()
    assert lines[1].startswith("4,name,Elsewhere,")
    fixes.write_text(f"{lines[0]}\n4,name,Elsewhere,P3,me,the report says so\n", encoding="utf-8")
    run = ask(
        "join", str(table), "--to", "provinces", "--by", "name", "--strict", "--fixes", str(fixes), "--out", str(out)
    )
    assert run.exit_code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4
    fixes.write_text(f"{lines[0]}\n4,,,leave out,me,not a province\n", encoding="utf-8")
    run = ask(
        "join", str(table), "--to", "provinces", "--by", "name", "--strict", "--fixes", str(fixes), "--out", str(out)
    )
    assert run.exit_code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(("suffix", "begins"), [("html", "<!DOCTYPE html>"), ("json", "{"), ("txt", "figures.csv to")])
def test_it_writes_a_report(ask, table, tmp_path, suffix, begins):
    report = tmp_path / f"report.{suffix}"
    run = ask("join", str(table), "--to", "provinces", "--by", "name", "--report", str(report))
    assert run.exit_code == 0
    assert report.read_text(encoding="utf-8").startswith(begins)


def test_it_writes_the_layer_with_the_cells(ask, table, tmp_path):
    out = tmp_path / "joined.geojson"
    assert ask("join", str(table), "--to", "provinces", "--by", "name", "--out", str(out)).exit_code == 0
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert {feature["id"]: feature["properties"]["n"] for feature in features}["P1"] == "1"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--by", "name", "--on", "n=code"), "--on, --by: saw both"),
        ((), "--on, --by: saw neither"),
        (("--on", "n"), "COLUMN=FIELD"),
        (("--on", "m=code"), "saw m"),
        (("--on", "n=kode"), "did you mean code?"),
        (("--by", "place"), "--lat C --lon C, or --coord C"),
        (("--by", "name", "--column", "nam"), "did you mean name?"),
        (("--by", "name", "--out", "x.shp"), ".csv, .geojson"),
        (("--by", "name", "--lat", "n", "--radius", "5"), "--radius: saw 5; expected --by place together with it"),
        (("--by", "name", "--coord", "n"), "--coord: saw n; expected --by place"),
        (("--by", "name", "--repair", "case", "--repair", "zeros"), "--repair: saw case, zeros; expected --on"),
        (("--on", "n=code", "--column", "n"), "--column: saw n; expected --by name"),
        (("--by", "place", "--coord", "n", "--lat", "n", "--lon", "n"), "one of --coord C and --lat C --lon C"),
        (("--by", "place", "--coord", "n", "--radius", "nan"), "--radius: saw nan; expected a number of metres"),
        (("--by", "place", "--coord", "n", "--radius", "500"), "no --radius for provinces, which are areas"),
        (("--by", "place", "--coord", "n", "--radius", "500", "--per", "code"), "no --radius for provinces"),
    ],
)
def test_a_wrong_request_is_refused_with_the_next_step(ask, table, options, told):
    run = ask("join", str(table), "--to", "provinces", *options)
    assert run.exit_code == 2
    assert told in run.stderr
    assert run.stdout == ""


@pytest.mark.parametrize("sums", [(), ("--sum", "n")])
def test_it_never_writes_over_an_input_of_the_atlas(memorial, atlas, table, files_of, sums):
    before = files_of(atlas.folder)
    claims, reported = str(atlas.folder / "data/tables/claims.csv"), "data/method.txt"
    how = ("--on", "name=name", *sums)
    run = memorial("join", str(table), "--to", "provinces", *how, "--out", claims)
    assert run.exit_code == 2
    assert f"--out: saw {claims}; expected a file that the atlas is not made of" in run.stderr
    (atlas.folder / reported).symlink_to(atlas.folder / "data/sources.json")
    assert memorial("join", str(table), "--to", "provinces", *how, "--report", reported).exit_code == 2
    (atlas.folder / reported).unlink()
    assert files_of(atlas.folder) == before


def test_a_position_that_is_none_is_told_as_it_stands(ask, tmp_path):
    path = tmp_path / "visits.csv"
    path.write_text("lat,lon\n10.5,-32.5\nnorth,west\n95,10\n", encoding="utf-8")
    asked = ("join", str(path), "--by", "place", "--lat", "lat", "--lon", "lon")
    run = ask(*asked, "--to", "provinces")
    assert "3 rows in = 1 matched + 2 set aside: the row could not be read" in run.stderr
    assert "row 3: saw north, west: " in run.stderr
    assert "row 4: saw 95, 10: " in run.stderr
    fixes = tmp_path / "fixes.csv"
    assert ask(*asked, "--to", "provinces", "--fixes", str(fixes)).exit_code == 0
    assert [line.split(",")[:3] for line in fixes.read_text(encoding="utf-8").splitlines()[1:]] == [
        ["3", "lat", "north"],
        ["4", "lat", "95"],
    ]
    for more in ((), ("--per", "record")):
        run = ask(*asked, "--to", "routes", *more)
        assert run.exit_code == 2
        assert "saw routes, which are lines; expected a layer of areas or of points" in run.stderr
