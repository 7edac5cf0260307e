"""Archives: whatever is damaged in one, it is refused."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest

from geo.errors import InputError
from geo.readers.archives import Archive


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_byte_that_is_not_what_it_was_never_stops_the_program(method):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        archive.writestr("doc.kml", b"<kml/>" * 40)
    data, refused = held.getvalue(), 0
    assert Archive(data, "list.kmz").read("doc.kml") == b"<kml/>" * 40
    for at in range(len(data)):
        with suppress(InputError):
            Archive(data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :], "list.kmz").read("doc.kml")
            refused -= 1
        refused += 1
    assert refused > len(data) // 3, "the content, its checksum and the directory at the least"
