"""A questionnaire as a FHIR Questionnaire, R4 or R5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Any

from designtool.diagnostics import Text
from designtool.exchange.fhir_extension import extension_of
from designtool.exchange.fhir_path import NotExpressible, condition_as_fhirpath, score_as_fhirpath
from designtool.exchange.fhir_words import (
    CALCULATED,
    CANONICAL,
    ENABLE_WHEN_EXPRESSION,
    INTRODUCTION,
    ITEM_WEIGHT,
    ORDINAL_VALUE,
    OUR_ITEM,
    OUR_QUESTIONNAIRE,
    Release,
    Weights,
)
from designtool.exchange.loss import Loss
from designtool.exchange.questionnaire_file import document_of, item_extras
from designtool.expressions.evaluate import evaluate
from designtool.expressions.expression import Environment, Record
from designtool.model.exercise import Option
from designtool.model.questionnaire import Item, Questionnaire, Score

_LONGEST_ID = 64
_OURS_ALONE = ("instrument", "recall", "minutes", "scores", "flags", "vectors")


@dataclass(frozen=True, slots=True)
class ExportedQuestionnaire:
    resource: Mapping[str, Any] = field(hash=False)
    losses: tuple[Loss, ...]
    """What readers that do not know our extensions will not see."""


def export_questionnaire(
    questionnaire: Questionnaire, release: Release, weights: Weights = "usual"
) -> ExportedQuestionnaire:
    """The Questionnaire: linkId is the item id, options keep their order, and our own import makes the same of it again."""
    losses: list[Loss] = list(_known_to_us_alone(questionnaire))
    document = document_of(questionnaire)
    usual, other = (ORDINAL_VALUE, ITEM_WEIGHT) if release == "R4" else (ITEM_WEIGHT, ORDINAL_VALUE)
    weight_urls = (usual, other) if weights == "both" else (usual,)
    items: list[dict[str, Any]] = []
    if questionnaire.introduction:
        items.append({"linkId": INTRODUCTION, "text": questionnaire.introduction, "type": "display"})
    items += [_item(item, questionnaire, release, weight_urls, losses) for item in questionnaire.items]
    items += [_score_item(score, questionnaire, usual, losses) for score in questionnaire.scores]
    instrument = questionnaire.instrument
    resource = {
        "resourceType": "Questionnaire",
        "id": questionnaire.id.replace("_", "-")[:_LONGEST_ID],
        "language": instrument.language,
        "extension": [
            extension_of(
                OUR_QUESTIONNAIRE,
                {"id": questionnaire.id, **{key: document[key] for key in _OURS_ALONE if key in document}},
            )
        ],
        "url": f"{CANONICAL}{questionnaire.id}",
        "name": _computer_name(questionnaire.id),
        "title": questionnaire.title,
        # Nothing in a questionnaire's file says whether it is in use: that is for the one who takes it in.
        "status": "unknown",
        "subjectType": ["Patient"],
        "copyright": f"{instrument.holder} ({instrument.licence})",
        "item": items,
    }
    return ExportedQuestionnaire(resource, tuple(losses))


def _item(
    item: Item, questionnaire: Questionnaire, release: Release, weight_urls: Sequence[str], losses: list[Loss]
) -> dict[str, Any]:
    found: dict[str, Any] = {"linkId": item.id}
    extensions: list[dict[str, Any]] = []
    extras = item_extras(item)
    if extras:
        extensions.append(extension_of(OUR_ITEM, extras))
    enabled = _enable_when(item, questionnaire)
    if item.show_if is not None and not enabled:
        try:
            path = condition_as_fhirpath(item.show_if, questionnaire, weight_urls[0])
        except NotExpressible as problem:
            losses.append(_not_expressible("condition-not-expressible", f"items/{item.id}/show_if", problem))
        else:
            extensions.append(_expression(ENABLE_WHEN_EXPRESSION, path))
            losses.append(
                Loss(
                    "condition-as-expression",
                    f"items/{item.id}/show_if",
                    "expression",
                    Text(
                        "Villkoret är ett FHIRPath-uttryck (SDC). Den som inte kan räkna ut det visar frågan alltid.",
                        "The condition is a FHIRPath expression (SDC). A reader that cannot work it out always asks.",
                    ),
                )
            )
    if extensions:
        found["extension"] = extensions
    if item.text:
        found["text"] = item.text
    found["type"] = "choice" if release == "R4" else "coding"
    found.update(enabled)
    if item.required:
        found["required"] = True
    if release == "R5":
        found["answerConstraint"] = "optionsOnly"
    found["answerOption"] = [
        {
            "extension": [{"url": url, "valueDecimal": option.value} for url in weight_urls],
            "valueCoding": _coding(option),
        }
        for option in item.options
    ]
    return found


def _coding(option: Option) -> dict[str, Any]:
    return {"code": str(option.value), "display": option.label}


def _score_item(score: Score, questionnaire: Questionnaire, weight_url: str, losses: list[Loss]) -> dict[str, Any]:
    found: dict[str, Any] = {"linkId": score.id}
    try:
        found["extension"] = [_expression(CALCULATED, score_as_fhirpath(score, questionnaire, weight_url))]
    except NotExpressible as problem:
        losses.append(_not_expressible("score-not-expressible", f"scores/{score.id}/value", problem))
    else:
        losses.append(
            Loss(
                "score-as-expression",
                f"scores/{score.id}",
                "expression",
                Text(
                    "Poängen är ett FHIRPath-uttryck (SDC). Den som inte kan räkna ut det får ingen poäng.",
                    "The score is a FHIRPath expression (SDC). A reader that cannot work it out gets no score.",
                ),
            )
        )
    return {**found, "text": score.label, "type": "decimal", "readOnly": True}


def _expression(url: str, path: str) -> dict[str, Any]:
    return {"url": url, "valueExpression": {"language": "text/fhirpath", "expression": path}}


def _computer_name(id: str) -> str:
    """As FHIR wants a name: a capital first, no hyphen."""
    return "".join(part.capitalize() for part in id.split("_"))


# Conditions


def _enable_when(item: Item, questionnaire: Questionnaire) -> dict[str, Any]:
    """`enableWhen`, where it says the same as the condition; nothing where it cannot.

    It is a list of comparisons, any or all of which must hold. A coding can only be equal, so `q1 >= 2` is any of the answers from
    2 on. Whatever needs both any and all is left to an expression, and so is what asks for an answer that is not there.
    """
    if item.show_if is None:
        return {}
    tree = item.show_if.tree
    parts = tree[1:] if tree[0] in ("and", "or") else [tree]
    read = [_answers_that_show(part, questionnaire) for part in parts]
    clauses = [one for one in read if one is not None]
    if len(clauses) < len(read) or not all(clauses):
        return {}
    is_any = tree[0] == "or" or len(clauses) == 1
    if not is_any and any(len(clause) > 1 for clause in clauses):
        return {}
    flat = list(chain.from_iterable(clauses))
    behavior = {"enableBehavior": "any" if is_any else "all"} if len(flat) > 1 else {}
    return {"enableWhen": flat, **behavior}


def _answers_that_show(tree: Sequence[Any], questionnaire: Questionnaire) -> list[dict[str, Any]] | None:
    """One condition over one item as comparisons, any of which must hold; None where there is no such list."""
    if tree[0] == "call" and tree[1] == "answered" and tree[2][0] == "ref" and tree[2][1] == questionnaire.id:
        asked = _item_of(tree[2][2], questionnaire)
        # An item that counts as something while it is hidden is answered to us, and not to FHIR.
        if asked is None or asked.when_hidden is not None:
            return None
        return [{"question": asked.id, "operator": "exists", "answerBoolean": True}]
    if tree[0] not in ("==", "!=", "<", "<=", ">", ">=", "in"):
        return None
    named = {part[2] for part in tree[1:] if part[0] == "ref" and part[1] == questionnaire.id}
    if len(named) != 1 or any(part[0] not in ("ref", "number") for part in tree[1:]):
        return None
    asked = _item_of(named.pop(), questionnaire)
    if asked is None or asked.when_hidden is not None:
        return None
    showing = [option for option in asked.options if _holds(tree, questionnaire.id, asked.id, option)]
    return [{"question": asked.id, "operator": "=", "answerCoding": _coding(option)} for option in showing]


def _holds(tree: Sequence[Any], form: str, item: str, option: Option) -> bool:
    draft = Record(date.min, None, {item: Fraction(option.value)})
    return evaluate(tree, Environment(date.min, date.min, own=form, draft=draft)) is True


def _item_of(id: str, questionnaire: Questionnaire) -> Item | None:
    return next((item for item in questionnaire.items if item.id == id), None)


# Losses


def _not_expressible(code: str, subject: str, problem: NotExpressible) -> Loss:
    return Loss(
        code,
        subject,
        "extension",
        Text(
            f"Uttrycket kan inte bli FHIRPath ({problem.what}). Det står bara i designtools egen utvidgning.",
            f"The expression cannot become FHIRPath ({problem.what}). It stands in designtool's own extension alone.",
        ),
    )


def _known_to_us_alone(questionnaire: Questionnaire) -> Iterator[Loss]:
    """Everything that Questionnaire has no element for."""
    yield _in_extension("instrument", "instrument", Text("Uppgifter om instrumentet", "Facts about the instrument"))
    if questionnaire.recall:
        yield _in_extension("recall", "recall", Text("Tiden som frågorna gäller", "The time that the items are about"))
    if questionnaire.minutes is not None:
        yield _in_extension("minutes", "minutes", Text("Minuter att fylla i", "Minutes to fill it in"))
    for item in questionnaire.items:
        place = f"items/{item.id}"
        if item.risk:
            yield _in_extension(
                "risk", f"{place}/risk", Text("Att frågan gäller en risk", "That the item asks of a risk")
            )
        if not item.scored:
            yield _in_extension(
                "scored", f"{place}/scored", Text("Att frågan inte räknas", "That the item does not count")
            )
        if item.when_hidden is not None:
            yield _in_extension(
                "when-hidden",
                f"{place}/when_hidden",
                Text("Vad en dold fråga räknas som", "What a hidden item counts as"),
            )
        if not item.text:
            yield Loss(
                "no-wording",
                f"{place}/text",
                "nowhere",
                Text(
                    "Frågan har ingen text: den fylls i av en enhet med tillstånd.",
                    "The item has no wording: a unit with the right to it fills it in.",
                ),
            )
    for score in questionnaire.scores:
        place = f"scores/{score.id}"
        yield _in_extension("missing-rule", f"{place}/missing", Text("Regeln för svar som saknas", "The missing rule"))
        if score.bands:
            yield _in_extension("bands", f"{place}/bands", Text("Nivåerna", "The bands"))
        if score.reliable_change is not None:
            yield _in_extension(
                "reliable-change", f"{place}/reliable_change", Text("Pålitlig förändring", "The reliable change")
            )
        if score.clinical_threshold is not None:
            yield _in_extension(
                "clinical-threshold", f"{place}/clinical_threshold", Text("Gränsvärdet", "The clinical threshold")
            )
    for number, _ in enumerate(questionnaire.flags):
        yield _in_extension("flag", f"flags/{number}", Text("Flaggan till behandlaren", "The flag to the therapist"))
    if questionnaire.vectors:
        yield _in_extension("vectors", "vectors", Text("Formulärets facit", "The questionnaire's vectors"))
    yield Loss(
        "comments",
        "",
        "nowhere",
        Text(
            "Kommentarer i filen, och namnen på listorna med svar, följer inte med.",
            "Comments in the file, and the names of the lists of answers, are left behind.",
        ),
    )


def _in_extension(code: str, subject: str, what: Text) -> Loss:
    return Loss(
        code,
        subject,
        "extension",
        Text(f"{what.sv} står bara i designtools egen utvidgning.", f"{what.en}: in designtool's own extension alone."),
    )
