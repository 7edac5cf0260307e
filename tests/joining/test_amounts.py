"""Sums are exact: what is summed is what a person sees, in any order and in any parts."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.joining.amounts import Sums, decimal_text, read_amounts

FLOATS = st.floats(allow_infinity=False) | st.decimals(-(10**6), 10**6, places=2).map(float) | st.just(1 / 3)
INTEGERS = st.none() | st.integers(-(2**63), 2**63 - 1) | st.sampled_from([2**63 - 1, -(2**63)])
TEXTS = st.sampled_from(["", "1.50", "-7", "n/a", "1,200", "1e5", " 12 ", "0.1", "9" * 40, "9" * 500, "0." + "1" * 60])
COLUMNS = st.one_of(
    st.lists(FLOATS, max_size=30).map(lambda cells: pd.Series(cells, dtype="float64")),
    st.lists(INTEGERS, max_size=30).map(lambda cells: pd.Series(cells, dtype="Int64")),
    st.lists(TEXTS, max_size=30).map(lambda cells: pd.Series(pd.Categorical(cells))),
)


def seen(cell):
    """Return the number that a person reads in a cell, by other means than ours; None for none."""
    if isinstance(cell, str):
        plain = cell.strip()
        number = len(plain) <= 400 and plain.removeprefix("-").replace(".", "", 1).isdigit()
        return Fraction(plain) if number else None
    return None if pd.isna(cell) else Fraction(repr(cell) if isinstance(cell, float) else int(cell))


def totals(sums):
    found = {}
    for code, number in sums.items():
        found[code] = found.get(code, 0) + number
    return found


@given(COLUMNS, st.integers(0, 30), st.randoms())
def test_a_sum_is_that_of_the_numbers_that_are_seen_whatever_the_parts(column, cut, chance):
    codes = np.array([at % 3 for at in range(len(column))], dtype=np.int64)
    whole = Sums.of(read_amounts(column), codes)
    expected = {}
    for cell, code in zip(column.tolist(), codes.tolist(), strict=True):
        if seen(cell) is not None:
            expected[code] = expected.get(code, 0) + seen(cell)
    assert totals(whole) == expected
    parts = [
        Sums.of(read_amounts(column.iloc[rows].reset_index(drop=True)), codes[rows])
        for rows in (slice(None, cut), slice(cut, None))
    ]
    chance.shuffle(parts)
    assert totals(Sums.together(parts)) == expected


@pytest.mark.parametrize(
    ("cells", "text"),
    [([0.1, 0.2], "0.3"), ([2.5, -0.5], "2"), ([1e22, 1.0], "10000000000000000000001"), ([-0.25, -0.5], "-0.75")],
)
def test_a_sum_is_written_in_plain_digits(cells, text):
    sums = Sums.of(read_amounts(pd.Series(cells)), np.zeros(2, np.int64))
    assert decimal_text(totals(sums)[0]) == text


@given(st.integers(), st.integers(0, 40))
def test_the_digits_of_a_decimal_read_back_as_the_same(whole, decimals):
    number = Fraction(whole, 10**decimals)
    with localcontext() as context:
        context.prec = 200
        assert Fraction(Decimal(decimal_text(number))) == number
    assert not ("." in decimal_text(number) and decimal_text(number).endswith(("0", ".")))
