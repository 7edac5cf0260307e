"""The events of an atlas: the marks on the line of time below a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.webmap.pieces import Json, Row, given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Cite = Callable[[str, str | None], Json]

__all__ = ["gather_happenings"]

_BEGIN: Final = ("begin_earliest", "begin_latest")
_END: Final = ("end_earliest", "end_latest")


def gather_happenings(event_rows: Iterable[Row], cite: Cite) -> list[Json]:
    """Return what happened, each event with its source.

    Parameters
    ----------
    event_rows
        Rows of the events table.
    cite
        Makes a reference.

    Returns
    -------
    list
        ``Happening`` of ``payload.ts``, from the earliest event to the latest (by the first day that its date
        allows, one without such a day first); events of one day keep the order of the table. Dates are EDTF; ``days``
        are the four bounds of the catalogue (ISO dates, empty where open), and an event without an end ends when it
        began.
    """
    rows = sorted(event_rows, key=lambda row: str(row["begin_earliest"] or ""))
    return [
        given(**{key: row[key] for key in ("id", "date", "end", "title", "text", "place", "place_text", "theme")})
        | {"days": [row[key] or "" for key in (*_BEGIN, *(_END if row["end"] else _BEGIN))]}
        | {"reference": cite(row["source"], row["locator"] or None)}
        | given(note=row["note"])
        for row in rows
    ]
