"""Which program sees what: a store its own folder, the agent its socket's, the plane nothing of any store."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from galleria.contracts.words import STORE_COMPONENTS, Catalogue, Component, Slot
from galleria.control.runtimes.port import Artifact, Placement
from galleria.control.runtimes.process import artifact, profiles
from galleria.control.runtimes.process.artifact import Source
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.profiles import Ground, Sources, registry_needs
from galleria.control.runtimes.process.sandbox import Bind, Identity, Launch, Means, bwrap_arguments
from galleria.control.runtimes.slots import Place

HOME = Path("/h")
GROUND = Ground(Layout(HOME), Means.BUBBLEWRAP, None, None)
AS_ROOT = replace(GROUND, plane=Identity(11, 11), gateway=Identity(12, 12))
STORE = Identity(13, 13)
INSTALLED = Sources(artifact.installed(), artifact.installed())


def seen(launch: Launch) -> list[Bind]:
    """What a program sees beyond the artifact."""
    return [bind for bind in launch.binds if bind not in artifact.binds()]


def component(which: Component, ground: Ground = GROUND, identity: Identity | None = None) -> Launch:
    """A process of shop-001."""
    return profiles.component_launch(ground, "shop-001", placed(which, Slot.BLUE), INSTALLED, identity)


def placed(which: Component, slot: Slot, engine: Slot | None = None) -> Place:
    """A place of a component, with the engine of the same slot unless another one is named."""
    return Place(Placement(which, slot, Artifact("sha256:" + "1" * 64, "1"), config_version=3), engine or slot)


@pytest.mark.parametrize("which", [Component.ENGINE, Component.STOREFRONT])
def test_engine_and_storefront_see_their_store_only(which: Component) -> None:
    assert seen(component(which)) == [Bind("/h/instances/shop-001", "/store", writable=True)]


def test_only_the_agent_sees_the_agents_folder() -> None:
    assert seen(component(Component.SHOP_AGENT)) == [
        Bind("/h/instances/shop-001", "/store", writable=True),
        Bind("/h/agents/shop-001", "/agent", writable=True),
    ]


def test_an_unsupervised_program_of_a_store_sees_no_more() -> None:
    launch = profiles.store_launch(GROUND, "shop-001", ("galleria.shop.engine", "provision"), STORE)
    assert seen(launch) == [Bind("/h/instances/shop-001", "/store", writable=True)]
    assert (launch.state, launch.die_with_parent, launch.identity) == (None, True, STORE)


def test_a_template_is_made_where_it_can_write_nothing_else() -> None:
    launch = profiles.template_launch(GROUND, Path("/h/templates/.demo"), Catalogue.DEMO, STORE, artifact.installed())
    assert seen(launch) == [Bind("/h/templates/.demo", "/template", writable=True)]
    assert not launch.network


@pytest.mark.parametrize("which", STORE_COMPONENTS)
def test_no_process_of_a_store_has_the_network_or_root(which: Component) -> None:
    launch = component(which, AS_ROOT, STORE)
    assert not launch.network
    assert not launch.low_ports
    assert launch.identity == STORE
    assert launch.limits.processes == 512
    assert "--unshare-net" in bwrap_arguments(launch)


@pytest.mark.parametrize("which", STORE_COMPONENTS)
def test_the_artifact_is_read_only_for_all(which: Component) -> None:
    for launch in (component(which), profiles.plane_launch(GROUND, {}), profiles.gateway_launch(GROUND, "::1", 80)):
        assert set(artifact.binds()) <= set(launch.binds)
    assert not any(bind.writable for bind in artifact.binds())


@pytest.mark.parametrize("which", STORE_COMPONENTS)
def test_a_supervised_process_outlives_its_supervisor(which: Component) -> None:
    launch = component(which)
    assert (launch.state, launch.die_with_parent) == ("/h/supervisor/run", False)
    assert launch.program.startswith("store-shop-001.")
    assert launch.log in [f"/h/instances/shop-001/logs/{name}.log" for name in ("engine", "storefront", "agent")]


def test_green_and_blue_have_sockets_of_their_own() -> None:
    green = placed(Component.STOREFRONT, Slot.GREEN)
    launch = profiles.component_launch(GROUND, "shop-001", green, INSTALLED, None)
    assert "/store/run/storefront-green.sock" in launch.argv
    assert "unix:/store/run/engine-green.sock" in launch.argv
    assert launch.program == "store-shop-001.storefront-green"
    beside = placed(Component.STOREFRONT, Slot.GREEN, engine=Slot.BLUE)
    assert (
        "unix:/store/run/engine-blue.sock"
        in profiles.component_launch(GROUND, "shop-001", beside, INSTALLED, None).argv
    )


@pytest.mark.parametrize("which", STORE_COMPONENTS)
def test_a_process_reads_the_configuration_of_its_revision(which: Component) -> None:
    argv = component(which).argv
    assert argv[argv.index("--config") + 1] == "/store/config/3.env"


def test_only_the_agent_sees_the_engine_beside_what_it_is_started_from_itself() -> None:
    own, engine = (
        Source(f"/h/bundles/{name}/bin/python", (Bind(f"/h/bundles/{name}", f"/h/bundles/{name}"),)) for name in "ab"
    )
    for which in STORE_COMPONENTS:
        launch = profiles.component_launch(GROUND, "shop-001", placed(which, Slot.BLUE), Sources(own, engine), None)
        assert launch.argv[0] == "/h/bundles/a/bin/python"
        assert (engine.binds[0] in launch.binds) is (which is Component.SHOP_AGENT)
        assert not any(bind in artifact.binds() for bind in launch.binds)
        if which is Component.SHOP_AGENT:
            assert launch.argv[launch.argv.index("--engine-python") + 1] == engine.python
            assert "unix:/store/run/storefront.sock" in launch.argv


def test_no_environment_of_ours_reaches_a_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_OPERATOR", "canary")
    for which in STORE_COMPONENTS:
        names = set(component(which).environment)
        assert names == {"PATH", "LANG", "MALLOC_ARENA_MAX", "HOME", "TMPDIR"}


def test_the_plane_sees_nothing_of_an_instance() -> None:
    launch = profiles.plane_launch(AS_ROOT, {})
    assert seen(launch) == [Bind("/h/plane", "/plane", writable=True), Bind("/h/agents", "/agents")]
    assert not any(Path("/h/instances").is_relative_to(bind.source) for bind in seen(launch))
    assert "instances" not in launch.to_json()
    assert launch.identity == AS_ROOT.plane


@pytest.mark.parametrize(
    ("url", "network", "sockets"),
    [
        ("", False, ()),
        ("sqlite:////h/plane/registry.db", False, ()),
        ("postgresql+psycopg://u:p@db.internal:5432/galleria", True, ()),
        ("postgresql://db/galleria", True, ()),
        ("postgresql+psycopg:///galleria?host=/run/postgresql", False, ("/run/postgresql",)),
        ("postgresql+psycopg://u@/galleria?host=/a&host=/b", False, ("/a", "/b")),
        ("postgresql+psycopg:///galleria?host=db.internal", True, ()),
    ],
)
def test_the_plane_has_the_network_for_postgresql_over_tcp_only(
    url: str, network: bool, sockets: tuple[str, ...]
) -> None:
    assert registry_needs(url) == (network, sockets)
    launch = profiles.plane_launch(GROUND, {"GALLERIA_REGISTRY_URL": url})
    assert launch.network is network
    assert ("--unshare-net" in bwrap_arguments(launch)) is not network
    assert [bind for bind in seen(launch) if bind.source in sockets] == [Bind(each, each) for each in sockets]


def test_the_gateway_may_write_its_own_folder_only() -> None:
    launch = profiles.gateway_launch(AS_ROOT, "127.0.0.1", 8080)
    assert [bind.source for bind in seen(launch) if bind.writable] == ["/h/gateway"]
    assert {bind.source for bind in seen(launch)} == {"/h/gateway", "/h/doors", "/h/plane/run", "/h/instances"}
    assert (launch.identity, launch.low_ports) == (AS_ROOT.gateway, False)
    assert launch.network
    assert profiles.gateway_launch(AS_ROOT, "127.0.0.1", 443).low_ports


def test_without_bubblewrap_scratch_is_each_programs_own() -> None:
    landlock = replace(GROUND, means=Means.LANDLOCK)
    assert component(Component.ENGINE, landlock).environment["TMPDIR"] == "/store/tmp"
    assert profiles.plane_launch(landlock, {}).environment["TMPDIR"] == "/plane"
    assert component(Component.ENGINE).environment["TMPDIR"] == "/tmp"


def test_the_runner_makes_the_others_confinement_and_has_none() -> None:
    launch = profiles.runner_launch(GROUND, {"GALLERIA_RUNNER_SLOTS": "4"})
    assert (launch.means, launch.binds) == (Means.NONE, ())
    assert launch.environment["GALLERIA_RUNNER_SLOTS"] == "4"
