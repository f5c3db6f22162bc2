"""The decision of a rollout, for every rollout: what is next, never more than one wave at a time, when it halts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria.contracts.words import RolloutStatus
from galleria.control.plane import rolling
from galleria.control.plane.rolling import AT_ONCE, BadSelector, BadWaves, Deploy, End, Fate, Part, Standing, TakeBack

FLEETS = st.integers(1, 40)
SIZES = st.lists(st.integers(1, 99), min_size=0, max_size=5).map(
    lambda shares: ["1", *(f"{share}%" for share in sorted(shares)), "100%"]
)


def standing(stores: int, sizes: list[str], max_failures: int = 1) -> Standing:
    waves = rolling.waves(sizes, stores)
    parts = tuple(Part(f"shop-{place:03}", wave) for place, wave in enumerate(waves))
    return Standing(RolloutStatus.RUNNING, max_failures, parts)


def with_part(now: Standing, store_id: str, **update: object) -> Standing:
    parts = tuple(
        replace(part, **update) if part.store_id == store_id else part  # type: ignore[arg-type]
        for part in now.parts
    )
    return replace(now, parts=parts)


def act(now: Standing) -> Standing:
    """Do all that is next."""
    for one in rolling.decide(now):
        match one:
            case Deploy(store_id):
                now = with_part(now, store_id, there=Fate.RUNNING, touched=True)
            case TakeBack(store_id):
                now = with_part(now, store_id, back=Fate.RUNNING)
            case End(status):
                now = replace(now, status=status)
    return now


def under_way(now: Standing) -> list[Part]:
    return [part for part in now.parts if Fate.RUNNING in (part.there, part.back)]


def play(now: Standing, data: st.DataObject, fates: list[Fate]) -> Standing:
    """Let a rollout run until nothing moves; each deployment ends when and how the data says. Checks every moment."""
    for _ in range(10_000):
        after = act(now)
        check(now, after)
        now, moving = after, under_way(after)
        if not moving:
            if not rolling.decide(now):
                return now
            continue
        ends = data.draw(st.sampled_from(moving), label="ends")
        fate = data.draw(st.sampled_from(fates), label="how")
        ways = "back" if ends.back is Fate.RUNNING else "there"
        now = with_part(now, ends.store_id, **{ways: fate})
    raise AssertionError("it never ends")


def check(before: Standing, after: Standing) -> None:
    running = {part.wave for part in after.parts if part.there is Fate.RUNNING}
    assert len(running) <= 1
    assert len(under_way(after)) <= AT_ONCE
    for wave in running:
        assert all(part.there.ended for part in after.parts if part.wave < wave)
    if before.failures >= before.max_failures:
        assert sum(p.touched for p in after.parts) == sum(p.touched for p in before.parts)
    for old, new in zip(before.parts, after.parts, strict=True):
        if old.touched or old.there.ended:  # never a second deployment for one store
            assert (new.there, new.touched) == (old.there, old.touched)


@given(FLEETS, SIZES, st.integers(1, 5), st.data())
def test_whatever_happens_it_ends_and_never_begins_too_much(
    stores: int, sizes: list[str], max_failures: int, data: st.DataObject
) -> None:
    ended = play(standing(stores, sizes, max_failures), data, [Fate.SUCCEEDED, Fate.FAILED, Fate.SKIPPED])
    failed = sum(part.there is Fate.FAILED for part in ended.parts)
    if ended.status is RolloutStatus.HALTED:
        assert max_failures <= failed < max_failures + AT_ONCE
    else:
        assert ended.status is RolloutStatus.SUCCEEDED
        assert failed < max_failures
        assert all(part.there.ended for part in ended.parts)


@given(FLEETS, SIZES, st.data())
def test_a_release_that_always_fails_hits_the_canary_only(stores: int, sizes: list[str], data: st.DataObject) -> None:
    ended = play(standing(stores, sizes), data, [Fate.FAILED])
    assert ended.status is RolloutStatus.HALTED
    assert [part.store_id for part in ended.parts if part.touched] == ["shop-000"]


@given(FLEETS, SIZES, st.data())
def test_a_halted_one_that_is_told_to_go_on_ends(stores: int, sizes: list[str], data: st.DataObject) -> None:
    now = standing(stores, sizes)
    for _ in range(stores + 1):
        now = play(now, data, [Fate.SUCCEEDED, Fate.FAILED])
        if now.status is not RolloutStatus.HALTED:
            break
        now = replace(now, status=RolloutStatus.RUNNING, forgiven=now.forgiven + now.failures)
    assert now.status is RolloutStatus.SUCCEEDED


@given(FLEETS, SIZES, st.data())
def test_taken_back_every_store_that_it_moved_goes_back(stores: int, sizes: list[str], data: st.DataObject) -> None:
    now = act(standing(stores, sizes, max_failures=2))
    for _ in range(data.draw(st.integers(0, 30), label="moments")):
        moving = under_way(now)
        if not moving:
            break
        ends = data.draw(st.sampled_from(moving))
        fate = data.draw(st.sampled_from([Fate.SUCCEEDED, Fate.FAILED]))
        stuck = fate is Fate.FAILED and data.draw(st.booleans(), label="needs a person")
        now = act(with_part(now, ends.store_id, there=fate, stuck=stuck))
    fates = data.draw(st.sampled_from([[Fate.SUCCEEDED], [Fate.SUCCEEDED, Fate.FAILED]]), label="how they go back")
    ended = play(replace(now, status=RolloutStatus.ROLLING_BACK), data, fates)
    moved = [part for part in ended.parts if part.touched and part.there is Fate.SUCCEEDED]
    assert all(part.back.ended for part in moved)
    assert all(part.back is Fate.WAITING for part in ended.parts if part not in moved)
    needy = any(part.back is Fate.FAILED for part in moved) or any(part.stuck for part in ended.parts)
    assert ended.status is (RolloutStatus.NEEDS_ATTENTION if needy else RolloutStatus.ROLLED_BACK)


@given(FLEETS, SIZES)
def test_deciding_again_decides_the_same(stores: int, sizes: list[str]) -> None:
    """A plane that is killed between an act and the next decides from what is written down, and nothing else."""
    now = standing(stores, sizes)
    assert rolling.decide(now) == rolling.decide(now)
    after = act(now)
    assert not {one for one in rolling.decide(after) if isinstance(one, Deploy)} & set(rolling.decide(now))


@given(FLEETS, SIZES)
def test_waves_are_all_stores_in_order_without_a_gap(stores: int, sizes: list[str]) -> None:
    found = rolling.waves(sizes, stores)
    assert len(found) == stores
    assert found == sorted(found)
    assert set(found) == set(range(1, max(found) + 1))
    assert found.count(1) == 1


def test_waves_of_twenty_stores() -> None:
    found = rolling.waves(["1", "10%", "100%"], 20)
    assert [found.count(wave) for wave in (1, 2, 3)] == [1, 1, 18]


@pytest.mark.parametrize(
    "sizes",
    [
        [],
        ["1"],
        ["0", "100%"],
        ["50%", "10%", "100%"],
        ["5", "1", "100%"],
        ["1.5", "100%"],
        ["101%", "100%"],
        ["100%", "1", "100%"],
        ["ten", "100%"],
    ],
)
def test_waves_that_are_none_are_refused(sizes: list[str]) -> None:
    with pytest.raises(BadWaves):
        rolling.waves(sizes, 20)


FLEET = ["bookshop", "shop-001", "shop-002", "shop-010"]


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("all", FLEET),
        ("shop-010", ["shop-010"]),
        ("shop-010, all", ["shop-010", "bookshop", "shop-001", "shop-002"]),
        ("shop-0*", ["shop-001", "shop-002", "shop-010"]),
        ("*-00*,shop-001", ["shop-001", "shop-002"]),
    ],
)
def test_a_selector_names_stores_in_its_own_order(selector: str, found: list[str]) -> None:
    assert rolling.select(selector, FLEET) == found


@pytest.mark.parametrize("selector", ["", "nowhere", "zzz*", "shop-001,", "SHOP*", "shop-[0]*", "shop-001;shop-002"])
def test_a_selector_that_selects_nothing_is_refused(selector: str) -> None:
    with pytest.raises(BadSelector):
        rolling.select(selector, FLEET)
