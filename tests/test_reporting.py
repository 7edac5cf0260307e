"""The account of an import or a join as a page: nothing in it runs, and every text of the data is text."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from geo.errors import UNSEEN
from geo.reporting import Report, Section, render_report

PLAIN = Report(
    "Import of “list.csv”",
    (("File", "list.csv"), ("Note", ""), ("Layer", "sites")),
    ((("rows", 1234), ("taken", 1000), ("set aside", 234)),),
    (
        Section(
            "Set aside", ("Row", "Why"), (("3", "no name"), ("7", "a name\nof two lines")), "Each with its reason."
        ),
        Section("Corrected", ("Row",), ()),
    ),
)


class Told(HTMLParser):
    """Collects the elements of a page, and the text between them as a reader sees it."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_a_report_says_its_facts_its_sums_and_its_tables_in_order():
    told = "".join(Told(render_report(PLAIN).partition("</style>")[2]).texts)
    said = [
        "Import of “list.csv”", "File", "list.csv", "Layer", "sites", "1,234 rows = 1,000 taken + 234 set aside",
        "Set aside (2)", "Each with its reason.", "Row", "Why", "3", "no name", "7", "a name\nof two lines",
    ]  # fmt: skip
    at = 0
    for text in said:
        assert text in told[at:]
        at = told.index(text, at) + len(text)
    assert "Note" not in told, "a fact that says nothing is left out"
    assert "Corrected" not in told, "and so is a table without rows"


def test_the_policy_allows_the_one_style_of_the_page_and_nothing_else():
    page = render_report(PLAIN)
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'\"" in page
    assert page.index("Content-Security-Policy") < page.index("<style>")
    assert not re.search(r"<(script|link|img|iframe|a)\b|\b(src|href|on\w+|style)=", page)


HOSTILE = st.text(st.characters() | st.sampled_from("<>&\"'`{}\x00\x1b\u202e\n\t\ud800"), max_size=12)


@given(HOSTILE, HOSTILE, HOSTILE, st.integers(0, 10**6))
def test_whatever_the_data_say_it_is_text(one, two, three, count):
    def report(one, two, three):
        table = Section(one, (two, three), ((two, three),), one or "-")
        return render_report(Report(one, ((two, three or "-"),), (((one, count), (two, count)),), (table,)))

    page, plain = (Told(report(*texts)) for texts in ((one, two, three), ("a", "b", "c")))
    assert page.tags == plain.tags, "no text of the data became an element"
    assert not re.search(f"[{UNSEEN}](?<![\n\t])", report(one, two, three))
    report(one, two, three).encode()
