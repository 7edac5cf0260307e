"""The data of a page, packed and read back."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.webmap.packing import pack


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_and_cannot_end_its_element(text):
    packed = pack(text.encode())
    assert zlib.decompress(base64.b64decode(packed, validate=True)).decode() == text
    assert re.fullmatch("[A-Za-z0-9+/]+=*", packed)


def test_another_process_packs_the_same_letters():
    text = "ភ្នំពេញ Phnom Penh " * 999
    command = [sys.executable, "-c", f"from geo.webmap.packing import pack; print(pack({text!r}.encode()))"]
    told = subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == pack(text.encode())
    assert len(pack(text.encode())) < len(text) / 50


@pytest.mark.parametrize("change", [lambda one: one ^ 1, lambda one: one ^ 128])
def test_one_changed_byte_is_seen(change):
    data = bytearray(base64.b64decode(pack(b"deaths: 14000, no more than one source " * 20)))
    data[len(data) // 2] = change(data[len(data) // 2])
    with pytest.raises(zlib.error):
        zlib.decompress(data)
