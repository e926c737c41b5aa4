"""A recall in plain words, line by line: what somebody is about to sign, and what a list tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from designtool.bundle.refusals import printable
from designtool.diagnostics import Text
from designtool.model.program import Program
from designtool.share.recalls.entries import LEVEL_WORDS, Entry, Recall, entry_of
from designtool.share.recalls.lifts import Lift
from designtool.share.recalls.parts import ALL, part_lines

_LONGEST_LINE = 5000
_KNOWN = frozenset(
    {"level", "number", "reason", "replacement", "recalled_at", "parts", "patient_text", "therapist_text", "lift"}
)


def entry_lines(
    content: Mapping[str, Any], programs: Mapping[str, Program] = MappingProxyType({})
) -> Iterator[tuple[str, Text]]:
    """All that an entry of the list says, each line with a name of its own. Nothing is left out and nothing is cut short.

    `programs`: by the digest of the bundle, those that are known. Of them the titles of what is stopped are told.
    """
    path = str(content.get("path"))
    hashes = content.get("hashes")
    digests = ", ".join(f"{name}:{digest}" for name, digest in hashes.items()) if isinstance(hashes, dict) else ""
    yield f"target {path}", _both(f"{path}  {digests}")
    entry = entry_of(content)
    if entry is None:
        yield f"target {path} custom", _both(f"  {content.get('custom')}")
        return
    for name, text in _recall_lines(entry.recall):
        yield f"target {path} {name}", Text(f"  {text.sv}", f"  {text.en}")
    program = programs.get(entry.recall.bundle)
    if program is not None and entry.recall.parts:
        for part, text in part_lines(program, entry.recall.parts):
            yield f"target {path} part {part}", Text(f"    {text.sv}", f"    {text.en}")
    stated = content.get("custom")
    custom: Mapping[str, Any] = stated if isinstance(stated, dict) else {"custom": stated}
    odd = sorted(custom) if entry.recall.damaged else sorted(custom.keys() - _KNOWN)
    for name in odd:
        if name != "lift":
            yield f"target {path} ? {name}", _both(f"  {name}: {custom[name]}")
    if "lift" in custom:
        for name, text in _lift_of(entry):
            yield f"target {path} {name}", Text(f"  {text.sv}", f"  {text.en}")


def recall_lines(recall: Recall) -> tuple[Text, ...]:
    """What a recall says, for a person."""
    return tuple(text for _, text in _recall_lines(recall))


def lift_lines(lift: Lift) -> tuple[Text, ...]:
    """What a lift says, whoever has signed it."""
    day, keys = lift.day.isoformat(), ", ".join(one.key_id[:12] for one in lift.envelope.signatures)
    return (
        Text(
            f"Häver återkallelse nummer {lift.number} av {lift.release}",
            f"Lifts recall number {lift.number} of {lift.release}",
        ),
        Text(f"Återkallelsens fingeravtryck: {lift.recall}", f"Digest of the recall: {lift.recall}"),
        Text(f"Skäl: {lift.reason}", f"Reason: {lift.reason}"),
        Text(f"Dag: {day}", f"Day: {day}"),
        Text(f"Underskriven med: {keys or '–'}", f"Signed with: {keys or '–'}"),
    )


def _recall_lines(recall: Recall) -> Iterator[tuple[str, Text]]:
    words = LEVEL_WORDS[recall.level]
    yield "level", Text(f"Nivå: {recall.level} ({words.sv})", f"Level: {recall.level} ({words.en})")
    if recall.damaged:
        yield (
            "damaged",
            Text(
                "Allt går inte att läsa. Det räknas som det strängaste som kan ha menats.",
                "Not all of it can be read. It counts as the strictest that may have been meant.",
            ),
        )
    yield "number", Text(f"Nummer: {recall.number or '?'}", f"Number: {recall.number or '?'}")
    yield "reason", Text(f"Skäl: {recall.reason or '?'}", f"Reason: {recall.reason or '?'}")
    if recall.recalled_at is not None:
        at = f"{recall.recalled_at:%Y-%m-%d %H:%M:%S} UTC"
        yield "recalled_at", Text(f"Återkallad: {at}", f"Recalled: {at}")
    instead = recall.replacement
    yield "replacement", Text(f"Ersätts av: {instead or 'ingen'}", f"Replaced by: {instead or 'none'}")
    if recall.level != "stop-use":
        return
    parts = ", ".join(recall.parts)
    everything = Text(" (allt som går att stoppa)", " (everything that can be stopped)")
    mark = everything if recall.parts == (ALL,) else Text("", "")
    yield "parts", Text(f"Stoppar: {parts}{mark.sv}", f"Stops: {parts}{mark.en}")
    for name, text, title in (
        ("patient_text", recall.patient_text, Text("Text till patienter:", "Text for patients:")),
        ("therapist_text", recall.therapist_text, Text("Text till behandlare:", "Text for therapists:")),
    ):
        yield name, title
        for number, line in enumerate((text or "?").split("\n")):
            yield f"{name} {number}", _both(f"  | {line}")


def _lift_of(entry: Entry) -> Iterator[tuple[str, Text]]:
    if entry.lift is None:
        yield "lift", Text("Hävning som inte går att läsa", "A lift that cannot be read")
        return
    for number, text in enumerate(lift_lines(entry.lift)):
        yield f"lift {number}", text


def _both(line: str) -> Text:
    shown = printable(line, _LONGEST_LINE)
    return Text(shown, shown)
