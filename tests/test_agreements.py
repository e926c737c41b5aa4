"""Agreements: when one holds, who can make and end it, and every way of making one that nobody has agreed to."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import federations
import jsonschema
import pytest
from federations import CLINICAL_B, PUBLISHER, PUBLISHER_B, SAFETY, Person, person

from designtool.bundle.canonical import canonical_json
from designtool.load.shape import schema_of
from designtool.share.agreements.folder import (
    found_agreement,
    read_agreement_folder,
    read_signed_file,
    write_agreement,
    write_end,
)
from designtool.share.agreements.terms import (
    AGREEMENT_TYPE,
    END_TYPE,
    Agreement,
    SignedAgreement,
    Standing,
    countersign,
    described,
    end,
    ends_that_hold,
    joined,
    propose,
    read_agreement,
    read_end,
    standings,
    told,
    unsigned,
)
from designtool.share.envelope import Envelope, Signature, enclose, encode_envelope, read_envelope, sign
from designtool.share.federation.region_keys import region_keys
from designtool.share.federation.trust import refresh
from designtool.share.signed_problems import SIGNED_PROBLEMS, SignedProblem

DAY = date(2027, 6, 1)
TERMS = Agreement(
    "region-a", "region-b", ("prov",), ">=1.0 <2.0", date(2027, 1, 1), date(2027, 12, 31), 200, "avtal@a.example"
)
OUTSIDER = person("Eve Ek", "publisher", "region-c")
KEYS = {one.public.key_id: one.public for one in (PUBLISHER, PUBLISHER_B, CLINICAL_B, SAFETY, OUTSIDER)}


def proposed(terms: Agreement = TERMS, by: Person = PUBLISHER) -> SignedAgreement:
    return read_agreement(propose(terms, by.signer, by.public), "a")


def signed(terms: Agreement = TERMS) -> SignedAgreement:
    one = proposed(terms)
    return read_agreement(countersign(one, PUBLISHER_B.signer, PUBLISHER_B.public, KEYS, DAY), "a")


def standing(*copies: SignedAgreement, day: date = DAY, keys: Any = KEYS, ended: Any = None) -> Standing:
    (found,) = standings(copies, ended or {}, keys, day)
    return found


def covers(one: Standing, giver: str | None = "region-a", taker: str = "region-b", what: str = "prov 1.2.3") -> bool:
    program, _, version = what.partition(" ")
    return one.covers(giver, taker, program, version)


# What holds


def test_an_agreement_holds_when_a_key_of_each_region_has_signed_it() -> None:
    assert standing(proposed()).state == "proposed"
    both = standing(signed())
    assert both.state == "in-force"
    assert {key.region for key in both.signed_by} == {"region-a", "region-b"}
    assert covers(both)


def test_either_region_may_propose() -> None:
    one = proposed(by=PUBLISHER_B)
    both = read_agreement(countersign(one, PUBLISHER.signer, PUBLISHER.public, KEYS, DAY), "a")
    assert standing(both).state == "in-force"


def test_the_first_and_the_last_day_count() -> None:
    one = signed()
    states = {
        TERMS.first_day - timedelta(days=1): "not-yet",
        TERMS.first_day: "in-force",
        TERMS.last_day: "in-force",
        TERMS.last_day + timedelta(days=1): "expired",
    }
    assert {day: standing(one, day=day).state for day in states} == states


@pytest.mark.parametrize(
    ("giver", "taker", "what"),
    [
        ("region-c", "region-b", "prov 1.2.3"),
        ("region-b", "region-a", "prov 1.2.3"),
        ("region-a", "region-c", "prov 1.2.3"),
        ("region-a", "region-b", "annat 1.2.3"),
        ("region-a", "region-b", "prov 2.0.0"),
        ("region-a", "region-b", "prov 0.9.9"),
        ("region-a", "region-b", "prov 1.2"),
        ("region-a", "region-b", "prov "),
        ("region-a", "region-b", "PROV 1.2.3"),
        ("region-a", "region-b", "pr\N{CYRILLIC SMALL LETTER O}v 1.2.3"),
    ],
)
def test_it_is_about_nothing_else(giver: str, taker: str, what: str) -> None:
    assert not covers(standing(signed()), giver, taker, what)


def test_it_covers_nothing_while_it_is_not_in_force() -> None:
    assert not covers(standing(proposed()))
    assert not covers(standing(signed(), day=date(2026, 12, 31)))
    assert not covers(standing(signed(), day=date(2028, 1, 1)))
    assert not covers(standing(signed(), ended={signed().digest: DAY}))


def test_of_a_program_whose_region_is_not_known_any_agreement_counts() -> None:
    assert covers(standing(signed()), giver=None)


# Signatures


def test_one_person_cannot_sign_for_both() -> None:
    one = proposed()
    with pytest.raises(SignedProblem) as refused:
        countersign(one, PUBLISHER.signer, PUBLISHER.public, KEYS, DAY)
    assert refused.value.code == "agreement-own-side"
    with pytest.raises(SignedProblem) as again:
        sign(one.envelope, PUBLISHER.signer, "a")
    assert again.value.code == "signed-already"
    twice = replace(one.envelope, signatures=one.envelope.signatures * 2)
    with pytest.raises(SignedProblem) as doubled:
        read_envelope(encode_envelope(twice), "a")
    assert doubled.value.code == "envelope-invalid"


def test_two_keys_of_one_region_are_not_two_regions() -> None:
    one = proposed(by=PUBLISHER_B)
    both = read_agreement(countersign(one, CLINICAL_B.signer, CLINICAL_B.public, KEYS, DAY), "a")
    assert standing(both).state == "proposed"
    whole = read_agreement(countersign(both, PUBLISHER.signer, PUBLISHER.public, KEYS, DAY), "a")
    assert standing(whole).state == "in-force"


def test_with_both_people_of_a_region_it_goes_on_when_the_key_of_one_goes() -> None:
    one = signed()
    both = read_agreement(countersign(one, CLINICAL_B.signer, CLINICAL_B.public, KEYS, DAY), "a")
    for gone in (PUBLISHER_B, CLINICAL_B):
        left = {key_id: key for key_id, key in KEYS.items() if key_id != gone.public.key_id}
        (after,) = standings((both,), {}, left, DAY)
        assert after.state == "in-force"
        assert gone.public.key_id not in {key.key_id for key in after.signed_by}
    left = {id: key for id, key in KEYS.items() if key.region != "region-b"}
    assert standings((both,), {}, left, DAY)[0].state == "proposed"
    with pytest.raises(SignedProblem) as again:
        countersign(both, CLINICAL_B.signer, CLINICAL_B.public, KEYS, DAY)
    assert again.value.code == "agreement-own-side"


def test_what_nobody_trusted_has_signed_is_not_signed_by_a_colleague_either() -> None:
    one = proposed(by=PUBLISHER_B)
    left = {id: key for id, key in KEYS.items() if id != PUBLISHER_B.public.key_id}
    with pytest.raises(SignedProblem) as refused:
        countersign(one, CLINICAL_B.signer, CLINICAL_B.public, left, DAY)
    assert refused.value.code == "agreement-unproposed"


@pytest.mark.parametrize("by", [OUTSIDER, SAFETY])
def test_another_region_and_another_role_cannot_sign(by: Person) -> None:
    with pytest.raises(SignedProblem) as refused:
        propose(TERMS, by.signer, by.public)
    assert refused.value.code == "agreement-signer"
    with pytest.raises(SignedProblem):
        countersign(proposed(), by.signer, by.public, KEYS, DAY)
    with pytest.raises(SignedProblem):
        end(signed(), DAY, by.signer, by.public)
    # Also not by going round the command.
    forced = read_agreement(sign(proposed().envelope, by.signer, "a"), "a")
    assert standing(forced).state == "proposed"


def test_what_nobody_trusted_has_proposed_is_not_countersigned() -> None:
    without = {key_id: key for key_id, key in KEYS.items() if key_id != PUBLISHER.public.key_id}
    for one, keys in ((proposed(), without), (SignedAgreement(TERMS, unsigned(TERMS), "a"), KEYS)):
        with pytest.raises(SignedProblem) as refused:
            countersign(one, PUBLISHER_B.signer, PUBLISHER_B.public, keys, DAY)
        assert refused.value.code == "agreement-unproposed"


def test_what_has_run_out_is_not_countersigned() -> None:
    with pytest.raises(SignedProblem) as refused:
        countersign(proposed(), PUBLISHER_B.signer, PUBLISHER_B.public, KEYS, date(2028, 1, 1))
    assert refused.value.code == "agreement-over"


def test_a_key_that_is_trusted_no_longer_counts_no_longer_and_a_new_one_signs_again() -> None:
    one, new = signed(), person("Ada Ny", "clinical", "region-a")
    without = {key_id: key for key_id, key in KEYS.items() if key_id != PUBLISHER.public.key_id}
    rotated = {**without, new.public.key_id: new.public}
    assert standing(one, keys=rotated).state == "proposed"
    again = read_agreement(countersign(one, new.signer, new.public, rotated, DAY), "a")
    assert standing(again, keys=rotated).state == "in-force"


def test_what_was_changed_after_signing_is_noticed() -> None:
    one = signed()
    more = unsigned(replace(TERMS, uses=20_000)).payload
    forged = read_agreement(replace(one.envelope, payload=more), "a")
    with pytest.raises(SignedProblem) as refused:
        standing(forged)
    assert refused.value.code == "signature-wrong"
    assert standing(one).state == "in-force"


def test_a_signature_on_one_kind_of_document_is_none_on_another() -> None:
    ended = end(signed(), DAY, PUBLISHER.signer, PUBLISHER.public)
    moved = replace(ended, payload_type=AGREEMENT_TYPE)
    with pytest.raises(SignedProblem):
        read_agreement(moved, "a")
    with pytest.raises(SignedProblem) as refused:
        read_agreement(ended, "a")
    assert refused.value.code == "envelope-type"
    as_end = read_end(replace(ended, payload_type=END_TYPE), "a")
    false = replace(as_end, envelope=replace(as_end.envelope, payload_type=AGREEMENT_TYPE))
    with pytest.raises(SignedProblem) as slid:
        ends_that_hold([signed()], [false], KEYS)
    assert slid.value.code == "signature-wrong"


def test_copies_of_an_agreement_are_one() -> None:
    a, b = proposed(), proposed(by=PUBLISHER_B)
    assert a.digest == b.digest
    assert standing(a, b).state == "in-force"
    assert standing(joined([a, b])).state == "in-force"


# The end


@pytest.mark.parametrize("by", [PUBLISHER, PUBLISHER_B, CLINICAL_B])
def test_either_region_ends_it_alone(by: Person) -> None:
    one = signed()
    ended = read_end(end(one, DAY, by.signer, by.public), "e")
    holds = ends_that_hold([one], [ended], KEYS)
    assert holds == {one.digest: DAY}
    assert standing(one, ended=holds).state == "ended"
    assert standing(one, ended=holds, day=DAY - timedelta(days=1)).state == "in-force"


def test_of_two_ends_the_earlier_counts() -> None:
    one = signed()
    days = (DAY, DAY - timedelta(days=10), DAY + timedelta(days=5))
    ends = [read_end(end(one, day, PUBLISHER.signer, PUBLISHER.public), "e") for day in days]
    assert ends_that_hold([one], ends, KEYS) == {one.digest: DAY - timedelta(days=10)}


def test_nobody_else_ends_it() -> None:
    one = signed()
    for region, by in (("region-a", OUTSIDER), ("region-a", PUBLISHER_B), ("region-c", OUTSIDER), ("region-a", SAFETY)):
        content = {"designtool": "agreement-end", "format": 1, "agreement": one.digest, "region": region}
        envelope = enclose(END_TYPE, {**content, "from_day": DAY.isoformat()})
        for forged in (envelope, sign(envelope, by.signer, "e")):
            assert ends_that_hold([one], [read_end(forged, "e")], KEYS) == {}, (region, by)
    other = signed(replace(TERMS, programs=("annat",)))
    ended = read_end(end(other, DAY, PUBLISHER.signer, PUBLISHER.public), "e")
    assert ends_that_hold([one], [ended], KEYS) == {}


# Hostile documents


def content(**changes: Any) -> dict[str, Any]:
    return {**json.loads(unsigned(TERMS).payload), **changes}


@pytest.mark.parametrize(
    "changes",
    [
        {"from": 1},
        {"from": None},
        {"from": ""},
        {"from": "Region-A"},
        {"from": "region-a\n"},
        {"from": "region-\N{CYRILLIC SMALL LETTER A}"},
        {"from": "region-a\N{ZERO WIDTH SPACE}"},
        {"from": "a" * 61},
        {"from": "region-b"},
        {"to": "../region-b"},
        {"programs": []},
        {"programs": "prov"},
        {"programs": ["prov", "prov"]},
        {"programs": ["prov", "annat"]},
        {"programs": ["*"]},
        {"programs": [["prov"]]},
        {"programs": ["prov"] * 201},
        {"programs": ["pr\N{CYRILLIC SMALL LETTER O}v"]},
        {"versions": ""},
        {"versions": "*"},
        {"versions": ">=1" * 40},
        {"versions": ">=2.0 <1.0"},
        {"versions": None},
        {"first_day": "2028-01-01"},
        {"first_day": "2027-13-01"},
        {"first_day": "2027-02-30"},
        {"first_day": "20270101"},
        {"first_day": 20270101},
        {"last_day": "2026-12-31"},
        {"last_day": "9999-99-99"},
        {"uses": 0},
        {"uses": -1},
        {"uses": True},
        {"uses": "200"},
        {"uses": 10**12},
        {"contact": ""},
        {"contact": " a"},
        {"contact": "a\nb"},
        {"contact": "a\N{RIGHT-TO-LEFT OVERRIDE}b"},
        {"contact": "a\N{ZERO WIDTH JOINER}b"},
        {"contact": "a\N{COMBINING RING ABOVE}"},
        {"contact": "a" * 201},
        {"designtool": "agreement-end"},
        {"format": 2},
        {"format": "1"},
        {"more": 1},
        {"From": "region-a"},
    ],
)
def test_terms_that_hold_no_agreement_are_refused(changes: dict[str, Any]) -> None:
    envelope = sign(enclose(AGREEMENT_TYPE, content(**changes)), PUBLISHER.signer, "a")
    with pytest.raises(SignedProblem) as refused:
        read_agreement(envelope, "a")
    assert refused.value.code == "agreement-invalid"
    assert read_agreement(enclose(AGREEMENT_TYPE, content()), "a").agreement == TERMS


@pytest.mark.parametrize("key", sorted(json.loads(unsigned(TERMS).payload)))
def test_nothing_may_be_missing(key: str) -> None:
    with pytest.raises(SignedProblem):
        read_agreement(enclose(AGREEMENT_TYPE, {one: value for one, value in content().items() if one != key}), "a")


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, programs=("prov", "annat")),
        replace(TERMS, taker="region-a"),
        replace(TERMS, versions="1.0"),
        replace(TERMS, last_day=date(2026, 1, 1)),
        replace(TERMS, uses=0),
        replace(TERMS, contact="\u202e"),
    ],
)
def test_such_terms_are_not_proposed(terms: Agreement) -> None:
    with pytest.raises(SignedProblem):
        propose(terms, PUBLISHER.signer, PUBLISHER.public)


def file_of(change: Callable[[bytes], bytes]) -> bytes:
    return change(encode_envelope(signed().envelope))


def nested(depth: int) -> bytes:
    return b'{"payload":' + b"[" * depth + b"]" * depth + b',"payloadType":"a","signatures":[]}'


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "no JSON": lambda data: b"{",
    "a list": lambda data: b"[]",
    "NaN": lambda data: b'{"payload":NaN,"payloadType":"a","signatures":[]}',
    "infinite": lambda data: b'{"payload":1e999,"payloadType":"a","signatures":[]}',
    "deep": lambda data: nested(200),
    "very deep": lambda data: nested(90_000),
    "huge": lambda data: b" " * 300_000,
    "a line after it": lambda data: data + b"\n",
    "blank before it": lambda data: b" " + data,
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "key twice": lambda data: data.replace(b'"payloadType"', b'"payloadType":"x","payloadType"'),
    "key unknown": lambda data: data.replace(b'"payloadType"', b'"payloadTypf":"x","payloadType"'),
    "no UTF-8": lambda data: data.replace(b"designtool", b"designto\xff"),
    "half a character": lambda data: data.replace(b"designtool", b"\\ud800"),
    "other kind": lambda data: data.replace(b"agreement.v1", b"agreement.v2"),
    "signature with spaces": lambda data: data.replace(b'"sig":"', b'"sig":" '),
    "signature cut": lambda data: data.replace(b'==","sig"', b'","sig"').replace(b'=="}', b'"}'),
    "signatures no list": lambda data: data.replace(b'"signatures":[', b'"signatures":{"a":[').replace(b"]}", b"]}}"),
    "payload no base64": lambda data: data.replace(b'"payload":"', b'"payload":"!'),
    "payload empty": lambda data: encode_envelope(Envelope(AGREEMENT_TYPE, b"")),
    "payload not canonical": lambda data: encode_envelope(
        Envelope(AGREEMENT_TYPE, unsigned(TERMS).payload.replace(b":", b": ", 1))
    ),
    "payload key twice": lambda data: encode_envelope(
        Envelope(AGREEMENT_TYPE, unsigned(TERMS).payload.replace(b'"uses"', b'"uses":1,"uses"'))
    ),
    "payload a list": lambda data: encode_envelope(Envelope(AGREEMENT_TYPE, b"[]")),
    "short signature": lambda data: encode_envelope(
        Envelope(AGREEMENT_TYPE, unsigned(TERMS).payload, (Signature("0" * 64, b"x"),))
    ),
    "key id of another form": lambda data: encode_envelope(
        Envelope(AGREEMENT_TYPE, unsigned(TERMS).payload, (Signature("A" * 64, b"x" * 64),))
    ),
    "many signatures": lambda data: encode_envelope(
        Envelope(AGREEMENT_TYPE, unsigned(TERMS).payload, tuple(Signature(f"{n:064x}", b"x" * 64) for n in range(21)))
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_and_keep_no_other_from_counting(name: str, tmp_path: Path) -> None:
    write_agreement(tmp_path, signed())
    (tmp_path / "ond.agreement.json").write_bytes(file_of(HOSTILE[name]))
    found = read_agreement_folder(tmp_path, KEYS)
    (problem,) = found.problems
    assert problem.file == "ond.agreement.json"
    assert problem.message.sv
    assert [one.state for one in found.standings(KEYS, DAY)] == ["in-force"]


def test_a_file_with_a_signature_that_does_not_hold_is_left_out_alone(tmp_path: Path) -> None:
    write_agreement(tmp_path, signed())
    forged = replace(signed().envelope, payload=unsigned(replace(TERMS, programs=("annat",))).payload)
    (tmp_path / "ond.agreement.json").write_bytes(encode_envelope(forged))
    (tmp_path / "mapp.agreement.json").mkdir()
    found = read_agreement_folder(tmp_path, KEYS)
    assert {one.file: one.code for one in found.problems} == {
        "mapp.agreement.json": "envelope-invalid",
        "ond.agreement.json": "signature-wrong",
    }
    assert [one.agreement.programs for one in found.standings(KEYS, DAY)] == [("prov",)]


def test_base64_has_one_form() -> None:
    data = encode_envelope(signed().envelope)
    value = json.loads(data)
    sig = value["signatures"][0]["sig"]
    assert sig.endswith("==")
    last = base64.b64decode(sig)
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        other = f"{sig[:-3]}{letter}=="
        if other != sig and base64.b64decode(other) == last:
            value["signatures"][0]["sig"] = other
            with pytest.raises(SignedProblem):
                read_envelope(canonical_json(value), "a")
            return
    pytest.fail("two forms of the same bytes were to be found")


# Files


def test_files_come_back_as_they_were_written(tmp_path: Path) -> None:
    one = signed()
    path = write_agreement(tmp_path, one)
    again = read_signed_file(path)
    assert isinstance(again, SignedAgreement)
    assert (again.agreement, again.envelope) == (one.agreement, one.envelope)
    assert write_agreement(tmp_path, proposed()) == path, "one agreement has one file"
    write_agreement(tmp_path, one)
    write_end(tmp_path, read_end(end(one, DAY, PUBLISHER_B.signer, PUBLISHER_B.public), "e"))
    found = read_agreement_folder(tmp_path, KEYS)
    assert [one.state for one in found.standings(KEYS, DAY)] == ["ended"]
    assert found_agreement(found.agreements, path.name) == found.agreements
    assert found_agreement(found.agreements, one.digest[:20]) == found.agreements
    assert found_agreement(found.agreements, "sha256:") == found_agreement(found.agreements, "") == ()


def test_the_schemas_are_those_of_what_is_written() -> None:
    ended = end(signed(), DAY, PUBLISHER.signer, PUBLISHER.public)
    jsonschema.validate(json.loads(signed().envelope.payload), schema_of("agreement"))
    jsonschema.validate(json.loads(ended.payload), schema_of("agreement-end"))


def test_all_of_the_terms_are_shown_before_somebody_signs() -> None:
    for shown in (
        "\n".join(line.sv for line in described(TERMS, signed().digest)),
        "\n".join(line.en for line in described(TERMS, signed().digest)),
    ):
        for term in (
            *("region-a", "region-b", "prov", ">=1.0 <2.0", "2027-01-01", "2027-12-31", "200", "avtal@a.example"),
            signed().digest,
        ):
            assert term in shown
    assert "inte begränsat" in "".join(line.sv for line in described(replace(TERMS, uses=None), ""))
    assert "avslutat från 2027-06-01" in told(standing(signed(), ended={signed().digest: DAY})).sv


def test_the_keys_are_those_that_the_federation_vouches_for(tmp_path: Path) -> None:
    made = federations.founded()
    folder = made.trust_folder(tmp_path / "trust")
    with pytest.raises(Exception, match="trust-empty"):
        region_keys(folder)
    refresh(made.store, folder, federations.NOW)
    found = region_keys(folder)
    assert {key.holder for key in found.values()} == {"Anna Ek", "Bo Alm", "Cia Rönn", "Dag Asp"}
    assert standing(signed(), keys=found).state == "in-force"


def test_every_code_says_something_in_both_languages() -> None:
    for code, text in SIGNED_PROBLEMS.items():
        assert text.sv != text.en, code
