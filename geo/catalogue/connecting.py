"""The connection to a PostgreSQL database, and what its faults mean; the only room that imports psycopg."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from geo.errors import MemorialError, Problem, RequestError

if TYPE_CHECKING:
    import psycopg

    from geo.catalogue.addresses import Address

__all__ = [
    "EDITION",
    "OLDEST",
    "connect",
    "explain",
    "find_editions",
    "install_step",
    "postgis_schema",
    "wished_schema",
]

EDITION: Final = "edition"
"""The key of ``atlas`` under which an edition in a database tells of itself: by it our schema is known."""

OLDEST: Final = 130_000
"""The oldest server: before PostgreSQL 13 nobody but a superuser can have trigrams, and SQL has no NORMALIZE."""

_PATIENCE: Final = 10
"""How many seconds a server may take to answer at all, unless the address or PGCONNECT_TIMEOUT says more."""

_ENTRY: Final = "give the right user and password: keep the password in ~/.pgpass or PGPASSWORD"
_STEPS: Final = (
    (("password", "pg_hba", "peer authentication", "role", "SCRAM", "GSS"), _ENTRY),
    (("database", "does not exist"), "name a database that exists, or make it with `createdb`"),
    (("translate host", "Name or service", "resolve"), "see that the host is spelt right"),
)
"""Words of a refusal -> what can be done about it."""


def install_step() -> str:
    """Return how the library is installed."""
    return "install it with `pip install 'memorial-atlas[postgis]'`"


def connect(address: Address) -> psycopg.Connection[Any]:
    """Open a connection; outside of a transaction each statement stands alone.

    Raises
    ------
    RequestError
        When psycopg is not installed, the server cannot be reached or lets nobody in under that name.
    """
    try:
        import psycopg  # noqa: PLC0415  (a fifth of a second, which only an address may cost)
    except ImportError:
        problem = Problem("the question", "address", "", "no psycopg", "the library psycopg", install_step(), "address")
        raise RequestError("PostgreSQL needs a library that is not installed", [problem]) from None
    settings: dict[str, Any] = {"client_encoding": "UTF8", "application_name": "memorial"}
    if "connect_timeout" not in address.secret and not os.environ.get("PGCONNECT_TIMEOUT"):
        settings["connect_timeout"] = _PATIENCE
    try:
        connection = psycopg.connect(address.secret, autocommit=True, **settings)
    except psycopg.Error as error:
        said = address.clean(str(error))
        step = "see that the server runs and takes connections there"
        for words, meant in _STEPS:
            if any(word in said for word in words):
                step = meant
                break
        problem = Problem(str(address), "", "", said, "a PostgreSQL server that lets you in", step, "address")
        raise RequestError("The database cannot be reached", [problem]) from None
    version = connection.info.server_version
    if version < OLDEST:
        connection.close()
        seen = f"PostgreSQL {version // 10_000}"
        problem = Problem(str(address), "", "", seen, f"PostgreSQL {OLDEST // 10_000} or newer", "", "address")
        raise RequestError("The server is too old", [problem])
    return connection


def explain(error: psycopg.Error, address: Address, kind: type[MemorialError], message: str) -> MemorialError:
    """Return what an error of the database means to a person.

    Parameters
    ----------
    error
        What psycopg raised.
    address
        Where.
    kind, message
        What is to be said of it.
    """
    said = error.diag.message_primary or str(error)
    detail = f" ({error.diag.message_detail})" if error.diag.message_detail else ""
    code = error.sqlstate or ""
    steps = {
        "42501": "ask the owner of the schema for the right, or connect as one who has it",
        "53100": "make room on the disk of the server",
        "57014": "ask again; whoever runs the server has a limit of time, or stopped the statement",
        "55P03": "run the command again when that session is done: `SELECT * FROM pg_stat_activity` names it",
        "40P01": "run the command again",
        "2BP01": "drop what depends on the tables, publish, and make it anew; or keep such views in the new edition",
        "22003": "ask with smaller numbers",
    }
    step = steps.get(code) or "see that the server still runs, and run the command again"
    seen = address.clean(f"{said}{detail}")
    return kind(message, [Problem(str(address), "", "", seen, "a database that does what is asked", step, "database")])


def wished_schema(connection: psycopg.Connection[Any]) -> str:
    """Return the schema that the address names by ``options=-csearch_path=…``, or PGOPTIONS; empty when none does."""
    row = connection.execute("SELECT source FROM pg_settings WHERE name = 'search_path'").fetchone()
    if row is None or row[0] != "client":
        return ""
    (path,) = connection.execute("SELECT current_setting('search_path')").fetchone() or ("",)
    first = str(path).split(",")[0].strip()
    return first[1:-1].replace('""', '"') if first[:1] == '"' else first.lower()


def find_editions(connection: psycopg.Connection[Any]) -> list[str]:
    """Return the schemas that hold an edition and that may be read, sorted."""
    from psycopg import sql  # noqa: PLC0415  (as above)

    candidates = connection.execute(
        "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'atlas'"
        " AND c.relkind = 'r' AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')"
        " AND (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('key', 'value')) = 2"
        ' ORDER BY n.nspname COLLATE "C"'
    ).fetchall()
    found = []
    for (schema,) in candidates:
        query = sql.SQL("SELECT 1 FROM {} WHERE key::text = %s").format(sql.Identifier(schema, "atlas"))
        with suppress(Exception):  # what another program calls an atlas may be anything
            if connection.execute(query, (EDITION,)).fetchone():
                found.append(str(schema))
    return found


def postgis_schema(connection: psycopg.Connection[Any]) -> str:
    """Return the schema in which PostGIS is installed; empty when it is not."""
    row = connection.execute(
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
    ).fetchone()
    return str(row[0]) if row else ""
