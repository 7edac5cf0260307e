"""One HTML file: text stays text, everything is inside, nothing is loaded, the same map gives the same bytes."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import re
from html.parser import HTMLParser

import folium
import folium.plugins
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.catalogue import open_catalogue
from geo.errors import OutputError, RequestError
from geo.webmap import MemorialMap, make_payload, render_files, render_page
from geo.webmap.page import read_bundle

PAGES = [None, "overview", "prisons", "figures"]
HOSTILE = [
    "{{ 7*7 }}",
    "{{ cycler.__init__.__globals__.os.mkdir(dict(x=1)|first) }}",
    "{% open",
    "{# never closed",
    "{% raw %}",
    "</script><script>alert(1)</script>",
    "<!-- <script>",
    "]]>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'; alert(1); //",
    "`${alert(1)}`",
    "\\1 \\u0022 \\",
    "line\u2028and\u2029paragraph",
    "&lt;b&gt; &amp; &#x27;",
    "javascript:alert(1)",
    "@@data@@ %s {0} $1 \\g<0>",
    "\u202eright to left",
]


@pytest.fixture(scope="module")
def payloads(small_catalogue):
    """Return the payload of every page of the tiny atlas; never changed by a test."""
    with open_catalogue(small_catalogue) as opened:
        made = {name: make_payload(opened, name) for name in PAGES}
    return {name: payload | {"sites": list(payload["sites"])} for name, payload in made.items()}


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text of those that hold code or data."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.texts = []
        self.inside = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        self.inside = True

    def handle_endtag(self, _tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.texts[-1] += data

    def of(self, tag):
        return [(attrs, text) for (name, attrs), text in zip(self.elements, self.texts, strict=True) if name == tag]


def without_reading(page):
    """Return a page without what it shows to those who run no code; tests/test_reading.py looks at that."""
    return re.sub("<noscript><div.*?</noscript>", "", page, flags=re.DOTALL)


def policy_of(page):
    ((attrs, _),) = [
        found for found in Elements(page).of("meta") if found[0].get("http-equiv") == "Content-Security-Policy"
    ]
    return {name: values for name, *values in (part.split() for part in attrs["content"].split(";"))}


def hash_source(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def without_code_licences(data):
    return data | {"licences": None}


# --- hostile text -------------------------------------------------------------------------------------------------


def poison(value, text, key=""):
    """Return a payload with a hostile text wherever text of an atlas can stand, ids and words among them."""
    if isinstance(value, dict):
        return {name: poison(member, text, name) for name, member in value.items()}
    if isinstance(value, list):
        return [poison(member, text, key) for member in value]
    return f"{value}{text}" if isinstance(value, str) and key not in ("language", "languages") else value


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", PAGES)
def test_hostile_text_in_every_field_stays_text(payloads, payload_of, name, text):
    clean = render_page(MemorialMap(payloads[name]))
    payload = poison(payloads[name], text)
    page = render_page(MemorialMap(payload))
    assert without_code_licences(payload_of(page)) == without_code_licences(payload)
    kept, seen = Elements(without_reading(clean)), Elements(without_reading(page))
    assert [tag for tag, _ in seen.elements] == [tag for tag, _ in kept.elements], "an element was made out of data"
    ((_, title),) = seen.of("title")
    assert title.count(text) == (1 if name is None else 2)
    assert read_bundle().script in page
    ((_, described),) = [found for found in seen.of("script") if found[0].get("type") == "application/ld+json"]
    assert not {"\u2028", "\u2029", "<", ">", "&"} & set(described)
    assert text in json.loads(described)["name"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60))
def test_any_text_comes_back_as_it_was(payloads, payload_of, text):
    payload = poison(payloads["figures"], text)
    assert without_code_licences(payload_of(render_page(MemorialMap(payload)))) == without_code_licences(payload)


def test_template_text_is_not_run_while_the_page_is_built(payloads, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    page = render_page(MemorialMap(poison(payloads["overview"], HOSTILE[1])))
    assert list(tmp_path.iterdir()) == []
    assert "cycler.__init__" in page


def test_name_of_a_page_cannot_leave_its_element_or_variable(payloads):
    payload = copy.deepcopy(payloads["overview"])
    payload["page"]["name"] = 'x"><b>-ក{{1}}'
    page = render_page(MemorialMap(payload))
    assert '<div id="map_x___b_____1__" class="memorial-map"></div>' in page
    assert "window.map_x___b_____1__ = await memorial.open(" in page


# --- one file, nothing loaded -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_policy_allows_what_stands_in_the_page_and_nothing_else(payloads, name):
    page = render_page(MemorialMap(payloads[name]))
    policy = policy_of(page)
    parsed = Elements(page)
    code = [text for attrs, text in parsed.of("script") if not attrs.get("type")]
    assert len(code) == 2
    assert policy == {
        "default-src": ["'none'"],
        "script-src": [hash_source(text) for text in code],
        "style-src": [hash_source(text) for _, text in parsed.of("style")],
        "img-src": ["data:"],
        "font-src": ["data:"],
        "connect-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    tags = [tag for tag, _ in parsed.elements]
    assert tags.index("meta") < tags.index("style")
    first_code = page.index("<style")
    assert page.index("Content-Security-Policy") < first_code


@pytest.mark.parametrize("name", PAGES)
def test_no_outside_address_but_in_the_data(payloads, name):
    page = render_page(MemorialMap(payloads[name]))
    parsed = Elements(without_reading(page))
    for tag, attrs in parsed.elements:
        for key in ("src", "href", "action", "data", "srcset", "poster", "background"):
            assert key not in attrs or attrs[key].startswith("data:"), f"<{tag} {key}={attrs[key]!r}>"
        assert not any(key.startswith("on") or key == "style" for key in attrs), f"<{tag}> would need unsafe-inline"
    for _, style in parsed.of("style"):
        assert "@import" not in style
        # Leaflet's style sheet names no file here (its pictures are left out) and a behaviour of Internet Explorer.
        addresses = set(re.findall(r"url\(\s*[\"']?([^\"')]*)", style)) - {"", "#default#VML"}
        assert all(address.startswith("data:") for address in addresses)
    # The name of a vocabulary is no address; Leaflet's own stands in a line of its code that no page shows.
    outside = set(re.findall(r"https?://[^\s\"'`<>)\\]+", without_reading(page))) - {
        "http://www.w3.org/2000/svg",
        "https://schema.org",
        "https://leafletjs.com",
    }
    assert not outside


@pytest.mark.parametrize("name", PAGES)
def test_page_says_its_language_and_title_and_may_be_zoomed(payloads, name):
    page = render_page(MemorialMap(payloads[name]))
    parsed = Elements(page)
    assert page.startswith("<!DOCTYPE html>\n")
    ((html, _),) = parsed.of("html")
    assert html == {"lang": "en"}
    ((_, title),) = parsed.of("title")
    assert title == ("Small atlas" if name is None else f"{payloads[name]['page']['title']['en']} – Small atlas")
    metas = {attrs.get("name"): attrs.get("content") for attrs, _ in parsed.of("meta")}
    assert metas["viewport"] == "width=device-width, initial-scale=1"
    assert metas["description"] == payloads[name]["page"]["description"]["en"]
    (element,) = [attrs for tag, attrs in parsed.elements if tag == "div" and "memorial-map" in attrs.get("class", "")]
    assert element["id"] == f"map_{name or 'index'}"
    assert f"window.map_{name or 'index'} = await memorial.open(" in page


def test_licences_of_the_code_are_in_the_page(payloads, payload_of):
    data = payload_of(render_page(MemorialMap(payloads["figures"])))
    names = " ".join(entry["name"] for entry in data["licences"])
    assert "leaflet" in names.lower()
    assert "noto" in names.lower()
    texts = [entry["text"] for entry in data["licences"]]
    assert len(texts) == len(set(texts))


def test_khmer_fonts_are_left_out_of_a_page_without_khmer(payloads):
    payload = json.loads(re.sub("[\u1780-\u17ff]", "", json.dumps(payloads["figures"], ensure_ascii=False)))
    payload["atlas"]["languages"] = ["en", "fr"]
    with_khmer, without = (render_page(MemorialMap(one)) for one in (payloads["figures"], payload))
    assert "Khmer" in with_khmer.partition("@font-face")[2]
    assert not re.search(r"@font-face\{font-family:\"[^\"]*Khmer\"[^}]*U\+1780", without)
    assert len(without) < len(with_khmer)


# --- sameness -------------------------------------------------------------------------------------------------------


def test_same_map_gives_the_same_bytes(payloads):
    memorial_map = MemorialMap(payloads["overview"])
    page = render_page(memorial_map)
    assert render_page(memorial_map) == page
    assert render_page(MemorialMap(payloads["overview"])) == page
    assert memorial_map.get_root().render() == page


# --- folium -----------------------------------------------------------------------------------------------------------


def test_map_is_a_folium_map_that_saves_and_shows_itself(payloads, tmp_path):
    memorial_map = MemorialMap(payloads["overview"])
    assert isinstance(memorial_map, folium.Map)
    page = render_page(memorial_map)
    memorial_map.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    shown = memorial_map._repr_html_()
    (frame,) = [attrs for tag, attrs in Elements(shown).elements if tag == "iframe"]
    assert frame["srcdoc"] == page


def test_folium_layers_can_be_added(payloads):
    memorial_map = MemorialMap(payloads["overview"])
    marker = folium.CircleMarker([10.5, -32.5], radius=5).add_to(memorial_map)
    page = render_page(memorial_map)
    assert f"var {marker.get_name()} = L.circleMarker(" in page
    assert f".addTo({memorial_map.get_name()})" in page
    assert page.index("memorial.open(") < page.index("L.circleMarker(", page.index("memorial.open("))
    code = [text for attrs, text in Elements(page).of("script") if not attrs.get("type")]
    assert policy_of(page)["script-src"] == [hash_source(text) for text in code]


def test_styles_that_a_layer_brings_are_allowed_by_hash(payloads):
    memorial_map = MemorialMap(payloads["overview"])
    memorial_map.get_root().header.add_child(folium.Element("<style>.x { color: #111; }</style>"))
    page = render_page(memorial_map)
    assert policy_of(page)["style-src"] == [hash_source(text) for _, text in Elements(page).of("style")]
    assert ".x { color: #111; }" in page


def test_a_layer_that_would_load_something_is_refused(payloads):
    memorial_map = MemorialMap(payloads["overview"])
    folium.plugins.Fullscreen().add_to(memorial_map)
    with pytest.raises(RequestError, match="makes no request"):
        render_page(memorial_map)


def test_a_layer_that_would_end_the_script_is_refused(payloads):
    memorial_map = MemorialMap(payloads["overview"])
    memorial_map.get_root().script.add_child(folium.Element("var x = '</script>';"))
    with pytest.raises(RequestError, match="cannot stand in a page"):
        render_page(memorial_map)


OPEN = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
SEVERAL = "https://{s}.Tile.example.org:8443/{z}/{x}/{y}{r}.png"


def test_added_tiles_open_the_page_to_their_servers_and_to_nothing_else(payloads):
    memorial_map = MemorialMap(payloads["overview"])
    plain = policy_of(render_page(memorial_map))
    folium.TileLayer(OPEN, attr="The makers").add_to(memorial_map)
    group = folium.FeatureGroup("Others").add_to(memorial_map)
    folium.TileLayer(SEVERAL, attr="Others").add_to(group)
    folium.TileLayer("data:image/png;base64,AAAA", attr="Nobody").add_to(group)
    page = render_page(memorial_map)
    policy = policy_of(page)
    assert policy["img-src"] == ["data:", "https://*.tile.example.org:8443", "https://tile.openstreetmap.org"]
    assert plain["img-src"] == ["data:"]
    changed = {name for name in policy if policy[name] != plain[name]}
    assert changed == {"img-src", "script-src", "style-src"}
    assert "L.control.attribution(" in page.partition("memorial.read(")[2]
    assert (
        page.count("L.control.attribution(")
        == render_page(MemorialMap(payloads["overview"])).count("L.control.attribution(") + 1
    )


@pytest.mark.parametrize(
    "address",
    [
        "http://tile.example.org/{z}.png",
        "//tile.example.org/{z}.png",
        "tiles/{z}.png",
        "https://a.org; script-src */{z}",
    ],
)
def test_tiles_from_anywhere_but_a_server_by_https_are_refused(payloads, address):
    memorial_map = MemorialMap(payloads["overview"])
    folium.TileLayer(address, attr="Somebody").add_to(memorial_map)
    with pytest.raises(RequestError, match="cannot stand in a page"):
        render_page(memorial_map)


def test_a_package_without_its_viewer_says_what_to_do(tmp_path):
    with pytest.raises(OutputError, match="install the package again"):
        read_bundle(tmp_path)


# --- data beside the page -------------------------------------------------------------------------------------------


def test_a_page_too_large_for_one_file_is_refused_with_the_way_to_split_it(payloads, monkeypatch):
    monkeypatch.setattr("geo.webmap.page.LARGEST", 100_000)
    with pytest.raises(RequestError) as refused:
        render_files(MemorialMap(payloads["overview"]))
    (problem,) = refused.value.problems
    assert "--split" in problem.next_step
    assert problem.field == "overview.html"


def test_split_data_are_the_same_letters_in_order_and_only_then_scripts_beside_are_allowed(payloads, monkeypatch):
    whole = render_page(MemorialMap(payloads["overview"]))
    assert render_files(MemorialMap(payloads["overview"]), split=True) == [("overview.html", whole)]
    monkeypatch.setattr("geo.webmap.page.SPLIT_ABOVE", 1_000)
    monkeypatch.setattr("geo.webmap.page._PART", 4_000)
    *parts, (name, page) = render_files(MemorialMap(payloads["overview"]), split=True)
    assert name == "overview.html"
    assert len(parts) > 1
    letters = [
        re.fullmatch(rf'memorial\.part\({n},"([A-Za-z0-9+/=]+)"\);\n', text)[1] for n, (_, text) in enumerate(parts)
    ]
    assert f'id="memorial-data">{"".join(letters)}</script>' in whole
    assert re.findall('<script src="([^"]+)"></script>', page) == [part for part, _ in parts]
    assert "'self'" in policy_of(page)["script-src"]
    assert "'self'" not in policy_of(whole)["script-src"]
