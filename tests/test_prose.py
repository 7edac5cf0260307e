"""A document as elements: everything of it that is said is kept, and nothing of it runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from geo.webmap.prose import parse_prose


def words_of(prose):
    return "".join(piece if isinstance(piece, str) else words_of(piece["children"]) for piece in prose)


def tags_of(prose):
    for piece in prose:
        if not isinstance(piece, str):
            yield piece["tag"]
            yield from tags_of(piece["children"])


def test_headings_stand_below_those_of_the_page():
    assert parse_prose("# One\n\n## Two\n\n###### Six") == [
        {"tag": "h3", "children": ["One"]},
        {"tag": "h4", "children": ["Two"]},
        {"tag": "h6", "children": ["Six"]},
    ]


def test_text_of_several_lines_is_one_text_with_its_emphasis():
    assert parse_prose("A range\nis **not** a\nmean.") == [
        {"tag": "p", "children": ["A range is ", {"tag": "strong", "children": ["not"]}, " a mean."]}
    ]


def test_a_tight_list_has_no_paragraphs_and_a_loose_one_has():
    assert parse_prose("- one\n- two")[0] == {
        "tag": "ul",
        "children": [{"tag": "li", "children": ["one"]}, {"tag": "li", "children": ["two"]}],
    }
    assert "p" in tags_of(parse_prose("- one\n\n- two"))
    assert parse_prose("1. first")[0]["tag"] == "ol"


def test_a_table_keeps_its_cells():
    (table,) = parse_prose("| basis | radius |\n| --- | ---: |\n| village | 500 m |\n")
    assert list(tags_of([table])) == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    assert words_of([table]) == "basisradiusvillage500 m"


def test_only_a_link_to_the_web_leads_anywhere():
    (paragraph,) = parse_prose("[a](https://example.org/x) [b](data/README.md) [c](javascript:alert)")
    assert paragraph["children"][0] == {"tag": "a", "href": "https://example.org/x", "children": ["a"]}
    assert list(tags_of([paragraph])) == ["p", "a"]
    assert words_of([paragraph]).startswith("a b ")


def test_html_in_a_document_is_text():
    prose = parse_prose("<script>alert(1)</script>\n\nA <img src=x onerror=y> in text, and `<b>`.")
    assert set(tags_of(prose)) == {"p", "code"}
    assert "<script>alert(1)</script>" in words_of(prose)
    assert "<img src=x onerror=y>" in words_of(prose)


@given(st.text(alphabet="ab<>&[]()#*_`|-\n !:/.ក", max_size=120))
def test_whatever_is_written_becomes_known_elements(markdown):
    known = {"h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "strong", "em", "code", "pre", "hr", "br"}
    known |= {"table", "thead", "tbody", "tr", "th", "td", "a"}
    assert set(tags_of(parse_prose(markdown))) <= known
