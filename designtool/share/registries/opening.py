"""From what somebody wrote to a registry: a name in designtool.yaml, an address, or a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from designtool.diagnostics import Cannot, Text, nearest
from designtool.share.registries.client import OwnToken, RegistryClient, parse_address
from designtool.share.registries.credentials import credentials_file, read_credentials
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.registry import Registry
from designtool.share.registries.service import HttpRegistry

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def open_registry(
    stated: str,
    named: Mapping[str, str],
    root: Path,
    environment: Mapping[str, str] | None = None,
    own_token: OwnToken | None = None,
) -> Registry:
    """The registry that `stated` means, for the caller to close.

    `named`: the registries of designtool.yaml, whose folders start at `root`, where designtool.yaml lies. A folder that is
    written in a command starts where the command runs, and has a slash in it: `./stick`. `own_token`: see RegistryClient. Raises
    Cannot for what means nothing.
    """
    if stated in named:
        place, start = named[stated], root
    elif is_address(stated) or _is_path(stated):
        place, start = stated, Path()
    else:
        near = nearest(stated, list(named))
        known = f" Menade du {near}?" if near else "", f" Did you mean {near}?" if near else ""
        raise Cannot(
            Text(
                f"{stated} står inte under registries i designtool.yaml.{known[0]} En mapp skrivs med snedstreck: ./{stated}",
                f"{stated} does not stand under registries in designtool.yaml.{known[1]} A folder is written with a slash: "
                f"./{stated}",
            )
        )
    if not is_address(place):
        return FolderRegistry(start / place)
    credentials = read_credentials(credentials_file(os.environ if environment is None else environment))
    return HttpRegistry(RegistryClient(parse_address(place), credentials, own_token=own_token))


def is_address(stated: str) -> bool:
    """Whether it is the address of a service, right or wrong, and no folder."""
    return _SCHEME.match(stated) is not None


def _is_path(stated: str) -> bool:
    return "/" in stated or os.sep in stated or stated in (".", "..")
