"""The browser of the browser tests: the machine's own Chromium, or the one that Playwright has fetched; and what axe says there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

RULES: dict[str, Any] = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that can come out otherwise in the dark: all else is the same page."""
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
    # What passes is not listed: it takes axe as long to tell as all its rules take to run.
    found = Axe().run(page, options={**rules, "resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], node["html"][:160]) for one in found for node in one["nodes"]]


def violations_in_light_and_dark(page: Page, rules: dict[str, Any] = RULES) -> list[tuple[str, str, str]]:
    """What axe finds wrong on a page in the light, and what is wrong with its colours in the dark. The page stands still: its
    context has to ask for reduced motion, so that no colour is on its way to another."""
    assert page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
    page.emulate_media(color_scheme="light")
    found = [("light", *one) for one in violations(page, rules)]
    page.emulate_media(color_scheme="dark")
    found += [("dark", *one) for one in violations(page, {**rules, "runOnly": COLOURS})]
    page.emulate_media(color_scheme="light")
    return found


def sign_in(page: Page, address: str, person: str) -> None:
    """To the reference runtime, as somebody whom its page of invented people shows."""
    page.goto(f"{address}/sign-in")
    page.locator(f"button[value='{person}']").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
