"""The browser of the browser tests: the machine's own Chromium, or the one that Playwright has fetched."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

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
