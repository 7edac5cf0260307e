"""Sheets of OpenDocument: every letter that a cell shows, and no more of a date than it shows."""

from __future__ import annotations

import zipfile

import pytest

from geo.readers.workbooks import read_ods

_SHEET = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="Sites"><table:table-row><table:table-cell><text:p>head</text:p></table:table-cell>
</table:table-row><table:table-row>{}</table:table-row></table:table></office:spreadsheet></office:body>
</office:document-content>"""


@pytest.fixture
def shown(tmp_path):
    """Return a function that gives the text of one cell of a sheet."""

    def shown(text, about='office:value-type="string"'):
        path = tmp_path / "list.ods"
        with zipfile.ZipFile(path, "w") as archive:
            cell = f"<table:table-cell {about}><text:p>{text}</text:p></table:table-cell>"
            archive.writestr("content.xml", _SHEET.format(cell))
        ((cell,),) = (row.cells for row in read_ods(path, path.name).rows)
        return cell

    return shown


def test_spaces_and_breaks_of_a_cell_are_kept(shown):
    assert shown('S<text:s/>21, <text:s text:c="2"/>Tuol<text:tab/>Sleng<text:line-break/>') == "S 21,   Tuol\tSleng\n"
    assert shown("<text:span>S<text:s/></text:span>21") == "S 21"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("01/04/1975", "1975-04-01"),
        ("1 April 1975", "1975-04-01"),
        ("1 Apr", "1975-04-01"),
        ("", "1975-04-01"),
        ("04/1975", "1975-04"),
        ("1975-04", "1975-04"),
        ("04/75", "1975-04"),
        ("avril 1975", "1975-04"),
        ("Apr 75", "1975-04"),
        ("មេសា ១៩៧៥", "1975-04"),
        ("1975", "1975"),
        ("១៩៧៥", "1975"),
    ],
)
def test_a_date_is_as_fine_as_the_cell_shows_it(shown, text, told):
    assert shown(text, 'office:value-type="date" office:date-value="1975-04-01"') == told


@pytest.mark.parametrize(("text", "day"), [("01/04", "2004-01-04"), ("4 Jan", "2004-01-04"), ("01/01", "2001-01-01")])
def test_a_day_that_might_be_a_year_stays_a_day(shown, text, day):
    assert shown(text, f'office:value-type="date" office:date-value="{day}"') == day


@pytest.mark.parametrize(("time", "told"), [("10:20:00", " 10:20:00"), ("10:20:00.5", " 10:20:00"), ("00:00:00", "")])
def test_the_time_of_a_day_is_kept_where_there_is_one(shown, time, told):
    about = f'office:value-type="date" office:date-value="1975-04-17T{time}"'
    assert shown("17/04/1975", about) == f"1975-04-17{told}"
