"""One patient on several devices, or in several windows of one: what another has written meanwhile is never overwritten without
a word.

Each page that is shown has a name of its own, which comes back with what is written on it. To all that follows here a page in
one window is a device, and the same page opened once more is another.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from designtool import acts
from designtool.acts import Answer, Sent
from designtool.diagnostics import Text
from designtool.model.exercise import Exercise
from designtool.model.program import Program
from designtool.render import FieldError
from designtool.runtime.store import Store
from designtool.treatment.answers import ROW, ROW_LABEL
from designtool.treatment.commands import Actor
from designtool.treatment.events import Answered, Submitted
from designtool.treatment.json_values import plain_json
from designtool.treatment.moving import answers_under, way_to
from designtool.treatment.records import form_of
from designtool.treatment.state import NEW, State, fold

CHANGED_ELSEWHERE = Text(
    "Det här svaret har ändrats på en annan enhet eller i ett annat fönster sedan du öppnade sidan. Spara igen om det ska stå som här.",
    "This answer has been changed on another device or in another window since you opened the page. Save again if it shall stand as it does here.",
)
NEW_VERSION = Text(
    "Programmet har fått en ny version sedan du öppnade sidan. Det du skrev är inte sparat än. Det står kvar här: läs igenom det "
    "och skicka det igen.",
    "The program has been given a new version since you opened the page. What you wrote is not saved yet. It stands here: read it "
    "through and send it again.",
)


_PAGE = re.compile("[0-9a-f]{16}")


def new_page() -> str:
    """A name that no other page has."""
    return secrets.token_hex(8)


def device_of(session: str, page: object) -> str:
    """The session's device, on the page that says that it was written on; a script may leave that out."""
    return f"{session}/{page}" if isinstance(page, str) and _PAGE.fullmatch(page) else session


FORM_TARGETS = ("exercise", "questionnaire", "form")


@dataclass(frozen=True, slots=True)
class Page:
    """What a page had seen when it sent something."""

    treatment: str
    device: str
    """With the page's own name."""
    revision: int
    """Events of the treatment when its page was made."""


def is_of_earlier_version(state: State, revision: int) -> bool:
    """Whether a page was made before the treatment moved to the version that it is under now."""
    return bool(state.earlier) and revision <= state.earlier[-1].count


def target_under(target: str, old: Program, new: Program) -> str:
    """Where a page of the earlier version stands in the later one."""
    kind, slash, id = target.partition("/")
    way = way_to(old, new)
    return f"{kind}{slash}{way.form(id) if kind in FORM_TARGETS else way.module(id) if kind == 'module' else id}"


def changed_elsewhere(store: Store, page: Page, form: str, dated: date | None) -> Mapping[str, Answered]:
    """Fields of a form (of a diary: of one entry) that another device has answered since, with the latest of its answers."""
    return MappingProxyType(
        {
            stored.event.what.field: stored.event.what
            for stored in store.events(page.treatment, after=page.revision)
            if isinstance(stored.event.what, Answered)
            and stored.device not in ("", page.device)
            and stored.event.what.form == form
            and (dated is None or stored.event.what.dated in (None, dated))
        }
    )


def is_changed_elsewhere(
    store: Store, page: Page, form: str, name: str, dated: date | None, programs: Mapping[str, Program]
) -> bool:
    """Whether another device has answered this very field since; `name` may point at one cell of a table."""
    field, _, inside = name.partition(".")
    theirs = changed_elsewhere(store, page, form, dated).get(field)
    if theirs is None or not inside:
        return theirs is not None
    before = seen_state(store, page, programs).answers(form, theirs.copy).get(field)
    return any(
        _inside(was, inside) != _inside(now, inside) for was, now in _changes_elsewhere(store, page, theirs, before)
    )


def _changes_elsewhere(store: Store, page: Page, theirs: Answered, before: Any) -> Iterator[tuple[Any, Any]]:
    """What other devices have made of a field, step by step, from what the page has seen. With each cell of a table the whole
    table is stored: theirs are the cells that an answer of theirs has changed."""
    for stored in store.events(page.treatment, after=page.revision):
        what = stored.event.what
        if not isinstance(what, Answered) or (what.form, what.copy, what.field) != (
            theirs.form,
            theirs.copy,
            theirs.field,
        ):
            continue
        if stored.device not in ("", page.device):
            yield before, what.value
        before = what.value


def seen_state(store: Store, page: Page, programs: Mapping[str, Program]) -> State:
    """The treatment as it was when the page was made."""
    seen = (one.event for one in store.events(page.treatment) if one.number <= page.revision)
    return fold(seen, programs, NEW)


def _inside(value: Any, way: str) -> Any:
    for part in way.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, tuple):
            value = _row(value, part)
        else:
            return None
    return value


def _row(rows: tuple[Any, ...], part: str) -> Any:
    """Rows that come from earlier answers are pointed at by their names, all others by their places."""
    named = (row for row in rows if isinstance(row, Mapping) and str(row.get(ROW)) == part)
    at = int(part) if part.isascii() and part.isdigit() and len(part) < 5 else len(rows)
    return next(named, rows[at] if at < len(rows) else None)


@dataclass(frozen=True)
class SentForm:
    """A whole form that a page posted. Such a form sends every field, those too that nobody has touched on this device."""

    store: Store
    page: Page
    target: str
    sent: Sent
    actor: Actor
    elsewhere: Mapping[str, Answered] = field(hash=False)
    programs: Mapping[str, Program] = field(hash=False)

    def act(self, state: State, program: Program, now: datetime) -> Answer:
        """Keeps what another device wrote where this one changed nothing, and asks where both did.

        What this very page has sent before, with the same answers, is not sent twice: a button is pressed twice, and a browser
        whose connection was lost posts again.
        """
        sent_before = self._sent_before() if self.page.revision < state.count else None
        if sent_before is not None:
            return sent_before
        if not self.elsewhere:
            return acts.sent_from(self.target, self.sent, state, program, now, self.actor)
        seen = seen_state(self.store, self.page, self.programs)
        typed, wrong = self._typed_here(seen, program, now)
        own = {name: self._own_names(name, theirs, typed, wrong, seen) for name, theirs in self.elsewhere.items()}
        both = wrong | {
            name for name in typed if name in own and self._clashes(name, own[name], typed[name], seen, state)
        }
        sent = {
            name: values
            for name, values in self.sent.items()
            if _field_of(name) not in own or (_field_of(name) not in both and name in own[_field_of(name)])
        }
        both &= own.keys()
        if not both:
            return acts.sent_from(self.target, sent, state, program, now, self.actor)
        kept = acts.sent_from(self.target, {**sent, "action": ["save"]}, state, program, now, self.actor)
        after = fold(kept.events, {state.digest: program}, state)
        example = next(iter(self.elsewhere.values()))
        draft = plain_json(after.answers(example.form, example.copy))
        # With no action that there is, all that was written is laid over what stands, and stored nowhere.
        asked = {name: self.sent[name] for field in both for name in own[field]}
        shown = acts.sent_from(self.target, {**sent, **asked, "action": [""]}, after, program, now, self.actor).draft
        return replace(
            kept,
            errors=(*(FieldError(name, CHANGED_ELSEWHERE) for name in sorted(both)), *kept.errors),
            draft=MappingProxyType({**draft, **kept.draft, **{name: shown[name] for name in both if name in shown}}),
            saved="",
        )

    def _own_names(
        self, name: str, theirs: Answered, typed: Mapping[str, Any], wrong: frozenset[str], seen: State
    ) -> frozenset[str]:
        """Of a field that another device has answered, the inputs that this page has changed: of a table its cells."""
        sent = frozenset(one for one in self.sent if _field_of(one) == name)
        mine = typed.get(name)
        if not _has_cells(mine):
            return sent if name in typed or name in wrong else frozenset()
        before = seen.answers(theirs.form, theirs.copy).get(name)
        return frozenset(one for one in sent if _inside(mine, _way(one)) != _inside(before, _way(one)))

    def _clashes(self, name: str, own: frozenset[str], mine: Any, seen: State, state: State) -> bool:
        """Whether another device has written something else in what this page has changed."""
        theirs = self.elsewhere[name]
        stands = state.answers(theirs.form, theirs.copy).get(name)
        if not _has_cells(mine):
            return bool(plain_json(mine) != plain_json(stands))
        before = seen.answers(theirs.form, theirs.copy).get(name)
        steps = [*_changes_elsewhere(self.store, self.page, theirs, before)]
        return any(
            _inside(stands, way) != _inside(mine, way)
            and any(_inside(was, way) != _inside(now, way) for was, now in steps)
            for way in map(_way, own)
        )

    def act_after_move(self, state: State, program: Program, now: datetime) -> Answer:
        """Of a page from an earlier version: nothing is kept, for a name may mean another thing now. All that was typed is shown
        again, where the new version has it; what has no place there is told word for word."""
        seen = seen_state(self.store, self.page, self.programs)
        old = self.programs[seen.digest]
        target = target_under(self.target, old, program)
        form, later = self.target.partition("/")[2], target.partition("/")[2]
        tried = acts.sent_from(self.target, {**self.sent, "action": ["save"]}, seen, old, now, self.actor)
        typed = [event.what for event in tried.events if isinstance(event.what, Answered)]
        answers = {what.field: what.value for what in typed if what.value is not None}
        carried = answers_under(program, old, form, answers)
        way = way_to(old, program)
        placed = {way.field_of(form, name) for name in answers} & carried.keys()
        homeless = [name for name in answers if way.field_of(form, name) not in placed]
        # What could not be read is not answered, but was typed all the same.
        homeless += [error.field for error in tried.errors if error.field in tried.draft and error.field not in answers]
        stands = {}
        if typed:
            copy = typed[0].copy
            stands = state.answers(later, copy) or state.answers(later, way.module(copy))
        errors = [FieldError("", NEW_VERSION)]
        errors += [
            FieldError("", _written(old, form, name, answers.get(name, tried.draft.get(name)))) for name in homeless
        ]
        draft = MappingProxyType({**plain_json(stands), **plain_json(carried)})
        return Answer((), tuple(errors), draft, "", target, tried.entry_date, later)

    def _sent_before(self) -> Answer | None:
        """What came of it when this page sent the same; None when it has not."""
        if self.sent.get("action") != ["submit"] or "/" not in self.page.device:
            return None
        form = self.target.partition("/")[2]
        events = self.store.events(self.page.treatment)
        own = [one for one in events if one.number > self.page.revision and one.device == self.page.device]
        finished = [one for one in own if isinstance(one.event.what, Submitted) and one.event.what.form == form]
        if not finished:
            return None
        number, at = finished[-1].number, finished[-1].event.at
        before = fold((one.event for one in events if one.number < number), self.programs, NEW)
        sent = {**self.sent, "action": ["save"]}
        again = acts.sent_from(self.target, sent, before, self.programs[before.digest], at, self.actor)
        if again.errors or any(isinstance(event.what, Answered) for event in again.events):
            return None
        pages = acts.pages_to_show([one.event for one in own if one.event.at == at])
        return replace(
            again, events=(), saved="submitted", go_to=f"library/{pages[0]}" if pages else again.go_to, entry_date=""
        )

    def _typed_here(self, seen: State, program: Program, now: datetime) -> tuple[dict[str, Any], frozenset[str]]:
        """What this device changed since its page was made, and the fields in which it wrote what cannot be read."""
        answer = acts.sent_from(self.target, {**self.sent, "action": ["save"]}, seen, program, now, self.actor)
        answered = (event.what for event in answer.events if isinstance(event.what, Answered))
        return {what.field: what.value for what in answered}, frozenset(error.field for error in answer.errors)


def _written(program: Program, form: str, name: str, value: Any) -> Text:
    """What was typed in a field that the new version does not have, to be copied by hand."""
    known = form_of(program, form)
    label = next((one.label for one in known.fields if one.id == name), name) if isinstance(known, Exercise) else name
    written = ", ".join(_words(plain_json(value)))
    return Text(
        f"Den här frågan finns inte längre: ”{label}” Du skrev: ”{written}”",
        f"This question is there no more: “{label}” You wrote: “{written}”",
    )


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in (ROW, ROW_LABEL):
                yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)
    elif value is not None:
        yield str(value)


def _has_cells(value: Any) -> bool:
    return isinstance(value, tuple) and any(isinstance(row, Mapping) for row in value)


def _way(name: str) -> str:
    """What the name of an input points at inside its field."""
    return name.removeprefix(acts.SHOWN).partition(".")[2]


def _field_of(name: str) -> str:
    """The field that the name of an input belongs to."""
    return name.removeprefix(acts.SHOWN).partition(".")[0]
