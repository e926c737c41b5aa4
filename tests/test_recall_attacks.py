"""What was recalled stays recalled until two people have lifted it: whatever one of them, or a stranger, does to the list."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import federations
import pytest
from federations import (
    CLINICAL,
    CLINICAL_B,
    DAY,
    FIRST,
    FOUNDERS,
    NOW,
    ONLINE,
    PUBLISHER,
    SAFETY,
    Federation,
    MemoryStore,
    Person,
    ask,
    contents,
    forged,
    person,
    release,
)
from hypothesis import given
from hypothesis import strategies as st
from tuf.api.metadata import MetaFile, TargetFile

from designtool.share.envelope import encode_envelope, sign
from designtool.share.federation import publication
from designtool.share.federation.copying import take_over
from designtool.share.federation.draft import describe, metadata_of
from designtool.share.federation.metadata_store import file_name
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.trust import SEEN_FILE, mirror_of, read_seen
from designtool.share.recalls.entries import LONGEST_TEXT, Level, Recall, entry_of, is_weaker
from designtool.share.recalls.lifts import Lift, new_lift, read_lift, sign_lift
from designtool.share.recalls.listing import (
    draft_lift,
    draft_recall,
    entries_in,
    lift_for,
    recalls,
    recalls_in,
    remembered_recalls,
)
from designtool.share.signed_problems import SignedProblem

NAME = "region-a/prov/1.0.0"
RELEASE = release(NAME).name
PATH = f"recall/{NAME}"
STOP = Recall(
    RELEASE, "stop-use", "Fel i fönstret.", "1.0.1", ("fonstret",), "Gå tillbaka.\n\nHör av dig.", "Prata om det."
)
MILD = Recall(RELEASE, "no-new-patients", "Fel i fönstret.")
SAFETY_B = person("Eva Säker", "safety", "region-b")
BOTH = person("Sam  SÄKER", "clinical", "region-a")
"""The safety officer's other key."""


@pytest.fixture
def made() -> Federation:
    return federations.founded()


@pytest.fixture
def folder(made: Federation, tmp_path: Path) -> Path:
    return made.trust_folder(tmp_path / "trust")


def recall(made: Federation, wanted: Recall = STOP, lift: Lift | None = None) -> None:
    made.adopt(draft_recall(made.store, wanted, NOW, lift), SAFETY)
    made.stamp()


def a_lift(made: Federation, *people: Person) -> Lift:
    """As it would be if the command let anybody sign."""
    return signed_lift(lift_for(made.store, RELEASE, "Rättat i gränssnittet.", date(2026, 11, 23)), *people)


def signed_lift(lift: Lift, *people: Person) -> Lift:
    for one in people:
        lift = replace(lift, envelope=sign(lift.envelope, one.signer, "lift"))
    return lift


def lift(made: Federation, *people: Person) -> None:
    made.adopt(draft_lift(made.store, a_lift(made, *(people or (SAFETY, CLINICAL))), NOW), SAFETY)
    made.stamp()


def levels(folder: Path) -> list[tuple[str, int]]:
    return [(one.level, one.number) for one in recalls(folder)]


def forge(made: Federation, change: Callable[[Any], None], version: int | None = None) -> MemoryStore:
    """A list as a safety officer alone can sign it, stamped by somebody who has the online key too."""
    attack = made.store.copy()
    data = forged(attack, "recall", lambda signed: (change(signed), _later(signed))[0], [SAFETY])
    number = metadata_of(data, "recall").signed.version
    attack.files[file_name("recall", number)] = data
    restamp(attack, number)
    return attack


def _later(signed: Any) -> None:
    signed.version += 1


def restamp(attack: MemoryStore, number: int) -> None:
    newest = max(attack.versions("snapshot"))
    data = attack.files[file_name("recall", number)]

    def pointed(snapshot: Any) -> None:
        snapshot.meta["recall.json"] = MetaFile.from_data(number, data, ["sha256"])
        snapshot.version += 1

    snapshot = forged(attack, "snapshot", pointed, [ONLINE], newest)
    attack.files[file_name("snapshot", newest + 1)] = snapshot

    def stamped(timestamp: Any) -> None:
        timestamp.snapshot_meta = MetaFile.from_data(newest + 1, snapshot, ["sha256"])
        timestamp.version += 1

    attack.files["timestamp.json"] = forged(attack, "timestamp", stamped, [ONLINE])


def change_entry(**custom: Any) -> Callable[[Any], None]:
    def change(signed: Any) -> None:
        target = signed.targets[PATH]
        fields = {key: value for key, value in {**target.custom, **custom}.items() if value is not None}
        signed.targets[PATH] = TargetFile(target.length, target.hashes, PATH, unrecognized_fields={"custom": fields})

    return change


def drop(signed: Any) -> None:
    del signed.targets[PATH]


# What holds


def test_the_life_of_a_recall_and_its_lift(made: Federation, folder: Path) -> None:
    assert ask(made.store, folder) == "trusted"
    recall(made)
    assert ask(made.store, folder) == "recalled"
    (known,) = recalls(folder)
    assert (known.level, known.parts, known.number, known.bundle) == ("stop-use", ("fonstret",), 1, FIRST)
    assert (known.patient_text, known.therapist_text) == (STOP.patient_text, STOP.therapist_text)
    lift(made)
    assert recalls_in(made.store) == ()
    assert ask(made.store, folder) == "trusted"
    assert recalls(folder) == ()
    seen = read_seen(folder / SEEN_FILE)
    assert seen is not None
    assert seen.recalls == ()
    recall(made, MILD)
    assert ask(made.store, folder) == "recalled"
    assert levels(folder) == [("no-new-patients", 2)]
    lift(made)
    assert ask(made.store, folder) == "trusted"


def test_one_who_has_missed_what_happened_meanwhile_ends_in_the_same_place(made: Federation, folder: Path) -> None:
    recall(made, MILD)
    assert ask(made.store, folder) == "recalled"
    recall(made, STOP)
    lift(made)
    assert ask(made.store, folder) == "trusted", "the lift of a later recall is one of the earlier too"
    recall(made, MILD)
    assert ask(made.store, folder) == "recalled"
    assert levels(folder) == [("no-new-patients", 3)]


def test_a_recall_is_weakened_by_two(made: Federation, folder: Path) -> None:
    recall(made)
    assert ask(made.store, folder) == "recalled"
    with pytest.raises(SignedProblem, match="lift-needed"):
        draft_recall(made.store, MILD, NOW)
    recall(made, MILD, a_lift(made, SAFETY, CLINICAL))
    assert ask(made.store, folder) == "recalled"
    assert levels(folder) == [("no-new-patients", 2)]
    recall(made, replace(MILD, reason="Ett bättre skäl."))
    assert ask(made.store, folder) == "recalled"
    assert levels(folder) == [("no-new-patients", 3)], "no lift is needed for what stops as much"
    info = replace(MILD, level="info")
    recall(made, info, a_lift(made, CLINICAL, SAFETY))
    assert ask(made.store, folder) == "trusted", "information stops nothing"
    assert levels(folder) == [("info", 4)]


def test_a_newcomer_knows_a_weakened_recall_as_it_is_now(made: Federation, tmp_path: Path) -> None:
    recall(made)
    recall(made, MILD, a_lift(made, SAFETY, CLINICAL))
    recall(made, STOP)
    newcomer = made.trust_folder(tmp_path / "new")
    assert ask(made.store, newcomer) == "recalled"
    assert levels(newcomer) == [("stop-use", 3)]


def test_another_region_that_has_no_release_is_not_asked(made: Federation, folder: Path) -> None:
    made.release("region-b/annat/1.0.0")
    recall(made, replace(MILD, release=release("region-b/annat/1.0.0").name))
    assert ask(made.store, folder) == "trusted"
    assert ask(made.store, folder, name="region-b/annat/1.0.0") == "recalled"


# Lifts that do not hold


def _without_people(made: Federation) -> Lift:
    return a_lift(made)


def _by_safety_alone(made: Federation) -> Lift:
    return a_lift(made, SAFETY)


def _by_clinical_alone(made: Federation) -> Lift:
    return a_lift(made, CLINICAL)


def _by_clinical_of_another_region(made: Federation) -> Lift:
    return a_lift(made, SAFETY, CLINICAL_B)


def _by_the_publisher(made: Federation) -> Lift:
    return a_lift(made, SAFETY, PUBLISHER)


def _by_a_stranger(made: Federation) -> Lift:
    return a_lift(made, SAFETY, person("Någon", "clinical", "region-a"))


def _by_a_founder(made: Federation) -> Lift:
    return a_lift(made, SAFETY, FOUNDERS[0])


def _for_another_digest(made: Federation) -> Lift:
    return signed_lift(new_lift(NAME, "sha256:" + "ab" * 32, 1, "Rättat.", date(2026, 11, 23)), SAFETY, CLINICAL)


def _for_a_number_to_come(made: Federation) -> Lift:
    entry = recalls_in(made.store)[0]
    return signed_lift(new_lift(NAME, entry.digest, 1000, "Rättat.", date(2026, 11, 23)), SAFETY, CLINICAL)


def _for_another_release(made: Federation) -> Lift:
    entry = recalls_in(made.store)[0]
    other = "region-a/prov/1.0.1"
    return signed_lift(new_lift(other, entry.digest, 1, "Rättat.", date(2026, 11, 23)), SAFETY, CLINICAL)


def _with_a_changed_reason(made: Federation) -> Lift:
    whole = a_lift(made, SAFETY, CLINICAL)
    other = new_lift(whole.release, whole.recall, whole.number, "Något annat.", whole.day)
    return replace(other, envelope=replace(other.envelope, signatures=whole.envelope.signatures))


def _with_one_signature_twice(made: Federation) -> Lift:
    """The same signature under two key ids."""
    whole = a_lift(made, SAFETY)
    (one,) = whole.envelope.signatures
    again = replace(one, key_id=CLINICAL.public.key_id)
    return replace(whole, envelope=replace(whole.envelope, signatures=(one, again)))


@pytest.mark.parametrize(
    "wrong",
    [
        _without_people,
        _by_safety_alone,
        _by_clinical_alone,
        _by_clinical_of_another_region,
        _by_the_publisher,
        _by_a_stranger,
        _by_a_founder,
        _for_another_digest,
        _for_a_number_to_come,
        _for_another_release,
        _with_a_changed_reason,
        _with_one_signature_twice,
    ],
)
def test_a_lift_that_does_not_hold_lifts_nothing(
    wrong: Callable[[Federation], Lift], made: Federation, folder: Path
) -> None:
    recall(made)
    assert ask(made.store, folder) == "recalled"
    before, store = contents(folder), dict(made.store.files)
    bad = wrong(made)
    with pytest.raises(SignedProblem) as refused:
        draft_lift(made.store, bad, NOW)
    assert refused.value.code in ("lift-signatures", "lift-other", "recall-unknown")
    attack = forge(made, change_entry(lift=encode_envelope(bad.envelope).decode()))
    draft = publication.draft_renewal(attack, "recall", NOW)
    with pytest.raises(TrustProblem) as not_adopted:
        publication.adopt(
            replace(draft, metadata=attack.files["3.recall.json"], before=made.store.files["2.recall.json"]), made.store
        )
    assert not_adopted.value.code == "recall-lift"
    assert made.store.files == store
    assert ask(attack, folder) == "recalled"
    assert levels(folder) == [("stop-use", 1)]
    assert contents(folder).keys() == before.keys()
    lift(made)
    assert ask(made.store, made_newer(made, attack, folder)) == "trusted", "the untampered twin"


def made_newer(made: Federation, attack: MemoryStore, folder: Path) -> Path:
    """The true federation goes on until its numbers are beyond the attacker's."""
    for _ in range(3):
        made.adopt(publication.draft_renewal(made.store, "recall", NOW), SAFETY)
        made.stamp()
    return folder


def test_one_person_with_two_keys_does_not_lift(made: Federation, folder: Path) -> None:
    for draft in publication.draft_key_change(made.store, "region-a", None, BOTH.public, NOW):
        made.adopt(draft, *(FOUNDERS[:2] if draft.role == "targets" else (PUBLISHER, CLINICAL)))
    recall(made)
    assert ask(made.store, folder) == "recalled"
    with pytest.raises(SignedProblem, match="lift-signatures"):
        draft_lift(made.store, a_lift(made, SAFETY, BOTH), NOW)
    keys = (SAFETY.public, BOTH.public, CLINICAL.public)
    first = sign_lift(a_lift(made), SAFETY.signer, SAFETY.public, keys)
    with pytest.raises(SignedProblem, match="lift-same-person"):
        sign_lift(first, BOTH.signer, BOTH.public, keys)
    with pytest.raises(SignedProblem, match="signed-already"):
        sign_lift(first, SAFETY.signer, SAFETY.public, keys)
    with pytest.raises(SignedProblem, match="lift-signer"):
        sign_lift(first, CLINICAL_B.signer, CLINICAL_B.public, (*keys, CLINICAL_B.public))
    with pytest.raises(SignedProblem, match="lift-signer"):
        sign_lift(first, PUBLISHER.signer, PUBLISHER.public, (*keys, PUBLISHER.public))
    whole = sign_lift(first, CLINICAL.signer, CLINICAL.public, keys)
    made.adopt(draft_lift(made.store, whole, NOW), SAFETY)
    made.stamp()
    assert ask(made.store, folder) == "trusted"


def test_a_lift_is_not_replayed_for_a_later_recall(made: Federation, folder: Path) -> None:
    recall(made)
    old = a_lift(made, SAFETY, CLINICAL)
    lift(made)
    recall(made)
    assert ask(made.store, folder) == "recalled"
    with pytest.raises(SignedProblem, match="lift-other"):
        draft_lift(made.store, old, NOW)
    with pytest.raises(SignedProblem, match="lift-other"):
        draft_recall(made.store, replace(MILD, level="info"), NOW, old)
    text = encode_envelope(old.envelope).decode()
    for change, is_stamped in (
        # The lift of the first recall stands beside the second rightly, and lifts nothing of it.
        (change_entry(lift=text), True),
        (change_entry(lift=text, number=1), False),
        (change_entry(lift=text, level="info", parts=None, patient_text=None, therapist_text=None, number=3), False),
    ):
        attack, pushed = forge(made, change), made.store.copy()
        assert ask(attack, made_folder(made, folder)) == "recalled"
        (number,) = attack.files.keys() - {*made.store.files, *(name for name in attack.files if "snapshot" in name)}
        pushed.files[number] = attack.files[number]
        if is_stamped:
            publication.stamp(pushed, [ONLINE.signer], NOW)
            continue
        with pytest.raises(TrustProblem, match="recall-weakened"):
            publication.stamp(pushed, [ONLINE.signer], NOW)


def made_folder(made: Federation, folder: Path) -> Path:
    """A client that has seen what is true, and nothing of another attack."""
    fresh = folder.with_name(f"{folder.name}-{len(list(folder.parent.iterdir()))}")
    made.trust_folder(fresh)
    assert ask(made.store, fresh) == "recalled"
    return fresh


# Lists that stop less


@pytest.mark.parametrize(
    "change",
    [
        drop,
        change_entry(level="no-new-patients", parts=None, patient_text=None, therapist_text=None),
        change_entry(level="info", parts=None, patient_text=None, therapist_text=None, number=2),
        change_entry(level="okänd", number=2),
        change_entry(parts=["annat"], number=2),
        change_entry(parts=["annat"]),
        lambda signed: signed.targets.clear(),
    ],
)
def test_a_list_that_stops_less_is_neither_stamped_nor_believed(
    change: Callable[[Any], None], made: Federation, folder: Path
) -> None:
    recall(made)
    assert ask(made.store, folder) == "recalled"
    attack = forge(made, change)
    assert ask(attack, folder) == "recalled"
    known = recalls(folder)
    assert any(one.level == "stop-use" and "fonstret" in one.parts for one in known)
    # The file alone, as somebody who may push it: not stamped, and not adopted either.
    pushed = made.store.copy()
    pushed.files["3.recall.json"] = attack.files["3.recall.json"]
    before = dict(pushed.files)
    with pytest.raises(TrustProblem, match="recall-weakened"):
        publication.stamp(pushed, [ONLINE.signer], NOW)
    assert pushed.files == before
    draft = replace(publication.draft_renewal(made.store, "recall", NOW), metadata=attack.files["3.recall.json"])
    with pytest.raises(TrustProblem, match=r"recall-weakened|recall-invalid"):
        publication.adopt(draft, made.store)
    assert "3.recall.json" not in made.store.files
    # The untampered twin: the same list once more is taken.
    made.adopt(publication.draft_renewal(made.store, "recall", NOW), SAFETY)
    made.stamp()


def test_what_has_gone_from_the_list_is_in_force_until_it_is_lifted(made: Federation, folder: Path) -> None:
    recall(made)
    assert ask(made.store, folder) == "recalled"
    attack = forge(made, drop)
    assert ask(attack, folder) == "recalled"
    assert ask(attack, folder) == "recalled", "and the next time too"
    lift(made)
    made.stamp()
    made.stamp()
    assert ask(made.store, made_newer(made, attack, folder)) == "trusted"


def test_after_the_recall_key_is_changed_the_list_still_may_not_stop_less(made: Federation, folder: Path) -> None:
    recall(made)
    assert ask(made.store, folder) == "recalled"
    drafts = publication.draft_key_change(made.store, "recall", SAFETY.public.key_id, SAFETY_B.public, NOW)
    made.adopt(drafts[0], *FOUNDERS[:2])
    empty = metadata_of(drafts[1].metadata, "recall")
    empty.signed.targets.clear()
    with pytest.raises(TrustProblem, match="recall-weakened"):
        made.adopt(replace(drafts[1], metadata=empty.to_bytes()), SAFETY_B)
    made.adopt(drafts[1], SAFETY_B)
    made.stamp()
    assert ask(made.store, folder) == "recalled"
    with pytest.raises(SignedProblem, match="lift-signatures"):
        draft_lift(made.store, a_lift(made, SAFETY, CLINICAL), NOW)
    made.adopt(draft_lift(made.store, a_lift(made, SAFETY_B, CLINICAL), NOW), SAFETY_B)
    made.stamp()
    assert ask(made.store, folder) == "trusted"


def test_a_lift_with_a_key_that_has_gone_holds_no_more(made: Federation, folder: Path) -> None:
    recall(made)
    lift(made)
    assert ask(made.store, folder) == "trusted"
    other = person("Disa Lind", "clinical", "region-a")
    for draft in publication.draft_key_change(made.store, "region-a", CLINICAL.public.key_id, other.public, NOW):
        made.adopt(draft, *(FOUNDERS[:2] if draft.role == "targets" else (PUBLISHER, other)))
    made.stamp()
    assert ask(made.store, folder) == "recalled"
    made.adopt(draft_lift(made.store, a_lift(made, SAFETY, other), NOW), SAFETY)
    made.stamp()
    assert ask(made.store, folder) == "trusted"


def test_an_older_list_is_not_taken_for_a_newer_one(made: Federation, folder: Path) -> None:
    old = made.store.copy()
    recall(made)
    assert ask(made.store, folder) == "recalled"
    before = contents(folder)
    assert ask(old, folder) == "metadata-rollback"
    assert contents(folder) == before
    mixed = made.store.copy()
    restamp(mixed, 1)
    assert ask(made.store, folder) == "recalled"
    assert ask(mixed, folder) == "metadata-rollback"
    assert levels(folder) == [("stop-use", 1)]


def test_a_trust_folder_that_was_put_back_is_noticed_and_the_recall_counts(made: Federation, tmp_path: Path) -> None:
    folder = made.trust_folder(tmp_path / "trust")
    assert ask(made.store, folder) == "trusted"
    saved, old = contents(folder), made.store.copy()
    recall(made)
    assert ask(made.store, folder) == "recalled"
    witness = read_seen(folder / SEEN_FILE)
    assert witness is not None
    assert [entry.recall.level for entry in witness.recalls] == ["stop-use"]
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            path.unlink()
    for name, data in saved.items():
        (folder / name).write_bytes(data)
    assert ask(old, folder, witness=witness) == "trust-restored"
    assert [one.level for one in recalls(folder, witness)] == ["stop-use"]
    assert recalls(folder) == (), "which is what the second place is for"
    assert ask(made.store, folder, witness=witness) == "recalled"


def test_the_witness_knows_what_an_attacker_with_both_keys_drops(made: Federation, tmp_path: Path) -> None:
    first, other = made.trust_folder(tmp_path / "a"), made.trust_folder(tmp_path / "b")
    recall(made)
    assert ask(made.store, first) == "recalled"
    witness = read_seen(first / SEEN_FILE)
    attack = forge(made, drop)
    assert ask(attack, other) == "trusted", "one that has never seen it cannot know"
    assert ask(attack, made.trust_folder(tmp_path / "c"), witness=witness) == "recalled"


def test_what_is_taken_over_is_remembered(made: Federation, folder: Path) -> None:
    recall(made)
    take_over(made.store, folder, NOW)
    assert levels(folder) == [("stop-use", 1)]
    take_over(forge(made, drop), folder, NOW)
    assert levels(folder) == [("stop-use", 1)]
    assert ask(mirror_of(folder), folder) == "recalled"


def test_expired_metadata_still_recalls(made: Federation, folder: Path) -> None:
    recall(made)
    assert ask(made.store, folder) == "recalled"
    assert ask(made.store, folder, NOW + 400 * DAY) == "metadata-expired"
    assert levels(folder) == [("stop-use", 1)]


# What cannot be read


@pytest.mark.parametrize(
    ("change", "level", "parts"),
    [
        (change_entry(level="okänd"), "no-new-patients", ()),
        (change_entry(level=None), "no-new-patients", ()),
        (change_entry(level=["info"]), "no-new-patients", ()),
        (change_entry(level="info"), "no-new-patients", ()),
        (
            change_entry(level="info", parts=None, patient_text=None, therapist_text=None, reason=7),
            "no-new-patients",
            (),
        ),
        (
            change_entry(level="info", parts=None, patient_text=None, therapist_text=None, number=0),
            "no-new-patients",
            (),
        ),
        (
            change_entry(level="info", parts=None, patient_text=None, therapist_text=None, until="i morgon"),
            "no-new-patients",
            (),
        ),
        (change_entry(parts=None), "stop-use", ("all",)),
        (change_entry(parts=[]), "stop-use", ("all",)),
        (change_entry(parts="fonstret"), "stop-use", ("all",)),
        (change_entry(parts=["fonstret", 7]), "stop-use", ("all",)),
        (change_entry(parts=["fonstret", "all"]), "stop-use", ("all",)),
        (change_entry(patient_text="x" * (LONGEST_TEXT + 1)), "stop-use", ("fonstret",)),
        (change_entry(patient_text="\u202eabc"), "stop-use", ("fonstret",)),
        (change_entry(therapist_text=None), "stop-use", ("fonstret",)),
        (change_entry(reason="rad\nrad"), "stop-use", ("fonstret",)),
        (change_entry(replacement="nyare"), "stop-use", ("fonstret",)),
    ],
)
def test_what_cannot_be_read_never_means_less(
    change: Callable[[Any], None], level: Level, parts: tuple[str, ...], made: Federation, tmp_path: Path
) -> None:
    recall(made)
    attack = forge(made, change)
    newcomer = made.trust_folder(tmp_path / "new")
    assert ask(attack, newcomer) == "recalled"
    (known,) = recalls(newcomer)
    assert (known.level, known.parts, known.damaged) == (level, parts, True)
    assert "\u202e" not in known.patient_text
    draft = replace(publication.draft_renewal(made.store, "recall", NOW), metadata=attack.files["3.recall.json"])
    with pytest.raises(TrustProblem, match="recall-invalid"):
        publication.adopt(draft, made.store)
    shown = "\n".join(line.sv for line in describe(draft))
    assert "Allt går inte att läsa" in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("path", ["region-a/prov/1.0.0", "recall/region-a/prov/1.0", "recall/region-a/prov/1.0.0 "])
def test_a_recall_of_nobody_knows_what_lets_nothing_begin(path: str, made: Federation, tmp_path: Path) -> None:
    recall(made)

    def change(signed: Any) -> None:
        target = signed.targets[PATH]
        signed.targets[path] = TargetFile(target.length, target.hashes, path, unrecognized_fields={})

    made.release("region-b/annat/1.0.0")
    attack = forge(made, change)
    code = ask(attack, made.trust_folder(tmp_path / "new"), name="region-b/annat/1.0.0")
    assert code in ("federation-rules", "target-name")


@given(
    custom=st.dictionaries(
        st.sampled_from(["level", "number", "reason", "replacement", "parts", "patient_text", "lift", "annat"]),
        st.none()
        | st.booleans()
        | st.integers(-3, 3)
        | st.text(max_size=5)
        | st.lists(st.text(max_size=3), max_size=2),
    )
    | st.text(max_size=3)
    | st.none()
)
def test_whatever_stands_in_an_entry_it_recalls(custom: Any) -> None:
    content = {"path": PATH, "length": 1, "hashes": {"sha256": FIRST[7:]}, "custom": custom}
    entry = entry_of(content)
    assert entry is not None
    assert entry.recall.level in ("stop-use", "no-new-patients")
    again = entry_of(json.loads(json.dumps(entry.content)))
    assert again is not None
    assert again.recall == entry.recall, "as it is remembered"


@given(
    one=st.tuples(
        st.sampled_from(["stop-use", "no-new-patients", "info"]),
        st.sets(st.sampled_from(["a", "b", "all"]), max_size=2),
    ),
    other=st.tuples(
        st.sampled_from(["stop-use", "no-new-patients", "info"]),
        st.sets(st.sampled_from(["a", "b", "all"]), max_size=2),
    ),
)
def test_of_two_different_recalls_one_is_weaker(one: Any, other: Any) -> None:
    first, second = (Recall(RELEASE, level, "Fel.", parts=tuple(sorted(parts))) for level, parts in (one, other))
    assert not is_weaker(first, first)
    if not is_weaker(first, second) and not is_weaker(second, first):
        assert first.level == second.level
        assert set(first.parts) == set(second.parts) or ("all" in first.parts and "all" in second.parts)


# What is shown and written


def test_all_of_a_recall_is_shown_before_it_is_signed(made: Federation) -> None:
    text = "\n\n".join(f"Stycke {number}. " + "Orden fortsätter. " * 12 for number in range(15)).strip()
    long = replace(STOP, patient_text="\n".join(line.strip() for line in text.split("\n")))
    draft = draft_recall(made.store, long, NOW)
    shown = "\n".join(line.sv for line in describe(draft))
    for piece in (
        *(f"Stycke {number}." for number in range(15)),
        "Prata om det.",
        "fonstret",
        "stop-use",
        "1.0.1",
        FIRST[7:],
    ):
        assert piece in shown, piece
    assert shown.count("← NYTT") > 10
    made.adopt(draft, SAFETY)
    lifted = draft_lift(made.store, a_lift(made, SAFETY, CLINICAL), NOW)
    shown = "\n".join(line.sv for line in describe(lifted))
    for piece in ("Häver återkallelse nummer 1", "Rättat i gränssnittet.", "2026-11-23", CLINICAL.public.key_id[:12]):
        assert piece in shown, piece


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"parts": ()}, "recall-parts"),
        ({"parts": ("Fönstret",)}, "recall-parts"),
        ({"parts": ("a", "a")}, "recall-parts"),
        ({"parts": ("a", "all")}, "recall-parts"),
        ({"patient_text": ""}, "recall-text"),
        ({"therapist_text": ""}, "recall-text"),
        ({"patient_text": "x" * (LONGEST_TEXT + 1)}, "recall-text"),
        ({"patient_text": "Klicka <a href='x'>här</a>."}, "recall-text"),
        ({"patient_text": "Det är **viktigt**."}, "recall-text"),
        ({"patient_text": "# Rubrik"}, "recall-text"),
        ({"patient_text": "a\u200b\u0000"}, "recall-text"),
        ({"patient_text": "e\u0301"}, "recall-text"),
        ({"level": "info"}, "recall-parts-level"),
        ({"level": "no-new-patients"}, "recall-parts-level"),
    ],
)
def test_what_is_no_whole_recall_is_not_drafted(changes: dict[str, Any], code: str, made: Federation) -> None:
    with pytest.raises(SignedProblem) as refused:
        draft_recall(made.store, replace(STOP, **changes), NOW)
    assert refused.value.code == code
    assert draft_recall(made.store, replace(STOP, patient_text="Sov mer än 5 timmar, men < 9."), NOW)


def test_only_a_recall_that_stands_is_lifted(made: Federation) -> None:
    with pytest.raises(SignedProblem, match="recall-unknown"):
        lift_for(made.store, RELEASE, "Rättat.", date(2026, 11, 23))
    recall(made)
    with pytest.raises(SignedProblem, match="recall-reason"):
        lift_for(made.store, RELEASE, "", date(2026, 11, 23))
    lift(made)
    with pytest.raises(SignedProblem, match="recall-unknown"):
        lift_for(made.store, RELEASE, "Rättat.", date(2026, 11, 23))
    ((known, lifted),) = entries_in(made.store)
    assert (known.number, lifted is not None and lifted.reason) == (1, "Rättat i gränssnittet.")


def test_a_lift_has_one_form_alone(made: Federation) -> None:
    recall(made)
    whole = a_lift(made, SAFETY, CLINICAL)
    data = encode_envelope(whole.envelope)
    assert read_lift(data, "a") == whole
    for broken in (b"", b"{}", data[:-1], data + b" ", b"\xff", data.replace(b"recall-lift", b"agreement..")):
        with pytest.raises(SignedProblem, match=r"lift-invalid|envelope-"):
            read_lift(broken, "a")


# Files that are damaged


@pytest.mark.parametrize("name", [SEEN_FILE, "client/recall.json", "client/targets.json", "witness.json"])
@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b'{"recalls": 3}'])
def test_a_damaged_file_forgets_nothing(name: str, data: bytes, made: Federation, folder: Path) -> None:
    recall(made)
    assert ask(made.store, folder) == "recalled"
    witness = folder / "witness.json"
    witness.write_bytes((folder / SEEN_FILE).read_bytes())
    assert remembered_recalls(folder, witness)[1] is None
    (folder / name).write_bytes(data)
    found, problem = remembered_recalls(folder, witness)
    assert [one.level for one in found] == ["stop-use"]
    assert problem is not None
    if name == SEEN_FILE:
        assert ask(made.store, folder) == "trust-damaged"
