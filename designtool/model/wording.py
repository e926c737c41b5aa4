"""The wording of an instrument that may not be passed on, filled in where somebody has the right to it.

A bundle carries such an instrument as scoring with empty texts. A unit with a licence keeps the words in a file of its own
(`schemas/wording.schema.json`), which never becomes part of a bundle. Only what is empty is filled: no text is replaced, and
no value, score or flag is touched, so that the scoring is the one that was released.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from designtool.diagnostics import Diagnostic, Severity, Text, nearest
from designtool.load.document import Document
from designtool.load.shape import check_shape
from designtool.load.yaml_file import parse_yaml
from designtool.model.exercise import Option
from designtool.model.program import Program
from designtool.model.questionnaire import REDISTRIBUTABLE, Item, Questionnaire, is_wordless

Labels = Mapping[str, Mapping[int, str]]
"""What patients read for each value, by item."""


def read_wording(path: str, content: bytes) -> Document | tuple[Text, ...]:
    """The file as a document, or what keeps it from being one."""
    parsed = parse_yaml(path, content)
    document = Document(path, "wording", parsed.data, parsed.values, parsed.keys) if parsed.readable else None
    found = (*parsed.diagnostics, *(check_shape(document) if document is not None else ()))
    problems = tuple(placed(one) for one in found if one.severity is Severity.ERROR)
    return document if document is not None and not problems else problems


def with_wording(program: Program, wording: Document) -> Program | tuple[Text, ...]:
    """The program with this wording in the one instrument it is for, or every reason why not: never a part of it."""
    data: Mapping[str, Any] = wording.data
    questionnaires = {one.id: one for one in program.questionnaires}
    questionnaire = questionnaires.get(data["instrument"])
    if questionnaire is None:
        return (_unknown("Formuläret", "The questionnaire", data["instrument"], questionnaires),)
    problems = tuple(_not_to_be_filled(questionnaire, data))
    if problems:
        return problems
    labels, problems = _labels(questionnaire, data["options"])
    problems = (*_wrong_items(questionnaire, data["items"]), *problems, *_wrong_labels(questionnaire, labels))
    if problems:
        return problems
    filled = replace(
        questionnaire,
        introduction=data.get("introduction", "") or questionnaire.introduction,
        items=tuple(_filled(item, data["items"][item.id], labels[item.id]) for item in questionnaire.items),
    )
    return replace(
        program, questionnaires=tuple(filled if one.id == filled.id else one for one in program.questionnaires)
    )


def _filled(item: Item, text: str, labels: Mapping[int, str]) -> Item:
    return replace(
        item, text=text, options=tuple(Option(option.value, labels[int(option.value)]) for option in item.options)
    )


def _not_to_be_filled(questionnaire: Questionnaire, data: Mapping[str, Any]) -> Iterator[Text]:
    title = questionnaire.title
    instrument = questionnaire.instrument
    if instrument.licence in REDISTRIBUTABLE:
        yield Text(
            f"{title} har sin text i programmet (licence: {instrument.licence}). Den byts inte ut.",
            f"{title} has its text in the program (licence: {instrument.licence}). It is not replaced.",
        )
    if instrument.language != data["language"]:
        yield Text(
            f"{title} är på språket {instrument.language}, men texten är på {data['language']}.",
            f"{title} is in the language {instrument.language}, but the wording is in {data['language']}.",
        )
    if data.get("introduction") and questionnaire.introduction:
        yield Text(
            f"{title} har redan en inledning. Den byts inte ut.",
            f"{title} has an introduction already. It is not replaced.",
        )
    for item in questionnaire.items:
        if item.text or not all(map(is_wordless, item.options)):
            yield Text(
                f"{title}: {item.id} har redan en text. Den byts inte ut.",
                f"{title}: {item.id} has a text already. It is not replaced.",
            )


def _wrong_items(questionnaire: Questionnaire, texts: Mapping[str, str]) -> Iterator[Text]:
    ids = [item.id for item in questionnaire.items]
    for id in texts:
        if id not in ids:
            yield _unknown("Frågan", "The item", id, ids)
    for id in ids:
        if not texts.get(id, "").strip():
            yield Text(f"Frågan {id} saknar text.", f"The item {id} has no text.")


def _labels(questionnaire: Questionnaire, options: Mapping[str, Any]) -> tuple[Labels, tuple[Text, ...]]:
    """`q1 .. q9` is the stretch between the two in the order of the questionnaire."""
    ids = [item.id for item in questionnaire.items]
    labels: dict[str, dict[int, str]] = {}
    problems: list[Text] = []
    for stretch, answers in options.items():
        ends = [end.strip() for end in stretch.split("..")]
        unknown = [end for end in ends if end not in ids]
        problems += [_unknown("Frågan", "The item", end, ids) for end in unknown]
        found = [] if unknown else ids[ids.index(ends[0]) : ids.index(ends[-1]) + 1]
        if not unknown and not found:
            problems.append(Text(f"{stretch} står baklänges.", f"{stretch} stands backwards."))
        values = [answer["value"] for answer in answers]
        for value in sorted({value for value in values if values.count(value) > 1}):
            problems.append(Text(f"{stretch}: svaret {value} står två gånger.", f"{stretch}: {value} stands twice."))
        for id in found:
            if id in labels:
                problems.append(Text(f"{id} har svar på två ställen.", f"{id} has its answers in two places."))
            labels[id] = {answer["value"]: answer["label"] for answer in answers}
    return labels, tuple(problems)


def _wrong_labels(questionnaire: Questionnaire, labels: Labels) -> Iterator[Text]:
    for item in questionnaire.items:
        values = [int(option.value) for option in item.options]
        given = labels.get(item.id, {})
        for value in values:
            if not given.get(value, "").strip():
                yield Text(f"{item.id}: svaret {value} saknar text.", f"{item.id}: the answer {value} has no label.")
        for value in given:
            if value not in values:
                yield Text(
                    f"{item.id}: inget svar har värdet {value}. Svarens värden kan inte ändras här.",
                    f"{item.id}: no answer has the value {value}. The values of answers cannot be changed here.",
                )


def _unknown(kind_sv: str, kind_en: str, name: str, names: Any) -> Text:
    near = nearest(name, names)
    hint_sv = f" Menade du {near}?" if near else ""
    hint_en = f" Did you mean {near}?" if near else ""
    return Text(f"{kind_sv} {name} finns inte.{hint_sv}", f"{kind_en} {name} does not exist.{hint_en}")


def placed(found: Diagnostic) -> Text:
    place = f"{found.span.path}:{found.span.line}: "
    return Text(place + found.message.sv, place + found.message.en)
