"""The accounts that may ask for tokens: a file with a name, what scrypt makes of a passphrase, and who is a steward."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from designtool.atomic import write_atomically
from designtool.bundle import Refused
from designtool.bundle.canonical import canonical_json, parse_canonical
from designtool.diagnostics import Cannot, Text
from designtool.diagnostics.os_reasons import os_reason
from designtool.share.federation.keys import check_passphrase
from designtool.share.registries.names import is_part
from designtool.share.token_issuer.decision import RESERVED, Account

COST = 2**15
"""32 MB and a tenth of a second for each guess. A request waits for it, and the memory bounds how many may at once."""
_LEAST_COST, _MOST_COST = 2**14, 2**17
_BLOCK = 8
_BYTES = 32
_LARGEST = 2**20


@dataclass(frozen=True, slots=True)
class Sealed:
    """A passphrase as it is kept."""

    cost: int
    salt: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    account: Account
    sealed: Sealed


def seal(passphrase: str, cost: int = COST) -> Sealed:
    salt = secrets.token_bytes(16)
    return Sealed(cost, salt, _stretched(passphrase, salt, cost))


def signed_in(entries: Mapping[str, Entry], name: str, passphrase: str) -> Account | None:
    """Whose account it is, or None. It takes as long for a name that nobody has as for a wrong passphrase."""
    entry = entries.get(name)
    sealed = entry.sealed if entry is not None else _NOBODY
    is_right = hmac.compare_digest(_stretched(passphrase, sealed.salt, sealed.cost), sealed.digest)
    return entry.account if entry is not None and is_right else None


def read_accounts(path: Path) -> Mapping[str, Entry]:
    """By name. No file: none. Raises Cannot for a file that others can read, or of another form."""
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        return MappingProxyType({})
    except OSError as error:
        raise _cannot(
            path, f"går inte att läsa: {os_reason(error).sv}", f"cannot be read: {os_reason(error).en}"
        ) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _cannot(
            path, "kan läsas av andra. Kör: chmod 600 på filen.", "can be read by others. Run chmod 600 on the file."
        )
    try:
        content = parse_canonical(data.removesuffix(b"\n"), path.name, _LARGEST)
        if content["designtool"] != "accounts" or content["format"] != 1:
            raise ValueError("another kind of file")
        return MappingProxyType({name: _entry(name, stated) for name, stated in content["accounts"].items()})
    except (Refused, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _cannot(path, "är ingen fil med konton.", "is no file of accounts.") from error


def set_account(path: Path, name: str, passphrase: str, is_steward: bool, cost: int = COST) -> None:
    """Add an account, or give it another passphrase. Raises Cannot, and TrustProblem for a passphrase that is too short."""
    check_account_name(name)
    check_passphrase(passphrase)
    _write(path, {**read_accounts(path), name: Entry(Account(name, is_steward), seal(passphrase, cost))})


def remove_account(path: Path, name: str) -> None:
    """Raises Cannot, also where there is no such account."""
    entries = dict(read_accounts(path))
    if entries.pop(name, None) is None:
        raise _cannot(path, f"har inget konto {name}.", f"has no account {name}.")
    _write(path, entries)


def check_account_name(name: str) -> None:
    """Raises Cannot for what is no region's short name."""
    if not is_part(name) or name in RESERVED:
        raise Cannot(
            Text(
                f"{name} kan inte vara ett konto. Ange regionens kortnamn: små bokstäver a–z, siffror och bindestreck.",
                f"{name} cannot be an account. Give the region's short name: a-z, digits and hyphens.",
            )
        )


def _write(path: Path, entries: Mapping[str, Entry]) -> None:
    accounts = {
        name: {
            "scrypt": one.sealed.cost,
            "salt": one.sealed.salt.hex(),
            "digest": one.sealed.digest.hex(),
            "steward": one.account.is_steward,
        }
        for name, one in entries.items()
    }
    data = canonical_json({"designtool": "accounts", "format": 1, "accounts": accounts}) + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda stream: stream.write(data), secret=True)
    except OSError as error:
        raise _cannot(
            path, f"går inte att skriva: {os_reason(error).sv}", f"cannot be written: {os_reason(error).en}"
        ) from error


def _entry(name: str, stated: dict[str, Any]) -> Entry:
    if stated.keys() != {"scrypt", "salt", "digest", "steward"} or not is_part(name) or name in RESERVED:
        raise ValueError(name)
    cost, is_steward = stated["scrypt"], stated["steward"]
    sealed = Sealed(cost, bytes.fromhex(stated["salt"]), bytes.fromhex(stated["digest"]))
    is_power = type(cost) is int and _LEAST_COST <= cost <= _MOST_COST and cost & (cost - 1) == 0
    if not is_power or len(sealed.salt) < 16 or len(sealed.digest) != _BYTES or type(is_steward) is not bool:
        raise ValueError(name)
    return Entry(Account(name, is_steward), sealed)


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    # Twice what scrypt needs: OpenSSL counts a little more than the table itself.
    return hashlib.scrypt(
        passphrase.encode(), salt=salt, n=cost, r=_BLOCK, p=1, maxmem=2 * 128 * cost * _BLOCK, dklen=_BYTES
    )


_NOBODY = Sealed(COST, secrets.token_bytes(16), secrets.token_bytes(_BYTES))
"""What a name is held against that nobody has."""


def _cannot(path: Path, swedish: str, english: str) -> Cannot:
    return Cannot(Text(f"{path} {swedish}", f"{path} {english}"))
