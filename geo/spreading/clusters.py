"""The workers: some of this machine, for as long as it takes, or those of a cluster that somebody else keeps."""

from __future__ import annotations

import logging
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import resource_tracker
from typing import Final

import dask
from distributed import Client, LocalCluster

from geo.errors import Problem, RequestError
from geo.provenance import program_version

__all__ = ["local_cluster", "open_client"]

_PATIENCE_S = 10
_LOOPBACK = "127.0.0.1"

_SHOW_NOTHING: Final[dict[str, list[str]]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}
"""The server of each process for pages about it cannot be left out; it is given no page."""


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
        stack.enter_context(dask.config.set({**_SHOW_NOTHING, "temporary-directory": scratch}))
        with _deaf():
            cluster = stack.enter_context(
                LocalCluster(
                    n_workers=dask.system.CPU_COUNT if workers is None else workers,
                    threads_per_worker=1,
                    host=_LOOPBACK,
                    dashboard_address=None,
                    scheduler_kwargs={"dashboard_address": f"{_LOOPBACK}:0"},  # any port: two runs do not meet
                    silence_logs=logging.CRITICAL,
                    local_directory=scratch,
                )
            )
        yield cluster


@contextmanager
def _deaf() -> Iterator[None]:
    """Keep an interruption from the keyboard waiting while workers start; they themselves never hear one.

    A terminal sends it to every process. A thread, and a process that it starts, inherit what is blocked, also when it
    starts a worker anew later: so only the process that the person started ends the others, in good order.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows has no such signals
        yield
        return
    resource_tracker.ensure_running()  # what it starts once it would start inside, and open the ears of the thread
    earlier = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, earlier)


@contextmanager
def open_client(scheduler: str) -> Iterator[Client]:
    """Yield a connection to a scheduler, or to workers of this machine that are started for it.

    Raises
    ------
    RequestError
        Nobody answers at that address, or the workers cannot be used.
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
        _check_workers(client)
        yield client


def _check_workers(client: Client) -> None:
    """Refuse a cluster that has no worker, or whose workers do not have this program in this version.

    Raises
    ------
    RequestError
        So it is.
    """
    seen, expected, here = "", "a worker that joins the scheduler", program_version()
    try:
        client.wait_for_workers(1, timeout=_PATIENCE_S)
        expected = f"memorial-atlas {here} on every worker"
        others = sorted(set(client.run(program_version).values()) - {here})
    except TimeoutError:
        seen = "no worker"
    except ImportError as error:
        seen = str(error)
    else:
        seen = ", ".join(others)
    if seen:
        step = "start workers with `dask worker ADDRESS`, where the package and its extra dask are installed"
        raise RequestError(
            "The cluster cannot be used", [Problem("the question", "--scheduler", "", seen, expected, step)]
        )
