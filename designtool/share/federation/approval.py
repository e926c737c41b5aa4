"""A release on its way: whether a draft that somebody has signed is of this very bundle."""

from __future__ import annotations

from tuf.api.metadata import Targets

from designtool.share.federation import roles
from designtool.share.federation.draft import Draft, metadata_of, progress_of
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import ReleaseName


def approvals_of(draft: Draft, name: ReleaseName, digest: str) -> tuple[PublicKey, ...]:
    """Who has signed the draft, if it releases the bundle with this digest and somebody clinically responsible is among them.

    Whose the keys are is what the draft itself brings. That they are the right ones is decided where the draft is adopted,
    against metadata that is trusted: this is for finding a mistake before that. Raises TrustProblem.
    """
    signed = metadata_of(draft.metadata, draft.role).signed
    target = signed.targets.get(str(name)) if isinstance(signed, Targets) and draft.role == name.region else None
    if target is None:
        raise TrustProblem("target-unknown", name=name, region=draft.role)
    if roles.release_of(name, target).digest != digest:
        raise TrustProblem("target-other", name=name, region=name.region)
    signers = progress_of(draft).signed
    if not any(key.role == "clinical" for key in signers):
        raise TrustProblem("not-approved", name=name, region=name.region)
    return signers
