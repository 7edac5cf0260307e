"""Tables to layers, sites to provinces: joins that say what they did not match.

No join multiplies a row: a key that stands twice on the right is taken once, and named in `duplicates`. An empty key
matches nothing. Every report adds up on both sides; a report changes nothing in the atlas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import NamedTuple

import pandas as pd
from geopandas import GeoDataFrame

from geo.columns import column_array, distinct_texts, shared_values
from geo.gazetteer import Gazetteer, unit_codes
from geo.placing import Placings, place_sites
from geo.readers import Inputs

__all__ = [
    "JoinReport",
    "join_all",
    "join_claims",
    "join_events",
    "join_figure_claims",
    "join_figures",
    "join_former",
    "join_given",
    "join_names",
    "join_places",
    "join_relations",
]


class _Side(NamedTuple):
    """Rows with a key.

    Attributes
    ----------
    keys
        The key of each row; an empty one is no key.
    label
        Says in words where a row stands, by its position.
    """

    keys: Sequence[str]
    label: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class JoinReport:
    """What a join matched, and what it did not.

    Attributes
    ----------
    name
        The join: ``claims``, ``places`` …
    left, right
        What is joined to what, by the names of the manifest.
    left_rows
        Rows on the left; each is either matched or named in `unmatched_left`.
    right_rows
        Distinct keys on the right; each is either met by a left row or named in `unmatched_right`.
    matched
        Left rows that found their right side.
    matched_right
        Distinct keys on the right that at least one left row found.
    unmatched_left, unmatched_right
        One text for each: where it stands, and the key that met nothing.
    duplicates
        One text for each key that stands more than once where it should stand once, with the places where it stands.
    disagreements
        One text for each row that was matched although two ways of matching it differ.
    """

    name: str
    left: str
    right: str
    left_rows: int
    right_rows: int
    matched: int
    matched_right: int
    unmatched_left: tuple[str, ...] = ()
    unmatched_right: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Return whether matched and unmatched make up the whole, on both sides."""
        left = self.matched + len(self.unmatched_left) == self.left_rows
        right = self.matched_right + len(self.unmatched_right) == self.right_rows
        return left and right


def join_all(inputs: Inputs) -> tuple[JoinReport, ...]:
    """Return the report of every join, in the order in which they should be read."""
    joins = (
        join_claims,
        join_figures,
        join_figure_claims,
        join_names,
        join_relations,
        join_events,
        join_given,
        join_places,
        join_former,
    )
    return tuple(join(inputs) for join in joins)


def join_claims(inputs: Inputs) -> JoinReport:
    """Join claims to the sites, routes, areas and the nation that they are about, by `subject`."""
    name, claims = _table(inputs, "claims")
    right, records = _records(inputs)
    return _match("claims", name, right, _side(claims, "subject"), records)


def join_figures(inputs: Inputs) -> JoinReport:
    """Join figures to the areas that they shade, by `code`; one area may have one figure of each measure."""
    name, figures = _table(inputs, "figures")
    right, areas = _layer_side(inputs, "areas")
    once = [
        f"{code} {measure}" for code, measure in zip(_texts(figures, "code"), _texts(figures, "measure"), strict=True)
    ]
    return _match("figures", name, right, _side(figures, "code"), [areas], once)


def join_figure_claims(inputs: Inputs) -> JoinReport:
    """Join figures to the claims that stand behind them, by `claim`.

    The right side is every claim about an area in a measure that some figure shows, so that the claims that could have
    stood on a map and do not are named. A claim that is about another area or measure is a disagreement.
    """
    name, figures = _table(inputs, "figures")
    right, claims = _table(inputs, "claims")
    areas = set(_layer_side(inputs, "areas")[1].keys)
    shown = set(_texts(figures, "measure"))
    pointed_at = set(_texts(figures, "claim"))
    ids, subjects, measures = (_texts(claims, column) for column in ("id", "subject", "measure"))
    about = {claim: pair for claim, *pair in zip(ids, subjects, measures, strict=True) if claim}
    rows = [
        at
        for at, (claim, subject, measure) in enumerate(zip(ids, subjects, measures, strict=True))
        if claim in pointed_at or (subject in areas and measure in shown)
    ]
    label = _side(claims, "id").label
    eligible = _Side([ids[at] for at in rows], lambda at: label(rows[at]))
    left = _side(figures, "claim")
    disagreements = []
    for at, (claim, code, measure) in enumerate(
        zip(left.keys, _texts(figures, "code"), _texts(figures, "measure"), strict=True)
    ):
        if claim in about and about[claim] != [code, measure]:
            disagreements.append(f"{left.label(at)}: {code} {measure}, but {claim} is about {' '.join(about[claim])}")
    return _match("figure claims", name, right, left, [eligible], disagreements=disagreements)


def join_names(inputs: Inputs) -> JoinReport:
    """Join names to the records and administrative units that bear them, by `subject`.

    An administrative unit is known when some site lies in it: its code is the site's `place_code` or the leading part
    of one. Only records are named in `unmatched_right`: that a unit has no further name is no finding.
    """
    name, names = _table(inputs, "names")
    right, records = _records(inputs)
    _, sites = _layer(inputs, "sites")
    codes = distinct_texts(sites["place_code"]) if "place_code" in sites.columns else set()
    units = unit_codes(codes)
    borne = set(_texts(names, "subject"))
    for side in records:
        borne.difference_update(side.keys)
    known = sorted(units & borne)
    columns = [_texts(names, column) for column in ("subject", "text", "language", "kind", "source")]
    once = [" | ".join(row) for row in zip(*columns, strict=True)]
    records = [*records, _Side(known, lambda _: "administrative unit")]
    return _match("names", name, right, _side(names, "subject"), records, once)


def join_relations(inputs: Inputs) -> JoinReport:
    """Join relations to the records at both their ends; a relation is matched when both are there."""
    name, relations = _table(inputs, "relations")
    right, records = _records(inputs)
    subjects, others = (_texts(relations, column) for column in ("subject", "object"))
    found = _found({*subjects, *others}, records)
    label = _side(relations, "subject").label
    unmatched = []
    for at, (subject, other) in enumerate(zip(subjects, others, strict=True)):
        missing = [end for end in (subject, other) if end not in found]
        if missing:
            unmatched.append(f"{label(at)}: {', '.join(end or 'no key' for end in missing)}")
    columns = [subjects, _texts(relations, "relation"), others, _texts(relations, "source")]
    once = [" ".join(row) for row in zip(*columns, strict=True)]
    count, left_over = _left_over(records, found)
    return JoinReport(
        name="relations",
        left=name,
        right=right,
        left_rows=len(relations),
        right_rows=count,
        matched=len(relations) - len(unmatched),
        matched_right=len(found),
        unmatched_left=tuple(unmatched),
        unmatched_right=left_over,
        duplicates=(*_duplicates(records), *_duplicates([_Side(once, label)])),
    )


def join_events(inputs: Inputs) -> JoinReport:
    """Join events to the sites where they happened, by `place`; an event without such a site is unmatched."""
    name, events = _table(inputs, "events")
    right, sites = _layer_side(inputs, "sites")
    return _match("events", name, right, _side(events, "place"), [sites])


def join_given(inputs: Inputs) -> JoinReport:
    """Join sites to areas by what they say: the code in `province`, else the name in `province_name`.

    Where both are given and the name belongs to another area (as after a province was divided), the code wins and the
    difference is a disagreement.
    """
    right, areas = _layer_side(inputs, "areas")
    name, sites = _layer(inputs, "sites")
    known = {key for key in areas.keys if key}
    gazetteer = _gazetteer(inputs)
    label = _side(sites, "id").label
    codes, texts = _texts(sites, "province"), _texts(sites, "province_name")
    bearers = {text: gazetteer.find(text) or "" for text in set(texts)}
    meant, differ = dict[tuple[str, str], str](), dict[tuple[str, str], str]()
    for code, text in set(zip(codes, texts, strict=True)):
        found = bearers[text]
        meant[code, text] = code or (found if found in known else text)
        if code in known and found in known and found != code:
            differ[code, text] = f"carries {code}, but {text} is {found}"
    keys = [meant[said] for said in zip(codes, texts, strict=True)]
    disagreements = [
        f"{label(at)}: {differ[said]}" for at, said in enumerate(zip(codes, texts, strict=True)) if said in differ
    ]
    return _match("given", name, right, _Side(keys, label), [areas], disagreements=disagreements)


def join_places(inputs: Inputs) -> JoinReport:
    """Join sites to areas by where their point lies, held against the area that they name.

    A point belongs to the area that it names when it lies inside, or no farther outside than the tolerance of the
    border plus its own precision (metres on the ellipsoid, see `placing`). A site that lies elsewhere is counted where
    it lies, and is a disagreement. Sites without a location, and those in no area, are unmatched.
    """
    name, sites = _layer(inputs, "sites")
    right, areas = _layer_side(inputs, "areas")
    known = {key for key in areas.keys if key}
    missing = sites.geometry.isna().tolist() if len(sites) else []
    placings, reasons = Placings([None if none else "" for none in missing], {}), dict[str, str]()
    if known and len(sites):
        layer, frame = _layer(inputs, "areas")
        reasons = inputs.manifest.layers[layer].outside
        placings = place_sites(sites, frame, inputs.manifest.layers[layer].border_tolerance_m)
    left = _layer_side(inputs, "sites")[1]
    disagreements = []
    for at, placing in placings.astray.items():
        lies, record = " and ".join(placing.covering) or "no area", left.keys[at]
        disagreements.append(
            f"{left.label(at)}: names {placing.named or 'no area'}, lies in {lies}"
            + (f", off by {placing.miss_m:,.0f} m" if placing.miss_m < float("inf") else "")
            + (f": {reasons[record]}" if record in reasons else "")
        )
    unmatched = [
        f"{left.label(at)}: {'no location' if code is None else 'in no area'}"
        for at, code in enumerate(placings.codes)
        if code not in known
    ]
    met = known & set(placings.codes)
    return JoinReport(
        name="places",
        left=name,
        right=right,
        left_rows=len(sites),
        right_rows=len(known),
        matched=len(sites) - len(unmatched),
        matched_right=len(met),
        unmatched_left=tuple(unmatched),
        unmatched_right=tuple(sorted(known - met)),
        duplicates=_duplicates([areas]),
        disagreements=tuple(disagreements),
    )


def join_former(inputs: Inputs) -> JoinReport:
    """Join the crosswalk to the areas of every period, by `period` and `code`.

    The right side is every area once for each period of the manifest; one that is unmatched is kept as itself there.
    """
    name, crosswalk = _table(inputs, "crosswalk")
    right, areas = _layer_side(inputs, "areas")
    rows = [(period, at) for period in inputs.manifest.periods for at, key in enumerate(areas.keys) if key]
    pairs = _Side([f"{period} {areas.keys[at]}" for period, at in rows], lambda at: areas.label(rows[at][1]))
    periods, codes = _texts(crosswalk, "period"), _texts(crosswalk, "code")
    once = [f"{period} {code}" if code else "" for period, code in zip(periods, codes, strict=True)]
    left = _Side(once, _side(crosswalk, "code").label)
    return _match("former areas", name, right, left, [pairs], once)


def _match(
    name: str,
    left_name: str,
    right_name: str,
    left: _Side,
    right: Sequence[_Side],
    once: Sequence[str] = (),
    disagreements: Iterable[str] = (),
) -> JoinReport:
    """Join rows to keyed rows, many to one; `once` names what makes a left row unique, row by row."""
    found = _found(left.keys, right)
    lost = [at for at, key in enumerate(left.keys) if key not in found]
    count, left_over = _left_over(right, found)
    return JoinReport(
        name=name,
        left=left_name,
        right=right_name,
        left_rows=len(left.keys),
        right_rows=count,
        matched=len(left.keys) - len(lost),
        matched_right=len(found),
        unmatched_left=tuple(f"{left.label(at)}: {left.keys[at] or 'no key'}" for at in lost),
        unmatched_right=left_over,
        duplicates=(*_duplicates(right), *_duplicates([_Side(once, left.label)])),
        disagreements=tuple(disagreements),
    )


def _found(keys: Iterable[str], right: Sequence[_Side]) -> set[str]:
    """Return the keys that stand on the right."""
    wanted = set(keys) - {""}
    return {key for side in right for key in side.keys if key in wanted}


def _left_over(right: Sequence[_Side], found: set[str]) -> tuple[int, tuple[str, ...]]:
    """Return how many different keys stand on the right, and those that were not found, sorted."""
    rest = sorted(key for side in right for key in side.keys if key and key not in found)
    different = tuple(key for key, _ in groupby(rest))
    return len(different) + len(found), different


def _duplicates(sides: Sequence[_Side]) -> tuple[str, ...]:
    """Return one text for each key that stands more than once: the key, and where it stands."""
    total = sum(len(side.keys) for side in sides)
    if len(set().union(*(side.keys for side in sides))) == total:
        return ()
    counts = Counter(key for side in sides for key in side.keys if key)
    places: dict[str, list[str]] = {key: [] for key, count in counts.items() if count > 1}
    for side in sides:
        for at, key in enumerate(side.keys):
            if key in places:
                places[key].append(side.label(at))
    return tuple(f"{key}: {', '.join(where)}" for key, where in places.items())


def _layer(inputs: Inputs, schema: str) -> tuple[str, GeoDataFrame]:
    """Return the layer of a schema and its name; an empty one named for the schema where the atlas has none."""
    return inputs.layer_of(schema) or (schema, GeoDataFrame())


def _table(inputs: Inputs, schema: str) -> tuple[str, pd.DataFrame]:
    """Return the table of a schema and its name; an empty one named for the schema where the atlas has none."""
    return inputs.table_of(schema) or (schema, pd.DataFrame())


def _texts(frame: pd.DataFrame, column: str) -> list[str]:
    """Return a column as texts; a missing value is an empty text, and so is one that is no text."""
    if column not in frame.columns:
        return [""] * len(frame)
    return [value if isinstance(value, str) else "" for value in shared_values(frame[column])]


def _side(frame: pd.DataFrame, column: str) -> _Side:
    """Return the rows of a frame with one column as key; they stand on ``line 12 (c0010)``, ``feature 3 (s-21)``."""
    own = "id" if "id" in frame.columns else "code"
    named = own in frame.columns and (own == "id" or frame.index.name != "line")
    array = column_array(frame[own]) if named else None
    numbers = frame.index.to_numpy()

    def label(at: int) -> str:
        number = f"{frame.index.name} {numbers[at]}"
        key = (frame[own].iat[at] if array is None else array[at].as_py()) if named else None
        return f"{number} ({key})" if isinstance(key, str) and key else number

    return _Side(_texts(frame, column), label)


def _layer_texts(inputs: Inputs, schema: str, column: str) -> list[str]:
    """Return one column of the layer of a schema as texts."""
    return _texts(_layer(inputs, schema)[1], column)


def _layer_side(inputs: Inputs, schema: str) -> tuple[str, _Side]:
    """Return the name of the layer of a schema, and its keyed features."""
    name, frame = _layer(inputs, schema)
    side = _side(frame, "")
    return name, side._replace(keys=inputs.keys.get(name, ()))


def _records(inputs: Inputs) -> tuple[str, list[_Side]]:
    """Return everything that a claim can be about: the names of its layers, and the keyed records."""
    names, sides = [], []
    for schema in ("sites", "routes", "areas"):
        name, side = _layer_side(inputs, schema)
        names.append(name)
        sides.append(side._replace(label=partial(_label_in, name, side.label)))
    nation = inputs.manifest.atlas.nation
    return ", ".join([*names, nation]), [*sides, _Side([nation], lambda _: "atlas.toml")]


def _label_in(layer: str, label: Callable[[int], str], at: int) -> str:
    return f"{layer} {label(at)}"


def _gazetteer(inputs: Inputs) -> Gazetteer:
    """Return the gazetteer of the areas: their own names, and those of the names table."""
    codes = _layer_side(inputs, "areas")[1].keys
    pairs = [
        (code, text)
        for column in ("name", "name_km", "name_fr", "iso3166_2")
        for code, text in zip(codes, _layer_texts(inputs, "areas", column), strict=True)
    ]
    _, names = _table(inputs, "names")
    pairs += zip(_texts(names, "subject"), _texts(names, "text"), strict=True)
    known = set(codes)
    return Gazetteer((code, text) for code, text in pairs if code in known)
