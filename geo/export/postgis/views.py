"""Views with the joined figures: places with what is claimed of them, claims with their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg import sql

from geo.export.content import GEOMETRY

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psycopg

    from geo.export.content import Content, Layer

__all__ = ["View", "plan_views"]

_CLAIMED: Final = frozenset({"sites", "routes", "areas"})
_ROOM: Final = 48
"""Bytes of a measure in the name of a column, beside ``claimed_`` and ``_low``: names have 63."""


class View(NamedTuple):
    """A view: its name, what it selects from the tables of a schema, and what it is."""

    name: str
    query: sql.Composable
    meaning: str

    def create(self, cursor: psycopg.Cursor[Any], schema: str) -> None:
        """Create the view in a schema."""
        place = sql.Identifier(schema, self.name)
        cursor.execute(sql.SQL("CREATE VIEW {} AS {}").format(place, self.query))
        cursor.execute(sql.SQL("COMMENT ON VIEW {} IS {}").format(place, sql.Literal(self.meaning)))


def plan_views(content: Content, schema: str, measures: Iterable[str]) -> list[View]:
    """Return the views of an edition.

    Parameters
    ----------
    content
        Its layers and tables.
    schema
        Where they stand.
    measures
        The measures of which figures are known.
    """
    taken = {layer.name for layer in content.layers}
    views = [
        _figures(layer, content, schema, list(measures), taken)
        for layer in content.features
        if layer.schema in _CLAIMED and layer.key
    ]
    claims = content.find("claims")
    if claims is not None:
        views.append(_citations(claims, content, schema, taken))
    return views


def _figures(layer: Layer, content: Content, schema: str, measures: list[str], taken: set[str]) -> View:
    """Return a layer with the names of its provinces, and the claimed figures of each measure."""
    columns = {"fid", GEOMETRY, *(column.name for column in layer.columns)}
    picked: list[sql.Composable] = [sql.SQL("t.*")]
    joined: list[sql.Composable] = [sql.SQL("{} AS t").format(sql.Identifier(schema, layer.name))]
    areas = content.find("areas")
    if areas is not None and "province" in columns and areas is not layer:
        held = {column.name for column in areas.columns}
        for name, title in (("name", "province_en"), ("name_km", "province_km"), ("name_fr", "province_fr")):
            if name in held:
                alias = sql.Identifier(_free(title, columns))
                picked.append(sql.SQL("p.{} AS {}").format(sql.Identifier(name), alias))
        at = sql.Identifier(schema, areas.name)
        joined.append(sql.SQL("LEFT JOIN {} AS p ON p.code = t.province").format(at))
    if measures:
        sums: list[sql.Composable] = []
        for measure in measures:
            short = measure.encode()[:_ROOM].decode(errors="ignore")
            for bound in ("low", "high"):
                figure = sql.Identifier(_free(f"claimed_{short}_{bound}", columns))
                picked.append(sql.SQL("c.{}").format(figure))
                kept = sql.SQL("max({}) FILTER (WHERE measure = {}) AS {}")
                sums.append(kept.format(sql.Identifier(bound), sql.Literal(measure), figure))
        grouped = sql.SQL("SELECT subject, {} FROM {} GROUP BY subject").format(
            sql.SQL(", ").join(sums), sql.Identifier(schema, "claimed")
        )
        key = sql.Identifier(layer.key)
        joined.append(sql.SQL("LEFT JOIN ({}) AS c ON c.subject = t.{}").format(grouped, key))
    query = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(picked), sql.SQL(" ").join(joined))
    meaning = f"{layer.title} with the smallest and the largest number that admitted claims state, by measure."
    return View(_free(f"{layer.name[:40]}_with_figures", taken), query, meaning)


def _citations(claims: Layer, content: Content, schema: str, taken: set[str]) -> View:
    """Return the claims, each with the name of its subject and the citation of its source."""
    columns = {"fid", *(column.name for column in claims.columns)}
    names = [
        sql.SQL("SELECT {} AS id, name FROM {}").format(sql.Identifier(layer.key), sql.Identifier(schema, layer.name))
        for layer in content.features
        if layer.schema in _CLAIMED and layer.key
    ]
    title, note = (sql.Identifier(_free(name, columns)) for name in ("source_title", "source_note"))
    picked = [sql.SQL("c.*"), sql.SQL("s.title AS {}").format(title), sql.SQL("s.note AS {}").format(note)]
    joined = [
        sql.SQL("{} AS c").format(sql.Identifier(schema, claims.name)),
        sql.SQL("LEFT JOIN {} AS s ON s.id = c.source").format(sql.Identifier(schema, "sources")),
    ]
    if names:
        picked.append(sql.SQL("n.name AS {}").format(sql.Identifier(_free("subject_name", columns))))
        joined.append(sql.SQL("LEFT JOIN ({}) AS n ON n.id = c.subject").format(sql.SQL(" UNION ALL ").join(names)))
    query = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(picked), sql.SQL(" ").join(joined))
    return View(_free("claims_with_sources", taken), query, "Claims with the name of their subject and their source.")


def _free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken, and take it."""
    found = name
    while found in taken:
        found += "_"
    taken.add(found)
    return found
