"""The vocabulary's signs and colours as styles that QGIS picks up from a GeoPackage.

A layer looks in a GIS program as it does on a map of the atlas: the same signs, a place that is known only within a
radius as an area without a dot, a stroke for how well each part of a journey is known.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

from geo.errors import show_text
from geo.spec import MASKED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["AREA_BASES", "render_style", "sign_outlines"]

_PAPER: Final = "#fcfaf4"
_INK: Final = "#23211e"
_SOFT: Final = "#5f594e"
_LAND: Final = "#e9e3d4"
_BEYOND: Final = "#f1ece0"
_BORDER: Final = "#c9bfa8"
_WATER: Final = "#c8d3da"
_FORMER: Final = "#8d846f"

AREA_BASES: Final = ("village", "commune", "district", MASKED)
"""How a place is known that lies somewhere within a radius: it is drawn as an area, without a dot in the middle."""

_NEAR: Final = 400_000
"""The scale from which on a radius is drawn: farther out it is smaller than a sign."""

_DASHES: Final = {"documented": "", "reconstructed": "4;2", "assumed": "0.6;1.8"}
_SAN: Final = "Noto Sans Khmer"
_QGIS: Final = "3.22.0"

# An ellipse of degrees that is a circle of metres on the ground (111.32 km and 110.57 km are a degree on WGS 84).
_RADIUS: Final = (
    'make_ellipse($geometry, "precision_m" / (111320 * cos(radians(y($geometry)))), "precision_m" / 110574, 90, 72)'
)


def render_style(
    schema: str,
    draw: str,
    vocabulary: Mapping[str, Mapping[str, Any]],
    languages: Sequence[str],
    columns: Iterable[str],
) -> str:
    """Return the style of a layer as a QGIS layer definition (QML).

    Parameters
    ----------
    schema
        The schema of the layer: ``sites``, ``routes``, ``areas``, ``period`` or ``backdrop``.
    draw
        What a backdrop shows: ``land``, ``water``, ``river`` or ``town``; empty for other schemas.
    vocabulary
        Section -> word -> ``label`` (texts by language), and ``symbol`` and ``colour`` where it has them.
    languages
        The languages of the atlas; labels stand in each, the first one first.
    columns
        The columns of the layer; a label uses only those that are there.

    Returns
    -------
    str
        QML, UTF-8, the same for the same arguments; empty for a schema that has no style.

    Notes
    -----
    Written to what QGIS 3.22 saves; later versions read it as well.
    """
    have = frozenset(columns)
    style = _Style()
    if schema == "sites":
        _style_sites(style, vocabulary["kinds"], languages)
    elif schema == "routes":
        _style_routes(style, vocabulary["route_kinds"], languages)
    elif schema == "areas":
        style.rule("", "", style.symbol("fill", _fill(_LAND, _BORDER, 0.3)))
    elif schema == "period":
        style.rule("", "", style.symbol("fill", _fill("", _FORMER, 0.45, dashes="4;2")))
    elif schema == "backdrop" and draw in _BACKDROP:
        kind, layer = _BACKDROP[draw]
        style.rule("", "", style.symbol(kind, layer))
    else:
        return ""
    names = [name for name in ("name", "name_km") if name in have]
    if names and (schema != "backdrop" or draw == "town"):
        placement = _PLACED.get(schema, "6")
        style.label(names, 8 if placement == "4" else 7.5, placement, _LABELLED_FROM.get(schema, 0))
    return style.text()


_PLACED: Final = {"areas": "4", "period": "4", "routes": "2"}
"""Where names stand (QGIS's numbers): level in an area, along a line, else at the best place around a point."""

_LABELLED_FROM: Final = {"sites": 1_500_000, "routes": 750_000}
"""The scale from which on names stand beside places: farther out they would cover one another."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of a symbol: its class, its properties, and a symbol of its own (type, layers) where it has one."""

    kind: str
    properties: Mapping[str, str]
    inner: tuple[str, tuple[_Layer, ...]] | None = None


class _Style:
    """A rule-based renderer that grows: rules, their symbols, one label."""

    def __init__(self) -> None:
        self._root = ET.Element(
            "qgis", {"version": _QGIS, "styleCategories": "Symbology|Labeling", "labelsEnabled": "0"}
        )
        renderer = ET.SubElement(
            self._root, "renderer-v2", {"type": "RuleRenderer", "symbollevels": "0", "enableorderby": "0"}
        )
        self._rules = ET.SubElement(renderer, "rules", {"key": "rules"})
        self._symbols = ET.SubElement(renderer, "symbols")
        self._count = 0

    def symbol(self, kind: str, *layers: _Layer) -> str:
        """Add a symbol of layers, the lowest first; return its name."""
        name = str(len(self._symbols))
        self._symbols.append(_symbol(name, kind, layers))
        return name

    def rule(self, label: str, condition: str, symbol: str, *, nearer_than: int = 0, farther_than: int = 0) -> None:
        """Add a rule: features under a condition are drawn with a symbol, between two scales."""
        self._count += 1
        rule = {"key": f"rule-{self._count}", "symbol": symbol, "label": label, "filter": condition}
        if nearer_than:
            rule["scalemaxdenom"] = str(nearer_than)
        if farther_than:
            rule["scalemindenom"] = str(farther_than)
        ET.SubElement(self._rules, "rule", {key: value for key, value in rule.items() if value})

    def label(self, names: Sequence[str], size: float, placement: str, nearer_than: int) -> None:
        """Write names beside the features, one script under the other."""
        lines = ", ".join(f'"{name}"' for name in names)
        self._root.set("labelsEnabled", "1")
        labeling = ET.SubElement(self._root, "labeling", {"type": "simple"})
        settings = ET.SubElement(labeling, "settings", {"calloutType": "simple"})
        text = ET.SubElement(
            settings,
            "text-style",
            {
                "fieldName": f"array_to_string(array_filter(array({lines}), @element is not null), '\\n')",
                "isExpression": "1",
                "fontFamily": _SAN,
                "fontSize": f"{size:g}",
                "fontSizeUnit": "Point",
                "textColor": _rgba(_INK),
                "multilineHeight": "1",
            },
        )
        ET.SubElement(
            text,
            "text-buffer",
            {"bufferDraw": "1", "bufferSize": "0.7", "bufferSizeUnits": "MM", "bufferColor": _rgba(_PAPER)},
        )
        ET.SubElement(settings, "text-format", {"multilineAlign": "3"})
        ET.SubElement(settings, "placement", {"placement": placement, "dist": "1.2", "distUnits": "MM"})
        rendering = {"scaleVisibility": "1" if nearer_than else "0", "obstacle": "1", "displayAll": "0"}
        if nearer_than:
            rendering |= {"scaleMin": "0", "scaleMax": str(nearer_than)}
        ET.SubElement(settings, "rendering", rendering)

    def text(self) -> str:
        """Return the style as QML."""
        ET.indent(self._root, " ")
        body = ET.tostring(self._root, encoding="unicode")
        return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{body}\n"


def _style_sites(style: _Style, kinds: Mapping[str, Mapping[str, Any]], languages: Sequence[str]) -> None:
    """Draw a sign for each kind: filled where the place is, hollow where it lies somewhere near, close up its area."""
    bases = ", ".join(f"'{basis}'" for basis in AREA_BASES)
    for kind, term in kinds.items():
        label, tint = _label(term, languages), term["colour"]
        here = f'"kind" = {_quoted(kind)}'
        exact = style.symbol("marker", _sign(term["symbol"], tint, _PAPER, 0.25))
        hollow = style.symbol("marker", _sign(term["symbol"], _PAPER, tint, 0.5))
        area = style.symbol("marker", _ring(tint))
        point = f"{here} AND coalesce(\"precision_basis\", '') NOT IN ({bases})"
        within = f'{here} AND "precision_basis" IN ({bases})'
        style.rule(label, point, exact)
        style.rule(f"{label} (area)", within, hollow, farther_than=_NEAR)
        style.rule(f"{label} (area)", within, area, nearer_than=_NEAR)


def _style_routes(style: _Style, kinds: Mapping[str, Mapping[str, Any]], languages: Sequence[str]) -> None:
    """Draw a colour for each kind, and a stroke for how well each part is known."""
    # A column of JSON text comes as text or, where the file says that it is JSON, as the list itself.
    told = 'coalesce(from_json("segments"), "segments")'
    for kind, term in kinds.items():
        parts = []
        for certainty, dashes in _DASHES.items():
            known = (
                "collect_geometries(array_foreach(array_filter(generate_series(1, num_geometries($geometry)), "
                f"{told}[@element - 1]['certainty'] = '{certainty}'), "
                "geometry_n($geometry, @element)))"
            )
            line, head = _line(term["colour"], 0.6, dashes), _arrow(term["colour"])
            parts.append(_generated(known, "Line", "line", line, head))
        style.rule(_label(term, languages), f'"kind" = {_quoted(kind)}', style.symbol("line", *parts))


# --- symbols ------------------------------------------------------------------------------------------------------


def _sign(shape: str, fill: str, outline: str, width: float) -> _Layer:
    return _Layer(
        "SvgMarker",
        {
            "name": f"base64:{_picture(shape)}",
            "color": _rgba(fill),
            "outline_color": _rgba(outline),
            "outline_width": f"{width:g}",
            "outline_width_unit": "MM",
            "size": "3.6",
            "size_unit": "MM",
        },
    )


@cache
def sign_outlines() -> dict[str, str]:
    """Return the outlines of the signs by name, as SVG paths in a box of 24 by 24; the maps draw the same ones."""
    outlines: dict[str, str] = json.loads(resources.files("geo").joinpath("signs.json").read_text(encoding="utf-8"))
    return outlines


def _picture(shape: str) -> str:
    """Return a sign as an SVG file whose colours QGIS sets, in base64."""
    shapes = sign_outlines()
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="-1 -1 26 26">'
        f'<path d="{shapes.get(shape, shapes["circle"])}" stroke-linejoin="round" fill="param(fill)" '
        'fill-opacity="param(fill-opacity)" stroke="param(outline)" stroke-opacity="param(outline-opacity)" '
        'stroke-width="param(outline-width)"/></svg>'
    )
    return base64.b64encode(picture.encode()).decode("ascii")


def _ring(tint: str) -> _Layer:
    """Draw the area of the radius within which a place lies, without a dot in its middle."""
    return _generated(_RADIUS, "Polygon", "fill", _fill(tint, tint, 0.35, dashes="2;1.4", alpha=28))


def _generated(expression: str, geometry: str, kind: str, *layers: _Layer) -> _Layer:
    """Draw what an expression makes of the geometry of a feature, instead of the geometry."""
    properties = {"SymbolType": geometry, "geometryModifier": expression, "units": "MapUnit"}
    return _Layer("GeometryGenerator", properties, (kind, layers))


def _fill(colour: str, outline: str, width: float, *, dashes: str = "", alpha: int = 255) -> _Layer:
    properties = {
        "color": _rgba(colour, alpha) if colour else "0,0,0,0",
        "style": "solid" if colour else "no",
        "outline_color": _rgba(outline),
        "outline_style": "dash" if dashes else "solid",
        "outline_width": f"{width:g}",
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }
    return _Layer("SimpleFill", properties)


def _line(colour: str, width: float, dashes: str = "") -> _Layer:
    properties = {
        "line_color": _rgba(colour),
        "line_width": f"{width:g}",
        "line_width_unit": "MM",
        "capstyle": "round" if dashes else "flat",
        "joinstyle": "round",
        "use_custom_dash": "1" if dashes else "0",
        "customdash": dashes,
        "customdash_unit": "MM",
    }
    return _Layer("SimpleLine", {key: value for key, value in properties.items() if value})


def _arrow(colour: str) -> _Layer:
    """Draw an arrowhead at the end of a line."""
    head = _Layer(
        "SimpleMarker",
        {"name": "filled_arrowhead", "color": _rgba(colour), "outline_style": "no", "size": "2.4", "size_unit": "MM"},
    )
    return _Layer("MarkerLine", {"placement": "lastvertex", "rotate": "1"}, ("marker", (head,)))


def _town() -> _Layer:
    properties = {"name": "circle", "color": _rgba(_SOFT), "outline_style": "no", "size": "1", "size_unit": "MM"}
    return _Layer("SimpleMarker", properties)


def _symbol(name: str, kind: str, layers: Iterable[_Layer]) -> ET.Element:
    symbol = ET.Element("symbol", {"name": name, "type": kind, "alpha": "1", "clip_to_extent": "1"})
    for layer in layers:
        element = ET.SubElement(symbol, "layer", {"class": layer.kind, "enabled": "1", "locked": "0", "pass": "0"})
        options = ET.SubElement(element, "Option", {"type": "Map"})
        for key, value in layer.properties.items():
            ET.SubElement(options, "Option", {"type": "QString", "name": key, "value": value})
        if layer.inner:
            # QGIS finds the symbol of a layer by this name: the symbol, then the layer.
            inner, parts = layer.inner
            element.append(_symbol(f"@{name}@{len(symbol) - 1}", inner, parts))
    return symbol


def _rgba(colour: str, alpha: int = 255) -> str:
    """Return ``#rrggbb`` as QGIS writes a colour."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


def _quoted(word: str) -> str:
    """Return a word as a text of a QGIS expression."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _label(term: Mapping[str, Any], languages: Sequence[str]) -> str:
    label = " · ".join(filter(None, (term["label"].get(language) for language in languages)))
    return show_text(label, len(label))  # not every character that TOML can hold may stand in XML


_BACKDROP: Final = {
    "land": ("fill", _fill(_BEYOND, _BORDER, 0.2)),
    "water": ("fill", _fill(_WATER, _WATER, 0.1)),
    "river": ("line", _line(_WATER, 0.5)),
    "town": ("marker", _town()),
}
"""What a backdrop shows -> the type of its symbol, and the symbol."""
