"""A still picture of a map: one sheet in SVG, for a leaflet, a thesis or a newspaper, drawn without a browser.

What is asked for is surveyed (`survey`), put on paper in the projection of the pages (`projecting`), arranged so that
nothing hides anything (`grouping`), drawn (`drawing`, `legend`) and written as XML, where text is only text (`sheet`).
No script, no style sheet, no address, no font: letters stay letters, which a reader's program shapes with its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.export.picture.captions import Captions
from geo.export.picture.drawing import Mapped, bounds_of, draw_map
from geo.export.picture.legend import Column, asked_line, count_lines, draw_legend, footer_lines
from geo.export.picture.projecting import fit_frame
from geo.export.picture.sheet import INK, RULE, SOFT, Sheet, wrap
from geo.export.picture.survey import survey, tell_left_out

if TYPE_CHECKING:
    from pathlib import Path

    from geo.export.content import Content

__all__ = ["tell_left_out", "write_picture"]

_WIDTH: Final = 1040.0
_MARGIN: Final = 36.0
_MAP: Final = 700.0
_HEIGHTS: Final = (480.0, 960.0)
_INSIDE: Final = 26.0
_GAP: Final = 30.0


def write_picture(path: Path, content: Content) -> None:
    """Write a picture of the places and journeys of an export.

    Parameters
    ----------
    path
        The file.
    content
        What was asked for, with the ground that it stands on.

    Notes
    -----
    However many places there are, those whose signs would hide each other become groups that say how many they are, so
    that a picture of a million is as large as one of a thousand.
    """
    document = _draw(content)
    with path.open("wb") as out:
        out.write(document)


def _draw(content: Content) -> bytes:
    ground = content.ground
    if ground is None:
        message = "a picture needs the ground of its atlas"
        raise RuntimeError(message)
    captions, surveyed = Captions(ground.language), survey(content)
    sheet = Sheet(_WIDTH, ground.language)
    asked = asked_line(content, surveyed, captions)
    y = _head(sheet, content, captions, asked)
    hatched = {code for sites in surveyed.sites for code in sites.by_area} & set(surveyed.areas)
    seen = surveyed.asked | hatched or (set() if surveyed.sites or surveyed.journeys else set(surveyed.areas))
    if content.wanted.whole:
        seen = set(surveyed.areas)
    bounds = bounds_of(surveyed, {code: surveyed.areas[code] for code in sorted(seen)}, content.atlas["area"])
    frame = fit_frame(bounds, _MAP, _HEIGHTS, _INSIDE)
    clip = sheet.add(sheet.defs, "clipPath", id="map-edge")
    sheet.add(clip, "rect", width=frame.width, height=frame.height)
    root = sheet.add(sheet.root, "g", transform=f"translate({_MARGIN:g} {y:.1f})", clip_path="url(#map-edge)")
    mapped = Mapped(sheet, root, frame, ground, captions)
    draw_map(mapped, surveyed)
    sheet.add(
        sheet.root,
        "rect",
        x=_MARGIN,
        y=y,
        width=frame.width,
        height=frame.height,
        fill="none",
        stroke=RULE,
        stroke_width=1,
    )
    column = Column(mapped, sheet.add(sheet.root, "g"), _MARGIN + _MAP + _GAP, y, _WIDTH - 2 * _MARGIN - _MAP - _GAP)
    draw_legend(column, surveyed)
    counts = count_lines(content, surveyed, captions)
    y = _foot(sheet, content, captions, counts, max(y + frame.height, column.y), frame.latitude)
    sheet.name(
        captions.speak(content.atlas["title"]),
        " ".join(filter(None, (f"{captions.speak(content.atlas['subtitle'])}.", asked, *counts))),
    )
    return sheet.render(y)


def _head(sheet: Sheet, content: Content, captions: Captions, asked: str) -> float:
    """Write title, subtitle and what was asked; return where the map begins."""
    y, room = 34.0, _WIDTH - 2 * _MARGIN
    for line in wrap(captions.speak(content.atlas["title"]), 28, room, bold=True):
        y += 28
        sheet.text(sheet.root, _MARGIN, y, line, 28, bold=True, serif=True)
        y += 8
    y += 2
    for text, fill in ((captions.speak(content.atlas["subtitle"]), SOFT), (asked, INK)):
        for line in wrap(text, 14, room):
            y += 20
            sheet.text(sheet.root, _MARGIN, y, line, 14, fill=fill)
    return y + 18


def _foot(sheet: Sheet, content: Content, captions: Captions, counts: list[str], y: float, latitude: float) -> float:
    """Write the count lines and what stands below them; return how high the sheet is."""
    room = _WIDTH - 2 * _MARGIN
    y += 10
    for text in counts:
        for line in wrap(text, 14, room, bold=True):
            y += 21
            sheet.text(sheet.root, _MARGIN, y, line, 14, bold=True)
    y += 13
    sheet.add(sheet.root, "path", d=f"M{_MARGIN:g} {y:.1f}h{room:g}", stroke=RULE, stroke_width=1)
    y += 5
    for text in footer_lines(content, captions, latitude):
        for line in wrap(text, 11, room):
            y += 16
            sheet.text(sheet.root, _MARGIN, y, line, 11, fill=SOFT)
        y += 2
    return y + 26
