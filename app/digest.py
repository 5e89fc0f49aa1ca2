"""Canonical bytes and their digest: content decides identity."""

import hashlib

import msgspec

_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="string")


def canonical(value: object) -> bytes:
    """The one JSON text of a value: keys sorted, decimals as text, no spaces."""
    return _encoder.encode(value)


def digest(data: bytes) -> str:
    """The SHA-256 of the bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of(value: object) -> str:
    """The digest of a value's canonical bytes."""
    return digest(canonical(value))
