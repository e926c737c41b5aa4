"""From a bundle to one that is fetched with trust, by the commands that people use; in each kind of place."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from federations import contents
from runtime_samples import bundle_bytes, sample_program
from test_share_commands import Run, bundle, found, keys, run, sign

from designtool.cli import federation as federation_command
from designtool.load.shape import schema_of

__all__ = ["bundle", "keys", "run"]  # Fixtures.


def told(run: Run, *arguments: object) -> Any:
    done = run(*arguments, "--format", "json")
    assert done.status == 0, done.err + done.out
    value = json.loads(done.out)
    jsonschema.validate(value, schema_of(str(arguments[0])))
    return value


def code(run: Run, *arguments: object) -> str:
    done = run(*arguments, "--format", "json")
    value = json.loads(done.out)
    jsonschema.validate(value, schema_of(str(arguments[0])))
    assert (done.status, list(value)) == (1, ["problems"]), done.out
    return str(value["problems"][0]["code"])


@pytest.fixture(params=["named", "published to"])
def place(
    request: pytest.FixtureRequest, run: Run, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """A registry in a folder: one that designtool.yaml names, or one that something lies in already."""
    monkeypatch.chdir(tmp_path)
    if request.param == "named":
        (tmp_path / "designtool.yaml").write_text("format: 1\nregion: vgr\nregistries:\n  register: ./mapp\n")
        return "register"
    other = tmp_path / "annat.dtb"
    other.write_bytes(bundle_bytes(replace(sample_program(), id="annat")))
    assert run("publish", other, "--to", "./mapp", "--unsigned").status == 0
    return "./mapp"


def signed_draft(run: Run, keys: Path, place: str, bundle: Path, drafts: Path) -> Path:
    (made,) = told(run, "federation", "release", place, bundle, "--drafts", drafts)["drafts"]
    assert (made["role"], made["missing_signatures"], made["signed_by"]) == ("vgr", 2, [])
    for who in ("anna", "bo"):
        sign(run, keys, Path(made["path"]), who)
    return Path(made["path"])


def test_from_the_first_key_to_a_bundle_that_is_trusted(
    run: Run, keys: Path, bundle: Path, place: str, tmp_path: Path
) -> None:
    digest = found(run, keys, place, tmp_path / "drafts")
    draft = signed_draft(run, keys, place, bundle, tmp_path / "drafts")
    done = run("publish", bundle, "--to", place, "--release", draft)
    assert done.status == 0, done.err
    assert "Underskrivet av Anna (publicerar, vgr)" in done.out
    assert f"Utgåvan gäller när metadatan har stämplats: designtool federation stamp {place}" in done.out
    assert told(run, "federation", "stamp", place, "--key", "stampel", "--keys", keys)["files"][-1] == "timestamp.json"
    # What is released already is published elsewhere without a draft, if the metadata says so.
    (again,) = told(run, "publish", bundle, "--to", place)["published"]
    assert (again["new"], [one["holder"] for one in again["signed_by"]]) == (False, ["Anna", "Bo"])

    trust = tmp_path / "trust"
    assert code(run, "federation", "trust", trust, "--from", place, "--digest", digest[:-1] + "x") == "root-digest"
    assert told(run, "federation", "trust", trust, "--from", place, "--digest", digest)["folder"] == str(trust)
    fetched = told(run, "fetch", "vgr/provet", "--from", place, "--trust", trust)
    assert (fetched["trusted"], [one["role"] for one in fetched["signed_by"]]) == (True, ["publisher", "clinical"])
    assert Path(fetched["path"]).read_bytes() == bundle.read_bytes()
    shown = run("fetch", "vgr/provet", "--from", place, "--trust", trust)
    assert "Underskrivet av Bo (kliniskt ansvarig, vgr)" in shown.out
    assert told(run, "fetch", "vgr/provet", "--from", place)["signed_by"] == []
    updated = told(run, "federation", "update", trust, "--from", place)
    assert (updated["versions"]["root"], updated["not_trusted"]) == (1, [])
    assert run("verify", bundle, "--trust", trust).status == 0
    rolled = told(run, "federation", "show", place)
    assert {one["role"]: one["threshold"] for one in rolled["roles"]}["vgr"] == 2
    assert rolled["metadata"][0]["digest"] == digest

    # All of it goes on a stick in one command.
    (taken,) = told(run, "publish", bundle, "--to", "./minne", "--metadata", place)["published"]
    assert taken["new"]
    other = tmp_path / "annan-enhet"
    told(run, "federation", "trust", other, "--from", "./minne", "--digest", digest)
    assert told(run, "fetch", "vgr/provet", "--from", "./minne", "--trust", other, "--output", "hit")["trusted"]
    assert "timestamp.json" in told(run, "federation", "copy", place, "./bara-metadata")["files"]
    assert told(run, "federation", "update", other, "--from", "./bara-metadata")["not_trusted"] == []


def test_what_nobody_vouches_for_is_not_published_by_mistake(
    run: Run, keys: Path, bundle: Path, place: str, tmp_path: Path
) -> None:
    before = contents(tmp_path / "mapp")
    assert code(run, "publish", bundle, "--to", place) == "release-unsigned"
    assert contents(tmp_path / "mapp") == before
    found(run, keys, place, tmp_path / "drafts")
    before = contents(tmp_path / "mapp")
    assert code(run, "publish", bundle, "--to", place) == "release-unsigned"
    (made,) = told(run, "federation", "release", place, bundle, "--drafts", tmp_path / "drafts")["drafts"]
    draft = Path(made["path"])
    assert code(run, "publish", bundle, "--to", place, "--release", draft) == "metadata-signatures"
    sign(run, keys, draft, "anna")
    assert code(run, "publish", bundle, "--to", place, "--release", draft) == "metadata-signatures"
    sign(run, keys, draft, "bo")
    other = tmp_path / "provet-annan.dtb"
    other.write_bytes(bundle_bytes(replace(sample_program(), title="En annan")))
    assert code(run, "publish", other, "--to", place, "--release", draft) == "target-other"
    foreign = tmp_path / "nytt.dtb"
    foreign.write_bytes(bundle_bytes(replace(sample_program(), id="nytt")))
    assert code(run, "publish", foreign, "--to", place, "--release", draft) == "release-unsigned"
    founders = tmp_path / "drafts" / "2.targets.draft.json"
    assert run("publish", bundle, "--to", place, "--release", founders).status == 2
    assert run("publish", bundle, "--to", place, "--release", draft, "--unsigned").status == 2
    assert run("publish", bundle, "--to", place, "--since", foreign, "--release", draft).status == 2
    assert contents(tmp_path / "mapp") == before
    done = run("publish", foreign, "--to", place, "--unsigned")
    assert (done.status, "Ingen går i god för det" in done.err) == (0, True)
    assert told(run, "publish", bundle, "--to", place, "--release", draft)["metadata"] == ["1.vgr.json"]
    assert code(run, "publish", other, "--to", place) == "target-other"


def test_drafts_lie_beside_files_and_here_for_a_registry(
    run: Run, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "designtool.yaml").write_text("format: 1\nregion: vgr\nregistries:\n  register: ./mapp\n")
    public = ["--founder", keys / "grundare-a.public.json", "--founder", keys / "grundare-b.public.json"]
    public += ["--online", keys / "stampel.public.json", "--safety", keys / "sam.public.json"]
    for place, folder in (("register", "drafts"), ("ny", "ny/drafts"), ("./annan", "annan/drafts")):
        made = told(run, "federation", "init", place, *public)["drafts"]
        assert [one["path"] for one in made] == [
            f"{folder}/1.{role}.draft.json" for role in ("root", "targets", "recall")
        ]
    wrong = run("federation", "show", "registre")
    assert (wrong.status, "Menade du register?" in wrong.err) == (2, True)
    assert code(run, "federation", "show", "ny") == "metadata-missing"


def test_keys_are_told_to_programs_too(run: Run, keys: Path, tmp_path: Path) -> None:
    names = [one["name"] for one in told(run, "keys", "list", "--keys", keys)["keys"]]
    assert names == sorted(names) and "anna" in names
    new = ("keys", "new", "eva", "--holder", "Eva", "--region", "vgr", "--keys", tmp_path / "nya")
    (made,) = told(run, *new)["keys"]
    assert (made["holder"], made["role"], Path(made["public"]).name) == ("Eva", "publisher", "eva.public.json")
    assert code(run, *new) == "key-exists"


def test_metadata_that_has_run_out_stops_what_is_fetched(
    run: Run, keys: Path, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    digest = found(run, keys, "federation")
    draft = signed_draft(run, keys, "federation", bundle, tmp_path / "drafts")
    assert told(run, "federation", "adopt", "federation", draft)["adopted"][0]["file"] == "1.vgr.json"
    long_ago = federation_command._now().replace(year=federation_command._now().year - 1, day=1)
    with monkeypatch.context() as then:
        then.setattr(federation_command, "_now", lambda: long_ago)
        assert run("federation", "stamp", "federation", "--key", "stampel", "--keys", keys).status == 0
    assert run("publish", bundle, "--to", "./minne", "--metadata", "federation").status == 0
    assert run("federation", "trust", "trust", "--root", "federation/1.root.json", "--digest", digest).status == 0
    before = contents(tmp_path / "trust")
    assert code(run, "fetch", "vgr/provet", "--from", "./minne", "--trust", "trust") == "metadata-expired"
    assert not (tmp_path / "build").exists()
    assert contents(tmp_path / "trust") == before
    assert run("federation", "stamp", "federation", "--key", "stampel", "--keys", keys).status == 0
    assert run("federation", "copy", "federation", "./minne").status == 0
    assert told(run, "fetch", "vgr/provet", "--from", "./minne", "--trust", "trust")["new"]


def test_a_stick_with_what_is_new_alone(
    run: Run, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    newer, other = tmp_path / "provet-1.0.1.dtb", tmp_path / "annat.dtb"
    newer.write_bytes(bundle_bytes(replace(sample_program(), version="1.0.1")))
    other.write_bytes(bundle_bytes(replace(sample_program(), id="annat")))
    for wrong in (("--to", "./minne", "--since", other), ("--to", "http://127.0.0.1:9", "--since", bundle)):
        done = run("publish", newer, *wrong, "--unsigned")
        assert (done.status, "--since" in done.err) == (2, True)
    (whole,) = told(run, "publish", newer, "--to", "./allt", "--unsigned")["published"]
    (part,) = told(run, "publish", newer, "--to", "./minne", "--since", bundle, "--unsigned")["published"]
    assert part["sent_bytes"] < whole["sent_bytes"]
    missing = run("fetch", "vgr/provet", "--from", "./minne", "--output", "hit")
    assert (missing.status, "provet-1.0.0.dtb: lägg den filen i hit" in missing.err) == (2, True)
    assert not list((tmp_path / "hit").iterdir())
    (tmp_path / "hit" / "provet-1.0.0.dtb").write_bytes(bundle.read_bytes())
    fetched = told(run, "fetch", "vgr/provet", "--from", "./minne", "--output", "hit")
    assert Path(fetched["path"]).read_bytes() == newer.read_bytes()
    assert [
        one["name"] for one in told(run, "publish", bundle, other, "--to", "./minne", "--unsigned")["published"]
    ] == [
        "vgr/provet",
        "vgr/annat",
    ]


def test_one_region_whose_metadata_does_not_hold_is_named(run: Run, keys: Path, bundle: Path, tmp_path: Path) -> None:
    folder, trust = tmp_path / "federation", tmp_path / "trust"
    digest = found(run, keys, folder)
    draft = signed_draft(run, keys, str(folder), bundle, tmp_path / "drafts")
    assert run("federation", "adopt", folder, draft).status == 0
    assert run("federation", "stamp", folder, "--key", "stampel", "--keys", keys).status == 0
    assert run("federation", "trust", trust, "--from", folder, "--digest", digest).status == 0
    whole = (folder / "1.vgr.json").read_bytes()
    (folder / "1.vgr.json").write_bytes(whole[:-1])
    done = run("federation", "update", trust, "--from", folder)
    assert (done.status, "fel[metadata-" in done.err, "Inget från vgr är betrott" in done.err) == (0, True, True)
    (problem,) = told(run, "federation", "update", trust, "--from", folder)["not_trusted"]
    assert problem["role"] == "vgr"
    assert run("verify", bundle, "--trust", trust).status == 1
    (folder / "1.vgr.json").write_bytes(whole)
    assert told(run, "federation", "update", trust, "--from", folder)["not_trusted"] == []
    assert run("verify", bundle, "--trust", trust).status == 0
