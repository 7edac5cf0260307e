"""Which column is which: by the words of the header in three languages, then by what stands in the cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from geo.coordinates import read_angle, read_position
from geo.gazetteer import fold, join_words
from geo.readers.listings import Listing
from geo.wording import read_span_words

__all__ = ["FIELDS", "Guess", "guess_columns"]

Surety = Literal["sure", "likely", "a guess"]

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "id": (
        "id", "identifier", "key", "site id", "record id", "identifiant", "uid", "globalid", "code", "site code",
        "code du site", "លេខកូដ",
    ),
    "name": (
        "name", "site name", "place name", "place", "site", "title", "name en", "english name",
        "name of site", "name of place", "memorial", "nom", "nom du site", "nom du lieu", "lieu", "titre",
        "ឈ្មោះ", "ឈ្មោះទីតាំង", "ទីកន្លែង", "ឈ្មោះទីកន្លែង",
    ),
    "name_km": ("name km", "khmer name", "name khmer", "nom khmer", "ឈ្មោះជាភាសាខ្មែរ", "ឈ្មោះខ្មែរ"),
    "aliases": (
        "aliases", "alias", "other names", "also known as", "aka", "alternative names", "autres noms",
        "ឈ្មោះផ្សេង",
    ),
    "kind": (
        "kind", "type", "site type", "category", "class", "type of site", "type de lieu", "type de site",
        "categorie", "nature", "ប្រភេទ", "ប្រភេទទីតាំង",
    ),
    "lat": (
        "lat", "latitude", "northing", "y", "lat dd", "latitude dd", "decimal latitude", "ycoord",
        "y coord", "point y", "រយៈទទឹង",
    ),
    "lon": (
        "lon", "long", "lng", "longitude", "easting", "x", "lon dd", "longitude dd", "decimal longitude",
        "xcoord", "x coord", "point x", "រយៈបណ្តោយ",
    ),
    "coord": (
        "coord", "coords", "coordinates", "coordinate", "gps", "gps coordinates", "position",
        "location gps", "lat lon", "lat long", "latlon", "latlong", "utm", "mgrs", "grid reference",
        "grid ref", "geo", "coordonnees", "coordonnees gps", "coord text", "និយាមកា", "កូអរដោណេ",
    ),
    "province": (
        "province", "prov", "province name", "khaet", "khet", "state", "region", "admin1", "adm1 en",
        "departement", "ខេត្ត", "រាជធានី ខេត្ត",
    ),
    "district": (
        "district", "srok", "khan", "district name", "county", "admin2", "adm2 en", "arrondissement",
        "ស្រុក", "ស្រុក ខណ្ឌ",
    ),
    "commune": (
        "commune", "khum", "sangkat", "commune name", "subdistrict", "municipality", "admin3", "adm3 en",
        "ឃុំ", "ឃុំ សង្កាត់",
    ),
    "village": ("village", "phum", "village name", "hamlet", "admin4", "ភូមិ"),
    "country": ("country", "country code", "pays", "iso country", "ប្រទេស"),
    "place_text": (
        "location", "directions", "place text", "where", "address", "localisation", "adresse",
        "emplacement", "អាសយដ្ឋាន",
    ),
    "begin": (
        "begin", "start", "from", "start date", "date from", "opened", "begin date", "since", "debut",
        "date de debut", "ouverture", "ចាប់ផ្តើម",
    ),
    "end": (
        "end", "to", "end date", "date to", "closed", "until", "fin", "date de fin", "fermeture", "បញ្ចប់",
    ),
    "dates": (
        "date", "dates", "when", "quand", "period", "year", "years", "annee", "annees", "periode", "កាលបរិច្ឆេទ", "ឆ្នាំ",
    ),
    "summary": ("summary", "description", "desc", "resume", "abstract", "សេចក្តីសង្ខេប"),
    "standing": ("standing", "statut"),
    "precision_m": (
        "precision m", "precision", "accuracy", "accuracy m", "uncertainty m",
        "coordinateuncertaintyinmeters", "rayon m",
    ),
    "precision_basis": ("precision basis", "coord precision basis"),
    "source": (
        "source", "source title", "reference", "references", "bibliography", "source id", "ref",
        "provenance", "ប្រភព",
    ),
    "source_url": ("source url", "url", "link", "lien", "web"),
    "locator": ("locator", "page", "pages", "source page", "paragraph", "para"),
    "part_of": ("part of", "parent"),
}  # fmt: skip
"""Field -> header words that mean it, folded; the first field that fits takes the column."""

_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "province": ("province", "ខេត្ត"),
    "district": ("district", "ស្រុក"),
    "commune": ("commune", "ឃុំ"),
    "village": ("village", "ភូមិ"),
    "lat": ("latitude",),
    "lon": ("longitude",),
    "coord": ("coordinates", "gps", "utm", "mgrs", "coordonnees"),
    "kind": ("type", "kind", "category", "ប្រភេទ"),
    "name": ("name", "nom", "ឈ្មោះ"),
    "dates": ("date", "year", "annee"),
}
"""Field -> words that mean it when they stand among others in a header."""

_ENOUGH: Final = 0.8
_SAMPLE: Final = 200


@dataclass(frozen=True, slots=True)
class Guess:
    """One column that was recognised.

    Attributes
    ----------
    field
        One of `FIELDS`.
    column
        The column, as the file names it.
    surety
        How sure: by the header word, by a word in it, or by the cells alone.
    why
        The ground, in words.
    """

    field: str
    column: str
    surety: Surety
    why: str


def guess_columns(listing: Listing) -> list[Guess]:
    """Return which column holds what.

    Parameters
    ----------
    listing
        The table.

    Returns
    -------
    list of Guess
        In the order of `FIELDS`; each field and each column at most once.
    """
    folded = {column: fold(_spaced(column)) for column in listing.columns}
    taken: dict[str, Guess] = {}

    def take(field: str, column: str, surety: Surety, why: str) -> None:
        if field not in taken and column not in {guess.column for guess in taken.values()}:
            taken[field] = Guess(field, column, surety, why)

    for field, word, column in _pairs(FIELDS, listing):
        if join_words(folded[column]) == join_words(word) and _fits(field, _sample(listing, column)):
            take(field, column, "sure", "its header says so")
    for field, word, column in _pairs(_WORDS, listing):
        if fold(word) in folded[column].split() and _fits(field, _sample(listing, column)):
            take(field, column, "likely", f"“{word}” stands in its header")
    for field, column, why in _by_cells(listing, set(taken)):
        take(field, column, "a guess", why)
    order = list(FIELDS)
    return sorted(taken.values(), key=lambda guess: order.index(guess.field))


def _by_cells(listing: Listing, known: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what the cells alone tell of fields that no header told: field, column and ground."""
    samples = {column: _sample(listing, column) for column in listing.columns}
    if not listing.geometries and not {"lat", "lon"} <= known and "coord" not in known:
        for column, cells in samples.items():
            if _share(cells, _is_position) >= _ENOUGH:
                yield "coord", column, "its cells can be read as positions"
    if not {"begin", "end", "dates"} & known:
        for column, cells in samples.items():
            if _share(cells, _is_date) >= _ENOUGH:
                yield "dates", column, "its cells can be read as dates"
    for column, cells in samples.items():
        texts = [cell for cell in cells if any(char.isalpha() for char in cell)]
        if len(texts) >= _ENOUGH * max(len(listing.rows[:_SAMPLE]), 1) and len(set(texts)) > 0.7 * len(texts):
            yield "name", column, "it is the first column of texts in which hardly any stands twice"


def _pairs(words: dict[str, tuple[str, ...]], listing: Listing) -> Iterator[tuple[str, str, str]]:
    """Yield every field with each of its words and each column: an earlier word wins over an earlier column."""
    for field, each in words.items():
        for word in each:
            for column in listing.columns:
                yield field, word, column


def _spaced(column: str) -> str:
    """Return a header with its words apart: ``siteName`` and ``site_name`` are ``site name``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)


def _sample(listing: Listing, column: str) -> list[str]:
    """Return the filled cells of a column among the first rows."""
    at = listing.columns.index(column)
    return [row.cells[at].strip() for row in listing.rows[:_SAMPLE] if row.cells[at].strip()]


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, cells)) / len(cells) if cells else 0.0


def _fits(field: str, cells: Sequence[str]) -> bool:
    """Return whether cells can belong to a field; an empty column fits everything."""
    if not cells or field not in _TESTS:
        return True
    test, share = _TESTS[field]
    return _share(cells, test) >= share


def _is_angle(cell: str) -> bool:
    try:
        read_angle(cell)
    except ValueError:
        return bool(re.fullmatch(r"[\d ,.]{5,}", cell))
    return True


def _is_position(cell: str) -> bool:
    try:
        read_position(cell)
    except ValueError:
        return False
    return True


def _is_date(cell: str) -> bool:
    try:
        span = read_span_words(cell)
    except ValueError:
        return False
    return bool(span.begin or span.end) and bool(re.search(r"[12]\d{3}", cell))


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", cell))


def _is_words(cell: str) -> bool:
    return not _is_number(cell)


def _is_link(cell: str) -> bool:
    return cell.startswith(("http://", "https://"))


_TESTS: Final[dict[str, tuple[Callable[[str], bool], float]]] = {
    "lat": (_is_angle, 0.5),
    "lon": (_is_angle, 0.5),
    "coord": (_is_position, 0.3),
    "precision_m": (_is_number, _ENOUGH),
    "name": (_is_words, 0.2),
    "kind": (_is_words, 0.2),
    "source": (_is_words, 0.2),
    "source_url": (_is_link, 0.5),
}
"""Field -> what a cell of it must be, and in how large a share of its filled cells."""
