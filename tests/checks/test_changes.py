"""Planted breaches of the rules about the record of changes."""

from __future__ import annotations

import pytest

from geo.checks import changes, check_atlas
from geo.errors import Problem
from geo.readers import read_atlas

CHANGES = "data/tables/changes.csv"
ANY = "the id of a site, route, area, claim, event or source, or the nation"
ROW = {"date": "2020-01-01", "record": "place-a", "action": "revised", "what": "A word.", "why": "It was wrong."}


def record(*rows):
    """Return a plant that gives the atlas a record of changes with these rows."""

    def plant(atlas):
        manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
        if "[tables.changes]" not in manifest:
            atlas.write("atlas.toml", f'{manifest}\n[tables.changes]\nfile = "{CHANGES}"\nschema = "changes"\n')
        columns = ("date", "record", "action", "what", "why", "source", "into")
        lines = [",".join(columns), *(",".join((ROW | row).get(name, "") for name in columns) for row in rows)]
        atlas.write(CHANGES, "\n".join(lines) + "\n")

    return plant


BREACHES = {
    "changed-record": [
        (
            record({"record": "plaice-a"}),
            Problem(
                CHANGES,
                "line 2",
                "record",
                "plaice-a",
                f"{ANY}; or a last change that is merged or removed",
                "Did you mean place-a or place-e or place-d?",
            ),
        ),
        (
            record({"action": "removed"}),
            Problem(CHANGES, "line 2", "record", "place-a", "a record that is gone, because it was removed"),
        ),
        (
            record({"record": "c0001", "action": "merged", "into": "c0002"}),
            Problem(CHANGES, "line 2", "record", "c0001", "a record that is gone, because it was merged"),
        ),
    ],
    "merged-into": [
        (
            record({"into": "place-b"}),
            Problem(CHANGES, "line 2", "into", "place-b", "nothing, because the record was revised, not merged"),
        ),
        (
            record({"record": "old-place", "action": "merged"}),
            Problem(CHANGES, "line 2", "into", "nothing", "the id of the record that took it in"),
        ),
        (
            record({"record": "old-place", "action": "merged", "into": "old-place"}),
            Problem(CHANGES, "line 2", "into", "old-place", "the id of the record that took it in"),
        ),
        (
            record({"record": "old-place", "action": "merged", "into": "zzz"}),
            Problem(CHANGES, "line 2", "into", "zzz", ANY),
        ),
    ],
}


@pytest.mark.parametrize(
    ("rule", "plant", "problem"),
    [(rule, plant, problem) for rule, breaches in BREACHES.items() for plant, problem in breaches],
)
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(changes) == sorted(BREACHES)


def test_every_kind_of_record_may_change_and_be_gone(small_atlas):
    atlas = small_atlas()
    record(
        *({"record": key} for key in ("place-a", "a-to-e", "P1", "c0001", "opening", "first-book", "nowhere")),
        {"record": "gone"},
        {"record": "gone", "action": "removed"},
        {"record": "older", "action": "merged", "into": "old"},
        {"record": "old", "action": "merged", "into": "place-b"},
        {"record": "place-b", "action": "removed"},
        {"record": "place-b", "action": "added"},
    )(atlas)
    assert check_atlas(read_atlas(atlas.folder)) == []
