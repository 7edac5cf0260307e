"""``memorial diff``: two versions on disk, three formats, and nothing written to either."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from geo.atlas import compile_atlas
from geo.commands.differences import _moved, as_markdown
from geo.comparing import Edition, compare
from geo.comparing.moves import Move


@pytest.fixture
def older(small_atlas):
    """A version of the small atlas as it was before."""
    return small_atlas("older")


def revise(atlas):
    atlas.move("sites", "place-a", {"type": "Point", "coordinates": [-32.5, 10.6]})
    atlas.put(
        "sites",
        "place-b",
        summary="A # summary *with* <b>signs</b>.",
        sources=["first-book#p. 1", "second-report#§2"],
    )
    atlas.add_row("events", 0, id="closing", date="1903", title="Place A closes")
    with atlas.rows("relations") as rows:
        rows.pop()
    manifest = (atlas.folder / "atlas.toml").read_text(encoding="utf-8")
    atlas.write("atlas.toml", f'{manifest}\n[tables.changes]\nfile = "data/changes.csv"\nschema = "changes"\n')
    atlas.write(
        "data/changes.csv",
        "date,record,action,what,why,source,into\n"
        "2020-01-01,place-a,moved,The point is another one.,The old one was read wrongly.,second-report#§4,\n",
    )


def test_a_person_reads_what_changed_and_why(older, atlas, memorial):
    revise(atlas)
    told = memorial("diff", str(older.folder), ".")
    assert told.exit_code == 0, told.output
    lines = told.stdout.splitlines()
    assert lines[0] == "small-atlas 1.0.0 → 1.0.0"
    assert "sites: 5 → 5: 2 changed (1 moved, 1 revised), 3 unchanged" in lines
    assert "events: 2 → 3: 1 added, 2 unchanged" in lines
    at = lines.index("~ place-a  Place A")
    assert lines[at + 1] == "    moved by 11,061.2 m, from 10.5, -32.5 to 10.6, -32.5 (latitude, longitude)"
    assert lines[at + 2] == (
        "    why (2020-01-01): The point is another one. The old one was read wrongly. [second-report#§4]"
    )
    assert "    summary: Place B is invented. → A # summary *with* <b>signs</b>." in lines
    assert "    sources: nothing → second-report#§2" in lines
    assert "+ closing  Place A closes" in lines
    assert "- place-c / memorial_of / place-b" in lines
    assert "  atlas.toml: revised" in lines


def test_a_program_reads_the_same(older, atlas, memorial):
    revise(atlas)
    told = json.loads(memorial("diff", str(older.folder), ".", "--format", "json").stdout)
    assert told["counts"]["sites"] == {
        "old": 5, "new": 5, "unchanged": 3, "changed": 2, "moved": 1, "revised": 1, "added": 0, "removed": 0,
        "merged": 0, "parted": 0,
    }  # fmt: skip
    first = told["differences"][0]
    assert (first["id"], first["move"]["metres"]) == ("place-a", 11061.2)
    assert first["why"][0]["source"] == "second-report#§4"
    assert told["files"] == {"atlas.toml": "revised"}


def test_markdown_shows_signs_as_signs(older, atlas, memorial):
    revise(atlas)
    told = memorial("diff", str(older.folder), ".", "--format", "markdown").stdout
    assert "## Sites: changed\n\n- **place-a**  Place A\n" in told
    assert "A \\# summary \\*with\\* \\<b\\>signs\\</b\\>" in told
    assert "<b>" not in told


def test_the_same_twice_is_no_difference(older, memorial):
    told = memorial("diff", str(older.folder), ".")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == "no difference"


def test_a_folder_and_a_catalogue_are_compared_and_neither_is_touched(older, atlas, memorial, tmp_path, files_of):
    kept = tmp_path / "kept.gpkg"
    shutil.copy(compile_atlas(older.folder).path, kept)
    shutil.rmtree(older.folder)
    revise(atlas)
    before = files_of(atlas.folder), kept.read_bytes()
    for folder in (atlas.folder, atlas.folder / "maps"):
        folder.chmod(0o555)
    try:
        told = memorial("diff", str(kept), ".")
    finally:
        for folder in (atlas.folder, atlas.folder / "maps"):
            folder.chmod(0o755)
    assert told.exit_code == 0, told.output
    assert "~ place-a  Place A" in told.stdout
    assert (files_of(atlas.folder), kept.read_bytes()) == before


def test_a_catalogue_that_is_up_to_date_serves(atlas, older, memorial, monkeypatch):
    """A stale one does not: what the folder says now is what is compared."""
    for side in (atlas, older):
        path = compile_atlas(side.folder).path
        os.utime(path, (1, 1))
    monkeypatch.setattr("geo.atlas.pipeline._compile", lambda *_: pytest.fail("it was compiled again"))
    assert memorial("diff", str(older.folder), ".").stdout.endswith("no difference\n")
    monkeypatch.undo()
    os.chdir(atlas.folder)
    atlas.cell("claims", 0, note="New.")
    assert "note: nothing → New." in memorial("diff", str(older.folder), ".").stdout


@pytest.mark.parametrize(
    ("side", "seen"),
    [
        ("nowhere", "no such file or folder"),
        ("maps", "a folder without an atlas.toml"),
        ("atlas.toml", "a manifest"),
        ("data/sources.json", "not a GeoPackage"),
    ],
)
def test_what_is_no_version_is_refused(atlas, memorial, side, seen):
    assert (atlas.folder / "maps").is_dir()
    told = memorial("diff", side, ".")
    assert told.exit_code == 2
    assert told.stdout == ""
    assert side.rpartition("/")[2] in told.stderr
    assert seen in told.stderr or "cannot be read" in told.stderr


def test_two_atlases_are_told_apart(older, atlas, memorial):
    atlas.replace("atlas.toml", 'id = "small-atlas"', 'id = "other-atlas"')
    told = memorial("diff", str(older.folder), ".")
    assert told.exit_code == 0
    assert "these are two atlases: small-atlas and other-atlas" in told.stderr
    assert told.stdout.startswith("small-atlas 1.0.0 → other-atlas 1.0.0\n")


@given(st.text(st.sampled_from("ab \\`*_[]()<>&#|~!-+.:;1\n\t\"'é"), min_size=1).filter(lambda text: text.strip()))
def test_law_markdown_says_what_the_data_say(text):
    """Whatever the text, a reader of the page sees it as it stands, spaces apart, and nothing of it acts."""
    rows = [{"id": "x", "title": None}], [{"id": "x", "title": text}]
    old, new = (Edition("a", "1", {"sources": found}) for found in rows)
    tokens = MarkdownIt().parse(as_markdown(compare(old, new)))
    inline = [child for token in tokens if token.type == "inline" for child in token.children]
    seen = "".join(child.content for child in inline if child.type == "text")
    assert {child.type for child in inline} <= {"text", "text_special", "strong_open", "strong_close"}
    assert f"title: nothing → {' '.join(text.split())}" in seen


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (Move(1234.5, (1.0, 2.0), (3.0, 4.0), "moved"), "moved by 1,234.5 m, from 2.0, 1.0 to 4.0, 3.0"),
        (Move(7.0, None, None, "redrawn"), "redrawn, by up to 7.0 m"),
        (Move(0.0, None, None, "redrawn"), "redrawn: its lines in another order or direction"),
        (Move(None, None, (3.0, 4.0), "located"), "at 4.0, 3.0 (latitude, longitude)"),
        (Move(None, (1.0, 2.0), None, "unlocated"), "; it was at 2.0, 1.0 (latitude, longitude)"),
        (Move(None, None, None, "unlocated"), "; it was drawn"),
    ],
)
def test_every_way_to_move_is_told(move, said):
    assert said in _moved(move)
