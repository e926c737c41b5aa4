"""The life of a program among four regions, on one real registry with the token issuer in front of it, and one stick.

Every step is the command that a person of a region would write, in a folder of their own, with their own key and account. The
registry, the issuer and region B's runtime are processes; nothing here reaches around them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from click.testing import CliRunner

from designtool.cli import group
from designtool.runtime.first_people import invented_identity
from tests.registries import docker_registry, free_host

ROOT = Path(__file__).parents[2]
PHRASE = "fyra ord som jag minns"
PROGRAM = "lugnare-kvallar"
REGIONS = ("region-a", "region-b", "region-c", "region-d")
STEWARD = "kansliet"
GOALS = "exercise/mina_mal"


@dataclass
class Office:
    """A region's computer: a workspace, keys, an account with the registry, and the trust that it puts in the federation."""

    name: str
    folder: Path
    registry: str = ""

    def run(self, *arguments: object, status: int = 0) -> str:
        """A command as it is written here; what it says on stdout, or everything that it says where it fails as it should."""
        environment = {
            "DESIGNTOOL_PASSPHRASE": PHRASE,
            "DESIGNTOOL_CREDENTIALS": str(self.folder / "credentials.yaml"),
            "DESIGNTOOL_LANGUAGE": "sv",
            "HOME": str(self.folder),
        }
        with chdir(self.folder):
            done = CliRunner(env=environment).invoke(group, [str(one) for one in arguments])
        assert done.exit_code == status, (arguments, done.exit_code, done.stdout, done.stderr, done.exception)
        return done.stdout if status == 0 else done.stdout + done.stderr

    def json(self, *arguments: object, status: int = 0) -> Any:
        said = self.run(*arguments, "--format", "json", status=status)
        return json.loads(said[said.index("{") :])

    def key(self, name: str, holder: str, role: str) -> Path:
        """A new key; gives the file that is handed to others."""
        self.run("keys", "new", name, "--holder", holder, "--region", self.name, "--role", role)
        return self.folder / ".designtool" / "keys" / f"{name}.public.json"

    def sign(self, draft: Path, key: str) -> None:
        self.run("federation", "sign", draft, "--key", key, "--yes")

    def drafts(self) -> list[Path]:
        """What was drafted here and lies there still, in the order in which it is to be adopted."""
        order = {"root": 0, "targets": 1}
        found = (self.folder / "drafts").glob("*.draft.json")
        return sorted(found, key=lambda path: order.get(path.name.split(".")[1], 2))

    def may_use(self, registry: str, issuer: str, account: str) -> None:
        self.registry = registry
        file = self.folder / "credentials.yaml"
        file.write_text(f"{issuer}:\n  username: {account}\n  password: {PHRASE}\n")
        file.chmod(0o600)


@dataclass
class World:
    a: Office
    b: Office
    c: Office
    d: Office
    steward: Office
    issuer: Path
    registry: str
    paper: str
    """Digest of the root."""
    keys: dict[str, Path] = field(default_factory=dict)

    def adopt(self, office: Office, *signers: tuple[Office, str, str]) -> None:
        """Everything that was drafted at an office is carried from one person to the next, and adopted. `signers`: where the
        person sits, the key, and the role of the drafts that the person signs."""
        drafts = office.drafts()
        for draft in drafts:
            for where, key, role in signers:
                if draft.name.split(".")[1] == role:
                    where.sign(draft, key)
            # Whose metadata it is writes it into the registry; what is everybody's, the steward.
            role = draft.name.split(".")[1]
            by = {"region-a": self.a, "recall": self.a}.get(role, self.steward)
            by.run("federation", "adopt", self.registry, draft)
            draft.unlink()
        self.steward.run("federation", "stamp", self.registry, "--key", "stampel")

    def issuer_hears(self) -> None:
        """What the issuer would do by itself after some minutes."""
        trust, agreements = self.issuer / "trust", self.issuer / "agreements"
        self.steward.run("federation", "update", trust, "--from", self.registry)
        self.steward.run("agreements", "fetch", "--from", self.registry, "--trust", trust, "--folder", agreements)


@dataclass
class Staff:
    """Somebody at the unit, signed in."""

    client: httpx.Client
    token: str

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, path: str, status: int, files: Mapping[str, Any] | None = None, **data: Any) -> httpx.Response:
        answer = self.client.post(path, data={"csrf-token": self.token, **data}, files=files)
        assert answer.status_code == status, "\n".join(
            (path, str(answer.status_code), *re.findall(r"[^<>\s][^<>]*(?=<)", answer.text))
        )
        return answer


class Unit:
    """A care unit's runtime, as its pages are used."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")

    def person(self, name: str) -> Staff:
        """`name`: the id of somebody on the staff, or of a patient."""
        client = httpx.Client(base_url=self.address, headers={"origin": self.address}, timeout=60)
        assert client.post("/sign-in", data={"person": name}).status_code == 303
        page = client.get("/sign-out/patient" if name.startswith("p-") else "/sign-out/staff")
        return Staff(client, re.findall(r'name="csrf-token" value="([^"]+)"', page.text)[0])

    def patient(self) -> tuple[Staff, str]:
        """The one in treatment, and where it is."""
        page = httpx.get(f"{self.address}/sign-in").text
        patient = self.person(re.findall(r'name="person" value="(p-[0-9a-f]+)"', page)[0])
        return patient, patient.client.get("/mine").headers["location"].rpartition("/")[0]

    def register(self, digest: str, number: int, status: int) -> None:
        given = {
            "name": f"Patient {number}",
            "identity": invented_identity(date(1990, 1, 1), 10 + number),
            "entry": "self-referral",
            "responsible": "b-1",
            "therapist": ["b-2"],
            "program": digest,
        }
        self.person("pa-1").post("/administration/register", status, **given)

    def poll(self) -> str:
        """The administrator asks for what is new, and reads the page until it has been asked."""
        administrator = self.person("ea-1")
        administrator.post("/unit/sharing", 303)
        for _ in range(100):
            page = administrator.get("/unit/sharing")
            if 'role="status"' not in page:
                return page
        raise AssertionError(page)


@contextmanager
def process(cwd: Path, *arguments: object, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """A service of designtool's; gives its address, and ends with the block."""
    command = [sys.executable, "-m", "designtool", *(str(one) for one in arguments)]
    known = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(environment or {})}
    with open(cwd / "said.log", "a+") as said:
        running = subprocess.Popen(command, cwd=cwd, env=known, stdout=subprocess.PIPE, stderr=said, text=True)
        try:
            assert running.stdout is not None
            line = running.stdout.readline()
            found = re.search(r"http://[^ ]+", line)
            assert found is not None, (line, (cwd / "said.log").read_text())
            yield found[0]
        finally:
            running.terminate()
            running.wait(timeout=30)
            assert running.stdout is not None
            running.stdout.close()


@contextmanager
def issuer_process(folder: Path, port: str) -> Iterator[None]:
    command = [sys.executable, "-m", "designtool", "share", "token-issuer", "run", str(folder), "--port", port]
    running = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stderr is not None
        line = running.stderr.readline()
        assert "/token" in line, line + running.stderr.read()
        yield
    finally:
        running.terminate()
        running.wait(timeout=30)
        assert running.stderr is not None
        running.stderr.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Three regions found a federation, C joins it, and the registry opens with the issuer in front of it."""
    offices = {}
    for name in (*REGIONS, STEWARD):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "designtool.yaml").write_text(f"format: 1\nregion: {name}\nlanguage: sv\n")
        offices[name] = Office(name, folder)
    a, b, c, d = (offices[name] for name in REGIONS)
    steward = offices[STEWARD]
    keys = {
        "fa": a.key("grundare", "Frida Ask", "founder"),
        "fb": b.key("grundare", "Georg By", "founder"),
        "fd": d.key("grundare", "Hedda Dahl", "founder"),
        "stampel": steward.key("stampel", "Stämpeln", "online"),
        "sam": a.key("sam", "Sam Säker", "safety"),
        "anna": a.key("anna", "Anna Ek", "publisher"),
        "bo": a.key("bo", "Bo Alm", "clinical"),
        "cia": b.key("cia", "Cia Rönn", "publisher"),
        "dag": b.key("dag", "Dag Asp", "clinical"),
        "eva": c.key("eva", "Eva Lo", "publisher"),
        "finn": c.key("finn", "Finn Mo", "clinical"),
    }
    founders = ((a, "grundare"), (b, "grundare"), (d, "grundare"))
    # The ceremony, in a folder of the steward's.
    ceremony = steward.folder / "federation"
    steward.run(
        *("federation", "init", ceremony, "--online", keys["stampel"], "--safety", keys["sam"]),
        *(part for one in ("fa", "fb", "fd") for part in ("--founder", keys[one])),
    )
    drafts = {path.name.split(".")[1]: path for path in (ceremony / "drafts").glob("*.draft.json")}
    for role in ("root", "targets"):
        for office, key in founders[:2]:
            office.sign(drafts[role], key)
    a.sign(drafts["recall"], "sam")
    said = steward.run("federation", "adopt", ceremony, drafts["root"], drafts["targets"], drafts["recall"])
    paper = re.findall(r"sha256:[0-9a-f]{64}", said)[0]
    for region, people in (("region-a", ("anna", "bo")), ("region-b", ("cia", "dag"))):
        steward.run(
            "federation", "add-region", ceremony, region, *(part for one in people for part in ("--key", keys[one]))
        )
        (draft,) = (path for path in (ceremony / "drafts").glob("*.targets.draft.json") if path != drafts["targets"])
        for office, key in founders[1:]:
            office.sign(draft, key)
        steward.run("federation", "adopt", ceremony, draft)
        draft.unlink()
    steward.run("federation", "stamp", ceremony, "--key", "stampel")
    # The registry, and the issuer that decides who gets what.
    issuer, host = tmp_path / "utgivare", free_host()
    told = steward.run("share", "token-issuer", "init", issuer, "--service", "prov", "--address", f"http://{host}")
    for account in (*REGIONS, STEWARD):
        more = ("--steward",) if account == STEWARD else ()
        steward.run("share", "account", account, "--accounts", issuer / "accounts.json", *more)
    steward.run("federation", "trust", issuer / "trust", "--from", ceremony, "--digest", paper)
    steward.run("federation", "update", issuer / "trust", "--from", ceremony)
    (issuer / "agreements").mkdir()
    with (
        issuer_process(issuer, host.rpartition(":")[2]),
        docker_registry(tmp_path / "registry", yaml.safe_load(told)["auth"]) as registry,
    ):
        for name, office in offices.items():
            office.may_use(registry, host, name)
        steward.run("federation", "copy", ceremony, registry)
        made = World(a, b, c, d, steward, issuer, registry, paper, keys)
        steward.run("federation", "add-region", registry, "region-c", "--key", keys["eva"], "--key", keys["finn"])
        made.adopt(steward, (a, "grundare", "targets"), (d, "grundare", "targets"))
        for office in (a, b, c, d):
            office.run("federation", "trust", "trust", "--from", registry, "--digest", paper)
            office.run("federation", "update", "trust", "--from", registry)
        made.issuer_hears()
        yield made


def written(a: Office) -> Path:
    """Region A's workspace, with a program from the scaffold."""
    a.run("new", "workspace", "arbete", "--region", "region-a")
    here = Office("region-a", a.folder / "arbete")
    here.run("new", "program", PROGRAM, "--title", "Lugnare kvällar", "--template", "nedstämdhet", "--yes")
    program = here.folder / "programs" / PROGRAM / "program.yaml"
    program.write_text(program.read_text().replace("version: 0.1.0", "version: 1.0.0"))
    changelog = program.with_name("CHANGELOG.md")
    changelog.write_text(changelog.read_text().replace("## 0.1.0", "## 1.0.0"))
    return here.folder


def built(workspace: Path, version: str) -> Path:
    made = Office("region-a", workspace).json("build")
    path = workspace / "build" / f"{PROGRAM}-{version}.dtb"
    assert path.exists(), made
    return path


def released(world: World, bundle: Path) -> None:
    """Four eyes: Anna signs, and Bo; and then it is published."""
    a = world.a
    a.run("federation", "release", world.registry, bundle)
    (draft,) = a.drafts()
    a.sign(draft, "anna")
    # One person's signature is not enough, and nothing is sent.
    alone = a.json("publish", bundle, "--to", world.registry, "--release", draft, status=1)
    assert [one["code"] for one in alone["problems"]] == ["metadata-signatures"]
    a.sign(draft, "bo")
    a.run("publish", bundle, "--to", world.registry, "--release", draft)
    draft.unlink()
    world.steward.run("federation", "stamp", world.registry, "--key", "stampel")


def program_in(catalogue: Any, name: str) -> Any:
    (found,) = (one for region in catalogue["regions"] for one in region["programs"] if one["program"] == name)
    return found


def codes(told: Any) -> list[str]:
    return [one["code"] for one in told["problems"]]


def test_the_life_of_a_program_among_four_regions(world: World) -> None:
    a, b, c, registry = world.a, world.b, world.c, world.registry
    today = datetime.now(UTC).date()

    # A publishes 1.0.0.
    workspace = written(a)
    first = built(workspace, "1.0.0")
    released(world, first)
    name = f"region-a/{PROGRAM}"

    # B has an agreement: A proposes it, B signs too, and both sides lie in the registry.
    agree(world, today)
    fetched = b.json("fetch", name, "--from", registry, "--trust", "trust")
    assert (fetched["version"], fetched["trusted"]) == ("1.0.0", True)
    assert [one["holder"] for one in fetched["signed_by"]] == ["Anna Ek", "Bo Alm"]

    # C has none: the registry gives it nothing.
    assert codes(c.json("fetch", name, "--from", registry, "--trust", "trust", status=2)) == ["access-denied"]
    c.run("agreements", "fetch", "--from", registry, "--trust", "trust")
    shown = c.json("catalogue", "--trust", "trust", "--from", registry)
    entry = program_in(shown, name)
    assert (entry["newest"], entry["agreement"]["state"]) == ("1.0.0", "missing")

    # A stick passes no registry: C gets whole and signed bytes, and may not begin with them.
    stick = world.a.folder / "minne"
    a.run("publish", first, "--to", stick, "--metadata", registry)
    by_stick = c.json("fetch", name, "--from", stick, "--trust", "trust")
    assert by_stick["trusted"] is True
    with unit(c, Path(by_stick["path"]), registry) as runtime:
        assert "inget avtal" in (c.folder / "said.log").read_text()
        administrator = runtime.person("ea-1")
        refused = administrator.post("/unit/activate", 422, digest=by_stick["digest"], **{"sign-off": "yes"})
        assert "inget avtal med region-a" in refused.text

    b.key("kormiljo", "Enheten i B", "runtime")
    b.run(
        *("receipts", "enrol", b.folder / ".designtool/keys/kormiljo.public.json", "--contact", "Jour Joursson"),
        *("--telephone", "010-123 45 67", "--key", "cia", "--trust", "trust", "--to", registry),
    )
    # C enrols a runtime that nobody has started.
    c.key("kormiljo", "Enheten i C", "runtime")
    c.run(
        *("receipts", "enrol", c.folder / ".designtool/keys/kormiljo.public.json", "--contact", "Vera Vakt"),
        *("--telephone", "010-765 43 21", "--key", "eva", "--trust", "trust", "--to", registry),
    )
    with unit(b, Path(fetched["path"]), registry, "--receipt-key", "kormiljo") as runtime:
        # B activates: there is a patient in treatment.
        patient, base = runtime.patient()
        saved = answer(patient, base, "Sova bättre", None)
        runtime.register(fetched["digest"], 0, 303)

        # A publishes 1.1.0, and B sees it in the catalogue, with its differences.
        second = changed(workspace)
        released(world, second)
        shown = b.json("catalogue", "--trust", "trust", "--from", registry, "--in-use", Path(fetched["path"]).parent)
        entry = program_in(shown, name)
        assert (entry["newest"], entry["agreement"]["state"]) == ("1.1.0", "in-force")
        (news,) = entry["news"]
        assert (news["from"], news["to"], news["changes"]["required_bump"]) == ("1.0.0", "1.1.0", "minor")
        assert "När det tar emot" in json.dumps(news["changes"], ensure_ascii=False)

        # A rotates a key. What Anna's old key has signed holds no more, and the stick is older than what B has seen.
        rotated(world)
        # The agreement too was signed with it: nothing new begins until region A has signed it again.
        runtime.poll()
        runtime.register(fetched["digest"], 1, 422)
        assert "inte underskrivet av båda" in runtime.person("ea-1").get("/unit")
        signed_again(world)
        runtime.poll()
        runtime.register(fetched["digest"], 1, 303)
        b.run("federation", "update", "trust", "--from", registry)
        assert codes(b.json("federation", "update", "trust", "--from", stick, status=1)) == ["metadata-rollback"]
        fresh = b.folder / "ny-mapp"
        b.run("federation", "trust", fresh, "--from", registry, "--digest", world.paper)
        b.run("federation", "update", fresh, "--from", registry)
        before = files_of(b.folder / "fran-minne")
        assert codes(b.json("fetch", name, "--from", stick, "--trust", fresh, "--output", "fran-minne", status=1)) == [
            "metadata-rollback"
        ]
        assert files_of(b.folder / "fran-minne") == before

        # A recalls 1.0.0 for new patients. One signature is enough.
        a.run(
            *("recall", "new", registry, f"{name}/1.0.0", "--level", "no-new-patients"),
            *("--replacement", "1.1.0", "--reason", "Sömnråden i modul 1 är fel."),
        )
        world.adopt(a, (a, "sam", "recall"))
        page = runtime.poll()
        assert "Sömnråden i modul 1 är fel." in page
        runtime.register(fetched["digest"], 2, 422)
        # Who is in treatment goes on.
        saved = answer(patient, base, "Sova hela natten", saved)
        assert "Sova hela natten" in patient.get(f"{base}/{GOALS}")
        # B's runtime has answered, and C's is to be called.
        answers = world.steward.json(
            "receipts", "list", "--trust", a.folder / "trust", "--from", registry, "--hours", "0", status=1
        )
        (recall,) = answers["recalls"]
        assert [one["runtime"]["name"] for one in recall["answered"]] == ["Enheten i B"]
        assert [(one["name"], one["telephone"]) for one in recall["silent"]] == [("Enheten i C", "010-765 43 21")]

        # B goes over to 1.1.0.
        newer = b.json("fetch", name, "--from", registry, "--trust", "trust")
        assert newer["version"] == "1.1.0"
        administrator = runtime.person("ea-1")
        administrator.post("/unit/import", 303, files={"bundle": ("x.dtb", (b.folder / newer["path"]).read_bytes())})
        administrator.post("/unit/activate", 303, digest=newer["digest"], **{"sign-off": "yes"})
        runtime.register(newer["digest"], 2, 303)

        # The agreement ends: nothing new begins, at the registry and at the unit, and who is in treatment goes on.
        agreement = b.json("agreements", "list", "--trust", "trust")["agreements"][0]["digest"]
        a.run("agreements", "end", agreement, "--key", "bo", "--trust", "trust")
        a.run("agreements", "publish", "--to", registry, "--trust", "trust")
        runtime.poll()
        runtime.register(newer["digest"], 3, 422)
        assert "är avslutat" in runtime.person("ea-1").get("/unit")
        saved = answer(patient, base, "Sova utan oro", saved)
        assert "Sova utan oro" in patient.get(f"{base}/{GOALS}")
        world.issuer_hears()
        assert codes(b.json("fetch", name, "--from", registry, "--trust", "trust", "--output", "igen", status=2)) == [
            "access-denied"
        ]


def agree(world: World, today: date) -> None:
    a, b, registry = world.a, world.b, world.registry
    a.run(
        *("agreements", "propose", "--from", "region-a", "--to", "region-b", "--program", PROGRAM),
        *(
            "--versions",
            ">=1.0 <2.0",
            "--first-day",
            today - timedelta(days=1),
            "--last-day",
            today + timedelta(days=90),
        ),
        *("--contact", "avtal@region-a.example", "--key", "anna"),
    )
    a.run("agreements", "publish", "--to", registry, "--trust", "trust")
    b.run("agreements", "fetch", "--from", registry, "--trust", "trust")
    (proposed,) = (b.folder / "agreements").glob("*.agreement.json")
    world.issuer_hears()
    denied = b.json("fetch", f"region-a/{PROGRAM}", "--from", registry, "--trust", "trust", status=2)
    assert codes(denied) == ["access-denied"], "an agreement that one side alone has signed opens nothing"
    b.run("agreements", "countersign", proposed.name, "--key", "dag", "--trust", "trust")
    b.run("agreements", "publish", "--to", registry, "--trust", "trust")
    world.issuer_hears()


@contextmanager
def unit(office: Office, bundle: Path, registry: str, *more: object) -> Iterator[Unit]:
    folder = office.folder
    (folder / "agreements").mkdir(exist_ok=True)
    arguments = (
        *("run", folder / bundle, "--data", "data", "--port", "0", "--trust", "trust", "--region", office.name),
        *("--agreements", "agreements", "--from", registry, *more),
    )
    environment = {
        "DESIGNTOOL_PASSPHRASE": PHRASE,
        "DESIGNTOOL_CREDENTIALS": str(folder / "credentials.yaml"),
        "HOME": str(folder),
    }
    with process(folder, *arguments, environment=environment) as address:
        yield Unit(address)


def answer(patient: Staff, base: str, text: str, revision: int | None) -> int:
    """What the patient writes is saved; gives its revision."""
    sent = {"field": "viktigast", "value": text, "entry_date": "", "revision": revision}
    done = patient.client.post(f"{base}/{GOALS}/save", json=sent, headers={"x-csrf-token": patient.token})
    assert done.status_code == 200, done.text
    return int(done.json()["revision"])


def changed(workspace: Path) -> Path:
    """One more page at the end of a module: 1.1.0."""
    here = Office("region-a", workspace)
    folder = workspace / "programs" / PROGRAM
    program = folder / "program.yaml"
    page = folder / "modules" / "01-det-du-gor-paverkar-dig" / "30-nar-det-tar-emot.md"
    page.write_text("---\ntitle: När det tar emot\n---\n\nBörja med något litet. Det räcker att du börjar.\n")
    program.write_text(program.read_text().replace("version: 1.0.0", "version: 1.1.0"))
    changelog = program.with_name("CHANGELOG.md")
    changelog.write_text(changelog.read_text().replace("## 1.0.0", "## 1.1.0\n\nEn sida till.\n\n## 1.0.0"))
    assert here.json("diff", f"build/{PROGRAM}-1.0.0.dtb", f"programs/{PROGRAM}")["required_bump"] == "minor"
    return built(workspace, "1.1.0")


def rotated(world: World) -> None:
    """Anna's computer was stolen: she gets another key, the founders let it in, and the region signs again."""
    old = json.loads(world.keys["anna"].read_text())["key-id"]
    new = world.a.key("anna-2", "Anna Ek", "publisher")
    a, b, d = world.a, world.b, world.d
    a.run("federation", "rotate", world.registry, "region-a", "--old", old, "--new", new)
    world.adopt(
        a,
        *((b, "grundare", "targets"), (d, "grundare", "targets")),
        *((a, "anna-2", "region-a"), (a, "bo", "region-a")),
    )


def signed_again(world: World) -> None:
    a, registry = world.a, world.registry
    a.run("federation", "update", "trust", "--from", registry)
    a.run("agreements", "fetch", "--from", registry, "--trust", "trust")
    (agreement,) = a.json("agreements", "list", "--trust", "trust")["agreements"]
    assert agreement["state"] == "proposed"
    a.run("agreements", "countersign", agreement["digest"], "--key", "anna-2", "--trust", "trust")
    a.run("agreements", "publish", "--to", registry, "--trust", "trust")
    world.issuer_hears()


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
