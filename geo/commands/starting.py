"""Start quickly: what a question does not need is not loaded, and what lives until the end is not looked through.

`docs/decisions/0012-how-a-question-starts.md` has the numbers. The roof imports this room before it imports click.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["hold_streams", "rest_inspect", "spare_collector"]

_OBJECTS: Final = 100_000
"""How many new objects the collector of garbage waits for: more than a question makes of layers of usual size."""


class _Resting(ModuleType):
    """Stands in for `inspect`, which brings the parser of Python itself, and which click uses to tidy texts of help."""

    @staticmethod
    def cleandoc(doc: str) -> str:
        """Return a text without the indentation of its lines, as `inspect.cleandoc`."""
        return str(import_module("inspect").cleandoc(doc)) if "\n" in doc else doc.strip()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (whatever the module holds under that name)
        """Return anything else from the module itself."""
        return getattr(import_module("inspect"), name)


@contextmanager
def rest_inspect() -> Iterator[None]:
    """Have what is imported in this block load `inspect` when it first needs it; nothing else is affected."""
    if "inspect" in sys.modules:
        yield
        return
    sys.modules["inspect"] = _Resting("inspect")
    try:
        yield
    finally:
        del sys.modules["inspect"]


def hold_streams() -> None:
    """Fill the places of standard streams that are closed, where else the first file that is opened would stand.

    A library that tells something on standard error would write it into that file. Python's own streams stay closed.
    """
    for handle in range(3):
        try:
            os.fstat(handle)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the system gives the lowest place that is free: this one


def spare_collector() -> None:
    """Have the collector of garbage run seldom: nearly all that a command makes lives until it ends."""
    gc.set_threshold(_OBJECTS, 20, 20)
