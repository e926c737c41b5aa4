"""The pages in a real browser: no accessibility violation, nothing to scroll sideways, and answers that survive a cut connection."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
import samples
from chromium import violations, violations_in_light_and_dark
from playwright.sync_api import Browser, Page, expect

from designtool import resources
from designtool.diagnostics import Text
from designtool.render import FieldError, Viewpoint, load_templates, targets, view

TEMPLATES = load_templates(resources.folder("templates"))
PATIENT = Viewpoint("patient", base="/patient", token="token-1")
THERAPIST = Viewpoint("therapist", base="/therapist", token="token-1")
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; media-src 'self'; form-action 'self'"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@dataclass
class Clinic:
    """What the small server below shows and has been sent."""

    situation: Any
    viewpoints: dict[str, Viewpoint]
    saves: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    token: str = ""
    arrived: threading.Event = field(default_factory=threading.Event)


def serve(clinic: Clinic) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.startswith("/static/"):
                self.send(
                    200, (resources.static() / path.rsplit("/", 1)[-1]).read_bytes(), TYPES[path.rsplit(".", 1)[-1]]
                )
                return
            role, _, target = path.strip("/").partition("/")
            try:
                html = view(target, clinic.situation, clinic.viewpoints[role], TEMPLATES)
            except KeyError:
                self.send(404, b"", "text/plain")
                return
            self.send(200, html.encode(), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not self.path.endswith("/save"):
                self.send_response(303)
                self.send_header("Location", "/patient/home")
                self.end_headers()
                return
            clinic.saves.append(json.loads(body))
            clinic.token = self.headers.get("X-CSRF-Token", "")
            self.send(
                clinic.status,
                json.dumps(
                    {
                        "saved": "14.05",
                        "revision": len(clinic.saves),
                        "hidden": ["dold"],
                        "values": {},
                        "errors": {},
                        "pages": "",
                        **clinic.answer,
                    }
                ).encode(),
                "application/json",
            )
            clinic.arrived.set()

        def send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def clinic() -> Clinic:
    return Clinic(samples.situation(), {"patient": PATIENT, "therapist": THERAPIST})


@pytest.fixture
def address(clinic: Clinic) -> Iterator[str]:
    server = serve(clinic)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def every_target(clinic: Clinic) -> list[str]:
    return [
        f"{role}/{target}"
        for role, viewpoint in clinic.viewpoints.items()
        for target, _ in targets(clinic.situation, viewpoint)
    ]


def test_no_page_has_an_accessibility_violation(clinic: Clinic, address: str, page: Page) -> None:
    found = {}
    for target in every_target(clinic):
        page.goto(f"{address}/{target}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        wrong = violations_in_light_and_dark(page)
        if wrong:
            found[target] = wrong
    assert found == {}


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_scrolls_sideways(clinic: Clinic, address: str, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    for target in every_target(clinic):
        page.goto(f"{address}/{target}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, target


def test_twice_the_text_still_fits(clinic: Clinic, address: str, page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 900})
    for target in every_target(clinic):
        page.goto(f"{address}/{target}")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, target


def test_what_is_touched_is_large_enough(clinic: Clinic, address: str, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 720})
    small = "[...document.querySelectorAll('.button, .option, .scale-step, .tabs a, .crisis-link, .task-link, .page-list a, summary, input[type=text], select')].filter((one) => one.checkVisibility()).map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()]).filter(([, box]) => box.height < 44 || box.width < 44).map(([html, box]) => [html, box.width, box.height])"
    for target in every_target(clinic):
        if target.startswith("patient/"):
            page.goto(f"{address}/{target}")
            assert page.evaluate(small) == [], target


def test_errors_are_announced_and_reachable(clinic: Clinic, address: str, page: Page) -> None:
    errors = (
        FieldError("klockan", Text("Skriv klockslaget som 22.30.", "Write the time as 22:30.")),
        FieldError("vaken", Text("Stämmer det?", "Is it right?"), "confirm"),
    )
    clinic.viewpoints["patient"] = replace(PATIENT, errors=errors, draft={"klockan": "kvart i elva"})
    page.goto(f"{address}/patient/exercise/allt")
    assert violations(page) == []
    expect(page.locator(".errors")).to_be_focused()
    page.get_by_role("link", name="Skriv klockslaget som 22.30.").click()
    assert page.locator("#allt-klockan-field").evaluate("(one) => one.getBoundingClientRect().top < innerHeight")


def test_the_page_works_under_a_strict_policy_without_a_word_in_the_console(address: str, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for target in ("patient/exercise/allt", "patient/home", "therapist/module/forsta"):
        page.goto(f"{address}/{target}")
    assert said == []


def test_an_answer_is_saved_as_it_is_typed(clinic: Clinic, address: str, page: Page) -> None:
    clinic.answer = {"hidden": [], "values": {"summa": "1 tim"}}
    page.goto(f"{address}/patient/exercise/allt")
    page.get_by_label("Vad vill du kalla planen?").fill("Min höst")
    expect(page.locator("[data-save-status]")).to_have_text("Sparat kl. 14.05")
    assert clinic.saves == [{"field": "namn", "value": "Min höst", "entry_date": "", "revision": None}]
    assert clinic.token == "token-1"
    expect(page.locator("[data-value=summa]")).to_have_text("1 tim")
    expect(page.get_by_label("Visas först efter ett ja")).to_be_visible()
    expect(page.locator("[data-announce]")).to_contain_text("Visas först efter ett ja")
    assert page.evaluate("localStorage.length") == 0
    page.locator(".scale-step").filter(has_text="7").first.click()
    page.get_by_label("Träffa vänner", exact=True).nth(1).check()
    expect(page.locator("[data-save-status]")).to_have_attribute("data-state", "saved")
    expect(page.locator("[data-save-status]")).to_have_attribute("data-pending", "0")
    assert page.evaluate("localStorage.length") == 0
    assert [(one["field"], one["value"]) for one in clinic.saves[1:]] == [("humor", "7"), ("flera", ["vanner"])]
    assert clinic.saves[-1]["revision"] is not None


def test_nothing_typed_is_lost_by_a_cut_connection_or_a_reload(clinic: Clinic, address: str, page: Page) -> None:
    page.goto(f"{address}/patient/exercise/allt")
    page.context.set_offline(True)
    page.get_by_label("Vad vill du kalla planen?").fill("Utan nät")
    page.get_by_role("button", name="Lägg till en rad").click()
    page.locator("[name='stegen.2.steg']").fill("Tredje")
    expect(page.locator("[data-save-status]")).to_contain_text("Ingen kontakt")
    page.get_by_role("button", name="Klar", exact=True).click()
    assert page.url.endswith("/exercise/allt")
    assert clinic.saves == []
    clinic.status = 503
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("Vad vill du kalla planen?")).to_have_value("Utan nät")
    expect(page.locator("[name='stegen.2.steg']")).to_have_value("Tredje")
    clinic.status = 200
    expect(page.locator("[data-save-status]")).to_have_attribute("data-pending", "0", timeout=10_000)
    assert page.evaluate("localStorage.length") == 0
    assert {one["field"]: one["value"] for one in clinic.saves} == {"namn": "Utan nät", "stegen.2.steg": "Tredje"}


def test_a_failing_server_is_told_honestly_and_tried_again(clinic: Clinic, address: str, page: Page) -> None:
    clinic.status = 503
    page.goto(f"{address}/patient/exercise/allt")
    page.get_by_label("Vad vill du kalla planen?").fill("Om igen")
    expect(page.locator("[data-save-status]")).to_contain_text("Ingen kontakt")
    clinic.status = 200
    expect(page.locator("[data-save-status]")).to_have_text("Sparat kl. 14.05")
    assert {one["value"] for one in clinic.saves} == {"Om igen"} and len(clinic.saves) >= 2


def test_another_devices_answer_is_not_overwritten_silently(clinic: Clinic, address: str, page: Page) -> None:
    clinic.status = 409
    page.goto(f"{address}/patient/exercise/allt")
    page.get_by_label("Vad vill du kalla planen?").fill("Här")
    expect(page.locator("[data-save-status]")).to_contain_text("på en annan enhet")
    page.get_by_label("Vad vill du kalla planen?").blur()
    page.locator(".scale-step").filter(has_text="7").first.click()
    expect(page.locator("[data-save-status]")).to_have_attribute("data-pending", "0")
    assert [one["field"] for one in clinic.saves] == ["namn", "humor"], "leaving the field overwrites nothing"


def test_an_error_stands_at_its_field_at_once(clinic: Clinic, address: str, page: Page) -> None:
    clinic.answer = {"errors": {"klockan": "Skriv klockslaget som 22.30."}}
    page.goto(f"{address}/patient/exercise/allt")
    entry = page.get_by_label("När gick du och la dig?")
    entry.fill("kvart")
    expect(page.locator("#allt-klockan-error")).to_have_text("Skriv klockslaget som 22.30.")
    expect(entry).to_have_attribute("aria-invalid", "true")
    clinic.answer = {}
    entry.fill("2230")
    expect(page.locator("#allt-klockan-error")).to_be_hidden()


def test_a_flag_shows_its_page_at_once(clinic: Clinic, address: str, page: Page) -> None:
    clinic.answer = {"pages": "<p>Ring nu</p>"}
    page.goto(f"{address}/patient/questionnaire/phq9")
    page.locator("[name=q9][value='2']").check()
    expect(page.locator("[data-pages]")).to_have_text("Ring nu")
    assert clinic.saves[0]["field"] == "q9" and clinic.saves[0]["value"] == "2"


def test_a_message_is_kept_until_it_has_been_sent(clinic: Clinic, address: str, page: Page) -> None:
    page.goto(f"{address}/patient/messages")
    page.get_by_label("Skriv ett meddelande").fill("Hej igen")
    page.reload()
    expect(page.get_by_label("Skriv ett meddelande")).to_have_value("Hej igen")
    clinic.viewpoints["patient"] = replace(PATIENT, saved="sent")
    page.get_by_role("button", name="Skicka").click()
    page.wait_for_url("**/patient/home")
    page.goto(f"{address}/patient/messages")
    expect(page.get_by_label("Skriv ett meddelande")).to_have_value("")


def test_a_message_that_never_arrived_is_kept_when_something_else_is_saved(
    clinic: Clinic, address: str, page: Page
) -> None:
    page.goto(f"{address}/patient/messages")
    page.get_by_label("Skriv ett meddelande").fill("Hej igen")
    page.route("**/patient/messages", lambda route: route.abort())
    page.get_by_role("button", name="Skicka").click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/patient/messages")
    page.goto(f"{address}/patient/exercise/allt?saved=saved")
    assert page.url.endswith("/patient/exercise/allt"), "whoever loads the page again has not saved once more"
    clinic.viewpoints["patient"] = replace(PATIENT, saved="saved")
    page.get_by_role("button", name="Klar", exact=True).click()
    page.wait_for_url("**/patient/home")
    page.goto(f"{address}/patient/messages")
    expect(page.get_by_label("Skriv ett meddelande")).to_have_value("Hej igen")


def test_a_form_can_be_filled_in_with_the_keyboard_alone(clinic: Clinic, address: str, page: Page) -> None:
    page.goto(f"{address}/patient/questionnaire/phq9")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("[name=q1]").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("[name=q1]:checked").get_attribute("value") == "1"


def test_a_template_begins_the_feedback(address: str, page: Page) -> None:
    page.goto(f"{address}/therapist/module/forsta")
    page.get_by_text("Första svaret").first.click()
    page.get_by_role("button", name=re.compile("Använd")).click()
    expect(page.get_by_label("Din återkoppling")).to_have_value(
        "Hej!\n\nTack för att du har skrivit. Jag fastnade för …"
    )


def test_without_script_the_forms_are_whole(clinic: Clinic, address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/patient/exercise/allt")
    expect(page.get_by_role("button", name="Spara och fortsätt senare")).to_be_visible()
    expect(page.get_by_role("button", name="Lägg till en rad")).to_be_visible()
    expect(page.locator("[data-save-status]")).to_be_empty()
    page.get_by_role("button", name="Klar", exact=True).click()
    assert page.url.endswith("/patient/home")
    context.close()
