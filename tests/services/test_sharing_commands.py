"""designtool publish and fetch as processes of their own: with real registries, in little memory, and killed at any moment."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from designtool.bundle import read_bundle
from designtool.bundle.manifest import blob_of, digest_of
from designtool.cli import group
from designtool.cli.registries import shown_progress
from designtool.load.shape import schema_of
from designtool.share.federation.draft import read_draft
from designtool.share.federation.publication import adopt
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.fetch import fetch
from designtool.share.publish import publish
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.names import parse_wanted
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Registry
from tests.bench.sharing import IMPORT
from tests.bundles import archive_of, sample_content, sample_program
from tests.failpoints import failing, in_a_child, killed
from tests.large_program import NAME as LARGE_NAME
from tests.large_program import PASSPHRASE as LARGE_PASSPHRASE
from tests.large_program import PUBLISHER_KEY, LargeProgram, make_large_program
from tests.measuring import designtool
from tests.registries import PASSWORD, USER, credentials_for, docker_registry, htpasswd, http_registry, token_issuer

CONTENT = sample_content()
MOST_MEMORY = 64 * 1024
"""Kilobytes."""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / "prov-1.2.3.dtb"
    path.write_bytes(archive_of(CONTENT))
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "arbetsyta"
    folder.mkdir()
    (folder / "designtool.yaml").write_text(
        "format: 1\nregion: vgr\nlanguage: en\nregistries:\n  usb: ../minne\n  national: http://127.0.0.1:9/x\n"
    )
    return folder


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("guarded")
    with docker_registry(folder, htpasswd(folder)) as address:
        yield address


def run(where: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as it runs in a folder, in this process."""
    with chdir(where):
        told = CliRunner(env={"XDG_CONFIG_HOME": str(where / "settings"), **environment}).invoke(
            group, [str(argument) for argument in arguments]
        )
    return subprocess.CompletedProcess(arguments, told.exit_code, told.stdout, told.stderr)


def json_of(name: str, done: subprocess.CompletedProcess[str]) -> Any:
    found = json.loads(done.stdout)
    jsonschema.validate(found, schema_of(name))
    return found


def test_a_stick_that_designtool_yaml_names(workspace: Path, bundle: Path, tmp_path: Path) -> None:
    first = run(workspace, "publish", bundle, "--to", "usb", "--unsigned", "--format", "json")
    answer = json_of("publish", first)
    (told,) = answer["published"]
    assert (first.returncode, told["name"], told["version"], told["new"]) == (0, "vgr/prov", "1.2.3", True)
    assert answer["registry"] == str(workspace / ".." / "minne") and told["sent_bytes"] > 0
    assert (told["signed_by"], answer["metadata"]) == ([], [])
    again = json_of("publish", run(workspace, "publish", bundle, "--to", "usb", "--unsigned", "--format", "json"))
    assert again["published"][0]["new"] is False
    done = run(workspace, "fetch", "vgr/prov", "--from", "usb", "--format", "json")
    fetched = json_of("fetch", done)
    assert (fetched["digest"], fetched["path"], fetched["trusted"]) == (told["digest"], "build/prov-1.2.3.dtb", False)
    assert (workspace / fetched["path"]).read_bytes() == bundle.read_bytes()
    assert json_of("fetch", run(workspace, "fetch", "vgr/prov", "--from", "usb", "--format", "json"))["new"] is False
    # A folder that is written in the command starts where the command runs.
    assert run(tmp_path, "fetch", "vgr/prov:1.2.3", "--from", "./minne").returncode == 0


def test_people_are_told_that_it_is_whole_and_not_trusted(bundle: Path, tmp_path: Path) -> None:
    run(tmp_path, "publish", bundle, "--to", "./minne", "--unsigned")
    swedish = run(tmp_path, "fetch", "vgr/prov", "--from", "./minne", "--output", "hit")
    english = run(tmp_path, "--lang", "en", "fetch", "vgr/prov", "--from", "./minne", "--output", "dit")
    assert swedish.stdout.endswith("  hit/prov-1.2.3.dtb\n")
    assert "Vem som har gjort det kontrolleras inte" in swedish.stderr
    assert "Who made it is not checked" in english.stderr
    assert "\r" not in swedish.stderr  # Progress is for terminals.
    for language, words in (("sv", "inte betrott för det"), ("en", "not trusted for that")):
        assert words in " ".join(run(tmp_path, "--lang", language, "fetch", "--help").stdout.split())


def test_what_is_refused_and_what_cannot_be_done_have_their_statuses(workspace: Path, bundle: Path) -> None:
    other = workspace / "annan.dtb"
    other.write_bytes(archive_of(sample_content(sample_program(title="En annan"))))
    torn = workspace / "trasig.dtb"
    torn.write_bytes(bundle.read_bytes()[:-1])
    assert run(workspace, "publish", bundle, "--to", "usb", "--unsigned").returncode == 0
    cases: list[tuple[tuple[object, ...], int, str]] = [
        (("publish", other, "--to", "usb", "--unsigned"), 1, "error[published-already]"),
        (("publish", torn, "--to", "usb", "--unsigned"), 1, "error[archive-truncated]"),
        (("publish", workspace / "ingen.dtb", "--to", "usb", "--unsigned"), 2, "ingen.dtb"),
        (("publish", bundle, "--to", "usbb", "--unsigned"), 2, "Did you mean usb?"),
        (("publish", bundle, "--to", "http://registry.example", "--unsigned"), 2, "write https"),
        (("publish", bundle, "--to", ".", "--unsigned"), 2, "error[not-a-registry-folder]"),
        (("fetch", "vgr/annat", "--from", "usb"), 2, "error[not-in-registry]"),
        (("fetch", "../prov", "--from", "usb"), 2, "error[name-form]"),
        (("fetch", "vgr/prov", "--from", "national"), 2, "error[registry-unreachable]"),
    ]
    for arguments, status, words in cases:
        done = run(workspace, *arguments)
        assert (done.returncode, done.stdout) == (status, ""), (arguments, done.stderr)
        assert words in done.stderr
    refused = run(workspace, "publish", other, "--to", "usb", "--unsigned", "--format", "json")
    assert [one["code"] for one in json_of("publish", refused)["problems"]] == ["published-already"]
    missing = run(workspace, "fetch", "vgr/annat", "--from", "usb", "--format", "json")
    assert [one["code"] for one in json_of("fetch", missing)["problems"]] == ["not-in-registry"]


def test_credentials_come_from_their_file(guarded: str, bundle: Path, tmp_path: Path) -> None:
    host = guarded.removeprefix("http://")
    denied = run(tmp_path, "--lang", "en", "publish", bundle, "--to", guarded, "--unsigned")
    assert denied.returncode == 2 and f"error[access-denied]: {guarded} gives no access" in denied.stderr
    file = tmp_path / "hemligt.yaml"
    file.write_text(f"{host}:\n  username: {USER}\n  password: fel\n")
    file.chmod(0o600)
    wrong = run(tmp_path, "publish", bundle, "--to", guarded, "--unsigned", DESIGNTOOL_CREDENTIALS=str(file))
    assert wrong.returncode == 2 and "fel[access-denied]" in wrong.stderr
    usual = tmp_path / "settings" / "designtool" / "credentials.yaml"
    usual.parent.mkdir(parents=True)
    usual.write_text(f"{host}:\n  username: {USER}\n  password: {PASSWORD}\n")
    usual.chmod(0o644)
    assert "chmod 600" in run(tmp_path, "publish", bundle, "--to", guarded, "--unsigned").stderr
    usual.chmod(0o600)
    assert run(tmp_path, "publish", bundle, "--to", guarded, "--unsigned").returncode == 0
    fetched = run(tmp_path, "fetch", "vgr/prov", "--from", guarded, "--output", "hit")
    assert fetched.returncode == 0 and PASSWORD not in fetched.stderr + fetched.stdout + wrong.stderr
    assert (tmp_path / "hit" / "prov-1.2.3.dtb").read_bytes() == bundle.read_bytes()


def test_a_token_for_another_repository_opens_nothing(tmp_path: Path) -> None:
    """The issuer grants what it will, the registry lets in what was granted: neither is asked twice."""
    made = read_bundle(io.BytesIO(archive_of(CONTENT)))
    with token_issuer(tmp_path / "issuer") as issuer, docker_registry(tmp_path / "registry", issuer.auth()) as address:
        signed_in = credentials_for(issuer.address)
        with http_registry(address, signed_in) as registry:
            publish(made, registry)
        assert issuer.asked == [["repository:vgr/prov:pull"], ["repository:vgr/prov:pull,push"]]
        refusals = {
            "another repository": lambda scope: scope.replace("vgr/prov", "vgr/annat"),
            "nothing": lambda scope: None,
        }
        for granted in refusals.values():
            issuer.granted = granted
            with http_registry(address, signed_in) as registry, pytest.raises(RegistryProblem) as refused:
                fetch(parse_wanted("vgr/prov:1.2.3"), registry, tmp_path / "hit")
            assert refused.value.code == "access-denied" and not (tmp_path / "hit").exists()
        # Who may read may not write because of it.
        issuer.granted = lambda scope: scope.replace("pull,push", "pull")
        newer = read_bundle(io.BytesIO(archive_of(sample_content(sample_program(version="2.0.0")))))
        with http_registry(address, signed_in) as registry:
            with pytest.raises(RegistryProblem) as refused:
                publish(newer, registry)
            assert (refused.value.code, registry.tags("vgr/prov")) == ("access-denied", ("1.2.3",))
            assert fetch(parse_wanted("vgr/prov"), registry, tmp_path / "hit").digest == made.digest


def test_a_film_of_a_program_that_one_has_no_token_for_is_sent(tmp_path: Path) -> None:
    """A mount asks for a scope of the other program; where it is not granted, nothing is taken over and all of it is sent."""
    film = os.urandom(200_000)
    first, second = (
        replace(made, files={**made.files, "media/lang.webm": blob_of(film)})
        for made in (CONTENT, sample_content(sample_program(id="annat")))
    )
    with token_issuer(tmp_path / "issuer") as issuer, docker_registry(tmp_path / "registry", issuer.auth()) as address:
        with http_registry(address, credentials_for(issuer.address)) as registry:
            name = publish(read_bundle(io.BytesIO(archive_of(first))), registry).name
        issuer.granted = lambda scope: scope if "annat" in scope else None
        with http_registry(address, credentials_for(issuer.address)) as registry:
            published = publish(read_bundle(io.BytesIO(archive_of(second))), registry, [name])
        assert digest_of(film) in published.sent and published.mounted_bytes == 0


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LargeProgram]:
    """Twice what a process may have."""
    folder = tmp_path_factory.mktemp("large")
    yield make_large_program(folder, 130)
    shutil.rmtree(folder)


@pytest.mark.parametrize("kind", ["folder", "service"])
def test_a_large_program_is_carried_in_little_memory(kind: str, large: LargeProgram, tmp_path: Path) -> None:
    """With signatures and trust: it goes in and comes out, and of its second version only what is new does."""
    trust, output = large.trust_folder(tmp_path / "trust"), tmp_path / "hit"
    with ExitStack() as opened:
        if kind == "folder":
            place, storage = "./register", tmp_path / "register"
            registry: Registry = FolderRegistry(storage)
        else:
            place, storage = opened.enter_context(docker_registry(tmp_path / "tjanst")), tmp_path / "tjanst" / "storage"
            registry = http_registry(place)
        store = RegistryMetadataStore(opened.enter_context(registry))
        large.copy_metadata(store)
        for version, bundle in large.bundles.items():
            draft, before = large.draft(version, store, tmp_path / f"{version}.draft.json"), bytes_in(storage)
            published = in_little_memory(tmp_path, "publish", bundle, "--to", place, "--release", draft)
            large.stamp(store)
            fetch = ("fetch", LARGE_NAME, "--from", place, "--trust", trust, "--output", output)
            fetched = in_little_memory(tmp_path, *fetch)
            assert (output / bundle.name).stat().st_size == bundle.stat().st_size
            assert (fetched["version"], fetched["trusted"]) == (version, True)
            (sent,) = published["published"]
            told = (sent["sent_bytes"], bytes_in(storage) - before, fetched["received_bytes"])
            assert all((count > large.film_bytes) == (version == "1.0.0") for count in told), told
            assert version == "1.0.0" or max(told) < 200_000, told


def test_a_large_program_is_judged_and_carried_by_hand_in_little_memory(large: LargeProgram, tmp_path: Path) -> None:
    old, new = large.bundles.values()
    store, trust = RegistryMetadataStore(FolderRegistry(tmp_path / "register")), large.trust_folder(tmp_path / "trust")
    large.copy_metadata(store)
    for version in large.bundles:
        adopt(read_draft(large.draft(version, store, tmp_path / "utkast").read_bytes(), "utkast"), store)
    large.stamp(store)
    metadata = ("--metadata", "./register/", "--since", old)
    in_little_memory(tmp_path, "publish", new, "--to", "./minne", *metadata)
    assert bytes_in(tmp_path / "minne") < 200_000
    # Who has the first version gets the second from it, and nobody else does.
    fetch = ("fetch", LARGE_NAME, "--from", "./minne", "--trust", trust)
    (tmp_path / "har").mkdir()
    os.link(old, tmp_path / "har" / old.name)
    fetched = in_little_memory(tmp_path, *fetch, "--output", "har")
    assert fetched["received_bytes"] < 200_000
    assert (tmp_path / "har" / new.name).stat().st_size == new.stat().st_size
    verified = in_little_memory(tmp_path, "verify", new, "--trust", trust)
    assert [one["holder"] for one in verified["signers"]] == ["Anna Ek", "Bo Alm"]
    # To open the key takes more, on purpose; building again what lies in the bundle does not.
    phrase = {"DESIGNTOOL_PASSPHRASE": LARGE_PASSPHRASE}
    new_statement = ("provenance", "new", new, "--key", PUBLISHER_KEY, "--keys", large.keys, "--output", "intyg.json")
    done = designtool(tmp_path, *new_statement, environment=phrase)
    assert done.peak < MOST_MEMORY + 2 * 16 * 1024
    in_little_memory(tmp_path, "verify", new, "--provenance", "intyg.json", "--trust", trust)
    # A runtime, which has its pages and its database in memory too.
    imported = designtool(tmp_path, new, trust, "data", body=IMPORT)
    assert imported.peak < MOST_MEMORY * 3 // 2


def in_little_memory(where: Path, *arguments: object) -> Any:
    """What a command tells."""
    done = designtool(where, *arguments, "--format", "json")
    assert done.peak < MOST_MEMORY, arguments
    return json.loads(done.said)


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_publishing_to_a_folder_is_killed_at_any_step_and_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    made = read_bundle(io.BytesIO(archive_of(CONTENT)))
    older = read_bundle(io.BytesIO(archive_of(sample_content(sample_program(version="1.0.0")))))
    registry = FolderRegistry(tmp_path / "register")
    publish(older, registry)

    def killed_at(at: int) -> int:
        def act() -> None:
            with failing(tmp_path, at, killed):
                publish(made, registry)

        return in_a_child(act)

    at = 1
    while killed_at(at) == -signal.SIGKILL:
        tags = registry.tags("vgr/prov")
        assert tags in (("1.0.0",), ("1.0.0", "1.2.3")), at
        for version in tags:
            fetched = fetch(parse_wanted(f"vgr/prov:{version}"), registry, tmp_path / f"hit-{at}")
            assert fetched.digest == registry.tagged("vgr/prov", version)
        at += 1
    # What is on the disk need not be written again, so each attempt has fewer steps left.
    assert at > 5 and registry.tags("vgr/prov") == ("1.0.0", "1.2.3")


def test_other_tools_read_a_folder_and_publish_to_a_registry(bundle: Path, guarded: str, tmp_path: Path) -> None:
    def skopeo(*arguments: object) -> None:
        done = subprocess.run(["skopeo", "--insecure-policy", *map(str, arguments)], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()

    publish(read_bundle(io.BytesIO(bundle.read_bytes())), FolderRegistry(tmp_path / "register"))
    host = guarded.removeprefix("http://")
    skopeo(
        *("copy", "--dest-tls-verify=false", "--dest-creds", f"{USER}:{PASSWORD}"),
        *(f"oci:{tmp_path / 'register'}:vgr/prov:1.2.3", f"docker://{host}/skopeo/vgr/prov:1.2.3"),
    )
    with http_registry(f"{guarded}/skopeo", credentials_for(guarded)) as registry:
        fetched = fetch(parse_wanted("vgr/prov"), registry, tmp_path / "hit")
    assert fetched.path.read_bytes() == bundle.read_bytes()


def test_progress_is_for_terminals(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for is_terminal in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda is_terminal=is_terminal: is_terminal)
        with shown_progress() as progress:
            for _ in range(5):
                progress(700_000)
        shown = capsys.readouterr().err
        assert ("\r2 MB" in shown) == is_terminal and (shown == "") == (not is_terminal)
        assert shown.rstrip(" ").endswith("\r") == is_terminal
