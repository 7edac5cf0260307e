"""One case of the corpus: what is done to a sound atlas, which command meets it, and what must come of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

BUILD = ("build",)
IMPORT = ("--as", "sites")

Content = bytes | str | Callable[[], bytes]
"""What a file holds, or what makes it: a large one is made when its test runs, not whenever tests are looked for."""


@dataclass(frozen=True)
class Case:
    """A file at fault, or an odd one that is sound.

    Attributes
    ----------
    name
        What is wrong or odd, in a few words; it names the test.
    plant
        Changes the atlas.
    says
        What the message must hold: the file, the place, what was seen, what to do.
    command
        The command line, in the folder of the atlas.
    code
        The exit code; 0 for an odd file that is sound, or whose faulty rows are set aside and named.
    """

    name: str
    plant: Callable[[Any], object]
    says: tuple[str, ...] = ()
    command: tuple[str, ...] = BUILD
    code: int = 2


def put(inside: str, data: Content) -> Callable[[Any], object]:
    """Return what writes a file of the atlas."""

    def write(atlas: Any) -> None:
        content = data() if callable(data) else data
        (atlas.folder / inside).write_bytes(
            content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        )

    return write


def swap(inside: str, old: str, new: str) -> Callable[[Any], object]:
    """Return what replaces the first place of a text in a file of the atlas."""

    def change(atlas: Any) -> None:
        path = atlas.folder / inside
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} stands nowhere in {inside}"
        path.write_bytes(text.replace(old, new, 1).encode("utf-8", "surrogatepass"))

    return change


def bring(
    name: str, file: str, data: Content, *says: str, code: int = 2, more: tuple[str, ...] = (), layer: str = "sites"
) -> Case:
    """Return the case of a file that somebody brings to ``memorial import``."""
    command = ("import", file, "--as", layer, *more)
    return Case(f"import: {name}", put(file, data), (file, *says), command, code)


def archive(members: Mapping[str, bytes | str]) -> bytes:
    """Return a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def collection(*features: Any, **members: Any) -> str:
    """Return a GeoJSON text."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | members, ensure_ascii=False)


RING = [[-32.9, 10.1], [-32.7, 10.1], [-32.7, 10.2], [-32.9, 10.2], [-32.9, 10.1]]


def water(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    """Return a lake."""
    shape = geometry or {"type": "Polygon", "coordinates": [RING]}
    return {
        "type": "Feature",
        "geometry": shape,
        "properties": {"name": "Lake", "sources": ["second-report"]} | properties,
    }
