"""``memorial stats``: tables whose lines add up, and the same numbers for programs."""

from __future__ import annotations

import csv
import io
import json

import pytest

CAUTION = (
    "A comparison of sizes, not a share: the places of this atlas need not all be among those that a source counts, "
    "and one record may be several of them, or a part of one."
)
ASPECTS = ("province", "kind", "decade", "source", "standing", "basis")


@pytest.fixture
def covered(atlas, memorial):
    """The program, in a small atlas that is held against two claims about the nation and one about a province."""
    new = {"status": "current", "note": ""}
    atlas.add_row("claims", 5, id="c0008", low="5", high="5", as_of="1904", **new)
    atlas.add_row("claims", 5, id="c0009", low="3", high="", **new)
    atlas.add_row("claims", 5, id="c0010", subject="P1", low="2", high="4", **new)
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    for kinds, claim in (('"prison"', "c0008"), ('"camp"', "c0009")):
        manifest += f'\n[[coverage]]\nkinds = [{kinds}]\nclaim = "{claim}"\nnote = {{ en = "A note." }}\n'
    atlas.write("atlas.toml", manifest)
    return memorial


def test_the_summary_reads_as_a_page(covered):
    answered = covered("stats")
    assert answered.exit_code == 0
    assert answered.stdout.splitlines() == [
        "layer      records  located  unlocated  undated",
        "sites            5        4          1        2",
        "routes           1        1          0        0",
        "provinces        3",
        "claims          10",
        "events           2",
        "sources          2",
        "",
        "Of how much",
        "  Prison: 2 of the 5 that The Survey counts (1904), 3 fewer [c0008]",
        "    The Survey, A Second Report, n.d., https://example.org/report.",
        "    Other counts: at least 3; `memorial query claims --kind deaths` cites them.",
        "    Counted by province: Square One 1 of 2–4 [c0010]",
        "    None here from 1 of 3 provinces: Square Two.",
        "    A note.",
        "  Camp: 0; The Survey counts at least 3 [c0009]",
        "    The Survey, A Second Report, n.d., https://example.org/report.",
        "    Other counts: 5; `memorial query claims --kind deaths` cites them.",
        "    Counted by province: Square One 0 of 2–4 [c0010]",
        "    None here from 3 of 3 provinces: Square One, Square Two, Square Three.",
        "    A note.",
        f"  {CAUTION}",
        "",
        "What is missing",
        "  1 of 5 places have no location",
        "  2 of 5 places have no date",
        "  4 of 5 places have no claim beside their record",
        "  4 of 5 places rest on one source alone",
        "  4 of 5 places have no name in Khmer script",
        "  1 of 3 provinces have no place with a location: Square Three",
    ]


def test_an_atlas_that_declares_no_coverage_has_none(ask):
    answered = ask("stats")
    assert answered.exit_code == 0
    assert "Of how much" not in answered.stdout


def test_by_province_the_lines_add_up_and_show_what_sources_count(covered):
    answered = covered("stats", "--by", "province")
    assert answered.stdout.splitlines() == [
        "province  records  located  unlocated  undated    prison      camp  name",
        "P1              2        2          0        0  1 of 2–4  0 of 2–4  Square One",
        "P2              1        1          0        0         0         0  Square Two",
        "P3              1        0          1        1         1         0  Square Three",
        "abroad          1        1          0        1         0         1  outside the provinces, abroad",
        "unknown         0        0          0        0         0         0  province not known",
        "total           5        4          1        2         2         1  all sites",
    ]
    assert answered.stderr.splitlines()[-1] == "5 sites; 4 located, 1 without a location; 2 undated"


def test_a_record_under_several_sources_is_said_to_be(ask):
    answered = ask("stats", "--by", "source")
    places, journeys = answered.stderr.splitlines()[-2:]
    assert places.startswith("5 sites; 4 located, 1 without a location; 2 undated; 6 lines in all, because a record")
    assert journeys == "1 route; 1 located, 0 without a location"


@pytest.mark.parametrize("by", ASPECTS)
def test_the_three_formats_say_the_same(ask, by):
    tallies = json.loads(ask("stats", "--by", by, "--format", "json").stdout)["tallies"]
    rows = list(csv.DictReader(io.StringIO(ask("stats", "--by", by, "--format", "csv").stdout, newline="")))
    table = ask("stats", "--by", by).stdout
    counts = [(tally["layer"], count) for tally in tallies for count in tally["counts"]]
    assert [
        (row["layer"], row["by"], row["key"], row["label"], int(row["records"]), int(row["undated"])) for row in rows
    ] == [(layer, by, count["key"], count["label"], count["records"], count["undated"]) for layer, count in counts]
    for tally in tallies:
        assert tally["entries"] == sum(count["records"] for count in tally["counts"])
        assert tally["total"]["records"] == tally["total"]["located"] + tally["total"]["unlocated"]
    assert len(table.splitlines()) == len(counts) + len(tallies) * 2 + len(tallies) - 1
    for _, count in counts:
        assert count["key"] in table


def test_a_program_gets_the_coverage_with_its_sources(covered):
    answer = json.loads(covered("stats", "--format", "json").stdout)
    assert [(entry["held"], entry["low"], entry["claim"]) for entry in answer["coverage"]] == [
        (2, "5", "c0008"), (0, "3", "c0009"),
    ]  # fmt: skip
    assert answer["sources"] == {"second-report": "The Survey, A Second Report, n.d., https://example.org/report."}
    assert answer["caution"] == CAUTION
    rows = list(csv.DictReader(io.StringIO(covered("stats", "--format", "csv").stdout, newline="")))
    assert [(row["label"], row["records"], row["low"], row["high"], row["claim"], row["source"])
            for row in rows if row["section"] == "coverage"] == [
        ("prison", "2", "5", "5", "c0008", "second-report"), ("camp", "0", "3", "", "c0009", "second-report"),
    ]  # fmt: skip
    by_province = json.loads(covered("stats", "--by", "province", "--format", "json").stdout)
    assert by_province["coverage"] == answer["coverage"]


def test_provincial_counts_stand_in_the_table_for_a_spreadsheet(covered):
    text = covered("stats", "--by", "province", "--format", "csv").stdout
    header, first, *_ = csv.reader(io.StringIO(text, newline=""))
    assert header[8:] == [f"{kind}_{name}" for kind in ("prison", "camp") for name in ("held", "low", "high", "claims")]
    assert first[8:] == ["1", "2", "4", "c0010", "0", "2", "4", "c0010"]


def test_an_aspect_that_is_none_is_refused(ask):
    answered = ask("stats", "--by", "colour")
    assert (answered.exit_code, answered.stdout) == (2, "")
    assert "'province', 'kind', 'decade'" in answered.stderr


def test_on_a_narrow_terminal_the_numbers_stay(ask, monkeypatch):
    monkeypatch.setattr("geo.commands.tallies.answer_width", lambda: 60)
    answered = ask("stats", "--by", "province")
    assert answered.stdout.splitlines()[1] == "P1              2        2          0        0  Square One"
    assert max(map(len, answered.stdout.splitlines())) <= 60
