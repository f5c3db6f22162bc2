"""Places and user ids: paths that sockets can have, and ids that belong to nobody else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from galleria.contracts.errors import ErrorCode
from galleria.control.runtimes.port import RuntimeRefused
from galleria.control.runtimes.process import ids
from galleria.control.runtimes.process.ids import GATEWAY, PLANE, Ids, block
from galleria.control.runtimes.process.layout import HOME_LENGTH_LIMIT, Layout

WIDE = "         0          0 4294967295\n"
NARROW = "         0     100000      65536\n"
SPLIT = "         0       1000          1\n         1     100000      65536\n"
UNIX_SOCKET_LIMIT = 107


@pytest.mark.parametrize(
    ("length", "too_long"), [(2, False), (HOME_LENGTH_LIMIT, False), (HOME_LENGTH_LIMIT + 1, True)]
)
def test_a_state_folders_path_may_be_so_long(length: int, too_long: bool) -> None:
    assert Layout(Path("/" + "h" * (length - 1))).too_long() is too_long


def test_length_is_counted_in_bytes() -> None:
    assert Layout(Path("/" + "\u00e9" * 35)).too_long()


def test_the_places_of_a_store_lie_in_its_two_folders() -> None:
    place = Layout(Path("/h")).store("shop-001")
    assert place.agent == Path("/h/agents/shop-001")
    for inside in (place.env, place.data, place.run, place.logs, place.tmp):
        assert inside.parent == place.root == Path("/h/instances/shop-001")


def test_the_platforms_own_sockets_fit_below_the_longest_folder() -> None:
    layout = Layout(Path("/" + "h" * (HOME_LENGTH_LIMIT - 1)))
    for socket in (layout.plane_socket, layout.supervisor_socket, layout.gateway / "health.sock"):
        assert len(str(socket)) <= UNIX_SOCKET_LIMIT


def test_a_launch_file_has_no_colon_in_its_name() -> None:
    file = Layout(Path("/h")).launch_file("store-shop-001.engine-blue")
    assert file == Path("/h/supervisor/launch.d/store-shop-001.engine-blue.json")


@pytest.mark.parametrize("home", ["/h", "/var/lib/galleria", "/tmp/x", "/tmp/y"])
def test_a_wide_map_gives_ids_that_no_distribution_gives(home: str) -> None:
    chosen = block(Path(home), WIDE)
    assert len(chosen) == 10_000
    assert 1_000_000_000 <= chosen.start < chosen.stop <= 2_000_000_000


@pytest.mark.parametrize("uid_map", [NARROW, SPLIT, ""])
@pytest.mark.parametrize("home", ["/h", "/var/lib/galleria", "/tmp/x", "/tmp/y"])
def test_a_narrow_map_gives_ids_that_it_has(home: str, uid_map: str) -> None:
    chosen = block(Path(home), uid_map)
    assert len(chosen) == 1_000
    assert 45_000 <= chosen.start < chosen.stop <= 60_000  # systemd's dynamic users begin at 61,184


def test_two_platforms_share_no_id() -> None:
    chosen = [block(Path(f"/tmp/{name}"), WIDE) for name in "abcdefgh"]
    assert len({each.start for each in chosen}) == len(chosen)
    assert block(Path("/tmp/a"), WIDE) == chosen[0]


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A platform that runs as root, as far as ids are concerned."""
    monkeypatch.setattr(ids, "running_as_root", lambda: True)
    return Layout(tmp_path)


def test_ids_are_remembered_and_never_shared(layout: Layout) -> None:
    first = Ids(layout)
    given = [first.of_part(PLANE), first.of_part(GATEWAY), first.of_store("shop-001"), first.of_store("plane")]
    assert len({each.uid for each in given if each}) == len(given)
    again = Ids(layout)
    assert [
        again.of_part(PLANE),
        again.of_part(GATEWAY),
        again.of_store("shop-001"),
        again.of_store("plane"),
    ] == given
    assert layout.ids_file.stat().st_mode & 0o777 == 0o600


def test_used_up_ids_are_refused(layout: Layout) -> None:
    last = block(layout.home, Path("/proc/self/uid_map").read_text("ascii")).stop - 1
    layout.ids_file.write_text(json.dumps({"shop-001": last}))
    with pytest.raises(RuntimeRefused) as refused:
        Ids(layout).of_store("shop-002")
    assert refused.value.code is ErrorCode.UNAVAILABLE
    known = Ids(layout).of_store("shop-001")
    assert known is not None
    assert known.uid == last


def test_an_ordinary_user_gives_no_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "running_as_root", lambda: False)
    assert Ids(Layout(tmp_path)).of_store("shop-001") is None
    assert list(tmp_path.iterdir()) == []
