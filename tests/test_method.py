"""The method page: what it says of the rules is what the program applies."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.checks import check_atlas
from geo.errors import CatalogueError, InputError
from geo.readers import digest_atlas, read_atlas
from geo.spec import CLAIM_STATUSES, GRADES, PRECISION_FLOOR_M, STANDINGS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/method.md").read_text(encoding="utf-8")


def rows_of(first):
    """Return the rows of the table whose first column has that heading."""
    lines = PAGE.split(f"| {first} |")[1].splitlines()[2:]
    table = lines[: next(at for at, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_the_table_of_precision_is_the_rule():
    said = {}
    for basis, radius, meaning in rows_of("basis"):
        assert meaning
        said[basis.strip("`")] = None if radius == "no point" else int(radius.removesuffix(" m").replace(",", ""))
    assert said == PRECISION_FLOOR_M
    assert list(said) == list(PRECISION_FLOOR_M)


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("kind", tuple(tomllib.loads((ROOT / "data/vocabulary.toml").read_text(encoding="utf-8"))["kinds"])),
        ("standing", STANDINGS),
        ("grade", GRADES),
        ("status", CLAIM_STATUSES),
    ],
)
def test_every_word_of_the_data_is_defined(heading, words):
    rows = rows_of(heading)
    assert [row[0] for row in rows] == [f"`{word}`" for word in words]
    assert all(len(row) == 2 and row[1].endswith(".") for row in rows)


def test_every_subject_that_was_promised_has_its_section():
    sections = re.findall("^##+ (.+)$", PAGE, re.MULTILINE)
    for word in (
        "included", "kinds", "standing", "grades", "claims", "range", "precision", "dates", "then and now", "joined",
        "persons", "correct", "gaps",
    ):  # fmt: skip
        assert any(word in section.casefold() for section in sections), word


def test_the_files_and_commands_that_it_names_exist():
    for path in re.findall("`(data/[^`]*)`", PAGE):
        assert (ROOT / path).exists(), path
    for command in re.findall("(?:`|^)memorial ([a-z]+)", PAGE, re.MULTILINE):
        assert (ROOT / f"geo/commands/{command}.py").is_file(), command
    for rule in re.findall("`([a-z]+-[a-z]+)`", PAGE):
        assert f"def {rule.replace('-', '_')}(" in (ROOT / "geo/checks/persons.py").read_text(encoding="utf-8"), rule


def test_the_flagship_carries_it_and_holds_allegations_to_their_words():
    inputs = read_atlas(ROOT)
    assert inputs.method == PAGE
    assert inputs.manifest.rules.allegation_words


def test_a_relation_that_may_rest_on_an_allegation_says_so_in_three_languages():
    relations = read_atlas(ROOT).vocabulary.relations
    for relation in ("executed_at", "transferred_to"):
        label = relations[relation].label
        assert ("source" in label.en, "ប្រភព" in label.km, "source" in label.fr) == (True, True, True)


def with_page(atlas, text):
    atlas.replace("atlas.toml", "[files]", '[files]\nmethod = "method.md"')
    atlas.write("method.md", text)


def test_the_catalogue_keeps_the_page_letter_for_letter(small_atlas):
    atlas = small_atlas()
    with_page(atlas, "# វិធីសាស្ត្រ\r\n\n<b>{{ 7*7 }}</b>\n")
    with open_catalogue(compile_atlas(atlas.folder).path) as catalogue:
        assert catalogue.value("method") == "# វិធីសាស្ត្រ\n\n<b>{{ 7*7 }}</b>\n".replace("\n\n", "\r\n\n", 1)


def test_an_atlas_needs_no_page(small_atlas):
    atlas = small_atlas()
    assert read_atlas(atlas.folder).method is None
    with (
        open_catalogue(compile_atlas(atlas.folder).path) as catalogue,
        pytest.raises(CatalogueError),
    ):
        catalogue.value("method")


def test_a_changed_page_is_a_changed_atlas(small_atlas):
    atlas = small_atlas()
    with_page(atlas, "# One\n")
    before, names = digest_atlas(atlas.folder)
    assert "method.md" in names
    atlas.write("method.md", "# Two\n")
    assert digest_atlas(atlas.folder)[0] != before


@pytest.mark.parametrize("page", ["missing.md", "/etc/hostname", "../method.md"])
def test_a_page_that_is_not_there_or_not_inside_is_refused(small_atlas, page):
    atlas = small_atlas()
    atlas.replace("atlas.toml", "[files]", f'[files]\nmethod = "{page}"')
    with pytest.raises(InputError) as error:
        read_atlas(atlas.folder)
    assert any(page in (problem.input, problem.seen) for problem in error.value.problems)


def test_the_page_is_held_to_clean_text(small_atlas):
    atlas = small_atlas()
    with_page(atlas, "# One\n\n  indented\nzero\u200bwidth\n")
    (problem,) = check_atlas(read_atlas(atlas.folder))
    assert (problem.input, problem.where, problem.rule) == ("method.md", "line 4", "no-control")
