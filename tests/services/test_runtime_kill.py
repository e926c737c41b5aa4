"""A runtime that is killed loses nothing that it has acknowledged: real processes, SIGKILL, and what is on the disk after it."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
import runtime_samples

from designtool.runtime.importing import Policy, import_bundle
from designtool.runtime.store import Store
from designtool.runtime.treatments import Programs
from designtool.treatment.events import Answered
from designtool.treatment.state import fold

ROOT = Path(__file__).parents[2]
GOALS = "exercise/mina_mal"

# Ends its own process, as nothing else could, at one of the points where something becomes durable or does not.
KILLER = """
import os, signal, sys
from designtool.runtime import store as store_module

left = int(sys.argv[1])
armed = [False]

def point(*_):
    global left
    if armed[0]:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

write = store_module.Store._write

def counted(self):
    from contextlib import contextmanager
    @contextmanager
    def around():
        with write(self) as connection:
            point()
            yield connection
            point()
        point()
    return around()

store_module.Store._write = counted
engine_of = store_module._engine

def listened(place):
    from sqlalchemy import event
    engine = engine_of(place)
    event.listen(engine, "before_cursor_execute", point)
    event.listen(engine, "after_cursor_execute", point)
    event.listen(engine, "commit", point)
    return engine

store_module._engine = listened
"""
SERVE = (
    KILLER
    + """
append = store_module.Store.append
saves = [0]

def counted_append(self, *arguments, **more):
    saves[0] += 1
    armed[0] = saves[0] == 3
    try:
        return append(self, *arguments, **more)
    finally:
        point()
        armed[0] = False

store_module.Store.append = counted_append
sys.argv = ["designtool", "run", sys.argv[2], "--data", sys.argv[3], "--port", "0", "--unsigned-demonstration"]
from designtool.cli import main
main()
"""
)
IMPORT = (
    KILLER
    + """
from datetime import UTC, datetime
from designtool.runtime import importing
from designtool.runtime.audit import Deed

class Watched:
    def __init__(self, stream):
        self.stream = stream
    def read(self, size):
        point()
        return self.stream.read(size)

for name in ("fsync", "replace"):
    def around(*arguments, act=getattr(os, name)):
        point()
        result = act(*arguments)
        point()
        return result
    setattr(importing.os, name, around)
store = store_module.Store(__import__("pathlib").Path(sys.argv[3]))
armed[0] = True
with open(sys.argv[2], "rb") as stream:
    deed = Deed(datetime.now(UTC), "x", "unit-administrator", "", "import")
    importing.import_bundle(Watched(stream), store, importing.Policy.UNSIGNED_DEMONSTRATION, deed)
print("imported")
"""
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "provet-1.0.0.dtb"
    path.write_bytes(runtime_samples.bundle_bytes())
    return path


@contextmanager
def running(arguments: list[str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that answers, and its host. Whatever is left of it is ended."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://([^/ ]+)", process.stdout.readline())
        assert found is not None, "the server did not say where it is"
        yield process, found[1]
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@dataclass
class Device:
    """A patient's browser, with one connection."""

    host: str
    cookie: str = ""
    base: str = ""
    token: str = ""
    revision: int | None = None
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        page = self.send("GET", "/sign-in")[1]
        person = re.findall(r'name="person" value="(p-[0-9a-f]+)"', page)[0]
        self.send("POST", "/sign-in", urlencode({"person": person}))
        self.base = self.send("GET", "/mine")[2].rpartition("/")[0]
        self.token = re.findall(r'name="csrf-token" value="([^"]+)"', self.send("GET", f"{self.base}/{GOALS}")[1])[0]

    def save(self, value: str) -> None:
        """Returns when the answer has been acknowledged. OSError or HTTPException when it has not."""
        body = json.dumps({"field": "viktigast", "value": value, "entry_date": "", "revision": self.revision})
        status, content, _ = self.send("POST", f"{self.base}/{GOALS}/save", body, {"x-csrf-token": self.token})
        told = json.loads(content)
        if status == 409:
            # Another device was faster with the same field: now this one has seen it, and means its own answer.
            self.revision = told["revision"]
            return self.save(value)
        assert status == 200, (status, content)
        self.revision = told["revision"]
        return None

    def send(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        self.connection.request(
            method,
            path,
            body,
            {
                "origin": f"http://{self.host}",
                "cookie": self.cookie,
                "content-type": "application/x-www-form-urlencoded",
                **(headers or {}),
            },
        )
        answered = self.connection.getresponse()
        content = answered.read().decode()
        if cookie := answered.getheader("set-cookie"):
            self.cookie = cookie.split(";")[0]
        return answered.status, content, answered.getheader("location", "")


def kept_answers(folder: Path) -> list[str]:
    """Every answer on the disk, in order, after looking whether all the rest still holds together."""
    store = Store(folder)
    try:
        (treatment,) = store.treatments()
        stored = store.events(treatment.id)
        assert [one.number for one in stored] == list(range(1, len(stored) + 1))
        fold((one.event for one in stored), {treatment.digest: Programs(store).program(treatment.digest)})
        assert store.broken_audit_line() is None
        answers = [one.event.what.value for one in stored if isinstance(one.event.what, Answered)]
        saves = sum(line.action == "save-answer" for line in store.audit_lines(treatment.unit, most=100_000))
        assert saves == len(answers), "each answer has its line in the log, and each line its answer"
        return answers
    finally:
        store.close()


@pytest.mark.parametrize("number", range(1, 16))
def test_killed_at_each_point_of_a_save(number: int, bundle: Path, tmp_path: Path) -> None:
    """Before and after each statement, the commit, and the return: the third answer is there whole, or not at all."""
    acknowledged: list[str] = []
    with running(["-c", SERVE, str(number), str(bundle), str(tmp_path / "data")]) as (process, host):
        device = Device(host)
        try:
            for value in ("Ett", "Två", "Tre", "Fyra"):
                device.save(value)
                acknowledged.append(value)
        except (OSError, http.client.HTTPException):
            assert process.wait() == -signal.SIGKILL
    assert len(acknowledged) == 2 or (len(acknowledged) == 4 and number > 12), "the point was met"
    kept = kept_answers(tmp_path / "data")
    assert kept[: len(acknowledged)] == acknowledged
    assert kept == acknowledged or kept == [*acknowledged, "Tre"]


def test_killed_at_random_under_load(bundle: Path, tmp_path: Path) -> None:
    """Four devices of one patient write the same field as fast as they can; the service is killed, started and killed."""
    chance = random.Random(20261122)
    acknowledged: list[str] = []
    for round in range(4):
        enough = len(acknowledged) + chance.randrange(20, 120)
        met = threading.Condition()

        def write(device: Device, name: str, met: threading.Condition = met) -> None:
            number = 0
            while True:
                try:
                    device.save(f"{name}-{number}")
                except (OSError, http.client.HTTPException):
                    return
                with met:
                    acknowledged.append(f"{name}-{number}")
                    met.notify()
                number += 1

        arguments = ["run", str(bundle), "--data", str(tmp_path / "data"), "--port", "0", "--unsigned-demonstration"]
        with running(["-m", "designtool", *arguments]) as (process, host):
            devices = [Device(host) for _ in range(4)]
            threads = [
                threading.Thread(target=write, args=(device, f"{round}-{which}"))
                for which, device in enumerate(devices)
            ]
            for thread in threads:
                thread.start()
            with met:
                assert met.wait_for(lambda enough=enough: len(acknowledged) >= enough, timeout=120)
            process.send_signal(signal.SIGKILL)
            for thread in threads:
                thread.join()
        kept = kept_answers(tmp_path / "data")
        assert set(acknowledged) <= set(kept)
        assert len(kept) == len(set(kept))
        assert len(kept) <= len(acknowledged) + 4 * (round + 1), "at most what was on its way is there beside"


@pytest.mark.parametrize("number", range(1, 26))
def test_killed_at_each_point_of_an_import(number: int, bundle: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    ended = subprocess.run(
        [sys.executable, "-c", IMPORT, str(number), str(bundle), str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    finished = ended.returncode == 0
    assert finished or ended.returncode == -signal.SIGKILL
    assert finished == (ended.stdout == "imported\n")
    assert not finished or number > 20, "the point was met"
    store = Store(folder)
    try:
        known = store.bundles()
        assert len(known) == 1 or (known == () and not finished)
        for one in known:
            assert store.bundle_path(one.digest).read_bytes() == bundle.read_bytes()
        again = import_bundle(
            BytesIO(bundle.read_bytes()), store, Policy.UNSIGNED_DEMONSTRATION, runtime_samples.a_deed()
        )
        assert [one.digest for one in store.bundles()] == [again.digest]
        assert Programs(store).program(again.digest).id == "provet"
        assert store.broken_audit_line() is None
    finally:
        store.close()
