"""Who designtool signs in as: a file with a user name and a password a host. What is for one host goes to no other.

A host in the file is one that its owner knows. It may be on the machine's own network, where a registry alone could not send
designtool: a token service, or the store behind a registry. Where nobody signs in, its entry is empty.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from designtool.diagnostics import Cannot, Text
from designtool.diagnostics.os_reasons import os_reason
from designtool.load.yaml_file import parse_yaml

VARIABLE = "DESIGNTOOL_CREDENTIALS"
"""The environment variable that names the file, where it is not the usual one."""
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Credential:
    username: str
    password: str = field(repr=False)


def credentials_file(environment: Mapping[str, str]) -> Path:
    """The file that DESIGNTOOL_CREDENTIALS names, else `designtool/credentials.yaml` in the user's folder for settings."""
    stated = environment.get(VARIABLE)
    if stated:
        return Path(stated)
    settings = environment.get("XDG_CONFIG_HOME")
    return (Path(settings) if settings else Path.home() / ".config") / "designtool" / "credentials.yaml"


def read_credentials(path: Path) -> dict[str, Credential | None]:
    """By host, with `:port` where it has one. No file: none. Raises Cannot for a file that others can read, or of another form.

    registry.example:
      username: publicering
      password: …
    store.example: {}
    """
    try:
        with path.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _cannot(
            path, f"går inte att läsa: {os_reason(error).sv}", f"cannot be read: {os_reason(error).en}"
        ) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _cannot(
            path, "kan läsas av andra. Kör: chmod 600 på filen.", "can be read by others. Run chmod 600 on the file."
        )
    parsed = parse_yaml(str(path), data)
    hosts = parsed.data if isinstance(parsed.data, dict) else None
    if hosts is None or parsed.diagnostics or len(data) > _LARGEST:
        raise _wrong_form(path)
    found: dict[str, Credential | None] = {}
    for host, stated in hosts.items():
        if stated == {}:
            found[str(host).lower()] = None
            continue
        is_right = isinstance(stated, dict) and stated.keys() == {"username", "password"}
        if not is_right or not all(isinstance(text, str) and text for text in stated.values()):
            raise _wrong_form(path)
        found[str(host).lower()] = Credential(stated["username"], stated["password"])
    return found


def _wrong_form(path: Path) -> Cannot:
    return _cannot(
        path,
        "ska ha en post för varje värd, med username och password som text, eller {}.",
        "must have an entry a host, with username and password as text, or {}.",
    )


def _cannot(path: Path, swedish: str, english: str) -> Cannot:
    return Cannot(Text(f"{path} {swedish}", f"{path} {english}"))
