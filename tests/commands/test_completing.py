"""What a shell offers: read from the catalogue as it is, and nothing where there is none."""

from __future__ import annotations

import click
import pytest
from click.shell_completion import ShellComplete

from geo.commands import main


@pytest.fixture
def offer(still, monkeypatch):
    monkeypatch.chdir(still)
    completer = ShellComplete(main, {}, "memorial", "_MEMORIAL_COMPLETE")
    return lambda words, typed="": [item.value for item in completer.get_completions(words.split(), typed)]


@pytest.mark.parametrize(
    ("words", "typed", "expected"),
    [
        ("query", "cl", ["claims"]),
        ("query --kind", "p", ["prison"]),
        ("query claims --kind", "d", ["deaths", "date_begin"]),
        ("query --province", "", ["P1", "P2", "P3"]),
        ("query --province", "square t", ["Square Two", "Square Three"]),
        ("query --fields", "id,nam", ["id,name", "id,name_km"]),
        ("query --sort", "begin_e", ["begin_earliest"]),
        ("query --near", "place-", ["place-a", "place-b", "place-c", "place-d", "place-e"]),
        ("query --format", "geo", ["geojson", "geojsonl"]),
        ("show", "place-a", ["place-a"]),
        ("show", "c0007", ["c0007"]),
    ],
)
def test_what_is_begun_is_completed(offer, words, typed, expected):
    assert set(offer(words, typed)) == set(expected)


def test_where_there_is_no_catalogue_nothing_is_said(atlas, tmp_path, monkeypatch, capfd):
    completer = ShellComplete(main, {}, "memorial", "_MEMORIAL_COMPLETE")
    for folder in (tmp_path, atlas.folder):
        monkeypatch.chdir(folder)
        assert completer.get_completions(["query", "--kind"], "") == []
    assert capfd.readouterr() == ("", "")
    assert not list(atlas.folder.rglob("*.gpkg"))


def test_the_program_finds_every_completer():
    command = main.get_command(click.Context(main), "query")
    assert {"where", "kinds", "provinces", "near", "sort", "fields", "layer"} <= {
        parameter.name for parameter in command.params if parameter._custom_shell_complete
    }
