"""Signatures over release manifests: ed25519 in a DSSE envelope (secure-systems-lab/dsse, protocol v1.0).

DSSE signs the payload together with its type, so that a signature for one kind of document is worth nothing on another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from galleria.control.artifacts.problems import ReleaseRefused

PAYLOAD_TYPE: Final = "application/vnd.galleria.release+json"
SOURCES: Final = "sources"
"""The file in the folder of trusted keys that names the trusted repositories."""
OWN_SOURCE: Final = "galleria"
ENVELOPE_TYPE: Final = "application/vnd.dsse.envelope.v1+json"


def create_key(private_path: Path) -> Path:
    """Make a signing key (PEM, mode 0600) and its public part beside it (``.pub``); returns the public one's path.

    :raises ReleaseRefused: there is a key already; it is not overwritten.
    """
    public_path = private_path.with_name(f"{private_path.name}.pub")
    if private_path.exists() or public_path.exists():
        raise ReleaseRefused(f"There is a key at {private_path} already. Name another file.")
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    descriptor = os.open(private_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)
    public_path.write_bytes(public)
    return public_path


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """Read a signing key.

    :raises ReleaseRefused: the file is not there, is no ed25519 key, or may be read by others.
    """
    try:
        content = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        raise ReleaseRefused(f"There is no signing key at {path}. Make one: galleria release keygen {path}") from error
    if mode & 0o077:
        raise ReleaseRefused(f"The signing key {path} may be read by others. Mend it: chmod 600 {path}")
    try:
        key = serialization.load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it is locked by a passphrase
        raise ReleaseRefused(f"{path} holds no private key in PEM form, or one that asks for a passphrase.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ReleaseRefused(f"{path} is not an ed25519 key.")
    return key


def read_trusted_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Return the trusted public keys (``*.pub`` in the folder) by their key id."""
    keys: dict[str, Ed25519PublicKey] = {}
    for path in sorted(folder.glob("*.pub")):
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except (ValueError, UnsupportedAlgorithm, OSError) as error:
            raise ReleaseRefused(
                f"{path} holds no public key in PEM form, or can't be read. Remove it or mend it."
            ) from error
        if not isinstance(key, Ed25519PublicKey):
            raise ReleaseRefused(f"{path} is not an ed25519 key.")
        keys[key_id(key)] = key
    return keys


def read_trusted_sources(folder: Path) -> frozenset[str]:
    """Return the repositories that releases may be built from: the lines of ``sources``; without it, our own."""
    try:
        lines = (folder / SOURCES).read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return frozenset({OWN_SOURCE})
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseRefused(f"{folder / SOURCES} can't be read. Mend it: a repository's name a line.") from error
    return frozenset(line.strip() for line in lines if line.strip())


def key_id(key: Ed25519PublicKey) -> str:
    """Return the sha256 of the raw public key, in hex."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def sign(payload: bytes, keys: Iterable[Ed25519PrivateKey]) -> dict[str, object]:
    """Return a DSSE envelope over the payload."""
    message = _pre_authentication_encoding(payload)
    signatures = [
        {"keyid": key_id(key.public_key()), "sig": base64.b64encode(key.sign(message)).decode()} for key in keys
    ]
    return {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": signatures,
    }


def verify(envelope: bytes, trusted: dict[str, Ed25519PublicKey]) -> tuple[bytes, str]:
    """Return (payload, key id) if a trusted key signed it.

    :raises ReleaseRefused: malformed, of another type, signed by nobody trusted, or the signature does not hold.
    """
    payload, signatures = _open(envelope)
    message = _pre_authentication_encoding(payload)
    known = [(identity, signature) for identity, signature in signatures if identity in trusted]
    if not known:
        raise ReleaseRefused(
            "The release is signed by no key that is trusted here. Add the signer's public key to trust/."
        )
    for identity, signature in known:
        try:
            trusted[identity].verify(signature, message)
        except InvalidSignature:
            continue
        return payload, identity
    raise ReleaseRefused("The release's signature does not hold: the manifest was changed after it was signed.")


def _open(envelope: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    try:
        plain = json.loads(envelope)
        if plain["payloadType"] != PAYLOAD_TYPE:
            raise ReleaseRefused("The signature is over another kind of document, not over a release.")
        payload = base64.b64decode(plain["payload"], validate=True)
        signatures = [(str(s["keyid"]), base64.b64decode(s["sig"], validate=True)) for s in plain["signatures"]]
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise ReleaseRefused("The release's signature is not a DSSE envelope.") from error
    return payload, signatures


def _pre_authentication_encoding(payload: bytes) -> bytes:
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
