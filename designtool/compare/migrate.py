"""What happens to each patient when a treatment is to go on under another version: worked out before anything is moved.

The runtime moves a treatment when `moving` says that it may, and by the event that `moving` gives. `designtool migrate` runs the
same code over treatments that it is shown or makes up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from designtool.compare.change import Change, Changes
from designtool.compare.compare import compare
from designtool.compare.kinds.surroundings import MEASUREMENT_REMOVED
from designtool.compare.kinds.unlocking import UNLOCK_TIGHTENED
from designtool.compare.renaming import renamed
from designtool.diagnostics import Text
from designtool.model.migration import Migration, version_key
from designtool.model.module import Module
from designtool.model.program import Program
from designtool.treatment import events as happened
from designtool.treatment.clock import clock_events
from designtool.treatment.environment import environment_of
from designtool.treatment.events import Event
from designtool.treatment.moving import occasion_under, way_to
from designtool.treatment.records import form_of
from designtool.treatment.schedule import Plan, plan
from designtool.treatment.state import State, fold

Outcome = Literal["untouched", "sees-again", "held-back"]
"""untouched: goes on as if nothing had happened. sees-again: meets something anew, or something new in what was passed.
held-back: stays on the version that it began with."""
OUTCOMES: tuple[Outcome, ...] = ("untouched", "sees-again", "held-back")
_FORM_WORDS = frozenset({"exercise", "questionnaire", "measurement", "decision"})
_DOORS = UNLOCK_TIGHTENED.name
_READABLE = frozenset({"open", "submitted", "complete"})
_DONE = frozenset({"submitted", "complete"})


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Two versions of a program, and what patients meet between them."""

    old: Program
    old_digest: str
    new: Program
    new_digest: str
    way: Migration
    changes: Changes
    """With the ids of the new version, so that what was only renamed is no change."""

    @classmethod
    def between(cls, old: Program, old_digest: str, new: Program, new_digest: str) -> Upgrade:
        way = way_to(old, new)
        # How to come here is no change that anybody meets.
        changes = compare(renamed(old, way), replace(new, migrations=old.migrations))
        return cls(old, old_digest, new, new_digest, way, changes)

    @property
    def programs(self) -> Mapping[str, Program]:
        return {self.old_digest: self.old, self.new_digest: self.new}

    @property
    def unanswered(self) -> tuple[Change, ...]:
        """Changes that ask what shall become of patients, and the migration does not say: whom they touch stays."""
        return tuple(
            change
            for change in self.changes.changes
            if change.in_flight == "needs-migration" and not _is_answered(change, self.way)
        )


@dataclass(frozen=True, slots=True)
class Moving:
    """What would become of one treatment."""

    outcome: Outcome
    reasons: tuple[Text, ...]
    """Why it stays, or what is seen again; nothing for one that is untouched."""
    lost: tuple[str, ...] = ()
    """`form.field` of answers that would be found nowhere. Such a treatment is held back, whatever else."""
    events: tuple[Event, ...] = ()
    """What moves it; nothing when it is held back."""


def moving(state: State, upgrade: Upgrade, now: datetime, actor: str) -> Moving:
    """Whether and how a treatment moves. What time has brought until now must be in the state."""
    refused = tuple(_refusals(state, upgrade))
    if refused:
        return Moving("held-back", refused)
    way, programs = upgrade.way, upgrade.programs
    held = tuple(_held_back(state, upgrade))
    move = Event(
        now,
        actor,
        "administrator",
        upgrade.old_digest,
        happened.MovedToVersion(upgrade.new_digest, upgrade.old.version, upgrade.new.version),
    )
    after = fold((move,), programs, state)
    hidden = tuple(
        Event(now, "clock", "system", upgrade.new_digest, happened.Hidden(module.id))
        for module in _passed_by(state, upgrade)
        if way.begun_modules.get(module.id) == "keep"
    )
    after = fold(hidden, programs, after)
    after = fold(clock_events(after, programs, now), programs, after)
    lost = tuple(_lost(state, after, upgrade))
    shut = (*_shut(state, after, upgrade, now), *_no_longer_asked(state, after, upgrade, now))
    if held or lost or shut:
        missing = (
            Text(
                f"Svar skulle inte gå att läsa: {', '.join(lost)}.",
                f"Answers could not be read any more: {', '.join(lost)}.",
            ),
        )
        return Moving("held-back", (*held, *(missing if lost else ()), *shut), lost)
    again = tuple(_seen_again(state, after, upgrade, now))
    return Moving("sees-again" if again else "untouched", again, (), (move, *hidden))


def _refusals(state: State, upgrade: Upgrade) -> Iterator[Text]:
    if state.digest != upgrade.old_digest:
        yield Text("Behandlingen pågår i en annan version.", "The treatment is under another version.")
    elif upgrade.old.id != upgrade.new.id:
        yield Text("Det är ett annat program.", "That is another program.")
    elif version_key(upgrade.new.version) <= version_key(upgrade.old.version):
        yield Text("Den versionen är inte senare än patientens.", "That version is not later than the patient's.")
    elif state.phase == "ended":
        yield Text("Behandlingen är avslutad och läses som den var.", "The treatment has ended, and is read as it was.")


def _held_back(state: State, upgrade: Upgrade) -> Iterator[Text]:
    way = upgrade.way
    for change in upgrade.changes.changes:
        if change.in_flight == "safe" or not _touches(change, state, upgrade):
            continue
        begun = _begun(change, way)
        said = Text(change.message.sv.removesuffix("."), change.message.en.removesuffix("."))
        about = _name_of(change, upgrade)
        if change.in_flight == "pin-only" or not change.allowed:
            yield Text(
                f"{about.sv}: {said.sv}. Det gäller bara nya patienter.",
                f"{about.en}: {said.en}. That is for new patients alone.",
            )
        elif begun == "hold-back":
            yield Text(
                f"{about.sv}: flyttfilen håller kvar den som har börjat.",
                f"{about.en}: the migration holds back who has begun.",
            )
        elif not _is_answered(change, way):
            yield Text(
                f"{about.sv}: {said.sv}. Flyttfilen säger inte vad som ska hända.",
                f"{about.en}: {said.en}. The migration does not say what shall happen.",
            )


def _name_of(change: Change, upgrade: Upgrade) -> Text:
    """What it is about, as the patient and the therapist know it."""
    word, id = change.about[0] if change.about else ("program", "")
    for program in (upgrade.new, upgrade.old):
        known = program.module.get(id) if word == "module" else form_of(program, id) if word in _FORM_WORDS else None
        if known is not None:
            return Text(f"”{known.title}”", f"“{known.title}”")
    return Text(change.subject_in("sv"), change.subject_in("en"))


def _is_answered(change: Change, way: Migration) -> bool:
    (word, id), rest = change.about[0] if change.about else ("", ""), change.about[1:]
    if word == "module":
        return id in way.removed_modules or id in way.begun_modules
    if word not in _FORM_WORDS:
        return bool(way.begun_program)
    if id in way.removed_forms or id in way.begun_forms:
        return True
    return bool(rest) and f"{id}.{rest[0][1]}" in {*way.removed_fields, *map(way.later_name, way.removed_fields)}


def _begun(change: Change, way: Migration) -> str:
    word, id = change.about[0] if change.about else ("", "")
    if word == "module":
        return way.begun_modules.get(id, "")
    return way.begun_forms.get(id, "") if word in _FORM_WORDS else way.begun_program


def _touches(change: Change, state: State, upgrade: Upgrade) -> bool:
    """Whether the patient has met what changed. What belongs to no module and no form is met by everybody."""
    word, id = change.about[0] if change.about else ("", "")
    way = upgrade.way
    if change.rule == _DOORS:
        # A door that has opened stays open; who has not come to it meets the new one.
        return False
    if word == "library page" and id in (upgrade.old.crisis_page, upgrade.new.crisis_page):
        # Where to turn is better known as it is now, and is live data of the region already.
        return False
    if word == "module":
        opened = {way.module(known) for known, module in state.modules.items() if module.opened_on is not None}
        return id in opened or any(module.id == id for module in _passed_by(state, upgrade))
    if word not in _FORM_WORDS:
        return True
    met = {way.form(form) for form in (*state.copies, *state.drafts)}
    met |= {way.form(flag.form) for flag in state.flags}
    met |= {way.form(decision) for decision in state.decisions}
    met |= {way.form(questionnaire) for questionnaire, _ in state.missed}
    return id in met


def _passed_by(state: State, upgrade: Upgrade) -> list[Module]:
    """Modules that are new, and stand before one that the patient has come to."""
    way, modules = upgrade.way, upgrade.new.modules
    known = {way.module(module.id) for module in upgrade.old.modules}
    opened = {way.module(id) for id, module in state.modules.items() if module.opened_on is not None}
    furthest = max((place for place, module in enumerate(modules) if module.id in opened), default=-1)
    return [module for module in modules[: max(furthest, 0)] if module.id not in known]


def _lost(before: State, after: State, upgrade: Upgrade) -> Iterator[str]:
    """Answers that the new version does not carry on, and whose going nobody has declared."""
    way = upgrade.way
    for form, copy, field, answer in _answers(before):
        if form in way.removed_forms or f"{form}.{field}" in way.removed_fields:
            continue
        if _is_answered_for(way, form):
            # Somebody has said what shall become of who has begun it; as it stood it can be read.
            continue
        carried = after.answers(way.form(form), copy)
        module = after.answers(way.form(form), way.module(copy))
        if carried.get(way.field_of(form, field)) != answer and module.get(way.field_of(form, field)) != answer:
            yield f"{form}.{field}"


def _is_answered_for(way: Migration, form: str) -> bool:
    return way.form(form) in way.begun_forms


def _answers(state: State) -> Iterator[tuple[str, str, str, object]]:
    """Form, copy, field and answer, of all that stands."""
    for form in dict.fromkeys([*state.copies, *state.drafts]):
        copies = [*(copy.id for copy in state.copies.get(form, ())), *state.drafts.get(form, {})]
        for copy in dict.fromkeys(copies):
            for field, answer in state.answers(form, copy).items():
                yield form, copy, field, answer


def _plan(state: State, program: Program, now: datetime) -> Plan:
    return plan(state, program, now, environment_of(state, program, now))


def _shut(before: State, after: State, upgrade: Upgrade, now: datetime) -> Iterator[Text]:
    """Modules that could be read and cannot any more, though they are still there."""
    was, becomes = _plan(before, upgrade.old, now), _plan(after, upgrade.new, now)
    for id, module in was.modules.items():
        now_called = becomes.modules.get(upgrade.way.module(id))
        if module.status in _READABLE and now_called is not None and now_called.status not in _READABLE:
            title = upgrade.old.module[id].title
            yield Text(f"”{title}” skulle stängas.", f"“{title}” would be shut.")


def _no_longer_asked(before: State, after: State, upgrade: Upgrade, now: datetime) -> Iterator[Text]:
    """Measurements that wait to be made today, and would neither be made nor missed: their days had passed at once."""
    was, becomes = _plan(before, upgrade.old, now), _plan(after, upgrade.new, now)
    way, planned = upgrade.way, {one.questionnaire: one for one in upgrade.new.measurements}
    known = {(one.questionnaire, one.occasion) for one in becomes.measurements}
    removed = {change.about[0][1] for change in upgrade.changes.changes if change.rule == MEASUREMENT_REMOVED.name}
    for one in was.measurements:
        form = way.form(one.questionnaire)
        if one.status != "due" or form not in planned or form in removed:
            continue
        if (form, occasion_under(way, one.occasion)) not in known:
            title = upgrade.old.questionnaire[one.questionnaire].title
            yield Text(
                f"”{title}” väntar på svar, och skulle inte längre gå att besvara.",
                f"“{title}” waits for an answer, and could no longer be answered.",
            )


def _seen_again(before: State, after: State, upgrade: Upgrade, now: datetime) -> Iterator[Text]:
    was, becomes = _plan(before, upgrade.old, now), _plan(after, upgrade.new, now)
    way, new = upgrade.way, upgrade.new
    for id, module in was.modules.items():
        later = becomes.modules.get(way.module(id))
        if later is None and module.status in _READABLE:
            title = upgrade.old.module[id].title
            yield Text(f"”{title}” finns kvar att läsa som den var.", f"“{title}” can still be read as it was.")
        elif later is not None and module.status not in _READABLE and later.status in _READABLE:
            title = new.module[later.id].title
            yield Text(f"”{title}” öppnas.", f"“{title}” opens.")
        elif later is not None and module.status in _DONE and later.status == "open":
            title = new.module[later.id].title
            yield Text(f"”{title}” är att göra igen.", f"“{title}” is to be done again.")
        elif later is not None and module.status == "open" == later.status:
            for form in later.to_do:
                if form not in map(way.form, module.to_do):
                    yield _to_do(form, new)
    for module_ahead in _passed_by(before, upgrade):
        if becomes.modules[module_ahead.id].status in _READABLE:
            yield Text(f"”{module_ahead.title}” är ny och öppnas.", f"“{module_ahead.title}” is new and opens.")
    due = {(way.form(one.questionnaire), one.occasion) for one in was.measurements if one.status == "due"}
    for one in becomes.measurements:
        if one.status == "due" and (one.questionnaire, one.occasion) not in due:
            yield _to_do(one.questionnaire, new)
    for form in after.again:
        known = form_of(new, form)
        if form not in before.again and known is not None and after.copies.get(form):
            yield Text(f"”{known.title}” är att fylla i igen.", f"“{known.title}” is to be filled in again.")


def _to_do(form: str, program: Program) -> Text:
    known = form_of(program, form)
    title = known.title if known is not None else form
    return Text(f"”{title}” är att fylla i.", f"“{title}” is to be filled in.")
