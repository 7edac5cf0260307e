"""Whatever ends a run in the middle, every file is the earlier one or the new one, whole; the next run cleans up."""

from __future__ import annotations

import errno
import itertools
import os
import random
import signal
import subprocess
import sys

import pytest

from geo.atlas import check_built
from geo.provenance import parse_record
from tests.faults.conftest import contents, lay_out
from tests.small_atlas import SmallAtlas

EVERY = bool(os.environ.get("MEMORIAL_EVERY_FAULT"))
"""Whether every step of every command is tried, and many more random moments: some minutes instead of seconds."""

TABLE = "Name,Kind,Lat,Lon\nNew place,prison,10.5,-32.5\nOther place,prison,10.6,-32.6\n"

WORK = {
    "build": ("build",),
    "query": ("query", "--format", "ids"),
    "geopackage": ("export", "out/atlas.gpkg"),
    "geojson": ("export", "out/sites.geojson", "sites", "--allow-loss"),
    "shapefile": ("export", "out/atlas.zip", "--format", "shapefile", "--allow-loss"),
    "import": ("import", "places.csv", "--as", "sites", "--fixes", "out/fixes.csv", "--report", "out/report.txt"),
    "join": ("join", "places.csv", "--to", "sites", "--by", "name", "--out", "out/j.csv", "--report", "out/j.json"),
}
KILLS = {"build": 5, "query": 3, "geopackage": 3, "geojson": 4, "shapefile": 3, "import": 5, "join": 4}
MOMENTS = {"build": 2, "geopackage": 1}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")


@pytest.fixture(scope="module")
def written(tmp_path_factory, faulty):
    """A small atlas, built and exported, of which one input has changed since; and its files."""
    folder = tmp_path_factory.mktemp("faults") / "atlas"
    folder.mkdir()
    atlas = SmallAtlas(folder)
    (atlas.folder / "out").mkdir()
    (atlas.folder / "places.csv").write_text(TABLE, encoding="utf-8")
    done = [faulty(atlas.folder, *WORK[name]) for name in ("build", "geopackage", "geojson", "shapefile")]
    assert [run.code for run in done] == [0] * 4
    atlas.replace("data/sites.geojson", "Place B is invented.", "Place B is changed.")
    return atlas, contents(folder)[0]


@pytest.fixture(scope="module")
def prepared():
    """What `prepare` found, by the name of the work: it is the same each time."""
    return {}


@pytest.fixture
def atlas(written):
    """The atlas of the module, as it was before any fault."""
    atlas, files = written
    for path in atlas.folder.rglob(".*.partial-*"):
        path.unlink()
    lay_out(atlas.folder, files)
    return atlas


def prepare(name, atlas, faulty, prepared):
    """Return the files before and after a run without fault, and that run; the files are as before again."""
    if name not in prepared:
        prepared[name] = run_well(name, atlas, faulty)
    lay_out(atlas.folder, prepared[name][0])
    return prepared[name]


def run_well(name, atlas, faulty):
    """Return the files before and after a run without fault, and that run."""
    if name not in ("build", "query"):  # a run of the other commands that need not compile has more steps of its own
        assert faulty(atlas.folder, "query").code == 0
    before, _ = contents(atlas.folder)
    lay_out(atlas.folder, before)
    good = faulty(atlas.folder, *WORK[name])
    assert good.code == 0, good.err
    after, litter = contents(atlas.folder)
    assert litter == []
    assert after != before
    return before, after, good


def hold(folder, before, after):
    """Assert that each file is the earlier or the new one, and that what is called up to date is the new one."""
    found, litter = contents(folder)
    assert set(before) <= set(found) | {name for name in before if name not in after}
    for name, data in found.items():
        if name.endswith("provenance.json"):  # it is written with the catalogue and once more with the pages
            assert parse_record(data)
            continue
        assert data in (before.get(name), after.get(name)), f"{name} is neither the earlier nor the new file"
    for each in check_built(folder):
        name = each.path.relative_to(folder).as_posix()
        if each.state == "up to date":
            assert found[name] == after[name], name
    return litter


@pytest.mark.parametrize("name", KILLS)
def test_a_killed_run_loses_nothing(name, atlas, faulty, prepared):
    before, after, good = prepare(name, atlas, faulty, prepared)
    chance = random.Random(name)
    steps = range(1, good.steps + 1)
    chosen = sorted(steps if EVERY else chance.sample(steps, min(KILLS[name], len(steps))))
    orders = [{"kill_at": step} for step in chosen]
    moments = MOMENTS.get(name, 0) * (10 if EVERY else 1)
    orders += [{"kill_after": chance.uniform(0.02, max(good.seconds, 0.1))} for _ in range(moments)]
    killed = littered = 0
    for order in orders:
        ended = faulty(atlas.folder, *WORK[name], **order)
        assert ended.code == -signal.SIGKILL or "kill_after" in order, (order, ended.err)
        killed += ended.code == -signal.SIGKILL
        littered += bool(hold(atlas.folder, before, after))
        lay_out(atlas.folder, before)
    assert killed >= len(chosen)
    assert littered, "no kill hit a run in the middle of its writing"
    again = faulty(atlas.folder, *WORK[name])
    assert again.code == 0, again.err
    assert contents(atlas.folder) == (after, [])


FAILURES = (("build", errno.ENOSPC), ("geojson", errno.EROFS), ("import", errno.ENOSPC), ("shapefile", errno.EROFS))


@pytest.mark.parametrize(
    ("name", "code"), FAILURES if not EVERY else [*itertools.product(dict(FAILURES), (errno.ENOSPC, errno.EROFS))]
)
def test_a_disk_that_fails_at_any_step_loses_nothing_and_is_said(name, code, atlas, faulty, prepared):
    before, after, good = prepare(name, atlas, faulty, prepared)
    steps = range(1, good.steps + 1)
    chosen = sorted(steps if EVERY else random.Random(name).sample(steps, min(3, len(steps))))
    for step in chosen:
        ended = faulty(atlas.folder, *WORK[name], fail_at=step, errno=code)
        assert ended.code in (0, 2), ended.err  # what need not succeed, such as flushing a folder, may fail unsaid
        if ended.code:
            assert os.strerror(code) in ended.err or "unable to open database" in ended.err, ended.err
            assert "Traceback" not in ended.err
        hold(atlas.folder, before, after)
        lay_out(atlas.folder, before)


@pytest.mark.parametrize("name", ["build", "geopackage", "geojson", "shapefile", "import"])
def test_a_full_disk_loses_nothing_and_is_said(name, atlas, faulty, prepared):
    before, after, _ = prepare(name, atlas, faulty, prepared)
    for room in (0, 100, 3_000, 40_000, 300_000) if EVERY else random.Random(name).sample((0, 100, 3_000, 40_000), 2):
        ended = faulty(atlas.folder, *WORK[name], room=room)
        assert ended.code in (0, 2), ended.err
        assert "Traceback" not in ended.err
        if ended.code:
            assert "was not written" in ended.err or "could not be written" in ended.err, ended.err
        litter = hold(atlas.folder, before, after)
        assert litter == [], "a run that ends by itself cleans up"
        lay_out(atlas.folder, before)


@pytest.mark.parametrize("name", ["build", "geojson", "import"])
def test_an_interruption_loses_nothing_and_leaves_nothing(name, atlas, faulty, prepared):
    before, after, good = prepare(name, atlas, faulty, prepared)
    steps = range(1, good.steps + 1)
    for step in sorted(steps if EVERY else random.Random(name).sample(steps, min(3, len(steps)))):
        ended = faulty(atlas.folder, *WORK[name], interrupt_at=step)
        assert ended.code == 130, ended.err
        assert "Traceback" not in ended.err
        assert hold(atlas.folder, before, after) == []
        lay_out(atlas.folder, before)


def test_a_killed_beginning_is_no_atlas_or_a_whole_one(tmp_path, faulty):
    (tmp_path / "places.csv").write_text(TABLE, encoding="utf-8")
    good = faulty(tmp_path, "init", "whole")
    assert good.code == 0, good.err
    whole, _ = contents(tmp_path / "whole")
    for step in range(1, good.steps + 1, 1 if EVERY else 4):
        folder = tmp_path / f"killed-{step}" / "whole"
        folder.parent.mkdir()
        ended = faulty(folder.parent, "init", "whole", kill_at=step)
        assert ended.code == -signal.SIGKILL
        found, _ = contents(folder) if folder.exists() else ({}, [])
        assert "atlas.toml" not in found or found == whole


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_a_disk_that_is_really_full(atlas, faulty, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        (disk / "index.html").write_bytes(b"the earlier page")
        with pytest.raises(OSError, match="No space"), (disk / "a.html").open("wb") as rest:
            rest.write(bytes(4_000_000))
        for args in (("build", "--out", disk), ("export", disk / "x.gpkg"), ("export", disk / "x.csv", "sites")):
            ended = faulty(atlas.folder, *args)
            assert ended.code == 2, ended.err
            assert "No space left on device" in ended.err or "full" in ended.err, ended.err
            assert "Traceback" not in ended.err
            assert sorted(path.name for path in disk.iterdir()) == ["a.html", "index.html"]
            assert (disk / "index.html").read_bytes() == b"the earlier page"
    finally:
        subprocess.run(["umount", str(disk)], check=True)
