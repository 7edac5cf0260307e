"""One HTML file: the shell that folium rendered, then data, code, styles and fonts put in as plain text.

No template engine sees anything of this. Data goes in packed, as letters that cannot end their element, and the viewer
shows it as text. A Content-Security-Policy in the page allows the scripts and styles that stand in it, by their hashes,
and nothing else: no request, no script out of data, no form.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from geo.errors import OutputError, Problem, RequestError
from geo.webmap.dataset import describe_dataset, inert_json, page_title, speak_one
from geo.webmap.fonts import font_rules, needed_faces
from geo.webmap.packing import flatten, pack
from geo.webmap.reading import render_opening, render_reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.webmap.shell import MemorialMap

__all__ = ["DATA_ID", "LARGEST", "SPLIT_ABOVE", "Bundle", "read_bundle", "render_files", "render_page"]

DATA_ID: Final = "memorial-data"
"""The ``id`` of the element that holds the data."""

LARGEST: Final = 30_000_000
"""Bytes of one HTML file; a larger one opens slowly or not at all on a small machine."""

SPLIT_ABOVE: Final = 4_000_000
"""Letters of packed data (some 200,000 places) from which on ``split`` puts them beside the page."""

_PART: Final = 4_000_000
"""Letters of a part; a multiple of four, so that each is Base64 of its own."""

_BUNDLE: Final = Path(__file__).with_name("bundle")
# The viewer's own words are English, French and Khmer; other letters in its code are tables of its search.
_NOT_LATIN: Final = re.compile("[^\u0000-\u00ff\u0152\u0153\u2000-\u206f]")
_NOT_LATIN_OR_KHMER: Final = re.compile("[^\u0000-\u00ff\u0152\u0153\u2000-\u206f\u1780-\u17ff\u19e0-\u19ff]")
_ENDS_SCRIPT: Final = re.compile("</script|<!--", re.IGNORECASE)
_LOADS: Final = re.compile(
    r"<(?:audio|embed|frame|iframe|img|link|object|script|source|video)\b[^>]*\b(?:data|href|src)\s*=\s*[\"']?(?!data:|#)",
    re.IGNORECASE,
)
_INLINE: Final = re.compile(r"<(script|style)\b[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bundle:
    """The viewer as it was bundled when the package was built.

    Attributes
    ----------
    script
        The code; it defines ``window.memorial`` and ``window.L``.
    style
        The style sheet.
    reading_style
        The style sheet of a page without its code.
    words
        Language tag -> key -> text; ``months`` is a list.
    faces
        The rows of ``fonts.json``.
    licences
        ``name``, ``version``, ``licence`` and ``text`` of everything in the bundle.
    folder
        Where the font files are.
    """

    script: str
    style: str
    reading_style: str
    words: dict[str, dict[str, Any]]
    faces: tuple[dict[str, Any], ...]
    licences: tuple[dict[str, str], ...]
    folder: Path

    def read_font(self, name: str) -> bytes:
        """Return the bytes of a font file of the bundle."""
        return (self.folder / name).read_bytes()


@cache
def read_bundle(folder: Path = _BUNDLE) -> Bundle:
    """Open the viewer that was bundled when the package was built.

    Parameters
    ----------
    folder
        The folder of the bundle.

    Returns
    -------
    Bundle
        The viewer; read once a process.

    Raises
    ------
    OutputError
        When the package was installed without its viewer.
    """
    try:
        return Bundle(
            script=(folder / "viewer.js").read_text(encoding="utf-8"),
            style=(folder / "viewer.css").read_text(encoding="utf-8"),
            reading_style=(folder / "reading.css").read_text(encoding="utf-8"),
            words=json.loads((folder / "words.json").read_bytes()),
            faces=tuple(json.loads((folder / "fonts.json").read_bytes())),
            licences=tuple(json.loads((folder / "licences.json").read_bytes())),
            folder=folder,
        )
    except OSError as error:
        problem = Problem(
            "geo/webmap/bundle",
            "",
            Path(error.filename or folder).name,
            error.strerror or str(error),
            "the viewer of the pages, bundled when the package was installed",
            "install the package again: `make map`, or `pip install --editable .`",
            "bundle",
        )
        raise OutputError("The viewer of the pages is missing", [problem]) from error


def render_page(memorial_map: MemorialMap) -> str:
    """Return the whole HTML file of a map.

    Parameters
    ----------
    memorial_map
        The map; folium layers that were added to it are in the page too.

    Returns
    -------
    str
        The page, to be written as UTF-8. The same map gives the same text.

    Raises
    ------
    RequestError
        When a folium layer that was added needs something from outside the page other than tiles.
    OutputError
        When the package was installed without its viewer.
    """
    ((_, page),) = _render(memorial_map, math.inf)
    return page


def render_files(memorial_map: MemorialMap, *, split: bool = False) -> list[tuple[str, str]]:
    """Return the files of a map: one, or for very many places the page and its data apart.

    Parameters
    ----------
    memorial_map
        The map.
    split
        Whether data that is larger than `SPLIT_ABOVE` stands in files of its own, which a browser takes from a web
        server and, as classic scripts, from a disk too.

    Returns
    -------
    list of (str, str)
        Name and text, what the page refers to before the page; to be written as UTF-8 into one folder. The same map
        gives the same files.

    Raises
    ------
    RequestError
        As `render_page`, or when one file would be larger than `LARGEST`.
    OutputError
        As `render_page`.
    """
    files = _render(memorial_map, SPLIT_ABOVE if split else math.inf)
    name, page = files[-1]
    size = len(page.encode("utf-8"))
    if size > LARGEST:
        problem = Problem(
            "",
            "",
            name,
            f"{size / 1e6:,.0f} MB",
            f"at most {LARGEST // 1_000_000} MB in one file, which browsers still open well",
            "build it as a folder with `memorial build --split`, or show fewer kinds on this map",
            rule="request",
        )
        raise RequestError("A page would be too large for one file", [problem])
    return files


def _render(memorial_map: MemorialMap, most: float) -> list[tuple[str, str]]:
    """Return the files of a map; data of more letters than `most` stands in scripts of its own."""
    bundle = read_bundle()
    shell = memorial_map.render_shell()
    _refuse_loading(shell.header + shell.body)
    payload = dict(memorial_map.payload)
    payload["licences"] = [*payload["licences"], *_code_licences(bundle)]
    data, characters = flatten(payload)
    packed = pack(data)
    del data
    stem = payload["page"]["name"]
    parts = _parts(packed, stem) if len(packed) > most else []
    reading = render_reading(payload, bundle.words)
    scripts = [bundle.script, f'memorial.read("{DATA_ID}").then(async (data) => {{\n{_checked(shell.script)}\n}});']
    styles = [bundle.style, _fonts(bundle, payload, characters | set(reading))]
    added = _INLINE.findall(shell.header + shell.body)
    policy = _policy(
        [*scripts, *(text for tag, text in added if tag.lower() == "script")],
        [*styles, bundle.reading_style, *(text for tag, text in added if tag.lower() == "style")],
        memorial_map.tile_servers(),
        beside=bool(parts),
    )
    held = "" if parts else packed
    told = f' data-parts="{len(parts)}"' if parts else ""
    language = payload["page"]["language"]
    title = page_title(payload, language)
    description = speak_one(payload["page"]["description"], language)
    viewer, opening = scripts
    page = "".join(
        [
            f'<!DOCTYPE html>\n<html lang="{html.escape(language)}">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            f"<title>{html.escape(title)}</title>\n",
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f'<meta name="description" content="{html.escape(description)}">\n',
            '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light">\n',
            # An empty icon inside the page: a browser that finds none asks the server for one.
            '<link rel="icon" href="data:,">\n',
            *(f"<style>{style}</style>\n" for style in styles),
            f"<noscript><style>{bundle.reading_style}</style></noscript>\n",
            # What machines are told of the data: text to a browser, which runs nothing of this type.
            f'<script type="application/ld+json">{inert_json(describe_dataset(payload))}</script>\n',
            f"{shell.header}</head>\n<body>\n{shell.body}",
            f"{render_opening(payload['atlas']['languages'], bundle.words)}\n<noscript>{reading}</noscript>\n",
            f'<script type="application/octet-stream" id="{DATA_ID}"{told}>{held}</script>\n',
            f"<script>{viewer}</script>\n",
            *(f'<script src="{quote(name)}"></script>\n' for name, _ in parts),
            f"<script>{opening}</script>\n",
            "</body>\n</html>\n",
        ]
    )
    return [*parts, (f"{stem}.html", page)]


def _parts(packed: str, stem: str) -> list[tuple[str, str]]:
    """Return packed data as scripts that each hand the viewer a part of it: letters that mean nothing to a script."""
    starts = range(0, len(packed), _PART)
    return [
        (f"{stem}.data-{number:03}.js", f'memorial.part({number},"{packed[start : start + _PART]}");\n')
        for number, start in enumerate(starts)
    ]


def _policy(scripts: Sequence[str], styles: Sequence[str], pictures: Sequence[str], *, beside: bool) -> str:
    """Return the Content-Security-Policy of a page with these inline scripts and styles (CSP Level 3).

    `pictures` are the servers of tiles that somebody added to the map; a page that is built has none. A page with data
    `beside` it may also run scripts of the place that it comes from: the hash of a file cannot be asked for where a
    page is opened from a disk.
    """
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src", *map(_hash_source, scripts), *(["'self'"] if beside else [])]),
            f"style-src {' '.join(map(_hash_source, styles))}",
            f"img-src {' '.join(['data:', *pictures])}",
            "font-src data:",
            "connect-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash_source(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _checked(script: str) -> str:
    """Return a script that may stand in a page as it is.

    Raises
    ------
    RequestError
        When text of an added folium layer would end the element that the script stands in.
    """
    found = _ENDS_SCRIPT.search(script)
    if found:
        problem = Problem("", "added folium layers", "", found[0], "no end of a script and no HTML comment")
        raise RequestError("A folium layer cannot stand in a page", [problem])
    return script


def _refuse_loading(markup: str) -> None:
    """Raise when what folium layers added to the page would load something."""
    found = _LOADS.search(markup)
    if found:
        seen = markup[found.start() : found.start() + 200].partition(">")[0]
        problem = Problem("", "added folium layers", "", f"{seen}>", "layers that need nothing from outside the page")
        raise RequestError("A page of the atlas makes no request", [problem])


def _fonts(bundle: Bundle, payload: Mapping[str, Any], shown: set[str]) -> str:
    """Return the font rules for characters that the page shows, and for the viewer's own words."""
    foreign = _NOT_LATIN_OR_KHMER if "km" in payload["atlas"]["languages"] else _NOT_LATIN
    characters = {*shown, *foreign.sub("", _letters_of(bundle.script))}
    return font_rules(needed_faces(bundle.faces, characters), characters, bundle.read_font)


@lru_cache(maxsize=1)
def _letters_of(script: str) -> str:
    """Return each character of the viewer's script once: it is the same for every page."""
    return "".join(sorted(set(script)))


def _code_licences(bundle: Bundle) -> list[dict[str, str]]:
    """Return the licence texts of the bundle; packages under one and the same text share an entry."""
    names: dict[str, list[str]] = {}
    for row in bundle.licences:
        names.setdefault(row["text"].strip(), []).append(f"{row['name']} {row['version']} ({row['licence']})")
    return [{"name": ", ".join(packages), "text": text} for text, packages in names.items()]
