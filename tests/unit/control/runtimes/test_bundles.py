"""Bundles made of small wheels: checked to the byte, made once, whole or not at all, readable and never writable."""

from __future__ import annotations

import errno
import hashlib
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from galleria.contracts.errors import ErrorCode
from galleria.contracts.words import Component
from galleria.control.artifacts.layout import BUNDLE_TYPE, TITLE_ANNOTATION, WHEEL_TYPE, canonical
from galleria.control.artifacts.layout import Layout as Store
from galleria.control.runtimes.port import Artifact, RuntimeRefused
from galleria.control.runtimes.process import bundles, origins
from galleria.control.runtimes.process.layout import Layout
from galleria.control.runtimes.process.origins import Origin, Origins
from galleria.control.runtimes.process.runtime import ProcessRuntime

STOREFRONT = Component.STOREFRONT
FOLDERS = 0o755
FILES = {0o444, 0o555}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A state folder with an empty store of artifacts."""
    layout = Layout(tmp_path / "home")
    layout.home.mkdir()
    Store(layout.artifacts).create()
    return layout


def wheel(folder: Path, name: str, files: dict[str, str], tag: str = "py3-none-any") -> Path:
    """Make a wheel of these files."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.dist-info"
    texts = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{path},,\n" for path in (*texts, f"{info}/RECORD"))
    path = folder / f"{name}-1-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**texts, f"{info}/RECORD": record}.items():
            archive.writestr(file, text)
    return path


def artifact_of(layout: Layout, *wheels: Path, component: Component = STOREFRONT) -> Artifact:
    """Put an artifact of these wheels into the store."""
    store = Store(layout.artifacts)
    layers = [store.put_file(file, WHEEL_TYPE, {TITLE_ANNOTATION: file.name}) for file in wheels]
    config = store.put(canonical({"component": component.value}), "application/json")
    return Artifact(store.put_manifest(BUNDLE_TYPE, config, layers).digest, "1")


@pytest.fixture
def wheels(tmp_path: Path) -> list[Path]:
    """Two wheels that both bring the same file."""
    folder = tmp_path / "wheels"
    one = wheel(folder, "one", {"one/__init__.py": "WHO = 'one'\n", "shared.py": "BY = 'one'\n"})
    return [one, wheel(folder, "two", {"two.py": "import one\nWHO = one.WHO\n", "shared.py": "BY = 'two'\n"})]


def said(layout: Layout, artifact: Artifact, code: str) -> str:
    """Run code in a bundle."""
    python = bundles.source(layout, artifact).python
    return subprocess.run([python, "-I", "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_a_bundle_is_started_by_its_own_interpreter(layout: Layout, wheels: list[Path]) -> None:
    artifact = artifact_of(layout, *wheels)
    assert bundles.fetch(layout, STOREFRONT, artifact)
    assert not bundles.fetch(layout, STOREFRONT, artifact)
    folder = bundles.folder_of(layout, artifact.digest)
    assert said(layout, artifact, "import sys, two; print(sys.prefix, two.WHO)") == f"{folder} one"
    assert said(layout, artifact, "import shared; print(shared.BY)") == "one", "the component's own wheel comes first"
    own = "import sys; print([path for path in sys.path if 'packages' in path])"
    assert said(layout, artifact, own) == str([f"{folder}/lib/python3.{sys.version_info.minor}/site-packages"])


def test_all_of_it_is_compiled_and_nobody_may_write_it(layout: Layout, wheels: list[Path]) -> None:
    artifact = artifact_of(layout, *wheels)
    bundles.fetch(layout, STOREFRONT, artifact)
    found = [path for path in bundles.folder_of(layout, artifact.digest).rglob("*") if not path.is_symlink()]
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {FOLDERS}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} <= FILES
    assert {path.name.split(".")[0] for path in found if path.suffix == ".pyc"} == {"__init__", "shared", "two"}


def test_a_wheel_is_unpacked_once_for_all_bundles(layout: Layout, wheels: list[Path]) -> None:
    artifacts = [artifact_of(layout, wheels[0]), artifact_of(layout, *wheels)]
    inodes = set()
    for artifact in artifacts:
        bundles.fetch(layout, STOREFRONT, artifact)
        inodes.add(next(bundles.folder_of(layout, artifact.digest).rglob("one/__init__.py")).stat().st_ino)
    assert len(inodes) == 1
    assert len(list((layout.bundles / "wheels").iterdir())) == len(wheels)


def test_two_who_ask_at_once_get_one_making(layout: Layout, wheels: list[Path]) -> None:
    artifact = artifact_of(layout, *wheels)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: bundles.fetch(layout, STOREFRONT, artifact), range(4)))
    assert sorted(made) == [False, False, False, True]


def refusal(layout: Layout, artifact: Artifact, component: Component = STOREFRONT) -> ErrorCode:
    """How a fetch is refused; nothing of a bundle may be there then."""
    with pytest.raises(RuntimeRefused) as refused:
        ProcessRuntime(layout.home).fetch_artifact(component, artifact)
    assert not bundles.is_there(layout, artifact)
    assert {path.name for path in layout.bundles.iterdir()} <= {".lock", "wheels"}
    return refused.value.code


def test_what_is_not_there_or_not_whole_is_refused(layout: Layout, wheels: list[Path]) -> None:
    artifact = artifact_of(layout, *wheels)
    store = Store(layout.artifacts)
    digests = [artifact.digest, *(f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}" for file in wheels)]
    for digest in digests:
        blob = store.path(digest)
        good = blob.read_bytes()
        blob.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        assert refusal(layout, artifact) is ErrorCode.RELEASE_REFUSED
        blob.unlink()
        assert refusal(layout, artifact) is ErrorCode.NOT_FOUND
        blob.write_bytes(good)
    assert refusal(layout, artifact, Component.ENGINE) is ErrorCode.RELEASE_REFUSED, "it is another component's"
    assert refusal(layout, Artifact("sha256:" + "9" * 64, "1")) is ErrorCode.NOT_FOUND
    assert ProcessRuntime(layout.home).fetch_artifact(STOREFRONT, artifact)


def test_wheels_that_are_not_for_this_machine_or_leave_their_folder_are_refused(layout: Layout, tmp_path: Path) -> None:
    foreign = wheel(tmp_path / "a", "foreign", {"foreign.py": ""}, "cp27-cp27m-win32")
    outside = wheel(tmp_path / "b", "outside", {"../../outside.py": ""})
    double = wheel(tmp_path / "c", "double", {"double.py": "first"})
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(double, "a") as archive:
        archive.writestr("double.py", "second")
    broken = tmp_path / "broken-1-py3-none-any.whl"
    broken.write_bytes(b"no zip file")
    for bad in (foreign, outside, double, broken):
        assert refusal(layout, artifact_of(layout, bad)) is ErrorCode.RELEASE_REFUSED
    assert not list(layout.home.rglob("outside.py"))


def test_a_wheel_can_not_bring_another_interpreter(layout: Layout, tmp_path: Path) -> None:
    script = {"sly-1.data/scripts/python": "#!python\nprint('sly')\n", "sly.py": "WHO = 'sly'\n"}
    artifact = artifact_of(layout, wheel(tmp_path / "d", "sly", script))
    assert bundles.fetch(layout, STOREFRONT, artifact)
    assert said(layout, artifact, "import sly; print(sly.WHO, 1 + 1)") == "sly 2"


def test_a_full_disk_leaves_nothing_half_made(
    layout: Layout, wheels: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact = artifact_of(layout, *wheels)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for step in ("_unpack", "_link_tree", "_make_environment"):
        with monkeypatch.context() as patch:
            patch.setattr(bundles, step, full)
            assert refusal(layout, artifact) is ErrorCode.UNAVAILABLE
    assert ProcessRuntime(layout.home).fetch_artifact(STOREFRONT, artifact)


def test_what_a_killed_maker_left_is_cleared_away(layout: Layout, wheels: list[Path]) -> None:
    left = layout.bundles / ".new-left"
    (left / "half").mkdir(parents=True)
    bundles.fetch(layout, STOREFRONT, artifact_of(layout, *wheels))
    assert not left.exists()


def test_a_bundle_for_another_python_is_made_anew(
    layout: Layout, wheels: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact = artifact_of(layout, *wheels)
    with monkeypatch.context() as patch:
        patch.setattr(bundles, "_site_packages", lambda: "lib/python3.99/site-packages")
        assert bundles.fetch(layout, STOREFRONT, artifact)
    assert bundles.fetch(layout, STOREFRONT, artifact)
    assert said(layout, artifact, "import two; print(two.WHO)") == "one"


def test_what_nobody_needs_is_cleared_out_and_made_again_when_it_is_asked_for(
    layout: Layout, wheels: list[Path]
) -> None:
    needed, idle = artifact_of(layout, wheels[0]), artifact_of(layout, *wheels)
    for artifact in (needed, idle):
        bundles.fetch(layout, STOREFRONT, artifact)
    assert bundles.clear_out(layout, {needed.digest}) == 1
    assert bundles.is_there(layout, needed)
    assert not bundles.is_there(layout, idle)
    assert len(list((layout.bundles / "wheels").iterdir())) == 1, "the other wheel belongs to none any more"
    assert said(layout, needed, "import one; print(one.WHO)") == "one"
    assert bundles.fetch(layout, STOREFRONT, idle)
    mark = bundles.folder_of(layout, needed.digest) / "bundle.json"
    mark.chmod(0o600)
    mark.write_text("damaged")
    assert bundles.clear_out(layout, {needed.digest, idle.digest}) == 1, "what nobody can tell is made again"
    assert bundles.fetch(layout, STOREFRONT, needed)
    assert bundles.clear_out(layout, {needed.digest, idle.digest}) == 0


def test_the_platforms_own_artifacts_are_needed(layout: Layout) -> None:
    assert origins.artifacts_needed(layout) == set()
    layout.supervisor.mkdir(parents=True, exist_ok=True)
    now, before = (Origin(release_id="rel-1", digest=f"sha256:{digit}", version="1") for digit in "12")
    origins.write(layout, Origins(now={"plane": now}, before={"plane": before}))
    assert origins.artifacts_needed(layout) == {"sha256:1", "sha256:2"}
