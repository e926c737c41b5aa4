"""Treatments as lines of text, to try a migration on: what has happened and been answered, and nobody's name.

A line is a JSON object `{"format": 1, "treatment": ..., "events": [...]}`. Names, birthdays and what people have written to each
other are left out; the answers are there, since a migration is tried on them. A file of such lines is care data all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from designtool.treatment import events as happened
from designtool.treatment.events import Event, from_json, to_json
from designtool.treatment.json_values import MalformedEvent

FORMAT = 1
LONGEST_LINE = 64 * 2**20
_LEFT_OUT = "–"


def to_line(treatment: str, events: Iterable[Event]) -> str:
    """One treatment, without a line break. `treatment` is whatever tells it from others."""
    told = {
        "format": FORMAT,
        "treatment": treatment,
        "events": [to_json(_without_names(event)) for event in events],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> tuple[str, tuple[Event, ...]]:
    """What `to_line` wrote. Raises MalformedEvent for anything that it cannot have written."""
    if len(line) > LONGEST_LINE:
        raise MalformedEvent("the line is longer than any treatment")
    try:
        told: Any = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise MalformedEvent("the line is no JSON") from problem
    if not isinstance(told, dict) or set(told) != {"format", "treatment", "events"}:
        raise MalformedEvent("a line has format, treatment and events, and nothing else")
    if told["format"] != FORMAT or isinstance(told["format"], bool):
        raise MalformedEvent(f"the format is {told['format']!r}, not {FORMAT}")
    if not isinstance(told["treatment"], str) or not isinstance(told["events"], list):
        raise MalformedEvent("treatment is a text and events are a list")
    return told["treatment"], tuple(from_json(event) for event in told["events"])


def _without_names(event: Event) -> Event:
    what = event.what
    match what:
        case happened.Registered():
            what = replace(what, patient=_LEFT_OUT, born=None)
        case happened.Assessed():
            what = replace(what, summary=_LEFT_OUT)
        case happened.Decided() | happened.DecisionDeclined() | happened.ContraindicationSigned() | happened.Ended():
            what = replace(what, reason=_LEFT_OUT)
        case happened.Started() | happened.Reassigned():
            what = replace(what, therapist=_LEFT_OUT)
        case happened.MessageSent() | happened.FeedbackGiven():
            what = replace(what, text=_LEFT_OUT)
        case happened.FlagAcknowledged():
            what = replace(what, action=_LEFT_OUT, signature=_LEFT_OUT)
    return replace(event, actor=event.role, what=what)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
