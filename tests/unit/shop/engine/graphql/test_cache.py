"""Cached answers are true: a change drops what it touches, here or in another process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from galleria.shop.engine.graphql.cache import AnswerCache, CachedAnswer, Generation

if TYPE_CHECKING:
    from pathlib import Path


def answer(*tags: str, body: bytes = b"{}") -> CachedAnswer:
    return CachedAnswer(body, '"e"', frozenset(tags))


def test_an_answer_is_kept_until_something_it_shows_changes(tmp_path: Path) -> None:
    cache = AnswerCache(Generation(tmp_path))
    cache.put("a", answer("product:1"), cache.epoch)
    cache.put("b", answer("product:2"), cache.epoch)
    assert cache.invalidate(["product:1"]) == 1
    assert (cache.get("a"), cache.get("b")) == (None, answer("product:2"))


def test_what_was_computed_before_a_change_is_not_kept_after_it(tmp_path: Path) -> None:
    cache = AnswerCache(Generation(tmp_path))
    before = cache.epoch
    cache.invalidate(["product:1"])
    cache.put("a", answer("product:1"), before)
    assert cache.get("a") is None


def test_another_process_voids_everything(tmp_path: Path) -> None:
    cache = AnswerCache(Generation(tmp_path))
    cache.put("a", answer("product:1"), cache.epoch)
    Generation(tmp_path).bump()
    assert cache.get("a") is None
    cache.put("a", answer("product:1"), cache.epoch)
    assert cache.get("a") is not None


def test_two_bumps_in_one_tick_of_the_clock_both_count(tmp_path: Path) -> None:
    generation = Generation(tmp_path)
    generation.bump()
    cache = AnswerCache(generation)
    cache.put("a", answer(), cache.epoch)
    generation.bump()
    assert cache.get("a") is None


def test_the_cache_is_bounded_by_number_and_by_bytes(tmp_path: Path) -> None:
    cache = AnswerCache(Generation(tmp_path), max_entries=3, max_bytes=1000)
    for name in "abcd":
        cache.put(name, answer(body=b"x" * 10), cache.epoch)
    assert len(cache) == 3
    assert cache.get("a") is None
    cache.put("big", answer(body=b"x" * 900), cache.epoch)
    assert cache.get("big") is None


def test_everything_can_be_dropped(tmp_path: Path) -> None:
    cache = AnswerCache(Generation(tmp_path))
    cache.put("a", answer("store"), cache.epoch)
    assert cache.invalidate(["*"]) == 1


def test_the_generation_is_another_word_after_any_change_and_tells_no_more(tmp_path: Path) -> None:
    cache, other = AnswerCache(Generation(tmp_path)), AnswerCache(Generation(tmp_path))
    first = cache.generation
    assert cache.generation == first
    assert other.generation != first  # another process: it may have missed something
    cache.invalidate(["product:1"])
    second = cache.generation
    Generation(tmp_path).bump()
    assert len({first, second, cache.generation}) == 3
