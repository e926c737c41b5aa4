"""Who vouches for a bundle that is to be published: asked before anything of it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from designtool.share.federation.draft import Draft, metadata_of
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.metadata_store import MetadataStore
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.publication import check_adoptable, signed_release, signers_of_draft
from designtool.share.federation.roles import Release, release_of


def signers_of_release(release: Release, store: MetadataStore, drafts: Sequence[Draft]) -> tuple[PublicKey, ...]:
    """The people who have signed a release: in a draft that could be adopted now, or in the metadata that is there already.

    Raises TrustProblem for a release that nobody has signed as the federation demands, or that has another digest there.
    """
    name = release.name
    for draft in drafts:
        check_adoptable(draft, store)
        target = (
            metadata_of(draft.metadata, draft.role).signed.targets.get(str(name)) if draft.role == name.region else None
        )
        if target is not None:
            if release_of(name, target).digest != release.digest:
                raise TrustProblem("target-other", name=name, region=name.region)
            return signers_of_draft(draft, store)
    found = signed_release(name, store)
    if found is None:
        raise TrustProblem("release-unsigned", name=name, region=name.region)
    known, signers = found
    if known.digest != release.digest:
        raise TrustProblem("target-other", name=name, region=name.region)
    return signers
