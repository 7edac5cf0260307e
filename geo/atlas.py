"""The pipeline, readable as a list: read, check, join, compile; then a page from what was compiled."""

from __future__ import annotations

import json
import math
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from geo.catalogue import open_catalogue
from geo.catalogue.freshness import date_catalogue, find_untouched, read_digest
from geo.errors import ContractError, Problem, RequestError
from geo.readers import find_atlas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import folium
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from geo.catalogue import Catalogue
    from geo.joins import JoinReport
    from geo.spec import Manifest

    Step = Callable[[str], object]

__all__ = [
    "Atlas",
    "Compiled",
    "build_maps",
    "check_folder",
    "compile_aside",
    "compile_atlas",
    "compile_masked",
    "open_atlas",
]


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
    """

    path: Path
    rebuilt: bool
    problems: tuple[Problem, ...] = ()
    reports: tuple[JoinReport, ...] = ()


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

    path = folder / read_manifest(folder).files.catalogue
    begun = time.time_ns()
    if not force and read_digest(path) == digest_atlas(folder)[0]:
        date_catalogue(path, begun)
        return Compiled(path, rebuilt=False)

    compiled = _compile(folder, path, step)
    date_catalogue(path, begun)
    return compiled


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
    return own if read_digest(own) == digest_atlas(folder)[0] else _compile(folder, aside, step).path


def compile_masked(folder: Path, mask: str, target: Path, *, step: Step = _ignore) -> Compiled:
    """Bring the catalogue of an atlas under a mask up to date: positions are coarsened before anything is written.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.
    mask
        A mask of its manifest.
    target
        The folder in which the masked catalogue stands, under the file name of the atlas's own.
    step
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
    if path.resolve() == own.resolve():
        expected = "a folder of its own for the masked version"
        problem = Problem("the question", "--out", "", f"{target}", expected, "name another folder with --out")
        raise RequestError("The masked catalogue would replace the whole one", [problem])
    if read_digest(path) == fingerprint(digest_atlas(folder)[1] | {"--mask": mask}):
        return Compiled(path, rebuilt=False)
    return _compile(folder, path, step, mask)


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
    inputs = read_atlas(found)
    step("checking it")
    problems = check_atlas(inputs)
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


def build_maps(
    folder: Path,
    names: Sequence[str] = (),
    out: Path | None = None,
    languages: Sequence[str] = (),
    mask: str = "",
    *,
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
    tell
        Called with what became of the catalogue, before the pages are rendered.
    step
        Called with the name of each step of the work as it begins.

    Returns
    -------
    list of Path
        The files written, in the order of `names`, or the cover first.

    Raises
    ------
    RequestError
        When a map, a language or a mask does not exist in this atlas.
    InputError, ContractError, OutputError
        As `compile_atlas`, or when a page cannot be written; every page that stood there is then still whole.

    Notes
    -----
    All pages are rendered before the first one is written.
    """
    from geo.outputs import write_whole  # noqa: PLC0415
    from geo.readers import read_manifest  # noqa: PLC0415
    from geo.webmap import page_names, render_map, render_page  # noqa: PLC0415

    folder = find_atlas(folder)
    manifest = read_manifest(folder)
    _check_request(folder, manifest, names, languages)
    target = out if out is not None else folder / manifest.files.maps / mask
    compiled = compile_masked(folder, mask, target, step=step) if mask else compile_atlas(folder, step=step)
    tell(compiled)
    with open_catalogue(compiled.path) as catalogue:
        wanted = tuple(dict.fromkeys(names)) or page_names(catalogue)
        pages = {}
        for name in wanted:
            step(f"drawing the map {name}")
            pages[name] = render_page(render_map(catalogue, name, languages))
    _make_folder(target)
    written = []
    for name, page in pages.items():
        path = target / f"{name}.html"
        write_whole(path, page.encode("utf-8"))
        written.append(path)
    return written


def open_atlas(path: str | Path = ".") -> Atlas:
    """Open an atlas; it is compiled first when an input has changed.

    Parameters
    ----------
    path
        The atlas, or any folder inside it.

    Returns
    -------
    Atlas
        Its layers and tables as data frames, its maps as folium maps.

    Raises
    ------
    InputError, ContractError, OutputError
        As `compile_atlas`.
    """
    return Atlas(Path(path))


class Atlas:
    """A compiled atlas: layers and tables as data frames, maps as folium maps.

    Everything is read from the catalogue on first use. Layers are in WGS 84 (EPSG:4326, longitude before latitude);
    texts are as the sources give them, lists are lists, and what is not known is missing.

    Parameters
    ----------
    folder
        The atlas, or any folder inside it.

    Raises
    ------
    InputError, ContractError, OutputError
        As `compile_atlas`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = find_atlas(folder)
        self.catalogue = compile_atlas(self.folder).path

    def __repr__(self) -> str:
        return f"<Atlas {self.folder}>"

    @cached_property
    def sites(self) -> gpd.GeoDataFrame:
        """Every site; those that are not located have no geometry."""
        return self._read_layer("sites")

    @cached_property
    def routes(self) -> gpd.GeoDataFrame:
        """Every route; those that cannot honestly be drawn have no geometry."""
        return self._read_layer("routes")

    @cached_property
    def provinces(self) -> gpd.GeoDataFrame:
        """The areas that sites and claims name by code."""
        return self._read_layer("areas")

    @cached_property
    def claims(self) -> pd.DataFrame:
        """Every number and date that a source states; bounds are text, as the source writes them."""
        return self._read_table("claims")

    @cached_property
    def names(self) -> pd.DataFrame:
        """Every name and spelling."""
        return self._read_table("names")

    @cached_property
    def relations(self) -> pd.DataFrame:
        """How records belong together."""
        return self._read_table("relations")

    @cached_property
    def events(self) -> pd.DataFrame:
        """The time line."""
        return self._read_table("events")

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Every source, with its citation."""
        return self._read_table("sources")

    @cached_property
    def maps(self) -> tuple[str, ...]:
        """The names of the maps."""
        with open_catalogue(self.catalogue) as catalogue:
            return tuple(catalogue.value("maps"))

    @cached_property
    def joins(self) -> tuple[JoinReport, ...]:
        """What each join matched and what it did not."""
        from geo.joins import JoinReport  # noqa: PLC0415

        with open_catalogue(self.catalogue) as catalogue:
            rows = [dict(row) for row in catalogue.rows("SELECT * FROM joins ORDER BY fid")]
        lists = ("unmatched_left", "unmatched_right", "duplicates", "disagreements")
        return tuple(
            JoinReport(
                row["name"],
                row["left_side"],
                row["right_side"],
                row["left_rows"],
                row["right_rows"],
                row["matched"],
                row["matched_right"],
                *(tuple(json.loads(row[column])) for column in lists),
            )
            for row in rows
        )

    def map(self, name: str) -> folium.Map:
        """Return one map; in a notebook it shows itself.

        Parameters
        ----------
        name
            One of `maps`, or ``index`` for the cover.

        Returns
        -------
        folium.Map
            The page that `build_maps` writes, as a folium map: more layers can be added to it.

        Raises
        ------
        RequestError
            When there is no such map.
        """
        from geo.webmap import render_map  # noqa: PLC0415

        _check_map_names((name,), self.maps)
        with open_catalogue(self.catalogue) as catalogue:
            return render_map(catalogue, name)

    def query(  # noqa: PLR0913  (the options of `memorial query`, each by its name)
        self,
        layer: str = "sites",
        *,
        where: str = "",
        kinds: Sequence[str] = (),
        provinces: Sequence[str] = (),
        text: str = "",
        near: str | tuple[float, float] | None = None,
        radius_m: float = math.inf,
        bbox: tuple[float, float, float, float] | None = None,
        within: BaseGeometry | None = None,
        during: str = "",
        sort: Sequence[str] = (),
        limit: int | None = None,
        fields: Sequence[str] = (),
    ) -> gpd.GeoDataFrame | pd.DataFrame:
        """Return the records that answer a question, as `memorial query` does.

        Parameters
        ----------
        layer, where, kinds, provinces, text, bbox, during, sort, limit, fields
            As the attributes of `geo.query.Question`, of which every one must hold.
        near
            A place by its id or one of its names, or a position: latitude, longitude in degrees (WGS 84).
        radius_m
            How far from there, in metres.
        within
            A Polygon or MultiPolygon, longitude before latitude, in degrees (WGS 84).

        Returns
        -------
        GeoDataFrame or DataFrame
            The records in the order asked for, else in that of the layer. A layer has its geometry in WGS 84
            (EPSG:4326), a table has none. Lists are lists, what is not known is missing; ``near`` adds ``distance_m``
            in metres, ``during`` adds ``overlap`` (``certain`` or ``possible``). ``attrs`` says what was asked
            (``asked``), of which atlas (``atlas``, ``version``), how many records answer without a limit (``matched``),
            how many had to be left out because they are not dated (``set_aside``) and what a text that no record holds
            was read as (``read_as``).

        Raises
        ------
        RequestError
            When the question cannot be answered as it stands.

        Examples
        --------
        >>> import geo
        >>> prisons = geo.open_atlas(".").query(where="kind = 'prison'", during="1977", sort=["name"])
        >>> prisons.attrs["asked"]
        {'layer': 'sites', 'where': "kind = 'prison'", 'during': '1977', 'sort': ('name',)}
        >>> set(prisons["overlap"]) <= {"certain", "possible"}
        True
        """
        from geo.catalogue import selection_frame  # noqa: PLC0415
        from geo.query import Near, Polygon, Question, select  # noqa: PLC0415

        place = None
        if near is not None:
            place = Near(None, None, radius_m, near) if isinstance(near, str) else Near(*near, radius_m)
        question = Question(
            layer,
            tuple(kinds),
            tuple(provinces),
            text,
            where,
            place,
            bbox,
            Polygon(within.wkb, within.geom_type) if within is not None else None,
            during,
            tuple(sort),
            limit,
            tuple(fields),
        )
        with open_catalogue(self.catalogue) as catalogue:
            selection = select(catalogue, question, shapes=True)
            frame = selection_frame(selection.columns, selection.cells(), mapped=selection.mapped)
            asked, unasked = selection.asked, Question()
            atlas = catalogue.value("manifest")["atlas"]
            frame.attrs = {
                "atlas": atlas["id"],
                "version": atlas["version"],
                "asked": {
                    name: value
                    for name, value, empty in zip(asked._fields, asked, unasked, strict=True)
                    if name == "layer" or value != empty
                },
                "matched": selection.matched,
                "set_aside": selection.set_aside,
                "read_as": selection.read_as,
            }
        return frame

    def check(self) -> list[Problem]:
        """Return every problem of the inputs as they are now."""
        return check_folder(self.folder)[0]

    def _read_layer(self, schema: str) -> gpd.GeoDataFrame:
        from geo.catalogue import read_layer_frame  # noqa: PLC0415

        with open_catalogue(self.catalogue) as catalogue:
            name = _layer_name(catalogue, schema)
        return read_layer_frame(self.catalogue, name)

    def _read_table(self, schema: str) -> pd.DataFrame:
        from geo.catalogue import read_table_frame  # noqa: PLC0415

        with open_catalogue(self.catalogue) as catalogue:
            name = "sources" if schema == "sources" else _layer_name(catalogue, schema)
        return read_table_frame(self.catalogue, name)


# --- what the pipeline needs ----------------------------------------------------------------------------------


def _compile(folder: Path, path: Path, step: Step, mask: str = "") -> Compiled:
    """Read, check, join and compile an atlas into a catalogue; as `compile_atlas` in all it raises."""
    from geo.catalogue import write_catalogue  # noqa: PLC0415  (what an atlas that is up to date need not pay for)
    from geo.checks import check_atlas  # noqa: PLC0415
    from geo.joins import join_all  # noqa: PLC0415
    from geo.ledger import cite_sources  # noqa: PLC0415
    from geo.readers import read_atlas  # noqa: PLC0415
    from geo.readers.manifests import fingerprint  # noqa: PLC0415

    step("reading the atlas")
    inputs = read_atlas(folder)
    step("checking it")
    problems = check_atlas(inputs)
    if any(problem.severity == "error" for problem in problems):
        raise ContractError(f"{_count_errors(problems)}; nothing was written", problems)
    step("joining its tables")
    reports = join_all(inputs)
    step("citing its sources")
    notes = cite_sources(inputs.sources)
    digests = inputs.digests or {}
    if mask:
        from geo.masking import mask_inputs  # noqa: PLC0415

        step("laying the mask over it")
        inputs, _ = mask_inputs(inputs, mask)
        digests = digests | {"--mask": mask}
    step("compiling the catalogue")
    _make_folder(path.parent)
    write_catalogue(path, inputs, reports, notes, fingerprint(digests))
    return Compiled(path, rebuilt=True, problems=tuple(problems), reports=reports)


def _make_folder(folder: Path) -> None:
    """Create a folder for outputs; where that fails, writing into it says why."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)


def _count_errors(problems: Iterable[Problem]) -> str:
    errors = sum(problem.severity == "error" for problem in problems)
    return f"{errors:,} {'breach' if errors == 1 else 'breaches'} of the data contract"


def _check_request(folder: Path, manifest: Manifest, names: Sequence[str], languages: Sequence[str]) -> None:
    """Raise when a map or a language is asked for that the atlas does not have; before anything is compiled."""
    _check_map_names(names, sorted(path.stem for path in (folder / manifest.files.maps).glob("*.toml")))
    spoken = manifest.atlas.languages
    problems = [
        Problem("the question", "--lang", "", language, f"one of {', '.join(spoken)}")
        for language in languages
        if language not in spoken
    ]
    if problems:
        raise RequestError("This atlas does not speak that language", problems)


def _check_map_names(names: Iterable[str], known: Sequence[str]) -> None:
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


def _layer_name(catalogue: Catalogue, schema: str) -> str:
    """Return the name of the layer or table of a schema."""
    for layer in catalogue.layers():
        if layer["schema"] == schema:
            return str(layer["name"])
    problem = Problem("the question", "", "", schema, "a layer or table that this atlas has")
    raise RequestError(f"This atlas has no {schema}", [problem])
