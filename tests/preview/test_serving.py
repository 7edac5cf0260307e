"""A preview: real requests to a real process, which builds again, says what is wrong, and lets nobody else in."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner

from geo.commands import main
from geo.errors import RequestError
from geo.preview import Preview, follow, open_port, watching

ROOT = Path(__file__).parents[2]
LIMIT_S = 60


@contextmanager
def running(folder):
    """Run the program in a folder; yield its process and the port that it says it has."""
    command = [sys.executable, str(ROOT / "cli.py"), "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip()
            yield process, int(address.removeprefix("http://127.0.0.1:").rstrip("/"))
        finally:
            process.kill()


def get(port, path, **headers):
    """Ask for a path exactly as it is written; return the status, the headers and the body."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()


@contextmanager
def news(port):
    """Yield a function that waits for the next piece of news."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)) as connection:
        connection.request("GET", "/news")
        stream = connection.getresponse()

        def listen():
            while not (line := stream.readline()).startswith(b"data: "):
                assert line, "the stream ended"
            return json.loads(line.removeprefix(b"data: "))

        yield listen


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal")
def test_it_serves_the_pages_follows_the_inputs_and_ends_when_told_to(small_atlas):
    atlas = small_atlas()
    with running(atlas.folder) as (process, port):
        status, headers, shell = get(port, "/")
        assert status == 200
        assert b"<iframe" in shell
        assert "default-src 'none'" in headers["content-security-policy"]
        assert get(port, "/overview")[2] == shell
        page = get(port, "/pages/overview.html")[2]
        assert page == (atlas.folder / "maps/overview.html").read_bytes()

        for path in (
            "/atlas.toml",
            "/pages/none.html",
            "/pages/../atlas.toml",
            "/pages/%2e%2e%2fatlas.toml",
            "/shell/x",
        ):
            assert get(port, path)[0] == 404, path
        assert get(port, "/pages/overview.html", Host="elsewhere.example")[0] == 400
        assert get(port, "/pages/overview.html", Host=f"localhost:{port}")[0] == 200

        with news(port) as listen:
            first = listen()
            assert set(first["pages"]) == {"index", "overview", "prisons", "figures"}
            assert (first["refused"], first["problems"]) == ("", [])
            atlas.replace("maps/figures.toml", "What sources count by province.", "Counted by sources.")
            assert listen()["pages"]["figures"] != first["pages"]["figures"]
            assert b"What sources count by province." not in get(port, "/pages/figures.html")[2]
            last = get(port, "/pages/overview.html")[2]
            atlas.put("sites", "place-a", sources=["no-such-book"])
            refused = listen()
            assert refused["refused"] == "2 breaches of the data contract; nothing was written"
            assert "place-a" in refused["problems"][0]
            assert get(port, "/pages/overview.html")[2] == last
            atlas.put("sites", "place-a", sources=["first-book#p. 1", "second-report#§4"])
            assert listen()["refused"] == ""

        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=LIMIT_S)[1]
        assert process.returncode == 0, said
    assert "not built; the pages stay as they were" in said
    assert said.endswith("ended\n")
    with pytest.raises(ConnectionRefusedError):
        get(port, "/")


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_port_that_is_taken_is_refused_with_a_next_step(small_atlas):
    with closing(open_port(0)) as taken:
        number = taken.getsockname()[1]
        assert taken.getsockname()[0] == "127.0.0.1"
        ran = CliRunner().invoke(main, ["-C", str(small_atlas().folder), "serve", "--port", str(number)])
    assert ran.exit_code == 2
    assert "another program has; expected a port that is free; 0 takes any. Next: end that program" in ran.stderr


def test_a_folder_without_an_atlas_is_refused_before_anything_is_served(tmp_path):
    ran = CliRunner().invoke(main, ["-C", str(tmp_path), "serve"])
    assert ran.exit_code == 2
    assert "atlas.toml" in ran.stderr


def test_what_was_only_touched_is_not_stale_and_a_broken_manifest_keeps_its_places(small_atlas):
    atlas = small_atlas()
    preview = Preview(atlas.folder)
    assert preview.attempt()
    places = preview.places()
    assert {place.relative_to(atlas.folder).as_posix() for place in places} == {".", "data", "data/tables", "maps"}
    (atlas.folder / "data/sites.geojson").touch()
    assert not preview.is_stale()
    pages = preview.state.pages
    with (atlas.folder / "atlas.toml").open("a", encoding="utf-8") as manifest:
        manifest.write("no toml")
    assert preview.is_stale()
    assert preview.attempt() == []
    assert "TOML" in str(preview.state.error)
    assert preview.state.pages is pages
    assert preview.places() == places


def test_inputs_in_new_folders_are_followed_too(small_atlas, monkeypatch):
    atlas = small_atlas()
    preview = Preview(atlas.folder)
    preview.attempt()
    watched, over = [], Event()

    def watch(*places, **_):
        watched.append({place.relative_to(atlas.folder).as_posix() for place in places})
        if len(watched) == 1:
            (atlas.folder / "texts").mkdir()
            (atlas.folder / "texts/sources.json").write_bytes((atlas.folder / "data/sources.json").read_bytes())
            atlas.replace("atlas.toml", "[files]", '[files]\nsources = "texts/sources.json"')
        else:
            over.set()
        yield set()

    monkeypatch.setattr(watching, "watch", watch)
    built = []
    follow(preview, lambda: built.append(preview.attempt()), over)
    assert [len(pages) for pages in built] == [4]
    assert watched[1] - watched[0] == {"texts"}


def test_a_folder_that_was_taken_away_and_put_back_is_followed_again(small_atlas, monkeypatch):
    atlas = small_atlas()
    preview = Preview(atlas.folder)
    preview.attempt()
    watched, over = [], Event()
    aside, tables = atlas.folder / "aside", atlas.folder / "data/tables"

    def watch(*places, **_):
        watched.append({place.relative_to(atlas.folder).as_posix() for place in places})
        if len(watched) == 1:
            tables.rename(aside)
            tables.mkdir()
            for path in aside.iterdir():
                (tables / path.name).write_bytes(path.read_bytes())
            yield set()
            watched.append({"the folder that was taken away"})
        over.set()
        yield set()

    monkeypatch.setattr(watching, "watch", watch)
    follow(preview, preview.attempt, over)
    assert watched == [{".", "data", "data/tables", "maps"}] * 2


def test_a_system_that_tells_of_no_changes_is_no_bug(small_atlas, monkeypatch):
    preview = Preview(small_atlas().folder)
    preview.attempt()

    def watch(*_, **__):
        raise OSError(28, "no space left for watches")

    monkeypatch.setattr(watching, "watch", watch)
    with pytest.raises(RequestError, match="no space left for watches"):
        follow(preview, preview.attempt)
