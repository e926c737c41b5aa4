"""Holding what was stored against what it is worked out from. A stored score or flag is never replaced, only questioned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from designtool.diagnostics import Text
from designtool.model.program import Program
from designtool.treatment.environment import environment_of
from designtool.treatment.events import Answered, Event, FlagDowngraded, FlagRaised, Submitted
from designtool.treatment.flags import RULES, flags_after
from designtool.treatment.json_values import plain_json
from designtool.treatment.records import Filled, fill, form_of
from designtool.treatment.state import NEW, ImpossibleEvent, State, apply


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An event that is not what its program makes of the events before it."""

    number: int
    """Of the event, from 1."""
    message: Text


def verify(events: Sequence[Event], programs: Mapping[str, Program]) -> tuple[Disagreement, ...]:
    """Fold the events again and work out each submission and each flag anew. Nothing is found in an honest history."""
    found: list[Disagreement] = []
    state = NEW
    for index, event in enumerate(events):
        try:
            after = apply(state, event, programs)
        except ImpossibleEvent as impossible:
            return (
                *found,
                Disagreement(index + 1, Text(f"Händelsen går inte: {impossible}", f"Impossible: {impossible}")),
            )
        if isinstance(event.what, Answered | Submitted):
            program = programs[event.digest]
            filled = _filled(state, after, event, event.what, program)
            if isinstance(event.what, Submitted):
                found += [Disagreement(index + 1, text) for text in _differences(event.what, filled)]
            found += _flag_differences(state, events, index, event.what, filled, program)
        state = after
    return tuple(found)


def _filled(before: State, after: State, event: Event, what: Answered | Submitted, program: Program) -> Filled:
    form = form_of(program, what.form)
    assert form is not None
    finished = isinstance(what, Submitted)
    environment = environment_of(before if finished else after, program, event.at, without=(what.form, what.copy))
    answers = before.answers(what.form, what.copy) if finished else after.answers(what.form, what.copy)
    return fill(form, answers, environment, finished, what.dated or environment.today)


def _differences(stored: Submitted, filled: Filled) -> Iterator[Text]:
    pairs = {
        "answers": (stored.answers, filled.answers),
        "scores": (stored.scores, filled.scores),
        "values": (stored.values, filled.computed),
        "statuses": (stored.statuses, filled.statuses),
    }
    for name, (kept, made) in pairs.items():
        for id in sorted({*kept, *made}):
            if plain_json(kept.get(id)) != plain_json(made.get(id)):
                yield Text(
                    f"{stored.form}.{id} ({name}) är inte det som svaren ger.",
                    f"{stored.form}.{id} ({name}) is not what the answers give.",
                )
    if set(stored.hidden) != filled.hidden:
        yield Text(f"{stored.form}: andra fält är dolda.", f"{stored.form}: other fields are hidden.")


def _flag_differences(
    before: State, events: Sequence[Event], index: int, what: Answered | Submitted, filled: Filled, program: Program
) -> Iterator[Disagreement]:
    """The flags of an answer stand directly after it."""
    form = form_of(program, what.form)
    assert form is not None
    wanted = [_essence(flag) for flag in flags_after(before, form, what.copy, filled, events[index].at)]
    for place in range(index + 1, len(events)):
        stored = events[place].what
        if not isinstance(stored, FlagRaised | FlagDowngraded) or events[place].actor != RULES:
            break
        if isinstance(stored, FlagRaised) and (stored.form, stored.copy) != (what.form, what.copy):
            break
        if _essence(stored) in wanted:
            wanted.remove(_essence(stored))
        else:
            text = Text("Flaggan är inte den som svaren ger.", "The flag is not what the answers give.")
            yield Disagreement(place + 1, text)
    for missing in wanted:
        text = Text(f"Flaggan {missing[0]} fattas.", f"The flag {missing[0]} is missing.")
        yield Disagreement(index + 1, text)


def _essence(flag: FlagRaised | FlagDowngraded) -> tuple[object, ...]:
    if isinstance(flag, FlagDowngraded):
        return (flag.flag, flag.level, str(plain_json(flag.values)))
    return (
        flag.flag,
        flag.level,
        flag.about,
        str(plain_json(flag.values)),
        flag.to,
        flag.patient_page,
        flag.escalate_at,
    )
