"""``memorial export``: layers for GIS programs, with a word on what a format cannot carry."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from geo.commands.asking import answer_question, question_from, question_options
from geo.commands.manual import NamedPath, Taught
from geo.commands.terminal import answer_data, progress, say
from geo.errors import respell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.catalogue import Catalogue
    from geo.catalogue.addresses import Address
    from geo.errors import Problem
    from geo.export import Exported, Wanted
    from geo.query import Question

__all__ = ["export"]

_FORMATS: Final = (
    "geopackage",
    "geojson",
    "geojsonseq",
    "shapefile",
    "kml",
    "kmz",
    "flatgeobuf",
    "geoparquet",
    "csv",
    "excel",
    "linkedplaces",
    "svg",
)
"""The keys of `geo.export.FORMATS`, which the help must not import."""


class _Out(NamedPath):
    """Where an export goes: a file, or a database."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Return a path, or the address of a database.

        Raises
        ------
        RequestError
            When it is an address that cannot be read.
        """
        from geo.catalogue.addresses import Address, is_address  # noqa: PLC0415  (the help needs neither)

        if isinstance(value, str) and is_address(value):
            return Address(value)
        return super().convert(value, param, ctx)


@click.command(
    cls=Taught,
    short_help="Layers and tables for GIS programs, spreadsheets and gazetteers; pictures.",
    examples=(
        ("memorial export atlas.gpkg", "Keep everything in one GeoPackage, its tables related to its layers."),
        ("memorial export prisons.geojson sites --kind prison", "Keep the security centres as GeoJSON."),
        ("memorial export utm.gpkg sites --crs EPSG:32648", "Give positions in metres, UTM zone 48 north."),
        ("memorial export sites.shp.zip sites --allow-loss", "Write a Shapefile, and a report of what it cuts."),
        ("memorial export kandal.xlsx --province Kandal", "Keep what is known of one province as a workbook."),
        ("memorial export prisons.km.svg sites --kind prison", "Draw a map of the security centres, in Khmer."),
        ("memorial export tables.zip --format csv", "Write a CSV file for every layer and table, in an archive."),
        ("memorial export public.gpkg --mask public", "Keep everything, its positions coarsened."),
        ("memorial export postgresql://editor@host/atlas", "Publish an edition in PostGIS, in place of the last one."),
        ("memorial export edition.zip --bundle", "Keep a whole edition for an archive: data, maps, inputs, checksums."),
    ),
)
@click.argument("out", type=_Out())
@click.argument("layers", metavar="[LAYER]...", nargs=-1)
@question_options
@click.option(
    "--format",
    "form",
    metavar="F",
    type=click.Choice(_FORMATS),
    help=f"One of {', '.join(_FORMATS)}. Default: as the name of OUT says.",
)
@click.option("--crs", default="", metavar="EPSG:N", help="The reference system of positions. Default: WGS 84.")
@click.option("--mask", default="", metavar="PROFILE", help="Coarsen positions as [masks.PROFILE] in atlas.toml says.")
@click.option("--allow-loss", is_flag=True, help="Write even what the format cannot carry whole, and a report of it.")
@click.option("--bundle", is_flag=True, help="Write an RO-Crate with the data, the maps and the inputs; OUT is a .zip.")
@click.pass_context
def export(ctx: click.Context, /, out: Path | Address, layers: tuple[str, ...], form: str | None, **asked: Any) -> None:  # noqa: ANN401  (values of many options)
    """Write the records of each LAYER that answer into the file OUT, with its metadata beside it.

    Without a LAYER, everything is written; with a question, every layer that can answer it. The rows of the tables that
    belong to the records come along where the format holds tables: a GeoPackage, a workbook, an archive. A name that
    ends in .zip is an archive with one file for each layer.

    An OUT that begins with postgresql:// is a PostGIS database: the edition goes into a schema that is called as the
    atlas is, or as ?options=-csearch_path%3DNAME says, and takes the place of the one before, in one transaction.

    An OUT that ends in .svg is a picture: a map on one sheet, in the first language of the atlas, or in that which its
    name says, as map.km.svg does.

    What the format cannot carry is listed, and nothing is written, unless --allow-loss is given. A GeoPackage carries
    everything. What a picture leaves out is listed, too, and needs no leave.
    """
    from geo.commands.reports import spare_inputs  # noqa: PLC0415  (the roof imports a room when it is called)

    folder: Path = ctx.obj
    question, problems = question_from("", asked)
    with _open(folder, asked["mask"]) as catalogue, progress() as step:
        if isinstance(out, Path):
            spare_inputs(folder, {"OUT": out})
        wanted = _choose(catalogue, tuple(map(respell, layers)), question, problems, *_retell(ctx))
        step(f"writing {out.name}")
        if not isinstance(out, Path):
            _publish(catalogue, out, wanted, form, asked)
            return
        if asked["bundle"]:
            exported = _write_bundle(folder, catalogue, out, wanted, form, asked)
        else:
            from geo.export import write_export  # noqa: PLC0415

            exported = write_export(catalogue, out, wanted, form or "", asked["crs"], allow_loss=asked["allow_loss"])
    _tell(exported)


@contextmanager
def _open(folder: Path, mask: str) -> Iterator[Catalogue]:
    """Open the catalogue of an atlas, or that of its version under a mask, where `memorial build` keeps it."""
    from geo.atlas import compile_masked  # noqa: PLC0415
    from geo.catalogue import open_catalogue  # noqa: PLC0415
    from geo.commands.reports import open_current  # noqa: PLC0415
    from geo.readers import find_atlas, read_manifest  # noqa: PLC0415

    if not mask:
        with open_current(folder) as catalogue:
            yield catalogue
        return
    atlas = find_atlas(folder)
    with progress() as step:
        compiled = compile_masked(atlas, mask, atlas / read_manifest(atlas).files.maps / mask, step=step)
    with open_catalogue(compiled.path) as catalogue:
        yield catalogue


def _choose(
    catalogue: Catalogue,
    layers: Sequence[str],
    question: Question,
    problems: Sequence[Problem],
    asked: dict[str, str],
    command: str,
) -> Wanted:
    """Return which records of which layers answer.

    Raises
    ------
    RequestError
        When a layer is unknown, one that was named cannot answer the question, or no layer can.
    """
    from geo.errors import RequestError  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.export import Wanted  # noqa: PLC0415
    from geo.gazetteer import suggest_terms  # noqa: PLC0415
    from geo.query import ASKABLE  # noqa: PLC0415
    from geo.query.asking import unknown_word  # noqa: PLC0415

    filtered = bool(problems) or question != type(question)("")
    held = {layer["name"]: layer for layer in catalogue.layers()} | {"sources": {"holds": "table"}}
    default = [
        name
        for name, layer in held.items()
        if layer["holds"] == "layer" and (layer["schema"] in ASKABLE or not filtered)
    ]
    unknown = [unknown_word("LAYER", name, held, suggest_terms(name, held)) for name in layers if name not in held]
    if unknown:
        raise RequestError("There is no such layer or table", unknown)
    chosen: dict[str, Sequence[int] | None] = {}
    refused: list[RequestError] = []
    for name in layers or default:
        if not filtered:
            chosen[name] = None
            continue
        try:
            chosen[name] = _find_rows(catalogue, question._replace(layer=name), problems)
        except RequestError as error:
            if layers:
                raise
            refused.append(error)
    if not chosen:
        raise refused[0]
    for refusal in refused:
        say(f"left out: {refusal.message}")
    return Wanted(chosen, whole=not layers and not filtered, asked=asked, command=command)


def _find_rows(catalogue: Catalogue, question: Question, problems: Sequence[Problem]) -> list[int]:
    """Return the row numbers of the records that answer, in their order; a row without a key is found by its cells."""
    from geo.catalogue import quote_name  # noqa: PLC0415
    from geo.query import ASKABLE, asked_layers  # noqa: PLC0415

    layers = asked_layers(catalogue, keyless=True)
    key = ASKABLE[layers[question.layer]["schema"]].key if question.layer in layers else ""
    selection = answer_question(catalogue, question, problems, columns=(key,) if key else ())
    held = [column for column in selection.columns if column not in {"distance_m", "overlap"}]
    picked = ", ".join(map(quote_name, held))
    numbers: dict[tuple[object, ...], list[int]] = {}
    table = quote_name(question.layer)
    for fid, *values in catalogue.rows(f"SELECT fid, {picked} FROM {table} ORDER BY fid DESC"):  # noqa: S608  (quoted)
        numbers.setdefault(tuple(values), []).append(fid)
    return [numbers[cells[: len(held)]].pop() for cells in selection.cells()]


def _retell(ctx: click.Context) -> tuple[dict[str, str], str]:
    """Return the question, option -> what was given, and the whole command as a person would type it.

    Of the file or the database only its name is told: where it stood is nobody's business.
    """
    asked: dict[str, str] = {}
    out: Path | Address = ctx.params["out"]
    name = out.name if isinstance(out, Path) else f"postgresql:///{out.name}"
    words = ["memorial", "export", respell(name), *map(respell, ctx.params["layers"])]
    if ctx.params["layers"]:
        asked["LAYER"] = " ".join(map(respell, ctx.params["layers"]))
    for option in ctx.command.params:
        given = ctx.params.get(option.name or "")
        if not isinstance(option, click.Option) or given in (None, "", (), False):
            continue
        values = [respell(str(value)) for value in (given if isinstance(given, tuple) else (given,))]
        if option.is_flag:
            words.append(option.opts[0])
            continue
        words += [word for value in values for word in (option.opts[0], value)]
        if option.name != "form":
            asked[option.opts[0]] = ", ".join(values)
    return asked, shlex.join(words)


def _write_bundle(
    folder: Path, catalogue: Catalogue, out: Path, wanted: Wanted, form: str | None, asked: dict[str, Any]
) -> Exported:
    """Build every map into a folder of its own, and write the whole edition."""
    from geo.atlas import build_maps  # noqa: PLC0415
    from geo.export import Edition, write_bundle  # noqa: PLC0415
    from geo.outputs import scratch_beside  # noqa: PLC0415
    from geo.provenance import recorded_version  # noqa: PLC0415
    from geo.readers import find_atlas  # noqa: PLC0415

    with scratch_beside(out) as scratch:
        maps = build_maps(folder, out=scratch, mask=asked["mask"])
        edition = Edition(find_atlas(folder), maps, _published(catalogue), recorded_version())
        form, crs = form or "geopackage", asked["crs"]
        return write_bundle(catalogue, out, wanted, edition, form, crs, allow_loss=asked["allow_loss"])


def _publish(catalogue: Catalogue, address: Address, wanted: Wanted, form: str | None, asked: dict[str, Any]) -> None:
    """Publish an edition in a database, and tell what was written.

    Raises
    ------
    RequestError
        When an option has no meaning for a database, or the library for it is not installed.
    """
    from importlib.util import find_spec  # noqa: PLC0415

    from geo.errors import Problem, RequestError  # noqa: PLC0415

    given = {"--format": form, "--bundle": asked["bundle"]}
    problems = [
        Problem("the question", option, "", str(address), f"no {option} for a database", "leave it out", "format")
        for option, value in given.items()
        if value
    ]
    if not find_spec("psycopg"):
        from geo.catalogue.connecting import install_step  # noqa: PLC0415

        problems.append(
            Problem("the question", "OUT", "", "no psycopg", "the library psycopg", install_step(), "address")
        )
    if problems:
        raise RequestError("A database cannot be written in that way", problems)
    from geo.export import write_database  # noqa: PLC0415

    schema, exported = write_database(catalogue, address, wanted, asked["crs"], allow_loss=asked["allow_loss"])
    _tell(exported)
    answer_data(f"{respell(str(address))} {respell(schema)}\n")


def _published(catalogue: Catalogue) -> str:
    """Return the date of the edition: SOURCE_DATE_EPOCH, else the last change that the atlas tells of, else today."""
    import os  # noqa: PLC0415
    from datetime import UTC, datetime  # noqa: PLC0415

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    told = any(layer["name"] == "changes" for layer in catalogue.layers())
    dates = catalogue.rows("SELECT date FROM changes WHERE date GLOB '????-??-??'") if told else []
    return max((str(row[0]) for row in dates), default=datetime.now(UTC).date().isoformat())


def _tell(exported: Exported) -> None:
    """Say what was written and lost; print the paths."""
    from geo.commands.reports import name_path  # noqa: PLC0415

    counts = ", ".join(f"{count:,} {name}" for name, count in exported.layers.items())
    say(f"{exported.title}: {counts}")
    if exported.transformation:
        say(f"positions were moved {exported.transformation}")
    for text in exported.lacks:
        say(f"lacking: {text}")
    for loss in exported.losses:
        say(f"lost: {loss}")
    answer_data("".join(f"{name_path(path)}\n" for path in exported.paths))
