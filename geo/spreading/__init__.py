"""Sums of a table larger than one machine holds, on dask: the same parts and the same functions, in many processes.

Nothing here is loaded until somebody asks for it; dask is an extra of the package.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from geo.errors import Problem, RequestError

if TYPE_CHECKING:
    from geo.joining import Engine

__all__ = ["spread_over"]

_NEEDED = ("dask", "distributed", "dask_geopandas")


def spread_over(scheduler: str = "") -> Engine:
    """Return what reads and sums the parts of a dataset on the workers of a cluster.

    Parameters
    ----------
    scheduler
        The address of a dask scheduler, such as ``tcp://10.0.0.5:8786``; empty to start workers on this machine, one
        for each core, for as long as it takes.

    Returns
    -------
    Engine
        Its tally is that of one process, whatever the workers, and also when some of them are lost on the way.

    Raises
    ------
    RequestError
        dask is not installed.
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        step = "python -m pip install 'memorial-atlas[dask]', or leave out --engine"
        problem = Problem("the question", "--engine", "", "dask", f"{', '.join(missing)} to be installed", step)
        raise RequestError("dask is not installed", [problem])

    from geo.spreading.running import Spread  # noqa: PLC0415 -- only when it is asked for and there

    return Spread(scheduler)
