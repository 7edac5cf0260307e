"""``memorial schema``: one kind of file at a time, and a new atlas whose TOML files name theirs."""

from __future__ import annotations

from click.testing import CliRunner

from geo.commands import main
from geo.commands.schema import schema
from geo.schemas import SCHEMA_NAMES, render_schema


def test_every_schema_can_be_asked_for():
    assert tuple(schema.params[0].type.choices) == SCHEMA_NAMES
    asked = CliRunner().invoke(main, ["schema", "claims"])
    assert asked.exit_code == 0, asked.output
    assert asked.stdout == render_schema("claims")


def test_another_name_is_refused_with_those_that_there_are():
    asked = CliRunner().invoke(main, ["schema", "points"])
    assert asked.exit_code == 2
    assert "'sites'" in asked.stderr


def test_the_files_of_a_new_atlas_name_schemas_that_are_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["init", "new"]).exit_code == 0
    found = {}
    for path in sorted((tmp_path / "new").rglob("*.toml")):
        first, _, _ = path.read_text(encoding="utf-8").partition("\n")
        target = path.parent / first.removeprefix("#:schema ")
        found[path.name] = target.read_text(encoding="utf-8")
    assert found == {
        "atlas.toml": render_schema("atlas"),
        "overview.toml": render_schema("map"),
        "vocabulary.toml": render_schema("vocabulary"),
    }
