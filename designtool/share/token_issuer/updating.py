"""Keeping the two folders up to date that tokens are decided from: the federation's metadata and the regions' agreements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from designtool.bundle import Refused
from designtool.diagnostics import Text
from designtool.share.agreements.registry import bring_agreements
from designtool.share.federation.copying import take_over
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.registries.client import OwnToken
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Registry
from designtool.share.token_issuer.decision import Account, Known, granted
from designtool.share.token_issuer.tokens import Issuer, token_for

OWN_NAME = "token-issuer"


@dataclass(frozen=True, slots=True)
class Problem:
    what: str
    code: str
    message: Text


@dataclass(frozen=True, slots=True)
class Updated:
    new_files: int
    """Of agreements and ends."""
    problems: tuple[Problem, ...]


def update(registry: Registry, trust_folder: Path, agreement_folder: Path, now: datetime) -> Updated:
    """Take over what is new in a registry. Agreements are read also where the metadata is not taken over: an end is not to wait.

    Raises OSError for a folder that cannot be written.
    """
    problems: list[Problem] = []
    new_files = 0
    try:
        client = take_over(RegistryMetadataStore(registry), trust_folder, now)
        problems += [Problem(role, one.code, one.message) for role, one in sorted(client.problems.items())]
    except (Refused, RegistryProblem, TrustProblem) as problem:
        problems.append(Problem("metadata", problem.code, problem.message))
    try:
        found = bring_agreements(registry, trust_folder, agreement_folder)
        new_files = len(found.files)
        problems += [Problem(one.file, one.code, one.message) for one in found.problems]
    except (Refused, RegistryProblem, TrustProblem) as problem:
        problems.append(Problem("agreements", problem.code, problem.message))
    return Updated(new_files, tuple(problems))


def own_token(issuer: Issuer, clock: Callable[[], datetime]) -> OwnToken:
    """Tokens for the issuer itself, at its own registry alone: for what every account may pull."""

    def made(service: str, scopes: frozenset[str]) -> str | None:
        if service != issuer.service:
            return None
        access = granted(sorted(scopes), Account(OWN_NAME), Known())
        return token_for(issuer, OWN_NAME, access, clock())

    return made
