"""A page without its code: everything is told, in the page's language, and text stays text."""

from __future__ import annotations

import copy
import html
import re
from html.parser import HTMLParser

import pytest

from geo.catalogue import open_catalogue
from geo.webmap import make_payload
from geo.webmap import reading as room
from geo.webmap.page import read_bundle
from geo.webmap.reading import render_opening, render_reading

PAGES = [None, "overview", "prisons", "figures"]
HOSTILE = "{{ 7*7 }}<img src=x onerror=alert(1)></noscript><script>alert(1)</script>'\"><svg onload=alert(1)>"
KNOWN = frozenset({
    "div", "main", "header", "nav", "section", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "a",
    "span", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "blockquote", "strong", "em", "hr", "br",
})  # fmt: skip


@pytest.fixture(scope="module")
def payloads(small_catalogue):
    """Return the payload of every page of the tiny atlas; never changed by a test."""
    with open_catalogue(small_catalogue) as opened:
        return {name: make_payload(opened, name) for name in PAGES}


class Read(HTMLParser):
    """The text of a reading, its elements, and whether they are closed in the order in which they were opened."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.text, self.elements, self.open = "", [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("hr", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(payload):
    seen = Read(render_reading(payload, read_bundle().words))
    assert seen.open == []
    return seen


def in_language(payload, language):
    payload = copy.deepcopy(payload)
    payload["page"]["language"] = language
    return payload


def poison(value, key=""):
    """Return a payload with hostile text in every text, ids and words among them."""
    if isinstance(value, dict):
        return {name: poison(member, name) for name, member in value.items()}
    if isinstance(value, list):
        return [poison(member, key) for member in value]
    return f"{value}{HOSTILE}" if isinstance(value, str) and key not in ("language", "languages", "schema") else value


@pytest.mark.parametrize("language", ["en", "km", "fr"])
def test_every_place_and_journey_is_told_with_its_names_and_citations(payloads, language):
    payload = in_language(payloads["overview"], language)
    seen = read(payload)
    for record in (*payload["sites"], *payload["routes"]):
        assert record["name"] in seen.text
        assert record["summary"] in seen.text
        assert all(name["text"] in seen.text for name in record.get("names", []))
        for reference in record["sources"]:
            assert payload["sources"][reference["source"]]["note"] in seen.text
            assert reference.get("locator", "") in seen.text
    for area in payload["areas"]:
        if any(site.get("province") == area["code"] for site in payload["sites"]):
            assert area["name"].get(language, area["name"]["en"]) in seen.text
    for key in ("notice", "dedication"):
        assert all(text in seen.text for text in payload["atlas"].get(key, {}).values())


def test_a_number_leads_to_its_source_and_every_source_has_one(payloads):
    seen = read(payloads["overview"])
    ids = {attrs["id"] for _, attrs in seen.elements if "id" in attrs}
    cited = {attrs["href"] for tag, attrs in seen.elements if tag == "a" and attrs["href"].startswith("#")}
    assert cited == {f"#{one}" for one in ids}
    assert len(cited) > 1


@pytest.mark.parametrize("language", ["en", "km", "fr"])
def test_words_in_another_language_say_so(payloads, language):
    payload = in_language(payloads["overview"], language)
    text = render_reading(payload, read_bundle().words)
    assert text.startswith(f'<div class="reading" lang="{language}">')
    khmer = payload["page"]["title"]["km"]
    assert (f'lang="km">{khmer}<' in text) == (language != "km")
    summary = html.escape(payload["sites"][0]["summary"], quote=True)
    assert (f'<p lang="en">{summary}</p>' in text) == (language != "en")


def test_a_name_and_a_title_stand_once_where_a_list_was_kept_in_one_language(payloads):
    payload = in_language(payloads["overview"], "km")
    payload["page"]["title"] = {"en": "Kept in English"}
    names = [{"text": "គុកស្អាង", "language": "km", "kind": "main"}]
    payload["sites"] = [{**payload["sites"][0], "name": "គុកស្អាង", "names": names}]
    text = render_reading(payload, read_bundle().words)
    assert text.count("<h4><span>គុកស្អាង</span></h4>") == 1
    assert text.count("Kept in English") == 1


@pytest.mark.parametrize("name", PAGES)
def test_hostile_text_stays_text(payloads, name):
    payload = poison(payloads[name])
    page = render_reading(payload, read_bundle().words)
    assert "</noscript" not in page.lower()
    seen = read(payload)
    assert {tag for tag, _ in seen.elements} <= KNOWN
    assert HOSTILE in seen.text
    for _, attrs in seen.elements:
        assert set(attrs) <= {"class", "lang", "href", "rel", "id", "scope", "aria-label"}
        assert re.fullmatch("[A-Za-z0-9-]+", attrs.get("lang", "en"))


def test_a_link_leads_to_the_web_or_to_a_page_beside_this_one(payloads):
    payload = copy.deepcopy(payloads["overview"])
    for number, source in enumerate(payload["sources"].values()):
        source["url"] = ["javascript:alert(1)", 'https://example.org/"><b>', "file:///etc", "data:text/html,x"][
            number % 4
        ]
    payload["pages"][0]["href"] = "javascript:alert(1)"
    payload["pages"][-1]["href"] = "https://example.org/x.html"
    links = [attrs for tag, attrs in read(payload).elements if tag == "a"]
    addresses = [attrs["href"] for attrs in links]
    assert all(re.match(r"#source-\d+$|https://example\.org/\"><b>$|[a-z]+\.html$", address) for address in addresses)
    assert all(attrs["rel"] == "noopener noreferrer" for attrs in links if attrs["href"].startswith("https:"))


def test_too_many_records_are_counted_and_the_command_is_named(payloads, monkeypatch):
    monkeypatch.setattr(room, "MOST_RECORDS", 2)
    payload = payloads["prisons"]
    seen = read(payload)
    assert payload["sites"][0]["summary"] not in seen.text
    number = len(payload["sites"]) + len(payload["routes"])
    assert f"holds {number} records" in seen.text
    assert "memorial query sites --kind prison --kind execution_site" in seen.text


def test_a_page_of_figures_tells_them_with_their_sources(payloads):
    payload = payloads["figures"]
    seen = read(payload)
    assert payload["choropleth"]
    rows = sum(len(shown["values"]) for shown in payload["choropleth"])
    assert sum(tag == "tr" for tag, _ in seen.elements) == rows > 0


def test_the_cover_leads_to_the_pages_and_tells_the_method(payloads):
    payload = copy.deepcopy(payloads[None])
    payload["method"] = [
        {"tag": "h3", "children": ["How"]},
        {"tag": "x-new", "children": ["and ", {"tag": "br", "children": []}]},
    ]
    seen = read(payload)
    assert [attrs["href"] for tag, attrs in seen.elements if tag == "a"] == [
        page["href"] for page in payload["pages"] if page["name"] != "index"
    ]
    assert all(page["description"]["en"] in seen.text for page in payload["pages"][1:])
    assert ("h3", {}) in seen.elements
    assert "x-new" not in {tag for tag, _ in seen.elements}


def test_events_and_chapters_are_told(payloads):
    payload = copy.deepcopy(payloads["overview"])
    source = next(iter(payload["sources"]))
    event = {"id": "e", "date": "1975-04-17", "title": "A day", "text": "It came.", "reference": {"source": source}}
    payload["events"] = [event, event | {"end": "1979", "title": "Years"}]
    payload["page"]["chapters"] = [
        {
            "title": {"en": "One"},
            "text": {"en": "Read this.[1] Not this.[7]"},
            "records": [],
            "sources": [{"source": source, "locator": "p. 4"}],
        }
    ]
    seen = read(payload)
    for text in ("A day", "17 April 1975", "17 April 1975 – 1979", "It came.", "One", "Read this.", "(p. 4)", "[7]"):
        assert text in seen.text
    assert seen.text.index("[1]") < seen.text.index("Not this")


def test_a_place_that_is_not_drawn_or_dated_says_so(payloads):
    sites = payloads["overview"]["sites"]
    seen = read(payloads["overview"])
    assert seen.text.count("Not drawn on the map.") == sum(site["point"] is None for site in sites) > 0
    assert ("undated" in seen.text) == any(not site.get("begin") and not site.get("end") for site in sites)


def test_what_is_said_when_a_page_does_not_open_is_in_its_languages():
    seen = Read(render_opening(["km", "fr"], read_bundle().words))
    assert [attrs.get("lang") for tag, attrs in seen.elements if tag == "p"] == ["km", "km", "fr", "fr"]
    assert "abîmé" in seen.text


def test_a_locator_that_only_names_a_file_is_not_told(payloads):
    page = copy.deepcopy(payloads["overview"])
    site = page["sites"][0]
    site["sources"] = [{"source": "first-book", "locator": "seed.txt"}, {"source": "first-book", "locator": "p. 1"}]
    text = read(page).text
    assert "seed.txt" not in text
    assert "p. 1" in text
