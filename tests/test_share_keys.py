"""Keys on the disk, stores of metadata, drafts, and what is carried on a stick."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from federations import (
    CLINICAL,
    DAY,
    FOUNDERS,
    NOW,
    PUBLISHER,
    SECOND,
    Federation,
    ask,
    contents,
    founded,
    person,
    release,
    signed,
)

from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.draft import (
    describe,
    encode_draft,
    metadata_of,
    progress_of,
    read_draft,
    sign_draft,
    signed_digest,
)
from designtool.share.federation.keys import (
    SHORTEST_PASSPHRASE,
    Owner,
    encode_public,
    known_keys,
    new_key,
    open_key,
    private_file,
    public_file,
    read_public,
)
from designtool.share.federation.metadata_store import TIMESTAMP_FILE, FolderMetadataStore
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.roles import first_root
from designtool.share.federation.trust import create_trust_folder, mirror_of
from designtool.share.registries.folder import FolderRegistry
from tests.measuring import designtool

PHRASE = "fyra ord som jag minns"
OWNER = Owner("Anna Ek", "publisher", "region-a")
QUICK = 2**14
"""The least that is read back: a test need not wait for more."""


def problem(work: Any, *arguments: Any) -> str:
    with pytest.raises(TrustProblem) as found:
        work(*arguments)
    return found.value.code


# Keys


def test_a_key_is_locked_and_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    key = new_key(folder, "anna", OWNER, PHRASE, QUICK)
    private = private_file(folder, "anna")
    if os.name != "nt":
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    text = private.read_text()
    assert "BEGIN ENCRYPTED PRIVATE KEY" in text
    assert PHRASE not in text
    assert read_public(public_file(folder, "anna")) == key
    assert known_keys(folder) == (("anna", key),)
    signer = open_key(folder, "anna", PHRASE)
    assert signer.public_key.keyid == key.key_id
    signature = signer.sign(b"text")
    signer.public_key.verify_signature(signature, b"text")
    assert problem(open_key, folder, "anna", PHRASE + "x") == "passphrase-wrong"
    assert problem(open_key, folder, "bo", PHRASE) == "key-missing"
    assert sorted(path.name for path in folder.iterdir()) == ["anna.key", "anna.public.json"]


def test_a_key_is_stretched_with_scrypt_by_default(tmp_path: Path) -> None:
    """In a process of its own: keys that tests make are cheap."""
    keys, phrase = tmp_path / "keys", {"DESIGNTOOL_PASSPHRASE": PHRASE}
    owner = ("--holder", OWNER.holder, "--region", OWNER.region, "--role", OWNER.role)
    designtool(tmp_path, "keys", "new", "anna", *owner, "--keys", keys, environment=phrase)
    assert json.loads(private_file(keys, "anna").read_text())["scrypt"] == 2**17
    assert open_key(keys, "anna", PHRASE).public_key.keyid == read_public(public_file(keys, "anna")).key_id


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    new_key(tmp_path, "anna", OWNER, PHRASE, QUICK)
    before = contents(tmp_path)
    assert problem(new_key, tmp_path, "anna", OWNER, PHRASE, QUICK) == "key-exists"
    public_file(tmp_path, "bo").symlink_to(tmp_path / "nowhere")
    assert problem(new_key, tmp_path, "bo", OWNER, PHRASE, QUICK) == "key-exists"
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["", "Anna", "../anna", "a/b", "a b", "å", "-a", "a" * 61])
def test_names_of_keys_are_names_of_files(tmp_path: Path, name: str) -> None:
    assert problem(new_key, tmp_path / "keys", name, OWNER, PHRASE, QUICK) == "key-name"
    assert not (tmp_path / "keys").exists()


def test_what_cannot_be_a_key(tmp_path: Path) -> None:
    assert problem(new_key, tmp_path, "a", OWNER, "x" * (SHORTEST_PASSPHRASE - 1), QUICK) == "passphrase-short"
    assert problem(new_key, tmp_path, "a", Owner("", "publisher", "region-a"), PHRASE, QUICK) == "key-holder"
    assert problem(new_key, tmp_path, "a", Owner("A\x1b[2J", "publisher", "region-a"), PHRASE, QUICK) == "key-holder"
    assert problem(new_key, tmp_path, "a", Owner("Anna", "publisher", "Region A"), PHRASE, QUICK) == "key-name"
    assert list(tmp_path.iterdir()) == []


def test_damaged_files_of_keys(tmp_path: Path) -> None:
    key = new_key(tmp_path, "anna", OWNER, PHRASE, QUICK)
    private, public = private_file(tmp_path, "anna"), public_file(tmp_path, "anna")
    whole = json.loads(private.read_text())
    for change in (
        {"scrypt": 1},
        {"scrypt": 2**30},
        {"scrypt": 2**14 + 1},
        {"scrypt": "16384"},
        {"salt": "zz"},
        {"salt": 5},
        {"format": 2},
        {"pkcs8": None},
        {"designtool": "public-key"},
    ):
        private.write_text(json.dumps({**whole, **change}))
        assert problem(open_key, tmp_path, "anna", PHRASE) == "key-invalid"
    private.write_text(json.dumps(whole))
    good = public.read_bytes()
    assert good == encode_public(key)
    content = json.loads(good)
    for change in (
        {"public": "00"},
        {"holder": 1},
        {"role": "king"},
        {"key-id": "0" * 64},
        {"more": 1},
        {"region": "A B"},
    ):
        public.write_text(json.dumps({**content, **change}))
        assert problem(read_public, public) == "key-invalid"
    public.write_bytes(b"")
    assert problem(read_public, public) == "key-invalid"
    assert problem(known_keys, tmp_path) == "key-invalid"
    # Somebody else's public part beside the private one.
    other = new_key(tmp_path / "other", "bo", OWNER, PHRASE, QUICK)
    public.write_bytes(encode_public(other))
    assert problem(open_key, tmp_path, "anna", PHRASE) == "key-invalid"
    public.write_bytes(good)
    assert open_key(tmp_path, "anna", PHRASE).public_key.keyid == key.key_id


# Stores


def test_a_file_is_put_once_and_the_timestamp_is_replaced(tmp_path: Path) -> None:
    store = FolderMetadataStore(tmp_path / "metadata")
    assert store.versions("root") == ()
    assert store.get("1.root.json", 10) is None
    store.put("1.root.json", b"root", None)
    store.put("1.root.json", b"root", None)
    assert problem(store.put, "1.root.json", b"other", None) == "metadata-changed"
    store.put(TIMESTAMP_FILE, b"one", None)
    assert problem(store.put, TIMESTAMP_FILE, b"two", None) == "metadata-changed"
    store.put(TIMESTAMP_FILE, b"two", b"one")
    assert (store.get(TIMESTAMP_FILE, 10), store.get("1.root.json", 2)) == (b"two", b"roo")
    assert (store.versions("root"), store.versions("timestamp"), store.versions("region-a")) == ((1,), (), ())


@pytest.mark.parametrize(
    "name", ["../x.json", "/etc/passwd", "0.root.json", "root.json", "1.Root.json", "1.a/b.json", ""]
)
def test_names_of_metadata_are_never_paths(tmp_path: Path, name: str) -> None:
    store = FolderMetadataStore(tmp_path / "metadata")
    assert store.get(name, 10) is None
    with pytest.raises(ValueError, match="no name of metadata"):
        store.put(name, b"x", None)


def _put_one(folder: Path, number: int, answers: Any) -> None:
    try:
        FolderMetadataStore(folder).put("7.region-a.json", f"{number}".encode(), None)
        answers.put(number)
    except TrustProblem as problem:
        answers.put(problem.code)


def test_of_two_publishers_at_once_one_is_told_to_try_again(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    workers = [context.Process(target=_put_one, args=(tmp_path, number, answers)) for number in range(3)]
    for worker in workers:
        worker.start()
    told = [answers.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    winners = [answer for answer in told if isinstance(answer, int)]
    assert len(winners) == 1
    assert told.count("metadata-changed") == 2
    assert (tmp_path / "7.region-a.json").read_text() == f"{winners[0]}"


def test_two_who_publish_do_not_lose_each_others_releases() -> None:
    made = founded()
    mine = publication.draft_release(made.store, release("region-a/prov/1.1.0", SECOND), NOW)
    made.release("region-a/annat/1.0.0")
    with pytest.raises(TrustProblem) as late:
        made.adopt(mine, PUBLISHER, CLINICAL)
    assert late.value.code == "metadata-changed"
    made.adopt(publication.draft_release(made.store, release("region-a/prov/1.1.0", SECOND), NOW), PUBLISHER, CLINICAL)
    newest = metadata_of(made.store.files["3.region-a.json"], "region-a").signed
    assert set(newest.targets) == {"region-a/prov/1.0.0", "region-a/prov/1.1.0", "region-a/annat/1.0.0"}


# Drafts


def test_a_draft_goes_from_hand_to_hand() -> None:
    made = founded()
    draft = publication.draft_release(made.store, release("region-a/prov/1.1.0", SECOND), NOW)
    assert progress_of(draft).still == 2
    with pytest.raises(TrustProblem) as early:
        made.adopt(draft, PUBLISHER)
    assert early.value.code == "metadata-signatures"
    carried = read_draft(encode_draft(signed(draft, PUBLISHER)), "draft")
    assert [key.holder for key in progress_of(carried).signed] == ["Anna Ek"]
    assert problem(sign_draft, carried, PUBLISHER.signer) == "already-signed"
    assert problem(sign_draft, carried, FOUNDERS[0].signer) == "not-a-signer"
    done = read_draft(encode_draft(signed(carried, CLINICAL)), "draft")
    assert progress_of(done).still == 0
    made.adopt(done)
    assert made.store.versions("region-a") == (1, 2)


def test_a_draft_says_in_words_what_is_signed() -> None:
    made = founded()
    draft = publication.draft_release(made.store, release("region-a/prov/1.1.0", SECOND), NOW)
    swedish = "\n".join(line.sv for line in describe(draft))
    assert "Utgåvor från region-a, version 2" in swedish
    assert f"region-a/prov/1.1.0  {SECOND}" in swedish
    assert [line.sv for line in describe(draft) if "NYTT" in line.sv] == [
        f"  region-a/prov/1.1.0  {SECOND}  program: prov, size: 5000, title: Provet, version: 1.1.0  ← NYTT"
    ]
    assert signed_digest(draft.metadata, "region-a") in swedish
    new = person("Ny Nyckel", "publisher", "region-a")
    changed, _ = publication.draft_key_change(made.store, "region-a", PUBLISHER.public.key_id, new.public, NOW)
    said = "\n".join(line.sv for line in describe(changed))
    assert "Ny Nyckel (publicerar, region-a" in said
    assert "BORTTAGET: Region region-a: Anna Ek" in said
    root, _ = publication.draft_key_change(
        made.store, "founder", FOUNDERS[0].public.key_id, person("D", "founder", "region-d").public, NOW
    )
    assert "BORTTAGET: Rot: Grundare a" in "\n".join(line.sv for line in describe(root))
    assert "REMOVED" in "\n".join(line.en for line in describe(root))


def test_a_forged_version_before_does_not_make_what_is_new_look_old() -> None:
    made = founded()
    draft = publication.draft_release(made.store, release("region-a/prov/1.1.0", SECOND), NOW)
    forged_before = replace(draft, before=draft.metadata)
    said = [line.sv for line in describe(read_draft(encode_draft(forged_before), "draft"))]
    assert any("läs allt" in line for line in said)
    assert not any("Följer på" in line for line in said)
    assert any(f"region-a/prov/1.1.0  {SECOND}" in line for line in said)


def test_what_somebody_put_into_the_store_is_not_renewed() -> None:
    """A region whose one key was revoked renews what the other one had signed, and not what a stranger has put there."""
    made = founded()
    changed, _ = publication.draft_key_change(made.store, "region-a", PUBLISHER.public.key_id, None, NOW)
    made.adopt(changed, *FOUNDERS[:2])
    stranger = publication.draft_release(founded().store, release("region-a/prov/6.6.6", SECOND), NOW)
    made.store.files["2.region-a.json"] = stranger.metadata
    again = publication.draft_renewal(made.store, "region-a", NOW)
    assert set(metadata_of(again.metadata, "region-a").signed.targets) == {"region-a/prov/1.0.0"}
    assert again.file == "3.region-a.json"


def test_a_release_after_a_key_was_revoked_keeps_what_was_released_before() -> None:
    made = founded()
    new = person("Ny Nyckel", "publisher", "region-a")
    targets, _ = publication.draft_key_change(made.store, "region-a", PUBLISHER.public.key_id, new.public, NOW)
    made.adopt(targets, *FOUNDERS[:2])
    draft = publication.draft_release(made.store, release("region-a/prov/1.1.0", SECOND), NOW)
    assert set(metadata_of(draft.metadata, "region-a").signed.targets) == {"region-a/prov/1.0.0", "region-a/prov/1.1.0"}
    said = "\n".join(line.sv for line in describe(read_draft(encode_draft(draft), "draft")))
    assert "läs allt" in said and "region-a/prov/1.0.0" in said
    made.adopt(draft, new, CLINICAL)
    taken = publication.draft_release(made.store, release("region-a/prov/1.2.0"), NOW)
    assert len(metadata_of(taken.metadata, "region-a").signed.targets) == 3
    assert (
        problem(publication.draft_release, made.store, release("region-a/prov/1.0.0", SECOND), NOW) == "release-taken"
    )


def test_roots_without_end_are_not_gone_through() -> None:
    """A place that is to be published to may be anybody's: as many roots as it likes, one may not be kept waiting by them."""
    made = founded()
    for version in range(2, 260):
        made.store.files[f"{version}.root.json"] = b"{}"
    assert problem(publication.newest_root, made.store) == "root-chain-too-long"
    for version in range(2, 260):
        del made.store.files[f"{version}.root.json"]
    assert publication.newest_root(made.store).version == 1


def test_what_breaks_the_rules_is_not_shown_for_signing() -> None:
    made = founded()
    draft = publication.draft_renewal(made.store, "targets", NOW)
    content = json.loads(encode_draft(draft))
    bad = json.loads(content["metadata"])
    bad["signed"]["delegations"]["roles"][1]["threshold"] = 1
    content["metadata"] = json.dumps(bad)
    assert problem(read_draft, json.dumps(content).encode(), "draft") == "federation-rules"
    for change in ({"role": 1}, {"metadata": None}, {"format": 2}, {"delegator": 5}, {"delegator": None}):
        broken = json.dumps({**json.loads(encode_draft(draft)), **change}).encode()
        assert problem(read_draft, broken, "draft") == "draft-invalid"
    assert problem(read_draft, b"", "draft") == "draft-invalid"
    assert read_draft(encode_draft(draft), "draft") == draft


def test_who_may_found_and_join() -> None:
    publics = [one.public for one in FOUNDERS]
    online = person("T", "online", "region-a").public
    assert problem(first_root, publics[:1], 2, [online], NOW) == "too-few-keys"
    assert problem(first_root, [publics[0], publics[0]], 2, [online], NOW) == "same-key-twice"
    assert problem(first_root, publics, 4, [online], NOW) == "too-few-keys"
    assert problem(first_root, publics, 1, [online], NOW) == "federation-rules"
    assert problem(first_root, publics, 2, [publics[0]], NOW) == "too-few-keys"
    made = founded()
    pair = [person("X", "publisher", "region-c").public, person("Y", "clinical", "region-c").public]
    join = publication.draft_region
    assert problem(join, made.store, "region-c", pair[:1], NOW) == "too-few-keys"
    assert problem(join, made.store, "region-c", [pair[0], pair[0]], NOW) == "same-key-twice"
    both = [pair[0], person("Z", "publisher", "region-c").public]
    assert problem(join, made.store, "region-c", both, NOW) == "too-few-keys"
    assert problem(join, made.store, "region-d", pair, NOW) == "key-role"
    assert problem(join, made.store, "region-a", [PUBLISHER.public, CLINICAL.public], NOW) == "region-exists"
    for name in ("recall", "root", "snapshot", "federation", "agreements", "receipts", "Region", "a/b", ""):
        assert problem(join, made.store, name, pair, NOW) == "target-name"


# Sticks


@pytest.fixture
def made() -> Federation:
    return founded()


def on(stick: Path) -> RegistryMetadataStore:
    return RegistryMetadataStore(FolderRegistry(stick))


def test_a_stick_brings_metadata(made: Federation, tmp_path: Path) -> None:
    folder = made.trust_folder(tmp_path / "trust")
    written = copy_metadata(made.store, on(tmp_path / "stick"))
    assert (written[0], written[-1]) == ("1.root.json", TIMESTAMP_FILE)
    assert ask(mirror_of(folder), folder) == "trust-empty"
    take_over(on(tmp_path / "stick"), folder, NOW)
    assert ask(mirror_of(folder), folder) == "trusted"


def test_a_stick_is_brought_up_to_date_and_never_back(made: Federation, tmp_path: Path) -> None:
    folder, old = made.trust_folder(tmp_path / "trust"), made.store.copy()
    copy_metadata(made.store, on(tmp_path / "stick"))
    made.adopt(publication.draft_renewal(made.store, "root", NOW), *FOUNDERS[:2])
    made.release("region-a/prov/1.1.0", SECOND)
    assert "2.root.json" in copy_metadata(made.store, on(tmp_path / "stick"))
    before = contents(tmp_path / "stick")
    assert problem(copy_metadata, old, on(tmp_path / "stick")) == "metadata-rollback"
    assert contents(tmp_path / "stick") == before
    take_over(on(tmp_path / "stick"), folder, NOW)
    assert ask(mirror_of(folder), folder, name="region-a/prov/1.1.0", digest=SECOND) == "trusted"
    assert ask(mirror_of(folder), folder) == "trusted"


def test_what_is_copied_is_held_against_its_own_roots(made: Federation, tmp_path: Path) -> None:
    """A region's file that does not hold stays behind; all else that does not hold stops the copy before anything is written."""
    for name, code in (
        ("timestamp.json", "metadata-signatures"),
        ("1.snapshot.json", "metadata-mismatch"),
        ("3.targets.json", "metadata-signatures"),
        ("1.recall.json", "metadata-mismatch"),
        ("1.root.json", "metadata-invalid"),
        ("1.region-a.json", ""),
    ):
        for damage in (b"{}", None):
            attack = made.store.copy()
            if damage is None:
                del attack.files[name]
            else:
                attack.files[name] = damage
            stick = tmp_path / f"{name}-{damage is None}"
            if not code:
                assert name not in copy_metadata(attack, on(stick))
                continue
            assert problem(copy_metadata, attack, on(stick)) in (code, "metadata-missing", "metadata-invalid")
            assert not stick.exists()
    copy_metadata(made.store, on(tmp_path / "stick"))
    other = founded(NOW + DAY)
    before = contents(tmp_path / "stick")
    assert problem(copy_metadata, other.store, on(tmp_path / "stick")) == "metadata-mismatch"
    assert contents(tmp_path / "stick") == before


def test_a_stale_stick_is_refused_by_a_fresh_client_and_by_one_that_knows_better(
    made: Federation, tmp_path: Path
) -> None:
    old, new = on(tmp_path / "old"), on(tmp_path / "new")
    copy_metadata(made.store, old)
    made.stamp(NOW + DAY)
    copy_metadata(made.store, new)
    fresh = made.trust_folder(tmp_path / "fresh")
    before = contents(fresh)
    assert problem(take_over, old, fresh, NOW + 10 * DAY) == "metadata-expired"
    assert contents(fresh) == before
    knows = made.trust_folder(tmp_path / "knows")
    take_over(new, knows, NOW + DAY)
    held = contents(knows)
    assert problem(take_over, old, knows, NOW + DAY) == "metadata-rollback"
    assert contents(knows) == held
    assert ask(mirror_of(knows), knows, NOW + DAY) == "trusted"
    take_over(new, fresh, NOW + DAY)
    assert ask(mirror_of(fresh), fresh, NOW + DAY) == "trusted"


def test_metadata_that_is_tampered_with_or_cut_short_changes_nothing(made: Federation, tmp_path: Path) -> None:
    folder = made.trust_folder(tmp_path / "trust")
    before = contents(folder)
    for name, whole in made.store.copy().files.items():
        for damage in (whole[:-30], None):
            attack = made.store.copy()
            if damage is None:
                del attack.files[name]
            else:
                attack.files[name] = damage
            # The receiver has the root from paper, and older lists of regions are history.
            if name not in ("1.root.json", "1.targets.json", "2.targets.json", "1.region-a.json", "1.region-b.json"):
                assert problem(take_over, attack, folder, NOW) in (
                    "metadata-invalid",
                    "metadata-mismatch",
                    "metadata-missing",
                )
                assert contents(folder) == before
    take_over(made.store, folder, NOW)
    assert ask(mirror_of(folder), folder) == "trusted"


def test_a_mirror_that_somebody_spoilt_is_put_right_by_the_next_copy(made: Federation, tmp_path: Path) -> None:
    folder = made.trust_folder(tmp_path / "trust")
    mirror = mirror_of(folder)
    mirror.put("1.region-a.json", b"{}", None)
    mirror.put(TIMESTAMP_FILE, b"{}", None)
    assert ask(mirror, folder) == "metadata-invalid"
    take_over(made.store, folder, NOW)
    assert ask(mirror, folder) == "trusted"


def test_trust_may_begin_with_a_later_root(made: Federation, tmp_path: Path) -> None:
    """Paper that was printed after the first founders had been replaced."""
    made.adopt(publication.draft_renewal(made.store, "root", NOW), *FOUNDERS[:2])
    made.adopt(publication.draft_renewal(made.store, "root", NOW), *FOUNDERS[1:])
    made.stamp()
    root = made.store.files["2.root.json"]
    create_trust_folder(tmp_path / "trust", root, signed_digest(root, "root"))
    client = take_over(made.store, tmp_path / "trust", NOW)
    assert client.versions()["root"] == 3
    mirror = mirror_of(tmp_path / "trust")
    assert mirror.versions("root") == (2, 3)
    assert ask(mirror, tmp_path / "trust") == "trusted"
