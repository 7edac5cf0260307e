"""What the parts of a page mention: sources, words of the vocabulary, other records; told when all parts are made."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from geo.catalogue import quote_name
from geo.ledger import split_ref
from geo.webmap.pages import page_of
from geo.webmap.pieces import Json, given, listed, speak

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from geo.catalogue import Catalogue

__all__ = ["Mentions"]

_SECTIONS = ("kinds", "route_kinds", "zones", "relations", "measures", "units", "themes")


class Mentions:
    """What the parts of a page mention.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    languages
        The languages that the page speaks.

    Attributes
    ----------
    words
        Section of the vocabulary -> its words that are used.
    records
        Other records that are named, by id.
    drawn_from
        Sources of what is drawn: their licences ask to be named.
    placed_by
        Sources of positions.
    """

    def __init__(self, catalogue: Catalogue, languages: Sequence[str]) -> None:
        self._catalogue = catalogue
        self._languages = languages
        self._atlas: Json = catalogue.value("manifest")["atlas"]
        self._vocabulary: Json = catalogue.value("vocabulary")
        self._sources: dict[str, None] = {}
        self.words: dict[str, dict[str, None]] = defaultdict(dict)
        self.records: dict[str, None] = {}
        self.drawn_from: dict[str, None] = {}
        self.placed_by: set[str] = set()

    def use(self, section: str, words: Iterable[str]) -> None:
        """Remember words of the vocabulary."""
        self.words[section].update(dict.fromkeys(words))

    def name(self, records: Iterable[str]) -> None:
        """Remember other records."""
        self.records.update(dict.fromkeys(records))

    def cite(self, source: str, locator: str | None = None) -> Json:
        """Return a reference (``Reference`` of ``payload.ts``), and remember its source."""
        self._sources[source] = None
        return given(source=source, locator=locator)

    def split(self, ref: str) -> Json:
        """Return the reference that ``source-id#locator`` is."""
        return self.cite(*split_ref(ref))

    def draw_from(self, refs: str | None) -> None:
        """Remember whose map data the page draws."""
        for ref in listed(refs):
            self.drawn_from[split_ref(ref)[0]] = None

    def tell_records(self, held: Container[str]) -> Json:
        """Return names for the records that the page mentions and does not hold: ``mentioned`` of ``payload.ts``."""
        wanted = [key for key in self.records if key not in held]
        found: Json = {}
        for layer in self._catalogue.layers():
            key = {"sites": "id", "routes": "id", "areas": "code"}.get(layer["schema"])
            if key is None or not wanted:
                continue
            # An area has no kind of its own; the viewer shows none for it.
            kind = "''" if layer["schema"] == "areas" else "kind"
            table = quote_name(layer["name"])
            statement = (
                f"SELECT {key} AS id, name, name_km, {kind} AS kind FROM {table} "  # noqa: S608  (the name is quoted)
                f"WHERE {key} IN (SELECT value FROM json_each(?)) ORDER BY fid"
            )
            for row in self._catalogue.rows(statement, [json.dumps(wanted)]):
                found[row["id"]] = {
                    **given(name=row["name"], name_km=row["name_km"]),
                    "kind": row["kind"],
                    **given(page=page_of(self._catalogue, layer["name"], row["kind"])),
                }
                section = {"sites": "kinds", "routes": "route_kinds"}.get(layer["schema"])
                if section:
                    self.use(section, [row["kind"]])
        if self._atlas["nation"] in wanted:
            found[self._atlas["nation"]] = {"name": self._atlas["title"]["en"], "kind": ""}
        return found

    def tell_terms(self, units: Mapping[str, str]) -> Json:
        """Return the words that the page uses, in the order of the vocabulary: ``terms`` of ``payload.ts``."""
        return {
            section: {
                word: {key: value for key, value in term.items() if value}
                | {"label": speak(term["label"], self._languages)}
                | given(unit=units.get(word) if section == "measures" else None)
                for word, term in self._vocabulary[section].items()
                if word in self.words[section]
            }
            for section in _SECTIONS
        }

    def tell_sources(self) -> Json:
        """Return the sources that the page cites or draws from: ``sources`` of ``payload.ts``."""
        wanted = self._sources | self.drawn_from
        return {
            row["id"]: {
                "note": row["note"] or row["title"] or row["id"],
                **given(url=row["url"]),
                "grade": row["grade"],
                "reliability": row["reliability"] or "",
                "csl": json.loads(row["csl"]),
            }
            for row in self._catalogue.rows("SELECT * FROM sources ORDER BY id")
            if row["id"] in wanted
        }

    def tell_licences(self) -> list[Json]:
        """Return the licence of the atlas, and what the makers of the map data ask to be said."""
        licences = [{"name": self._atlas["title"]["en"], "text": self._atlas["licence"]}]
        for row in self._catalogue.rows("SELECT * FROM sources ORDER BY id"):
            csl = json.loads(row["csl"])
            if row["id"] in self.drawn_from or (csl["type"] == "dataset" and row["id"] in self.placed_by):
                said = csl.get("note") or row["note"] or ""
                licences.append(given(name=row["title"] or row["id"], text=said, url=row["url"]))
        return licences
