"""A questionnaire as its file has it: the data, and the YAML with comments where a human is needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from designtool.load.yaml_file import typed
from designtool.model.exercise import Option
from designtool.model.questionnaire import Instrument, Item, Questionnaire, Score, Vector

Keys = tuple[str | int, ...]
Comments = Mapping[Keys, Sequence[str]]
"""Lines of comment before the value that these keys lead to; the empty keys stand for the head of the file."""
AT_THE_END: Keys = ("",)

_OPTIONS = "svar"
_PLAIN = re.compile(r"[A-Za-zÅÄÖåäöÉé](?:[\wÅÄÖåäöÉé .,;()/?!%+*=<>–-]*[\wÅÄÖåäöÉé.,;()/?!%–-])?", re.ASCII)
_NOT_AS_IT_IS = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_RATIO = re.compile(r"-?[0-9]+/[1-9][0-9]*")


def document_of(questionnaire: Questionnaire) -> dict[str, Any]:
    """The data of a file from which the same questionnaire is made again."""
    names = option_names([item.options for item in questionnaire.items])
    return _without_empty(
        {
            "title": questionnaire.title,
            "instrument": _instrument(questionnaire.instrument),
            "recall": questionnaire.recall,
            "introduction": questionnaire.introduction,
            "minutes": questionnaire.minutes,
            "options": {
                name: [{"value": option.value, "label": option.label} for option in options]
                for options, name in names.items()
            },
            "items": [_item(item, names) for item in questionnaire.items],
            "scores": [_score(score) for score in questionnaire.scores],
            "flags": [
                _without_empty(
                    {
                        "when": flag.when.source,
                        "level": flag.level,
                        "message": flag.message,
                        "to": flag.to,
                        "escalate_after_hours": flag.escalate_after_hours,
                        "patient_page": flag.patient_page,
                    }
                )
                for flag in questionnaire.flags
            ],
            "vectors": [_vector(vector) for vector in questionnaire.vectors],
        }
    )


def option_names(lists: Sequence[tuple[Option, ...]]) -> dict[tuple[Option, ...], str]:
    """A name for each list of answers, the same for lists that are alike."""
    names: dict[tuple[Option, ...], str] = {}
    for options in lists:
        if options not in names:
            names[options] = _OPTIONS if not names else f"{_OPTIONS}_{len(names) + 1}"
    return names


def number_json(number: Fraction) -> int | float:
    """As a file has it: whole, or the shortest decimals."""
    return number.numerator if number.denominator == 1 else float(number)


def file_text(document: Mapping[str, Any], comments: Comments) -> str:
    """The YAML of a document."""
    head = [_comment(line, 0) for line in comments.get((), ())]
    tail = [_comment(line, 0) for line in comments.get(AT_THE_END, ())]
    return "\n".join([*head, *_mapping_lines(document, 0, (), comments), *tail]) + "\n"


def _instrument(instrument: Instrument) -> dict[str, Any]:
    age = {"min": instrument.age_min, "max": instrument.age_max}
    return {
        "name": instrument.name,
        "language": instrument.language,
        "licence": instrument.licence,
        "holder": instrument.holder,
        "source": instrument.source,
        **({} if instrument.age_min is None else {"age": _without_empty(age)}),
    }


def _item(item: Item, names: Mapping[tuple[Option, ...], str]) -> dict[str, Any]:
    return {
        "id": item.id,
        **({"text": item.text} if item.text else {}),
        "options": names[item.options],
        **item_extras(item),
        **({"required": True} if item.required else {}),
    }


def item_extras(item: Item) -> dict[str, Any]:
    """What an item says of itself besides id, text, answers and whether it must be answered."""
    return {
        **({"risk": item.risk} if item.risk else {}),
        **({} if item.scored else {"scored": False}),
        **({} if item.show_if is None else {"show_if": item.show_if.source}),
        **({} if item.when_hidden is None else {"when_hidden": item.when_hidden}),
    }


def _score(score: Score) -> dict[str, Any]:
    missing: dict[str, Any] = {"rule": score.missing.rule}
    if score.missing.rule != "require-all" or score.missing.at_least != len(score.items):
        missing["at_least"] = score.missing.at_least
    found = _without_empty(
        {
            "id": score.id,
            "label": score.label,
            "method": score.method,
            "items": list(score.items),
            "weights": {id: number_json(weight) for id, weight in score.weights.items()},
            "reverse": list(score.reverse),
            "missing": missing,
            "range": [number_json(score.low), number_json(score.high)],
            "bands": [{"from": number_json(band.start), "label": band.label} for band in score.bands],
        }
    )
    if score.reliable_change is not None:
        found["reliable_change"] = number_json(score.reliable_change)
    if score.clinical_threshold is not None:
        found["clinical_threshold"] = {score.clinical_threshold.side: number_json(score.clinical_threshold.at)}
    if score.value is not None:
        found["value"] = score.value.source
    return found


def _vector(vector: Vector) -> dict[str, Any]:
    expect = _without_empty({"scores": _plain(vector.scores), "flags": list(vector.flags)})
    return {"answers": _plain(vector.answers), "expect": expect}


def _plain(value: Any) -> Any:
    """Without the frozen mappings of the model, and with the decimals that it keeps as ratios in text."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, str) and _RATIO.fullmatch(value):
        return number_json(Fraction(value))
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None and value not in ("", [], {})}


# YAML


def _mapping_lines(data: Mapping[str, Any], indent: int, keys: Keys, comments: Comments) -> Iterator[str]:
    for key, value in data.items():
        inside = (*keys, key)
        yield from (_comment(line, indent) for line in comments.get(inside, ()))
        start = f"{' ' * indent}{_scalar(key)}:"
        if isinstance(value, Mapping) and value:
            yield start
            yield from _mapping_lines(value, indent + 2, inside, comments)
        elif isinstance(value, list) and value:
            yield start
            yield from _list_lines(value, indent + 2, inside, comments)
        else:
            yield f"{start} {_empty_or_scalar(value)}"
            if value == []:
                yield from (_comment(line, indent) for line in comments.get((*inside, 0), ()))


def _list_lines(data: Sequence[Any], indent: int, keys: Keys, comments: Comments) -> Iterator[str]:
    for number, value in enumerate(data):
        inside = (*keys, number)
        yield from (_comment(line, indent) for line in comments.get(inside, ()))
        if isinstance(value, Mapping) and value:
            first, *rest = _mapping_lines(value, indent + 2, inside, comments)
            yield f"{' ' * indent}- {first.lstrip()}"
            yield from rest
        elif isinstance(value, list) and value:
            yield f"{' ' * indent}-"
            yield from _list_lines(value, indent + 2, inside, comments)
        else:
            yield f"{' ' * indent}- {_empty_or_scalar(value)}"
    yield from (_comment(line, indent) for line in comments.get((*keys, len(data)), ()))


def _empty_or_scalar(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return "{}" if isinstance(value, Mapping) else "[]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and typed(text) == text:
        return text
    return _quoted(text)


def _number(value: int | float) -> str:
    """Without an exponent and without idle zeros: anything else would be read as text."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quoted(text: str) -> str:
    return _visible(json.dumps(text, ensure_ascii=False))


def _visible(text: str) -> str:
    """Characters that an editor does not show, or that end a line for some, as escapes."""
    return _NOT_AS_IT_IS.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _comment(line: str, indent: int) -> str:
    """One line, whatever it quotes; and never an exception from a rule, which a quoted comment could be taken for."""
    plain = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in line)
    harmless = plain.replace("designtool:", "designtool\\u003a")
    return f"{' ' * indent}# {harmless}".rstrip()
