"""A run on workers: what is needed of the layer goes to each of them once, the parts of the table one by one."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import dask
import dask.dataframe
import dask_geopandas  # noqa: F401  (a part with points is a GeoDataFrame, and this tells dask how to hold one)
from distributed import KilledWorker, WorkerPlugin, as_completed, get_worker

from geo.errors import InputError, Problem
from geo.joining import Gathered
from geo.joining.tallies import Plan, Tally, tally_rows
from geo.readers.datasets import Dataset, Part, read_part
from geo.spreading.clusters import open_client

if TYPE_CHECKING:
    import pandas as pd
    from distributed import Worker

__all__ = ["Spread", "parts_of"]

_FAILURES: Final = 3
"""How often a part may take its worker down before it is given up (the default of distributed)."""


class _Bringing(WorkerPlugin):  # type: ignore[misc]
    """Bring the plan to every worker once, also to one that joins or is started anew later."""

    def __init__(self, name: str, plan: Plan) -> None:
        self.name = name
        self.plan = plan


def _tally(rows: pd.DataFrame, name: str) -> Tally:
    """Return the tally of a part, on a worker."""
    worker: Worker = get_worker()
    return tally_rows(rows, worker.plugins[name].plan)


class Spread:
    """What sums a dataset on the workers of a cluster.

    Parameters
    ----------
    scheduler
        As for `geo.spreading.spread_over`.
    """

    def __init__(self, scheduler: str) -> None:
        self._scheduler = scheduler

    def __call__(self, dataset: Dataset, plan: Plan, step: Callable[[str], None]) -> Tally:
        """Return the counts and sums of a dataset.

        Parameters
        ----------
        dataset
            The table; every worker must find its files under the same paths.
        plan
            What is done with each part.
        step
            What is told how far it is.

        Returns
        -------
        Tally
            Of all rows. A part whose worker is lost is read again by another one; a tally counts once, when it is here.

        Raises
        ------
        RequestError
            The cluster cannot be reached.
        InputError
            A file cannot be read, or a part has taken down one worker after the other.
        """
        if not dataset.parts:
            return Tally.empty(plan)
        step("starting the workers" if not self._scheduler else f"connecting to {self._scheduler}")
        name = f"memorial-{uuid.uuid4().hex}"
        with open_client(self._scheduler) as client:
            client.register_plugin(_Bringing(name, plan), name=name)
            gathered = Gathered(plan, len(dataset.parts), step)
            try:
                futures = client.compute(_tallies(dataset, plan, name))
                try:
                    for future, tally in as_completed(futures, loop=client.loop, with_results=True):
                        gathered.add(tally)
                        future.release()
                finally:
                    client.cancel(futures)
            except KilledWorker as error:
                seen = f"a part after which {_FAILURES + 1} workers were lost, one after the other"
                hint = "give each worker more memory, or write the table in smaller groups of rows"
                problem = Problem(dataset.name, "", "", seen, "workers that live", hint, "memory")
                raise InputError(f"{dataset.name} could not be summed", [problem]) from error
            finally:
                client.unregister_worker_plugin(name)
        return gathered.tally


def _tallies(dataset: Dataset, plan: Plan, name: str) -> list[Any]:
    """Return what is to be done: the tally of each part."""
    tally = dask.delayed(_tally, pure=False)
    return [tally(part, name) for part in parts_of(dataset, plan.columns, located=not plan.sought).to_delayed()]


def parts_of(dataset: Dataset, columns: Sequence[str], *, located: bool) -> dask.dataframe.DataFrame:
    """Return a dataset as a frame of dask, each part of it a partition; nothing is read but what the columns are.

    Parameters
    ----------
    dataset, columns, located
        As for `geo.readers.datasets.read_part`.

    Returns
    -------
    dask.dataframe.DataFrame
        With `located` a `dask_geopandas.GeoDataFrame`.
    """
    alone = replace(dataset, parts=())
    nothing = read_part(Part(1, ()), alone, columns, located=located)

    def read(part: Part) -> pd.DataFrame:
        return read_part(part, alone, columns, located=located)

    with dask.config.set(
        {"dataframe.convert-string": False}
    ):  # a part is what the reader gives, here as in one process
        return dask.dataframe.from_map(read, list(dataset.parts), meta=nothing, enforce_metadata=False)
