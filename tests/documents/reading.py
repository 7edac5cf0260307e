"""A document as what a reader would do with it: commands to type, files to write, code to run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PARSER = MarkdownIt("commonmark").enable("table")
LANGUAGES = {"console", "sh", "python", "toml", "json", "csv", "text", "sql"}
MARK = re.compile(r"<!-- (?P<key>file|in|not run): (?P<value>.+?) -->\s*")


@dataclass(frozen=True)
class Block:
    """One block of a document.

    Attributes
    ----------
    kind
        Its language, or ``table``.
    text
        What stands in it.
    line
        Where, counted from 1.
    file
        The file that a reader makes of it; empty when it is none.
    by_hand
        Why it is not run; empty when it is.
    """

    kind: str
    text: str
    line: int
    file: str = ""
    by_hand: str = ""


def documents() -> list[Path]:
    """Return every document whose blocks are held by the tests."""
    pages = [path for path in (ROOT / "docs").rglob("*.md") if "decisions" not in path.parts]
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(pages)]


def place_of(path: Path) -> str:
    """Return where a document is followed: in ``the atlas`` of this repository, or in ``an empty folder``."""
    found = {match["value"] for match in MARK.finditer(path.read_text(encoding="utf-8")) if match["key"] == "in"}
    assert len(found) <= 1, path
    return found.pop() if found else "the atlas"


@cache
def blocks_of(path: Path) -> tuple[Block, ...]:
    """Return the blocks of a document in their order."""
    return tuple(_blocks_of(path))


def _blocks_of(path: Path) -> Iterator[Block]:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    marks: dict[str, str] = {}
    for token in PARSER.parse(text):
        if token.type == "html_block":
            marks = {match["key"]: match["value"] for match in MARK.finditer(token.content)}
            continue
        if token.type not in ("fence", "code_block", "table_open"):
            if token.level == 0 and token.type.endswith("_open"):
                assert not {"file", "not run"} & set(marks), f"{path}:{token.map[0]}: a mark without a block"
            continue
        start, end = token.map
        kind = token.info.strip() if token.type == "fence" else token.type
        if not kind.startswith("{") and (kind != "table_open" or "file" in marks):
            body = "\n".join(lines[start:end]) if kind == "table_open" else token.content
            yield Block(kind.removesuffix("_open"), body, start + 1, marks.get("file", ""), marks.get("not run", ""))
        marks = {}


def rows_of(table: str) -> list[list[str]]:
    """Return the cells of a table in Markdown, its heading first."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines()]
    return [rows[0], *rows[2:]]


def exchanges(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a console and what it answers."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        last = next(at for at, line in enumerate(lines) if not line.endswith("\\"))
        command = " ".join(line.removesuffix("\\").strip() for line in lines[: last + 1])
        yield command, "\n".join(lines[last + 1 :])


def commands(text: str) -> Iterator[str]:
    """Yield each command of a script, lines that go on joined, without remarks and empty lines."""
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line


@cache
def followed() -> frozenset[str]:
    """Return the commands that the documents run in the atlas of this repository, without their remarks."""
    found = set()
    for path in documents():
        for block in blocks_of(path) if place_of(path) == "the atlas" else ():
            lines = commands(block.text) if block.kind == "sh" else (asked for asked, _ in exchanges(block.text))
            if block.kind in ("sh", "console") and not block.by_hand:
                found |= {line.partition("  #")[0].strip() for line in lines}
    return frozenset(found)


def answers(expected: str) -> re.Pattern[str]:
    """Return what an answer must be, where ``…`` stands for anything that is left out; alone, for whole lines."""
    lines = [line.rstrip() for line in expected.rstrip("\n").splitlines()]
    parts = [
        r"(?:[^\n]*\n)*" if line == "…" else "[^\n]*".join(re.escape(part) for part in line.split("…")) + r"[ ]*\n"
        for line in lines
    ]
    return re.compile("".join(parts))
