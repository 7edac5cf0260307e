"""Any file that an archive may hold, read by its suffix: tables, workbooks and vector files alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geo.errors import InputError, Problem
from geo.readers.files import read_bytes, refuse
from geo.readers.listings import Listing

__all__ = ["LISTING_SUFFIXES", "Reading", "read_listing"]

_TEXTS: Final = frozenset({".csv", ".tsv", ".tab", ".txt"})
_BOOKS: Final = frozenset({".xlsx", ".xlsm", ".ods"})
_VECTOR: Final = frozenset({".shp", ".zip", ".gpkg", ".fgb"})
_JSON: Final = frozenset({".geojson", ".json"})
_MARKUP: Final = frozenset({".kml", ".kmz", ".gpx"})
_PARQUET: Final = frozenset({".parquet", ".geoparquet"})

LISTING_SUFFIXES: Final = tuple(sorted(_TEXTS | _BOOKS | _VECTOR | _JSON | _MARKUP | _PARQUET))
"""Every suffix that is read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read, where that is not left to the reader.

    Attributes
    ----------
    delimiter, encoding
        Of delimited text; empty to find out.
    sheet
        The sheet of a workbook, or the layer of a GeoPackage; empty for the first or only one.
    """

    delimiter: str = ""
    encoding: str = ""
    sheet: str = ""


def read_listing(path: Path, name: str, reading: Reading | None = None) -> Listing:
    """Return the rows of a file, every cell a text.

    Parameters
    ----------
    path
        A file with one of `LISTING_SUFFIXES`.
    name
        The file, for messages.
    reading
        How to read it; None to find out.

    Returns
    -------
    Listing
        The rows, those that were set aside, and what was concluded.

    Raises
    ------
    InputError
        The suffix is not known, `reading` says of the file what its format does not have, or as the reader of that
        format.
    """
    reading = reading or Reading()
    suffix = path.suffix.lower()
    _check_reading(suffix, name, reading)
    if suffix in _TEXTS:
        from geo.readers.delimited import read_delimited  # noqa: PLC0415 -- each format loads what it needs

        tab = "\t" if suffix in {".tsv", ".tab"} else ""
        return read_delimited(path, name, reading.delimiter or tab, reading.encoding)
    if suffix in _BOOKS:
        from geo.readers.workbooks import read_ods, read_xlsx  # noqa: PLC0415 -- as above

        return (read_ods if suffix == ".ods" else read_xlsx)(path, name, reading.sheet)
    if suffix in _MARKUP:
        from geo.readers.markup import read_gpx, read_kml  # noqa: PLC0415 -- as above

        return read_gpx(path, name) if suffix == ".gpx" else read_kml(path, name)
    if suffix in _JSON | _VECTOR | _PARQUET:
        from geo.readers import foreign  # noqa: PLC0415 -- as above

        if suffix in _JSON:
            return foreign.read_json_features(path, name)
        if suffix in _PARQUET:
            return foreign.read_parquet_features(path, name)
        return foreign.read_vector_features(path, name, reading.sheet)
    read_bytes(path, name)  # a file that is not there is the first thing to say
    hint = "save it as .xlsx or .csv" if suffix in {".xls", ".xlsb", ".numbers"} else "export it to one of these"
    raise refuse(name, suffix or "no suffix", f"one of {', '.join(LISTING_SUFFIXES)}", hint, rule="format")


def _check_reading(suffix: str, name: str, reading: Reading) -> None:
    """Refuse what would be passed over: a delimiter, an encoding or a sheet of a file that has none."""
    taken = ("delimiter", "encoding") if suffix in _TEXTS else ("sheet",) if suffix in _BOOKS | {".gpkg"} else ()
    has = {
        "delimiter": "delimited text (.csv)",
        "encoding": "delimited text (.csv)",
        "sheet": "a workbook or GeoPackage",
    }
    step = "leave it out, on the command line or in import.toml"
    steps = {"sheet": f"{step}, or save the sheet as .xlsx" if suffix in _TEXTS else step}
    if suffix in {".shp", ".zip"}:
        steps["encoding"] = f"{step}; a .cpg file beside the .shp names its encoding"
    problems = [
        Problem(
            name,
            "",
            "",
            f"--{option} {said}",
            f"no --{option}: only {has[option]} has one",
            steps.get(option, step),
            "format",
        )
        for option in has
        if (said := getattr(reading, option)) and option not in taken and suffix in LISTING_SUFFIXES
    ]
    if problems:
        raise InputError(f"{name} cannot be read in that way", problems)
