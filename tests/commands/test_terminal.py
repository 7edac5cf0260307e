"""What is shown on a terminal, and text that is not to be trusted."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import select
import struct
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.commands.terminal import escape_unseen, fit_table, spell_unseen, text_width
from geo.guarding import guard_cell

ROOT = Path(__file__).parents[2]
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


# --- on a terminal ---------------------------------------------------------------------------------------------------


def on_terminal(folder, *arguments, columns=80, **environment):
    """Run the program on a pseudo-terminal of 24 lines; return what it showed."""
    fcntl, pty, termios = (import_module(name) for name in ("fcntl", "pty", "termios"))  # Windows has none of them
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "cli.py"), *arguments],
        cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=env | {"TERM": "xterm"} | environment,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            part = os.read(ours, 65536)
        except OSError:  # Linux says so when the last writer is gone
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.wait(60) == 0
    return shown.decode("utf-8").replace("\r\n", "\n")


terminal = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals of this kind")


@terminal
def test_a_terminal_shows_steps_and_bold_and_wipes_the_steps(atlas):
    first = on_terminal(atlas.folder, "query", columns=120)
    assert "\r\x1b[Kchecking it" in first
    *_, rest = first.split("\r\x1b[K")
    assert rest.startswith("compiled ")
    second = on_terminal(atlas.folder, "query", columns=120)
    assert second.startswith("\x1b[1mid ")
    assert "\x1b[1mSources\x1b[0m" in second
    assert "checking" not in second
    assert "\x1b" not in on_terminal(atlas.folder, "query", columns=120, NO_COLOR="1")


@terminal
@pytest.mark.parametrize("columns", [30, 60, 80])
def test_a_table_fits_the_terminal_and_says_what_it_leaves_out(still, columns):
    shown = on_terminal(still, "query", columns=columns, NO_COLOR="1").splitlines()
    table = [line for line in shown if line.startswith(("id ", "place-"))]
    assert len(table) == 6
    assert all(text_width(line) <= columns for line in table)
    assert any(line.startswith("no room for ") and "--format csv" in line for line in shown)


@terminal
def test_a_long_list_of_sources_does_not_push_the_records_off_the_screen(atlas, run):
    sources = json.loads((atlas.folder / "data/sources.json").read_text(encoding="utf-8"))
    more = [sources[0] | {"id": f"book-{number}", "title": f"Book {number}"} for number in range(30)]
    atlas.write("data/sources.json", json.dumps(sources + more))
    with atlas.feature("sites", "place-a") as feature:
        feature["properties"]["sources"] = [source["id"] for source in more]
    shown = on_terminal(atlas.folder, "query", columns=200)
    assert "[1] " not in shown
    assert "31 sources are not listed" in shown
    assert "[31] " in run(atlas.folder, "query").stdout


# --- text that is not to be trusted ----------------------------------------------------------------------------------


CELLS = st.text() | st.sampled_from(["\x1b[31mred", "a\tb", "a\nb", "\u202eevil", "ភ្នំពេញ", "中文", "", "e\u0301"])


@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5), width=st.integers(1, 90) | st.none())
def test_no_cell_leaves_its_line_or_speaks_to_the_terminal(rows, width):
    text, left_out = fit_table(("id", "name", "kind"), rows, width)
    lines = text.split("\n")
    assert len(lines) == len(rows) + 1
    assert not UNSEEN.search("".join(lines))
    assert left_out == ["id", "name", "kind"][3 - len(left_out) :]
    if width is None:
        assert left_out == []
    elif len(left_out) < 2:
        assert max(text_width(line) for line in lines) <= max(width, text_width(lines[0].split("  ")[0]) + 4 + 24 + 12)


@given(names=st.lists(st.text(st.sampled_from("abcកខា្ស中é "), max_size=60), min_size=1), width=st.integers(40, 120))
def test_a_table_of_any_script_fits(names, width):
    text, _ = fit_table(("id", "name"), [("x", name) for name in names], width)
    assert all(text_width(line) <= width for line in text.split("\n"))


@given(text=st.text() | st.from_regex(r"'{0,3}[=+\-@\t\r\n＝＋－＠].*", fullmatch=True))
def test_a_guarded_cell_is_no_formula_and_reads_back_equal(text):
    guarded = guard_cell(text)
    if guarded == text:
        assert not re.match("'*[=+\\-@\t\r\n＝＋－＠]", text) or float(text) is not None
    else:
        assert guarded[0] == "'"
        assert guarded[1:] == text


@pytest.mark.parametrize("number", ["-5", "+12", "-12.5", "-1e5"])
def test_a_number_is_left_alone(number):
    assert guard_cell(number) == number


def test_a_formula_in_the_data_is_guarded_and_said(memorial, atlas):
    with atlas.feature("sites", "place-a") as feature:
        feature["properties"] |= {"summary": "=HYPERLINK(0)", "place_text": "-2+3"}
    answered = memorial("query", "--format", "csv")
    row = next(csv.DictReader(io.StringIO(answered.stdout, newline="")))
    assert (row["summary"], row["place_text"], row["lon"]) == ("'=HYPERLINK(0)", "'-2+3", "-32.5")
    assert "2 cells begin like a formula" in answered.stderr
    assert json.loads(memorial("query", "--format", "json").stdout)["records"][0]["summary"] == "=HYPERLINK(0)"


@given(value=st.dictionaries(st.text(), st.text()))
def test_json_reads_back_equal_and_is_safe_to_look_at(value):
    shown = escape_unseen(json.dumps(value, ensure_ascii=False, indent=1))
    assert json.loads(shown) == value
    assert not UNSEEN.search(shown)


@given(text=st.text())
def test_what_a_terminal_would_obey_is_spelt(text):
    assert not UNSEEN.search(spell_unseen(text))
