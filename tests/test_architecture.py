"""The house holds: no upward arrow, no circle, the fences, the refused names; read from the imports alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

FLOORS = (
    ("errors",),
    ("spec", "points"),
    ("outputs", "gazetteer", "columns", "coordinates", "reporting", "schemas", "styling", "guarding"),
    ("readers", "wording"),
    ("ledger", "masking", "placing"),
    ("joins", "checks", "periods"),
    ("catalogue", "importing"),
    ("coverage", "joining", "provenance"),
    ("query", "webmap", "export", "comparing", "spreading"),
    ("atlas",),
    ("preview",),
    ("",),  # geo itself, the face
    ("commands",),
    ("cli",),
)
"""The rooms from the ground up. A room imports only rooms on lower floors; neighbours on one floor do not meet."""

FENCES = {
    "folium": {"webmap"},
    "branca": {"webmap"},
    "jinja2": {"webmap"},
    "click": {"commands"},
    "csv": {"readers", "export", "commands", "importing", "joining"},  # an answer, corrections, a joined table
    "dask": {"spreading"},
    "dask_geopandas": {"spreading"},
    "distributed": {"spreading"},
    "fiona": {"readers", "export"},
    "mgrs": {"coordinates"},
    "openpyxl": {"readers", "export"},
    "psycopg": {"catalogue", "export"},  # an edition in a database is read, and written
    "pyarrow": {"catalogue", "columns", "readers", "export"},  # layers move as columns, all the way
    "pyogrio": {"readers", "export", "catalogue"},  # the catalogue is a GeoPackage
    "socket": {"preview"},
    "starlette": {"preview"},
    "uvicorn": {"preview"},
    "watchfiles": {"preview"},
    "xlsxwriter": {"export"},
}
"""Module -> the rooms that may import it."""

FENCED_CALLS = {
    name: {"readers", "export"}
    for name in ("read_csv", "read_excel", "read_file", "read_parquet", "to_csv", "to_excel", "to_file", "to_parquet")
} | {"write_bytes": {"outputs"}, "write_text": {"outputs", "commands"}}  # click has a write_text of its own
"""Method -> the rooms that may call it."""

CLOCKED = {"outputs", "atlas", "commands"}
"""Rooms that may look at the clock: what they do depends on when files were written, what they give does not."""

REFUSED = {"gdf", "df", "utils", "helpers", "common", "manager"}

LIGHT = ("errors", "spec", "gazetteer", "catalogue", "catalogue.opening", "query", "", "commands", "cli")
"""The query path: what these import while they load decides how soon an answer comes."""

LIGHT_MODULES = frozenset(sys.stdlib_module_names) | {"click", "msgspec"}
HEAVY = (
    "pandas numpy geopandas shapely pyproj pyogrio fiona folium branca jinja2 citeproc lxml jsonschema edtf rapidfuzz"
)


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name below ``geo`` (empty for ``geo`` itself), and what it says."""

    name: str
    package: bool
    source: str

    @property
    def room(self) -> str:
        return self.name.split(".")[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)


@dataclass(frozen=True)
class Import:
    """One module that is imported: in full, whether while loading, and whether only for type checkers."""

    target: str
    loading: bool
    typing: bool


def modules_below(root: Path) -> dict[str, Module]:
    """Return every module of the house."""
    found = {"cli": Module("cli", False, (root / "cli.py").read_text(encoding="utf-8"))}
    for path in sorted((root / "geo").rglob("*.py")):
        parts = path.relative_to(root / "geo").with_suffix("").parts
        if "node_modules" in parts:
            continue
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        found[name] = Module(name, package, path.read_text(encoding="utf-8"))
    return found


def imports_of(module: Module, known: set[str]) -> Iterator[Import]:
    """Yield what a module imports; ``geo.x`` is given as it is, a name from a package as the module that it is."""
    stack: list[tuple[ast.AST, bool, bool]] = [(module.tree, True, False)]
    while stack:
        node, loading, typing = stack.pop()
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                own = ["geo", *module.name.split(".")] if module.name else ["geo"]
                up = node.level - 1 if module.package else node.level
                base = ".".join([*own[: len(own) - up], *([base] if base else [])])
            for alias in node.names:
                full = f"{base}.{alias.name}"
                targets.append(full if full.removeprefix("geo.") in known and full.startswith("geo.") else base)
        for target in targets:
            yield Import(target, loading, typing)
        for child in ast.iter_child_nodes(node):
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            guarded = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
            unguarded = guarded and child not in node.orelse
            stack.append((child, loading and not inside, typing or unguarded))


def inner(target: str) -> str | None:
    """Return the name of a module of ours below ``geo``, or None for one that is not ours."""
    if target in ("geo", "cli"):
        return "" if target == "geo" else "cli"
    return target.removeprefix("geo.") if target.startswith("geo.") else None


def upward_arrows(modules: dict[str, Module]) -> list[str]:
    """Return every import that does not lead to a lower floor."""
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    found = [f"{room} is on no floor" for room in {module.room for module in modules.values()} - set(floor)]
    for module in modules.values():
        for item in imports_of(module, set(modules)):
            target = inner(item.target)
            if target is None or module.room not in floor:
                continue
            room = target.split(".")[0]
            if room != module.room and floor.get(room, len(FLOORS)) >= floor[module.room]:
                found.append(f"{module.name or 'geo'} imports {item.target}")
    return found


def circles(modules: dict[str, Module]) -> list[str]:
    """Return every circle of imports that can run, modules one by one, wherever in a module they stand."""
    arrows = {
        name: sorted(
            {
                target
                for item in imports_of(module, set(modules))
                if not item.typing and (target := inner(item.target)) in modules and target != name
            }
        )
        for name, module in modules.items()
    }
    found: list[str] = []
    settled: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            found.append(" -> ".join([*path[path.index(name) :], name]))
        elif name not in settled:
            for target in arrows[name]:
                walk(target, (*path, name))
            settled.add(name)

    for name in sorted(arrows):
        walk(name, ())
    return found


def broken_fences(modules: dict[str, Module]) -> list[str]:
    """Return every import of a fenced module, and every call of a fenced method, outside its fence."""
    found = []
    for module in modules.values():
        for item in imports_of(module, set(modules)):
            allowed = FENCES.get(item.target.split(".")[0])
            if allowed is not None and module.room not in allowed and not item.typing:
                found.append(f"{module.name or 'geo'} imports {item.target}")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                allowed = FENCED_CALLS.get(node.func.attr)
                if allowed is not None and module.room not in allowed:
                    found.append(f"{module.name or 'geo'} calls {node.func.attr}")
    return found


def clocks(modules: dict[str, Module]) -> list[str]:
    """Return every look at the clock where the same input must give the same answer."""
    return [
        f"{module.name or 'geo'} calls {ast.unparse(node.func)}"
        for module in modules.values()
        if module.room not in CLOCKED
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            node.func.attr in ("now", "today", "utcnow")
            or (isinstance(node.func.value, ast.Name) and node.func.value.id == "time")
        )
    ]


def refused_names(modules: dict[str, Module]) -> list[str]:
    """Return every name that a module gives and that says nothing, alone or as a word of a longer name."""
    found = []
    for module in modules.values():
        given = [*module.name.split(".")]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                given.append(node.name)
            elif isinstance(node, ast.arg):
                given.append(node.arg)
            elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
                given.append(node.id if isinstance(node, ast.Name) else node.attr)
            elif isinstance(node, ast.alias) and node.asname:
                given.append(node.asname)
        for name in given:
            words = {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}
            if words & REFUSED:
                found.append(f"{module.name or 'geo'} names {name}")
    return found


def heavy_loads(modules: dict[str, Module]) -> list[str]:
    """Return what the query path imports while loading that is neither light nor ours, also through our own rooms."""
    found = []
    for start in LIGHT:
        seen, waiting = set[str](), [start]
        while waiting:
            name = waiting.pop()
            if name in seen or name not in modules:
                continue
            seen.add(name)
            waiting += [".".join(name.split(".")[:end]) for end in range(1, name.count(".") + 1)]
            for item in imports_of(modules[name], set(modules)):
                if not item.loading or item.typing:
                    continue
                target = inner(item.target)
                if target is not None:
                    waiting.append(target)
                elif item.target.split(".")[0] not in LIGHT_MODULES:
                    found.append(f"{name or 'geo'} loads {item.target} for {start or 'geo'}")
    return found


RULES = (upward_arrows, circles, broken_fences, clocks, refused_names, heavy_loads)


@pytest.fixture(scope="module")
def house() -> dict[str, Module]:
    return modules_below(ROOT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_holds(house, rule):
    assert rule(house) == []


def test_every_room_is_read(house):
    rooms = {module.room for module in house.values()}
    assert {"errors", "spec", "readers", "checks", "joins", "catalogue", "webmap", "commands", "cli"} <= rooms
    assert {item.target for item in imports_of(house["joins"], set(house))} >= {
        "pandas",
        "geo.readers",
        "geo.gazetteer",
    }


def test_no_room_is_too_large():
    large = {
        path.relative_to(ROOT).as_posix(): lines
        for path in (ROOT / "geo").rglob("*.py")
        if "node_modules" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) >= 600
    }
    assert large == {}


def planted(**sources: str) -> dict[str, Module]:
    """Return a house of modules with these sources; ``__`` in a name is a dot, ``face`` is geo itself."""
    names = {name: "" if name == "face" else name.replace("__", ".") for name in sources}
    return {
        inside: Module(inside, any(other.startswith(f"{inside}.") for other in names.values()), sources[name])
        for name, inside in names.items()
    }


@pytest.mark.parametrize(
    ("rule", "modules", "seen"),
    [
        (upward_arrows, planted(errors="import geo.spec", spec=""), "errors imports geo.spec"),
        (upward_arrows, planted(errors="def f():\n from geo import spec", spec=""), "errors imports geo.spec"),
        (
            upward_arrows,
            planted(query="from geo.webmap.page import x", webmap__page=""),
            "query imports geo.webmap.page",
        ),
        (upward_arrows, planted(joins="import geo"), "joins imports geo"),
        (
            upward_arrows,
            planted(readers__files="from ..checks import x", checks=""),
            "readers.files imports geo.checks",
        ),
        (upward_arrows, planted(kitchen=""), "kitchen is on no floor"),
        (
            circles,
            planted(readers__a="from geo.readers import b", readers__b="def f():\n import geo.readers.a"),
            "readers.a -> readers.b -> readers.a",
        ),
        (broken_fences, planted(query="import folium"), "query imports folium"),
        (broken_fences, planted(webmap="from fiona.crs import x"), "webmap imports fiona.crs"),
        (broken_fences, planted(checks="import pandas\npandas.read_csv('x')"), "checks calls read_csv"),
        (broken_fences, planted(webmap="path.write_text('x')"), "webmap calls write_text"),
        (clocks, planted(catalogue="import datetime\ndatetime.date.today()"), "catalogue calls datetime.date.today"),
        (clocks, planted(webmap="import time\nt = time.time()"), "webmap calls time.time"),
        (refused_names, planted(joins="def f(gdf): pass"), "joins names gdf"),
        (refused_names, planted(joins="sites_df = 1"), "joins names sites_df"),
        (refused_names, planted(joins="class LayerManager: pass"), "joins names LayerManager"),
        (refused_names, planted(webmap__utils=""), "webmap.utils names utils"),
        (heavy_loads, planted(query="import pandas"), "query loads pandas for query"),
        (
            heavy_loads,
            planted(query="from geo.joins import x", joins="import shapely"),
            "joins loads shapely for query",
        ),
        (
            heavy_loads,
            planted(catalogue__opening="", catalogue="import pyogrio"),
            "catalogue loads pyogrio for catalogue.opening",
        ),
    ],
)
def test_a_planted_breach_is_seen(rule, modules, seen):
    assert seen in rule(modules)


def test_what_is_allowed_is_not_seen():
    modules = planted(
        errors="",
        spec="import geo.errors",
        readers="import csv, fiona\nfrom contextlib import AbstractContextManager",
        query="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import pandas\ndef f():\n import shapely",
        commands="import click\nimport datetime\ndef f():\n datetime.date.today()\n from geo import query",
    )
    assert [found for rule in RULES for found in rule(modules)] == []


def test_the_query_path_loads_nothing_heavy():
    code = (
        f"import sys, geo.commands, geo.query, geo.catalogue; print(*sorted(set({HEAVY.split()!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


def test_the_wheel_has_one_front_door():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["scripts"] == {"memorial": "geo.commands:main"}
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["geo"], "cli.py is the door of a checkout and is not installed"
    assert not {"include", "only-include", "force-include", "sources"} & set(wheel)


def test_the_front_door_of_a_checkout_only_calls_the_roof(house):
    assert {item.target for item in imports_of(house["cli"], set(house))} - {"__future__", "sys"} == {"geo.commands"}
