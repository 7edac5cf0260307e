"""The sites of a page: rows of the catalogue straight into columns, some thousands at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from geo.catalogue import quote_name
from geo.ledger import split_ref
from geo.webmap.columns import PLACES_IN, Sites, cell_of, reference_cells
from geo.webmap.masks import grid_of
from geo.webmap.pieces import DECIMALS, Json, given, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from geo.catalogue import Catalogue
    from geo.webmap.mentions import Mentions
    from geo.webmap.pieces import Row

__all__ = ["Held", "gather_names", "gather_relations", "gather_sites"]

_PORTION: Final = 20_000
"""So many rows are in memory at once."""

_MOST: Final = 200_000
"""So many cells are kept in case that they come again."""

_TEXTS: Final = {
    **{name: name for name in ("id", "name", "kind", "country", "province", "province_name", "district", "commune")},
    **{name: name for name in ("village", "place_code", "place_text", "begin", "begin_text", "end", "end_text")},
    **{name: name for name in ("coord_text", "standing", "summary", "part_of")},
    "zone": "dk_zone",
    "zone_text": "dk_zone_text",
    "sector": "dk_sector",
    "basis": "precision_basis",
}
"""Column of the page -> column of the catalogue."""

_MARK: Final = frozenset({"id", "name", "kind", "begin", "end", "basis", "standing"})
"""What the cover is told of a site, beside where it is and when."""

_BOUNDS: Final = ("begin_earliest", "begin_latest", "end_earliest", "end_latest")


class Held:
    """Which records a page holds.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    sites
        The layer of the sites; ``None`` when the page shows none.
    kinds
        The kinds that it shows; all when empty.
    others
        Ids of its routes, codes of its areas.
    """

    def __init__(
        self, catalogue: Catalogue, sites: str | None, kinds: Sequence[str], others: Iterable[str] = ()
    ) -> None:
        self._catalogue = catalogue
        self.table = None if sites is None else quote_name(sites)
        places = ", ".join("?" * len(kinds))
        self.condition = f"kind IN ({places})" if kinds else "TRUE"
        self.kinds = list(kinds)
        self._others = frozenset(others)

    def among(self, ids: Iterable[str]) -> set[str]:
        """Return those of some records that the page holds."""
        wanted = set(ids)
        found = wanted & self._others
        if self.table is not None and wanted:
            statement = (
                f"SELECT id FROM {self.table} "  # noqa: S608  (the name is quoted)
                f"WHERE {self.condition} AND id IN (SELECT value FROM json_each(?))"
            )
            found |= {row[0] for row in self._catalogue.rows(statement, [*self.kinds, json.dumps(sorted(wanted))])}
        return found

    def different(self, column: str) -> set[Any]:
        """Return what the sites say in a column."""
        if self.table is None:
            return set()
        statement = f"SELECT DISTINCT {quote_name(column)} FROM {self.table} WHERE {self.condition}"  # noqa: S608
        return {row[0] for row in self._catalogue.rows(statement, self.kinds)}

    def sites(self, columns: Sequence[str]) -> Iterator[list[tuple[Any, ...]]]:
        """Yield some columns of the sites, some thousands of rows at a time, in the order of the catalogue."""
        if self.table is None:
            return
        names = ", ".join(map(quote_name, columns))
        statement = f"SELECT {names} FROM {self.table} WHERE {self.condition} ORDER BY fid"  # noqa: S608  (quoted)
        rows: list[tuple[Any, ...]] = []
        for batch in self._catalogue.batches(statement, self.kinds):
            rows += batch
            if len(rows) >= _PORTION:
                yield rows
                rows = []
        if rows:
            yield rows


def gather_names(name_rows: Iterable[Row], held: set[str], split: Callable[[str], Json]) -> dict[str, list[Json]]:
    """Return the names of some records: ``Name`` of ``payload.ts`` by the record that bears them."""
    names: dict[str, list[Json]] = defaultdict(list)
    for row in name_rows:
        if row["subject"] in held:
            name = {key: row[key] for key in ("text", "language", "kind")}
            names[row["subject"]].append(name | {"reference": split(row["source"])})
    return names


def gather_relations(rows: Iterable[Row], held: set[str], mentions: Mentions) -> dict[str, list[Json]]:
    """Return what some sites have to do with others: ``Relation`` of ``payload.ts`` by site, in both directions."""
    relations: dict[str, list[Json]] = defaultdict(list)
    for row in rows:
        for subject, other, outgoing in ((row["subject"], row["object"], True), (row["object"], row["subject"], False)):
            if subject not in held:
                continue
            mentions.name([other])
            mentions.use("relations", [row["relation"]])
            relations[subject].append(
                {
                    "relation": row["relation"],
                    "other": other,
                    "outgoing": outgoing,
                    "reference": mentions.split(row["source"]),
                    **given(note=row["note"]),
                }
            )
    return relations


def gather_sites(
    held: Held, mentions: Mentions, about: Mapping[str, Mapping[str, Any]] | None, known: Iterable[str]
) -> Sites:
    """Return the sites of a page.

    Parameters
    ----------
    held
        Which sites the page shows.
    mentions
        Told what they mention.
    about
        Column -> id of a site -> what other tables say of it (names, claims, ranges, relations); ``None`` on the cover,
        which is told only what is needed to draw and count a site.
    known
        The columns of the layer in the catalogue.

    Returns
    -------
    Sites
        In the order of the catalogue. Positions are those of the catalogue, on the cover with five decimals.
    """
    there = set(known)
    wanted = _TEXTS if about is not None else _MARK
    texts = {name: column for name, column in _TEXTS.items() if column in there and name in wanted}
    others = ("lon", "lat", "precision_m", *_BOUNDS, *(() if about is None else ("coord_source", "sources")))
    columns = [*texts.values(), *others, *(["masked"] if about is not None and "masked" in there else [])]
    cells = _Cells(mentions)
    sites = Sites()
    for rows in held.sites(columns):
        given_columns = dict(zip(columns, zip(*rows, strict=True), strict=True))
        taken: dict[str, Sequence[str]] = {
            name: [cell or "" for cell in given_columns[column]] for name, column in texts.items()
        }
        taken["precision_m"] = cells.each(given_columns["precision_m"], cell_of)
        taken["days"] = cells.each(list(zip(*(given_columns[bound] for bound in _BOUNDS), strict=True)), _days_cell)
        lon, lat = given_columns["lon"], given_columns["lat"]
        if about is None:
            lon, lat = ([None if one is None else round(one, DECIMALS) for one in axis] for axis in (lon, lat))
        else:
            for name, listing in (("coord_source", False), ("sources", True)):
                taken[name], taken[PLACES_IN[name]] = cells.references(given_columns[name], listing=listing)
            if "masked" in given_columns:
                taken["masked"] = [cell or "" for cell in given_columns["masked"]]
                taken["grid_m"] = cells.each(given_columns["masked"], _grid_cell)
            for name, told in about.items():
                if told:
                    taken[name] = [cell_of(told[one]) if one in told else "" for one in given_columns["id"]]
        sites.take(taken, lon, lat)
    sites.close()
    mentions.use("kinds", filter(None, sites.columns["kind"].words))
    mentions.use("zones", filter(None, sites.columns["zone"].words))
    mentions.name(filter(None, sites.columns["part_of"].words))
    mentions.placed_by |= {split_ref(ref)[0] for ref in held.different("coord_source") if ref}
    return sites


def _days_cell(bounds: tuple[str | None, ...]) -> str:
    """Return the four bounds of a time as ISO dates, empty text where unknown; nothing for an undated record."""
    return cell_of([bound or "" for bound in bounds]) if any(bounds) else ""


def _grid_cell(said: str | None) -> str:
    return cell_of(grid_of(said))


class _Cells:
    """Makes cells of what the catalogue holds; of what stands there often, once."""

    def __init__(self, mentions: Mentions) -> None:
        self._mentions = mentions
        self._made: dict[tuple[Any, Any], str] = {}
        self._sources: set[str] = set()

    def each(self, values: Sequence[Any], make: Callable[[Any], str]) -> list[str]:
        """Return the cell of each value."""
        if len(self._made) > _MOST:
            self._made.clear()
        known = {value: self._once(value, make) for value in set(values)}
        return [known[value] for value in values]

    def _once(self, value: Any, make: Callable[[Any], str]) -> str:  # noqa: ANN401  (what a column holds)
        key = (make, value)
        if key not in self._made:
            self._made[key] = make(value)
        return self._made[key]

    def references(self, values: Sequence[str | None], *, listing: bool) -> tuple[list[str], list[str]]:
        """Return the two cells of each value: of one reference, or of a list of them as the catalogue keeps it."""
        known: dict[str | None, tuple[str, str]] = {}
        for value in values:
            if value not in known:
                refs = (listed(value) if listing else [value]) if value else ()
                known[value] = reference_cells([self._split(ref) for ref in refs])
        return [known[value][0] for value in values], [known[value][1] for value in values]

    def _split(self, ref: str) -> Json:
        source, locator = split_ref(ref)
        if source not in self._sources:
            self._sources.add(source)
            self._mentions.cite(source)
        return {"source": source, "locator": locator} if locator else {"source": source}
