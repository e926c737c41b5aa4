"""Attacks on what is signed: each has a stable code, leaves the trust folder as it was, and its untampered twin is accepted."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

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
    PUBLISHER_B,
    SAFETY,
    SECOND,
    Federation,
    MemoryStore,
    ask,
    contents,
    forged,
    founded,
    person,
    point,
    release,
    restamp,
    signed,
)
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import DelegatedRole, Delegations, TargetFile

from designtool.share.federation import publication
from designtool.share.federation.draft import draft_of, metadata_of
from designtool.share.federation.problems import TRUST_PROBLEMS, TrustProblem
from designtool.share.federation.trust import Limits, NotTrusted, Trusted, create_trust_folder, read_seen, trusted

NAME = "region-a/prov/1.0.0"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def made() -> Federation:
    return founded()


@pytest.fixture
def folder(made: Federation, tmp_path: Path) -> Path:
    return made.trust_folder(tmp_path / "trust")


def refused(store: MemoryStore, folder: Path, now: Any = NOW, **more: Any) -> str:
    """The code, after a look that the attack has left the trust folder and the store as they were."""
    before, files = contents(folder), dict(store.files)
    code = ask(store, folder, now, **more)
    assert code != "trusted"
    assert contents(folder) == before
    assert store.files == files
    return code


def test_a_released_bundle_is_trusted_and_says_who_signed(made: Federation, folder: Path) -> None:
    answer = trusted(FIRST, NAME, made.store, folder, NOW)
    assert isinstance(answer, Trusted)
    assert [(one.holder, one.role) for one in answer.signers] == [("Anna Ek", "publisher"), ("Bo Alm", "clinical")]
    assert (answer.title, answer.size, answer.digest) == ("Provet", 5000, FIRST)
    assert answer.expires == NOW + 7 * DAY
    seen = read_seen(folder / "seen.json")
    assert seen is not None
    assert dict(seen.releases) == {NAME: FIRST}
    assert seen.versions == {"root": 1, "targets": 3, "snapshot": 1, "timestamp": 1}


def test_other_bytes_another_name_and_an_unknown_region_are_not_trusted(made: Federation, folder: Path) -> None:
    assert ask(made.store, folder) == "trusted"
    assert refused(made.store, folder, digest=SECOND) == "target-other"
    assert refused(made.store, folder, name="region-a/prov/1.0.1") == "target-unknown"
    assert refused(made.store, folder, name="region-a/annat/1.0.0") == "target-unknown"
    assert refused(made.store, folder, name="region-c/prov/1.0.0") == "role-unknown"
    assert refused(made.store, folder, name="recall/prov/1.0.0") == "target-name"
    for text in ("", "region-a/prov", "region-a/../1.0.0", "Region-a/prov/1.0.0", "region-a/prov/1.0", "a/b/c/1.0.0"):
        assert refused(made.store, folder, name=text) == "target-name"
    assert ask(made.store, folder) == "trusted"


def test_nothing_is_trusted_without_a_root_from_paper(made: Federation, tmp_path: Path) -> None:
    root = made.store.files["1.root.json"]
    assert ask(made.store, tmp_path / "none") == "trust-missing"
    with pytest.raises(TrustProblem) as wrong:
        create_trust_folder(tmp_path / "trust", root, FIRST)
    assert wrong.value.code == "root-digest"
    assert not (tmp_path / "trust").exists()
    create_trust_folder(tmp_path / "trust", root, made.paper.upper())
    with pytest.raises(TrustProblem) as again:
        create_trust_folder(tmp_path / "trust", root, made.paper)
    assert again.value.code == "trust-exists"
    one = forged(made.store, "root", lambda signed: None, FOUNDERS[:1])
    with pytest.raises(TrustProblem) as unsigned:
        create_trust_folder(tmp_path / "other", one, made.paper)
    assert unsigned.value.code == "metadata-signatures"


# Freshness


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_rollback_of_each_role(made: Federation, folder: Path, role: str) -> None:
    """An attacker with the old files, and for the later roles with the online key too."""
    old = made.store.copy()
    made.release("region-a/prov/1.1.0", SECOND, LATER)
    (draft,) = publication.draft_region(made.store, "region-c", _pair("region-c"), LATER)
    made.adopt(draft, *FOUNDERS[:2])
    made.stamp(LATER)
    assert ask(made.store, folder, LATER) == "trusted"
    attack = made.store.copy()
    if role == "timestamp":
        attack.files["timestamp.json"] = old.files["timestamp.json"]
    elif role == "snapshot":
        attack.files["timestamp.json"] = forged(
            attack, "timestamp", lambda it: point(it, 1, old.files["1.snapshot.json"], 9), [ONLINE]
        )
    else:

        def older(snapshot: Any) -> None:
            snapshot.version = 9
            snapshot.meta["targets.json"].version = 3
            snapshot.meta["targets.json"].hashes = snapshot.meta["targets.json"].length = None

        attack.files["9.snapshot.json"] = forged(attack, "snapshot", older, [ONLINE], 3)
        attack.files["timestamp.json"] = forged(
            attack, "timestamp", lambda it: point(it, 9, attack.files["9.snapshot.json"], 9), [ONLINE]
        )
    if role == "targets":
        # What the online key says of the time is believed; what it says of the regions is not.
        assert ask(attack, folder, LATER) == "metadata-rollback"
        assert metadata_of((folder / "client/targets.json").read_bytes(), "targets").signed.version == 4
    else:
        assert refused(attack, folder, LATER) == "metadata-rollback"
        assert ask(made.store, folder, LATER) == "trusted"


def test_a_region_cannot_be_set_back_without_its_keys(made: Federation, folder: Path) -> None:
    made.release("region-a/prov/1.1.0", SECOND, LATER)
    assert ask(made.store, folder, LATER) == "trusted"
    attack = made.store.copy()

    def older(snapshot: Any) -> None:
        snapshot.version = 9
        snapshot.meta["region-a.json"].version = 1
        snapshot.meta["region-a.json"].hashes = snapshot.meta["region-a.json"].length = None

    attack.files["9.snapshot.json"] = forged(attack, "snapshot", older, [ONLINE], 2)
    attack.files["timestamp.json"] = forged(
        attack, "timestamp", lambda it: point(it, 9, attack.files["9.snapshot.json"], 9), [ONLINE]
    )
    assert ask(attack, folder, LATER) == "metadata-rollback"


def test_a_role_that_is_left_out_of_the_snapshot_is_missed(made: Federation, folder: Path) -> None:
    assert ask(made.store, folder) == "trusted"
    attack = made.store.copy()

    def without(snapshot: Any) -> None:
        snapshot.version = 9
        del snapshot.meta["recall.json"]

    attack.files["9.snapshot.json"] = forged(attack, "snapshot", without, [ONLINE], 1)
    attack.files["timestamp.json"] = forged(
        attack, "timestamp", lambda it: point(it, 9, attack.files["9.snapshot.json"], 9), [ONLINE]
    )
    assert ask(attack, folder) == "metadata-rollback"


def test_freeze(made: Federation, folder: Path) -> None:
    """An attacker who lets nothing new through stops new treatments after a week, and hides nothing for longer."""
    assert ask(made.store, folder, NOW + 6 * DAY) == "trusted"
    assert refused(made.store, folder, NOW + 8 * DAY) == "metadata-expired"
    made.stamp(NOW + 8 * DAY)
    assert ask(made.store, folder, NOW + 8 * DAY) == "trusted"


@pytest.mark.parametrize(
    ("role", "days"), [("snapshot", 14), ("targets", 183), ("region-a", 183), ("recall", 183), ("root", 183)]
)
def test_each_role_runs_out(made: Federation, folder: Path, role: str, days: int) -> None:
    """All others are fresh: it is this one that is named."""
    late = NOW + (days + 1) * DAY
    for one in ("root", "targets", "region-a", "region-b", "recall"):
        people = {"region-a": (PUBLISHER, CLINICAL), "recall": (SAFETY,)}.get(one, FOUNDERS[:2])
        if one not in (role, "region-b"):
            made.adopt(publication.draft_renewal(made.store, one, late - DAY), *people)
    if role != "snapshot":
        made.stamp(late)
    else:
        made.stamp(NOW)
        number = max(made.store.versions("snapshot"))
        made.store.files["timestamp.json"] = forged(
            made.store, "timestamp", lambda it: _until(it, late + DAY), [ONLINE]
        )
        assert number == 2
    answer = trusted(FIRST, NAME, made.store, folder, late)
    assert isinstance(answer, NotTrusted)
    assert answer.code == "metadata-expired"
    assert role in answer.message.sv
    assert "Pågående behandlingar fortsätter" in answer.message.sv
    if role != "snapshot":
        people = {"region-a": (PUBLISHER, CLINICAL), "recall": (SAFETY,)}.get(role, FOUNDERS[:2])
        made.adopt(publication.draft_renewal(made.store, role, late), *people)
    made.stamp(late)
    assert ask(made.store, folder, late) == "trusted"


def test_fast_forward_is_left_behind_by_other_online_keys(made: Federation, folder: Path) -> None:
    """A thief of the online key counts up to the largest number, so that nothing later could be newer."""
    honest = made.store.copy()
    huge = 2**53 - 1
    made.store.files["timestamp.json"] = forged(
        made.store, "timestamp", lambda it: setattr(it, "version", huge), [ONLINE]
    )
    assert ask(made.store, folder) == "trusted"
    assert refused(honest, folder) == "metadata-rollback"
    other = person("Ny tidsstämpel", "online", "region-a")
    (draft,) = publication.draft_key_change(made.store, "online", ONLINE.public.key_id, other.public, LATER)
    made.adopt(draft, *FOUNDERS[1:])
    made.stamp(LATER, by=other)
    assert ask(made.store, folder, LATER) == "trusted"
    seen = read_seen(folder / "seen.json")
    assert seen is not None
    assert (seen.versions["root"], seen.versions["timestamp"]) == (2, 2), "counted as the snapshots are, and no further"


def test_mix_and_match(made: Federation, folder: Path) -> None:
    """Files that were each true once, but never together."""
    old = made.store.copy()
    made.release("region-a/prov/1.1.0", SECOND, LATER)
    attack = made.store.copy()
    attack.files["2.snapshot.json"] = old.files["1.snapshot.json"]
    assert ask(attack, folder, LATER) == "metadata-mismatch"
    attack = made.store.copy()
    attack.files["2.region-a.json"] = old.files["1.region-a.json"]
    assert ask(attack, folder, LATER) == "metadata-mismatch"
    attack = made.store.copy()
    attack.files["3.targets.json"] = attack.files["2.targets.json"]
    fresh = made.trust_folder(folder.parent / "fresh")
    assert ask(attack, fresh, LATER) == "metadata-mismatch"
    assert ask(made.store, folder, LATER) == "trusted"
    assert ask(made.store, fresh, LATER) == "trusted"


def test_a_restored_trust_folder_is_noticed(made: Federation, folder: Path, tmp_path: Path) -> None:
    old = made.store.copy()
    answer = trusted(FIRST, NAME, made.store, folder, NOW)
    assert isinstance(answer, Trusted)
    backup = contents(folder)
    made.release("region-a/prov/1.1.0", SECOND, LATER)
    newer = trusted(FIRST, NAME, made.store, folder, LATER)
    assert isinstance(newer, Trusted)
    # All of it from a backup: only who remembers elsewhere can notice.
    for name, data in backup.items():
        (folder / name).write_bytes(data)
    assert refused(old, folder, LATER, witness=newer.seen) == "trust-restored"
    assert ask(made.store, folder, LATER, witness=newer.seen) == "trusted"
    # A part of it from a backup: the folder notices by itself.
    for name, data in backup.items():
        if name != "seen.json":
            (folder / name).write_bytes(data)
    assert refused(old, folder, LATER) == "trust-restored"
    assert ask(made.store, folder, LATER) == "trusted"


def test_a_clock_that_was_set_back_does_not_make_old_metadata_fresh(made: Federation, folder: Path) -> None:
    made.stamp(NOW + 30 * DAY)
    assert ask(made.store, folder, NOW + 30 * DAY) == "trusted"
    assert refused(made.store, folder, NOW) == "clock-set-back"
    assert ask(made.store, folder, NOW + 30 * DAY - timedelta(hours=2)) == "trusted"


def test_a_damaged_memory_is_not_taken_for_none(made: Federation, folder: Path) -> None:
    assert ask(made.store, folder) == "trusted"
    whole = (folder / "seen.json").read_bytes()
    for damage in (b"", b"{}", whole.replace(b'"root": 1', b'"root": "1"'), b"[1]"):
        (folder / "seen.json").write_bytes(damage)
        assert refused(made.store, folder) == "trust-damaged"
    (folder / "seen.json").write_bytes(whole)
    assert ask(made.store, folder) == "trusted"


# Signatures


@pytest.mark.parametrize(
    "people", [(PUBLISHER,), (CLINICAL,), (PUBLISHER, PUBLISHER_B), (FOUNDERS[0], FOUNDERS[1]), ()]
)
def test_one_of_two_signatures_or_others(made: Federation, folder: Path, people: tuple[Any, ...]) -> None:
    attack = _with_region_metadata(made, lambda it: None, people)
    assert ask(attack, folder) == "metadata-signatures"
    assert ask(_with_region_metadata(made, lambda it: None, (PUBLISHER, CLINICAL)), _fresh(made, folder)) == "trusted"


def test_signatures_that_were_taken_away_or_altered(made: Federation, folder: Path) -> None:
    data = made.store.files["1.region-a.json"]
    for change in (
        lambda it: it["signatures"].clear(),
        lambda it: it["signatures"].pop(),
        lambda it: it["signatures"][0].update(sig="00" * 64),
        lambda it: it["signatures"][0].update(sig="zz"),
        lambda it: it["signatures"][0].update(sig=it["signatures"][1]["sig"]),
    ):
        content = json.loads(data)
        change(content)
        attack = _published(made, "region-a", json.dumps(content).encode())
        assert ask(attack, _fresh(made, folder)) in ("metadata-signatures", "metadata-invalid")
    assert ask(made.store, folder) == "trusted"


def test_the_same_signature_twice_is_refused(made: Federation, folder: Path) -> None:
    content = json.loads(made.store.files["1.region-a.json"])
    content["signatures"] = [content["signatures"][0]] * 2
    assert ask(_published(made, "region-a", json.dumps(content).encode()), folder) == "metadata-invalid"
    assert ask(made.store, _fresh(made, folder)) == "trusted"


def test_one_key_under_two_ids_never_counts_twice(made: Federation, folder: Path) -> None:
    """Founders were talked into a region whose two keys are one."""

    def twice(targets: Any) -> None:
        role, keys = targets.delegations.roles["region-a"], targets.delegations.keys
        original = keys[PUBLISHER.public.key_id]
        about = {"x-designtool": {"holder": "Någon Annan", "role": "clinical", "region": "region-a"}}
        keys["f" * 64] = SSlibKey("f" * 64, "ed25519", "ed25519", dict(original.keyval), about)
        role.keyids[:] = [PUBLISHER.public.key_id, "f" * 64]

    attack = _with_targets(made, twice)
    assert ask(attack, folder) in ("same-key-twice", "federation-rules")

    def keyed_twice(targets: Any) -> None:
        targets.delegations.roles["region-a"].keyids.append(PUBLISHER.public.key_id)

    assert ask(_with_targets(made, keyed_twice), folder.parent / "trust") in ("metadata-invalid", "federation-rules")
    assert ask(_with_targets(made, lambda targets: None), _fresh(made, folder)) == "trusted"


def test_two_publishers_are_not_four_eyes(made: Federation, folder: Path) -> None:
    other = person("Eva Publicist", "publisher", "region-a")
    changed, again = publication.draft_key_change(made.store, "region-a", None, other.public, NOW)
    made.adopt(changed, *FOUNDERS[:2])
    attack = made.store.copy()
    attack.files["2.region-a.json"] = signed(again, PUBLISHER, other).metadata
    restamp(attack, "region-a", 2)
    assert ask(attack, folder) == "four-eyes"
    with pytest.raises(TrustProblem) as refused_too:
        made.adopt(again, PUBLISHER, other)
    assert refused_too.value.code == "four-eyes"
    made.adopt(again, other, CLINICAL)
    made.stamp()
    assert ask(made.store, _fresh(made, folder)) == "trusted"


def test_another_regions_namespace(made: Federation, folder: Path) -> None:
    """Region B releases under the name of region A."""

    def steal(region: Any) -> None:
        region.targets[NAME] = TargetFile(10, {"sha256": SECOND[7:]}, NAME, unrecognized_fields={"custom": {}})

    made.release("region-b/eget/1.0.0", FIRST)
    attack = made.store.copy()
    attack.files["1.region-b.json"] = forged(attack, "region-b", steal, (PUBLISHER_B, CLINICAL_B))
    restamp(attack, "region-b", 1)
    assert ask(attack, folder, digest=SECOND) == "target-other"
    assert ask(attack, folder, name="region-b/eget/1.0.0") == "federation-rules"
    assert ask(attack, folder) == "trusted"
    draft = publication.draft_release(made.store, release("region-b/annat/1.0.0"), NOW)
    stolen = draft_of(
        "region-b", metadata_of(attack.files["1.region-b.json"], "region-b").signed, None, draft.delegator
    )
    with pytest.raises(TrustProblem) as refused_too:
        publication.adopt(signed(stolen, PUBLISHER_B, CLINICAL_B), MemoryStore(made.store.files))
    assert refused_too.value.code == "federation-rules"


@pytest.mark.parametrize(
    "change",
    [
        lambda it: setattr(it.delegations.roles["region-b"], "paths", ["region-b/*/*", "region-a/*/*"]),
        lambda it: setattr(it.delegations.roles["region-b"], "paths", ["*/*/*"]),
        lambda it: setattr(it.delegations.roles["region-a"], "threshold", 1),
        lambda it: it.delegations.roles.pop("recall"),
        lambda it: it.targets.update({NAME: TargetFile(10, {"sha256": SECOND[7:]}, NAME)}),
        lambda it: setattr(it, "delegations", None),
    ],
)
def test_what_the_founders_may_not_sign_either(made: Federation, folder: Path, change: Callable[[Any], None]) -> None:
    assert ask(_with_targets(made, change), folder) == "federation-rules"
    assert ask(_with_targets(made, lambda it: None), _fresh(made, folder)) == "trusted"


def test_a_region_cannot_hand_on_its_namespace(made: Federation, folder: Path) -> None:
    def hand_on(region: Any) -> None:
        stranger = person("Okänd", "publisher", "region-a")
        region.targets.clear()
        role = DelegatedRole("annan", [stranger.public.key_id], 1, True, ["region-a/*/*"])
        region.delegations = Delegations({stranger.public.key_id: stranger.signer.public_key}, {"annan": role})

    attack = _with_region_metadata(made, hand_on, (PUBLISHER, CLINICAL))
    assert ask(attack, folder) in ("federation-rules", "metadata-missing")


def test_a_revoked_key_that_is_still_in_a_cache(made: Federation, folder: Path) -> None:
    """The client knows the old list of regions; the thief signs with the key that was taken from the region."""
    assert ask(made.store, folder) == "trusted"
    new = person("Anna Ek den yngre", "publisher", "region-a")
    changed, again = publication.draft_key_change(made.store, "region-a", PUBLISHER.public.key_id, new.public, LATER)
    made.adopt(changed, *FOUNDERS[:2])
    stolen = made.store.copy()
    draft = publication.draft_release(founded().store, release("region-a/prov/6.6.6", SECOND), LATER)
    stolen.files["2.region-a.json"] = signed(draft, PUBLISHER, CLINICAL).metadata
    restamp(stolen, "region-a", 2)
    assert ask(stolen, folder, LATER, name="region-a/prov/6.6.6", digest=SECOND) == "metadata-signatures"
    # Not even what the key signed before counts until the others have signed it again.
    made.stamp(LATER)
    with_old = made.store.copy()
    assert ask(with_old, _fresh(made, folder), LATER) == "metadata-signatures"
    with pytest.raises(TrustProblem) as refused_too:
        made.adopt(again, PUBLISHER)
    assert refused_too.value.code == "not-a-signer"
    made.adopt(again, new, CLINICAL)
    made.stamp(LATER)
    assert ask(made.store, _fresh(made, folder), LATER) == "trusted"


def test_a_founder_is_replaced_and_the_old_key_signs_no_root(made: Federation, folder: Path) -> None:
    new = person("Grundare d", "founder", "region-d")
    old_store = made.store.copy()
    root, targets = publication.draft_key_change(made.store, "founder", FOUNDERS[0].public.key_id, new.public, LATER)
    with pytest.raises(TrustProblem) as too_few:
        made.adopt(root, FOUNDERS[0], new)
    assert too_few.value.code == "metadata-signatures"
    made.adopt(root, FOUNDERS[1], FOUNDERS[2])
    made.adopt(targets, new, FOUNDERS[1])
    made.stamp(LATER)
    assert ask(made.store, folder, LATER) == "trusted"
    thief = publication.draft_renewal(old_store, "root", LATER)
    attack = made.store.copy()
    attack.files["3.root.json"] = forged(attack, "root", lambda it: setattr(it, "version", 3), (*FOUNDERS[:1], new), 2)
    assert refused(attack, folder, LATER) == "metadata-signatures"
    assert thief.file == "2.root.json"


# The bytes


def test_oversized_metadata(made: Federation, folder: Path) -> None:
    assert ask(made.store, folder) == "trusted"
    sizes = {"timestamp.json": 16_384, "2.root.json": 512_000}
    for name, limit in sizes.items():
        attack = made.store.copy()
        attack.files[name] = made.store.files.get(name, b"{}") + b" " * limit
        assert refused(attack, folder) == "metadata-too-large"
    fresh = _fresh(made, folder)
    for name in ("1.snapshot.json", "3.targets.json", "1.region-a.json"):
        attack = made.store.copy()
        attack.files[name] += b" " * 10
        assert ask(attack, fresh) == "metadata-too-large"
    assert ask(made.store, fresh) == "trusted"


def test_an_endless_chain_of_roots(made: Federation, folder: Path) -> None:
    """Founders whose keys were stolen, or who do nothing else."""
    for _ in range(4):
        made.adopt(publication.draft_renewal(made.store, "root", NOW), *FOUNDERS[:2])
    made.stamp()
    limits = Limits(root_versions=3)
    assert ask(made.store, folder, limits=limits) == "root-chain-too-long"
    assert ask(made.store, _fresh(made, folder), limits=Limits(root_versions=4)) == "trusted"


def test_a_gap_in_the_roots_is_the_end_of_the_chain(made: Federation, folder: Path) -> None:
    made.adopt(publication.draft_renewal(made.store, "root", NOW), *FOUNDERS[:2])
    attack = made.store.copy()
    attack.files["3.root.json"] = attack.files.pop("2.root.json")
    made.stamp()
    assert ask(attack, folder) == "trusted"
    seen = read_seen(folder / "seen.json")
    assert seen is not None
    assert seen.versions["root"] == 1
    attack.files["2.root.json"] = attack.files["3.root.json"].replace(b'"version":2', b'"version":3')
    assert ask(attack, folder) == "metadata-signatures"


def test_a_released_version_never_moves(made: Federation, folder: Path) -> None:
    """Both keys of a region were stolen, or both people were talked round: the same version, other content."""
    assert ask(made.store, folder) == "trusted"
    with pytest.raises(TrustProblem) as taken:
        publication.draft_release(made.store, release(NAME, SECOND), LATER)
    assert taken.value.code == "release-taken"
    attack = _with_region_metadata(
        made, lambda it: it.targets[NAME].hashes.update(sha256=SECOND[7:]), (PUBLISHER, CLINICAL)
    )
    assert ask(attack, folder, LATER, digest=SECOND) == "target-moved"
    assert ask(attack, folder, LATER, digest=SECOND) == "target-moved"
    assert ask(attack, folder, LATER, digest=FIRST) == "target-moved"


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "Ett annat"), ("size", 6), ("program", "annat"), ("version", "2.0.0"), ("size", None), ("extra", 1)],
)
def test_tampered_custom_data(made: Federation, folder: Path, field: str, value: object) -> None:
    content = json.loads(made.store.files["1.region-a.json"])
    content["signed"]["targets"][NAME]["custom"][field] = value
    assert ask(_published(made, "region-a", json.dumps(content).encode()), folder) == "metadata-signatures"
    assert ask(made.store, _fresh(made, folder)) == "trusted"


@pytest.mark.parametrize(
    "custom",
    [
        None,
        [],
        {},
        {"title": "", "program": "prov", "version": "1.0.0", "size": 5},
        {"title": "Provet", "program": "annat", "version": "1.0.0", "size": 5},
        {"title": "Provet", "program": "prov", "version": "1.0.1", "size": 5},
        {"title": "Provet", "program": "prov", "version": "1.0.0", "size": True},
        {"title": "Provet", "program": "prov", "version": "1.0.0", "size": -5},
        {"title": 5, "program": "prov", "version": "1.0.0", "size": 5},
    ],
)
def test_custom_data_that_does_not_hold_though_it_is_signed(made: Federation, folder: Path, custom: object) -> None:
    def change(region: Any) -> None:
        region.targets[NAME].unrecognized_fields = {"custom": custom}

    assert ask(_with_region_metadata(made, change, (PUBLISHER, CLINICAL)), folder) == "target-invalid"


def test_fields_that_nobody_knows_are_under_the_signature_and_else_ignored(made: Federation, folder: Path) -> None:
    """A later designtool may say more. Whoever adds it without a key is refused."""

    def more(region: Any) -> None:
        region.unrecognized_fields["later"] = {"more": [1, 2]}
        region.targets[NAME].custom["reviewed"] = "2027-01-01"

    assert ask(_with_region_metadata(made, more, (PUBLISHER, CLINICAL)), folder) == "trusted"
    content = json.loads(made.store.files["1.region-a.json"])
    content["signed"]["later"] = 1
    assert (
        ask(_published(made, "region-a", json.dumps(content).encode()), _fresh(made, folder)) == "metadata-signatures"
    )
    content = json.loads(made.store.files["1.region-a.json"])
    content["later"] = 1
    assert ask(_published(made, "region-a", json.dumps(content).encode()), _fresh(made, folder)) == "trusted"


BYTES: dict[str, Callable[[bytes], bytes]] = {
    "deep lists": lambda data: b'{"signatures": ' + b"[" * 100_000 + b"]" * 100_000 + b', "signed": {}}',
    "deep objects": lambda data: b'{"a":' * 3000 + b"1" + b"}" * 3000,
    "a little too deep": lambda data: data.replace(b'"signed":{', b'"signed":{"x": ' + b"[" * 40 + b"]" * 40 + b",", 1),
    "not a number": lambda data: data.replace(b'"version":1', b'"version": NaN', 1),
    "infinity": lambda data: data.replace(b'"version":1', b'"version": -Infinity', 1),
    "a fraction": lambda data: data.replace(b'"version":1', b'"version": 1.0', 1),
    "an exponent": lambda data: data.replace(b'"version":1', b'"version": 1e0', 1),
    "a huge number": lambda data: data.replace(b'"version":1', b'"version": ' + b"9" * 5000, 1),
    "a key twice": lambda data: data.replace(b'"signed":{', b'"signed":{"version": 7,', 1),
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "not UTF-8": lambda data: b"\xff" + data,
    "half a character": lambda data: data.replace(b'"signed":{', b'"signed":{"x": "\\ud800",', 1),
    "half a character in a key": lambda data: data.replace(b'"signed":{', b'"signed":{"\\ud800": 1,', 1),
    "nothing": lambda data: b"",
    "a page of HTML": lambda data: b"<!doctype html><title>Sign in</title>",
    "a list": lambda data: b"[]",
    "null": lambda data: b"null",
    "empty": lambda data: b"{}",
    "cut off": lambda data: data[:-20],
    "data behind": lambda data: data + b"{}",
}


@pytest.mark.parametrize("attack", BYTES)
def test_bytes_that_are_no_metadata(made: Federation, folder: Path, attack: str) -> None:
    assert ask(made.store, folder) == "trusted"
    for name in ("timestamp.json", "2.root.json"):
        store = made.store.copy()
        store.files[name] = BYTES[attack](made.store.files.get(name, made.store.files["1.root.json"]))
        assert store.files[name] != made.store.files.get(name)
        assert refused(store, folder) in ("metadata-invalid", "metadata-too-large")
    assert ask(_published(made, "region-a", made.store.files["1.region-a.json"]), folder) == "trusted"


WRONG: tuple[tuple[str, Any], ...] = (
    ("signed", []),
    ("signatures", {}),
    ("signatures", [1]),
    ("signatures", None),
    ("signed._type", "root"),
    ("signed._type", 1),
    ("signed.version", "1"),
    ("signed.version", None),
    ("signed.version", 0),
    ("signed.version", -1),
    ("signed.version", []),
    ("signed.expires", 5),
    ("signed.expires", "i morgon"),
    ("signed.expires", "2099-01-01T00:00:00+01:00"),
    ("signed.spec_version", "2.0.0"),
    ("signed.spec_version", 1),
    ("signed.meta", []),
    ("signed.meta", {}),
    ("signed.meta", {"snapshot.json": 1}),
    ("signed.meta", {"snapshot.json": {"version": "1"}}),
    ("signed.meta", {"snapshot.json": {"version": 1, "length": -1}}),
    ("signed.meta", {"snapshot.json": {"version": 1, "hashes": {}}}),
    ("signed.meta", {"snapshot.json": {"version": 1, "hashes": {"sha256": 5}}}),
)


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_wrong_types_with_a_right_signature(made: Federation, folder: Path, path: str, value: Any) -> None:
    """Signed as it is, where it can be signed at all: the shape alone is wrong."""
    assert ask(made.store, folder) == "trusted"
    content = json.loads(made.store.files["timestamp.json"])
    content["signed"]["version"] = 2
    *outer, last = path.split(".")
    target = content
    for key in outer:
        target = target[key]
    target[last] = value
    if isinstance(content["signed"], dict) and isinstance(content["signatures"], list) and path != "signatures":
        content["signatures"] = [_signature_of(content["signed"])]
    attack = made.store.copy()
    attack.files["timestamp.json"] = json.dumps(content).encode()
    assert refused(attack, folder) in (
        "metadata-invalid",
        "metadata-rollback",
        "metadata-mismatch",
        "metadata-signatures",
    )


def test_missing_files(made: Federation, folder: Path) -> None:
    for name in made.store.files:
        attack = made.store.copy()
        del attack.files[name]
        code = ask(attack, _fresh(made, folder))
        # The root is at the client's; older lists of regions are history.
        assert code == (
            "trusted" if name in ("1.root.json", "1.targets.json", "2.targets.json") else "metadata-missing"
        )


def test_recalled_versions_are_stopped_by_one_signature(made: Federation, folder: Path) -> None:
    assert ask(made.store, folder) == "trusted"

    def recall(level: str) -> Callable[[Any], None]:
        def change(recalls: Any) -> None:
            path = f"recall/{NAME}"
            custom = {"custom": {"level": level, "number": 1, "reason": "Fel.", "replacement": ""}}
            recalls.targets[path] = TargetFile(2, {"sha256": "00" * 32}, path, unrecognized_fields=custom)

        return change

    for level, code in (
        ("info", "trusted"),
        ("no-new-patients", "recalled"),
        ("stop-use", "recalled"),
        ("?", "recalled"),
    ):
        attack = made.store.copy()
        attack.files["1.recall.json"] = forged(attack, "recall", recall(level), [SAFETY])
        restamp(attack, "recall", 1)
        assert ask(attack, _fresh(made, folder)) == code


def test_a_stamp_is_known_to_be_needed(made: Federation) -> None:
    until = NOW + timedelta(days=7)
    assert publication.stamped_until(made.store) == until
    stamped = made.store.copy()
    made.adopt(publication.draft_release(made.store, release("region-a/prov/1.1.0", SECOND), NOW), PUBLISHER, CLINICAL)
    assert publication.stamped_until(made.store) is None
    made.stamp(NOW)
    assert publication.stamped_until(made.store) == until
    # What somebody has spoilt or set back is to be stamped, whatever it says itself.
    for data in (b"{}", stamped.files["timestamp.json"].replace(b"a", b"b", 1)):
        spoilt = made.store.copy()
        spoilt.files["timestamp.json"] = data
        assert publication.stamped_until(spoilt) is None
    newest = max(made.store.versions("snapshot"))
    spoilt = made.store.copy()
    spoilt.files[f"{newest}.snapshot.json"] = stamped.files[f"{newest - 1}.snapshot.json"]
    assert publication.stamped_until(spoilt) is None


def test_many_at_once_in_one_trust_folder(made: Federation, folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: ask(made.store, folder), range(24))) == {"trusted"}


def test_every_code_has_words_in_both_languages() -> None:
    for code, text in TRUST_PROBLEMS.items():
        assert text.sv.strip() and "  " not in text.sv, code
        assert text.en.strip() and "  " not in text.sv, code


# Helpers


def _pair(region: str) -> list[Any]:
    return [person("Ny Ett", "publisher", region).public, person("Ny Två", "clinical", region).public]


def _fresh(made: Federation, folder: Path) -> Path:
    """Another client, which has seen nothing yet: the attacks with a stolen online key move a client on for good."""
    return made.trust_folder(folder.parent / f"fresh-{len(list(folder.parent.iterdir()))}")


def _until(it: Any, when: Any) -> None:
    it.version += 1
    it.expires = when


def _published(made: Federation, role: str, data: bytes) -> MemoryStore:
    """What the region is said to have signed, and what the online key vouches for."""
    store = made.store.copy()
    store.files[f"1.{role}.json"] = data
    restamp(store, role, 1)
    return store


def _with_region_metadata(made: Federation, change: Callable[[Any], None], people: Any) -> MemoryStore:
    return _published(made, "region-a", forged(made.store, "region-a", change, people))


def _with_targets(made: Federation, change: Callable[[Any], None]) -> MemoryStore:
    store = made.store.copy()

    def changed(targets: Any) -> None:
        targets.version = 4
        change(targets)

    store.files["4.targets.json"] = forged(store, "targets", changed, FOUNDERS[:2], 3)
    restamp(store, "targets", 4)
    return store


def _signature_of(signed_part: dict[str, Any]) -> dict[str, Any]:
    from securesystemslib.formats import encode_canonical

    payload = encode_canonical(signed_part)
    assert payload is not None
    signature: dict[str, Any] = ONLINE.signer.sign(payload.encode()).to_dict()
    return signature
