"""The catalogue as a page: no accessibility violation, nothing to scroll sideways, nothing fetched, nothing run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import runtime_samples
from catalogues import four_regions
from chromium import sign_in, violations
from federations import NOW
from playwright.sync_api import Browser, Page
from test_catalogue import made
from test_runtime_agreements import region

from designtool.share.catalogue.differences import differences, programs_of
from designtool.share.catalogue.page import catalogue_page
from designtool.share.catalogue.words import CatalogueView
from designtool.share.registries.folder import FolderRegistry

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
    assert violations(page) == []
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
    with region(tmp_path) as own, runtime_samples.served(own.clinic.service) as address:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        sign_in(page, address, "ea-1")
        page.goto(f"{address}/unit/catalogue")
        border = page.locator(".card").first.evaluate("card => getComputedStyle(card).borderTopStyle")
        wrong = violations(page)
        page.close()
    assert border == "solid" and not [one for one in problems if "Security Policy" in one]
    assert wrong == []


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
