"""Answers with one signature have the same scores and flags: what is worked out once a signature is what `score` says of each."""

from __future__ import annotations

from random import Random

import pytest
from safety_samples import instruments
from scoring_generator import answers, questionnaire

from designtool.model.questionnaire import Questionnaire
from designtool.treatment.scoring import DECLINED, Scored, score
from designtool.treatment.signature import DECLINED_CODE, UNANSWERED, Signatures, signatures_of


def signature(form: Questionnaire, signatures: Signatures, given: dict[str, object]) -> int:
    codes = []
    for item in form.items:
        values = [option.value for option in item.options]
        answer = given.get(item.id)
        codes.append(UNANSWERED if answer is None else DECLINED_CODE if answer == DECLINED else values.index(answer))
    return signatures.of(codes)


def outcome(scored: Scored) -> object:
    assert not scored.refusals
    return scored.scores, scored.flags


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
            scored = score(form, given)
            key = signature(form, signatures, given)
            shared += key in known
            hidden += bool(scored.hidden)
            assert known.setdefault(key, outcome(scored)) == outcome(scored), (form, given)
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
        assert known.setdefault(signature(form, signatures, given), outcome(score(form, given))) == outcome(
            score(form, given)
        )
