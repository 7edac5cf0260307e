"""How much of what is known to exist an atlas holds: counts that add up, and claims that are never bent."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.coverage import ABROAD, UNKNOWN, compare, coverage, whereabouts
from geo.readers import read_manifest, read_table
from geo.spec import SCHEMAS

ROOT = Path(__file__).parents[1]
KINDS = ("prison", "camp", "memorial")
AREAS = ("P1", "P2", "P3")

places = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(KINDS),
            "province": st.sampled_from([None, *AREAS]),
            "country": st.sampled_from([None, "XA", "XB"]),
        }
    ),
    max_size=12,
).map(lambda rows: [row | {"id": f"s{at}"} for at, row in enumerate(rows)])


def claim(key="c1", **values):
    row = dict.fromkeys(SCHEMAS["claims"].names) | {
        "id": key, "subject": "nowhere", "measure": "prisons", "low": "10", "high": "12", "unit": "sites",
        "source": "first-book", "status": "current", "partial": "no",
    }  # fmt: skip
    return row | values


def site(key, kind="prison", province=None, country=None):
    return {"id": key, "kind": kind, "province": province, "country": country}


def held(sites=(), claims=None, kinds=("prison",)):
    declared = [{"kinds": kinds, "claim": "c1", "note": None}]
    return compare(declared, sites, claims or [claim()], "nowhere", AREAS)[0]


def test_a_place_without_a_province_is_abroad_only_where_another_country_is_named():
    sites = [site("a", province="P1", country="XA"), site("b", country="XA"), site("c", country="XB"), site("d")]
    assert whereabouts(sites) == {"a": "P1", "b": UNKNOWN, "c": ABROAD, "d": UNKNOWN}
    assert whereabouts([site("c", country="XB")]) == {"c": UNKNOWN}, "an atlas without provinces is not all abroad"


def test_places_abroad_and_of_other_kinds_are_not_held():
    sites = [site("a", province="P1", country="XA"), site("b", country="XB"), site("c", "camp", "P1", "XA"), site("d")]
    entry = held(sites)
    assert (entry["held"], entry["abroad"], entry["unknown"], entry["difference"]) == (2, 1, 1, 8)
    assert [(area["code"], area["held"]) for area in entry["provinces"]] == [("P1", 1), ("P2", 0), ("P3", 0)]
    assert held(sites, kinds=("prison", "camp"))["held"] == 3


def test_the_claim_stands_letter_for_letter():
    entry = held(claims=[claim(low="0196", high=None, as_of="2004~", stated_by="A survey", locator="p. 3")])
    assert {name: entry[name] for name in ("claim", "measure", "unit", "low", "high", "as_of", "stated_by")} == {
        "claim": "c1", "measure": "prisons", "unit": "sites", "low": "0196", "high": None, "as_of": "2004~",
        "stated_by": "A survey",
    }  # fmt: skip
    assert (entry["source"], entry["locator"]) == ("first-book", "p. 3")


@pytest.mark.parametrize(("low", "difference"), [("3", 1), ("2", None), ("1", None), (None, None)])
def test_a_difference_is_told_only_where_the_claim_counts_more(low, difference):
    assert held([site("a"), site("b")], [claim(low=low)])["difference"] == difference


def test_other_counts_stand_beside_it_and_what_is_withdrawn_or_partial_does_not():
    others = [
        claim("c2", low="7"),
        claim("c3", status="contested"),
        claim("c4", status="rejected"),
        claim("c5", status="superseded"),
        claim("c6", partial="yes"),
        claim("c7", measure="camps"),
        claim("c8", unit="persons"),
        claim("c9", subject="P1"),
    ]
    entry = held(claims=[claim(), *others])
    assert [other["claim"] for other in entry["others"]] == ["c2", "c3"]
    assert entry["others"][0]["low"] == "7"


def test_a_province_has_the_range_of_its_own_claims():
    claims = [
        claim(),
        claim("c2", subject="P2", low="4", high="4"),
        claim("c3", subject="P2", low="6", high="9", status="contested"),
        claim("c4", subject="P2", low="1", high="99", status="rejected"),
        claim("c5", subject="P2", low="1", high="99", partial="yes"),
        claim("c6", subject="P2", low="1", high="99", measure="camps"),
    ]
    assert held([site("a", province="P2")], claims)["provinces"] == [
        {"code": "P1", "held": 0, "low": None, "high": None, "claims": []},
        {"code": "P2", "held": 1, "low": "4", "high": "9", "claims": ["c2", "c3"]},
        {"code": "P3", "held": 0, "low": None, "high": None, "claims": []},
    ]


@given(places, st.sets(st.sampled_from(KINDS), min_size=1))
def test_the_counts_add_up(sites, kinds):
    entry = held(sites, kinds=tuple(kinds))
    assert entry["held"] + entry["abroad"] == sum(site["kind"] in kinds for site in sites)
    assert sum(area["held"] for area in entry["provinces"]) + entry["unknown"] == entry["held"]


def test_it_is_read_from_the_catalogue(small_atlas, small_catalogue):
    with open_catalogue(small_catalogue) as catalogue:
        assert coverage(catalogue) == []
    atlas = small_atlas()
    declare(atlas)
    with open_catalogue(compile_atlas(atlas.folder).path) as catalogue:
        (entry,) = coverage(catalogue)
    assert (entry["kinds"], entry["held"], entry["low"], entry["difference"]) == (["prison", "camp"], 2, "5", 3)
    assert (entry["abroad"], entry["note"]["en"]) == (1, "A note.")
    assert [area["held"] for area in entry["provinces"]] == [1, 0, 1]


def declare(atlas):
    """Have the small atlas hold its prisons and camps against a claim."""
    atlas.add_row("claims", 5, id="c0008", low="5", high="5", status="current", note="")
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    atlas.write(
        "atlas.toml",
        f'{manifest}\n[[coverage]]\nkinds = ["prison", "camp"]\nclaim = "c0008"\nnote = {{ en = "A note." }}\n',
    )


def test_the_atlas_of_this_repository_is_held_against_the_survey_of_the_country():
    manifest = read_manifest(ROOT)
    rows, problems = read_table(ROOT / manifest.tables["claims"].file, "claims", SCHEMAS["claims"])
    assert not problems
    counted = {
        kind: rows.set_index("id").loc[entry.claim, ["measure", "low", "high", "as_of", "source"]].tolist()
        for entry in manifest.coverage
        for kind in entry.kinds
    }
    assert counted == {
        "prison": ["prisons", "196", "196", "2004", "dccam-mapping"],
        "mass_grave": ["grave_sites", "388", "388", "2004", "dccam-mapping"],
        "memorial": ["memorials", "81", "81", "2004", "dccam-mapping"],
    }
