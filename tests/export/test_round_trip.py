"""What is written reads back equal, within the loss that was stated, in every format, through another reader."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace

import geopandas as gpd
import openpyxl.utils.escape
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from geo.catalogue import open_catalogue, write_catalogue
from geo.errors import RequestError
from geo.export import FORMATS, write_export
from geo.export.reading import read_content
from geo.readers import read_atlas

from .conftest import HELD, LINKED_PLACES, SUFFIXES, pictured, rows_of, want

NOTES = {"first-book": "Ann Author, The First Book.", "second-report": "The Survey, A Second Report."}
KHMER = "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអាិីឹឺុូួើឿៀេែៃោៅំះ្"
ODD = "=+-@'\"<>&]{}[]%\\|,;\t\r\n\x01\x1f\x7f\u200b\u202e é𝄞"
WORDS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40),
    st.text(KHMER, min_size=1, max_size=120),
    st.text(ODD, min_size=1, max_size=12),
    st.sampled_from(["=1+1", "'=x", "{{ 7*7 }}", "[]", '{"a": 1}', "null", "NaN", "001", "1e5", " x ", "\u17d2"]),
)
MAYBE = st.none() | WORDS
PLACES = st.none() | st.tuples(st.floats(-179, 179, allow_nan=False), st.floats(-89, 89, allow_nan=False)).map(
    lambda point: (round(point[0], 7), round(point[1], 7))
)
SITE = st.fixed_dictionaries(
    {
        "name": WORDS,
        "place_text": MAYBE,
        "summary": WORDS,
        "precision_m": st.none() | st.integers(1, 2**40),
        "sources": st.lists(
            st.sampled_from(["first-book#p. 1", "second-report", "first-book#ខ"]), min_size=1, max_size=30
        ),
        "begin": st.none() | st.sampled_from(["1975-04", "1976~", "197X", "1975/1976"]),
        "point": PLACES,
    }
)


def with_sites(inputs, sites):
    """Return inputs whose layer of sites holds these records."""
    like = inputs.layers["sites"].iloc[0].drop("geometry").to_dict()
    rows = [
        like | {name: site[name] for name in site if name != "point"} | {"id": f"s{number}", "part_of": None}
        for number, site in enumerate(sites)
    ]
    columns = {name: pd.Series([row[name] for row in rows], dtype=object) for name in like}
    points = [shapely.Point(site["point"]) if site["point"] else None for site in sites]
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(points, crs=4326))
    return replace(inputs, layers=inputs.layers | {"sites": frame})


@settings(
    max_examples=3,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(sites=[{"name": "ក" * 360, "place_text": "ខ" * 90 + "   ", "summary": "a\r\nb", "precision_m": None,
                 "sources": ["first-book#p. 1"] * 30, "begin": None, "point": None},
                {"name": "]]>", "place_text": "<b>]]></b><![CDATA[", "summary": "]]><a/> ]]]>", "precision_m": None,
                 "sources": ["first-book#]]>"], "begin": None, "point": (1.0, 2.0)}])  # fmt: skip
@given(sites=st.lists(SITE, min_size=1, max_size=5))
def test_what_is_written_reads_back_within_the_stated_loss(sites, clean_inputs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trip")
    write_catalogue(folder / "atlas.gpkg", with_sites(clean_inputs, sites), (), NOTES, "d1")
    with open_catalogue(folder / "atlas.gpkg") as catalogue:
        before = read_content(catalogue, want("sites"), tables=False).layers[0]
        for form in HELD:
            assert_there_and_back(catalogue, form, folder, before)
        write_export(catalogue, folder / "sites.svg", want("sites"))
        assert sum(pictured(folder / "sites.svg").values()) == len(before) - before.unlocated


def assert_there_and_back(catalogue, form, folder, before):
    """Write the sites in a format, and read them back."""
    out = folder / f"sites.{SUFFIXES[form]}"
    done = write_export(catalogue, out, want("sites"), form, allow_loss=True)
    if done.losses:
        with pytest.raises(RequestError):
            write_export(catalogue, folder / f"no.{SUFFIXES[form]}", want("sites"), form)
    after = rows_of(form, out, "sites")
    assert len(after) == len(before.values("id")), form
    if form == "linkedplaces":
        assert_linked_places(out)
    if form == "flatgeobuf":  # its spatial index puts neighbours beside one another
        after.sort(key=lambda row: before.values("id").index(row["id"]))
    names = {loss.field: loss.what.removeprefix("it becomes ") for loss in done.losses if loss.change == "renamed"}
    for column in before.columns:
        values = before.values(column.name)
        found = [row[names.get(column.name, column.name)] for row in after]
        differ = [(old, new) for old, new in zip(values, found, strict=True) if not same(column.kind, old, new)]
        allowed = sum(loss.count for loss in done.losses if loss.field == column.name and loss.change != "renamed")
        assert len(differ) <= allowed, (form, column.name, differ)
    for wkb, row in zip(before.values("geom"), after, strict=True):
        shape = None if wkb is None else shapely.from_wkb(wkb)
        assert (shape is None) == (row["geom"] is None), form
        if shape is not None:  # seven decimals, the finest that is kept
            assert shape.equals_exact(row["geom"], 5e-8), (form, shape, row["geom"])


def assert_linked_places(path):
    """Fail when a place breaks a rule of the format, unless nothing dates it, not even a source."""
    document = json.loads(path.read_text(encoding="utf-8"))
    undated = {("features", n) for n, feature in enumerate(document["features"]) if "when" not in feature}
    found = {tuple(error.absolute_path): error.message for error in LINKED_PLACES.iter_errors(document)}
    assert found.keys() == undated, found


def same(kind, old, new):
    """Return whether a value is the same, whatever type the reader gives it."""
    if old is None or new is None:
        return old is new
    if kind == "list":
        return json.loads(old) == (json.loads(new) if isinstance(new, str) else new)
    if kind in ("integer", "number"):
        return float(old) == float(new)
    return old == (unescape(new) if isinstance(new, str) else new)


def unescape(text):
    """Return a text as Excel shows it: what openpyxl leaves as ``_x0001_`` is a control character."""
    return openpyxl.utils.escape.unescape(text) if "_x" in text else text


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_question_gives_the_same_bytes(form, catalogue, tmp_path):
    paths = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        out = tmp_path / str(number) / f"sites.{SUFFIXES[form]}"
        paths.append(write_export(catalogue, out, want("sites"), form, allow_loss=True).paths)
    first, second = ([path.read_bytes() for path in some] for some in paths)
    assert first == second


@pytest.mark.parametrize("form", [form for form in HELD if not FORMATS[form].schemas])
@pytest.mark.parametrize("layer", ["routes", "provinces", "lake", "squares_1905"])
def test_lines_and_areas_read_back(form, layer, catalogue, tmp_path):
    out = tmp_path / f"{layer}.{SUFFIXES[form]}"
    write_export(catalogue, out, want(layer), form, allow_loss=True)
    before = read_content(catalogue, want(layer), tables=False).layers[0]
    shapes = [shapely.from_wkb(wkb) for wkb in before.values("geom")]
    found = [row["geom"] for row in rows_of(form, out, layer)]
    if form == "flatgeobuf":  # as above
        shapes, found = (sorted(some, key=lambda shape: shape.centroid.coords[0]) for some in (shapes, found))
    for one, other in zip(shapes, found, strict=True):
        assert one.hausdorff_distance(other) < 1e-7


@pytest.mark.parametrize("form", ["geopackage", "excel"])
def test_tables_come_along_with_what_belongs_to_the_records(form, catalogue, tmp_path):
    out = tmp_path / f"a.{SUFFIXES[form]}"
    done = write_export(catalogue, out, want("sites", fids=[1, 3]), form)
    assert done.layers["sites"] == 2
    assert {row["subject"] for row in rows_of(form, out, "claims")} == {"place-a"}
    assert {row["subject"] for row in rows_of(form, out, "names")} == {"place-a"}
    assert {row["id"] for row in rows_of(form, out, "sources")} == {"first-book", "second-report"}
    assert "figures" not in done.layers


def test_changes_come_along_with_the_claims_events_and_sources_that_they_changed(atlas, tmp_path):
    changed = ("place-a", "place-b", "c0001", "c0005", "opening", "unveiling", "first-book", "nobody")
    rows = "".join(f"1999,{record},revised,What.,Why.,,\n" for record in changed)
    rows += "1999,gone,merged,What.,Why.,,place-a\n1999,c0000,removed,What.,Why.,second-report,\n"
    atlas.write("data/tables/changes.csv", f"date,record,action,what,why,source,into\n{rows}")
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    table = '[tables.changes]\nfile = "data/tables/changes.csv"\nschema = "changes"\n\n'
    atlas.write("atlas.toml", manifest.replace("[tables.claims]", f"{table}[tables.claims]"))
    write_catalogue(tmp_path / "atlas.gpkg", read_atlas(atlas.folder), (), NOTES, "d1")
    with open_catalogue(tmp_path / "atlas.gpkg") as catalogue:
        done = write_export(catalogue, tmp_path / "a.gpkg", want("sites", fids=[1]))
    held = [row["record"] for row in rows_of("geopackage", tmp_path / "a.gpkg", "changes")]
    assert held == ["place-a", "c0001", "opening", "first-book", "gone"]
    assert list(done.layers)[1] == "changes", "tables stand in the order of the manifest"


def test_the_whole_atlas_comes_whole(catalogue, everything, tmp_path):
    done = write_export(catalogue, tmp_path / "all.gpkg", everything)
    held = {layer["name"]: layer["records"] for layer in catalogue.layers() if layer["records"]}
    assert done.layers == held | {"sources": 2}
    assert done.losses == ()
    with closing(open_catalogue(catalogue.path)) as other:
        for name in ("claims", "names", "relations"):
            rows = [dict(row) for row in other.rows(f"SELECT * FROM {name} ORDER BY fid")]
            for row in rows:
                del row["fid"]
            assert rows_of("geopackage", tmp_path / "all.gpkg", name) == rows
