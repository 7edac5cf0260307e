"""``memorial import``: a table or layer of somebody's own, into a layer of the atlas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from geo.commands.manual import NamedPath, Taught
from geo.commands.terminal import answer_data, say
from geo.errors import respell

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.errors import ContractError
    from geo.importing.account import Account
    from geo.importing.filing import Filed
    from geo.readers.gathering import Reading

__all__ = ["import_", "make_reading", "reading_options"]

_MOST: Final = 200
"""Problems that a refusal lists; the report has them all."""


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Return a command with the options that say how a file of somebody's own is read."""
    for option in (
        click.option(
            "--sheet",
            metavar="NAME",
            default="",
            help="The sheet of a workbook (default: the first), or the layer of a GeoPackage.",
        ),
        click.option(
            "--encoding", metavar="E", default="", help="Encoding of a CSV file. Default: found out, and said."
        ),
        click.option(
            "--delimiter",
            metavar="D",
            default="",
            help="What parts the cells of a CSV file. Default: found out, and said.",
        ),
    ):
        command = option(command)
    return command


def make_reading(asked: dict[str, Any]) -> Reading:
    """Return how a file is to be read, of what click read.

    Raises
    ------
    RequestError
        The delimiter is no single character.
    """
    from geo.errors import Problem, RequestError  # noqa: PLC0415  (the roof imports a room when it is called)
    from geo.readers.gathering import Reading  # noqa: PLC0415

    delimiter = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}.get(asked["delimiter"], asked["delimiter"])
    if len(delimiter) > 1 or delimiter in {'"', "\n", "\r"}:
        problem = Problem("the question", "--delimiter", "", asked["delimiter"], "one character, such as ; or tab")
        raise RequestError("The file cannot be read", [problem])
    return Reading(delimiter, asked["encoding"], asked["sheet"])


@click.command(
    "import",
    cls=Taught,
    short_help="Bring a table or layer of your own into the atlas.",
    examples=(
        (
            "memorial import sites.xlsx --as sites",
            "Guess the columns, take the good rows, and say what became of each.",
        ),
        (
            "memorial import sites.csv --as sites --map Remarks=summary --crs EPSG:4131 --report report.html",
            "Say which column is the summary, and that positions are in Indian 1960.",
        ),
        (
            "memorial import sites.csv --as sites --coord GPS --fixes fixes.csv",
            "Obey the corrections in fixes.csv; what is still open is added to it, to be filled in.",
        ),
    ),
)
@click.argument("file", type=NamedPath())
@click.option("--as", "layer", metavar="LAYER", required=True, help="A layer of the atlas, such as sites.")
@click.option("--lat", metavar="COL", default="", help="The column of the latitude, or northing.")
@click.option("--lon", metavar="COL", default="", help="The column of the longitude, or easting.")
@click.option("--coord", metavar="COL", default="", help="One column with the whole position: degrees, UTM or MGRS.")
@click.option("--crs", metavar="EPSG:N", default="", help="Coordinate system of the positions. Default: WGS 84.")
@click.option("--map", "mapped", metavar="COL=FIELD", multiple=True, help="Which column fills which field; repeat it.")
@click.option("--gazetteer", metavar="LAYER|FILE", default="", help="Locates places that have names but no position.")
@reading_options
@click.option("--fixes", metavar="FILE", type=NamedPath(), help="Corrections to obey; open ones are added.")
@click.option("--report", metavar="FILE", type=NamedPath(), help="Write the report: .html, .json or .txt.")
@click.option(
    "--out",
    metavar="FILE",
    type=NamedPath(),
    help="Write only the layer, to FILE. Default: the file of the layer, with sources and names beside it.",
)
@click.option(
    "--aside",
    metavar="FILE",
    type=NamedPath(),
    help="Write the rows that are set aside to FILE, as CSV.",
)
@click.option("--strict", is_flag=True, help="Write no layer while a row is set aside or a cell left out.")
@click.pass_obj
def import_(folder: Path, /, file: Path, *, strict: bool, **asked: Any) -> None:  # noqa: ANN401  (what click read)
    """Read FILE into a layer: CSV, Excel, ODS, GeoJSON, Esri JSON, Shapefile, GeoPackage, KML, GPX or GeoParquet.

    Columns are found by import.toml where it names the file, else guessed; options win over both. A row is taken, set
    aside, or left out by decision, and the report adds up. Cells that cannot be read are left out and listed; nothing
    is mended by guessing. Records that an earlier import of the same file gave are replaced; all others stay.
    """
    from geo.commands.reports import of_suffix, spare_given, spare_inputs  # noqa: PLC0415
    from geo.importing.account import account_text  # noqa: PLC0415  (as above)
    from geo.importing.filing import Order, run_order  # noqa: PLC0415
    from geo.readers import find_atlas  # noqa: PLC0415

    report = _reporter(asked["report"])
    outputs = {f"--{name}": asked[name] for name in ("report", "fixes", "out", "aside")}
    spare_given(file, outputs)
    spare_inputs(folder, outputs)
    for name in ("fixes", "aside"):
        of_suffix(f"--{name}", asked[name], {".csv": str}, str)
    place = Path(asked["gazetteer"])
    order = Order(
        file=file,
        layer=respell(asked["layer"]),
        columns=_columns(asked),
        crs=asked["crs"],
        gazetteer=str(place.absolute()) if asked["gazetteer"] and place.is_file() else asked["gazetteer"],
        reading=make_reading(asked),
        fixes=asked["fixes"],
        out=asked["out"],
        aside=asked["aside"],
        report=(asked["report"], report) if asked["report"] else None,
        strict=strict,
    )
    filed = run_order(find_atlas(folder), order)
    _say_filed(filed)
    if filed.refused:
        raise _refusal(filed.account)
    answer_data(account_text(filed.account))


def _columns(asked: dict[str, Any]) -> dict[str, str]:
    """Return field -> column, or refuse what is no pair."""
    from geo.errors import Problem, RequestError  # noqa: PLC0415  (as above)

    found: dict[str, str] = {}
    for pair in map(respell, asked["mapped"]):
        column, equals, field = pair.rpartition("=")
        if not (column and equals and field.strip()):
            expected = "COL=FIELD: a column of the file and a field of the layer, such as Remarks=summary"
            raise RequestError("The import cannot begin", [Problem("the question", "--map", "", pair, expected)])
        found[field.strip()] = column
    return found | {key: respell(asked[key]) for key in ("lat", "lon", "coord") if asked[key]}


def _reporter(report: Path | None) -> Callable[[Account], str]:
    from geo.commands.reports import of_suffix  # noqa: PLC0415  (as above)
    from geo.importing.account import account_json, account_report, account_text  # noqa: PLC0415
    from geo.reporting import render_report  # noqa: PLC0415

    known: dict[str, Callable[[Account], str]] = {
        ".html": lambda account: render_report(account_report(account)),
        ".json": account_json,
        ".txt": account_text,
    }
    return of_suffix("--report", report, known, account_text)


def _say_filed(filed: Filed) -> None:
    """Say what was written, and what to do with what is open."""
    from geo.commands.reports import name_path  # noqa: PLC0415  (as above)

    for path in filed.written:
        say(f"wrote {name_path(path)}")
    if not filed.refused and (filed.kept or filed.replaced):
        say(f"records that stay: {filed.kept:,}; of an earlier import, replaced: {filed.replaced:,}")
    if filed.account.open:
        step = "fill in “corrected” and “by” in a corrections file (--fixes), and run it again"
        say(f"{len(filed.account.open):,} open: {step}")


def _refusal(account: Account) -> ContractError:
    """Return the error of a strict import that was refused, with every row and cell."""
    from geo.errors import ContractError, Problem  # noqa: PLC0415  (as above)

    problems = [
        Problem(
            account.file,
            f"{account.unit} {finding.row}" + (f" ({finding.record})" if finding.record else ""),
            finding.column,
            finding.seen,
            finding.expected + (f"; perhaps {', '.join(finding.candidates)}" if finding.candidates else ""),
            finding.next_step,
            finding.rule,
        )
        for finding in account.open[:_MOST]
    ]
    more = f" (the first {_MOST})" if len(account.open) > _MOST else ""
    return ContractError(f"{len(account.open):,} rows and cells are open{more}; the layer was not written", problems)
