"""The page of changes for a clinical reviewer: no accessibility violation, nothing to scroll sideways, nothing fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from chromium import violations
from playwright.sync_api import Browser, Page
from test_compare_kinds import versions

from designtool.compare import all_kinds, compare
from designtool.compare.reports import Compared, html_report

SHOWN = (
    "flag-weakened",
    "validated-wording-changed",
    "text-corrected",
    "risk-text-changed",
    "measurement-added",
    "unlock-tightened",
    "page-added",
    "decision-rule-changed",
)


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One page with changes of every group, with words that are too long for a phone among them."""
    (old, old_compiled), (new, new_compiled) = versions("", "".join(all_kinds()[name].fires for name in SHOWN))
    changes = compare(old, new, old_compiled.documents, new_compiled.documents)
    assert set(SHOWN) <= {change.rule for change in changes.changes}
    page = tmp_path_factory.mktemp("diff") / "page.html"
    source = "programs/" + "mycket" * 20 + "/exempel"
    page.write_text(html_report(Compared(old, new, "git:HEAD", source, changes), "sv"), encoding="utf-8")
    return page


def opened(browser: Browser, page_file: Path, width: int, scheme: Any = "light", media: Any = "screen") -> Page:
    page = browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page.emulate_media(media=media, color_scheme=scheme)
    page.goto(page_file.as_uri())
    return page


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_violation(browser: Browser, page_file: Path, scheme: str, media: str) -> None:
    page = opened(browser, page_file, 1280, scheme, media)
    assert violations(page) == []
    page.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
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
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert problems == []
    assert page.locator("h2").count() >= 4
    page.close()


def test_every_group_is_reached_by_the_keyboard(browser: Browser, page_file: Path) -> None:
    page = opened(browser, page_file, 390)
    links = page.locator("nav a")
    for number in range(links.count()):
        page.keyboard.press("Tab")
        target = page.evaluate("document.activeElement.getAttribute('href')")
        assert page.locator(f"h2{target}").count() == 1
        assert target == links.nth(number).get_attribute("href")
    page.close()
