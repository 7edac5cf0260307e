"""The data of a page, packed small: JSON and columns, to bytes that are the same everywhere, to letters for HTML."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

import deflate

from geo.webmap.columns import Sites

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["flatten", "pack"]

_LEVEL: Final = 9
"""Of libdeflate's twelve: the slower ones save four in a hundred and take ten times as long."""


def flatten(payload: Mapping[str, Any]) -> tuple[bytes, set[str]]:
    """Return the data of a page as bytes, and the characters in it.

    Parameters
    ----------
    payload
        A ``Payload`` of ``payload.ts``; its sites are `Sites`, or any iterable of records.

    Returns
    -------
    bytes
        The length of the JSON (four bytes, the lowest first), the JSON in UTF-8 with the description of the columns
        of the sites in the place of the sites, then the bytes of the columns.
    set of str
        Every character of a text.
    """
    sites = payload["sites"] if isinstance(payload["sites"], Sites) else Sites(payload["sites"])
    about, parts = sites.write()
    text = json.dumps({**payload, "sites": about}, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    told = text.encode("utf-8")
    return b"".join([len(told).to_bytes(4, "little"), told, *parts]), set(text) | sites.characters()


def pack(data: bytes) -> str:
    """Return bytes as the letters, digits and signs of Base64 that the viewer's ``unpack.ts`` opens.

    Parameters
    ----------
    data
        Any bytes.

    Returns
    -------
    str
        The bytes in the ZLIB format (RFC 1950: with a checksum, so that damage is seen), in Base64. The compressor
        comes with the package (libdeflate), not with Python, whose own differs from machine to machine.
    """
    return base64.b64encode(deflate.zlib_compress(data, _LEVEL)).decode("ascii")
