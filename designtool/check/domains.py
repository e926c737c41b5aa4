"""What can be answered to each item and field of a program, and what its scores can come to: the ground of every proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from designtool.diagnostics import Text
from designtool.expressions.evaluate import Reference
from designtool.expressions.expression import Expression, TimeOfDay, Type, Value
from designtool.expressions.prove import (
    THIS_WEEK,
    Answer,
    Asked,
    Domain,
    Proof,
    Sum,
    Worked,
    all_numbers,
    prove,
    range_of,
    sample_values,
    some_numbers,
)
from designtool.expressions.trees import LOOKS_BACK, called, references_of
from designtool.expressions.types import NUMBER
from designtool.expressions.values import decimal_text
from designtool.model.exercise import Exercise, Field, Option
from designtool.model.questionnaire import Item, Questionnaire, Score
from designtool.model.scope import scale_values
from designtool.treatment.answers import read_answer, typed_answer
from designtool.treatment.scoring import item_type, needed_answers, points, value_of_sums

_MOST_SHOWN = 6


class Domains:
    """Domains by form and name, each worked out when it is first asked for."""

    def __init__(self, questionnaires: Mapping[str, Questionnaire], exercises: Mapping[str, Exercise]) -> None:
        self.questionnaires = questionnaires
        self.exercises = exercises
        self.scores: dict[Reference, Domain] = {}
        self.ranges: dict[Reference, Type] = {}
        self.proofs: dict[Expression, Proof] = {}
        self.items: dict[str, tuple[Asked, ...]] = {}
        self.samples: dict[Reference, frozenset[Fraction]] = {}

    def proof(self, expression: Expression) -> Proof:
        if expression not in self.proofs:
            fields = self.fields_of(expression)
            decide = (name for field in fields for name in references_of(field.condition))
            domains = self.of(tuple(dict.fromkeys((*expression.references, *decide))))
            self.proofs[expression] = prove(expression, domains, self.items_of(expression), fields)
        return self.proofs[expression]

    def some_numbers(self, expression: Expression) -> frozenset[Fraction]:
        return some_numbers(expression, self.of(expression.references), self.items_of(expression))

    def all_numbers(self, expression: Expression) -> frozenset[Fraction] | None:
        return all_numbers(expression, self.of(expression.references), self.items_of(expression))

    def items_of(self, expression: Expression) -> tuple[Asked, ...]:
        """The items of each questionnaire that it reads and in which some are asked for some answers alone."""
        forms = dict.fromkeys(form for form, _ in expression.references)
        known = (self.questionnaires[form] for form in forms if form in self.questionnaires)
        return tuple(item for questionnaire in known for item in self.asked(questionnaire))

    def fields_of(self, expression: Expression) -> tuple[Asked, ...]:
        """The fields that it reads and that are shown for some answers alone, each after those that decide it.

        Of those that other fields of their exercise decide: what hangs on computed values or other forms is taken to be shown.
        """
        found: dict[Reference, Asked] = {}
        for reference in expression.references:
            self._add_shown(reference, found)
        return tuple(found.values())

    def _add_shown(self, reference: Reference, found: dict[Reference, Asked]) -> None:
        exercise = self.exercises.get(reference[0])
        field = next((one for one in exercise.fields if one.id == reference[1]), None) if exercise else None
        if exercise is None or field is None or field.show_if is None or reference in found:
            return
        own = {(exercise.id, one.id) for one in exercise.fields}
        if own.issuperset(field.show_if.references) and LOOKS_BACK.isdisjoint(called(field.show_if.tree)):
            for decides in field.show_if.references:
                self._add_shown(decides, found)
            # What is of another kind is a finding of its own.
            hidden = typed_answer(field, field.when_hidden) if can_count_as_hidden(field) else None
            shown = Answer(_type_of(replace(field, when_hidden=None)), whole=_is_whole(field))
            found[reference] = Asked(reference, (), field.show_if.tree, hidden, shown)

    def some_values(self, questionnaire: Questionnaire, score: Score) -> frozenset[Fraction]:
        """Some of the values that a score which adds up its items really has; none of any other."""
        reference, sum = (questionnaire.id, score.id), self.of_score(questionnaire, score)
        if reference not in self.samples:
            found = sample_values(sum, self.asked(questionnaire)) if isinstance(sum, Sum) else frozenset()
            self.samples[reference] = found
        return self.samples[reference]

    def asked(self, questionnaire: Questionnaire) -> tuple[Asked, ...]:
        """The items of a questionnaire in which some are asked for some answers alone; none of any other."""
        if questionnaire.id not in self.items:
            self.items[questionnaire.id] = asked_items(questionnaire)
        return self.items[questionnaire.id]

    def range_of(self, expression: Expression) -> Type:
        return range_of(expression.tree, self.of(expression.references))

    def of(self, references: tuple[Reference, ...]) -> dict[Reference, Domain]:
        return {one: domain for one in references if (domain := self.domain(one)) is not None}

    def domain(self, reference: Reference) -> Domain | None:
        form, name = reference
        questionnaire, exercise = self.questionnaires.get(form), self.exercises.get(form)
        if questionnaire is not None:
            item = next((item for item in questionnaire.items if item.id == name), None)
            if item is not None:
                return Answer(item_type(item))
            score = next((score for score in questionnaire.scores if score.id == name), None)
            return None if score is None else self.of_score(questionnaire, score)
        if exercise is not None:
            field = next((field for field in exercise.fields if field.id == name), None)
            if field is not None:
                return Answer(_type_of(field), whole=_is_whole(field))
            worked = next((one for one in (*exercise.computed, *exercise.summary) if one.id == name), None)
            return None if worked is None else self.worked(reference, worked.value)
        return None

    def of_score(self, questionnaire: Questionnaire, score: Score) -> Domain:
        reference = (questionnaire.id, score.id)
        if reference not in self.scores:
            domain: Domain | None = sum_of(questionnaire, score)
            if domain is None:
                domain = Worked(NUMBER) if score.value is None else self.worked(reference, score.value)
            self.scores[reference] = domain
        return self.scores[reference]

    def worked(self, reference: Reference, expression: Expression) -> Worked:
        """A value that is worked out, known by its range; one that leads back to itself can be anything."""
        if expression.type != "number":
            return Worked(Type(expression.type))
        if reference not in self.ranges:
            self.ranges[reference] = NUMBER
            self.ranges[reference] = self.range_of(expression)
        return Worked(self.ranges[reference])


def asked_items(questionnaire: Questionnaire) -> tuple[Asked, ...]:
    """All items with what decides whether each is asked; none where all are asked of everybody."""
    if all(item.show_if is None for item in questionnaire.items):
        return ()
    if any(not _counts_as_an_answer(item) for item in questionnaire.items):
        # That is a finding of its own, and nothing follows from what is not meant.
        return ()
    return tuple(
        Asked(
            (questionnaire.id, item.id),
            item_type(item).values,
            None if item.show_if is None else item.show_if.tree,
            None if item.when_hidden is None else Fraction(item.when_hidden),
        )
        for item in questionnaire.items
    )


def _counts_as_an_answer(item: Item) -> bool:
    return item.when_hidden is None or any(option.value == item.when_hidden for option in item.options)


def _is_whole(field: Field) -> bool:
    return field.type in ("integer", "minutes")


def can_count_as_hidden(field: Field) -> bool:
    """Whether `when_hidden` is of the field's kind. A number need not be one that can be answered: it stands for no answer."""
    value = field.when_hidden
    if field.type in ("integer", "decimal", "minutes", "scale"):
        return isinstance(value, int) and not isinstance(value, bool)
    if field.type == "yes-no":
        return isinstance(value, bool)
    if field.type == "choice" and field.options_from:
        return False
    if field.type in ("text", "long-text", "choice", "date", "time"):
        read = read_answer(field, value)
        return not isinstance(value, bool) and read.problem is None and read.value is not None
    return False


def sum_of(questionnaire: Questionnaire, score: Score) -> Sum | None:
    """A score as its items add up to it; None for an expression, and where items or options are missing or repeated."""
    items = {item.id: item for item in questionnaire.items}
    known = all(id in items and items[id].options for id in score.items)
    if score.method == "expression" or not score.items or not known or len(set(score.items)) < len(score.items):
        return None
    # Most items have the same answers and count alike: that is worked out once.
    alike: dict[tuple[tuple[Option, ...], Fraction | None, bool], Mapping[Value, tuple[Fraction, Fraction]]] = {}
    parts: dict[Reference, Mapping[Value, tuple[Fraction, Fraction]]] = {}
    for id in score.items:
        item = items[id]
        kind = (item.options, score.weights.get(id), id in score.reverse)
        if kind not in alike:
            alike[kind] = {answer: points(score, item, answer) for answer in item_type(item).values}
        parts[questionnaire.id, id] = alike[kind]
    weights = (next(iter(ways.values()))[1] for ways in parts.values())
    whole, count = sum(weights, Fraction(0)), len(parts)
    needed = needed_answers(score, count)

    def value(answered: int, total: Fraction, weight: Fraction) -> Fraction | None:
        return value_of_sums(score, answered, total, weight, whole) if answered >= needed else None

    return Sum(parts, value, _range_of_sum(score, tuple(parts.values()), whole, needed))


def _range_of_sum(
    score: Score, ways: tuple[Mapping[Value, tuple[Fraction, Fraction]], ...], whole: Fraction, needed: int
) -> Type:
    """The ends of a score. With answers missing the rest stands for all, so it can go as far as its widest item would."""
    lows = [min(given for given, _ in way.values()) for way in ways]
    highs = [max(given for given, _ in way.values()) for way in ways]
    divisor = len(ways) if score.method == "mean" else 1
    if needed >= len(ways):
        return Type("number", low=sum(lows, Fraction(0)) / divisor, high=sum(highs, Fraction(0)) / divisor)
    weights = [next(iter(way.values()))[1] for way in ways]
    if min(weights) <= 0:
        return NUMBER
    low = min(low / weight for low, weight in zip(lows, weights, strict=True)) * whole / divisor
    high = max(high / weight for high, weight in zip(highs, weights, strict=True)) * whole / divisor
    return Type("number", low=low, high=high)


def answers_in_words(proof: Proof, expression: Expression, own: str) -> str:
    """The answers of a proof that the condition speaks of, as an author would write them: `q9 = 2, total = 2`."""
    witness = proof.witness or {}
    return witness_in_words({name: witness.get(name) for name in dict.fromkeys(references_of(expression.tree))}, own)


def witness_in_words(witness: Mapping[Reference, Value], own: str) -> str:
    shown = [(name, value) for name, value in witness.items() if value is not None and name[1] != THIS_WEEK]
    words = [f"{_named(name, own)} = {_shown(value)}" for name, value in shown if not isinstance(value, tuple)]
    return ", ".join(words[:_MOST_SHOWN])


def method_in_words(proof: Proof) -> Text:
    if proof.method == "exhaustive":
        return Text("alla svar är prövade", "every answer has been tried")
    return Text("det följer av vad svaren kan vara", "it follows from what the answers can be")


def _named(name: Reference, own: str) -> str:
    return name[1] if name[0] == own else f"{name[0]}.{name[1]}"


def _shown(value: Value) -> str:
    if isinstance(value, Fraction):
        return decimal_text(value)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, frozenset):
        return " + ".join(sorted(value))
    return str(value) if isinstance(value, TimeOfDay) else f"'{value}'"


def _type_of(field: Field) -> Type:
    """The type of a field's answers, with what it counts as while it is hidden."""
    hidden = Fraction(field.when_hidden) if isinstance(field.when_hidden, int) and field.type != "yes-no" else None
    if field.type in ("integer", "decimal", "minutes", "scale"):
        low = Fraction(0) if field.min is None and field.type == "minutes" else field.min
        high = field.max
        values = scale_values(low, high, field.step) if field.type == "scale" else ()
        if hidden is not None:
            low, high = (None if low is None else min(low, hidden)), (None if high is None else max(high, hidden))
            values = tuple(sorted({*values, hidden})) if values else ()
        return Type("number", values=values, low=low, high=high)
    if field.type in ("choice", "choices", "ranking"):
        options = () if field.options_from else tuple(str(option.value) for option in field.options)
        return Type("choice" if field.type == "choice" else "choices", options=options)
    if field.type == "yes-no":
        return Type("truth")
    if field.type in ("date", "time"):
        return Type("date" if field.type == "date" else "time")
    return Type("rows" if field.type in ("table", "plan-entry") else "text")
