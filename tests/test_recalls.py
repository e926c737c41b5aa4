"""Recalls on the command line: drafted for a real release alone, signed by a safety officer alone, and then nothing new begins."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import federations
import pytest
from click.testing import CliRunner, Result
from federations import CLINICAL, FIRST, ONLINE, PUBLISHER, SAFETY, Federation
from test_agreement_commands import PASSPHRASE, _put_key

from designtool.cli import group
from designtool.share.federation.metadata_store import FolderMetadataStore
from designtool.share.federation.problems import TrustProblem
from designtool.share.recalls.listing import Recall, draft_recall, recalls, recalls_in

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


def test_parts_are_stopped_and_the_recall_is_lifted_by_two(place: Path) -> None:
    _put_key(place / "keys", "bo", CLINICAL)
    store, now = FolderMetadataStore(place / "fed"), datetime.now(UTC)
    (place / "patient.txt").write_text(
        "Gå tillbaka till dina tider.  \r\n\r\n\r\n\r\nHör av dig.\r\n", encoding="utf-8-sig"
    )
    (place / "behandlare.txt").write_text("Ring.\n", encoding="utf-8")
    texts = ("--patient-text-file", "patient.txt", "--therapist-text-file", "behandlare.txt")
    done = run("recall", "new", "fed", NAME, "--level", "stop-use", "--reason", "Fel.", "--part", "fonstret", *texts)
    assert done.exit_code == 0, done.output
    adopted(place)
    assert federations.ask(store, place / "trust", now) == "recalled"
    (known,) = recalls(place / "trust")
    assert (known.patient_text, known.parts) == ("Gå tillbaka till dina tider.\n\nHör av dig.", ("fonstret",))
    shown = run("recall", "list", "--trust", "trust").stdout
    for words in ("stop-use", "Stoppar: fonstret", "  | Hör av dig.", "  | Ring."):
        assert words in shown
    weaker = run("recall", "new", "fed", NAME, "--level", "info", "--reason", "Fel.")
    assert (weaker.exit_code, "lift-needed" in weaker.stderr) == (1, True)

    assert run("recall", "lift", "fed", NAME, "--reason", "Rättat.").exit_code == 0
    (file,) = (place / "fed" / "drafts").glob("*.lift.json")
    alone = run("recall", "draft-lift", "fed", str(file))
    assert (alone.exit_code, "lift-signatures" in alone.stderr) == (1, True)
    for key, said in (("sam", "Den andras underskrift saknas"), ("bo", "Båda underskrifterna finns")):
        signed = run("recall", "sign-lift", str(file), "--place", "fed", "--key", key, "--keys", "keys", "--yes")
        assert (signed.exit_code, said in signed.stdout) == (0, True), signed.output
        assert "Stoppar: fonstret" in signed.stdout, "what is lifted is shown"
    assert run("recall", "draft-lift", "fed", str(file)).exit_code == 0
    adopted(place)
    assert "(hävd)" in run("recall", "list", "fed").stdout
    assert federations.ask(store, place / "trust", datetime.now(UTC)) == "trusted"
    assert run("recall", "list", "--trust", "trust").stdout == "Ingenting är återkallat.\n"
    stale = run("recall", "sign-lift", str(file), "--place", "fed", "--key", "sam", "--keys", "keys", "--yes")
    assert (stale.exit_code, "signed-already" in stale.stderr) == (1, True)


def adopted(place: Path) -> None:
    draft = max((place / "fed" / "drafts").glob("*.draft.json"), key=lambda path: path.stat().st_mtime_ns)
    assert run("federation", "sign", str(draft), "--key", "sam", "--keys", "keys", "--yes").exit_code == 0
    assert run("federation", "adopt", "fed", str(draft)).exit_code == 0
    assert run("federation", "stamp", "fed", "--key", "klocka", "--keys", "keys").exit_code == 0


def test_either_a_place_or_a_trust_folder_is_listed(place: Path) -> None:
    assert run("recall", "list").exit_code == 2
    assert run("recall", "list", "fed", "--trust", "trust").exit_code == 2


def test_a_recall_in_a_registry(place: Path) -> None:
    """The metadata lies in a folder in OCI layout: the drafts lie where the command runs."""
    from designtool.share.federation.copying import copy_metadata
    from designtool.share.federation.registry_metadata import RegistryMetadataStore
    from designtool.share.registries.folder import FolderRegistry

    copy_metadata(FolderMetadataStore(place / "fed"), RegistryMetadataStore(FolderRegistry(place / "minne")))
    done = run("recall", "new", "./minne", NAME, "--reason", "Fel.")
    assert done.exit_code == 0, done.output
    (draft,) = (place / "drafts").iterdir()
    assert run("federation", "sign", str(draft), "--key", "sam", "--keys", "keys", "--yes").exit_code == 0
    assert run("federation", "adopt", "./minne", str(draft)).exit_code == 0
    assert run("federation", "stamp", "./minne", "--key", "klocka", "--keys", "keys").exit_code == 0
    assert "Skäl: Fel." in run("recall", "list", "./minne").stdout
    assert "Ingenting" in run("recall", "list", "fed").stdout
