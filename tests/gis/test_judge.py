"""What others' programs say of the bundle for an archive, and of Linked Places read as linked data."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from geo.commands import main

HERE = Path(__file__).parent
PYTHON = HERE / "crate/.venv/bin/python"
CONTEXT = HERE / "lint/node_modules/ro-crate/lib/context.json"
PLACES = HERE / "crate/linked_places.context.json"
SCHEMA = HERE.parent / "export/linked_places_1_3.schema.json"
LPO = "http://linkedpasts.org/ontology/lpo_latest.ttl#"
NOT_KNOWN = ("License entity SHOULD have an absolute HTTP(S) URL", "SHOULD have a `publisher` property")
"""What a crate should say, and an atlas does not: its licence is a text, and nobody is named who publishes it."""


def judge(*arguments):
    """Run the isolated Python; the test is skipped where it is not there."""
    if not PYTHON.exists() or not CONTEXT.exists():
        message = "the validator of RO-Crates is not here; sh tests/gis/provide.sh installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    command = [PYTHON, HERE / "crate/judge.py", *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr.decode()[-2000:]
    return json.loads(run.stdout)


def test_a_bundle_is_an_ro_crate_to_the_validator_of_its_community(small_atlas, tmp_path):
    command = ["-C", str(small_atlas().folder), "export", str(tmp_path / "edition.zip"), "--bundle"]
    ran = CliRunner().invoke(main, command)
    assert ran.exit_code == 0, ran.stderr
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for folder in (whole, broken):
        with zipfile.ZipFile(tmp_path / "edition.zip") as archive:
            archive.extractall(folder)
    metadata = broken / "ro-crate-metadata.json"
    metadata.write_text(metadata.read_text(encoding="utf-8").replace('"datePublished"', '"dated"'), encoding="utf-8")
    (broken / "dictionary.md").unlink()
    told = judge("crate", CONTEXT, tmp_path / "answers", whole, broken)
    assert [finding for finding in told[str(whole)] if not any(known in finding for known in NOT_KNOWN)] == []
    wrong = [finding for finding in told[str(broken)] if finding.startswith("REQUIRED")]
    assert any("datePublished" in finding for finding in wrong), wrong
    assert any("dictionary.md" in finding for finding in wrong), wrong


def test_linked_places_of_the_flagship_keep_the_schema_and_are_linked_data(flagship_catalogue, tmp_path):
    files = {layer: tmp_path / f"{layer}.jsonld" for layer in ("sites", "provinces", "provinces_1975")}
    for layer, path in files.items():
        ran = CliRunner().invoke(main, ["-C", str(flagship_catalogue.parents[1]), "export", str(path), layer])
        assert ran.exit_code == 0, ran.stderr
    documents = {layer: json.loads(path.read_text(encoding="utf-8")) for layer, path in files.items()}
    rules = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for document in documents.values():
        undated = {f"features/{n}" for n, feature in enumerate(document["features"]) if "when" not in feature}
        found = {"/".join(map(str, error.absolute_path)): error.message for error in rules.iter_errors(document)}
        assert found.keys() == undated, found
    told = judge("places", PLACES, files["sites"])[str(files["sites"])]
    features = documents["sites"]["features"]
    links = [(subject, told_of) for subject, term, told_of in told if term == f"{LPO}name_attestation"]
    assert {subject for subject, _ in links} == {feature["@id"] for feature in features}
    spelt = {subject: text for subject, term, text in told if term == f"{LPO}toponym"}
    assert sorted(spelt[name] for _, name in links) == sorted(
        name["toponym"] for feature in features for name in feature["names"]
    )
    assert "ទួលស្លែង" in spelt.values()
