"""A runtime in a temporary folder, with people to sign in as: for tests of the service as it is met over HTTP."""

from __future__ import annotations

import re
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import bundles
import treatment_samples
import uvicorn
from httpx import Response
from starlette.testclient import TestClient

from designtool.bundle import make_bundle
from designtool.load.document import Inline
from designtool.model.codec import encode_program
from designtool.model.origin import Origin
from designtool.model.page import Block, Page
from designtool.model.program import Contact, Media, Program
from designtool.runtime import first_people
from designtool.runtime.app import Settings, app_of, create_service
from designtool.runtime.audit import Deed
from designtool.runtime.importing import Policy, import_bundle
from designtool.runtime.service import Service
from designtool.runtime.store import CareUnit, StoredBundle, User
from designtool.treatment.commands import Outcome, Refusal

HOST = "testserver"
NOW = treatment_samples.at(0, "08:00")
FILM = bundles.FILM


@dataclass
class Time:
    """The real time of a test: it stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **much: float) -> None:
        self.now += timedelta(**much)


def sample_program(**changes: Any) -> Program:
    """The program of the treatment samples, with a crisis page, a contact and a film."""
    origin = Origin("programs/prov/program.yaml")
    crisis = Page(
        "kris",
        "Om du behöver hjälp nu",
        1,
        (Block("paragraph-1", "paragraph", inlines=(Inline("text", "Du är inte ensam."),)),),
        origin=Origin("programs/library/pages/kris.md"),
    )
    values: dict[str, Any] = {
        "library_pages": (crisis,),
        "contacts": (Contact("crisis", "Vid fara för liv", "112", "https://example.org/kris"),),
        "media": (Media(bundles.FILM_PATH, bundles.digest_of(FILM), len(FILM), "video/webm"),),
        "origin": origin,
    }
    return replace(treatment_samples.program(), **{**values, **changes})


def bundle_bytes(program: Program | None = None) -> bytes:
    program = program or sample_program()
    content = make_bundle(program, encode_program(program), bundles.sample_tree(), lambda path: BytesIO(FILM))
    return bundles.archive_of(content)


@dataclass
class Person:
    """A browser, signed in."""

    client: TestClient
    user: User
    token: str = ""
    _by_page: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def post(self, path: str, data: Mapping[str, Any], **more: Any) -> Response:
        return self.client.post(path, data={"csrf-token": self.token, **data}, **more)

    def save(self, path: str, **body: Any) -> Response:
        return self.client.post(f"{path}/save", json=body, headers={"x-csrf-token": self.token})


@dataclass
class Clinic:
    """One unit with the staff of `first_people`, one patient in a treatment that has just started, and a second unit."""

    service: Service
    app: Any
    time: Time
    bundle: StoredBundle
    patient: User
    treatment: str

    @property
    def patient_base(self) -> str:
        return f"/t/{self.treatment}/patient"

    @property
    def therapist_base(self) -> str:
        return f"/t/{self.treatment}/therapist"

    def browser(self) -> TestClient:
        return TestClient(
            self.app,
            base_url=f"http://{HOST}",
            headers={"origin": f"http://{HOST}"},
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    def sign_in(self, user: str) -> Person:
        client = self.browser()
        answered = client.post("/sign-in", data={"person": user})
        assert answered.status_code == 303, answered.text
        known = self.service.store.user(user)
        assert known is not None
        area = "patient" if known.role == "patient" else "staff"
        page = client.get(f"/sign-out/{area}")
        return Person(client, known, re.findall(r'name="csrf-token" value="([^"]+)"', page.text)[0])

    def act(self, outcome_of: Any, treatment: str = "") -> None:
        """Do something to the treatment besides the web: `outcome_of(state, program, now)`."""
        one = self.service.store.treatment(treatment or self.treatment)
        assert one is not None

        def work(state: Any, program: Any, now: Any) -> tuple[Any, None]:
            outcome: Outcome = outcome_of(state, program, now)
            assert not isinstance(outcome, Refusal), outcome
            return outcome, None

        self.service.treatments.act(one, work, a_deed(self.time.now))

    def new_patient(self, unit: str = first_people.UNIT.id, number: int | None = None) -> tuple[User, str]:
        known = sum(user.role == "patient" for user in self.service.store.users())
        patient = replace(first_people.new_patient(number if number is not None else known), unit=unit)
        return patient, first_people.start_patient(self.service, self.bundle, patient)

    def other_unit(self) -> dict[str, User]:
        """A second unit with one of each kind of staff."""
        self.service.store.add_unit(CareUnit("annan", "En annan enhet"))
        staff = {}
        for role in ("therapist", "patient-administrator", "unit-administrator"):
            user = User(f"x-{role}", "annan", role, f"Främling {role}", f"SE-{secrets.token_hex(4)}")  # type: ignore[arg-type]
            self.service.store.add_user(user)
            staff[role] = user
        return staff


def a_deed(at: datetime = NOW, user: str = "b-1") -> Deed:
    return Deed(at, user, "therapist", first_people.UNIT.id, "test")


@contextmanager
def clinic(folder: Path, content: bytes | None = None, **settings: Any) -> Iterator[Clinic]:
    time = Time()
    chosen: dict[str, Any] = {"policy": Policy.UNSIGNED_DEMONSTRATION, "movable_clock": True, "real": time, **settings}
    service = create_service(Settings(folder, frozenset({HOST}), **chosen))
    service.sign_ins.most = 1_000_000
    bundle = import_bundle(BytesIO(content or bundle_bytes()), service.store, Policy.UNSIGNED_DEMONSTRATION, a_deed())
    service.refresh_crisis_page()
    first_people.add_unit(service)
    first_people.activate_at_unit(service, bundle)
    patient = first_people.new_patient(0)
    treatment = first_people.start_patient(service, bundle, patient)
    try:
        yield Clinic(service, app_of(service, frozenset({HOST})), time, bundle, patient, treatment)
    finally:
        service.store.close()


@contextmanager
def served(service: Service) -> Iterator[str]:
    """The runtime on loopback, for a real browser; it ends with the block."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app_of(service, frozenset({host})), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://{host}"
        finally:
            server.should_exit = True
            thread.join()
