"""Tables of the atlas: CSV at fault, and cells that say what cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.corpus.cases import Case, put

NAMES = "data/tables/names.csv"
CLAIMS = "data/tables/claims.csv"
HEAD = "subject,text,language,script,kind,source\n"
ROW = "place-a,Place A,en,Latn,main,first-book#p. 1\n"


def table(name: str, data: bytes | str, *says: str) -> Case:
    """Return the case of a table at fault."""
    return Case(f"csv: {name}", put(NAMES, data), (NAMES, *says))


def cell(name: str, column: str, text: str, *says: str) -> Case:
    """Return the case of a claim whose cell cannot stand."""

    def change(atlas: Any) -> None:
        atlas.cell("claims", 0, **{column: text})

    return Case(f"csv: {name}", change, (CLAIMS, "line 2", column, *says))


def refused() -> Iterator[Case]:
    """Yield everything that is refused."""
    for codec in ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "mac-roman", "cp437", "shift-jis"):
        name = "ភ្នំ" if codec.startswith("utf") else "あ" if codec == "shift-jis" else "Préfecture"
        yield table(f"letters of {codec}", (HEAD + ROW.replace("Place A", name)).encode(codec))
    for mark, known in {";": "semicolons", "\t": "tabs", "|": "bars"}.items():
        yield table(f"cells parted by {known}", (HEAD + ROW).replace(",", mark), "line 1")
    for name, rows in {
        "a row too short": "place-a,Place A\n",
        "a row too long": ROW[:-1] + ",,\n",
        "a comma without quotes": ROW.replace("Place A", "Place, A"),
    }.items():
        yield table(name, HEAD + ROW + rows, "line 3", "cells, as in the header", "double quotes")
    for name, rows in {
        "a quote that stays open": 'place-a,"Place A,en\n',
        "a letter after a quote": 'place-a,"Place" A,en,Latn,main,x\n',
        "a quote at the end": ROW + '"',
    }.items():
        yield table(name, HEAD + rows, "line ")
    for name, head in {
        "no column of that name": HEAD.replace("script", "skript"),
        "a column twice": HEAD.replace("script", "text"),
        "a column too many": HEAD[:-1] + ",more\n",
        "a column too few": HEAD.replace(",source", ""),
        "columns in capitals": HEAD.upper(),
        "a column with a space": HEAD.replace("text", " text"),
        "a column with a joiner": HEAD.replace("text", "te\u200bxt"),
        "a column without a name": HEAD.replace("text", ""),
        "a formula as a column": HEAD.replace("text", "=text"),
    }.items():
        rows = {"a column too many": ROW[:-1] + ",\n", "a column too few": "place-a,A,en,Latn,main\n"}.get(name, ROW)
        yield table(name, head + rows, "line 1")
    yield table("nothing at all", "", "header row")
    yield table("nothing but line ends", "\r\n\n\r", "header row")
    yield table("nothing but a byte mark", "\ufeff", "header row")
    yield table("U+0000 in a cell", HEAD + ROW.replace("Place A", "Place\0 A"), "line 2", "U+0000")
    yield table("noughts", bytes(5_000), "U+0000")
    yield table("100,000 columns", ",".join(f"c{number}" for number in range(100_000)) + "\n", "at most 1,000 columns")
    yield table("16 million cells", "," * 16_000_000, "values", "split the file")
    yield table("a cell of two million letters", HEAD + ROW.replace("Place A", "A" * 2_000_000), "line 2")
    yield table("a cell that never ends", HEAD + '"' + "a\n" * 600_000, "line 2")
    yield table("5,000 rows at fault", HEAD + "a,b\n" * 5_000, "fewer than 1,000", "mend these first")
    yield table("a workbook by another name", b"PK\x03\x04" + bytes(range(256)) * 4, "save the file as")
    yield table("a page", "<!DOCTYPE html><table><tr><td>1</td></tr></table>", "line 1")
    for name, column, text in (
        ("a number with thousands", "low", "1,200"),
        ("a number with a space", "low", "1 200"),
        ("a number with a unit", "low", "1200 persons"),
        ("a number as Excel shortens it", "low", "1.2E+03x"),
        ("a number in Khmer digits", "low", "១២០០"),
        ("not a number", "low", "NaN"),
        ("no end", "high", "Infinity"),
        ("a number of hex", "low", "0x4b0"),
        ("a number with an underscore", "low", "1_200"),
        ("low above high", "low", "999999"),
        ("a formula as a number", "low", "=1200"),
        ("about", "low", "c. 1200"),
        ("a month that Excel made", "as_of", "Mar-03"),
        ("a day that Excel made", "as_of", "12/31/1903"),
        ("a serial number of Excel", "as_of", "1399.5"),
        ("a day that is none", "as_of", "1903-02-30"),
        ("a month that is none", "as_of", "1903-13"),
        ("a unit that is not known", "unit", "people"),
        ("a measure that is not known", "measure", "prisonerz"),
        ("a status that is not known", "status", "true"),
        ("a subject that is not there", "subject", "place-z"),
        ("a subject with a joiner", "subject", "place-a\u200b"),
        ("a subject with a space", "subject", "place-a "),
        ("a subject in capitals", "subject", "Place-A"),
        ("a source that is not there", "source", "third-book"),
        ("a source that is an address", "source", "http://127.0.0.1"),
        ("yes in another word", "partial", "TRUE"),
        ("an id with a space", "id", "c 0001"),
        ("no id", "id", ""),
        ("a bell in a note", "note", "a\x07b"),
        ("an escape to the terminal", "scope", "\x1b[2J\x1b]0;x\x07"),
        ("text that runs backwards", "subject", "place-\u202ea"),
        ("a lost letter", "note", "Pr\ufffdfecture"),
        ("accents apart", "note", "e\u0301té"),
        ("a soft hyphen", "note", "co\u00adoperate"),
        ("a line sign", "note", "a\u2028b"),
        ("a byte mark inside", "note", "a\ufeffb"),
        ("two lines in a cell", "note", "one\ntwo"),
        ("a tab in a cell", "note", "one\ttwo"),
        ("an order of letters", "note", "a\u2067b"),
    ):
        yield cell(name, column, text)


TEXTS = {
    "a formula": "=1+1",
    "a call": '=HYPERLINK("http://127.0.0.1/?"&A1,"here")',
    "a plus": "+855 12 345 678",
    "a minus": "-5",
    "an at": "@SUM(1;2)",
    "a command of a spreadsheet": "=cmd|' /C calc'!A0",
    "a pipe": "|1",
    "a code with noughts": "0203",
    "not available": "NA",
    "none": "None",
    "null": "null",
    "nan": "nan",
    "true": "TRUE",
    "a number": "1.0",
    "an exponent": "9.45E+12",
    "a date": "1975/04/17",
    "a month": "MAR1",
    "a fraction": "1/2",
    "quotes": 'He said "here"',
    "an apostrophe": "'quoted",
    "a comma": "a, b",
    "a semicolon": "a; b",
    "spaces inside": "a  b",
    "a backslash": "C:\\temp\\new",
    "a template": "{{ 7*7 }}{% raw %}",
    "a page": "<b>bold</b>",
    "a script": "</script><script>window.ran=1</script>",
    "an entity": "&lt;&amp;&#0;",
    "a literal": "${window.ran=1}`",
    "Khmer with joiners": "ភ្នំ\u200bពេញ",
    "Khmer that looks the same": "ក្ដាល and ក្តាល",
    "accents in one": "été",
    "an emoji": "🕯️",
    "a family": "👩‍👧",
    "Hebrew": "שלום",
    "Arabic": "سلام",
    "a ligature": "ﬁn",
    "a hard space": "a\u00a0b",
    "a thin space": "a\u2009b",
    "a letter beyond the plane": "𠮷",
    "100,000 letters": "ក" * 100_000,
    "JSON": '{"a": [1, "b"]}',
    "SQL": "'; DROP TABLE sites; --",
    "a path": "../../etc/passwd",
    "a driver": "/vsicurl/http://127.0.0.1/",
    "an address": "http://127.0.0.1/",
    "a format": "%s%n%x {0} {a}",
    "Markdown": "[x](javascript:window.ran=1) *a* `b`",
    "a shell": "$(touch x) `touch x`; rm",
    "TeX": "\\input{/etc/passwd}",
    "a joiner at the end of a word": "a\u200d b",
    "dots": "...",
}
"""Texts that are sound, and that some program or other changes, runs or drops."""
