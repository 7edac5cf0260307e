"""A file appears whole, or the one that stood there stays."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import OutputError
from geo.outputs import _machine, alone_in, scratch_beside, whole_file, whole_files, write_all, write_whole

ROOT = Path(__file__).parents[1]
MACHINE = _machine()


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def write_with(path, write):
    """Write `path` by a function of the partial path."""
    with whole_file(path) as partial:
        write(partial)


def run_sql(partial, *statements):
    database = sqlite3.connect(partial)
    try:
        for statement in statements:
            database.execute(statement)
    finally:
        database.close()


def refused(error):
    """Return the one problem of an error."""
    (problem,) = error.value.problems
    return problem


@given(old=st.none() | st.binary(max_size=50), new=st.binary(max_size=50))
def test_what_is_written_is_what_is_read(tmp_path_factory, old, new):
    folder = tmp_path_factory.mktemp("whole")
    path = folder / "page.html"
    if old is not None:
        path.write_bytes(old)
    write_whole(path, new)
    assert path.read_bytes() == new
    assert names_in(folder) == ["page.html"]


@given(
    old=st.none() | st.binary(max_size=50),
    pieces=st.lists(st.binary(max_size=20), max_size=4),
    error=st.sampled_from(
        [
            ValueError("x"),
            KeyboardInterrupt(),
            SystemExit(3),
            OSError(errno.ENOSPC, "No space left on device"),
            OSError(errno.EIO, "Input/output error"),
            FileNotFoundError(errno.ENOENT, "some input"),
        ]
    ),
    sides=st.sets(st.sampled_from(["-journal", "-wal", "-shm", ".tmp_rtree_out.db"])),
)
def test_any_failure_leaves_the_earlier_file_and_nothing_else(tmp_path_factory, old, pieces, error, sides):
    folder = tmp_path_factory.mktemp("whole")
    path = folder / "out.gpkg"
    if old is not None:
        path.write_bytes(old)
    expected = OutputError if getattr(error, "errno", None) in {errno.ENOSPC, errno.EIO} else type(error)

    def fail(partial):
        if pieces:
            partial.write_bytes(b"".join(pieces))
        for side in sides:
            partial.with_name(partial.name + side).write_bytes(b"left by a driver")
        raise error

    with pytest.raises(expected):
        write_with(path, fail)
    assert names_in(folder) == ([] if old is None else ["out.gpkg"])
    if old is not None:
        assert path.read_bytes() == old


def test_the_partial_file_lies_beside_the_target_and_keeps_its_suffix(tmp_path):
    with whole_file(tmp_path / "out.gpkg") as partial:
        assert partial.parent == tmp_path
        assert partial.suffix == ".gpkg"
        assert partial.name.startswith(".out.gpkg.partial-")
        assert not partial.exists()
        partial.write_bytes(b"x")


@pytest.mark.parametrize("name", ["x|y*?.html", "{{ 7*7 }}.html", "ទួលស្លែង.html", "a" * 240 + ".html"])
def test_the_partial_name_holds_nothing_that_a_driver_reads_a_meaning_into(tmp_path, name):
    with whole_file(tmp_path / name) as partial:
        assert set(partial.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        assert len(partial.name) < 200
        partial.write_bytes(b"x")
    assert names_in(tmp_path) == [name]


def test_an_existing_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "page.html"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_gets_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "reference").write_bytes(b"")
    with whole_file(tmp_path / "out.gpkg") as partial:
        partial.touch(0o600)
        partial.write_bytes(b"x")
    assert (tmp_path / "out.gpkg").stat().st_mode == (tmp_path / "reference").stat().st_mode


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    target = tmp_path / "real"
    target.mkdir()
    (target / "page.html").write_bytes(b"old")
    link = tmp_path / "page.html"
    link.symlink_to(target / "page.html")
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (target / "page.html").read_bytes() == b"new"
    assert names_in(target) == ["page.html"]


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(OutputError) as error:
        write_whole(tmp_path / "none" / "page.html", b"x")
    assert refused(error).seen == "no such folder"
    assert str(tmp_path / "none" / "page.html") in refused(error).input
    assert names_in(tmp_path) == []


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(OutputError) as error:
        write_whole(tmp_path / "file" / "page.html", b"x")
    assert refused(error).expected == "a folder that exists"


def test_a_folder_as_target_is_refused(tmp_path):
    (tmp_path / "page.html").mkdir()
    with pytest.raises(OutputError) as error:
        write_whole(tmp_path / "page.html", b"x")
    assert (refused(error).seen, refused(error).expected) == ("a folder", "the name of a file")
    assert names_in(tmp_path) == ["page.html"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_as_target_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError) as error:
        write_whole(tmp_path / "pipe", b"x")
    assert refused(error).seen == "a device, pipe or socket"


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_folder_that_may_not_be_written_is_refused(tmp_path, monkeypatch, old):
    path = tmp_path / "page.html"
    if old is not None:
        path.write_bytes(old)

    def forbid(self, mode="r", *_, **__):
        raise PermissionError(errno.EACCES, f"Permission denied: {mode}", str(self))

    with monkeypatch.context() as patch:  # root may write anywhere, so that the system cannot be asked
        patch.setattr(Path, "open", forbid)
        with pytest.raises(OutputError) as error:
            write_whole(path, b"new")
    assert refused(error).seen == "a folder without permission to write"
    assert (path.read_bytes() if path.exists() else None) == old


def test_a_write_protected_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    path = tmp_path / "page.html"
    path.write_bytes(b"old")
    with pytest.raises(OutputError) as error:
        write_whole(path, b"new")
    assert refused(error).seen == "a write-protected file"
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("moment", [(os, "fsync"), (Path, "replace"), (Path, "chmod")], ids=lambda moment: moment[1])
@pytest.mark.parametrize("code", [errno.EIO, errno.EACCES, errno.EPERM])
def test_a_disk_that_fails_at_the_end_leaves_the_earlier_file(tmp_path, monkeypatch, moment, code):
    path = tmp_path / "page.html"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(*moment, fail)
    with pytest.raises(OutputError, match="was not written") as error:
        write_whole(path, b"new")
    assert refused(error).seen == os.strerror(code)
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["page.html"]


def test_a_full_disk_under_a_database_is_an_output_error(tmp_path):
    path = tmp_path / "out.gpkg"
    path.write_bytes(b"old")
    fill = ("PRAGMA max_page_count = 2", "CREATE TABLE t (a)", "INSERT INTO t VALUES (zeroblob(100000))")
    with pytest.raises(OutputError) as error:
        write_with(path, lambda partial: run_sql(partial, *fill))
    assert "full" in refused(error).seen
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["out.gpkg"]


def test_a_full_disk_under_gdal_is_an_output_error(tmp_path):
    def fail(partial):
        partial.write_bytes(b"half")
        raise NotImplementedError("ICreateFeature: failed to execute insert : database or disk is full")

    with pytest.raises(OutputError) as error:
        write_with(tmp_path / "out.gpkg", fail)
    assert "disk is full" in refused(error).seen
    assert names_in(tmp_path) == []


def test_a_fault_of_a_statement_stays_what_it_is(tmp_path):
    with pytest.raises(sqlite3.OperationalError):
        write_with(tmp_path / "out.gpkg", lambda partial: run_sql(partial, "SELECT * FROM nothing"))
    assert names_in(tmp_path) == []


def test_a_database_that_was_left_open_is_a_bug(tmp_path):
    def leave_open(partial):
        partial.write_bytes(b"x")
        partial.with_name(partial.name + "-wal").write_bytes(b"not yet in the file")

    with pytest.raises(RuntimeError, match="left open"):
        write_with(tmp_path / "out.gpkg", leave_open)
    assert names_in(tmp_path) == []


def test_writing_nothing_is_a_bug(tmp_path):
    (tmp_path / "page.html").write_bytes(b"old")
    with pytest.raises(RuntimeError, match="nothing was written"):
        write_with(tmp_path / "page.html", lambda _: None)
    assert (tmp_path / "page.html").read_bytes() == b"old"


def test_what_dead_runs_left_is_removed_and_what_live_runs_hold_is_not(tmp_path):
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    dead = int(gone.stdout)
    for name in (
        f".out.gpkg.partial-{MACHINE}-{dead}-0a0b0c0d.gpkg",
        f".out.gpkg.partial-{MACHINE}-{dead}-0a0b0c0d.gpkg-journal",
        f".out.gpkg.partial-{MACHINE}-{os.getppid()}-0a0b0c0d.gpkg",
        f".other.gpkg.partial-{MACHINE}-{dead}-0a0b0c0d.gpkg",
        f"out.gpkg.partial-{MACHINE}-{dead}-0a0b0c0d.gpkg",
    ):
        (tmp_path / name).write_bytes(b"x")
    write_whole(tmp_path / "out.gpkg", b"x")
    assert names_in(tmp_path) == [
        f".other.gpkg.partial-{MACHINE}-{dead}-0a0b0c0d.gpkg",
        f".out.gpkg.partial-{MACHINE}-{os.getppid()}-0a0b0c0d.gpkg",
        "out.gpkg",
        f"out.gpkg.partial-{MACHINE}-{dead}-0a0b0c0d.gpkg",
    ]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_run_leaves_the_earlier_file_and_the_next_one_cleans_up(tmp_path):
    path = tmp_path / "out.bin"
    path.write_bytes(b"old")
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom geo.outputs import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as partial:\n"
        "    partial.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    died = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert len(names_in(tmp_path)) == 2
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert names_in(tmp_path) == ["out.bin"]


def test_two_writers_of_one_file_do_not_meet(tmp_path):
    path = tmp_path / "page.html"
    with whole_file(path) as first:
        with whole_file(path) as second:
            assert first != second
            first.write_bytes(b"first")
            second.write_bytes(b"second")
        assert path.read_bytes() == b"second"
    assert path.read_bytes() == b"first"
    assert names_in(tmp_path) == ["page.html"]


# --- several files of one command -----------------------------------------------------------------------------------


@given(
    old=st.lists(st.none() | st.binary(max_size=9), min_size=2, max_size=4),
    fault=st.sampled_from(["write", "nothing", "settle", None]),
)
def test_several_files_are_all_new_or_all_as_before(tmp_path_factory, old, fault):
    folder = tmp_path_factory.mktemp("several")
    paths = [folder / f"{number}.csv" for number in range(len(old))]
    for path, data in zip(paths, old, strict=True):
        if data is not None:
            path.write_bytes(data)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def write():
        with whole_files(paths) as partials:
            for partial in partials[: -1 if fault == "nothing" else None]:
                partial.write_bytes(b"new")
            if fault == "write":
                raise OSError(errno.ENOSPC, "No space left on device")
            if fault == "settle":
                partials[-1].with_name(partials[-1].name + "-journal").write_bytes(b"left open")

    if fault is None:
        write()
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == dict.fromkeys(
            map(str, names_in(folder)), b"new"
        )
        assert len(names_in(folder)) == len(paths)
        return
    with pytest.raises((OutputError, RuntimeError)):
        write()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_rename_that_fails_says_which_files_are_new(tmp_path, monkeypatch):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    two.write_bytes(b"old")
    rename = Path.replace

    def fail(self, target):
        if target == two:
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError) as error:
        write_all([(one, b"new"), (two, b"new")])
    assert f"{one} are new already" in refused(error).next_step
    assert (one.read_bytes(), two.read_bytes(), names_in(tmp_path)) == (b"new", b"old", ["one.csv", "two.csv"])


def test_no_file_is_no_work(tmp_path):
    write_all([])
    assert names_in(tmp_path) == []


def test_one_file_is_not_written_twice(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "out.csv")
    with pytest.raises(OutputError) as error:
        write_all([(tmp_path / "out.csv", b"1"), (tmp_path / "link.csv", b"2")])
    assert refused(error).seen == "a file that is to be written twice"
    assert names_in(tmp_path) == ["link.csv"]


def test_a_failure_removes_nothing_but_its_own_partial_file(tmp_path):
    (tmp_path / ".report.kept").write_bytes(b"mine")  # a name without a suffix is a stem of many others
    with pytest.raises(ValueError, match="x"):
        write_with(tmp_path / "report", lambda _: (_ for _ in ()).throw(ValueError("x")))
    assert names_in(tmp_path) == [".report.kept"]


def test_an_interruption_waits_until_all_files_are_in_place(tmp_path, monkeypatch):
    rename = Path.replace

    def interrupt(self, target):
        signal.raise_signal(signal.SIGINT)
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_all([(tmp_path / "one", b"1"), (tmp_path / "two", b"2")])
    assert names_in(tmp_path) == ["one", "two"]


def test_what_an_earlier_run_with_our_number_left_is_removed(tmp_path):
    (tmp_path / f".out.csv.partial-{MACHINE}-{os.getpid()}-0a0b0c0d.csv").write_bytes(b"x")
    with whole_file(tmp_path / "out.csv") as partial:
        partial.write_bytes(b"1")
        write_whole(tmp_path / "out.csv", b"2")  # another run of ours: what is being written here stays
        assert partial.exists()
    assert names_in(tmp_path) == ["out.csv"]


def test_what_another_machine_writes_stays_for_a_day(tmp_path):
    stray = tmp_path / ".out.csv.partial-00000000-1-0a0b0c0d.csv"
    stray.write_bytes(b"x")
    write_whole(tmp_path / "out.csv", b"1")
    assert stray.exists()
    os.utime(stray, (0, 0))
    write_whole(tmp_path / "out.csv", b"2")
    assert names_in(tmp_path) == ["out.csv"]


def test_a_file_can_be_dated(tmp_path):
    with whole_file(tmp_path / "out.gpkg", 1_000_000_000) as partial:
        partial.write_bytes(b"x")
    assert (tmp_path / "out.gpkg").stat().st_mtime_ns == 1_000_000_000


def test_a_library_that_does_not_say_that_the_disk_is_full_is_seen_through(tmp_path, monkeypatch):
    monkeypatch.setattr("geo.outputs._ask_disk", lambda _: "No space left on device")
    with pytest.raises(OutputError) as error:
        write_with(tmp_path / "out.geojson", lambda _: (_ for _ in ()).throw(KeyError("cannot write feature")))
    assert refused(error).seen == "No space left on device"


def test_scratch_is_gone_in_the_end_and_that_of_dead_runs_with_the_next_file(tmp_path):
    with scratch_beside(tmp_path / "out.zip") as scratch:
        (scratch / "piece").write_bytes(b"1")
        assert scratch.parent == tmp_path
    assert names_in(tmp_path) == []
    with pytest.raises(OutputError), scratch_beside(tmp_path / "none/out.zip"):
        pass
    dead = tmp_path / f".out.zip.partial-{MACHINE}-{os.getpid()}-0a0b0c0d"
    dead.mkdir()
    (dead / "piece").write_bytes(b"1")
    write_whole(tmp_path / "out.zip", b"1")
    assert names_in(tmp_path) == ["out.zip"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_two_runs_are_not_in_one_folder_together(tmp_path):
    order = []

    def second():
        with alone_in(tmp_path):
            order.append("second")

    with alone_in(tmp_path):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]


# --- an earlier database, with what another program left beside it ----------------------------------------------------


def left_behind(folder, mode, path):
    """Leave a database at a path as a program does that is killed: the latest of it stands in a file beside it."""
    live = folder / "live.gpkg"
    with closing(sqlite3.connect(live, isolation_level=None)) as db:
        db.execute(f"PRAGMA journal_mode = {mode}")
        db.execute("PRAGMA cache_size = 1")
        db.execute("CREATE TABLE t (said TEXT)")
        db.executemany("INSERT INTO t VALUES (?)", [("kept " * 800,)] * 60)
        if mode == "DELETE":
            db.execute("BEGIN")
            db.execute("UPDATE t SET said = 'never said'")  # more than the cache holds: it stands in the file already
        for each in folder.glob("live.gpkg*"):
            shutil.copy(each, path.with_name(each.name.replace("live", path.stem)))


def rows_in(path):
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT count(*), min(said), max(said) FROM t").fetchone()


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
@pytest.mark.parametrize("stopped", [True, False])
def test_an_earlier_database_is_whole_until_the_new_one_takes_its_place(tmp_path, monkeypatch, mode, stopped):
    (tmp_path / "out").mkdir()
    path = tmp_path / "out/out.gpkg"
    left_behind(tmp_path, mode, path)
    assert len(names_in(path.parent)) > 1
    if stopped:

        def stop(*_):
            raise KeyboardInterrupt

        monkeypatch.setattr(Path, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            write_whole(path, b"new")
        assert rows_in(path) == (60, "kept " * 800, "kept " * 800)
    else:
        write_whole(path, b"new")
        assert path.read_bytes() == b"new"
    assert names_in(path.parent) == ["out.gpkg"]


def test_a_database_that_is_still_read_as_it_was_is_not_replaced(tmp_path):
    path = tmp_path / "out.gpkg"
    with closing(sqlite3.connect(path, isolation_level=None)) as db, closing(sqlite3.connect(path)) as reader:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("CREATE TABLE t (said TEXT)")
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM t").fetchall()
        db.execute("INSERT INTO t VALUES ('kept')")
        with pytest.raises(OutputError) as refusal:
            write_whole(path, b"new")
        assert "close it in the other program" in refusal.value.problems[0].next_step
    assert rows_in(path) == (1, "kept", "kept")


def test_what_lies_beside_a_file_that_is_no_database_is_taken_away(tmp_path):
    path = tmp_path / "out.gpkg"
    path.write_bytes(b"nothing that SQLite reads")
    path.with_name("out.gpkg-wal").write_bytes(b"of nothing")
    write_whole(path, b"new")
    assert names_in(tmp_path) == ["out.gpkg"]
