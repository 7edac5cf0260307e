"""What a format cannot carry is refused, with every reason, or told of."""

from __future__ import annotations

import pyarrow as pa
import pytest
import shapely

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.errors import RequestError
from geo.export import write_export
from geo.export.content import Column, Layer
from geo.export.losses import Limits, fit_layer

from .conftest import rows_of, want

KHMER = "ទួលស្លែងជាមន្ទីរឃុំឃាំង" * 20


def layer(values, kind="text", shapes=None):
    """Return a layer of one column beside its id, and of shapes."""
    types = {"text": pa.string(), "list": pa.string(), "integer": pa.int64(), "number": pa.float64()}
    columns = (Column("id", "text"), Column("value", kind))
    arrays = {"id": [f"r{number}" for number in range(len(values))], "value": pa.array(values, types[kind])}
    geometry = ""
    if shapes is not None:
        arrays["geom"] = pa.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], pa.binary())
        geometry = "Unknown"
    return Layer("things", "sites", "Things", "id", columns, pa.table(arrays), geometry)


@pytest.fixture
def long_text(atlas):
    """A catalogue with a text of 360 Khmer letters."""
    atlas.put("sites", "place-a", summary=KHMER[:360])
    with open_catalogue(compile_atlas(atlas.folder).path) as opened:
        yield opened


def test_360_khmer_letters_are_refused_as_a_shapefile(long_text, tmp_path):
    with pytest.raises(RequestError) as caught:
        write_export(long_text, tmp_path / "sites.shp.zip", want("sites"))
    assert "360 characters in 1,080 bytes, " in str(caught.value)
    assert "at most 254 bytes" in str(caught.value)
    assert list(tmp_path.glob("*.zip*")) == []


def test_a_loss_that_is_allowed_is_reported_beside_the_file(long_text, tmp_path):
    done = write_export(long_text, tmp_path / "sites.shp.zip", want("sites"), allow_loss=True)
    report = (tmp_path / "sites.shp.zip.losses.txt").read_text(encoding="utf-8")
    assert "sites.summary: cut: 1 text too long (such as place-a)" in report
    assert all(str(loss) in report for loss in done.losses)
    kept = rows_of("shapefile", tmp_path / "sites.shp.zip", "sites")[0]["summary"]
    assert KHMER.startswith(kept)
    assert 200 < len(kept.encode()) <= 254
    write_export(long_text, tmp_path / "sites.gpkg", want("sites"))
    assert not (tmp_path / "sites.gpkg.losses.txt").exists()


def test_a_cut_keeps_letters_whole():
    text = "ក្តី" * 30  # one letter: a consonant, a sign, a consonant beneath, a vowel
    fitted, (loss,) = fit_layer(layer([text]), Limits(text_bytes=254))
    kept = fitted.values("value")[0]
    assert len(kept) % 4 == 0
    assert len(kept.encode()) <= 254 < len(kept.encode()) + 12
    assert (loss.change, loss.count, loss.examples) == ("cut", 1, ("r0",))


def test_a_list_that_is_cut_is_still_a_list():
    fitted, losses = fit_layer(layer(['["aaaa","bbbb","cccc"]'], "list"), Limits(text_bytes=16, lists=False))
    assert fitted.values("value") == ['["aaaa","bbbb"]']
    assert [loss.change for loss in losses] == ["cut", "retyped"]


def test_names_that_would_be_one_are_told_apart():
    values = {"precision_m": [1], "precision_basis": [2], "precision_": [3]}
    columns = tuple(Column(name, "integer") for name in values)
    fitted, losses = fit_layer(Layer("x", "sites", "X", "", columns, pa.table(values)), Limits(name_bytes=10))
    assert [column.name for column in fitted.columns] == ["precisio_2", "precisio_3", "precision_"]
    assert [(loss.field, loss.what) for loss in losses] == [
        ("precision_m", "it becomes precisio_2"),
        ("precision_basis", "it becomes precisio_3"),
    ]


@pytest.mark.parametrize(
    ("values", "kind", "limits", "kept", "change"),
    [
        (["a\x07b"], "text", Limits(xml=True), ["ab"], "cut"),
        ([" a "], "text", Limits(trims=True), ["a"], "cut"),
        ([2**40, None], "integer", Limits(small_integers=True), [str(2**40), None], "retyped"),
        (["a", "b", "c"], "text", Limits(rows=2), ["a", "b"], "dropped"),
        ([1e-20, 1.5], "number", Limits(decimals=15), [1e-20, 1.5], "rounded"),
    ],
)
def test_each_limit_is_told(values, kind, limits, kept, change):
    fitted, (loss,) = fit_layer(layer(values, kind), limits)
    assert fitted.values("value") == kept
    assert (loss.change, loss.count) == (change, 1)


def test_a_limit_that_is_kept_says_nothing():
    limits = Limits(name_bytes=10, text_bytes=254, trims=True, xml=True, decimals=15, small_integers=True, rows=5)
    for values, kind in ((["ខ្មែរ", None], "text"), ([1, None], "integer"), ([0.5, None], "number")):
        before = layer(values, kind)
        fitted, losses = fit_layer(before, limits)
        assert losses == []
        assert fitted.values("value") == values


def test_one_kind_of_shape_stays():
    shapes = [shapely.Point(1, 2), None, shapely.LineString([(0, 0), (1, 1)]), shapely.Point(3, 4)]
    fitted, (loss,) = fit_layer(layer(["a", "b", "c", "d"], shapes=shapes), Limits(one_family=True))
    assert fitted.values("value") == ["a", "b", "d"]
    assert fitted.geometry == "Point"
    assert (loss.change, loss.count, loss.examples) == ("dropped", 1, ("r2",))


def test_everything_that_kml_cannot_hold_is_listed(catalogue, everything, tmp_path):
    with pytest.raises(RequestError) as caught:
        write_export(catalogue, tmp_path / "all.kml", everything)
    tables = {problem.input for problem in caught.value.problems if problem.seen.startswith("a table")}
    assert tables == {layer["name"] for layer in catalogue.layers() if layer["holds"] == "table"} | {"sources"}


@pytest.mark.parametrize(
    ("name", "layers", "words"),
    [
        ("two.geojson", ("sites", "routes"), "one layer in a GeoJSON file"),
        ("claims.geojson", ("claims",), "layers only"),
        ("routes.jsonld", ("routes",), "layers of places"),
        ("sites.shp", ("sites",), "sites.shp.zip"),
        ("sites.doc", ("sites",), "a name that ends in one of .gpkg"),
    ],
)
def test_what_a_format_cannot_hold_is_refused(name, layers, words, catalogue, tmp_path):
    with pytest.raises(RequestError, match=words):
        write_export(catalogue, tmp_path / name, want(*layers))
    assert list(tmp_path.glob("*two*")) + list(tmp_path.glob("sites*")) == []
