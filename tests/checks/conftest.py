"""What every test of the rules does: plant one breach in the small atlas, and see what finds it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest

from geo import checks
from geo.checks import RULES, check_atlas, rule_name
from geo.errors import Problem
from geo.readers import read_atlas


@pytest.fixture
def found_alone(small_atlas, monkeypatch) -> Callable[..., None]:
    """Return a function that plants a breach and asserts that its rule finds it, and no other rule does."""

    def find(rule: str, plant: Callable[..., object], problem: Problem) -> None:
        atlas = small_atlas()
        plant(atlas)
        inputs = read_atlas(atlas.folder)
        assert check_atlas(inputs) == [problem._replace(rule=rule)]
        monkeypatch.setattr(checks, "RULES", tuple(kept for kept in RULES if rule_name(kept) != rule))
        assert check_atlas(inputs) == [], "another rule finds it as well"

    return find


@pytest.fixture
def rule_names() -> Callable[[ModuleType], list[str]]:
    """Return a function that names the rules of `RULES` that stand in a room, sorted."""
    return lambda room: sorted(rule_name(rule) for rule in RULES if rule.__module__ == room.__name__)
