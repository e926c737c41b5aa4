"""The studio in a real browser, over the real server and files: what an author sees while writing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import studios
from chromium import violations
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

PLAN = f"{studios.PROGRAM}/modules/01-start/exercises/min_plan.yaml"
MODULE = f"{studios.PROGRAM}/modules/01-start/module.yaml"
LONG = "---\ntitle: Första sidan\n---\n" + "\n\n".join(
    f"Stycke nummer {number}. " + "Lite text. " * 30 for number in range(20)
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[studios.Running]:
    with studios.running(studios.workspace(tmp_path)) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1400, "height": 860})
    page = context.new_page()
    page.set_default_timeout(10_000)
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == [], "the shell's script must not fail"


def patient(page: Page) -> FrameLocator:
    return page.frame_locator("#frame-patient")


def therapist(page: Page) -> FrameLocator:
    return page.frame_locator("#frame-therapist")


def opened(page: Page, preview: studios.Running, target: str = "page/start/sida", **query: str) -> FrameLocator:
    asked = "&".join(f"{key}={value}" for key, value in {"patient": target, **query}.items())
    page.goto(f"{preview.address}?{asked}")
    expect(page.locator("body")).to_have_attribute("data-connected", "yes")
    frame = patient(page)
    expect(frame.locator("main")).to_be_visible()
    # The frame's window is marked: a page that is loaded anew has lost the mark.
    frame.locator("html").evaluate("() => { window.markedByTest = true; }")
    return frame


def is_same_page(frame: FrameLocator) -> bool:
    return bool(frame.locator("html").evaluate("() => window.markedByTest === true"))


def replace(preview: studios.Running, path: str, old: str, new: str) -> None:
    text = preview.text(path)
    assert old in text
    preview.write(path, text.replace(old, new))


def test_a_save_is_seen_without_a_reload(page: Page, preview: studios.Running) -> None:
    frame = opened(page, preview)
    replace(preview, studios.PAGE, "Nu är det dags", "I dag är det dags")
    expect(frame.locator("main")).to_contain_text("I dag är det dags")
    replace(preview, studios.PAGE, "title: Första sidan", "title: Sidan ett")
    expect(frame.locator("h1")).to_have_text("Sidan ett")
    expect(page.locator("#pages")).to_contain_text("Sidan ett")
    replace(preview, studios.PAGE, "I dag är", "## En ny rubrik\n\nEtt nytt stycke.\n\nI dag är")
    expect(frame.locator("h2", has_text="En ny rubrik")).to_be_visible()
    replace(
        preview, studios.PAGE, "## En ny rubrik\n\nEtt nytt stycke.\n\n", "Ett nytt stycke.\n\n## En annan rubrik\n\n"
    )
    expect(frame.locator("h2", has_text="En annan rubrik")).to_be_visible()
    text = frame.locator("main").inner_text()
    assert text.index("Ett nytt stycke.") < text.index("En annan rubrik") < text.index("I dag är")
    assert text.count("Ett nytt stycke.") == 1
    replace(preview, PLAN, "label: Vad ska du göra?", "label: Vad vill du göra?")
    expect(frame.locator("main")).to_contain_text("Vad vill du göra?")
    assert is_same_page(frame)


def test_what_stands_around_the_page_changes_too(page: Page, preview: studios.Running) -> None:
    frame = opened(page, preview, "home")
    replace(preview, f"{studios.PROGRAM}/program.yaml", "title: Exempel", "title: Ett nytt namn")
    expect(frame.locator(".brand")).to_contain_text("Ett nytt namn")
    expect(page.locator("#program")).to_contain_text("Ett nytt namn")
    replace(preview, MODULE, "title: Start", "title: Börja här")
    expect(page.locator("#pages")).to_contain_text("Börja här")
    assert is_same_page(frame)


def test_scroll_focus_typing_and_open_details_are_kept(page: Page, preview: studios.Running) -> None:
    preview.write(
        studios.PAGE,
        f"{LONG}\n\n:::{{reveal}} Läs mer\nDet som var gömt.\n:::\n\n:::{{exercise}} min_plan\n:::\n\nSist på sidan.\n",
    )
    frame = opened(page, preview)
    frame.locator("summary", has_text="Läs mer").click()
    field = frame.locator("form [name=vad]")
    field.fill("Halvskrivet sva")
    field.evaluate("(one) => { one.setSelectionRange(4, 4); window.fieldOfTest = one; }")
    scrolled = frame.locator("html").evaluate("() => window.scrollY")
    assert scrolled > 500
    top = field.bounding_box()
    # Above what the author sees, text comes and goes; below, too.
    replace(preview, studios.PAGE, "Stycke nummer 1. ", "Ett helt nytt stycke.\n\nOch ett till.\n\nStycke nummer 1. ")
    expect(frame.locator("main")).to_contain_text("Ett helt nytt stycke.")
    replace(preview, studios.PAGE, "Sist på sidan.", "Allra sist.")
    expect(frame.locator("main")).to_contain_text("Allra sist.")
    after = field.bounding_box()
    assert top is not None and after is not None and abs(top["y"] - after["y"]) < 2, (
        "what is looked at stays where it is"
    )
    expect(field).to_be_focused()
    expect(field).to_have_value("Halvskrivet sva")
    assert field.evaluate("(one) => one === window.fieldOfTest && one.selectionStart === 4")
    expect(frame.locator("details", has_text="Läs mer")).to_have_attribute("open", "")
    assert is_same_page(frame)


def test_typing_goes_on_in_a_form_that_the_author_changes(page: Page, preview: studios.Running) -> None:
    frame = opened(page, preview)
    field = frame.locator("form [name=vad]")
    field.fill("Halvskrivet sva")
    replace(preview, PLAN, "label: Vad ska du göra?", "label: Vad vill du göra?")
    expect(frame.locator("main")).to_contain_text("Vad vill du göra?")
    expect(field).to_be_focused()
    page.keyboard.type("r")
    expect(field).to_have_value("Halvskrivet svar")
    # The new form saves as the old one did.
    expect(frame.locator("[data-save-status]")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(patient(page).locator("form [name=vad]")).to_have_value("Halvskrivet svar")


def test_a_film_goes_on_while_the_text_around_it_changes(page: Page, preview: studios.Running) -> None:
    (preview.root / studios.PROGRAM / "media").mkdir()
    (preview.root / studios.PROGRAM / "media" / "lugn.mp3").write_bytes(b"no sound")
    preview.write(f"{studios.PROGRAM}/media/lugn.md", "Andas lugnt.\n")
    text = preview.text(studios.PAGE)
    preview.write(
        studios.PAGE,
        f"{text}\n:::{{audio}} media/lugn.mp3\n:alt: En lugn röst\n:transcript: media/lugn.md\n:::\n\nEfter ljudet.\n",
    )
    frame = opened(page, preview)
    audio = frame.locator("audio")
    expect(audio).to_have_count(1)
    audio.evaluate(
        "(one) => { one.markedByTest = true; one.addEventListener('emptied', () => { one.markedByTest = false; }); }"
    )
    replace(preview, studios.PAGE, "Nu är det dags", "Ett stycke före.\n\nI dag är det dags")
    expect(frame.locator("main")).to_contain_text("Ett stycke före.")
    replace(preview, studios.PAGE, "Efter ljudet.", "Och efteråt.")
    expect(frame.locator("main")).to_contain_text("Och efteråt.")
    assert audio.evaluate("(one) => one.markedByTest === true")


def test_an_error_lies_over_the_last_good_page_and_goes_away(page: Page, preview: studios.Running) -> None:
    frame = opened(page, preview)
    over = page.locator("#over")
    expect(over).to_be_hidden()
    replace(preview, studios.PAGE, ":::{exercise}", ":::{exercize}")
    expect(over).to_be_visible()
    expect(over).to_contain_text(f"{studios.PAGE}:6")
    expect(over.locator("mark")).to_have_text("exercize")
    expect(over.locator(".problem-help")).to_contain_text("exercise")
    expect(frame.locator("form [name=vad]")).to_be_visible()
    expect(page.locator("#problem-count")).to_have_text("1")
    over.locator("#over-hide").click()
    expect(over).to_be_hidden()
    expect(page.locator("#problems li")).to_have_count(1)
    # Another error is shown again, though the first was put aside.
    preview.write(PLAN, "title: [\n")
    expect(over).to_be_visible()
    expect(over).to_contain_text("min_plan.yaml")
    shutil.copyfile(studios.MINIMAL / PLAN, preview.root / PLAN)
    shutil.copyfile(studios.MINIMAL / studios.PAGE, preview.root / studios.PAGE)
    expect(over).to_be_hidden()
    expect(page.locator("#no-problems")).to_be_visible()
    assert is_same_page(frame)


@pytest.mark.parametrize("broken", [b"", b"title: Min", b"\x00\x00", "titel: på".encode("cp1252"), b"- - - [", b"\t"])
def test_whatever_half_a_save_leaves_the_page_stays(page: Page, preview: studios.Running, broken: bytes) -> None:
    frame = opened(page, preview)
    whole = (preview.root / PLAN).read_bytes()
    (preview.root / PLAN).write_bytes(broken)
    expect(page.locator("#over")).to_be_visible()
    expect(frame.locator("form [name=vad]")).to_be_visible()
    (preview.root / PLAN).write_bytes(whole)
    expect(page.locator("#over")).to_be_hidden()
    assert is_same_page(frame)


def test_a_page_that_is_gone_gives_way_to_the_first(page: Page, preview: studios.Running) -> None:
    frame = opened(page, preview)
    replace(preview, MODULE, "homework:\n  - min_plan\n", "")
    (preview.root / studios.PAGE).rename(preview.root / studios.PROGRAM / "modules/01-start/10-annan.md")
    expect(page.locator("#pages button[aria-current]")).to_have_attribute("data-target", "home")
    expect(frame.locator("h1")).to_contain_text("Hej")
    # An address that never was.
    page.goto(f"{preview.address}?patient=page/ingen/alls")
    expect(page.locator("#pages button[aria-current]")).to_have_attribute("data-target", "home")
    expect(patient(page).locator("h1")).to_contain_text("Hej")


def test_a_program_that_goes_away_and_comes_back(page: Page, preview: studios.Running) -> None:
    opened(page, preview, program="exempel")
    (preview.root / "programs").rename(preview.root / "undan")
    expect(page.locator("#nothing")).to_be_visible()
    expect(page.locator("#nothing")).to_contain_text("Här finns inget program")
    (preview.root / "undan").rename(preview.root / "programs")
    expect(page.locator("#nothing")).to_be_hidden()
    expect(patient(page).locator("h1")).to_be_visible()
    # The folder that came back is watched like the one that went.
    page.locator("#pages button", has_text="Första sidan").click()
    expect(patient(page).locator("h1")).to_have_text("Första sidan")
    replace(preview, studios.PAGE, "Nu är det dags", "I dag är det dags")
    expect(patient(page).locator("main")).to_contain_text("I dag är det dags")


def test_an_unreadable_program_says_so(page: Page, preview: studios.Running) -> None:
    preview.write("programs/trasigt/program.yaml", "format: [")
    page.goto(f"{preview.address}?program=trasigt")
    expect(page.locator("#nothing")).to_contain_text("kan inte visas än")
    expect(page.locator("#over")).to_contain_text("programs/trasigt/program.yaml")


def test_both_roles_side_by_side(page: Page, preview: studios.Running) -> None:
    frame = opened(page, preview, **{"as": "both", "therapist": "module/start"})
    expect(therapist(page).locator("main")).to_contain_text("uppmuntra det som redan är på gång")
    expect(frame.locator("body")).not_to_contain_text("uppmuntra det som redan är på gång")
    replace(preview, f"{studios.PROGRAM}/modules/01-start/therapist.md", "Läs planen", "Läs hela planen")
    expect(therapist(page).locator("main")).to_contain_text("Läs hela planen")
    # What the patient answers is with the therapist at once.
    page.locator("#pages button[data-target='form/min_plan']").click()
    frame.locator("form [name=vad]").fill("Gå en promenad")
    expect(frame.locator("[data-save-status]")).to_have_attribute("data-state", "saved")
    frame.locator("form button[type=submit]:not([aria-hidden])").first.click()
    expect(therapist(page).locator("main")).to_contain_text("Gå en promenad")
    page.locator("label", has_text="Behandlare").locator("input[value=therapist]").check(force=True)
    expect(page.locator("#frame-patient")).to_be_hidden()


def test_a_frame_that_follows_a_link_is_still_kept_up_to_date(page: Page, preview: studios.Running) -> None:
    frame = opened(page, preview, "module/start")
    frame.locator("main a", has_text="Första sidan").first.click()
    expect(frame.locator("h1")).to_have_text("Första sidan")
    expect(page.locator("#pages button[aria-current]")).to_have_attribute("data-target", "page/start/sida")
    assert "patient=page%2Fstart%2Fsida" in page.url
    replace(preview, studios.PAGE, "Nu är det dags", "I dag är det dags")
    expect(frame.locator("main")).to_contain_text("I dag är det dags")


def test_it_goes_on_when_the_preview_is_started_again(page: Page, tmp_path: Path) -> None:
    root = studios.workspace(tmp_path)
    with studios.running(root) as first:
        frame = opened(page, first)
        port = first.port
        first.interrupt()
        first.process.wait(timeout=10)
        expect(page.locator("#over")).to_contain_text("svarar inte")
        expect(frame.locator("form [name=vad]")).to_be_visible()
        replace(first, studios.PAGE, "Nu är det dags", "I dag är det dags")
    with studios.running(root, port) as second:
        expect(page.locator("#over")).to_be_hidden()
        expect(frame.locator("main")).to_contain_text("I dag är det dags")
        replace(second, studios.PAGE, "I dag är det dags", "I morgon är det dags")
        expect(frame.locator("main")).to_contain_text("I morgon är det dags")
        assert is_same_page(frame)


def test_the_shell_by_keyboard_alone(page: Page, preview: studios.Running) -> None:
    opened(page, preview, "home")
    page.locator("body").press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    order = []
    for _ in range(7):
        page.keyboard.press("Tab")
        order.append(page.evaluate("() => document.activeElement.id || document.activeElement.name"))
    assert order == ["program", "person", "day", "as", "device", "forget", ""]
    expect(page.locator("#pages button").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#pages button").nth(1)).to_have_attribute("aria-current", "page")
    expect(page.locator("#pages button").nth(1)).to_be_focused()
    page.locator("#day").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#day")).to_have_attribute("aria-valuetext", "Dag 1, vecka 1")
    expect(page.locator("#day")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("is_broken", [False, True], ids=["whole", "broken"])
def test_axe_finds_nothing_in_the_shell(
    browser: Browser, preview: studios.Running, scheme: str, is_broken: bool
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1400, "height": 860})  # type: ignore[arg-type]
    context.add_init_script("")
    page = context.new_page()
    opened(page, preview, **{"as": "both"})
    if is_broken:
        preview.write(PLAN, "title: [\n")
        expect(page.locator("#over")).to_be_visible()
    found = violations(page)
    context.close()
    assert found == []


@pytest.mark.parametrize("width", [320, 390, 700, 1000, 1280])
@pytest.mark.parametrize("shown", ["patient", "both"])
def test_the_shell_never_scrolls_sideways(browser: Browser, preview: studios.Running, width: int, shown: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 640})
    page = context.new_page()
    opened(page, preview, **{"as": shown})
    preview.write(PLAN, "title: [\n")
    expect(page.locator("#over")).to_be_visible()
    sizes = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    over = page.locator("#over").bounding_box()
    context.close()
    assert sizes[0] <= sizes[1]
    assert over is not None and over["x"] >= 0 and over["x"] + over["width"] <= width
