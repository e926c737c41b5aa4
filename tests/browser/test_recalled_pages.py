"""Pages of a program of which parts are recalled, in a real browser: no accessibility violation, nothing to scroll sideways."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import test_runtime_recalls as recalled
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from chromium import launched_chromium
from playwright.sync_api import Browser, Page, sync_playwright
from test_runtime_agreements import Region, of_region, region

from designtool.runtime.app import app_of

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PATIENT = ("home", "modules", "module/valkommen", "exercise/mina_mal", "exercise/somnfonster")
THERAPIST = ("treatment", "module/valkommen", "decision/somnfonster")
STAFF = {"b-1": ("/patients", "/t/{treatment}/care"), "ea-1": ("/unit",), "pa-1": ("/administration",)}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Region]]:
    folder: Path = tmp_path_factory.mktemp("region")
    with region(folder, of_region("region-b"), agreements=None) as own, socket.socket() as listener:
        recalled.begin(own)
        patient = recalled.patient_of(own)
        goals = f"{own.clinic.patient_base}/exercise/mina_mal"
        assert patient.save(goals, field="viktigast", value="Sova bättre").status_code == 200
        recalled.recall(own, "valkommen", "somnfonster")
        listener.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app_of(own.clinic.service, frozenset({host})), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://{host}", own
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launched_chromium(playwright)
        yield chromium
        chromium.close()


def every_page(browser: Browser, served: tuple[str, Region], width: int, scheme: Any = "light") -> Iterator[Page]:
    address, own = served
    clinic = own.clinic
    paths = {
        clinic.patient.id: [f"{clinic.patient_base}/{target}" for target in PATIENT],
        **{person: [path.format(treatment=clinic.treatment) for path in shown] for person, shown in STAFF.items()},
    }
    paths["b-1"] += [f"{clinic.therapist_base}/{target}" for target in THERAPIST]
    for person, shown in paths.items():
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{address}/sign-in")
        page.locator(f"button[value='{person}']").click()
        page.wait_for_url(lambda url: not url.endswith("/sign-in"))
        for path in shown:
            page.goto(address + path)
            yield page
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_has_an_accessibility_violation(
    browser: Browser, served: tuple[str, Region], width: int, scheme: str
) -> None:
    found = {}
    for page in every_page(browser, served, width, scheme):
        violations = Axe().run(page, options=RULES).response["violations"]
        if violations:
            found[page.url] = [(one["id"], node["html"][:160]) for one in violations for node in one["nodes"]]
    assert found == {}


def test_no_page_scrolls_sideways(browser: Browser, served: tuple[str, Region]) -> None:
    for page in every_page(browser, served, 320):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url


def test_what_is_written_while_a_part_is_stopped_is_kept_on_the_page(browser: Browser, tmp_path: Path) -> None:
    """The form was open when the recall came: forms.js says why, and the words stand where they were typed."""
    with region(tmp_path, of_region("region-b"), agreements=None) as own, socket.socket() as listener:
        recalled.begin(own)
        listener.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app_of(own.clinic.service, frozenset({host})), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            page = browser.new_context().new_page()
            page.goto(f"http://{host}/sign-in")
            page.locator(f"button[value='{own.clinic.patient.id}']").click()
            page.wait_for_url(lambda url: not url.endswith("/sign-in"))
            page.goto(f"http://{host}{own.clinic.patient_base}/exercise/mina_mal")
            recalled.recall(own, "mina_mal")
            field = page.locator("[name='viktigast']")
            field.fill("Det jag just tänkte på")
            field.blur()
            page.get_by_text("Den här delen är pausad just nu, så det du skrev är inte sparat").first.wait_for()
            assert field.input_value() == "Det jag just tänkte på"
            page.locator("button.button[value='submit']").first.click()
            page.get_by_text("Det du nyss skrev").wait_for()
            assert "Det jag just tänkte på" in page.locator("main").inner_text()
        finally:
            server.should_exit = True
            thread.join()
