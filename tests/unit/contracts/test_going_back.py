"""What a store ran before is on the way to what it runs; what was taken back is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from galleria.contracts.going_back import revision_before
from galleria.contracts.wire import Revision

MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
GOOD, BAD = "rel-000000000001", "rel-00000000000b"


def revision(number: int, came_from: int | None, release_id: str | None = GOOD, *, healthy: bool = True) -> Revision:
    return Revision(
        number=number,
        artifacts={},
        versions={},
        release_id=release_id,
        healthy=healthy,
        came_from=came_from,
        since=MOMENT,
    )


FIRST = revision(1, None, None)


@pytest.mark.parametrize(
    ("known", "current", "expected"),
    [
        ([FIRST], 1, None),
        ([FIRST, revision(2, 1)], 2, 1),
        ([FIRST, revision(2, 1), revision(3, 1)], 3, 1),
        ([FIRST, revision(2, 1), revision(3, 2)], 1, None),
        ([FIRST, revision(2, 1, healthy=False), revision(3, 2)], 3, 1),
        ([FIRST, revision(2, 1, BAD), revision(3, 2)], 3, 1),
        ([FIRST, revision(2, None), revision(3, None)], 3, 2),
        ([FIRST, revision(2, None, BAD), revision(3, None)], 3, 1),
        ([FIRST, revision(2, None), revision(3, None), revision(4, 2)], 4, 2),
        ([FIRST, revision(2, None, healthy=False), revision(4, 2)], 4, 1),
        ([FIRST, revision(3, 2)], 3, 1),
        ([revision(2, 3), revision(3, 2, healthy=False)], 2, None),
        ([], 1, None),
    ],
)
def test_the_way_back_is_the_way_that_the_store_came(known: list[Revision], current: int, expected: int | None) -> None:
    found = revision_before(known, current, {BAD})
    assert (found.number if found else None) == expected
