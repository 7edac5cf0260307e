"""The program as a process: exit codes, pipes, disks, locales, and what it loads."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from geo.commands.formats import FORMATS

ROOT = Path(__file__).parents[2]
HEAVY = {
    "pandas",
    "numpy",
    "geopandas",
    "folium",
    "fiona",
    "pyogrio",
    "shapely",
    "jsonschema",
    "citeproc",
    "lxml",
    "edtf",
}


# --- codes and streams -----------------------------------------------------------------------------------------------


def test_what_the_system_does_not_let_us_reach_is_no_bug(memorial, atlas, monkeypatch):
    def forbid(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", "maps/a.gpkg")

    with monkeypatch.context() as patched:
        patched.setattr("geo.query.select", forbid)
        refused = memorial("query")
    assert refused.exit_code == 2
    assert "maps/a.gpkg: saw Permission denied; expected a path that can be reached" in refused.stderr
    atlas.write("maps/small-atlas.gpkg", "")
    monkeypatch.setattr("os.access", lambda *_, **__: False)  # whoever is root may read everything
    refused = memorial("query")
    assert refused.exit_code == 2
    assert "small-atlas.gpkg: saw a file without permission to read" in refused.stderr


def test_a_bug_is_ours_and_shows_its_traceback(memorial, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("\x1b[31mred\u202e")

    monkeypatch.setattr("geo.query.select", fail)
    failed = memorial("query")
    assert failed.exit_code == 1
    assert "RuntimeError: \\u001b[31mred\\u202e" in failed.stderr
    assert failed.stderr.endswith("this is a bug of the program, not of your data; please report it.\n")


def test_an_interrupted_run_ends_with_130_and_leaves_nothing(atlas, files_of):
    before = files_of(atlas.folder)
    code = (
        "import signal, sys; sys.argv = ['memorial', 'build']; import geo.joins;"
        "geo.joins.join_all = lambda inputs: signal.raise_signal(signal.SIGINT);"
        "from geo.commands import main; main()"
    )
    stopped = subprocess.run(
        [sys.executable, "-c", code], cwd=atlas.folder, check=False, capture_output=True, text=True, timeout=60,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (stopped.returncode, stopped.stdout) == (130, "")
    assert stopped.stderr.strip() == "memorial: interrupted"
    assert files_of(atlas.folder) == before


@pytest.mark.parametrize("arguments", [["--help"], ["query", "--help"], ["query"], ["show", "place-a"], ["check"]])
def test_a_reader_who_leaves_early_is_no_fault(still, arguments):
    command = [sys.executable, str(ROOT / "cli.py"), *arguments]
    with subprocess.Popen(command, cwd=still, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        said = process.stderr.read().decode()
    assert process.returncode == 0
    assert "Traceback" not in said
    assert "Broken" not in said


@pytest.mark.parametrize("form", ["table", "csv", "json", "geojsonl", "ids"])
def test_a_reader_who_leaves_in_the_middle_of_a_long_answer_hears_nothing(still, form):
    code = "import geo.commands.terminal as terminal; terminal._PIECE = 1;from geo.commands import main; main()"
    command = [sys.executable, "-c", code, "query", "--format", form]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=still, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(1)
        process.stdout.close()
        said = process.stderr.read().decode()
    assert process.returncode == 0
    assert "Exception" not in said
    assert "Traceback" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("arguments", [["query"], ["--help"], ["show", "P1", "--format", "json"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_under_the_answer_is_refused(still, arguments, unbuffered, run):
    env = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        refused = run(still, *arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE, env=env)
    assert refused.returncode == 2
    assert "memorial: The answer could not be written" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such locale")
def test_any_locale_gives_the_same_bytes(still, run):
    question = ("query", "--province", "ការ៉េមួយ", "--text", "ទីកន្លែង", "--format", "json")
    plain = run(still, *question)
    odd = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "7", "TZ": "Asia/Phnom_Penh"}
    other = run(still, *question, env=os.environ | odd)
    assert other.returncode == plain.returncode == 0
    assert other.stdout == plain.stdout
    assert json.loads(plain.stdout)["counts"]["shown"] == 1


def test_the_front_door_and_the_module_are_one_program(ask, still, run):
    assert (
        run(still, "query", "--format", "csv").stdout.splitlines()
        == ask("query", "--format", "csv").stdout.splitlines()
    )
    version = run(still, "--version").stdout
    assert re.fullmatch(r"memorial \S+\n", version)
    assert ask("--version").stdout == version


# --- what it loads ---------------------------------------------------------------------------------------------------


def load(folder, *arguments):
    """Run the program in a process of its own; return every module that it loaded."""
    code = (
        "import atexit, sys; sys.argv = ['memorial', *sys.argv[1:]];"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr));"
        "from geo.commands import main; main()"
    )
    # What measures coverage would be loaded beside the program.
    settings = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    answered = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=folder, check=True, capture_output=True, encoding="utf-8",
        env=settings | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}, timeout=60,
    )  # fmt: skip
    return set(answered.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["build", "--help"],
        ["check", "--help"],
        ["query"],
        ["query", "--kind", "prison", "--province", "old square", "--text", "place"],
        ["query", "--format", "csv"],
        ["query", "--format", "json"],
        ["query", "sites", "--format", "geojson"],
        ["show", "place-a"],
    ],
    ids=" ".join,
)
def test_an_answer_loads_nothing_heavy(still, arguments):
    loaded = {name.split(".")[0] for name in load(still, *arguments)}
    assert {"click", "geo"} <= loaded
    assert not loaded & HEAVY


def test_at_rest_the_contract_is_not_loaded_either(still):
    loaded = load(still, "query")
    assert "geo.query.selecting" in loaded
    assert not loaded & {"msgspec", "geo.spec", "geo.readers.manifests", "geo.catalogue.writing", "geo.query.dossier"}


ROOMS = {
    "geo", "geo.commands", "geo.commands.starting", "geo.commands.manual", "geo.commands.terminal",
    "geo.commands.query", "geo.commands.asking", "geo.commands.completing", "geo.commands.formats",
    "geo.commands.reports", "geo.commands.tables", "geo.errors", "geo.catalogue", "geo.catalogue.opening",
    "geo.catalogue.freshness",
    "geo.readers", "geo.readers.finding", "geo.readers.files", "geo.gazetteer", "geo.query", "geo.query.asking",
    "geo.query.answering", "geo.query.citing", "geo.query.fields", "geo.query.parsing", "geo.query.selecting",
    "geo.query.naming", "geo.query.wording", "geo.ledger",
}  # fmt: skip
"""All of ours that a question may load: what is added here is paid for by every question."""

SLOW_TO_START = {
    "inspect", "dataclasses", "ast", "dis", "tokenize", "tomllib", "difflib", "calendar", "locale", "decimal", "shutil",
    "csv", "subprocess", "tempfile", "importlib.metadata", "cql2", "wcwidth", "textwrap", "random", "hashlib",
}  # fmt: skip


@pytest.mark.parametrize("form", ["table", "json", "ids", "count"])
def test_a_question_loads_few_modules(still, form):
    loaded = load(still, "query", "--kind", "prison", "--format", form)
    ours = {name for name in loaded if name.split(".")[0] == "geo"}
    assert ours - ROOMS == set()
    assert loaded & SLOW_TO_START == set()
    assert len(loaded) <= 145  # of these, about 105 are click, sqlite3, json and what Python itself begins with


def test_the_help_still_has_its_indentation_taken_away(still):
    helped = subprocess.run(
        [sys.executable, "-c", "from geo.commands import main; main(['query', '--help'])"], cwd=still, check=True,
        capture_output=True, encoding="utf-8", timeout=60,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    ).stdout  # fmt: skip
    assert "\n  Print the records of LAYER that answer" in helped
    assert "\n  Every condition must hold" in helped


def test_the_help_knows_every_format():
    query = import_module("geo.commands.query")
    assert set(query._FORMATS) == set(FORMATS)


@pytest.mark.skipif(sys.platform == "win32", reason="its shell cannot close a stream")
def test_a_closed_standard_error_is_no_fault_and_no_file_takes_its_place(still):
    command = ["sh", "-c", 'exec "$@" 2>&-', "sh", sys.executable, "-c"]
    settings = {"cwd": still, "timeout": 60, "env": os.environ | {"PYTHONPATH": str(ROOT)}}
    asked = "from geo.commands import main; main(['check', '--format', 'json'])"
    assert subprocess.run([*command, asked], check=False, stdout=subprocess.DEVNULL, **settings).returncode == 0
    opened = "from geo.commands.starting import hold_streams as hold; hold(); exit(open('atlas.toml').fileno())"
    assert subprocess.run([*command, opened], check=False, **settings).returncode > 2


@pytest.mark.skipif(sys.platform == "win32", reason="its shell cannot close a stream")
def test_where_standard_output_is_closed_nothing_is_begun(still):
    """Exit code 2 says that nothing was written: the path of what was written could not be told."""
    command = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-c"]
    asked = "from geo.commands import main; main(['export', 'unheard.csv', 'sites'])"
    refused = subprocess.run(
        [*command, asked], cwd=still, check=False, stderr=subprocess.PIPE, encoding="utf-8", timeout=60,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (refused.returncode, list(still.glob("unheard*"))) == (2, [])
    assert "standard output: saw it is closed" in refused.stderr
