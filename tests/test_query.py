"""Questions and dossiers: what answers, what does not, and what is said about a question that cannot be answered."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.catalogue import open_catalogue, write_catalogue
from geo.errors import RequestError
from geo.gazetteer import fold
from geo.joins import join_all
from geo.ledger import cite_sources
from geo.query import ASKABLE, Citation, Near, Question, cited_sources, nearness, select, show
from geo.query.counting import summarise
from geo.readers import read_atlas
from geo.spec import SCHEMAS

COMPILED = {}


@pytest.fixture
def catalogue(small_atlas):
    """The small atlas, compiled once: nothing here changes it."""
    if not COMPILED:
        atlas = small_atlas()
        inputs = read_atlas(atlas.folder)
        path = atlas.folder / "maps/small.gpkg"
        write_catalogue(path, inputs, join_all(inputs), cite_sources(inputs.sources), "d")
        COMPILED["path"], COMPILED["folder"] = path, atlas.folder
    with open_catalogue(COMPILED["path"]) as catalogue:
        yield catalogue


def ids(catalogue, *, key="id", **asked):
    return [row[key] for row in select(catalogue, Question(**asked)).rows]


# --- criteria ------------------------------------------------------------------------------------------------------


def test_without_criteria_everything_answers_in_the_order_of_the_file(catalogue):
    selection = select(catalogue, Question())
    assert [row["id"] for row in selection.rows] == ["place-a", "place-b", "place-c", "place-d", "place-e"]
    assert (selection.total, selection.located, selection.unlocated, selection.undated) == (5, 4, 1, 2)
    assert selection.columns[: len(SCHEMAS["sites"].names)] == SCHEMAS["sites"].names
    assert set(selection.columns) == set(selection.rows[0])
    assert selection.rows[0]["sources"] == ["first-book#p. 1", "second-report#§4"]


@pytest.mark.parametrize("kind", ["prison", "Prison", "PRISON", "ពន្ធនាគារ"])
def test_a_kind_is_its_word_or_its_label_in_any_language(catalogue, kind):
    selection = select(catalogue, Question(kinds=(kind,)))
    assert [row["id"] for row in selection.rows] == ["place-a", "place-d"]
    assert selection.asked.kinds == ("prison",)


def test_a_province_is_asked_of_tables_in_an_atlas_without_sites(small_atlas):
    atlas = small_atlas()
    atlas.replace("atlas.toml", '[layers.sites]\nfile = "data/sites.geojson"\nschema = "sites"', "")
    atlas.replace("atlas.toml", 'title = { en = "Places", km = "ទីកន្លែង", fr = "Lieux" }', "")
    path = atlas.folder / "maps/small.gpkg"
    write_catalogue(path, read_atlas(atlas.folder), (), {}, "d")
    with open_catalogue(path) as catalogue:
        assert [len(select(catalogue, Question(layer, provinces=("P1",))).rows) for layer in ("claims", "events")] == [
            1,
            0,
        ]
        assert summarise(catalogue).gaps == ()


def test_of_several_kinds_and_provinces_any_one_holds_and_both_criteria_must(catalogue):
    assert ids(catalogue, kinds=("prison", "memorial")) == ["place-a", "place-c", "place-d"]
    assert ids(catalogue, provinces=("P1", "P2")) == ["place-a", "place-b", "place-c"]
    assert ids(catalogue, kinds=("prison", "memorial"), provinces=("P1",)) == ["place-a", "place-c"]


@pytest.mark.parametrize("province", ["P1", "p1", "1", "01", "Square One", "squareone", "old-square", "ការ៉េមួយ", "XA-1"])
def test_a_province_is_found_in_any_spelling(catalogue, province):
    selection = select(catalogue, Question(provinces=(province,)))
    assert selection.asked.provinces == ("P1",)
    assert [row["id"] for row in selection.rows] == ["place-a", "place-c"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("PLACE a", ["place-a", "place-b", "place-c", "place-d", "place-e"]),  # the letter a stands in every summary
        ("konleng", ["place-a"]),
        ("ti-konleng", ["place-a"]),
        ("ទីកន្លែង", ["place-a"]),
        ("លែង", ["place-a"]),  # within a word: Khmer writes no spaces
        ("ទី\u200bកន្លែង", ["place-a"]),
        ("abroad province", ["place-e"]),  # in any order
        ("konleng abroad", []),  # every word must occur
        ("B", ["place-a", "place-b", "place-e"]),  # shorter than what the index holds; "about 1903", "abroad"
    ],
)
def test_every_word_of_a_text_must_occur(catalogue, text, found):
    assert ids(catalogue, text=text) == found


def test_other_layers_and_tables_answer_too(catalogue):
    assert ids(catalogue, layer="routes", kinds=("Fuite",)) == ["a-to-e"]
    assert ids(catalogue, layer="provinces", key="code", provinces=("Square Two",)) == ["P2"]
    assert ids(catalogue, layer="claims", kinds=("population",)) == ["c0004", "c0005"]
    assert ids(catalogue, layer="claims", provinces=("P1",)) == ["c0001", "c0002", "c0003", "c0004"]  # and of its sites
    assert ids(catalogue, layer="events", provinces=("P1",)) == ["opening"]
    assert ids(catalogue, layer="events", kinds=("memory",), text="unveiled") == ["unveiling"]
    assert ids(catalogue, layer="sources", text="survey") == ["second-report"]
    assert ids(catalogue, layer="squares_1905", provinces=("P3",)) == ["great-square"]
    assert ids(catalogue, layer="squares_1905", text="ការ៉េធំ") == ["great-square"]


def test_rows_without_an_id_answer_too(catalogue):
    def found(key, **asked):
        return [row[key] for row in select(catalogue, Question(**asked)).rows]

    assert found("covers", layer="zones", kinds=("Zone Un",)) == ["Square One"]
    assert found("covers", layer="zones", text="square") == ["Square One"]
    assert found("covers", layer="zones", text="elsewhere") == []
    assert found("event", layer="history", provinces=("P2",)) == ["split from"]  # also as the other province
    assert found("event", layer="history", provinces=("P1",)) == []
    assert found("event", layer="history", text="split 1910") == ["split from"]
    assert select(catalogue, Question(layer="zones")).undated == 0


def test_a_row_without_an_id_cannot_be_shown_by_its_number(catalogue):
    with pytest.raises(RequestError):
        show(catalogue, "1")


def test_a_table_has_no_locations_to_count(catalogue):
    selection = select(catalogue, Question(layer="claims"))
    assert (selection.located, selection.unlocated, selection.undated) == (0, 0, 4)
    assert "geom" not in selection.columns


def test_a_former_area_tells_what_it_is_made_of(catalogue):
    row = select(catalogue, Question(layer="squares_1905"), shapes=True).rows[1]
    assert (row["id"], row["made_of"], row["approximate"], row["year"]) == ("great-square", ["P2", "P3"], "yes", "1905")
    assert row["sources"] == ["second-report#map", "first-book#map 2"]
    assert row["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize("layer", ["sites", "routes", "provinces"])
def test_shapes_are_those_of_the_input(catalogue, layer):
    found = select(catalogue, Question(layer=layer), shapes=True).rows
    features = json.loads((COMPILED["folder"] / f"data/{layer}.geojson").read_text(encoding="utf-8"))["features"]
    for row, feature in zip(found, features, strict=True):
        expected = feature["geometry"]
        shape = json.loads(json.dumps(row["geometry"]))
        if expected and expected["type"] == "Polygon":  # an area may consist of several parts
            expected = {"type": "MultiPolygon", "coordinates": [expected["coordinates"]]}
        assert shape == expected


def test_a_height_is_part_of_a_shape(small_atlas):
    atlas = small_atlas()
    with atlas.feature("sites", "place-a") as feature:
        feature["geometry"]["coordinates"] = [-32.5, 10.5, 12.0]
    inputs = read_atlas(atlas.folder)
    path = atlas.folder / "maps/small.gpkg"
    write_catalogue(path, inputs, (), {}, "d")
    with open_catalogue(path) as catalogue:
        shapes = [row["geometry"] for row in select(catalogue, Question(), shapes=True).rows]
    assert [list(shape["coordinates"]) for shape in shapes[:2]] == [[-32.5, 10.5, 12.0], [-31.4, 10.6]]


# --- what cannot be answered ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "option", "hint"),
    [
        ({"layer": "site"}, "LAYER", "sites"),
        ({"layer": "lake"}, "LAYER", "sites"),  # a backdrop is drawn, not asked
        ({"kinds": ("prisonn",)}, "--kind", "did you mean prison?"),
        ({"kinds": ("",)}, "--kind", "prison"),
        ({"layer": "provinces", "kinds": ("prison",)}, "--kind", "leave it out"),
        ({"layer": "routes", "provinces": ("P1",)}, "--province", "leave it out"),
        ({"provinces": ("Squar One",)}, "--province", "did you mean Square One"),
        ({"provinces": ("Square",)}, "--province", "Square"),
        ({"provinces": ("99",)}, "--province", "memorial query provinces"),
        ({"text": " "}, "--text", "a word"),
        ({"text": "–'"}, "--text", "a word"),
    ],
)
def test_what_is_unknown_is_refused_with_what_may_have_been_meant(catalogue, asked, option, hint):
    with pytest.raises(RequestError) as refusal:
        select(catalogue, Question(**asked))
    problem = refusal.value.problems[0]
    assert problem.where == option
    assert hint in f"{problem.expected} {problem.next_step}"


def test_all_faults_of_a_criterion_are_named_at_once(catalogue):
    with pytest.raises(RequestError) as refusal:
        select(catalogue, Question(kinds=("camp", "prisonn", "kamp")))
    assert [problem.seen for problem in refusal.value.problems] == ["prisonn", "kamp"]


def test_an_atlas_without_areas_has_no_provinces_to_ask_for(small_atlas):
    atlas = small_atlas()
    text = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    start, end = text.index("[layers.provinces]"), text.index("[layers.lake]")
    atlas.write("atlas.toml", text[:start] + text[end:])
    inputs = read_atlas(atlas.folder)
    path = atlas.folder / "maps/small.gpkg"
    write_catalogue(path, inputs, (), {}, "d")
    with open_catalogue(path) as catalogue:
        with pytest.raises(RequestError, match="no provinces") as told:
            select(catalogue, Question(provinces=("P1",)))
        assert "unlocated" in {gap.key for gap in summarise(catalogue).gaps}
    assert "province_name" in told.value.problems[0].next_step, "what can be asked instead"


@pytest.fixture
def bare(clean_inputs, tmp_path):
    """An atlas of layers alone, without a table."""
    manifest = type(clean_inputs.manifest)(atlas=clean_inputs.manifest.atlas, layers=clean_inputs.manifest.layers)
    write_catalogue(tmp_path / "bare.gpkg", replace(clean_inputs, manifest=manifest, tables={}), (), {}, "d")
    with open_catalogue(tmp_path / "bare.gpkg") as catalogue:
        yield catalogue


def test_without_a_table_of_names_those_of_the_records_are_known(bare):
    assert ids(bare, provinces=("square  one",)) == ["place-a", "place-c"]
    assert ids(bare, near=Near(None, None, 1000, "placeb")) == ["place-b"]


def test_many_distances_are_those_of_few(catalogue, monkeypatch):
    near = Near(10.25, 179.5, 3e7)
    few = {row["id"]: row["distance_m"] for row in select(catalogue, Question(near=near)).rows}
    monkeypatch.setattr(nearness, "_FEW", 1)
    many = {row["id"]: row["distance_m"] for row in select(catalogue, Question(near=near)).rows}
    assert len(few) == 4
    assert many == pytest.approx(few, abs=1e-6)


# --- laws ----------------------------------------------------------------------------------------------------------


def texts_of(catalogue, layer):
    """Return id -> all that the index holds of a record: what is its own, and what it shares."""
    own = {row["rowid"]: row for row in catalogue.rows("SELECT rowid, * FROM search WHERE layer = ?", (layer,))}
    texts = {row["id"]: row["text"] for row in own.values()}
    for records, text in catalogue.rows("SELECT records, text FROM phrases"):
        for record in own.keys() & set(json.loads(records)):
            texts[own[record]["id"]] += f"\n{text}"
    return texts


WORDS = ["place", "a", "square", "invented", "កន្លែង", "Abroad", "B", "nowhere", "somewhere", "is"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kinds=st.lists(st.sampled_from(["prison", "execution_site", "memorial", "camp"]), max_size=2),
    provinces=st.lists(st.sampled_from(["P1", "P2", "P3"]), max_size=2),
    words=st.lists(st.sampled_from(WORDS), max_size=3),
)
def test_the_answer_is_that_of_a_plain_filter_and_adds_up(catalogue, kinds, provinces, words):
    texts = texts_of(catalogue, "sites")
    expected = [
        row["id"]
        for row in select(catalogue, Question()).rows
        if (not kinds or row["kind"] in kinds)
        and (not provinces or row["province"] in provinces)
        and all(fold(word) in texts[row["id"]] for word in words)
    ]
    selection = select(catalogue, Question(kinds=tuple(kinds), provinces=tuple(provinces), text=" ".join(words)))
    assert [row["id"] for row in selection.rows] == expected
    assert selection.located + selection.unlocated == len(selection.rows) <= selection.total
    assert selection.undated <= len(selection.rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(text=st.text() | st.sampled_from(['"', "a OR b", "NEAR(a b)", "a*", "^a", "text: a", "%", "_", "a' --", "\0ab"]))
def test_no_text_is_a_command(catalogue, text):
    try:
        selection = select(catalogue, Question(text=text))
    except RequestError:
        assert not fold(text)
    else:
        assert len(selection.rows) <= selection.total


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(word=st.text(min_size=1))
def test_whatever_is_asked_is_answered_or_refused(catalogue, word):
    for ask in (
        lambda: select(catalogue, Question(layer=word)),
        lambda: select(catalogue, Question(kinds=(word,))),
        lambda: select(catalogue, Question(provinces=(word,))),
        lambda: show(catalogue, word),
    ):
        with suppress(RequestError):  # anything else is a bug
            assert ask() is not None


# --- dossiers ------------------------------------------------------------------------------------------------------


def test_a_site_is_shown_with_all_that_is_said_about_it(catalogue):
    dossier = show(catalogue, "place-a")
    assert (dossier.layer, dossier.schema, dossier.title) == ("sites", "sites", "Place A")
    assert [name["text"] for name in dossier.names] == ["Place A", "ទីកន្លែង ក", "Ti Konleng Ka"]
    assert [claim["id"] for claim in dossier.claims] == ["c0001", "c0002", "c0003"]
    assert str(dossier.claims[0]["citation"]) == "Ann Author, The First Book (Press, 1999), p. 5."
    assert [event["id"] for event in dossier.events] == ["opening"]
    assert [zone["covers"] for zone in dossier.zones] == ["Square One"]
    assert dossier.zones[0]["citation"].source == "first-book"
    assert [part["id"] for part in dossier.parts] == ["place-c"]
    assert [citation.source for citation in dossier.citations] == ["first-book", "second-report"]
    assert dossier.position == Citation("first-book", "p. 2", "Ann Author, The First Book (Press, 1999).")


def test_an_area_is_shown_with_what_became_of_it(catalogue):
    split, former = show(catalogue, "P3").history
    assert (split["event"], split["other_name"], split["citation"].source) == (
        "split from",
        "Square Two",
        "second-report",
    )
    assert (former["period_title"], former["name"]) == ("Squares of 1905 (approximate)", "Great Square")
    assert former["citation"].locator == "map"
    assert show(catalogue, "P1").history == ()


def test_a_former_area_is_shown_with_what_it_is_made_of(catalogue):
    assert show(catalogue, "great-square").parts == (
        {"id": "P2", "name": "Square Two"},
        {"id": "P3", "name": "Square Three"},
    )


def test_claims_stand_by_measure_and_what_is_in_doubt_comes_last(small_atlas):
    atlas = small_atlas()
    for status, partial, measure in (
        ("rejected", "no", "prisoners"),
        ("current", "yes", "prisoners"),
        ("current", "no", "deaths"),
        ("superseded", "no", "prisoners"),
        ("current", "no", "prisoners"),
    ):
        with atlas.rows("claims") as rows:
            changed = {"id": f"c{len(rows) + 1:04d}", "status": status, "partial": partial, "measure": measure}
            rows.append(rows[0] | changed | {"low": "9", "high": "9"})
    inputs = read_atlas(atlas.folder)
    path = atlas.folder / "maps/small.gpkg"
    write_catalogue(path, inputs, (), {}, "d")
    with open_catalogue(path) as catalogue:
        dossier = show(catalogue, "place-a")
    assert [(claim["id"], claim["measure"]) for claim in dossier.claims] == [
        ("c0001", "prisoners"),
        ("c0012", "prisoners"),
        ("c0009", "prisoners"),
        ("c0002", "prisoners"),
        ("c0011", "prisoners"),
        ("c0008", "prisoners"),
        ("c0010", "deaths"),
        ("c0003", "date_begin"),
    ]
    (found,) = dossier.ranges
    assert (found.measure, found.low, found.high, found.claims) == ("prisoners", "9", "", ("c0001", "c0002", "c0012"))


def test_a_change_is_shown_with_its_reason_and_a_source_where_there_is_one(small_atlas):
    atlas = small_atlas()
    with (atlas.folder / "atlas.toml").open("a", encoding="utf-8") as manifest:
        manifest.write('\n[tables.changes]\nfile = "data/tables/changes.csv"\nschema = "changes"\n')
    header = ",".join(SCHEMAS["changes"].names)
    rows = ["2026-01-02,place-a,moved,Moved.,A better map.,second-report#sheet 2", "2026-01-01,place-a,revised,R.,W.,"]
    pad = "," * (len(SCHEMAS["changes"].names) - 6)
    atlas.write("data/tables/changes.csv", "\n".join([header, *(row + pad for row in rows)]) + "\n")
    inputs = read_atlas(atlas.folder)
    path = atlas.folder / "maps/small.gpkg"
    write_catalogue(path, inputs, (), {}, "d")
    with open_catalogue(path) as catalogue:
        revised, moved = show(catalogue, "place-a").changes
        assert show(catalogue, "place-b").changes == ()
    assert (moved["why"], moved["citation"].locator) == ("A better map.", "sheet 2")
    assert (revised["date"], revised["citation"]) == ("2026-01-01", None)


@pytest.mark.parametrize(
    ("key", "cited"),
    [
        ("place-a", ("first-book", "second-report")),
        ("place-d", ("first-book",)),
        ("c0002", ("second-report",)),
        ("second-report", ("second-report",)),
        ("nowhere", ("second-report",)),
    ],
)
def test_every_source_of_a_dossier_is_named_once(catalogue, key, cited):
    assert show(catalogue, key).source_ids == cited
    items = cited_sources(catalogue, show(catalogue, key).source_ids)
    whole = {item["id"]: item for item in json.loads((COMPILED["folder"] / "data/sources.json").read_text("utf-8"))}
    assert items == [whole[source] for source in cited]


def test_relations_are_shown_from_both_sides(catalogue):
    relations = show(catalogue, "place-b").relations
    assert [(relation["relation"], relation["other"], relation["outgoing"]) for relation in relations] == [
        ("executed_at", "place-a", False),
        ("memorial_of", "place-c", False),
    ]
    assert relations[0]["other_name"] == "Place A"
    assert relations[0]["citation"].locator == "p. 7"
    (out,) = show(catalogue, "place-c").relations
    assert (out["other"], out["outgoing"], out["note"]) == ("place-b", True, "Says its inscription.")


def test_every_other_record_is_shown_too(catalogue):
    assert [claim["id"] for claim in show(catalogue, "P1").claims] == ["c0004"]
    assert [part["id"] for part in show(catalogue, "P1").parts] == ["place-a", "place-c"]
    assert [claim["id"] for claim in show(catalogue, "a-to-e").claims] == ["c0007"]
    nation = show(catalogue, "nowhere")
    assert (nation.title, [claim["id"] for claim in nation.claims]) == ("Small atlas", ["c0006"])
    claim = show(catalogue, "c0001")
    assert (claim.about, claim.citations[0].locator) == ("Place A", "p. 5")
    assert show(catalogue, "opening").about == "Place A"
    source = show(catalogue, "second-report")
    assert [part["id"] for part in source.parts] == ["place-a", "P1", "P2", "P3"]
    assert [event["id"] for event in source.events] == ["unveiling"]


def test_every_record_of_the_atlas_can_be_shown(catalogue):
    shown = 0
    for layer in catalogue.layers():
        rule = ASKABLE.get(layer["schema"])
        for row in catalogue.rows(f'SELECT * FROM "{layer["name"]}"') if rule and rule.key else ():
            assert show(catalogue, row[rule.key]).id == row[rule.key]
            shown += 1
    assert shown == 5 + 1 + 3 + 2 + 7 + 2


@pytest.mark.parametrize("key", ["PLACE-A", "p1", "Nowhere", "C0001"])
def test_case_does_not_matter(catalogue, key):
    assert show(catalogue, key).id.casefold() == key.casefold()


@pytest.mark.parametrize(
    ("key", "meant"), [("plase-b", "place-b"), ("Ti Konleng", "place-a"), ("Old Square", "P1"), ("c001", "c0001")]
)
def test_an_unknown_id_is_refused_with_the_nearest_ones(catalogue, key, meant):
    with pytest.raises(RequestError) as refusal:
        show(catalogue, key)
    assert meant in refusal.value.problems[0].next_step


@pytest.mark.parametrize(
    ("note", "locator", "footnote"),
    [
        ("A. Author, Book (1999).", "p. 5", "A. Author, Book (1999), p. 5."),
        ("A. Author, Book (1999).", "", "A. Author, Book (1999)."),
        ("“A Page.”", "¶ 2", "“A Page,” ¶ 2."),
    ],
)
def test_a_footnote_ends_with_its_locator(note, locator, footnote):
    assert str(Citation("s", locator, note)) == footnote
