"""The ids of used tokens are kept as long as they matter, and no longer."""

from __future__ import annotations

from pathlib import Path

import pytest

from galleria.contracts.errors import ErrorCode
from galleria.shop.agent import tokens
from galleria.shop.agent.refusal import Refused
from galleria.shop.agent.tokens import UsedTokens

JTI = "a" * 32


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_used_id_is_known_to_the_next_process(tmp_path: Path) -> None:
    UsedTokens(tmp_path / "used", Clock()).use(JTI, 1060)
    with pytest.raises(Refused) as caught:
        UsedTokens(tmp_path / "used", Clock()).use(JTI, 1060)
    assert caught.value.error_code is ErrorCode.TOKEN_REPLAYED


def test_expired_ids_leave_file_and_memory(tmp_path: Path) -> None:
    clock = Clock()
    UsedTokens(tmp_path / "used", clock).use(JTI, 1060)
    clock.now = 1061
    UsedTokens(tmp_path / "used", clock)
    assert (tmp_path / "used").read_text() == ""


def test_the_store_is_bounded_and_frees_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_MAX_USED", 3)
    clock = Clock()
    used = UsedTokens(tmp_path / "used", clock)
    for number in range(3):
        used.use(f"{JTI}{number}", 1060)
    with pytest.raises(Refused) as caught:
        used.use(f"{JTI}x", 1060)
    assert caught.value.error_code is ErrorCode.RATE_LIMITED
    clock.now = 1061
    monkeypatch.setattr(tokens, "_MAX_EXPIRED", 3)
    used.use(f"{JTI}x", 1120)
    assert len((tmp_path / "used").read_text().splitlines()) == 1


def test_a_damaged_file_does_not_stop_the_agent(tmp_path: Path) -> None:
    (tmp_path / "used").write_bytes(b"\xff\xfe\nnonsense\n1060 " + JTI.encode() + b"\n1060 cut")
    used = UsedTokens(tmp_path / "used", Clock())
    with pytest.raises(Refused):
        used.use(JTI, 1060)


def test_a_token_is_used_once_by_all_agents_of_a_store_together(tmp_path: Path) -> None:
    blue, green = UsedTokens(tmp_path / "used", Clock()), UsedTokens(tmp_path / "used", Clock())
    blue.use(JTI, 1060)
    for agent in (blue, green, UsedTokens(tmp_path / "used", Clock())):
        with pytest.raises(Refused) as caught:
            agent.use(JTI, 1060)
        assert caught.value.error_code is ErrorCode.TOKEN_REPLAYED
    green.use(f"{JTI}2", 1060)
    with pytest.raises(Refused):
        blue.use(f"{JTI}2", 1060)
