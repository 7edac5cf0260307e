"""Delimited text as it comes: the encoding, the separator and the header are found out and said, never assumed."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from geo.errors import show_text
from geo.readers.files import decode, hold_values, read_bytes, refuse
from geo.readers.listings import Listing, make_listing
from geo.readers.tables import cell_limit

__all__ = ["DELIMITERS", "read_delimited"]

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
"""What may stand between two cells, with its name."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # it begins like UTF-16, so it is looked for first
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SAMPLE: Final = 64_000
"""Characters that are looked at to find the separator."""

_EXPECTED: Final = "letters of one encoding"


def read_delimited(path: Path, name: str, delimiter: str = "", encoding: str = "") -> Listing:
    """Return the rows of a delimited text file, every cell as the text that stands there.

    Parameters
    ----------
    path
        The file.
    name
        The file, for messages.
    delimiter
        One of `DELIMITERS`; empty to find out: the one that parts most rows into the same number of cells, more
        than one. A ``sep=`` line, as Excel writes it, is obeyed.
    encoding
        A name that Python knows; empty to find out: a byte order mark is believed, then UTF-16 is taken where every
        other byte is zero, then UTF-8 is tried; what is left is taken as Windows-1252, which old spreadsheet programs
        write.

    Returns
    -------
    Listing
        Its `taken` says which encoding and separator were found, and why.

    Raises
    ------
    InputError
        The file cannot be read, is not of the encoding, passes a limit, or is not delimited text.

    Notes
    -----
    Detectors of encodings were tried and are not used: on short lists in French they answer cp1250 or mac_latin2
    where the file is cp1252. A rule that can be said in a sentence can be corrected by the person who reads it.
    """
    data = read_bytes(path, name)
    text, told = _decode(data, name, encoding)
    hold_values(text.encode("utf-8", "surrogatepass"), b",;\t|\r\n", name)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise refuse(name, "U+0000", "text", "save the file as text", where=f"line {line}", rule="no-control")
    taken = [told] if told else []
    stated, body = _separator_line(text)
    skipped = 1 if stated else 0
    delimiter = delimiter or stated
    if not delimiter:
        delimiter = _find_delimiter(body, name)
        taken.append(f"cells are parted by a {DELIMITERS[delimiter]}")
    records = ((number + skipped, cells) for number, cells in enumerate(_parse(body, delimiter, name), start=1))
    return make_listing(name, records, taken)


def _decode(data: bytes, name: str, encoding: str) -> tuple[str, str]:
    """Return the text of a file, and what was concluded about its encoding; nothing for plain UTF-8."""
    if encoding:
        return _decode_as(data, name, encoding), ""
    for mark, codec, title in _MARKS:
        if data.startswith(mark):
            return _decode_as(
                data, name, codec
            ), "" if title == "UTF-8" else f"encoding {title}, by its byte order mark"
    for codec, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if zeros and zeros.count(0) > 0.4 * len(zeros):  # plain letters of it would pass for UTF-8
            return _decode_as(data, name, codec), f"encoding {codec.upper()}, as every other byte is zero"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        told = f"encoding Windows-1252, as line {at} is not UTF-8; if letters look wrong, save the file as UTF-8"
        return _decode_as(data, name, "cp1252"), f"{told}, or import it with --encoding"
    return decode(data, name), ""


def _decode_as(data: bytes, name: str, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        hint = "give a name such as utf-8, cp1252, cp1258 or utf-16"
        raise refuse(name, encoding, "an encoding that is known", hint, where="--encoding", rule="encoding") from None
    except (UnicodeDecodeError, ValueError) as error:
        at = data.count(b"\n", 0, getattr(error, "start", 0)) + 1
        seen = f"bytes that are not {encoding}"
        hint = "save the file as UTF-8, or import it with --encoding"
        raise refuse(name, seen, _EXPECTED, hint, where=f"line {at}", rule="encoding") from None


def _separator_line(text: str) -> tuple[str, str]:
    """Return the separator that a first line ``sep=;`` names, and the text below it."""
    first, _, rest = text.partition("\n")
    stated = first.strip().strip('"').lower()
    if stated.startswith("sep=") and len(first.rstrip("\r\n").strip('"')) == 5:
        return first.rstrip("\r\n").strip('"')[4], rest
    return "", text


def _find_delimiter(text: str, name: str) -> str:
    """Return the delimiter under which most rows have the same number of cells, more than one."""
    sample = text[:_SAMPLE]
    whole = len(sample) == len(text)
    found: list[tuple[float, int, str]] = []
    for delimiter in DELIMITERS:
        rows = [row for row in _parse(sample, delimiter, name, strict=False) if row]
        rows = rows if whole else rows[:-1]
        widths = Counter(len(row) for row in rows)
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
        if width > 1:
            found.append((count / len(rows), width, delimiter))
    if not found:
        return ","
    found.sort(reverse=True)
    best = found[0]
    rivals = [delimiter for share, width, delimiter in found if share == best[0] and width == best[1]]
    if len(rivals) > 1:
        seen = " and ".join(DELIMITERS[rival] for rival in rivals)
        hint = "write the one that is meant above the table, as a line such as sep=; or import it with --delimiter"
        raise refuse(name, f"{seen}, each as often", "one separator", hint, rule="delimiter")
    return best[2]


def _parse(text: str, delimiter: str, name: str, *, strict: bool = True) -> Iterator[Sequence[str]]:
    """Yield the cells of each record."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    with cell_limit():
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if not strict:
                    return
                hint = "mend this line; if the separator was not seen, import it with --delimiter"
                where = f"line {line}"
                raise refuse(name, show_text(str(error)), "delimited text", hint, where=where, rule="csv") from None
            yield cells
