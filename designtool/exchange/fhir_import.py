"""A FHIR Questionnaire as a questionnaire file, with comments where a human is needed.

What designtool exported comes back as it was. Of anybody else's form everything is kept: what the format has a place for stands
there, and the rest, word for word, in comments and in the loss report. Nothing that changes a score is guessed.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from designtool.diagnostics import NOWHERE, Diagnostic, Language, Span, Text, has_errors, in_order
from designtool.exchange.fhir_extension import data_of
from designtool.exchange.fhir_resource import (
    FhirCondition,
    FhirItem,
    FhirOption,
    FhirQuestionnaire,
    extensions,
    read_resource,
)
from designtool.exchange.fhir_words import (
    CALCULATED,
    ENABLE_WHEN_EXPRESSION,
    HIDDEN,
    INTRODUCTION,
    MAX_VALUE,
    MIN_VALUE,
    OUR_ITEM,
    OUR_QUESTIONNAIRE,
    UNIT,
    WEIGHT_URLS,
    Release,
)
from designtool.exchange.json_places import PlacedJson, read_json
from designtool.exchange.loss import Kept, Loss
from designtool.exchange.questionnaire_file import AT_THE_END, Keys, file_text, option_names
from designtool.exchange.rules.fhir_kept_as_comment import RULE as KEPT_AS_COMMENT
from designtool.exchange.rules.fhir_needs_a_human import RULE as NEEDS_A_HUMAN
from designtool.exchange.rules.fhir_not_carried import RULE as NOT_CARRIED
from designtool.exchange.rules.fhir_unreadable import RULE as UNREADABLE
from designtool.expressions import compile_expression
from designtool.expressions.expression import Form, Scope, Type
from designtool.expressions.types import compared, number_type
from designtool.load.identifiers import lower_snake
from designtool.load.safe_text import active_html
from designtool.model.exercise import Option

MOST_ITEMS = 500
MOST_OPTIONS = 100
MOST_LISTS = 100
LARGEST_VALUE = 1000
"""The limits of schemas/questionnaire.schema.json."""
_LONGEST_NAME = 500
_LONGEST_TEXT = 20_000
_LONGEST_CONDITION = 2_000
_LONGEST_ID = 60
_LANGUAGE = re.compile("[a-z]{2,3}(-[A-Za-z0-9]+)*")
_OWN = "formular"
_NOT_IDS = frozenset({"and", "or", "not", "in", "if", "true", "false", "null"})
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_NUMBERS = frozenset({"Integer", "Decimal"})
_CHOICES = frozenset({"choice", "open-choice", "coding"})
_FIELD_TYPES: Mapping[str, str] = {
    "string": "text",
    "text": "long-text",
    "url": "text",
    "integer": "integer",
    "decimal": "decimal",
    "quantity": "decimal",
    "boolean": "yes-no",
    "date": "date",
    "dateTime": "date",
    "time": "time",
}
"""Item types as the types of an exercise's fields."""
_ITEM_KEYS = frozenset({"item", "text", "required"})
_OUR_RESOURCE_KEYS = frozenset({"id", "name", "subjectType", "copyright"})


@dataclass(frozen=True, slots=True)
class ImportedQuestionnaire:
    id: str
    text: str | None
    """The questionnaire file; None where the resource is broken."""
    release: Release
    diagnostics: tuple[Diagnostic, ...]
    losses: tuple[Loss, ...]


def import_questionnaire(path: str, data: bytes, language: Language) -> ImportedQuestionnaire:
    """The questionnaire in the bytes of a file. `language` is that of the comments."""
    placed = read_json(path, data)
    if placed.diagnostics:
        return ImportedQuestionnaire("", None, "R4", placed.diagnostics, ())
    resource, found = read_resource(placed)
    if resource is None or has_errors(found):
        return ImportedQuestionnaire("", None, resource.release if resource else "R4", in_order(list(found)), ())
    writing = _Writing(placed, resource, language)
    writing.diagnostics += found
    text = writing.file()
    is_broken = has_errors(writing.diagnostics)
    diagnostics = in_order(writing.diagnostics)
    return ImportedQuestionnaire(
        writing.id(), None if is_broken else text, resource.release, diagnostics, tuple(writing.losses)
    )


@dataclass(frozen=True, slots=True)
class _Carried:
    """An item that the questionnaire asks."""

    item: FhirItem
    id: str
    values: Mapping[str, int] = field(hash=False)
    """Code of each option to its number."""
    options: tuple[Option, ...]


class _Writing:
    """One resource on its way to a file: the document and its comments, the findings and the losses."""

    def __init__(self, placed: PlacedJson, resource: FhirQuestionnaire, language: Language) -> None:
        self.placed = placed
        self.resource = resource
        self.language = language
        self.diagnostics: list[Diagnostic] = []
        self.losses: list[Loss] = []
        self.comments: dict[Keys, list[str]] = {}
        self.carried: list[_Carried] = []
        self.ids: dict[str, str] = {}
        """linkId to id."""
        self.waiting: list[str] = []
        """Comments about what stands between two items, to be written before the next one."""
        self.humans = 0
        self.kept = 0
        self.introduction: list[str] = []
        self.has_begun = False
        """Whether an item was met: what is read after that is no introduction."""
        self.own = self._own_data()
        self.closed = {item.link_id for item in resource.items if _is_closed(item)}
        """linkIds of what nobody who answers can see or change."""
        self.is_swedish = str(resource.raw.get("language") or "").startswith("sv")

    def _own_data(self) -> dict[str, Any]:
        """What only designtool knows of its own export; empty for anybody else's."""
        for number, extension in extensions(self.resource.raw):
            if extension["url"] == OUR_QUESTIONNAIRE:
                data = data_of(extension)
                if isinstance(data, dict) and isinstance(data.get("instrument"), dict):
                    return data
                self.not_carried("own-data", f"/extension/{number}", "own-data", "comment", extension)
        return {}

    # What is said

    def not_carried(
        self,
        variant: str,
        pointer: str,
        code: str,
        kept: Kept,
        content: Any = None,
        **facts: Any,
    ) -> Text:
        """A finding and a loss. The text of it, for a comment."""
        found = NOT_CARRIED.at(self.placed.span(pointer), variant, pointer=pointer, **facts)
        self.diagnostics.append(found)
        self.losses.append(Loss(code, pointer, kept, found.message, content))
        return found.message

    def human(self, text: Text) -> str:
        """The line of a comment that asks for a human."""
        self.humans += 1
        word = Text("MÄNNISKA", "HUMAN").in_language(self.language)
        return f"{word}: {text.in_language(self.language)}"

    def verbatim(self, pointer: str, content: Mapping[str, Any], code: str = "element") -> str:
        """The line of a comment that holds a part of the resource as it was."""
        self.kept += 1
        message = Text("Har ingen plats i formatet", "Has no place in the format")
        self.losses.append(Loss(code, pointer, "comment", message, content))
        return f"FHIR: {json.dumps(content, ensure_ascii=False)}"

    # The file

    def file(self) -> str:
        for number, item in enumerate(self.resource.items):
            self.item(number, item)
        if len(self.carried) > MOST_ITEMS:
            span = self.placed.span("/item")
            self.diagnostics.append(UNREADABLE.at(span, "items", count=len(self.carried), most=MOST_ITEMS))
        names = option_names([one.options for one in self.carried])
        items = [self.item_data(number, one, names) for number, one in enumerate(self.carried)]
        document: dict[str, Any] = {"title": self.title(), "instrument": self.instrument()}
        if "recall" in self.own:
            document["recall"] = self.own["recall"]
        if self.introduction:
            document["introduction"] = self.cut("\n\n".join(self.introduction), _LONGEST_TEXT, "/item")
            if active_html(document["introduction"]):
                self.comments[("introduction",)] = [self.human(self.not_carried("html", "/item", "html", "nowhere"))]
        if "minutes" in self.own:
            document["minutes"] = self.own["minutes"]
        if names:
            document["options"] = {
                name: [{"value": option.value, "label": option.label} for option in options]
                for options, name in names.items()
            }
        document["items"] = items
        if not items:
            self.comments[("items",)] = [
                self.human(
                    Text(
                        "Ingen fråga i filen har givna svar. Frågorna nedan passar i en övning.",
                        "No item of the file has given answers. The items below belong in an exercise.",
                    )
                )
            ]
        elif not self.own:
            self.comments[("items",)] = [
                self.human(
                    Text(
                        "frågar någon av dem efter en risk, till exempel självmordstankar? Märk den med risk: och skriv en "
                        "flagga. FHIR säger inte vilka det är.",
                        "does one of them ask of a risk, such as suicidal thoughts? Mark it with risk: and write a flag. "
                        "FHIR does not say which ones do.",
                    )
                )
            ]
        document |= {key: self.own[key] for key in ("scores", "flags", "vectors") if key in self.own}
        self.comments[("items", len(items))] = self.waiting
        self.comments[AT_THE_END] = self.score_suggestion()
        self.head()
        self.summary()
        return file_text(document, self.comments)

    def id(self) -> str:
        raw = self.resource.raw
        words = (self.own.get("id"), raw.get("id"), raw.get("name"), raw.get("title"))
        return next((id for word in words if isinstance(word, str) and (id := _id_of(word))), _OWN)

    def title(self) -> str:
        raw = self.resource.raw
        return self.cut(self.text(raw.get("title") or raw.get("name") or self.id()), _LONGEST_NAME, "/title")

    def instrument(self) -> dict[str, Any]:
        if self.own:
            return dict(self.own["instrument"])
        raw = self.resource.raw
        unknown = Text("Okänd", "Unknown").in_language(self.language)
        language = raw.get("language")
        known = isinstance(language, str) and _LANGUAGE.fullmatch(language)
        holder, source = raw.get("copyright") or raw.get("publisher"), raw.get("url")
        self.comments[("instrument", "licence")] = [
            self.human(
                Text(
                    "licensen är okänd. Ta reda på vad man får göra med ordalydelsen och skriv free, public-domain eller "
                    "CC-BY-4.0 om den får spridas. Annars: behåll restricted och ta bort frågornas text.",
                    "the licence is unknown. Find out what may be done with the wording and write free, public-domain or "
                    "CC-BY-4.0 if it may be passed on. Else keep restricted and take the wording of the items away.",
                )
            )
        ]
        self.losses.append(
            Loss(
                "licence",
                "/copyright",
                "comment",
                Text("Licensen är okänd", "The licence is unknown"),
                raw.get("copyright"),
            )
        )
        if not known:
            self.comments[("instrument", "language")] = [
                self.human(Text("vilket språk är frågorna skrivna på?", "which language are the items written in?"))
            ]
        if not holder:
            self.comments[("instrument", "holder")] = [
                self.human(Text("vem har rättigheterna?", "who holds the rights?"))
            ]
        if not source:
            self.comments[("instrument", "source")] = [
                self.human(
                    Text(
                        "var beskrivs instrumentet och poängräkningen?",
                        "where are the instrument and its scoring described?",
                    )
                )
            ]
        return {
            "name": self.title(),
            "language": language if known else "und",
            "licence": "restricted",
            "holder": self.cut(self.text(holder or unknown), _LONGEST_NAME, "/copyright"),
            "source": self.cut(self.text(source or unknown), _LONGEST_TEXT, "/url"),
        }

    def head(self) -> None:
        """Whence the file comes, and what of the resource as such has no place."""
        raw = self.resource.raw
        release = self.resource.release
        lines = (
            []
            if self.own
            else [Text(f"Läst ur FHIR {release}.", f"Read from FHIR {release}.").in_language(self.language)]
        )
        used = {"resourceType", "item", "title", "url", *(("language",) if _is_language(raw.get("language")) else ())}
        if self.own:
            used |= _OUR_RESOURCE_KEYS | ({"status"} if raw.get("status") == "unknown" else set())
        for key, value in raw.items():
            if key == "extension" and self.own and isinstance(value, list):
                value = [one for one in value if not (isinstance(one, dict) and one.get("url") == OUR_QUESTIONNAIRE)]
            if key in used or value in (None, [], {}) or self.is_used_up(key, value):
                continue
            if key == "modifierExtension":
                text = self.not_carried("modifier", "/modifierExtension", "modifier", "comment", value)
                lines.append(self.human(text))
            lines.append(self.verbatim(f"/{key}", {key: value}))
        self.comments[()] = lines

    def is_used_up(self, key: str, value: Any) -> bool:
        """True for value sets whose answers all stand in the file."""
        if key != "contained" or not isinstance(value, list):
            return False
        plain = {"resourceType", "id", "url", "name", "title", "status", "compose"}
        used = {one.raw.get("answerValueSet") for one in (carried.item for carried in self.carried)}
        return all(
            isinstance(one, dict) and f"#{one.get('id')}" in used and one.keys() <= plain for one in value
        ) and not any(self.has_extras(option) for carried in self.carried for option in carried.item.options)

    def summary(self) -> None:
        span = self.placed.span("")
        if self.humans:
            self.diagnostics.append(NEEDS_A_HUMAN.at(_first_line(span), count=self.humans))
        if self.kept:
            self.diagnostics.append(KEPT_AS_COMMENT.at(_first_line(span), count=self.kept))

    # Items

    def item(self, number: int, item: FhirItem) -> None:
        """Sorts one item: asked, read before the items, or kept as a comment."""
        if self.own and item.link_id in self.own_scores():
            return
        self.ids[item.link_id] = self.new_id(item.link_id)
        content = {key: value for key, value in item.raw.items() if key != "item"}
        if _has_modifier(content):
            text = self.not_carried("item-modifier", item.pointer, "modifier", "comment", content, found=item.link_id)
            self.waiting.append(self.human(text))
        if item.type in ("group", "display"):
            self.heading(item)
            return
        self.has_begun = True
        carried = self.asked(item)
        if carried is None:
            return
        self.comments[("items", len(self.carried))] = self.waiting
        self.waiting = []
        self.carried.append(carried)

    def own_scores(self) -> set[str]:
        scores = self.own.get("scores")
        return {
            one["id"]
            for one in (scores if isinstance(scores, list) else ())
            if isinstance(one, dict) and isinstance(one.get("id"), str)
        }

    def new_id(self, link_id: str) -> str:
        base = _id_of(link_id) or "fraga"
        taken = {*self.ids.values(), *self.own_scores()}
        found, number = base, 2
        while found in taken or found in _NOT_IDS:
            suffix = f"_{number}"
            found, number = base[: _LONGEST_ID - len(suffix)].rstrip("_") + suffix, number + 1
        return found

    def heading(self, item: FhirItem) -> None:
        """The text of a group or a display: before the first item it is the introduction."""
        text = self.text(item.text)
        rest = _rest(item, {"linkId", "type"})
        if item.repeats:
            content = {key: value for key, value in item.raw.items() if key != "item"}
            message = self.not_carried(
                "repeated-group", item.pointer, "repeated-group", "comment", content, found=item.link_id
            )
            self.waiting.append(self.human(message))
        is_help = item.is_help and bool(item.ancestors)
        if text.strip() and not self.has_begun and not is_help and not item.conditions:
            self.introduction.append(text)
        elif text.strip():
            variant = "help-text" if is_help else "group-text"
            content = {key: value for key, value in item.raw.items() if key != "item"}
            message = self.not_carried("group-text", item.pointer, variant, "comment", content, found=item.link_id)
            self.waiting.append(self.human(message))
            self.waiting.append(f"FHIR: {json.dumps(content, ensure_ascii=False)}")
            return
        if rest and not (self.own and item.link_id == INTRODUCTION):
            self.waiting.append(self.verbatim(item.pointer, {"linkId": item.link_id, **rest}))

    def asked(self, item: FhirItem) -> _Carried | None:
        """The item as one with given answers; None where it is none, and then it stands as a comment."""
        closed = {item.link_id, *item.ancestors} & self.closed
        calculated = next((one for one in item.expressions if one.url == CALCULATED), None)
        if calculated is not None:
            self.aside("expression", item, "expression")
        elif closed:
            self.aside("not-asked", item, "not-asked")
        elif item.type in _CHOICES or item.options or item.value_set:
            return self.choice(item)
        elif item.type == "boolean":
            yes, no = ("Ja", "Nej") if self.is_swedish else ("Yes", "No")
            return _Carried(item, self.ids[item.link_id], {"true": 1, "false": 0}, (Option(1, yes), Option(0, no)))
        elif item.type == "integer" and _is_short(item.low, item.high):
            assert item.low is not None
            assert item.high is not None
            values = range(math.ceil(item.low), math.floor(item.high) + 1)
            options = tuple(Option(value, str(value)) for value in values)
            return _Carried(item, self.ids[item.link_id], {str(value): value for value in values}, options)
        else:
            self.aside("type", item, "item-type")
        return None

    def choice(self, item: FhirItem) -> _Carried | None:
        if item.repeats:
            self.aside("repeats", item, "repeats")
        elif item.value_set:
            self.aside("value-set", item, "value-set", address=item.value_set)
        elif not item.options or any(not option.code for option in item.options):
            self.aside("no-answers", item, "no-answers")
        elif len(item.options) > MOST_OPTIONS:
            self.aside("many-answers", item, "many-answers", count=len(item.options), most=MOST_OPTIONS)
        else:
            values, lines = self.values_of(item)
            labels = _different([self.cut(self.text(one.label), _LONGEST_NAME, one.pointer) for one in item.options])
            if item.is_open:
                message = self.not_carried("open", item.pointer, "open-choice", "comment", found=item.link_id)
                lines.append(self.human(message))
            self.waiting += lines
            options = tuple(Option(value, label) for value, label in zip(values, labels, strict=True))
            lists = {one.options for one in self.carried} | {options}
            if len(lists) > MOST_LISTS:
                self.aside("many-lists", item, "many-lists", most=MOST_LISTS)
                return None
            times = Counter(option.code for option in item.options)
            pairs = zip(item.options, values, strict=True)
            codes = {option.code: value for option, value in pairs if times[option.code] == 1}
            return _Carried(item, self.ids[item.link_id], codes, options)
        return None

    def values_of(self, item: FhirItem) -> tuple[list[int], list[str]]:
        """The number of each answer, and comments where a human must look at them.

        Its weight, where each has one of its own that is whole. Else, where nothing at all is said of weights, its code
        when that is a number. Else its place in the list, which says nothing of how it counts.
        """
        weights = [option.weight for option in item.options]
        if all(_is_value(weight) for weight in weights) and len(set(weights)) == len(weights):
            return [int(weight) for weight in weights if weight is not None], []
        if any(weight is not None for weight in weights):
            content = [option.raw for option in item.options]
            message = self.not_carried("weights", item.pointer, "weights", "comment", content, found=item.link_id)
            shown = ", ".join("–" if weight is None else str(weight) for weight in weights)
            return list(range(len(weights))), [self.human(Text(f"{message.sv}: {shown}", f"{message.en}: {shown}"))]
        codes = [_whole(option.code) for option in item.options]
        if all(code is not None for code in codes) and len(set(codes)) == len(codes):
            return [code for code in codes if code is not None], []
        numbered = Text(
            "filen säger inte vad svaren räknas som; de är numrerade i ordning",
            "the file does not say what the answers count as; they are numbered in order",
        )
        return list(range(len(codes))), [self.human(numbered)]

    def aside(self, variant: str, item: FhirItem, code: str, **facts: Any) -> None:
        """An item that the questionnaire cannot ask: a comment with all of it, and a field for an exercise."""
        content = {key: value for key, value in item.raw.items() if key != "item"}
        suggestion = self.field_suggestion(item) if variant != "expression" else []
        help = {} if suggestion else {"help": "none"}
        stated = {"found": item.link_id, "type": item.type, **facts, **help}
        message = self.not_carried(variant, item.pointer, code, "comment", content, **stated)
        self.waiting.append(self.human(message))
        self.waiting += suggestion
        self.waiting.append(f"FHIR: {json.dumps(content, ensure_ascii=False)}")

    def field_suggestion(self, item: FhirItem) -> list[str]:
        """The item as a field of an exercise, for whoever moves it there."""
        type = "choices" if item.repeats and item.options else _FIELD_TYPES.get(item.type, "")
        if not type and item.options:
            type = "choice"
        if not type or len(item.options) > MOST_OPTIONS:
            return []
        data: dict[str, Any] = {
            "id": self.ids[item.link_id],
            "type": type,
            "label": self.text(item.text) or item.link_id,
        }
        if item.required:
            data["required"] = True
        if item.options and type in ("choice", "choices"):
            names = _different([_id_of(option.code) or "svar" for option in item.options])
            data["options"] = [
                {"value": name, "label": self.text(option.label)}
                for name, option in zip(names, item.options, strict=True)
            ]
        unit = _unit_of(item)
        if unit:
            data["unit"] = unit
        return file_text({"fields": [data]}, {}).splitlines()[1:]

    def item_data(self, number: int, carried: _Carried, names: Mapping[tuple[Option, ...], str]) -> dict[str, Any]:
        """The item as the file has it; what it has besides becomes comments before it."""
        item = carried.item
        data: dict[str, Any] = {"id": carried.id}
        text = self.text(item.text)
        if text.strip():
            data["text"] = self.cut(text, _LONGEST_TEXT, f"{item.pointer}/text")
        data["options"] = names[carried.options]
        lines = self.comments.setdefault(("items", number), [])
        if any(active_html(one) for one in (text, *(option.label for option in carried.options))):
            lines.append(self.human(self.not_carried("html", item.pointer, "html", "nowhere")))
        if not self.own and not text.strip():
            lines.append(self.human(Text("frågan har ingen text i filen.", "the item has no text in the file.")))
        ours = self.item_extension(item) if self.own else {}
        data.update({key: ours[key] for key in ("risk", "scored") if key in ours})
        condition = ours["show_if"] if "show_if" in ours else self.condition(item, number, lines)
        if condition is not None:
            data["show_if"] = condition
        if "when_hidden" in ours:
            data["when_hidden"] = ours["when_hidden"]
        if item.required:
            data["required"] = True
        rest = self.rest(carried)
        if rest:
            lines.append(self.verbatim(item.pointer, rest))
        return data

    def item_extension(self, item: FhirItem) -> dict[str, Any]:
        data = next((data_of(one) for _, one in extensions(item.raw) if one["url"] == OUR_ITEM), None)
        return data if isinstance(data, dict) else {}

    def rest(self, carried: _Carried) -> dict[str, Any]:
        """What of an item stands nowhere else in the file, word for word."""
        item = carried.item
        used = {"type", "answerConstraint", "repeats"}
        if item.link_id == carried.id:
            used.add("linkId")
        if not any(self.has_extras(option) for option in item.options):
            used |= {"answerOption", "answerValueSet"}
        rest = _rest(item, used)
        known = {OUR_ITEM, ENABLE_WHEN_EXPRESSION} if self.own else set()
        if item.type == "integer" and not item.options:
            known |= {MIN_VALUE, MAX_VALUE}
        said = [one for one in _listed(rest.get("extension")) if not (isinstance(one, dict) and _url_of(one) in known)]
        if "extension" in rest:
            rest["extension"] = said
        return {key: value for key, value in rest.items() if value != []}

    def has_extras(self, option: FhirOption) -> bool:
        """True when an option says more than its words and its number."""
        raw = option.raw if isinstance(option.raw, dict) else {}
        coding = raw.get("valueCoding", raw if "code" in raw else {})
        coding = coding if isinstance(coding, dict) else {}
        said = [one["url"] for part in (raw, coding) for _, one in extensions(part)]
        is_named = option.kind != "Coding" or (_whole(option.code) is not None and not option.system)
        plain = raw.keys() <= {"valueCoding", "valueInteger", "valueString", "code", "display", "extension"}
        plain = plain and coding.keys() <= {"code", "display", "system", "extension"}
        return not (plain and is_named and all(url in WEIGHT_URLS for url in said))

    # Conditions

    def condition(self, item: FhirItem, number: int, lines: list[str]) -> str | None:
        """show_if of an item: its own conditions and those of what stands around it."""
        by_link = {one.link_id: one for one in self.resource.items}
        around = [by_link[link] for link in item.ancestors if link in by_link]
        parts: list[str] = []
        for owner in (*around, item):
            expression = next((one for one in owner.expressions if one.url == ENABLE_WHEN_EXPRESSION), None)
            if expression is not None:
                self.lost_condition(item, lines, {"enableWhenExpression": expression.path})
            if not owner.conditions:
                continue
            written = [self.comparison(condition, number) for condition in owner.conditions]
            found = [text for text in written if text is not None]
            if len(found) < len(written):
                content = {key: owner.raw[key] for key in ("enableWhen", "enableBehavior") if key in owner.raw}
                self.lost_condition(item, lines, content)
                continue
            joined = (" and " if owner.all_must_hold else " or ").join(found)
            parts.append(joined if owner.all_must_hold or len(found) == 1 else f"({joined})")
        whole = " and ".join(parts)
        if not whole or self.is_condition(whole, number):
            return whole or None
        content = {key: item.raw[key] for key in ("enableWhen", "enableBehavior") if key in item.raw}
        self.lost_condition(item, lines, content)
        return None

    def is_condition(self, text: str, number: int) -> bool:
        """Whether the compiler takes it for a condition on the items before this one, and a file has room for it."""
        if len(text) > _LONGEST_CONDITION:
            return False
        names = {one.id: _type_of(one.options) for one in self.carried[:number]}
        scope = Scope({_OWN: Form(_OWN, "questionnaire", names)}, own=_OWN)
        return compile_expression(text, scope, NOWHERE, "truth")[0] is not None

    def lost_condition(self, item: FhirItem, lines: list[str], content: Mapping[str, Any]) -> None:
        message = self.not_carried("condition", item.pointer, "condition", "comment", content, found=item.link_id)
        lines.append(self.human(message))
        lines.append(f"FHIR: {json.dumps(content, ensure_ascii=False)}")

    def comparison(self, condition: FhirCondition, number: int) -> str | None:
        """One enableWhen in our language; None where it asks for something else than one of the answers to an item above."""
        asked = next((one for one in self.carried[:number] if one.item.link_id == condition.question), None)
        if asked is None:
            return None
        if condition.operator == "exists":
            return f"answered({asked.id})" if condition.answer else f"not answered({asked.id})"
        value = _answer(condition, asked)
        if value is None or (condition.operator not in ("=", "!=") and condition.kind not in _NUMBERS):
            return None
        operator = "==" if condition.operator == "=" else condition.operator
        showing = [compared(operator, Fraction(option.value), Fraction(value)) for option in asked.options]
        if not any(showing):
            return None
        # A comparison that every answer meets would be refused as one that says nothing.
        text = f"answered({asked.id})" if all(showing) else f"{asked.id} {operator} {value}"
        # R5 says that nothing equals an answer that is missing; in R4 there must be an answer that differs.
        return f"(missing({asked.id}) or {text})" if operator == "!=" and self.resource.release == "R5" else text

    # Scores

    def score_suggestion(self) -> list[str]:
        """A sum of all items with weights, as a comment: whether it is the right one, a human must say."""
        counted = [one for one in self.carried if any(option.weight is not None for option in one.item.options)]
        if self.own or not counted or not any(loss.code == "expression" for loss in self.losses):
            return []
        values = [[int(option.value) for option in one.options] for one in counted]
        score = {
            "id": "total",
            "label": "Summa" if self.language == "sv" else "Total",
            "method": "sum",
            "items": [one.id for one in counted],
            "missing": {"rule": "require-all"},
            "range": [sum(map(min, values)), sum(map(max, values))],
        }
        return [
            self.human(
                Text(
                    "en summa att jämföra med instrumentets anvisning. Ta bort kommentartecknen om den stämmer.",
                    "a sum to compare with the instrument's manual. Take the comment signs away if it is right.",
                )
            ),
            *file_text({"scores": [score]}, {}).splitlines(),
        ]

    # Texts

    def text(self, value: Any) -> str:
        """A text without signs that no file may hold."""
        plain = str(value).replace("\r\n", "\n").replace("\r", "\n")
        return _CONTROL.sub(" ", plain)

    def cut(self, text: str, most: int, pointer: str) -> str:
        if len(text) <= most:
            return text
        self.not_carried("too-long", pointer, "too-long", "nowhere", text, most=most)
        return f"{text[: most - 1]}…"


def _answer(condition: FhirCondition, asked: _Carried) -> int | None:
    """The number of the answer that a condition compares with."""
    answer = condition.answer
    if condition.kind == "Boolean":
        return asked.values.get("true" if answer else "false") if asked.item.type == "boolean" else None
    if condition.kind == "Coding" and isinstance(answer, dict):
        code = answer.get("code") or answer.get("display")
        system = answer.get("system")
        option = next((one for one in asked.item.options if one.code == code), None)
        if option is None or (system and option.system and system != option.system):
            return None
        return asked.values.get(option.code)
    if condition.kind in _NUMBERS and isinstance(answer, Fraction):
        is_number = asked.item.type == "integer" or all(one.kind == "Integer" for one in asked.item.options)
        return asked.values.get(str(answer)) if is_number else None
    return asked.values.get(answer) if condition.kind == "String" and isinstance(answer, str) else None


def _rest(item: FhirItem, used: set[str]) -> dict[str, Any]:
    """What of an item was not used; a condition that became a show_if or a comment of its own was."""
    taken = _ITEM_KEYS | used | {"enableWhen", "enableBehavior"}
    if item.type in ("group", "display"):
        taken = taken - {"required"}
    return {key: value for key, value in item.raw.items() if key not in taken and value not in (None, [], {})}


def _id_of(words: str) -> str:
    """`H1/T1/Q1` is h1_t1_q1, `/44250-9` is q44250_9; empty where no letter and no digit is left."""
    with_letter = lower_snake(f"q {words}").removeprefix("q").removeprefix("_")
    if not with_letter:
        return ""
    return with_letter if with_letter[0].isalpha() else f"q{with_letter}"[:_LONGEST_ID].rstrip("_")


def _has_modifier(content: Any) -> bool:
    """Whether it, or something in it, says that it means something else than it seems to."""
    if isinstance(content, dict):
        return bool(content.get("modifierExtension")) or any(_has_modifier(part) for part in content.values())
    return isinstance(content, list) and any(_has_modifier(part) for part in content)


def _different(texts: Sequence[str]) -> list[str]:
    """Each text with a number where it was there before: people and files must be able to tell answers apart."""
    found: list[str] = []
    for text in texts:
        number, tried = 2, text
        while tried in found:
            tried, number = f"{text} ({number})", number + 1
        found.append(tried)
    return found


def _whole(text: str) -> int | None:
    """The number that a code is, written in its shortest form; None for all else."""
    if not re.fullmatch("-?(0|[1-9][0-9]{0,3})", text):
        return None
    return int(text) if abs(int(text)) <= LARGEST_VALUE else None


def _is_value(weight: Fraction | None) -> bool:
    return weight is not None and weight.denominator == 1 and abs(weight) <= LARGEST_VALUE


def _is_short(low: Fraction | None, high: Fraction | None) -> bool:
    """Whether every whole number between the two can stand as an answer."""
    if low is None or high is None or low > high or max(abs(low), abs(high)) > LARGEST_VALUE:
        return False
    return 1 <= math.floor(high) - math.ceil(low) + 1 <= MOST_OPTIONS


def _is_closed(item: FhirItem) -> bool:
    is_hidden = any(one["url"] == HIDDEN and one.get("valueBoolean") is True for _, one in extensions(item.raw))
    return is_hidden or item.raw.get("readOnly") is True


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _url_of(extension: Mapping[str, Any]) -> str:
    return str(extension.get("url"))


def _unit_of(item: FhirItem) -> str:
    """What a quantity is counted in, as people read it."""
    coding = next((one.get("valueCoding") for _, one in extensions(item.raw) if one["url"] == UNIT), None)
    found = coding.get("display") or coding.get("code") if isinstance(coding, dict) else None
    return found if isinstance(found, str) else ""


def _type_of(options: tuple[Option, ...]) -> Type:
    return number_type([Fraction(option.value) for option in options])


def _is_language(value: Any) -> bool:
    return isinstance(value, str) and _LANGUAGE.fullmatch(value) is not None


def _first_line(span: Span) -> Span:
    """What is about the whole file stands at its beginning."""
    return Span(span.path, 1, 1, 1, 2)
