"""The fast ways of writing many records give what the plain ways give."""

from __future__ import annotations

import csv
import io
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.catalogue import open_catalogue
from geo.commands import formats
from geo.commands.terminal import escape_unseen
from geo.guarding import guard_cell
from geo.query import Question, cite, select, source_notes
from geo.query.answering import parse_lists

TEXTS = st.text() | st.text("'=+-@\t\r\n\",\0\x7fa1\u200eក", max_size=6) | st.sampled_from(["-1", "+1e5", "prison"])
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.none() | TEXTS | NUMBERS
SOURCES = st.none() | st.lists(st.text(max_size=5)).map(
    lambda refs: json.dumps(refs, ensure_ascii=False, separators=(",", ":"))
)
KINDS = st.sampled_from([VALUES, TEXTS, NUMBERS, st.none() | NUMBERS, st.none(), st.just("prison")])
NAMES = ("id", '%s, "name"\x85', "lon", "lat", "sources", "size")


@st.composite
def tables(draw):
    """Return columns under NAMES: texts, numbers or nothing, the fifth of lists."""
    count = draw(st.integers(1, 5))
    degrees = [draw(st.lists(st.none() | st.floats(-180, 180), min_size=count, max_size=count))] * 2
    texts = [draw(st.lists(draw(KINDS), min_size=count, max_size=count)) for _ in range(3)]
    sources = draw(st.lists(SOURCES, min_size=count, max_size=count))
    return [tuple(column) for column in (texts[0], texts[1], *degrees, parse_lists(sources), texts[2])]


def as_json(value):
    return escape_unseen(json.dumps(value, ensure_ascii=False, allow_nan=False))


@given(tables())
def test_records_are_written_as_json_writes_them(columns):
    written = list(formats._encode(NAMES, columns, ["> "] * len(columns[0])))
    assert written == [f"> {as_json(dict(zip(NAMES, cells, strict=True)))}" for cells in zip(*columns, strict=True)]


@given(tables())
def test_points_are_written_as_json_writes_them(columns):
    shapes = [
        None if None in point else struct.pack("<BIdd", 1, 1, *point) for point in zip(*columns[2:4], strict=True)
    ]
    expected = []
    for shape, cells in zip(shapes, zip(*columns, strict=True), strict=True):
        geometry = shape and {"type": "Point", "coordinates": list(cells[2:4])}
        expected.append(
            as_json({"type": "Feature", "geometry": geometry, "properties": dict(zip(NAMES, cells, strict=True))})
        )
    assert list(formats._encode(NAMES, [*columns, shapes], [""] * len(shapes))) == expected


@given(st.integers(1, 5).flatmap(lambda count: st.lists(st.lists(VALUES, min_size=2, max_size=2), min_size=count)))
def test_cells_are_written_as_csv_writes_them(rows):
    out = io.StringIO()
    safe = [[guard_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    csv.writer(out).writerows(safe)
    written = [formats._csv_cells(values) for values in zip(*rows, strict=True)]
    lines = [",".join(cells) for cells in zip(*(cells for cells, _ in written), strict=True)]
    assert "".join(f"{line}\r\n" for line in lines) == out.getvalue()
    assert sum(count for _, count in written) == sum(
        kept != cell for row, other in zip(rows, safe, strict=True) for cell, kept in zip(row, other, strict=True)
    )


def test_what_json_cannot_say_is_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        list(formats._encode(("size",), [(1.0, float("inf"))], ["", ""]))


@pytest.fixture
def catalogue(still):
    with open_catalogue(still / "maps/small-atlas.gpkg") as opened:
        yield opened


LAYERS = ("sites", "routes", "provinces", "squares_1905", "claims", "events", "history", "zones", "sources")


@pytest.mark.parametrize("layer", LAYERS)
def test_a_whole_answer_is_what_the_plain_way_gives(catalogue, ask, layer):
    selection = select(catalogue, Question(layer=layer), shapes=True)
    rows = selection.rows
    answer = ask("query", layer, "--format", "json").stdout
    records = [{name: row[name] for name in selection.columns} for row in rows]
    assert "\n".join(f"{as_json(record)}," for record in records)[:-1] in answer
    refs = [ref for row in rows for ref in row.get("sources") or [row.get("source")] if ref]
    assert set(json.loads(answer)["sources"]) == {ref.partition("#")[0] for ref in refs}
    if selection.mapped:
        features = [
            as_json({"type": "Feature", "geometry": row["geometry"], "properties": record})
            for row, record in zip(rows, records, strict=True)
        ]
        assert ask("query", layer, "--format", "geojsonl").stdout == "".join(f"{feature}\n" for feature in features)
    notes = source_notes(catalogue)
    sheet = list(csv.reader(io.StringIO(ask("query", layer, "--format", "csv").stdout, newline="")))
    assert len(sheet) == len(rows) + 1
    if sheet[0][-1] == "citations":
        assert [row[-1] for row in sheet[1:]] == [" | ".join(map(str, cite(row, notes))) for row in rows]


def test_a_record_without_anything_is_still_a_line(ask):
    lines = ask("query", "--fields", "lon", "--format", "csv").stdout.splitlines()
    assert lines[0] == "lon"
    assert '""' in lines[1:]
    assert len(lines) == 6


def test_batches_hold_what_cells_hold_and_the_first_comes_early(catalogue):
    selection = select(catalogue, Question(layer="claims"))
    batches = list(selection.batches())
    assert len(batches[0][0]) == 1
    cells = [row for columns in batches for row in zip(*columns, strict=True)]
    assert cells == list(selection.cells())
    assert selection.shown == len(cells) == 7


@given(lists=st.lists(st.lists(st.text() | st.integers() | st.lists(st.text(), max_size=2), max_size=3), max_size=5))
def test_lists_are_parsed_and_written_as_one_by_one(lists):
    texts = [json.dumps(each, ensure_ascii=False) for each in lists]
    assert parse_lists(texts) == lists
    assert formats._encode_column("sources", lists) == [escape_unseen(text) for text in texts]


def test_nothing_is_an_empty_list_and_what_is_no_list_alone_is_none_among_others():
    assert parse_lists([None, "", '["a"]']) == [[], [], ["a"]]
    with pytest.raises(ValueError, match="Extra data"):
        parse_lists(['["a"],["b"]', '["c"]'])
