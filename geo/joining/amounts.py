"""Numbers of a column, and sums of them that are exact: the order in which rows are added changes nothing.

Every number is held as a whole number and how many decimals it has. A floating-point number stands for the shortest
decimal that reads back as itself, which is what a person sees of it: 0.1 and 0.2 make 0.3, as they do in a CSV file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.importing.cells import clean_cell
from geo.ledger import parse_number

__all__ = ["EMPTY", "NUMBER", "OTHER", "Amounts", "Sums", "decimal_text", "read_amounts"]

NUMBER, EMPTY, OTHER = 0, 1, 2
"""What a cell holds: a number, nothing, or something else."""

_SCALES: Final = 32
"""Decimals that a number may have to be added the fast way, less one."""

_SHORT: Final = 1e15
"""Below it, two decimals of as many digits are never one floating-point number (IEEE 754, 15 digits survive)."""

_LONGEST: Final = 400
"""Digits of a number; a longer one is no count of anything."""

_LIMB: Final = 32

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Amounts:
    """The numbers of a column.

    Attributes
    ----------
    kind
        ``NUMBER``, ``EMPTY`` or ``OTHER``, row by row.
    whole, scale
        Row by row; a number is ``whole`` divided by ten as often as ``scale`` says. Zero where there is none.
    odd
        Row (from 0) -> its number, for those that do not fit; ``whole`` is zero there.
    """

    kind: npt.NDArray[np.int8]
    whole: Ints
    scale: Ints
    odd: dict[int, Fraction]


def read_amounts(column: pd.Series[Any]) -> Amounts:
    """Return the numbers of a column.

    Parameters
    ----------
    column
        ``Int64``, ``float64`` (NaN is an empty cell, an infinity is no number), or a category of texts, of which those
        are numbers that a claim could state: digits, perhaps with a minus sign and a decimal point.

    Returns
    -------
    Amounts
        One for each row.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _of_texts(column)
    if column.dtype == "float64":
        return _of_floats(column.to_numpy())
    missing = column.isna().to_numpy(dtype=bool)
    whole = column.fillna(0).to_numpy(dtype="int64")
    return Amounts(np.where(missing, EMPTY, NUMBER).astype(np.int8), whole, np.zeros(len(whole), np.int64), {})


def _of_texts(column: pd.Series[Any]) -> Amounts:
    kinds, wholes, scales, odd = [], [], [], dict[int, Fraction]()
    for at, text in enumerate(column.cat.categories):
        clean = clean_cell(text)[0]
        kind, whole, scale = (NUMBER if clean else EMPTY), 0, 0
        try:
            number = parse_number(clean if len(clean) <= _LONGEST else "")
        except ValueError:
            kind = OTHER if clean else EMPTY
        else:
            sign, digits, power = number.as_tuple()
            whole, scale = int("".join(map(str, digits))) * (-1 if sign else 1), -int(power)
            if scale >= _SCALES or abs(whole) >= 2**63:
                odd[at], whole, scale = Fraction(number), 0, 0
        kinds.append(kind)
        wholes.append(whole)
        scales.append(scale)
    codes = column.cat.codes.to_numpy()
    where = {}
    if odd:
        where = {int(row): odd[int(codes[row])] for row in np.flatnonzero(np.isin(codes, list(odd)))}
    return Amounts(
        np.array(kinds, np.int8)[codes], np.array(wholes, np.int64)[codes], np.array(scales, np.int64)[codes], where
    )


def _of_floats(values: npt.NDArray[np.float64]) -> Amounts:
    kind = np.where(np.isnan(values), EMPTY, np.where(np.isinf(values), OTHER, NUMBER)).astype(np.int8)
    whole, scale = np.zeros(len(values), np.int64), np.zeros(len(values), np.int64)
    rest = np.flatnonzero(kind == NUMBER)
    for decimals in range(10):
        if not len(rest):
            break
        mine = values[rest]
        with np.errstate(over="ignore"):
            scaled = np.rint(mine * 10.0**decimals)
        # A quotient of two whole numbers that are held exactly is rounded once: equal means that it reads back so.
        fits = (np.abs(scaled) < _SHORT) & (scaled / 10.0**decimals == mine)
        whole[rest[fits]] = scaled[fits].astype(np.int64)
        scale[rest[fits]] = decimals
        rest = rest[~fits]
    odd = {}
    for row in rest.tolist():
        digits, _, power = repr(float(values[row])).partition("e")
        units, _, part = digits.partition(".")
        decimals, number = len(part) - int(power or 0), int(units + part)
        if 0 <= decimals < _SCALES:
            whole[row], scale[row] = number, decimals
        else:
            odd[row] = Fraction(number) / Fraction(10) ** decimals
    return Amounts(kind, whole, scale, odd)


@dataclass(slots=True)
class Sums:
    """Sums of numbers by a code, exact; sums of parts may be put together in any order.

    Attributes
    ----------
    code
        What was summed, ascending, once for each number of decimals: the code times 32, plus the decimals.
    high, low
        The sum is ``high`` times 2 ** 32, plus ``low``; ``low`` lies from 0 to 2 ** 32 - 1.
    odd
        Code -> the sum of those that do not fit.
    """

    code: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    high: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    low: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    odd: dict[int, Fraction] = field(default_factory=dict)

    @classmethod
    def of(cls, amounts: Amounts, code: Ints) -> Sums:
        """Return the sums of numbers by the code of their rows."""
        rows = amounts.kind == NUMBER
        whole = amounts.whole[rows]
        sums = cls._added(code[rows] * _SCALES + amounts.scale[rows], whole >> _LIMB, whole & (2**_LIMB - 1))
        for row, number in amounts.odd.items():
            at = int(code[row])
            sums.odd[at] = sums.odd.get(at, Fraction(0)) + number
        return sums

    @classmethod
    def _added(cls, code: Ints, high: Ints, low: Ints) -> Sums:
        """Return sums of rows that stand together, each code once; 2 ** 31 rows cannot overflow them."""
        if not len(code):
            return cls()
        order = np.argsort(code, kind="stable")
        code = code[order]
        begins = np.flatnonzero(np.r_[True, code[1:] != code[:-1]])
        low = np.add.reduceat(low[order], begins)
        high = np.add.reduceat(high[order], begins) + (low >> _LIMB)
        return cls(code[begins], high, low & (2**_LIMB - 1))

    @classmethod
    def together(cls, parts: Iterable[Sums]) -> Sums:
        """Return the sums of parts as one."""
        parts = list(parts)
        arrays = [np.concatenate([getattr(part, name) for part in parts]) for name in ("code", "high", "low")]
        sums = cls._added(*arrays)
        for part in parts:
            for code, number in part.odd.items():
                sums.odd[code] = sums.odd.get(code, Fraction(0)) + number
        return sums

    def items(self) -> Iterator[tuple[int, Fraction]]:
        """Yield every code with its sum, not sorted; a code comes once for each number of decimals."""
        for code, high, low in zip(self.code.tolist(), self.high.tolist(), self.low.tolist(), strict=True):
            yield code // _SCALES, Fraction((high << _LIMB) + low, 10 ** (code % _SCALES))
        yield from self.odd.items()


def decimal_text(number: Fraction) -> str:
    """Return a sum of decimals in plain digits, with no nought at the end that says nothing.

    Parameters
    ----------
    number
        A number whose denominator divides a power of ten.

    Returns
    -------
    str
        Such as ``12``, ``-0.75``.
    """
    whole, decimals = number.numerator, 0
    if number.denominator != 1:
        twos, fives, rest = 0, 0, number.denominator
        while rest % 2 == 0:
            twos, rest = twos + 1, rest // 2
        while rest % 5 == 0:
            fives, rest = fives + 1, rest // 5
        decimals = max(twos, fives)
        whole = whole * 10**decimals // number.denominator
    digits = f"{abs(whole):0{decimals + 1}d}"
    sign = "-" if whole < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"
