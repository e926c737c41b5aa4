"""What people send from pages, as acts in a treatment: the same for the preview and the runtime.

Pure: the edge parses the request, stores the events, and shows the page that comes next. The names in the forms are those
of `render.fields`; what they mean is decided here and in `treatment.commands`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from designtool.diagnostics import Text
from designtool.expressions.values import number_from_text
from designtool.model.exercise import Exercise, Field
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.render.viewpoint import FieldError
from designtool.treatment import commands
from designtool.treatment.answers import LONGEST_ROW_NAME, ROW, columns_of
from designtool.treatment.commands import Actor, Kept, Outcome, Problem, Refusal
from designtool.treatment.events import Event, FlagRaised
from designtool.treatment.frame import Frame
from designtool.treatment.json_values import plain_json
from designtool.treatment.records import form_of
from designtool.treatment.state import State, fold

Sent = Mapping[str, Sequence[str]]
"""A posted form: name to values, as they were typed."""

MOST_ROWS = 200
CHOOSE = "choose."
"""`choose.<module>`, an action: of several modules this one."""
SHOWN = "shown-"
"""`shown-<name>` is sent with boxes to tick, of which nothing else is sent when none is ticked."""
CORRECT = "correct."
"""`correct.<field>.<answer>`, an action: the field is to say this instead, and the form is finished."""
CLEAR = "clear."
"""`clear.<input>`, an action: a choice is taken back."""
_ROW = re.compile(r"[0-9]{1,3}")
_MOVE = re.compile(r"move-(up|down)\.([a-z0-9_]{1,60})\.([0-9]{1,3})")
"""An action: what stands in a place of a ranking changes places with the one above or below it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an act came to."""

    events: tuple[Event, ...] = ()
    """To be stored together. There may be some although something was refused: what could be kept is kept."""
    errors: tuple[FieldError, ...] = ()
    draft: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """The form as it was sent, to be shown again when there are errors."""
    saved: str = ""
    """What was done, in the view's word for it."""
    go_to: str = ""
    """The target to show next."""
    entry_date: str = ""
    form: str = ""
    """The form that was sent, if it was one."""


def sent_from(target: str, sent: Sent, state: State, program: Program, now: datetime, actor: Actor) -> Answer:
    """A form that was posted from a page. An address or an action that does not exist is refused in words."""
    kind, _, id = target.partition("/")
    action = _first(sent, "action")
    text = _first(sent, "text")
    match kind, action:
        case ("exercise", "stop"):
            return _simple(commands.stop_decision(state, program, now, actor, id), "stopped", _back(sent, target))
        case (("exercise" | "questionnaire" | "form"), _):
            return replace(_form(id, action, sent, state, program, now, actor), form=id)
        case ("module", "submit"):
            return _simple(commands.submit_module(state, program, now, actor, id), "module-submitted", target)
        case ("module", _) if action.startswith(CHOOSE):
            chosen = action.removeprefix(CHOOSE)
            return _simple(commands.choose_module(state, program, now, actor, id, chosen), "saved", target)
        case ("module", "feedback"):
            return _text(commands.give_feedback(state, program, now, actor, id, text), "feedback", target, text)
        case ("module", "open"):
            return _simple(commands.open_module(state, program, now, actor, id), "opened", target)
        case ("module", "hold"):
            return _simple(commands.hold_module(state, program, now, actor, id), "held", target)
        case ("messages", "send"):
            return _text(commands.send_message(state, program, now, actor, text), "sent", target, text)
        case ("flags", "acknowledge"):
            number = _first(sent, "flag")
            flag = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1
            outcome = commands.acknowledge_flag(state, program, now, actor, flag, text, actor.id)
            return _text(outcome, "acknowledged", target, text)
        case ("decision", "confirm"):
            written = _first(sent, "proposed")
            seen = number_from_text(written)
            if written and seen is None:
                return _refused(Text("Läs förslaget igen.", "Read the proposal again."), target)
            return _simple(commands.confirm_decision(state, program, now, actor, id, seen), "confirmed", target)
        case ("decision", "decline"):
            return _text(commands.decline_decision(state, program, now, actor, id, text), "declined", target, text)
        case ("decision", "sign"):
            return _text(commands.sign_contraindication(state, program, now, actor, id, text), "signed", target, text)
    return _refused(Text("Det går inte att göra här.", "That cannot be done here."), target)


def typed_in(form: Questionnaire | Exercise, sent: Sent) -> Mapping[str, Any]:
    """What was sent of a form, as it was typed: to be shown again where nothing of it is kept."""
    return MappingProxyType(_answers(form, sent, {}))


def saved_from(
    form: str,
    name: str,
    value: object,
    dated: date | None,
    state: State,
    program: Program,
    now: datetime,
    actor: Actor,
    frame: Frame | None = None,
) -> Kept:
    """One field that was saved as it was typed. `name` may point into a table: `rows.0.what`.

    `frame`: of an earlier state of this treatment, where one is known.
    """
    known = form_of(program, form)
    if known is None:
        return Kept((), (Problem(Text("Formuläret finns inte.", "There is no such form.")),))
    id, _, inside = name.partition(".")
    if inside and isinstance(known, Exercise):
        declared = next((one for one in known.fields if one.id == id), None)
        before = commands.answers_at(state, program, now, actor, form, dated)
        if declared is None or isinstance(before, Refusal):
            problems = before.problems if isinstance(before, Refusal) else ()
            return Kept((), problems or (Problem(Text("Fältet finns inte.", "There is no such field."), id),))
        value = _put_inside(declared, before.get(id), inside, value)
        if value is None:
            return Kept((), (Problem(Text("Fältet finns inte.", "There is no such field."), id),))
    return commands.keepable(state, program, now, actor, form, {id: value}, dated, frame)


def pages_to_show(events: Sequence[Event]) -> tuple[str, ...]:
    """Library pages that the patient must see at once because of these events."""
    pages = [event.what.patient_page for event in events if isinstance(event.what, FlagRaised)]
    return tuple(dict.fromkeys(page.removeprefix("library/") for page in pages if page))


def _form(id: str, action: str, sent: Sent, state: State, program: Program, now: datetime, actor: Actor) -> Answer:
    known = form_of(program, id)
    back = _back(sent, f"{'questionnaire' if isinstance(known, Questionnaire) else 'exercise'}/{id}")
    if known is None:
        return _refused(Text("Formuläret finns inte.", "There is no such form."), back)
    written_date = _first(sent, "entry-date")
    dated = _date(written_date)
    before = commands.answers_at(state, program, now, actor, id, dated)
    stands = {} if isinstance(before, Refusal) else plain_json(before)
    answers = _answers(known, sent, stands)
    if action.startswith(CORRECT):
        field, _, meant = action.removeprefix(CORRECT).partition(".")
        answers |= {one.id: meant for one in known.fields if one.id == field} if isinstance(known, Exercise) else {}
        action = "submit"
    if action.startswith(CLEAR):
        answers |= _without(known, action.removeprefix(CLEAR), {**stands, **answers})
        action = "save"
    moved = _MOVE.fullmatch(action)
    if (
        moved
        and isinstance(known, Exercise)
        and any((one.id, one.type) == (moved[2], "ranking") for one in known.fields)
    ):
        way, field, place = moved.groups()
        answers[field] = _moved({**stands, **answers}.get(field), int(place), -1 if way == "up" else 1)
        action = "save"
    draft = MappingProxyType({**stands, **answers})
    if written_date and dated is None:
        # Without its date the entry would be taken for another day's.
        wrong_date = Text(
            "Datumet går inte att läsa. Välj dagen igen.", "The date cannot be read. Choose the day again."
        )
        return Answer(errors=(FieldError("", wrong_date),), draft=draft, go_to=back)
    events, problems, *_ = commands.keepable(state, program, now, actor, id, answers, dated)
    state = fold(events, {state.digest: program}, state)
    if action.startswith("add-row."):
        return Answer(
            events, _errors(problems), _with_row(draft, action.removeprefix("add-row.")), "", back, written_date
        )
    if problems:
        return Answer(events, _errors(problems), draft, "", back, written_date)
    if action.startswith("take.") and isinstance(known, Exercise):
        taken = _taken(known, action, state, program, now, actor, back)
        return replace(taken, events=(*events, *taken.events))
    if action == "save":
        return Answer(events, saved="saved", go_to=back, entry_date=written_date)
    if action != "submit":
        # What was written is kept, whatever the button was.
        unknown = FieldError("", Text("Det går inte att göra här.", "That cannot be done here."))
        return Answer(events, (unknown,), draft, "", back, written_date)
    confirmed = frozenset(
        name.removeprefix("confirmed-")
        for name in sent
        if name.startswith("confirmed-") and _first(sent, name) == "yes"
    )
    outcome = commands.submit_form(state, program, now, actor, id, dated, confirmed)
    if isinstance(outcome, Refusal):
        return Answer(events, _errors(outcome.problems), draft, "", back, written_date)
    everything = (*events, *outcome)
    shown = pages_to_show(everything) if actor.role == "patient" else ()
    return Answer(everything, saved="submitted", go_to=f"library/{shown[0]}" if shown else back)


def _answers(form: Questionnaire | Exercise, sent: Sent, before: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, field by field, on top of what stands there.

    A field of which nothing was sent stays as it is: a group without a choice sends nothing, and another device may have
    answered it meanwhile.
    """
    if isinstance(form, Questionnaire):
        return {item.id: _first(sent, item.id) or None for item in form.items if item.id in sent}
    return {one.id: _field_answer(one, sent, before.get(one.id)) for one in form.fields if _is_sent(one, sent)}


def _is_sent(declared: Field, sent: Sent) -> bool:
    if declared.type in ("table", "ranking", "plan-entry"):
        return any(name.removeprefix(SHOWN).startswith(f"{declared.id}.") for name in sent)
    return declared.id in sent or f"{SHOWN}{declared.id}" in sent


def _field_answer(declared: Field, sent: Sent, before: Any) -> Any:
    id = declared.id
    if columns_of(declared):
        return _table_answer(declared, sent, before)
    if declared.type == "ranking":
        return [_first(sent, f"{id}.{place}") or None for place in range(len(declared.options) or MOST_ROWS)]
    return _cell(declared, sent, id)


def _table_answer(declared: Field, sent: Sent, before: Any) -> list[dict[str, Any]]:
    """The rows that were sent over those that stand there, cell by cell: rows are added and emptied, and never taken away."""
    columns = {column.id: column for column in columns_of(declared)}
    rows = _rows_of(before)
    for name in sent:
        owner, _, rest = name.removeprefix(SHOWN).partition(".")
        part, _, column = rest.partition(".")
        if owner == declared.id and column in columns:
            row = _row_named(declared, rows, part)
            if row is not None:
                row[column] = _cell(columns[column], sent, name.removeprefix(SHOWN))
    return rows


def _rows_of(before: Any) -> list[dict[str, Any]]:
    # An entry of a plan was once stored without the list around it.
    earlier = [before] if isinstance(before, Mapping) else before if isinstance(before, list | tuple) else ()
    return [dict(row) for row in earlier if isinstance(row, Mapping)]


def _row_named(declared: Field, rows: list[dict[str, Any]], part: str) -> dict[str, Any] | None:
    """The row that a name in a form points at, made when it is not there yet.

    Rows that come from earlier answers are known by their names, for these answers may change while a page is open; all
    others by their place, which stays theirs.
    """
    if declared.rows_from:
        row = next((one for one in rows if one.get(ROW) == part), None)
        if row is None and 0 < len(part) <= LONGEST_ROW_NAME and len(rows) < MOST_ROWS:
            row = {ROW: part}
            rows.append(row)
        return row
    if not _ROW.fullmatch(part) or int(part) >= MOST_ROWS:
        return None
    rows += [{} for _ in range(int(part) + 1 - len(rows))]
    return rows[int(part)]


def _cell(declared: Field, sent: Sent, name: str) -> Any:
    if declared.type == "choices":
        return [value for value in sent.get(name, ()) if value] or None
    return _first(sent, name) or None


def _put_inside(declared: Field, before: Any, inside: str, value: object) -> list[Any] | None:
    """The whole answer of a table, ranking or plan with one part of it changed; None where there is no such part."""
    first, _, rest = inside.partition(".")
    if columns_of(declared):
        rows = _rows_of(before)
        row = _row_named(declared, rows, first)
        if row is None or not rest:
            return None
        row[rest] = value
        return rows
    if declared.type != "ranking" or not _ROW.fullmatch(first) or int(first) >= MOST_ROWS:
        return None
    parts = list(before) if isinstance(before, list | tuple) else []
    parts += [None] * (int(first) + 1 - len(parts))
    # What gets a new place leaves its old one, so that two can change places one after the other.
    parts = [None if str(part) == str(value) else part for part in parts]
    parts[int(first)] = value
    return parts


def _without(form: Questionnaire | Exercise, name: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answer that an input belongs to, with nothing in that input; nothing where there is no such input."""
    id, _, inside = name.partition(".")
    if isinstance(form, Questionnaire):
        return {item.id: None for item in form.items if item.id == name}
    declared = next((one for one in form.fields if one.id == id), None)
    if declared is None:
        return {}
    if not inside:
        return {id: None}
    rest = _put_inside(declared, answers.get(id), inside, None)
    return {} if rest is None else {id: rest}


def _moved(ranking: Any, place: int, by: int) -> Any:
    """As it was, where there is no such place; a place that is empty can be moved into."""
    if not isinstance(ranking, list | tuple) or not 0 <= place + by < MOST_ROWS or place >= len(ranking):
        return ranking
    places = [*ranking, *([None] * max(0, place + by + 1 - len(ranking)))]
    places[place], places[place + by] = places[place + by], places[place]
    return places


def _taken(
    known: Exercise, action: str, state: State, program: Program, now: datetime, actor: Actor, back: str
) -> Answer:
    """A suggestion that is taken along into a plan; the events are those that lead there."""
    _, _, rest = action.partition(".")
    id, _, name = rest.partition(".")
    outcome = commands.take_into_plan(state, program, now, actor, known.id, id, name)
    if isinstance(outcome, Refusal):
        return Answer(errors=_errors(outcome.problems), go_to=back)
    return Answer(outcome, saved="saved", go_to=back)


def _with_row(draft: Mapping[str, Any], table: str) -> Mapping[str, Any]:
    rows = draft.get(table)
    return MappingProxyType({**draft, table: [*(rows if isinstance(rows, list) else [{}]), {}][:MOST_ROWS]})


def _simple(outcome: Outcome, saved: str, go_to: str) -> Answer:
    if isinstance(outcome, Refusal):
        return Answer(errors=_errors(outcome.problems), go_to=go_to)
    return Answer(outcome, saved=saved, go_to=go_to)


def _text(outcome: Outcome, saved: str, go_to: str, text: str) -> Answer:
    if isinstance(outcome, Refusal):
        return Answer(errors=_errors(outcome.problems), draft=MappingProxyType({"text": text}), go_to=go_to)
    return Answer(outcome, saved=saved, go_to=go_to)


def _refused(message: Text, go_to: str) -> Answer:
    return Answer(errors=(FieldError("", message),), go_to=go_to)


def _errors(problems: Sequence[Problem]) -> tuple[FieldError, ...]:
    return tuple(FieldError(one.field, one.message, one.level, one.corrections) for one in problems)


def _back(sent: Sent, target: str) -> str:
    """The target that the form stood on, when it says so in the shape of one."""
    stated = _first(sent, "return-to")
    return stated if re.fullmatch(r"[a-z]+(/[A-Za-z0-9_.-]+){0,2}", stated) else target


def _first(sent: Sent, name: str) -> str:
    values = sent.get(name, ())
    return values[0] if values else ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
