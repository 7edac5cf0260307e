"""CSV is read as text, cell by cell; what is no table is refused line by line."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.readers import read_table
from geo.readers.files import MAX_COLUMNS, Limits
from geo.readers.problems import MAX_PROBLEMS
from geo.readers.tables import MAX_CELL
from geo.spec import Field, Schema

ROWS = Schema(
    "table",
    key="id",
    fields=(Field("id", "id", "Key."), Field("code", "text", "A code."), Field("note", "text", "A note.")),
)
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=15) | st.sampled_from(
    [
        "NA",
        "null",
        "None",
        "nan",
        "0203",
        "1e5",
        "TRUE",
        "1976-02-30",
        "=1+1",
        '"',
        ",",
        "\r",
        "\n",
        "\r\n",
        " a ",
        "\ufeff",
    ]
)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """Return a function that reads a CSV text: (rows, problems)."""
    path = tmp_path_factory.mktemp("tables") / "rows.csv"

    def read_text(text, schema=ROWS):
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return read_table(path, "data/rows.csv", schema)

    return read_text


@settings(deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5),
    st.permutations(["id", "code", "note"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_every_cell_is_kept_letter_for_letter(read, rows, header, end, marked):
    # The writer quotes only those line ends that are its own.
    quoting = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_ALL
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end, quoting=quoting).writerows([header, *rows])
    table, problems = read("\ufeff" * marked + text.getvalue())
    assert problems == []
    assert list(table.columns) == ["id", "code", "note"]
    assert table[header].to_numpy().tolist() == rows
    assert all(type(cell) is str for cell in table.to_numpy().ravel())


@settings(deadline=None)
@given(
    st.lists(st.lists(st.text(st.sampled_from('a",\n\r'), max_size=4), min_size=3, max_size=3), min_size=1, max_size=5)
)
def test_a_row_is_named_by_the_line_on_which_it_begins(read, rows):
    lines, line = [], 2
    body = ""
    for row in rows:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(row)
        lines.append(line)
        line += len(list(io.StringIO(text.getvalue(), newline="")))
        body += text.getvalue()
    table, problems = read("id,code,note\n" + body)
    assert problems == []
    assert list(table.index) == lines


def test_the_frame_has_the_columns_of_the_schema_as_objects(read):
    table, problems = read("note,id,code\n,a,0203\n\n\nNA,b,\n")
    assert problems == []
    assert list(table.columns) == ["id", "code", "note"]
    assert {str(dtype) for dtype in table.dtypes} == {"object"}
    assert table.index.name == "line"
    assert table.to_dict("index") == {
        2: {"id": "a", "code": "0203", "note": ""},
        5: {"id": "b", "code": "", "note": "NA"},
    }


def test_a_header_alone_is_a_table_of_no_rows(read):
    table, problems = read("id,code,note")
    assert (len(table), problems) == (0, [])
    assert list(table.columns) == ["id", "code", "note"]


def test_a_cell_may_be_as_long_as_the_limit_and_the_limit_of_the_process_stays(read):
    before = csv.field_size_limit()
    table, problems = read(f"id,code,note\na,b,{'x' * MAX_CELL}\n")
    assert problems == []
    assert len(table.loc[2, "note"]) == MAX_CELL
    assert csv.field_size_limit() == before


HEADERS = {
    "unknown": ("id,code,note,colour", "colour", "an unknown column"),
    "missing": ("id,note", "code", "no such column"),
    "twice": ("id,code,note,id", "id", "2 columns"),
    "with a space": ("id, code,note", " code", "an unknown column"),
    "in capitals": ("ID,code,note", "ID", "an unknown column"),
    "semicolons": ("id;code;note", "", "id;code;note"),
    "tabs": ("id\tcode\tnote", "", r"id\u0009code\u0009note"),
}


@pytest.mark.parametrize("fault", HEADERS)
def test_a_header_at_fault_is_named_column_by_column(read, fault):
    header, field, seen = HEADERS[fault]
    table, problems = read(header + "\n")
    found = [problem for problem in problems if (problem.field, problem.seen) == (field, seen)]
    assert len(found) == 1
    assert (found[0].input, found[0].where, found[0].rule) == ("data/rows.csv", "line 1", "columns")
    assert list(table.columns) == ["id", "code", "note"]


def test_an_unknown_column_gets_a_guess_and_hides_no_other_problem(read):
    _, problems = read("id,cod,colour\na,b,c\n")
    assert [(problem.field, problem.next_step) for problem in problems] == [
        ("cod", "did you mean code?"),
        ("colour", "remove it, or move it to a table of its own"),
        ("code", ""),
        ("note", ""),
    ]


def test_of_two_equal_columns_the_first_is_read(read):
    table, problems = read("id,code,code,note\na,first,second,n\n")
    assert [problem.rule for problem in problems] == ["columns"]
    assert table.loc[2, "code"] == "first"


def test_rows_of_another_length_are_set_aside_and_named(read):
    table, problems = read('id,code,note\na,b\n"x\ny",c,d\ne,f,g,h\ni,j,k\n')
    assert [(problem.where, problem.seen, problem.rule) for problem in problems] == [
        ("line 2", "2 cells", "ragged-row"),
        ("line 5", "4 cells", "ragged-row"),
    ]
    assert list(table.index) == [3, 6]


BROKEN = {
    "a quote inside": ('a,"b"c,d', "line 2"),
    "a quote that never closes": ('a,b,c\nd,"e,f\ng,h,i', "line 3"),
    "a cell too long": (f"a,b,{'x' * (MAX_CELL + 1)}", "line 2"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_text_that_is_no_csv_is_named_by_the_line_of_its_row(read, fault):
    body, where = BROKEN[fault]
    table, problems = read(f"id,code,note\n{body}\n")
    (problem,) = problems
    assert (problem.where, problem.rule, problem.severity) == (where, "csv", "error")
    assert "not read" in problem.next_step
    assert list(table.columns) == ["id", "code", "note"]


def test_a_header_that_is_no_csv_is_a_problem(read):
    table, problems = read('id,"code"x,note\na,b,c\n')
    assert [(problem.where, problem.rule) for problem in problems] == [("line 1", "csv")]
    assert len(table) == 0


WHOLE = {
    "empty": ("", "", "columns"),
    "blank": ("\n\n", "", "columns"),
    "only a mark": ("\ufeff", "", "columns"),
    "U+0000": ("id,code,note\na,b\0,c\n", "line 2", "no-control"),
    "not UTF-8": (b"id,code,note\na,b,Phnom P\xe9nh\n", "line 2", "utf-8"),
    "UTF-16": ("id,code,note\n".encode("utf-16"), "line 1", "no-control"),
    "columns without end": (",".join("abc" for _ in range(MAX_COLUMNS + 1)), "", "size-limit"),
}


@pytest.mark.parametrize("fault", WHOLE)
def test_a_file_that_is_no_table_is_refused_with_its_place(read, fault):
    text, where, rule = WHOLE[fault]
    with pytest.raises(InputError) as error:
        read(text)
    (problem,) = error.value.problems
    assert (problem.input, problem.where, problem.rule) == ("data/rows.csv", where, rule)


def test_faults_without_end_stop_the_reading_and_say_so(read):
    _, problems = read("id,code,note\n" + "a\n" * (MAX_PROBLEMS + 500))
    assert len(problems) == MAX_PROBLEMS + 1
    assert problems[-1].rule == "too-many"


def test_more_values_than_a_machine_can_hold_are_refused_before_they_are_read(tmp_path):
    (tmp_path / "rows.csv").write_text("id,code,note\n" + "a,b,c\n" * 4, encoding="utf-8")
    with pytest.raises(InputError, match="at most 10 values") as error:
        read_table(tmp_path / "rows.csv", "rows.csv", ROWS, Limits(values=10, settable=True))
    assert "raise values under [limits] in atlas.toml" in error.value.problems[0].next_step


@settings(deadline=None)
@given(st.text(st.sampled_from('idcoenta,;"\n\r \t'), max_size=40))
def test_any_text_is_read_or_refused(read, text):
    try:
        table, _ = read(text)
    except InputError:
        return
    assert list(table.columns) == ["id", "code", "note"]
