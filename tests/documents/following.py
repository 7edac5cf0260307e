"""Somebody who does what a document says, in a folder of their own."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import openpyxl
from click.testing import CliRunner
from jsonschema import Draft7Validator

from geo.commands import main
from geo.schemas import render_schema
from tests.documents.reading import ROOT, Block, answers, commands, exchanges, rows_of

STAND_INS = {"make map": "memorial build"}
"""What cannot be run inside the tests, and the part of it that can."""

PROGRAMS = {"python3": sys.executable, "sha256sum": "sha256sum"}
"""Programs beside `memorial` that a document may call."""


class Reader:
    """A reader of one document: where they are, and what Python knows."""

    def __init__(self, folder: Path, label: str) -> None:
        self.folder = folder
        self.label = label
        self.names: dict[str, object] = {}

    def follow(self, block: Block) -> None:
        """Do what a block says."""
        at = f"{self.label}:{block.line}"
        if block.by_hand:
            return
        if block.file:
            self._write(block, at)
        elif block.kind == "sh":
            for line in commands(block.text):
                code, said = self._run(line, at)
                assert code == 0, f"{at}: {line}\n{said}"
                assert not re.search("^0 of ", said, re.MULTILINE), f"{at}: {line} answers nothing"
        elif block.kind == "console":
            for line, expected in exchanges(block.text):
                code, said = self._run(line, at)
                assert code in (0, 2), f"{at}: {line}\n{said}"
                said = "".join(f"{each.rstrip()}\n" for each in said.splitlines())
                assert answers(expected).fullmatch(said), f"{at}: {line}\n--- answered\n{said}--- expected\n{expected}"
        elif block.kind == "python":
            with contextlib.chdir(self.folder), contextlib.redirect_stdout(io.StringIO()):
                exec(compile(block.text, at, "exec"), self.names)
        elif block.kind == "toml":
            tomllib.loads(block.text)
        elif block.kind == "json":
            json.loads(block.text)

    def _write(self, block: Block, at: str) -> None:
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        if block.kind != "table":
            path.write_text(block.text, encoding="utf-8")
        elif path.suffix == ".xlsx":
            book = openpyxl.Workbook()
            for row in rows_of(block.text):
                book.active.append(row)
            book.save(path)
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows_of(block.text))
        if path.suffix == ".toml":
            name = {"atlas.toml": "atlas", "vocabulary.toml": "vocabulary"}.get(path.name, "map")
            schema = Draft7Validator(json.loads(render_schema(name)))
            faults = [error.message for error in schema.iter_errors(tomllib.loads(block.text))]
            assert not faults, f"{at}: {faults}"

    def _run(self, line: str, at: str) -> tuple[int, str]:
        line = STAND_INS.get(line, line)
        program, *arguments = shlex.split(line, comments=True)
        target = None
        if ">" in arguments:
            target = self.folder / arguments[arguments.index(">") + 1]
            arguments = arguments[: arguments.index(">")]
        if program == "cd":
            self.folder = (self.folder / arguments[0]).resolve(strict=True)
            return 0, ""
        if program == "cat":
            return 0, "".join((self.folder / name).read_text(encoding="utf-8") for name in arguments)
        if program == "memorial":
            with contextlib.chdir(self.folder):
                done = CliRunner().invoke(main, arguments)
            code, said, answer = done.exit_code, done.output, done.stdout
            if target is not None:
                said = done.stderr
        else:
            assert program in PROGRAMS, f"{at}: nobody here knows {program}; say why in a mark: not run"
            run = subprocess.run(
                [PROGRAMS[program], *arguments],
                cwd=self.folder, capture_output=True, text=True, encoding="utf-8", check=False,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            code, said, answer = run.returncode, run.stdout + run.stderr, run.stdout
        if target is not None:
            target.write_text(answer, encoding="utf-8")
        return code, said
