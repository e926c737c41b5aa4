"""The runtime's own pages in a real browser: no accessibility violation, and nothing to scroll sideways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import runtime_samples
from chromium import sign_in, violations_in_light_and_dark
from playwright.sync_api import Browser, Page

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
    with (
        runtime_samples.clinic(tmp_path_factory.mktemp("clinic")) as clinic,
        runtime_samples.served(clinic.service) as address,
    ):
        yield address, clinic.treatment


def every_page(browser: Browser, served: tuple[str, str], width: int) -> Iterator[Page]:
    address, treatment = served
    for person, paths in PAGES.items():
        context = browser.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
        page = context.new_page()
        if person:
            sign_in(page, address, person)
        for path in paths:
            page.goto(address + path.format(treatment=treatment))
            yield page
        context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_has_an_accessibility_violation(browser: Browser, served: tuple[str, str], width: int) -> None:
    found = {}
    for page in every_page(browser, served, width):
        if wrong := violations_in_light_and_dark(page):
            found[page.url] = wrong
    assert found == {}


def test_no_page_scrolls_sideways(browser: Browser, served: tuple[str, str]) -> None:
    for page in every_page(browser, served, 320):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
