"""How much of what is known to exist the atlas holds: its places beside what sources count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import quote_name
from geo.ledger import ADMITTED_STATUSES, parse_number, range_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from geo.catalogue import Catalogue

__all__ = ["ABROAD", "UNKNOWN", "compare", "coverage", "whereabouts"]

ABROAD: Final = "abroad"
"""Where a place lies that has no province of the atlas because its country is another one."""

UNKNOWN: Final = "unknown"
"""Where a place lies whose province no source gives, or that may lie on either side of the border."""

Row = dict[str, Any]


def whereabouts(sites: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return where each place lies, as far as provinces go.

    Parameters
    ----------
    sites
        Rows of the layer of sites: ``id``, ``province``, ``country``; ``None`` where nothing is known.

    Returns
    -------
    dict of str to str
        Site id -> code of its province, or `ABROAD`, or `UNKNOWN`.

    Notes
    -----
    The countries of the atlas are those of the places that have one of its provinces. A place without a province that
    names another country is abroad; one that names no country, or one of those, is not. In an atlas where no place
    names both, nothing is abroad.
    """
    rows = list(sites)
    home = {row["country"] for row in rows if row["province"]} - {None}
    return {
        row["id"]: row["province"] or (ABROAD if home and row["country"] and row["country"] not in home else UNKNOWN)
        for row in rows
    }


def coverage(catalogue: Catalogue) -> list[Row]:
    """Return, for each ``[[coverage]]`` of the manifest, how many places the atlas holds and how many a claim counts.

    Parameters
    ----------
    catalogue
        The compiled atlas.

    Returns
    -------
    list of dict
        As `compare` gives it; empty when the manifest declares none.

    Raises
    ------
    CatalogueError
        When the catalogue is damaged.
    """
    manifest = catalogue.value("manifest")
    declared = manifest["coverage"]
    if not declared:
        return []
    tables = {layer["schema"]: quote_name(layer["name"]) for layer in catalogue.layers()}
    sites = (
        catalogue.rows(f"SELECT id, kind, province, country FROM {tables['sites']}")  # noqa: S608  (it is quoted)
        if "sites" in tables
        else []
    )
    claims = catalogue.rows("SELECT * FROM claims ORDER BY fid")
    areas = (
        [row["code"] for row in catalogue.rows(f"SELECT code FROM {tables['areas']} ORDER BY fid")]  # noqa: S608
        if "areas" in tables
        else []
    )
    return compare(declared, list(map(dict, sites)), list(map(dict, claims)), manifest["atlas"]["nation"], areas)


def compare(
    declared: Iterable[Mapping[str, Any]],
    sites: Collection[Mapping[str, Any]],
    claims: Collection[Mapping[str, Any]],
    nation: str,
    areas: Iterable[str],
) -> list[Row]:
    """Hold the places of some kinds against what claims count.

    Parameters
    ----------
    declared
        The ``coverage`` of the manifest: ``kinds``, ``claim``, ``note``.
    sites
        Rows of the layer of sites: ``id``, ``kind``, ``province``, ``country``.
    claims
        Rows of the claims table.
    nation
        The subject of claims about the country as a whole.
    areas
        Codes of the provinces, in order.

    Returns
    -------
    list of dict
        One for each of `declared`:

        ``kinds``, ``held``
            The kinds, and how many places of them the atlas holds. Places abroad do not count.
        ``claim``, ``measure``, ``unit``, ``low``, ``high``, ``scope``, ``stated_by``, ``source``, ``locator``,
        ``as_of``
            The claim, its bounds letter for letter; ``None`` for what it does not say.
        ``difference``
            How many more the lower bound of the claim counts than the atlas holds, as an ``int``; ``None`` when it
            counts no more, or has no lower bound.
        ``others``
            Other claims about the nation of the same measure and unit that are admitted and whole, as dictionaries of
            ``claim``, ``low``, ``high``, ``scope``, ``stated_by``, ``source``, ``locator``, ``as_of``.
        ``provinces``
            For every area ``code``, ``held``, ``low``, ``high``, ``claims``: the range of the admitted claims about it
            (`geo.ledger.range_of`) and their ids; ``None`` and empty where no claim counts there.
        ``abroad``, ``unknown``
            How many places of the kinds lie abroad (not in ``held``), and how many in no known province (in it).
        ``note``
            The note of the manifest, by language, or ``None``.

    Notes
    -----
    Records are counted, never people. The places of the atlas need not be among those that a claim counts, and one
    record may be several of them, or a part of one: ``held`` of ``low`` is a comparison of sizes, not a share.
    """
    by_id = {claim["id"]: claim for claim in claims}
    found = whereabouts(sites)
    codes = list(areas)
    result = []
    for entry in declared:
        claim = by_id[entry["claim"]]
        where = Counter(found[site["id"]] for site in sites if site["kind"] in entry["kinds"])
        held = where.total() - where[ABROAD]
        like = [
            other
            for other in claims
            if (other["measure"], other["unit"]) == (claim["measure"], claim["unit"])
            and other["status"] in ADMITTED_STATUSES
            and other["partial"] == "no"
        ]
        result.append(
            {
                "kinds": list(entry["kinds"]),
                "held": held,
                "claim": claim["id"],
                "measure": claim["measure"],
                "unit": claim["unit"],
                **_stated(claim),
                "difference": _difference(claim["low"], held),
                "others": [
                    {"claim": other["id"], **_stated(other)}
                    for other in like
                    if other["subject"] == nation and other["id"] != claim["id"]
                ],
                "provinces": [
                    {"code": code, "held": where[code], **_range([other for other in like if other["subject"] == code])}
                    for code in codes
                ],
                ABROAD: where[ABROAD],
                UNKNOWN: where[UNKNOWN],
                "note": entry["note"],
            }
        )
    return result


def _stated(claim: Mapping[str, Any]) -> Row:
    """Return what a claim says and where it stands, without what it is about."""
    return {name: claim[name] or None for name in ("low", "high", "scope", "stated_by", "source", "locator", "as_of")}


def _difference(low: str | None, held: int) -> int | None:
    more = int(parse_number(low)) - held if low else 0
    return more if more > 0 else None


def _range(claims: Iterable[Mapping[str, Any]]) -> Row:
    """Return how far the claims about one area reach, and their ids."""
    rows = [{name: value or "" for name, value in claim.items()} for claim in claims]
    low, high = range_of(rows)
    return {"low": low or None, "high": high or None, "claims": [row["id"] for row in rows]}
