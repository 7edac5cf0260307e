"""Zip archives whose bytes depend on nothing but their content."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["write_archive"]

_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a zip archive knows
_MODE: Final = 0o100644 << 16
_STORED: Final = frozenset({".kmz", ".parquet", ".xlsx", ".zip"})
"""Files that are compressed already."""


def write_archive(path: Path, members: Mapping[str, Path | bytes]) -> None:
    """Write a zip archive.

    Parameters
    ----------
    path
        The archive; its folder and its wholeness are the caller's business.
    members
        Name inside, with ``/`` between folders -> a file or its content, in the order in which they are written.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name, member in members.items():
            info = zipfile.ZipInfo(name, _DATE)
            info.external_attr = _MODE
            info.create_system = 3  # else the archive would tell on which system it was written
            stored = Path(name).suffix.lower() in _STORED
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=isinstance(member, Path)) as out:
                if isinstance(member, Path):
                    with member.open("rb") as read:
                        shutil.copyfileobj(read, out, 1 << 20)
                else:
                    out.write(member)
