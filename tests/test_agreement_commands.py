"""The agreements of two regions on the command line: proposed, countersigned, listed, ended, each by the right person alone."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import federations
import jsonschema
import pytest
from click.testing import CliRunner, Result
from federations import CLINICAL_B, PUBLISHER, PUBLISHER_B, SAFETY, Person, person

from designtool.cli import group
from designtool.load.shape import schema_of
from designtool.share.federation import keys, trust

TERMS = (
    *("--from", "region-a", "--to", "region-b", "--program", "prov", "--versions", ">=1.0 <2.0"),
    *("--first-day", "2020-01-01", "--last-day", "2099-12-31", "--uses", "200", "--contact", "avtal@a.example"),
)
PASSPHRASE = "en lång lösenfras för prov"
PEOPLE = {
    "anna": PUBLISHER,
    "cia": PUBLISHER_B,
    "dag": CLINICAL_B,
    "sam": SAFETY,
    "eve": person("Eve Ek", "publisher", "region-b"),
}
"""Eve says that she is of region B. The federation does not know her."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trust folder with the federation's metadata, and the keys of five people."""
    now = datetime.now(UTC)
    made = federations.founded(now)
    folder = made.trust_folder(tmp_path / "trust")
    for name, data in made.store.files.items():
        trust.mirror_of(folder).put(name, data, None)
    for name, one in PEOPLE.items():
        _put_key(tmp_path / "keys", name, one)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESIGNTOOL_PASSPHRASE", PASSPHRASE)
    return tmp_path


def _put_key(folder: Path, name: str, one: Person) -> None:
    folder.mkdir(exist_ok=True)
    sealed = keys._sealed(one.signer._private_key.private_bytes_raw(), PASSPHRASE, 2**14)  # type: ignore[attr-defined]
    keys.private_file(folder, name).write_bytes(sealed)
    keys.public_file(folder, name).write_bytes(keys.encode_public(one.public))


def run(*arguments: str, key: str = "", trusted: bool = True) -> Result:
    more = ["--key", key, "--keys", "keys"] if key else []
    return CliRunner().invoke(group, ["agreements", *arguments, *more, *(["--trust", "trust"] if trusted else [])])


def told(done: Result) -> Any:
    value = json.loads(done.stdout)
    jsonschema.validate(value, schema_of("agreements"))
    return value


def propose(key: str = "anna", *more: str) -> Result:
    return run("propose", *TERMS, *more, key=key, trusted=False)


def digest() -> str:
    (one,) = told(run("list", "--format", "json"))["agreements"]
    return str(one["digest"])


def state() -> str:
    (one,) = told(run("list", "--format", "json"))["agreements"]
    return str(one["state"])


def test_the_life_of_an_agreement(place: Path) -> None:
    done = propose()
    assert done.exit_code == 0, done.output
    for shown in ("region-b får använda program från region-a", ">=1.0 <2.0", "Högst 200", "2099-12-31", "avtal@a"):
        assert shown in done.stderr
    assert state() == "proposed"
    (file,) = (place / "agreements").iterdir()
    countersigned = run("countersign", file.name, "--format", "json", key="cia")
    assert countersigned.exit_code == 0, countersigned.output
    (one,) = told(countersigned)["agreements"]
    assert (one["state"], {by["holder"] for by in one["signed_by"]}) == ("in-force", {"Anna Ek", "Cia Rönn"})
    assert "Högst 200" in countersigned.stderr, "nobody signs what was not shown, whatever the form of the output"
    assert state() == "in-force"
    ended = run("end", digest(), key="dag")
    assert ended.exit_code == 0, ended.output
    assert "avslutar avtalet" in ended.stderr
    assert state() == "ended"
    listed = run("list")
    assert (listed.exit_code, "avslutat" in listed.stdout, "Anna Ek" in listed.stdout) == (0, True, True)


def test_an_end_can_lie_ahead(place: Path) -> None:
    propose()
    run("countersign", digest(), key="cia")
    assert run("end", digest(), "--from-day", "2099-01-01", key="anna").exit_code == 0
    assert state() == "in-force"
    assert "avslutat från 2099-01-01" in run("list").stdout


@pytest.mark.parametrize(
    ("key", "code"),
    [("anna", "agreement-own-side"), ("sam", "agreement-key"), ("eve", "agreement-key"), ("nobody", "key-invalid")],
)
def test_others_do_not_countersign_or_end(key: str, code: str, place: Path) -> None:
    propose()
    (file,) = (place / "agreements").iterdir()
    before = file.read_bytes()
    done = run("countersign", file.name, key=key)
    assert (done.exit_code, f"fel[{code}]" in done.stderr) == (1, True), done.output
    if key != "anna":
        assert run("end", file.name, key=key).exit_code == 1
    as_json = run("countersign", file.name, "--format", "json", key=key)
    assert [one["code"] for one in told(as_json)["problems"]] == [code]
    assert [path.read_bytes() for path in (place / "agreements").iterdir()] == [before]


@pytest.mark.parametrize("key", ["sam", "eve"])
def test_a_proposal_of_somebody_else_is_refused_or_counts_for_nothing(key: str, place: Path) -> None:
    done = propose(key)
    if key == "sam":
        assert (done.exit_code, "agreement-signer" in done.stderr) == (1, True)
        return
    assert state() == "proposed"
    (one,) = told(run("list", "--format", "json"))["agreements"]
    assert one["signed_by"] == []
    refused = run("countersign", digest(), key="anna")
    assert (refused.exit_code, "agreement-unproposed" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    "more",
    [
        ("--versions", "1"),
        ("--versions", ">=2.0 <1.0"),
        ("--program", "Prov"),
        ("--last-day", "2019-01-01"),
        ("--to", "region-a"),
        ("--contact", "a\u202eb"),
    ],
)
def test_terms_that_hold_no_agreement_write_nothing(more: tuple[str, ...], place: Path) -> None:
    done = propose("anna", *more)
    assert (done.exit_code, "fel[agreement-invalid]" in done.stderr) == (1, True), done.output
    assert not (place / "agreements").exists()


def test_a_wrong_passphrase_signs_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESIGNTOOL_PASSPHRASE", "en annan lösenfras än den")
    done = propose()
    assert (done.exit_code, "passphrase-wrong" in done.stderr) == (1, True)
    assert not (place / "agreements").exists()


def test_what_was_changed_on_its_way_is_told_and_not_signed(place: Path) -> None:
    propose()
    (file,) = (place / "agreements").iterdir()
    value = json.loads(file.read_bytes())
    signature = value["signatures"][0]["sig"]
    value["signatures"][0]["sig"] = ("B" if signature[0] == "A" else "A") + signature[1:]
    file.write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")
    listed = run("list", "--format", "json")
    assert listed.exit_code == 1
    assert [one["code"] for one in told(listed)["problems"]] == ["signature-wrong"]
    done = run("countersign", file.name, key="cia")
    assert (done.exit_code, "signature-wrong" in done.stderr) == (1, True)


def test_what_is_not_there_is_said(place: Path) -> None:
    (place / "agreements").mkdir()
    assert "inga avtal" in run("list").stdout
    for name in ("nej", "sha256:", "../trust"):
        done = run("countersign", name, key="cia")
        assert (done.exit_code, "agreement-unknown" in done.stderr) == (1, True), name
    assert run("list", "--folder", "nowhere").exit_code == 2
    without = CliRunner().invoke(group, ["agreements", "list", "--trust", "nowhere"])
    assert (without.exit_code, "trust-missing" in without.stderr) == (1, True)


def test_the_folder_is_that_of_the_workspace(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "designtool.yaml").write_text("format: 1\nregion: region-a\n", encoding="utf-8")
    inside = place / "programs"
    inside.mkdir()
    monkeypatch.chdir(inside)
    done = CliRunner().invoke(group, ["agreements", "propose", *TERMS, "--key", "anna", "--keys", str(place / "keys")])
    assert done.exit_code == 0, done.output
    assert len(list((place / "agreements").iterdir())) == 1


# Between regions


def carried(*arguments: str) -> Any:
    done = run(*arguments, "--format", "json")
    assert done.exit_code == 0, done.output
    return told(done)


def test_an_agreement_goes_by_a_stick_and_back(place: Path) -> None:
    """Each region has a folder of its own; the stick goes between them."""
    a, b = ("--folder", "a"), ("--folder", "b")
    assert run("propose", *TERMS, *a, key="anna", trusted=False).exit_code == 0
    sent = carried("publish", "--to", "./minne", "--region", "region-a", *a)
    assert ([one["state"] for one in sent["agreements"]], len(sent["files"])) == (["proposed"], 1)
    assert carried("publish", "--to", "./minne", "--region", "region-a", *a)["files"] == []
    fetched = carried("fetch", "--from", "./minne", *b)
    (file,) = fetched["files"]
    assert [one["files"] for one in fetched["agreements"]] == [[file]]
    assert run("countersign", file, *b, key="cia").exit_code == 0
    assert "Nya filer: 1" in run("publish", "--to", "./minne", "--region", "region-b", *b).stdout
    assert [one["state"] for one in carried("fetch", "--from", "./minne", *a)["agreements"]] == ["in-force"]
    assert run("end", fetched["agreements"][0]["digest"], *b, key="dag").exit_code == 0
    assert len(carried("publish", "--to", "./minne", "--region", "region-b", *b)["files"]) == 1
    ended = carried("fetch", "--from", "./minne", *a)
    assert ([one["state"] for one in ended["agreements"]], len(ended["files"])) == (["ended"], 1)
    again = run("fetch", "--from", "./minne", *a)
    assert (again.exit_code, again.stdout) == (0, "Inget nytt.\n")


def test_what_is_forged_on_a_stick_is_told(place: Path) -> None:
    assert run("propose", *TERMS, "--folder", "a", key="anna", trusted=False).exit_code == 0
    assert run("propose", *TERMS, "--folder", "e", key="eve", trusted=False).exit_code == 0
    assert carried("publish", "--to", "./minne", "--region", "region-a", "--folder", "a")["files"]
    # Nobody whom the federation knows has signed Eve's: it does not even leave.
    assert carried("publish", "--to", "./minne", "--region", "region-b", "--folder", "e")["files"] == []
    index = json.loads((place / "minne" / "index.json").read_bytes())
    name = "org.opencontainers.image.ref.name"
    index["manifests"][0]["annotations"][name] = "agreements/region-a:agreement-" + "0" * 64
    (place / "minne" / "index.json").write_text(json.dumps(index), encoding="utf-8")
    done = run("fetch", "--from", "./minne", "--folder", "b", "--format", "json")
    assert (done.exit_code, [one["code"] for one in told(done)["problems"]]) == (1, ["agreement-tag"])
    assert list((place / "b").iterdir()) == []


def test_what_cannot_be_published_or_fetched(place: Path) -> None:
    no_folder = run("publish", "--to", "./minne", "--region", "region-a")
    assert (no_folder.exit_code, "agreements" in no_folder.stderr) == (2, True)
    (place / "agreements").mkdir()
    cases = [
        (("publish", "--to", "./minne"), "--region"),
        (("publish", "--to", "./minne", "--region", "../x"), "fel[name-form]"),
        (("publish", "--to", "./keys", "--region", "region-a"), "fel[not-a-registry-folder]"),
        (("fetch", "--from", "./keys"), "fel[not-a-registry-folder]"),
        (("fetch", "--from", "nej"), "nej"),
    ]
    for arguments, words in cases:
        done = run(*arguments)
        assert (done.exit_code, words in done.stderr) == (2, True), (arguments, done.output)
    assert list((place / "agreements").iterdir()) == []
