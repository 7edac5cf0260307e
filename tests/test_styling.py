"""The styles that a GIS program picks up."""

from xml.etree import ElementTree as ET

import pytest

from geo.styling import render_style

TERMS = {
    "kinds": {
        "prison": {"label": {"en": "Prison", "km": "គុក"}, "symbol": "square", "colour": "#54456b"},
        "it's": {"label": {"en": '<b>&"quoted"'}, "symbol": "unheard-of", "colour": "#000000"},
    },
    "route_kinds": {"flight": {"label": {"en": "Flight"}, "colour": "#2f5d86"}},
}
COLUMNS = ["id", "name", "name_km", "kind", "precision_m", "precision_basis", "segments"]


def style(schema, draw="", columns=COLUMNS):
    return render_style(schema, draw, TERMS, ("en", "km"), columns)


def rules(text):
    return [rule.attrib for rule in ET.fromstring(text).iter("rule")]


def test_each_kind_has_a_filled_a_hollow_and_an_area_sign():
    labels = [rule["label"] for rule in rules(style("sites"))]
    assert labels[:3] == ["Prison · គុក", "Prison · គុក (area)", "Prison · គុក (area)"]
    assert len(labels) == 6


def test_an_area_has_no_sign_in_its_middle_close_up():
    near = [rule for rule in rules(style("sites")) if "scalemaxdenom" in rule]
    symbols = {symbol.get("name"): symbol for symbol in ET.fromstring(style("sites")).iter("symbol")}
    assert near
    for rule in near:
        layers = [layer.get("class") for layer in symbols[rule["symbol"]].findall("layer")]
        assert layers == ["GeometryGenerator"]


def test_words_of_the_data_stay_words():
    text = style("sites")
    assert "\"kind\" = 'it''s'" in [rule["filter"].split(" AND ")[0] for rule in rules(text)]
    assert any(rule["label"] == '<b>&"quoted"' for rule in rules(text))


def test_a_language_without_a_word_leaves_no_gap():
    terms = {"kinds": {"prison": TERMS["kinds"]["prison"] | {"label": {"en": "Prison", "km": "", "fr": "Prison"}}}}
    assert rules(render_style("sites", "", terms, ("en", "km", "fr"), COLUMNS))[0]["label"] == "Prison · Prison"


def test_a_sign_that_no_xml_can_hold_is_shown_by_its_code():
    terms = {"kinds": {"prison": TERMS["kinds"]["prison"] | {"label": {"en": "Pri\x01son\u202e"}}}}
    assert rules(render_style("sites", "", terms, ("en",), COLUMNS))[0]["label"] == "Pri\\u0001son\\u202e"


def test_each_certainty_has_its_own_stroke():
    properties = [option.get("value") for option in ET.fromstring(style("routes")).iter("Option")]
    for word in ("documented", "reconstructed", "assumed"):
        assert any(value and f"'{word}'" in value for value in properties)
    assert "4;2" in properties
    assert "0.6;1.8" in properties


@pytest.mark.parametrize("draw", ["land", "water", "river", "town"])
def test_a_backdrop_is_drawn_as_what_it_is(draw):
    assert len(rules(style("backdrop", draw))) == 1


def test_only_towns_of_a_backdrop_are_named():
    assert ET.fromstring(style("backdrop", "town")).get("labelsEnabled") == "1"
    assert ET.fromstring(style("backdrop", "land")).get("labelsEnabled") == "0"


def test_a_label_uses_only_columns_that_are_there():
    settings = ET.fromstring(style("areas", columns=["code", "name"])).find(".//text-style")
    assert "name_km" not in settings.get("fieldName")


def test_a_table_has_no_style():
    assert style("claims") == ""


def test_the_same_words_give_the_same_style():
    assert style("sites") == style("sites")
