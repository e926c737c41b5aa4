"""What the regions of a federation have released, as the last verified metadata in a trust folder says.

Nothing is refreshed here: what has expired is still read, so that a region can see what there is, and it is said that it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tuf.api.metadata import Metadata, Snapshot, Targets

from designtool.diagnostics import Text
from designtool.share.federation import roles
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import RECALL, TOP_ROLES, Release, release_name, release_of
from designtool.share.federation.trust import CLIENT_FOLDER, SEEN_FILE, nothing_verified, read_seen, verified_last


@dataclass(frozen=True, slots=True)
class RegionOffers:
    region: str
    releases: tuple[Release, ...] = ()
    signers: tuple[PublicKey, ...] = ()
    """Who has signed that these are the releases."""
    expires: datetime | None = None
    """None where the region has not released anything."""
    problem: Text | None = None
    """Why the releases are not shown, or may be others by now."""


@dataclass(frozen=True, slots=True)
class Offers:
    regions: tuple[RegionOffers, ...]
    """By name."""
    expires: datetime
    """When the first part runs out of what says that all belongs together."""


def read_offers(trust_folder: Path) -> Offers:
    """Raises TrustProblem where nothing has been verified yet. What is wrong with one region hides no other."""
    top = {role: _metadata(trust_folder, role) for role in TOP_ROLES}
    if None in top.values():
        raise nothing_verified(trust_folder)
    found = {role: one.signed for role, one in top.items() if one is not None}
    targets, snapshot = found["targets"], found["snapshot"]
    assert isinstance(targets, Targets) and isinstance(snapshot, Snapshot), (
        "metadata_of has held them against their roles"
    )
    roles = (targets.delegations.roles or {}) if targets.delegations is not None else {}
    seen = read_seen(trust_folder / SEEN_FILE)
    before = seen.releases if seen is not None else {}
    regions = tuple(_region(trust_folder, name, targets, snapshot, before) for name in sorted(roles) if name != RECALL)
    return Offers(regions, min(one.expires for one in found.values()))


def _region(
    trust_folder: Path, region: str, targets: Targets, snapshot: Snapshot, before: Mapping[str, str]
) -> RegionOffers:
    """`before`: the digest that each release had when it was first seen. One that has another now is no offer."""
    known = snapshot.meta.get(f"{region}.json")
    try:
        metadata = _metadata(trust_folder, region)
        if metadata is None:
            return RegionOffers(region, problem=_NOT_FETCHED if known is not None else None)
        signed = metadata.signed
        result = targets.get_verification_result(region, metadata.signed_bytes, metadata.signatures)
        if not result:
            raise TrustProblem("metadata-signatures", name=f"{region}.json")
        signers = roles.signers_among(list(result.signed.values()))
        roles.check_signers(region, signers)
        roles.check_region(region, signed)
        releases = tuple(release_of(release_name(path), target) for path, target in sorted(signed.targets.items()))
    except TrustProblem as refused:
        return RegionOffers(region, problem=refused.message)
    is_behind = known is None or known.version != signed.version
    why = _BEHIND if is_behind else None
    kept = tuple(one for one in releases if before.get(str(one.name), one.digest) == one.digest)
    moved = next((one.name for one in releases if one not in kept), None)
    if moved is not None:
        why = TrustProblem("target-moved", name=moved).message
    return RegionOffers(region, kept, signers, signed.expires, why)


def _metadata(trust_folder: Path, role: str) -> Metadata[Any] | None:
    """The verified metadata of a role; None where there is none."""
    return verified_last(trust_folder, role) if (trust_folder / CLIENT_FOLDER / f"{role}.json").exists() else None


_NOT_FETCHED = Text(
    "Vad regionen har gett ut är inte hämtat än. Uppdatera förtroendemappen.",
    "What the region has released has not been fetched yet. Update the trust folder.",
)
_BEHIND = Text(
    "Regionen har nyare uppgifter än de som visas. Uppdatera förtroendemappen.",
    "The region has newer information than what is shown. Update the trust folder.",
)
