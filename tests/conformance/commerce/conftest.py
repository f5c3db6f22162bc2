"""One replay: the recorded requests depend on each other, so they are all sent, once, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.commerce import golden, luma
from tests.support.engine_store import empty_store, engine_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conformance.commerce.luma import Replay


@pytest.fixture(scope="package")
def replay() -> Iterator[Replay]:
    """Everything that came of the recorded requests. The store is empty before and afterwards."""
    if not golden.FOLDER.is_dir() or not luma.DATA.is_dir():
        pytest.fail("the recorded answers and the Luma catalogue are read from ../shared, which is not there")
    store = engine_store()
    empty_store(store)
    luma.stock(store)
    from galleria.shop.engine.serve import make_web

    found = luma.Replay(make_web(store).app, store.public_url)
    found.run(golden.load())
    yield found
    empty_store(store)
