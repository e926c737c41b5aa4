"""The token issuer as it is started, in front of a real registry: what regions get there, and every way round it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from click.testing import CliRunner

from designtool.bundle import Bundle, read_bundle
from designtool.cli import group
from designtool.model.program import Publisher
from designtool.share.agreements.folder import write_agreement, write_end
from designtool.share.agreements.registry import send_agreements
from designtool.share.agreements.terms import (
    Agreement,
    SignedAgreement,
    countersign,
    end,
    propose,
    read_agreement,
    read_end,
)
from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.release import release_of_bundle
from designtool.share.fetch import fetch
from designtool.share.publish import publish
from designtool.share.registries.credentials import Credential
from designtool.share.registries.names import parse_wanted
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.service import HttpRegistry
from designtool.share.token_issuer.accounts import set_account
from designtool.share.token_issuer.decision import Access
from designtool.share.token_issuer.tokens import Issuer, open_issuer, registry_configuration, token_for
from tests.bundles import archive_of, sample_content, sample_program
from tests.federations import CLINICAL, FOUNDERS, PUBLISHER, PUBLISHER_B, Federation, founded, person
from tests.registries import docker_registry, free_host, http_registry

ROOT = Path(__file__).parents[2]
SERVICE, PHRASE = "prov.example", "fyra ord som jag minns"
PUBLISHER_C, CLINICAL_C = person("Eva Lo", "publisher", "region-c"), person("Fia By", "clinical", "region-c")
KEYS = {one.public.key_id: one.public for one in (PUBLISHER, PUBLISHER_B)}
STEWARD = "kansliet"
ACCOUNTS = ("region-a", "region-b", "region-c", STEWARD)


@dataclass
class World:
    """A federation, its registry, and the issuer in front of it."""

    folder: Path
    federation: Federation
    issuer_address: str
    address: str
    log: list[dict[str, Any]]

    @property
    def issuer(self) -> Issuer:
        return open_issuer(self.folder, datetime.now(UTC))

    @property
    def agreements(self) -> Path:
        return self.folder / "agreements"

    @contextmanager
    def registry(self, account: str, phrase: str = PHRASE) -> Iterator[HttpRegistry]:
        """The registry as a region opens it."""
        host = self.issuer_address.removeprefix("http://")
        with http_registry(self.address, {host: Credential(account, phrase)}) as opened:
            yield opened

    def token(self, account: str, *scopes: str) -> str:
        query = {"service": SERVICE, "scope": list(scopes)}
        answer = httpx.get(f"{self.issuer_address}/token", params=query, auth=(account, PHRASE))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    def ask(self, token: str, method: str, path: str, **more: Any) -> httpx.Response:
        return httpx.request(method, f"{self.address}/v2/{path}", headers={"Authorization": f"Bearer {token}"}, **more)


def agreed(program: str, day: datetime) -> SignedAgreement:
    """Region A lets region B use a program."""
    span = timedelta(days=30)
    terms = Agreement(
        "region-a", "region-b", (program,), ">=1.0", (day - span).date(), (day + span).date(), None, "a@a.example"
    )
    proposed = read_agreement(propose(terms, PUBLISHER.signer, PUBLISHER.public), "a")
    return read_agreement(countersign(proposed, PUBLISHER_B.signer, PUBLISHER_B.public, KEYS, day.date()), "a")


def bundle(region: str, program: str) -> Bundle:
    publisher = Publisher(region, "Namn Namnsson", "Legitimerad psykolog", "kontakt@example.org")
    content = sample_content(sample_program(id=program, title=f"{region} {program}", publisher=publisher))
    return read_bundle(io.BytesIO(archive_of(content)))


@contextmanager
def issuer_process(folder: Path, *more: object) -> Iterator[list[dict[str, Any]]]:
    """The issuer as its one command starts it, and the lines that it writes; it ends with the block."""
    command = [sys.executable, "-m", "designtool", "share", "token-issuer", "run", folder, *more]
    process = subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    lines = _Lines()
    reader = threading.Thread(target=lines.read, args=(process.stdout,))
    reader.start()
    try:
        said = process.stderr.readline()
        assert "/token" in said, said + process.stderr.read()
        yield lines
    finally:
        process.terminate()
        process.wait(timeout=30)
        reader.join()
        process.stdout.close()
        process.stderr.close()


class _Lines(list[dict[str, Any]]):
    """What was written so far; the first line can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()

    def read(self, stream: Any) -> None:
        for line in stream:
            self.append(json.loads(line))
            self.begun.set()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    base = tmp_path_factory.mktemp("issuer")
    now, folder, host = datetime.now(UTC), base / "utgivare", free_host()
    federation = founded(now)
    (draft,) = publication.draft_region(federation.store, "region-c", [PUBLISHER_C.public, CLINICAL_C.public], now)
    federation.adopt(draft, *FOUNDERS[:2])
    release = release_of_bundle(bundle("region-a", "utgivet"))
    federation.adopt(publication.draft_release(federation.store, release, now), PUBLISHER, CLINICAL)
    federation.stamp(now)
    made = run(base, "share", "token-issuer", "init", folder, "--service", SERVICE, "--address", f"http://{host}")
    assert made.returncode == 0, made.stderr
    for account in ACCOUNTS:
        set_account(folder / "accounts.json", account, PHRASE, account == STEWARD, 2**14)
    federation.trust_folder(folder / "trust")
    take_over(federation.store, folder / "trust", now)
    (folder / "agreements").mkdir()
    # What the command prints is the registry's configuration, as it stands.
    auth = yaml.safe_load(made.stdout)["auth"]
    with (
        issuer_process(folder, "--port", host.rpartition(":")[2]) as log,
        docker_registry(base / "registry", auth) as address,
    ):
        yield World(folder, federation, f"http://{host}", address, log)


def run(where: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    with chdir(where):
        told = CliRunner(env=environment).invoke(group, [str(argument) for argument in arguments])
    return subprocess.CompletedProcess(arguments, told.exit_code, told.stdout, told.stderr)


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(RegistryProblem) as found:
        work()
    return found.value.code


def fetched(world: World, account: str, name: str, folder: Path) -> str:
    with world.registry(account) as registry:
        return fetch(parse_wanted(name), registry, folder).digest


def published(world: World, program: str) -> Bundle:
    made = bundle("region-a", program)
    with world.registry("region-a") as registry:
        publish(made, registry)
    return made


# What regions get


def test_a_program_of_another_region_needs_an_agreement(world: World, tmp_path: Path) -> None:
    made = published(world, "delat")
    assert fetched(world, "region-a", "region-a/delat", tmp_path / "a") == made.digest
    for account in ("region-b", "region-c", STEWARD):
        with world.registry(account) as registry:
            work = partial(fetch, parse_wanted("region-a/delat"), registry, tmp_path / "b")
            with pytest.raises(RegistryProblem) as denied:
                work()
            assert denied.value.code == "access-denied", account
            # The host that takes names and passwords, which is not the registry's.
            assert f"för {world.issuer_address.removeprefix('http://')} stå" in denied.value.message.sv
    assert not (tmp_path / "b").exists()
    agreement = agreed("delat", datetime.now(UTC))
    write_agreement(world.agreements, agreement)
    assert fetched(world, "region-b", "region-a/delat", tmp_path / "b") == made.digest
    assert refused(lambda: fetched(world, "region-c", "region-a/delat", tmp_path / "c")) == "access-denied"
    # The giver gets nothing of the taker, and the taker may not write.
    with world.registry("region-b") as registry:
        assert refused(lambda: publish(bundle("region-a", "nytt"), registry)) == "access-denied"
    ended = end(agreement, datetime.now(UTC).date(), PUBLISHER_B.signer, PUBLISHER_B.public)
    write_end(world.agreements, read_end(ended, "e"))
    assert refused(lambda: fetched(world, "region-b", "region-a/delat", tmp_path / "d")) == "access-denied"
    assert fetched(world, "region-a", "region-a/delat", tmp_path / "e") == made.digest
    assert {"region": "region-b", "asked": ["repository:region-a/delat:pull"], "granted": []} in [
        {key: value for key, value in line.items() if key != "at"} for line in world.log
    ]
    assert PHRASE not in json.dumps(world.log)


def test_a_wrong_passphrase_gets_nothing(world: World, tmp_path: Path) -> None:
    published(world, "eget")
    with world.registry("region-a", "något helt annat") as registry:
        assert refused(lambda: fetch(parse_wanted("region-a/eget"), registry, tmp_path)) == "sign-in-refused"
    assert httpx.get(f"{world.issuer_address}/token").status_code == 401
    assert httpx.get(f"{world.address}/v2/region-a/eget/tags/list").status_code == 401


def writers(role: str) -> set[str]:
    """The accounts that may write the metadata of a role."""
    return {STEWARD, {"recall": "region-a"}.get(role, role)}


@pytest.fixture(scope="module")
def metadata(world: World) -> dict[str, bytes]:
    """The federation's metadata, put into the registry by the one who keeps it; the timestamp last."""
    with world.registry(STEWARD) as registry:
        copy_metadata(world.federation.store, RegistryMetadataStore(registry))
    return world.federation.store.files


def role_of(name: str) -> str:
    return name.removesuffix(".json").rpartition(".")[2]


def test_the_federations_metadata_is_written_by_those_whose_it_is(
    world: World, metadata: Mapping[str, bytes], tmp_path: Path
) -> None:
    for role in sorted({role_of(name) for name in metadata}):
        name = "timestamp.json" if role == "timestamp" else f"99.{role}.json"
        before = metadata["timestamp.json"] if role == "timestamp" else None
        for account in ACCOUNTS:
            if account in writers(role):
                continue
            with world.registry(account) as registry:
                store = RegistryMetadataStore(registry)
                assert refused(partial(store.put, name, b"{}", before)) == "access-denied", (account, name)
    # Whoever has an account takes it over.
    trust = world.federation.trust_folder(tmp_path / "trust")
    with world.registry("region-c") as registry:
        assert take_over(RegistryMetadataStore(registry), trust, datetime.now(UTC)).problems == {}


@pytest.mark.usefixtures("metadata")
def test_the_fetch_command_signs_in_from_its_file(world: World, tmp_path: Path) -> None:
    trust = world.federation.trust_folder(tmp_path / "trust")
    made = published(world, "utgivet")
    write_agreement(world.agreements, agreed("utgivet", datetime.now(UTC)))
    host = world.issuer_address.removeprefix("http://")
    credentials = tmp_path / "inloggningar.yaml"

    def fetch_as(account: str) -> subprocess.CompletedProcess[str]:
        credentials.write_text(f"{host}:\n  username: {account}\n  password: {PHRASE}\n")
        credentials.chmod(0o600)
        return run(
            tmp_path,
            *("fetch", "region-a/utgivet:1.2.3", "--from", world.address, "--trust", trust, "--format", "json"),
            DESIGNTOOL_CREDENTIALS=str(credentials),
        )

    without = fetch_as("region-c")
    assert (without.returncode, [one["code"] for one in json.loads(without.stdout)["problems"]]) == (
        2,
        ["access-denied"],
    )
    done = fetch_as("region-b")
    assert done.returncode == 0, done.stderr + done.stdout
    told = json.loads(done.stdout)
    assert (told["digest"], told["trusted"]) == (made.digest, True)


@pytest.mark.usefixtures("metadata")
def test_an_issuer_keeps_itself_current(world: World, tmp_path: Path) -> None:
    """It has nothing but the root on paper, and takes the rest from its own registry with a token of its own."""
    write_agreement(tmp_path / "a", agreed("hamtat", datetime.now(UTC)))
    with world.registry("region-a") as registry:
        assert len(send_agreements(tmp_path / "a", registry, "region-a", KEYS).files) == 1
        # Into the repository of another region nobody writes.
        assert refused(lambda: send_agreements(tmp_path / "a", registry, "region-b", KEYS)) == "access-denied"
    trust, agreements, port = tmp_path / "new-trust", tmp_path / "new-agreements", free_host().rpartition(":")[2]
    world.federation.trust_folder(trust)
    folders = ("--trust", trust, "--agreements", agreements)
    with issuer_process(world.folder, *folders, "--from", world.address, "--port", port) as log:
        assert isinstance(log, _Lines) and log.begun.wait(30)
        assert (log[0]["updated"], log[0]["problems"]) == (1, [])
        scopes = ["repository:region-a/hamtat:pull", "repository:region-a/annat:pull"]
        answer = httpx.get(f"http://127.0.0.1:{port}/token", params={"scope": scopes}, auth=("region-b", PHRASE))
        assert [one["name"] for one in claims_of(answer.json()["token"])["access"]] == ["region-a/hamtat"]
    assert PHRASE not in json.dumps(log) and "eyJ" not in json.dumps(log)


# Ways round it


def test_a_token_for_another_repository_opens_nothing(world: World) -> None:
    published(world, "fordolt")
    own = world.token("region-b", "repository:region-b/eget:pull,push")
    right = world.token("region-a", "repository:region-a/fordolt:pull")
    tags = "region-a/fordolt/tags/list"
    assert world.ask(own, "GET", tags).status_code == 401
    assert world.ask(right, "GET", tags).status_code == 200
    assert world.ask(right, "DELETE", "region-a/fordolt/manifests/1.2.3").status_code == 401
    assert world.ask(right, "POST", "region-a/fordolt/blobs/uploads/").status_code == 401
    for scope in ("repository:region-a/*:pull", "repository:*:*", "repository:region-a/fordolt:*"):
        token = world.token("region-b", scope)
        assert claims_of(token)["access"] == []
        assert world.ask(token, "GET", tags).status_code == 401


def test_a_blob_is_not_mounted_out_of_a_program_that_one_may_not_read(world: World) -> None:
    made = published(world, "med-film")
    digest = next(iter(made.blobs))
    path = f"region-{{}}/tomt/blobs/uploads/?mount={digest}&from=region-a/med-film"

    def mount(region: str) -> int:
        scopes = (f"repository:region-{region}/tomt:pull,push", "repository:region-a/med-film:pull")
        token = world.token(f"region-{region}", *scopes)
        status = world.ask(token, "POST", path.format(region)).status_code
        there = world.ask(token, "HEAD", f"region-{region}/tomt/blobs/{digest}").status_code
        assert (status == 201) == (there == 200), (status, there)
        return status

    assert mount("c") != 201
    assert mount("b") != 201
    write_agreement(world.agreements, agreed("med-film", datetime.now(UTC)))
    assert mount("c") != 201
    assert mount("b") == 201


def test_nobody_gets_a_list_of_what_exists(world: World) -> None:
    for account in ACCOUNTS:
        for scope in ("registry:catalog:*", "registry:catalog:pull"):
            token = world.token(account, scope)
            assert claims_of(token)["access"] == []
            assert world.ask(token, "GET", "_catalog").status_code == 401


def claims_of(token: str) -> dict[str, Any]:
    text = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(token: str, head: Mapping[str, Any] | None = None, claims: Mapping[str, Any] | None = None) -> str:
    """A token with something else in it, under the signature that it had."""
    first, _, signature = token.split(".")
    stated = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    parts = ({**stated, **(head or {})}, {**claims_of(token), **(claims or {})})
    return ".".join([*(encoded(json.dumps(part).encode()) for part in parts), signature])


def test_forged_and_expired_tokens_open_nothing(world: World, tmp_path: Path) -> None:
    published(world, "forfalskat")
    wanted = Access("region-a/forfalskat", ("pull",))
    access = [{"type": "repository", "name": wanted.repository, "actions": ["pull"]}]
    now, issuer = datetime.now(UTC), world.issuer
    tags = "region-a/forfalskat/tags/list"
    right = token_for(issuer, "region-a", [wanted], now)
    weak = world.token("region-b", "repository:region-b/eget:pull")
    other = _other_issuer(tmp_path)
    unsigned = forged(right, {"alg": "none"}).rpartition(".")[0] + "."
    symmetric = forged(right, {"alg": "HS256"}).rpartition(".")[0]
    secret = (world.folder / "certificate.pem").read_bytes()
    attempts = {
        "other access": forged(weak, claims={"access": access}),
        "other signature": right[:-8] + ("AAAAAAAA" if not right.endswith("AAAAAAAA") else "BBBBBBBB"),
        "no signature": right.rpartition(".")[0] + ".",
        "alg none": unsigned,
        "alg NONE": forged(right, {"alg": "None"}).rpartition(".")[0] + ".",
        "alg HS256": f"{symmetric}.{encoded(hmac.new(secret, symmetric.encode(), hashlib.sha256).digest())}",
        "own key": token_for(replace(other, service=SERVICE), "region-a", [wanted], now),
        "own key, right certificate": token_for(
            replace(other, service=SERVICE, certificate=issuer.certificate), "region-a", [wanted], now
        ),
        # The registry allows clocks to differ by a minute.
        "expired": token_for(issuer, "region-a", [wanted], now - timedelta(minutes=7)),
        "not yet": token_for(issuer, "region-a", [wanted], now + timedelta(minutes=7)),
        "another service": token_for(replace(issuer, service="annan.example"), "region-a", [wanted], now),
        "rubbish": "a.b.c",
    }
    for what, token in attempts.items():
        assert world.ask(token, "GET", tags).status_code in (400, 401), what
    assert world.ask(right, "GET", tags).status_code == 200


def _other_issuer(folder: Path) -> Issuer:
    address = "http://127.0.0.1:9"
    done = run(folder, "share", "token-issuer", "init", "annan", "--service", "annan.example", "--address", address)
    assert done.returncode == 0, done.stderr
    return open_issuer(folder / "annan", datetime.now(UTC))


def test_a_token_of_one_service_opens_nothing_at_another(world: World, tmp_path: Path) -> None:
    """Even where the other registry trusts the same key, and its issuer has the same name."""
    issuer = world.issuer
    auth = yaml.safe_load(registry_configuration(issuer, world.folder))["auth"]
    auth["token"]["service"] = "annan.example"
    scope = "repository:region-b/eget:pull,push"
    token = world.token("region-b", scope)
    assert world.ask(token, "GET", "region-b/eget/tags/list").status_code == 404
    with docker_registry(tmp_path / "other", auth) as address:
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{address}/v2/region-b/eget/tags/list", headers=headers).status_code == 401
        assert httpx.post(f"{address}/v2/region-b/eget/blobs/uploads/", headers=headers).status_code == 401
    asked = httpx.get(f"{world.issuer_address}/token", params={"service": "annan.example"}, auth=("region-b", PHRASE))
    assert asked.status_code == 400
