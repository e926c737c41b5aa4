"""The issuer's own key and certificate, and tokens as the registry of the CNCF reads them.

https://distribution.github.io/distribution/spec/auth/jwt/ : a JWT with RS256, which every registry takes, and the certificate in its
head. The registry holds that against `rootcertbundle` of its configuration.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from designtool.atomic import write_atomically
from designtool.diagnostics import Cannot, Text
from designtool.diagnostics.os_reasons import os_reason
from designtool.share.registries.client import parse_address
from designtool.share.token_issuer.decision import Access

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

KEY_FILE, CERTIFICATE_FILE, SETTINGS_FILE = "key.pem", "certificate.pem", "issuer.json"
TOKEN_LIFETIME = timedelta(minutes=5)
CERTIFICATE_LIFETIME = timedelta(days=3 * 365)
TOLD_BEFORE = timedelta(days=60)
"""So long before the certificate expires it is said at every start."""
_EARLIER = timedelta(seconds=30)
"""How far the registry's clock may be behind this one."""
_KEY_BITS = 3072
_LARGEST = 64 * 1024
_SERVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


@dataclass(frozen=True, slots=True)
class Issuer:
    service: str
    """The registry's name for itself: whom the tokens are for."""
    address: str
    """Where registries send those who need a token, without `/token`."""
    key: RSAPrivateKey = field(repr=False)
    certificate: Certificate = field(repr=False)

    @property
    def name(self) -> str:
        """Who says that he has made the tokens."""
        return f"designtool:{self.service}"


def new_issuer(folder: Path, service: str, address: str, now: datetime) -> Issuer:
    """Make a key and a certificate in a folder. Raises Cannot; what lies there is never written over."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    address = _checked(service, address)
    for name in (KEY_FILE, CERTIFICATE_FILE, SETTINGS_FILE):
        if (folder / name).exists() or (folder / name).is_symlink():
            raise _cannot(folder / name, "finns redan.", "is there already.")
    key = rsa.generate_private_key(65537, _KEY_BITS)
    issuer = Issuer(service, address, key, _certificate(key, service, now))
    settings = {"designtool": "token-issuer", "format": 1, "service": service, "address": address}
    contents = {
        KEY_FILE: key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        CERTIFICATE_FILE: issuer.certificate.public_bytes(Encoding.PEM),
        SETTINGS_FILE: (json.dumps(settings, indent=1) + "\n").encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in contents.items():
            write_atomically(folder / name, lambda stream, data=data: stream.write(data), secret=name == KEY_FILE)  # type: ignore[misc]
    except OSError as error:
        raise _cannot(
            folder, f"går inte att skriva: {os_reason(error).sv}", f"cannot be written: {os_reason(error).en}"
        ) from error
    return issuer


def open_issuer(folder: Path, now: datetime) -> Issuer:
    """What `new_issuer` has made. Raises Cannot, also for a key that others can read and a certificate that has expired."""
    from cryptography.exceptions import InternalError, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import InvalidVersion, load_pem_x509_certificate

    try:
        settings = json.loads(_read(folder / SETTINGS_FILE))
        if settings["designtool"] != "token-issuer" or settings["format"] != 1:
            raise ValueError(SETTINGS_FILE)
        service, address = settings["service"], settings["address"]
        key = load_pem_private_key(_read(folder / KEY_FILE, secret=True), None)
        certificate = load_pem_x509_certificate(_read(folder / CERTIFICATE_FILE))
        if not isinstance(key, RSAPrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError(KEY_FILE)
    except (
        ValueError,
        TypeError,
        KeyError,
        RecursionError,
        UnsupportedAlgorithm,
        InternalError,
        InvalidVersion,
    ) as error:
        raise _cannot(
            folder,
            "är ingen mapp från designtool share token-issuer init.",
            "is no folder made by designtool share token-issuer init.",
        ) from error
    if now >= certificate.not_valid_after_utc:
        raise _cannot(
            folder / CERTIFICATE_FILE,
            f"gällde till {certificate.not_valid_after_utc:%Y-%m-%d}. Gör en ny mapp med designtool share token-issuer init.",
            f"was valid until {certificate.not_valid_after_utc:%Y-%m-%d}. Make a new folder with designtool share token-issuer init.",
        )
    return Issuer(service, _checked(service, address), key, certificate)


def registry_configuration(issuer: Issuer, folder: Path) -> str:
    """The piece of the registry's configuration that belongs to it (YAML)."""
    # Strings of JSON are strings of YAML, whatever stands in a path.
    lines = {
        "realm": f"{issuer.address}/token",
        "service": issuer.service,
        "issuer": issuer.name,
        "rootcertbundle": str((folder / CERTIFICATE_FILE).absolute()),
    }
    stated = "".join(f"    {name}: {json.dumps(text, ensure_ascii=False)}\n" for name, text in lines.items())
    return f"auth:\n  token:\n{stated}"


def token_for(issuer: Issuer, subject: str, access: Iterable[Access], now: datetime) -> str:
    """A token that says what `subject` may do for TOKEN_LIFETIME from now on."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.serialization import Encoding

    certificate = base64.b64encode(issuer.certificate.public_bytes(Encoding.DER)).decode()
    head = {"typ": "JWT", "alg": "RS256", "x5c": [certificate]}
    claims = {
        "iss": issuer.name,
        "sub": subject,
        "aud": issuer.service,
        "exp": int((now + TOKEN_LIFETIME).timestamp()),
        "nbf": int((now - _EARLIER).timestamp()),
        "iat": int(now.timestamp()),
        "jti": secrets.token_hex(16),
        "access": [{"type": "repository", "name": one.repository, "actions": list(one.actions)} for one in access],
    }
    signed = b".".join(_url_safe(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
    signature = issuer.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    return (signed + b"." + _url_safe(signature)).decode()


def _certificate(key: RSAPrivateKey, service: str, now: datetime) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"designtool {service}"[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + CERTIFICATE_LIFETIME)
        # It vouches for itself alone: no certificate below it is one of the issuer.
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _checked(service: str, address: str) -> str:
    if not isinstance(service, str) or not _SERVICE.fullmatch(service):
        raise Cannot(
            Text(
                f"{service} kan inte vara registrets namn. Skriv till exempel register.example.",
                f"{service} cannot be the registry's name. Write for example registry.example.",
            )
        )
    return str(parse_address(str(address)))


def _read(path: Path, secret: bool = False) -> bytes:
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read(_LARGEST)
    except OSError as error:
        raise _cannot(
            path, f"går inte att läsa: {os_reason(error).sv}", f"cannot be read: {os_reason(error).en}"
        ) from error
    if secret and os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _cannot(
            path, "kan läsas av andra. Kör: chmod 600 på filen.", "can be read by others. Run chmod 600 on the file."
        )
    return data


def _url_safe(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _cannot(path: Path, swedish: str, english: str) -> Cannot:
    return Cannot(Text(f"{path} {swedish}", f"{path} {english}"))
