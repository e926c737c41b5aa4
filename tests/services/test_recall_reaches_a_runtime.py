"""A recall goes from a safety officer through a stock registry to a runtime that is served, and its receipt comes back."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from federations import FOUNDERS, PUBLISHER, SAFETY, Federation, founded, person
from registries import docker_registry, http_registry
from runtime_samples import bundle_bytes
from test_agreement_commands import PASSPHRASE, _put_key

from designtool.bundle import read_bundle
from designtool.cli import group
from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.release import release_of_bundle
from designtool.share.federation.roles import release_name
from designtool.share.recalls.listing import Recall, draft_recall

ROOT = Path(__file__).parents[2]
ANNA, BO = person("Anna Ek", "publisher", "vgr"), person("Bo Alm", "clinical", "vgr")
UNIT = person("Psykiatrimottagningen", "runtime", "vgr")
RELEASE = "vgr/provet/1.0.0"


@dataclass
class Region:
    folder: Path
    federation: Federation
    registry: str = ""

    def publish(self) -> None:
        self.federation.stamp(datetime.now(UTC))
        with http_registry(self.registry) as registry:
            copy_metadata(self.federation.store, RegistryMetadataStore(registry))

    def recall(self, reason: str) -> None:
        self.adopt_recall(reason)
        self.publish()

    def adopt_recall(self, reason: str) -> None:
        wanted = Recall(release_name(RELEASE), "no-new-patients", reason)
        self.federation.adopt(draft_recall(self.federation.store, wanted, datetime.now(UTC)), SAFETY)
        self.federation.stamp(datetime.now(UTC))

    def receipts(self, *arguments: str) -> Any:
        done = CliRunner().invoke(
            group, ["receipts", *arguments, "--trust", str(self.folder / "asking"), "--format", "json"]
        )
        assert done.exit_code in (0, 1), done.output
        return done.exit_code, json.loads(done.stdout)

    def listed(self) -> Any:
        return self.receipts("list", "--from", self.registry, "--hours", "0")


@pytest.fixture
def region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Region:
    """A program that is signed, keys of people and of the runtime, and two who trust the federation."""
    now = datetime.now(UTC)
    federation = founded(now)
    (draft,) = publication.draft_region(federation.store, "vgr", [ANNA.public, BO.public], now)
    federation.adopt(draft, *FOUNDERS[:2])
    (tmp_path / "prov.dtb").write_bytes(bundle_bytes())
    release = release_of_bundle(read_bundle(io.BytesIO(bundle_bytes())))
    assert str(release.name) == RELEASE
    federation.adopt(publication.draft_release(federation.store, release, now), ANNA, BO)
    federation.stamp(now)
    for folder in ("trust", "asking"):
        take_over(federation.store, federation.trust_folder(tmp_path / folder), now)
    for name, one in {"anna": ANNA, "unit": UNIT, "other": PUBLISHER}.items():
        _put_key(tmp_path / "keys", name, one)
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    monkeypatch.setenv("DESIGNTOOL_PASSPHRASE", PASSPHRASE)
    return Region(tmp_path, federation)


def options(region: Region, key: str = "unit") -> list[str]:
    folder = region.folder
    return [
        *("run", str(folder / "prov.dtb"), "--data", str(folder / "data"), "--port", "0"),
        *("--trust", str(folder / "trust"), "--region", "vgr", "--from", region.registry),
        *("--receipt-key", key, "--keys", str(folder / "keys"), "--passphrase-file", str(folder / "passphrase")),
    ]


@contextmanager
def served(region: Region) -> Iterator[str]:
    """A runtime in a process of its own; it ends as with Ctrl-C, in time."""
    process = subprocess.Popen(
        [sys.executable, "-m", "designtool", *options(region)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+/", process.stdout.readline())
        assert found is not None, "the runtime did not start"
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


class Browser:
    """Somebody who is signed in."""

    def __init__(self, address: str, user: str) -> None:
        origin = address.removesuffix("/")
        self._client = httpx.Client(base_url=address, headers={"origin": origin}, timeout=30)
        assert self._client.post("sign-in", data={"person": user}).status_code == 303
        page = self._client.get("sign-out/staff").text
        self._token = re.findall(r'name="csrf-token" value="([^"]+)"', page)[0]

    def get(self, path: str) -> str:
        answer = self._client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **data: str) -> httpx.Response:
        return self._client.post(path, data={"csrf-token": self._token, **data})

    def until(self, shown: str) -> None:
        """Fetch, and again as often as the runtime needs to be done with it."""
        for _ in range(20):
            self.post("unit/sharing")
            if shown in self.get("unit/sharing"):
                return
        raise AssertionError(self.get("unit/sharing"))


def test_a_recall_reaches_a_runtime_and_the_receipt_comes_back(region: Region) -> None:
    with docker_registry(region.folder / "registry") as address:
        region.registry = address
        region.publish()
        enrolled = region.receipts(
            *("enrol", str(region.folder / "keys" / "unit.public.json"), "--contact", "Eva Lind", "--to", address),
            *("--telephone", "031-17 00 00", "--key", "anna", "--keys", str(region.folder / "keys")),
        )
        assert enrolled[0] == 0, enrolled
        with served(region) as runtime:
            administrator = Browser(runtime, "ea-1")
            administrator.until("Senast hämtat: i dag")
            region.recall("Fel i sömnfönstret.")
            status, told = region.listed()
            (recall,) = told["recalls"]
            assert (status, [one["telephone"] for one in recall["silent"]]) == (1, ["031-17 00 00"])
            administrator.until("skickat")
            status, told = region.listed()
            (recall,) = told["recalls"]
            assert (status, recall["silent"], told["problems"]) == (0, [], [])
            receipt = recall["answered"][0]["receipt"]
            assert (receipt["is_activated"], receipt["has_treatments"]) == (True, True)
            assert receipt["done"] == ["new-starts-stopped"]
            assert "Fel i sömnfönstret." in administrator.get("unit")
            refused = administrator.post("unit/activate", digest=_digest(administrator), **{"sign-off": "yes"})
            assert (refused.status_code, "Fel i sömnfönstret." in refused.text) == (422, True)


def test_a_registry_that_is_down_is_answered_when_it_is_back(region: Region) -> None:
    """The recall comes on a stick while the registry is gone; the receipt waits for it, also while the runtime is started anew."""
    storage = region.folder / "registry"
    with docker_registry(storage) as address:
        region.registry = address
        region.publish()
    with served(region) as runtime:
        administrator = Browser(runtime, "ea-1")
        region.adopt_recall("Fel i sömnfönstret.")
        take_over(region.federation.store, region.folder / "trust", datetime.now(UTC))
        administrator.until("väntar på att skickas")
        assert "Det har aldrig gått att hämta från registret." in administrator.get("unit")
    with docker_registry(storage) as address:
        region.registry = address
        with served(region) as runtime:
            Browser(runtime, "ea-1").until("skickat")
        with http_registry(address) as registry:
            tags = registry.tags("receipts/vgr")
    assert len([tag for tag in tags if tag.startswith("receipt-")]) == 1


@pytest.mark.parametrize(
    ("changed", "code", "status"),
    [
        ({"--receipt-key": "anna"}, "enrolment-key", 1),
        ({"--receipt-key": "nobody"}, "key-invalid", 1),
        ({"--receipt-key": "other-unit"}, "key-role", 1),
        ({"--from": "natonal"}, "natonal", 2),
        ({"--from": "http://register.example"}, "https", 2),
    ],
    ids=str,
)
def test_what_run_is_told_wrongly_is_said_at_once(
    region: Region, changed: dict[str, str], code: str, status: int
) -> None:
    region.registry = "./stick"
    _put_key(region.folder / "keys", "other-unit", person("Mottagningen", "runtime", "region-a"))
    arguments = options(region)
    for option, value in changed.items():
        arguments[arguments.index(option) + 1] = value
    done = CliRunner().invoke(group, arguments)
    assert (done.exit_code, code in done.output) == (status, True), done.output


@pytest.mark.parametrize("option", [("--from", "./stick"), ("--receipt-key", "unit")])
def test_nothing_is_asked_where_nobody_is_trusted(region: Region, option: tuple[str, str]) -> None:
    done = CliRunner().invoke(group, ["run", str(region.folder / "prov.dtb"), *option])
    assert (done.exit_code, "--trust" in done.output) == (2, True)


def _digest(administrator: Browser) -> str:
    return re.findall(r'name="digest" value="([^"]+)"', administrator.get("unit"))[0]
