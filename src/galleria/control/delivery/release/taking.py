"""Take over a release that was built elsewhere: the same bytes, from another artifact store into this one."""

from __future__ import annotations

from pathlib import Path

from galleria.control.artifacts.layout import MANIFEST_TYPE, Descriptor, Layout
from galleria.control.artifacts.problems import ReleaseRefused
from galleria.control.delivery.release import shelf
from galleria.control.delivery.release.shelf import Verified


def take(source: Layout, layout: Layout, release_id: str, trust: Path) -> Verified:
    """Verify a release where it lies, copy its blobs, and let the index name it last.

    Promotions do not come along: whoever runs a platform promotes for it.

    :raises ReleaseRefused: it does not verify by the keys trusted here, or changed while it was copied.
    """
    verified = shelf.verify(source, release_id, trust)
    named = source.names()[release_id]
    with layout.growing():
        _copy(source, layout, named)
        layout.name(release_id, named)
    return verified


def _copy(source: Layout, layout: Layout, manifest: Descriptor) -> None:
    _, config, layers = source.manifest(manifest.digest)
    for blob in (config, *layers):
        if blob.media_type == MANIFEST_TYPE:
            _copy(source, layout, blob)
        else:
            _copy_blob(source, layout, blob)
    _copy_blob(source, layout, manifest)


def _copy_blob(source: Layout, layout: Layout, blob: Descriptor) -> None:
    if layout.put_file(source.path(blob.digest), blob.media_type).digest != blob.digest:
        raise ReleaseRefused(f"The blob {blob.digest} changed while it was copied. Copy the release again.")
