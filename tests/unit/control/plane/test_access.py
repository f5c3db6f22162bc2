"""Tokens and sessions: who gets in, for how long, and what is left of those who don't."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from galleria.contracts.errors import ErrorCode
from galleria.contracts.wire import TokenCreated, TokenSpec
from galleria.contracts.words import ActorKind, AuditAction, AuditOutcome, Role
from galleria.control.plane import access, sessions
from galleria.control.plane.context import PageRequest
from galleria.control.plane.failures import ALLOWED, Failures
from galleria.control.plane.problems import PlaneProblem
from galleria.control.plane.services import auditing, tokens
from galleria.control.registry.schema import TokenRow
from tests.support.planes import START, Plane

HERE = access.Origin("req-00000001", "192.0.2.1")


def create(plane: Plane, role: Role = Role.ADMIN, name: str = "ana", **more: object) -> TokenCreated:
    made = TokenSpec.model_validate({"name": name, "role": role, **more})
    return tokens.create_token(plane.services, plane.caller("root", Role.ADMIN), made)


def runner_secret(plane: Plane) -> str:
    with plane.services.database.writing() as session:
        spec = TokenSpec(name="runner", role=Role.VIEWER, kind=ActorKind.RUNNER)
        _, secret = tokens.make(session, spec, tokens.RUNNER_ROLE, START)
    return secret


def code_of(plane: Plane, secret: str | None, origin: access.Origin = HERE) -> ErrorCode:
    with pytest.raises(PlaneProblem) as caught:
        access.operator(plane.services, secret, origin)
    return caught.value.code


def denials(plane: Plane) -> int:
    wanted = auditing.AuditFilter(action=AuditAction.ACCESS_DENIED, outcome=AuditOutcome.REFUSED)
    return auditing.list_audit(plane.services, plane.caller(), wanted, PageRequest()).total


def test_a_token_opens_the_door_for_its_role(plane: Plane) -> None:
    made = create(plane, Role.OPERATOR)
    caller = access.operator(plane.services, made.secret, HERE)
    assert (caller.name, caller.role, caller.kind, caller.request_id) == (
        "ana",
        Role.OPERATOR,
        ActorKind.HUMAN,
        HERE.request_id,
    )


def test_only_the_hash_of_a_secret_is_kept(plane: Plane) -> None:
    secret = create(plane).secret
    assert len(secret) >= 43
    with plane.services.database.reading() as session:
        row = session.scalars(select(TokenRow)).one()
        assert row.digest == hashlib.sha256(secret.encode()).hexdigest()
        for table in ("tokens", "audit"):
            assert secret not in str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608


@pytest.mark.parametrize("secret", ["gal_wrong", "", None, "x" * 5000, "gal_\u00e4"])
def test_wrong_tokens_stay_out(plane: Plane, secret: str | None) -> None:
    create(plane)
    expected = ErrorCode.TOKEN_INVALID if secret else ErrorCode.UNAUTHENTICATED
    assert code_of(plane, secret) is expected
    assert denials(plane) == 1


def test_a_revoked_token_is_worth_nothing_at_once(plane: Plane) -> None:
    keep, gone = create(plane), create(plane, name="bob")
    session = sessions.sign_in(plane.services, gone.secret, HERE)
    tokens.revoke_token(plane.services, plane.caller("root", Role.ADMIN), gone.token.token_id)
    assert code_of(plane, gone.secret) is ErrorCode.TOKEN_INVALID
    assert sessions.current(plane.services, session.cookie, "req-00000002") is None
    assert not tokens.is_valid(plane.services, gone.token.token_id)
    assert access.operator(plane.services, keep.secret, HERE).name == "ana"


def test_an_expired_token_stays_out(plane: Plane) -> None:
    made = create(plane, expires_at=START + timedelta(hours=1))
    session = sessions.sign_in(plane.services, made.secret, HERE)
    plane.clock.pass_by(3600)
    assert code_of(plane, made.secret) is ErrorCode.TOKEN_EXPIRED
    assert sessions.current(plane.services, session.cookie, "req-00000002") is None


def test_runners_and_operators_have_their_own_doors(plane: Plane) -> None:
    runner, operator = runner_secret(plane), create(plane).secret
    assert access.runner(plane.services, runner, HERE).request_id == HERE.request_id
    assert code_of(plane, runner) is ErrorCode.FORBIDDEN
    with pytest.raises(PlaneProblem) as caught:
        access.runner(plane.services, operator, HERE)
    assert caught.value.code is ErrorCode.FORBIDDEN
    assert denials(plane) == 2


def test_guessing_is_slowed_down_and_cannot_flood_the_audit(plane: Plane) -> None:
    good = create(plane).secret
    codes = [code_of(plane, f"guess-{number}") for number in range(ALLOWED * 3)]
    assert codes == [ErrorCode.TOKEN_INVALID] * ALLOWED + [ErrorCode.RATE_LIMITED] * ALLOWED * 2
    assert denials(plane) == ALLOWED
    assert access.operator(plane.services, good, HERE).name == "ana"  # nobody is locked out by another's guesses
    assert code_of(plane, "guess", access.Origin("req-00000003", "192.0.2.2")) is ErrorCode.TOKEN_INVALID
    plane.clock.pass_by(61)
    assert code_of(plane, "guess") is ErrorCode.TOKEN_INVALID


def test_failures_of_many_addresses_take_bounded_room() -> None:
    failures = Failures()
    for number in range(10_000):
        failures.count(f"address-{number}", START)
    assert len(failures._by_address) <= 4096


def test_last_use_is_known_to_the_minute(plane: Plane) -> None:
    made = create(plane)

    def last_used() -> object:
        page = tokens.list_tokens(plane.services, plane.caller("root", Role.ADMIN), PageRequest())
        return page.items[0].last_used_at

    assert last_used() is None
    access.operator(plane.services, made.secret, HERE)
    plane.clock.pass_by(30)
    access.operator(plane.services, made.secret, HERE)
    assert last_used() == START
    plane.clock.pass_by(31)
    access.operator(plane.services, made.secret, HERE)
    assert last_used() == START + timedelta(seconds=61)


def test_only_admins_handle_tokens(plane: Plane) -> None:
    made = create(plane)
    for role in (Role.VIEWER, Role.OPERATOR):
        caller = plane.caller("ana", role)
        for act in (
            lambda caller=caller: tokens.list_tokens(plane.services, caller, PageRequest()),
            lambda caller=caller: tokens.create_token(plane.services, caller, TokenSpec(name="x", role=Role.ADMIN)),
            lambda caller=caller: tokens.revoke_token(plane.services, caller, made.token.token_id),
        ):
            with pytest.raises(PlaneProblem) as caught:
                act()
            assert caught.value.code is ErrorCode.FORBIDDEN


def test_the_last_admin_token_stays(plane: Plane) -> None:
    admin = plane.caller("root", Role.ADMIN)
    only = create(plane)
    create(plane, Role.OPERATOR, "op")
    create(plane, Role.ADMIN, "brief", expires_at=START + timedelta(days=1))  # no way back in when it has ended
    with pytest.raises(PlaneProblem) as caught:
        tokens.revoke_token(plane.services, admin, only.token.token_id)
    assert caught.value.code is ErrorCode.STATE_CONFLICT
    create(plane, Role.ADMIN, "second")
    tokens.revoke_token(plane.services, admin, only.token.token_id)
    tokens.revoke_token(plane.services, admin, only.token.token_id)  # revoked already is fine
    with pytest.raises(PlaneProblem) as caught:
        tokens.revoke_token(plane.services, admin, "tok-404")
    assert caught.value.code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize("more", [{"kind": "runner"}, {"kind": "system"}, {"expires_at": START}])
def test_tokens_that_make_no_sense_are_refused(plane: Plane, more: dict[str, object]) -> None:
    made = TokenSpec.model_validate({"name": "ana", "role": "viewer", **more})
    with pytest.raises(PlaneProblem) as caught:
        tokens.create_token(plane.services, plane.caller("root", Role.ADMIN), made)
    assert caught.value.code is ErrorCode.INVALID_REQUEST


def test_a_session_is_signed_in_used_and_signed_out(plane: Plane) -> None:
    secret = create(plane, Role.OPERATOR).secret
    session = sessions.sign_in(plane.services, f"  {secret}\n", HERE)
    found = sessions.current(plane.services, session.cookie, "req-00000002")
    assert found is not None
    assert (found.caller.name, found.caller.role, found.csrf) == ("ana", Role.OPERATOR, session.csrf)
    assert sessions.csrf_matches(found, session.csrf)
    assert not sessions.csrf_matches(found, "made up")
    assert not sessions.csrf_matches(found, None)
    sessions.sign_out(plane.services, session)
    assert sessions.current(plane.services, session.cookie, "req-00000003") is None
    wanted = auditing.AuditFilter(actor="ana")
    entries = auditing.list_audit(plane.services, plane.caller(), wanted, PageRequest()).items
    assert [entry.action for entry in entries] == [AuditAction.SIGN_OUT, AuditAction.SIGN_IN]


def test_a_session_ends_by_itself(plane: Plane) -> None:
    session = sessions.sign_in(plane.services, create(plane).secret, HERE)
    plane.clock.pass_by(sessions.LIFETIME.total_seconds())
    assert sessions.current(plane.services, session.cookie, "req-00000002") is None


@pytest.mark.parametrize("cookie", [None, "", "made-up"])
def test_no_cookie_no_session(plane: Plane, cookie: str | None) -> None:
    assert sessions.current(plane.services, cookie, "req-00000002") is None


def test_a_runner_does_not_sign_in(plane: Plane) -> None:
    with pytest.raises(PlaneProblem):
        sessions.sign_in(plane.services, runner_secret(plane), HERE)


def test_sessions_have_their_own_csrf_tokens(plane: Plane) -> None:
    secret = create(plane).secret
    one, other = (sessions.sign_in(plane.services, secret, HERE) for _ in range(2))
    assert one.csrf != other.csrf
    assert one.cookie not in one.csrf
