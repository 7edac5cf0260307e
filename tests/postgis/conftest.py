"""A real server with PostGIS, the flagship published in it, and an atlas of many invented places."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from geo.atlas import compile_atlas
from geo.catalogue import open_catalogue
from geo.catalogue.addresses import Address
from geo.export import Wanted, write_database
from tests.postgis.server import find_programs, run_server

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def server():
    """Return a function that makes a database and returns its address; its texts are sorted as in a dictionary."""
    programs = find_programs()
    if programs is None:
        message = "PostgreSQL with PostGIS is not here; sh tests/postgis/provide.sh installs it"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with run_server(programs) as folder:

        def create(name, user="postgres", password=""):
            with psycopg.connect(f"postgresql://postgres@/postgres?host={folder}", autocommit=True) as connection:
                sorted_as = "LOCALE_PROVIDER icu ICU_LOCALE 'en'" if connection.info.server_version >= 150000 else ""
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                    connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 {sorted_as}')
            secret = f":{password}" if password else ""
            return f"postgresql://{user}{secret}@/{name}?host={folder}"

        yield create


@pytest.fixture(scope="session")
def flagship(server, flagship_atlas, tmp_path_factory):
    """Return the atlas of this repository: its folder, its catalogue, and the address of its edition."""
    folder = tmp_path_factory.mktemp("shared") / "atlas"
    shutil.copytree(flagship_atlas, folder)
    address = f"{server('tests')}&options=-csearch_path%3Dcambodia-1975-1979"
    with open_catalogue(compile_atlas(folder).path) as catalogue:
        every = dict.fromkeys(layer["name"] for layer in catalogue.layers() if layer["holds"] == "layer")
        write_database(catalogue, Address(address), Wanted(every, whole=True, asked={}, command="memorial export"))
        yield SimpleNamespace(folder=folder, catalogue=catalogue, address=address)
