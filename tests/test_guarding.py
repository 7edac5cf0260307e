"""What another program must not obey, or must not be handed."""

from __future__ import annotations

import re

import pytest
from cql2 import Expr
from hypothesis import given
from hypothesis import strategies as st

from geo.guarding import MAX_CONDITION, MAX_CONDITION_DEPTH, condition_excess, guard_cell, unguard_cell

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@given(st.sampled_from(STARTS), st.text(max_size=8), st.integers(0, 3))
def test_a_guarded_cell_begins_with_one_apostrophe_more(start, rest, before):
    cell = "'" * before + start + rest
    number = not before and re.fullmatch(r"[+-]\d+(\.\d+)?([eE][+-]?\d+)?", cell)
    assert guard_cell(cell) == (cell if number else f"'{cell}")


@pytest.mark.parametrize("cell", ["", "'", "''quoted''", "a=b", "5", "-5", "+1.5e-3", "1975-04-17", "ភ្នំពេញ", " =1"])
def test_every_other_cell_is_left_alone(cell):
    assert guard_cell(cell) == cell


@pytest.mark.parametrize("cell", ["-5+6", "+855 12 345 678", "-.5", "-5\n=1", "+1e", "-", "@SUM(A1)", "'-5"])
def test_what_only_begins_like_a_number_is_guarded(cell):
    assert guard_cell(cell) == f"'{cell}"


@given(st.sampled_from(["", *STARTS]), st.text(st.characters(exclude_characters="'"), max_size=8))
def test_the_guard_of_a_cell_is_no_part_of_its_text(start, rest):
    assert unguard_cell(guard_cell(start + rest)) == start + rest


# --- conditions -----------------------------------------------------------------------------------------------


def test_a_condition_may_be_so_long_and_no_longer():
    fits = "a = '" + "x" * (MAX_CONDITION - 6) + "'"
    assert len(fits) == MAX_CONDITION
    assert condition_excess(fits) is None
    assert condition_excess(f"{fits} ") == (
        "20,001 characters",
        "at most 20,000 characters",
        "put the question in parts",
    )


NESTED = {
    "parentheses": lambda depth: "(" * depth + "a" + ")" * depth,
    "negations": lambda depth: "NOT " * depth + "a",
    "signs": lambda depth: "-" * depth + "a",
    "both": lambda depth: "not (" * (depth // 2) + "a" + ")" * (depth // 2),
    "never closed": lambda depth: "(" * depth,
}


@pytest.mark.parametrize("shape", NESTED)
def test_a_condition_may_be_so_deep_and_no_deeper(shape):
    assert condition_excess(NESTED[shape](MAX_CONDITION_DEPTH)) is None
    seen, expected, step = condition_excess(NESTED[shape](MAX_CONDITION_DEPTH + 2))
    assert seen == f"{MAX_CONDITION_DEPTH + 2} levels"
    assert (expected, step) == ("at most 50 levels of parentheses and signs", "write it more flatly")


@pytest.mark.parametrize(
    "text",
    [
        " OR ".join(["(a = 1)"] * 500),
        " AND ".join(["NOT a = 1"] * 500),
        f"kind IN ({', '.join(['-1'] * 500)})",
        f"a = '{'(' * 500}'",
        f"a = 'it''s {'not ' * 500}'",
        f'"{"(" * 500}" = 1',
        ")" * 500,
    ],
)
def test_what_is_wide_or_quoted_is_not_deep(text):
    assert condition_excess(text) is None


@pytest.mark.parametrize("shape", ["parentheses", "negations"])
def test_what_is_let_through_does_not_exhaust_the_parser(shape):
    text = NESTED[shape](MAX_CONDITION_DEPTH - 1).replace("a", "a = 1")  # the equals sign is a level of its own
    assert condition_excess(text) is None
    assert condition_excess(f"NOT {text}") is not None
    assert "'args': [{'property': 'a'}, 1" in str(Expr(text).to_json())
