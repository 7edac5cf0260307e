"""`memorial --help`, in CPU time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measuring import MEMORIAL, Row, alternate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def rows(_: Path, *, full: bool) -> Iterator[Row]:
    """Yield the row of the help."""
    used = alternate({"memorial --help": (*MEMORIAL, "--help")}, 15 if full else 9)["memorial --help"]
    yield Row("`memorial --help`", 0, f"{used.cpu:.3f} s of CPU", must="≤ 0.15 s of CPU")
