"""Which revision a store goes back to when nobody names one. The control plane and the runner must say the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from galleria.contracts.wire import Revision


def revision_before(known: Sequence[Revision], current: int, quarantined: Collection[str]) -> Revision | None:
    """Return what the store ran before: the last revision on the way to the current one that is known to be healthy.

    A revision that was taken back is not on the way, whatever its number, and neither is one of a quarantined release:
    nobody who asks to go back means what was left already. Revisions that don't say where they came from are from an
    older runner; among those the numbers decide.
    """
    by_number = {each.number: each for each in known}

    def is_good(each: Revision) -> bool:
        return each.healthy and each.release_id not in quarantined

    here, passed = by_number.get(current), {current}
    while here is not None and here.came_from is not None and here.came_from not in passed:
        passed.add(here.came_from)
        here = by_number.get(here.came_from)
        if here is not None and is_good(here):
            return here
    lower = [each for each in known if each.number < min(passed) and is_good(each)]
    return max(lower, key=lambda each: each.number, default=None)
