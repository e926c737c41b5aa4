"""The catalogue as a page: no accessibility violation, nothing to scroll sideways, nothing fetched, nothing run."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from catalogues import four_regions
from chromium import launched_chromium
from federations import NOW
from playwright.sync_api import Browser, Page, sync_playwright
from test_catalogue import made
from test_runtime_agreements import region

from designtool.runtime.app import app_of
from designtool.share.catalogue.differences import differences, programs_of
from designtool.share.catalogue.page import catalogue_page
from designtool.share.catalogue.words import CatalogueView
from designtool.share.registries.folder import FolderRegistry

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
USING = ("region-a/prov/1.0.0", "region-b/prov-hos-oss/1.0.0", "region-b/egen/1.0.0")


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every state of an agreement but some, a recall, a review that is due, words that are hostile, and metadata that has expired."""
    folder = tmp_path_factory.mktemp("katalog")
    place = four_regions(folder / "plats", using=USING)
    of = made(place)
    with FolderRegistry(place.registry) as registry:
        changed = differences(of, programs_of({}, registry))
    late = replace(of, is_expired=True, expires=NOW - timedelta(days=1))
    page = folder / "katalog.html"
    page.write_text(catalogue_page(CatalogueView(late, changed), "sv"), encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = launched_chromium(playwright)
        yield chromium
        chromium.close()


def opened(browser: Browser, page_file: Path, width: int, scheme: Any = "light", media: Any = "screen") -> Page:
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.emulate_media(media=media, color_scheme=scheme)
    page.goto(page_file.as_uri())
    for summary in page.locator("summary").all():
        summary.click()
    return page


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_violation(browser: Browser, page_file: Path, scheme: str, media: str) -> None:
    page = opened(browser, page_file, 1280, scheme, media)
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in violations] == []
    page.close()


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_nothing_scrolls_sideways(browser: Browser, page_file: Path, width: int) -> None:
    page = opened(browser, page_file, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_nothing_is_fetched_and_nothing_is_run(browser: Browser, page_file: Path) -> None:
    page = browser.new_page()
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("dialog", lambda dialog: problems.append(dialog.message))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()] and problems == []
    assert page.locator("details").count() > 0 and page.locator("script").count() == 0
    page.close()


def test_in_the_runtime_its_style_is_let_in(browser: Browser, tmp_path: Path) -> None:
    with region(tmp_path) as own, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app_of(own.clinic.service, frozenset({host})), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        page = browser.new_page(viewport={"width": 390, "height": 844})
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        try:
            page.goto(f"http://{host}/sign-in")
            page.locator("button[value='ea-1']").click()
            page.wait_for_url(lambda url: not url.endswith("/sign-in"))
            page.goto(f"http://{host}/unit/catalogue")
            border = page.locator(".card").first.evaluate("card => getComputedStyle(card).borderTopStyle")
            violations = Axe().run(page, options=RULES).response["violations"]
        finally:
            page.close()
            server.should_exit = True
            thread.join()
    assert border == "solid" and not [one for one in problems if "Security Policy" in one]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in violations] == []


def test_the_list_leads_to_each_program_by_keyboard(browser: Browser, page_file: Path) -> None:
    page = opened(browser, page_file, 390)
    link = page.locator("nav a").first
    link.focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#region-a.prov")
    assert page.locator(":target h3").inner_text().startswith("Steg ur nedstämdhet")
    page.close()


def test_the_agreement_is_told_in_words(browser: Browser, page_file: Path) -> None:
    page = opened(browser, page_file, 390)
    told = [one.inner_text() for one in page.locator(".state span:not([aria-hidden])").all()]
    assert told == ["Avtal gäller", "Avtalet har gått ut", "Avtal saknas", "Eget program", "Eget program"]
    page.close()
