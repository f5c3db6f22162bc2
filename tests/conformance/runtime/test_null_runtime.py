"""The null runtime keeps the port's promises: acts can run twice, and an unknown store is refused by its code."""

from __future__ import annotations

import pytest

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Catalogue, ProcessState
from galleria.control.runtimes.null import NullRuntime
from galleria.control.runtimes.port import InstanceSpec, RuntimePort, RuntimeRefused


def test_a_stores_life() -> None:
    runtime: RuntimePort = NullRuntime()
    artifact = runtime.prepare_artifact()
    template = runtime.make_template(artifact, Catalogue.DEMO)
    assert not runtime.make_template(artifact, Catalogue.DEMO).made_now
    for _ in range(2):
        runtime.make_instance(InstanceSpec("shop-001", artifact), "SECRET=x\n")
        runtime.copy_template("shop-001", template)
        runtime.provision_engine("shop-001")
        runtime.start("shop-001")
    assert {each.state for each in runtime.observe()[0].processes} == {ProcessState.RUNNING}
    runtime.stop("shop-001")
    assert {each.state for each in runtime.observe()[0].processes} == {ProcessState.STOPPED}
    for _ in range(2):
        runtime.remove_instance("shop-001")
    assert list(runtime.observe()) == []


def test_an_unknown_store_is_refused() -> None:
    with pytest.raises(RuntimeRefused) as refused:
        NullRuntime().start("shop-009")
    assert refused.value.code is ErrorCode.STORE_NOT_FOUND
