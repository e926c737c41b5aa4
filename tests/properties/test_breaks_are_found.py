"""A valid questionnaire, broken in one way at random, is never compiled in silence; whole it is."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from case_files import PROGRAM, compiled
from hypothesis import given, settings
from hypothesis import strategies as st

from designtool.diagnostics import Diagnostic

LIBRARY = Path(__file__).parents[2] / "programs" / "library" / "questionnaires"
PATH = f"{PROGRAM}/questionnaires/prov.yaml"
HEAD = f"{PROGRAM}/program.yaml"
Content = dict[str, Any]


def found_in(content: Content) -> tuple[Diagnostic, ...]:
    """What the pipeline says of the minimal program with this questionnaire, which it measures."""
    program = (Path(__file__).parents[1] / "minimal" / HEAD).read_text(encoding="utf-8")
    measured = program.replace("measurements:\n", "measurements:\n  - questionnaire: prov\n    at: [start, end]\n")
    files = {PATH: json.dumps(content, ensure_ascii=False).encode(), HEAD: measured.encode()}
    return compiled(files).diagnostics


def from_library(path: Path) -> Content:
    content: Content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for flag in content.get("flags", []):
        if "patient_page" in flag:
            flag["patient_page"] = "library/kris"
    return content


@st.composite
def generated(draw: st.DrawFn) -> Content:
    """Some items on one list of answers, a score of any kind over them, bands that fit, and a flag on an item and the score."""
    values = sorted(draw(st.lists(st.integers(0, 6), min_size=2, max_size=5, unique=True)))
    count = draw(st.integers(2, 6))
    ids = [f"q{number}" for number in range(1, count + 1)]
    method = draw(st.sampled_from(["sum", "mean", "weighted"]))
    weights = {id: draw(st.integers(1, 3)) for id in ids}
    factor = {"sum": count, "mean": 1, "weighted": sum(weights.values())}[method]
    low, high = values[0] * factor, values[-1] * factor
    rule = draw(st.sampled_from(["require-all", "prorate", "mean-of-answered"]))
    score: Content = {
        "id": "total",
        "label": "Summa",
        "method": method,
        "items": ids,
        "reverse": draw(st.lists(st.sampled_from(ids), unique=True, max_size=2)),
        "missing": {"rule": rule} if rule == "require-all" else {"rule": rule, "at_least": draw(st.integers(1, count))},
        "range": [low, high],
        "bands": [{"from": low, "label": "Låg"}, {"from": high, "label": "Hög"}],
    }
    if method == "weighted":
        score["weights"] = weights
    return {
        "title": "Prov",
        "instrument": {
            "name": "Egna frågor",
            "language": "sv",
            "licence": "CC-BY-4.0",
            "holder": "Västra Götalandsregionen",
            "source": "Egen text",
        },
        "options": {"lista": [{"value": value, "label": f"Svar {value}"} for value in values]},
        "items": [{"id": id, "text": f"Fråga {id}", "options": "lista"} for id in ids],
        "scores": [score],
        "flags": [
            {"when": f"q1 >= {values[-1]} or total >= {high}", "level": "yellow", "patient_page": "library/kris"}
        ],
    }


def own_items(content: Content) -> list[str]:
    """The items of the first score, ranges written out."""
    ids = [item["id"] for item in content["items"]]
    found: list[str] = []
    for text in content["scores"][0]["items"]:
        ends = [end.strip() for end in text.split("..")]
        found += ids[ids.index(ends[0]) : ids.index(ends[-1]) + 1]
    return found


def item_left_out(content: Content, draw: st.DrawFn) -> None:
    items = own_items(content)
    items.remove(draw(st.sampled_from(items)))
    content["scores"][0]["items"] = items or ["saknas"]


def item_counted_twice(content: Content, draw: st.DrawFn) -> None:
    items = own_items(content)
    content["scores"][0]["items"] = [*items, draw(st.sampled_from(items))]


def score_counted_as_item(content: Content, draw: st.DrawFn) -> None:
    content["scores"][0]["items"] = [*own_items(content), content["scores"][0]["id"]]


def unknown_item(content: Content, draw: st.DrawFn) -> None:
    items = own_items(content)
    items[draw(st.integers(0, len(items) - 1))] += "x"
    content["scores"][0]["items"] = items


def same_id_twice(content: Content, draw: st.DrawFn) -> None:
    content["items"].append(dict(draw(st.sampled_from(content["items"]))))


def first_band_too_high(content: Content, draw: st.DrawFn) -> None:
    content["scores"][0]["bands"][0]["from"] += draw(st.sampled_from([0.5, 1, 3]))


def bands_out_of_order(content: Content, draw: st.DrawFn) -> None:
    content["scores"][0]["bands"].reverse()


def band_beyond_the_scores(content: Content, draw: st.DrawFn) -> None:
    beyond = content["scores"][0]["range"][1] + draw(st.integers(1, 50))
    content["scores"][0]["bands"].append({"from": beyond, "label": "Högst"})


def band_no_score_reaches(content: Content, draw: st.DrawFn) -> None:
    """Between the two highest scores, prorated ones among them, there is room for nothing so near the highest."""
    high = content["scores"][0]["range"][1]
    bands = content["scores"][0]["bands"]
    at = next((index for index, band in enumerate(bands) if band["from"] > high - 0.001), len(bands))
    bands.insert(at, {"from": high - 0.001, "label": "Nästan högst"})
    if at == len(bands) - 1:
        bands.append({"from": high, "label": "Högst"})


def range_too_wide(content: Content, draw: st.DrawFn) -> None:
    end = draw(st.integers(0, 1))
    content["scores"][0]["range"][end] += draw(st.integers(1, 10)) * (1 if end else -1)


def range_too_narrow(content: Content, draw: st.DrawFn) -> None:
    end = draw(st.integers(0, 1))
    content["scores"][0]["range"][end] -= 1 if end else -1


def more_answers_than_items(content: Content, draw: st.DrawFn) -> None:
    more = len(own_items(content)) + draw(st.integers(1, 5))
    content["scores"][0]["missing"] = {"rule": draw(st.sampled_from(["prorate", "mean-of-answered"])), "at_least": more}


def no_missing_rule(content: Content, draw: st.DrawFn) -> None:
    del content["scores"][0]["missing"]


def missing_rule_without_number(content: Content, draw: st.DrawFn) -> None:
    content["scores"][0]["missing"] = {"rule": "prorate"}


def require_all_but_fewer(content: Content, draw: st.DrawFn) -> None:
    content["scores"][0]["missing"] = {"rule": "require-all", "at_least": len(own_items(content)) - 1}


def unknown_options(content: Content, draw: st.DrawFn) -> None:
    draw(st.sampled_from(content["items"]))["options"] = "finns_inte"


def two_answers_alike(content: Content, draw: st.DrawFn) -> None:
    used = [item["options"] for item in content["items"]]
    options = content["options"][draw(st.sampled_from(used))]
    key = draw(st.sampled_from(["value", "label"]))
    options[-1][key] = options[0][key]


def reverse_of_another_item(content: Content, draw: st.DrawFn) -> None:
    content["items"].append({**content["items"][0], "id": "extra", "scored": False})
    content["scores"][0]["reverse"] = ["extra"]


def scored_item_called_unscored(content: Content, draw: st.DrawFn) -> None:
    name = draw(st.sampled_from(own_items(content)))
    next(item for item in content["items"] if item["id"] == name)["scored"] = False


def item_that_counts_nowhere(content: Content, draw: st.DrawFn) -> None:
    content["items"].append({**content["items"][0], "id": "extra"})


def flag_with(when: Callable[[Content, st.DrawFn], str]) -> Callable[[Content, st.DrawFn], None]:
    def changed(content: Content, draw: st.DrawFn) -> None:
        content.setdefault("flags", []).append({"when": when(content, draw), "level": "yellow"})

    return changed


def highest(content: Content, id: str) -> int:
    name = next(item["options"] for item in content["items"] if item["id"] == id)
    return max(option["value"] for option in content["options"][name])


def out_of_range(content: Content, draw: st.DrawFn) -> str:
    id = draw(st.sampled_from(own_items(content)))
    return f"{id} >= {highest(content, id) + draw(st.integers(1, 9))}"


def contradiction(content: Content, draw: st.DrawFn) -> str:
    id = draw(st.sampled_from(own_items(content)))
    return f"{id} >= {highest(content, id)} and {id} < {highest(content, id)}"


def misspelt(content: Content, draw: st.DrawFn) -> str:
    return f"{draw(st.sampled_from(own_items(content)))}x >= 1"


def missing_page(content: Content, draw: st.DrawFn) -> None:
    flag_with(lambda content, draw: f"{own_items(content)[0]} >= {highest(content, own_items(content)[0])}")(
        content, draw
    )
    content["flags"][-1]["patient_page"] = "library/finns-inte"


def another_list_of_answers(content: Content, draw: st.DrawFn) -> None:
    """One item gets answers that reach further than its own."""
    name = draw(st.sampled_from(own_items(content)))
    item = next(item for item in content["items"] if item["id"] == name)
    options = content["options"][item["options"]]
    further = {**options[-1], "value": max(option["value"] for option in options) + 1, "label": "Längst"}
    content["options"]["annan"] = [*options[:-1], further]
    item["options"] = "annan"


def item_renamed(content: Content, draw: st.DrawFn) -> None:
    name = draw(st.sampled_from(own_items(content)))
    content["scores"] = content["scores"][:1]
    content["scores"][0]["items"] = own_items(content)
    next(item for item in content["items"] if item["id"] == name)["id"] = f"{name}_ny"


def score_named_as_item(content: Content, draw: st.DrawFn) -> None:
    content["scores"].append({**content["scores"][0], "id": own_items(content)[0]})


def same_score_twice(content: Content, draw: st.DrawFn) -> None:
    content["scores"].append(dict(content["scores"][0]))


def items_backwards(content: Content, draw: st.DrawFn) -> None:
    items = own_items(content)
    content["scores"][0]["items"] = [f"{items[-1]} .. {items[0]}"]


def two_bands_from_the_same_score(content: Content, draw: st.DrawFn) -> None:
    bands = content["scores"][0]["bands"]
    at = draw(st.integers(0, len(bands) - 1))
    bands.insert(at + 1, {**bands[at], "label": "En till"})


def band_as_a_stretch(content: Content, draw: st.DrawFn) -> None:
    draw(st.sampled_from(content["scores"][0]["bands"]))["from"] = draw(st.sampled_from(["19-14", "10 till 14", "5-"]))


def range_backwards(content: Content, draw: st.DrawFn) -> None:
    content["scores"][0]["range"].reverse()


def threshold_beyond(content: Content, draw: st.DrawFn) -> None:
    low, high = content["scores"][0]["range"]
    side, at = draw(st.sampled_from([("from", high + 1), ("from", low), ("below", low), ("below", high + 0.5)]))
    content["scores"][0]["clinical_threshold"] = {side: at}


def change_nobody_makes(content: Content, draw: st.DrawFn) -> None:
    low, high = content["scores"][0]["range"]
    content["scores"][0]["reliable_change"] = draw(st.sampled_from([0, high - low + 1]))


def weight_of_an_unknown_item(content: Content, draw: st.DrawFn) -> None:
    score = content["scores"][0]
    score["method"] = "weighted"
    score["weights"] = {**dict.fromkeys(own_items(content), 1), "finns_inte": 2}


def weight_of_an_item_that_is_not_counted(content: Content, draw: st.DrawFn) -> None:
    score = content["scores"][0]
    score["weights"] = {**score.get("weights", dict.fromkeys(own_items(content), 1)), "extra": 2}
    score["method"] = "weighted"
    content["items"].append({**content["items"][0], "id": "extra", "scored": False})


def score_worked_out_from_itself(content: Content, draw: st.DrawFn) -> None:
    low, high = content["scores"][0]["range"]
    later = {
        "id": "ny",
        "label": "Ny",
        "method": "expression",
        "missing": {"rule": "require-all"},
        "range": [low, high],
    }
    id = content["scores"][0]["id"]
    content["scores"].insert(0, {**later, "value": draw(st.sampled_from([id, "ny"]))})


def risk_item_with_half_a_flag(content: Content, draw: st.DrawFn) -> None:
    """Whole but for the page, the recipient or the time."""
    id = own_items(content)[0]
    next(item for item in content["items"] if item["id"] == id)["risk"] = "self-harm"
    flag = {"when": f"{id} >= {highest(content, id)}", "level": "red", "to": "unit", "escalate_after_hours": 24}
    flag["patient_page"] = "library/kris"
    del flag[draw(st.sampled_from(["to", "escalate_after_hours", "patient_page"]))]
    content["flags"] = [flag]


def risk_item_that_some_are_not_asked(content: Content, draw: st.DrawFn) -> None:
    first, second = own_items(content)[:2]
    item = next(item for item in content["items"] if item["id"] == second)
    item["risk"] = "self-harm"
    item["show_if"] = f"{first} >= {highest(content, first)}"


def asked_for_what_comes_later(content: Content, draw: st.DrawFn) -> None:
    first, second = own_items(content)[:2]
    item = next(item for item in content["items"] if item["id"] == first)
    item.pop("risk", None)
    name = draw(st.sampled_from([first, second, content["scores"][0]["id"]]))
    item["show_if"] = f"answered({name})"


def never_asked(content: Content, draw: st.DrawFn) -> None:
    first, second = own_items(content)[:2]
    item = next(item for item in content["items"] if item["id"] == second)
    item.pop("risk", None)
    item["show_if"] = f"{first} >= {highest(content, first)} and {first} < {highest(content, first)}"


def counts_as_no_answer_of_its_own(content: Content, draw: st.DrawFn) -> None:
    first, second = own_items(content)[:2]
    item = next(item for item in content["items"] if item["id"] == second)
    item.pop("risk", None)
    item["show_if"] = f"{first} >= {highest(content, first)}"
    item["when_hidden"] = highest(content, second) + draw(st.integers(1, 9))


def flag_on_what_cannot_be_prorated_to(content: Content, draw: st.DrawFn) -> str:
    score = content["scores"][0]
    return f"{score['id']} > {score['range'][1]}"


def risk_item_without_its_flag(content: Content, draw: st.DrawFn) -> None:
    content["flags"] = []
    draw(st.sampled_from(content["items"]))["risk"] = "self-harm"


SETTLED = frozenset({"condition-always-true", "condition-never-true"})
"""What a flag's comparison becomes when that which it compares is changed; the rules over whole programs wait for that."""

BREAKS: dict[str, tuple[Callable[[Content, st.DrawFn], None], set[str]]] = {
    "item left out": (item_left_out, {"unscored-item", "broken-reference"}),
    "item counted twice": (item_counted_twice, {"item-not-in-score"}),
    "score counted as item": (score_counted_as_item, {"item-not-in-score"}),
    "unknown item": (unknown_item, {"broken-reference"}),
    "same id twice": (same_id_twice, {"duplicate-id"}),
    "first band too high": (first_band_too_high, {"band-gap"}),
    "bands out of order": (bands_out_of_order, {"band-gap"}),
    "band beyond the scores": (band_beyond_the_scores, {"band-gap"}),
    "band no score reaches": (band_no_score_reaches, {"band-never-reached"}),
    "range too wide": (range_too_wide, {"score-range", *SETTLED}),
    "range too narrow": (range_too_narrow, {"score-range", *SETTLED}),
    "more answers than items": (more_answers_than_items, {"impossible-missing-rule"}),
    "no missing rule": (no_missing_rule, {"missing-key"}),
    "missing rule without number": (missing_rule_without_number, {"missing-key"}),
    "require all but fewer": (require_all_but_fewer, {"impossible-missing-rule", "wrong-value"}),
    "unknown options": (unknown_options, {"broken-reference"}),
    "two answers alike": (two_answers_alike, {"repeated-answer", *SETTLED}),
    "reverse of another item": (reverse_of_another_item, {"item-not-in-score"}),
    "scored item called unscored": (scored_item_called_unscored, {"unscored-item"}),
    "item that counts nowhere": (item_that_counts_nowhere, {"unscored-item"}),
    "flag out of range": (flag_with(out_of_range), {"condition-never-true"}),
    "flag that contradicts itself": (flag_with(contradiction), {"flag-never-raised"}),
    "misspelt name in a flag": (flag_with(misspelt), {"unknown-name"}),
    "missing page": (missing_page, {"broken-reference"}),
    "another list of answers": (another_list_of_answers, {"score-range", *SETTLED}),
    "item renamed": (item_renamed, {"broken-reference", "unknown-name"}),
    "score named as item": (score_named_as_item, {"duplicate-id"}),
    "same score twice": (same_score_twice, {"duplicate-id"}),
    "items backwards": (items_backwards, {"wrong-arguments"}),
    "two bands from the same score": (two_bands_from_the_same_score, {"band-gap"}),
    "band as a stretch": (band_as_a_stretch, {"wrong-type"}),
    "range backwards": (range_backwards, {"score-range", *SETTLED}),
    "threshold beyond": (threshold_beyond, {"threshold-outside-range"}),
    "change nobody makes": (change_nobody_makes, {"threshold-outside-range"}),
    "weight of an unknown item": (weight_of_an_unknown_item, {"broken-reference"}),
    "weight of an item that is not counted": (weight_of_an_item_that_is_not_counted, {"item-not-in-score"}),
    "score worked out from itself": (score_worked_out_from_itself, {"score-before-its-parts"}),
    "risk item with half a flag": (risk_item_with_half_a_flag, {"risk-item-without-flag"}),
    "risk item that some are not asked": (risk_item_that_some_are_not_asked, {"hidden-risk-item"}),
    "asked for what comes later": (asked_for_what_comes_later, {"condition-looks-ahead"}),
    "never asked": (never_asked, {"condition-without-effect"}),
    "counts as no answer of its own": (counts_as_no_answer_of_its_own, {"when-hidden-not-an-answer"}),
    "flag beyond the score": (flag_with(flag_on_what_cannot_be_prorated_to), {"condition-never-true"}),
    "risk item without its flag": (risk_item_without_its_flag, {"risk-item-without-flag"}),
}


def scored_in_library() -> list[Path]:
    """Instruments whose first score adds up items and has bands, for there is most to break."""
    scores = {path: from_library(path)["scores"][0] for path in sorted(LIBRARY.glob("*.yaml"))}
    return [path for path, score in scores.items() if score.get("items") and len(score.get("bands", ())) > 1]


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_library_is_silent(path: Path) -> None:
    assert found_in(from_library(path)) == ()


@settings(max_examples=40, deadline=None)
@given(generated())
def test_what_is_whole_is_silent(content: Content) -> None:
    assert found_in(content) == ()


def broken_is_found(content: Content, name: str, draw: st.DrawFn) -> None:
    change, rules = BREAKS[name]
    broken = copy.deepcopy(content)
    change(broken, draw)
    found = found_in(broken)
    inside = {one.rule for one in found if one.span.path == PATH and one.span.line is not None}
    assert inside & rules, (name, found)


@pytest.mark.parametrize("name", BREAKS)
@settings(max_examples=6, deadline=None)
@given(content=generated(), data=st.data())
def test_each_break_of_a_generated_questionnaire_is_found(name: str, content: Content, data: st.DataObject) -> None:
    broken_is_found(content, name, data.draw)


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from(scored_in_library()), name=st.sampled_from(sorted(BREAKS)), data=st.data())
def test_each_break_of_an_instrument_of_the_library_is_found(path: Path, name: str, data: st.DataObject) -> None:
    broken_is_found(from_library(path), name, data.draw)
