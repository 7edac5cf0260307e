"""The workers: some of this machine, for as long as it takes, or those of a cluster that somebody else keeps."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import dask
from distributed import Client, LocalCluster

from geo.errors import Problem, RequestError

__all__ = ["local_cluster", "open_client"]

_PATIENCE_S = 10
_LOOPBACK = "127.0.0.1"


@contextmanager
def local_cluster(workers: int | None = None) -> Iterator[LocalCluster]:
    """Yield workers on this machine that only this machine can reach; they end with the block.

    Parameters
    ----------
    workers
        How many processes; None for one on each core. Each may hold its share of the memory of this machine, and a
        nanny starts it anew when it is lost.

    Yields
    ------
    distributed.LocalCluster
        Without a dashboard. What it puts down on the disk lies in a folder of its own that is removed in the end.
    """
    with ExitStack() as stack:
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="memorial-", ignore_cleanup_errors=True))
        stack.enter_context(
            dask.config.set({"temporary-directory": scratch, "distributed.admin.event-loop": "tornado"})
        )
        yield stack.enter_context(
            LocalCluster(
                n_workers=workers or dask.system.CPU_COUNT,
                threads_per_worker=1,
                host=_LOOPBACK,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
                local_directory=scratch,
            )
        )


@contextmanager
def open_client(scheduler: str) -> Iterator[Client]:
    """Yield a connection to a scheduler, or to workers of this machine that are started for it.

    Raises
    ------
    RequestError
        Nobody answers at that address.
    """
    with ExitStack() as stack:
        address = scheduler or stack.enter_context(local_cluster()).scheduler_address
        try:
            client = stack.enter_context(Client(address, timeout=_PATIENCE_S, set_as_default=False))
        except (OSError, ValueError) as error:
            step = "start one with `dask scheduler`, or leave out --scheduler"
            expected = "the address of a dask scheduler that answers, such as tcp://10.0.0.5:8786"
            problem = Problem("the question", "--scheduler", "", scheduler, expected, step)
            raise RequestError("The cluster cannot be reached", [problem]) from error
        yield client
