"""What a format cannot carry, found before anything is written, and the layers as the format can carry them."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from wcwidth import iter_graphemes

from geo.export.content import GEOMETRY, Loss

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from geo.export.content import Column, Layer

__all__ = ["Limits", "fit_layer", "render_losses"]

_EXAMPLES: Final = 3
_INT32: Final = 2**31
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no XML 1.0 document may hold (W3C, Extensible Markup Language 1.0, production 2)."""

_FAMILY: Final = ("Point", "LineString", "LineString", "Polygon", "MultiPoint", "LineString", "Polygon", "Collection")
"""GEOS type -> the kind of Shapefile that holds it (ESRI Shapefile Technical Description, 1998)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a format sets limits to; a limit that is not set is none.

    Attributes
    ----------
    name_bytes
        Longest name of a column, in bytes.
    plain_names
        Whether such names are of Latin letters, and told apart without regard to case.
    taken_names
        Names that no column may have.
    text_bytes
        Longest text, in bytes of UTF-8.
    text_units
        Longest text, in UTF-16 code units, as spreadsheets count.
    rows
        Most records of a layer.
    trims
        Whether spaces at either end of a text are lost.
    xml
        Whether text is kept in XML, which has no place for control characters.
    lists
        Whether a list can be told from a text.
    small_integers
        Whether whole numbers must fit into 32 bits.
    decimals
        Decimals of a number, when they are fixed.
    one_family
        Whether a layer holds points, lines or areas, never two of them.
    """

    name_bytes: int | None = None
    plain_names: bool = True
    taken_names: frozenset[str] = frozenset()
    text_bytes: int | None = None
    text_units: int | None = None
    rows: int | None = None
    trims: bool = False
    xml: bool = False
    lists: bool = True
    small_integers: bool = False
    decimals: int | None = None
    one_family: bool = False


def fit_layer(layer: Layer, limits: Limits) -> tuple[Layer, list[Loss]]:
    """Return a layer as a format can carry it, and everything that is lost on the way.

    Parameters
    ----------
    layer
        The layer or table as the atlas has it.
    limits
        What the format sets limits to.

    Returns
    -------
    tuple of Layer and list of Loss
        What is to be written; and what differs, nothing when the list is empty. Columns that are renamed are found
        under their new name in the layer, under their old one in the losses.
    """
    losses: list[Loss] = []
    if limits == Limits():
        return layer, losses
    layer = layer.with_columns(layer.columns, layer.table)  # read once, and not for each question to each column
    if limits.one_family and layer.geometry:
        layer = _keep_family(layer, losses)
    if limits.rows is not None and len(layer) > limits.rows:
        count = len(layer) - limits.rows
        seen, fits = _count(len(layer), "record"), f"at most {limits.rows:,}"
        examples = _keys(layer, range(limits.rows, len(layer)))
        losses.append(Loss(layer.name, "", "dropped", count, seen, fits, "the rest is left out", examples))
        layer = layer.with_columns(layer.columns, layer.table.slice(0, limits.rows))
    columns, table = list(layer.columns), layer.table
    for position, column in enumerate(columns):
        fitted, changed = _fit_column(layer, column, limits, losses)
        if changed is not None:
            index = table.schema.get_field_index(column.name)
            table = table.set_column(index, column.name, changed)
            columns[position] = fitted
    if limits.name_bytes is not None:
        table, columns = _shorten_names(layer, table, columns, limits, losses)
    return layer.with_columns(tuple(columns), table), losses


def render_losses(losses: Iterable[Loss], title: str) -> str:
    """Return the report of losses as text: a heading, and one line for each."""
    lines = [f"What {title} could not carry", ""]
    return "\n".join([*lines, *(f"- {loss}" for loss in losses)]) + "\n"


# --- values -----------------------------------------------------------------------------------------------------------


def _fit_column(layer: Layer, column: Column, limits: Limits, losses: list[Loss]) -> tuple[Column, Any]:
    """Return a column and its values as they fit; ``None`` in place of values that stay as they are."""
    if column.kind == "integer" and limits.small_integers:
        return _fit_integers(layer, column, losses)
    if column.kind == "number" and limits.decimals is not None:
        _round_numbers(layer, column, limits.decimals, losses)
        return column, None
    if column.kind not in ("text", "list", "shape"):
        return column, None
    fitted = _fit_texts(layer, column, limits, losses)
    if column.kind == "list" and not limits.lists:
        count = len(layer) - layer.table.column(column.name).null_count
        if count:
            seen, what = _count(count, "list"), "each becomes text that holds JSON"
            losses.append(Loss(layer.name, column.name, "retyped", count, seen, "text", what))
        return replace(column, kind="text"), layer.table.column(column.name) if fitted is None else fitted
    return column, fitted


def _fit_texts(layer: Layer, column: Column, limits: Limits, losses: list[Loss]) -> Any:  # noqa: ANN401  (an array)
    """Return the texts of a column as they fit; ``None`` when all of them do."""
    values = layer.table.column(column.name)
    longest = pc.max(pc.binary_length(values)).as_py() or 0
    long = (limits.text_bytes is not None and longest > limits.text_bytes) or (
        limits.text_units is not None and longest > limits.text_units
    )
    if not (long or limits.trims or limits.xml):
        return None
    texts: list[str | None] = values.to_pylist()
    changed = False
    for step in _steps(column, limits):
        fitted = [text if text is None else step.fit(text) for text in texts]
        rows = [row for row, (one, other) in enumerate(zip(texts, fitted, strict=True)) if one != other]
        if rows:
            seen = step.seen.format(n=_count(len(rows), "text"))
            kept = _longest(texts, fitted, rows) if step.cuts else ""
            examples = _keys(layer, rows)
            losses.append(
                Loss(layer.name, column.name, "cut", len(rows), seen, step.expected, step.what + kept, examples)
            )
            changed = True
        texts = fitted
    return pa.array([text or None for text in texts], pa.string()) if changed else None


class _Step(NamedTuple):
    """One thing that is done to every text of a column, and how it is told."""

    fit: Callable[[str], str]
    seen: str
    expected: str
    what: str
    cuts: bool = False


def _steps(column: Column, limits: Limits) -> list[_Step]:
    """Return what is done to the texts of a column, in order."""
    cut, what = _CUTS[column.kind]
    steps = []
    if limits.xml:
        steps.append(_Step(_printable, "{n} with control characters", "text without them", "they are left out"))
        steps.append(_Step(_feed, "{n} with carriage returns", "a line feed as line end", "they become line feeds"))
    if limits.text_bytes is not None:
        room = limits.text_bytes

        def fit_bytes(text: str) -> str:
            return cut(text, lambda part: len(part.encode()) <= room)

        steps.append(_Step(fit_bytes, "{n} too long", f"at most {room:,} bytes", what, cuts=True))
    if limits.text_units is not None:
        units = limits.text_units

        def fit_units(text: str) -> str:
            return cut(text, lambda part: len(part.encode("utf-16-le")) <= units * 2)

        steps.append(_Step(fit_units, "{n} too long", f"at most {units:,} characters", what, cuts=True))
    if limits.trims:
        steps.append(
            _Step(
                lambda text: text.strip(" "),
                "{n} with spaces at an end",
                "text without them",
                "the spaces are left out",
            )
        )
    return steps


def _feed(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("", text)


def _cut_text(text: str, fits: Callable[[str], bool]) -> str:
    """Return as many whole letters of a text as fit; a Khmer letter keeps its signs."""
    if fits(text):
        return text
    ends = [0]
    for letter in iter_graphemes(text):
        ends.append(ends[-1] + len(letter))
    return text[: ends[bisect_right(ends, 0, key=lambda end: not fits(text[:end])) - 1]]


def _cut_list(text: str, fits: Callable[[str], bool]) -> str:
    """Return as many whole members of a list as fit, so that it is still JSON."""
    if fits(text):
        return text
    members = json.loads(text)
    while members and not fits(json.dumps(members, ensure_ascii=False, separators=(",", ":"))):
        members.pop()
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))


def _cut_shape(text: str, fits: Callable[[str], bool]) -> str:
    """Return a shape that fits, or nothing: half a border is worse than none."""
    return text if fits(text) else ""


_CUTS: Final[dict[str, tuple[Callable[[str, Callable[[str], bool]], str], str]]] = {
    "text": (_cut_text, "they are cut at a whole letter"),
    "list": (_cut_list, "lists lose their last members"),
    "shape": (_cut_shape, "shapes are left out"),
}
"""Kind of column -> how a text of it is cut, and how that is told."""


def _longest(texts: Sequence[str | None], fitted: Sequence[str | None], rows: Sequence[int]) -> str:
    row = max(rows, key=lambda row: len(texts[row] or ""))
    text, left = texts[row] or "", fitted[row] or ""
    return f"; of the longest, {len(text):,} characters in {len(text.encode()):,} bytes, {len(left):,} characters stay"


def _fit_integers(layer: Layer, column: Column, losses: list[Loss]) -> tuple[Column, Any]:
    values = layer.table.column(column.name)
    known = [value for value in values.to_pylist() if value is not None]
    if all(-_INT32 <= value < _INT32 for value in known):
        return column, values.cast(pa.int32())
    rows = [
        row
        for row, value in enumerate(layer.values(column.name))
        if value is not None and not -_INT32 <= value < _INT32
    ]
    seen, what = f"{_count(len(rows), 'number')} of more than 32 bits", "the whole column becomes text"
    losses.append(Loss(layer.name, column.name, "retyped", len(known), seen, "32 bits", what, _keys(layer, rows)))
    return replace(column, kind="text"), values.cast(pa.string())


def _round_numbers(layer: Layer, column: Column, decimals: int, losses: list[Loss]) -> None:
    values = layer.values(column.name)
    rows = [row for row, value in enumerate(values) if value is not None and float(f"{value:.{decimals}f}") != value]
    if rows:
        seen, fits = _count(len(rows), "number"), f"{decimals} decimals"
        losses.append(Loss(layer.name, column.name, "rounded", len(rows), seen, fits, "rounded", _keys(layer, rows)))


# --- names and geometries ---------------------------------------------------------------------------------------------


def _shorten_names(
    layer: Layer, table: pa.Table, columns: list[Column], limits: Limits, losses: list[Loss]
) -> tuple[pa.Table, list[Column]]:
    """Return table and columns under names that fit and differ."""
    room, alike = limits.name_bytes or 0, str.lower if limits.plain_names else str
    taken: set[str] = set(limits.taken_names)
    names: dict[str, str] = {}
    for column in sorted(columns, key=lambda column: len(column.name.encode()) > room):  # names that fit stay
        plain = column.name.encode("ascii", "replace").decode().replace("?", "_") if limits.plain_names else column.name
        short, number = _cut_name(plain, room), 1
        while alike(short) in taken:
            number += 1
            short = f"{_cut_name(plain, room - len(str(number)) - 1)}_{number}"
        taken.add(alike(short))
        names[column.name] = short
        if short != column.name:
            letters = "Latin letters" if limits.plain_names else "bytes that the format does not use itself"
            seen, fits = f"the name {column.name}", f"one of at most {room} {letters}"
            losses.append(Loss(layer.name, column.name, "renamed", 1, seen, fits, f"it becomes {short}"))
    table = table.rename_columns([names.get(name, name) for name in table.column_names])
    return table, [replace(column, name=names[column.name]) for column in columns]


def _cut_name(name: str, room: int) -> str:
    return name.encode()[:room].decode(errors="ignore")


def _keep_family(layer: Layer, losses: list[Loss]) -> Layer:
    """Return the records of a layer whose shapes are of one kind, the most frequent one, and those without a shape."""
    shapes = shapely.from_wkb(layer.table.column(GEOMETRY).to_pylist())
    families = [_FAMILY[kind] if kind >= 0 else "" for kind in shapely.get_type_id(shapes)]
    counts = {family: families.count(family) for family in dict.fromkeys(families) if family not in ("", "Collection")}
    kept = max(counts, key=lambda family: counts[family]) if counts else "Point"
    rows = [row for row, family in enumerate(families) if family not in ("", kept)]
    flat = ~shapely.has_z(shapes) & ~shapely.is_missing(shapes)
    if rows:
        seen, fits = f"{_count(len(rows), 'record')} of another shape", f"one kind of shape (here {kept})"
        losses.append(Loss(layer.name, "", "dropped", len(rows), seen, fits, "they are left out", _keys(layer, rows)))
        keep = np.isin(np.arange(len(layer)), rows, invert=True)
        layer = layer.with_columns(layer.columns, layer.table.filter(pa.array(keep)))
        flat = flat[keep]
        shapes = shapes[keep]
    mixed = np.flatnonzero(flat) if bool(shapely.has_z(shapes).any()) else np.array([], dtype=int)
    if len(mixed):
        seen, what = f"{_count(len(mixed), 'shape')} without a height", "they get the height 0"
        losses.append(
            Loss(layer.name, "", "retyped", len(mixed), seen, "a height for all", what, _keys(layer, mixed.tolist()))
        )
    if layer.geometry == "Unknown":
        layer = replace(layer, geometry=f"{kept} Z" if bool(shapely.has_z(shapes).any()) else kept)
    return layer


# --- words ------------------------------------------------------------------------------------------------------------


def _keys(layer: Layer, rows: Iterable[int]) -> tuple[str, ...]:
    """Return the first few records of these rows by their key, or by their number when they have none."""
    first = [row for row, _ in zip(rows, range(_EXAMPLES), strict=False)]
    if not layer.key:
        return tuple(f"record {row + 1}" for row in first)
    column = layer.table.column(layer.key)
    return tuple(str(column[row].as_py()) for row in first)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
