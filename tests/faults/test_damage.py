"""A catalogue that is damaged, or not ours, at its place: made anew and said so, or left alone and said so."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner

from geo.catalogue import open_catalogue
from geo.commands import main
from geo.errors import CatalogueError
from tests.small_atlas import SmallAtlas

CATALOGUE = "maps/small-atlas.gpkg"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A small atlas that was built once; no test may change it."""
    folder = tmp_path_factory.mktemp("whole") / "atlas"
    folder.mkdir()
    atlas = SmallAtlas(folder)
    assert CliRunner().invoke(main, ["-C", str(folder), "build"]).exit_code == 0
    return atlas.folder


@pytest.fixture
def memorial(whole, tmp_path, monkeypatch):
    """Return a function that runs the program in a copy of the atlas, in this process."""
    shutil.copytree(whole, tmp_path / "atlas")
    monkeypatch.chdir(tmp_path / "atlas")
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, arguments)


@pytest.fixture
def catalogue(memorial, tmp_path):  # noqa: ARG001  (it makes the copy)
    return tmp_path / "atlas" / CATALOGUE


def spoil(data, kind):
    """Return a catalogue after an accident."""
    chance = random.Random(kind)
    size, page = len(data), 4096
    simple = {
        "empty": b"",
        "noughts": bytes(size),
        "a few bytes": data[:60],
        "no header": bytes(page) + data[page:],
        "cut": data[: page * chance.randrange(1, size // page)],
        "torn": data[: chance.randrange(5_000, size)],
    }
    if kind.rstrip(" 12") in simple:
        return simple[kind.rstrip(" 12")]
    spoilt = bytearray(data)
    for _ in range(size // page // 3):
        start = page * chance.randrange(1, size // page)
        spoilt[start : start + page] = chance.randbytes(page) if kind.startswith("noise") else bytes(page)
    return bytes(spoilt)


KINDS = [
    "empty", "noughts", "a few bytes", "no header",
    *(f"{kind} {number}" for kind in ("cut", "torn", "noise", "blanks") for number in (1, 2)),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_catalogue_is_made_anew_by_any_question_and_that_is_said(memorial, catalogue, kind):
    good = catalogue.read_bytes()
    asked = {name: memorial(*name.split()) for name in ("query --format json", "show place-a", "query --text place")}
    catalogue.write_bytes(spoil(good, kind))
    for name, before in asked.items():
        now = memorial(*name.split())
        assert (now.exit_code, now.stdout) == (0, before.stdout), now.stderr
        if catalogue.read_bytes() == good:
            assert "damaged" in now.stderr or "not what was compiled" in now.stderr
            break
    built = memorial("build")
    assert built.exit_code == 0
    assert catalogue.read_bytes() == good
    assert memorial("check", "--built", "--strict").exit_code == 0


def test_damage_that_shows_in_the_middle_of_an_answer_is_mended_for_the_next_question(memorial, catalogue, monkeypatch):
    monkeypatch.setattr("geo.commands.terminal._PIECE", 1)
    good = catalogue.read_bytes()
    whole = memorial("query", "--format", "geojsonl").stdout
    with closing(sqlite3.connect(catalogue)) as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'sites'"
        ).fetchall():
            db.execute(f'DROP TRIGGER "{name}"')  # they call functions that only GIS programs have
        db.execute("UPDATE sites SET geom = x'00' WHERE fid = (SELECT max(fid) FROM sites WHERE geom IS NOT NULL)")
        db.commit()
    broken = memorial("query", "--format", "geojsonl")
    assert broken.exit_code in (0, 2), broken.stderr
    if broken.exit_code:
        assert "ask again" in broken.stderr
        assert whole.startswith(broken.stdout)
    assert memorial("query", "--format", "geojsonl").stdout == whole
    assert catalogue.read_bytes() == good


@pytest.mark.parametrize("kind", ["text", "another GeoPackage", "another database", "folder"])
def test_what_is_not_ours_is_left_alone(memorial, catalogue, kind):
    catalogue.unlink()
    if kind == "folder":
        catalogue.mkdir()
        (catalogue / "mine").write_text("mine", encoding="utf-8")
    elif kind == "text":
        catalogue.write_text("my notes", encoding="utf-8")
    else:
        with closing(sqlite3.connect(catalogue)) as db:
            db.execute("CREATE TABLE trees (fid INTEGER PRIMARY KEY)")
            if kind == "another GeoPackage":
                db.execute(f"PRAGMA application_id = {0x47504B47}")
            db.commit()
    before = catalogue.read_bytes() if catalogue.is_file() else (catalogue / "mine").read_text(encoding="utf-8")
    for command in ("query", "build"):
        refused = memorial(command)
        assert refused.exit_code == 2
        assert "move it away, or name another place under files.catalogue" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert before == (catalogue.read_bytes() if catalogue.is_file() else (catalogue / "mine").read_text("utf-8"))


def test_what_another_program_left_open_is_not_played_into_a_new_catalogue(memorial, catalogue):
    good = catalogue.read_bytes()
    for ending in ("-journal", "-wal", "-shm"):
        catalogue.with_name(catalogue.name + ending).write_bytes(b"not finished" * 100)
    catalogue.write_bytes(good[:9_000])
    assert memorial("build").exit_code == 0
    assert [path.name for path in catalogue.parent.glob("*.gpkg*")] == [catalogue.name]
    assert catalogue.read_bytes() == good


def test_a_damaged_catalogue_that_nobody_may_replace_is_refused(memorial, catalogue, monkeypatch):
    catalogue.write_bytes(catalogue.read_bytes()[:9_000])
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.W_OK)
    refused = memorial("query")
    assert (refused.exit_code, "a write-protected file" in refused.stderr) == (2, True)
    with pytest.raises(CatalogueError):
        open_catalogue(catalogue)


def test_a_bug_beside_a_whole_catalogue_stays_a_bug(memorial, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("a bug")

    monkeypatch.setattr("geo.query.select", fail)
    failed = memorial("query")
    assert (failed.exit_code, failed.stderr.count("Traceback")) == (1, 1)
