"""GDAL in a process of its own, so that it does not hold the lock of Python while it writes a large layer.

The layer goes there as a stream of Arrow batches, one after the other as they are made. This file is also what that
process runs; so it imports nothing of the house.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_worth", "write_apart"]

_MANY: Final = 100_000
"""Records from which on a process, which loads GDAL for half a second, is worth it."""


def is_worth(records: int) -> bool:
    """Return whether so many records are written sooner by a process of their own, and one can be started."""
    # In a program that holds Python inside itself, such as QGIS, the executable is that program.
    python = Path(sys.executable or "").stem.lower().startswith("python")
    return records >= _MANY and python and (os.cpu_count() or 1) > 1


def write_apart(reader: pa.RecordBatchReader, path: Path, config: Mapping[str, str], **options: object) -> None:
    """Write a layer as `pyogrio.raw.write_arrow` does, with the same bytes, in a process of its own.

    Parameters
    ----------
    reader
        The records.
    path
        The file.
    config
        Options of GDAL.
    **options
        Further arguments of `write_arrow`.

    Raises
    ------
    RuntimeError
        It could not be written, in the words of GDAL.
    """
    order = json.dumps({"path": str(path), "config": dict(config), "options": options})
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen(  # noqa: S603  (our own file, and no shell)
            # In a session of its own an interruption from the keyboard does not reach it: we end it.
            [sys.executable, "-P", __file__, order],
            stdin=subprocess.PIPE,
            stderr=told,
            start_new_session=True,
        ) as child,
    ):
        try:
            _hand_over(reader, child.stdin)
        except BrokenPipeError:
            pass  # it ended before, and has told why
        except BaseException:
            child.kill()
            raise
        if child.wait():
            told.seek(0)
            raise RuntimeError(told.read().decode(errors="replace").strip() or f"GDAL ended with {child.returncode}")


def _hand_over(reader: pa.RecordBatchReader, file: Any) -> None:  # noqa: ANN401  (one end of a pipe)
    """Send all records, and then that these were all."""
    with file, pa.ipc.new_stream(file, reader.schema) as stream:
        for batch in reader:
            stream.write_batch(batch)


def _write(order: Mapping[str, Any]) -> None:
    """Write what comes in, as it was ordered."""
    import pyogrio  # noqa: PLC0415  (the other side has no need of it)
    from pyogrio.raw import write_arrow  # noqa: PLC0415

    pyogrio.set_gdal_config_options(order["config"])
    with pa.ipc.open_stream(sys.stdin.buffer) as reader:
        write_arrow(reader, order["path"], **order["options"])


if __name__ == "__main__":
    try:
        _write(json.loads(sys.argv[1]))
    except Exception as error:  # noqa: BLE001  (whatever it is, it is told on the other side)
        sys.exit(str(error))
