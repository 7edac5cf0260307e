"""How many records there are: of each kind, province, decade, source, and what is missing. Never a count of people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import quote_name
from geo.coverage import ABROAD, UNKNOWN, coverage
from geo.spec import PRECISION_FLOOR_M, STANDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from geo.catalogue import Catalogue

__all__ = ["ASPECTS", "Count", "Gap", "Summary", "Tally", "summarise", "tally"]

_BOUNDS: Final = "begin_earliest, begin_latest, end_earliest, end_latest"
_UNDATED: Final = "undated"
_BEGINNING_UNKNOWN: Final = "beginning unknown"

# A beginning that may fall in several decades is not put into one of them.
_DECADE: Final = f"""CASE
    WHEN coalesce({_BOUNDS}) IS NULL THEN '{_UNDATED}'
    WHEN coalesce(begin_earliest, begin_latest) IS NULL THEN '{_BEGINNING_UNKNOWN}'
    WHEN begin_earliest IS NULL THEN 'by the ' || substr(begin_latest, 1, 3) || '0s'
    WHEN begin_latest IS NULL THEN substr(begin_earliest, 1, 3) || '0s or later'
    WHEN substr(begin_earliest, 1, 3) = substr(begin_latest, 1, 3) THEN substr(begin_earliest, 1, 3) || '0s'
    ELSE substr(begin_earliest, 1, 3) || '0s–' || substr(begin_latest, 1, 3) || '0s' END"""

# The same rule as `geo.coverage.whereabouts`.
_HOME: Final = "(SELECT country FROM {layer} WHERE province IS NOT NULL AND country IS NOT NULL)"
_PROVINCE: Final = (
    f"coalesce(province, CASE WHEN country NOT IN {_HOME} AND EXISTS {_HOME} THEN '{ABROAD}' ELSE '{UNKNOWN}' END)"
)

_SOURCE: Final = "substr(value, 1, instr(value || '#', '#') - 1)"


@dataclass(frozen=True, slots=True)
class Count:
    """How many records have something in common.

    Attributes
    ----------
    key
        What they have in common: a word of the vocabulary, a code, an id, a decade.
    label
        The same for a reader, in English.
    records
        How many there are: ``located + unlocated`` of a layer.
    located, unlocated
        How many of them have a geometry, and how many have none; both ``None`` for a table.
    undated
        How many of them carry no date at all; ``None`` where records have no date.
    """

    key: str
    label: str
    records: int
    located: int | None = None
    unlocated: int | None = None
    undated: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The records of one layer, counted by one aspect.

    Attributes
    ----------
    layer, by
        What was counted, and by what.
    counts
        One entry for each value, those without any record too where the values are known beforehand.
    total
        All records, each counted once.
    entries
        The sum of `counts`: more than ``total.records`` when a record stands under several values.
    """

    layer: str
    by: str
    counts: tuple[Count, ...]
    total: Count
    entries: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that the atlas lacks.

    Attributes
    ----------
    key
        A short name for programs.
    text
        What is missing, in English, as the end of a sentence that begins with the number.
    records
        How many records lack it.
    of
        Of how many.
    names
        What they are called, where a list is short enough to be read: provinces, not places.
    """

    key: str
    text: str
    records: int
    of: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """What an atlas holds, how that compares with what sources count, and what is missing.

    Attributes
    ----------
    layers
        One entry for each layer and table that can be asked, sources last.
    coverage
        As `geo.coverage.compare` gives it.
    gaps
        What is missing.
    """

    layers: tuple[Count, ...]
    coverage: list[dict[str, Any]]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class _Aspect:
    """How records are counted: an SQL expression for the key, the schemas that have it, what the keys are called."""

    key: str
    schemas: tuple[str, ...]
    labels: Callable[[Catalogue, str], dict[str, str]]
    unfold: bool = False


def _label_kinds(catalogue: Catalogue, schema: str) -> dict[str, str]:
    section = {"sites": "kinds", "routes": "route_kinds"}[schema]
    return {word: entry["label"]["en"] for word, entry in catalogue.value("vocabulary")[section].items()}


def _label_provinces(catalogue: Catalogue, _: str) -> dict[str, str]:
    areas = _layer_of(catalogue, "areas")
    rows = catalogue.rows(f"SELECT code, name FROM {quote_name(areas)} ORDER BY fid") if areas else []  # noqa: S608
    known = {row["code"]: row["name"] for row in rows}
    return known | {ABROAD: "outside the provinces, abroad", UNKNOWN: "province not known"}


def _label_sources(catalogue: Catalogue, _: str) -> dict[str, str]:
    return {row["id"]: row["title"] or "" for row in catalogue.rows("SELECT id, title FROM sources ORDER BY fid")}


def _label_words(words: Iterable[str]) -> Callable[[Catalogue, str], dict[str, str]]:
    return lambda *_: {word: word.replace("_", " ") for word in words}


_PLACES: Final = ("sites", "routes")
_ASPECTS: Final = {
    "province": _Aspect(_PROVINCE, ("sites",), _label_provinces),
    "kind": _Aspect("kind", _PLACES, _label_kinds),
    "decade": _Aspect(_DECADE, _PLACES, _label_words(())),
    "source": _Aspect(_SOURCE, _PLACES, _label_sources, unfold=True),
    "standing": _Aspect("standing", _PLACES, _label_words(STANDINGS)),
    "basis": _Aspect("precision_basis", ("sites",), _label_words(PRECISION_FLOOR_M)),
}

ASPECTS: Final = tuple(_ASPECTS)
"""What records can be counted by."""

_FIGURES: Final = (
    "count(*) AS records, count(*) FILTER (WHERE geom IS NOT NULL) AS located,"
    f" count(*) FILTER (WHERE coalesce({_BOUNDS}) IS NULL) AS undated"
)


def tally(catalogue: Catalogue, by: str) -> tuple[Tally, ...]:
    """Count the places and the journeys by one aspect.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    by
        One of `ASPECTS`. ``province`` and ``basis`` count places only. ``decade`` is that of the beginning.

    Returns
    -------
    tuple of Tally
        One for each layer that has the aspect, in the order of the manifest.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    aspect = _ASPECTS[by]
    tallies = []
    for layer in catalogue.layers():
        if layer["schema"] not in aspect.schemas:
            continue
        table = quote_name(layer["name"])
        labels = aspect.labels(catalogue, layer["schema"])
        # A record that cites two pages of one source stands under that source once.
        cited = catalogue.each(f"{table}.sources")
        once = f"(SELECT DISTINCT {table}.*, {aspect.key} AS key FROM {table}, {cited})"  # noqa: S608
        plain = f"(SELECT *, {aspect.key.format(layer=table)} AS key FROM {table})"  # noqa: S608
        each = once if aspect.unfold else plain
        rows = catalogue.rows(f"SELECT key, {_FIGURES} FROM {each} AS one GROUP BY key")  # noqa: S608  (names are quoted)
        found = {row["key"]: _count(row["key"], labels.get(row["key"], row["key"]), row) for row in rows}
        if by == "source":
            order = sorted(found, key=lambda key: (-found[key].records, key))
        else:
            order = [*labels, *sorted(found.keys() - labels.keys(), key=_in_time)]
        counts = tuple(found.get(key) or Count(key, labels[key], 0, 0, 0, 0) for key in order)
        total = _count("total", "all", catalogue.rows(f"SELECT {_FIGURES} FROM {table}")[0])  # noqa: S608
        tallies.append(Tally(layer["name"], by, counts, total, sum(count.records for count in counts)))
    return tuple(tallies)


def _count(key: str, label: str, row: Any) -> Count:  # noqa: ANN401  (a row of the catalogue)
    return Count(key, label, row["records"], row["located"], row["records"] - row["located"], row["undated"])


def _in_time(key: str) -> tuple[str, str]:
    """Return what decades are sorted by: the first one named; what names none comes last."""
    decade = re.search("[0-9]{4}", key)
    return decade.group() if decade else "~", key


def summarise(catalogue: Catalogue) -> Summary:
    """Count everything that the atlas holds, beside what sources count, and what it lacks.

    Parameters
    ----------
    catalogue
        The compiled atlas.

    Returns
    -------
    Summary
        Counts of records.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    layers = []
    for layer in catalogue.layers():
        name, title = layer["name"], (layer["title"] or {}).get("en") or layer["name"]
        if layer["schema"] in _PLACES:
            layers.append(_count(name, title, catalogue.rows(f"SELECT {_FIGURES} FROM {quote_name(name)}")[0]))  # noqa: S608
        elif layer["schema"] == "areas":
            layers.append(Count(name, title, layer["records"]))
        elif layer["schema"] in {"claims", "events"}:
            layers.append(Count(name, title.capitalize(), layer["records"]))
    sources = catalogue.rows("SELECT count(*) FROM sources")[0][0]
    return Summary((*layers, Count("sources", "Sources", sources)), coverage(catalogue), tuple(_gaps(catalogue)))


def _gaps(catalogue: Catalogue) -> Iterable[Gap]:
    """Yield what the places lack, one aspect after the other; what is not missing anywhere is not named."""
    sites = _layer_of(catalogue, "sites")
    if not sites:
        return
    table = quote_name(sites)
    total = catalogue.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608  (it is quoted)
    claimed = any(layer["schema"] == "claims" for layer in catalogue.layers())
    conditions = {
        "unlocated": ("have no location", "geom IS NULL"),
        "undated": ("have no date", f"coalesce({_BOUNDS}) IS NULL"),
        "without_claims": (
            "have no claim beside their record",
            "id NOT IN (SELECT subject FROM claims)" if claimed else "TRUE",
        ),
        "one_source": (
            "rest on one source alone",
            f"(SELECT count(DISTINCT {_SOURCE}) FROM {catalogue.each('sources')}) = 1",  # noqa: S608  (no text from outside)
        ),
        "without_khmer_name": ("have no name in Khmer script", "name_km IS NULL"),
    }
    for key, (text, condition) in conditions.items():
        lacking = catalogue.rows(f"SELECT count(*) FROM {table} WHERE {condition}")[0][0]  # noqa: S608
        if lacking:
            yield Gap(key, f"places {text}", lacking, total)
    if not _layer_of(catalogue, "areas"):
        return
    provinces = [count for count in tally(catalogue, "province")[0].counts if count.key not in {ABROAD, UNKNOWN}]
    for key, text, missing in (
        ("provinces_without_place", "have no place at all", [count for count in provinces if not count.records]),
        ("provinces_without_location", "have no place with a location", [one for one in provinces if not one.located]),
    ):
        if missing:
            names = tuple(count.label for count in missing)
            yield Gap(key, f"provinces {text}", len(missing), len(provinces), names)


def _layer_of(catalogue: Catalogue, schema: str) -> str:
    """Return the name of the layer with that schema; empty when there is none."""
    return next((str(layer["name"]) for layer in catalogue.layers() if layer["schema"] == schema), "")
