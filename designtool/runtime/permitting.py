"""Whether something new may begin with a bundle: asked when a program is activated, when somebody is registered for it, and when
a treatment starts. Treatments under way are never asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from designtool.diagnostics import Text
from designtool.model.program import Program
from designtool.runtime.clock import Clock
from designtool.runtime.importing import REASONS as IMPORT_REASONS
from designtool.runtime.importing import Policy
from designtool.runtime.recalling import Recalls
from designtool.runtime.store import AgreementUse, Store
from designtool.runtime.trusting import Trust
from designtool.treatment.days import local_date

if TYPE_CHECKING:
    from designtool.runtime.treatments import Programs
    from designtool.share.agreements.folder import FileProblem
    from designtool.share.agreements.terms import Standing


@dataclass(frozen=True, slots=True)
class Permission:
    why: Text | None = None
    """Why nothing may begin; None where it may."""
    code: str = ""
    uses: tuple[AgreementUse, ...] = ()
    """The agreements that a treatment is counted under when it starts."""


class NotPermitted(Exception):
    """A treatment was to start, and may not."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission.code)
        self.permission = permission


@dataclass(frozen=True, slots=True)
class Overview:
    """The agreements as they stand, for the unit's administrator."""

    standings: tuple[Standing, ...]
    used: Mapping[str, int]
    """Treatments started, by the digest of the agreement."""
    problems: tuple[FileProblem, ...]


@dataclass(frozen=True, slots=True)
class _Need:
    region: str | None
    """None where it is not known who has made the program."""
    program: str
    version: str


@dataclass(frozen=True)
class Permits:
    """The terms of this runtime: whose signatures count, which region it belongs to, and what that has agreed with others."""

    store: Store
    programs: Programs
    clock: Clock
    policy: Policy
    recalls: Recalls
    """What of it all has been recalled."""
    trust: Trust | None = None
    region: str = ""
    folder: Path | None = None
    """Of the agreements. None: there are none."""

    def permission(self, digest: str) -> Permission:
        """Whether something new may begin with a bundle now."""
        if self.policy is Policy.UNSIGNED_DEMONSTRATION:
            return Permission()
        if self.trust is None:
            return nothing_begins(digest)
        from designtool.share.federation.trust import NotTrusted

        program, now = self.programs.program(digest), self.clock.now()
        name = f"{program.publisher.region}/{program.id}/{program.version}"
        answer = self.trust.judge(digest, name, now)
        standing = self.recalls.about(digest)
        if not standing.lets_begin:
            # Before all else that may be wrong: a recall is told also when metadata has expired meanwhile.
            return Permission(standing.notices[0].lines[0], "recalled")
        if isinstance(answer, NotTrusted):
            return Permission(answer.message, answer.code)
        unreadable = self.recalls.problem()
        if unreadable is not None:
            return Permission(unreadable, "trust-damaged")
        if not self.region:
            return _refused("region-unknown")
        return self._agreed(program, now)

    def overview(self, now: datetime) -> Overview | None:
        """None where agreements are not asked for."""
        if self.policy is Policy.UNSIGNED_DEMONSTRATION or self.trust is None or self.folder is None:
            return None
        from designtool.share.federation.problems import TrustProblem

        try:
            standings, problems = self._read(self.trust.folder, self.folder, local_date(now))
        except (TrustProblem, OSError):
            # Why nothing begins is said above, of each program; here there is nothing to show.
            return Overview((), {}, ())
        return Overview(standings, self.store.agreement_uses(), problems)

    def _agreed(self, program: Program, now: datetime) -> Permission:
        needs = self._needs(program)
        if not needs:
            return Permission()
        if self.folder is None or self.trust is None:
            return _refused("agreement-missing", need=needs[0], region=self.region)
        from designtool.share.federation.problems import TrustProblem

        try:
            standings, _ = self._read(self.trust.folder, self.folder, local_date(now))
        except TrustProblem as problem:
            return Permission(problem.message, problem.code)
        except OSError:
            return _refused("agreements-unreadable")
        used, uses = self.store.agreement_uses(), []
        for need in needs:
            covering = [one for one in standings if one.covers(need.region, self.region, need.program, need.version)]
            free = [
                one for one in covering if one.agreement.uses is None or used.get(one.digest, 0) < one.agreement.uses
            ]
            if not covering:
                return _refused(_closest(standings, need, self.region), need=need, region=self.region)
            if not free:
                return _refused("agreement-used-up", need=need, region=self.region)
            # What is not limited first, then what runs out first.
            chosen = min(free, key=lambda one: (one.agreement.uses is not None, one.agreement.last_day, one.digest))
            uses.append(AgreementUse(chosen.digest, chosen.agreement.uses))
        return Permission(uses=tuple(dict.fromkeys(uses)))

    def _needs(self, program: Program) -> list[_Need]:
        """What of other regions is in a program: the program itself, or what the own region has laid an overlay over."""
        needs = [_Need(program.publisher.region, program.id, program.version)]
        below = program.overlay_of
        if below is not None:
            region = self.programs[below.digest].publisher.region if below.digest in self.programs else None
            needs.append(_Need(region, below.program, below.version))
        return [need for need in needs if need.region != self.region]

    def _read(
        self, trust_folder: Path, folder: Path, today: date
    ) -> tuple[tuple[Standing, ...], tuple[FileProblem, ...]]:
        from designtool.share.agreements.folder import read_agreement_folder
        from designtool.share.federation.region_keys import region_keys

        keys = region_keys(trust_folder)
        found = read_agreement_folder(folder, keys)
        # An end that was seen once holds, also when its file has gone.
        ended = self.store.remember_agreement_ends(found.ended_from(keys))
        return found.standings(keys, today, ended), found.problems


def _closest(standings: tuple[Standing, ...], need: _Need, region: str) -> str:
    """Why none of the agreements will do, told by the one that is nearest to it."""
    about = [
        one
        for one in standings
        if need.region in (None, one.agreement.giver)
        and one.agreement.taker == region
        and need.program in one.agreement.programs
    ]
    states = {one.state for one in about}
    if "in-force" in states:
        return "agreement-version"
    return next(
        (f"agreement-{state}" for state in ("proposed", "not-yet", "ended", "expired") if state in states),
        "agreement-missing",
    )


def _refused(code: str, need: _Need | None = None, region: str = "") -> Permission:
    text = REASONS[code]
    facts = {"region": region}
    if need is not None:
        facts |= {"giver": need.region or "?", "program": need.program, "version": need.version}
    return Permission(Text(text.sv.format_map(facts), text.en.format_map(facts)), code)


def nothing_begins(digest: str) -> Permission:
    """Where nobody has said whose word counts."""
    return Permission(IMPORT_REASONS["unsigned"], "unsigned")


def used_up() -> Permission:
    """Of a start that somebody else was before with."""
    return Permission(REASONS["agreement-taken"], "agreement-taken")


_GOES_ON = Text(" Pågående behandlingar fortsätter.", " Treatments under way go on.")


def _reason(sv: str, en: str) -> Text:
    return Text(sv + _GOES_ON.sv, en + _GOES_ON.en)


REASONS: Mapping[str, Text] = {
    "region-unknown": _reason(
        "Körmiljön vet inte vilken region enheten hör till. Ange den: designtool run --region.",
        "The runtime does not know which region the unit belongs to. Say it: designtool run --region.",
    ),
    "agreements-unreadable": _reason(
        "Mappen med avtal går inte att läsa.",
        "The folder of agreements cannot be read.",
    ),
    "agreement-missing": _reason(
        "{region} har inget avtal med {giver} om {program}. Nya behandlingar kan inte starta.",
        "{region} has no agreement with {giver} on {program}. New treatments cannot start.",
    ),
    "agreement-version": _reason(
        "Avtalet med {giver} om {program} gäller inte version {version}. Nya behandlingar kan inte starta.",
        "The agreement with {giver} on {program} is not about version {version}. New treatments cannot start.",
    ),
    "agreement-proposed": _reason(
        "Avtalet med {giver} om {program} är inte underskrivet av båda regionerna. Nya behandlingar kan inte starta.",
        "The agreement with {giver} on {program} is not signed by both regions. New treatments cannot start.",
    ),
    "agreement-not-yet": _reason(
        "Avtalet med {giver} om {program} gäller inte än. Nya behandlingar kan inte starta.",
        "The agreement with {giver} on {program} is not in force yet. New treatments cannot start.",
    ),
    "agreement-ended": _reason(
        "Avtalet med {giver} om {program} är avslutat. Nya behandlingar kan inte starta.",
        "The agreement with {giver} on {program} has been ended. New treatments cannot start.",
    ),
    "agreement-expired": _reason(
        "Avtalet med {giver} om {program} har gått ut. Nya behandlingar kan inte starta.",
        "The agreement with {giver} on {program} has expired. New treatments cannot start.",
    ),
    "agreement-used-up": _reason(
        "Alla behandlingar i avtalet med {giver} om {program} är startade. Nya kan inte starta.",
        "All treatments of the agreement with {giver} on {program} have been started. New ones cannot start.",
    ),
    "agreement-taken": _reason(
        "Någon annan hann starta den sista behandlingen i avtalet. Den här startade inte.",
        "Somebody else has just started the last treatment of the agreement. This one was not started.",
    ),
}
