"""Random questionnaires as their files have them: valid, and odd where the format lets them be."""

from __future__ import annotations

from random import Random
from typing import Any

_WORDS = (
    "trött",
    "Hur ofta?",
    "«Å» & ö: 1 # 2",
    "  blank",
    "null",
    "3",
    "- a",
    "rad\nrad",
    "'citat' \"två\"",
    "åäö 🙂",
    "\\n \u2028",
)
_STRANGE_IDS = ("items", "range", "url", "extension", "value", "scores_part", "linkid", "x1", "flags", "weights")


def random_document(random: Random) -> dict[str, Any]:
    """One questionnaire: lists of answers, items that hide, and scores of every method and missing rule."""
    options = {f"lista_{number}": _options(random) for number in range(random.randint(1, 3))}
    ids = [f"q{number}" for number in range(1, random.randint(3, 9))]
    if random.random() < 0.3:
        ids[random.randrange(len(ids))] = random.choice(_STRANGE_IDS)
    lists = {id: random.choice(list(options)) for id in ids}
    values = {id: [option["value"] for option in options[lists[id]]] for id in ids}
    items = []
    for number, id in enumerate(ids):
        item: dict[str, Any] = {"id": id, "options": lists[id]}
        if random.random() < 0.9:
            item["text"] = f"{_text(random)} {number}"
        if random.random() < 0.2:
            item["risk"] = "suicidality"
        if random.random() < 0.2:
            item["required"] = True
        if number and random.random() < 0.35:
            item["show_if"] = condition(random, ids[:number], values)
            if random.random() < 0.5:
                item["when_hidden"] = random.choice(values[id])
        items.append(item)
    scores: list[dict[str, Any]] = []
    for number in range(random.randint(0, 3)):
        scores.append(_score(random, f"s{number}", ids, values, [score["id"] for score in scores]))
    document: dict[str, Any] = {
        "title": _text(random),
        "instrument": {
            "name": _text(random),
            "language": random.choice(["sv", "en", "sv-SE"]),
            "licence": "CC-BY-4.0",
            "holder": _text(random),
            "source": "https://example.org/?a=1#b",
            **random.choice([{}, {"age": {"min": 13}}, {"age": {"min": 13, "max": 17}}]),
        },
        "options": options,
        "items": items,
    }
    if random.random() < 0.5:
        document |= {"recall": _text(random), "introduction": _text(random), "minutes": random.randint(1, 9)}
    if scores:
        document["scores"] = scores
    if random.random() < 0.5:
        flag = {"when": condition(random, ids, values), "level": random.choice(["green", "yellow", "red"])}
        extra = {"message": _text(random), "to": "unit", "escalate_after_hours": 24, "patient_page": "library/kris"}
        document["flags"] = [flag, {**flag, **extra}]
    if random.random() < 0.5:
        answers = {id: random.choice([*values[id], None]) for id in ids if random.random() < 0.8}
        expect: dict[str, Any] = {}
        if scores:
            given = random.choice(
                [1, 2.5, "insufficient", {"value": None, "status": "insufficient"}, {"value": 1, "band": "x"}]
            )
            expect["scores"] = {scores[0]["id"]: given}
        if random.random() < 0.5:
            expect["flags"] = ["red", "skipped-risk-item"]
        document["vectors"] = [{"answers": answers, "expect": expect}, {"answers": {}, "expect": {}}]
    return document


def random_answers(random: Random, options: dict[str, list[int]]) -> dict[str, int]:
    """Answers to a questionnaire whose items can have these values; most of them, often all, sometimes none."""
    share = random.choice([0.0, 0.3, 0.7, 0.9, 1.0])
    return {id: random.choice(values) for id, values in options.items() if random.random() < share}


def condition(random: Random, ids: list[str], values: dict[str, list[int]], depth: int = 2) -> str:
    """A condition over answers that can hold and can fail."""
    kind = random.randrange(6) if depth else random.randrange(3)
    id = random.choice(ids)
    if kind == 0:
        return f"answered({id})"
    if kind in (1, 2):
        least, greatest = min(values[id]), max(values[id])
        if least == greatest:
            return f"answered({id})"
        return random.choice(
            [
                f"{id} > {least}",
                f"{id} < {greatest}",
                f"{id} == {random.choice(values[id])}",
                f"{id} != {random.choice(values[id])}",
            ]
        )
    if kind == 3:
        return f"not ({condition(random, ids, values, depth - 1)})"
    word = random.choice(["and", "or"])
    return f"({condition(random, ids, values, depth - 1)}) {word} ({condition(random, ids, values, depth - 1)})"


def _options(random: Random) -> list[dict[str, Any]]:
    values = random.sample(range(-3, 12), random.randint(2, 5))
    if random.random() < 0.7:
        values.sort()
    return [
        {"value": value, "label": random.choice([f"Svar {value}", str(value), f"{_text(random)} {value}"])}
        for value in values
    ]


def _score(random: Random, id: str, ids: list[str], values: dict[str, list[int]], earlier: list[str]) -> dict[str, Any]:
    items = random.sample(ids, random.randint(1, len(ids)))
    score: dict[str, Any] = {"id": id, "label": _text(random), "range": [-1000, 1000.5]}
    method = random.choice(["sum", "mean", "weighted", "expression"])
    score["method"] = method
    if method == "expression":
        score["value"] = _value(random, ids, values, earlier)
        if random.random() < 0.3:
            score["items"] = items
    else:
        score["items"] = items
        if random.random() < 0.4:
            score["reverse"] = random.sample(items, random.randint(1, len(items)))
    if method == "weighted":
        score["weights"] = {id: random.choice([0.5, 2, 1.25, -1, 0.1, 3]) for id in items if random.random() < 0.8}
    rule = random.choice(["require-all", "prorate", "mean-of-answered"])
    score["missing"] = {"rule": rule}
    if rule != "require-all" or random.random() < 0.2:
        score["missing"]["at_least"] = random.randint(1, len(items))
    if random.random() < 0.5:
        score["bands"] = [{"from": -1000, "label": "Låg"}, {"from": 4.5, "label": _text(random)}]
    if random.random() < 0.3:
        score["reliable_change"] = random.choice([5, 2.5])
    if random.random() < 0.3:
        score["clinical_threshold"] = random.choice([{"from": 10}, {"below": 2.5}])
    return score


def _value(random: Random, ids: list[str], values: dict[str, list[int]], earlier: list[str]) -> str:
    a, b = random.choice(ids), random.choice(ids)
    some = ", ".join(random.sample(ids, random.randint(1, len(ids))))
    shapes = [
        f"{a} + 2 * {b} - 0.5",
        f"{a} / {b}",
        f"sum({some})",
        f"mean({some}) * 2",
        f"min({some}) - max({some})",
        f"count_answered({some})",
        f"round({a} / 4, {random.randint(0, 2)})",
        f"ceil_to({a} / 3, 0.5)",
        f"if({condition(random, ids, values)}, {a}, -{b})",
        f"if({a} in ({values[a][0]}, {values[a][-1]}), 1, 2)",
    ]
    if earlier:
        shapes += [f"100 * {random.choice(earlier)} / 7"] * 3
    return random.choice(shapes)


def _text(random: Random) -> str:
    return random.choice(_WORDS)
