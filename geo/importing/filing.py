"""A file into an atlas: what the atlas knows is gathered, the rows are imported, and the files are written whole."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from geo.coordinates.datums import Conversion, find_conversion
from geo.errors import InputError, Problem, RequestError, respell, show_text
from geo.gazetteer import Gazetteer, suggest_terms
from geo.guarding import guard_cell
from geo.importing.account import Account
from geo.importing.columns import FIELDS, guess_columns
from geo.importing.corrections import Correction, corrections_text, read_corrections
from geo.importing.gazetteers import Places, read_places
from geo.importing.plans import FILLABLE, PLAN_NAME, SHAPE_FIELDS, Plan, find_plan, read_specs
from geo.importing.running import Imported, Setting, run_import
from geo.importing.sites import Ground
from geo.importing.sourcing import Sourcing
from geo.outputs import alone_in, write_all, write_whole
from geo.readers import Inputs, read_atlas
from geo.readers.files import Limits, read_bytes, refuse
from geo.readers.gathering import Reading, read_listing
from geo.readers.listings import Listing
from geo.readers.manifests import digest_files, limits_of, read_manifest
from geo.readers.strict_json import parse_json
from geo.readers.toml import read_toml
from geo.spec import SCHEMAS

__all__ = ["Filed", "Order", "find_crs", "layer_text", "make_plan", "run_order", "sources_text", "table_text"]


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks to be imported, and how.

    Attributes
    ----------
    file
        The file.
    layer
        The layer of the manifest that it becomes.
    columns
        Field -> column, where the person says so.
    crs, gazetteer
        As `geo.importing.plans.Plan`.
    reading
        How the file is read.
    fixes
        The corrections file; None for none.
    out
        Where the layer goes; None for the file of the layer, together with its sources and names.
    aside
        Where the rows that are set aside go, as CSV with the reason of each; None for nowhere.
    strict
        Whether nothing is written while a row is set aside or a cell left out.
    report
        Where a report of what became of every row goes, and what makes it; None for nowhere.
    """

    file: Path
    layer: str
    columns: dict[str, str] = field(default_factory=dict)
    crs: str = ""
    gazetteer: str = ""
    reading: Reading = field(default_factory=Reading)
    fixes: Path | None = None
    out: Path | None = None
    aside: Path | None = None
    strict: bool = False
    report: tuple[Path, Callable[[Account], str]] | None = None

    @property
    def name(self) -> str:
        """Return the name of the file as text."""
        return respell(self.file.name or str(self.file))


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of an order.

    Attributes
    ----------
    account
        What became of every row.
    written
        The files that were written, in order.
    kept, replaced
        Records of the layer that came from elsewhere, and those that an earlier import of the file had given.
    refused
        Whether ``strict`` kept the layer from being written.
    """

    account: Account
    written: tuple[Path, ...]
    kept: int
    replaced: int
    refused: bool


def run_order(folder: Path, order: Order) -> Filed:
    """Import a file into an atlas.

    Parameters
    ----------
    folder
        The atlas folder.
    order
        What is asked.

    Returns
    -------
    Filed
        What became of every row, and what was written.

    Raises
    ------
    RequestError
        There is no such layer, column, coordinate system or gazetteer.
    InputError
        The file, the atlas or the corrections cannot be read, or the atlas was changed in the meantime.
    OutputError
        A file cannot be written; all of them are then as they were.
    """
    with alone_in(folder):  # two imports into one layer follow each other
        begun = _begin_layer(folder, order)
        written: tuple[Path, ...] = ()
        try:
            filed = _run(folder, order)
            written = filed.written
        finally:
            if begun is not None and begun not in written:
                begun.unlink(missing_ok=True)
    return filed


def _begin_layer(folder: Path, order: Order) -> Path | None:
    """Return the file of a layer of the manifest that had none and is empty now; None where there was one."""
    spec = read_manifest(folder).layers.get(order.layer)
    path = folder / spec.file if spec is not None else None
    if path is None or path.exists() or path.suffix.lower() not in {".geojson", ".json"}:
        return None
    write_whole(path, layer_text(order.layer, []).encode())
    return path


def _run(folder: Path, order: Order) -> Filed:
    inputs = read_atlas(folder)
    if order.layer not in inputs.manifest.layers:
        known = ", ".join(inputs.manifest.layers)
        raise _refuse(
            "--as", order.layer, f"a layer of the atlas: {known}", suggest_terms(order.layer, inputs.manifest.layers)
        )
    spec = inputs.manifest.layers[order.layer]
    listing = read_listing(order.file, order.name, _find_reading(folder, order))
    plan = _complete(_find(folder, order, listing, spec.schema), order, listing)
    corrections = _read_fixes(order.fixes)
    target = order.out or folder / spec.file
    if target.suffix.lower() not in {".geojson", ".json"}:
        raise _refuse("--out", target.name, "a file that ends in .geojson", [])
    sourcing = Sourcing.of(order.name, inputs.sources, _ids_beside_sources(inputs))
    table = sourcing.table(order.name)
    features = _features_of(folder / spec.file, spec.file, limits_of(inputs.manifest))
    kept = [feature for feature in features if not _comes_from(feature, table)]
    located_by = _read_gazetteer(folder, plan.gazetteer, inputs)
    setting = _gather(inputs, order.layer, listing, plan, kept, located_by, sourcing)
    imported = run_import(listing, plan, setting, sourcing, corrections)
    files: list[tuple[Path, str]] = []
    refused = order.strict and bool(imported.account.open)
    if order.fixes is not None and (imported.account.open or order.fixes.exists()):
        files.append((order.fixes, corrections_text(corrections, _open_cells(imported.account, listing))))
    if order.aside is not None:
        files.append((order.aside, _aside_text(imported.account, listing)))
    if not refused:
        if order.out is None:
            files += _texts_beside(folder, inputs, imported)
        files.append((target, layer_text(order.layer, [*([] if order.out else kept), *imported.features])))
    if order.report is not None:
        path, report = order.report
        files.append((path, report(imported.account)))
    _refuse_changed(folder, inputs, [path for path, _ in files])
    write_all([(path, text.encode()) for path, text in files])
    kept_count = 0 if order.out else len(kept)
    return Filed(imported.account, tuple(path for path, _ in files), kept_count, len(features) - len(kept), refused)


def _refuse_changed(folder: Path, inputs: Inputs, paths: Iterable[Path]) -> None:
    """Raise when a file of the atlas that is about to be replaced is not the one that was read."""
    finals = {os.path.realpath(path) for path in paths}
    names = [name for name in inputs.digests if os.path.realpath(folder / name) in finals]
    now = digest_files(folder, names, limits_of(inputs.manifest))
    problems = [
        Problem(name, "", "", "a file that was changed while it was read", "the file that was read", "run it again")
        for name in names
        if now[name] != inputs.digests[name]
    ]
    if problems:
        raise InputError("The atlas was changed in the meantime; nothing was written", problems)


# --- what is asked --------------------------------------------------------------------------------------------


def _refuse(what: str, seen: str, expected: str, near: Iterable[str]) -> RequestError:
    hint = " or ".join(near)
    problem = Problem(
        "the question", what, "", show_text(seen), expected, f"did you mean {hint}?" if hint else "", "request"
    )
    return RequestError("The import cannot begin", [problem])


def _find_reading(folder: Path, order: Order) -> Reading:
    planned = _planned(folder, order)
    stated, kept = order.reading, planned.reading if planned else Reading()
    return Reading(
        stated.delimiter or kept.delimiter, stated.encoding or kept.encoding, stated.sheet or kept.sheet
    )  # fmt: skip


def _planned(folder: Path, order: Order) -> Plan | None:
    path = folder / PLAN_NAME
    if not path.is_file():
        return None
    return find_plan(read_specs(read_toml(path, PLAN_NAME), PLAN_NAME), order.name, order.layer)


def _find(folder: Path, order: Order, listing: Listing, schema: str) -> Plan:
    planned = _planned(folder, order)
    return planned if planned is not None else make_plan(listing, schema)


def make_plan(listing: Listing, schema: str) -> Plan:
    """Return a plan by guessing which column is which.

    Parameters
    ----------
    listing
        The file.
    schema
        The schema of the layer: for sites everything is guessed, for other layers a column fills the field whose name
        it bears.

    Returns
    -------
    Plan
        With its guesses.
    """
    guesses = guess_columns(listing)
    if schema != "sites":
        names = {*SCHEMAS[schema].names, *SHAPE_FIELDS}
        columns = {column.lower(): column for column in listing.columns if column.lower() in names}
        guesses = [guess for guess in guesses if guess.field in {"name", "source"} and guess.field not in columns]
        return Plan(columns | {guess.field: guess.column for guess in guesses}, guesses=tuple(guesses))
    return Plan({guess.field: guess.column for guess in guesses}, guesses=tuple(guesses))


def _complete(plan: Plan, order: Order, listing: Listing) -> Plan:
    """Return the plan with what the person said, its columns looked for in the file."""
    wanted = {key: _find_column(column, listing) for key, column in order.columns.items()}
    for key in wanted:
        if key not in FILLABLE:
            raise _refuse("--map", key, f"a field: {', '.join(sorted(FIELDS))}", suggest_terms(key, FILLABLE))
    plan = plan.with_columns(wanted) if wanted else plan
    for key, column in plan.columns.items():
        if column not in listing.columns:
            near = suggest_terms(column, listing.columns)
            expected = f"a column of {listing.name}: {', '.join(listing.columns)}"
            raise _refuse(f"{PLAN_NAME}: {key}", column, expected, near)
    guesses = tuple(guess for guess in plan.guesses if plan.columns.get(guess.field) == guess.column)
    return replace(
        plan,
        guesses=guesses,
        crs=order.crs or plan.crs,
        gazetteer=order.gazetteer or plan.gazetteer,
        reading=order.reading,
    )


def _find_column(column: str, listing: Listing) -> str:
    if column in listing.columns:
        return column
    same = [known for known in listing.columns if known.casefold() == column.strip().casefold()]
    if len(same) == 1:
        return same[0]
    near = suggest_terms(column, listing.columns)
    raise _refuse("the column", column, f"a column of {listing.name}: {', '.join(listing.columns)}", near)


def _read_fixes(path: Path | None) -> list[Correction]:
    if path is None or not path.exists():
        return []
    return read_corrections(read_listing(path, path.name, Reading(delimiter=",")), path.name)


# --- what the atlas knows -------------------------------------------------------------------------------------


def _ids_beside_sources(inputs: Inputs) -> set[str]:
    ids = {inputs.manifest.atlas.nation}
    for name, frame in [*inputs.layers.items(), *inputs.tables.items()]:
        section = inputs.manifest.layers if name in inputs.layers else inputs.manifest.tables
        key = SCHEMAS[section[name].schema].key
        ids |= {value for value in frame[key] if isinstance(value, str)} if key else set()
    return ids


def _features_of(path: Path, name: str, limits: Limits) -> list[dict[str, Any]]:
    """Return the features of a layer as they stand, to be written again letter for letter."""
    if path.suffix.lower() not in {".geojson", ".json"}:
        return []
    root, faults = parse_json(read_bytes(path, name, limits), name, limits)
    if faults:
        raise refuse(name, faults[0].seen, faults[0].expected, "mend the layer first", rule=faults[0].rule)
    return list(root["features"])


def _comes_from(feature: dict[str, Any], table: str) -> bool:
    listed = (feature.get("properties") or {}).get("sources")
    return isinstance(listed, list) and any(str(source).startswith(f"{table}#") for source in listed)


def _gather(
    inputs: Inputs,
    layer: str,
    listing: Listing,
    plan: Plan,
    kept: list[dict[str, Any]],
    located_by: tuple[Places | None, str],
    sourcing: Sourcing,
) -> Setting:
    places, place_file = located_by
    schema = inputs.manifest.layers[layer].schema
    key = SCHEMAS[schema].key
    mine = {value for value in inputs.layers[layer][key] if isinstance(value, str)} if key else set()
    stay = {str((feature.get("properties") or {}).get(key)) for feature in kept}
    areas = inputs.layer_of("areas")
    sites = inputs.layer_of("sites")
    records = {value for value in sites[1]["id"] if isinstance(value, str)} if sites else set()
    ground = Ground(
        vocabulary=inputs.vocabulary,
        area=inputs.manifest.atlas.area,
        provinces=_provinces(inputs),
        places=places,
        conversion=find_crs(plan.crs or listing.crs, inputs.manifest.atlas.area, listing),
        title=str(sourcing.items[sourcing.table(sourcing.file)]["title"]),
    )
    ids = (_ids_beside_sources(inputs) - mine) | stay | set(sourcing.items)
    tolerance = inputs.manifest.layers[areas[0]].border_tolerance_m if areas else 0.0
    frame = areas[1] if areas is not None and len(areas[1]) else None
    return Setting(
        ground, schema, layer, frozenset(ids), frozenset(records - (mine - stay)), frame, tolerance, place_file
    )


def find_crs(crs: str, area: tuple[float, float, float, float], listing: Listing) -> Conversion:
    """Return the way from a coordinate system to WGS 84.

    Parameters
    ----------
    crs
        The system; empty for WGS 84.
    area
        Where the positions lie: west, south, east, north in degrees.
    listing
        The file, for messages.

    Returns
    -------
    Conversion
        As `geo.coordinates.datums.find_conversion`.

    Raises
    ------
    RequestError
        There is no such system, or no published way from it.
    """
    try:
        return find_conversion(crs or "OGC:CRS84", area)
    except ValueError as reason:
        problem = Problem(listing.name, "", "", str(reason), "a coordinate system", "name it with --crs EPSG:n", "crs")
        raise RequestError("The positions cannot be converted", [problem]) from None


def _provinces(inputs: Inputs) -> Gazetteer | None:
    """Return the areas by their names, and by those of the table of names."""
    found = inputs.layer_of("areas")
    if found is None or not len(found[1]):
        return None
    frame = found[1]
    pairs = [
        (code, text)
        for column in ("name", "name_km", "name_fr", "iso3166_2")
        for code, text in zip(frame["code"], frame[column], strict=True)
        if isinstance(code, str) and isinstance(text, str) and text
    ]
    names = inputs.table_of("names")
    codes = {code for code, _ in pairs}
    if names is not None:
        pairs += [
            (code, text) for code, text in zip(names[1]["subject"], names[1]["text"], strict=True) if code in codes
        ]  # fmt: skip
    return Gazetteer(pairs)


def _read_gazetteer(folder: Path, wanted: str, inputs: Inputs) -> tuple[Places | None, str]:
    """Return the gazetteer, and the name of its file."""
    if not wanted:
        return None, ""
    layer = inputs.manifest.layers.get(wanted)
    path = folder / (layer.file if layer is not None else wanted)
    name = respell(path.name)
    if layer is None and not path.is_file():
        expected = f"a file, or a layer of the atlas: {', '.join(inputs.manifest.layers)}"
        raise _refuse("--gazetteer", wanted, expected, [])
    return read_places(read_listing(path, name)), name


# --- what is written ------------------------------------------------------------------------------------------


def _open_cells(account: Account, listing: Listing) -> dict[tuple[int, str], tuple[str, str]]:
    """Return every cell about which a person has to decide, with what stands there and what is proposed."""
    rows = {row.number: row for row in listing.rows}
    found: dict[tuple[int, str], tuple[str, str]] = {}
    for finding in account.open:
        columns = [part for part in finding.column.split(", ") if part in listing.columns]
        columns = [finding.column] if finding.column in listing.columns else columns
        row = rows.get(finding.row)
        for column in columns or [""]:
            seen = row.cells[listing.columns.index(column)].strip() if row is not None and column else ""
            proposal = finding.candidates[0] if len(finding.candidates) == 1 else " / ".join(finding.candidates)
            found.setdefault((finding.row, column), (seen, proposal))
    return found


def _aside_text(account: Account, listing: Listing) -> str:
    """Return the rows that are set aside as they stand in the file, guarded against formulas, with the reasons."""
    rows = {row.number: row.cells for row in listing.rows}
    reasons: dict[int, list[str]] = {}
    for finding in account.findings:
        if finding.outcome == "row set aside":
            reasons.setdefault(finding.row, []).append(f"{finding.column or finding.rule}: expected {finding.expected}")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(guard_cell, (account.unit, "why", *listing.columns)))
    for number, each in reasons.items():
        cells = ("; ".join(each), *rows.get(number, [""] * len(listing.columns)))
        writer.writerow((number, *map(guard_cell, cells)))
    return out.getvalue()


def _texts_beside(folder: Path, inputs: Inputs, imported: Imported) -> list[tuple[Path, str]]:
    """Return the sources and the names that records of the import need; before the layer, which refers to them."""
    files = []
    if imported.sources:
        path = folder / inputs.manifest.files.sources
        items = [*inputs.sources, *imported.sources]
        if inputs.sources == sorted(inputs.sources, key=lambda item: str(item.get("id"))):
            items.sort(key=lambda item: str(item.get("id")))
        files.append((path, sources_text(items)))
    found = inputs.table_of("names")
    if found is not None:
        name, frame = found
        rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
        kept = [row for row in rows if not str(row["source"]).startswith(f"{imported.table}#")]
        if imported.names or len(kept) != len(rows):
            path = folder / inputs.manifest.tables[name].file
            files.append((path, table_text("names", [*kept, *imported.names])))
    return files


def layer_text(name: str, features: Iterable[dict[str, Any]]) -> str:
    """Return a layer as GeoJSON, one feature a line."""
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features)
    inside = f"\n{lines}\n" if lines else ""
    return f'{{"type": "FeatureCollection", "name": {json.dumps(name)}, "features": [{inside}]}}\n'


def sources_text(items: Iterable[dict[str, Any]]) -> str:
    """Return sources as CSL-JSON."""
    return json.dumps(list(items), ensure_ascii=False, indent=1) + "\n"


def table_text(schema: str, rows: Iterable[dict[str, Any]]) -> str:
    """Return a table as CSV with the columns of its schema."""
    out = io.StringIO()
    writer = csv.DictWriter(out, SCHEMAS[schema].names, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
