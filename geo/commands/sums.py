"""``memorial join --sum --per``: the rows of a table counted and summed over a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.commands.reports import name_path, of_suffix, open_current, spare_given, spare_inputs
from geo.commands.terminal import answer_data, progress, say, say_lines
from geo.errors import respell

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from geo.joining import Engine, JoinRequest, Summed
    from geo.readers.datasets import Dataset
    from geo.readers.listings import Listing

__all__ = ["answer_sums"]


def answer_sums(folder: Path, table: Path, request: JoinRequest, asked: dict[str, Any], *, strict: bool) -> None:
    """Count and sum the rows of a table, print or write the sums, and say what adds up.

    Parameters
    ----------
    folder
        Where the atlas is looked for.
    table
        The table.
    request
        What is joined.
    asked
        The options of the command.
    strict
        Whether to refuse while a row or a cell waits for a decision.

    Raises
    ------
    MemorialError
        As `geo.joining.run_sums`; or with `strict`, when something waits.
    """
    from geo.joining import run_sums, sums_csv, sums_text  # noqa: PLC0415  (imported when it is called)
    from geo.outputs import write_all  # noqa: PLC0415  (as above)

    out, report = asked["out"], asked["report"]
    of_suffix("--out", out, {".csv": sums_csv}, sums_csv)
    tell = _reporter(report)
    outputs = {"--report": report, "--out": out}
    spare_given(table, outputs)
    spare_inputs(folder, outputs)
    opened = _open_table(table, asked["engine"])
    engine = _engine(asked)
    with open_current(folder) as catalogue, progress() as step:
        summed = run_sums(
            catalogue,
            opened,
            request,
            (tuple(map(respell, asked["sums"])), respell(asked["per"] or "record")),
            engine,
            step,
        )
    say_lines(sums_text(summed))
    _hold_strict(summed, strict=strict)
    files = [(report, tell(summed).encode("utf-8"))] if report else []
    if out:
        files.append((out, "".join(sums_csv(summed)).encode("utf-8")))
    write_all(files)
    for path, _ in files:
        say(f"wrote {name_path(path)}")
    answer_data(f"{name_path(out)}\n" if out else sums_csv(summed))


def _engine(asked: dict[str, Any]) -> Engine:
    from geo.joining import sum_here  # noqa: PLC0415  (as above)

    if not asked["engine"]:
        return sum_here
    from geo.spreading import spread_over  # noqa: PLC0415  (only this loads dask)

    return spread_over(asked["scheduler"])


def _open_table(table: Path, engine: str | None) -> Dataset | Listing:
    """Return a dataset that is read part by part, or the rows of any other file.

    Raises
    ------
    MemorialError
        It cannot be read, or it is not Parquet and another engine is asked for.
    """
    from geo.errors import Problem, RequestError  # noqa: PLC0415  (as above)
    from geo.readers.datasets import DATASET_SUFFIXES, open_dataset  # noqa: PLC0415  (as above)
    from geo.readers.gathering import read_listing  # noqa: PLC0415  (as above)

    name = respell(table.name)
    if table.is_dir() or table.suffix.lower() in DATASET_SUFFIXES:
        return open_dataset(table, name)
    if engine:
        expected = f"a file that ends in {', '.join(DATASET_SUFFIXES)}, or a folder of them"
        step = "write it as Parquet, or leave out --engine"
        raise RequestError("This table has no parts", [Problem(name, "", "--engine", engine, expected, step)])
    return read_listing(table, name)


def _reporter(report: Path | None) -> Callable[[Summed], str]:
    from geo.joining import sums_json, sums_report, sums_text  # noqa: PLC0415  (as above)
    from geo.reporting import render_report  # noqa: PLC0415  (as above)

    known: dict[str, Callable[[Summed], str]] = {
        ".html": lambda summed: render_report(sums_report(summed)),
        ".json": sums_json,
        ".txt": sums_text,
    }
    return of_suffix("--report", report, known, sums_text)


def _hold_strict(summed: Summed, *, strict: bool) -> None:
    """Refuse while anything waits, when that is asked for.

    Raises
    ------
    ContractError
        A row is not matched, or a cell is not a number.
    """
    from geo.errors import ContractError  # noqa: PLC0415  (as above)
    from geo.joining import open_sums  # noqa: PLC0415  (as above)

    waiting, problems = open_sums(summed)
    if strict and waiting:
        message = f"{waiting:,} rows and cells wait for a decision, the first of them are named; nothing was written"
        raise ContractError(message, problems)
