"""Workbooks, read as a stream: what a cell says is a text, and a stray cell far away costs nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from warnings import catch_warnings, simplefilter
from xml.etree import ElementTree as ET

from geo.errors import InputError, show_text
from geo.readers.archives import Archive, declares_type, local_name, read_elements
from geo.readers.files import MAX_VALUES, read_bytes, refuse
from geo.readers.listings import Listing, make_listing

__all__ = ["read_ods", "read_xlsx"]

_MAX_WIDTH: Final = 16_384
_MAX_HEIGHT: Final = 1_048_576
"""Columns and rows of the largest sheet that a spreadsheet program makes."""

_MAX_LOOKED: Final = 200_000_000
_MAX_COPIES: Final = 10_000
"""How often a row that holds something may be repeated."""

_MAX_SPACES: Final = 1_000
"""How many spaces in a row one element may stand for."""

_SIGNS: Final = {"s": " ", "tab": "\t", "line-break": "\n"}

_ZEROS: Final = re.compile(r"0{2,}")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def read_xlsx(path: Path, name: str, sheet: str = "") -> Listing:
    """Return the rows of one sheet of an Excel workbook.

    Parameters
    ----------
    path
        An ``.xlsx`` or ``.xlsm`` file; macros are not looked at.
    name
        The file, for messages.
    sheet
        The sheet; empty for the first one.

    Returns
    -------
    Listing
        Cells as texts: a formula as the value that was shown when the file was saved; a number as it is stored, with
        the leading zeros that its format shows; a date to the year, month or day that its format shows, as ISO 8601.

    Raises
    ------
    InputError
        It is no such workbook, holds entities, passes a limit, or has no such sheet.

    Notes
    -----
    The dimensions that a sheet claims for itself are not believed: one cell at XFD1048576 would make a reader that
    does fill the memory of the machine.
    """
    import openpyxl  # noqa: PLC0415 -- only this format needs it

    data = read_bytes(path, name)
    archive = Archive(data, name)
    for member in archive.members:
        # A part may bear any name; pictures are not looked at, and a drawing in SVG may well declare its type.
        if not member.startswith("xl/media/") and declares_type(archive.read(member)):
            seen, expected = f"a document type in {member}", "XML without a document type or entities"
            raise refuse(name, seen, expected, "save the workbook again", rule="xml-entities")
    try:
        with catch_warnings():
            simplefilter("ignore", UserWarning)  # of styles and extensions that do not matter to a reader of texts
            with closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)) as book:
                titles = [each.title for each in book.worksheets]
                title, taken = _choose_sheet(titles, sheet, name)
                page = book[title]
                page.reset_dimensions()
                return make_listing(name, _read_rows(page, name), taken, pad=True)
    except InputError:
        raise
    except Exception as error:  # a damaged workbook gives errors of many families
        raise refuse(name, show_text(str(error)), "an Excel workbook (.xlsx)", rule="format") from error


def _choose_sheet(titles: Sequence[str], sheet: str, name: str) -> tuple[str, list[str]]:
    """Return which sheet is read, and what is said of it."""
    if not titles:
        raise refuse(name, "no sheet", "a workbook with a sheet of cells", rule="sheet")
    if sheet:
        if sheet not in titles:
            expected = "one of " + ", ".join(titles)
            raise refuse(name, show_text(sheet), expected, "name one of them with --sheet", rule="sheet")
        return sheet, []
    told = f"sheet “{show_text(titles[0], 60)}” is the first of {len(titles)}"
    hint = "put another one first, or import it with --sheet"
    return titles[0], [f"{told}; {hint}"] if len(titles) > 1 else []


def _read_rows(page: Any, name: str) -> Iterator[tuple[int, Sequence[str]]]:  # noqa: ANN401 -- ReadOnlyWorksheet
    """Yield the number and the cells of each row that holds something."""
    looked = 0
    for number, cells in enumerate(page.iter_rows(), start=1):
        looked += len(cells)
        if number > _MAX_HEIGHT or looked > _MAX_LOOKED:  # a number in the file decides how many empty ones there are
            expected = f"at most {_MAX_HEIGHT:,} rows, and {_MAX_LOOKED:,} cells with the empty ones"
            raise refuse(name, "more", expected, "delete the empty rows and columns", rule="size-limit")
        texts = [_text_of_cell(cell) for cell in cells]
        while texts and not texts[-1].strip():
            texts.pop()
        if texts:
            yield number, texts


def _text_of_cell(cell: Any) -> str:  # noqa: ANN401 -- ReadOnlyCell or EmptyCell
    value, shown = cell.value, cell.number_format or "General"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date):
        return _text_of_date(value, shown)
    if isinstance(value, int | float):
        return _text_of_number(value, shown)
    return "" if value is None else str(value)


def _text_of_number(value: float, shown: str) -> str:
    """Return a number to all its digits, with the leading zeros that its format shows."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return f"{value:0{len(shown)}d}" if isinstance(value, int) and _ZEROS.fullmatch(shown) else repr(value)


def _text_of_date(value: date, shown: str) -> str:
    """Return a date to the year, month or day that its format shows."""
    letters = _QUOTED.sub("", shown.partition(";")[0]).lower()
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return value.isoformat(sep=" ")
    if "d" in letters or "y" not in letters:
        return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"
    return f"{value.year:04d}-{value.month:02d}" if "m" in letters else f"{value.year:04d}"


# --- OpenDocument ---------------------------------------------------------------------------------------------


def read_ods(path: Path, name: str, sheet: str = "") -> Listing:
    """Return the rows of one sheet of an OpenDocument spreadsheet.

    Parameters
    ----------
    path
        An ``.ods`` file.
    name
        The file, for messages.
    sheet
        The sheet; empty for the first one.

    Returns
    -------
    Listing
        Cells as texts, as `read_xlsx`; a row that the file repeats is repeated, empty ones are not.

    Raises
    ------
    InputError
        It is no such file, holds entities, passes a limit, or has no such sheet.
    """
    archive = Archive(read_bytes(path, name), name)
    if "content.xml" not in archive.members:
        raise refuse(name, "no content.xml", "an OpenDocument spreadsheet (.ods)", rule="format")
    data = archive.read("content.xml")
    titles = [element.get(_NAME, "") for element in read_elements(data, name, _ROWS, _TABLES) if _is_table(element)]
    title, taken = _choose_sheet(titles, sheet, name)
    return make_listing(name, _read_ods_rows(data, name, titles.index(title)), taken, pad=True)


_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_NAME: Final = f"{_TABLE}name"
_ROWS: Final = frozenset({"table-row"})
_TABLES: Final = frozenset({"table"})


def _is_table(element: ET.Element) -> bool:
    return local_name(element) == "table"


def _read_ods_rows(data: bytes, name: str, wanted: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the number and the cells of each row of one table that holds something."""
    table, number, values = -1, 0, 0
    for element in read_elements(data, name, _ROWS, _TABLES):
        if _is_table(element):
            table, number = table + 1, 0
        elif table == wanted:
            texts = _cells_of(element)
            repeats = _repeats(element, "number-rows-repeated")
            values += len(texts) * repeats
            if texts and (repeats > _MAX_COPIES or values > MAX_VALUES):
                seen = f"row {number + 1:,}, {repeats:,} times, and {values:,} cells up to there"
                expected = f"at most {_MAX_COPIES:,} copies of a row, and {MAX_VALUES:,} cells"
                raise refuse(name, seen, expected, "split the file", rule="size-limit")
            for at in range(repeats if texts else 0):
                yield number + at + 1, texts
            number += repeats


def _cells_of(row: ET.Element) -> list[str]:
    texts: list[str] = []
    blank = 0  # the empty cells at the end of a row reach as far as its format does; they are not written out
    for cell in row:
        if local_name(cell) in {"table-cell", "covered-table-cell"}:
            text = _text_of_ods(cell)
            repeats = min(_repeats(cell, "number-columns-repeated"), _MAX_WIDTH - len(texts) - blank)
            if text.strip() and repeats > 0:
                texts += [""] * blank + [text] * repeats
                blank = 0
            else:
                blank += max(repeats, 0)
    return texts


def _repeats(element: ET.Element, attribute: str) -> int:
    text = element.get(f"{_TABLE}{attribute}", "1")
    return int(text) if text.isdecimal() and len(text) < 8 else 1


def _text_of_ods(cell: ET.Element) -> str:
    """Return what a cell says: its text, but a number to all its digits, and a date as ISO 8601."""
    shown = "\n".join(_letters_of(part) for part in cell if local_name(part) == "p")
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "date":
        day, _, hours = cell.get(f"{_OFFICE}date-value", "").partition("T")
        hours = hours.partition(".")[0]
        return f"{day} {hours}" if hours.strip("0:") else _text_of_day(day, shown)
    if kind in {"float", "percentage", "currency"}:
        value = cell.get(f"{_OFFICE}value", "")
        return shown if re.fullmatch(r"0\d+", shown.strip()) else value or shown
    return shown


def _letters_of(part: ET.Element) -> str:
    """Return all text inside an element; spaces in a row, tabs and ends of lines are elements of their own there."""
    texts = [part.text or ""]
    for inner in part:
        name = local_name(inner)
        count = inner.get(f"{_TEXT}c", "1")
        spaces = min(int(count), _MAX_SPACES) if count.isdecimal() and len(count) < 8 else 1
        texts += [_SIGNS.get(name, "") * (spaces if name == "s" else 1) or _letters_of(inner), inner.tail or ""]
    return "".join(texts)


def _text_of_day(day: str, shown: str) -> str:
    """Return a date to the year, month or day that the text of its cell shows."""
    parts = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", day)
    if not parts:
        return day or shown
    year, month, date = map(int, parts.groups())
    numbers = [int(number) for number in re.findall(r"\d+", shown)]
    named = any(map(str.isalpha, shown))
    if numbers == [year] and not named:
        return day[:4]
    # A number that might be the day is taken for it.
    dated = ({year, year % 100} - {date}).isdisjoint(numbers)
    if dated or len(numbers) != (1 if named else 2) or not (named or month in numbers):
        return day
    return day[:7]
