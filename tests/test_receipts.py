"""Who has heard of a recall: what enrols a runtime, what counts as its answer, and that nothing hides who is silent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from federations import CLINICAL, NOW, PUBLISHER, PUBLISHER_B, SAFETY, Person, person
from hypothesis import given, settings
from hypothesis import strategies as st
from receipt_samples import BORAS, HOUR, LUND, MALMO, RECALLED, answered, enrolled, enrolment, receipt

from designtool.bundle.canonical import canonical_json
from designtool.bundle.refusals import Refused
from designtool.share.envelope import Envelope, Signature, encode_envelope, read_envelope, sign
from designtool.share.receipts.documents import (
    ENROLMENT_TYPE,
    RECEIPT_TYPE,
    Overview,
    Signed,
    answer,
    end,
    enrol,
    overview,
    read,
)
from designtool.share.signed_problems import SignedProblem

KEYS = {one.public.key_id: one.public for one in (PUBLISHER, CLINICAL, PUBLISHER_B)}
DAY = timedelta(hours=24)


def seen(*documents: Signed, hours: float = 48, **more: Any) -> Overview:
    given = {"entries": [RECALLED], "keys": KEYS, "now": NOW + hours * HOUR, "within": DAY, **more}
    return overview(documents, **given)


def told(found: Overview) -> tuple[list[str], list[str], list[str]]:
    """Names of those who have answered, may still answer, and are silent."""
    (one,) = found.recalls
    return (
        [each.runtime.key.holder for each in one.answered],
        [each.key.holder for each in one.waiting],
        [each.key.holder for each in one.silent],
    )


def codes(found: Overview) -> list[str]:
    return [one.code for one in found.problems]


NAMES = {one: one.public.holder for one in (LUND, MALMO, BORAS)}


def test_who_answers_has_heard_and_who_does_not_is_to_be_called() -> None:
    both = (enrolled(LUND), enrolled(MALMO, telephone="+46 40 33 10 00"))
    assert told(seen(*both, hours=23)) == ([], [NAMES[LUND], NAMES[MALMO]], [])
    assert told(seen(*both, hours=24)) == ([], [], [NAMES[LUND], NAMES[MALMO]])
    found = seen(*both, answered(LUND))
    assert told(found) == ([NAMES[LUND]], [], [NAMES[MALMO]])
    assert not found.is_everybody_heard
    (silent,) = found.recalls[0].silent
    assert (silent.enrolment.contact, silent.enrolment.telephone) == ("Eva Lind", "+46 40 33 10 00")
    assert seen(*both, answered(LUND), answered(MALMO)).is_everybody_heard


def test_the_documents_come_back_as_they_were_written() -> None:
    for one in (enrolled(), answered(), end(LUND.public, NOW, PUBLISHER.signer, PUBLISHER.public)):
        again = read(read_envelope(encode_envelope(one.envelope), one.file), one.file)
        assert again == one
    assert enrolled().content == enrolment()
    assert answered().content == receipt()


def test_a_runtime_that_is_enrolled_after_the_recall_has_its_own_time() -> None:
    late = enrolled(MALMO, at=NOW + 40 * HOUR)
    assert told(seen(late)) == ([], [NAMES[MALMO]], [])
    assert told(seen(late, hours=64)) == ([], [], [NAMES[MALMO]])
    # To be enrolled again gives no more time, but another telephone.
    again = enrolled(MALMO, at=NOW + 60 * HOUR, telephone="112 112")
    found = seen(late, again, hours=64)
    assert told(found) == ([], [], [NAMES[MALMO]])
    assert found.recalls[0].silent[0].enrolment.telephone == "112 112"


def test_times_in_the_future_give_nobody_more_time() -> None:
    assert told(seen(enrolled(at=NOW + 1000 * HOUR))) == ([], [], [NAMES[LUND]])
    later = replace(RECALLED, since=NOW + 1000 * HOUR)
    assert told(seen(enrolled(), entries=[later])) == ([], [], [NAMES[LUND]])


def test_an_end_takes_a_runtime_away_until_it_is_enrolled_anew() -> None:
    ended = end(LUND.public, NOW, PUBLISHER.signer, PUBLISHER.public)
    assert told(seen(enrolled(), ended)) == ([], [], [])
    assert told(seen(enrolled(), ended, enrolled(at=NOW + HOUR))) == ([], [], [NAMES[LUND]])
    found = seen(enrolled(), answered(), ended)
    assert [one.content for one in found.unknown] == [receipt()], "who is no more answers no more"


def test_one_key_in_two_regions_answers_for_each_by_itself() -> None:
    borrowed = enrol(
        replace(enrolment(LUND), key=replace(LUND.public, region="region-b")), PUBLISHER_B.signer, PUBLISHER_B.public
    )
    found = seen(enrolled(LUND), borrowed, answered(LUND))
    assert [one.runtime.key.region for one in found.recalls[0].answered] == ["region-a"]
    assert [one.key.region for one in found.recalls[0].silent] == ["region-b"]


def test_the_first_receipt_says_when_it_was_heard() -> None:
    early, late = answered(learned_at=NOW + HOUR), answered(learned_at=NOW + 5 * HOUR, has_treatments=True)
    for documents in ((early, late), (late, early), (early, early)):
        (one,) = seen(enrolled(), *documents).recalls[0].answered
        assert one.receipt.learned_at == NOW + HOUR


def test_a_lift_is_answered_by_itself() -> None:
    lifted = replace(RECALLED, level="lifted", since=NOW + 10 * HOUR)
    found = seen(enrolled(), answered(), entries=[RECALLED, lifted])
    assert [len(one.answered) for one in found.recalls] == [1, 0]
    found = seen(enrolled(), answered(), answered(recalled=lifted), entries=[RECALLED, lifted])
    assert [len(one.answered) for one in found.recalls] == [1, 1]


STRANGER = person("Ola Främling", "publisher", "region-a")


@pytest.mark.parametrize(
    ("by", "code"),
    [(PUBLISHER_B, "enrolment-signer"), (SAFETY, "enrolment-signer"), (LUND, "enrolment-signer")],
    ids=["another region", "no such role", "itself"],
)
def test_only_the_region_enrols(by: Person, code: str) -> None:
    with pytest.raises(SignedProblem) as stopped:
        enrol(enrolment(), by.signer, by.public)
    assert stopped.value.code == code
    with pytest.raises(SignedProblem) as stopped:
        end(LUND.public, NOW, by.signer, by.public)
    assert stopped.value.code == code
    assert enrol(enrolment(), CLINICAL.signer, CLINICAL.public).region == "region-a"


def test_only_a_runtimes_key_is_enrolled() -> None:
    with pytest.raises(SignedProblem) as stopped:
        enrol(enrolment(CLINICAL), PUBLISHER.signer, PUBLISHER.public)
    assert stopped.value.code == "enrolment-key"


def resigned(one: Signed, change: Callable[[dict[str, Any]], object], by: Person) -> Signed:
    """With other content, signed by whom the attacker has: what `enrol` and `answer` would not write."""
    content = json.loads(one.envelope.payload)
    change(content)
    envelope = sign(Envelope(one.envelope.payload_type, canonical_json(content)), by.signer, "attack")
    return read(envelope, "attack")


def test_an_enrolment_by_a_key_that_the_federation_does_not_know_holds_nobody_and_is_told() -> None:
    foreign = enrol(enrolment(MALMO), STRANGER.signer, STRANGER.public)
    found = seen(enrolled(LUND), foreign, answered(LUND))
    assert told(found) == ([NAMES[LUND]], [], [])
    assert codes(found) == ["enrolment-unsigned"]
    assert not found.is_everybody_heard, "somebody may have been enrolled with a key that was revoked"


def test_another_region_ends_nobodys_runtime() -> None:
    for by in (PUBLISHER_B, STRANGER):
        forged = resigned(end(LUND.public, NOW, PUBLISHER.signer, PUBLISHER.public), lambda content: content, by)
        found = seen(enrolled(), forged)
        assert told(found) == ([], [], [NAMES[LUND]])
        assert codes(found) == ["enrolment-unsigned"]


def test_an_end_from_the_future_ends_nothing() -> None:
    found = seen(enrolled(), end(LUND.public, NOW + 49 * HOUR, PUBLISHER.signer, PUBLISHER.public))
    assert told(found) == ([], [], [NAMES[LUND]])
    assert codes(found) == ["receipt-future"]
    assert not found.is_everybody_heard


def test_an_end_of_another_regions_namesake_ends_nothing_here() -> None:
    namesake = replace(LUND.public, region="region-b")
    found = seen(enrolled(), end(namesake, NOW, PUBLISHER_B.signer, PUBLISHER_B.public))
    assert told(found) == ([], [], [NAMES[LUND]])
    assert codes(found) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"learned_at": NOW + 49 * HOUR}, "receipt-future"),
        ({"entry": "sha256:" + "cd" * 32}, None),
        ({"release": "region-a/prov/1.0.1"}, None),
        ({"level": "info"}, None),
    ],
    ids=["from the future", "another entry", "another release", "another level"],
)
def test_a_receipt_for_something_else_answers_nothing(change: dict[str, Any], code: str | None) -> None:
    found = seen(enrolled(), answered(**change))
    assert told(found) == ([], [], [NAMES[LUND]])
    assert codes(found) == ([code] if code else [])
    assert seen(enrolled(), answered()).is_everybody_heard


def test_receipts_of_others_are_shown_apart_and_count_for_nobody() -> None:
    for one in (answered(MALMO), answered(BORAS), answered(replace(LUND, public=BORAS.public))):
        found = seen(enrolled(LUND), one)
        assert told(found) == ([], [], [NAMES[LUND]])
        assert found.unknown == (one,)
        assert not found.is_everybody_heard


def test_a_receipt_that_was_changed_answers_nothing() -> None:
    whole = answered()
    (signature,) = whole.envelope.signatures
    payload = whole.envelope.payload.replace(b'"has_treatments":false', b'"has_treatments":true')
    assert payload != whole.envelope.payload
    changed = read(Envelope(RECEIPT_TYPE, payload, (signature,)), "attack")
    found = seen(enrolled(), changed)
    assert codes(found) == ["signature-wrong"]
    assert told(found) == ([], [], [NAMES[LUND]])
    assert told(seen(enrolled(), changed, whole)) == ([NAMES[LUND]], [], [])


def test_a_signature_on_one_kind_of_document_is_none_on_another() -> None:
    one = answered()
    with pytest.raises(SignedProblem) as stopped:
        read(Envelope(ENROLMENT_TYPE, one.envelope.payload, one.envelope.signatures), "attack")
    assert stopped.value.code == "receipt-invalid"
    with pytest.raises(SignedProblem) as stopped:
        read(Envelope("application/json", one.envelope.payload, one.envelope.signatures), "attack")
    assert stopped.value.code == "envelope-type"


@pytest.mark.parametrize(
    "change",
    [
        {"telephone": "ring mig"},
        {"telephone": "1" * 31},
        {"contact": "Eva‮dniL"},
        {"contact": "Eva\nLind"},
        {"contact": ""},
        {"runtime": "Lund "},
        {"runtime": "a" * 101},
        {"public": "00" * 31},
        {"public": "zz" * 32},
        {"region": "../region-a"},
        {"enrolled_at": "2026-13-01T00:00:00Z"},
        {"enrolled_at": "2026-11-22 06:00:00Z"},
        {"format": 2},
        {"patients": 3},
    ],
    ids=str,
)
def test_what_is_no_enrolment_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(SignedProblem) as stopped:
        resigned(enrolled(), lambda content: content.update(change), PUBLISHER)
    assert stopped.value.code == "receipt-invalid"
    assert resigned(enrolled(), lambda content: content.update(contact="Bo Ek"), PUBLISHER)


@pytest.mark.parametrize(
    "change",
    [
        {"release": "region-a/prov"},
        {"release": "region-a/../prov/1.0.0"},
        {"level": "panic"},
        {"entry": "ab" * 32},
        {"metadata_version": 0},
        {"has_treatments": 14},
        {"done": ["parts-stopped", "new-starts-stopped"]},
        {"done": ["parts-stopped", "parts-stopped"]},
        {"done": ["nothing"]},
        {"learned_at": ""},
        {"patient": "19900101-2385"},
    ],
    ids=str,
)
def test_what_is_no_receipt_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((SignedProblem, Refused)) as stopped:
        resigned(answered(), lambda content: content.update(change), LUND)
    assert stopped.value.code in ("receipt-invalid", "json-number")
    assert resigned(answered(), lambda content: content.update(has_treatments=True), LUND)


def test_what_would_be_no_receipt_is_not_signed() -> None:
    with pytest.raises(SignedProblem) as stopped:
        answer(receipt(release="region-a/prov"), LUND.signer)
    assert stopped.value.code == "receipt-invalid"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_junk_beside_hides_who_is_silent(data: st.DataObject) -> None:
    """Whatever others add that the region has not signed, Lund stays silent until Lund has answered."""
    pieces = [
        answered(MALMO),
        answered(BORAS),
        enrolled(BORAS),
        enrol(enrolment(LUND, at=NOW + HOUR), STRANGER.signer, STRANGER.public),
        resigned(end(LUND.public, NOW, PUBLISHER.signer, PUBLISHER.public), lambda content: content, STRANGER),
        answered(LUND, learned_at=NOW + 100 * HOUR),
        read(
            Envelope(RECEIPT_TYPE, answered().envelope.payload, (Signature(LUND.public.key_id, b"\0" * 64),)), "attack"
        ),
    ]
    chosen = data.draw(st.lists(st.sampled_from(pieces), max_size=10))
    documents = data.draw(st.permutations([enrolled(LUND), *chosen]))
    silent = [one.key.holder for one in seen(*documents).recalls[0].silent]
    assert NAMES[LUND] in silent
    heard = seen(*documents, answered(LUND))
    assert NAMES[LUND] in [one.runtime.key.holder for one in heard.recalls[0].answered]
