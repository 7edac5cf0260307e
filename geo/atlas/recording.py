"""What a build leaves beside its outputs: a record of what was made of what; and whether that still holds."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from geo.catalogue import open_catalogue
from geo.errors import CatalogueError, InputError, OutputError, Problem, RequestError
from geo.provenance import (
    RECORD,
    Made,
    Run,
    digest_bytes,
    digest_output,
    merge_made,
    parse_record,
    recorded_version,
    render_record,
)
from geo.readers import find_atlas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from geo.spec import Manifest

__all__ = [
    "STATES",
    "Standing",
    "check_built",
    "find_date",
    "is_altered",
    "is_recorded",
    "record_catalogue",
    "refuse_foreign_record",
    "write_pages",
]


STATES: Final = ("up to date", "stale", "altered", "unrecorded", "missing")
"""What can have become of an output since it was made."""


class Standing(NamedTuple):
    """What became of one output since it was made.

    Attributes
    ----------
    path
        Where it is, or should be.
    kind
        ``catalogue`` or ``page``.
    state
        One of `STATES`. ``stale``: what it was made of has changed; ``altered``: it is not what was written;
        ``unrecorded``: nothing tells what it was made of; ``missing``.
    reasons
        Why.
    """

    path: Path
    kind: str
    state: str
    reasons: tuple[str, ...] = ()


# --- writing --------------------------------------------------------------------------------------------------------


def record_catalogue(folder: Path, place: Path, catalogue: Path, mask: str = "") -> None:
    """Record a catalogue that was just compiled.

    Parameters
    ----------
    folder
        The atlas.
    place
        The folder of the record.
    catalogue
        The catalogue, in that folder or elsewhere in the atlas.
    mask
        The mask that was laid over it.

    Raises
    ------
    OutputError
        When the record cannot be written.
    """
    from geo.outputs import alone_in, write_whole  # noqa: PLC0415  (what an atlas that is up to date need not pay for)

    made = _describe_catalogue(folder, place, catalogue, mask)
    with alone_in(place):
        write_whole(place / RECORD, _render(place, [made]))


def write_pages(
    folder: Path,
    place: Path,
    catalogue: Path,
    pages: Mapping[str, bytes],
    languages: Sequence[str] = (),
    mask: str = "",
) -> None:
    """Write pages and the record of them, all together.

    Parameters
    ----------
    folder
        The atlas.
    place
        The folder of the pages.
    catalogue
        What they were drawn from.
    pages
        File name -> content.
    languages
        What was asked for; empty for those of the atlas.
    mask
        The mask that was laid over the catalogue.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    from geo.outputs import alone_in, write_all  # noqa: PLC0415  (as above)

    source = _describe_catalogue(folder, place, catalogue, mask)
    settings = (("languages", ",".join(languages)),) if languages else ()
    run = Run("draw", recorded_version(), _viewer(), settings, find_date(), ((source.path, source.sha256),))
    made = [source, *(Made(name, digest_bytes(page), run) for name, page in pages.items())]
    with alone_in(place):
        # The record comes last: what it tells of is there.
        record = _render(place, made, pages)
        write_all([*((place / name, page) for name, page in pages.items()), (place / RECORD, record)])


def is_recorded(folder: Path, place: Path, catalogue: Path) -> bool:
    """Return whether a catalogue is, byte for byte, one that was compiled.

    Parameters
    ----------
    folder
        The atlas.
    place
        The folder of the record.
    catalogue
        The catalogue.
    """
    digest = digest_output(catalogue)
    name = _seen_from(place, catalogue, folder)
    return any((each.path, each.sha256) == (name, digest) for each in _read(place))


def is_altered(folder: Path, place: Path, catalogue: Path) -> bool:
    """Return whether a catalogue that was recorded is no longer what was compiled; parameters as for `is_recorded`."""
    name = _seen_from(place, catalogue, folder)
    known = any(each.path == name for each in _read(place))
    return known and not is_recorded(folder, place, catalogue)


def refuse_foreign_record(place: Path) -> None:
    """Raise when a file that is no record stands at the place of the record.

    Raises
    ------
    OutputError
        It would be overwritten.
    """
    path = place / RECORD
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        data, seen = b"x", error.strerror or str(error)
    else:
        seen = "a file that no `memorial build` wrote"
    if not data.strip(b"\0") or b"urn:memorial-atlas:" in data:  # empty, or a record, however damaged
        return
    problem = Problem(str(path), "", "", seen, "a record of a build, or no file", "move it away", "record")
    raise OutputError(f"{path} would be overwritten", [problem])


def _describe_catalogue(folder: Path, place: Path, path: Path, mask: str) -> Made:
    """Return what a record says of a catalogue, from what it says itself."""
    with open_catalogue(path) as catalogue:
        digests, fingerprint = dict(catalogue.value("digests")), str(catalogue.value("digest"))
    settings = (("fingerprint", fingerprint), *((("mask", mask),) if mask else ()))
    run = Run("compile", recorded_version(), "", settings, find_date(), tuple(sorted(digests.items())))
    return Made(_seen_from(place, path, folder), digest_output(path), run)


def _seen_from(place: Path, path: Path, folder: Path) -> str:
    """Return a path as seen from the folder of a record; of a catalogue in another place only the name is told."""
    final, here, atlas = (Path(os.path.realpath(each)) for each in (path, place, folder))
    told = final.is_relative_to(here) or (final.is_relative_to(atlas) and here.is_relative_to(atlas))
    return Path(os.path.relpath(final, here)).as_posix() if told else path.name


def _render(place: Path, made: Sequence[Made], coming: Iterable[str] = ()) -> bytes:
    earlier = _read(place)
    standing = {each.path for each in earlier if (place / each.path).is_file()} | set(coming)
    return render_record(merge_made(earlier, made, standing))


def _read(place: Path) -> list[Made]:
    try:
        return parse_record((place / RECORD).read_bytes())
    except (OSError, ValueError):
        return []


def _viewer() -> str:
    """Return what the viewer in the pages was built from, as the build of the package noted it."""
    stamp = resources.files("geo").joinpath("webmap", "bundle", "built-from.txt")
    return stamp.read_text(encoding="ascii").strip() if stamp.is_file() else ""


def find_date() -> str:
    """Return the time that SOURCE_DATE_EPOCH gives (reproducible-builds.org), as ISO 8601; empty when it is not set.

    Raises
    ------
    RequestError
        When it is not a number of seconds since 1970.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return ""
    try:
        seconds = int(epoch if epoch.isdecimal() else "no number")
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        step = "set it to a number, or unset it"
        problem = Problem("SOURCE_DATE_EPOCH", "", "", epoch, "a number of seconds since 1970", step, "date")
        raise RequestError("The build cannot be dated", [problem]) from None


# --- checking -------------------------------------------------------------------------------------------------------


def check_built(folder: Path, out: Path | None = None) -> list[Standing]:
    """Tell of each output whether it is what was written, and whether what it was made of has changed since.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.
    out
        A folder that pages were written to; ``None`` for the folder of the maps and those of its masks.

    Returns
    -------
    list of Standing
        Folder by folder, the catalogue first. Nothing is written.

    Raises
    ------
    InputError
        When there is no atlas, or its manifest is at fault.
    """
    from geo.readers.manifests import read_manifest  # noqa: PLC0415  (as above)

    folder = find_atlas(folder)
    manifest = read_manifest(folder)
    now = _read_inputs(folder, manifest)
    if out is not None:
        return list(_check_place(out, now, [], []))
    maps = folder / manifest.files.maps
    pages = ["index.html", *sorted(f"{path.stem}.html" for path in maps.glob("*.toml"))]
    found = list(_check_place(maps, now, [_seen_from(maps, folder / manifest.files.catalogue, folder)], pages))
    for mask in manifest.masks:
        if (maps / mask / RECORD).is_file():
            found += _check_place(maps / mask, now, [], [])
    return found


def _read_inputs(folder: Path, manifest: Manifest) -> dict[str, str]:
    """Return the SHA-256 of every input that can be read."""
    from geo.readers.files import digest_file  # noqa: PLC0415  (as above)
    from geo.readers.manifests import list_files  # noqa: PLC0415

    found = {}
    for name in list_files(folder, manifest):
        try:
            found[name] = digest_file(folder / name, name)
        except InputError:
            continue  # it is told as gone
    return found


def _check_place(
    place: Path, now: Mapping[str, str], catalogues: Sequence[str], pages: Sequence[str]
) -> Iterator[Standing]:
    """Yield how the outputs in one folder stand: those that its record tells of, and those that should be there."""
    record = _read(place)
    compiled = {(each.path, each.sha256): each for each in record if each.run.kind == "compile"}
    # Only in the folder of the maps does a catalogue belong to the outputs; elsewhere pages were drawn from it.
    here = {path for path, _ in compiled if (place / path).is_file()}
    for path in sorted({*catalogues, *here}):
        states = [each for each in compiled.values() if each.path == path]
        yield _judge(place, path, "catalogue", states, lambda made: _why_stale(made.run.used, now))
    drawn = [each for each in record if each.run.kind == "draw"]
    for path in dict.fromkeys((*pages, *(each.path for each in drawn))):
        states = [each for each in drawn if each.path == path]
        yield _judge(place, path, "page", states, lambda made: _why_page_stale(made.run, compiled, now))


def _judge(place: Path, path: str, kind: str, states: Sequence[Made], why: Callable[[Made], Iterator[str]]) -> Standing:
    standing = place / path
    digest = digest_output(standing)
    if not digest:
        seen = "never written" if not states else "it was written, and is gone"
        return Standing(standing, kind, "missing", (seen if not standing.exists() else "it cannot be read",))
    found = next((each for each in states if each.sha256 == digest), None)
    if found is not None:
        reasons = tuple(why(found))
        return Standing(standing, kind, "stale" if reasons else "up to date", reasons)
    if not states:
        return Standing(standing, kind, "unrecorded", ("nothing tells what it was made of",))
    return _judge_other(standing, kind, states)


def _judge_other(standing: Path, kind: str, states: Sequence[Made]) -> Standing:
    """Return how an output stands that is none of those that were recorded under its name."""
    reasons = [f"its SHA-256 is {digest_output(standing)[:12]}…, {states[0].sha256[:12]}… was written"]
    if kind == "catalogue":
        try:
            with open_catalogue(standing) as catalogue:
                fingerprint = str(catalogue.value("digest"))
        except CatalogueError as error:
            return Standing(standing, kind, "altered", (*reasons, error.problems[0].seen))
        if all(dict(each.run.settings).get("fingerprint") != fingerprint for each in states):
            return Standing(standing, kind, "unrecorded", ("it was compiled, and the run ended before it said so",))
        reasons.append("a GIS program that only opens it may have changed it")
    return Standing(standing, kind, "altered", tuple(reasons))


def _why_stale(used: Iterable[tuple[str, str]], now: Mapping[str, str]) -> Iterator[str]:
    """Yield what has changed among the inputs of a catalogue."""
    before = {path: digest for path, digest in used if not path.startswith("--")}
    for path in sorted({*before, *now}):
        if path not in now:
            yield f"{path} is gone"
        elif path not in before:
            yield f"{path} is new"
        elif before[path] != now[path]:
            yield f"{path} has changed"


def _why_page_stale(run: Run, compiled: Mapping[tuple[str, str], Made], now: Mapping[str, str]) -> Iterator[str]:
    """Yield what has changed since a page was drawn: the inputs of its catalogue, the program, the viewer."""
    for source in run.used:
        if source in compiled:
            yield from _why_stale(compiled[source].run.used, now)
        else:
            yield "nothing tells what its catalogue was compiled from"
    if run.program != recorded_version():
        yield f"version {run.program} of the program drew it, this is {recorded_version()}"
    elif run.viewer != _viewer():
        yield "the viewer in the pages is another one now"
