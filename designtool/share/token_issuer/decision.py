"""What an account may do in a registry. Nothing here reads a file or a clock.

A token knows repositories, and no versions: which versions an agreement is about, and how many treatments may begin, is looked at
by the runtime when a program is activated and a treatment starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from designtool.share.federation.roles import RECALL, TOP_ROLES
from designtool.share.registries.names import RESERVED_REGIONS, is_part

Action = Literal["pull", "push"]
ACTIONS: tuple[Action, ...] = get_args(Action)
FEDERATION, AGREEMENTS, RECEIPTS = "federation", "agreements", "receipts"
RESERVED = frozenset({*RESERVED_REGIONS, RECALL, *TOP_ROLES})
"""Names that no region has."""


@dataclass(frozen=True, slots=True)
class Account:
    region: str
    is_steward: bool = False
    """Whether it keeps the federation's metadata: it founds the registry, and stamps. What counts is who has signed."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the federation has said, and what its regions have agreed, on a day."""

    regions: frozenset[str] = frozenset()
    recall_regions: frozenset[str] = frozenset()
    """Those with a safety officer who may sign recalls."""
    shared: frozenset[tuple[str, str, str]] = frozenset()
    """Taker, giver and program of every agreement that is in force."""
    is_current: bool = False
    """Whether no part of the metadata has expired. What has expired lets nothing new begin with other regions' programs."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a token says of one repository."""

    repository: str
    actions: tuple[Action, ...]

    def __str__(self) -> str:
        return f"repository:{self.repository}:{','.join(self.actions)}"


def granted(scopes: Iterable[str], account: Account, known: Known) -> tuple[Access, ...]:
    """What of the scopes is let through, a repository once, in their order. What is not granted is left out, whatever it is."""
    found: dict[str, set[Action]] = {}
    for scope in scopes:
        kind, _, rest = scope.partition(":")
        repository, _, stated = rest.rpartition(":")
        if kind != "repository":
            continue
        asked = stated.split(",")
        actions = {action for action in ACTIONS if action in asked and _may(action, repository, account, known)}
        if actions:
            found.setdefault(repository, set()).update(actions)
    return tuple(Access(name, tuple(one for one in ACTIONS if one in actions)) for name, actions in found.items())


def _may(action: Action, repository: str, account: Account, known: Known) -> bool:
    first, _, second = repository.partition("/")
    if not is_part(first) or not is_part(second):
        return False
    is_own_place = second == account.region and second in known.regions
    if first == FEDERATION:
        return action == "pull" or _may_change_metadata(second, account, known, is_own_place)
    if first in (AGREEMENTS, RECEIPTS):
        return action == "pull" or is_own_place
    if first in RESERVED:
        return False
    if first == account.region:
        return action == "pull" or first in known.regions
    return action == "pull" and known.is_current and (account.region, first, second) in known.shared


def _may_change_metadata(role: str, account: Account, known: Known, is_own_place: bool) -> bool:
    if role in (*TOP_ROLES, RECALL):
        return account.is_steward or (role == RECALL and account.region in known.recall_regions)
    return is_own_place or (account.is_steward and role in known.regions)
