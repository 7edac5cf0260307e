"""The public names of `geo` and their signatures, word for word: others build on them.

A change that is meant is told in CHANGELOG.md, and written down with ``python -m tests.test_face``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import geo

FROZEN = Path(__file__).with_name("public_api.txt")
GUIDE = Path(__file__).parents[1] / "docs/python.md"


def signature(function: object) -> str:
    """Return the parameters of a function, types as they are written; a function as a default by its name."""
    found = inspect.signature(function)
    parameters = [
        parameter.replace(default=Written(parameter.default.__name__))
        if inspect.isfunction(parameter.default)
        else parameter
        for parameter in found.parameters.values()
    ]
    plain = [
        parameter.replace(annotation=Written(parameter.annotation))
        if isinstance(parameter.annotation, str)
        else parameter
        for parameter in parameters
    ]
    return str(found.replace(parameters=plain, return_annotation=Written(found.return_annotation)))


class Written(str):
    """A text that is shown without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def members(kind: type) -> Iterator[str]:
    """Yield the public members that a class has of its own, sorted."""
    for name, member in sorted(vars(kind).items()):
        if name.startswith("_") and name not in {"__init__", "__enter__"}:
            continue
        if isinstance(member, property | cached_property):
            function = member.fget if isinstance(member, property) else member.func
            yield f"    {name}: {signature(function).partition(' -> ')[2]}"
        elif inspect.isfunction(member):
            yield f"    {name}{signature(member)}"


def describe() -> str:
    """Return every public name with what it takes and gives."""
    lines = []
    for name in geo.__all__:
        thing = getattr(geo, name)
        if inspect.isclass(thing):
            bases = ", ".join(base.__name__ for base in thing.__bases__ if base is not object)
            lines.append(f"class {name}({bases})")
            fields = getattr(thing, "_fields", ())
            lines += [f"    {field}: {forward(thing.__annotations__[field])}" for field in fields]
            lines += [] if fields else members(thing)
        elif callable(thing):
            lines.append(f"{name}{signature(thing)}")
        else:
            lines.append(f"{name}: {type(thing).__name__}")
    return "\n".join(lines) + "\n"


def forward(annotation: object) -> str:
    """Return an annotation as it is written."""
    return getattr(annotation, "__forward_arg__", None) or str(annotation)


def test_the_public_names_and_their_signatures_are_those_that_others_build_on():
    assert describe() == FROZEN.read_text(encoding="utf-8"), __doc__.splitlines()[2]


def test_every_public_name_has_a_sentence_and_stands_in_the_guide():
    guide = GUIDE.read_text(encoding="utf-8")
    for name in geo.__all__:
        thing = getattr(geo, name)
        assert f"`{name}" in guide or f".{name}" in guide, name
        if callable(thing):
            assert re.match(r"[A-Z].*\.$", inspect.getdoc(thing).splitlines()[0]), name
    for line in members(geo.Atlas):
        name = re.match(r"\w+", line.strip())[0]
        if not name.startswith("_"):
            assert f"`{name}" in guide, name
            assert inspect.getdoc(inspect.getattr_static(geo.Atlas, name)), name


if __name__ == "__main__":
    FROZEN.write_text(describe(), encoding="utf-8")
