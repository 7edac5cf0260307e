"""On dask the answer is that of one process, also when a worker is lost; the workers here are two, on loopback."""

# ruff: noqa: PLC0415 -- dask is loaded by the tests that need it: every process of a run loads this file, one runs it
from __future__ import annotations

import os
import signal

import geopandas
import pandas as pd
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.errors import InputError, RequestError
from geo.joining import JoinRequest, run_sums, sum_here, sums_csv, sums_json
from geo.readers import datasets
from geo.readers.datasets import open_dataset
from geo.spreading import spread_over

# The workers listen on loopback and nowhere else: it is opened for these tests alone, every other address is not.
pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

COMPILED = []
SITES = ("place-a", "PLACE-B", "place-c", "nowhere", "", None)


@pytest.fixture(scope="module")
def workers():
    """Two workers and who starts them anew, as ``--engine dask`` starts them on a machine of two cores."""
    from geo.spreading.clusters import local_cluster

    with local_cluster(2) as cluster:
        yield cluster


@pytest.fixture
def catalogue(small_atlas):
    if not COMPILED:
        COMPILED.append(compile_atlas(small_atlas("spread").folder).path)
    with open_catalogue(COMPILED[0]) as opened:
        yield opened


@pytest.fixture
def register(tmp_path, monkeypatch):
    """A folder of Parquet files with points, of which every group of rows is a part."""
    monkeypatch.setattr(datasets, "PART_ROWS", 50)
    folder = tmp_path / "register"
    folder.mkdir()
    for at in range(6):
        rows = range(200 * at, 200 * at + 200)
        lon, lat = [-34.1 + row % 37 / 10 for row in rows], [9.9 + row % 13 / 10 for row in rows]
        frame = geopandas.GeoDataFrame(
            {
                "site": [SITES[row % len(SITES)] for row in rows],
                "n": pd.array([None if row % 9 == 0 else row * 10**15 for row in rows], dtype="Int64"),
                "share": [row / 7 if row % 11 else row / 10 for row in rows],
            },
            geometry=[None if row % 50 == 0 else shapely.Point(x, y) for row, x, y in zip(rows, lon, lat, strict=True)],
            crs="OGC:CRS84",
        )
        frame.to_parquet(folder / f"{at}.parquet", row_group_size=50)
    return open_dataset(folder, "register")


BY_KEY = JoinRequest("sites", "key", column="site", field="id", many=True)
BY_PLACE = JoinRequest("provinces", "place", many=True)


def answer(catalogue, dataset, request, engine, step=lambda _: None):
    summed = run_sums(catalogue, dataset, request, (("n", "share"), "record"), engine, step)
    return "".join(sums_csv(summed)), sums_json(summed)


@pytest.mark.parametrize("request_", [BY_KEY, BY_PLACE], ids=["key", "place"])
def test_it_gives_what_one_process_gives(workers, catalogue, register, request_):
    engine = spread_over(workers.scheduler_address)
    alone = answer(catalogue, register, request_, sum_here)
    assert answer(catalogue, register, request_, engine) == alone
    assert '"unmatched": 0' not in alone[1]


def test_a_worker_that_is_killed_costs_time_and_nothing_else(workers, catalogue, register):
    from distributed import Client

    killed = []

    def step(text):
        if " of 24 parts" in text and "0 of" not in text and not killed:
            with Client(workers.scheduler_address, set_as_default=False) as client:
                busy = {address: keys for address, keys in client.processing().items() if keys}
                pids = client.run(os.getpid)
            address = max(busy, key=lambda each: len(busy[each]))
            os.kill(pids[address], signal.SIGKILL)
            killed.append((pids[address], pids))

    engine = spread_over(workers.scheduler_address)
    spread = answer(catalogue, register, BY_KEY, engine, step)
    assert killed, "no worker was at work"
    assert spread == answer(catalogue, register, BY_KEY, sum_here)
    with Client(workers.scheduler_address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=30)
        assert killed[0][0] not in client.run(os.getpid).values()


def test_a_fault_on_a_worker_is_told_as_it_is_here(workers, catalogue, register):
    folder = register.first_file.parent
    parquet.write_table(pa.table({"site": ["x"]}), folder / "3.parquet")
    told = []
    for engine in (sum_here, spread_over(workers.scheduler_address)):
        with pytest.raises(InputError) as refused:
            answer(catalogue, register, BY_KEY, engine)
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_parts_with_points_are_frames_of_dask_geopandas(register):
    import dask_geopandas

    from geo.spreading import running

    frame = running.parts_of(register, ("n",), located=True)
    assert isinstance(frame, dask_geopandas.GeoDataFrame)
    assert frame.npartitions == len(register.parts)


def test_a_scheduler_that_does_not_answer_is_refused(catalogue, register, monkeypatch):
    monkeypatch.setattr("geo.spreading.clusters._PATIENCE_S", 0.2)
    with pytest.raises(RequestError, match="cannot be reached"):
        answer(catalogue, register, BY_KEY, spread_over("tcp://127.0.0.1:9"))


def test_without_dask_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("geo.spreading.find_spec", lambda _: None)
    with pytest.raises(RequestError, match=r"pip install 'memorial-atlas\[dask\]'"):
        spread_over()


def test_workers_that_cannot_run_this_program_are_refused(workers, catalogue, register, monkeypatch):
    monkeypatch.setattr("geo.spreading.clusters.program_version", lambda: f"{os.getpid()}")
    with pytest.raises(RequestError, match="on every worker"):
        answer(catalogue, register, BY_KEY, spread_over(workers.scheduler_address))


def test_a_cluster_without_workers_is_refused(catalogue, register, monkeypatch):
    from geo.spreading.clusters import local_cluster

    monkeypatch.setattr("geo.spreading.clusters._PATIENCE_S", 0.5)
    with (
        local_cluster(0) as cluster,
        pytest.raises(RequestError, match="saw no worker"),
    ):
        answer(catalogue, register, BY_KEY, spread_over(cluster.scheduler_address))


def test_a_part_that_takes_down_one_worker_after_the_other_is_refused(workers, catalogue, register, monkeypatch):
    from distributed import KilledWorker

    def lost(*_, **__):
        raise KilledWorker("part", None, 3)

    monkeypatch.setattr("geo.spreading.running.as_completed", lost)
    with pytest.raises(InputError, match="give each worker more memory"):
        answer(catalogue, register, BY_KEY, spread_over(workers.scheduler_address))
