"""Items that are asked for some answers and not for others: shown, counted, stored, and never taken for a zero."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from test_treatment import Play
from treatment_samples import DIGEST, PATIENT, forms_of, program

from designtool import resources
from designtool.model.codec import decode_program, encode_program
from designtool.model.questionnaire import Questionnaire
from designtool.render import Viewpoint, load_templates, view
from designtool.render.forms import saved_answer
from designtool.treatment.commands import Refusal, keepable
from designtool.treatment.events import Submitted
from designtool.treatment.scoring import Scored, score
from designtool.treatment.verify import verify

TEMPLATES = load_templates(resources.folder("templates"))

HABIT = """
title: Vanor
instrument: {name: Vanor, language: sv, licence: free, holder: X, source: Y}
options:
  often:
    - {value: 0, label: Aldrig}
    - {value: 1, label: Ibland}
    - {value: 2, label: Ofta}
items:
  - {id: q1, text: Ett, options: often}
  - {id: q2, text: Två, options: often, show_if: q1 > 0, when_hidden: 0, required: true}
  - {id: q3, text: Tre, options: often, show_if: q1 + q2 >= 3}
  - {id: q4, text: Fyra, options: often, show_if: q3 == 2 or q1 == 0, when_hidden: 1}
scores:
  - id: two
    method: sum
    items: [q1, q2]
    missing: {rule: require-all}
    range: [0, 4]
  - id: back
    method: sum
    items: [q1, q2, q4]
    reverse: [q4]
    missing: {rule: require-all}
    range: [0, 6]
  - id: all
    method: sum
    items: [q1 .. q4]
    missing: {rule: prorate, at_least: 3}
    range: [0, 8]
flags:
  - {when: q3 >= 1, level: green, message: Fråga tre}
"""


def habit(text: str = HABIT) -> Questionnaire:
    return forms_of({"vanor": text}, {})[0][0]


def asked(answers: dict[str, Any], submitted: bool = True, text: str = HABIT) -> Scored:
    return score(habit(text), answers, submitted=submitted)


def values(scored: Scored) -> dict[str, Fraction | None]:
    return {one.id: one.value for one in scored.scores}


def test_what_is_not_asked_counts_as_the_file_says_and_else_is_missing() -> None:
    scored = asked({"q1": 0, "q4": 2})
    assert scored.hidden == {"q2", "q3"}
    assert scored.statuses["q2"] == scored.statuses["q3"] == "not-asked"
    # q2 counts as 0; q3 has no when_hidden, so that one answer of four is missing and the sum is prorated.
    assert values(scored) == {"two": 0, "back": 0, "all": Fraction(8, 3)}
    assert [one.status for one in scored.scores] == ["complete", "complete", "prorated"]
    assert scored.values.get("q3") is None


def test_a_hidden_item_that_counts_backwards_counts_backwards() -> None:
    assert values(asked({"q1": 1, "q2": 1}))["back"] == 1 + 1 + (2 - 1)
    assert values(asked({"q1": 1, "q2": 2, "q3": 0}))["back"] == 1 + 2 + (2 - 1)


def test_while_it_is_undecided_whether_an_item_is_asked_it_counts_for_nothing() -> None:
    scored = asked({"q3": 2, "q4": 2})
    assert scored.hidden == {"q2", "q3", "q4"}
    assert values(scored) == {"two": None, "back": None, "all": None}
    assert {scored.statuses[id] for id in ("q1", "q2", "q3", "q4")} == {"skipped"}
    assert "not-asked" not in asked({}, submitted=False).statuses.values()


def test_an_answer_that_is_hidden_later_counts_for_nothing_and_raises_nothing() -> None:
    assert [one.message.sv for one in asked({"q1": 2, "q2": 2, "q3": 1}).flags] == ["Fråga tre"]
    assert asked({"q1": 0, "q2": 2, "q3": 1, "q4": 0}).flags == ()
    assert values(asked({"q1": 0, "q2": 2, "q3": 2, "q4": 0}))["two"] == 0


def test_a_chain_of_conditions_is_followed_from_the_first_item() -> None:
    assert {asked({"q1": 1, "q2": 1}).statuses[id] for id in ("q3", "q4")} == {"not-asked"}
    assert {asked({"q1": 1}).statuses[id] for id in ("q2", "q3", "q4")} == {"skipped"}
    shown = asked({"q1": 2, "q2": 1, "q3": 2, "q4": 2})
    assert shown.hidden == frozenset()
    assert values(shown) == {"two": 3, "back": 3, "all": 7}
    # q2 is not asked, which hides q3, which counts as nothing: the condition of q4 holds for q1 alone.
    assert asked({"q1": 0, "q2": 2, "q3": 2, "q4": 2}).hidden == {"q2", "q3"}


def test_the_treatment_keeps_what_was_typed_and_counts_what_was_asked() -> None:
    play = Play(program(questionnaires={"mood": HABIT}))
    for item, value in (("q1", 2), ("q2", 2), ("q3", 2), ("q4", 1)):
        play.save("mood", item, value)
    assert play.form("mood").hidden == frozenset()
    play.save("mood", "q1", 0)
    assert play.form("mood").hidden == {"q2", "q3"}
    assert play.form("mood").draft["q2"] == 2
    made = play.submit("mood")
    stored = next(event.what for event in made if isinstance(event.what, Submitted))
    assert stored.hidden == ("q2", "q3")
    assert stored.answers["q2"] == 2
    assert stored.statuses["q2"] == "not-asked"
    assert stored.scores["two"].value == 0
    record = play.form("mood").records[0]
    assert (record.values["q2"], record.values["q3"], record.values["q4"]) == (0, None, 1)
    assert verify(play.events, {DIGEST: play.program}) == ()


def test_an_undecided_item_is_no_zero_in_the_record_either() -> None:
    text = HABIT.replace(", required: true", "")
    play = Play(program(questionnaires={"mood": text}))
    play.fill("mood", {"q4": 2})
    record = play.form("mood").records[0]
    assert record.values["q2"] is None and record.statuses["q2"] == "skipped"
    assert verify(play.events, {DIGEST: play.program}) == ()


def test_an_answer_is_required_only_of_somebody_who_is_asked() -> None:
    play = Play(program(questionnaires={"mood": HABIT}))
    play.save("mood", "q1", 1)
    refused = play.try_submit("mood")
    assert isinstance(refused, Refusal) and [problem.field for problem in refused.problems] == ["q2"]
    play.save("mood", "q1", 0)
    play.submit("mood")


def test_the_page_hides_what_is_not_asked_and_is_told_with_every_answer() -> None:
    play = Play(program(questionnaires={"mood": HABIT}))
    play.save("mood", "q1", 2)
    viewpoint = Viewpoint(role="patient", language="sv", base="/p", token="t")
    html = str(view("questionnaire/mood", play.see(), viewpoint, TEMPLATES))
    assert 'id="mood-q2-field" data-field="q2">' in html
    assert 'data-field="q3" hidden' in html
    kept = keepable(play.state, play.program, play.now, PATIENT, "mood", {"q1": 1})
    assert kept.filled is not None
    answer = saved_answer(play.program.questionnaire["mood"], kept.filled, play.now, "sv", 1)
    assert answer["hidden"] == ["q3", "q4"]


def test_the_therapist_reads_that_an_item_was_not_asked() -> None:
    play = Play(program(questionnaires={"mood": HABIT}))
    play.fill("mood", {"q1": 0, "q4": 0})
    html = str(
        view("form/mood", play.see(), Viewpoint(role="therapist", language="sv", base="/t", token="t"), TEMPLATES)
    )
    assert html.count("Frågan ställdes inte") == 2


def test_conditions_of_items_are_part_of_the_one_form_of_a_program() -> None:
    made = program(questionnaires={"mood": HABIT})
    again = decode_program(encode_program(made))
    assert [(one.show_if, one.when_hidden) for one in again.questionnaires[0].items] == [
        (one.show_if, one.when_hidden) for one in made.questionnaires[0].items
    ]


@pytest.mark.parametrize(
    "condition", ["q2 > 0", "q3 > 0", "two > 0", "change(q1) > 0", "week() > 2", "q1 > 0 and all > 2"]
)
def test_an_item_depends_on_items_above_it_alone(condition: str) -> None:
    with pytest.raises(AssertionError, match="is shown for"):
        habit(HABIT.replace("q1 > 0, when", f"{condition}, when"))
