"""A bundle from a registry, as the release that two people have signed: its digest comes from verified metadata, never from a tag."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from designtool.share.federation.copying import take_over
from designtool.share.federation.metadata_store import MetadataStore, alone_in
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import ReleaseName, release_name, release_of
from designtool.share.federation.trust import Client, Seen, Trusted
from designtool.share.fetch import Fetched, fetch_known
from designtool.share.registries.names import Wanted, version_order
from designtool.share.registries.registry import Progress, Registry, nobody_watches


def fetch_trusted(
    wanted: Wanted,
    registry: Registry,
    metadata: MetadataStore,
    trust_folder: Path,
    folder: Path,
    now: datetime,
    progress: Progress = nobody_watches,
    witness: Seen | None = None,
) -> Fetched:
    """Take over the newest metadata, and fetch the release that it says was signed.

    Without a version it is the newest that is released and not recalled. Raises TrustProblem for what is not signed as the
    federation demands, and beside it what `take_over` and `fetch` raise. Nothing is written to `folder` by any of them.
    """
    client = take_over(metadata, trust_folder, now, witness)
    with alone_in(trust_folder):
        release = trusted_release(client, wanted)
    exactly = Wanted(wanted.name, release.name.version, release.digest)
    return replace(fetch_known(exactly, registry, folder, progress), signers=release.signers)


def trusted_release(client: Client, wanted: Wanted) -> Trusted:
    """What is meant by a name, as verified metadata has it. The caller is alone in the trust folder. Raises TrustProblem."""
    region = wanted.name.region
    if region in client.problems:
        raise client.problems[region]
    asked = "".join((f":{wanted.version}" if wanted.version else "", f"@{wanted.digest}" if wanted.digest else ""))
    unknown = TrustProblem("target-unknown", name=f"{wanted.name}{asked}", region=region)
    if region in client.regions() and not client.has_released(region):
        raise unknown
    signed, _ = client.region(region)
    digests: dict[ReleaseName, str] = {}
    for path, target in signed.targets.items():
        name = release_name(path)
        if name.program == wanted.name.program:
            digests[name] = release_of(name, target).digest
    names = [
        name
        for name in sorted(digests, key=lambda one: version_order(one.version), reverse=True)
        if wanted.version in (None, name.version) and wanted.digest in (None, digests[name])
    ]
    if not names:
        raise unknown
    for name in names[:-1]:
        try:
            return client.judge(digests[name], name)
        except TrustProblem as problem:
            if problem.code != "recalled":
                raise
    return client.judge(digests[names[-1]], names[-1])
