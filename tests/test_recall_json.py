"""What the commands of recall print for programs, from the draft of a recall to the draft in which it is lifted."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import federations
import jsonschema
import pytest
from click.testing import CliRunner, Result
from federations import CLINICAL, ONLINE, PUBLISHER, SAFETY
from test_agreement_commands import PASSPHRASE, _put_key

from designtool.cli import group
from designtool.load.shape import schema_of
from designtool.share.federation.metadata_store import FolderMetadataStore

NAME = "region-a/prov/1.0.0"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = federations.founded(datetime.now(UTC))
    for name, data in made.store.files.items():
        FolderMetadataStore(tmp_path / "fed").put(name, data, None)
    for name, one in {"sam": SAFETY, "anna": PUBLISHER, "bo": CLINICAL, "klocka": ONLINE}.items():
        _put_key(tmp_path / "keys", name, one)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESIGNTOOL_PASSPHRASE", PASSPHRASE)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(group, list(words), catch_exceptions=False)


def told(*words: str, status: int = 0) -> Any:
    came = run("recall", *words, "--format", "json")
    assert came.exit_code == status, came.output
    found = json.loads(came.stdout)
    jsonschema.validate(found, schema_of("recall"))
    return found


def adopted(draft: str) -> None:
    assert run("federation", "sign", draft, "--key", "sam", "--keys", "keys", "--yes").exit_code == 0
    assert run("federation", "adopt", "fed", draft).exit_code == 0
    assert run("federation", "stamp", "fed", "--key", "klocka", "--keys", "keys").exit_code == 0


def test_a_recall_and_its_lift_can_be_read_by_programs(place: Path) -> None:
    assert told("list", "fed") == {"recalls": []}
    (draft,) = told("new", "fed", NAME, "--reason", "Fel i sömnfönstret.")["drafts"]
    assert (draft["role"], draft["missing_signatures"]) == ("recall", 1)
    adopted(draft["path"])
    (recall,) = told("list", "fed")["recalls"]
    assert (recall["release"], recall["reason"], recall["lifted"]) == (NAME, "Fel i sömnfönstret.", None)

    lift = told("lift", "fed", NAME, "--reason", "Rättat i förväg.")["lift"]
    assert (lift["release"], lift["recall"], lift["signed"]) == (NAME, recall["digest"], False)
    path, sign = lift["path"], ("--place", "fed", "--keys", "keys", "--yes")
    before = Path(path).read_bytes()
    refused = told("sign-lift", path, "--key", "anna", *sign, status=1)
    assert refused["problems"][0]["message"]
    assert Path(path).read_bytes() == before
    first = run("recall", "sign-lift", path, "--key", "sam", *sign, "--format", "json")
    assert json.loads(first.stdout)["lift"]["signed"] is False
    assert "Rättat i förväg." in first.stderr and "Fel i sömnfönstret." in first.stderr, "what is signed is shown"
    assert told("sign-lift", path, "--key", "bo", *sign)["lift"]["signed"] is True
    (draft,) = told("draft-lift", "fed", path)["drafts"]
    adopted(draft["path"])
    (recall,) = told("list", "fed")["recalls"]
    assert recall["lifted"]["reason"] == "Rättat i förväg."


def test_what_is_refused_can_be_read_by_programs(place: Path) -> None:
    refused = told("new", "fed", "region-a/prov/9.0.0", "--reason", "Fel.", status=1)
    assert [one["code"] for one in refused["problems"]] == ["target-unknown"]
    assert [one["code"] for one in told("lift", "fed", NAME, "--reason", "Rättat.", status=1)["problems"]] == [
        "recall-unknown"
    ]
    assert not (place / "fed/drafts").exists()
