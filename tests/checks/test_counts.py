"""Planted breaches of the rule about coverage."""

from __future__ import annotations

import pytest

from geo.checks import check_atlas, counts
from geo.errors import Problem
from geo.readers import read_atlas

WHERE = "key coverage[1]"


def declare(kinds='"prison"', claim="c0008", **changed):
    """Return a plant: a coverage, and a claim about the nation that would do but for what is changed."""

    def plant(atlas):
        atlas.add_row("claims", 5, **({"id": "c0008", "low": "5", "high": "5", "status": "current"} | changed))
        manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
        atlas.write("atlas.toml", f'{manifest}\n[[coverage]]\nkinds = [{kinds}]\nclaim = "{claim}"\n')

    return plant


def declare_twice(atlas):
    """Declare a coverage, and another one of the same kinds in another order."""
    declare('"prison", "camp"')(atlas)
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    atlas.write("atlas.toml", f'{manifest}\n[[coverage]]\nkinds = ["camp", "prison"]\nclaim = "c0008"\n')


def fault(field, seen, expected, next_step=""):
    return Problem("atlas.toml", WHERE, field, seen, expected, next_step)


BREACHES = {
    "coverage": [
        (declare(claim="c9999"), fault("claim", "c9999", "the id of a claim")),
        (declare(subject="P1"), fault("claim", "c0008: about P1", "a claim about the nation, nowhere")),
        (declare(partial="yes"), fault("claim", "c0008: a partial count", "a claim that counts the whole")),
        (declare(status="rejected"), fault("claim", "c0008: rejected", "a claim that is current or contested")),
        (declare(status="superseded"), fault("claim", "c0008: superseded", "a claim that is current or contested")),
        (declare(low="", high=""), fault("claim", "c0008: no number", "a claim with a number")),
        (declare(low="1901", high="1901", unit="date"), fault("claim", "c0008: a date", "a claim that counts")),
        (
            declare_twice,
            Problem("atlas.toml", "key coverage[2]", "kinds", "camp, prison", "other kinds than those of coverage[1]"),
        ),
        (declare(kinds=""), fault("kinds", "nothing", "at least one kind of place")),
        (declare(kinds='"camp", "camp"'), fault("kinds", "camp twice", "each kind once")),
        (
            declare(kinds='"camps"'),
            fault("kinds", "camps", "one of prison, execution_site, memorial, camp", "Did you mean camp?"),
        ),
    ]
}


@pytest.mark.parametrize(("rule", "plant", "problem"), [(rule, *case) for rule in BREACHES for case in BREACHES[rule]])
def test_a_planted_breach_is_found_by_its_rule_alone(found_alone, rule, plant, problem):
    found_alone(rule, plant, problem)


@pytest.mark.parametrize("changed", [{}, {"status": "contested"}, {"high": ""}, {"low": ""}])
def test_a_claim_that_counts_the_whole_nation_passes(small_atlas, changed):
    atlas = small_atlas()
    declare(**changed)(atlas)
    assert check_atlas(read_atlas(atlas.folder)) == []


def test_every_rule_is_broken_by_some_plant(rule_names):
    assert rule_names(counts) == sorted(BREACHES)
