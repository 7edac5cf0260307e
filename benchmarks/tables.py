"""Ten million rows joined and summed by province on dask: its script is `scale.py`, which runs by itself, for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measuring import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def rows(_: Path, *, full: bool) -> Iterator[Row]:
    """Yield where the row is measured."""
    del full
    yield Row(
        "10 million rows joined and summed", 1_000_000, "see `benchmarks/scale.py`", must="≤ 2 GB in each process"
    )
