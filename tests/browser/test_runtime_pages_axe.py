"""The runtime's own pages in a real browser: no accessibility violation, and nothing to scroll sideways."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import runtime_samples
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from chromium import launched_chromium
from playwright.sync_api import Browser, Page, sync_playwright

from designtool.runtime.app import app_of

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = {
    "": ("/sign-in", "/kris", "/patients", "/there-is-no-such-page"),
    "b-1": ("/patients", "/t/{treatment}/care", "/sign-out/staff"),
    "b-2": ("/patients", "/t/{treatment}/care"),
    "pa-1": ("/administration", "/administration/{treatment}"),
    "ea-1": ("/unit", "/unit/audit"),
}
"""Who is signed in, and what they look at: also what they are refused."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Address and a treatment."""
    with runtime_samples.clinic(tmp_path_factory.mktemp("clinic")) as clinic, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app_of(clinic.service, frozenset({host})), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://{host}", clinic.treatment
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launched_chromium(playwright)
        yield chromium
        chromium.close()


def every_page(browser: Browser, served: tuple[str, str], width: int, scheme: Any = "light") -> Iterator[Page]:
    address, treatment = served
    for person, paths in PAGES.items():
        context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
        page = context.new_page()
        if person:
            page.goto(f"{address}/sign-in")
            page.locator(f"button[value='{person}']").click()
            page.wait_for_url(lambda url: not url.endswith("/sign-in"))
        for path in paths:
            page.goto(address + path.format(treatment=treatment))
            yield page
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_has_an_accessibility_violation(
    browser: Browser, served: tuple[str, str], width: int, scheme: str
) -> None:
    found = {}
    for page in every_page(browser, served, width, scheme):
        violations = Axe().run(page, options=RULES).response["violations"]
        if violations:
            found[page.url] = [(one["id"], node["html"][:160]) for one in violations for node in one["nodes"]]
    assert found == {}


def test_no_page_scrolls_sideways(browser: Browser, served: tuple[str, str]) -> None:
    for page in every_page(browser, served, 320):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
