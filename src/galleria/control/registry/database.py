"""Opens the registry: SQLite by default, PostgreSQL by address, the same transactions on both."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS: Final = 10
"""How long a writer waits for the writer before it."""

_AGAIN_SECONDS: Final = 0.01
_WRITES: Final = "galleria_writes"


class Database:
    """The registry's database. Use `reading` and `writing`; each is one transaction."""

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.kind = self.url.get_backend_name()
        if self.kind == "sqlite":
            self.engine = create_engine(self.url, connect_args={"timeout": BUSY_SECONDS})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(self.url, pool_size=5, max_overflow=10, pool_pre_ping=True)
        self._closed = False
        event.listen(self.engine, "checkin", self._close_late)
        self._writer: Engine = self.engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that changes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that is committed at the end of the block, and taken back if the block raises.

        On SQLite there is one writer at a time, from the first statement on: what is read in it stays true until the
        commit. On PostgreSQL rows that a decision rests on are locked with ``with_for_update``.
        """
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections: those at rest now, and those in use as soon as they are given back."""
        self._closed = True
        self.engine.dispose()

    def _close_late(self, connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        if self._closed and connection is not None:
            entry.invalidate()


def sqlite_url(file: Path) -> URL:
    """Return the address of a SQLite registry in ``file``."""
    return URL.create("sqlite", database=str(file))


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # Transactions are begun by us (below), not by the driver, which would begin them too late for a read-then-write.
    connection.isolation_level = None
    cursor = connection.cursor()
    keep_a_write_ahead_log(cursor.execute)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def keep_a_write_ahead_log(execute: Callable[[str], object]) -> None:
    """Two who open a new file at once both turn it to WAL, and SQLite refuses one of them without waiting."""
    give_up_at = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            time.sleep(_AGAIN_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
