"""Parquet in parts: every row once and in order, and nothing that was not checked."""

from __future__ import annotations

import geopandas
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet

from geo.errors import InputError
from geo.readers import datasets
from geo.readers.datasets import Part, open_dataset, read_part

TABLE = pa.table(
    {
        "key": pa.array(["0203", None, "b", "0203"] * 5),
        "whole": pa.array([1, None, 3, -(2**63)] * 5),
        "real": pa.array([1.5, None, float("nan"), 2.0] * 5),
        "short": pa.array([0.1, None, 2.0, float("inf")] * 5, pa.float32()),
        "money": pa.array([1, 2, None, 3] * 5, pa.decimal128(10, 2)),
        "large": pa.array([2**63 + 3] * 20, pa.uint64()),
        "list": pa.array([[1], None, [2, 3], []] * 5),
    }
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "PART_ROWS", 6)
    monkeypatch.setattr(datasets, "_GROUP_ROWS", 12)
    made = tmp_path / "register"
    made.mkdir()
    for name, rows in (("b.parquet", 20), ("a.parquet", 4), ("c.parquet", 5)):
        parquet.write_table(TABLE, made / name, row_group_size=rows)
    (made / "_SUCCESS").touch()
    return made


def test_the_parts_are_all_rows_in_the_order_of_the_files(folder):
    dataset = open_dataset(folder, "register")
    assert dataset.columns == tuple(TABLE.column_names)
    assert (dataset.files, dataset.rows, sum(part.rows for part in dataset.parts)) == (3, 60, 60)
    assert max(part.rows for part in dataset.parts) <= 6, "a group of 20 rows is read in pieces"
    rows = [row for part in dataset.parts for row in read_part(part, dataset, dataset.columns).itertuples()]
    assert [row.Index for row in rows] == list(range(1, 61))
    assert [row.key for row in rows] == ["0203", "", "b", "0203"] * 15
    assert [str(row.whole) for row in rows[:4]] == ["1", "<NA>", "3", str(-(2**63))]
    assert [[row.short, row.money, row.large, row.list] for row in rows[:3]] == [
        ["0.1", "1.00", str(2**63 + 3), "[1]"],
        ["", "2.00", str(2**63 + 3), ""],
        ["2", "", str(2**63 + 3), "[2, 3]"],
    ]


def test_a_part_without_rows_has_the_same_columns(folder):
    dataset = open_dataset(folder, "register")
    some, none = (read_part(part, dataset, dataset.columns) for part in (dataset.parts[0], Part(1, ())))
    assert [str(kind) for kind in none.dtypes] == [str(kind) for kind in some.dtypes]
    assert len(none) == 0


def test_every_file_that_does_not_fit_is_named_at_once(folder):
    parquet.write_table(TABLE.drop_columns(["money"]), folder / "d.parquet")
    (folder / "e.parquet").write_bytes(b"PAR1 is how it begins")
    with pytest.raises(InputError) as refused:
        open_dataset(folder, "register")
    assert {(problem.input, problem.field) for problem in refused.value.problems} == {
        ("register/d.parquet", "money"),
        ("register/e.parquet", ""),
    }


def test_a_file_that_changed_since_is_refused(folder):
    dataset = open_dataset(folder, "register")
    parquet.write_table(TABLE.slice(0, 3), folder / "a.parquet", row_group_size=4)
    with pytest.raises(InputError, match="register cannot be used"):
        [read_part(part, dataset, ["key"]) for part in dataset.parts]


@pytest.mark.parametrize("inside", ["", "province=KH01"])
def test_a_folder_with_nothing_to_read_is_refused(tmp_path, inside):
    (tmp_path / "none" / inside).mkdir(parents=True)
    with pytest.raises(InputError):
        open_dataset(tmp_path / "none", "none")


def test_points_come_in_degrees_whatever_their_system(tmp_path):
    shapes = [shapely.Point(104.9, 11.5), None, shapely.LineString([(104, 11), (105, 12)])]
    frame = geopandas.GeoDataFrame({"n": [1, 2, 3]}, geometry=shapes, crs="OGC:CRS84")
    frame.to_crs("EPSG:32648").to_parquet(tmp_path / "points.geoparquet")
    dataset = open_dataset(tmp_path / "points.geoparquet", "points.geoparquet")
    assert (dataset.columns, dataset.geometry) == (("n",), "geometry")
    read = read_part(dataset.parts[0], dataset, ["n"], located=True)
    assert shapely.distance(read.geometry.iloc[0], shapes[0]) < 1e-7
    assert [shape is None for shape in read.geometry] == [False, True, False]
