"""What the federation has recalled, as it stands for the programs of this runtime: which parts are stopped, and what people are told.

It is live data of the region, like its contacts: no treatment and no bundle changes by it, and what was stopped goes on when the recall
is lifted. It is read from the trust folder, without any network, and counts whether or not metadata has expired since.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from designtool.bundle.refusals import printable
from designtool.diagnostics import Text
from designtool.model.program import Program
from designtool.runtime.trusting import Trust
from designtool.share.recalls.parts import ALL, is_part, stopped_parts, title_of_part

if TYPE_CHECKING:
    from designtool.runtime.treatments import Programs
    from designtool.share.federation.roles import ReleaseName
    from designtool.share.recalls.lifts import Lift
    from designtool.share.recalls.listing import Recall

_log = logging.getLogger(__name__)
_ORDER = ("stop-use", "no-new-patients", "info", "lifted")
_LIFT_TOLD = timedelta(days=14)
"""So long therapists are told that what was stopped goes on again: what was confirmed before may be old by then."""
_Mark = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What therapists and administrators are told of one recall."""

    level: Literal["stop-use", "no-new-patients", "info", "lifted"]
    lines: tuple[Text, ...]
    text: str
    """For therapists, by those who have recalled: plain text."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a program stands."""

    notices: tuple[Notice, ...] = ()
    """From the strictest on."""
    patient_texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Of every module and exercise that is stopped, what the patient reads in its place; empty for the usual words."""
    therapist_texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    paused: frozenset[str] = frozenset()
    """All that is stopped: one and the same set for as long as nothing changes."""

    lifted: tuple[tuple[date, Notice], ...] = ()
    """What is told of lifts, each with its day, of recalls that had stopped parts."""

    @property
    def lets_begin(self) -> bool:
        return all(one.level == "info" for one in self.notices)

    def told(self, today: date) -> tuple[Notice, ...]:
        """What therapists are told: what is in force, and what has been lifted of late."""
        return (*self.notices, *(notice for day, notice in self.lifted if today <= day + _LIFT_TOLD))


NOTHING = Standing()


@dataclass
class _Known:
    mark: _Mark | None = None
    recalls: tuple[Recall, ...] = ()
    lifted: tuple[tuple[Recall, Lift], ...] = ()
    about_nothing: tuple[str, ...] = ()
    problem: Text | None = None
    standings: dict[str, Standing] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Recalls:
    programs: Programs
    trust: Trust | None
    _known: _Known = field(default_factory=_Known)

    def about(self, digest: str) -> Standing:
        """Of an imported bundle. Never raises for what lies in the trust folder: what was known before counts on."""
        with self._known.lock:
            self._look()
            recalls, lifted, standing = self._known.recalls, self._known.lifted, self._known.standings.get(digest)
        if standing is None:
            program = self.programs.program(digest)
            meant = [recall for recall in recalls if self._is_about(recall.release, recall.bundle, digest, program)]
            over = [one for one in lifted if self._is_about(one[0].release, one[0].bundle, digest, program)]
            standing = replace(_standing(program, meant), lifted=tuple(_lifted(program, *one) for one in over))
            with self._known.lock:
                if self._known.recalls is recalls:
                    self._known.standings[digest] = standing
        return standing

    def bundles_of(self, release: ReleaseName, bundle: str) -> tuple[str, ...]:
        """The imported bundles that a recall of this release, whose bundle has this digest, is about."""
        return tuple(one for one in self.programs if self._is_about(release, bundle, one, self.programs.program(one)))

    def told(self, digests: Iterable[str], today: date | None = None) -> tuple[Notice, ...]:
        """What is told of several bundles, each notice once, from the strictest on; with lifts where there is a day."""
        standings = [self.about(digest) for digest in sorted(digests)]
        found = dict.fromkeys(
            notice for one in standings for notice in (one.notices if today is None else one.told(today))
        )
        return tuple(sorted(found, key=lambda notice: _ORDER.index(notice.level)))

    def problem(self) -> Text | None:
        """What could not be read; None where all could."""
        with self._known.lock:
            self._look()
            return self._known.problem

    def about_nothing(self) -> Text | None:
        """What stands in the list and is about no release that can be read: it stops nothing, and somebody has to ask."""
        with self._known.lock:
            self._look()
            entries = ", ".join(self._known.about_nothing)
        return _filled(_ABOUT_NOTHING, entries=entries) if entries else None

    def _look(self) -> None:
        if self.trust is None:
            return
        mark = _mark(self.trust)
        if mark == self._known.mark:
            return
        from designtool.share.federation.problems import TrustProblem
        from designtool.share.recalls.listing import entries_of_nothing, lifted_recalls, remembered_recalls

        lifted: tuple[tuple[Recall, Lift], ...] = ()
        about_nothing: tuple[str, ...] = ()
        try:
            recalls, problem = remembered_recalls(self.trust.folder, self.trust.witness)
            with suppress(TrustProblem):  # That it cannot be read has been said by then.
                lifted = lifted_recalls(self.trust.folder)
                about_nothing = entries_of_nothing(self.trust.folder)
        except Exception:
            # Whatever a damaged file brings: patients in treatment have their pages, with what was known before.
            _log.exception("the recalls could not be read")
            self._known.mark, self._known.problem = mark, _UNREADABLE
            return
        if problem is not None:
            # Of what could be read before nothing is forgotten because it cannot be read now.
            known = {(recall.release, recall.digest): recall for recall in (*self._known.recalls, *recalls)}
            recalls = tuple(known.values())
        self._known.mark, self._known.problem = mark, _UNREADABLE if problem is not None else None
        self._known.about_nothing = tuple(printable(one) for one in about_nothing)
        self._known.recalls, self._known.lifted = recalls, lifted
        self._known.standings.clear()

    def _is_about(self, release: ReleaseName, bundle: str, digest: str, program: Program) -> bool:
        """Whether a recall is about a bundle, or about the one that it is an overlay over."""
        own = (program.publisher.region, program.id, program.version)
        if bundle == digest or own == (release.region, release.program, release.version):
            return True
        below = program.overlay_of
        if below is None:
            return False
        if bundle == below.digest:
            return True
        known = self.programs[below.digest].publisher.region if below.digest in self.programs else None
        return (release.program, release.version) == (below.program, below.version) and known in (None, release.region)


def _standing(program: Program, recalls: list[Recall]) -> Standing:
    recalls = sorted(recalls, key=lambda recall: (_ORDER.index(recall.level), str(recall.release), -recall.number))
    patient: dict[str, list[str]] = {}
    therapist: dict[str, list[str]] = {}
    for recall in recalls:
        for part in stopped_parts(program, recall.parts) if recall.level == "stop-use" else ():
            patient.setdefault(part, []).append(recall.patient_text)
            therapist.setdefault(part, []).append(recall.therapist_text)
    notices = tuple(Notice(recall.level, _lines(recall, program), recall.therapist_text) for recall in recalls)
    return Standing(
        notices, MappingProxyType(_joined(patient)), MappingProxyType(_joined(therapist)), frozenset(patient)
    )


def _lifted(program: Program, recall: Recall, lift: Lift) -> tuple[date, Notice]:
    name = (
        f"{program.title if recall.release.program == program.id else recall.release.program} {recall.release.version}"
    )
    line = _filled(_LIFTED, name=name, day=lift.day.isoformat(), reason=lift.reason)
    return lift.day, Notice("lifted", (_together(line, _GO_THROUGH) if recall.level == "stop-use" else line,), "")


def _joined(texts: Mapping[str, list[str]]) -> dict[str, str]:
    return {part: "\n\n".join(dict.fromkeys(text for text in found if text)) for part, found in texts.items()}


def _lines(recall: Recall, program: Program) -> tuple[Text, ...]:
    is_own = (recall.release.program, recall.release.version) == (program.id, program.version)
    name = f"{program.title if is_own else recall.release.program} {recall.release.version}"
    lines = [_filled(_LEVELS[recall.level], name=name)]
    if recall.reason:
        lines[0] = _together(lines[0], _filled(_REASON, reason=recall.reason))
    if recall.replacement:
        lines[0] = _together(lines[0], _filled(_INSTEAD, replacement=recall.replacement))
    if recall.level == "no-new-patients":
        lines[0] = _together(lines[0], _GOES_ON)
    if not is_own:
        lines.append(_filled(_BELOW, title=f"{program.title} {program.version}", name=name))
    if recall.level == "stop-use":
        titles = [title_of_part(program, part) for part in recall.parts if is_part(program, part)]
        if ALL in recall.parts:
            lines.append(_STOPPED_ALL)
        elif titles:
            lines.append(_filled(_STOPPED, parts=", ".join(titles)))
        unknown = [part for part in recall.parts if part != ALL and not is_part(program, part)]
        if unknown:
            lines.append(_filled(_UNKNOWN, parts=", ".join(unknown)))
        stopped = [
            program.exercise[part].kind for part in stopped_parts(program, recall.parts) if part in program.exercise
        ]
        lines.append(_STAYS_WITHOUT_DIARY if "diary" in stopped else _STAYS)
    if recall.damaged:
        lines.append(_DAMAGED)
    return tuple(lines)


def _mark(trust: Trust) -> _Mark:
    from designtool.share.recalls.listing import files_of_recalls

    return tuple(_stamp(path) for path in (*files_of_recalls(trust.folder), trust.witness))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _filled(text: Text, **facts: str) -> Text:
    return Text(text.sv.format_map(facts), text.en.format_map(facts))


def _together(one: Text, other: Text) -> Text:
    return Text(f"{one.sv} {other.sv}", f"{one.en} {other.en}")


_LEVELS: Mapping[str, Text] = {
    "stop-use": Text(
        "{name} är återkallat: inga nya behandlingar startas, och delar av det är stoppade även för dem som är i behandling.",
        "{name} has been recalled: no new treatments are started, and parts of it are stopped also for those in treatment.",
    ),
    "no-new-patients": Text(
        "{name} är återkallat: inga nya behandlingar startas.",
        "{name} has been recalled: no new treatments are started.",
    ),
    "info": Text("Information om {name}. Ingenting är stoppat.", "Information about {name}. Nothing has been stopped."),
}
_LIFTED = Text(
    "Återkallelsen av {name} hävdes {day}. Skäl: {reason}", "The recall of {name} was lifted on {day}. Reason: {reason}"
)
_GO_THROUGH = Text(
    "Det som var stoppat går på igen, som det var före pausen. Gå igenom med patienten vad som gäller nu.",
    "What was stopped goes on again, as it was before the pause. Go through with the patient what holds now.",
)
_REASON = Text("Skäl: {reason}", "Reason: {reason}")
_INSTEAD = Text("Använd version {replacement} i stället.", "Use version {replacement} instead.")
_GOES_ON = Text("Pågående behandlingar fortsätter.", "Treatments under way go on.")
_BELOW = Text("{title} bygger på {name}.", "{title} is made of {name}.")
_STOPPED = Text("Stoppat: {parts}.", "Stopped: {parts}.")
_STOPPED_ALL = Text(
    "Stoppat: alla moduler, övningar och beslut i programmet.",
    "Stopped: all modules, exercises and decisions of the program.",
)
_UNKNOWN = Text(
    "Återkallelsen nämner delar som inte finns i det här programmet: {parts}. Fråga den säkerhetsansvariga vad som menas.",
    "The recall names parts that are not in this program: {parts}. Ask the safety officer what is meant.",
)
_STAYS = Text(
    "Krissidan, dagboken, meddelanden, mätningar och patientens egna svar är öppna som förut.",
    "The crisis page, the diary, messages, measurements and the patient's own answers are open as before.",
)
_STAYS_WITHOUT_DIARY = Text(
    "Krissidan, meddelanden, mätningar och patientens egna svar är öppna som förut.",
    "The crisis page, messages, measurements and the patient's own answers are open as before.",
)
_DAMAGED = Text(
    "Allt i återkallelsen gick inte att läsa. Det räknas som det strängaste som kan ha menats.",
    "Not all of the recall could be read. It counts as the strictest that may have been meant.",
)
_ABOUT_NOTHING = Text(
    "I listan över återkallelser står något som inte går att läsa: {entries}. Fråga den säkerhetsansvariga vad som är återkallat.",
    "In the list of recalls stands something that cannot be read: {entries}. Ask the safety officer what has been recalled.",
)
_UNREADABLE = Text(
    "Mappen med förtroende är skadad: återkallelserna går inte att läsa. Det som var känt gäller, och inget nytt startar.",
    "The trust folder is damaged: the recalls cannot be read. What was known counts on, and nothing new begins.",
)
