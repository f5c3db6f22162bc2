"""What lies on the shelf is what was built and signed, to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from galleria.contracts.words import Component
from galleria.control.artifacts.layout import Layout, canonical
from galleria.control.artifacts.problems import ReleaseMissing, ReleaseRefused
from galleria.control.delivery.release import build, shelf, signing
from galleria.control.delivery.release.manifest import Release
from tests.unit.control.delivery.release.conftest import git


@pytest.fixture
def release(repository: Path, layout: Layout, key: Ed25519PrivateKey) -> Release:
    return _build(repository, layout, key)


def _build(repository: Path, layout: Layout, key: Ed25519PrivateKey) -> Release:
    order = build.Order(repository, "HEAD", (Component.ENGINE, Component.STOREFRONT), layout.folder.parent / "wheels")
    return build.build(order, layout, key)


def _next(repository: Path, layout: Layout, key: Ed25519PrivateKey, number: int) -> Release:
    (repository / "src/galleria/shop/engine/__init__.py").write_text(f"engine = {number}\n")
    git(repository, "commit", "-q", "-a", "-m", f"engine {number}")
    return _build(repository, layout, key)


def test_a_whole_release_verifies_and_names_its_signer(
    release: Release, layout: Layout, trust: Path, key: Ed25519PrivateKey
) -> None:
    verified = shelf.verify(layout, release.release_id, trust)
    assert verified.release == release
    assert verified.signed_by == signing.key_id(key.public_key())
    assert verified.blobs > 0


def test_a_changed_byte_anywhere_is_refused(release: Release, layout: Layout, trust: Path) -> None:
    blobs = sorted((layout.folder / "blobs/sha256").iterdir())
    for blob in blobs:
        content = blob.read_bytes()
        blob.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        with pytest.raises(ReleaseRefused):
            shelf.verify(layout, release.release_id, trust)
        blob.write_bytes(content)
    shelf.verify(layout, release.release_id, trust)


def test_a_lost_blob_anywhere_is_refused(release: Release, layout: Layout, trust: Path) -> None:
    for blob in sorted((layout.folder / "blobs/sha256").iterdir()):
        aside = layout.folder / "aside"
        blob.rename(aside)
        with pytest.raises(ReleaseMissing, match="galleria release take"):
            shelf.verify(layout, release.release_id, trust)
        aside.rename(blob)


def test_a_signer_nobody_trusts_is_refused(release: Release, layout: Layout, tmp_path: Path) -> None:
    empty = tmp_path / "nobody"
    empty.mkdir()
    with pytest.raises(ReleaseRefused, match="no key that is trusted here"):
        shelf.verify(layout, release.release_id, empty)
    with pytest.raises(ReleaseRefused, match="no key that is trusted here"):
        shelf.check_signature(layout, release.release_id, empty)


def test_an_unknown_source_is_refused_until_it_is_trusted(
    repository: Path, layout: Layout, key: Ed25519PrivateKey, trust: Path
) -> None:
    order = build.Order(repository, "HEAD", (Component.ENGINE,), layout.folder.parent / "wheels", "somebody/fork")
    release = build.build(order, layout, key)
    with pytest.raises(ReleaseRefused, match=r"built from somebody/fork, which is no source trusted here \(galleria\)"):
        shelf.verify(layout, release.release_id, trust)
    (trust / "sources").write_text("galleria\n\nsomebody/fork\n")
    assert shelf.verify(layout, release.release_id, trust).release == release


@pytest.mark.parametrize("bom", [b"{}", b"no json", b'{"metadata": {"component": {"hashes": []}}, "components": []}'])
def test_an_sbom_that_does_not_name_what_is_in_its_artifact_is_refused(
    release: Release, layout: Layout, key: Ed25519PrivateKey, trust: Path, bom: bytes
) -> None:
    other = layout.put(bom, build.SBOM_TYPE).digest
    parts = [part.model_copy(update={"sbom": other}) for part in release.components]
    claimed = release.model_copy(update={"components": parts})
    build.store(claimed, signing.sign(claimed.payload(), [key]), layout)
    with pytest.raises(ReleaseRefused, match="SBOM"):
        shelf.verify(layout, claimed.release_id, trust)


def test_the_sbom_of_another_component_is_refused(
    release: Release, layout: Layout, key: Ed25519PrivateKey, trust: Path
) -> None:
    one, two = release.components
    swapped = [one.model_copy(update={"sbom": two.sbom}), two.model_copy(update={"sbom": one.sbom})]
    claimed = release.model_copy(update={"components": swapped})
    build.store(claimed, signing.sign(claimed.payload(), [key]), layout)
    with pytest.raises(ReleaseRefused, match="does not name what is in it"):
        shelf.verify(layout, claimed.release_id, trust)


def test_a_signature_over_another_manifest_is_refused(
    release: Release, layout: Layout, trust: Path, key: Ed25519PrivateKey
) -> None:
    forged = release.model_copy(update={"components": release.components[:1]})
    build.store(forged, signing.sign(release.payload(), [key]), layout)
    with pytest.raises(ReleaseRefused, match="another manifest"):
        shelf.verify(layout, forged.release_id, trust)


def test_another_release_under_a_releases_name_is_refused(
    release: Release, layout: Layout, trust: Path, repository: Path, key: Ed25519PrivateKey
) -> None:
    other = _next(repository, layout, key, 7)
    layout.name(release.release_id, layout.names()[other.release_id])
    with pytest.raises(ReleaseRefused, match="holds another release"):
        shelf.read(layout, release.release_id)
    with pytest.raises(ReleaseRefused, match="holds another release"):
        shelf.verify(layout, release.release_id, trust)
    assert shelf.list_damaged(layout) == [release.release_id]


def test_a_signature_of_another_kind_of_document_is_refused(key: Ed25519PrivateKey) -> None:
    envelope = {**signing.sign(b"{}", [key]), "payloadType": "application/vnd.in-toto+json"}
    with pytest.raises(ReleaseRefused, match="another kind"):
        signing.verify(canonical(envelope), {signing.key_id(key.public_key()): key.public_key()})


def test_promotion_is_the_same_bytes_under_an_environments_name(release: Release, layout: Layout, trust: Path) -> None:
    assert shelf.promoted_for(layout, release.release_id) == ()
    shelf.promote(layout, release.release_id, "production", trust)
    assert shelf.promoted_for(layout, release.release_id) == ("production",)
    assert shelf.list_releases(layout) == [(release, ("production",))]


def test_a_promotion_can_be_taken_back(release: Release, layout: Layout, trust: Path) -> None:
    shelf.promote(layout, release.release_id, "staging", trust)
    shelf.promote(layout, release.release_id, "production", trust)
    shelf.demote(layout, release.release_id, "production")
    assert shelf.promoted_for(layout, release.release_id) == ("staging",)
    with pytest.raises(ReleaseMissing, match="not promoted for production"):
        shelf.demote(layout, release.release_id, "production")


def test_an_environments_name_leads_nowhere_else(release: Release, layout: Layout, trust: Path) -> None:
    with pytest.raises(ReleaseRefused, match="name of an environment"):
        shelf.promote(layout, release.release_id, "../production", trust)


def test_an_unknown_release_is_named(layout: Layout, trust: Path) -> None:
    with pytest.raises(ReleaseMissing, match="rel-000000000000"):
        shelf.verify(layout, "rel-000000000000", trust)


def test_clearing_out_never_removes_what_a_store_may_go_back_to(
    repository: Path, layout: Layout, key: Ed25519PrivateKey, trust: Path
) -> None:
    rolled_back_to, promoted, idle, newest = (_next(repository, layout, key, number) for number in range(4))
    shelf.promote(layout, promoted.release_id, "production", trust)
    cleared = shelf.clear_out(layout, {rolled_back_to.components[0].artifact}, keep_newest=1)
    assert cleared.releases == (idle.release_id,)
    assert cleared.blobs > 0
    for kept in (rolled_back_to, promoted, newest):
        shelf.verify(layout, kept.release_id, trust)


def test_nothing_is_cleared_out_while_a_release_is_being_made(
    repository: Path, layout: Layout, key: Ed25519PrivateKey, trust: Path
) -> None:
    order = build.Order(repository, "HEAD", (Component.ENGINE, Component.STOREFRONT), layout.folder.parent / "wheels")
    refused = []

    def clear_out_in_the_middle(component: str) -> None:
        with pytest.raises(ReleaseRefused, match="Clear out when that has ended"):
            shelf.clear_out(layout, (), keep_newest=0)
        refused.append(component)

    release = build.build(order, layout, key, clear_out_in_the_middle)
    assert len(refused) == 2
    shelf.verify(layout, release.release_id, trust)
    assert shelf.clear_out(layout, (), keep_newest=0).releases == (release.release_id,)


def test_a_release_that_is_cleared_out_is_promoted_no_more(release: Release, layout: Layout, trust: Path) -> None:
    shelf.clear_out(layout, (), keep_newest=0)
    with pytest.raises(ReleaseMissing):
        shelf.promote(layout, release.release_id, "production", trust)
    assert layout.names() == {}


def test_a_damaged_release_hides_no_other_and_is_mended_by_building_it_again(
    repository: Path, layout: Layout, key: Ed25519PrivateKey, trust: Path
) -> None:
    other, damaged = (_next(repository, layout, key, number) for number in range(2))
    for blob in (layout.folder / "blobs/sha256").iterdir():
        if blob.read_bytes() == damaged.payload():
            blob.write_bytes(b"{}")
    assert [release for release, _ in shelf.list_releases(layout)] == [other]
    assert shelf.list_damaged(layout) == [damaged.release_id]
    _build(repository, layout, key)
    assert shelf.verify(layout, damaged.release_id, trust).release == damaged
    assert shelf.list_damaged(layout) == []


@pytest.mark.parametrize("text", ["", "[]", '{"manifests": [{}]}', '{"manifests": ["x"]}'])
def test_a_damaged_index_is_said_to_be_so(release: Release, layout: Layout, text: str) -> None:
    (layout.folder / "index.json").write_text(text)
    with pytest.raises(ReleaseRefused, match="is damaged"):
        shelf.list_releases(layout)


def test_a_blob_that_is_no_manifest_is_refused(layout: Layout) -> None:
    for content in (b"no json", b"[]", b'{"layers": 1}'):
        with pytest.raises(ReleaseRefused, match="is not a manifest"):
            layout.manifest(layout.put(content, "text/plain").digest)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    signing.create_key(tmp_path / "k")
    (tmp_path / "k").chmod(0o644)
    with pytest.raises(ReleaseRefused, match="chmod 600"):
        signing.read_private_key(tmp_path / "k")


def test_a_key_that_asks_for_a_passphrase_is_refused(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    locked = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x")
    )
    (tmp_path / "k").write_bytes(locked)
    (tmp_path / "k").chmod(0o600)
    with pytest.raises(ReleaseRefused, match="passphrase"):
        signing.read_private_key(tmp_path / "k")


def test_what_is_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.pub").write_text("no key")
    with pytest.raises(ReleaseRefused, match=r"a\.pub holds no public key"):
        signing.read_trusted_keys(tmp_path)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    signing.create_key(tmp_path / "k")
    public = (tmp_path / "k.pub").read_bytes()
    for _ in ("both are there", "the public part alone is"):
        with pytest.raises(ReleaseRefused, match="already"):
            signing.create_key(tmp_path / "k")
        (tmp_path / "k").unlink(missing_ok=True)
    assert (tmp_path / "k.pub").read_bytes() == public
