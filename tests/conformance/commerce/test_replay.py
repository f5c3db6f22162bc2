"""Every recorded answer is given the same, or stands in the table of departures with the reason."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conformance.commerce import golden

if TYPE_CHECKING:
    from tests.conformance.commerce.luma import Replay

pytestmark = pytest.mark.shared

DOCUMENT = Path(__file__).parents[3] / "docs" / "GRAPHQL_CONTRACT.md"
_ROW = re.compile(r"^\| `([a-z0-9, `-]+)` \| (.+) \|$")


def departures() -> dict[str, str]:
    """Return the reasons of the table of departures, by the name of the recorded pair."""
    text = DOCUMENT.read_text("utf-8").partition("## Departures")[2]
    found: dict[str, str] = {}
    for line in text.splitlines():
        row = _ROW.match(line)
        if row:
            for name in row[1].replace("`", "").split(", "):
                found[name] = row[2]
    return found


PAIRS = [pair for pair in golden.load() if pair.answered] if golden.FOLDER.is_dir() else []


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_a_recorded_answer_is_given_the_same_or_departs_for_a_reason(replay: Replay, pair: golden.Pair) -> None:
    differences = replay.outcomes[pair.name]
    reason = departures().get(pair.name)
    if reason is None:
        assert not differences, "\n".join([pair.shows, *differences])
    else:
        assert differences, f"the same now: take it off the table of departures ({reason})"


def test_there_are_recorded_answers() -> None:
    assert len(PAIRS) >= 258


def test_every_departure_names_a_recorded_pair() -> None:
    assert set(departures()) <= {pair.name for pair in PAIRS}
