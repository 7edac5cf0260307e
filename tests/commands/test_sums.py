"""``memorial join --sum --per`` as a person types it."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pytest

TABLE = "site,n,note\nplace-a,1.5,x\nPLACE-B,2,x\nplace-b,n/a,x\nplace-b,,x\nnowhere,4,x\n,8,x\nplace-d\n"
SUMS = ("--to", "sites", "--on", "site=id", "--sum", "n", "--per", "province")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_rows_and_numbers_add_up_in_whatever_form_the_table_is(ask, table, tmp_path):
    run = ask("join", str(table), *SUMS)
    assert run.exit_code == 0
    assert list(csv.reader(run.stdout.splitlines())) == [
        ["province", "name", "records", "records_matched", "rows", "n", "n_rows"],
        ["P1", "Square One", "2", "1", "1", "1.5", "1"],
        ["P2", "Square Two", "1", "1", "3", "2", "1"],
        ["P3", "Square Three", "1", "0", "0", "", "0"],
        ["", "", "1", "0", "0", "", "0"],
    ]
    assert "7 rows in = 4 matched + 2 unmatched + 1 set aside: the row could not be read" in run.stderr
    assert "5 records = 2 matched + 3 without a row" in run.stderr
    assert (
        "n: 7 cells = 4 with a number + 2 empty + 1 with something else; sum 15.5 = 3.5 matched + 12 not matched"
        in run.stderr
    )
    assert "row 4: saw n/a in n: not a number" in run.stderr
    rows = pd.read_csv(table.with_name("figures.csv"), dtype=str, keep_default_na=False, nrows=6)
    rows.to_parquet(tmp_path / "figures.parquet")
    large = ask("join", str(tmp_path / "figures.parquet"), *SUMS)
    assert large.stdout == run.stdout


@pytest.mark.parametrize(("suffix", "begins"), [("html", "<!DOCTYPE html>"), ("json", "{"), ("txt", "figures.csv to")])
def test_it_writes_sums_and_a_report(ask, table, tmp_path, suffix, begins):
    report, out = tmp_path / f"report.{suffix}", tmp_path / "sums.csv"
    run = ask("join", str(table), *SUMS, "--report", str(report), "--out", str(out))
    assert run.exit_code == 0
    assert report.read_text(encoding="utf-8").startswith(begins)
    assert out.read_bytes().startswith(b"province,name,records")
    if suffix == "json":
        body = json.loads(report.read_text(encoding="utf-8"))
        assert sum(body["counts"].values()) == body["rows_in"] == 7


def test_per_record_every_record_has_its_line(ask, table):
    run = ask("join", str(table), "--to", "sites", "--on", "site=id", "--per", "record")
    rows = list(csv.reader(run.stdout.splitlines()))
    assert rows[0] == ["record", "name", "rows"]
    assert {row[0]: row[2] for row in rows[1:]} == {
        "place-a": "1", "place-b": "3", "place-c": "0", "place-d": "0", "place-e": "0",
    }  # fmt: skip


def test_with_strict_nothing_is_written_while_a_row_or_a_cell_waits(ask, table, tmp_path):
    out = tmp_path / "sums.csv"
    run = ask("join", str(table), *SUMS, "--strict", "--out", str(out))
    assert run.exit_code == 2
    assert "4 rows and cells wait" in run.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--on", "site=id", "--sum", "m"), "saw m"),
        (("--on", "site=id", "--per", "provinse"), "did you mean province"),
        (("--on", "site=idd", "--per", "record"), "saw idd"),
        (("--by", "place", "--sum", "n"), "name the columns: --lat C --lon C"),
        (("--by", "place", "--lat", "n", "--sum", "n"), "one of --lat, --lon"),
        (("--by", "name", "--sum", "n"), "--on or --by place"),
        (("--on", "site=id", "--engine", "dask"), "--sum C, --per FIELD"),
        (("--on", "site=id", "--sum", "n", "--scheduler", "tcp://x:1"), "expected --engine dask"),
        (("--on", "site=id", "--sum", "n", "--engine", "dask"), "write it as Parquet"),
        (("--on", "site=id", "--sum", "n", "--out", "x.geojson"), ".csv"),
    ],
)
def test_a_wrong_request_is_refused_with_the_next_step(ask, table, options, told):
    run = ask("join", str(table), "--to", "sites", *options)
    assert run.exit_code == 2, run.stderr
    assert told in run.stderr
    assert run.stdout == ""


def test_a_folder_is_summed_and_not_joined_row_by_row(ask, tmp_path):
    run = ask("join", str(tmp_path), "--to", "sites", "--on", "site=id")
    assert run.exit_code == 2
    assert "sum it with --per FIELD" in run.stderr
