"""The demonstration played by a newcomer who follows the guided tour, on a phone and on a desktop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import RULES, violations, violations_in_light_and_dark
from demonstrations import demonstration
from playwright.sync_api import Browser, FrameLocator, Page, expect

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
OUTER = {**RULES, "iframes": False}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demonstration that tests only look at."""
    with demonstration(tmp_path_factory.mktemp("data") / "demo") as (address, _):
        yield address


class Newcomer:
    """A person at the demonstration's page, who does what it says."""

    def __init__(self, page: Page, address: str, shots: Path) -> None:
        self.page = page
        self.shots = shots
        self.said: list[str] = []
        page.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.goto(address)

    @property
    def patient(self) -> FrameLocator:
        return self.page.frame_locator("#frame-patient")

    @property
    def staff(self) -> FrameLocator:
        return self.page.frame_locator("#frame-staff")

    def sees_step(self, title: str) -> None:
        expect(self.page.locator("[data-step]:not([hidden]) h2")).to_have_text(title)

    def goes_on_to(self, title: str) -> None:
        self.page.get_by_role("button", name="Nästa").click()
        self.sees_step(title)
        expect(self.page.locator("[data-step]:not([hidden]) h2")).to_be_focused()

    def changes_side(self, role: str) -> None:
        """On a phone, where one side is shown at a time."""
        button = self.page.locator(f"[data-show={role}]")
        if button.is_visible():
            button.click()

    def keeps(self, name: str) -> None:
        """A picture of what is seen, for people to look at."""
        self.page.screenshot(path=self.shots / f"{name}.png")


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_newcomer_is_led_from_the_night_to_the_next_module(browser: Browser, tmp_path: Path, screen: Any) -> None:
    with demonstration(tmp_path / "demo") as (address, _):
        page = browser.new_page(viewport=screen, reduced_motion="reduce")
        one = Newcomer(page, address, tmp_path)

        one.sees_step("Du är Leila")
        expect(one.patient.get_by_role("heading", name="Hej Leila")).to_be_visible()
        one.keeps("1-start")
        one.patient.get_by_role("link", name=re.compile("^Fyll i")).first.click()
        fills_in_a_night(one)
        one.keeps("2-night")
        one.patient.get_by_role("button", name="Spara dagen").click()
        expect(one.patient.get_by_text("Tack, det är sparat.")).to_be_visible()
        one.changes_side("staff")
        expect(one.staff.locator("main")).to_contain_text("89")
        one.keeps("3-therapist-sees")

        one.goes_on_to("Skicka in veckan")
        one.patient.get_by_role("button", name="Skicka till din behandlare").click()
        expect(one.patient.locator(".saved")).to_have_text("Klart.")
        one.keeps("4-sent")

        one.goes_on_to("Byt till behandlaren")
        expect(one.staff.get_by_role("heading", name="Baslinjevecka")).to_be_visible()
        one.staff.get_by_label("Din återkoppling").fill("Fint jobbat, Leila. Du har fört dagbok fem nätter.")
        one.keeps("5-feedback")
        one.staff.get_by_role("button", name="Skicka återkoppling").click()
        expect(one.staff.get_by_text("Återkopplingen är skickad.")).to_be_visible()
        one.changes_side("patient")
        expect(one.patient.get_by_text(re.compile("Nytt meddelande|återkoppling")).first).to_be_visible()
        one.keeps("6-feedback-arrives")

        one.goes_on_to("Bekräfta Gunnars sömnfönster")
        expect(one.staff.get_by_role("heading", name="Ditt sömnfönster")).to_be_visible()
        expect(one.patient.get_by_text("01.00")).to_have_count(0)
        one.keeps("7-proposal")
        one.staff.get_by_role("button", name=re.compile("^Bekräfta")).click()
        expect(one.staff.get_by_text("Beslutet är bekräftat")).to_be_visible()
        one.changes_side("patient")
        expect(one.patient.get_by_text("01.00")).to_be_visible()
        one.keeps("8-confirmed")

        one.goes_on_to("Ta hand om en röd flagga")
        expect(page.locator(".person", has_text="Jonas").locator(".line-red")).to_have_count(1)
        one.staff.get_by_label("Vad har du gjort?").fill("Ringde Jonas och bokade ett besök i dag.")
        one.keeps("9-flag")
        one.staff.get_by_role("button", name="Kvittera och signera").click()
        expect(one.staff.get_by_text(re.compile("Kvitterad .* av Sam Lind"))).to_be_visible()
        expect(page.locator(".person", has_text="Jonas").locator(".line-red")).to_have_count(0)
        one.keeps("10-acknowledged")

        one.goes_on_to("Låt en vecka gå")
        module = one.patient.get_by_role("link", name="Så fungerar sömn – och sömnlöshet")
        expect(one.patient.get_by_role("link", name="Baslinjevecka")).to_be_visible()
        expect(module).to_have_count(0)
        before = page.locator("#now").text_content()
        page.locator("[data-step]:not([hidden])").get_by_role("button", name="En vecka fram").click()
        expect(module).to_be_visible()
        expect(page.locator("#now")).not_to_have_text(before or "")
        expect(page.get_by_role("status")).to_contain_text("Nu är det")
        one.keeps("11-week-later")

        one.goes_on_to("Se dig omkring")
        expect(page.get_by_role("button", name="Nästa")).to_be_hidden()
        assert one.said == []
        page.close()


def fills_in_a_night(one: Newcomer) -> None:
    """From half past eleven to a quarter to seven."""
    night = one.patient
    # People do not type before the page's script runs.
    expect(night.locator("[data-save-status]")).to_have_attribute("data-state", "ready")
    for field, answer in (
        ("bed", "23:30"),
        ("lights_out", "2330"),
        ("sol", "20"),
        ("nwak", "1"),
        ("waso", "15"),
        ("final", "06.45"),
        ("out", "07:00"),
    ):
        night.locator(f"[name={field}]").fill(answer)
    expect(night.locator("[data-value=se]")).to_contain_text("89")
    for field in ("quality", "rested"):
        night.locator(f".scale-step:has([name={field}][value='4'])").click()
    expect(night.locator("[data-save-status]")).to_have_attribute("data-pending", "0")


PAGES = (
    "/mine",
    "/t/leila/patient/home",
    "/t/leila/patient/modules",
    "/t/leila/patient/module/baslinje",
    "/t/leila/patient/page/baslinje/sa-fyller-du-i",
    "/t/leila/patient/exercise/somndagbok",
    "/t/leila/patient/results",
    "/t/leila/patient/messages",
    "/patients",
    "/t/leila/therapist/treatment",
    "/t/leila/therapist/module/baslinje",
    "/t/leila/care",
    "/t/gunnar/therapist/decision/somnfonster",
    "/t/gunnar/therapist/flags",
    "/kris",
    "/sign-in",
    "/demo",
)


@pytest.fixture
def signed_in(browser: Browser, fresh: str) -> Iterator[Page]:
    """As Leila and as Robin Ek, who are signed in side by side."""
    context = browser.new_context(viewport=PHONE, reduced_motion="reduce")
    page = context.new_page()
    page.goto(fresh)
    expect(page.frame_locator("#frame-patient").get_by_role("heading", name="Hej Leila")).to_be_visible()
    expect(page.frame_locator("#frame-staff").locator("h1", has_text="Leila")).to_be_attached()
    yield page
    context.close()


def test_no_page_has_an_accessibility_violation(signed_in: Page, fresh: str) -> None:
    found = {}
    for path in PAGES:
        open_page(signed_in, fresh, path)
        if wrong := violations_in_light_and_dark(signed_in, OUTER):
            found[path] = wrong
    assert found == {}


@pytest.mark.parametrize("width", [320, 390, 1023, 1280])
def test_no_page_scrolls_sideways(signed_in: Page, fresh: str, width: int) -> None:
    signed_in.set_viewport_size({"width": width, "height": 720})
    for path in PAGES:
        open_page(signed_in, fresh, path)
        assert signed_in.evaluate("document.documentElement.scrollWidth") <= width, path


def test_a_questionnaire_and_a_red_flag_are_accessible_too(browser: Browser, fresh: str) -> None:
    page = browser.new_page(viewport=PHONE)
    one = Newcomer(page, fresh, Path())
    page.get_by_text("Byt patient").click()
    page.get_by_role("button", name=re.compile("^Jonas")).click()
    expect(one.patient.get_by_role("heading", name="Hej Jonas")).to_be_visible()
    expect(one.staff.locator("h1", has_text="Jonas")).to_be_attached()
    for path in ("/t/jonas/therapist/flags", "/t/jonas/therapist/treatment", "/t/jonas/patient/questionnaire/phq9"):
        open_page(page, fresh, path)
        assert violations(page, OUTER) == [], path
    page.close()


def test_the_whole_tour_can_be_walked_with_the_keyboard(browser: Browser, fresh: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    one = Newcomer(page, fresh, Path())
    expect(one.patient.get_by_role("heading", name="Hej Leila")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    for _ in range(page.locator("[data-step]").count() - 1):
        page.get_by_role("button", name="Nästa").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-step]:not([hidden]) h2")).to_be_focused()
    one.sees_step("Se dig omkring")
    page.close()


def test_two_identities_live_in_one_browser_and_neither_sees_the_others_pages(signed_in: Page, fresh: str) -> None:
    for path, status in (
        ("/t/leila/patient/home", 200),
        ("/t/leila/therapist/treatment", 200),
        ("/t/gunnar/patient/home", 404),
        ("/t/jonas/therapist/treatment", 404),
        ("/unit", 404),
    ):
        answer = signed_in.goto(fresh.removesuffix("/demo") + path)
        assert answer is not None
        assert (path, answer.status) == (path, status)


def test_another_member_of_the_staff_can_be_chosen(browser: Browser, fresh: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    one = Newcomer(page, fresh, Path())
    expect(one.staff.get_by_role("heading", name="Leila")).to_be_visible()
    page.get_by_label("Inloggad som").select_option(label="Alex Holm, enhetsadministratör")
    expect(one.staff.get_by_role("heading", name="Importerade paket")).to_be_visible()
    expect(one.patient.get_by_role("heading", name="Hej Leila")).to_be_visible()
    page.close()


def test_what_somebody_is_writing_outlives_what_the_other_side_does(browser: Browser, tmp_path: Path) -> None:
    with demonstration(tmp_path / "demo") as (address, _):
        page = browser.new_page(viewport=DESKTOP)
        one = Newcomer(page, address, tmp_path)
        page.get_by_role("button", name=re.compile("^Gunnar")).click()
        one.staff.get_by_role("link", name="Meddelanden").click()
        has_arrived(page, "staff", "/messages")
        one.staff.get_by_role("textbox").fill("Hej Gunnar, jag undrar")
        one.patient.get_by_role("link", name="Meddelanden").click()
        has_arrived(page, "patient", "/messages")
        sends(one, "Hej, en fråga")
        expect(one.staff.get_by_text("Hej, en fråga")).to_be_visible()
        expect(one.staff.get_by_role("textbox")).to_have_value("Hej Gunnar, jag undrar")

        # A comment on a decision is kept nowhere but in its page, which therefore stays until it is sent.
        one.staff.get_by_role("link", name="Översikt").click()
        one.staff.get_by_role("link", name=re.compile("Ditt sömnfönster")).first.click()
        has_arrived(page, "staff", "/decision/")
        one.staff.get_by_role("textbox").fill("Vi börjar på måndag")
        sends(one, "En fråga till")
        for _ in range(2):
            with page.expect_response("**/demo/state"):
                pass
        expect(one.staff.get_by_role("textbox")).to_have_value("Vi börjar på måndag")
        page.close()


def has_arrived(page: Page, side: str, part: str) -> None:
    """The frame shows that page whole: what is typed before its script runs is not kept."""
    page.wait_for_function(
        """([id, part]) => {
            const shown = document.getElementById(id).contentWindow;
            return shown.location.pathname.includes(part) && shown.document.readyState === "complete";
        }""",
        arg=[f"frame-{side}", part],
    )


def sends(one: Newcomer, text: str) -> None:
    one.patient.get_by_role("textbox").fill(text)
    one.patient.get_by_role("button", name="Skicka").click()
    expect(one.patient.get_by_text(text)).to_be_visible()


def open_page(page: Page, address: str, path: str) -> None:
    answer = page.goto(address.removesuffix("/demo") + path)
    assert answer is not None
    assert answer.status == 200, path
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    if path == "/demo":
        expect(page.frame_locator("#frame-patient").locator("main")).to_be_attached()
        expect(page.locator("[aria-current]")).to_have_count(1)
