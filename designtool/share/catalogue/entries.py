"""What there is in the federation, seen from one region: what others offer, what it may begin with, what it uses, what is newer.

Everything here is worked out from values: verified metadata, agreements as they stand, recalls, bundles in use, and the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from designtool.diagnostics import Text
from designtool.model.program import DerivedFrom
from designtool.share.agreements.terms import Standing
from designtool.share.federation.about import About
from designtool.share.federation.offers import Offers
from designtool.share.federation.roles import Release, ReleaseName
from designtool.share.recalls.listing import LEVELS, Recall
from designtool.share.registries.names import ProgramName, is_version, version_order

AgreementState = Literal[
    "own",
    "in-force",
    "other-version",
    "not-yet",
    "proposed",
    "ended",
    "expired",
    "missing",
    "not-read",
    "region-unknown",
]


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the own region and the region of a program have agreed about it."""

    state: AgreementState
    until: date | None = None
    """The last day on which treatments may begin; of what has ended, the last one on which they might."""
    starts: date | None = None
    """The first day, of what is not in force yet."""
    versions: str = ""
    """The range of versions that it is about."""
    uses: int | None = None
    contact: str = ""
    """Whom to write to about the agreement; empty where there is none."""


@dataclass(frozen=True, slots=True)
class InUse:
    """A bundle that the own region uses, as it says of itself. `source`: where it was found, for people."""

    name: str
    """`<region>/<program>/<version>`."""
    digest: str
    source: str
    overlay_of: DerivedFrom | None = None


@dataclass(frozen=True, slots=True)
class Version:
    release: Release
    recalls: tuple[Recall, ...]
    """In force, the strongest first."""
    may_begin: bool
    """New treatments may begin: no recall stands against it or what lies below it, and each is the own region's or covered by
    an agreement."""
    recalls_below: tuple[Recall, ...] = ()
    """Of an overlay: recalls of what it lies over."""

    @property
    def number(self) -> str:
        return self.release.name.version

    @property
    def is_stopped(self) -> bool:
        """Recalled so that nothing new may begin."""
        return _stops(self.recalls)

    @property
    def is_stopped_below(self) -> bool:
        """Of an overlay: what it lies over is recalled so that nothing new may begin."""
        return _stops(self.recalls_below)


@dataclass(frozen=True, slots=True)
class Use:
    """That a program is in use, by itself or below an overlay of the own region."""

    version: str
    digest: str
    source: str
    overlay: str = ""
    """`<region>/<program>/<version>` of the overlay that it lies below; empty where it is used as it is."""
    is_released: bool = True
    """False: the region has released other bytes under this version, or nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """From a version in use to the newest one that may be begun with."""

    program: ProgramName
    old: str
    old_version: str
    new: str
    new_version: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One program of one region."""

    program: ProgramName
    versions: tuple[Version, ...]
    """The newest first."""
    agreed: Agreed
    base: tuple[ReleaseName, Agreed] | None
    """Of an overlay: what it lies over, and what is agreed with the region of that."""
    uses: tuple[Use, ...]
    is_review_due: bool
    """The day has passed by which the program was to be reviewed again."""

    @property
    def newest(self) -> Version:
        return self.versions[0]

    @property
    def about(self) -> About | None:
        return self.newest.release.about

    @property
    def best(self) -> Version | None:
        """The newest version that new treatments may begin with."""
        return next((one for one in self.versions if one.may_begin), None)

    @property
    def steps(self) -> tuple[Step, ...]:
        """To what may be begun with, from each version in use that is older."""
        best = self.best
        if best is None:
            return ()
        return tuple(
            dict.fromkeys(
                Step(self.program, use.digest, use.version, best.release.digest, best.number)
                for use in self.uses
                if version_order(use.version) < version_order(best.number)
            )
        )

    def is_newer(self, use: Use) -> bool:
        """Whether there is a version after the one in use, be it allowed or not."""
        return version_order(self.newest.number) > version_order(use.version)


@dataclass(frozen=True, slots=True)
class RegionPart:
    region: str
    entries: tuple[Entry, ...]
    problem: Text | None
    is_expired: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    region: str
    """The own one; empty where it is not known."""
    today: date
    parts: tuple[RegionPart, ...]
    """A region each, the own one last."""
    expires: datetime
    is_expired: bool
    unknown: tuple[InUse, ...] = ()
    """In use, and of no program in the federation."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for part in self.parts for entry in part.entries)


def catalogue(
    offers: Offers,
    recalls: Sequence[Recall],
    standings: Sequence[Standing] | None,
    region: str,
    in_use: Sequence[InUse],
    now: datetime,
    today: date,
    only: str = "",
) -> Catalogue:
    """`standings`: None where no agreements were read. `today`: the day where the region is. `only`: one `<region>/<program>`."""
    by_digest = {one.digest: one.name for offer in offers.regions for one in offer.releases}
    terms = Terms(region, standings, today)
    recalled: dict[str, list[Recall]] = {}
    for one in sorted(recalls, key=lambda one: LEVELS.index(one.level)):
        recalled.setdefault(str(one.release), []).append(one)
    parts = []
    for offer in sorted(offers.regions, key=lambda one: (one.region == region, one.region)):
        programs: dict[ProgramName, list[Release]] = {}
        for release in offer.releases:
            programs.setdefault(ProgramName(release.name.region, release.name.program), []).append(release)
        entries = tuple(
            _entry(program, releases, terms, recalled, in_use, by_digest)
            for program, releases in sorted(programs.items(), key=lambda one: str(one[0]))
            if only in ("", str(program))
        )
        is_expired = offer.expires is not None and offer.expires <= now
        if entries or not only:
            parts.append(RegionPart(offer.region, entries, offer.problem, is_expired))
    known = {f"{one.name.region}/{one.name.program}" for offer in offers.regions for one in offer.releases}
    unknown = tuple(one for one in in_use if one.name.rpartition("/")[0] not in known) if not only else ()
    return Catalogue(region, today, tuple(parts), offers.expires, offers.expires <= now, unknown)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the own region has agreed with others."""

    region: str
    standings: Sequence[Standing] | None
    today: date

    def about(self, giver: str, program: str, versions: Iterable[str]) -> Agreed:
        """With the region `giver`, on a program of which there are these versions, the newest first."""
        if not self.region:
            return Agreed("region-unknown")
        if giver == self.region:
            return Agreed("own")
        if self.standings is None:
            return Agreed("not-read")
        found = [
            one
            for one in self.standings
            if one.agreement.giver == giver and one.agreement.taker == self.region and program in one.agreement.programs
        ]
        for version in versions:
            covering = [one for one in found if one.covers(giver, self.region, program, version)]
            if covering:
                return _agreed("in-force", max(covering, key=_last_day))
        in_force = [one for one in found if one.state == "in-force"]
        if in_force:
            return _agreed("other-version", max(in_force, key=_last_day))
        states: tuple[AgreementState, ...] = ("not-yet", "proposed", "ended", "expired")
        for state in states:
            known = [one for one in found if one.state == state]
            if known:
                return _agreed(state, max(known, key=_last_day))
        return Agreed("missing")

    def covers(self, giver: str, program: str, version: str) -> bool:
        if giver == self.region:
            return True
        return any(one.covers(giver, self.region, program, version) for one in self.standings or ())


def _agreed(state: AgreementState, standing: Standing) -> Agreed:
    one = standing.agreement
    return Agreed(state, _last_day(standing), one.first_day, one.versions, one.uses, one.contact)


def _last_day(standing: Standing) -> date:
    """Of an agreement that has been ended, or will be, the day before it does not hold."""
    if standing.ended_from is None:
        return standing.agreement.last_day
    return min(standing.agreement.last_day, date.fromordinal(max(1, standing.ended_from.toordinal() - 1)))


def _entry(
    program: ProgramName,
    releases: Iterable[Release],
    terms: Terms,
    recalled: Mapping[str, Sequence[Recall]],
    in_use: Sequence[InUse],
    by_digest: Mapping[str, ReleaseName],
) -> Entry:
    newest_first = sorted(releases, key=lambda one: version_order(one.name.version), reverse=True)
    versions = tuple(_version(one, terms, recalled, by_digest) for one in newest_first)
    agreed = terms.about(program.region, program.program, [one.number for one in versions])
    about, base = versions[0].release.about, None
    below = by_digest.get(about.overlay_of.digest) if about is not None and about.overlay_of is not None else None
    if below is not None and below.region != program.region:
        base = (below, terms.about(below.region, below.program, [below.version]))
    uses = tuple(use for one in in_use if (use := _use(one, program, versions)) is not None)
    is_due = about is not None and about.review_by is not None and about.review_by < terms.today
    return Entry(program, versions, agreed, base, uses, is_due)


def _version(
    release: Release, terms: Terms, recalled: Mapping[str, Sequence[Recall]], by_digest: Mapping[str, ReleaseName]
) -> Version:
    name, recalls = release.name, tuple(recalled.get(str(release.name), ()))
    may_begin = bool(terms.region) and terms.covers(name.region, name.program, name.version)
    below = release.about.overlay_of if release.about is not None else None
    recalls_below: tuple[Recall, ...] = ()
    if below is not None:
        # Of what lies below it must be known whose it is.
        base = by_digest.get(below.digest)
        recalls_below = tuple(recalled.get(str(base), ()))
        may_begin = may_begin and base is not None and terms.covers(base.region, base.program, base.version)
    return Version(release, recalls, may_begin and not _stops((*recalls, *recalls_below)), recalls_below)


def _stops(recalls: Sequence[Recall]) -> bool:
    """Whether nothing new may begin; a recall that only informs stops nothing."""
    return any(one.level != "info" for one in recalls)


def _use(one: InUse, program: ProgramName, versions: Sequence[Version]) -> Use | None:
    """How a bundle uses the program: it is the program, or it is an overlay of it."""
    name, _, number = one.name.rpartition("/")
    if name == str(program) and is_version(number):
        of = next((version for version in versions if version.number == number), None)
        is_released = of is not None and of.release.digest == one.digest
        return Use(number, one.digest, one.source, "", is_released)
    below = one.overlay_of
    of = next((version for version in versions if below is not None and version.release.digest == below.digest), None)
    if of is None or below is None:
        return None
    return Use(of.number, below.digest, one.source, one.name)
