"""Whatever a file holds, it is refused with its place and a reason, or kept to the letter; nothing else happens."""

from __future__ import annotations

import re
import time

import pytest
from click.testing import CliRunner

from geo.commands import main
from tests.corpus import brought, geojson, tables, texts
from tests.corpus.cases import Case

SECRET = "what-lies-outside-stays-outside"
SECONDS = 20
"""No case takes as long, even on a machine that is busy; most take a tenth of a second."""

REFUSED: tuple[Case, ...] = (*geojson.refused(), *tables.refused(), *texts.refused(), *brought.refused())


def state_of(folder):
    """Return every file below a folder with its bytes; of a link, where it points."""
    return {
        path.relative_to(folder).as_posix(): str(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@pytest.fixture
def ground(small_atlas, tmp_path, monkeypatch):
    """A sound atlas beside a folder that nothing may read or change."""
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("secret.csv", "secret.geojson", "secret.toml", "secret.gpkg"):
        (outside / name).write_text(SECRET, encoding="utf-8")
    atlas = small_atlas()
    monkeypatch.chdir(atlas.folder)
    return atlas


def run(case):
    """Return the exit code, what was printed, and how long it took."""
    begun = time.monotonic()
    done = CliRunner().invoke(main, list(case.command))
    return done.exit_code, done.output, time.monotonic() - begun


def assert_plain(case, code, said, seconds):
    assert code == case.code, said
    assert "Traceback" not in said
    assert SECRET not in said
    assert seconds < SECONDS
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said), (
        "the terminal would obey this"
    )


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_what_is_at_fault_is_refused_and_named(ground, tmp_path, case):
    case.plant(ground)
    before = state_of(tmp_path)
    code, said, seconds = run(case)
    assert_plain(case, code, said, seconds)
    for part in case.says:
        assert part in said
    told = [line for line in said.splitlines() if line.startswith("  ")]
    assert told, said
    assert all(": saw " in line and "; expected " in line for line in told), said
    assert len(said) < 400_000
    assert state_of(tmp_path) == before, "a refusal leaves everything as it was"
