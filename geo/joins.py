"""Tables to layers, sites to provinces: joins that say what they did not match.

No join multiplies a row: a key that stands twice on the right is taken once, and named in `duplicates`. An empty key
matches nothing. Every report adds up on both sides; a report changes nothing in the atlas.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
from geopandas import GeoDataFrame

from geo.gazetteer import Gazetteer
from geo.placing import place_sites
from geo.readers import Inputs
from geo.readers.columns import column_values

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

Keyed = tuple[str, str]
"""Where a row stands, in words, and its key; an empty key is no key."""


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
    return _match("claims", name, right, _keyed(claims, "subject"), records)


def join_figures(inputs: Inputs) -> JoinReport:
    """Join figures to the areas that they shade, by `code`; one area may have one figure of each measure."""
    name, figures = _table(inputs, "figures")
    right, areas = _layer_keys(inputs, "areas")
    once = [
        f"{code} {measure}" for code, measure in zip(_texts(figures, "code"), _texts(figures, "measure"), strict=True)
    ]
    return _match("figures", name, right, _keyed(figures, "code"), areas, once)


def join_figure_claims(inputs: Inputs) -> JoinReport:
    """Join figures to the claims that stand behind them, by `claim`.

    The right side is every claim about an area in a measure that some figure shows, so that the claims that could have
    stood on a map and do not are named. A claim that is about another area or measure is a disagreement.
    """
    name, figures = _table(inputs, "figures")
    right, claims = _table(inputs, "claims")
    areas = {key for _, key in _layer_keys(inputs, "areas")[1]}
    shown = set(_texts(figures, "measure"))
    pointed_at = set(_texts(figures, "claim"))
    columns = [_texts(claims, column) for column in ("id", "subject", "measure")]
    about = {claim: (subject, measure) for claim, subject, measure in zip(*columns, strict=True)}
    eligible = [
        keyed
        for keyed, subject, measure in zip(_keyed(claims, "id"), columns[1], columns[2], strict=True)
        if keyed[1] in pointed_at or (subject in areas and measure in shown)
    ]
    disagreements = []
    for (where, claim), code, measure in zip(
        _keyed(figures, "claim"), _texts(figures, "code"), _texts(figures, "measure"), strict=True
    ):
        if claim in about and about[claim] != (code, measure):
            disagreements.append(f"{where}: {code} {measure}, but {claim} is about {' '.join(about[claim])}")
    return _match("figure claims", name, right, _keyed(figures, "claim"), eligible, disagreements=disagreements)


def join_names(inputs: Inputs) -> JoinReport:
    """Join names to the records and administrative units that bear them, by `subject`.

    An administrative unit is known when some site lies in it: its code is the site's `place_code` or the leading part
    of one. Only records are named in `unmatched_right`: that a unit has no further name is no finding.
    """
    name, names = _table(inputs, "names")
    right, records = _records(inputs)
    units = {
        code[:length] for code in _layer_texts(inputs, "sites", "place_code") for length in range(1, len(code) + 1)
    }
    borne = set(_texts(names, "subject")) - {key for _, key in records}
    records += [("administrative unit", code) for code in sorted(units & borne)]
    columns = [_texts(names, column) for column in ("subject", "text", "language", "kind", "source")]
    once = [" | ".join(row) for row in zip(*columns, strict=True)]
    return _match("names", name, right, _keyed(names, "subject"), records, once)


def join_relations(inputs: Inputs) -> JoinReport:
    """Join relations to the records at both their ends; a relation is matched when both are there."""
    name, relations = _table(inputs, "relations")
    right, records = _records(inputs)
    known = {key for _, key in records if key}
    ends = [_texts(relations, column) for column in ("subject", "object")]
    unmatched, met = [], set[str]()
    for where, subject, other in zip(_labels(relations), *ends, strict=True):
        missing = [end for end in (subject, other) if end not in known]
        met.update({subject, other} & known)
        if missing:
            unmatched.append(f"{where}: {', '.join(end or 'no key' for end in missing)}")
    columns = [ends[0], _texts(relations, "relation"), ends[1], _texts(relations, "source")]
    once = [" ".join(row) for row in zip(*columns, strict=True)]
    return JoinReport(
        name="relations",
        left=name,
        right=right,
        left_rows=len(relations),
        right_rows=len(known),
        matched=len(relations) - len(unmatched),
        matched_right=len(met),
        unmatched_left=tuple(unmatched),
        unmatched_right=tuple(sorted(known - met)),
        duplicates=(*_duplicates(records), *_duplicates(zip(_labels(relations), once, strict=True))),
    )


def join_events(inputs: Inputs) -> JoinReport:
    """Join events to the sites where they happened, by `place`; an event without such a site is unmatched."""
    name, events = _table(inputs, "events")
    right, sites = _layer_keys(inputs, "sites")
    return _match("events", name, right, _keyed(events, "place"), sites)


def join_given(inputs: Inputs) -> JoinReport:
    """Join sites to areas by what they say: the code in `province`, else the name in `province_name`.

    Where both are given and the name belongs to another area (as after a province was divided), the code wins and the
    difference is a disagreement.
    """
    right, areas = _layer_keys(inputs, "areas")
    name, sites = _layer(inputs, "sites")
    known = {key for _, key in areas}
    gazetteer = _gazetteer(inputs)
    keys, disagreements = [], []
    for where, code, text in zip(
        _labels(sites), _texts(sites, "province"), _texts(sites, "province_name"), strict=True
    ):
        found = (gazetteer.find(text) or "") if text else ""
        if code in known and found in known and found != code:
            disagreements.append(f"{where}: carries {code}, but {text} is {found}")
        keys.append((where, code or (found if found in known else text)))
    return _match("given", name, right, keys, areas, disagreements=disagreements)


def join_places(inputs: Inputs) -> JoinReport:
    """Join sites to areas by where their point lies, held against the area that they name.

    A point belongs to the area that it names when it lies inside, or no farther outside than the tolerance of the
    border plus its own precision (metres on the ellipsoid, see `placing`). A site that lies elsewhere is counted where
    it lies, and is a disagreement. Sites without a location, and those in no area, are unmatched.
    """
    name, sites = _layer(inputs, "sites")
    right, areas = _layer_keys(inputs, "areas")
    known = {key for _, key in areas if key}
    placings, reasons = {}, dict[str, str]()
    if known and len(sites):
        layer, frame = _layer(inputs, "areas")
        reasons = inputs.manifest.layers[layer].outside
        placings = place_sites(sites, frame, inputs.manifest.layers[layer].border_tolerance_m)
    matched, met, unmatched, disagreements = 0, set[str](), [], []
    for label, where, record in zip(sites.index, _labels(sites), _texts(sites, "id"), strict=True):
        placing = placings.get(label)
        if placing is None:
            unmatched.append(f"{where}: no location")
            continue
        if not placing.agrees:
            lies = " and ".join(placing.covering) or "no area"
            disagreements.append(
                f"{where}: names {placing.named or 'no area'}, lies in {lies}"
                + (f", off by {placing.miss_m:,.0f} m" if placing.miss_m < float("inf") else "")
                + (f": {reasons[record]}" if record in reasons else "")
            )
        if placing.code in known:
            matched += 1
            met.add(placing.code)
        else:
            unmatched.append(f"{where}: in no area")
    return JoinReport(
        name="places",
        left=name,
        right=right,
        left_rows=len(sites),
        right_rows=len(known),
        matched=matched,
        matched_right=len(met),
        unmatched_left=tuple(unmatched),
        unmatched_right=tuple(sorted(known - met)),
        duplicates=_duplicates(areas),
        disagreements=tuple(disagreements),
    )


def join_former(inputs: Inputs) -> JoinReport:
    """Join the crosswalk to the areas of every period, by `period` and `code`.

    The right side is every area once for each period of the manifest; one that is unmatched is kept as itself there.
    """
    name, crosswalk = _table(inputs, "crosswalk")
    right, areas = _layer_keys(inputs, "areas")
    pairs = [(where, f"{period} {key}") for period in inputs.manifest.periods for where, key in areas if key]
    periods, codes = _texts(crosswalk, "period"), _texts(crosswalk, "code")
    once = [f"{period} {code}" if code else "" for period, code in zip(periods, codes, strict=True)]
    return _match("former areas", name, right, list(zip(_labels(crosswalk), once, strict=True)), pairs, once)


def _match(
    name: str,
    left: str,
    right: str,
    left_keys: Sequence[Keyed],
    right_keys: Sequence[Keyed],
    once: Sequence[str] = (),
    disagreements: Iterable[str] = (),
) -> JoinReport:
    """Join two lists of keyed rows, many to one; `once` names what makes a left row unique, row by row."""
    rows = pd.DataFrame(left_keys, columns=["where", "key"], dtype=object)
    keys = pd.DataFrame([key for _, key in right_keys if key], columns=["key"], dtype=object).drop_duplicates()
    keys["found"] = True
    joined = rows.merge(keys, on="key", how="left", validate="many_to_one")
    found = joined["found"].notna()
    met = set(joined.loc[found, "key"])
    lost = joined.loc[~found]
    return JoinReport(
        name=name,
        left=left,
        right=right,
        left_rows=len(rows),
        right_rows=len(keys),
        matched=int(found.sum()),
        matched_right=len(met),
        unmatched_left=tuple(
            f"{where}: {key or 'no key'}" for where, key in zip(lost["where"], lost["key"], strict=True)
        ),
        unmatched_right=tuple(sorted(set(keys["key"]) - met)),
        duplicates=(*_duplicates(right_keys), *_duplicates(zip((where for where, _ in left_keys), once, strict=False))),
        disagreements=tuple(disagreements),
    )


def _duplicates(keyed: Iterable[Keyed]) -> tuple[str, ...]:
    """Return one text for each key that stands more than once: the key, and where it stands."""
    places: dict[str, list[str]] = {}
    for where, key in keyed:
        places.setdefault(key, []).append(where)
    return tuple(f"{key}: {', '.join(where)}" for key, where in places.items() if key and len(where) > 1)


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
    return [value if isinstance(value, str) else "" for value in column_values(frame[column])]


def _labels(frame: pd.DataFrame) -> list[str]:
    """Return where each row stands: ``line 12 (c0010)``, ``feature 3 (s-21)``."""
    keys = _texts(frame, "id" if "id" in frame.columns else "code")
    numbers = [f"{frame.index.name} {number}" for number in frame.index]
    if frame.index.name == "line" and "id" not in frame.columns:
        return numbers
    return [f"{number} ({key})" if key else number for number, key in zip(numbers, keys, strict=True)]


def _keyed(frame: pd.DataFrame, column: str) -> list[Keyed]:
    """Return where each row stands, with its key."""
    return list(zip(_labels(frame), _texts(frame, column), strict=True))


def _layer_texts(inputs: Inputs, schema: str, column: str) -> list[str]:
    """Return one column of the layer of a schema as texts."""
    return _texts(_layer(inputs, schema)[1], column)


def _layer_keys(inputs: Inputs, schema: str) -> tuple[str, list[Keyed]]:
    """Return the name of the layer of a schema, and its keyed features."""
    name, frame = _layer(inputs, schema)
    return name, _keyed(frame, "code" if schema == "areas" else "id")


def _records(inputs: Inputs) -> tuple[str, list[Keyed]]:
    """Return everything that a claim can be about: the names of its layers, and the keyed records."""
    names, keyed = [], list[Keyed]()
    for schema in ("sites", "routes", "areas"):
        name, keys = _layer_keys(inputs, schema)
        names.append(name)
        keyed += [(f"{name} {where}", key) for where, key in keys]
    nation = inputs.manifest.atlas.nation
    return ", ".join([*names, nation]), [*keyed, ("atlas.toml", nation)]


def _gazetteer(inputs: Inputs) -> Gazetteer:
    """Return the gazetteer of the areas: their own names, and those of the names table."""
    codes = [code for _, code in _layer_keys(inputs, "areas")[1]]
    pairs = [
        (code, text)
        for column in ("name", "name_km", "name_fr", "iso3166_2")
        for code, text in zip(codes, _layer_texts(inputs, "areas", column), strict=True)
    ]
    _, names = _table(inputs, "names")
    pairs += zip(_texts(names, "subject"), _texts(names, "text"), strict=True)
    known = set(codes)
    return Gazetteer((code, text) for code, text in pairs if code in known and text)
