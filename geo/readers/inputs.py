"""A whole atlas as it was read: the bottom of the pipeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, TypeVar

from geopandas import GeoDataFrame
from pandas import DataFrame

from geo.columns import column_values
from geo.errors import InputError, Problem
from geo.readers.files import Limits, read_text, refuse
from geo.readers.layers import load_layer
from geo.readers.manifests import (
    digest_files,
    fingerprint,
    limits_of,
    list_files,
    read_manifest,
    read_map_specs,
    read_vocabulary,
)
from geo.readers.sources import read_sources
from geo.readers.tables import read_table
from geo.spec import SCHEMAS, Manifest, MapSpec, Vocabulary

__all__ = ["RESTLESS", "Inputs", "hold_rest", "read_atlas"]

MAX_PAGE_BYTES: Final = 1_000_000
"""Largest method page, in bytes: every cover holds it."""

_Read = TypeVar("_Read")


RESTLESS: Final = "at-rest"
"""The rule that a file breaks which changes while it is read: reading it again may well succeed."""


@dataclass(frozen=True)
class Inputs:
    """Everything that an atlas is made of, as it was read; nothing is converted and nothing is judged yet.

    Attributes
    ----------
    folder
        The atlas folder.
    manifest, vocabulary
        As `geo.spec` describes them.
    maps
        The map definitions by file stem, sorted.
    sources
        The CSL-JSON items.
    layers
        Layers by manifest name: EPSG:4326, lon/lat, one column per schema field (objects; None where nothing stands),
        indexed by ``feature``, counted from 1 as in the file.
    tables
        Tables by manifest name: every cell a str (empty where nothing stands), indexed by ``line``, the line of the
        file on which the row begins.
    problems
        Structural faults that were found while reading, in the order of the files.
    digests
        SHA-256 of every file by its path relative to the folder.
    set_aside
        Keys of the features that `problems` kept out, by layer: they exist, so that a reference to one is no fault.
    method
        The method page, as Markdown; None where the manifest names none.
    mask
        What a mask did to the positions, when one was laid over them; see `geo.masking`.
    """

    folder: Path
    manifest: Manifest
    vocabulary: Vocabulary
    maps: dict[str, MapSpec]
    sources: list[dict[str, Any]]
    layers: dict[str, GeoDataFrame]
    tables: dict[str, DataFrame]
    problems: tuple[Problem, ...] = ()
    digests: dict[str, str] = field(default_factory=dict)
    set_aside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    method: str | None = None
    mask: dict[str, Any] | None = None

    @property
    def digest(self) -> str:
        """Return the fingerprint of all files, the same that `digest_atlas` gives without reading them."""
        return fingerprint(self.digests)

    @cached_property
    def keys(self) -> dict[str, list[str]]:
        """Return the keys of the features of each layer that has a key, as texts, empty for what is none.

        They are asked for again and again, and a million of them should be in memory once.
        """
        return {
            name: [key if isinstance(key, str) else "" for key in column_values(frame[key_name])]
            for name, frame in self.layers.items()
            if (key_name := SCHEMAS[self.manifest.layers[name].schema].key)
        }

    def layer_of(self, schema: str) -> tuple[str, GeoDataFrame] | None:
        """Return the manifest name and the features of the one layer of a schema, or None.

        Parameters
        ----------
        schema
            ``sites``, ``routes`` or ``areas``.

        Returns
        -------
        tuple or None
            Name and layer.
        """
        for name, layer in self.manifest.layers.items():
            if layer.schema == schema:
                return name, self.layers[name]
        return None

    def table_of(self, schema: str) -> tuple[str, DataFrame] | None:
        """Return the manifest name and the rows of the one table of a schema, or None.

        Parameters
        ----------
        schema
            A table schema, such as ``claims``.

        Returns
        -------
        tuple or None
            Name and table.
        """
        for name, table in self.manifest.tables.items():
            if table.schema == schema:
                return name, self.tables[name]
        return None


def read_atlas(folder: Path, step: Callable[[str], object] | None = None, *, rested: bool = True) -> Inputs:
    """Read every file that the manifest of an atlas names.

    Parameters
    ----------
    folder
        The atlas folder.
    step
        Called with what is read, again and again while it is much.
    rested
        Whether it is held in the end that no file has changed meanwhile; if not, `hold_rest` is still to be called.

    Returns
    -------
    Inputs
        Everything that was read, with the structural faults of single rows and features.

    Raises
    ------
    InputError
        A file cannot be used at all, or changed while it was read; with every problem of every file.
    """
    manifest = read_manifest(folder)
    files = manifest.files
    names = list_files(folder, manifest)
    limits = limits_of(manifest)
    digests = digest_files(folder, names, limits)
    tally = _Tally()
    vocabulary = tally.read(lambda: read_vocabulary(folder / files.vocabulary, files.vocabulary))
    maps = tally.read(lambda: read_map_specs(folder / files.maps, files.maps))
    sources = tally.read(lambda: tally.keep(*read_sources(folder / files.sources, files.sources, limits)))
    page = files.method
    method = None if page is None else tally.read(lambda: read_text(folder / page, page, Limits(bytes=MAX_PAGE_BYTES)))
    layers: dict[str, GeoDataFrame] = {}
    set_aside: dict[str, tuple[str, ...]] = {}
    for key, layer in manifest.layers.items():
        schema = SCHEMAS[layer.schema]
        tell = partial(_tell_share, step, layer.file) if step else None
        loaded = tally.read(partial(load_layer, folder / layer.file, layer.file, schema, limits, tell))
        if loaded is not None:
            layers[key], problems, set_aside[key] = loaded
            tally.problems += problems
    tables: dict[str, DataFrame] = {}
    for key, table in manifest.tables.items():
        rows = tally.read(partial(read_table, folder / table.file, table.file, SCHEMAS[table.schema], limits))
        if rows is not None:
            tables[key] = tally.keep(*rows)
    if tally.refused or vocabulary is None or maps is None or sources is None:
        message = f"{folder} cannot be read"
        raise InputError(message, tally.problems)
    inputs = Inputs(
        folder,
        manifest,
        vocabulary,
        maps,
        sources,
        layers,
        tables,
        tuple(tally.problems),
        digests,
        set_aside,
        method,
    )
    if rested:
        hold_rest(inputs)
    return inputs


def hold_rest(inputs: Inputs) -> None:
    """Require that the files of an atlas are still what was read.

    Parameters
    ----------
    inputs
        What was read.

    Raises
    ------
    InputError
        A file has changed, has come or is gone, or cannot be read any more.
    """
    folder, manifest = inputs.folder, inputs.manifest
    if digest_files(folder, list_files(folder, manifest), limits_of(manifest)) != inputs.digests:
        raise refuse(
            str(folder), "files that changed while they were read", "files at rest", "run it again", rule=RESTLESS
        )


def _tell_share(step: Callable[[str], object], name: str, share: float) -> None:
    step(f"reading {name}: {share:.0%}")


@dataclass
class _Tally:
    """Collects what is wrong with each file, so that one run names everything."""

    problems: list[Problem] = field(default_factory=list)
    refused: bool = False

    def read(self, reading: Callable[[], _Read]) -> _Read | None:
        """Return what `reading` returns, or None for a file that cannot be used."""
        try:
            return reading()
        except InputError as error:
            self.refused = True
            self.problems += error.problems
            return None

    def keep(self, value: _Read, problems: list[Problem]) -> _Read:
        """Note the problems of a file that can be used in part, and return what it held."""
        self.problems += problems
        return value
