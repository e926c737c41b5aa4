"""The keys of the federation's regions, as its founders have vouched for them: taken from metadata that has been verified."""

from __future__ import annotations

from pathlib import Path

from tuf.api.metadata import Targets

from designtool.share.federation.keys import PublicKey
from designtool.share.federation.roles import RECALL, keys_of_role
from designtool.share.federation.trust import verified_last


def region_keys(trust_folder: Path) -> dict[str, PublicKey]:
    """By key id, of every region. A key that has been revoked or rotated is not among them.

    What is read was verified by the last `refresh` of the trust folder; whoever needs it fresh makes one first. Raises
    TrustProblem where nothing has been verified yet.
    """
    return keys_of_regions(region_list(trust_folder))


def keys_of_regions(targets: Targets) -> dict[str, PublicKey]:
    """By key id, of every region in a list of them."""
    roles = (targets.delegations.roles or {}) if targets.delegations is not None else {}
    return {
        key.key_id: key
        for region in roles
        if region != RECALL
        for key in keys_of_role(targets, region)
        if key.region == region
    }


def region_list(trust_folder: Path) -> Targets:
    """The regions and their keys, as they were verified last. Raises TrustProblem where nothing has been verified yet."""
    targets = verified_last(trust_folder, "targets").signed
    assert isinstance(targets, Targets), "metadata_of has held it against its role"
    return targets
