"""Agreements in a registry: what regions send each other arrives whole, and what is none of it changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fake_registry import fake_registry
from federations import CLINICAL_B, PUBLISHER, PUBLISHER_B, SAFETY, contents, person
from registries import http_registry

from designtool.bundle.canonical import canonical_json
from designtool.bundle.manifest import INDEX_TYPE, MANIFEST_TYPE, blob_of, digest_of
from designtool.share.agreements import registry as agreement_registry
from designtool.share.agreements.folder import (
    ENDED_FILE,
    read_agreement_folder,
    remember_ends,
    write_agreement,
    write_end,
)
from designtool.share.agreements.registry import (
    ENVELOPE_TYPE,
    LEFT_FILE,
    Collected,
    collect_agreements,
    repository_of,
    send_agreements,
)
from designtool.share.agreements.terms import (
    AGREEMENT_TYPE,
    END_TYPE,
    Agreement,
    SignedAgreement,
    SignedEnd,
    countersign,
    end,
    propose,
    read_agreement,
    read_end,
)
from designtool.share.envelope import Envelope, enclose, encode_envelope, sign
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Registry, nobody_watches
from designtool.share.registries.small_file import push_file

DAY = date(2027, 6, 1)
TERMS = Agreement(
    "region-a", "region-b", ("prov",), ">=1.0 <2.0", date(2027, 1, 1), date(2027, 12, 31), None, "avtal@a.example"
)
EVE = person("Eve Ek", "publisher", "region-b")
KEYS = {one.public.key_id: one.public for one in (PUBLISHER, PUBLISHER_B, CLINICAL_B, SAFETY)}
BOTH = ("region-a", "region-b")


def proposed(terms: Agreement = TERMS) -> SignedAgreement:
    return read_agreement(propose(terms, PUBLISHER.signer, PUBLISHER.public), "a")


def signed(terms: Agreement = TERMS) -> SignedAgreement:
    return read_agreement(countersign(proposed(terms), PUBLISHER_B.signer, PUBLISHER_B.public, KEYS, DAY), "a")


def ended(by: Any = PUBLISHER, day: date = DAY) -> SignedEnd:
    return read_end(end(signed(), day, by.signer, by.public), "e")


@pytest.fixture(params=["folder", "service"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Registry]:
    """A stick, and a service on loopback."""
    if request.param == "folder":
        yield FolderRegistry(tmp_path / "stick")
        return
    with fake_registry() as service, http_registry(service.address) as opened:
        yield opened


def collect(registry: Registry, folder: Path, regions: tuple[str, ...] = BOTH) -> Collected:
    return collect_agreements(registry, regions, folder, KEYS)


def codes(found: Collected) -> list[str]:
    return [one.code for one in found.problems]


def states(folder: Path) -> list[str]:
    return [one.state for one in read_agreement_folder(folder, KEYS).standings(KEYS, DAY)]


def put(registry: Registry, region: str, envelope: Envelope, tag: str | None = None) -> str:
    """As somebody puts it there who may push to the region's repository."""
    data = encode_envelope(envelope)
    kind = "end" if envelope.payload_type == END_TYPE else "agreement"
    chosen = tag or f"{kind}-{digest_of(data).removeprefix('sha256:')}"
    push_file(registry, repository_of(region), chosen, data, envelope.payload_type, ENVELOPE_TYPE)
    return chosen


# The way of an agreement


def test_an_agreement_and_its_end_go_to_and_fro(registry: Registry, tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    write_agreement(a, proposed())
    assert len(send_agreements(a, registry, "region-a", KEYS).files) == 1
    assert len(collect(registry, b).files) == 1
    assert states(b) == ["proposed"]
    (file,) = read_agreement_folder(b, KEYS).agreements
    countersigned = countersign(file, PUBLISHER_B.signer, PUBLISHER_B.public, KEYS, DAY)
    write_agreement(b, read_agreement(countersigned, file.file))
    # Region B sends what it has signed itself: the proposal lies with region A.
    assert len(send_agreements(b, registry, "region-b", KEYS).files) == 1
    assert len(registry.tags("agreements/region-b")) == 1
    found = collect(registry, a)
    assert (len(found.files), found.problems) == (1, ())
    assert states(a) == ["in-force"]
    write_end(b, ended(PUBLISHER_B))
    assert len(send_agreements(b, registry, "region-b", KEYS).files) == 1
    assert [path.name.endswith(".end.json") for path in collect(registry, a).files] == [True]
    assert states(a) == ["ended"]
    assert (collect(registry, a), collect(registry, b)) == (Collected((), ()), Collected((), ()))
    assert send_agreements(b, registry, "region-b", KEYS).files == ()


def test_what_is_there_already_costs_one_request_a_region(tmp_path: Path) -> None:
    write_agreement(tmp_path / "a", signed())
    with fake_registry() as service, http_registry(service.address) as registry:
        send_agreements(tmp_path / "a", registry, "region-a", KEYS)
        service.requests.clear()
        collect(registry, tmp_path / "b")
        fetched = [one for one in service.requests if "/v2/agreements" in one]
        assert [one.split("?")[0].rpartition("/")[0] for one in fetched] == [
            "GET /v2/agreements/region-a/tags",
            "GET /v2/agreements/region-a/manifests",
            "GET /v2/agreements/region-b/tags",
        ]
        service.requests.clear()
        collect(registry, tmp_path / "b")
        assert [one.split("?")[0] for one in service.requests] == [
            "GET /v2/agreements/region-a/tags/list",
            "GET /v2/agreements/region-b/tags/list",
        ]


def test_a_region_sends_what_it_has_signed_and_nothing_else(registry: Registry, tmp_path: Path) -> None:
    write_agreement(tmp_path, proposed())
    (tmp_path / "skräp.agreement.json").write_bytes(b"{}")
    sent = send_agreements(tmp_path, registry, "region-b", KEYS)
    assert (sent.files, [one.file for one in sent.problems]) == ((), ["skräp.agreement.json"])
    assert registry.tags("agreements/region-b") == ()
    for region in ("../x", "a/b", "", "Region-A"):
        with pytest.raises(RegistryProblem) as refused:
            send_agreements(tmp_path, registry, region, KEYS)
        assert refused.value.code == "name-form"


def test_copies_in_other_repositories_count_together(registry: Registry, tmp_path: Path) -> None:
    """Signatures hold wherever they lie: a copy is no worse for who has brought it."""
    only_b = sign(enclose(AGREEMENT_TYPE, json.loads(signed().envelope.payload)), PUBLISHER_B.signer, "a")
    put(registry, "region-b", proposed().envelope)
    put(registry, "region-b", only_b)
    assert len(collect(registry, tmp_path).files) == 2
    assert states(tmp_path) == ["in-force"]


# What is not as it should be


def unsigned_copy() -> Envelope:
    return replace(signed().envelope, signatures=())


def by_a_stranger() -> Envelope:
    return sign(unsigned_copy(), EVE.signer, "a")


def changed_after_signing() -> Envelope:
    return replace(signed().envelope, payload=proposed(replace(TERMS, programs=("annat",))).envelope.payload)


def end_of_another_region() -> Envelope:
    content = {"designtool": "agreement-end", "format": 1, "agreement": signed().digest, "region": "region-a"}
    return sign(enclose(END_TYPE, {**content, "from_day": DAY.isoformat()}), PUBLISHER_B.signer, "e")


def end_by_another_role() -> Envelope:
    content = {"designtool": "agreement-end", "format": 1, "agreement": signed().digest, "region": "region-a"}
    return sign(enclose(END_TYPE, {**content, "from_day": DAY.isoformat()}), SAFETY.signer, "e")


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (unsigned_copy, "agreement-unsigned"),
        (by_a_stranger, "agreement-unsigned"),
        (changed_after_signing, "signature-wrong"),
        (end_of_another_region, "agreement-unsigned"),
        (end_by_another_role, "agreement-unsigned"),
    ],
)
def test_what_is_forged_is_told_and_not_counted(
    made: Callable[[], Envelope], code: str, registry: Registry, tmp_path: Path
) -> None:
    folder = tmp_path / "here"
    put(registry, "region-b", made())
    assert codes(collect(registry, folder)) == [code]
    assert contents(folder).keys() == {LEFT_FILE}
    # Beside it what is right is taken.
    put(registry, "region-a", signed().envelope)
    found = collect(registry, folder)
    assert (len(found.files), codes(found)) == (1, [])
    assert states(folder) == ["in-force"]


def test_what_was_left_is_asked_for_again_when_other_keys_are_trusted(tmp_path: Path) -> None:
    """A region may publish sooner than others hear of its new key; and what old keys have signed is not fetched each time."""
    with fake_registry() as service, http_registry(service.address) as registry:
        put(registry, "region-b", by_a_stranger())
        assert codes(collect(registry, tmp_path)) == ["agreement-unsigned"]
        service.requests.clear()
        assert collect(registry, tmp_path) == Collected((), ())
        assert not any("manifests" in one for one in service.requests)
        more = {**KEYS, EVE.public.key_id: EVE.public}
        found = collect_agreements(registry, BOTH, tmp_path, more)
        assert (len(found.files), found.problems) == (1, ())


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"files":5}', b'{"files":[5]}', b"\xff", b"[" * 99_999])
def test_a_damaged_memory_of_what_was_left_is_none(data: bytes, tmp_path: Path) -> None:
    registry = FolderRegistry(tmp_path / "stick")
    folder = tmp_path / "here"
    put(registry, "region-b", by_a_stranger())
    collect(registry, folder)
    (folder / LEFT_FILE).write_bytes(data)
    assert codes(collect(registry, folder)) == ["agreement-unsigned"]
    assert codes(collect(registry, folder)) == []


@pytest.mark.parametrize("tag", ["latest", "1.0.0", "agreement-00", "end-" + "0" * 64, "agreement-" + "0" * 64])
def test_a_tag_is_the_digest_of_the_file(tag: str, registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    put(registry, "region-a", signed().envelope, tag)
    assert codes(collect(registry, folder)) == ["agreement-tag"]
    assert contents(folder) == {}
    put(registry, "region-a", signed().envelope)
    assert len(collect(registry, folder).files) == 1


def test_a_tag_that_was_written_over_changes_nothing(tmp_path: Path) -> None:
    with fake_registry() as service, http_registry(service.address) as registry:
        tag = put(registry, "region-a", signed().envelope)
        other = put(registry, "region-a", proposed(replace(TERMS, programs=("annat",))).envelope)
        collect(registry, tmp_path / "before")
        right = service.manifests["agreements/region-a", tag]
        service.manifests["agreements/region-a", tag] = service.manifests["agreements/region-a", other]
        # Who has the file already does not ask again; who has not takes nothing for it.
        before = contents(tmp_path / "before")
        assert collect(registry, tmp_path / "before") == Collected((), ())
        assert contents(tmp_path / "before") == before
        found = collect(registry, tmp_path / "after")
        assert (len(found.files), codes(found)) == (1, ["agreement-tag"])
        service.manifests["agreements/region-a", tag] = right
        assert (len(collect(registry, tmp_path / "after").files)) == 1


def test_a_registry_that_hides_an_end_hides_nothing_from_who_has_seen_it(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    with fake_registry() as service, http_registry(service.address) as registry:
        put(registry, "region-a", signed().envelope)
        tag = put(registry, "region-b", ended(PUBLISHER_B).envelope)
        collect(registry, folder)
        assert states(folder) == ["ended"]
        del service.manifests["agreements/region-b", tag]
        assert collect(registry, folder) == Collected((), ())
        assert states(folder) == ["ended"]


def test_an_end_holds_when_its_file_and_its_key_have_gone(registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    put(registry, "region-a", signed().envelope)
    put(registry, "region-b", ended(CLINICAL_B).envelope)
    collect(registry, folder)
    for path in folder.glob("*.end.json"):
        path.unlink()
    assert states(folder) == ["ended"]
    rotated = {key_id: key for key_id, key in KEYS.items() if key_id != CLINICAL_B.public.key_id}
    found = collect_agreements(registry, BOTH, folder, rotated)
    assert codes(found) == ["agreement-unsigned"]  # Which was there with the key that is gone.
    assert [one.state for one in read_agreement_folder(folder, rotated).standings(rotated, DAY)] == ["ended"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b'{"designtool":"agreement-ends","ended":{},"format":2}',
        b'{"designtool":"agreement-ends","ended":{"x":"2027-01-01"},"format":1}',
        b'{"designtool":"agreement-ends","ended":{"sha256:' + b"0" * 64 + b'":5},"format":1}',
        b'{"designtool":"agreement-ends","ended":{"sha256:' + b"0" * 64 + b'":"i dag"},"format":1}',
    ],
)
def test_a_damaged_memory_of_ends_is_told_and_made_anew(data: bytes, tmp_path: Path) -> None:
    write_agreement(tmp_path, signed())
    write_end(tmp_path, ended())
    (tmp_path / ENDED_FILE).write_bytes(data)
    found = read_agreement_folder(tmp_path, KEYS)
    assert [one.file for one in found.problems] == [ENDED_FILE]
    assert states(tmp_path) == ["ended"]
    remember_ends(tmp_path, found.ended_from(KEYS))
    again = read_agreement_folder(tmp_path, KEYS)
    assert (again.problems, dict(again.remembered)) == ((), {signed().digest: DAY})


def test_of_two_ends_the_earlier_is_remembered(tmp_path: Path) -> None:
    remember_ends(tmp_path, {signed().digest: DAY})
    remember_ends(tmp_path, {signed().digest: date(2027, 9, 1)})
    assert dict(read_agreement_folder(tmp_path, KEYS).remembered) == {signed().digest: DAY}
    remember_ends(tmp_path, {signed().digest: date(2027, 2, 1)})
    assert dict(read_agreement_folder(tmp_path, KEYS).remembered) == {signed().digest: date(2027, 2, 1)}


def manifest(**changes: Any) -> bytes:
    data = encode_envelope(signed().envelope)
    layer = {"mediaType": ENVELOPE_TYPE, "digest": digest_of(data), "size": len(data)}
    value = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": AGREEMENT_TYPE,
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(b"{}"), "size": 2},
        "layers": [{**layer, **changes.pop("layer", {})}],
        **changes,
    }
    return canonical_json(value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json-syntax"),
        (b"[" * 100_000, "json-syntax"),
        (b"[]", "manifest-invalid"),
        (manifest(artifactType=5), "manifest-invalid"),
        (manifest(artifactType="application/vnd.designtool.bundle.v1+json"), "manifest-invalid"),
        (manifest(layers=[]), "manifest-invalid"),
        (manifest(layers=[{}, {}]), "manifest-invalid"),
        (manifest(layers="x"), "manifest-invalid"),
        (manifest(layers=[5]), "manifest-invalid"),
        (manifest(layer={"digest": "sha256:0"}), "manifest-invalid"),
        (manifest(layer={"digest": 5}), "manifest-invalid"),
        (manifest(layer={"size": "5"}), "manifest-invalid"),
        (manifest(layer={"size": True}), "manifest-invalid"),
        (manifest(layer={"size": -1}), "manifest-invalid"),
        (manifest(layer={"size": 30_000_000}), "too-large"),
        (manifest(layer={"data": 5}), "manifest-invalid"),
        (manifest(layer={"data": "%"}), "manifest-invalid"),
        (manifest(layer={"data": "eA=="}), "wrong-size"),
        (manifest(layer={"data": "eA==", "size": 1}), "wrong-digest"),
        (manifest(layer={"digest": "sha256:" + "0" * 64}), "not-in-registry"),
        (b'{"x":"' + b"x" * 30_000_000 + b'"}', "too-large"),
    ],
)
def test_hostile_manifests(data: bytes, code: str, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    with fake_registry() as service, http_registry(service.address) as registry:
        tag = put(registry, "region-a", signed().envelope)
        right = service.manifests["agreements/region-a", tag]
        service.manifests["agreements/region-a", tag] = (MANIFEST_TYPE, data)
        assert codes(collect(registry, folder)) == [code]
        assert contents(folder) == {}
        service.manifests["agreements/region-a", tag] = right
        assert len(collect(registry, folder).files) == 1


def test_an_index_is_no_file(tmp_path: Path) -> None:
    with fake_registry() as service, http_registry(service.address) as registry:
        service.manifests["agreements/region-a", "agreement-" + "0" * 64] = (INDEX_TYPE, b'{"manifests":[]}')
        assert codes(collect(registry, tmp_path)) == ["manifest-invalid"]


def test_a_file_without_its_bytes_in_the_manifest_is_fetched(tmp_path: Path) -> None:
    """Other tools write descriptors without them."""
    with fake_registry() as service, http_registry(service.address) as registry:
        tag = put(registry, "region-a", signed().envelope)
        service.manifests["agreements/region-a", tag] = (MANIFEST_TYPE, manifest())
        assert len(collect(registry, tmp_path).files) == 1
    assert states(tmp_path) == ["in-force"]


def test_what_is_no_signed_file_is_told(registry: Registry, tmp_path: Path) -> None:
    for data in (b"", b"x", b"{}", b"[]", b'{"a":1}'):
        tag = f"agreement-{digest_of(data).removeprefix('sha256:')}"
        push_file(registry, "agreements/region-a", tag, data, AGREEMENT_TYPE, ENVELOPE_TYPE)
    put(registry, "region-a", signed().envelope)
    found = collect(registry, tmp_path / "here")
    assert (len(found.files), len(found.problems)) == (1, 5)
    assert {one.file.partition(":")[0] for one in found.problems} == {"agreements/region-a"}


def test_a_flood_is_read_up_to_a_limit_and_ends_are_read_first(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement_registry, "MOST_FILES", 3)
    for number in range(4):
        put(registry, "region-a", signed(replace(TERMS, programs=(f"prov-{number}",))).envelope)
    put(registry, "region-a", signed().envelope)
    put(registry, "region-a", ended().envelope)
    found = collect(registry, tmp_path)
    assert (len(found.files), codes(found)) == (3, ["agreements-too-many"])
    assert any(path.name.endswith(".end.json") for path in found.files)


def test_a_repository_full_of_rubbish_is_left_after_a_while(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agreement_registry, "_MOST_WRONG", 2)
    blob = blob_of(b"x")
    registry.push_blob("agreements/region-a", blob, (), nobody_watches)
    for number in range(5):
        put(registry, "region-a", signed().envelope, f"tag-{number}")
    put(registry, "region-b", signed().envelope)
    found = collect(registry, tmp_path)
    assert (len(found.files), codes(found)) == (1, ["agreement-tag"] * 2 + ["agreements-unusable"])


def test_a_region_that_may_not_be_read_keeps_no_other_from_counting(tmp_path: Path) -> None:
    with fake_registry() as service, http_registry(service.address) as registry:
        put(registry, "region-b", signed().envelope)

        def twist(handler: Any) -> bool:
            if "/agreements/region-a/" not in handler.path:
                return False
            handler.send_response(403)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return True

        service.twist = twist
        found = collect(registry, tmp_path)
        assert (len(found.files), codes(found)) == (1, ["access-denied"])


def test_a_registry_that_nobody_answers_in_is_said(tmp_path: Path) -> None:
    with fake_registry() as service:
        address = service.address
    with http_registry(address) as registry, pytest.raises(RegistryProblem) as refused:
        collect(registry, tmp_path)
    assert refused.value.code == "registry-unreachable"
