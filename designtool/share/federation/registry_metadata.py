"""Metadata in a registry: a repository a role (`federation/<role>`), a tag a version, and `current` for the timestamp.

A repository a role lets a token allow a region to write its own role and nothing else. A service knows no way to set a tag only
if it is not there yet, so those who write a version at the same time agree on one file first, by tags that are never written over.
"""

from __future__ import annotations

import re

from designtool.bundle import Refused
from designtool.bundle.manifest import digest_of
from designtool.share.federation.metadata_store import TIMESTAMP_FILE, parsed_name
from designtool.share.federation.problems import TrustProblem
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Registry
from designtool.share.registries.small_file import pull_file, push_file

REPOSITORIES = "federation"
METADATA_KIND = "application/vnd.designtool.metadata.v1+json"
CURRENT = "current"
_MEDIA_TYPE = "application/json"
_VERSION = re.compile(r"[1-9][0-9]{0,15}")
_LARGEST = 5_000_000
_DIGITS = 56
_MOST_ROUNDS = 8


class RegistryMetadataStore:
    """See `designtool.share.federation.metadata_store.MetadataStore`.

    Every verb raises RegistryProblem when the registry cannot be reached or asked, and TrustProblem `metadata-invalid` or
    `metadata-too-large` where it has something else than a file of metadata.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def get(self, name: str, most_bytes: int) -> bytes | None:
        place = _place(name)
        return self._pulled(name, *place, most_bytes) if place is not None else None

    def put(self, name: str, data: bytes, before: bytes | None) -> None:
        place = _place(name)
        if place is None:
            raise ValueError(f"{name!r} is no name of metadata")
        repository, tag = place
        known = self._registry.tagged(repository, tag)
        now = self._readable(name, repository, known) if known is not None else None
        if now == data:
            return
        if name == TIMESTAMP_FILE:
            if now != before:
                raise TrustProblem("metadata-changed", name=name)
            self._push(name, tag, data, known)
            return
        if known is not None:
            raise TrustProblem("metadata-changed", name=name)
        agreed = data if self._registry.is_folder else self._agreed(name, repository, tag, data)
        # Whoever agreed to somebody else's file writes it too: that one may have been cut off before it could.
        self._push(name, tag, agreed, None)
        if agreed != data:
            raise TrustProblem("metadata-changed", name=name)

    def versions(self, role: str) -> tuple[int, ...]:
        if role == "timestamp":
            return ()
        tags = self._registry.tags(f"{REPOSITORIES}/{role}")
        return tuple(sorted(int(tag) for tag in tags if _VERSION.fullmatch(tag)))

    def _pulled(self, name: str, repository: str, reference: str, most_bytes: int) -> bytes | None:
        try:
            return pull_file(self._registry, repository, reference, (METADATA_KIND,), most_bytes)
        except RegistryProblem as problem:
            if problem.code == "not-in-registry":
                return None
            raise
        except Refused as refused:
            if refused.code == "too-large":
                raise TrustProblem("metadata-too-large", name=name, limit=most_bytes) from refused
            raise TrustProblem("metadata-invalid", name=name, reason=refused.code) from refused

    def _readable(self, name: str, repository: str, reference: str) -> bytes | None:
        """What is there, if it is a file at all: a timestamp that is none may be replaced by a right one."""
        try:
            return self._pulled(name, repository, reference, _LARGEST)
        except TrustProblem:
            return None

    def _push(self, name: str, tag: str, data: bytes, expected: str | None) -> None:
        place = _place(name)
        assert place is not None, "names are looked at before anything is written"
        try:
            push_file(self._registry, place[0], tag, data, METADATA_KIND, _MEDIA_TYPE, expected)
        except RegistryProblem as problem:
            if problem.code != "tag-moved":
                raise
            raise TrustProblem("metadata-changed", name=name) from problem

    def _agreed(self, name: str, repository: str, version: str, data: bytes) -> bytes:
        """The one file that all who write this version now agree on, or have agreed on.

        In each round everybody says what they want, and looks who else wants what. Who sees no other wish is sure, and says so;
        who sees others is not. Two who want different things cannot both be sure, because each says first and looks then. Who
        sees that all are sure is done; who sees anybody sure wants the same from then on. One who is alone is done in one round,
        whatever others have left behind who were cut off.
        """
        wanted = data
        for number in range(1, _MOST_ROUNDS + 1):
            wish = f"{version}-{number}-wish-"
            self._say(name, wish, wanted)
            wishes = self._said(repository, wish)
            word = "sure" if wishes == {_short(wanted)} else "unsure"
            if word == "unsure":
                wanted = self._file_of(name, repository, wish, min(wishes))
            self._say(name, f"{version}-{number}-{word}-", wanted)
            sure = self._said(repository, f"{version}-{number}-sure-")
            unsure = self._said(repository, f"{version}-{number}-unsure-")
            if sure:
                wanted = self._file_of(name, repository, f"{version}-{number}-sure-", min(sure))
            if sure and not unsure:
                return wanted
        raise TrustProblem("metadata-changed", name=name)

    def _say(self, name: str, beginning: str, data: bytes) -> None:
        self._push(name, f"{beginning}{_short(data)}", data, None)

    def _said(self, repository: str, beginning: str) -> set[str]:
        return {tag.removeprefix(beginning) for tag in self._registry.tags(repository) if tag.startswith(beginning)}

    def _file_of(self, name: str, repository: str, beginning: str, short: str) -> bytes:
        data = self._pulled(name, repository, f"{beginning}{short}", _LARGEST)
        # A registry may list a tag a moment before it has it.
        if data is None or _short(data) != short:
            raise TrustProblem("metadata-changed", name=name)
        return data


def _place(name: str) -> tuple[str, str] | None:
    """The repository and the tag of a file; None for what is no name of metadata."""
    parsed = parsed_name(name)
    if parsed is None:
        return None
    role, version = parsed
    return f"{REPOSITORIES}/{role}", CURRENT if version is None else str(version)


def _short(data: bytes) -> str:
    """All of the digest that a tag has room for."""
    return digest_of(data).removeprefix("sha256:")[:_DIGITS]
