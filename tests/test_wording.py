"""The wording that a unit with a licence keeps: it fills what is empty and changes nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from safety_samples import REPOSITORY, instruments, measured_with

from designtool.diagnostics import Text
from designtool.load.document import Document
from designtool.model.program import Program
from designtool.model.questionnaire import is_wordless
from designtool.model.wording import read_wording, with_wording
from designtool.treatment.journey import run_vector
from designtool.workspace import compile_workspace

LABELS = "\n".join(f"    - value: {value}\n      label: Svar {value}" for value in range(7))
ITEMS = "\n".join(f"  q{at}: Fråga nummer {at}" for at in range(1, 10))
WORDING = f"""\
instrument: madrs_s
language: sv
introduction: Läs varje fråga.
items:
{ITEMS}
options:
  q1 .. q8:
{LABELS}
  q9:
{LABELS.replace("Svar 6", "Det högsta svaret")}
"""


@cache
def slot() -> Program:
    return replace(measured_with("madrs_s"), questionnaires=(instruments()["phq9"], instruments()["madrs_s"]))


def read(text: str) -> Document:
    document = read_wording("ord/madrs_s.yaml", text.encode())
    assert isinstance(document, Document), document
    return document


def problems(text: str, program: Program | None = None) -> list[str]:
    """What is said in Swedish; both languages always say something."""
    found: Program | Document | tuple[Text, ...] = read_wording("ord/madrs_s.yaml", text.encode())
    if isinstance(found, Document):
        found = with_wording(program or slot(), found)
    assert isinstance(found, tuple), "it was filled in"
    assert found
    assert all(one.sv and one.en and one.sv != one.en for one in found)
    return [one.sv for one in found]


def test_the_slot_is_filled() -> None:
    filled = with_wording(slot(), read(WORDING))
    assert isinstance(filled, Program)
    madrs = filled.questionnaires[1]
    assert madrs.has_text
    assert madrs.introduction == "Läs varje fråga."
    assert [item.text for item in madrs.items] == [f"Fråga nummer {at}" for at in range(1, 10)]
    assert [option.label for option in madrs.items[0].options] == [f"Svar {value}" for value in range(7)]
    assert madrs.items[8].options[6].label == "Det högsta svaret"


def test_nothing_but_words_is_changed() -> None:
    before = instruments()["madrs_s"]
    filled = with_wording(slot(), read(WORDING))
    assert isinstance(filled, Program)
    after = filled.questionnaires[1]
    emptied = tuple(
        replace(item, text="", options=tuple(replace(one, label=str(one.value)) for one in item.options))
        for item in after.items
    )
    assert replace(after, introduction="", items=emptied) == before
    assert replace(filled, questionnaires=slot().questionnaires) == slot()
    assert all(run_vector(after, vector) == () for vector in before.vectors)
    assert not before.has_text, "the program that was given is as it was"


def test_what_is_filled_is_not_filled_again() -> None:
    filled = with_wording(slot(), read(WORDING))
    assert isinstance(filled, Program)
    assert problems(WORDING, filled) == [
        "MADRS-S har redan en inledning. Den byts inte ut.",
        *(f"MADRS-S: q{at} har redan en text. Den byts inte ut." for at in range(1, 10)),
    ]


def test_an_instrument_that_may_be_passed_on_keeps_its_text() -> None:
    (said, *_) = problems(WORDING.replace("madrs_s", "phq9"))
    assert said == "PHQ-9 har sin text i programmet (licence: free). Den byts inte ut."


def test_labels_that_the_instrument_has_are_not_replaced() -> None:
    madrs = instruments()["madrs_s"]
    first = madrs.items[0]
    worded = replace(first, options=(replace(first.options[0], label="Redan ord"), *first.options[1:]))
    program = replace(slot(), questionnaires=(replace(madrs, items=(worded, *madrs.items[1:])),))
    assert problems(WORDING, program) == ["MADRS-S: q1 har redan en text. Den byts inte ut."]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("instrument: madrs_s", "instrument: madrss", "Formuläret madrss finns inte. Menade du madrs_s?"),
        ("language: sv", "language: en", "MADRS-S är på språket sv, men texten är på en."),
        ("  q9: Fråga nummer 9\n", "", "Frågan q9 saknar text."),
        ("  q9: Fråga nummer 9\n", "  q10: Fråga nummer 9\n", "Frågan q10 finns inte."),
        ("  q1 .. q8:", "  q1 .. q7:", "q8: svaret 0 saknar text."),
        ("  q1 .. q8:", "  q1 .. q9:", "q9 har svar på två ställen."),
        ("  q1 .. q8:", "  q8 .. q1:", "q8 .. q1 står baklänges."),
        ("  q1 .. q8:", "  q1 .. q88:", "Frågan q88 finns inte."),
        ("    - value: 6\n      label: Svar 6\n", "", "q1: svaret 6 saknar text."),
        ("value: 6\n      label: Svar 6", "value: 7\n      label: Svar 7", "q1: inget svar har värdet 7."),
        ("value: 6\n      label: Svar 6", "value: 5\n      label: Svar 6", "q1 .. q8: svaret 5 står två gånger."),
        ("value: 6\n      label: Svar 6", "value: 6.5\n      label: Svar 6", "heltal"),
        ("value: 6\n      label: Svar 6", 'value: "6"\n      label: Svar 6', "heltal"),
        ("value: 6\n      label: Svar 6", "value: true\n      label: Svar 6", "heltal"),
        ("      label: Svar 6\n", "", "label"),
        ("label: Svar 6", 'label: "  "', "q1: svaret 6 saknar text."),
        ("q9: Fråga nummer 9", 'q9: " "', "Frågan q9 saknar text."),
        ("q9: Fråga nummer 9", 'q9: ""', "q9"),
        ("q9: Fråga nummer 9", "q9: [en, två]", "q9"),
        ("language: sv\n", "language: sv\nscores: []\n", "scores"),
        ("language: sv\n", "language: sv\nlicence: free\n", "licence"),
        ("items:\n", "items: nej\nsaker:\n", "items"),
        (WORDING, "", "madrs_s.yaml"),
        (WORDING, "- q1\n", "madrs_s.yaml"),
        (WORDING, "instrument: [", "madrs_s.yaml"),
        (WORDING, "instrument: \x00", "madrs_s.yaml"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_filled(old: str, new: str, said: str) -> None:
    assert old in WORDING
    found = problems(WORDING.replace(old, new))
    assert any(said in one for one in found), found


def test_what_is_no_text_at_all_is_told() -> None:
    assert isinstance(read_wording("ord.yaml", b"\xff\xfe\x00\x01"), tuple)


def test_every_slot_of_the_library_can_be_filled() -> None:
    for id, questionnaire in instruments().items():
        if questionnaire.has_text:
            continue
        assert all(is_wordless(option) for item in questionnaire.items for option in item.options)
        lines = [f"instrument: {id}", "language: sv", "items:"]
        lines += [f"  {item.id}: Frågan {item.id}" for item in questionnaire.items]
        lines.append("options:")
        for item in questionnaire.items:
            lines.append(f"  {item.id}:")
            for option in item.options:
                lines += [f"    - value: {option.value}", f"      label: Svaret {option.value}"]
        program = replace(slot(), questionnaires=(questionnaire,))
        filled = with_wording(program, read("\n".join(lines) + "\n"))
        assert isinstance(filled, Program), filled
        assert filled.questionnaires[0].has_text


@pytest.mark.parametrize(
    ("label", "said"), [("Sällan", "svaren i Perceived Stress Scale (PSS-10) står med ord"), ('"1"', None)]
)
def test_answers_in_words_do_not_go_into_a_bundle(tmp_path: Path, label: str, said: str | None) -> None:
    for name in ("designtool.yaml", "programs/library/questionnaires/pss10.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace('      label: "1"\n', f"      label: {label}\n"), encoding="utf-8")
    found = [
        one.message.sv
        for one in compile_workspace(tmp_path, date(2026, 11, 21)).diagnostics
        if one.rule == "unlicensed-instrument"
    ]
    assert (not found) if said is None else any(said in message for message in found), found
