"""The pages of patient and therapist: what must be there, what must never be, and that nothing anyone writes becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from typing import get_args

import pytest
import samples

from designtool import resources
from designtool.diagnostics import Text
from designtool.expressions.expression import Environment
from designtool.load.document import Inline
from designtool.model.exercise import Field, FieldType
from designtool.model.page import Block
from designtool.render import FieldError, Viewpoint, fragments, load_templates, targets, view
from designtool.render.blocks import BLOCKS, INLINES
from designtool.render.display import day, duration, field_value, fraction, number
from designtool.render.fields import FIELDS
from designtool.render.forms import saved_answer
from designtool.render.words import WORDS
from designtool.treatment.records import fill
from designtool.treatment.situation import MeasurementSituation, Situation

TEMPLATES = load_templates(resources.folder("templates"))
PATIENT = Viewpoint("patient", base="/p", token="token-1")
THERAPIST = Viewpoint("therapist", base="/t", token="token-1")
PAGE = "page/forsta/cirkeln"


def patient(target: str, situation: Situation | None = None, viewpoint: Viewpoint = PATIENT) -> str:
    return view(target, situation or samples.situation(), viewpoint, TEMPLATES)


def therapist(target: str, situation: Situation | None = None, viewpoint: Viewpoint = THERAPIST) -> str:
    return view(target, situation or samples.situation(), viewpoint, TEMPLATES)


def all_pages(situation: Situation) -> dict[str, str]:
    made = {}
    for viewpoint in (PATIENT, THERAPIST):
        for target, _ in targets(situation, viewpoint):
            made[f"{viewpoint.role}:{target}"] = view(target, situation, viewpoint, TEMPLATES)
    return made


class Tags(HTMLParser):
    """Every start tag with its attributes, and whether all elements were closed in order."""

    VOID = frozenset(
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
    )

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def with_name(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.found if attributes.get("name") == name]


def only(*blocks: Block) -> Situation:
    return samples.situation(samples.program(blocks))


def test_the_sample_has_every_kind_of_block_inline_and_field() -> None:
    def kinds(blocks: tuple[Block, ...]) -> set[str]:
        return {kind for block in blocks for kind in ({block.kind} | kinds(block.children))}

    assert kinds(samples.EVERY_BLOCK) - {"table-row", "table-cell"} == set(BLOCKS)
    assert {inline.kind for inline in samples.EVERY_INLINE} == set(INLINES)
    assert {field.type for field in samples.EVERY_FIELD} == set(FIELDS) == set(get_args(FieldType))


def test_every_address_gives_a_whole_document_with_closed_elements_and_unique_ids() -> None:
    for name, html in all_pages(samples.situation()).items():
        tags = Tags(html)
        assert html.startswith("<!doctype html>"), name
        assert not tags.open and not tags.crossed, (name, tags.open, tags.crossed)
        ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
        assert len(ids) == len(set(ids)), (name, sorted(id for id in ids if ids.count(id) > 1))
        assert sum(1 for tag, _ in tags.found if tag == "h1") == 1, name
        assert sum(1 for tag, _ in tags.found if tag == "main") == 1, name
        known = set(ids)
        for tag, attributes in tags.found:
            for reference in ("for", "popovertarget"):
                if reference in attributes:
                    assert attributes[reference] in known, (name, tag, attributes)
            for reference in ("aria-labelledby", "aria-describedby"):
                for id in (attributes.get(reference) or "").split():
                    assert id in known, (name, tag, attributes)
        levels = [int(tag[1]) for tag, _ in tags.found if re.fullmatch("h[1-6]", tag)]
        for before, after in pairwise(levels):
            assert after <= before + 1, (name, levels)


def test_no_page_carries_script_or_style_of_its_own() -> None:
    for name, html in all_pages(samples.situation()).items():
        for tag, attributes in Tags(html).found:
            assert "style" not in attributes and not any(key.startswith("on") for key in attributes), (name, tag)
            assert tag != "style", name
            if tag == "script":
                assert attributes.get("src") == "/static/forms.js", name


def test_the_same_situation_gives_the_same_bytes() -> None:
    assert all_pages(samples.situation()) == all_pages(samples.situation())


def test_every_page_leads_to_help_and_carries_the_token_in_each_form() -> None:
    for name, html in all_pages(samples.situation()).items():
        assert re.search(r'href="/[pt]/crisis"', html), name
        for form in re.findall(r"<form.*?</form>", html, re.DOTALL):
            assert 'name="csrf-token" value="token-1"' in form, (name, form[:200])
            assert 'method="post"' in form, name


def test_the_view_is_made_of_its_fragments() -> None:
    situation = samples.situation()
    for viewpoint in (PATIENT, THERAPIST):
        for target, _ in targets(situation, viewpoint):
            html = view(target, situation, viewpoint, TEMPLATES)
            made = fragments(target, situation, viewpoint, TEMPLATES)
            ids = [fragment.id for fragment in made]
            assert made and len(ids) == len(set(ids)), (target, ids)
            places = [html.index(fragment.html) for fragment in made]
            assert places == sorted(places), target


def test_only_the_fragment_of_a_changed_block_changes() -> None:
    changed = tuple(
        replace(block, inlines=samples.words("Nytt.")) if block.id == "heading-2" else block
        for block in samples.EVERY_BLOCK
    )
    before = {one.id: one.html for one in fragments(PAGE, samples.situation(), PATIENT, TEMPLATES)}
    after = {one.id: one.html for one in fragments(PAGE, only(*changed), PATIENT, TEMPLATES)}
    assert before.keys() == after.keys()
    assert [id for id in before if before[id] != after[id]] == ["heading-2"]


@pytest.mark.parametrize(
    "target",
    [
        "nowhere",
        "page/forsta/ingen",
        "module/ingen",
        "exercise/ingen",
        "page/aktivitet/mer",
        "module/framat",
        "exercise/lamplighet",
        "treatment",
        "flags",
        "decision/somnfonster",
        "form/phq9",
    ],
)
def test_an_address_that_the_patient_does_not_have_is_refused(target: str) -> None:
    with pytest.raises(KeyError):
        patient(target)


# What authors and patients write


def test_what_an_author_writes_never_becomes_markup() -> None:
    hostile = samples.HOSTILE
    program = samples.program(
        (
            samples.paragraph(hostile, id="p"),
            samples.block("callout", "tip", "", samples.paragraph(hostile), id="c", title=hostile),
            samples.block("reveal", hostile, "", samples.paragraph(hostile), id="r"),
            samples.block("image", f'x"{hostile}', id="i", alt=hostile, caption=hostile),
            Block("k", "code", attributes={"text": hostile}),
            samples.block("exercise", "mina_mal", id="e"),
        ),
        title=hostile,
        exercises=tuple(
            replace(
                one,
                title=hostile,
                introduction=hostile,
                fields=tuple(replace(field, label=hostile, help=hostile, example=hostile) for field in one.fields),
            )
            for one in samples.program().exercises
        ),
        questionnaires=tuple(
            replace(one, title=hostile, recall=hostile, introduction=hostile)
            for one in samples.program().questionnaires
        ),
        contacts=tuple(replace(one, label=hostile, text=hostile, hours=hostile) for one in samples.program().contacts),
    )
    for name, html in all_pages(samples.situation(program)).items():
        assert "<script>alert" not in html, name
        assert not Tags(html).crossed, name
        assert all(attributes.get("src") for tag, attributes in Tags(html).found if tag == "script"), name


def test_what_a_patient_writes_never_becomes_markup() -> None:
    hostile = samples.HOSTILE + "</textarea><img src=x onerror=alert(1)>\x00"
    situation = samples.situation()
    values = {"mal": hostile, "varfor": hostile}
    forms = dict(situation.forms) | {
        "mina_mal": samples.form("mina_mal", "done", (samples.record(samples.TODAY, values),)),
        "allt": samples.form(
            "allt",
            draft={
                field.id: hostile
                for field in samples.EVERY_FIELD
                if field.type in ("text", "long-text", "integer", "time", "minutes", "scale", "date", "choice")
            },
        ),
    }
    environment = replace(
        situation.environment, records={**situation.environment.records, "mina_mal": forms["mina_mal"].records}
    )
    messages = (replace(situation.messages[0], text=hostile, author=hostile),)
    flags = (replace(situation.flags[0], values={"q9": hostile}, acknowledged_by=hostile),)
    attacked = replace(situation, forms=forms, environment=environment, messages=messages, flags=flags, patient=hostile)
    for name, html in all_pages(attacked).items():
        assert "<script>alert" not in html and "<img src=x" not in html and "\x00" not in html, name
        assert not Tags(html).crossed, name


def test_a_name_written_backwards_is_kept_apart_from_the_sentence() -> None:
    html = patient(PAGE)
    assert '<span class="own-answer"><bdi>Gå ut varje dag &amp; träffa Kim</bdi></span>' in html


def test_a_dangerous_address_is_words_alone_and_a_safe_one_a_link() -> None:
    html = patient(PAGE)
    assert "javascript:" not in html
    assert "en farlig adress" in html
    assert '<a href="https://example.org/mer" rel="noopener noreferrer">mer om aktivitet</a>' in html


@pytest.mark.parametrize(
    "href",
    [
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "vbscript:x",
        "library/../../x:y",
    ],
)
def test_other_schemes_are_no_links(href: str) -> None:
    block = Block("p", "paragraph", inlines=(Inline("link", href=href, children=samples.words("ord")),))
    assert "<p>ord</p>" in patient(PAGE, only(block))


def test_an_unknown_kind_is_a_fault() -> None:
    with pytest.raises(KeyError):
        patient(PAGE, only(Block("x", "okand")))


# Who sees what


def test_what_is_the_therapists_never_reaches_the_patient() -> None:
    for name, html in all_pages(samples.situation()).items():
        secret = (
            "Fråga hur det gick med promenaden." in html
            or "Bekräfta det som är konkret." in html
            or "Jag fastnade för" in html
        )
        assert not (name.startswith("patient") and secret), name
    assert "Fråga hur det gick med promenaden." in therapist(PAGE)
    assert "Bekräfta det som är konkret." in therapist("module/forsta")
    assert "Jag fastnade för" in therapist("module/forsta")


def test_a_proposal_never_reaches_the_patient() -> None:
    situation = samples.situation()
    with_role = replace(
        situation,
        program=samples.program(
            (
                *samples.EVERY_BLOCK,
                Block(
                    "p9",
                    "paragraph",
                    inlines=(
                        Inline("answer", "somnfonster.value"),
                        Inline("text", " och "),
                        Inline("answer", "somnfonster.bedtime"),
                    ),
                ),
            )
        ),
    )
    for target, _ in targets(with_role, PATIENT):
        html = patient(target, with_role)
        assert "5\u00a0tim 35" not in html and "00.55" not in html, target
    assert "6\u00a0tim" in patient(PAGE, with_role) and "00.30" in patient(PAGE, with_role)
    assert "5\u00a0tim 35\u00a0min" in therapist("decision/somnfonster")


def test_without_a_confirmed_decision_the_patient_sees_none() -> None:
    situation = samples.situation()
    only_proposed = replace(situation.decisions["somnfonster"], confirmed=None, confirmed_on=None, values={})
    html = patient("exercise/somnfonster", replace(situation, decisions={"somnfonster": only_proposed}))
    assert "När det är klart står det här." in html
    assert 'value="stop"' not in html


def test_a_condition_shows_its_branch_and_unknown_shows_neither_but_safety() -> None:
    html = patient(PAGE)
    assert "Det här ser du för att du har skattat över tio." in html
    assert "Det här är den andra grenen." not in html
    assert "Det här vet ingen än." not in html and "Inte det här heller." not in html
    assert "Ring om det är svårt." in html


def test_a_false_condition_shows_the_other_branch() -> None:
    situation = samples.situation()
    calmer = replace(
        situation.environment,
        records={**situation.environment.records, "phq9": (samples.measured(samples.TODAY, 0, 3),)},
    )
    html = patient(PAGE, replace(situation, environment=calmer))
    assert "Det här är den andra grenen." in html
    assert "Det här ser du för att" not in html


def test_the_therapist_sees_both_branches_and_why() -> None:
    html = therapist(PAGE)
    assert "Det här är den andra grenen." in html and "Det här ser du för att" in html
    assert "<code>phq9.total &gt;= 10</code>" in html
    assert "visas nu" in html and "visas inte nu" in html and "svar saknas" in html


def test_a_missing_answer_has_a_quiet_place() -> None:
    empty = replace(samples.situation(), environment=Environment(samples.TODAY, samples.START), forms={})
    html = patient(PAGE, empty)
    assert html.count("(inte ifyllt än)") == 2


def test_a_flag_of_today_shows_its_page_at_once_and_tells_that_nobody_reads() -> None:
    for target in ("home", "questionnaire/phq9"):
        assert "Viktigt just nu" in patient(target)
    assert "Det finns människor som vill hjälpa dig" in patient("questionnaire/phq9")
    quiet = replace(samples.situation(), flags=())
    assert "Viktigt just nu" not in patient("home", quiet)


def test_the_crisis_page_dials_and_needs_no_script() -> None:
    html = patient("crisis")
    assert 'href="tel:112"' in html and 'href="tel:90101"' in html and 'href="tel:1177"' in html
    assert "Ingen läser det du skriver i programmet direkt." in html


def test_contacts_stand_once_when_the_crisis_page_names_them() -> None:
    page = replace(
        samples.program().library_pages[0],
        blocks=(Block("p", "paragraph", inlines=(Inline("contact", "sjalvmordslinjen"),)),),
    )
    html = patient("crisis", samples.situation(samples.program(library_pages=(page,), modules=())))
    assert html.count('href="tel:90101"') == 1 and 'href="tel:1177"' not in html


def test_a_day_that_has_come_is_no_promise_of_a_module() -> None:
    situation = samples.situation()
    waiting = tuple(
        replace(one, opens_on=samples.TODAY) if one.status == "locked" else one for one in situation.modules
    )
    for target in ("home", "modules", "module/aktivitet"):
        html = patient(target, replace(situation, modules=waiting))
        assert "Öppnar i dag" not in html and "Öppnar när du är klar med modulen före." in html
        assert "Öppnar måndag 23 november" in patient(target)


def test_the_crisis_page_stands_without_a_page_of_its_own() -> None:
    html = patient(
        "crisis", samples.situation(samples.program(library_pages=(), questionnaires=(samples.PHQ9,), modules=()))
    )
    assert 'href="tel:112"' in html


# Forms


def test_nothing_is_chosen_before_the_patient_chooses() -> None:
    for target in ("exercise/allt", "questionnaire/phq9", "exercise/somndagbok"):
        assert all("checked" not in attributes for _, attributes in Tags(patient(target)).found), target


def test_every_option_of_a_scale_is_there_with_its_ends() -> None:
    steps = Tags(patient("exercise/allt")).with_name("humor")
    assert [step["value"] for step in steps] == [str(value) for value in range(11)]
    assert len({step["type"] for step in steps}) == 1
    assert "Som sämst" in patient("exercise/allt") and "Som bäst" in patient("exercise/allt")


def test_what_was_typed_stands_in_its_field() -> None:
    draft = {
        "namn": "Min plan",
        "tankar": "\nförst en tom rad",
        "antal": 3,
        "koffein": "7/2",
        "humor": 0,
        "viktigast": "vanner",
        "flera": ["ute", "vila"],
        "somnig": False,
        "nar": "2026-11-20",
        "klockan": "22:45",
        "vaken": 30,
        "stegen": [{"steg": "Gå till dörren", "svart": 2}, {}, {"steg": "Gå ut"}],
        "ordning": ["vila", "ute", "vanner"],
        "plan": {"activity": "Promenad", "day": "2026-11-23"},
    }
    situation = samples.situation()
    tags = Tags(
        patient(
            "exercise/allt", replace(situation, forms={**situation.forms, "allt": samples.form("allt", draft=draft)})
        )
    )

    def value(name: str) -> str | None:
        return tags.with_name(name)[0].get("value")

    def chosen(name: str) -> list[str | None]:
        return [one["value"] for one in tags.with_name(name) if "checked" in one]

    assert (value("namn"), value("antal"), value("koffein"), value("nar"), value("klockan"), value("vaken")) == (
        "Min plan",
        "3",
        "3,5",
        "2026-11-20",
        "22.45",
        "30",
    )
    assert (
        chosen("humor") == ["0"]
        and chosen("viktigast") == ["vanner"]
        and chosen("flera") == ["ute", "vila"]
        and chosen("somnig") == ["no"]
    )
    assert (
        value("stegen.0.steg") == "Gå till dörren"
        and chosen("stegen.0.svart") == ["2"]
        and value("stegen.2.steg") == "Gå ut"
    )
    assert value("plan.0.activity") == "Promenad" and not tags.with_name("plan.0.done")
    selected = [attributes["value"] for tag, attributes in tags.found if tag == "option" and "selected" in attributes]
    assert selected == ["vila", "ute", "vanner", "2026-11-23"]


def test_a_textarea_keeps_a_first_empty_line() -> None:
    situation = samples.situation()
    html = patient(
        "exercise/allt",
        replace(situation, forms={**situation.forms, "allt": samples.form("allt", draft={"tankar": "\nrad"})}),
    )
    assert ">\n\nrad</textarea>" in html


def test_a_growing_table_has_a_button_that_works_without_script_and_an_end() -> None:

    def actions(page: str) -> list[str]:
        return [one["value"] for one in Tags(page).with_name("action") if not one["value"].startswith("clear.")]

    assert actions(patient("exercise/allt")) == ["save", "add-row.stegen", "submit", "save"], "enter saves"
    situation = samples.situation()
    full = samples.form("allt", draft={"stegen": [{"steg": str(at)} for at in range(6)]})
    filled = patient("exercise/allt", replace(situation, forms={**situation.forms, "allt": full}))
    assert actions(filled) == ["save", "submit", "save"]


def test_of_several_occasions_that_are_due_the_first_to_close_is_told() -> None:
    situation = samples.situation()
    today = situation.environment.today
    end = MeasurementSituation("phq9", "end", "due", today - timedelta(days=6), today + timedelta(days=50))
    week = MeasurementSituation("phq9", "week-2", "due", today - timedelta(days=1), today + timedelta(days=2))
    page = patient("home", replace(situation, measurements=(end, week)))
    assert page.count("Svara senast") == 1
    assert f"Svara senast {day(week.closes_on, 'sv', today)}" in page


def test_a_choice_can_be_taken_back_where_it_may_be_left_out() -> None:
    def shown(page: str) -> list[str]:
        return [
            one["value"].removeprefix("clear.")
            for one in Tags(page).with_name("action")
            if one["value"].startswith("clear.") and "hidden" not in one
        ]

    situation = samples.situation()
    chosen = samples.form("allt", draft={"humor": 3, "stegen": [{"steg": "Ett", "svart": 2}]})
    page = patient("exercise/allt", replace(situation, forms={**situation.forms, "allt": chosen}))
    assert "stegen.0.svart" in shown(page)
    items = patient("questionnaire/phq9")
    assert "clear.q1" in items and "clear.q9" not in items, "an item of risk is declined in words"


def test_options_and_rows_come_from_earlier_answers() -> None:
    assert [one["value"] for one in Tags(patient("exercise/allt")).with_name("fran_mal")] == [
        "Gå ut varje dag & träffa Kim"
    ]
    situation = samples.situation()
    empty = replace(
        situation,
        environment=replace(situation.environment, records={}),
        forms={**situation.forms, "mina_mal": samples.form("mina_mal")},
    )
    assert "Här visas det som du har skrivit i en tidigare övning." in patient("exercise/allt", empty)


def test_a_field_is_prefilled_from_the_latest_answer_until_it_is_typed_in() -> None:
    follow = samples.exercise(
        "uppfoljning", "Uppföljning", fields=(Field("mal", "text", "Målet", prefill="mina_mal.mal"),)
    )
    base = samples.program()
    situation = samples.situation(replace(base, exercises=(*base.exercises, follow)))
    stands = replace(samples.form("uppfoljning"), prefilled={"mal": "Gå ut varje dag & träffa Kim"})
    opened = {**situation.forms, "uppfoljning": stands}
    assert (
        Tags(patient("exercise/uppfoljning", replace(situation, forms=opened))).with_name("mal")[0]["value"]
        == "Gå ut varje dag & träffa Kim"
    )
    typed = {**situation.forms, "uppfoljning": samples.form("uppfoljning", draft={"mal": ""})}
    assert "value" not in Tags(patient("exercise/uppfoljning", replace(situation, forms=typed))).with_name("mal")[0]


def test_a_hidden_field_is_in_the_form_but_not_shown() -> None:
    tags = Tags(patient("exercise/allt"))
    fields = {
        attributes["data-field"]: "hidden" in attributes for _, attributes in tags.found if "data-field" in attributes
    }
    assert fields["dold"] is True and fields["namn"] is False


def test_errors_stand_at_the_top_and_at_their_field_and_nothing_is_lost() -> None:
    viewpoint = replace(
        PATIENT,
        errors=(
            FieldError("klockan", Text("Skriv klockslaget som 22.30.", "Write the time as 22:30.")),
            FieldError("vaken", Text("Stämmer det?", "Is it right?"), "confirm"),
        ),
        draft={"klockan": "kvart i elva", "vaken": "900"},
    )
    html = patient("exercise/allt", viewpoint=viewpoint)
    tags = Tags(html)
    assert '<a href="#allt-klockan-field">När gick du och la dig? Skriv klockslaget som 22.30.</a>' in html
    entry = tags.with_name("klockan")[0]
    assert (
        entry["value"] == "kvart i elva"
        and entry["aria-invalid"] == "true"
        and "allt-klockan-error" in (entry["aria-describedby"] or "")
    )
    assert len(tags.with_name("confirmed-vaken")) == 1 and not tags.with_name("confirmed-klockan")
    assert html.index('class="errors"') < html.index('id="form-allt"')


def test_a_constraint_that_belongs_to_no_field_can_still_be_confirmed() -> None:
    viewpoint = replace(PATIENT, errors=(FieldError("summa", Text("Stämmer det?", "Is it right?"), "confirm"),))
    tags = Tags(patient("exercise/allt", viewpoint=viewpoint))
    assert tags.with_name("confirmed-summa")[0]["form"] == "form-allt"
    assert any(attributes.get("id") == "form-allt" for tag, attributes in tags.found if tag == "form")


def test_a_risk_item_can_be_declined_and_others_cannot() -> None:
    tags = Tags(patient("questionnaire/phq9"))
    assert [one["value"] for one in tags.with_name("q9")] == ["0", "1", "2", "3", "declined"]
    assert [one["value"] for one in tags.with_name("q1")] == ["0", "1", "2", "3"]


def test_the_numbers_behind_options_are_never_words_on_the_page() -> None:
    html = patient("questionnaire/phq9")
    labels = re.findall(r'<label class="option.*?</label>', html, re.DOTALL)
    shown = {re.sub(r"<[^>]*>", "", label).strip() for label in labels}
    assert shown == {"Inte alls", "Flera dagar", "Mer än hälften av dagarna", "Nästan varje dag", "Vill inte svara"}


def test_a_questionnaire_without_wording_cannot_be_answered() -> None:
    html = patient("questionnaire/isi")
    assert "<form" not in html and "Frågorna i det här formuläret visas inte här." in html


def test_a_diary_opens_at_the_day_that_is_asked_for() -> None:
    asked = replace(PATIENT, entry_date="2026-11-20")
    tags = Tags(patient("exercise/somndagbok", viewpoint=asked))
    assert tags.with_name("entry-date")[0]["value"] == "2026-11-20"
    assert tags.with_name("bed")[0]["value"] == "22.45"
    latest = Tags(patient("exercise/somndagbok"))
    assert latest.with_name("entry-date")[0]["value"] == "2026-11-21" and "value" not in latest.with_name("bed")[0]
    closed = Tags(patient("exercise/somndagbok", viewpoint=replace(PATIENT, entry_date="2026-01-01")))
    assert closed.with_name("entry-date")[0]["value"] == "2026-11-21"


def test_what_is_saved_is_answered_in_words() -> None:
    situation = samples.situation()
    diary = situation.program.exercise["somndagbok"]
    empty = fill(diary, {}, situation.environment, False, situation.now.date())
    filled = replace(empty, values={"tst": Fraction(455), "se": None}, hidden=frozenset({"waso"}))
    answer = saved_answer(diary, filled, situation.now, "sv", 8, field_error=("bed", "Fel."))
    assert answer == {
        "saved": "14.05",
        "revision": 8,
        "hidden": ["waso"],
        "values": {"tst": "7\u00a0tim 35\u00a0min", "se": ""},
        "errors": {"bed": "Fel."},
        "pages": "",
    }


# Therapist


def test_red_flags_come_first_and_are_closed_by_a_signed_action_alone() -> None:
    html = therapist("flags")
    tags = Tags(html)
    assert [one["value"] for one in tags.with_name("flag")] == ["7"]
    assert [one["value"] for one in tags.with_name("action")] == ["acknowledge"]
    assert "Mer än hälften av dagarna" in html and "Skickade ett meddelande." in html
    overview = therapist("treatment")
    assert overview.index("Röd flagga") < overview.index("Beslut att bekräfta") < overview.index("Mätningar")


@pytest.mark.parametrize(
    ("status", "actions"), [("proposed", ["confirm", "decline"]), ("locked", ["sign"]), ("confirmed", [])]
)
def test_a_decision_has_the_acts_of_its_status(status: str, actions: list[str]) -> None:
    situation = samples.situation()
    decision = replace(situation.decisions["somnfonster"], status=status)
    tags = Tags(therapist("decision/somnfonster", replace(situation, decisions={"somnfonster": decision})))
    assert [one["value"] for one in tags.with_name("action")] == actions


@pytest.mark.parametrize(
    ("target", "actions"),
    [("module/forsta", ["feedback", "hold"]), ("module/aktivitet", ["open"]), ("messages", ["send"])],
)
def test_the_therapists_acts_have_names(target: str, actions: list[str]) -> None:
    assert [one["value"] for one in Tags(therapist(target)).with_name("action")] == actions


def test_a_page_shows_the_therapist_the_form_without_letting_them_fill_it_in() -> None:
    situation = samples.situation()
    tags = Tags(
        therapist(
            PAGE,
            replace(
                situation, forms={**situation.forms, "mina_mal": samples.form("mina_mal", draft={"mal": "Halvvägs"})}
            ),
        )
    )
    assert tags.with_name("mal")[0]["value"] == "Halvvägs"
    assert all("disabled" in one for one in tags.with_name("mal")) and tags.with_name("mal")
    assert not tags.with_name("action")


# Modules and empty treatments


def test_a_module_is_sent_when_nothing_is_left() -> None:
    assert 'value="submit"' not in patient("module/forsta")
    situation = samples.situation()
    ready = tuple(replace(one, to_do=()) if one.id == "forsta" else one for one in situation.modules)
    assert 'value="submit"' in patient("module/forsta", replace(situation, modules=ready))


@pytest.mark.parametrize("phase", ["registered", "assessment", "decision", "under-way", "maintenance", "ended"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_stands_in_every_phase_before_anything_is_answered(phase: str, language: str) -> None:
    situation = samples.situation(
        phase=phase,
        forms={},
        decisions={},
        flags=(),
        messages=(),
        measurements=(),
        modules=(),
        environment=Environment(samples.TODAY, samples.START),
        last_seen=None,
        patient="",
        therapist="",
    )
    for viewpoint in (replace(PATIENT, language=language), replace(THERAPIST, language=language)):
        for target, _ in targets(situation, viewpoint):
            assert Tags(view(target, situation, viewpoint, TEMPLATES)).crossed == []


def test_an_author_in_another_language_is_marked_with_it() -> None:
    situation = samples.situation(samples.program(language="ar"))
    html = patient(PAGE, situation)
    assert '<html lang="sv"' in html
    assert re.search(r'id="block-heading-1"[^>]* lang="ar" dir="rtl"', html)
    assert re.search(r'id="block-heading" class="block" data-block="heading">', html)


def test_notices_and_what_was_just_done_stand_at_the_top() -> None:
    viewpoint = replace(PATIENT, notices=(Text("Det här är en demonstration.", "A demonstration."),), saved="submitted")
    html = patient("home", viewpoint=viewpoint)
    assert html.index("Det här är en demonstration.") < html.index("Tack, det är sparat.") < html.index("Hej Samira")


# Words and numbers


def test_every_text_stands_in_both_languages_with_the_same_facts() -> None:
    for key, text in WORDS.items():
        assert text.sv and text.en, key
        assert sorted(re.findall(r"{\w+}", text.sv)) == sorted(re.findall(r"{\w+}", text.en)), key


def test_every_text_is_used() -> None:
    package = resources.folder("templates").parent / "designtool" / "render"
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in [*package.glob("*.py"), *resources.folder("templates").glob("pages/*.html")]
        if path.name != "words.py"
    )
    made = (
        "status-",
        "therapist-status-",
        "saved-",
        "submit-diary-",
        "phase-",
        "flag-",
        "decision-status-",
        "plan-",
        "score-",
        "day-",
        "occasion-",
    )
    unused = [
        key for key in WORDS if f'"{key}"' not in source and f"'{key}'" not in source and not key.startswith(made)
    ]
    assert unused == []


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (Fraction(27, 2), 0, "14"),
        (Fraction(-27, 2), 0, "−14"),
        (Fraction(1, 3), 2, "0,33"),
        (Fraction(5), 1, "5,0"),
        (Fraction(-1, 10), 0, "0"),
        (Fraction(199, 20), 1, "10,0"),
    ],
)
def test_numbers_are_rounded_half_away_from_zero(value: Fraction, digits: int, written: str) -> None:
    assert number(value, "sv", digits) == written


def test_minutes_are_said_as_people_say_them() -> None:
    said = [duration(Fraction(minutes), "sv").replace("\u00a0", " ") for minutes in (0, 45, 60, 455, -15)]
    assert said == ["0 min", "45 min", "1 tim", "7 tim 35 min", "−15 min"]


@pytest.mark.parametrize("written", ["1e999999999", "abc", "", "1/0", "nan", "9" * 5000])
def test_what_is_no_number_is_none(written: str) -> None:
    assert fraction(written) is None


def test_an_answer_that_is_no_longer_an_option_is_still_shown() -> None:
    assert field_value(Field("a", "choice", "A"), "borttagen", "sv") == "borttagen"
