"""One replay a session: the recorded requests depend on each other, so they are all sent, once, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.commerce import golden, luma
from tests.support.engine_store import engine_store

if TYPE_CHECKING:
    from tests.conformance.commerce.luma import Replay


@pytest.fixture(scope="session")
def replay() -> Replay:
    """Everything that came of the recorded requests."""
    if not golden.FOLDER.is_dir() or not luma.DATA.is_dir():
        pytest.fail("the recorded answers and the Luma catalogue are read from ../shared, which is not there")
    store = engine_store()
    luma.stock(store)
    from galleria.shop.engine.serve import make_web

    found = luma.Replay(make_web(store).app, store.public_url)
    found.run(golden.load())
    return found
