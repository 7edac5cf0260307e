"""A terminal is told nothing that it would obey, whatever is asked and whatever a file is called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from geo.commands import main, terminal

ORDERS = ("\x1b[2J\x1b]0;x\x07", "\u202egnp.exe", "\u2066a\u2069", "a\rb", "\x9b31m", "\x08\x08\x08", "\u200fa", "\x7f")
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
ASKED = {
    "text": ("query", "--text", "{}"),
    "condition": ("query", "--where", "name = '{}"),
    "kind": ("query", "--kind", "{}"),
    "near": ("query", "--near", "{}"),
    "time": ("query", "--during", "{}"),
    "layer": ("query", "{}"),
    "area": ("query", "--within", "{}.geojson"),
    "record": ("show", "{}"),
    "map": ("build", "--map", "{}"),
    "language": ("build", "--lang", "{}"),
    "mask": ("build", "--mask", "{}"),
    "folder of pages": ("build", "--out", "{}/pages"),
    "format": ("export", "a{}.xyz"),
    "file": ("export", "{}/a.geojson", "sites"),
    "layer of an export": ("export", "a.geojson", "{}"),
    "system": ("export", "a.geojson", "sites", "--crs", "{}"),
    "table": ("join", "{}.csv", "--to", "provinces", "--by", "name"),
    "key": ("join", "t.csv", "--to", "provinces", "--on", "{}=code"),
    "import": ("import", "{}.csv", "--as", "sites"),
    "layer of an import": ("import", "t.csv", "--as", "{}"),
    "sheet": ("import", "t.csv", "--as", "sites", "--map", "{}=name"),
    "report": ("import", "t.csv", "--as", "sites", "--report", "{}.pdf"),
    "command": ("{}",),
    "option": ("query", "--{}"),
    "list": ("check", "--withheld", "{}"),
    "edition": ("diff", "{}", "b"),
    "measure": ("stats", "{}"),
    "beginning": ("init", "{}", "{}"),
}


@pytest.fixture
def here(small_atlas, monkeypatch):
    folder = small_atlas().folder
    monkeypatch.chdir(folder)
    monkeypatch.setattr(terminal, "_on_terminal", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")  # bold is our own
    (folder / "t.csv").write_text("code,name\nP1,Wat A\n", encoding="utf-8")
    return folder


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ASKED)
def test_what_is_asked_is_told_back_in_escapes(name):
    for order in ORDERS:
        done = CliRunner().invoke(main, [word.format(order) for word in ASKED[name]])
        assert "Traceback" not in done.output, done.output
        assert done.exit_code in (0, 2)
        assert not OBEYED.search(done.output), repr(done.output)


@pytest.mark.usefixtures("here")
def test_a_file_that_is_called_an_order_is_read_and_named_in_escapes():
    for at, order in enumerate(ORDERS):
        name = f"{at}{order}.csv"
        Path(name).write_text("code,name\nP1,Wat A\nP9,Wat B\n", encoding="utf-8")
        for command in (
            ("import", name, "--as", "sites", "--out", f"{name}.geojson"),
            ("join", name, "--to", "provinces", "--on", "code=code", "--out", f"{name}.out.csv"),
        ):
            done = CliRunner().invoke(main, command)
            assert done.exit_code == 0, done.output
            assert not OBEYED.search(done.output), repr(done.output)
