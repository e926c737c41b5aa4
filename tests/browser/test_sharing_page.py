"""The administrator's page of sharing in a real browser, with all that can stand there: readable, and nothing to scroll sideways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import runtime_samples
from chromium import sign_in, violations
from playwright.sync_api import Browser, Page
from test_polling import a_place, poller_of

PATHS = ("/unit", "/unit/sharing")


@contextmanager
def served_sharing(folder: Path) -> Iterator[str]:
    """Recalled, answered once and once not, and since then the registry has been gone for six days."""
    with a_place(folder) as place:
        place.recall("stop-use", parts=("all",), patient_text="Vänta med det här.", therapist_text="Ring patienten.")
        poller = poller_of(place)
        poller.run_once()
        place.recall(name="region-a/prov/1.0.0")
        hidden = folder / "registry"
        poller_of(place, open=lambda: _without_receipts(place.open())).run_once()
        hidden.rename(folder / "gone")
        (folder / "registry").write_text("")
        place.shared.clinic.time.pass_(days=6)
        poller.run_once()
        service = replace(place.shared.clinic.service, poller=poller)
        with runtime_samples.served(service) as address:
            yield address


def _without_receipts(registry: Any) -> Any:
    """A registry that takes nothing new."""

    def refuse(*arguments: Any) -> None:
        raise OSError(30, "Read-only file system", "register")

    registry.push_manifest = refuse
    return registry


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_sharing(tmp_path_factory.mktemp("sharing")) as found:
        yield found


def pages(browser: Browser, address: str, width: int, scheme: Any = "light") -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, address, "ea-1")
    for path in PATHS:
        page.goto(address + path)
        yield page
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_readable_for_everybody(browser: Browser, address: str, width: int, scheme: str) -> None:
    for page in pages(browser, address, width, scheme):
        assert violations(page) == []


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways(browser: Browser, address: str, width: int) -> None:
    for page in pages(browser, address, width):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.get_by_text("Det har inte gått att hämta från registret sedan").is_visible()


def test_fetching_is_one_press(browser: Browser, address: str) -> None:
    for page in pages(browser, address, 390):
        if page.url.endswith("/unit/sharing"):
            page.get_by_role("button", name="Hämta nu").click()
            page.wait_for_load_state()
            assert page.get_by_role("heading", name="Delning med andra regioner").is_visible()
            assert page.get_by_text("väntar på att skickas").is_visible()
