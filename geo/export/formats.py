"""Every format, as rows of one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Problem, RequestError
from geo.export.losses import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from geo.export.content import Content, Loss

    Writer = Callable[[Path, Content], None]

__all__ = ["FORMATS", "Format", "check_form", "find_format"]

_NO_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Format:
    """What a format is, what it holds, and who writes it.

    Attributes
    ----------
    title
        Its name for people.
    suffix
        What a file of it is called.
    media
        Its media type.
    writer
        Module and function, ``geo.export.…:write_…``; it is imported when it is called.
    limits
        What it sets limits to.
    many
        Whether one file holds many layers.
    tables
        Whether it holds tables that have no geometry.
    sheets
        Whether positions stand in columns, as in a spreadsheet.
    linked
        Schemas of the tables that its writer weaves into the records of a layer.
    schemas
        Schemas of the layers that it holds; empty for all.
    fixed
        Why positions must be in WGS 84, or those of a picture in Web Mercator; empty when they need not.
    inside
        How a data package names a layer inside the file; empty when a file holds one.
    archive
        Whether a layer is several files, which only an archive keeps together.
    lacking
        Module and function, as `writer`: what the format asks for that a content cannot give, as a sentence, empty
        where it asks for nothing more.
    leaving
        Module and function, as `writer`: what it leaves out because it is a picture, and no container of data; empty
        for every other format. Such losses are told, and need not be allowed.
    """

    title: str
    suffix: str
    media: str
    writer: str
    limits: Limits = _NO_LIMITS
    many: bool = False
    tables: bool = False
    sheets: bool = False
    linked: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    fixed: str = ""
    inside: str = ""
    archive: bool = False
    lacking: str = ""
    leaving: str = ""

    @property
    def drawn(self) -> bool:
        """Return whether it is a picture."""
        return bool(self.leaving)

    @property
    def write(self) -> Writer:
        """Return the function that writes a file of this format."""
        found: Writer = _load(self.writer)
        return found

    def tell_lacking(self, content: Content) -> str:
        """Return what this format asks for that a content cannot give, as a sentence; empty when that is nothing."""
        return str(_load(self.lacking)(content)) if self.lacking else ""

    def tell_left_out(self, content: Content) -> list[Loss]:
        """Return what a picture of a content leaves out; nothing for every other format."""
        found: list[Loss] = _load(self.leaving)(content) if self.leaving else []
        return found


def _load(named: str) -> Any:  # noqa: ANN401  (any function of the room)
    module, _, name = named.partition(":")
    return getattr(import_module(f"geo.export.{module}"), name)


FORMATS: Final[dict[str, Format]] = {
    "geopackage": Format(
        "GeoPackage",
        ".gpkg",
        "application/geopackage+sqlite3",
        "geopackage:write_geopackage",
        many=True,
        tables=True,
        inside="table",
    ),
    "geojson": Format(
        "GeoJSON",
        ".geojson",
        "application/geo+json",
        "vectors:write_geojson",
        fixed="RFC 7946 allows no other reference system",
    ),
    "geojsonseq": Format(
        "GeoJSON text sequence",
        ".geojsons",
        "application/geo+json-seq",
        "vectors:write_geojson_sequence",
        fixed="RFC 7946, whose features RFC 8142 strings together, allows no other reference system",
    ),
    "shapefile": Format(
        "Shapefile",
        ".shp",
        "application/vnd.shp",
        "vectors:write_shapefile",
        Limits(name_bytes=10, text_bytes=254, trims=True, lists=False, decimals=15, one_family=True),
        archive=True,
    ),
    "kml": Format(
        "KML",
        ".kml",
        "application/vnd.google-earth.kml+xml",
        "vectors:write_kml",
        Limits(xml=True, lists=False, small_integers=True),
        many=True,
        fixed="KML 2.2 allows no other reference system",
        inside="table",
    ),
    "kmz": Format(
        "KMZ",
        ".kmz",
        "application/vnd.google-earth.kmz",
        "vectors:write_kmz",
        Limits(xml=True, lists=False, small_integers=True),
        many=True,
        fixed="KML 2.2 allows no other reference system",
        inside="table",
    ),
    "flatgeobuf": Format("FlatGeobuf", ".fgb", "application/vnd.flatgeobuf", "vectors:write_flatgeobuf"),
    "geoparquet": Format("GeoParquet 1.1", ".parquet", "application/vnd.apache.parquet", "parquet:write_geoparquet"),
    "csv": Format("CSV", ".csv", "text/csv", "sheets:write_csv", tables=True, sheets=True),
    "excel": Format(
        "Excel workbook",
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "sheets:write_workbook",
        Limits(text_units=32_767, rows=1_048_575),
        many=True,
        tables=True,
        sheets=True,
        inside="sheetName",
    ),
    "linkedplaces": Format(
        "Linked Places Format 1.3",
        ".jsonld",
        "application/ld+json",
        "linked_places:write_linked_places",
        linked=("names", "relations", "sources"),
        schemas=("sites", "areas", "period"),
        fixed="the Linked Places Format is GeoJSON, and RFC 7946 allows no other reference system",
        lacking="linked_places:tell_timeless",
    ),
    "svg": Format(
        "SVG picture",
        ".svg",
        "image/svg+xml",
        "picture:write_picture",
        many=True,
        linked=("sources",),
        fixed="a picture is drawn in Web Mercator (EPSG:3857), as the pages are",
        leaving="picture:tell_left_out",
    ),
}
"""Every format that ``memorial export`` writes; a new one is a row here."""

ARCHIVE: Final = ".zip"


def check_form(form: str) -> Format:
    """Return a format by its key in `FORMATS`.

    Raises
    ------
    RequestError
        When there is none of that name.
    """
    if form not in FORMATS:
        problem = Problem("the question", "--format", "", form, f"one of {', '.join(FORMATS)}", "", "format")
        raise RequestError("The format is not known", [problem])
    return FORMATS[form]


def find_format(name: str, asked: str) -> tuple[str, bool]:
    """Return the format of a file, and whether it is to be an archive.

    Parameters
    ----------
    name
        The name of the file.
    asked
        The format that was asked for; empty to tell it from the name.

    Raises
    ------
    RequestError
        When the format is not known, does not go together with the name, or neither says which is meant.
    """
    lower = name.lower()
    archive = lower.endswith(ARCHIVE)
    stem = lower.removesuffix(ARCHIVE)
    told = next((form for form, row in FORMATS.items() if stem.endswith(row.suffix)), "")
    form = asked or told
    if not form:
        suffixes = ", ".join(row.suffix for row in FORMATS.values())
        step = "name the file by its format, or say which with --format"
        problem = Problem("the question", "OUT", "", name, f"a name that ends in one of {suffixes}", step, "format")
        raise RequestError("The format is not known", [problem])
    row = check_form(form)
    if row.archive and not archive:
        expected = (
            f"a name that ends in {row.suffix}.zip: a {row.title} is several files, which an archive keeps together"
        )
        problem = Problem("the question", "OUT", "", name, expected, f"write {_archived(name, row.suffix)}", "format")
        raise RequestError(f"A {row.title} is written as an archive", [problem])
    if not archive and told != form:
        problem = Problem("the question", "OUT", "", name, f"a name that ends in {row.suffix} or .zip", "", "format")
        raise RequestError(f"A file of that name is no {row.title}", [problem])
    return form, archive


def _archived(name: str, suffix: str) -> str:
    return f"{name[: len(name) - len(suffix)] if name.lower().endswith(suffix) else name}{suffix}{ARCHIVE}"
