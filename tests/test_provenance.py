"""Provenance: who says how a bundle was built, that other people's tools can read it, and that it can be tried and found false."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import federations
import jsonschema
import pytest
from bundles import archive_of, archive_with_file
from case_files import MINIMAL, TODAY, compiled, example_files
from click.testing import CliRunner, Result
from federations import CLINICAL, NOW, PUBLISHER, PUBLISHER_B, SAFETY, Person
from overlay_cases import KEPT, write_upstream
from securesystemslib.dsse import Envelope as OtherEnvelope
from securesystemslib.exceptions import VerificationError

from designtool.bundle import Bundle, BundleContent, Refused, digest_of, make_bundle, program_of, read_bundle
from designtool.bundle.canonical import canonical_json
from designtool.bundle.manifest import MANIFEST_TYPE, blob_of
from designtool.cli import group
from designtool.load.shape import schema_of
from designtool.model.codec import encode_program
from designtool.overlays import build_overlay, read_overlay_folder, read_published, try_overlay
from designtool.share.envelope import MOST_BYTES, Envelope, enclose, encode_envelope, sign
from designtool.share.federation import keys, publication, trust
from designtool.share.federation.draft import encode_draft, sign_draft
from designtool.share.federation.keys import key_in_metadata
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.release import release_of_bundle
from designtool.share.provenance.rebuild import first_difference, rebuild
from designtool.share.provenance.statement import (
    ARTIFACT_TYPE,
    PAYLOAD_TYPE,
    SignedProvenance,
    attach_provenance,
    attached_provenances,
    check_rebuilt,
    check_subject,
    make_provenance,
    provenance_signers,
    read_provenance,
    sign_provenance,
    source_digest,
    statement_of,
)
from designtool.share.provenance.versions import BuildVersions, build_versions
from designtool.share.publish import publish
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.names import name_of
from designtool.share.registries.referrers import attach, referrers
from designtool.share.registries.registry import StoredManifest
from designtool.share.signed_problems import SignedProblem

ROOT = Path(__file__).parents[1]
PROGRAM_FILE = "programs/exempel/program.yaml"
PASSPHRASE = "en lång lösenfras för prov"
REGION_KEYS = {one.public.key_id: one.public for one in (PUBLISHER, CLINICAL, PUBLISHER_B)}
HERE = build_versions()
VARIANT = """\
-- program.yaml (change) --
-  region: vgr
+  region: region-a
-- variants/plus.yaml --
title: Exempel Plus
"""


def contents(example: str = VARIANT) -> dict[str, BundleContent]:
    """The bundle of region A's program and that of its variant, by id."""
    made = compiled(example_files(example))
    assert not made.diagnostics
    (one,) = made.programs
    assert one.program is not None
    family = (one.program, *one.variants)
    return {
        program.id: make_bundle(program, encode_program(program), made.tree, lambda path: io.BytesIO(), family)
        for program in family
    }


CONTENTS = contents()
CONTENT = CONTENTS["exempel"]


def bundle_of(data: BundleContent | bytes = CONTENT) -> Bundle:
    """Whole, and taken by every reader."""
    bundle = read_bundle(io.BytesIO(data if isinstance(data, bytes) else archive_of(data)))
    program_of(bundle)
    return bundle


BUNDLE = bundle_of()
PROVENANCE = make_provenance(BUNDLE, HERE, NOW)


def signed(
    statement: Mapping[str, Any] | None = None, by: Person = PUBLISHER, payload_type: str = PAYLOAD_TYPE
) -> Envelope:
    return sign(enclose(payload_type, statement or statement_of(PROVENANCE)), by.signer, "provenance")


def judged(data: bytes, bundle: Bundle = BUNDLE) -> str:
    """`holds`, or the code of why not: all that `verify --provenance --trust` asks."""
    try:
        found = read_provenance(data, "provenance")
        check_subject(found, bundle)
        provenance_signers(found, REGION_KEYS)
        check_rebuilt(bundle, found.provenance, HERE)
    except (Refused, SignedProblem) as problem:
        assert problem.message.sv and problem.message.en
        return problem.code
    return "holds"


def changed(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(json.dumps(statement_of(PROVENANCE)))
    change(value)
    return value


# What is stated


def test_a_statement_says_what_went_in_and_is_the_same_at_the_same_moment() -> None:
    stated = statement_of(PROVENANCE)
    assert stated["subject"] == [
        {
            "name": "region-a/exempel/1.0.0",
            "mediaType": MANIFEST_TYPE,
            "digest": {"sha256": BUNDLE.digest.removeprefix("sha256:")},
        }
    ]
    packages = stated["predicate"]["buildDefinition"]["resolvedDependencies"][1:]
    names, uris = [one["name"] for one in packages], [one["uri"] for one in packages]
    assert names == sorted(names) and "pkg:pypi/markdown-it-py@4.3.0" in uris
    assert any(one.startswith("pkg:pypi/mdurl@") for one in uris), "what the packages ask for goes along"
    assert not any("pytest" in one for one in uris), "what only the tests ask for does not"
    assert stated["predicate"]["runDetails"]["metadata"] == {"finishedOn": "2026-11-22T04:00:00Z"}
    assert make_provenance(BUNDLE, HERE, NOW) == PROVENANCE
    again = read_provenance(encode_envelope(signed()), "x").provenance
    assert again == PROVENANCE


def test_the_source_has_another_digest_when_a_byte_of_it_changes() -> None:
    other = bundle_of(contents(f"{VARIANT}-- CHANGELOG.md --\n# 1.0.0\n\nFörst.\n")["exempel"])
    assert make_provenance(other, HERE, NOW).source != PROVENANCE.source
    variant = make_provenance(bundle_of(CONTENTS["exempel-plus"]), HERE, NOW)
    assert (variant.source, variant.digest != PROVENANCE.digest) == (PROVENANCE.source, True)


def test_somebody_of_the_region_signs() -> None:
    for who in (PUBLISHER, CLINICAL):
        envelope = sign_provenance(PROVENANCE, who.signer, who.public, "x")
        (signer,) = provenance_signers(read_provenance(encode_envelope(envelope), "x"), REGION_KEYS)
        assert signer == who.public
    for who in (PUBLISHER_B, SAFETY):
        with pytest.raises(SignedProblem) as refused:
            sign_provenance(PROVENANCE, who.signer, who.public, "x")
        assert refused.value.code == "provenance-key"


# For other people's tools

DIGEST_SET = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]+$"},
}
RESOURCE = {
    "type": "object",
    "anyOf": [{"required": ["uri"]}, {"required": ["digest"]}, {"required": ["content"]}],
    "properties": {
        "name": {"type": "string"},
        "uri": {"type": "string", "format": "uri"},
        "digest": DIGEST_SET,
        "content": {"type": "string"},
        "downloadLocation": {"type": "string"},
        "mediaType": {"type": "string"},
        "annotations": {"type": "object"},
    },
    "additionalProperties": False,
}
STATEMENT = {
    "type": "object",
    "required": ["_type", "subject", "predicateType"],
    "properties": {
        "_type": {"const": "https://in-toto.io/Statement/v1"},
        "subject": {"type": "array", "minItems": 1, "items": {**RESOURCE, "required": ["digest"]}},
        "predicateType": {"const": "https://slsa.dev/provenance/v1"},
        "predicate": {
            "type": "object",
            "required": ["buildDefinition", "runDetails"],
            "properties": {
                "buildDefinition": {
                    "type": "object",
                    "required": ["buildType", "externalParameters"],
                    "properties": {
                        "buildType": {"type": "string", "format": "uri"},
                        "externalParameters": {"type": "object"},
                        "internalParameters": {"type": "object"},
                        "resolvedDependencies": {"type": "array", "items": RESOURCE},
                    },
                    "additionalProperties": False,
                },
                "runDetails": {
                    "type": "object",
                    "required": ["builder"],
                    "properties": {
                        "builder": {
                            "type": "object",
                            "required": ["id"],
                            "properties": {
                                "id": {"type": "string", "format": "uri"},
                                "builderDependencies": {"type": "array", "items": RESOURCE},
                                "version": {"type": "object", "additionalProperties": {"type": "string"}},
                            },
                            "additionalProperties": False,
                        },
                        "metadata": {
                            "type": "object",
                            "properties": {
                                "invocationId": {"type": "string"},
                                "startedOn": {"type": "string"},
                                "finishedOn": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
                            },
                            "additionalProperties": False,
                        },
                        "byproducts": {"type": "array", "items": RESOURCE},
                    },
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
"""As the specifications of in-toto's Statement v1 and SLSA's provenance v1 have it."""


def test_another_dsse_library_verifies_it_and_finds_the_statement() -> None:
    other = OtherEnvelope.from_dict(json.loads(encode_envelope(signed())))
    assert other.verify([key_in_metadata(PUBLISHER.public)], 1)
    assert other.payload_type == "application/vnd.in-toto+json"
    jsonschema.validate(json.loads(other.payload), STATEMENT)
    with pytest.raises(VerificationError):
        other.verify([key_in_metadata(CLINICAL.public)], 1)


def test_the_specification_in_this_test_refuses_what_is_no_statement() -> None:
    for wrong in (
        changed(lambda value: value.update(_type="https://in-toto.io/Statement/v0.1")),
        changed(lambda value: value["subject"][0].pop("digest")),
        changed(lambda value: value["predicate"]["runDetails"].pop("builder")),
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, STATEMENT)


# What is refused


def _second_subject(value: dict[str, Any]) -> None:
    value["subject"].append({**value["subject"][0], "name": "region-a/annat/1.0.0"})


def _of_region_b(value: dict[str, Any]) -> None:
    value["subject"][0]["name"] = "region-b/exempel/1.0.0"
    value["predicate"]["buildDefinition"]["externalParameters"]["region"] = "region-b"
    builder = value["predicate"]["runDetails"]["builder"]
    builder["id"] = builder["id"].replace("region-a", "region-b")


HOSTILE: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "another digest": (lambda v: v["subject"][0]["digest"].update(sha256="1" * 64), "provenance-subject"),
    "another name": (_of_region_b, "provenance-subject"),
    "name and parameters apart": (
        lambda v: v["predicate"]["buildDefinition"]["externalParameters"].update(version="2.0.0"),
        "provenance-invalid",
    ),
    "several subjects": (_second_subject, "provenance-invalid"),
    "no subject": (lambda v: v["subject"].clear(), "provenance-invalid"),
    "a digest of another sort": (lambda v: v["subject"][0].update(digest={"md5": "1" * 32}), "provenance-invalid"),
    "a second digest": (lambda v: v["subject"][0]["digest"].update(sha512="1" * 128), "provenance-invalid"),
    "a digest that is none": (lambda v: v["subject"][0]["digest"].update(sha256="../x"), "provenance-invalid"),
    "another predicate": (lambda v: v.update(predicateType="https://slsa.dev/provenance/v0.2"), "provenance-invalid"),
    "an older statement": (lambda v: v.update(_type="https://in-toto.io/Statement/v0.1"), "provenance-invalid"),
    "another way of building": (
        lambda v: v["predicate"]["buildDefinition"].update(buildType="https://example.org/make"),
        "provenance-invalid",
    ),
    "something more": (lambda v: v["predicate"].update(more="x"), "provenance-invalid"),
    "no details": (lambda v: v["predicate"].update(runDetails=[]), "provenance-invalid"),
    "no predicate": (lambda v: v.pop("predicate"), "provenance-invalid"),
    "a time that is none": (
        lambda v: v["predicate"]["runDetails"]["metadata"].update(finishedOn="2026-13-01T00:00:00Z"),
        "provenance-invalid",
    ),
    "a package twice": (
        lambda v: v["predicate"]["buildDefinition"]["resolvedDependencies"].append(
            {"name": "click", "uri": "pkg:pypi/click@0"}
        ),
        "provenance-invalid",
    ),
    "a package that is none": (
        lambda v: v["predicate"]["buildDefinition"]["resolvedDependencies"].append(
            {"name": "zz\n", "uri": "pkg:pypi/zz\n@1"}
        ),
        "provenance-invalid",
    ),
    "a number": (lambda v: v["predicate"]["runDetails"]["builder"]["version"].update(python=3), "provenance-invalid"),
    "another source": (
        lambda v: v["predicate"]["buildDefinition"]["resolvedDependencies"][0].update(digest={"sha256": "2" * 64}),
        "provenance-source",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_trusted_person_states_otherwise_is_refused(name: str) -> None:
    change, code = HOSTILE[name]
    assert judged(encode_envelope(signed(changed(change)))) == code
    assert judged(encode_envelope(signed(changed(lambda value: None)))) == "holds"


def _raw(envelope: Envelope, **changes: Any) -> bytes:
    return canonical_json({**json.loads(encode_envelope(envelope)), **changes})


def _payload(data: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Signed by the right person, whatever it is."""
    return encode_envelope(sign(Envelope(payload_type, data), PUBLISHER.signer, "x"))


def test_the_envelope_is_refused_where_it_is_not_what_it_should_be() -> None:
    good = encode_envelope(signed())
    statement = canonical_json(statement_of(PROVENANCE))
    forged = changed(lambda value: value["predicate"]["runDetails"]["builder"]["version"].update(designtool="9.9.9"))
    other_signature = base64.b64encode(bytes(64)).decode()
    cases = {
        "holds": [good, encode_envelope(sign(signed(), CLINICAL.signer, "x")), encode_envelope(signed(by=CLINICAL))],
        "signature-wrong": [
            _raw(signed(), payload=base64.b64encode(canonical_json(forged)).decode()),
            _raw(signed(), signatures=[{"keyid": PUBLISHER.public.key_id, "sig": other_signature}]),
        ],
        "provenance-signer": [
            encode_envelope(enclose(PAYLOAD_TYPE, statement_of(PROVENANCE))),
            encode_envelope(signed(by=PUBLISHER_B)),
            encode_envelope(signed(by=SAFETY)),
        ],
        "envelope-type": [
            encode_envelope(signed(payload_type="application/vnd.designtool.agreement.v1+json")),
            _raw(signed(), payloadType="application/json"),
        ],
        "envelope-invalid": [_raw(signed(), signatures={}), _raw(signed(), more=1), _payload(b"[]"), b"{}"],
        "json-not-canonical": [
            json.dumps(json.loads(good)).encode(),
            good + b"\n",
            _payload(json.dumps(statement_of(PROVENANCE)).encode()),
            _payload(statement + b" "),
        ],
        "json-duplicate-key": [_payload(b'{"_type":"a",' + statement[1:])],
        "json-syntax": [b"", b"%PDF", _payload(b"")],
        "too-large": [bytes(30_000_000), _payload(bytes(MOST_BYTES))],
    }
    for code, documents in cases.items():
        assert [judged(data) for data in documents] == [code] * len(documents)


# The bundle is not what its source says


def test_a_program_that_does_not_come_from_its_source_is_found_out() -> None:
    """The attack that matters: what reviewers read in the source is harmless, and what runs is something else."""
    program = program_of(BUNDLE)
    (questionnaire,) = program.questionnaires
    (score,) = questionnaire.scores
    assert [band.label for band in score.bands][-1] == "Hög"
    blind = replace(questionnaire, scores=(replace(score, bands=score.bands[:-1]),))
    weaker = replace(program, questionnaires=(blind,))
    attack = bundle_of(replace(CONTENT, program=canonical_json(encode_program(weaker))))
    with pytest.raises(SignedProblem) as refused:
        make_provenance(attack, HERE, NOW)
    assert (refused.value.code, "program.json" in refused.value.message.en) == ("rebuild-differs", True)
    lie = replace(PROVENANCE, digest=attack.digest)
    assert judged(encode_envelope(signed(statement_of(lie))), attack) == "rebuild-differs"
    assert judged(encode_envelope(signed())) == "holds"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        pytest.param("rights.json", b"{}", "rebuild-differs", id="a document beside the program"),
        pytest.param(f"source/{PROGRAM_FILE}", b"id: [\n", "rebuild-errors", id="no YAML"),
        pytest.param(
            f"source/{PROGRAM_FILE}", b"!!python/object/apply:os.system [true]\n", "rebuild-errors", id="a tag"
        ),
        pytest.param(
            "source/designtool.yaml", b"format: 1\nregion: x\nprograms: annat\n", "rebuild-errors", id="no program"
        ),
        pytest.param(
            "source/programs/library/contacts.yaml", b"crisis: {}\n", "rebuild-errors", id="a library with errors"
        ),
    ],
)
def test_what_lies_in_the_bundle_comes_to_the_bundle(name: str, data: bytes, code: str) -> None:
    attack = bundle_of(archive_with_file(CONTENT, name, data))
    with pytest.raises(SignedProblem) as refused:
        make_provenance(attack, HERE, NOW)
    assert refused.value.code == code
    if code == "rebuild-differs":
        assert name in refused.value.message.sv
    lie = replace(PROVENANCE, digest=attack.digest, source=source_digest(attack))
    assert judged(encode_envelope(signed(statement_of(lie))), attack) == code


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("source/programs/library/pages/extra.md", b"---\ntitle: Mer\n---\nText.\n"),
        ("source/programs/exempel/x.py", b"import os\n"),
        ("x.sh", b"#!/bin/sh\n"),
    ],
)
def test_a_file_more_is_named(name: str, data: bytes) -> None:
    attack = bundle_of(with_file(name, data))
    with pytest.raises(SignedProblem) as refused:
        make_provenance(attack, HERE, NOW)
    assert refused.value.code == "rebuild-differs" and name in refused.value.message.en


def with_file(name: str, data: bytes) -> BundleContent:
    return replace(CONTENT, files=MappingProxyType({**CONTENT.files, name: blob_of(data)}))


def test_a_bundle_without_its_source_cannot_be_built_again() -> None:
    files = {name: blob for name, blob in CONTENT.files.items() if not name.startswith("source/")}
    with pytest.raises(SignedProblem) as refused:
        make_provenance(bundle_of(replace(CONTENT, files=MappingProxyType(files))), HERE, NOW)
    assert refused.value.code == "rebuild-errors"


def test_other_versions_are_told_as_the_likely_reason_and_nothing_is_shown_thereby() -> None:
    attack = bundle_of(archive_with_file(CONTENT, "rights.json", b"{}"))
    packages = MappingProxyType({**HERE.packages, "lark": "0.0.1"})
    stated = replace(PROVENANCE, digest=attack.digest, versions=replace(HERE, designtool="0.0.9", packages=packages))
    data = encode_envelope(signed(statement_of(stated)))
    assert judged(data, attack) == "rebuild-other-versions"
    with pytest.raises(SignedProblem) as refused:
        check_rebuilt(attack, stated, HERE)
    for said in ("designtool 0.0.9 → ", "lark 0.0.1 → ", "rights.json"):
        assert said in refused.value.message.sv
    # Where the bundle comes out the same, other versions are no problem: that is what it was tried for.
    same = replace(PROVENANCE, versions=replace(HERE, designtool="0.0.9"))
    assert judged(encode_envelope(signed(statement_of(same)))) == "holds"


def test_versions_that_differ_are_told_the_own_first() -> None:
    one = BuildVersions("1", "3.11", {"a": "1", "b": "1"})
    other = BuildVersions("2", "3.11", {"b": "1", "c": "2"})
    assert one.differing(other) == ("designtool 1 → 2", "a 1 → –", "c – → 2")
    assert one.differing(one) == ()


# Variants and overlays


def test_a_variant_is_built_again_with_the_whole_family() -> None:
    variant = bundle_of(CONTENTS["exempel-plus"])
    assert first_difference(variant.manifest, rebuild(variant, TODAY)) is None
    assert first_difference(BUNDLE.manifest, variant.manifest) == "program.json"


def test_the_programs_of_this_repository_are_built_again(tmp_path: Path) -> None:
    done = run("build", ROOT, "--output", tmp_path, "--format", "json")
    built = json.loads(done.stdout)["bundles"]
    assert len(built) >= 2
    for one in built:
        bundle = bundle_of(Path(one["path"]).read_bytes())
        assert rebuild(bundle, TODAY).digest == bundle.digest == one["digest"]


def test_a_film_that_lay_outside_of_the_source_is_in_the_bundle_and_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, film = tmp_path / "yta", b"\x1aE\xdf\xa3" + bytes(range(256))
    shutil.copytree(MINIMAL, root, ignore=shutil.ignore_patterns(".designtool"))
    (tmp_path / "filmer").mkdir()
    (tmp_path / "filmer/andning.webm").write_bytes(film)
    with open(root / "designtool.yaml", "a", encoding="utf-8") as settings:
        settings.write("media: ../filmer\n")
    folder = root / "programs/exempel"
    with open(folder / "modules/01-start/10-sida.md", "a", encoding="utf-8") as page:
        page.write("\n:::{film} media/andning.webm\n:captions: media/andning.vtt\n:transcript: media/andning.md\n:::\n")
    (folder / "media").mkdir()
    (folder / "media/andning.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:04.000\nAndas.\n", encoding="utf-8")
    (folder / "media/andning.md").write_text("Andas.\n", encoding="utf-8")
    lock = f"media/andning.webm:\n  digest: {digest_of(film)}\n  size: {len(film)}\n"
    (folder / "media.lock").write_text(lock, encoding="utf-8")
    monkeypatch.chdir(root)
    assert run("build").exit_code == 0
    bundle = bundle_of((root / "build/exempel-1.0.0.dtb").read_bytes())
    shutil.rmtree(tmp_path / "filmer")
    stated = make_provenance(bundle, HERE, NOW)
    assert stated.digest == bundle.digest
    assert bundle.read("media/programs/exempel/media/andning.webm") == film


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Halland's overlay over version 1.0.0, as its bundle is built."""
    root = tmp_path_factory.mktemp("overlay")
    assert run("build", write_upstream(root / "upstream", "1.0.0"), "--output", root / "build").exit_code == 0
    read = read_overlay_folder(KEPT / "halland/overlays/exempel")
    with (root / "build/exempel-1.0.0.dtb").open("rb") as stream:
        published = read_published(read_bundle(stream), TODAY)
        built = build_overlay(read, published, try_overlay(read, published, TODAY), root / "build")
    return built.path.read_bytes()


def test_an_overlay_is_built_again_over_the_program_below_which_is_built_again_too(overlay: bytes) -> None:
    bundle = bundle_of(overlay)
    assert make_provenance(bundle, HERE, NOW).name == "halland/exempel-halland/1.0.0"


@pytest.mark.parametrize(
    ("file", "change", "code"),
    [
        pytest.param(PROGRAM_FILE, (b"Ett litet program", b"Ett annat program"), "rebuild-base", id="below"),
        pytest.param(
            "overlays/exempel/overlay.yaml", (b"version: 1.0.0", b"version: [1]"), "rebuild-errors", id="no overlay"
        ),
        pytest.param(
            "overlays/exempel/overlay.yaml", (b"version: 1.0.0", b"version: 1.0.1"), "rebuild-differs", id="another"
        ),
    ],
)
def test_an_overlay_over_something_that_nobody_has_published(
    file: str, change: tuple[bytes, bytes], code: str, overlay: bytes
) -> None:
    bundle = bundle_of(overlay)
    files = {name: blob_of(bundle.read(name)) for name in bundle.files if name != "program.json"}
    before = bundle.read(f"source/{file}")
    assert before.count(change[0]) == 1
    files[f"source/{file}"] = blob_of(before.replace(*change))
    content = BundleContent(bundle.manifest.annotations, bundle.read("program.json"), MappingProxyType(files))
    with pytest.raises(SignedProblem) as refused:
        make_provenance(bundle_of(content), HERE, NOW)
    assert refused.value.code == code


def test_an_overlay_that_has_lost_its_own_source(overlay: bytes) -> None:
    bundle = bundle_of(overlay)
    files = {
        name: blob_of(bundle.read(name))
        for name in bundle.files
        if name != "program.json" and not name.endswith("/overlay.yaml")
    }
    content = BundleContent(bundle.manifest.annotations, bundle.read("program.json"), MappingProxyType(files))
    with pytest.raises(SignedProblem) as refused:
        make_provenance(bundle_of(content), HERE, NOW)
    assert (refused.value.code, "overlay.yaml" in refused.value.message.en) == ("rebuild-errors", True)


NOTHING_RUNS = """
import io, sys
from datetime import date
from pathlib import Path
from designtool.bundle import read_bundle
from designtool.share.provenance.rebuild import rebuild
bundle = read_bundle(io.BytesIO(Path(sys.argv[1]).read_bytes()))
rebuild(bundle, date(2026, 11, 22))  # What designtool itself loads when it is first used is loaded now.
seen = []
sys.addaudithook(lambda event, about: seen.append((event, about)))
made = rebuild(bundle, date(2026, 11, 22))
names = {event for event, _ in seen}
wrong = {"exec", "compile", "import", "open", "os.system", "subprocess.Popen", "os.fork", "os.exec", "socket.connect", "os.remove"}
assert names & wrong == set(), [one for one in seen if one[0] in wrong]
print(made.digest)
"""


def test_building_again_runs_nothing_of_the_bundle_and_touches_no_file(tmp_path: Path) -> None:
    made = with_file("source/programs/exempel/conftest.py", b"raise SystemExit('run')\n")
    (tmp_path / "x.dtb").write_bytes(archive_of(made))
    done = subprocess.run(
        [sys.executable, "-c", NOTHING_RUNS, tmp_path / "x.dtb"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, BUNDLE.digest), done.stderr


# In a registry


@pytest.fixture
def registry(tmp_path: Path) -> FolderRegistry:
    found = FolderRegistry(tmp_path / "register")
    publish(BUNDLE, found)
    return found


def test_it_is_attached_to_the_bundle_once_and_found_again(registry: FolderRegistry) -> None:
    with pytest.raises(SignedProblem) as refused:
        attached_provenances(registry, BUNDLE)
    assert refused.value.code == "provenance-missing"
    data = encode_envelope(signed())
    first = attach_provenance(registry, BUNDLE, data)
    assert attach_provenance(registry, BUNDLE, data) == first
    assert first.artifact_type == "application/vnd.in-toto.provenance+dsse"
    assert referrers(registry, "region-a/exempel", BUNDLE.digest) == (first,)
    manifest = json.loads(registry.manifest("region-a/exempel", first.digest).data)
    assert manifest["annotations"] == {"in-toto.io/predicate-type": "https://slsa.dev/provenance/v1"}
    (found,) = attached_provenances(registry, BUNDLE)
    assert encode_envelope(found.envelope) == data


def test_one_of_another_bundle_is_not_attached(registry: FolderRegistry) -> None:
    other = replace(PROVENANCE, digest=f"sha256:{'1' * 64}")
    before = federations.contents(registry_folder(registry))
    with pytest.raises(SignedProblem) as refused:
        attach_provenance(registry, BUNDLE, encode_envelope(signed(statement_of(other))))
    assert refused.value.code == "provenance-subject"
    assert federations.contents(registry_folder(registry)) == before


def registry_folder(registry: FolderRegistry) -> Path:
    return Path(registry.address)


def test_what_others_attach_hides_nothing_and_is_not_believed(registry: FolderRegistry) -> None:
    subject = StoredManifest(BUNDLE.digest, MANIFEST_TYPE, BUNDLE.manifest.data)
    repository = str(name_of(BUNDLE.manifest.annotations))

    def push(data: bytes, media_type: str = ARTIFACT_TYPE) -> None:
        attach(registry, repository, subject, ARTIFACT_TYPE, media_type, data)

    def found() -> tuple[SignedProvenance, ...]:
        return attached_provenances(registry, BUNDLE)

    for data, media_type, code in (
        (bytes(MOST_BYTES + 1), ARTIFACT_TYPE, "too-large"),
        (b"{}", "text/html", "manifest-invalid"),
        (b"{}", ARTIFACT_TYPE, "envelope-invalid"),
        (encode_envelope(signed(changed(_of_region_b))), ARTIFACT_TYPE, "provenance-subject"),
    ):
        alone = FolderRegistry(registry_folder(registry).with_name(code))
        publish(BUNDLE, alone)
        attach(alone, repository, subject, ARTIFACT_TYPE, media_type, data)
        with pytest.raises((Refused, SignedProblem)) as refused:
            attached_provenances(alone, BUNDLE)
        assert refused.value.code == code  # type: ignore[attr-defined]
        push(data, media_type)
    push(encode_envelope(signed(by=PUBLISHER_B)))
    attach_provenance(registry, BUNDLE, encode_envelope(signed()))
    assert len(found()) == 2
    believed = [one for one in found() if _signers(one)]
    assert [_signers(one) for one in believed] == [["Anna Ek"]]


def _signers(signed: SignedProvenance) -> list[str]:
    try:
        return [key.holder for key in provenance_signers(signed, REGION_KEYS)]
    except SignedProblem as problem:
        assert problem.code == "provenance-signer"
        return []


# On the command line


def run(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(one) for one in arguments])


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A federation in which the bundle is released, a trust folder, and the keys of three people."""
    now = datetime.now(UTC)
    made = federations.founded(now)
    draft = publication.draft_release(made.store, release_of_bundle(BUNDLE), now)
    (tmp_path / "draft.json").write_bytes(encode_draft(draft))
    (tmp_path / "clinical.json").write_bytes(encode_draft(sign_draft(draft, CLINICAL.signer)))
    (tmp_path / "publisher.json").write_bytes(encode_draft(sign_draft(draft, PUBLISHER.signer)))
    made.adopt(draft, PUBLISHER, CLINICAL)
    made.stamp(now)
    folder = made.trust_folder(tmp_path / "trust")
    for name, data in made.store.files.items():
        trust.mirror_of(folder).put(name, data, None)
    (tmp_path / "keys").mkdir()
    for name, one in {"anna": PUBLISHER, "cia": PUBLISHER_B}.items():
        sealed = keys._sealed(one.signer._private_key.private_bytes_raw(), PASSPHRASE, 2**14)  # type: ignore[attr-defined]
        keys.private_file(tmp_path / "keys", name).write_bytes(sealed)
        keys.public_file(tmp_path / "keys", name).write_bytes(keys.encode_public(one.public))
    (tmp_path / "exempel-1.0.0.dtb").write_bytes(archive_of(CONTENT))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESIGNTOOL_PASSPHRASE", PASSPHRASE)
    return tmp_path


def told(done: Result, status: int = 0) -> Any:
    assert done.exit_code == status, done.output
    value = json.loads(done.stdout)
    jsonschema.validate(value, schema_of("verify"))
    return value


def test_a_bundle_is_stated_and_verified(place: Path) -> None:
    bundle, file = "exempel-1.0.0.dtb", "exempel-1.0.0.provenance.json"
    done = run("provenance", "new", bundle, "--key", "anna", "--keys", "keys")
    assert (done.exit_code, file in done.stdout) == (0, True), done.output
    assert run("provenance", "new", bundle, "--key", "anna", "--keys", "keys").exit_code == 2, "never written over"
    alone = run("verify", bundle, "--provenance", file)
    assert alone.exit_code == 0 and "det blir samma paket" in alone.stdout
    assert "inte kontrollerat" in alone.stdout and "Anna" not in alone.stdout
    trusted = run("verify", bundle, "--provenance", file, "--trust", "trust")
    assert trusted.exit_code == 0 and "Intygat av Anna Ek (publicerar, region-a)" in trusted.stdout, trusted.output
    found = told(run("verify", bundle, "--provenance", file, "--trust", "trust", "--format", "json"))["provenance"]
    assert (found["rebuilt"], found["signers"][0]["holder"]) == (True, "Anna Ek")
    assert told(run("verify", bundle, "--provenance", file, "--format", "json"))["provenance"]["signers"] is None
    with FolderRegistry(place / "register") as registry:
        publish(BUNDLE, registry)
        missing = run("verify", bundle, "--provenance", "./register", "--trust", "trust")
        assert (missing.exit_code, "fel[provenance-missing]" in missing.stderr) == (1, True)
        attach_provenance(registry, BUNDLE, encode_envelope(signed(by=PUBLISHER_B)))
        foreign = run("verify", bundle, "--provenance", "./register", "--trust", "trust")
        assert (foreign.exit_code, "fel[provenance-signer]" in foreign.stderr) == (1, True)
        attach_provenance(registry, BUNDLE, (place / file).read_bytes())
    there = run("verify", bundle, "--provenance", "./register", "--trust", "trust")
    assert there.exit_code == 0 and "Intygat av Anna Ek" in there.stdout, there.output


def test_what_does_not_hold_is_told_with_its_code(place: Path) -> None:
    bundle = "exempel-1.0.0.dtb"
    other = run("provenance", "new", bundle, "--key", "cia", "--keys", "keys")
    assert (other.exit_code, "fel[provenance-key]" in other.stderr) == (1, True)
    (place / "stor.json").write_bytes(bytes(30_000_000))
    large = told(run("verify", bundle, "--provenance", "stor.json", "--format", "json"), 1)
    assert [one["code"] for one in large["problems"]] == ["too-large"]
    (place / "annan.dtb").write_bytes(archive_with_file(CONTENT, "rights.json", b"{}"))
    attack = run("provenance", "new", "annan.dtb", "--key", "anna", "--keys", "keys")
    assert (attack.exit_code, "fel[rebuild-differs]" in attack.stderr, "rights.json" in attack.stderr) == (
        1,
        True,
        True,
    )
    assert not (place / "annan.provenance.json").exists() and not (place / "exempel-1.0.0.provenance.json").exists()
    assert run("verify", bundle, "--provenance", "finns-inte").exit_code == 2


def test_a_draft_is_held_against_the_bundle_and_has_a_clinical_signature(place: Path) -> None:
    bundle = "exempel-1.0.0.dtb"
    done = run("verify", bundle, "--release", "clinical.json")
    assert (done.exit_code, "Bo Alm (kliniskt ansvarig, region-a)" in done.stdout) == (0, True), done.output
    (approved,) = told(run("verify", bundle, "--release", "clinical.json", "--format", "json"))["approved"]
    assert approved["role"] == "clinical"
    (place / "annan.dtb").write_bytes(archive_of(contents(f"{VARIANT}-- CHANGELOG.md --\nNytt.\n")["exempel"]))
    (place / "variant.dtb").write_bytes(archive_of(CONTENTS["exempel-plus"]))
    for file, draft, code in (
        (bundle, "draft.json", "not-approved"),
        (bundle, "publisher.json", "not-approved"),
        ("annan.dtb", "clinical.json", "target-other"),
        ("variant.dtb", "clinical.json", "target-unknown"),
        (bundle, "keys/anna.public.json", "draft-invalid"),
    ):
        refused = run("verify", file, "--release", draft)
        assert (refused.exit_code, f"fel[{code}]" in refused.stderr) == (1, True), (draft, refused.output)


def test_publish_puts_it_beside_the_bundle_before_the_release_is_in_force(place: Path) -> None:
    """All of it is looked at first: where a statement is refused, nothing is in the registry."""
    now = datetime.now(UTC)
    federation = federations.founded(now)
    draft = publication.draft_release(federation.store, release_of_bundle(BUNDLE), now)
    (place / "both.json").write_bytes(encode_draft(sign_draft(sign_draft(draft, CLINICAL.signer), PUBLISHER.signer)))
    folder = place / "register"
    with FolderRegistry(folder) as registry:
        for name, data in federation.store.files.items():
            RegistryMetadataStore(registry).put(name, data, None)
    before = federations.contents(folder)

    def publish_with(envelope: Envelope | None) -> Result:
        file = place / "statement.json"
        file.write_bytes(encode_envelope(envelope) if envelope is not None else b"{}")
        release = ("--release", "both.json", "--provenance", file)
        return run("publish", "exempel-1.0.0.dtb", "--to", "./register", *release)

    other = changed(lambda value: value["subject"][0]["digest"].update(sha256="1" * 64))
    for envelope, code in (
        (signed(by=PUBLISHER_B), "provenance-signer"),
        (enclose(PAYLOAD_TYPE, statement_of(PROVENANCE)), "provenance-signer"),
        (signed(other), "provenance-subject"),
        (None, "envelope-invalid"),
    ):
        done = publish_with(envelope)
        assert (done.exit_code, f"fel[{code}]" in done.stderr) == (1, True), done.output
        assert federations.contents(folder) == before
    assert publish_with(signed()).exit_code == 0
    with FolderRegistry(folder) as registry:
        (found,) = attached_provenances(registry, BUNDLE)
    assert found.provenance == PROVENANCE
