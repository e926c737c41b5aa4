"""How fast the runtime keeps answers: a real server process, so many answers a second, and how long each one took.

Beside that, what the server process computed for an answer: where other work takes the processor away, the times grow and
this hardly does.

    python tests/bench/answers.py [--seconds 10] [--rate 200] [--devices 20] [--trust]

With `--trust` the server takes signed bundles alone, and knows of a recall: how it stands is looked up for every page and answer.

Every answer is sent at its own moment, whether earlier ones have come back or not, and its time counts from that moment: a
server that stops for a while is seen to have stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVER = """
import sys
from pathlib import Path
from designtool.cli.listening import listening
from designtool.cli.run import serve
from designtool.runtime import first_people
from designtool.runtime.app import Settings, create_service
from designtool.runtime.importing import Policy

folder, bundle, patients = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
signed = {"policy": Policy.SIGNED, "trust": Path(sys.argv[4]), "region": sys.argv[5]} if len(sys.argv) > 4 else {}
with listening(0, 0) as listener:
    hosts = frozenset({f"127.0.0.1:{listener.getsockname()[1]}"})
    service = create_service(Settings(folder, hosts, **(signed or {"policy": Policy.UNSIGNED_DEMONSTRATION})))
    service.sign_ins.most = 1_000_000
    stored = first_people.import_all(service, (bundle,))[0]
    first_people.add_unit(service)
    first_people.activate_at_unit(service, stored)
    for number in range(patients):
        first_people.start_patient(service, stored, first_people.new_patient(number))
    serve(service, hosts, listener, "en")
"""


@dataclass
class Device:
    """A signed-in patient with one connection kept open, as a browser has."""

    host: str
    person: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    cookie: str = ""
    base: str = ""
    token: str = ""
    form: str = ""
    revision: int | None = None
    options: dict[str, list[str]] = field(default_factory=dict)

    async def sign_in(self) -> None:
        status, headers, _ = await self.send("POST", "/sign-in", f"person={self.person}".encode(), {})
        assert status == 303, status
        self.cookie = headers["set-cookie"].split(";")[0]
        _, headers, _ = await self.send("GET", "/mine", b"", {})
        self.base = headers["location"].rpartition("/")[0]
        _, _, home = await self.send("GET", f"{self.base}/home", b"", {})
        self.form = re.findall(r'href="[^"]*/(questionnaire/[a-z_0-9]+)"', home.decode())[0]
        _, _, page = await self.send("GET", f"{self.base}/{self.form}", b"", {})
        self.token = re.findall(r'name="csrf-token" value="([^"]+)"', page.decode())[0]
        for name, value in re.findall(r'type="radio"[^>]* name="([a-z0-9_]+)" value="([0-9]+)"', page.decode()):
            self.options.setdefault(name, []).append(value)
        # A risk item is answered once, not over and over: each change of it would raise one more flag.
        for name in re.findall(r'name="([a-z0-9_]+)" value="declined"', page.decode()):
            self.options.pop(name, None)

    async def answer(self, number: int) -> None:
        # Another value each time: one that stands there already would not be written again.
        name = list(self.options)[number % len(self.options)]
        value = self.options[name][number // len(self.options) % len(self.options[name])]
        body = json.dumps({"field": name, "value": value, "entry_date": "", "revision": self.revision}).encode()
        headers = {"x-csrf-token": self.token, "content-type": "application/json"}
        status, _, content = await self.send("POST", f"{self.base}/{self.form}/save", body, headers)
        assert status == 200, (status, content)
        self.revision = json.loads(content)["revision"]

    async def send(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"host: {self.host}",
            f"origin: http://{self.host}",
            f"cookie: {self.cookie}",
            f"content-length: {len(body)}",
        ]
        headers = {"content-type": "application/x-www-form-urlencoded", **headers}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        answered = dict(line.lower().split(": ", 1) if ": " in line else (line, "") for line in head[1:] if line)
        for line in head:
            if line.lower().startswith("set-cookie: "):
                answered["set-cookie"] = line[12:]
        content = await self.reader.readexactly(int(answered.get("content-length", 0)))
        return int(head[0].split()[1]), answered, content


@contextmanager
def served(bundle: Path, patients: int, folder: Path, signed: tuple[str, ...] = ()) -> Iterator[tuple[str, int]]:
    """The host of a server that answers, and its process. `signed`: a trust folder, and the region of the unit."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(folder), str(bundle), str(patients), *signed],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield re.findall(r"http://([^/]+)", line)[0], process.pid
    finally:
        process.terminate()
        process.wait()


def computed_by(process: int) -> float | None:
    """Seconds of processor time that a process has used so far; None where the system does not say."""
    try:
        figures = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")


async def measure(
    host: str, process: int, people: list[str], seconds: float, rate: float
) -> tuple[list[float], float | None]:
    """Milliseconds from the moment at which each answer was to be sent until it was acknowledged, and those that the server
    computed for one."""
    address, _, port = host.partition(":")
    devices = []
    for person in people:
        reader, writer = await asyncio.open_connection(address, int(port))
        device = Device(host, person, reader, writer)
        await device.sign_in()
        devices.append(device)
    taken: list[float] = []
    computed = computed_by(process)
    begun = time.perf_counter() + 0.2

    async def work(which: int, device: Device) -> None:
        number = 0
        while (due := begun + (which + number * len(devices)) / rate) < begun + seconds:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await device.answer(number)
            taken.append((time.perf_counter() - due) * 1000)
            number += 1

    await asyncio.gather(*(work(which, device) for which, device in enumerate(devices)))
    after = computed_by(process)
    for device in devices:
        device.writer.close()
    return taken, None if after is None or computed is None else (after - computed) * 1000 / len(taken)


def people_of(folder: Path) -> list[str]:
    from designtool.runtime.store import Store

    store = Store(folder)
    try:
        return [user.id for user in store.users() if user.role == "patient"]
    finally:
        store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--devices", type=int, default=20)
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--trust", action="store_true", help="signed bundles alone, in a federation with a recall")
    chosen = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bundle = chosen.bundle or _built(folder)
        signed = _federation(bundle, folder) if chosen.trust else ()
        with served(bundle, chosen.devices, folder / "data", signed) as (host, process):
            people = people_of(folder / "data")
            taken, computed = asyncio.run(measure(host, process, people, chosen.seconds, chosen.rate))
    taken.sort()
    at = {share: taken[min(len(taken) - 1, int(len(taken) * share))] for share in (0.5, 0.9, 0.99)}
    print(f"{len(taken)} answers at {chosen.rate:.0f} a second from {chosen.devices} devices: all kept")
    print(f"p50 {at[0.5]:.1f} ms   p90 {at[0.9]:.1f} ms   p99 {at[0.99]:.1f} ms   slowest {taken[-1]:.1f} ms")
    if computed is not None:
        print(f"the server computed {computed:.2f} ms for an answer")


def _federation(bundle: Path, folder: Path) -> tuple[str, str]:
    """A trust folder with metadata in which the bundle is released and another program recalled, and the region's name."""
    sys.path.insert(0, str(ROOT / "tests"))
    from datetime import UTC, datetime

    from designtool.bundle import read_bundle
    from designtool.share.federation import publication
    from designtool.share.federation.copying import take_over
    from designtool.share.federation.release import release_of_bundle
    from designtool.share.federation.roles import release_name
    from designtool.share.recalls.listing import Recall, draft_recall
    from tests.federations import FOUNDERS, SAFETY, founded, person

    now = datetime.now(UTC)
    with bundle.open("rb") as stream:
        read = read_bundle(stream)
    release, region = release_of_bundle(read), read.manifest.annotations.region
    people = [person("Anna Ek", "publisher", region), person("Bo Alm", "clinical", region)]
    federation = founded(now)
    (draft,) = publication.draft_region(federation.store, region, [one.public for one in people], now)
    federation.adopt(draft, *FOUNDERS[:2])
    federation.adopt(publication.draft_release(federation.store, release, now), *people)
    recalled = Recall(release_name("region-a/prov/1.0.0"), "no-new-patients", "Fel i sömnfönstret.")
    federation.adopt(draft_recall(federation.store, recalled, now), SAFETY)
    federation.stamp(now)
    take_over(federation.store, federation.trust_folder(folder / "trust"), now)
    return str(folder / "trust"), region


def _built(folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "designtool", "build", "programs/depressionshjalpen", "--output", str(folder)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return next(folder.glob("*.dtb"))


if __name__ == "__main__":
    main()
