"""A content-addressed store on disk: an OCI image layout (image-spec v1.1, image-layout.md).

A blob's name is its sha256, so equal files are kept once, whatever release they belong to, and a changed byte is found.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from galleria.control.artifacts.problems import ReleaseMissing, ReleaseRefused

MANIFEST_TYPE: Final = "application/vnd.oci.image.manifest.v1+json"
NAME_ANNOTATION: Final = "org.opencontainers.image.ref.name"
TITLE_ANNOTATION: Final = "org.opencontainers.image.title"

BUNDLE_TYPE: Final = "application/vnd.galleria.bundle.v1"
"""The manifest of one component's artifact; its layers are wheels."""
WHEEL_TYPE: Final = "application/vnd.pypa.wheel"

_GROWING: Final = ".growing"


def canonical(value: object) -> bytes:
    """Return JSON that is the same bytes for the same value: keys sorted, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(content: bytes) -> str:
    """Return ``sha256:`` and 64 hex digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _not_here(digest: str) -> str:
    return (
        f"{digest} is not here. If it is of a release, take that again: `galleria release take`. If it is of an "
        "installed environment that has changed since, it is gone: choose another revision."
    )


@dataclass(frozen=True)
class Descriptor:
    """An OCI descriptor: what a blob is, how large (bytes), and its digest."""

    media_type: str
    digest: str
    size: int
    annotations: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return the descriptor as the OCI spec writes it."""
        plain: dict[str, object] = {"mediaType": self.media_type, "digest": self.digest, "size": self.size}
        if self.annotations:
            plain["annotations"] = self.annotations
        return plain

    @staticmethod
    def from_json(plain: dict[str, Any]) -> Descriptor:
        """Read a descriptor as the OCI spec writes it."""
        return Descriptor(
            str(plain["mediaType"]), str(plain["digest"]), int(plain["size"]), dict(plain.get("annotations") or {})
        )


class Layout:
    """One OCI image layout in a folder. Many readers, one writer at a time (a lock file)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._blobs = folder / "blobs" / "sha256"

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self._folder

    def create(self) -> None:
        """Make an empty layout; an existing one stays."""
        self._blobs.mkdir(parents=True, exist_ok=True)
        if not (self._folder / "oci-layout").exists():
            _write(self._folder / "oci-layout", canonical({"imageLayoutVersion": "1.0.0"}))
        with self._locked():
            if not (self._folder / "index.json").exists():
                self._write_index([])

    @contextlib.contextmanager
    def growing(self) -> Iterator[None]:
        """Keep blobs that no name reaches yet, until one does. Many may at a time."""
        with self._held(_GROWING, fcntl.LOCK_SH):
            yield

    @contextlib.contextmanager
    def shrinking(self) -> Iterator[None]:
        """Be the one who takes away.

        :raises ReleaseRefused: somebody is at work here.
        """
        try:
            with self._held(_GROWING, fcntl.LOCK_EX | fcntl.LOCK_NB):
                yield
        except BlockingIOError as error:
            message = "A release is being built, taken or promoted here. Clear out when that has ended."
            raise ReleaseRefused(message) from error

    def put(self, content: bytes, media_type: str, annotations: dict[str, str] | None = None) -> Descriptor:
        """Keep a blob and return its descriptor. One that is there whole stays; one that was damaged is mended."""
        digest = digest_of(content)
        path = self._path(digest)
        if not _is_whole(path, digest):
            _write(path, content)
        return Descriptor(media_type, digest, len(content), annotations or {})

    def put_file(self, file: Path, media_type: str, annotations: dict[str, str] | None = None) -> Descriptor:
        """Keep a file as a blob, as `put`, without reading it into memory at once."""
        digest = digest_of_file(file)
        path = self._path(digest)
        if not _is_whole(path, digest):
            temporary = path.with_name(f".{path.name}.{os.getpid()}")
            shutil.copyfile(file, temporary)
            _sync(temporary)
            temporary.rename(path)
        return Descriptor(media_type, digest, path.stat().st_size, annotations or {})

    def get(self, digest: str) -> bytes:
        """Return a blob whose bytes are what its name says.

        :raises ReleaseMissing: it is not here.
        :raises ReleaseRefused: a byte of it was changed.
        """
        path = self._path(digest)
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise ReleaseMissing(_not_here(digest)) from error
        if digest_of(content) != digest:
            raise ReleaseRefused(
                f"The blob {digest} was changed: its bytes have another digest. Copy the release again."
            )
        return content

    def check(self, digest: str) -> None:
        """Check a blob's bytes against its name without reading it into memory at once, raising as `get` does."""
        path = self._path(digest)
        if not path.exists():
            raise ReleaseMissing(_not_here(digest))
        if digest_of_file(path) != digest:
            raise ReleaseRefused(
                f"The blob {digest} was changed: its bytes have another digest. Copy the release again."
            )

    def path(self, digest: str) -> Path:
        """Return the file of a blob that is here; `check` it first."""
        return self._path(digest)

    def put_manifest(self, artifact_type: str, config: Descriptor, layers: Iterable[Descriptor]) -> Descriptor:
        """Keep an OCI image manifest over blobs that are here already."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "artifactType": artifact_type,
            "config": config.to_json(),
            "layers": [layer.to_json() for layer in layers],
        }
        return self.put(canonical(manifest), MANIFEST_TYPE)

    def manifest(self, digest: str) -> tuple[str, Descriptor, list[Descriptor]]:
        """Return (artifact type, config, layers) of a manifest, raising as `get` does, and if it is no manifest."""
        content = self.get(digest)
        try:
            plain = json.loads(content)
            layers = [Descriptor.from_json(layer) for layer in plain["layers"]]
            return str(plain["artifactType"]), Descriptor.from_json(plain["config"]), layers
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReleaseRefused(f"The blob {digest} is not a manifest. Copy the release again.") from error

    def names(self) -> dict[str, Descriptor]:
        """Return what the index names, in the order in which it was named."""
        return {d.annotations[NAME_ANNOTATION]: d for d in self._read_index() if NAME_ANNOTATION in d.annotations}

    def name(self, name: str, manifest: Descriptor) -> None:
        """Let the index name a manifest. The last and only visible write of a release."""
        with self._locked():
            others = [d for d in self._read_index() if d.annotations.get(NAME_ANNOTATION) != name]
            named = Descriptor(manifest.media_type, manifest.digest, manifest.size, {NAME_ANNOTATION: name})
            self._write_index([*others, named])

    def forget(self, names: Iterable[str]) -> None:
        """Take names off the index; their blobs go with the next `sweep`."""
        gone = set(names)
        with self._locked():
            self._write_index([d for d in self._read_index() if d.annotations.get(NAME_ANNOTATION) not in gone])

    def sweep(self) -> tuple[int, int]:
        """Remove every blob that no named manifest reaches, while `shrinking`. Returns (blobs, bytes) removed."""
        with self._locked():
            kept = self._reachable()
            gone = [path for path in self._blobs.iterdir() if f"sha256:{path.name}" not in kept]
            size = sum(path.stat().st_size for path in gone)
            for path in gone:
                path.unlink()
        return len(gone), size

    def _reachable(self) -> set[str]:
        kept: set[str] = set()
        todo = [descriptor.digest for descriptor in self._read_index()]
        while todo:
            digest = todo.pop()
            if digest in kept:
                continue
            kept.add(digest)
            _, config, layers = self.manifest(digest)
            kept.add(config.digest)
            for layer in layers:
                if layer.media_type == MANIFEST_TYPE:
                    todo.append(layer.digest)
                else:
                    kept.add(layer.digest)
        return kept

    def _path(self, digest: str) -> Path:
        algorithm, _, name = digest.partition(":")
        if algorithm != "sha256" or len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise ReleaseRefused(f"{digest!r} is not a sha256 digest.")
        return self._blobs / name

    def _read_index(self) -> list[Descriptor]:
        index = self._folder / "index.json"
        try:
            plain = json.loads(index.read_bytes())
            return [Descriptor.from_json(entry) for entry in plain["manifests"]]
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ReleaseMissing(f"{self._folder} is not an artifact store. Build a release first.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{index} is damaged. Remove it, then build or take the releases again; no store needs it to run."
            raise ReleaseRefused(message) from error

    def _write_index(self, entries: list[Descriptor]) -> None:
        index = {"schemaVersion": 2, "manifests": [entry.to_json() for entry in entries]}
        _write(self._folder / "index.json", canonical(index))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._held(".lock", fcntl.LOCK_EX):
            yield

    @contextlib.contextmanager
    def _held(self, name: str, how: int) -> Iterator[None]:
        with (self._folder / name).open("w") as file:
            fcntl.flock(file, how)
            yield


def _is_whole(path: Path, digest: str) -> bool:
    return path.exists() and digest_of_file(path) == digest


def digest_of_file(path: Path) -> str:
    """Return a file's digest, as `digest_of`, without reading it into memory at once."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _write(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).chmod(0o644)
    Path(temporary).rename(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
