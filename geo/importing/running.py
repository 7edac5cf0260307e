"""The import itself: rows -> drafts -> records, and an account in which every row stands once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas
import pandas as pd
from geopandas import GeoDataFrame
from shapely.geometry import Point

from geo.checks.records import KEBAB
from geo.coordinates import propose
from geo.importing.account import Account, Finding
from geo.importing.cells import REPAIRS, clean_cell
from geo.importing.corrections import Correction, obey
from geo.importing.plans import Plan
from geo.importing.shapes import draft_shape
from geo.importing.sites import Draft, Ground, draft_site, locate, point_columns, slug
from geo.importing.sourcing import Sourcing
from geo.placing import Placing, place_sites
from geo.readers.listings import Listing, Row
from geo.spec import SCHEMAS

__all__ = ["Imported", "Setting", "run_import"]

_LOST = "\ufffd"
"""What a program writes where it could not read a letter."""

_MAX_DECIMALS = 7
"""Decimals of a degree that are kept: the seventh is a centimetre."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The atlas into which a table is imported.

    Attributes
    ----------
    ground
        What it knows.
    schema
        Which schema of `SCHEMAS` the layer keeps.
    layer
        Its name.
    ids
        Every id of the atlas that a record of this import may not bear.
    records
        The ids of its sites, to which a new one may belong.
    areas
        Its area layer; None where it has none.
    tolerance_m
        How far outside its area a point may lie, in metres.
    place_file
        The name of the gazetteer's file, which becomes a source where a place is located by it; empty for none.
    """

    ground: Ground
    schema: str
    layer: str
    ids: frozenset[str]
    records: frozenset[str]
    areas: GeoDataFrame | None = None
    tolerance_m: float = 0.0
    place_file: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import gives.

    Attributes
    ----------
    features
        GeoJSON features in the order of the file.
    names
        Rows for the table of names.
    sources
        Sources that the atlas has not yet.
    table
        The id of the imported file among the sources.
    account
        What became of every row.
    """

    features: tuple[dict[str, Any], ...]
    names: tuple[dict[str, str], ...]
    sources: tuple[dict[str, Any], ...]
    table: str
    account: Account


@dataclass(slots=True)
class _Run:
    drafts: list[Draft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    left_out: int = 0


def run_import(
    listing: Listing, plan: Plan, setting: Setting, sourcing: Sourcing, corrections: Iterable[Correction] = ()
) -> Imported:
    """Return the records that a table gives, and the account of it.

    Parameters
    ----------
    listing
        The table.
    plan
        Which column fills which field.
    setting
        The atlas.
    sourcing
        Its sources; those that the table names are added.
    corrections
        What a person decided.

    Returns
    -------
    Imported
        Each row is taken, set aside, or left out by decision, and stands in the layer once at most.
    """
    corrections = list(corrections)
    changed, out, stale = obey(corrections, listing)
    run = _Run(findings=[*stale, *(_of_problem(problem) for problem in listing.aside)])
    make: Callable[[Row, Mapping[str, str]], Draft] = (
        (lambda row, cells: draft_site(row, cells, plan, setting.ground))
        if setting.schema == "sites"
        else (lambda row, cells: draft_shape(row, cells, plan, setting.ground, setting.schema))
    )
    first: dict[tuple[object, ...], int] = {}
    for row in listing.rows:
        if row.number in out:
            run.left_out += 1
            continue
        cells, repairs = _clean(row, listing.columns, plan, changed.get(row.number, {}))
        broken = {column: text for column, text in cells.items() if _LOST in text and column in plan.columns.values()}
        draft = make(row, cells | dict.fromkeys(broken, ""))
        draft.findings = [*(_repair(row, name, column, text) for column, name, text in repairs), *draft.findings]
        for column, text in broken.items():
            expected = "letters; an earlier program lost some of these"
            draft.note("cell left out", column, text, expected, "lost-letters", "correct it, or name the --encoding")
        mark = (*(cells[column] for column in plan.columns.values() if column in cells), repr(row.geometry))
        same = first.setdefault(mark, row.number)
        if same != row.number:
            expected = f"one such {listing.unit}; {listing.unit} {same} says the same in every column that is used"
            step = f"leave it out in the corrections file ({listing.unit} {row.number}, no column, “leave out”)"
            draft.note("row set aside", "", str(draft.values.get("name") or ""), expected, "duplicate-row", step)
        run.drafts.append(draft)
    _settle_ids(run.drafts, plan, setting)
    key = SCHEMAS[setting.schema].key
    sourcing.taken |= {str(draft.values[key]) for draft in run.drafts if key and draft.values[key]}
    if setting.schema == "sites":
        _settle_places(run.drafts, plan, setting)
    table = sourcing.table(sourcing.file)
    taken = [draft for draft in run.drafts if not draft.refused]
    for draft in taken:
        _settle_sources(draft, f"{table}#{listing.unit} {draft.row.number}", setting, sourcing)
    account = Account(
        file=listing.name,
        layer=setting.layer,
        unit=listing.unit,
        rows_in=len(listing.rows) + len(listing.unread),
        taken=len(taken),
        set_aside=len(run.drafts) - len(taken) + len(listing.unread),
        left_out=run.left_out,
        located=_count_bases(taken) if setting.schema == "sites" else {},
        conversion=_conversion(setting),
        reading=listing.taken,
        columns=dict(plan.columns),
        guesses=plan.guesses,
        unused=tuple(column for column in listing.columns if column not in plan.columns.values()),
        findings=sorted(
            [*run.findings, *(finding for draft in run.drafts for finding in _named(draft, setting.schema))],
            key=lambda finding: finding.row,
        ),
        corrected=sum(len(cells) for cells in changed.values()) + len(out),
    )
    features = tuple(_feature(draft, setting.schema) for draft in taken)
    names = tuple(_names(draft, listing.unit, table) for draft in taken)
    return Imported(features, tuple(row for rows in names for row in rows), tuple(sourcing.added), table, account)


# --- rows -----------------------------------------------------------------------------------------------------


def _clean(
    row: Row, columns: tuple[str, ...], plan: Plan, corrected: Mapping[str, str]
) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """Return the cells by column, repaired and corrected; and the repairs of the columns that are used."""
    cells: dict[str, str] = {}
    repairs: list[tuple[str, str, str]] = []
    used = set(plan.columns.values())
    for column, text in zip(columns, row.cells, strict=True):
        cells[column], done = (corrected[column], ()) if column in corrected else clean_cell(text)
        if column in used:
            repairs += [(column, name, text) for name in done]
    return cells, repairs


def _named(draft: Draft, schema: str) -> list[Finding]:
    """Return the findings of a row under the id that it has got, or its name where it has none."""
    key = SCHEMAS[schema].key
    record = str(draft.values.get(key or "name") or draft.values.get("name") or "")
    return [replace(finding, record=record) for finding in draft.findings]


def _repair(row: Row, name: str, column: str, text: str) -> Finding:
    return Finding(row.number, "", column, text, REPAIRS[name], "", name, "repaired")


def _of_problem(problem: Any) -> Finding:  # noqa: ANN401 -- geo.errors.Problem
    number = int(problem.where.split()[-1])
    return Finding(
        number, "", problem.field, problem.seen, problem.expected, problem.next_step, problem.rule, "row set aside"
    )


def _settle_ids(drafts: list[Draft], plan: Plan, setting: Setting) -> None:
    """Give every record its id: the table's own, or one made from its name; never one that is taken."""
    key = SCHEMAS[setting.schema].key
    if not key:
        return
    lengths = Counter(len(str(draft.values[key])) for draft in drafts if str(draft.values[key] or "").isdecimal())
    usual = max(lengths, key=lambda length: (lengths[length], length), default=0)
    mine: dict[str, int] = {}
    made: list[Draft] = []
    for draft in drafts:
        text = draft.values[key]
        column = plan.columns.get(key, key)
        if draft.refused:
            continue
        if not text:
            made.append(draft)
            continue
        if text.isdecimal() and len(text) < usual:
            expected = f"{usual} digits, as in the other rows; a spreadsheet may have taken leading noughts away"
            step = "correct it if so"
            draft.note("to be looked at", column, text, expected, "short-code", step, (text.zfill(usual),))
        if key == "id" and not KEBAB.fullmatch(text):
            draft.values[key] = slug(text) or None
            if draft.values[key] is None:
                made.append(draft)
                continue
            expected = f"made lower-case letters, digits and hyphens: {draft.values[key]}"
            draft.note("repaired", column, text, expected, "id-form")
        bearer = mine.setdefault(draft.values[key], draft.row.number)
        if bearer != draft.row.number or draft.values[key] in setting.ids:
            who = f"row {bearer}" if bearer != draft.row.number else "something in the atlas"
            expected = f"an id of its own; {who} has it"
            step = "correct the id, or leave the row out in the corrections file"
            draft.note("row set aside", column, str(draft.values[key]), expected, "duplicate-id", step)
    for draft in made:
        wanted = slug(str(draft.values.get("name") or "")) or f"{setting.layer.replace('_', '-')}-{draft.row.number}"
        name, again = wanted, 2
        while name in mine or name in setting.ids:
            name, again = f"{wanted}-{again}", again + 1
        mine[name] = draft.row.number
        draft.values[key] = name
    known = setting.records | mine.keys()
    for draft in drafts:
        whole = draft.values.get("part_of")
        if whole and (whole not in known or whole == draft.values[key]):
            column = plan.columns.get("part_of", "part_of")
            draft.note("cell left out", column, whole, "the id of another place", "part-of", "correct it")
            draft.values["part_of"] = None


# --- positions ------------------------------------------------------------------------------------------------


def _settle_places(drafts: list[Draft], plan: Plan, setting: Setting) -> None:
    """Hold each point against the province that its row names, then locate what has none."""
    _hold_provinces(drafts, plan, setting)
    for draft in drafts:
        if not draft.refused:
            locate(draft, plan, setting.ground)
    _hold_provinces([draft for draft in drafts if draft.located_by], plan, setting)
    for draft in drafts:
        if draft.point is None and draft.located_by:  # its village lies in another province than its row says
            draft.located_by = None
            known = draft.values["province"] or draft.values["province_name"]
            draft.values |= {"precision_m": None, "precision_basis": "province" if known else "unknown"}


def _hold_provinces(drafts: list[Draft], plan: Plan, setting: Setting) -> None:
    """Take away a point that contradicts the province; where no province is named, take that of the point."""
    if setting.areas is None:
        return
    pointed = [draft for draft in drafts if draft.point is not None and not draft.refused]
    for at, placing in _place(pointed, setting).items():
        draft = pointed[at]
        if placing.agrees and placing.named:
            continue
        if not placing.named and placing.covering and not draft.given.get("province"):
            draft.values["province"] = placing.covering[0]
            expected = "filled in from the position"
            draft.note("repaired", plan.columns.get("province", "province"), "", expected, "province-of-point")
        elif not placing.agrees:
            _refuse_point(draft, placing, plan, setting)


def _place(drafts: list[Draft], setting: Setting) -> dict[int, Placing]:
    """Return the placing of every draft whose point does not lie in the province that it names."""
    frame = geopandas.GeoDataFrame(
        {
            "province": pd.Series([draft.values["province"] for draft in drafts], dtype=object),
            "precision_m": pd.Series([draft.values["precision_m"] for draft in drafts], dtype=object),
        },
        geometry=[Point(draft.point or ()) for draft in drafts],
        crs="EPSG:4326",
    )
    if setting.areas is None or not drafts:
        return {}
    return place_sites(frame, setting.areas, setting.tolerance_m).singly


def _refuse_point(draft: Draft, placing: Placing, plan: Plan, setting: Setting) -> None:
    assert draft.point is not None  # noqa: S101 -- only what has a point was placed
    lon, lat = draft.point
    lies = " and ".join(placing.covering) or "no province"
    named = draft.values["province_name"] or placing.named or "no province that is known"
    far = f", {placing.miss_m / 1000:,.1f} km away" if placing.named and placing.miss_m < float("inf") else ""
    seen = f"{draft.values['coord_text'] or f'{lat:.5f}, {lon:.5f}'}, which lies in {lies}"
    expected = f"a point in {named}{far}"
    near = []
    for what, y, x in propose(lat, lon, setting.ground.area):
        trial = replace(draft, point=(x, y), findings=[])
        if all(placing.agrees for placing in _place([trial], setting).values()):
            near.append(f"{y:.6g}, {x:.6g} ({what})")
    if draft.located_by:
        column, seen = "", f"{draft.values['precision_basis']} of the gazetteer in {lies}"
    else:
        column = ", ".join([point_columns(plan), *([plan.columns["province"]] if "province" in plan.columns else [])])
    step = "correct the position or the province"
    draft.note("cell left out", column, seen, expected, "point-in-province", step, tuple(near))
    draft.point = None


def _count_bases(drafts: Collection[Draft]) -> dict[str, int]:
    counts = Counter(
        draft.values["precision_basis"] if draft.point is not None else "no point" for draft in drafts
    )  # fmt: skip
    return dict(sorted(counts.items(), key=lambda item: (item[0] == "no point", -item[1], item[0])))


def _conversion(setting: Setting) -> str:
    found = setting.ground.conversion
    if found.transformer is None:
        return ""
    how = f" by “{found.method}”" if found.method else ""
    exact = f"accuracy {found.accuracy_m:g} m, which is added to every radius" if found.accuracy_m else "exactly"
    return f"from {found.crs} to WGS 84{how}, {exact}"


# --- records --------------------------------------------------------------------------------------------------


def _settle_sources(draft: Draft, own: str, setting: Setting, sourcing: Sourcing) -> None:
    draft.values["sources"] = [*sourcing.cite(*draft.cited), own]
    if setting.schema != "sites":
        return
    if draft.located_by:
        draft.values["coord_source"] = (
            draft.located_by.source or f"{sourcing.table(setting.place_file)}#row {draft.located_by.row}"
        )
    elif draft.point is not None:
        draft.values["coord_source"] = own


def _feature(draft: Draft, schema: str) -> dict[str, Any]:
    geometry = draft.values.pop("geometry", None)
    if schema == "sites" and draft.point is not None:
        geometry = {"type": "Point", "coordinates": [round(number, _MAX_DECIMALS) for number in draft.point]}
    return {"type": "Feature", "properties": draft.values, "geometry": geometry}


def _names(draft: Draft, unit: str, table: str) -> list[dict[str, str]]:
    subject = str(draft.values.get("id") or "")
    source = f"{table}#{unit} {draft.row.number}"
    rows = [
        dict(zip(SCHEMAS["names"].names, (subject, text, language, script, kind, source), strict=True))
        for text, language, script, kind in dict.fromkeys(draft.names)
    ]
    return rows if subject else []
