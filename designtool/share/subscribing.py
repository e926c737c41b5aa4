"""What a region has released that a subscription lets through, as verified metadata says: never as a tag says it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from designtool.layer.version_range import VersionRange
from designtool.share.agreements.folder import read_agreement_folder
from designtool.share.catalogue.entries import Agreed, Terms
from designtool.share.federation.metadata_store import alone_in
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.region_keys import region_keys
from designtool.share.federation.roles import RECALL, Release, ReleaseName, release_name, release_of
from designtool.share.federation.trust import Client
from designtool.share.fetch import Fetched, fetch_known
from designtool.share.recalls.listing import LEVELS, Recall, recalls
from designtool.share.registries.names import Wanted, program_name, version_order
from designtool.share.registries.registry import Progress, Registry, nobody_watches


@dataclass(frozen=True, slots=True)
class Upstream:
    """A program of a region, in all versions that it has released."""

    region: str
    program: str
    releases: Mapping[str, Release] = field(repr=False)
    """By version."""
    recalled: Mapping[str, Recall] = field(repr=False)
    """By version, the gravest recall in force."""
    moved: frozenset[str] = frozenset()
    """Versions that were released with other content before."""

    def newest(self, allowed: VersionRange | None, after: str | None = None) -> Release | None:
        """The newest release that nothing speaks against. `after`: only one that is later than this version."""
        found = [
            version
            for version in self.releases
            if self.may_begin(version)
            and (allowed is None or allowed.holds(version))
            and (after is None or version_order(version) > version_order(after))
        ]
        return self.releases[max(found, key=version_order)] if found else None

    def check(self, version: str) -> None:
        """That a version, as one that is in use, is released with what it was released with. Raises TrustProblem."""
        if version not in self.releases:
            raise TrustProblem("target-unknown", name=f"{self.region}/{self.program}/{version}", region=self.region)
        if version in self.moved:
            raise TrustProblem("target-moved", name=self.releases[version].name)

    def may_begin(self, version: str) -> bool:
        """Whether it is not recalled. A recall that only informs lets it be used."""
        recall = self.recalled.get(version)
        return recall is None or recall.level == "info"


def upstream_of(client: Client, trust_folder: Path, region: str, program: str) -> Upstream:
    """From metadata that `client` has just taken over into the trust folder, with the recalls in force. Raises TrustProblem.

    What is to be begun with is judged when it is fetched; of what is in use there is `Upstream.check`.
    """
    for role in (region, RECALL):
        # Recalls that cannot be read let nothing begin: of any version it may be that it is recalled.
        if role in client.problems:
            raise client.problems[role]
    signed, _ = client.region(region)
    releases: dict[str, Release] = {}
    moved: set[str] = set()
    for path, target in signed.targets.items():
        name = release_name(path)
        if name.program == program:
            release = releases[name.version] = release_of(name, target)
            if client.seen.releases.get(path, release.digest) != release.digest:
                moved.add(name.version)
    recalled = recalled_versions(trust_folder, region, program)
    return Upstream(region, program, releases, recalled, frozenset(moved))


def recalled_versions(trust_folder: Path, region: str, program: str) -> dict[str, Recall]:
    """By version, as verified last: also where nothing newer can be had. Raises TrustProblem where nothing ever was."""
    found: dict[str, Recall] = {}
    for one in recalls(trust_folder):
        if (one.release.region, one.release.program) == (region, program):
            known = found.get(one.release.version)
            if known is None or LEVELS.index(one.level) < LEVELS.index(known.level):
                found[one.release.version] = one
    return found


def fetch_release(
    client: Client,
    trust_folder: Path,
    release: Release,
    registry: Registry,
    folder: Path,
    progress: Progress = nobody_watches,
) -> Fetched:
    """The bundle that the region has signed under this name. Raises what `fetch` raises, and TrustProblem."""
    with alone_in(trust_folder):
        signers = client.judge(release.digest, release.name).signers
    return replace(_fetched(release, registry, folder, progress), signers=signers)


def fetch_in_use(client: Client, release: Release, registry: Registry, folder: Path) -> Fetched:
    """As `fetch_release`, of a version that is in use and may be recalled since: to be compared with, not to be begun with."""
    known = client.seen.releases.get(str(release.name))
    if known is not None and known != release.digest:
        raise TrustProblem("target-moved", name=release.name)
    return _fetched(release, registry, folder, nobody_watches)


def agreed_on(release: ReleaseName, taker: str, agreements: Path, trust_folder: Path, today: date) -> Agreed:
    """What the region that follows has agreed with the one that has released, by the files in a folder of agreements.

    Raises TrustProblem, and OSError for a folder that is there and cannot be read.
    """
    standings = None
    with suppress(FileNotFoundError):
        keys = region_keys(trust_folder)
        standings = read_agreement_folder(agreements, keys).standings(keys, today)
    return Terms(taker, standings, today).about(release.region, release.program, [release.version])


def _fetched(release: Release, registry: Registry, folder: Path, progress: Progress) -> Fetched:
    name = program_name(release.name.region, release.name.program)
    return fetch_known(Wanted(name, release.name.version, release.digest), registry, folder, progress)
