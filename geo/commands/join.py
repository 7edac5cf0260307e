"""``memorial join``: a table of one's own, joined to a layer of the atlas."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.commands.manual import NamedPath, Taught
from geo.commands.terminal import answer_data, say, say_lines
from geo.errors import respell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geo.errors import MemorialError
    from geo.importing.corrections import Correction
    from geo.joining import Joined, JoinRequest

__all__ = ["join"]

_REPAIRS = ("spaces", "case", "zeros", "spelling")


@click.command(
    cls=Taught,
    short_help="Join a table of your own to a layer, with a report that adds up.",
    examples=(
        ("memorial join figures.csv --to provinces --by name", "Find the province of each row, in any spelling."),
        (
            "memorial join figures.csv --to provinces --on code=code --out joined.csv",
            "Join by a key; leading zeros that a spreadsheet took away are repaired and reported.",
        ),
        (
            "memorial join visits.csv --to sites --by place --lat Lat --lon Lon --radius 500 --report visits.html",
            "Join by position, and keep a report that can be published.",
        ),
        (
            "memorial join register.parquet --to sites --on site=id --sum victims --per province",
            "Count and sum the rows of a large table by province, without holding it in memory.",
        ),
    ),
)
@click.argument("table", type=NamedPath())
@click.option("--to", "layer", metavar="LAYER", required=True, help="A layer of the atlas: sites, routes, provinces.")
@click.option(
    "--on", "on", metavar="COLUMN=FIELD", help="Join where a column of the table equals a field of the layer."
)
@click.option("--by", type=click.Choice(("name", "place")), help="Join by names and spellings, or by position.")
@click.option("--column", metavar="C", default="", help="With --by name: the column that holds the names.")
@click.option("--lat", metavar="C", default="", help="With --by place: the column of the latitude.")
@click.option("--lon", metavar="C", default="", help="With --by place: the column of the longitude.")
@click.option("--coord", metavar="C", default="", help="With --by place: one column that holds both.")
@click.option(
    "--radius",
    metavar="METRES",
    type=click.FloatRange(min=0),
    help="With --by place and a layer of points: how far a row may lie from its place, beyond what is known of it."
    " Default: 1000.",
)
@click.option("--many", is_flag=True, help="Several rows may belong to one record. Without it, one row each.")
@click.option(
    "--repair",
    "repairs",
    type=click.Choice((*_REPAIRS, "none")),
    multiple=True,
    help="With --on: what may differ between two keys that are the same; repeat it. Default: all of them.",
)
@click.option("--fixes", metavar="FILE", type=NamedPath(), help="Corrections to obey; open questions are added.")
@click.option(
    "--sum",
    "sums",
    metavar="C",
    multiple=True,
    help="Sum this column of the table, exactly, instead of joining row by row; repeat it. Implies --many.",
)
@click.option(
    "--per", metavar="FIELD", help="Count and sum per value of a field of the layer, such as province, or per record."
)
@click.option("--engine", type=click.Choice(("dask",)), help="Sum on many processes: a Parquet table of any size.")
@click.option("--scheduler", metavar="ADDRESS", default="", help="With --engine dask: a cluster that is there already.")
@click.option("--report", metavar="FILE", type=NamedPath(), help="Write the report: .html, .json or .txt.")
@click.option("--out", metavar="FILE", type=NamedPath(), help="Write the joined table (.csv) or layer (.geojson).")
@click.option("--strict", is_flag=True, help="Refuse, with exit code 2, while any row waits for a decision.")
@click.pass_obj
def join(folder: Path, /, table: Path, *, strict: bool, **asked: Any) -> None:  # noqa: ANN401  (what click read)
    """Join TABLE to a layer; each row is matched, or said why not.

    A row is never matched twice, and a tie is never broken by guessing: such rows are set aside, listed with what they
    may mean, and written to the corrections file, which the next run obeys. The joined table goes to standard output
    when no --out is given, else the name of the file; the report goes to standard error.
    """
    from geo.commands.reports import name_path, of_suffix, open_current, spare_given, spare_inputs  # noqa: PLC0415
    from geo.joining import joined_text, open_questions, run_join  # noqa: PLC0415  (imported when it is called)
    from geo.outputs import write_all  # noqa: PLC0415
    from geo.readers.gathering import read_listing  # noqa: PLC0415

    request = _request(asked)
    if asked["sums"] or asked["per"]:
        from geo.commands.sums import answer_sums  # noqa: PLC0415  (as above)

        answer_sums(folder, table, request, asked, strict=strict)
        return
    if table.is_dir():
        raise _folder_refusal(table)
    write, report = _writer(asked["out"]), _reporter(asked["report"])
    outputs = {f"--{name}": asked[name] for name in ("report", "fixes", "out")}
    spare_given(table, outputs)
    spare_inputs(folder, outputs)
    of_suffix("--fixes", asked["fixes"], {".csv": str}, str)
    listing = read_listing(table, respell(table.name))
    corrections = _corrections(asked["fixes"])
    with open_current(folder) as catalogue:
        joined, stale = run_join(catalogue, listing, request, corrections)
    text = write(joined)
    say_lines(joined_text(joined))
    for told in stale:
        say(f"warning: {told}")
    files = [(asked["report"], report(joined))] if asked["report"] else []
    if asked["fixes"]:
        files.append((asked["fixes"], open_questions(joined, corrections)))
    refused = strict and bool(joined.open)
    if asked["out"] and not refused:
        files.append((asked["out"], text))
    write_all([(path, body.encode("utf-8")) for path, body in files])
    for path, _ in files:
        say(f"wrote {name_path(path)}")
    if refused:
        raise _refusal(joined)
    answer_data(f"{name_path(asked['out'])}\n" if asked["out"] else text)


def _request(asked: dict[str, Any]) -> JoinRequest:
    """Return what is asked, or refuse what does not fit together; all at once."""
    from geo.errors import Problem, RequestError  # noqa: PLC0415  (as above)
    from geo.joining import JoinRequest  # noqa: PLC0415

    problems = []

    def refuse(option: str, seen: str, expected: str) -> None:
        problems.append(Problem("the question", option, "", seen, expected))

    texts = {name: respell(asked[name] or "") for name in ("layer", "on", "column", "lat", "lon", "coord")}
    on, by = texts["on"], asked["by"]
    column, equals, field = on.partition("=")
    if bool(on) == bool(by):
        refuse("--on, --by", "both" if on else "neither", "one of --on COLUMN=FIELD, --by name, --by place")
    if on and not (column and equals and field):
        refuse("--on", on, "COLUMN=FIELD: a column of the table and a field of the layer, such as code=code")
    summing = bool(asked["sums"] or asked["per"])
    if by == "place" and not summing and not asked["coord"] and not (asked["lat"] and asked["lon"]):
        refuse("--by place", "no columns", "--lat C --lon C, or --coord C")
    for problem in _unfitting(asked):
        refuse(*problem)
    if "none" in asked["repairs"] and len(asked["repairs"]) > 1:
        refuse("--repair", ", ".join(asked["repairs"]), "none, or what may be repaired")
    if by == "place" and bool(asked["lat"]) != bool(asked["lon"]):
        refuse("--by place", "one of --lat, --lon", "--lat C --lon C, --coord C, or for GeoParquet neither")
    if by == "name" and summing:
        refuse("--by name", "--sum or --per", "--on or --by place; join by name first, and sum what --out wrote")
    if asked["fixes"] and summing:
        refuse("--fixes", "--sum or --per", "one of them; join with corrections first, and sum what --out wrote")
    if asked["engine"] and not summing:
        refuse("--engine", asked["engine"], "--sum C, --per FIELD, or both: rows one by one are joined in one process")
    if asked["scheduler"] and not asked["engine"]:
        refuse("--scheduler", asked["scheduler"], "--engine dask")
    if problems:
        raise RequestError("This join cannot be made", problems)
    repairs = () if "none" in asked["repairs"] else asked["repairs"] or _REPAIRS
    return JoinRequest(
        layer=texts["layer"],
        by=by if by in {"name", "place"} else "key",
        column=column or texts["column"],
        field=field,
        lat=texts["lat"],
        lon=texts["lon"],
        coord=texts["coord"],
        radius_m=asked["radius"],
        many=asked["many"],
        repairs=repairs,
    )


def _unfitting(asked: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield each option that has no meaning beside the others: which it is, what was given, what is expected."""
    fitting = {"column": ("--by name", asked["by"] == "name"), "repairs": ("--on COLUMN=FIELD", bool(asked["on"]))}
    fitting |= dict.fromkeys(("lat", "lon", "coord", "radius"), ("--by place", asked["by"] == "place"))
    for name, (beside, fits) in fitting.items():
        given = asked[name]
        if given not in ("", (), None) and not fits:
            told = (
                ", ".join(given) if isinstance(given, tuple) else f"{given:g}" if name == "radius" else respell(given)
            )
            yield "--repair" if name == "repairs" else f"--{name}", told, f"{beside} together with it"
    if asked["coord"] and (asked["lat"] or asked["lon"]):
        yield "--coord", f"--coord {respell(asked['coord'])} and --lat or --lon", "one of --coord C and --lat C --lon C"
    if asked["radius"] is not None and not math.isfinite(asked["radius"]):
        yield "--radius", str(asked["radius"]), "a number of metres"


def _writer(out: Path | None) -> Callable[[Joined], str]:
    from geo.commands.reports import of_suffix  # noqa: PLC0415  (as above)
    from geo.joining import joined_csv, joined_geojson  # noqa: PLC0415  (as above)

    return of_suffix("--out", out, {".csv": joined_csv, ".geojson": joined_geojson}, joined_csv)


def _reporter(report: Path | None) -> Callable[[Joined], str]:
    from geo.commands.reports import of_suffix  # noqa: PLC0415  (as above)
    from geo.joining import joined_json, joined_report, joined_text  # noqa: PLC0415  (as above)
    from geo.reporting import render_report  # noqa: PLC0415

    known: dict[str, Callable[[Joined], str]] = {
        ".html": lambda joined: render_report(joined_report(joined)),
        ".json": joined_json,
        ".txt": joined_text,
    }
    return of_suffix("--report", report, known, joined_text)


def _corrections(path: Path | None) -> list[Correction]:
    from geo.importing.corrections import read_corrections  # noqa: PLC0415  (as above)
    from geo.readers.gathering import read_listing  # noqa: PLC0415

    return read_corrections(read_listing(path, path.name), path.name) if path and path.exists() else []


def _folder_refusal(table: Path) -> MemorialError:
    from geo.errors import Problem, RequestError  # noqa: PLC0415  (as above)

    step = "count and sum it with --per FIELD, --sum C, or both"
    return RequestError(
        "A folder of files is summed, not joined row by row",
        [Problem(respell(str(table)), "", "", "a folder", "a file", step)],
    )


def _refusal(joined: Joined) -> MemorialError:
    from geo.errors import ContractError, Problem  # noqa: PLC0415  (as above)

    problems = [
        Problem(joined.file, f"{joined.unit} {row.number}", "", row.sought or "(empty)", "a decision", row.said, "join")
        for row in joined.open
    ]
    return ContractError(f"{len(problems):,} rows wait for a decision; the joined table was not written", problems)
