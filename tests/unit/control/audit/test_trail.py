"""The audit: a chain that nobody changes unnoticed, and that the database refuses to change at all."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome
from galleria.control.audit import chain, trail
from galleria.control.registry.database import Database
from tests.support.planes import START


def act(detail: str = "", actor: str = "ana", store_id: str | None = "shop-001") -> chain.Act:
    return chain.Act(
        actor=actor,
        actor_kind=ActorKind.HUMAN,
        action=AuditAction.STORE_STOP,
        outcome=AuditOutcome.ACCEPTED,
        request_id="req-00000001",
        store_id=store_id,
        detail=detail,
    )


def write(database: Database, count: int) -> None:
    with database.writing() as session:
        trail.append(session, START, *(act(f"number {number}") for number in range(1, count + 1)))


def verified(database: Database) -> tuple[bool, int, int | None]:
    with database.reading() as session:
        state, _ = trail.verify(session, START)
    return state.verified, state.verified_up_to, state.broken_at


def tamper(database: Database, statement: str) -> None:
    """Change the audit as somebody could who owns the database and drops its triggers first."""
    with database.writing() as session:
        if database.kind == "sqlite":
            session.execute(text("DROP TRIGGER IF EXISTS audit_no_update"))
            session.execute(text("DROP TRIGGER IF EXISTS audit_no_delete"))
        else:
            session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        session.execute(text(statement))


def test_a_chain_holds_over_many_chunks(database: Database) -> None:
    write(database, 2500)
    assert verified(database) == (True, 2500, None)


def test_an_empty_chain_holds(database: Database) -> None:
    assert verified(database) == (True, 0, None)


@pytest.mark.parametrize(
    ("statement", "up_to", "broken_at"),
    [
        ("UPDATE audit SET detail = 'nothing' WHERE sequence = 3", 2, 3),
        ("UPDATE audit SET actor = 'bob' WHERE sequence = 1", 0, 1),
        ("UPDATE audit SET action = 'store.burn' WHERE sequence = 4", 3, 4),
        ("UPDATE audit SET at = '2020-01-01 00:00:00+00:00' WHERE sequence = 5", 4, 5),
        ("UPDATE audit SET store_id = NULL WHERE sequence = 2", 1, 2),
        ("DELETE FROM audit WHERE sequence = 3", 2, 3),
        ("DELETE FROM audit WHERE sequence = 1", 0, 1),
        ("UPDATE audit SET previous_hash = entry_hash WHERE sequence = 5", 4, 5),
    ],
)
def test_a_change_is_found_where_it_is(database: Database, statement: str, up_to: int, broken_at: int) -> None:
    write(database, 5)
    tamper(database, statement)
    assert verified(database) == (False, up_to, broken_at)


def test_an_entry_put_in_by_hand_is_found(database: Database) -> None:
    write(database, 2)
    columns = "at, actor, actor_kind, action, store_id, outcome, request_id, detail, previous_hash, entry_hash"
    copy = f"SELECT 3, {columns} FROM audit WHERE sequence = 2"  # noqa: S608
    tamper(database, f"INSERT INTO audit (sequence, {columns}) {copy}")
    assert verified(database) == (False, 2, 3)


def test_a_known_end_that_is_gone_is_found(database: Database) -> None:
    write(database, 5)
    with database.reading() as session:
        _, tail = trail.verify(session, START)
    tamper(database, "DELETE FROM audit WHERE sequence > 3")
    with database.reading() as session:
        state, _ = trail.verify(session, START, tail)
    assert (state.verified, state.broken_at) == (False, 5)


@pytest.mark.parametrize("statement", ["UPDATE audit SET detail = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_it(database: Database, statement: str) -> None:
    write(database, 1)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text(statement))
    assert verified(database) == (True, 1, None)


@pytest.mark.postgres
def test_postgresql_refuses_to_empty_it(database: Database) -> None:
    if database.kind == "sqlite":
        return  # it has no TRUNCATE
    write(database, 1)
    with pytest.raises(DBAPIError, match="append-only"), database.writing() as session:
        session.execute(text("TRUNCATE audit"))


def test_writers_at_once_make_one_chain(database: Database) -> None:
    problems: list[BaseException] = []

    def write_some(actor: str) -> None:
        try:
            for number in range(15):
                with database.writing() as session:
                    trail.append(session, START + timedelta(seconds=number), act(actor=actor))
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=write_some, args=(f"writer-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert verified(database) == (True, 60, None)


def test_no_secret_gets_in(database: Database) -> None:
    with database.writing() as session:
        trail.append(session, START, act("password=correct-horse for ana@example.com, Bearer abcdefghijkl"))
    with database.reading() as session:
        (entry,) = trail.list_entries(session, trail.Filter(), 1, 10).items
    for secret in ("correct-horse", "ana@example.com", "abcdefghijkl"):
        assert secret not in entry.detail


def test_listing_filters_and_pages(database: Database) -> None:
    with database.writing() as session:
        trail.append(session, START, *(act(actor=actor, store_id=store) for actor in "ab" for store in ("x-1", None)))
    with database.reading() as session:
        assert trail.list_entries(session, trail.Filter(actor="a"), 1, 10).total == 2
        assert trail.list_entries(session, trail.Filter(store_id="x-1", actor="b"), 1, 10).total == 1
        assert trail.list_entries(session, trail.Filter(outcome=AuditOutcome.REFUSED), 1, 10).total == 0
        second = trail.list_entries(session, trail.Filter(), 2, 3)
    assert [entry.sequence for entry in second.items] == [1]
    assert second.total == 4
