"""Pages of a program of which parts are recalled, in a real browser: no accessibility violation, nothing to scroll sideways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import runtime_samples
import test_runtime_recalls as recalled
from chromium import sign_in, violations_in_light_and_dark
from playwright.sync_api import Browser, Page
from test_runtime_agreements import Region, of_region, region

PATIENT = ("home", "modules", "module/valkommen", "exercise/mina_mal", "exercise/somnfonster")
THERAPIST = ("treatment", "module/valkommen", "decision/somnfonster")
STAFF = {"b-1": ("/patients", "/t/{treatment}/care"), "ea-1": ("/unit",), "pa-1": ("/administration",)}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Region]]:
    folder: Path = tmp_path_factory.mktemp("region")
    with region(folder, of_region("region-b"), agreements=None) as own:
        recalled.begin(own)
        patient = recalled.patient_of(own)
        goals = f"{own.clinic.patient_base}/exercise/mina_mal"
        assert patient.save(goals, field="viktigast", value="Sova bättre").status_code == 200
        recalled.recall(own, "valkommen", "somnfonster")
        with runtime_samples.served(own.clinic.service) as address:
            yield address, own


def every_page(browser: Browser, served: tuple[str, Region], width: int) -> Iterator[Page]:
    address, own = served
    clinic = own.clinic
    paths = {
        clinic.patient.id: [f"{clinic.patient_base}/{target}" for target in PATIENT],
        **{person: [path.format(treatment=clinic.treatment) for path in shown] for person, shown in STAFF.items()},
    }
    paths["b-1"] += [f"{clinic.therapist_base}/{target}" for target in THERAPIST]
    for person, shown in paths.items():
        context = browser.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce")
        page = context.new_page()
        sign_in(page, address, person)
        for path in shown:
            page.goto(address + path)
            yield page
        context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_has_an_accessibility_violation(browser: Browser, served: tuple[str, Region], width: int) -> None:
    found = {}
    for page in every_page(browser, served, width):
        if wrong := violations_in_light_and_dark(page):
            found[page.url] = wrong
    assert found == {}


def test_no_page_scrolls_sideways(browser: Browser, served: tuple[str, Region]) -> None:
    for page in every_page(browser, served, 320):
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url


def test_what_is_written_while_a_part_is_stopped_is_kept_on_the_page(browser: Browser, tmp_path: Path) -> None:
    """The form was open when the recall came: forms.js says why, and the words stand where they were typed."""
    with region(tmp_path, of_region("region-b"), agreements=None) as own:
        recalled.begin(own)
        with runtime_samples.served(own.clinic.service) as address:
            page = browser.new_context().new_page()
            sign_in(page, address, own.clinic.patient.id)
            page.goto(f"{address}{own.clinic.patient_base}/exercise/mina_mal")
            recalled.recall(own, "mina_mal")
            field = page.locator("[name='viktigast']")
            field.fill("Det jag just tänkte på")
            field.blur()
            page.get_by_text("Den här delen är pausad just nu, så det du skrev är inte sparat").first.wait_for()
            assert field.input_value() == "Det jag just tänkte på"
            page.locator("button.button[value='submit']").first.click()
            page.get_by_text("Det du nyss skrev").wait_for()
            assert "Det jag just tänkte på" in page.locator("main").inner_text()
            page.goto(f"{address}{own.clinic.patient_base}/home")
            recalled.lift(own)
            page.goto(f"{address}{own.clinic.patient_base}/exercise/mina_mal")
            assert page.locator("[name='viktigast']").input_value() == "Det jag just tänkte på", "the browser kept it"
            page.locator("[data-save-status][data-state='saved']").first.wait_for()
            draft = own.clinic.service.treatments.state(own.store.treatment(own.clinic.treatment)).drafts["mina_mal"]
            assert "Det jag just tänkte på" in str(draft)
