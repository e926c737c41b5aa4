"""Keys of people: made, kept under a passphrase, and handed to others as a small file.

The private key is PKCS8, encrypted with what scrypt makes of the passphrase: PKCS8 alone stretches a passphrase so little that
a thief of the file would guess it. The file is its owner's alone. The public file can be mailed; its key id is compared by voice.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from designtool.atomic import write_atomically
from designtool.diagnostics import Text
from designtool.share.federation.metadata_bytes import parse_metadata_json
from designtool.share.federation.problems import TrustProblem

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, Key

KeyRole = Literal["founder", "publisher", "clinical", "safety", "online", "runtime"]
KEY_ROLES: tuple[KeyRole, ...] = get_args(KeyRole)
ROLE_WORDS: dict[KeyRole, Text] = {
    "founder": Text("grundare", "founder"),
    "publisher": Text("publicerar", "publisher"),
    "clinical": Text("kliniskt ansvarig", "clinically responsible"),
    "safety": Text("säkerhetsansvarig", "safety officer"),
    "online": Text("tidsstämplar", "stamps"),
    "runtime": Text("körmiljö", "runtime"),
}
SHORTEST_PASSPHRASE = 12
SCRYPT_COST = 2**17
"""128 MB and a third of a second for each guess."""
_LEAST_COST, _MOST_COST = 2**14, 2**20
_LONGEST_FILE = 20_000
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PUBLIC = re.compile(r"[0-9a-f]{64}")
_ABOUT = "x-designtool"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key as others know it: whose it is, what it was made for, and of which region."""

    key_id: str
    public: str
    """64 hexadecimal digits."""
    holder: str
    role: KeyRole
    region: str


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose key it shall be."""

    holder: str
    role: KeyRole
    region: str


def new_key(folder: Path, name: str, about: Owner, passphrase: str, cost: int = SCRYPT_COST) -> PublicKey:
    """Make a key pair: `<name>.key` for its owner alone, and `<name>.public.json` to hand on.

    Raises TrustProblem for a name that is taken or no name, and a passphrase that is too short.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    check_passphrase(passphrase)
    check_new(folder, name, about)
    private_path, public_path = private_file(folder, name), public_file(folder, name)
    private = Ed25519PrivateKey.generate()
    public = _public_key(private.public_key().public_bytes_raw().hex(), about)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_new(private_path, _sealed(private.private_bytes_raw(), passphrase, cost), secret=True)
    _write_new(public_path, encode_public(public), secret=False)
    return public


def check_new(folder: Path, name: str, about: Owner) -> None:
    """That a key of this name can be made here. Raises TrustProblem."""
    check_name(name)
    check_name(about.region)
    if not _is_holder(about.holder):
        raise TrustProblem("key-holder")
    for path in (private_file(folder, name), public_file(folder, name)):
        if path.exists() or path.is_symlink():
            raise TrustProblem("key-exists", file=path)


def open_key(folder: Path, name: str, passphrase: str) -> CryptoSigner:
    """The private key, ready to sign. Raises TrustProblem."""
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.signer import CryptoSigner, SSlibKey

    check_name(name)
    path = private_file(folder, name)
    try:
        sealed = _small_file(path)
    except FileNotFoundError as error:
        raise TrustProblem("key-missing", name=name, folder=folder) from error
    salt, cost, pem = _sealed_parts(sealed, path)
    try:
        private = load_pem_private_key(pem, _stretched(passphrase, salt, cost))
    except ValueError as error:
        raise TrustProblem("passphrase-wrong") from error
    except (UnsupportedAlgorithm, InternalError) as error:
        raise TrustProblem("key-invalid", file=path) from error
    public = read_public(public_file(folder, name))
    try:
        return CryptoSigner(cast(Any, private), cast(SSlibKey, key_in_metadata(public)))
    except ValueError as error:
        raise TrustProblem("key-invalid", file=path) from error


def known_keys(folder: Path) -> tuple[tuple[str, PublicKey], ...]:
    """Every key pair in a folder, by name. Raises TrustProblem for a file that is no key."""
    if not folder.is_dir():
        return ()
    names = sorted(path.name.removesuffix(".key") for path in folder.glob("*.key"))
    return tuple((name, read_public(public_file(folder, name))) for name in names)


def private_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.key"


def public_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.public.json"


def encode_public(key: PublicKey) -> bytes:
    """The file that is handed on."""
    about = {"holder": key.holder, "role": key.role, "region": key.region}
    content = {"designtool": "public-key", "format": 1, **about, "key-id": key.key_id, "public": key.public}
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read_public(path: Path) -> PublicKey:
    """A public file. Raises TrustProblem for anything else."""
    try:
        data = _small_file(path)
    except OSError as error:
        raise TrustProblem("key-invalid", file=path) from error
    try:
        content = parse_metadata_json(data, path.name, _LONGEST_FILE)
    except TrustProblem as error:
        raise TrustProblem("key-invalid", file=path) from error
    fields = {"designtool", "format", "holder", "role", "region", "key-id", "public"}
    if content.keys() != fields or content["designtool"] != "public-key" or content["format"] != 1:
        raise TrustProblem("key-invalid", file=path)
    key = _checked(content, content["public"])
    if key is None or key.key_id != content["key-id"]:
        raise TrustProblem("key-invalid", file=path)
    return key


def public_key(public: str, about: Owner) -> PublicKey | None:
    """The key that a signed document states; None for what is no key, or nobody's."""
    return _checked({"holder": about.holder, "role": about.role, "region": about.region}, public)


def key_in_metadata(key: PublicKey) -> Key:
    """The key as it stands in metadata. Whose it is stands beside it, under the signature of those who vouch for it."""
    from securesystemslib.signer import SSlibKey

    about = {"holder": key.holder, "role": key.role, "region": key.region}
    return SSlibKey(key.key_id, "ed25519", "ed25519", {"public": key.public}, {_ABOUT: about})


def key_of_metadata(key: Key) -> PublicKey | None:
    """A key of metadata as a person's; None for one that designtool would not have put there."""
    about = key.unrecognized_fields.get(_ABOUT)
    if (key.keytype, key.scheme) != ("ed25519", "ed25519") or not isinstance(about, dict):
        return None
    found = _checked(about, key.keyval.get("public"))
    return found if found is not None and found.key_id == key.keyid else None


def check_name(name: str) -> None:
    if len(name) > 60 or not _NAME.fullmatch(name):
        raise TrustProblem("key-name", name=name)


def check_passphrase(passphrase: str) -> None:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise TrustProblem("passphrase-short", least=SHORTEST_PASSPHRASE)


def _is_holder(holder: str) -> bool:
    return 0 < len(holder.strip()) <= 100 and holder.isprintable()


def _checked(about: dict[str, Any], public: object) -> PublicKey | None:
    holder, role, region = about.get("holder"), about.get("role"), about.get("region")
    if not (isinstance(public, str) and _PUBLIC.fullmatch(public)):
        return None
    if not (isinstance(holder, str) and _is_holder(holder)):
        return None
    if role not in KEY_ROLES or not (isinstance(region, str) and len(region) <= 60 and _NAME.fullmatch(region)):
        return None
    try:
        return _public_key(public, Owner(holder, role, region))
    except ValueError:  # No point of the curve.
        return None


def _public_key(public: str, about: Owner) -> PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from securesystemslib.signer import SSlibKey

    key = SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)))
    return PublicKey(key.keyid, public, about.holder, about.role, about.region)


def _sealed(private: bytes, passphrase: str, cost: int) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    salt = secrets.token_bytes(16)
    encryption = BestAvailableEncryption(_stretched(passphrase, salt, cost))
    key = Ed25519PrivateKey.from_private_bytes(private)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    content = {"designtool": "private-key", "format": 1, "scrypt": cost, "salt": salt.hex(), "pkcs8": pem.decode()}
    return (json.dumps(content, indent=1) + "\n").encode()


def _sealed_parts(data: bytes, path: Path) -> tuple[bytes, int, bytes]:
    try:
        content = parse_metadata_json(data, path.name, _LONGEST_FILE)
        if content["designtool"] != "private-key" or content["format"] != 1:
            raise TrustProblem("key-invalid", file=path)
        salt, cost, pem = bytes.fromhex(content["salt"]), content["scrypt"], content["pkcs8"].encode()
        if type(cost) is not int or not _LEAST_COST <= cost <= _MOST_COST or cost & (cost - 1):
            raise TrustProblem("key-invalid", file=path)
    except (KeyError, TypeError, ValueError, AttributeError, TrustProblem) as error:
        raise TrustProblem("key-invalid", file=path) from error
    return salt, cost, pem


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    """The passphrase of the PKCS8: what scrypt makes of what a person typed."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return base64.b64encode(Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode()))


def _small_file(path: Path) -> bytes:
    with open(path, "rb") as stream:
        return stream.read(_LONGEST_FILE + 1)


def _write_new(path: Path, data: bytes, secret: bool) -> None:
    """A link to a finished file fails where the name is taken: two people at once cannot overwrite each other's key."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        write_atomically(temporary, lambda stream: stream.write(data), secret)
        os.link(temporary, path)
    except FileExistsError as error:
        raise TrustProblem("key-exists", file=path) from error
    finally:
        temporary.unlink(missing_ok=True)
