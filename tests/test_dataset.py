"""What a page says of itself to machines."""

from __future__ import annotations

import json

import pytest

from geo.catalogue import open_catalogue
from geo.webmap import make_payload
from geo.webmap.dataset import describe_dataset, inert_json


@pytest.fixture
def payload(small_catalogue):
    with open_catalogue(small_catalogue) as catalogue:
        return make_payload(catalogue, "overview", ["fr", "en"])


def test_a_page_is_described_in_its_language(payload):
    told = describe_dataset(payload)
    assert told["@context"] == "https://schema.org"
    assert told["@type"] == "Dataset"
    assert told["name"] == "Vue d’ensemble – Petit atlas"
    assert told["version"] == "1.0.0"
    assert told["license"] == {"@type": "CreativeWork", "text": "Invented for tests."}
    assert told["inLanguage"] == ["fr", "en"]
    assert told["spatialCoverage"]["geo"]["box"] == "9.5 -33.5 11.5 -29.5"


def test_a_licence_that_is_an_address_is_one_and_a_span_of_time_is_told(payload):
    atlas = payload["atlas"] | {"licence": "https://example.org/licence", "timeline": "1968/1999"}
    told = describe_dataset(payload | {"atlas": atlas})
    assert told["license"] == "https://example.org/licence"
    assert told["temporalCoverage"] == "1968/1999"


def test_nothing_in_it_can_end_its_element():
    hostile = {"name": "</script><!-- \u2028 & 'ក'"}
    text = inert_json(hostile)
    assert not {"<", ">", "&", "\u2028"} & set(text)
    assert json.loads(text) == hostile
