"""The list of names that must stand nowhere, and the texts in which they are looked for."""

from __future__ import annotations

import pytest

from geo.errors import InputError
from geo.readers import read_beside, read_withheld


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "repository" / "atlas"
    made.mkdir(parents=True)
    return made


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_is_one_name_a_line(tmp_path, folder):
    path = write(tmp_path / "names.txt", "\ufeff# kept apart\n\nQorra Vexil\r\n  Zubrik \n")
    assert read_withheld(path, folder) == {3: "Qorra Vexil", 4: "Zubrik"}


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n\n", "Qorra Vexil\nZu\n", "...\n"])
def test_a_list_that_would_find_nothing_or_everything_is_refused_without_a_name(tmp_path, folder, text):
    with pytest.raises(InputError) as error:
        read_withheld(write(tmp_path / "names.txt", text), folder)
    assert "Qorra" not in str(error.value)


def test_a_list_inside_the_atlas_is_refused(folder):
    with pytest.raises(InputError, match="outside the atlas"):
        read_withheld(write(folder / "names.txt", "Zubrik"), folder)


def test_a_list_beside_the_atlas_in_its_repository_is_refused(folder):
    path = write(folder.parent / "private/names.txt", "Zubrik")
    assert read_withheld(path, folder) == {1: "Zubrik"}
    (folder.parent / ".git").mkdir()
    with pytest.raises(InputError, match="outside the atlas"):
        read_withheld(path, folder)


def test_a_link_from_outside_into_the_atlas_is_refused(tmp_path, folder):
    write(folder / "names.txt", "Zubrik")
    (tmp_path / "names.txt").symlink_to(folder / "names.txt")
    with pytest.raises(InputError, match="outside the atlas"):
        read_withheld(tmp_path / "names.txt", folder)


def test_beside_the_inputs_lie_other_texts(folder):
    write(folder / "README.md", "one\n\ntwo")
    write(folder / "data/sites.geojson", "{}")
    write(folder / "docs/merges.csv", "a,b")
    write(folder / "docs/picture.png", "not text")
    write(folder / ".git/config", "hidden")
    write(folder / "node_modules/a.md", "not ours")
    texts, problems = read_beside(folder, {"data/sites.geojson"})
    assert problems == []
    assert [text for text in texts if text[1]] == [
        ("README.md", 1, "one"),
        ("README.md", 3, "two"),
        ("docs/merges.csv", 1, "a,b"),
    ]
    named = {text for _, line, text in texts if not line}
    assert named == {"README.md", "data/sites.geojson", "docs/merges.csv", "docs/picture.png"}


def test_a_text_that_cannot_be_read_is_a_warning(folder):
    (folder / "old.txt").write_bytes(b"\xff\xfe\x00")
    texts, (problem,) = read_beside(folder, set())
    assert texts == [("old.txt", 0, "old.txt")]
    assert (problem.input, problem.severity) == ("old.txt", "warning")
