"""The ceremonies as people go through them: keys, a federation, a release with four eyes, and a runtime that takes it in."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import jsonschema
import pytest
from click.testing import CliRunner
from federations import NOW, contents
from runtime_samples import a_deed, bundle_bytes, sample_program

from designtool.cli import federation as federation_command
from designtool.cli import group, passphrase
from designtool.load.shape import schema_of
from designtool.runtime.importing import NotTaken, Policy, import_bundle
from designtool.runtime.store import Store
from designtool.runtime.trusting import Trust
from designtool.share.federation import keys as key_files

PHRASE = "fyra ord som jag minns"
PEOPLE = {
    "grundare-a": ("founder", "region-a"),
    "grundare-b": ("founder", "region-b"),
    "grundare-c": ("founder", "region-c"),
    "stampel": ("online", "region-a"),
    "sam": ("safety", "region-a"),
    "anna": ("publisher", "vgr"),
    "bo": ("clinical", "vgr"),
}


@dataclass
class Done:
    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(key_files.new_key, "__defaults__", (2**14,))
    monkeypatch.setenv(passphrase.VARIABLE, PHRASE)

    def run(*arguments: object, typed: str = "") -> Done:
        result = CliRunner().invoke(group, [str(one) for one in arguments], input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def keys(run: Run, tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    for name, (role, region) in PEOPLE.items():
        done = run("keys", "new", name, "--holder", name.title(), "--region", region, "--role", role, "--keys", folder)
        assert done.status == 0, done.err
    return folder


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "provet-1.0.0.dtb"
    path.write_bytes(bundle_bytes())
    return path


def found(run: Run, keys: Path, folder: Path | str, drafts: Path | None = None) -> str:
    """A federation with the region `vgr`, from the first key to before the stamp. Gives the root's digest.

    `drafts`: where they are, for a place that is no folder of files.
    """

    def public(name: str) -> Path:
        return keys / f"{name}.public.json"

    founders = [part for name in PEOPLE if "grundare" in name for part in ("--founder", public(name))]
    others = ["--online", public("stampel"), "--safety", public("sam")]
    stated = ["--drafts", drafts] if drafts is not None else []
    assert run("federation", "init", folder, *founders, *others, *stated).status == 0
    drafts = drafts or Path(folder) / "drafts"
    for name in ("1.root", "1.targets"):
        for who in ("grundare-a", "grundare-c"):
            sign(run, keys, drafts / f"{name}.draft.json", who)
    sign(run, keys, drafts / "1.recall.draft.json", "sam")
    done = run(
        "federation", "adopt", folder, *(drafts / f"1.{role}.draft.json" for role in ("root", "targets", "recall"))
    )
    assert done.status == 0, done.err
    digest = re.search(r"fingeravtryck, för papper: (sha256:[0-9a-f]{64})", done.out)
    assert digest is not None
    done = run("federation", "add-region", folder, "vgr", "--key", public("anna"), "--key", public("bo"), *stated)
    assert done.status == 0, done.err
    for who in ("grundare-b", "grundare-c"):
        sign(run, keys, drafts / "2.targets.draft.json", who)
    assert run("federation", "adopt", folder, drafts / "2.targets.draft.json").status == 0
    return digest[1]


def sign(run: Run, keys: Path, draft: Path, who: str) -> Done:
    done = run("federation", "sign", draft, "--key", who, "--keys", keys, typed="y\n")
    assert done.status == 0, done.err
    return done


def test_several_drafts_are_signed_together_or_not_at_all(run: Run, keys: Path, tmp_path: Path) -> None:
    folder = tmp_path / "federation"
    founders = [part for name in PEOPLE if "grundare" in name for part in ("--founder", keys / f"{name}.public.json")]
    others = ["--online", keys / "stampel.public.json", "--safety", keys / "sam.public.json"]
    assert run("federation", "init", folder, *founders, *others).status == 0
    root, targets, recall = (folder / "drafts" / f"1.{role}.draft.json" for role in ("root", "targets", "recall"))
    before = [path.read_bytes() for path in (root, targets, recall)]
    # A founder signs no list of recalls.
    for typed in ("y\ny\ny\n", "y\nn\n"):
        done = run("federation", "sign", root, targets, recall, "--key", "grundare-a", "--keys", keys, typed=typed)
        assert done.status == 1
        assert [path.read_bytes() for path in (root, targets, recall)] == before
    done = run("federation", "sign", root, targets, "--key", "grundare-a", "--keys", keys, typed="y\ny\n")
    assert (done.status, done.out.count("Underskrifter som saknas: 1.")) == (0, 2)
    assert "Lämna filen vidare till: Grundare-B, Grundare-C" in done.out
    assert recall.read_bytes() == before[2]
    # A Swede answers in Swedish, and whoever answers something else is asked again.
    done = run("federation", "sign", root, targets, "--key", "grundare-b", "--keys", keys, typed="kanske\nja\nJ\n")
    assert (done.status, done.out.count("Svara ja eller nej.")) == (0, 1)
    assert f"Ta in det: designtool federation adopt PLACE {root}" in done.out
    sign(run, keys, recall, "sam")
    done = run("federation", "adopt", folder, root, targets, recall)
    assert f"designtool federation stamp {folder} --key NAME" in done.out


def test_a_program_is_released_with_four_eyes_and_taken_in(run: Run, keys: Path, bundle: Path, tmp_path: Path) -> None:
    folder, trust = tmp_path / "federation", tmp_path / "trust"
    digest = found(run, keys, folder)
    done = run("federation", "release", folder, bundle)
    assert done.status == 0, done.err
    draft = folder / "drafts" / "1.vgr.draft.json"
    said = sign(run, keys, draft, "anna")
    assert "vgr/provet/1.0.0  sha256:" in said.out
    assert "Underskrifter som saknas: 1." in said.out
    refused = run("federation", "adopt", folder, draft)
    assert (refused.status, "metadata-signatures" in refused.err) == (1, True)
    assert "Alla underskrifter finns" in sign(run, keys, draft, "bo").out
    assert run("federation", "adopt", folder, draft).status == 0
    assert run("federation", "stamp", folder, "--key", "stampel", "--keys", keys).status == 0

    wrong = run("federation", "trust", trust, "--root", folder / "1.root.json", "--digest", digest[:-1] + "x")
    assert (wrong.status, "root-digest" in wrong.err) == (1, True)
    assert run("federation", "trust", trust, "--root", folder / "1.root.json", "--digest", digest).status == 0
    done = run("federation", "update", trust, "--from", folder)
    assert (done.status, "Metadatan är riktig" in done.out) == (0, True), done.err

    done = run("verify", bundle, "--trust", trust)
    assert done.status == 0, done.err
    assert "Underskrivet av Anna (publicerar, vgr)\nUnderskrivet av Bo (kliniskt ansvarig, vgr)\n" in done.out
    done = run("verify", bundle, "--trust", trust, "--format", "json")
    jsonschema.validate(json.loads(done.out), schema_of("verify"))
    other = tmp_path / "annat.dtb"
    other.write_bytes(bundle_bytes(replace(sample_program(), title="Ett annat")))
    done = run("--lang", "en", "verify", other, "--trust", trust)
    assert (done.status, "error[target-other]" in done.err, done.out) == (1, True, "")
    assert run("verify", other).status == 0

    shown = run("federation", "show", folder)
    assert digest in shown.out
    assert "Region vgr (vgr/*/*): 2 underskrifter" in shown.out


def test_a_key_is_revoked_and_the_region_signs_again(run: Run, keys: Path, bundle: Path, tmp_path: Path) -> None:
    folder, drafts = tmp_path / "federation", tmp_path / "federation" / "drafts"
    found(run, keys, folder)
    assert run("federation", "release", folder, bundle).status == 0
    for who in ("anna", "bo"):
        signed = sign(run, keys, drafts / "1.vgr.draft.json", who)
    assert f"designtool publish BUNDLE --to PLACE --release {drafts / '1.vgr.draft.json'}" in signed.out
    assert run("federation", "adopt", folder, drafts / "1.vgr.draft.json").status == 0
    listed = run("keys", "list", "--keys", keys).out
    old = re.search(r"^anna  ([0-9a-f]{64})  Anna, publicerar, vgr$", listed, re.MULTILINE)
    assert old is not None
    assert run("federation", "rotate", folder, "vgr", "--old", "ffff", "--new", keys / "bo.public.json").status == 1
    new = run("keys", "new", "eva", "--holder", "Eva", "--region", "vgr", "--keys", keys)
    assert new.status == 0
    done = run("federation", "rotate", folder, "vgr", "--old", old[1][:12], "--new", keys / "eva.public.json")
    assert done.status == 0, done.err
    shown = sign(run, keys, drafts / "3.targets.draft.json", "grundare-a").out
    assert "Eva (publicerar, vgr" in shown
    assert "BORTTAGET: Region vgr: Anna" in shown
    sign(run, keys, drafts / "3.targets.draft.json", "grundare-b")
    sign(run, keys, drafts / "2.vgr.draft.json", "eva")
    # Nothing new is released by it.
    assert "Ta in det: designtool federation adopt" in sign(run, keys, drafts / "2.vgr.draft.json", "bo").out
    adopted = run("federation", "adopt", folder, drafts / "3.targets.draft.json", drafts / "2.vgr.draft.json")
    assert adopted.status == 0, adopted.err
    assert run("federation", "renew", folder, "root").status == 0
    done = run("federation", "revoke", folder, "vgr", "--old", old[1])
    assert (done.status, "not-a-signer" in done.err) == (1, True)


def test_nothing_is_signed_or_written_over_by_mistake(run: Run, keys: Path, tmp_path: Path) -> None:
    folder = tmp_path / "federation"
    found(run, keys, folder)
    before = contents(folder)
    draft = folder / "drafts" / "2.targets.draft.json"
    for no in ("n\n", "nej\n", "\n", "kanske\nnej\n", ""):
        assert run("federation", "sign", draft, "--key", "grundare-a", "--keys", keys, typed=no).status == 1
        assert contents(folder) == before
    done = run("federation", "sign", draft, "--key", "anna", "--keys", keys, "--yes")
    assert (done.status, "not-a-signer" in done.err) == (1, True)
    done = run("federation", "sign", draft, "--key", "ingen", "--keys", keys, "--yes")
    assert (done.status, "key-missing" in done.err) == (1, True)
    done = run("federation", "sign", keys / "anna.public.json", "--key", "anna", "--keys", keys, "--yes")
    assert (done.status, "draft-invalid" in done.err) == (1, True)
    public = keys / "grundare-a.public.json"
    again = ("--founder", public, "--founder", keys / "grundare-b.public.json")
    rest = ("--online", keys / "stampel.public.json", "--safety", keys / "sam.public.json")
    done = run("federation", "init", folder, *again, *rest)
    assert (done.status, "federation-exists" in done.err) == (1, True)
    assert run("federation", "renew", folder, "targets").status == 0
    written = contents(folder)
    done = run("federation", "renew", folder, "targets")
    assert (done.status, "finns redan" in done.err) == (2, True)
    assert contents(folder) == written
    assert {name: written[name] for name in before} == before


def test_a_stamp_that_is_made_when_it_is_needed(run: Run, keys: Path, bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "federation"
    found(run, keys, folder)
    stamp = ("federation", "stamp", folder, "--key", "stampel", "--keys", keys)
    assert "Stämplat." in run(*stamp, "--if-needed").out
    before = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    done = run(*stamp, "--if-needed", "--format", "json")
    assert (done.status, json.loads(done.out)["files"]) == (0, [])
    assert {path.name: path.read_bytes() for path in folder.glob("*.json")} == before
    assert run("federation", "release", folder, bundle).status == 0
    draft = folder / "drafts" / "1.vgr.draft.json"
    for who in ("anna", "bo"):
        sign(run, keys, draft, who)
    assert "Inget nytt att stämpla." in run(*stamp, "--if-needed").out
    assert run("federation", "adopt", folder, draft).status == 0
    assert "Stämplat." in run(*stamp, "--if-needed").out
    # A day later it is stamped again, so that it never runs out.
    with pytest.MonkeyPatch.context() as patch:
        later = datetime.now(UTC) + timedelta(days=1, minutes=1)
        patch.setattr("designtool.cli.federation._now", lambda: later)
        assert "Stämplat." in run(*stamp, "--if-needed").out
        assert "Inget nytt att stämpla." in run(*stamp, "--if-needed").out


def test_whoever_stamps_hears_what_must_be_signed_again(
    run: Run, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "federation"
    found(run, keys, folder)
    stamp = ("federation", "stamp", folder, "--key", "stampel", "--keys", keys)
    assert "varning" not in run(*stamp).err
    for days, warned, word in ((150, 0, ""), (170, 3, "gäller bara till"), (400, 3, "gick ut")):
        later = datetime.now(UTC) + timedelta(days=days)
        monkeypatch.setattr(federation_command, "_now", lambda later=later: later)
        done = run(*stamp)
        assert (done.status, done.err.count("varning")) == (0, warned)
        assert not warned or done.err.count(word) == warned
    for role in ("root", "targets", "recall"):
        assert f"designtool federation renew {folder} {role}\n" in done.err


# Passphrases


def test_a_passphrase_is_asked_for_twice_on_a_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(passphrase.VARIABLE)
    new = ("keys", "new", "anna", "--holder", "Anna", "--region", "vgr", "--keys", tmp_path)
    done = run(*new)
    assert (done.status, "--passphrase-file" in done.err) == (2, True)
    assert not list(tmp_path.glob("*.key"))
    monkeypatch.setattr(passphrase, "is_terminal", lambda: True)
    done = run(*new, typed=f"{PHRASE}\nnågot annat helt\n{PHRASE}\n{PHRASE}\n")
    assert done.status == 0, done.err
    assert done.err.count("Samma lösenfras igen") == 2
    assert PHRASE not in done.out + done.err
    key_files.open_key(tmp_path, "anna", PHRASE)
    taken = run(*new, typed="")
    assert (taken.status, "key-exists" in taken.err, "Lösenfras" in taken.err) == (1, True, False)


def test_a_passphrase_comes_from_a_file_for_automatic_runs(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "phrase"
    file.write_text(f"{PHRASE} i en fil\n", encoding="utf-8")
    new = ("keys", "new", "anna", "--holder", "Anna", "--region", "vgr", "--keys", tmp_path / "keys")
    assert run(*new, "--passphrase-file", file).status == 0
    key_files.open_key(tmp_path / "keys", "anna", f"{PHRASE} i en fil")
    file.write_text("kort", encoding="utf-8")
    done = run("keys", "new", "bo", *new[3:], "--passphrase-file", file)
    assert (done.status, "passphrase-short" in done.err) == (1, True)
    assert run("keys", "list", "--keys", tmp_path / "none").out.startswith("Inga nycklar")


# The runtime


@pytest.fixture
def trusted_folder(run: Run, keys: Path, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(federation_command, "_now", lambda: NOW)
    folder, trust = tmp_path / "federation", tmp_path / "trust"
    digest = found(run, keys, folder)
    assert run("federation", "release", folder, bundle).status == 0
    for who in ("anna", "bo"):
        sign(run, keys, folder / "drafts" / "1.vgr.draft.json", who)
    assert run("federation", "adopt", folder, folder / "drafts" / "1.vgr.draft.json").status == 0
    assert run("federation", "stamp", folder, "--key", "stampel", "--keys", keys).status == 0
    assert run("federation", "trust", trust, "--root", folder / "1.root.json", "--digest", digest).status == 0
    assert run("federation", "update", trust, "--from", folder).status == 0
    return trust


def test_the_runtime_takes_what_is_signed_and_nothing_else(trusted_folder: Path, bundle: Path, tmp_path: Path) -> None:

    store = Store(tmp_path / "data")
    trust = Trust(trusted_folder, tmp_path / "data" / "trust-seen.json")

    def take(content: bytes, at: datetime = NOW) -> str:
        deed = replace(a_deed(), at=at)
        try:
            return import_bundle(io.BytesIO(content), store, Policy.SIGNED, deed, trust).trust
        except NotTaken as refused:
            return refused.code

    late = NOW + timedelta(days=8)
    signed, other = bundle.read_bytes(), bundle_bytes(replace(sample_program(), title="Ett annat"))
    newer = bundle_bytes(replace(sample_program(), version="1.0.1"))
    try:
        for content, at, code in (
            (other, NOW, "target-other"),
            (newer, NOW, "target-unknown"),
            (signed, late, "metadata-expired"),
        ):
            assert take(content, at) == code
            assert store.bundles() == ()
            assert list(store.bundle_folder.iterdir()) == []
        assert take(signed) == "signed"
        assert [(one.version, one.trust) for one in store.bundles()] == [("1.0.0", "signed")]
        # The service starts again though the metadata has run out: patients are in treatment with it.
        assert take(signed, late) == "signed"
        digest = store.bundles()[0].digest
        assert trust.why_not(digest, "vgr/provet/1.0.0", NOW) is None
        why = trust.why_not(digest, "vgr/provet/1.0.0", late)
        assert why is not None
        assert "har gått ut" in why.sv
    finally:
        store.close()


def test_what_was_taken_in_a_demonstration_is_not_signed_by_that(trusted_folder: Path, tmp_path: Path) -> None:

    store = Store(tmp_path / "data")
    trust = Trust(trusted_folder, tmp_path / "data" / "trust-seen.json")
    content = bundle_bytes(replace(sample_program(), title="Ett annat"))
    try:
        import_bundle(io.BytesIO(content), store, Policy.UNSIGNED_DEMONSTRATION, a_deed())
        with pytest.raises(NotTaken) as refused:
            import_bundle(io.BytesIO(content), store, Policy.SIGNED, replace(a_deed(), at=NOW), trust)
        assert refused.value.code == "target-other"
    finally:
        store.close()


def test_trust_and_the_demonstration_do_not_go_together(run: Run, bundle: Path, tmp_path: Path) -> None:
    done = run("run", bundle, "--trust", tmp_path, "--unsigned-demonstration", "--data", tmp_path / "data")
    assert (done.status, "inte båda" in done.err) == (2, True)


def test_the_ceremony_in_the_readme_is_one_that_exists() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## För dig som delar program mellan regioner\n")[2].partition("\n## ")[0]
    lines = [shlex.split(line, comments=True) for line in section.splitlines() if line.startswith("designtool ")]
    assert len(lines) > 12
    for _, *words in lines:
        command: click.Command = group
        context = click.Context(group)
        while isinstance(command, click.Group):
            found = command.get_command(context, words.pop(0))
            assert found is not None, words
            command = found
        options = {name for option in command.params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= options, words


def test_commands_stand_at_the_real_time() -> None:
    assert abs((federation_command._now() - datetime.now(UTC)).total_seconds()) < 60
