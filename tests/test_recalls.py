"""Recalls on the command line: drafted for a real release alone, signed by a safety officer alone, and then nothing new begins."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import federations
import pytest
from click.testing import CliRunner, Result
from federations import FIRST, ONLINE, PUBLISHER, SAFETY, Federation
from test_agreement_commands import PASSPHRASE, _put_key

from designtool.cli import group
from designtool.share.metadata_store import FolderMetadataStore
from designtool.share.recalls import Recall, draft_recall, recalls, recalls_in
from designtool.share.trust_problems import TrustProblem

NAME = "region-a/prov/1.0.0"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = federations.founded(datetime.now(UTC))
    for name, data in made.store.files.items():
        FolderMetadataStore(tmp_path / "fed").put(name, data, None)
    for name, one in {"sam": SAFETY, "anna": PUBLISHER, "klocka": ONLINE}.items():
        _put_key(tmp_path / "keys", name, one)
    made.trust_folder(tmp_path / "trust")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESIGNTOOL_PASSPHRASE", PASSPHRASE)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, list(arguments))


def test_the_life_of_a_recall(place: Path) -> None:
    store, now = FolderMetadataStore(place / "fed"), datetime.now(UTC)
    assert federations.ask(store, place / "trust", now) == "trusted"
    assert run("recall", "list", "fed").stdout == "Ingenting är återkallat.\n"
    done = run("recall", "new", "fed", NAME, "--reason", "Fel i sömnfönstret.", "--replacement", "1.0.1")
    assert done.exit_code == 0, done.output
    (draft,) = (place / "fed" / "drafts").iterdir()
    assert run("recall", "list", "fed").stdout == "Ingenting är återkallat.\n", "a draft stops nothing"
    signed = run("federation", "sign", str(draft), "--key", "sam", "--keys", "keys", "--yes")
    assert signed.exit_code == 0, signed.output
    for shown in ("Fel i sömnfönstret.", "no-new-patients", "1.0.1", NAME):
        assert shown in signed.stdout, "what is signed is shown"
    assert run("federation", "adopt", "fed", str(draft)).exit_code == 0
    assert run("federation", "stamp", "fed", "--key", "klocka", "--keys", "keys").exit_code == 0
    lines = run("recall", "list", "fed").stdout.splitlines()
    (recalled_at,) = (line for line in lines if line.startswith("  Återkallad: "))
    assert lines == [
        NAME,
        "  Nivå: no-new-patients (inga nya patienter)",
        "  Nummer: 1",
        "  Skäl: Fel i sömnfönstret.",
        recalled_at,
        "  Ersätts av: 1.0.1",
    ]
    assert federations.ask(store, place / "trust", datetime.now(UTC)) == "recalled"
    (known,) = recalls(place / "trust")
    assert (str(known.release), known.reason, known.replacement) == (NAME, "Fel i sömnfönstret.", "1.0.1")
    again = run("recall", "new", "fed", NAME, "--reason", "Skälet är klarlagt: fel i ett golv.")
    assert again.exit_code == 0, again.output


def test_one_who_publishes_cannot_recall(place: Path) -> None:
    run("recall", "new", "fed", NAME, "--reason", "Nej.")
    (draft,) = (place / "fed" / "drafts").iterdir()
    before = {path.name: path.read_bytes() for path in (place / "fed").iterdir() if path.is_file()}
    signed = run("federation", "sign", str(draft), "--key", "anna", "--keys", "keys", "--yes")
    assert (signed.exit_code, "not-a-signer" in signed.stderr) == (1, True), signed.output
    adopted = run("federation", "adopt", "fed", str(draft))
    assert (adopted.exit_code, "metadata-signatures" in adopted.stderr) == (1, True), adopted.output
    assert {path.name: path.read_bytes() for path in (place / "fed").iterdir() if path.is_file()} == before


@pytest.mark.parametrize(
    ("name", "reason", "replacement", "code"),
    [
        ("region-a/prov/9.0.0", "Fel.", "", "target-unknown"),
        ("region-b/prov/1.0.0", "Fel.", "", "target-unknown"),
        ("region-c/prov/1.0.0", "Fel.", "", "target-unknown"),
        ("prov", "Fel.", "", "target-name"),
        ("recall/prov/1.0.0", "Fel.", "", "target-name"),
        (NAME, "", "", "recall-reason"),
        (NAME, " Fel.", "", "recall-reason"),
        (NAME, "Fel\u202e.", "", "recall-reason"),
        (NAME, "Rad\nrad", "", "recall-reason"),
        (NAME, "x" * 301, "", "recall-reason"),
        (NAME, "Fel.", "1.0.0", "recall-replacement"),
        (NAME, "Fel.", "nyare", "recall-replacement"),
    ],
)
def test_what_is_no_recall_is_not_drafted(name: str, reason: str, replacement: str, code: str, place: Path) -> None:
    done = run("recall", "new", "fed", name, "--reason", reason, "--replacement", replacement)
    assert (done.exit_code, f"fel[{code}]" in done.stderr) == (1, True), done.output
    assert not (place / "fed" / "drafts").exists()


def test_what_is_not_there_is_said(place: Path) -> None:
    assert run("recall", "list", "nowhere").exit_code == 1
    with pytest.raises(TrustProblem):
        recalls(place / "trust")
    (place / "fed" / "1.recall.json").unlink()
    assert "metadata-missing" in run("recall", "list", "fed").stderr


def test_a_recall_of_later_releases_keeps_the_earlier(tmp_path: Path) -> None:
    made: Federation = federations.founded()
    made.release("region-a/prov/1.0.1", federations.SECOND)
    for name, digest in ((NAME, FIRST), ("region-a/prov/1.0.1", federations.SECOND)):
        wanted = Recall(federations.release(name, digest).name, "no-new-patients", "Fel.")
        made.adopt(draft_recall(made.store, wanted, federations.NOW), SAFETY)
    assert [str(one.release) for one in recalls_in(made.store)] == [NAME, "region-a/prov/1.0.1"]
    made.stamp()
    folder = made.trust_folder(tmp_path / "trust")
    assert federations.ask(made.store, folder, name=NAME) == "recalled"
    assert federations.ask(made.store, folder, name="region-a/prov/1.0.1", digest=federations.SECOND) == "recalled"
