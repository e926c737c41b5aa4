"""Receipts in a registry and in the outbox: they arrive as they are, once, and no junk beside them hides who is to answer."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_registry import fake_registry
from federations import CLINICAL, NOW, PUBLISHER, PUBLISHER_B
from receipt_samples import BORAS, HOUR, LUND, MALMO, RECALLED, answered, enrolled
from registries import http_registry

from designtool.bundle.manifest import MANIFEST_TYPE, digest_of
from designtool.runtime.outbox import outbox_of
from designtool.share.envelope import encode_envelope
from designtool.share.receipts import registry as receipt_registry
from designtool.share.receipts.documents import RECEIPT_TYPE, Overview, Signed, end, overview
from designtool.share.receipts.registry import ENVELOPE_TYPE, Collected, collect, repository_of, send, tag_of
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Registry, StoredManifest
from designtool.share.registries.small_file import push_file

KEYS = {one.public.key_id: one.public for one in (PUBLISHER, CLINICAL, PUBLISHER_B)}
BOTH = ("region-a", "region-b")


@pytest.fixture(params=["folder", "service"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    """A stick, and a service on loopback."""
    if request.param == "folder":
        yield FolderRegistry(tmp_path / "stick")
        return
    with fake_registry() as service, http_registry(service.address) as opened:
        yield opened


def seen(found: Collected) -> Overview:
    return overview(found.documents, [RECALLED], KEYS, NOW + 48 * HOUR, timedelta(hours=24), found.problems)


def silent(found: Collected) -> list[str]:
    return [one.key.holder for one in seen(found).recalls[0].silent]


def put(registry: Registry, region: str, data: bytes, tag: str, kind: str = RECEIPT_TYPE) -> None:
    """As somebody puts it there who may push to the region's repository."""
    push_file(registry, repository_of(region), tag, data, kind, ENVELOPE_TYPE)


def test_documents_go_to_their_regions_and_come_back(registry: Registry) -> None:
    documents = (enrolled(LUND), enrolled(BORAS), answered(LUND))
    assert send(documents, registry) == documents
    assert send(documents, registry) == (), "the same again changes nothing"
    found = collect(registry, BOTH)
    assert {one.envelope for one in found.documents} == {one.envelope for one in documents}
    assert found.problems == ()
    assert [len(registry.tags(repository_of(region))) for region in BOTH] == [2, 1]
    assert silent(found) == [BORAS.public.holder]
    send([answered(BORAS)], registry)
    assert seen(collect(registry, BOTH)).is_everybody_heard


def test_who_has_taken_a_place_before_is_told_and_not_believed(registry: Registry) -> None:
    one = answered(LUND)
    send([enrolled(LUND)], registry)
    put(registry, "region-a", b"{}", tag_of(one))
    with pytest.raises(RegistryProblem) as stopped:
        send([one], registry)
    assert stopped.value.code == "tag-moved"
    found = collect(registry, BOTH)
    assert (silent(found), [one.code for one in found.problems]) == ([LUND.public.holder], ["envelope-invalid"])


def test_an_end_is_read(registry: Registry) -> None:
    send([enrolled(LUND), end(LUND.public, NOW, PUBLISHER.signer, PUBLISHER.public)], registry)
    assert seen(collect(registry, BOTH)).runtimes == ()


def test_only_the_receipts_of_the_recalls_in_question_are_read(registry: Registry) -> None:
    send([enrolled(LUND), answered(LUND), answered(LUND, entry="sha256:" + "cd" * 32)], registry)
    assert len(collect(registry, BOTH).documents) == 3
    assert len(collect(registry, BOTH, [RECALLED.digest]).documents) == 2
    assert len(collect(registry, BOTH, []).documents) == 1


def test_a_registry_without_receipts_has_none(registry: Registry) -> None:
    assert collect(registry, BOTH) == Collected((), ())


def junk(name: str) -> tuple[bytes, str, str]:
    """Bytes, tag and the code with which they are told."""
    whole = encode_envelope(answered(MALMO).envelope)
    foreign = answered(BORAS)
    return {
        "no envelope": (b"{}", f"enrolment-{digest_of(b'{}')[7:]}", "envelope-invalid"),
        "no json": (b"<html>", f"end-{digest_of(b'<html>')[7:]}", "json-syntax"),
        "another name": (whole, f"enrolment-{'0' * 64}", "receipt-name"),
        "a receipt as an enrolment": (whole, f"enrolment-{digest_of(whole)[7:]}", "receipt-name"),
        "of another region": (encode_envelope(foreign.envelope), tag_of(foreign), "receipt-place"),
        "a strange name": (whole, "latest", "receipt-name"),
        "too large": (b" " * 200_001, f"enrolment-{'1' * 64}", "too-large"),
    }[name]


@pytest.mark.parametrize(
    "name",
    [
        "no envelope",
        "no json",
        "another name",
        "a receipt as an enrolment",
        "of another region",
        "a strange name",
        "too large",
    ],
)
def test_junk_is_told_and_hides_nobody(registry: Registry, name: str) -> None:
    send([enrolled(LUND)], registry)
    data, tag, code = junk(name)
    put(registry, "region-a", data, tag)
    found = collect(registry, BOTH)
    assert [one.code for one in found.problems] == [code]
    assert silent(found) == [LUND.public.holder]
    send([answered(LUND)], registry)
    assert silent(collect(registry, BOTH)) == []


def test_what_lies_in_the_place_of_an_enrolment_may_hide_somebody(registry: Registry) -> None:
    send([enrolled(LUND), answered(LUND)], registry)
    put(registry, "region-a", b"{}", f"receipt-{'a' * 32}-{digest_of(b'{}')[7:]}")
    assert seen(collect(registry, BOTH)).is_everybody_heard, "a broken receipt is nobody's enrolment"
    put(registry, "region-a", b"{}", f"enrolment-{digest_of(b'{}')[7:]}")
    assert not seen(collect(registry, BOTH)).is_everybody_heard


def test_a_flood_is_bounded_and_told_and_receipts_drown_no_enrolment(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipt_registry, "MOST_DOCUMENTS", 3)
    send([enrolled(LUND), enrolled(MALMO)], registry)
    for number in range(5):
        send([answered(BORAS, region="region-a", learned_at=NOW + number * HOUR)], registry)
    found = collect(registry, BOTH)
    assert [(one.code, one.hides_nobody) for one in found.problems] == [("receipts-too-many", True)]
    assert len(found.documents) == 5
    assert silent(found) == [LUND.public.holder, MALMO.public.holder]
    for number in range(2):
        send([enrolled(LUND, contact=f"Person {number}")], registry)
    found = collect(registry, BOTH)
    assert ("receipts-too-many", False) in [(one.code, one.hides_nobody) for one in found.problems]


def test_many_strange_names_are_told_shortly(registry: Registry) -> None:
    for number in range(30):
        put(registry, "region-a", b"{}", f"strange-{number}")
    assert len(collect(registry, BOTH).problems) == 20


class Closed(FolderRegistry):
    """A registry that lets nobody into one region's repository, or that goes away."""

    code = "access-denied"

    def tags(self, repository: str) -> tuple[str, ...]:
        if repository == "receipts/region-a":
            raise RegistryProblem(self.code, registry="prov", what=repository, host="prov", reason="prov")
        return super().tags(repository)


def test_a_region_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    send([enrolled(LUND), enrolled(BORAS), answered(BORAS)], FolderRegistry(tmp_path))
    found = collect(Closed(tmp_path), BOTH)
    assert [(one.file, one.code) for one in found.problems] == [("receipts/region-a", "access-denied")]
    assert not seen(found).is_everybody_heard


def test_a_registry_that_has_gone_is_no_registry_without_receipts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Closed, "code", "registry-unreachable")
    with pytest.raises(RegistryProblem) as stopped:
        collect(Closed(tmp_path), BOTH)
    assert stopped.value.code == "registry-unreachable"


@pytest.mark.parametrize("region", ["../region-a", "region-a/x", "", "Region-A"])
def test_a_region_with_no_name_is_asked_for_nowhere(tmp_path: Path, region: str) -> None:
    with pytest.raises(RegistryProblem) as stopped:
        collect(FolderRegistry(tmp_path), [region])
    assert stopped.value.code == "name-form"


class Liar(FolderRegistry):
    """Gives another manifest than the one that was asked for."""

    def manifest(self, repository: str, reference: str) -> StoredManifest:
        return StoredManifest("sha256:" + "0" * 64, MANIFEST_TYPE, b"[]")


def test_a_registry_that_lies_hides_nobody_unseen(tmp_path: Path) -> None:
    send([enrolled(LUND)], FolderRegistry(tmp_path))
    found = collect(Liar(tmp_path), BOTH)
    assert found.documents == ()
    assert [one.code for one in found.problems] == ["manifest-invalid"]
    assert not seen(found).is_everybody_heard


# The outbox


def added(folder: Path, *receipts: Signed) -> Any:
    outbox = outbox_of(folder)
    for one in receipts:
        outbox.add(one, LUND.public.key_id)
    return outbox


def test_a_receipt_is_unsent_until_it_is_sent(tmp_path: Path) -> None:
    outbox = outbox_of(tmp_path)
    assert outbox.unsent().receipts == ()
    assert not outbox.has(RECALLED, LUND.public.key_id)
    added(tmp_path, answered())
    assert outbox.has(RECALLED, LUND.public.key_id)
    assert not outbox.has(RECALLED, MALMO.public.key_id), "with a new key everything is answered again"
    (one,) = outbox.unsent().receipts
    assert one.envelope == answered().envelope
    outbox.keep_as_sent([one])
    assert (outbox.unsent().receipts, outbox.sent().receipts) == ((), (one,))
    assert outbox.has(RECALLED, LUND.public.key_id)


def test_receipts_are_for_their_owner_alone(tmp_path: Path) -> None:
    added(tmp_path, answered())
    paths = [tmp_path / "receipts", *(tmp_path / "receipts").rglob("*")]
    assert len(paths) == 3
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_file_that_was_changed_is_told_and_keeps_no_other_from_being_sent(tmp_path: Path) -> None:
    outbox = added(tmp_path, answered(), answered(level="info"))
    first = sorted((tmp_path / "receipts" / "unsent").iterdir())[0]
    first.write_bytes(b"{}")
    contents = outbox.unsent()
    assert [one.code for one in contents.problems] == ["envelope-invalid"]
    assert len(contents.receipts) == 1
    first.write_bytes(encode_envelope(enrolled().envelope))
    assert [one.code for one in outbox.unsent().problems] == ["envelope-type"]
