"""One row -> one place: every field from its cell, and a finding for every cell that cannot be read."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from geo.coordinates import Position, propose, read_pair, read_position
from geo.coordinates.datums import Conversion
from geo.gazetteer import Gazetteer, fold, join_words, suggest_terms
from geo.importing.account import Finding, Outcome
from geo.importing.gazetteers import LEVELS, Entry, Places
from geo.importing.plans import Plan
from geo.readers.listings import Row
from geo.spec import PRECISION_FLOOR_M, SCHEMAS, STANDINGS, Vocabulary
from geo.wording import DayOrder, read_date_words, read_span_words

__all__ = ["Draft", "Ground", "draft_site", "is_khmer", "locate", "point_columns", "slug"]

Area = tuple[float, float, float, float]

_TEXTS: Final = ("district", "commune", "village", "place_text")
_POINTED: Final = tuple(basis for basis, floor in PRECISION_FLOOR_M.items() if floor is not None)


@dataclass(frozen=True, slots=True)
class Ground:
    """What an atlas knows before a row is read.

    Attributes
    ----------
    vocabulary
        Its words.
    area
        Where its places lie: west, south, east, north, in degrees.
    provinces
        Its areas by name and code; None where it has none.
    places
        The gazetteer that locates places without a position; None for none.
    conversion
        From the system of the table to WGS 84.
    title
        What the table is called in the summary of a place that has none.
    """

    vocabulary: Vocabulary
    area: Area
    provinces: Gazetteer | None
    places: Places | None
    conversion: Conversion
    title: str

    def holds(self, lon: float, lat: float) -> bool:
        """Return whether a position, in degrees of WGS 84, lies in the area of the atlas."""
        west, south, east, north = self.area
        return west <= lon <= east and south <= lat <= north


@dataclass(slots=True)
class Draft:
    """A place on its way into the layer.

    Attributes
    ----------
    row
        Its row in the file.
    values
        Its properties so far.
    point
        Longitude and latitude in WGS 84; None where it has none.
    findings
        What was found.
    names
        Other names: text, language, script, kind.
    given
        The administrative names, for the gazetteer.
    cited
        Title or id, address and locator of the source that the row names.
    located_by
        The place of the gazetteer that gave the point; None for none.
    """

    row: Row
    values: dict[str, Any]
    point: tuple[float, float] | None = None
    findings: list[Finding] = field(default_factory=list)
    names: list[tuple[str, str, str, str]] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)
    cited: tuple[str, str, str] = ("", "", "")
    located_by: Entry | None = None

    @property
    def refused(self) -> bool:
        """Return whether the row is set aside."""
        return any(finding.outcome == "row set aside" for finding in self.findings)

    def note(
        self,
        outcome: Outcome,
        column: str,
        seen: str,
        expected: str,
        rule: str,
        next_step: str = "",
        candidates: tuple[str, ...] = (),
    ) -> None:
        """Add a finding about one cell of the row, or about all of it."""
        record = str(self.values.get("id") or self.values.get("name") or "")
        self.findings.append(
            Finding(self.row.number, record, column, seen, expected, next_step, rule, outcome, candidates)
        )


def draft_site(row: Row, cells: Mapping[str, str], plan: Plan, ground: Ground) -> Draft:
    """Return what a row says of a place, before its id, its province and its sources are settled.

    Parameters
    ----------
    row
        The row, for its number and geometry.
    cells
        Its cells, cleaned and corrected, by column.
    plan
        Which column fills which field.
    ground
        What the atlas knows.

    Returns
    -------
    Draft
        With a finding for each cell that was left out; the words of a date or position that cannot be read are kept.
    """
    draft = Draft(row, dict.fromkeys(SCHEMAS["sites"].names))
    values = draft.values

    def cell(key: str) -> str:
        text = cells.get(plan.columns.get(key, ""), "")
        return plan.values.get(key, {}).get(text, text) or plan.fill.get(key, "")

    def column(key: str) -> str:
        return plan.columns.get(key, key)

    values["name"] = cell("name") or None
    if not values["name"]:
        draft.note("row set aside", column("name"), "nothing", "the name of the place", "required", "fill it in")
    values["id"] = cell("id") or None
    _read_kind(draft, cell("kind"), column("kind"), ground.vocabulary)
    for key in _TEXTS:
        values[key] = cell(key) or None
    draft.given = {level: cell(level) for level in LEVELS if cell(level)}
    _read_country(draft, cell("country"), column("country"))
    _read_province(draft, cell("province"), column("province"), ground.provinces)
    _read_dates(draft, cell, column, plan.date_order)
    standing = fold(cell("standing") or "reported")
    if standing not in STANDINGS:
        expected = f"one of {', '.join(STANDINGS)}"
        draft.note("cell left out", column("standing"), cell("standing"), expected, "standing", "it stands as reported")
        standing = "reported"
    values["standing"] = standing
    values["summary"] = cell("summary") or f"Listed in “{ground.title}”."
    values["part_of"] = cell("part_of") or None
    draft.cited = (cell("source"), cell("source_url"), cell("locator"))
    if khmer := cell("name_km") or (cell("name") if is_khmer(cell("name")) else ""):
        draft.names.append((khmer, "km", "Khmr", "main"))
    for text in re.split(r"\s*[;|]\s*", cell("aliases")):
        if text:
            spoken = ("km", "Khmr") if is_khmer(text) else ("und", "Latn")
            draft.names.append((text, *spoken, "alias"))
    _read_position(draft, cell, plan, ground)
    return draft


def is_khmer(text: str) -> bool:
    """Return whether a text holds a letter of the Khmer script."""
    return any("\u1780" <= char <= "\u17ff" for char in text)


# --- single fields --------------------------------------------------------------------------------------------


def _read_kind(draft: Draft, text: str, column: str, vocabulary: Vocabulary) -> None:
    """Find the word of the vocabulary, by its id or by a label in any language."""
    words: dict[str, set[str]] = {}
    for key, kind in vocabulary.kinds.items():
        for name in (key, key.replace("_", " "), kind.label.en, kind.label.km, kind.label.fr):
            if name:
                words.setdefault(join_words(name), set()).add(key)
    found = words.get(join_words(text), set())
    if len(found) == 1:
        draft.values["kind"] = next(iter(found))
    elif not text and len(vocabulary.kinds) == 1:
        draft.values["kind"] = next(iter(vocabulary.kinds))
    else:
        expected = f"one of {', '.join(vocabulary.kinds)}, or a label of one"
        step = "correct it, or say what it means under [imports.values.kind] in import.toml"
        near = tuple(suggest_terms(text, vocabulary.kinds)) if text else ()
        draft.note("row set aside", column, text or "nothing", expected, "term", step, near)


def _read_country(draft: Draft, text: str, column: str) -> None:
    if re.fullmatch(r"[A-Za-z]{2}", text):
        draft.values["country"] = text.upper()
    elif text:
        expected = "the two letters of ISO 3166-1, such as KH"
        draft.note("cell left out", column, text, expected, "country", "correct it, or take the column out of the plan")


def _read_province(draft: Draft, text: str, column: str, provinces: Gazetteer | None) -> None:
    draft.values["province_name"] = text or None
    if not text or provinces is None:
        return
    code = provinces.find(text)
    draft.values["province"] = code
    if code is None:
        near = tuple(provinces.suggest(text))
        expected = "a province of the atlas, by its code or a name in any spelling that it knows"
        step = "correct it, or add the spelling to the names of the atlas"
        draft.note("cell left out", column, text, expected, "province", step, near)


def _read_dates(draft: Draft, cell: Callable[[str], str], column: Callable[[str], str], order: DayOrder) -> None:
    values = draft.values
    for key in ("begin", "end"):
        if text := cell(key):
            values[f"{key}_text"] = text
            try:
                values[key] = read_date_words(text, order) or None
            except ValueError as reason:
                _note_date(draft, column(key), text, reason)
    if text := cell("dates"):
        values["begin_text"] = values["begin_text"] or text
        try:
            span = read_span_words(text, order)
        except ValueError as reason:
            _note_date(draft, column("dates"), text, reason)
        else:
            values["begin"] = values["begin"] or span.begin or None
            values["end"] = values["end"] or span.end or None


def _note_date(draft: Draft, column: str, text: str, reason: ValueError) -> None:
    expected = f"a date ({reason})"
    draft.note("cell left out", column, text, expected, "date", "write it as EDTF, such as 1976, 1977~ or 1975-04/1979")


# --- positions ------------------------------------------------------------------------------------------------


def point_columns(plan: Plan) -> str:
    """Return the column or columns that hold the position, for messages."""
    if "coord" in plan.columns:
        return plan.columns["coord"]
    pair = [plan.columns[key] for key in ("lat", "lon") if key in plan.columns]
    return ", ".join(pair) or "geometry"


def _read_position(draft: Draft, cell: Callable[[str], str], plan: Plan, ground: Ground) -> None:
    values = draft.values
    column = point_columns(plan)
    text = cell("coord") or ", ".join(part for part in (cell("lat"), cell("lon")) if part)
    values["coord_text"] = text or None
    stated = _stated_radius(draft, cell("precision_m"), plan.columns.get("precision_m", "precision_m"))
    try:
        position = _written_position(cell, draft.row, ground.conversion)
        if position is None:
            return
        place = _convert(position, ground.conversion)
    except ValueError as reason:
        draft.note("cell left out", column, text or "a geometry", str(reason), "coordinate", "correct it")
        return
    shown = text or f"{position.lat:g}, {position.lon:g}"
    if not ground.holds(*place):
        west, south, east, north = ground.area
        expected = f"longitude {west:g} to {east:g}, latitude {south:g} to {north:g} (atlas.area)"
        near = tuple(f"{y:.6g}, {x:.6g} ({what})" for what, y, x in propose(place[1], place[0], ground.area))
        step = "correct it; or widen atlas.area if the place does lie there"
        draft.note("cell left out", column, shown, expected, "outside-area", step, near)
        return
    if position.floor_m:
        read = f"{position.lat:.6f}, {position.lon:.6f}"
        draft.note("repaired", column, shown, f"read as {position.form}", "form", candidates=(read,))
    basis = cell("precision_basis") if cell("precision_basis") in _POINTED else "published_point"
    converted = 0 if position.grid else ground.conversion.accuracy_m
    radius = max(position.radius_m + math.ceil(converted), stated, PRECISION_FLOOR_M[basis] or 0)
    draft.point = place
    values |= {"precision_m": radius, "precision_basis": basis}


def _written_position(cell: Callable[[str], str], row: Row, conversion: Conversion) -> Position | None:
    """Return the position that the cells or the geometry of a row give; None where they give none."""
    lat, lon = cell("lat"), cell("lon")
    if cell("coord"):
        position = read_position(cell("coord"))
        if position.grid and conversion.transformer is not None:
            message = f"degrees or metres in {conversion.crs}; a grid reference is read in WGS 84"
            raise ValueError(message)
        return position
    if lat and lon:
        return _read_grid(lat, lon) if conversion.projected else read_pair(lat, lon)
    if lat or lon:
        message = "a latitude and a longitude; one of them is missing"
        raise ValueError(message)
    return _from_geometry(row.geometry)


def _convert(position: Position, conversion: Conversion) -> tuple[float, float]:
    """Return longitude and latitude in WGS 84; what lies off the Earth stays as it is, and is refused by the area."""
    on_earth = abs(position.lat) <= 90 and abs(position.lon) <= 180
    if position.grid or not (conversion.projected or on_earth):
        return position.lon, position.lat
    return conversion.convert(position.lon, position.lat)


def _stated_radius(draft: Draft, text: str, column: str) -> int:
    if not text:
        return 0
    if re.fullmatch(r"\d{1,8}(?:\.\d+)?", text):  # half way round the Earth has eight digits
        return math.ceil(float(text))
    if text not in PRECISION_FLOOR_M:
        draft.note("cell left out", column, text, "a radius in metres", "precision", "correct it")
    return 0


def _read_grid(northing: str, easting: str) -> Position:
    """Return a position in metres of a grid: spaces and commas between groups of three digits are no part of it."""
    numbers = []
    for name, text in (("northing", northing), ("easting", easting)):
        bare = re.sub(r"(?<=\d)[ ,](?=\d{3}(?:\D|$))", "", text.strip())
        bare = re.sub(r"\s*m?[ENen]?$", "", bare)
        if not re.fullmatch(r"-?\d+(?:\.\d+)?", bare):
            message = f"{name} in metres"
            raise ValueError(message)
        numbers.append(bare)
    decimals = min(len(number.partition(".")[2]) for number in numbers)
    return Position(float(numbers[0]), float(numbers[1]), 10.0**-decimals, "metres of a grid")


def _from_geometry(geometry: dict[str, Any] | None) -> Position | None:
    if geometry is None:
        return None
    place = geometry.get("coordinates")
    if geometry.get("type") == "MultiPoint" and isinstance(place, list | tuple) and len(place) == 1:
        place = place[0]
    elif geometry.get("type") != "Point":
        message = f"a point; a {geometry.get('type')} has no one position"
        raise ValueError(message)
    numbers = place[:2] if isinstance(place, list | tuple) else ()
    if len(numbers) != 2 or not all(type(number) in (int, float) for number in numbers):
        message = "a point with two numbers"
        raise ValueError(message)
    return Position(float(numbers[1]), float(numbers[0]), 0.0, "a point of the file")


def locate(draft: Draft, plan: Plan, ground: Ground) -> None:
    """Give a place without a position the point of its village, commune or district, if exactly one fits.

    Parameters
    ----------
    draft
        The place; its point, radius and basis are set.
    plan, ground
        As `draft_site`.
    """
    values = draft.values
    if draft.point is None:
        _ask_gazetteer(draft, plan, ground)
    if draft.point is None:
        known = values["province"] or values["province_name"]
        values |= {"precision_m": None, "precision_basis": "province" if known else "unknown"}


def _ask_gazetteer(draft: Draft, plan: Plan, ground: Ground) -> None:
    places = ground.places
    finer = {level: text for level, text in draft.given.items() if level != "province"}
    if places is None or not finer:
        return
    match = places.find(draft.given)
    entry = match.entry if match.entry is not None and match.entry.located and match.entry.basis in _POINTED else None
    if entry is not None and not ground.holds(entry.lon, entry.lat):
        west, south, east, north = ground.area
        seen = f"{entry.path} at {entry.lat:g}, {entry.lon:g}"
        expected = f"longitude {west:g} to {east:g}, latitude {south:g} to {north:g} (atlas.area)"
        step = f"correct row {entry.row} of the gazetteer {places.name}; or widen atlas.area if it does lie there"
        draft.note("cell left out", plan.columns.get(entry.level, entry.level), seen, expected, "outside-area", step)
        entry = None
    if entry is not None:
        draft.point = (entry.lon, entry.lat)
        draft.located_by = entry
        draft.values |= {"precision_m": entry.radius_m, "precision_basis": entry.basis}
    outcome: Outcome = "to be looked at"
    placed = f"placed by its {entry.basis} {entry.path}" if entry is not None else "not placed"
    if match.ambiguous:
        level, paths = match.ambiguous
        expected = f"one {level} of that name; {placed}"
        step = "write the code of the right one into the cell"
        draft.note(
            outcome if entry is not None else "cell left out",
            plan.columns.get(level, level), draft.given[level], expected, "ambiguous-place", step, paths[:8],
        )  # fmt: skip
    if match.heard and match.entry is not None:
        level, text = match.heard
        expected = f"a spelling of the gazetteer {places.name}; read as {match.entry.path}, which sounds alike"
        draft.note(outcome, plan.columns.get(level, level), text, expected, "sound", "correct it if that is wrong")
    for level, text in match.missing:
        expected = f"a {level} of the gazetteer {places.name}; {placed}"
        step = "correct the spelling, if it is one of those"
        near = tuple(places.suggest(level, text, draft.given))
        draft.note(outcome, plan.columns.get(level, level), text, expected, "unknown-place", step, near)


def slug(text: str) -> str:
    """Return a text as a permanent identifier; empty where it has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text).translate(_LETTERS)
    plain = "".join(char for char in plain if not unicodedata.combining(char)).lower().replace("'", "").replace("’", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")


_LETTERS: Final = str.maketrans(
    {"đ": "d", "Đ": "D", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "œ": "oe", "ß": "ss"}
)
