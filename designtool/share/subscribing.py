"""What a region has released that a subscription lets through, as verified metadata says: never as a tag says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from designtool.layer.version_range import VersionRange
from designtool.share.agreement_folder import read_agreement_folder
from designtool.share.agreements import State
from designtool.share.federation import Release, release_name, release_of
from designtool.share.fetch import Fetched, fetch
from designtool.share.keys import PublicKey
from designtool.share.metadata_store import alone_in
from designtool.share.names import Wanted, program_name, version_order
from designtool.share.recalls import LEVELS, Recall, recalls
from designtool.share.region_keys import region_keys
from designtool.share.registry import Progress, Registry, nobody_watches
from designtool.share.trust import Client
from designtool.share.trust_problems import TrustProblem

AgreementState = State | Literal["none", "other-versions"]
"""As the agreements themselves stand; or there is none about the program, or one in force for other versions."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """A program of a region, in all versions that it has released."""

    region: str
    program: str
    releases: Mapping[str, Release] = field(repr=False)
    """By version."""
    recalled: Mapping[str, Recall] = field(repr=False)
    """By version, the gravest recall in force."""
    signers: tuple[PublicKey, ...]
    """Who has signed what the region has released."""

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

    def may_begin(self, version: str) -> bool:
        """Whether it is not recalled. A recall that only informs lets it be used."""
        recall = self.recalled.get(version)
        return recall is None or recall.level == "info"


def upstream_of(client: Client, trust_folder: Path, region: str, program: str) -> Upstream:
    """From metadata that `client` has just taken over into the trust folder, with the recalls in force. Raises TrustProblem."""
    if region in client.problems:
        raise client.problems[region]
    signed, signers = client.region(region)
    releases: dict[str, Release] = {}
    for path, target in signed.targets.items():
        name = release_name(path)
        if name.program == program:
            releases[name.version] = release_of(name, target)
    return Upstream(region, program, releases, recalled_versions(trust_folder, region, program), signers)


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
        client.judge(release.digest, release.name)
    return _fetched(release, registry, folder, progress)


def fetch_in_use(client: Client, release: Release, registry: Registry, folder: Path) -> Fetched:
    """As `fetch_release`, of a version that is in use and may be recalled since: to be compared with, not to be begun with."""
    known = client.seen.releases.get(str(release.name))
    if known is not None and known != release.digest:
        raise TrustProblem("target-moved", name=release.name)
    return _fetched(release, registry, folder, nobody_watches)


def agreement_state(
    folder: Path, trust_folder: Path, giver: str, taker: str, program: str, version: str, today: date
) -> AgreementState:
    """How far the two regions have agreed on a version, by the files in a folder of agreements. Raises TrustProblem."""
    keys = region_keys(trust_folder)
    try:
        standings = read_agreement_folder(folder, keys).standings(keys, today)
    except FileNotFoundError:
        return "none"
    about = [
        one
        for one in standings
        if (one.agreement.giver, one.agreement.taker) == (giver, taker) and program in one.agreement.programs
    ]
    if any(one.covers(giver, taker, program, version) for one in about):
        return "in-force"
    states = {one.state for one in about}
    if "in-force" in states:
        return "other-versions"
    nearest: tuple[State, ...] = ("not-yet", "proposed", "ended", "expired")
    return next((state for state in nearest if state in states), "none")


def _fetched(release: Release, registry: Registry, folder: Path, progress: Progress) -> Fetched:
    name = program_name(release.name.region, release.name.program)
    return fetch(Wanted(name, release.name.version, release.digest), registry, folder, progress)
