"""Forms as the patient meets them: in a real browser, over the preview's server, with the programs of this repository.

The preview keeps what is typed by program, person and day, so each test that writes has a day of its own.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import studios
from chromium import launched_chromium, violations
from playwright.sync_api import Browser, Page, Playwright, Route, expect, sync_playwright

REPOSITORY = Path(__file__).parents[2]
ALL_TYPES = REPOSITORY / "tests" / "programs" / "allt"
NIGHT = {"bed": "23", "lights_out": "2315", "sol": "20", "nwak": "0", "final": "0630", "out": "kl 7"}
SAVED = "[data-save-status][data-pending='0'][data-state='saved']"
AS_IT_STANDS = """() => {
  const form = document.querySelector("form[data-live]");
  const named = (name) => [...form.querySelectorAll(`[data-${name}]`)];
  return {
    hidden: named("field").filter((one) => one.hidden).map((one) => one.dataset.field),
    values: Object.fromEntries(named("value").map((one) => [one.dataset.value, one.textContent])),
  };
}"""
"""What a form shows: which fields are hidden, and what is worked out."""
TYPED = {
    "time": ["22.30", "2315", "7"],
    "minutes": ["20", "1:20", "0"],
    "integer": ["2", "1"],
    "decimal": ["7,5", "2"],
    "text": ["Gå ut"],
    "long-text": ["En rad"],
    "date": ["2026-03-01"],
}


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = launched_chromium(playwright)
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def programs() -> Iterator[str]:
    """The address of a preview of the two programs."""
    with studios.running(REPOSITORY) as running:
        yield running.address


@pytest.fixture(scope="module")
def all_types(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a preview of a program with every type of field."""
    root = tmp_path_factory.mktemp("allt") / "arbetsyta"
    shutil.copytree(ALL_TYPES, root)
    with studios.running(root) as running:
        yield running.address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 780}, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == [], "no script may fail"


def diary(address: str, day: int, person: str = "-") -> str:
    return f"{address}view/somnbehandlingen/patient/{person}/{day}/exercise/somndagbok"


def write(page: Page, **answers: str) -> None:
    for name, answer in answers.items():
        page.locator(f"[name='{name}']").fill(answer)
        page.locator(f"[name='{name}']").blur()


def rate(page: Page, name: str, value: str) -> None:
    page.locator(f"[name='{name}'][value='{value}']").check(force=True)


def finish(page: Page) -> None:
    page.get_by_role("button", name="Spara dagen").click()


def test_what_is_shown_and_worked_out_follows_at_once_also_without_a_connection(page: Page, programs: str) -> None:
    page.goto(diary(programs, 8))
    page.context.set_offline(True)
    write(page, **NIGHT)
    expect(page.locator("[data-value=tib]")).to_have_text("8\xa0tim")
    expect(page.locator("[data-value=tst]")).to_have_text("6\xa0tim 55\xa0min")
    expect(page.locator("[data-field=waso]")).to_be_hidden()
    page.locator("[name=nwak]").fill("2")
    expect(page.locator("[data-field=waso]")).to_be_visible()
    expect(page.locator("[data-announce]")).to_have_text(
        "En ny fråga visas: Hur många minuter var du vaken sammanlagt de gångerna?"
    )
    expect(page.locator("[name=nwak]")).to_be_focused()
    expect(page.locator("[data-value=tst]")).to_have_text("visas när du har fyllt i")
    write(page, waso="1 h 20")
    expect(page.locator("[data-value=tst]")).to_have_text("5\xa0tim 35\xa0min")
    write(page, nwak="0")
    expect(page.locator("[data-field=waso]")).to_be_hidden()
    expect(page.locator("[data-value=tst]")).to_have_text("6\xa0tim 55\xa0min")
    write(page, nwak="3")
    expect(page.locator("[name=waso]")).to_have_value("80"), "what was typed is still there"
    without = page.evaluate(AS_IT_STANDS)
    page.context.set_offline(False)
    expect(page.locator(SAVED)).to_be_attached(timeout=20_000)
    assert page.evaluate(AS_IT_STANDS) == without, "the server has worked out the same"
    page.reload()
    assert page.evaluate(AS_IT_STANDS) == without


FORMS = (
    ("somnbehandlingen", "-", 0),
    ("somnbehandlingen", "natt-for-natt", 22),
    ("depressionshjalpen", "-", 0),
    ("depressionshjalpen", "vanlig-vag", 15),
)


@pytest.mark.parametrize(("program", "person", "day"), FORMS)
def test_browser_and_server_show_the_same_in_every_form_that_is_open(
    page: Page, programs: str, program: str, person: str, day: int
) -> None:
    asked = f"{programs}state?program={program}&person={person.strip('-')}&day={day}"
    listed = page.request.get(asked).json()["targets"]["patient"]
    compared = 0
    for target in [one["target"] for one in listed if one["target"].startswith(("exercise/", "questionnaire/"))]:
        page.goto(f"{programs}view/{program}/patient/{person}/{day}/{target}")
        if not page.locator("form[data-live]").count():
            continue
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.context.set_offline(True)
        fill_in(page)
        without = page.evaluate(AS_IT_STANDS)
        page.context.set_offline(False)
        expect(page.locator("[data-save-status]")).to_have_attribute("data-pending", "0", timeout=30_000)
        assert page.evaluate(AS_IT_STANDS) == without, target
        compared += 1
    assert compared > 0


def fill_in(page: Page) -> None:
    """Something in every field that is there: in what appears while writing too."""
    done: set[str] = set()
    for _ in range(3):
        fields = page.evaluate(
            """() => [...document.querySelectorAll("form[data-live] [data-field]")]
              .filter((one) => one.checkVisibility() && !one.querySelector("[data-field]"))
              .map((one) => one.dataset.field)"""
        )
        for at, name in enumerate(one for one in fields if one not in done):
            done.add(name)
            choices = page.locator(f"form[data-live] input[type=radio][name='{name}']")
            boxes = page.locator(f"form[data-live] input[type=checkbox][name='{name}']")
            if choices.count():
                choices.nth(at % choices.count()).check(force=True)
            elif boxes.count():
                boxes.first.check(force=True)
            else:
                write_by_type(page, name, at)


def write_by_type(page: Page, name: str, at: int) -> None:
    told = page.evaluate(
        """(name) => {
          const { fields } = JSON.parse(document.querySelector("form[data-live]").dataset.live);
          const field = fields.find((one) => one.id === name.split(".")[0]);
          const [, ...inside] = name.split(".");
          return inside.length ? field.columns.find((one) => one.id === inside.at(-1)) : field;
        }""",
        name,
    )
    answers: list[str] = TYPED.get(told["type"], [])
    if answers and page.locator(f"[name='{name}']").count() == 1:
        page.locator(f"[name='{name}']").fill(answers[at % len(answers)])
        page.locator(f"[name='{name}']").blur()


def test_what_is_typed_is_shown_back_as_it_is_understood(page: Page, programs: str) -> None:
    page.goto(diary(programs, 9))
    bed, sol = page.locator("[name=bed]"), page.locator("[name=sol]")
    bed.fill("2230")
    expect(page.locator("[data-read-back=bed]")).to_have_text("= 22.30")
    bed.blur()
    expect(bed).to_have_value("22.30")
    expect(page.locator("[data-read-back=bed]")).to_be_empty()
    write(page, out="kl 7")
    expect(page.locator("[name=out]")).to_have_value("07.00")
    write(page, sol="1 h 20")
    expect(sol).to_have_value("80")
    expect(page.locator("[data-read-back=sol]")).to_have_text("= 1\xa0tim 20\xa0min")
    write(page, final="kvart i sju")
    expect(page.locator("[name=final]")).to_have_value("kvart i sju")
    expect(page.locator("#somndagbok-final-error")).to_have_text(
        "Skriv klockslaget med timmar och minuter, till exempel 22.30 eller 2230."
    )
    expect(page.locator(SAVED)).to_be_attached()
    page.reload()
    expect(bed).to_have_value("22.30")
    expect(sol).to_have_value("80")
    assert [bed.get_attribute("inputmode"), sol.get_attribute("inputmode")] == ["numeric", "numeric"]


def test_a_time_of_the_wrong_half_of_the_day_is_mended_with_one_tap(page: Page, programs: str) -> None:
    page.goto(diary(programs, 10))
    write(page, **{**NIGHT, "bed": "11"})
    expect(page.locator("#somndagbok-out-error")).to_contain_text("mer än 16 timmar")
    expect(page.locator(".correction")).to_contain_text("”När gick du och la dig?” – menade du 23.00?")
    page.get_by_role("button", name="Ändra till 23.00").click()
    expect(page.locator("[name=bed]")).to_have_value("23.00")
    expect(page.locator("[name=bed]")).to_be_focused()
    expect(page.locator("#somndagbok-out-error")).to_be_hidden()
    expect(page.locator(".correction")).to_have_count(0)
    expect(page.locator("[data-value=tib]")).to_have_text("8\xa0tim")


def test_without_script_the_same_correction_finishes_the_entry(browser: Browser, programs: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(diary(programs, 11))
    for name, answer in {**NIGHT, "bed": "11"}.items():
        page.locator(f"[name='{name}']").fill(answer)
    rate(page, "quality", "3")
    finish(page)
    expect(page.locator(".errors a")).to_contain_text("När gick du upp ur sängen för dagen? Det blir mer än 16 timmar")
    page.get_by_role("button", name="Ändra till 23.00").click()
    expect(page.locator(".saved")).to_be_visible()
    expect(page.locator(".done-answers")).to_contain_text("23.00")
    context.close()


def test_a_doubt_is_asked_about_and_the_answer_stands_as_it_was_typed(page: Page, programs: str) -> None:
    page.goto(diary(programs, 12))
    write(page, **{**NIGHT, "bed": "18"})
    rate(page, "quality", "3")
    doubt = page.locator("#somndagbok-out-field")
    expect(doubt).to_have_class(re.compile("field-doubt"))
    expect(page.locator("[data-announce]")).to_contain_text("mer än tolv timmar")
    expect(page.get_by_role("checkbox", name="Ja, det stämmer")).not_to_be_checked()
    write(page, bed="2130")
    expect(doubt).not_to_have_class(re.compile("field-doubt")), "the question goes when it is answered otherwise"
    expect(page.get_by_role("checkbox", name="Ja, det stämmer")).to_have_count(0)
    write(page, bed="17")
    finish(page)
    expect(page.locator(".errors h2")).to_have_text("Stämmer det här?")
    expect(page.locator(".errors")).to_be_focused()
    expect(page.locator("[name=bed]")).to_have_value("17.00")
    page.get_by_role("checkbox", name="Ja, det stämmer").check()
    finish(page)
    expect(page.locator(".saved")).to_have_text("Tack, det är sparat.")
    expect(page.locator(".done-answers")).to_contain_text("17.00")


def test_the_summary_names_each_question_and_leads_to_it(page: Page, programs: str) -> None:
    page.goto(diary(programs, 13))
    write(page, bed="sent")
    finish(page)
    expect(page.locator(".errors")).to_be_focused()
    links = page.locator(".errors a").all_text_contents()
    assert links[0].startswith("När gick du och la dig? Skriv klockslaget"), links
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=bed]")).to_be_focused()
    expect(page.locator("[name=bed]")).to_have_value("sent")
    described = page.locator("[name=bed]").get_attribute("aria-describedby") or ""
    assert "somndagbok-bed-error" in described
    assert violations(page) == []


def test_an_earlier_day_is_chosen_in_the_list_and_has_its_own_answers(page: Page, programs: str) -> None:
    page.goto(diary(programs, 26, "natt-for-natt"))
    write(page, **NIGHT)
    expect(page.locator(SAVED)).to_be_attached()
    days = page.locator("a.day")
    expect(days).to_have_count(3)
    expect(days.nth(1)).to_contain_text("i går, kan fyllas i i efterhand")
    days.nth(1).click()
    expect(page.locator(".entry-date")).to_contain_text("i går")
    expect(page.locator("[name=bed]")).to_have_value("")
    expect(page.locator("[data-value=tib]")).to_have_text("visas när du har fyllt i")
    write(page, **{**NIGHT, "out": "0900"})
    rate(page, "quality", "4")
    expect(page.locator("[data-value=tib]")).to_have_text("10\xa0tim")
    expect(page.locator(SAVED)).to_be_attached()
    page.reload()
    expect(page.locator("[data-value=tib]")).to_have_text("10\xa0tim")
    finish(page)
    expect(page.locator(".saved")).to_be_visible()
    expect(page.locator(".entry-date")).to_contain_text("i dag"), "what was begun for today comes next"
    expect(page.locator("[data-value=tib]")).to_have_text("8\xa0tim")
    expect(page.locator("a.day").nth(1)).to_contain_text("ifylld i efterhand")
    page.locator("a.day").nth(1).click()
    expect(page.locator("[name=out]")).to_have_value("09.00")
    expect(page.locator("[data-value=tib]")).to_have_text("10\xa0tim")


def test_an_entry_for_a_day_that_is_long_past_is_refused_in_words(page: Page, programs: str) -> None:
    page.goto(diary(programs, 17))
    page.evaluate("document.querySelector('[name=entry-date]').value = '2026-01-14'")
    write(page, bed="22")
    finish(page)
    expect(page.locator(".errors")).to_contain_text("Det går inte att fylla i för")


def pages_of(address: str, page: Page) -> list[str]:
    listed = page.request.get(f"{address}state?program=allt&day=0").json()["targets"]["patient"]
    wanted = ("exercise/", "questionnaire/", "page/")
    return [one["target"] for one in listed if one["target"].startswith(wanted)]


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_every_type_of_field_is_accessible_and_fits(page: Page, all_types: str, width: int, scheme: Any) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    for target in pages_of(all_types, page):
        page.goto(f"{all_types}view/allt/patient/-/0/{target}")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert violations(page) == [], target
        assert page.evaluate("document.documentElement.scrollWidth") <= width, target
        page.set_viewport_size({"width": 640, "height": 800})
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, target
        page.set_viewport_size({"width": width, "height": 800})


def test_a_phone_with_text_of_twice_the_size_cuts_nothing_off(playwright: Playwright, all_types: str) -> None:
    chromium = launched_chromium(playwright, "--blink-settings=defaultFontSize=32")
    page = chromium.new_page(viewport={"width": 360, "height": 780})
    base = f"{all_types}view/allt/patient/allt-pa-en-gang/22"
    for target in (
        "home",
        "exercise/malskattning",
        "exercise/exponering",
        "questionnaire/veckokoll",
        "exercise/trappa",
    ):
        page.goto(f"{base}/{target}")
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, target
    chromium.close()


def test_every_type_of_field_can_be_answered_with_the_keyboard_alone(page: Page, all_types: str) -> None:
    page.goto(f"{all_types}view/allt/patient/-/0/exercise/om_dig")
    page.locator("[name=smeknamn]").focus()
    press = page.keyboard.press

    def type_and_go_on(text: str) -> None:
        page.keyboard.type(text)
        press("Tab")

    type_and_go_on("Kim")
    type_and_go_on("Jag bor med min katt.")
    type_and_go_on("2")
    type_and_go_on("1,5")
    press("Space")
    press("ArrowRight")
    press("Tab")
    expect(page.locator("[data-clear=ork]")).to_be_focused()
    press("Enter")
    expect(page.locator("[name=ork][value='0']")).to_be_focused()
    expect(page.locator("[name=ork]:checked")).to_have_count(0)
    expect(page.locator("[data-clear=ork]")).to_be_hidden()
    expect(page.locator("[data-announce]")).to_have_text("Svaret är borttaget.")
    press("Tab")
    press("Space")
    press("Tab")
    press("Tab")
    press("Space")
    press("Tab")
    press("Tab")
    press("Tab")
    press("Space")
    expect(page.locator("[name=vem]")).to_be_visible()
    press("Tab")
    press("Tab")
    type_and_go_on("Robin")
    expect(page.locator("[name=startdag]")).to_be_focused()
    page.locator("[name=laggdags]").focus()
    type_and_go_on("2230")
    type_and_go_on("45 min")
    expect(page.get_by_role("button", name="Klar", exact=True)).to_be_focused()
    press("Enter")
    expect(page.locator(".saved")).to_be_visible()
    answers = page.locator(".done-answers")
    for words in ("Kim", "Jag bor med min katt.", "1,5", "På morgonen", "Sömn", "Robin", "22.30", "45\xa0min"):
        expect(answers).to_contain_text(words)


def test_what_is_worked_out_is_not_read_out_at_every_key(page: Page, programs: str) -> None:
    page.goto(diary(programs, 16))
    write(page, bed="23", lights_out="2315", sol="20", nwak="0", final="0630")
    page.evaluate(
        """() => {
          window.said = [];
          const output = document.querySelector("[data-value=tib]");
          new MutationObserver(() => window.said.push(output.textContent)).observe(output, { childList: true });
        }"""
    )
    page.locator("[name=out]").focus()
    page.keyboard.type("0715", delay=50)
    page.keyboard.press("Tab")
    expect(page.locator("[data-value=tib]")).to_have_text("8\xa0tim 15\xa0min")
    assert page.evaluate("window.said") == ["8\xa0tim 15\xa0min"]


def test_what_is_taken_back_is_taken_back_on_the_server_too(page: Page, all_types: str) -> None:
    page.goto(f"{all_types}view/allt/patient/-/3/exercise/kompass")
    rate(page, "omraden.0.viktigt", "8")
    rate(page, "omraden.0.gor", "3")
    expect(page.locator("[data-value='omraden.0.skillnad']")).to_have_text("5")
    page.locator("[data-clear='omraden.0.gor']").click()
    expect(page.locator("[data-value='omraden.0.skillnad']")).to_have_text("–")
    expect(page.locator(SAVED)).to_be_attached()
    page.reload()
    expect(page.locator("[name='omraden.0.viktigt']:checked")).to_have_count(1)
    expect(page.locator("[name='omraden.0.gor']:checked")).to_have_count(0)
    expect(page.locator("[data-clear='omraden.0.gor']")).to_be_hidden()


def test_rows_from_earlier_answers_are_worked_out_at_once(page: Page, all_types: str) -> None:
    page.goto(f"{all_types}view/allt/patient/allt-pa-en-gang/22/exercise/malskattning")
    expect(page.locator("[data-save-status]")).to_have_attribute("data-state", "ready")
    page.context.set_offline(True)
    names = page.locator("[data-row]").evaluate_all("rows => rows.map((row) => row.dataset.row)")
    assert len(names) >= 2 and not any(name.isdigit() for name in names)
    rate(page, f"skattning.{names[0]}.nara", "4")
    expect(page.locator(f"[data-value='skattning.{names[0]}.kvar']")).to_have_text("6")
    expect(page.locator(f"[data-value='skattning.{names[1]}.kvar']")).to_have_text("–")
    rate(page, f"skattning.{names[1]}.nara", "7")
    without = page.evaluate(AS_IT_STANDS)
    assert without["values"][f"skattning.{names[1]}.kvar"] == "3"
    page.context.set_offline(False)
    expect(page.locator(SAVED)).to_be_attached()
    assert page.evaluate(AS_IT_STANDS) == without, "the server says the same"


def test_what_became_of_a_plan_is_worked_out_at_once(page: Page, all_types: str) -> None:
    page.goto(f"{all_types}view/allt/patient/allt-pa-en-gang/13/exercise/veckoplan")
    expect(page.locator("[data-save-status]").first).to_have_attribute("data-state", "ready")
    page.context.set_offline(True)
    form = page.locator("form[data-copy^='follow-up']")
    form.locator("[name='plan.0.done'][value='yes']").check(force=True)
    form.locator("[name='plan.0.pleasure'][value='8']").check(force=True)
    form.locator("[name='plan.2.pleasure'][value='8']").check(force=True)
    expect(form.locator("[data-value='plan.0.mer_gladje']")).to_have_text("3"), "five was expected"
    expect(form.locator("[data-value='plan.2.mer_gladje']")).to_have_text("–"), "nothing was expected"
    page.context.set_offline(False)
    expect(form.locator(SAVED)).to_be_attached()
    expect(form.locator("[data-value='plan.0.mer_gladje']")).to_have_text("3")
    form.locator("[data-clear='plan.0.pleasure']").click()
    expect(form.locator("[data-value='plan.0.mer_gladje']")).to_have_text("–")
    expect(form.locator("[name='plan.0.done']:checked")).to_have_count(1)


def test_a_form_waits_for_the_save_that_is_under_way(page: Page, all_types: str) -> None:
    """An older answer that arrived after the form would stand in its place."""
    order: list[str] = []
    held: list[Route] = []
    page.route("**/save", lambda route: held.append(route))
    page.on("request", lambda one: order.append(one.url.rsplit("/", 1)[1]) if one.method == "POST" else None)
    page.goto(f"{all_types}view/allt/patient/-/4/exercise/aktivitetslista")
    page.locator("[name='lista.0.aktivitet']").fill("Simma")
    page.locator("[name='lista.1.aktivitet']").fill("Bada")
    expect(page.locator("[data-save-status]")).to_have_attribute("data-state", "saving")
    finish_button = page.get_by_role("button", name="Klar", exact=True)
    finish_button.click()
    finish_button.click()
    assert order == ["save"], "it is sent when the server has answered"
    held[0].continue_()
    expect(page.locator(".saved")).to_have_text("Tack, det är sparat.")
    assert order == ["save", "aktivitetslista"], "and once"
    for words in ("Simma", "Bada"):
        expect(page.locator("main")).to_contain_text(words)


def test_without_a_connection_a_form_that_waits_stays(page: Page, all_types: str) -> None:
    held: list[Route] = []
    page.route("**/save", lambda route: held.append(route))
    page.goto(f"{all_types}view/allt/patient/-/5/exercise/aktivitetslista")
    page.locator("[name='lista.0.aktivitet']").fill("Simma")
    expect(page.locator("[data-save-status]")).to_have_attribute("data-state", "saving")
    page.get_by_role("button", name="Klar", exact=True).click()
    held[0].abort()
    expect(page.locator("[data-save-status]")).to_contain_text("Ingen kontakt")
    expect(page.locator("[name='lista.0.aktivitet']")).to_have_value("Simma")
    expect(page.locator(".saved")).to_have_count(0)


def test_a_row_that_is_added_is_worked_out_and_kept(page: Page, all_types: str) -> None:
    page.goto(f"{all_types}view/allt/patient/-/1/exercise/kompass")
    rate(page, "omraden.0.viktigt", "8")
    rate(page, "omraden.0.gor", "3")
    expect(page.locator("[data-value='omraden.0.skillnad']")).to_have_text("5")
    expect(page.locator("[data-value=storsta]")).to_have_text("5")
    page.goto(f"{all_types}view/allt/patient/-/1/exercise/aktivitetslista")
    page.get_by_role("button", name="Lägg till en rad").click()
    expect(page.locator("[name='lista.2.aktivitet']")).to_be_focused()
    page.keyboard.type("Simma")
    expect(page.locator(SAVED)).to_be_attached()
    page.reload()
    expect(page.locator("[name='lista.2.aktivitet']")).to_have_value("Simma")


def test_a_form_inside_a_page_keeps_what_was_sent_and_says_what_is_wrong_without_script(
    browser: Browser, all_types: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{all_types}view/allt/patient/-/2/page/valkommen/om-dig")
    page.locator("[name=laggdags]").fill("kvart i elva")
    page.locator("[name=berattelse]").fill("En rad")
    page.get_by_role("button", name="Klar", exact=True).click()
    expect(page.locator(".errors a")).to_have_text(
        ["När brukar du lägga dig? Skriv klockslaget med timmar och minuter, till exempel 22.30 eller 2230."]
    )
    expect(page.locator("[name=laggdags]")).to_have_value("kvart i elva")
    expect(page.locator("[name=berattelse]")).to_have_value("En rad")
    page.locator("[name=laggdags]").fill("kl 22")
    page.get_by_role("button", name="Klar", exact=True).click()
    expect(page.locator(".errors a")).to_have_text(["Vad vill du bli kallad? Svaret saknas."])
    expect(page.locator("[name=laggdags]")).to_have_value("22.00")
    context.close()
