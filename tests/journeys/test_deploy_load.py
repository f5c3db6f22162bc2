"""A hundred requests a second through a deployment and a rollback of a real store: none fails, and nobody loses a cart.

``bench/deploy_load.py`` does the same with 10,000 requests and prints what they took.
"""

from __future__ import annotations

import pytest

from galleria.contracts.words import STORE_COMPONENTS, DeploymentStatus
from tests.journeys.living import living_platform
from tests.support.load import a_shops_visits, load
from tests.support.workshop import appending, workshop

pytestmark = pytest.mark.platform

STORE = "shop-001"
PER_SECOND = 100
REQUESTS = 3_000


def test_nobody_notices_a_deployment_or_a_rollback(tmp_path_factory: pytest.TempPathFactory) -> None:
    host = f"{STORE}.localhost"
    with living_platform(settings={"GALLERIA_RUNNER_WATCH_SECONDS": "4"}) as platform:
        platform.create(STORE)
        release = workshop(tmp_path_factory.mktemp("workshop"), platform.files).release(
            {f"src/galleria/shop/{part}/__init__.py": appending("# next") for part in ("engine", "storefront", "agent")}
        )
        visits = a_shops_visits(platform.port, host)
        before = platform.store_pids(STORE)
        with load(platform.port, host, visits, PER_SECOND) as counted:
            counted.wait_for(200, 60)
            deployed = platform.deploy(STORE, release)
            between = platform.store_pids(STORE)
            counted.wait_for(len(counted.seconds) + 200, 60)
            back = platform.roll_back(STORE, reason="to see who notices")
            counted.wait_for(max(REQUESTS, len(counted.seconds) + 200), 120)
        assert deployed.status is DeploymentStatus.SUCCEEDED, deployed.reason
        assert back.status is DeploymentStatus.SUCCEEDED, back.reason
        assert all(between[component] - before[component] for component in STORE_COMPONENTS), "nothing new was started"
    assert counted.failures == []
    assert len(counted.seconds) >= REQUESTS
    assert set(counted.by_name) == {visit.name for visit in visits}
    assert counted.late < 10, f"the rate was not kept up: a request was {counted.late:.1f} s late"
