"""The list of what the compiler proves: each sentence of it with the rule that says so, and mistakes that it finds.

| What is proved | Rule | How |
|---|---|---|
| names exist, with a suggestion | unknown-name, broken-reference | looked up |
| types agree | type-mismatch, wrong-arguments | by type |
| choices belong to their list | choice-not-in-list | looked up |
| a comparison is not always true, nor never | condition-always-true, condition-never-true | intervals |
| a condition can be met, and can be unmet | condition-without-effect | exhaustive, else intervals |
| a flag can be raised | flag-never-raised | exhaustive, else intervals |
| the page of a flag exists | broken-reference | looked up |
| nothing is worked out from itself | circular-value, score-before-its-parts, condition-looks-ahead | by the graph of references |
| no answer is read that cannot have been given | unanswerable-reference, impossible-gate, unreachable-module | by the order of modules and measurements |
| bands cover the range, in order, and each is reached | band-gap, band-never-reached | exhaustive over sums, prorated ones too |
| the declared range is the real one | score-range | by the ends; expressions exhaustive, else intervals |
| every item is scored or marked unscored, once | unscored-item, item-not-in-score | by counting |
| a week's value is worked out from the week | sum-of-one-day | by its names |
| a missing rule can be met | impossible-missing-rule | by counting |
| whoever answers all that is asked has a score | no-score-when-hidden | exhaustive over sums |
| a threshold can be passed, a change can be made | threshold-outside-range | by the ends of the range |
| the answers of a list can be told apart | repeated-answer | by comparing |
| what is not asked counts as an answer that exists | when-hidden-not-an-answer | looked up |
| a risk is asked of everybody and told to somebody | hidden-risk-item, risk-item-without-flag | looked up |
| an answer fits its field | impossible-field | by the ends |
| a decision has no gap, overlap or wrong step, and can be made | unsafe-decision | by the order of its steps, intervals |
"""

from __future__ import annotations

import re

import pytest
from case_files import compiled, example_files

from designtool.check.measurement.unsafe_decision import RULE as UNSAFE_DECISION
from designtool.rules import all_rules

FORM = "questionnaires/min_koll.yaml"
BANDS = "      - from: 3\n        label: Hög\n"


def found(text: str) -> list[tuple[str, str]]:
    """Rule and message of each finding, all in places of the author's own files."""
    diagnostics = compiled(example_files(text)).diagnostics
    assert all(one.span.path for one in diagnostics)
    return [(one.rule, one.message.sv) for one in diagnostics]


def test_every_rule_of_the_table_is_there() -> None:
    rows = [line for line in (__doc__ or "").splitlines() if line.startswith("| ")][1:]
    named = {name for row in rows for name in re.findall(r"[a-z]+(?:-[a-z]+)+", row.split("|")[2])}
    assert len(named) > 20
    assert named <= set(all_rules())


def form(change: str) -> str:
    return f"-- {FORM} (change) --\n{change}"


def score(value: str, low: int, high: int, more: str = "") -> str:
    """One more score after the first."""
    old = "".join(f"-{line}\n" for line in BANDS.splitlines())
    new = BANDS + f"  - id: ny\n    label: Ny\n    method: expression\n    value: {value}\n    missing:\n"
    new += f"      rule: require-all\n    range: [{low}, {high}]\n{more}"
    return form(old + "".join(f"+{line}\n" for line in new.splitlines()))


def threshold(key: str, value: str) -> str:
    return form(f"-    range: [0, 4]\n+    range: [0, 4]\n+    {key}: {value}\n")


def exercise(fields: str, more: str = "") -> str:
    return (
        f"-- modules/01-start/exercises/min_plan.yaml --\ntitle: Min plan\nkind: worksheet\nfields:\n{fields}{more}"
        "-- modules/01-start/10-sida.md (change) --\n+\n+:::{exercise} min_plan\n+:::\n"
    )


def asked(second: str, first: str = "") -> str:
    """The two items with more keys."""
    item = "    text: Hur ofta har du känt dig nere?\n    options: frequency\n"
    other = "    text: Hur ofta har du sovit dåligt?\n    options: frequency\n"
    text = "".join(f"-{line}\n" for line in item.splitlines())
    text += "".join(f"+{line}\n" for line in (item + first).splitlines())
    text += "".join(f"-{line}\n" for line in other.splitlines())
    return form(text + "".join(f"+{line}\n" for line in (other + second).splitlines()))


RISK = "    risk: self-harm\n"
SHOWN = "    show_if: q1 >= 1\n    when_hidden: 0\n"


@pytest.mark.parametrize(
    ("text", "rule", "said"),
    [
        # The declared range is the real one.
        (score("total * 25", 0, 90), "score-range", "0 till 100"),
        (score("if(q1 > 1, q1 + q2, 0)", 0, 3), "score-range", "0 till 4"),
        (score("max(q1, q2)", 0, 4), "score-range", "0 till 2"),
        (score("total - change(total)", -8, 3), "score-range", "-4 till 3"),
        (form("-    range: [0, 4]\n+    range: [4, 0]\n"), "score-range", "4 till 0"),
        (asked("    show_if: q1 >= 1\n    when_hidden: 2\n"), "score-range", "1 till 4"),
        # Nothing is worked out from itself.
        (score("ny * 2", 0, 8), "score-before-its-parts", "sig själv"),
        (asked("", "    show_if: q2 >= 1\n"), "condition-looks-ahead", '"q2"'),
        (asked("", "    show_if: q1 >= 1\n"), "condition-looks-ahead", '"q1"'),
        (asked("    show_if: change(q1) > 0\n"), "condition-looks-ahead", "change()"),
        (
            exercise(
                "  - id: a\n    type: yes-no\n    label: A\n    show_if: b\n"
                "  - id: b\n    type: yes-no\n    label: B\n    show_if: a\n    required: true\n"
            ),
            "circular-value",
            "a → b → a",
        ),
        (
            exercise(
                "  - id: tid\n    type: minutes\n    label: Tid\n    show_if: mer > 5\n    required: true\n",
                "computed:\n  - id: mer\n    label: Mer\n    value: tid * 2\n",
            ),
            "circular-value",
            "mer → tid → mer",
        ),
        # Thresholds.
        (threshold("clinical_threshold", "{from: 5}"), "threshold-outside-range", "nås av ingen poäng"),
        (threshold("clinical_threshold", "{from: 0}"), "threshold-outside-range", "nås av alla poäng"),
        (threshold("clinical_threshold", "{below: 0}"), "threshold-outside-range", "nås av ingen poäng"),
        (threshold("clinical_threshold", "{below: 4.5}"), "threshold-outside-range", "nås av alla poäng"),
        (threshold("reliable_change", "5"), "threshold-outside-range", "större än hela poängen"),
        (threshold("reliable_change", "0"), "threshold-outside-range", "varje förändring"),
        # Bands and stretches as they are mistyped.
        (form(f"-{BANDS.splitlines()[0]}\n+      - from: 19-14\n"), "wrong-type", "from ska vara ett tal"),
        (form("-    items: [q1 .. q2]\n+    items: [q2 .. q1]\n"), "wrong-arguments", "q2 står efter q1"),
        # What is not asked.
        (asked("    show_if: q1 >= 1\n    when_hidden: 3\n"), "when-hidden-not-an-answer", "0, 1, 2"),
        (asked("    when_hidden: 0\n"), "when-hidden-not-an-answer", "aldrig dold"),
        (asked("    show_if: q1 >= 2\n"), "no-score-when-hidden", "q1 = "),
        (asked(SHOWN + RISK), "hidden-risk-item", '"q2"'),
        (asked("    show_if: q1 >= 1 and q1 < 1\n"), "condition-without-effect", "alla svar är prövade"),
        # Conditions inside values.
        (score("if(q1 > 1 and q1 < 2, 1, total)", 0, 4), "condition-without-effect", "inga svar"),
        # Fields that no answer fits.
        (exercise("  - id: a\n    type: integer\n    label: A\n    min: 9\n    max: 1\n    required: true\n"), "impossible-field", "inget tal"),
        (exercise("  - id: a\n    type: scale\n    label: A\n    min: 0\n    max: 10\n    step: 3\n    required: true\n"), "impossible-field", "aldrig"),
        (
            exercise(
                "  - id: a\n    type: table\n    label: A\n    min_rows: 3\n    max_rows: 2\n    required: true\n"
                "    columns:\n      - id: b\n        type: text\n        label: B\n"
            ),
            "impossible-field",
            "3 rader",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_found_and_nothing_else_said(text: str, rule: str, said: str) -> None:
    came = found(text)
    assert rule in [name for name, _ in came], came
    # A range that is written backwards leaves its bands outside of it, which is said too.
    assert {name for name, _ in came} <= {rule, *(("band-gap",) if "[4, 0]" in text else ()), *also(text)}, came
    assert any(said in message for name, message in came if name == rule), came


def also(text: str) -> tuple[str, ...]:
    if "show_if: q1 >= 2" in text:
        return ("score-range",)  # Those who have a score have 2 at least.
    return ("risk-item-without-flag",) if RISK in text else ()


HIDDEN_FIELDS = [
    ("integer", "noll", False),
    ("integer", "0", True),
    ("minutes", "-1", True),
    ("yes-no", "1", False),
    ("yes-no", "false", True),
    ("text", "inget", True),
    ("date", "2026-13-01", False),
    ("date", '"2026-01-01"', True),
    ("time", '"25:00"', False),
    ("time", '"07:00"', True),
]


@pytest.mark.parametrize(("kind", "value", "possible"), HIDDEN_FIELDS)
def test_what_a_hidden_field_counts_as_is_of_its_kind(kind: str, value: str, possible: bool) -> None:
    fields = "  - id: a\n    type: yes-no\n    label: A\n    required: true\n"
    fields += f"  - id: b\n    type: {kind}\n    label: B\n    show_if: a\n    when_hidden: {value}\n"
    assert [rule for rule, _ in found(exercise(fields))] == ([] if possible else ["when-hidden-not-an-answer"])


def measured(at: str, page: str) -> str:
    """The minimal program measuring at these occasions, with something more on its first page."""
    return (
        f"-- program.yaml (change) --\n-    at: [start, every week, end]\n+    at: [{at}]\n"
        f"-- modules/01-start/10-sida.md (change) --\n+\n{page}"
    )


READ = "+:::{if} min_koll.q1 >= 1\n+Vila.\n+:::\n"
CHANGED = "+:::{if} change(min_koll.total) >= 1\n+Vila.\n+:::\n"


def test_a_flag_that_reads_what_is_never_asked_is_found() -> None:
    text = "-- modules/01-start/exercises/min_lista.yaml --\ntitle: Min lista\nkind: worksheet\nfields:\n"
    text += "  - id: a\n    type: yes-no\n    label: A\n    required: true\n"
    flag = "flags:\n  - when: min_lista.a and q1 >= 1\n    level: yellow\n"
    change = f"-- {FORM} (change) --\n" + "".join(f"+{line}\n" for line in flag.splitlines())
    moved = text.replace("modules/01-start/exercises/", "exercises/")
    shown = "-- modules/01-start/10-sida.md (change) --\n+\n+:::{exercise} min_lista\n+:::\n"
    assert [name for name, _ in found(text + shown + change)] == []
    assert "unanswerable-reference" in [name for name, _ in found(moved + change)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (measured("start", READ), None),
        (measured("end", READ), "programmet är slut"),
        (measured("3 months after end", READ), "programmet är slut"),
        (measured("end, 2 weeks after start", READ), None),
        (measured("start", CHANGED), "bara i en gång"),
        (measured("start, end", CHANGED), None),
        (measured("every week", CHANGED), None),
    ],
)
def test_when_something_is_measured_decides_where_it_can_be_read(text: str, said: str | None) -> None:
    came = found(text)
    if said is None:
        assert came == []
    else:
        assert [name for name, _ in came] == ["unanswerable-reference"] and said in came[0][1]


def test_what_is_measured_at_the_end_opens_no_door() -> None:
    text = (
        "-- program.yaml (change) --\n-    at: [start, every week, end]\n+    at: [end]\n"
        "-- modules/01-start/module.yaml (change) --\n+unlock:\n+  when: min_koll.q1 >= 1\n"
    )
    assert [name for name, _ in found(text)] == ["impossible-gate"]


def decision(*changes: tuple[str, str]) -> str:
    """The good example of a decision with these changes, the diary of which says that its measure is a percentage."""
    text = UNSAFE_DECISION.good.replace(
        "    label: Veckans medelvärde\n", "    label: Veckans medelvärde\n    unit: percent\n"
    ).replace("start: somn.vecka", "start: ceil_to(mean(somn.last(7).tid), 15)")
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


STEPS = "  - from: 0\n    step: -15\n  - from: 80\n    step: 0\n  - from: 85\n    step: 15\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("from: 0\n", "from: 10\n"), "under 10 hör inte till något steg"),
        (("from: 85\n", "from: 80\n"), "det förra började vid 80"),
        (("from: 85\n", "from: 79\n"), "det förra började vid 80"),
        (("from: 85\n", "from: 101\n"), "måttet går från 0 till 100"),
        (("step: 15\n", "step: 45\n"), "längre än en halvtimme"),
        (("step: -15", "step: -45"), "längre än en halvtimme"),
        (("step: 15\n", "step: -15\n"), "det som går bättre skulle ge mindre"),
        ((STEPS, "  - from: 0\n    step: 0\n"), "inget steg ändrar något"),
        (("step: 15\n", "step: 10\n"), "går inte jämnt upp i 15"),
        (("floor: 330", "floor: 335"), "335 går inte jämnt upp i 15"),
        (("floor: 330", "floor: 240"), "under fem timmar"),
        (("floor: 330", "floor: 540"), "inte över golvet"),
        (("ceiling: 540", "ceiling: 600"), "över nio timmar"),
        (("entries: 5", "entries: 4"), "minst 5"),
        (("entries: 5", "entries: 8"), "kan ingen fylla i"),
        (("start: ceil_to(mean(somn.last(7).tid), 15)", "start: ceil_to(0 - mean(somn.last(7).tid), 15)"), "aldrig mellan golvet"),
        (("measure: somn.vecka", "measure: min_koll.total"), "hör inte"),
        (("measure: somn.vecka", "measure: 1 * somn.tid"), "measure är bara den senaste dagens tid"),
        (("mean(somn.last(7).tid)", "somn.tid"), "start är bara den senaste dagens tid"),
        (("mean(somn.last(7).tid)", "somn.vecka"), "start räknas ur procent"),
    ],
)  # fmt: skip
def test_a_decision_that_leaves_gaps_or_goes_too_far(change: tuple[str, str], said: str) -> None:
    if change[1] == "measure: min_koll.total":
        changes = [change, ("start: ceil_to(mean(somn.last(7).tid), 15)", "start: min_koll.total * 100")]
        came = found(decision(*changes))
        assert ("unsafe-decision", NO_DIARY) in came
        return
    came = found(decision(change))
    assert {name for name, _ in came} == {"unsafe-decision"}, came
    assert any(said in message for _, message in came), came


NO_DIARY = UNSAFE_DECISION.messages["no-diary"].sv


def test_a_decision_without_a_fault_is_silent() -> None:
    assert found(decision()) == []


def test_a_decision_that_is_never_held_is_found() -> None:
    held = decision(("confirm: therapist", "hold_if: min_koll.q1 > 1 and min_koll.q1 < 1\nconfirm: therapist"))
    assert [name for name, _ in found(held)] == ["condition-without-effect"]
