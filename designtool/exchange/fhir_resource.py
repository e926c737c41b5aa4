"""A FHIR Questionnaire as it came, checked and sorted into what an import needs.

Validators of FHIR accept an unknown type of item, two items with the same linkId, a condition on an item that is not there, and
items that wait for each other. None of these can be read in one way only, so they are errors here. What real files get wrong
without harm is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from designtool.diagnostics import Diagnostic, Severity, nearest
from designtool.exchange.fhir_path_syntax import fhirpath_problem, links_read, variables_read
from designtool.exchange.fhir_words import (
    CALCULATED,
    ENABLE_WHEN_EXPRESSION,
    ITEM_CONTROL,
    ITEM_TYPES_R4,
    ITEM_TYPES_R5,
    MAX_VALUE,
    MIN_VALUE,
    OPERATORS,
    STATUSES,
    VARIABLE,
    WEIGHT_URLS,
    Release,
)
from designtool.exchange.json_places import PlacedJson
from designtool.exchange.rules.fhir_answer_list import RULE as ANSWER_LIST
from designtool.exchange.rules.fhir_broken_expression import RULE as BROKEN_EXPRESSION
from designtool.exchange.rules.fhir_constraint import RULE as CONSTRAINT
from designtool.exchange.rules.fhir_cycle import RULE as CYCLE
from designtool.exchange.rules.fhir_enable_behavior import RULE as ENABLE_BEHAVIOR
from designtool.exchange.rules.fhir_enable_when import RULE as ENABLE_WHEN
from designtool.exchange.rules.fhir_link_id import RULE as LINK_ID
from designtool.exchange.rules.fhir_number_as_text import RULE as NUMBER_AS_TEXT
from designtool.exchange.rules.fhir_other_resource import RULE as OTHER_RESOURCE
from designtool.exchange.rules.fhir_unknown_item_type import RULE as UNKNOWN_ITEM_TYPE
from designtool.exchange.rules.fhir_unreadable import RULE as UNREADABLE
from designtool.exchange.rules.fhir_wrong_type import RULE as WRONG_TYPE
from designtool.expressions.values import number_from_text

MOST_ITEMS = 5_000
"""Items of all kinds. The largest forms in use have some hundreds."""
_MOST_NAMED = 6

_WANTED = {
    str: ("text", "text"),
    bool: ("true eller false", "true or false"),
    list: ("en lista", "a list"),
    dict: ("ett objekt", "an object"),
}
_CHOICES = frozenset({"choice", "open-choice", "coding"})
_WITH_OPTIONS = _CHOICES | {
    "string",
    "text",
    "integer",
    "date",
    "time",
    "reference",
    "question",
    "quantity",
    "decimal",
    "url",
}


@dataclass(frozen=True, slots=True)
class FhirOption:
    pointer: str
    kind: str
    """What follows `value` in its key: Coding, Integer, String ..."""
    code: str
    """What tells it from the others: the code, the number or the text."""
    label: str
    system: str = ""
    weight: Fraction | None = None
    raw: Any = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class FhirCondition:
    """One enableWhen."""

    pointer: str
    question: str
    operator: str
    kind: str
    answer: Any = field(hash=False)


@dataclass(frozen=True, slots=True)
class FhirExpression:
    pointer: str
    url: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class FhirItem:
    pointer: str
    link_id: str
    type: str
    text: str
    ancestors: tuple[str, ...]
    """linkIds of the items around it, the outermost first."""
    required: bool = False
    repeats: bool = False
    options: tuple[FhirOption, ...] = ()
    value_set: str = ""
    """The address of answers that are not in the file."""
    is_open: bool = False
    """An answer in own words will do too."""
    conditions: tuple[FhirCondition, ...] = ()
    all_must_hold: bool = True
    expressions: tuple[FhirExpression, ...] = ()
    low: Fraction | None = None
    high: Fraction | None = None
    is_help: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class FhirQuestionnaire:
    release: Release
    raw: Mapping[str, Any] = field(hash=False)
    items: tuple[FhirItem, ...]
    """All of them, each before the items inside it."""


def read_resource(placed: PlacedJson) -> tuple[FhirQuestionnaire | None, tuple[Diagnostic, ...]]:
    """The questionnaire, and what is wrong with it. None where the file is something else."""
    data = placed.data
    found = data.get("resourceType") if isinstance(data, dict) else None
    if found != "Questionnaire":
        if isinstance(found, str):
            variant = "bundle" if found == "Bundle" else "default"
            return None, (OTHER_RESOURCE.at(placed.span("/resourceType"), variant, found=found[:60]),)
        return None, (OTHER_RESOURCE.at(placed.span(""), "missing"),)
    reading = _Reading(placed)
    questionnaire = reading.questionnaire()
    return questionnaire, tuple(reading.diagnostics)


def extensions(raw: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Those that are extensions at all, with their number in the list."""
    found = raw.get("extension") if isinstance(raw, Mapping) else None
    for number, extension in enumerate(found if isinstance(found, list) else ()):
        if isinstance(extension, dict) and isinstance(extension.get("url"), str):
            yield number, extension


class _Reading:
    """One walk through a resource; findings gather on the way."""

    def __init__(self, placed: PlacedJson) -> None:
        self.placed = placed
        self.data: dict[str, Any] = placed.data
        self.diagnostics: list[Diagnostic] = []
        self.items: list[FhirItem] = []
        self.first: dict[str, str] = {}
        """linkId to the pointer where it stands first."""
        self.expanded: dict[str, tuple[FhirOption, ...]] = {}
        """Pointer of a value set in the file to its answers: many items share one."""

    def questionnaire(self) -> FhirQuestionnaire:
        status = self.value(self.data, "", "status", str)
        if status is None and "status" not in self.data:
            self.warn("", "no-status")
        elif status is not None and status not in STATUSES:
            self.warn("/status", "status", found=status[:60])
        for key in ("title", "name", "language", "url", "copyright", "publisher", "id"):
            self.value(self.data, "", key, str)
        self.value(self.data, "", "extension", list)
        self.value(self.data, "", "contained", list)
        if not self.data.get("title") and not self.data.get("name"):
            self.warn("", "no-title")
        variables = self.expressions(self.data, "")
        items = self.value(self.data, "", "item", list)
        self.walk(items or [], "/item", ())
        if not self.items:
            self.warn("", "no-items")
        if len(self.items) > MOST_ITEMS:
            span = self.placed.span("/item")
            self.diagnostics.append(UNREADABLE.at(span, "items", count=len(self.items), most=MOST_ITEMS))
        self.check_conditions()
        self.check_cycles(variables)
        return FhirQuestionnaire(self.release(), self.data, tuple(self.items))

    def release(self) -> Release:
        newer = any(item.type in ITEM_TYPES_R5 or "answerConstraint" in item.raw for item in self.items)
        return "R5" if newer else "R4"

    # Values

    def value(self, owner: Mapping[str, Any], pointer: str, key: str, kind: type) -> Any:
        """The value of a key, if it is of its kind; null is the same as nothing."""
        found = owner.get(key)
        if found is None or isinstance(found, kind):
            return found
        sv, en = _WANTED[kind]
        place = f"{pointer}/{key}"
        self.diagnostics.append(WRONG_TYPE.at(self.placed.span(place), pointer=place, key=key, wanted=sv, wanted_en=en))
        return None

    def number(self, found: Any, pointer: str) -> Fraction | None:
        if isinstance(found, bool) or found is None:
            number = None
        elif isinstance(found, int | float):
            number = Fraction(repr(found))
        else:
            number = (
                number_from_text(found) if isinstance(found, str) and "/" not in found and "," not in found else None
            )
            if number is not None:
                self.diagnostics.append(
                    NUMBER_AS_TEXT.at(self.placed.span(pointer), pointer=pointer, found=str(found)[:60])
                )
        if number is None and found is not None:
            place = self.placed.span(pointer)
            key = pointer.rpartition("/")[2]
            self.diagnostics.append(
                WRONG_TYPE.at(place, pointer=pointer, key=key, wanted="ett tal", wanted_en="a number")
            )
        return number

    def warn(self, pointer: str, variant: str, **facts: Any) -> None:
        self.diagnostics.append(CONSTRAINT.at(self.placed.span(pointer), variant, pointer=pointer, **facts))

    # Items

    def walk(self, items: list[Any], pointer: str, ancestors: tuple[str, ...]) -> None:
        for number, raw in enumerate(items):
            place = f"{pointer}/{number}"
            if len(self.items) > MOST_ITEMS:
                return
            if not isinstance(raw, dict):
                sv, en = _WANTED[dict]
                span = self.placed.span(place)
                self.diagnostics.append(WRONG_TYPE.at(span, pointer=place, key="item", wanted=sv, wanted_en=en))
                continue
            item = self.item(raw, place, ancestors)
            self.items.append(item)
            inside = self.value(raw, place, "item", list)
            if item.type == "group" and not inside:
                self.warn(place, "empty-group")
            if inside:
                if item.type == "display":
                    self.warn(f"{place}/item", "display", key="item")
                self.walk(inside, f"{place}/item", (*ancestors, item.link_id))

    def item(self, raw: dict[str, Any], pointer: str, ancestors: tuple[str, ...]) -> FhirItem:
        type = self.type(raw, pointer)
        text = self.value(raw, pointer, "text", str) or ""
        options, value_set = self.answers(raw, pointer, type)
        limits = {extension["url"]: (number, extension) for number, extension in extensions(raw)}
        self.constraints(raw, pointer, type)
        constraint = self.value(raw, pointer, "answerConstraint", str)
        behavior = self.value(raw, pointer, "enableBehavior", str)
        conditions = self.conditions(raw, pointer, behavior)
        return FhirItem(
            pointer=pointer,
            link_id=self.link_id(raw, pointer),
            type=type,
            text=text,
            ancestors=ancestors,
            required=self.value(raw, pointer, "required", bool) or False,
            repeats=self.value(raw, pointer, "repeats", bool) or False,
            options=options,
            value_set=value_set,
            is_open=type == "open-choice" or constraint in ("optionsOrType", "optionsOrString"),
            conditions=conditions,
            all_must_hold=behavior != "any",
            expressions=self.expressions(raw, pointer),
            low=self.limit(limits.get(MIN_VALUE), pointer),
            high=self.limit(limits.get(MAX_VALUE), pointer),
            is_help=_is_help(limits.get(ITEM_CONTROL)),
            raw=raw,
        )

    def limit(self, found: tuple[int, Mapping[str, Any]] | None, pointer: str) -> Fraction | None:
        number, extension = found if found is not None else (0, {})
        key = next((key for key in ("valueInteger", "valueDecimal") if key in extension), None)
        return None if key is None else self.number(extension[key], f"{pointer}/extension/{number}/{key}")

    def link_id(self, raw: dict[str, Any], pointer: str) -> str:
        found = self.value(raw, pointer, "linkId", str)
        if not found:
            if raw.get("linkId") in (None, ""):
                self.diagnostics.append(LINK_ID.at(self.placed.span(pointer), "missing", pointer=pointer))
            return ""
        place = f"{pointer}/linkId"
        if found in self.first:
            line = self.placed.span(self.first[found]).line
            self.diagnostics.append(LINK_ID.at(self.placed.span(place), pointer=place, found=found[:60], line=line))
        self.first.setdefault(found, place)
        return str(found)

    def type(self, raw: dict[str, Any], pointer: str) -> str:
        found = self.value(raw, pointer, "type", str)
        if found is None:
            if raw.get("type") is None:
                span = self.placed.span(pointer)
                self.diagnostics.append(UNKNOWN_ITEM_TYPE.at(span, "missing", pointer=pointer))
            return ""
        if found not in ITEM_TYPES_R4 | ITEM_TYPES_R5:
            near = nearest(found, sorted(ITEM_TYPES_R4 | ITEM_TYPES_R5))
            span = self.placed.span(f"{pointer}/type")
            self.diagnostics.append(
                UNKNOWN_ITEM_TYPE.at(
                    span, pointer=f"{pointer}/type", help="near" if near else None, found=found[:60], near=near or ""
                )
            )
        return str(found)

    def constraints(self, raw: dict[str, Any], pointer: str, type: str) -> None:
        """The que-* rules that change nothing in how the rest is read."""
        keys: tuple[str, ...] = () if type in _WITH_OPTIONS else ("answerOption", "answerValueSet")
        variant = "answers"
        if type == "group":
            keys, variant = ("answerOption", "answerValueSet", "initial", "maxLength", "readOnly"), "group-answers"
        elif type == "display":
            keys = ("answerOption", "answerValueSet", "initial", "required", "repeats", "readOnly", "maxLength", "code")
            variant = "display"
        for key in keys:
            if raw.get(key) not in (None, False):
                self.warn(f"{pointer}/{key}", variant, key=key, type=type)
        if raw.get("answerOption") and raw.get("initial"):
            self.warn(f"{pointer}/initial", "initial")

    # Answers

    def answers(self, raw: dict[str, Any], pointer: str, type: str) -> tuple[tuple[FhirOption, ...], str]:
        """The options, or the address of those that are elsewhere."""
        listed = self.value(raw, pointer, "answerOption", list) or []
        address = self.value(raw, pointer, "answerValueSet", str) or ""
        if listed and address:
            self.diagnostics.append(
                ANSWER_LIST.at(
                    self.placed.span(f"{pointer}/answerValueSet"), "both", pointer=f"{pointer}/answerValueSet"
                )
            )
        if listed:
            options = [self.option(one, f"{pointer}/answerOption/{number}") for number, one in enumerate(listed)]
            return tuple(option for option in options if option is not None), ""
        if address.startswith("#"):
            return self.contained(address, f"{pointer}/answerValueSet")
        by_url = next(
            (place for place, one in self.resources("ValueSet") if address and one.get("url") == address.split("|")[0]),
            None,
        )
        if by_url is not None:
            return self.value_set(by_url, address)
        return (), address

    def option(self, raw: Any, pointer: str) -> FhirOption | None:
        key = next((key for key in raw if key.startswith("value")), None) if isinstance(raw, dict) else None
        if key is None:
            self.diagnostics.append(ANSWER_LIST.at(self.placed.span(pointer), "no-value", pointer=pointer))
            return None
        kind, value = key.removeprefix("value"), raw[key]
        weight = self.weight(raw, pointer)
        if kind == "Coding":
            coding = self.value(raw, pointer, key, dict) or {}
            code = self.value(coding, f"{pointer}/{key}", "code", str) or ""
            display = self.value(coding, f"{pointer}/{key}", "display", str) or ""
            system = self.value(coding, f"{pointer}/{key}", "system", str) or ""
            weight = self.weight(coding, f"{pointer}/{key}") if weight is None else weight
            return FhirOption(pointer, kind, code or display, display or code, system, weight, raw)
        if kind == "Integer":
            number = self.number(value, f"{pointer}/{key}")
            text = "" if number is None else str(number)
            return FhirOption(pointer, kind, text, text, weight=number if weight is None else weight, raw=raw)
        text = value if isinstance(value, str) else ""
        return FhirOption(pointer, kind, text, text, weight=weight, raw=raw)

    def weight(self, raw: Mapping[str, Any], pointer: str) -> Fraction | None:
        for number, extension in extensions(raw):
            if extension["url"] in WEIGHT_URLS:
                key = next((key for key in extension if key.startswith("value")), None)
                if key is not None:
                    return self.number(extension[key], f"{pointer}/extension/{number}/{key}")
        return None

    def resources(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        found = self.data.get("contained")
        for number, resource in enumerate(found if isinstance(found, list) else ()):
            if isinstance(resource, dict) and resource.get("resourceType") == kind:
                yield f"/contained/{number}", resource

    def contained(self, address: str, pointer: str) -> tuple[tuple[FhirOption, ...], str]:
        place = next((place for place, one in self.resources("ValueSet") if one.get("id") == address[1:]), None)
        if place is None:
            self.diagnostics.append(ANSWER_LIST.at(self.placed.span(pointer), pointer=pointer, found=address[:60]))
            return (), ""
        return self.value_set(place, address)

    def value_set(self, pointer: str, address: str) -> tuple[tuple[FhirOption, ...], str]:
        """The answers of a value set in the file; its address where they are said by a rule or stand elsewhere."""
        if pointer not in self.expanded:
            self.expanded[pointer] = self.expansion(pointer)
        options = self.expanded[pointer]
        return options, "" if options else address

    def expansion(self, pointer: str) -> tuple[FhirOption, ...]:
        resource = self.data["contained"][int(pointer.rpartition("/")[2])]
        expansion = self.value(resource, pointer, "expansion", dict) or {}
        listed = self.value(expansion, f"{pointer}/expansion", "contains", list) or []
        if listed:
            return tuple(self.concepts(listed, f"{pointer}/expansion/contains", "", "contains"))
        compose = self.value(resource, pointer, "compose", dict) or {}
        included = self.value(compose, f"{pointer}/compose", "include", list) or []
        found: list[FhirOption] = []
        for number, include in enumerate(included):
            place = f"{pointer}/compose/include/{number}"
            if not isinstance(include, dict) or include.get("filter") or include.get("valueSet"):
                return ()
            system = self.value(include, place, "system", str) or ""
            concepts = self.value(include, place, "concept", list)
            if concepts is None:
                place, concepts = self.code_system(system)
            else:
                place = f"{place}/concept"
            if concepts is None:
                return ()
            found += self.concepts(concepts, place, system, "concept")
        return () if compose.get("exclude") else tuple(found)

    def code_system(self, address: str) -> tuple[str, list[Any] | None]:
        for pointer, resource in self.resources("CodeSystem"):
            if resource.get("url") == address:
                return f"{pointer}/concept", self.value(resource, pointer, "concept", list)
        return "", None

    def concepts(self, listed: list[Any], pointer: str, system: str, inner: str) -> Iterator[FhirOption]:
        for number, raw in enumerate(listed):
            place = f"{pointer}/{number}"
            if not isinstance(raw, dict):
                sv, en = _WANTED[dict]
                span = self.placed.span(place)
                self.diagnostics.append(WRONG_TYPE.at(span, pointer=place, key=inner, wanted=sv, wanted_en=en))
                continue
            code = self.value(raw, place, "code", str) or ""
            label = self.value(raw, place, "display", str) or code
            own = self.value(raw, place, "system", str) or system
            if code and not raw.get("abstract"):
                yield FhirOption(place, "Coding", code, label, own, self.weight(raw, place), raw)
            inside = self.value(raw, place, inner, list) or []
            yield from self.concepts(inside, f"{place}/{inner}", own, inner)

    # Conditions and expressions

    def conditions(self, raw: dict[str, Any], pointer: str, behavior: str | None) -> tuple[FhirCondition, ...]:
        listed = self.value(raw, pointer, "enableWhen", list) or []
        place = f"{pointer}/enableWhen"
        if behavior is not None and behavior not in ("all", "any"):
            span = self.placed.span(f"{pointer}/enableBehavior")
            self.diagnostics.append(
                ENABLE_BEHAVIOR.at(span, "unknown", pointer=place, help="default", found=behavior[:60])
            )
        elif len(listed) > 1 and behavior is None:
            self.diagnostics.append(ENABLE_BEHAVIOR.at(self.placed.span(place), pointer=place))
        found = [self.condition(one, f"{place}/{number}") for number, one in enumerate(listed)]
        return tuple(condition for condition in found if condition is not None)

    def condition(self, raw: Any, pointer: str) -> FhirCondition | None:
        if not isinstance(raw, dict):
            sv, en = _WANTED[dict]
            span = self.placed.span(pointer)
            self.diagnostics.append(WRONG_TYPE.at(span, pointer=pointer, key="enableWhen", wanted=sv, wanted_en=en))
            return None
        question = self.value(raw, pointer, "question", str)
        operator = self.value(raw, pointer, "operator", str)
        answers = [key for key in raw if key.startswith("answer")]
        problem, facts = "", {}
        if not question:
            problem = "no-question"
        elif operator is None:
            problem = "no-operator"
        elif operator not in OPERATORS:
            problem, facts = "operator", {"found": operator[:60]}
        elif not answers:
            problem = "no-answer"
        elif len(answers) > 1:
            problem = "several-answers"
        elif operator == "exists" and not isinstance(raw.get("answerBoolean"), bool):
            problem = "exists"
        if problem:
            span = self.placed.span(pointer)
            self.diagnostics.append(ENABLE_WHEN.at(span, problem, pointer=pointer, **cast(Any, facts)))
            return None
        kind, answer = answers[0].removeprefix("answer"), raw[answers[0]]
        if kind in ("Integer", "Decimal"):
            answer = self.number(answer, f"{pointer}/{answers[0]}")
        elif kind == "Coding":
            coding = self.value(raw, pointer, "answerCoding", dict) or {}
            for key in ("code", "system", "display"):
                self.value(coding, f"{pointer}/answerCoding", key, str)
        return FhirCondition(pointer, str(question), str(operator), kind, answer)

    def expressions(self, raw: Mapping[str, Any], pointer: str) -> tuple[FhirExpression, ...]:
        found: list[FhirExpression] = []
        for number, extension in extensions(raw):
            place = f"{pointer}/extension/{number}/valueExpression"
            if "valueExpression" not in extension:
                continue
            expression = self.value(extension, f"{pointer}/extension/{number}", "valueExpression", dict) or {}
            name = self.value(expression, place, "name", str) or ""
            path = self.value(expression, place, "expression", str) or ""
            if "_" in name:
                self.warn(f"{place}/name", "expression-name", found=name[:60])
            if expression.get("language", "text/fhirpath") == "text/fhirpath" and not expression.get("reference"):
                self.check_path(path, f"{place}/expression")
            found.append(FhirExpression(place, extension["url"], name, path))
        return tuple(found)

    def check_path(self, path: str, pointer: str) -> None:
        span = self.placed.span(pointer)
        if not path.strip():
            self.diagnostics.append(BROKEN_EXPRESSION.at(span, "missing", pointer=pointer))
            return
        problem = fhirpath_problem(path)
        if problem is not None:
            self.diagnostics.append(
                BROKEN_EXPRESSION.at(span, pointer=pointer, problem=problem.sv, problem_en=problem.en)
            )

    # What items say of each other

    def check_conditions(self) -> None:
        types = {item.link_id: item.type for item in self.items}
        for item in self.items:
            for condition in item.conditions:
                place = f"{condition.pointer}/question"
                if condition.question not in types:
                    span = self.placed.span(place)
                    self.diagnostics.append(ENABLE_WHEN.at(span, pointer=place, found=condition.question[:60]))
                elif types[condition.question] in ("group", "display"):
                    self.diagnostics.append(
                        ENABLE_WHEN.at(
                            self.placed.span(place),
                            "unanswerable",
                            pointer=place,
                            severity=Severity.WARNING,
                            found=condition.question[:60],
                        )
                    )

    def check_cycles(self, shared: tuple[FhirExpression, ...]) -> None:
        """Each circle once, at the first of its items in the file."""
        waits = self._waits_for(shared)
        done: set[str] = set()
        for start in waits:
            circle = _circle_from(start, waits, done)
            if circle:
                names = " → ".join(name[:40] for name in [*circle[:_MOST_NAMED], circle[0]])
                place = self.first.get(circle[0], "")
                self.diagnostics.append(CYCLE.at(self.placed.span(place), pointer=place, names=names))

    def _waits_for(self, shared: tuple[FhirExpression, ...]) -> dict[str, list[str]]:
        """linkId to those that must be known first: by a condition, a calculation, or an item around it that has a condition."""
        variables = {one.name: one.path for one in shared if one.url == VARIABLE and one.name}
        for item in self.items:
            variables.update({one.name: one.path for one in item.expressions if one.url == VARIABLE and one.name})
        waits: dict[str, list[str]] = {}
        for item in self.items:
            read = [condition.question for condition in item.conditions]
            for expression in item.expressions:
                if expression.url in (CALCULATED, ENABLE_WHEN_EXPRESSION):
                    read += _links_through(expression.path, variables)
            waits[item.link_id] = read
        conditional = {item.link_id for item in self.items if waits[item.link_id]}
        for item in self.items:
            waits[item.link_id] += [one for one in item.ancestors if one in conditional]
        return {link: [one for one in dict.fromkeys(read) if one in waits] for link, read in waits.items()}


def _links_through(path: str, variables: Mapping[str, str]) -> list[str]:
    """The linkIds that an expression reads, itself or through variables."""
    seen: set[str] = set()
    paths: list[str] = [path]
    found: list[str] = []
    while paths:
        path = paths.pop()
        found += links_read(path)
        new = (variables_read(path) & variables.keys()) - seen
        seen |= new
        paths += [variables[name] for name in sorted(new)]
    return found


def _circle_from(start: str, waits: Mapping[str, list[str]], done: set[str]) -> list[str]:
    """A circle that can be reached from here and was not found before; without recursion, however long the chain."""
    trail: list[str] = []
    on_trail: set[str] = set()
    steps: list[tuple[str, Iterator[str]]] = []

    def enter(link: str) -> None:
        trail.append(link)
        on_trail.add(link)
        done.add(link)
        steps.append((link, iter(waits[link])))

    if start in done:
        return []
    enter(start)
    while steps:
        link, rest = steps[-1]
        following = next(rest, None)
        if following is None:
            steps.pop()
            trail.pop()
            on_trail.discard(link)
        elif following in on_trail:
            return trail[trail.index(following) :]
        elif following not in done:
            enter(following)
    return []


def _is_help(found: tuple[int, Mapping[str, Any]] | None) -> bool:
    """A display that explains the question around it."""
    concept = found[1].get("valueCodeableConcept") if found is not None else None
    codings = concept.get("coding") if isinstance(concept, dict) else None
    return isinstance(codings, list) and any(
        isinstance(coding, dict) and coding.get("code") in ("help", "flyover") for coding in codings
    )
