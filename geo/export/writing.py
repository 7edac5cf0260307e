"""One export from the catalogue to the disk: whole or not at all, nothing lost without a word."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import OutputError, Problem, RequestError
from geo.export.archives import write_archive
from geo.export.content import Content, Loss
from geo.export.formats import FORMATS, find_format
from geo.export.frames import move_content, target_crs
from geo.export.losses import fit_layer, render_losses
from geo.export.package import Written, describe_package, render_json, render_readme
from geo.export.reading import read_content, stand_on_ground
from geo.export.sheets import sheet_names, spread_positions
from geo.outputs import scratch_beside, whole_files

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.catalogue import Catalogue
    from geo.export.content import Layer, Transformation, Wanted
    from geo.export.formats import Format

__all__ = ["Exported", "Fitted", "describe_file", "fit_content", "refuse_losses", "write_export", "write_files"]

DESCRIPTOR: Final = "datapackage.json"
README: Final = "README.md"
LOSSES: Final = "losses.txt"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes
    ----------
    paths
        The export, then the files that go with it.
    title
        The format.
    layers
        Layer or table -> how many records of it were written.
    losses
        What the format could not carry.
    transformation
        How positions came into the reference system; ``None`` when they are as in the atlas.
    lacks
        What the format asks for that the atlas does not say, in sentences.
    """

    paths: tuple[Path, ...]
    title: str
    layers: dict[str, int]
    losses: tuple[Loss, ...]
    transformation: Transformation | None
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitted:
    """What will be written.

    Attributes
    ----------
    content
        The layers and tables as the format carries them, and beside them what its writer weaves into them.
    files
        Name of each file -> the layers in it, and its format.
    losses
        What the format cannot carry.
    """

    content: Content
    files: dict[str, tuple[tuple[Layer, ...], Format]]
    losses: tuple[Loss, ...]


def write_export(
    catalogue: Catalogue, out: Path, wanted: Wanted, form: str = "", crs: str = "", *, allow_loss: bool = False
) -> Exported:
    """Write selected records as a file for GIS programs.

    Parameters
    ----------
    catalogue
        The compiled atlas.
    out
        The file; a name that ends in ``.zip`` is an archive of files, one for each layer.
    wanted
        Which records.
    form
        A key of `FORMATS`; empty to tell the format from the name of the file.
    crs
        The reference system of the positions, ``EPSG:n``; empty for WGS 84, as in the atlas.
    allow_loss
        Whether what the format cannot carry may be lost; a report of it then stands beside the file.

    Returns
    -------
    Exported
        What was written.

    Raises
    ------
    RequestError
        When the format is not known, cannot hold what is asked for, or would lose something that may not be lost: one
        problem for each loss.
    OutputError
        When the file cannot be written; whatever stood there is unchanged.
    CatalogueError
        When the catalogue is damaged.

    Notes
    -----
    The same catalogue and question give the same bytes.
    """
    form, archive = find_format(out.name, form)
    row = FORMATS[form]
    target = target_crs(crs, row)
    content = read_content(
        catalogue, wanted, tables=archive or (row.many and row.tables) or bool(row.linked) or wanted.whole
    )
    if row.drawn:
        content = stand_on_ground(content, catalogue, out.name)
    if target is not None:
        content = move_content(content, target)
    fitted = fit_content(content, row, out.name, archive=archive)
    if fitted.losses and not (allow_loss or row.drawn):
        raise refuse_losses(out.name, row, fitted.losses)
    paths = (_write_archived if archive else _write_single)(out, fitted, row)
    layers = {layer.name: len(layer) for held, _ in fitted.files.values() for layer in held}
    return Exported(paths, row.title, layers, fitted.losses, content.transformation, fitted.content.lacks)


def fit_content(content: Content, row: Format, name: str, *, archive: bool) -> Fitted:
    """Return content as a format carries it, in files, with everything that is lost.

    Parameters
    ----------
    content
        What is to be written.
    row
        The format.
    name
        The name of the file, when there is only one.
    archive
        Whether there are many files, one for each layer; tables are CSV where the format has none.

    Raises
    ------
    RequestError
        When what was asked for by name cannot be held by the format, or one file cannot hold all of it.
    """
    losses: list[Loss] = []
    problems: list[Problem] = []
    placed: list[tuple[Layer, Format]] = []
    for layer in content.layers:
        holder = _holder(layer, row, archive=archive)
        if holder is not None:
            moved = spread_positions(layer, content.crs) if holder.sheets else layer
            fitted, lost = fit_layer(moved, holder.limits)
            placed.append((fitted, holder))
            losses += lost
        elif layer.schema in row.linked and layer.name not in content.wanted.layers:
            continue
        elif content.wanted.whole:
            seen, fits = f"a {'layer' if layer.geometry else 'table'} of {len(layer):,} records", _takes(layer, row)
            losses.append(Loss(layer.name, "", "dropped", len(layer), seen, fits, "it is left out"))
        elif layer.name in content.wanted.layers:
            step = "leave it out, or choose a GeoPackage"
            problems.append(Problem("the question", "LAYER", "", layer.name, _takes(layer, row), step, "format"))
    if not archive and not row.many and len(placed) > 1:
        problems.append(_too_many(name, [layer for layer, _ in placed], row))
    if problems:
        raise RequestError(f"{row.title} cannot hold what is asked for", problems)
    if not placed:
        problem = Problem("the question", "LAYER", "", "no layer", f"a layer that {row.title} can hold", "", "format")
        raise RequestError(f"{row.title} cannot hold what is asked for", [problem])
    files: dict[str, tuple[tuple[Layer, ...], Format]] = {}
    if archive and not row.many:
        files = {f"{layer.name}{holder.suffix}": ((layer,), holder) for layer, holder in placed}
    elif archive:
        files = {f"{content.atlas['id']}{row.suffix}": (tuple(layer for layer, _ in placed), row)}
        files |= {f"{layer.name}{holder.suffix}": ((layer,), holder) for layer, holder in placed if holder is not row}
    else:
        files = {name: (tuple(layer for layer, _ in placed), row)}
    losses += row.tell_left_out(content)
    whole = Fitted(content, files, tuple(losses))
    told = (holder.tell_lacking(_woven(whole, layers, holder)) for layers, holder in files.values())
    return replace(whole, content=replace(content, lacks=tuple(filter(None, told))))


def _holder(layer: Layer, row: Format, *, archive: bool) -> Format | None:
    """Return the format that holds a layer: the one that was asked for, CSV for a table in an archive, or none."""
    if layer.geometry and (not row.schemas or layer.schema in row.schemas):
        return row
    if not layer.geometry and row.tables:
        return row
    return FORMATS["csv"] if archive and not layer.geometry else None


def _takes(layer: Layer, row: Format) -> str:
    """Return what a format takes in place of a layer."""
    return f"layers of places ({', '.join(row.schemas)})" if layer.geometry else "layers only"


def _too_many(name: str, layers: Sequence[Layer], row: Format) -> Problem:
    names = ", ".join(layer.name for layer in layers)
    step = f"name one layer, such as `memorial export {name} {layers[0].name}`, or write {name}.zip"
    return Problem("the question", "LAYER", "", names, f"one layer in a {row.title} file", step, "format")


def refuse_losses(name: str, row: Format, losses: Sequence[Loss]) -> RequestError:
    """Return the error of an export that would lose something: one problem for each loss."""
    problems = [
        Problem(
            loss.layer,
            "",
            loss.field,
            f"{loss.seen}{loss.named}",
            loss.expected,
            f"with --allow-loss, {loss.what}",
            "loss",
        )
        for loss in losses
    ]
    return RequestError(f"{name} was not written: {row.title} cannot carry everything; a GeoPackage can", problems)


# --- files ------------------------------------------------------------------------------------------------------------


def write_files(folder: Path, fitted: Fitted) -> dict[str, Path]:
    """Write every file of an export into a folder; return name -> file, the sister files of a Shapefile among them."""
    found: dict[str, Path] = {}
    for name, (layers, row) in fitted.files.items():
        row.write(folder / name, _woven(fitted, layers, row))
        if row.archive:
            stem = Path(name).stem
            sisters = sorted(folder.glob(f"{stem}.*"), key=lambda path: (path.suffix != row.suffix, path.name))
            found |= {path.name: path for path in sisters}
        else:
            found[name] = folder / name
    return found


def _woven(fitted: Fitted, layers: Sequence[Layer], row: Format) -> Content:
    """Return the content of one file: its layers, and the tables that the writer weaves into them."""
    linked = [layer for layer in fitted.content.layers if layer.schema in row.linked]
    return replace(fitted.content, layers=(*layers, *linked))


def describe_file(name: str, path: Path, fitted: Fitted) -> list[Written]:
    """Return what a data package says of one file: one for each layer in it, for a picture one without columns."""
    layers, row = fitted.files[name]
    digest, size = _digest(path), path.stat().st_size
    if row.drawn:
        return [Written(name, None, row.media, digest, size)]
    found = []
    sheets = sheet_names(layer.name for layer in layers)
    for layer in layers:
        inside = {row.inside: sheets[layer.name] if row.sheets else layer.name} if row.inside else {}
        found.append(Written(name, layer, row.media, digest, size, inside))
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def _accompany(
    fitted: Fitted, row: Format, written: Sequence[Written], names: Sequence[str], prefix: str
) -> dict[str, bytes]:
    """Return the files that go with an export: descriptor, README and, where something was lost, the report of it."""
    descriptor = describe_package(fitted.content, written, fitted.losses, f"{prefix}{README}")
    found = {
        f"{prefix}{DESCRIPTOR}": render_json(descriptor),
        f"{prefix}{README}": render_readme(fitted.content, names, fitted.losses, row.title),
    }
    if fitted.losses:
        found[f"{prefix}{LOSSES}"] = render_losses(fitted.losses, row.title).encode()
    return found


def _write_single(out: Path, fitted: Fitted, row: Format) -> tuple[Path, ...]:
    """Write one file and, beside it under its name, what goes with it."""
    (layers, _) = fitted.files[out.name]
    companions = (DESCRIPTOR, README, *([LOSSES] if fitted.losses else []))
    # The export is put in place last: what describes it is there when it appears.
    paths = [*(out.with_name(f"{out.name}.{name}") for name in companions), out]
    with whole_files(paths) as partials:
        row.write(partials[-1], _woven(fitted, layers, row))
        written = describe_file(out.name, partials[-1], fitted)
        beside = _accompany(fitted, row, written, [out.name], f"{out.name}.")
        for path, partial in zip(paths[:-1], partials, strict=False):
            with partial.open("wb") as companion:
                companion.write(beside[path.name])
    if not fitted.losses:
        _remove_report(out)
    return (out, *paths[:-1])


def _write_archived(out: Path, fitted: Fitted, row: Format) -> tuple[Path, ...]:
    """Write every file and what goes with it into one archive; the report of losses also stands beside it."""
    reports = [out.with_name(f"{out.name}.{LOSSES}")] if fitted.losses else []
    with scratch_beside(out) as scratch, whole_files([*reports, out]) as partials:
        members = write_files(scratch, fitted)
        written = [entry for name in fitted.files for entry in describe_file(name, members[name], fitted)]
        beside = _accompany(fitted, row, written, list(members), "")
        write_archive(partials[-1], {**beside, **members})
        for partial in partials[:-1]:
            with partial.open("wb") as report:
                report.write(beside[LOSSES])
    if not reports:
        _remove_report(out)
    return (out, *reports)


def _remove_report(out: Path) -> None:
    """Remove the report of an earlier export under this name that lost something, now that this one does not."""
    try:
        with suppress(FileNotFoundError):
            out.with_name(f"{out.name}.{LOSSES}").unlink()
    except OSError as error:
        report = f"{out.name}.{LOSSES}"
        problem = Problem(report, "", "", error.strerror or str(error), "a report that can be removed", "remove it")
        raise OutputError("The report of an earlier export is out of date", [problem]) from error
