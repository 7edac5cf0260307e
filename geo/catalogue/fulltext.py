"""The full-text tables of a catalogue and the words of its names, as SQLite keeps them."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack, contextmanager
from itertools import accumulate, chain
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future, ThreadPoolExecutor
    from pathlib import Path

__all__ = ["Word", "Writer", "copy_search", "ended", "write_words"]

Word = tuple[str, str, int]
"""A word of a name, how it sounds, and how many letters it has."""

_AT_ONCE: Final = 100_000
"""How many rows are indexed by one statement, after which the index has one part more."""

_AHEAD: Final = 6
"""How many such statements may wait while the next one is prepared."""

_TABLES: Final = {
    "search": "CREATE VIRTUAL TABLE {schema}.search USING fts5"
    "(layer UNINDEXED, id UNINDEXED, size UNINDEXED, text, tokenize = 'trigram', columnsize = 0)",
    "phrases": "CREATE VIRTUAL TABLE {schema}.phrases USING fts5"
    "(records UNINDEXED, text, tokenize = 'trigram', columnsize = 0)",
}
_SHADOWS: Final = ("data", "idx", "content", "config")
"""The tables in which SQLite keeps a full-text table (its documentation, "FTS5", section 9)."""

_WORDS: Final = (
    "CREATE TABLE words (word TEXT PRIMARY KEY, sound TEXT, letters INTEGER) WITHOUT ROWID",
    "CREATE INDEX words_sound ON words (sound)",
    "CREATE INDEX words_letters ON words (letters)",
)

_PIECE: Final = 1 << 22
"""How many letters of a statement are in memory at once."""

_MEMORY: Final = 1 << 26
"""How many bytes of the index are gathered in memory before they are written, in order, as one part of it."""


class Writer:
    """Writes the rows of the full-text tables, in a thread of its own and in the order in which they come.

    A statement that takes a great many rows holds the lock of Python only while it begins; one for each row would wait
    for that lock again and again. What waits for its turn stands in files without a name, in the folder of the index.
    """

    def __init__(self, db: sqlite3.Connection, beside: ThreadPoolExecutor, folder: Path) -> None:
        self._db, self._beside, self._folder = db, beside, folder
        self._files = ExitStack()
        self._coming: deque[Future[object]] = deque()
        for table, create in _TABLES.items():
            db.execute(create.format(schema="main"))
            for option, value in (("hashsize", _MEMORY), ("automerge", 0), ("crisismerge", 1000)):
                db.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('{option}', {value})")  # noqa: S608  (ours)

    def put(self, table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
        """Write rows of one table; what cannot be written is raised now, or by a later call."""
        pieces = "json_each(?) AS piece, json_each(CAST(waiting(piece.value) AS TEXT)) AS row"
        values = ", ".join(f"json_extract(row.value, '$[{place}]')" for place in range(len(columns)))
        insert = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {pieces}"  # noqa: S608  (ours)
        for first in rows:
            waiting = self._files.enter_context(TemporaryFile(dir=self._folder))  # noqa: SIM115  (it is entered)
            lengths = [waiting.write(msgspec.json.encode(piece)) for piece in _pieces(chain([first], rows))]
            self.settle(_AHEAD)
            self._coming.append(self._beside.submit(self._execute, insert, waiting, lengths))

    def _execute(self, insert: str, waiting: IO[bytes], lengths: Sequence[int]) -> None:
        starts = [0, *accumulate(lengths)]

        def read(number: int) -> bytes:
            waiting.seek(starts[number])
            return waiting.read(lengths[number])

        with waiting:
            # What a function returns is kept by SQLite alone; of a value that is given to a statement we keep one, too.
            self._db.create_function("waiting", 1, read)
            self._db.execute(insert, (msgspec.json.encode([*range(len(lengths))]).decode(),))

    def close(self) -> None:
        """Forget what still waits."""
        self._files.close()

    def settle(self, ahead: int = 0) -> None:
        """Wait until no more than so many statements are to come."""
        while len(self._coming) > ahead:
            self._coming.popleft().result()


def _pieces(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield as many rows as one statement may take, piece by piece; texts, short ones aside, are the first and last."""
    piece: list[tuple[Any, ...]] = []
    letters = yielded = 0
    for count, row in enumerate(rows, start=1):
        piece.append(row)
        letters += len(row[0]) + len(row[-1])
        whole = count == _AT_ONCE or letters > _MEMORY
        if whole or letters - yielded > _PIECE:
            yield piece
            piece, yielded = [], letters
        if whole:
            return
    if piece:
        yield piece


@contextmanager
def ended(db: sqlite3.Connection, beside: ThreadPoolExecutor) -> Iterator[None]:
    """End what another thread does on a connection, and is still to do, when the block fails: nobody waits for it."""
    try:
        yield
    except BaseException:
        beside.shutdown(wait=False, cancel_futures=True)
        db.interrupt()
        raise


def write_words(db: sqlite3.Connection, words: Iterator[Word]) -> None:
    """Write the words of names into a catalogue that is open for writing.

    Parameters
    ----------
    db
        The catalogue.
    words
        What `write_search` gathered.
    """
    table, *indexes = _WORDS
    db.execute(table)
    db.executemany("INSERT INTO words VALUES (?, ?, ?)", words)
    for create in indexes:
        db.execute(create)


def copy_search(db: sqlite3.Connection, path: Path) -> None:
    """Copy what `write_search` wrote into a catalogue that is open for writing, as it is and page by page.

    The full-text tables must not be asked through `db` afterwards: it still has the empty ones in mind.
    """
    db.execute("ATTACH ? AS found", (str(path),))
    try:
        db.execute("BEGIN")
        for table, create in _TABLES.items():
            db.execute(create.format(schema="main"))
            for shadow in _SHADOWS:
                name = f"{table}_{shadow}"
                db.execute(f"DELETE FROM main.{name}")  # noqa: S608  (our own names, here and below)
                db.execute(f"INSERT INTO main.{name} SELECT * FROM found.{name}")  # noqa: S608
        db.execute("COMMIT")
    finally:
        db.execute("DETACH found")
