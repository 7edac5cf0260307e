"""Tables for people: CSV and Excel workbooks, with positions as columns."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import shapely

from geo.export.content import GEOMETRY, Column
from geo.guarding import guard_cell

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from geo.export.content import Content, Layer

__all__ = ["sheet_names", "spread_positions", "write_csv", "write_workbook"]

_DATE: Final = datetime(1980, 1, 1)  # noqa: DTZ001  (a workbook knows no time zone; this is a constant, not the clock)
_SHEET_LETTERS: Final = 31
_RESERVED_SHEET: Final = "history"
"""Excel keeps this name, in any case, for its own list of changes, and calls a workbook with such a sheet damaged."""

_WIDTH: Final = 60
_DEGREES: Final = (
    Column("lon", "number", "Longitude in degrees, WGS 84; empty when the place is not located."),
    Column("lat", "number", "Latitude in degrees, WGS 84; empty when the place is not located."),
)


def spread_positions(layer: Layer, crs: str) -> Layer:
    """Return a layer of features as a table, its positions as columns.

    Parameters
    ----------
    layer
        The layer; a table is returned as it is.
    crs
        The reference system of its geometry.

    Returns
    -------
    Layer
        Points in WGS 84 without a height have their degrees in ``lon`` and ``lat``; everything else is well-known text
        in ``wkt``. Nothing is rounded.
    """
    if not layer.geometry:
        return layer
    table = layer.table
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_pylist())
    table = table.drop_columns([GEOMETRY])
    columns = layer.columns
    names = {column.name for column in columns}
    if layer.geometry == "Point" and crs == "EPSG:4326":
        if not {"lon", "lat"} <= names:
            known = ~shapely.is_missing(shapes)
            for column, values in zip(_DEGREES, (shapely.get_x(shapes), shapely.get_y(shapes)), strict=True):
                table = table.append_column(column.name, pa.array(values, pa.float64(), mask=~known))
            columns += _DEGREES
    else:
        meaning = f"Where it lies, as well-known text in {crs}: longitude or easting first."
        text = pa.array([None if shape is None else shapely.to_wkt(shape, -1) for shape in shapes], pa.string())
        table = table.append_column("wkt", text)
        columns += (Column("wkt", "shape", meaning),)
    return type(layer)(layer.name, layer.schema, layer.title, layer.key, columns, table)


def write_csv(path: Path, content: Content) -> None:
    """Write one layer or table as CSV (RFC 4180, UTF-8): lists as JSON, cells guarded against formulas."""
    layer = content.layers[0]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([guard_cell(column.name) for column in layer.columns])
        for batch in layer.table.to_batches():
            cells = (map(_plain, batch.column(position).to_pylist()) for position in range(batch.num_columns))
            writer.writerows(zip(*cells, strict=True))


def _plain(value: Any) -> Any:  # noqa: ANN401  (text, a number, a truth or nothing)
    if isinstance(value, str):
        return guard_cell(value)
    return str(value).lower() if isinstance(value, bool) else value


def sheet_names(layers: Iterable[str]) -> dict[str, str]:
    """Return the name of the sheet of each layer: as Excel allows, of at most 31 characters and each once.

    Parameters
    ----------
    layers
        The names of all layers and tables of a workbook, of small letters, digits and ``_``, in their order.
    """
    found: dict[str, str] = {}
    for layer in layers:
        sheet, number = layer[:_SHEET_LETTERS], 2
        while sheet in found.values() or sheet == _RESERVED_SHEET:
            ending = f"_{number}"
            sheet, number = layer[: _SHEET_LETTERS - len(ending)] + ending, number + 1
        found[layer] = sheet
    return found


def write_workbook(path: Path, content: Content) -> None:
    """Write layers and tables as sheets of one Excel workbook; a text is never a formula or a link."""
    import xlsxwriter  # noqa: PLC0415  (only a workbook needs it)

    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), settings) as book:
        book.set_properties({"title": content.atlas["title"]["en"], "created": _DATE})
        heading = book.add_format({"bold": True})
        # A cell in this form stays text even when somebody edits it; it is the apostrophe of a person who types.
        text = book.add_format({"quote_prefix": True})
        names = sheet_names(layer.name for layer in content.layers)
        for layer in content.layers:
            sheet = book.add_worksheet(names[layer.name])
            sheet.freeze_panes(1, 1)
            for position, column in enumerate(layer.columns):
                sheet.set_column(position, position, _width(layer, column))
                sheet.write_string(0, position, column.name, heading)
            row = 1
            for batch in layer.table.to_batches():
                for cells in zip(*(batch.column(place).to_pylist() for place in range(batch.num_columns)), strict=True):
                    for position, cell in enumerate(cells):
                        if isinstance(cell, str):
                            form = text if guard_cell(cell) != cell else None
                            sheet.write_string(row, position, cell, form)
                        elif isinstance(cell, bool):
                            sheet.write_boolean(row, position, cell)
                        elif cell is not None:
                            sheet.write_number(row, position, cell)
                    row += 1


def _width(layer: Layer, column: Column) -> int:
    """Return the width of a column in characters, from its name and its first rows."""
    first = layer.table.column(column.name).slice(0, 50).to_pylist()
    return min(max(len(column.name), *(len(str(value)) for value in first if value is not None), 8) + 2, _WIDTH)
