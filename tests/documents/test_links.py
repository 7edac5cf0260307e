"""Links between the documents lead somewhere, and every document is in the contents."""

from __future__ import annotations

import re

import pytest

import geo
from geo.schemas import SCHEMA_NAMES
from tests.documents.reading import PARSER, ROOT, documents

PAGES = [*documents(), *sorted((ROOT / "docs/decisions").glob("*.md")), ROOT / "data/README.md"]


def anchors_of(path):
    """Return the anchors of the headings of a page, as MyST and others make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_of(path):
    """Return where a page leads inside the repository."""
    tokens = [child for token in PARSER.parse(path.read_text(encoding="utf-8")) for child in token.children or ()]
    found = [
        token.attrs.get("href") or token.attrs.get("src") for token in tokens if token.type in ("link_open", "image")
    ]
    return [str(link) for link in found if link and not re.match(r"[a-z]+:", str(link))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path):
    for link in links_of(path):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


def test_every_document_is_in_the_contents():
    contents = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    named = re.findall(
        r"^([\w/-]+)$", "\n".join(re.findall(r"```\{toctree\}(.*?)```", contents, re.DOTALL)), re.MULTILINE
    )
    listed = {path for name in named for path in (ROOT / "docs").glob(f"{name}.md")}
    pages = {path for path in (ROOT / "docs").rglob("*.md") if "decisions" not in path.parts}
    assert pages - listed == {ROOT / "docs/index.md"}


def test_the_reference_names_all_that_there_is():
    python = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\.\. auto\w+:: (\w+)$", python, re.MULTILINE)) == set(geo.__all__) - {"__version__"}
    contract = (ROOT / "docs/reference/contract.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^```\{contract\} (\w+)$", contract, re.MULTILINE)) == SCHEMA_NAMES


def test_the_pictures_are_light():
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs/images").iterdir()}
    assert sizes
    assert max(sizes.values()) < 150_000, sizes
