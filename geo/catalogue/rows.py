"""Data frames of the inputs as plain rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from geo.readers import Inputs

__all__ = ["Columns", "Rows", "frame_columns", "frame_rows", "table_rows"]

Rows = list[dict[str, Any]]
Columns = dict[str, list[Any]]


def table_rows(inputs: Inputs, schema: str) -> Rows:
    """Return the rows of the table with that schema, in file order; none when the atlas has no such table."""
    found = inputs.table_of(schema)
    return frame_rows(found[1]) if found else []


def frame_rows(frame: pd.DataFrame) -> Rows:
    """Return the rows of a frame as dictionaries, without their geometry."""
    columns = frame_columns(frame)
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def frame_columns(frame: pd.DataFrame) -> Columns:
    """Return the columns of a frame as Python values, None where nothing stands, without its geometry."""
    from geo.columns import column_values  # noqa: PLC0415  (pandas, which only compiling needs)

    return {str(column): column_values(frame[column]) for column in frame.columns if column != "geometry"}
