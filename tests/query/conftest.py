"""An atlas of many invented places, for questions whose answers are also worked out in another way."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.catalogue import open_catalogue, write_catalogue
from geo.gazetteer import span_bounds
from geo.readers import read_atlas
from tests.small_atlas import SITES, SmallAtlas

LONS = (-180.0, -179.5, -33.0, -32.5, -32.0, 0.1, 179.5, 180.0)
LATS = (-90.0, -10.25, 10.0, 10.5, 11.0, 89.9)
NAMES = ("Wat Phnom", "wat phnom", "Élan", "elan", "ភ្នំ", "ភ្នំពេញ", "100%", "a_b", "O'Smach", "*[x]?")
KINDS = ("prison", "execution_site", "memorial", "camp")
PROVINCES = ("P1", "P2", "P3", None)
METRES = (None, 0, 5, 100, 2500)
DATES = (
    ("1901-03", "1903"),
    ("1902", None),
    (None, "1905-06-30"),
    (None, None),
    ("1910-01-01", ".."),
    ("1904~", "1904~"),
)
SOURCES = (["first-book#p. 1"], ["second-report"], ["first-book", "second-report#x"], ["first-book#2", "first-book#3"])
BOUNDS = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")

PLAIN = pd.StringDtype("python")
"""Texts that compare with None as unknown, whether pyarrow is there or not."""


def features():
    """Return sites whose columns run through every value, each at its own pace."""
    places = [None, *itertools.product(LONS, LATS)]
    for number in range(3 * len(places) + 1):
        place = places[number % len(places)]
        begin, end = DATES[number % len(DATES)]
        yield {
            "type": "Feature",
            "geometry": place and {"type": "Point", "coordinates": list(place)},
            "properties": SITES[0]["properties"]
            | {
                "id": f"site-{number:03d}",
                "name": NAMES[number * 7 % len(NAMES)],
                "kind": KINDS[number % 3],
                "province": PROVINCES[number * 5 % len(PROVINCES)],
                "precision_m": METRES[number * 3 % len(METRES)],
                "begin": begin,
                "end": end if end != ".." else None,
                "sources": SOURCES[number * 11 % len(SOURCES)],
            },
        }


@pytest.fixture(scope="session")
def many(tmp_path_factory):
    """The compiled atlas, and its sites as a plain frame that owes nothing to the catalogue."""
    folder = tmp_path_factory.mktemp("many") / "atlas"
    folder.mkdir()
    atlas = SmallAtlas(folder)
    sites = list(features())
    with atlas.document("data/sites.geojson") as document:
        document["features"] = sites
    with atlas.rows("claims") as rows:
        claim = rows[0] | {"measure": "prisoners", "status": "current"}
        rows[:] = [
            claim | {"id": f"c{number:04d}", "subject": f"site-{number % 40:03d}", "low": low, "high": high} | changed
            for number, (low, high, changed) in enumerate(
                [("10", "20", {}), ("", "5", {}), ("7", "", {"status": "rejected"}), ("3.5", "3.5", {"partial": "yes"})]
                * 25
            )
        ]
    inputs = read_atlas(atlas.folder)
    path = atlas.folder / "maps/small.gpkg"
    path.parent.mkdir(exist_ok=True)
    write_catalogue(path, inputs, (), {}, "d")
    with open_catalogue(path) as catalogue:
        yield SimpleNamespace(catalogue=catalogue, frame=plain_frame(sites, atlas), folder=atlas.folder)


def plain_frame(sites, atlas):
    """Return the sites as a GeoDataFrame with nullable columns, worked out from the inputs alone."""
    rows = [site["properties"] for site in sites]
    columns = {
        name: pd.array([row[name] for row in rows], dtype=PLAIN) for name in ("id", "name", "kind", "province", "begin")
    }
    columns["precision_m"] = pd.array([row["precision_m"] for row in rows], dtype="Float64")
    spans = [span_bounds(row["begin"] or "", row["end"] or "") for row in rows]
    for place, bound in enumerate(BOUNDS):
        columns[bound] = pd.array([span[place] or None for span in spans], dtype=PLAIN)
    columns["sources"] = [frozenset(ref.partition("#")[0] for ref in row["sources"]) for row in rows]
    with atlas.rows("claims") as claims:
        stated = {row["id"]: [] for row in rows}
        for claim in claims:
            if claim["status"] in {"current", "contested"}:
                stated[claim["subject"]] += [float(claim[bound]) for bound in ("low", "high") if claim[bound]]
    for bound, pick in (("low", min), ("high", max)):
        numbers = [pick(stated[row["id"]]) if stated[row["id"]] else None for row in rows]
        columns[f"claimed_prisoners_{bound}"] = pd.array(numbers, dtype="Float64")
    shapes = [shapely.geometry.shape(site["geometry"]) if site["geometry"] else None for site in sites]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4326)
