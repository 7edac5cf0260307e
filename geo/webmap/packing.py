"""The data of a page, packed small: text -> bytes that are the same on every machine -> letters for HTML."""

from __future__ import annotations

import base64
from typing import Final

import deflate

__all__ = ["pack"]

_LEVEL: Final = 9
"""Of libdeflate's twelve: the slower ones save four in a hundred and take ten times as long."""


def pack(text: str) -> str:
    """Return a text as the letters, digits and signs of Base64 that the viewer's ``unpack.ts`` opens.

    Parameters
    ----------
    text
        Any text without lone surrogates.

    Returns
    -------
    str
        The UTF-8 of the text in the ZLIB format (RFC 1950: with a checksum, so that damage is seen), in Base64. The
        compressor comes with the package (libdeflate), not with Python, whose own differs from machine to machine.
    """
    return base64.b64encode(deflate.zlib_compress(text.encode("utf-8"), _LEVEL)).decode("ascii")
