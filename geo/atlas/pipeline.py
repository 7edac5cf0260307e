"""The pipeline, readable as a list: read, check, join, compile; then a page from what was compiled."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from geo.atlas.recording import find_date, is_recorded, record_catalogue, refuse_foreign_record, write_pages
from geo.catalogue import open_catalogue
from geo.catalogue.freshness import (
    date_before,
    date_catalogue,
    find_number,
    find_untouched,
    read_digest,
    say_unusable,
)
from geo.errors import ContractError, InputError, Problem, RequestError
from geo.readers import find_atlas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from geo.joins import JoinReport
    from geo.readers import Inputs
    from geo.spec import Manifest

    Step = Callable[[str], object]

__all__ = [
    "Compiled",
    "build_maps",
    "check_folder",
    "check_map_names",
    "compile_aside",
    "compile_atlas",
    "compile_masked",
]


_PATIENCE: Final = 4
"""How many times an atlas is read again because somebody was writing to it."""


def _ignore(_: object) -> None:
    """Do nothing with what is told."""


class Compiled(NamedTuple):
    """What became of the catalogue.

    Attributes
    ----------
    path
        Where it stands.
    rebuilt
        Whether it was compiled now; if not, nothing had changed since it was.
    problems
        Warnings of the checks; empty when nothing was compiled.
    reports
        What each join matched and what it did not; empty when nothing was compiled.
    why
        Why it had to be compiled, where no input is new or changed.
    """

    path: Path
    rebuilt: bool
    problems: tuple[Problem, ...] = ()
    reports: tuple[JoinReport, ...] = ()
    why: str = ""


def compile_atlas(folder: Path, *, force: bool = False, step: Step = _ignore) -> Compiled:
    """Bring the catalogue of an atlas up to date.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.
    force
        Compile even when no input has changed.
    step
        Called with the name of each step of the work as it begins.

    Returns
    -------
    Compiled
        Where the catalogue stands, and what was done.

    Raises
    ------
    InputError
        When there is no atlas, or a file of it cannot be read.
    ContractError
        When the atlas breaks its contract; with every problem, warnings among them.
    OutputError
        When the catalogue cannot be written.
    """
    folder = find_atlas(folder)
    untouched = None if force else find_untouched(folder, time.time_ns())
    if untouched:
        return Compiled(untouched, rebuilt=False)

    from geo.readers.manifests import digest_atlas, read_manifest  # noqa: PLC0415  (not at rest)

    manifest = read_manifest(folder)
    path = folder / manifest.files.catalogue
    begun = time.time_ns()
    number = find_number(path)
    why = say_unusable(path)
    if not force and (known := read_digest(path)) and known == digest_atlas(folder)[0]:
        date_catalogue(path, begun, number)
        return Compiled(path, rebuilt=False)
    return _compile(folder, path, step, record=folder / manifest.files.maps)._replace(why=why)


def compile_aside(folder: Path, aside: Path, *, step: Step = _ignore) -> Path:
    """Return a catalogue of an atlas without writing to its folder: its own if it is up to date, else a new one.

    Parameters
    ----------
    folder
        The atlas itself: no folder above it is looked at.
    aside
        Where the new catalogue goes.
    step
        As in `compile_atlas`.

    Returns
    -------
    Path
        The catalogue, which is `aside` or the atlas's own.

    Raises
    ------
    InputError, ContractError, OutputError
        As `compile_atlas`.
    """
    from geo.readers.manifests import digest_atlas, read_manifest  # noqa: PLC0415  (as above)

    own = folder / read_manifest(folder).files.catalogue
    known = read_digest(own)
    return own if known and known == digest_atlas(folder)[0] else _compile(folder, aside, step).path


def compile_masked(folder: Path, mask: str, target: Path, *, force: bool = False, step: Step = _ignore) -> Compiled:
    """Bring the catalogue of an atlas under a mask up to date: positions are coarsened before anything is written.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.
    mask
        A mask of its manifest.
    target
        The folder in which the masked catalogue stands, under the file name of the atlas's own.
    force, step
        As in `compile_atlas`.

    Returns
    -------
    Compiled
        Where the masked catalogue stands, and what was done.

    Raises
    ------
    RequestError
        When there is no such mask, or the masked catalogue would take the place of the atlas's own.
    InputError, ContractError, OutputError
        As `compile_atlas`.
    """
    from geo.masking import find_mask  # noqa: PLC0415  (as above)
    from geo.readers.manifests import digest_atlas, fingerprint, read_manifest  # noqa: PLC0415

    folder = find_atlas(folder)
    manifest = read_manifest(folder)
    find_mask(manifest.masks, mask)
    own = folder / manifest.files.catalogue
    path = target / own.name
    if os.path.realpath(path) == os.path.realpath(own):
        expected = "a folder of its own for the masked version"
        problem = Problem("the question", "--out", "", f"{target}", expected, "name another folder with --out")
        raise RequestError("The masked catalogue would replace the whole one", [problem])
    why = say_unusable(path)
    known = "" if force else read_digest(path)
    if known and known == fingerprint(digest_atlas(folder)[1] | {"--mask": mask}):
        return Compiled(path, rebuilt=False)
    return _compile(folder, path, step, mask, record=target)._replace(why=why)


def check_folder(
    folder: Path, *, withheld: Path | None = None, step: Step = _ignore
) -> tuple[list[Problem], tuple[JoinReport, ...]]:
    """Return every problem of an atlas and the report of every join; nothing is written.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.
    withheld
        A list of people who are not to be named, outside the atlas: every text is searched for them.
    step
        Called with the name of each step of the work as it begins.

    Returns
    -------
    tuple of list and tuple
        Problems in the order in which they should be read, and join reports.

    Raises
    ------
    InputError
        When there is no atlas, or a file of it or the list cannot be read.
    """
    from geo.checks import check_atlas, find_withheld  # noqa: PLC0415  (as above)
    from geo.joins import join_all  # noqa: PLC0415
    from geo.ledger import cite_sources  # noqa: PLC0415
    from geo.readers import read_atlas, read_beside, read_withheld  # noqa: PLC0415

    found = find_atlas(folder)
    names = read_withheld(withheld, found) if withheld else {}
    step("reading the atlas")
    inputs = read_atlas(found, step)
    problems = check_atlas(inputs, step)
    if names:
        step("looking for names")
        beside, unread = read_beside(found, inputs.digests)
        problems += [*find_withheld(inputs, names, beside), *unread]
    step("citing its sources")
    try:
        cite_sources(inputs.sources)
    except ContractError as error:
        problems += error.problems
    return problems, join_all(inputs)


def build_maps(  # noqa: PLR0913  (one for each choice of the command)
    folder: Path,
    names: Sequence[str] = (),
    out: Path | None = None,
    languages: Sequence[str] = (),
    mask: str = "",
    *,
    split: bool = False,
    tell: Callable[[Compiled], object] = _ignore,
    step: Step = _ignore,
) -> list[Path]:
    """Write maps as HTML files that need nothing but a browser.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.
    names
        Which maps, by the names of their definitions, or ``index`` for the cover; all of them and the cover when
        empty.
    out
        The folder to write to, created when missing; beside the definitions when ``None`` (but see `mask`).
    languages
        The languages that the pages speak, the first one first; those of the manifest when empty.
    mask
        A mask of the manifest, laid over all positions; without `out` the masked version goes into a folder of that
        name beside the definitions of the maps, together with its catalogue. No mask when empty.
    split
        Whether a page of very many places is written with its data beside it (`geo.webmap.render_files`).
    tell
        Called with what became of the catalogue, before the pages are rendered.
    step
        Called with the name of each step of the work as it begins.

    Returns
    -------
    list of Path
        The files written, in the order of `names`, or the cover first; data beside a page before the page.

    Raises
    ------
    RequestError
        When a map, a language or a mask does not exist in this atlas, or a page is too large for one file.
    InputError, ContractError, OutputError
        As `compile_atlas`, or when a page cannot be written; every page that stood there is then still whole.

    Notes
    -----
    All pages are rendered before the first one is written, and all are written before the first one takes its place.
    The record of what was made of what comes last. A catalogue that is not, byte for byte, the one that was compiled is
    compiled anew, so that nothing but the inputs gets into a page.
    """
    from geo.readers import read_manifest  # noqa: PLC0415
    from geo.webmap import page_names, render_files, render_map  # noqa: PLC0415

    folder = find_atlas(folder)
    manifest = read_manifest(folder)
    _check_request(folder, manifest, names, languages)
    find_date()
    target = out if out is not None else folder / manifest.files.maps / mask
    bring = partial(compile_masked, mask=mask, target=target) if mask else compile_atlas
    compiled = bring(folder, step=step)
    record = target if mask else folder / manifest.files.maps
    if not compiled.rebuilt and not is_recorded(folder, record, compiled.path):
        compiled = bring(folder, force=True, step=step)._replace(why="no record vouches for what stood there")
    tell(compiled)
    with open_catalogue(compiled.path) as catalogue:
        wanted = tuple(dict.fromkeys(names)) or page_names(catalogue)
        files: dict[str, bytes] = {}
        for name in wanted:
            step(f"drawing the map {name}")
            for file, text in render_files(render_map(catalogue, name, languages), split=split):
                files[file] = text.encode("utf-8")
    _make_folder(target)
    refuse_foreign_record(target)
    write_pages(folder, target, compiled.path, files, languages, mask)
    return [target / name for name in files]


# --- what the pipeline needs ----------------------------------------------------------------------------------


def _compile(folder: Path, path: Path, step: Step, mask: str = "", record: Path | None = None) -> Compiled:
    """Read, check, join and compile an atlas into a catalogue; as `compile_atlas` in all it raises.

    Where there is a folder for the `record`, the catalogue is recorded there.
    """
    from geo.catalogue import write_catalogue  # noqa: PLC0415  (what an atlas that is up to date need not pay for)
    from geo.catalogue.owning import refuse_foreign  # noqa: PLC0415
    from geo.columns import release_memory  # noqa: PLC0415
    from geo.joins import join_all  # noqa: PLC0415
    from geo.ledger import cite_sources  # noqa: PLC0415
    from geo.readers.manifests import fingerprint  # noqa: PLC0415

    refuse_foreign(path)
    if record is not None:
        refuse_foreign_record(record)
        find_date()
    step("reading the atlas")
    begun, inputs, problems = _check_at_rest(folder, step)
    if any(problem.severity == "error" for problem in problems):
        raise ContractError(f"{_count_errors(problems)}; nothing was written", problems)
    digests = inputs.digests or {}
    if mask:
        from geo.masking import mask_inputs  # noqa: PLC0415

        step("laying the mask over it")
        inputs, _ = mask_inputs(inputs, mask)
        digests = digests | {"--mask": mask}
    step("citing its sources")
    notes = cite_sources(inputs.sources)
    reports: list[JoinReport] = []

    def join(inputs: Inputs) -> Iterator[JoinReport]:
        # Under the mask: a report says where a place lies, and how far from where it should.
        step("joining its tables")
        reports.extend(join_all(inputs))
        yield from reports

    step("compiling the catalogue")
    _make_folder(path.parent)
    # It bears the time when its inputs were read from the moment it stands there: what changed since is seen as newer.
    write_catalogue(path, inputs, join(inputs), notes, fingerprint(digests), date_before(begun))
    del inputs  # what comes next needs the room that a large atlas takes
    release_memory()
    if record is not None:
        _make_folder(record)
        record_catalogue(folder, record, path, mask)
    return Compiled(path, rebuilt=True, problems=tuple(problems), reports=tuple(reports))


def _check_at_rest(folder: Path, step: Step) -> tuple[int, Inputs, list[Problem]]:
    """Read and check an atlas, again if somebody writes to it meanwhile.

    Returns the moment before, in nanoseconds since the epoch, what was read, and what the checks found.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  (as above)

    from geo.checks import check_atlas  # noqa: PLC0415
    from geo.readers import read_atlas  # noqa: PLC0415
    from geo.readers.inputs import RESTLESS, hold_rest  # noqa: PLC0415

    patience = _PATIENCE
    while True:
        begun = time.time_ns()
        try:
            inputs = read_atlas(folder, step, rested=False)
            # Files are hashed without the lock of Python, while the checks run.
            with ThreadPoolExecutor(1) as beside:
                resting = beside.submit(hold_rest, inputs)
                problems = check_atlas(inputs, step)
                resting.result()
        except InputError as error:
            if not patience or any(problem.rule != RESTLESS for problem in error.problems):
                raise
            patience -= 1
        else:
            return begun, inputs, problems


def _make_folder(folder: Path) -> None:
    """Create a folder for outputs; where that fails, writing into it says why."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)


def _count_errors(problems: Iterable[Problem]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    return f"{errors:,} {'breach' if errors == 1 else 'breaches'} of the data contract"


def _check_request(folder: Path, manifest: Manifest, names: Sequence[str], languages: Sequence[str]) -> None:
    """Raise when a map or a language is asked for that the atlas does not have; before anything is compiled."""
    check_map_names(names, sorted(path.stem for path in (folder / manifest.files.maps).glob("*.toml")))
    spoken = manifest.atlas.languages
    problems = [
        Problem("the question", "--lang", "", language, f"one of {', '.join(spoken)}")
        for language in languages
        if language not in spoken
    ]
    if problems:
        raise RequestError("This atlas does not speak that language", problems)


def check_map_names(names: Iterable[str], known: Sequence[str]) -> None:
    """Require that every map that is asked for exists.

    Raises
    ------
    RequestError
        When one does not; with the names that were probably meant.
    """
    from geo.gazetteer import suggest_terms  # noqa: PLC0415
    from geo.webmap import COVER  # noqa: PLC0415

    known = (COVER, *known)
    problems = []
    for name in names:
        if name not in known:
            guesses = suggest_terms(name, known)
            next_step = f"did you mean {' or '.join(guesses)}?" if guesses else ""
            problems.append(Problem("the question", "--map", "", name, f"one of {', '.join(known)}", next_step))
    if problems:
        raise RequestError("There is no such map", problems)
