"""The numbers that the documents state of the atlas are those of its files."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter

from tests.documents.reading import ROOT

KINDS = {
    "security centres": "prison", "execution sites": "execution_site", "mass graves": "mass_grave",
    "forced-labour sites": "worksite", "memorials": "memorial", "places of events": "event_place", "camps": "camp",
    "crossings": "crossing",
}  # fmt: skip


def features(layer):
    return json.loads((ROOT / f"data/{layer}.geojson").read_text(encoding="utf-8"))["features"]


def rows(table):
    with (ROOT / f"data/tables/{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def said(page, pattern):
    """Return the numbers of the one sentence of a page that has this form."""
    text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
    (found,) = re.findall(pattern, text)
    return [int(number) for number in (found if isinstance(found, tuple) else (found,))]


def test_the_readme_counts_as_the_data_do():
    sites, routes = features("sites"), features("routes")
    kinds = Counter(site["properties"]["kind"] for site in sites)
    for word, kind in KINDS.items():
        assert said("README.md", rf"\([^)]*?(\d+) {word}[,)]") == [kinds[kind]], word
    assert set(KINDS.values()) == set(kinds)
    assert said("README.md", r"(\d+) places \(\d+ security") == [len(sites)]
    drawn = sum(route["geometry"] is not None for route in routes)
    assert said("README.md", r"(\d+) movements of people of which (\d+) can") == [len(routes), drawn]
    sources = json.loads((ROOT / "data/sources.json").read_text(encoding="utf-8"))
    counted = [len(rows("claims")), len(sources), len(rows("events"))]
    assert said("README.md", r"(\d+) claims from (\d+) sources, (\d+) events") == counted
    unlocated = sum(site["geometry"] is None for site in sites)
    undated = sum(not site["properties"]["begin"] and not site["properties"]["end"] for site in sites)
    assert said("README.md", r"(\d+) places have no point") == [unlocated]
    assert said("README.md", r"(\d+) have no date") == [undated]


def test_what_others_count_is_a_claim():
    claims = {row["id"]: row["low"] for row in rows("claims")}
    pattern = r"counts (\d+) prisons, (\d+) clusters of mass graves and (\d+) memorials"
    assert said("README.md", pattern) == [int(claims[each]) for each in ("c0321", "c0314", "c0322")]


def test_the_known_issues_count_as_the_data_do():
    khmer = {row["subject"] for row in rows("names") if row["script"] == "Khmr"}
    sites = [site["properties"]["id"] for site in features("sites")]
    without = sum(site not in khmer for site in sites)
    assert said("docs/known-issues.md", r"(\d+) of (\d+) have no name in Khmer script") == [without, len(sites)]
