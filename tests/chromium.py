"""The browser of the browser tests: the machine's own Chromium, or the one that Playwright has fetched; and what axe says there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

RULES: dict[str, Any] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
NAMES = ("chromium", "chromium-browser", "google-chrome")


def launched_chromium(playwright: Playwright, *arguments: str) -> Browser:
    """A test that needs a browser fails where there is none: skipped, it would look like passed."""
    found = next((path for name in NAMES if (path := shutil.which(name))), playwright.chromium.executable_path)
    if not Path(found).exists():
        pytest.fail(
            "These tests need Chromium, and there is none: install the package chromium, or run "
            ".venv/bin/python -m playwright install chromium",
            pytrace=False,
        )
    return playwright.chromium.launch(executable_path=found, args=arguments)


def violations(page: Page, rules: dict[str, Any] = RULES) -> list[tuple[str, str]]:
    """What axe finds wrong on a page: the rule, and where."""
    found = Axe().run(page, options=rules).response["violations"]
    return [(one["id"], node["html"][:160]) for one in found for node in one["nodes"]]


def sign_in(page: Page, address: str, person: str) -> None:
    """To the reference runtime, as somebody whom its page of invented people shows."""
    page.goto(f"{address}/sign-in")
    page.locator(f"button[value='{person}']").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
