"""What stands beside and below the map of a picture: legend, count lines, sources, licences, edition."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.export.picture.drawing import BORDER, FORMER, HATCH, LAND, arrow, crowd, hatch, sign, tint_of
from geo.export.picture.sheet import SOFT, measure, path_of, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree import ElementTree as ET

    from geo.export.content import Content
    from geo.export.picture.captions import Captions
    from geo.export.picture.drawing import Mapped
    from geo.export.picture.survey import Journeys, Sites, Survey

__all__ = ["Column", "asked_line", "count_lines", "draw_legend", "footer_lines"]

_TEXT: Final = 12.0
_SIGN_AT: Final = 15.0
_TEXT_AT: Final = 36.0
_ALLOWED: Final = ("documented", "reconstructed", "assumed")
_SMALL: Final = 9.5


class Column:
    """A column of a sheet that is filled from above."""

    def __init__(self, mapped: Mapped, parent: ET.Element, x: float, y: float, width: float) -> None:
        self.mapped, self.sheet, self.parent = mapped, mapped.sheet, parent
        self.x, self.y, self.width = x, y, width

    @property
    def captions(self) -> Captions:
        """Return the words."""
        return self.mapped.captions

    def heading(self, text: str, room: float = 0.0) -> float:
        """Write a heading, with some room left at its right; return its first base line."""
        self.y += 14
        first = self.y + 18
        for line in wrap(text, 13, self.width - room, bold=True):
            self.y += 18
            self.sheet.text(self.parent, self.x, self.y, line, 13, bold=True, serif=True)
        self.y += 6
        return first

    def tally(self, title: str, section: str, drawn: Counter[str], every: Counter[str]) -> dict[str, float]:
        """Write a row for each word: its label, how many are drawn, how many there are.

        Parameters
        ----------
        title
            The heading.
        section
            A section of the vocabulary.
        drawn, every
            Word -> how many.

        Returns
        -------
        dict
            Word -> the height at which the middle of its sign stands.
        """
        captions = self.captions
        words = _in_order(self, section, every)
        columns = [
            (captions.say(f"picture.{name}"), [captions.number(counts[word]) for word in words])
            for name, counts in (("shown", drawn), ("all", every))
        ]
        widths = [
            max(measure(heading, _SMALL), *(measure(number, _TEXT) for number in numbers)) + 12
            for heading, numbers in columns
        ]
        rights = [self.x + self.width - widths[1], self.x + self.width]
        y = self.heading(title, sum(widths))
        for right, (heading, _) in zip(rights, columns, strict=True):
            self.sheet.text(self.parent, right, y, heading, _SMALL, fill=SOFT, anchor="end")
        found = {}
        for row, word in enumerate(words):
            y = self.y + 16.5
            found[word] = self.row(_label(self, section, word), sum(widths))
            for right, (_, numbers) in zip(rights, columns, strict=True):
                self.sheet.text(self.parent, right, y, numbers[row], _TEXT, anchor="end")
        return found

    def row(self, text: str, room: float = 0.0) -> float:
        """Write a row beside a sign, with some room left; return the height at which the middle of the sign stands."""
        first = self.y + 12.5
        for line in wrap(text, _TEXT, self.width - _TEXT_AT - room) or [""]:
            self.y += 16.5
            self.sheet.text(self.parent, self.x + _TEXT_AT, self.y, line, _TEXT)
        self.y += 3.5
        return first

    def note(self, text: str, size: float = 10.5) -> None:
        """Write a note in small letters."""
        for line in wrap(text, size, self.width):
            self.y += size * 1.42
            self.sheet.text(self.parent, self.x, self.y, line, size, fill=SOFT)
        self.y += 3


def draw_legend(column: Column, survey: Survey) -> None:
    """Fill a column with what the signs mean, with how many there are of each."""
    captions = column.captions
    column.y += 4
    column.sheet.text(column.parent, column.x, column.y + 12, captions.say("legend"), 15, bold=True, serif=True)
    column.y += 8
    for sites in survey.sites:
        if sites.every:
            _draw_kinds(column, sites)
    _draw_looks(column, survey)
    for journeys in survey.journeys:
        if journeys.every:
            _draw_journeys(column, journeys)
    if survey.areas or survey.former:
        _draw_borders(column, survey)
    by_area: Counter[str] = sum((sites.by_area for sites in survey.sites), start=Counter[str]())
    if by_area:
        _draw_unlocated(column, survey, by_area)


def _title(column: Column, name: str) -> str:
    return column.captions.speak(column.mapped.ground.titles.get(name), name)


def _label(column: Column, section: str, word: str) -> str:
    term = column.mapped.ground.vocabulary.get(section, {}).get(word, {})
    return column.captions.speak(term.get("label"), word)


def _draw_kinds(column: Column, sites: Sites) -> None:
    heights = column.tally(_title(column, sites.layer.name), "kinds", sites.drawn, sites.every)
    for kind, y in heights.items():
        sign(column.mapped, column.parent, column.x + _SIGN_AT, y, kind, "exact")


def _in_order(column: Column, section: str, found: Mapping[str, int]) -> list[str]:
    """Return words in the order of the vocabulary, those that it does not have last."""
    known = list(column.mapped.ground.vocabulary.get(section, {}))
    return sorted(found, key=lambda word: (known.index(word) if word in known else len(known), word))


def _draw_looks(column: Column, survey: Survey) -> None:
    mapped = column.mapped
    column.y += 5
    if mapped.rough:
        kinds = [kind for sites in survey.sites for kind, rough in zip(sites.kinds, sites.rough, strict=True) if rough]
        y = column.row(column.captions.say("legend.area"))
        tint = tint_of(mapped.ground, "kinds", kinds[0])
        column.sheet.add(
            column.parent, "circle", cx=column.x + _SIGN_AT - 2, cy=y + 1, r=10.0, fill=tint, fill_opacity="0.07",
            stroke=tint, stroke_width=0.9, stroke_dasharray="3.5 2.5",
        )  # fmt: skip
        sign(mapped, column.parent, column.x + _SIGN_AT + 5, y - 6, kinds[0], "area")
        column.y += 4
    if mapped.crowds:
        every = sum((sites.drawn for sites in survey.sites), start=Counter[str]())
        kinds = [kind for kind, _ in every.most_common(3)]
        shares = [(kind, 12 // len(kinds)) for kind in kinds]
        width = measure(column.captions.count("count.places", 12), 10.5) + 10
        lines = wrap(column.captions.say("legend.cluster"), _TEXT, column.width - width - 14)
        crowd(mapped, column.parent, column.x + width / 2 + 1, column.y + 13, shares)
        for number, line in enumerate(lines):
            column.sheet.text(column.parent, column.x + width + 12, column.y + 17 + 16.5 * number, line, _TEXT)
        column.y += 12 + 16.5 * len(lines)


def _draw_journeys(column: Column, journeys: Journeys) -> None:
    captions, ground = column.captions, column.mapped.ground
    heights = column.tally(_title(column, journeys.layer.name), "route_kinds", journeys.drawn, journeys.every)
    for kind, y in heights.items():
        line = np.array([[column.x + 2, y], [column.x + 28, y]])
        arrow(column.sheet, column.parent, line, tint_of(ground, "route_kinds", kind), "documented")
    if not journeys.found:
        return
    column.y += 3
    known = {
        certainty if certainty in _ALLOWED else "assumed" for _, _, parts in journeys.found for certainty, _ in parts
    }
    for certainty in _ALLOWED:
        if certainty in known:
            y = column.row(captions.say(f"certainty.{certainty}"))
            line = np.array([[column.x + 2, y], [column.x + 28, y]])
            arrow(column.sheet, column.parent, line, SOFT, certainty)
    column.note(captions.say("legend.lines"))


def _draw_borders(column: Column, survey: Survey) -> None:
    captions, sheet = column.captions, column.sheet
    column.y += 12
    x = column.x + 4
    if survey.areas:
        y = column.row(captions.say("legend.provinces"))
        sheet.add(column.parent, "rect", x=x, y=y - 6, width=22, height=12, fill=LAND, stroke=BORDER, stroke_width=1.2)
    if any(code for sites in survey.sites for code in sites.by_area):
        y = column.row(captions.say("picture.hatched"))
        sheet.add(column.parent, "rect", x=x, y=y - 6, width=22, height=12, fill=LAND, stroke=BORDER, stroke_width=1.2)
        lines = shapely.get_parts(hatch(shapely.box(x, y - 6, x + 22, y + 6)))
        data = path_of([shapely.get_coordinates(line) for line in lines], closed=False)
        sheet.add(column.parent, "path", d=data, fill="none", stroke=HATCH, stroke_width=0.7)
    for year, _ in survey.former:
        y = column.row(captions.say("legend.period", year=captions.digits(year)))
        data = f"M{x:.1f} {y:.1f}h22"
        sheet.add(column.parent, "path", d=data, fill="none", stroke=FORMER, stroke_width=1.2, stroke_dasharray="6 3")


def _draw_unlocated(column: Column, survey: Survey, by_area: Mapping[str, int]) -> None:
    """List in which areas the places lie that are known no closer, with how many they are."""
    captions = column.captions
    column.heading(captions.say("basis.province"))
    found = sorted(
        ((number, captions.speak(survey.names.get(code), code)) for code, number in by_area.items() if code),
        key=lambda pair: (-pair[0], pair[1]),
    )
    told = [f"{name} {captions.number(number)}".replace(" ", "\u00a0") for number, name in found]
    if by_area.get(""):
        told.append(captions.tell("picture.nowhere", captions.number(by_area[""])))
    column.note("\u00a0· ".join(told), 11)


# --- lines of text ----------------------------------------------------------------------------------------------------


def count_lines(content: Content, survey: Survey, captions: Captions) -> list[str]:
    """Return one line for each layer of places and of journeys whose numbers add up to all that the atlas has."""
    totals = content.ground.totals if content.ground else {}
    lines = []
    for sites in survey.sites:
        every, total = sites.every.total(), totals[sites.layer.name]
        shown = captions.number(sites.drawn.total())
        parts = [captions.count("count.shown", total, shown=shown)]
        if sites.unlocated:
            parts.append(captions.say("count.unlocated", n=captions.number(sites.unlocated)))
        if total - every:
            parts.append(captions.count("count.setaside", total - every))
        if sites.undated:
            parts.append(captions.say("count.undated", n=captions.number(sites.undated)))
        lines.append(" · ".join(parts))
    for journeys in survey.journeys:
        every, total = journeys.every.total(), totals[journeys.layer.name]
        parts = [captions.count("count.routes", total, shown=captions.number(journeys.drawn.total()))]
        if every - journeys.drawn.total():
            parts.append(captions.count("count.routes.notdrawn", every - journeys.drawn.total()))
        if total - every:
            parts.append(captions.count("count.setaside", total - every))
        lines.append(" · ".join(parts))
    return lines


_ASKED: Final = {
    "--kind": "facet.kinds",
    "--province": "facet.provinces",
    "--during": "time",
    "--text": "asked.words",
    "--near": "picture.near",
    "--radius": "",
    "--bbox": "picture.box",
    "--within": "picture.within",
    "--where": "asked.where",
}
"""Option of the question -> the caption before what was given; a radius stands beside what it is around."""


def asked_line(content: Content, survey: Survey, captions: Captions) -> str:
    """Return what was asked in words; empty when that was everything."""
    vocabulary = content.ground.vocabulary if content.ground else {}
    labels = {
        word: captions.speak(term.get("label"), word)
        for section in ("route_kinds", "kinds")
        for word, term in vocabulary.get(section, {}).items()
    }
    for code, names in survey.names.items():
        labels |= dict.fromkeys((code, *names.values()), captions.speak(names, code))
    parts = []
    for option, caption in _ASKED.items():
        given = content.wanted.asked.get(option, "")
        if option in ("--kind", "--province"):
            given = ", ".join(labels.get(word, word) for word in given.split(", "))
        if given and caption:
            parts.append(captions.tell(caption, given))
        elif given:
            parts.append(given)
    return f"{captions.say('asked')} – {' · '.join(parts)}" if parts else ""


def footer_lines(content: Content, captions: Captions, latitude: float) -> list[str]:
    """Return what a reader must know beside the map: mask, projection, sources, licences, edition."""
    atlas, ground = content.atlas, content.ground
    lines = []
    if content.mask is not None:
        counts = [
            captions.tell(key, captions.number(content.mask[count]))
            for key, count in (("mask.coarsened", "coarsened"), ("mask.left", "hidden"))
        ]
        told = captions.speak(content.mask.get("title"), str(content.mask["name"]))
        lines.append(f"{told}. {captions.speak(content.mask.get('reason'))} {' · '.join(counts)}.")
    lines.append(captions.say("picture.projection", latitude=captions.latitude(latitude)))
    sources = content.find("sources")
    parts = [captions.say("picture.works", n=captions.number(len(sources)))] if sources else []
    if ground and ground.sources:
        parts.append(captions.tell("picture.ground", f"{'; '.join(ground.sources)}."))
    if parts:
        lines.append(captions.tell("about.sources", " ".join(parts)))
    lines.append(captions.tell("about.licences", str(atlas["licence"])))
    edition = captions.say("about.version", version=str(atlas["version"]))
    if ground and ground.changed:
        edition = f"{edition} {captions.say('legend.asof')} {ground.changed}."
    lines.append(f"Memorial Atlas – {captions.speak(atlas['title'])}. {edition}")
    return lines
