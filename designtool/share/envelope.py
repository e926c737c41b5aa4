"""A signed document: bytes, what kind of document they are, and the signatures of people (a DSSE envelope).

What is signed is the kind and the bytes together, so that a signature on one kind of document is never one on another. The
file has one form alone: canonical JSON around the base64 of canonical JSON, and whatever else is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designtool.bundle.canonical import canonical_json, parse_canonical
from designtool.diagnostics import Text
from designtool.share.federation.keys import ROLE_WORDS, PublicKey
from designtool.share.signed_problems import SignedProblem

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

MOST_BYTES = 200_000
"""Of a file. An agreement takes less than a thousand."""
_MOST_SIGNATURES = 20
_SIGNATURE_BYTES = 64
_KEY_ID_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Signature:
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    payload_type: str
    payload: bytes
    """Canonical JSON."""
    signatures: tuple[Signature, ...] = ()

    @property
    def digest(self) -> str:
        """Of what is signed, whoever has signed it so far."""
        return f"sha256:{hashlib.sha256(self.payload).hexdigest()}"


def enclose(payload_type: str, content: Mapping[str, Any]) -> Envelope:
    """A document that nobody has signed yet."""
    return Envelope(payload_type, canonical_json(dict(content)))


def encode_envelope(envelope: Envelope) -> bytes:
    return canonical_json(
        {
            "payload": base64.b64encode(envelope.payload).decode(),
            "payloadType": envelope.payload_type,
            "signatures": [
                {"keyid": one.key_id, "sig": base64.b64encode(one.signature).decode()} for one in envelope.signatures
            ],
        }
    )


def read_envelope(data: bytes, file: str) -> Envelope:
    """The envelope in a file, whose signatures nobody has looked at yet.

    Raises Refused for bytes that are no canonical JSON, SignedProblem for all else that is no envelope.
    """
    content = parse_canonical(data, file, MOST_BYTES)
    if not isinstance(content, dict) or content.keys() != {"payload", "payloadType", "signatures"}:
        raise SignedProblem("envelope-invalid", file=file, reason="payload, payloadType, signatures")
    payload, payload_type, listed = content["payload"], content["payloadType"], content["signatures"]
    if not isinstance(payload_type, str) or not isinstance(listed, list) or len(listed) > _MOST_SIGNATURES:
        raise SignedProblem("envelope-invalid", file=file, reason="payloadType, signatures")
    signatures = tuple(_signature(one, file) for one in listed)
    key_ids = [one.key_id for one in signatures]
    if len(set(key_ids)) != len(key_ids):
        raise SignedProblem("envelope-invalid", file=file, reason="the same key twice")
    return Envelope(payload_type, _bytes(payload, file), signatures)


def content_of(envelope: Envelope, payload_type: str, file: str) -> dict[str, Any]:
    """The document inside. Raises SignedProblem for one of another kind, Refused for what is no canonical JSON."""
    if envelope.payload_type != payload_type:
        raise SignedProblem("envelope-type", file=file, found=envelope.payload_type)
    content = parse_canonical(envelope.payload, file, MOST_BYTES)
    if not isinstance(content, dict):
        raise SignedProblem("envelope-invalid", file=file, reason="payload")
    return content


def sign(envelope: Envelope, signer: Signer, file: str) -> Envelope:
    """With one more signature. Raises SignedProblem for a key that has signed already."""
    key_id = signer.public_key.keyid
    if any(one.key_id == key_id for one in envelope.signatures):
        raise SignedProblem("signed-already", file=file, key=key_id[:12])
    signature = bytes.fromhex(signer.sign(_signed_bytes(envelope)).signature)
    signatures = (*envelope.signatures, Signature(key_id, signature))
    ordered = tuple(sorted(signatures, key=lambda one: one.key_id))
    return Envelope(envelope.payload_type, envelope.payload, ordered)


def signers_of(envelope: Envelope, keys: Mapping[str, PublicKey], file: str) -> tuple[PublicKey, ...]:
    """Whose signatures hold, of the keys that are trusted (by key id). Signatures by other keys say nothing.

    Raises SignedProblem where a trusted key's signature does not hold: then somebody has changed the document.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    found = []
    for one in envelope.signatures:
        key = keys.get(one.key_id)
        if key is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public)).verify(one.signature, _signed_bytes(envelope))
        except InvalidSignature as error:
            raise SignedProblem("signature-wrong", file=file, key=one.key_id[:12]) from error
        found.append(key)
    return tuple(found)


def whose(key: PublicKey) -> Text:
    """A key in words, for people."""
    words, code = ROLE_WORDS[key.role], key.key_id[:12]
    return Text(f"{key.holder} ({words.sv}, {key.region}, {code})", f"{key.holder} ({words.en}, {key.region}, {code})")


def _signed_bytes(envelope: Envelope) -> bytes:
    """DSSE's pre-authentication encoding: lengths in front, so that nothing can slide from the kind into the content."""
    kind, payload = envelope.payload_type.encode(), envelope.payload
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _signature(stated: object, file: str) -> Signature:
    if not isinstance(stated, dict) or stated.keys() != {"keyid", "sig"} or not isinstance(stated["keyid"], str):
        raise SignedProblem("envelope-invalid", file=file, reason="signatures")
    key_id, signature = stated["keyid"], _bytes(stated["sig"], file)
    if len(key_id) != _KEY_ID_LENGTH or not set(key_id) <= set("0123456789abcdef"):
        raise SignedProblem("envelope-invalid", file=file, reason="keyid")
    if len(signature) != _SIGNATURE_BYTES:
        raise SignedProblem("envelope-invalid", file=file, reason="sig")
    return Signature(key_id, signature)


def _bytes(text: object, file: str) -> bytes:
    """Of base64 in its one form: what decodes alike and is written otherwise is refused."""
    try:
        if isinstance(text, str):
            found = base64.b64decode(text.encode(), validate=True)
            if base64.b64encode(found).decode() == text:
                return found
    except (binascii.Error, ValueError):
        pass
    raise SignedProblem("envelope-invalid", file=file, reason="base64")
