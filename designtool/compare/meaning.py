"""Whether two conditions or values come to the same for every patient, and a patient who shows it when they do not.

What answers can make of both is proved where that can be done (`expressions.prove`): every combination, or ranges. Else many
imagined patients are tried. Equality is never claimed unless it was shown; trying without finding anything shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import islice
from math import ceil, floor
from types import MappingProxyType
from typing import Any, Literal

from designtool.check.domains import Domains
from designtool.compare.change import Witness
from designtool.compare.grounds import Grounds, every_expression
from designtool.compare.normal_form import normal_form, sum_of_terms
from designtool.compare.patients import MOST_PATIENTS, Patient, Patients, numbers_held_against
from designtool.diagnostics import Text
from designtool.expressions.evaluate import Reference, branches, evaluate
from designtool.expressions.expression import Expression, TimeOfDay, Type, Value
from designtool.expressions.prove import THIS_WEEK, Answer, Domain, Proof, Sum, environment_of, prove
from designtool.expressions.trees import references_of
from designtool.expressions.types import NUMBER
from designtool.expressions.values import decimal_text
from designtool.model.program import Program
from designtool.treatment.records import form_of

Tree = Sequence[Any]
ALWAYS: Tree = ("==", ("number", "0"), ("number", "0"))
NEVER: Tree = ("!=", ("number", "0"), ("number", "0"))
_SIDES = ("old", "new")
_OPAQUE = "\0"
"""In names that stand for something that is looked at as a whole, or that belongs to one version."""
_LOOKED_INTO = frozenset(
    {"answered", "missing", "count_answered", "sum", "mean", "min", "max", "round", "ceil_to", "if"}
)
_MOST_SHOWN = 12
_MOST_PAIRS = 40
_FEW_PATIENTS = 250
_LONGEST_RANGE = 2_000


@dataclass(frozen=True, slots=True)
class Verdict:
    kind: Literal["same", "different", "not-shown"]
    """not-shown: nobody was found who tells them apart, but that there is nobody is not shown either."""
    evidence: Text
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Of one who tells them apart."""
    old: Value = None
    new: Value = None

    def witness(self, old: Text, new: Text) -> Witness | None:
        return Witness(self.answers, old, new) if self.kind == "different" else None

    def value_witness(self) -> Witness | None:
        return self.witness(value_words(self.old), value_words(self.new))


_WRITTEN_ALIKE = Text("det är skrivet lika och bygger på samma sak", "it is written alike and builds on the same")
_ALL_TRIED = Text("alla svar är prövade", "every answer has been tried")
_BY_ARITHMETIC = Text("det följer av räknereglerna", "it follows from the rules of arithmetic")
_AMONG_ALL = Text("hittat bland alla svar", "found among all answers")
_BY_RANGE = Text("det följer av vad svaren kan vara", "it follows from what the answers can be")


class Meaning:
    """Of two programs. Each question is answered once."""

    def __init__(self, old: Program, new: Program) -> None:
        self.programs = (old, new)
        self.grounds = (Grounds(old), Grounds(new))
        self.domains = tuple(Domains(one.questionnaire, one.exercise) for one in self.programs)
        self.known: dict[tuple[str, str, str], Verdict] = {}

    @cached_property
    def patients(self) -> Patients:
        trees = [one.tree for program in self.programs for one in every_expression(program)]
        return Patients(*self.programs, numbers_held_against(trees))

    def holds_no_longer(self, old: Tree, new: Tree) -> Verdict:
        """Whether somebody meets the old condition and does not meet the new one."""
        return self.asked("no longer", old, new)

    def holds_from_now_on(self, old: Tree, new: Tree) -> Verdict:
        """Whether somebody meets the new condition who did not meet the old one."""
        return self.asked("from now on", old, new)

    def comes_to_another_value(self, old: Tree, new: Tree) -> Verdict:
        return self.asked("value", old, new)

    def asked(self, question: str, old: Tree, new: Tree) -> Verdict:
        key = (question, repr(old), repr(new))
        if key not in self.known:
            self.known[key] = self.answered(question, old, new)
        return self.known[key]

    def answered(self, question: str, old: Tree, new: Tree) -> Verdict:
        old, new = normal_form(old), normal_form(new)
        if question == "value":
            if self.all_alike(old) and (old == new or sum_of_terms(old) == sum_of_terms(new)):
                return Verdict("same", _WRITTEN_ALIKE if old == new else _BY_ARITHMETIC)
        else:
            held, holds = (new, old) if question == "from now on" else (old, new)
            shown = self.implied(held, holds, 1 if question == "from now on" else 0)
            if shown is not None:
                return Verdict("same", shown)
        joint = _Joint(self)
        sides = (joint.lowered(old, 0, frozenset()), joint.lowered(new, 1, frozenset()))
        apart = _apart(question, *sides)
        proof = prove(apart, joint.known)
        if proof.kind == "unknown" and (counted := _counted(joint.known)) != joint.known:
            proof = prove(apart, counted)
        if proof.kind == "never-met":
            return Verdict("same", _ALL_TRIED if proof.method == "exhaustive" else _BY_RANGE)
        if proof.kind in ("can-be-met", "always-met") and joint.is_faithful and proof.witness is not None:
            return _found(question, proof, sides)
        return self.tried(question, (old, new))

    def implied(self, held: Tree, holds: Tree, side: int) -> Text | None:
        """Why whoever meets one condition meets the other, where each part of the one is seen to be in some part of the other.

        `held` is of the old version (side 0) or of the new one (1). Who meets a condition meets it as one of several, too.
        """
        parts, others = _one_of(held), _one_of(holds)
        rest = [part for part in parts if not (part in others and self.all_alike(part))]
        if not rest:
            return _WRITTEN_ALIKE
        if len(rest) * len(others) > _MOST_PAIRS or len(others) == len(parts) == 1:
            return None
        proofs = [[self.proof_of_part(part, other, side) for other in others] for part in rest]
        how = {next((proof for proof in some if proof is not None), None) for some in proofs}
        return None if None in how else _BY_RANGE if _BY_RANGE in how else _ALL_TRIED

    def proof_of_part(self, part: Tree, other: Tree, side: int) -> Text | None:
        joint = _Joint(self)
        sides = (joint.lowered(part, side, frozenset()), joint.lowered(other, 1 - side, frozenset()))
        proof = prove(_apart("no longer", *sides), joint.known)
        if proof.kind != "never-met":
            return None
        return _ALL_TRIED if proof.method == "exhaustive" else _BY_RANGE

    def all_alike(self, tree: Tree) -> bool:
        """Whether all that a tree builds on is the same in both versions."""
        old, new = self.grounds
        return all(old.of_reference(read) == new.of_reference(read) for read in reads_in(tree))

    def tried(self, question: str, trees: tuple[Tree, Tree]) -> Verdict:
        """Nothing is proved: imagined patients are asked."""
        read = tuple(dict.fromkeys(self.read_in_the_end(trees)))
        forms = tuple(dict.fromkeys(form for form, _ in read))
        count = 0
        # What is written alike is told of where it was changed: here a few show whether it comes to something else.
        most = _FEW_PATIENTS if trees[0] == trees[1] else MOST_PATIENTS
        for patient, before, after in islice(self.patients.seen_by(forms), most):
            count += 1
            old, new = evaluate(trees[0], before), evaluate(trees[1], after)
            if _tells_apart(question, old, new):
                evidence = Text(f"en av {count} påhittade patienter visar det", f"one of {count} patients shows it")
                return Verdict("different", evidence, _answers_of(patient, self.patients, read), old, new)
        evidence = Text(
            f"{count} påhittade patienter är jämförda utan skillnad, men alla går inte att pröva",
            f"compared {count} imagined patients without a difference, budget reached; not all can be tried",
        )
        return Verdict("not-shown", evidence)

    def read_in_the_end(self, trees: tuple[Tree, Tree]) -> Iterator[Reference]:
        """The answers that both build on, through scores and computed values."""
        for side, tree in enumerate(trees):
            waiting, seen = list(reads_in(tree)), set[Reference]()
            while waiting:
                reference = waiting.pop(0)
                if reference in seen:
                    continue
                seen.add(reference)
                inner = _made_from(self.programs[side], reference)
                if not inner:
                    yield reference
                waiting += inner


class _Joint:
    """Both trees over one set of names, so that one proof can be about both."""

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning
        self.known: dict[Reference, Domain] = {}
        self.is_faithful = True
        """Whether answers to the names are answers that a patient can give: nothing stands for a whole."""

    def lowered(self, tree: Tree, side: int, within: frozenset[Reference]) -> Tree:
        operator = tree[0]
        if operator in ("number", "text", "date", "time"):
            return tree
        if operator == "ref":
            return self.reference((tree[1], tree[2]), side, within)
        if operator in ("column", "cells", "entries", "extra") or (operator == "call" and tree[1] not in _LOOKED_INTO):
            return self.opaque(tree, side)
        parts = branches(tree)
        if any(part[0] in ("column", "cells", "entries") for part in parts):
            return self.opaque(tree, side)
        head = tree[:2] if operator == "call" else tree[:1]
        if operator == "call" and tree[1] in ("round", "ceil_to"):
            return (*head, self.lowered(parts[0], side, within), *parts[1:])
        return (*head, *(self.lowered(part, side, within) for part in parts))

    def reference(self, reference: Reference, side: int, within: frozenset[Reference]) -> Tree:
        form, name = reference
        program = self.meaning.programs[side]
        inner = _worked_out_here(program, reference)
        if inner is not None and reference not in within:
            return self.lowered(inner, side, within | {reference})
        domain = self.meaning.domains[side].domain(reference)
        other = self.meaning.domains[1 - side].domain(reference)
        if isinstance(domain, Answer) and self.alike(reference):
            # What is hidden from some is not theirs to answer freely.
            self.is_faithful = self.is_faithful and not _is_hidden_from_some(program, reference)
            self.known[reference] = _shared(domain, other)
            return ("ref", form, name)
        if isinstance(domain, Sum) and not _is_asked_by_condition(program, domain):
            return self.score(reference, side, domain, other)
        return self.opaque(("ref", form, name), side)

    def score(self, reference: Reference, side: int, domain: Sum, other: Domain | None) -> Tree:
        form, name = reference
        if self.alike(reference):
            self.known[reference] = domain
            return ("ref", form, name)
        own = (form, f"{name}{_OPAQUE}{_SIDES[side]}")
        if isinstance(other, Sum):
            domain = _with_common_answers(domain, other)
        self.known[own] = domain
        return ("ref", *own)

    def opaque(self, tree: Tree, side: int) -> Tree:
        """A name for what is looked at as a whole: the same in both where it is the same. It can have any value, so
        what cannot happen with it cannot happen at all; what can, may still be impossible."""
        self.is_faithful = False
        alike = self.meaning.all_alike(tree)
        name = f"{_OPAQUE}{'' if alike else _SIDES[side]}{tree!r}"
        self.known["", name] = Answer(self.type_of(tree, side))
        return ("ref", "", name)

    def alike(self, reference: Reference) -> bool:
        old, new = self.meaning.grounds
        return old.of_reference(reference) == new.of_reference(reference)

    def type_of(self, tree: Tree, side: int) -> Type:
        if tree[0] == "call" and tree[1] in ("previous", "baseline", "this_week"):
            return self.type_of(tree[2], side)
        if tree[0] in ("ref", "cells"):
            domain = self.meaning.domains[side].domain((tree[1], tree[2]))
            return NUMBER if domain is None else domain.type
        return NUMBER


def reads_in(tree: Tree) -> Iterator[Reference]:
    yield from references_of(tree)
    if tree[0] == "entries":
        yield (tree[1], "")
    for part in branches(tree):
        if part[0] == "entries":
            yield (part[1], "")


def any_of(trees: Sequence[Tree]) -> Tree:
    return trees[0] if len(trees) == 1 else ("or", *trees) if trees else NEVER


def all_of(trees: Sequence[Tree]) -> Tree:
    return trees[0] if len(trees) == 1 else ("and", *trees) if trees else ALWAYS


def _one_of(tree: Tree) -> tuple[Tree, ...]:
    """The parts of which one must be met."""
    return tuple(tree[1:]) if tree[0] == "or" else (tree,)


def tree_or_always(expression: Expression | None) -> Tree:
    """A condition that is not there hinders nothing."""
    return ALWAYS if expression is None else expression.tree


def value_words(value: Value) -> Text:
    if value is None:
        return Text("inget värde", "no value")
    if isinstance(value, bool):
        return Text("ja", "yes") if value else Text("nej", "no")
    if isinstance(value, Fraction):
        text = decimal_text(value)
        return Text(text, text)
    if isinstance(value, frozenset):
        text = " + ".join(sorted(value))
        return Text(text, text)
    if isinstance(value, tuple):
        return Text(f"{len(value)} rader", f"{len(value)} rows")
    return Text(str(value), str(value))


def _apart(question: str, old: Tree, new: Tree) -> Tree:
    """Met by those who tell the two apart, missing answers and all: never unknown itself."""
    if question == "value":
        both = ("!=", ("call", "answered", old), ("call", "answered", new))
        return ("or", ("!=", old, new), both)
    held, holds = (old, new) if question == "no longer" else (new, old)
    return ("and", held, ("not", ("and", ("call", "answered", holds), holds)))


def _tells_apart(question: str, old: Value, new: Value) -> bool:
    if question == "value":
        return type(old) is not type(new) or old != new
    held, holds = (old, new) if question == "no longer" else (new, old)
    return held is True and holds is not True


def _found(question: str, proof: Proof, sides: tuple[Tree, Tree]) -> Verdict:
    witness = proof.witness or {}
    environment = environment_of(witness)
    old, new = (evaluate(side, environment) for side in sides)
    answers = {
        f"{form}.{name}": _written(value)
        for (form, name), value in witness.items()
        if value is not None and name != THIS_WEEK and _OPAQUE not in name and not isinstance(value, tuple)
    }
    return Verdict("different", _AMONG_ALL, MappingProxyType(dict(list(answers.items())[:_MOST_SHOWN])), old, new)


def _answers_of(patient: Patient, patients: Patients, read: Sequence[Reference]) -> Mapping[str, str]:
    """What was answered last; of a form that was filled in several times, one after the other."""
    wanted, forms = set(read), {form for form, name in read if not name}
    found: dict[str, list[str]] = {}
    for (form, name), answer in patients.answers(patient):
        if (form, name) in wanted or form in forms:
            found.setdefault(f"{form}.{name}", []).append("–" if answer is None else _written_json(answer))
    told = {name: answers[0] if len(set(answers)) == 1 else " → ".join(answers) for name, answers in found.items()}
    return MappingProxyType(dict(list(told.items())[:_MOST_SHOWN]))


def _written(value: Value) -> str:
    if isinstance(value, Fraction):
        return decimal_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, frozenset):
        return " + ".join(sorted(value))
    return str(value) if isinstance(value, TimeOfDay | date) else f"'{value}'"


def _written_json(answer: Any) -> str:
    if isinstance(answer, bool):
        return "true" if answer else "false"
    if isinstance(answer, list):
        return f"{len(answer)} ✕" if answer and isinstance(answer[0], dict) else " + ".join(map(str, answer))
    return str(answer)


def _worked_out_here(program: Program, reference: Reference) -> Tree | None:
    """The tree of a value that is worked out from nothing but the answers of its own copy."""
    form, name = reference
    exercise, questionnaire = program.exercise.get(form), program.questionnaire.get(form)
    found: Expression | None = None
    if exercise is not None:
        found = next((one.value for one in exercise.computed if one.id == name), None)
    elif questionnaire is not None:
        found = next((one.value for one in questionnaire.scores if one.id == name and one.method == "expression"), None)
        score = next((one for one in questionnaire.scores if one.id == name), None)
        # What is prorated has rules of its own for what is missing.
        if score is not None and score.missing.rule != "require-all":
            return None
    if found is None or any(owner != form for owner, _ in found.references) or _looks_back(found.tree):
        return None
    return found.tree  # type: ignore[no-any-return]


def _looks_back(tree: Tree) -> bool:
    if tree[0] in ("column", "entries", "cells", "extra"):
        return True
    if tree[0] == "call" and tree[1] not in _LOOKED_INTO:
        return True
    return any(_looks_back(part) for part in branches(tree))


def _made_from(program: Program, reference: Reference) -> list[Reference]:
    """What a score or a computed value is worked out from; nothing for an answer."""
    form, name = reference
    found = form_of(program, form)
    if found is None or not name:
        return []
    exercise, questionnaire = program.exercise.get(form), program.questionnaire.get(form)
    inner: list[Reference] = []
    if questionnaire is not None:
        for score in questionnaire.scores:
            if score.id == name:
                inner += [(form, item) for item in score.items]
                inner += [] if score.value is None else reads_in(score.value.tree)
    if exercise is not None:
        worked = (*exercise.computed, *exercise.summary, *(exercise.decision.computed if exercise.decision else ()))
        for one in worked:
            if one.id == name:
                inner += reads_in(one.value.tree)
    return [one for one in inner if one != reference]


def _is_asked_by_condition(program: Program, domain: Sum) -> bool:
    """Whether some item of a score is asked of some alone: then the items do not vary freely."""
    return any(_is_hidden_from_some(program, reference) for reference in domain.parts)


def _is_hidden_from_some(program: Program, reference: Reference) -> bool:
    form, name = reference
    questionnaire, exercise = program.questionnaire.get(form), program.exercise.get(form)
    if questionnaire is not None:
        return any(item.show_if is not None for item in questionnaire.items if item.id == name)
    return exercise is not None and any(one.show_if is not None for one in exercise.fields if one.id == name)


def _shared(domain: Answer, other: Domain | None) -> Answer:
    """What can be answered in both versions, where that is known one by one."""
    if not isinstance(other, Answer) or domain.type.values == other.type.values:
        return domain
    common = tuple(value for value in domain.type.values if value in other.type.values)
    if not common:
        return domain
    return Answer(replace(domain.type, values=common, low=common[0], high=common[-1]), domain.whole)


def _counted(domains: Mapping[Reference, Domain]) -> dict[Reference, Domain]:
    """With every whole number of a range named one by one, where it is not too long."""
    found = dict(domains)
    for name, domain in domains.items():
        if isinstance(domain, Answer) and domain.whole and not domain.type.values:
            low, high = domain.type.low, domain.type.high
            if low is not None and high is not None and high - low <= _LONGEST_RANGE:
                values = tuple(Fraction(value) for value in range(ceil(low), floor(high) + 1))
                found[name] = Answer(replace(domain.type, values=values), whole=True)
    return found


def _with_common_answers(domain: Sum, other: Sum) -> Sum:
    parts = {
        item: {answer: way for answer, way in ways.items() if item not in other.parts or answer in other.parts[item]}
        for item, ways in domain.parts.items()
    }
    return replace(domain, parts=parts) if all(parts.values()) else domain
