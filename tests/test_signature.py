"""Answers with one signature have the same scores and flags: what is worked out once a signature is what `score` says of each."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from safety_samples import instruments
from scoring_generator import answers, questionnaire

from designtool.model.questionnaire import Questionnaire
from designtool.treatment.scoring import DECLINED, score
from designtool.treatment.signature import DECLINED_CODE, UNANSWERED, Signatures, signatures_of


def signature(form: Questionnaire, signatures: Signatures, given: dict[str, object]) -> int:
    codes = []
    for item in form.items:
        values = [option.value for option in item.options]
        answer = given.get(item.id)
        codes.append(UNANSWERED if answer is None else DECLINED_CODE if answer == DECLINED else values.index(answer))
    return signatures.of(codes)


def outcome(form: Questionnaire, given: dict[str, Any]) -> object:
    scored = score(form, given)
    assert not scored.refusals
    answered = {id for id, answer in given.items() if answer is not None}
    return scored.scores, scored.flags, scored.hidden & answered


@pytest.mark.parametrize("seed", range(8))
def test_one_signature_has_one_outcome_on_random_questionnaires(seed: int) -> None:
    random = Random(seed)
    shared = hidden = 0
    for _ in range(60):
        form = questionnaire(random)
        signatures = signatures_of(form)
        assert signatures is not None
        known: dict[int, object] = {}
        for _ in range(60):
            given = answers(random, form)
            found = outcome(form, given)
            key = signature(form, signatures, given)
            shared += key in known
            hidden += bool(score(form, given).hidden)
            assert known.setdefault(key, found) == found, (form, given)
    assert shared > 500
    assert hidden > 200


@pytest.mark.parametrize("id", sorted(instruments()))
def test_one_signature_has_one_outcome_on_each_instrument(id: str) -> None:
    random, form = Random(id), instruments()[id]
    signatures = signatures_of(form)
    assert signatures is not None
    known: dict[int, object] = {}
    for _ in range(150):
        given = answers(random, form)
        found = outcome(form, given)
        assert known.setdefault(signature(form, signatures, given), found) == found


def test_questionnaire_that_the_compiler_would_refuse_has_no_signatures() -> None:
    form = instruments()["phq9"]
    assert signatures_of(replace(form, items=(*form.items, form.items[0]))) is None
    assert signatures_of(replace(form, items=(replace(form.items[0], options=()), *form.items[1:]))) is None
    twice = replace(form.scores[0], items=(*form.scores[0].items, "q1"))
    assert signatures_of(replace(form, scores=(twice,))) is None
