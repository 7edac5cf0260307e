"""Which files may be opened at all."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.readers.files import Limits, decode, digest_file, place_inside, read_bytes, read_text


def problem_of(error):
    (problem,) = error.value.problems
    return problem


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb\xe1\x9e\x80")
    assert read_bytes(path, "a") == b"\xef\xbb\xbfa\r\nb\xe1\x9e\x80"
    assert read_text(path, "a") == "a\r\nbក"


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError) as error:
        read_bytes(tmp_path / "none", "data/none.csv")
    assert (problem_of(error).input, problem_of(error).seen) == ("data/none.csv", "no such file")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InputError) as error:
        read_bytes(tmp_path, "data")
    assert problem_of(error).expected in {"a plain file", "a file that can be read"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="a plain file"):
        read_bytes(tmp_path / "pipe", "pipe")
    with pytest.raises(InputError, match="a plain file"):
        digest_file(tmp_path / "pipe", "pipe")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
def test_a_device_is_refused():
    with pytest.raises(InputError, match="a plain file"):
        read_bytes(Path("/dev/zero"), "zero")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux has a plain file that cannot be read")
@pytest.mark.parametrize("take", [read_bytes, digest_file])
def test_a_file_whose_disk_fails_is_refused(take):
    """The first page of a process is never there: reading it gives the error of a disk that fails."""
    with pytest.raises(InputError, match=r"stick: saw Input/output error; expected a file that can be read"):
        take(Path("/proc/self/mem"), "stick")


def test_a_file_over_the_limit_is_refused_with_the_limit(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 1001)
    assert len(read_bytes(tmp_path / "a", "a", Limits(bytes=1001))) == 1001
    with pytest.raises(InputError) as error:
        read_bytes(tmp_path / "a", "a", Limits(bytes=1000))
    assert (problem_of(error).seen, problem_of(error).expected) == ("1,001 bytes", "at most 1,000 bytes")
    assert problem_of(error).rule == "size-limit"


def test_bytes_that_are_no_text_are_named_with_their_line():
    with pytest.raises(InputError) as error:
        decode(b"a\nb\n\xff\xfe", "a")
    assert (problem_of(error).where, problem_of(error).rule) == ("line 3", "utf-8")
    assert "ff fe" in problem_of(error).seen


def test_the_digest_is_that_of_sha256sum(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert digest_file(tmp_path / "a", "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("name", ["a.csv", "data/a.csv", "data/ភ្នំពេញ.csv", "data/a b.csv", ".hidden/a"])
def test_plain_paths_are_inside(tmp_path, name):
    assert place_inside(tmp_path, name) == tmp_path / name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "/etc/passwd",
        "../a",
        "data/../../a",
        "data/./a",
        "data//a",
        "data/",
        "~/a",
        "~root/a",
        "C:/a",
        "C:\\a",
        "data\\a",
        "http://127.0.0.1/a",
        "/vsicurl/http://127.0.0.1/a",
        "GPKG:a.gpkg",
        "file:///etc/passwd",
        "a\0b",
        "a\nb",
        "a|layer",
        "*.csv",
        '"a"',
        "<a>",
    ],
)
def test_every_other_path_is_not(tmp_path, name):
    assert place_inside(tmp_path, name) is None


@settings(deadline=None)
@given(st.lists(st.sampled_from(["..", ".", "", "a", "b", "~", "a:"]), max_size=6).map("/".join))
def test_no_path_leaves_the_folder(tmp_path_factory, name):
    folder = tmp_path_factory.getbasetemp()
    path = place_inside(folder, name)
    assert path is None or os.path.realpath(path).startswith(os.path.realpath(folder) + os.sep)


def test_a_link_that_leaves_the_folder_is_not_inside(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.csv").write_text("x", encoding="utf-8")
    folder = tmp_path / "atlas"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "real.csv").write_text("x", encoding="utf-8")
    (folder / "link.csv").symlink_to(tmp_path / "outside" / "secret.csv")
    (folder / "linked").symlink_to(tmp_path / "outside", target_is_directory=True)
    (folder / "stays.csv").symlink_to(folder / "data" / "real.csv")
    assert place_inside(folder, "link.csv") is None
    assert place_inside(folder, "linked/secret.csv") is None
    assert place_inside(folder, "linked/new.csv") is None
    assert place_inside(folder, "stays.csv") == folder / "stays.csv"


def test_a_folder_that_is_reached_by_a_link_holds_its_own_files(tmp_path):
    (tmp_path / "atlas").mkdir()
    (tmp_path / "atlas" / "a.csv").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "atlas", target_is_directory=True)
    assert place_inside(tmp_path / "link", "a.csv") == tmp_path / "link" / "a.csv"


def test_a_file_that_grew_while_it_was_read_is_too_large(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_bytes(b"id\n")
    monkeypatch.setattr("geo.readers.files.open_plain", lambda *_: io.BytesIO(b"id\n" * 10))
    with pytest.raises(InputError) as refusal:
        read_bytes(tmp_path / "a.csv", "a.csv", Limits(bytes=10))
    assert refusal.value.problems[0].rule == "size-limit"
    assert refusal.value.problems[0].seen == "11 bytes"


def test_a_text_that_would_fill_the_memory_is_refused():
    """One sign beyond the first plane makes every letter of a text take four bytes."""
    assert len(decode(b"a" * 4_000, "a.csv", Limits(bytes=4_100))) == 4_000
    with pytest.raises(InputError, match=r"a\.csv cannot be used") as refusal:
        decode(("\N{GRINNING FACE}" + "a" * 4_000).encode(), "a.csv", Limits(bytes=4_100))
    assert "bytes as text" in refusal.value.problems[0].seen
