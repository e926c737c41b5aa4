"""Whose signatures can lift a recall: the safety officers' and the clinically responsible people's, as the federation has them now."""

from __future__ import annotations

from tuf.api.metadata import Targets

from designtool.share.federation.keys import PublicKey
from designtool.share.federation.roles import RECALL, keys_of_role


def keys_for_lifts(targets: Targets, region: str | None = None) -> tuple[PublicKey, ...]:
    """Of one region, or of every region: those of another region never count, whatever the list is (see `lifts`)."""
    roles = (targets.delegations.roles or {}) if targets.delegations is not None else {}
    officers = tuple(key for key in keys_of_role(targets, RECALL) if key.role == "safety") if RECALL in roles else ()
    clinical = tuple(
        key
        for name in roles
        if name != RECALL and region in (None, name)
        for key in keys_of_role(targets, name)
        if key.role == "clinical" and key.region == name
    )
    return (*officers, *clinical)
