"""designtool catalogue on the command line: as text, JSON and a page; with and without a place to get what is new from."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from catalogues import PEOPLE, Place, four_regions, publication
from click.testing import CliRunner, Result
from federations import PUBLISHER, SAFETY, Federation, contents, forged
from registries import docker_registry, http_registry

from designtool.bundle import read_bundle
from designtool.cli import group
from designtool.load.shape import schema_of
from designtool.share.agreements.registry import send_agreements
from designtool.share.federation.copying import copy_metadata
from designtool.share.federation.metadata_store import FolderMetadataStore
from designtool.share.federation.region_keys import region_keys
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.roles import release_name
from designtool.share.publish import publish
from designtool.share.recalls.lifts import sign_lift
from designtool.share.recalls.listing import Recall, draft_lift, draft_recall, lift_for
from designtool.share.registries.folder import FolderRegistry


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return four_regions(tmp_path_factory.mktemp("fyra") / "plats", datetime.now(UTC))


@pytest.fixture
def place(shared: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    made = Place(tmp_path / "plats", Federation(shared.made.store.copy()))
    shutil.copytree(shared.folder, made.folder, symlinks=True)
    monkeypatch.chdir(made.folder)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["catalogue", "--trust", "trust", *arguments])


ALL = ("--region", "region-b", "--in-use", "build", "--from", "register")


def told(done: Result) -> Any:
    value = json.loads(done.stdout)
    jsonschema.validate(value, schema_of("catalogue"))
    return value


def programs(value: Any) -> dict[str, Any]:
    return {one["program"]: one for region in value["regions"] for one in region["programs"]}


def test_as_text(place: Place) -> None:
    done = run(*ALL)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    assert "Steg ur nedstämdhet, 2.0.0  (region-a/prov)" in done.stdout
    assert "Vad som är nytt från 1.0.0 till 1.1.0:" in done.stdout
    assert "antalet veckor är ändrat" in done.stdout


def test_as_json(place: Place) -> None:
    done = run(*ALL, "--format", "json")
    assert done.exit_code == 0, done.output
    value = told(done)
    assert not value["expired"] and value["region"] == "region-b" and value["warnings"] == []
    one = programs(value)["region-a/prov"]
    assert (one["newest"], one["may_begin_with"], one["agreement"]["state"]) == ("2.0.0", "1.1.0", "in-force")
    (news,) = one["news"]
    assert (news["from"], news["to"], news["changes"]["required_bump"]) == ("1.0.0", "1.1.0", "major")
    jsonschema.validate(news["changes"], schema_of("diff"))
    assert programs(value)["region-c/somn"]["versions"][0]["recalls"][0]["replacement"] == "1.0.0"
    assert programs(value)["region-b/prov-hos-oss"]["base"]["name"] == "region-a/prov/1.0.0"


def test_as_a_page_in_a_file_that_is_not_written_over(place: Place) -> None:
    done = run(*ALL, "--format", "html", "--output", "katalog.html")
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    page = (place.folder / "katalog.html").read_text("utf-8")
    assert page.startswith("<!doctype html>") and 'id="region-a.prov"' in page
    assert run(*ALL, "--output", "katalog.html").exit_code == 2
    assert (place.folder / "katalog.html").read_text("utf-8") == page
    assert run(*ALL, "--output", "katalog.html", "--force", "--format", "json").exit_code == 0
    assert told_file(place.folder / "katalog.html")["region"] == "region-b"


def told_file(path: Path) -> Any:
    value = json.loads(path.read_text("utf-8"))
    jsonschema.validate(value, schema_of("catalogue"))
    return value


def test_one_program_alone(place: Place) -> None:
    value = told(run(*ALL, "--format", "json", "--program", "region-c/somn"))
    assert list(programs(value)) == ["region-c/somn"]
    assert run(*ALL, "--program", "../annat").exit_code == 2
    assert run(*ALL, "--program", "region-c/somn:1.0.0").exit_code == 2
    none = run(*ALL, "--program", "region-a/finns-inte")
    assert none.exit_code == 0 and "Här finns inget program." in none.stdout


def test_without_a_region_and_without_agreements_that_is_said(place: Place) -> None:
    assert programs(told(run("--format", "json")))["region-a/prov"]["agreement"]["state"] == "region-unknown"
    (place.folder / "agreements").rename(place.folder / "avtal")
    value = programs(told(run("--format", "json", "--region", "region-b")))
    assert value["region-a/prov"]["agreement"]["state"] == "not-read"
    value = programs(told(run("--format", "json", "--region", "region-b", "--agreements", "avtal")))
    assert value["region-a/prov"]["agreement"]["state"] == "in-force"
    assert run("--agreements", "finns-inte").exit_code == 2


def test_the_region_of_the_workspace_is_the_own_one(place: Place) -> None:
    (place.folder / "designtool.yaml").write_text("format: 1\nregion: region-b\nlanguage: en\n")
    done = run("--in-use", "build")
    assert done.exit_code == 0 and "seen from region-b" in done.stdout
    assert "Both versions are needed to compare them." in " ".join(done.stdout.split())


def test_agreements_come_with_what_is_new(place: Place) -> None:
    (place.folder / "designtool.yaml").write_text("format: 1\nregion: region-b\n")
    place.agreements.rename(place.folder / "hos-andra")
    done = run()
    assert done.exit_code == 0 and "Inga avtal är hämtade. Hämta dem" in done.stderr, done.output
    done = run("--from", "register")
    assert "de finns inte i register" in done.stderr and not place.agreements.exists()
    keys = region_keys(place.trust)
    with FolderRegistry(place.registry) as registry:
        for region in PEOPLE:
            send_agreements(place.folder / "hos-andra", registry, region, keys)
    done = run("--from", "register", "--format", "json")
    assert programs(told(done))["region-a/prov"]["agreement"]["state"] == "in-force" and done.stderr == ""
    assert sorted(path.name for path in place.agreements.glob("*.json")), "they lie where other commands look for them"


def test_a_new_recall_is_said_once_and_a_lifted_one_too(place: Place) -> None:
    name, now = "region-a/prov/1.1.0", datetime.now(UTC)
    draft = draft_recall(place.made.store, Recall(release_name(name), "no-new-patients", "Fel text."), now)
    place.made.adopt(draft, SAFETY)
    place.made.stamp(now)
    with FolderRegistry(place.registry) as registry:
        copy_metadata(place.made.store, RegistryMetadataStore(registry))
    said = "!!! region-a/prov 1.1.0 ÄR ÅTERKALLAD (inga nya patienter): Fel text."
    shutil.copytree(place.trust, place.folder / "annan")
    assert said in run("--from", "register").stderr
    assert said not in run("--from", "register").stderr
    for known, expected in ((False, [name]), (True, [])):
        done = CliRunner().invoke(group, ["federation", "update", "annan", "--from", "register", "--format", "json"])
        value = json.loads(done.stdout)
        jsonschema.validate(value, schema_of("federation"))
        assert [one["release"] for one in value["new_recalls"]] == expected and (said in done.stderr) != known
    lift = lift_for(place.made.store, release_name(name), "Texten är rättad.", now.date())
    clinical = next(one for one in PEOPLE["region-a"] if one.public.role == "clinical")
    for one in (SAFETY, clinical):
        lift = sign_lift(lift, one.signer, one.public, [SAFETY.public, clinical.public])
    place.made.adopt(draft_lift(place.made.store, lift, now), SAFETY)
    place.made.stamp(now)
    with FolderRegistry(place.registry) as registry:
        copy_metadata(place.made.store, RegistryMetadataStore(registry))
    assert f"Återkallelsen av {name} är hävd." in run("--from", "register").stderr


def test_agreements_come_with_an_update_of_the_federation(place: Place) -> None:
    place.agreements.rename(place.folder / "hos-andra")
    with FolderRegistry(place.registry) as registry:
        send_agreements(place.folder / "hos-andra", registry, "region-a", region_keys(place.trust))
    update = ["federation", "update", "trust", "--agreements", "avtal", "--from"]
    done = CliRunner().invoke(group, [*update, "register", "--format", "json"])
    value = json.loads(done.stdout)
    jsonschema.validate(value, schema_of("federation"))
    assert value["agreements"]["files"] and value["agreements"]["problems"] == []
    done = CliRunner().invoke(group, [*update, "register"])
    assert "Nya avtal och avslut: 0" in done.stdout
    for name, data in place.made.store.files.items():
        FolderMetadataStore(place.folder / "filer").put(name, data, None)
    done = CliRunner().invoke(group, [*update, "filer"])
    assert done.exit_code == 2 and "bara metadata, och inga avtal" in done.stderr


def test_what_is_new_is_taken_over_first(place: Place) -> None:
    now = datetime.now(UTC)
    assert programs(told(run("--format", "json")))["region-c/somn"]["newest"] == "1.1.0"
    with FolderRegistry(place.registry) as registry:
        place.made.adopt(publication.draft_renewal(place.made.store, "region-c", now), *PEOPLE["region-c"])
        place.made.stamp(now)
        copy_metadata(place.made.store, RegistryMetadataStore(registry))
    before = contents(place.trust)
    assert run("--from", "register").exit_code == 0
    assert contents(place.trust) != before


def test_a_real_registry(place: Place) -> None:
    with docker_registry(place.folder / "tjanst") as address:
        with http_registry(address) as registry:
            copy_metadata(place.made.store, RegistryMetadataStore(registry))
            for path in sorted(place.build.glob("*.dtb")):
                with path.open("rb") as stream:
                    publish(read_bundle(stream), registry)
        done = run("--region", "region-b", "--in-use", "build", "--from", address, "--format", "json")
    assert done.exit_code == 0, done.output
    (news,) = programs(told(done))["region-a/prov"]["news"]
    assert news["changes"] is None and news["unknown"], "the newer version is not in this registry"


def test_what_has_expired_is_still_read_and_leaves_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = four_regions(tmp_path / "plats", datetime.now(UTC) - timedelta(days=8))
    monkeypatch.chdir(place.folder)
    for more in ((), ("--from", "register")):
        done = run("--region", "region-b", *more)
        assert done.exit_code == 1
        assert "VARNING: Uppgifterna har gått ut" in done.stdout and "Steg ur nedstämdhet, 2.0.0" in done.stdout
    value = told(run("--format", "json"))
    assert value["expired"] and value["warnings"]


def test_a_forged_place_is_refused_and_nothing_is_taken_over(place: Place) -> None:
    for name, data in place.made.store.files.items():
        FolderMetadataStore(place.folder / "filer").put(name, data, None)
    assert run("--from", "filer").exit_code == 0, "the same files as they were signed"
    place.made.store.files["timestamp.json"] = forged(place.made.store, "timestamp", later, [PUBLISHER])
    (place.folder / "filer" / "timestamp.json").write_bytes(place.made.store.files["timestamp.json"])
    before = contents(place.trust)
    done = run("--from", "filer")
    assert (done.exit_code, done.stdout) == (1, "") and "[metadata-signatures]" in done.stderr
    assert contents(place.trust) == before


def later(timestamp: Any) -> None:
    timestamp.version += 1


def test_no_trust_folder_and_a_place_that_means_nothing(place: Place, tmp_path: Path) -> None:
    done = CliRunner().invoke(group, ["catalogue", "--trust", str(tmp_path / "ingen")])
    assert done.exit_code == 1 and "trust-missing" in done.stderr
    done = CliRunner().invoke(group, ["catalogue", "--trust", str(tmp_path / "ingen"), "--format", "json"])
    assert json.loads(done.stdout)["problems"][0]["code"] == "trust-missing"
    assert run("--from", "https://127.0.0.1:9/x").exit_code == 2
    assert run("--in-use", "finns-inte").exit_code == 2


def test_files_that_do_not_count_are_said_and_leave_with_1(place: Place) -> None:
    (place.build / "trasig.dtb").write_bytes(b"hej")
    (place.agreements / "trasigt.agreement.json").write_bytes(b"{")
    done = run(*ALL)
    assert done.exit_code == 1
    for name in ("trasig.dtb", "trasigt.agreement.json"):
        assert f"VARNING: {name}" in done.stdout or f"/{name}" in done.stdout
    assert "Steg ur nedstämdhet, 2.0.0" in done.stdout
