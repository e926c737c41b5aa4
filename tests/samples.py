"""A small program made by hand with every kind of block and field, and a patient in its third week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from designtool.diagnostics import Text
from designtool.expressions.expression import Environment, Expression, Record, TimeOfDay
from designtool.load.document import Inline
from designtool.model.exercise import (
    Chart,
    Computed,
    Decision,
    Entry,
    Exercise,
    Field,
    Option,
    Required,
    Row,
    StepBand,
)
from designtool.model.flow import Feedback, Flag, Unlock
from designtool.model.module import FeedbackTemplate, Module
from designtool.model.page import Block, Page
from designtool.model.program import (
    Audience,
    Contact,
    Media,
    Person,
    Program,
    Publisher,
    Release,
    Rights,
    Term,
    TherapistTerms,
)
from designtool.model.questionnaire import Band, Instrument, Item, Missing, Questionnaire, Score
from designtool.treatment.situation import (
    DecisionSituation,
    FormSituation,
    MeasurementSituation,
    Message,
    ModuleSituation,
    RaisedFlag,
    Situation,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 14, 5, tzinfo=STOCKHOLM)
START = TODAY - timedelta(days=17)

HOSTILE = "<script>alert('x')</script> \"quoted\" & \u202eomvänd"
"""What an author or a patient could write to break a page: markup, quotes, a change of writing direction."""


def expression(source: str, tree: Any = None) -> Expression:
    """`phq9.total >= 15` and the like, and bare trees for the rest."""
    if tree is None:
        name, operator, number = source.split()
        form, _, part = name.partition(".")
        tree = [operator, ["ref", form, part], ["number", number]]
    return Expression(source, tree, "truth")


def words(text: str) -> tuple[Inline, ...]:
    return (Inline("text", text),)


def block(
    kind: str,
    argument: str = "",
    text: str = "",
    *children: Block,
    id: str = "",
    condition: Expression | None = None,
    **attributes: str,
) -> Block:
    return Block(id or kind, kind, argument, attributes, condition, words(text) if text else (), children)


def paragraph(text: str, id: str = "paragraph") -> Block:
    return block("paragraph", "", text, id=id)


def bullet(*texts: str) -> Block:
    return block("bullet-list", "", "", *(block("list-item", "", "", paragraph(text)) for text in texts))


def table(*rows: tuple[str, ...]) -> Block:
    made = [
        block(
            "table-row",
            "",
            "",
            *(block("table-cell", "", cell) for cell in row),
            **({"header": "true"} if at == 0 else {}),
        )
        for at, row in enumerate(rows)
    ]
    return block("table", "", "", *made, align="left,right")


EVERY_INLINE = (
    Inline("text", "När vi mår dåligt gör vi ofta "),
    Inline("strong", children=words("mindre")),
    Inline("text", " av det som ger energi. Det kallas "),
    Inline("term", "undvikande <undvikande>"),
    Inline("text", " och vi börjar med "),
    Inline("term", "beteendeaktivering"),
    Inline("line-break"),
    Inline("emphasis", children=words("Lite i taget")),
    Inline("text", ", som "),
    Inline("code", "så här"),
    Inline("text", ". Läs "),
    Inline("link", href="https://example.org/mer", children=words("mer om aktivitet")),
    Inline("text", " eller "),
    Inline("link", href="javascript:alert(1)", children=words("en farlig adress")),
    Inline("text", ". Din summa är "),
    Inline("score", "phq9.total"),
    Inline("text", " och ditt mål är "),
    Inline("answer", "mina_mal.mal"),
    Inline("text", ". Behöver du hjälp: "),
    Inline("contact", "crisis"),
    Inline("text", ". Du går "),
    Inline("program", "title"),
    Inline("text", "."),
)

EVERY_BLOCK: tuple[Block, ...] = (
    Block("heading-1", "heading", attributes={"level": "2"}, inlines=words("Varför gör vi mindre?")),
    Block("paragraph-1", "paragraph", inlines=EVERY_INLINE),
    block("heading", "", "Små steg räknas", id="heading-2", level="3"),
    replace(bullet("Gå ut en kort stund", "Ring en vän", "Vattna blommorna"), id="bullet-list-1"),
    block(
        "ordered-list",
        "",
        "",
        block("list-item", "", "", paragraph("Välj något litet.")),
        block("list-item", "", "", paragraph("Bestäm när.")),
        id="ordered-list-1",
        start="3",
    ),
    block("quote", "", "", paragraph("Jag börjar där jag är."), id="quote-1"),
    Block("code-1", "code", attributes={"text": "22.30 → 06.30"}),
    block("rule", id="rule-1"),
    replace(table(("Aktivitet", "Energi"), ("Promenad", "+2"), ("Skrolla i sängen", "−1")), id="table-1"),
    block(
        "image",
        "programs/exempel/media/cirkel.svg",
        id="image-1",
        alt="En cirkel med fyra steg",
        caption="Den onda cirkeln",
        credit="Bild: Exempelregionen",
    ),
    block(
        "film",
        "programs/exempel/media/cirkel.webm",
        id="film-1",
        alt="En tecknad cirkel",
        captions="programs/exempel/media/cirkel.sv.vtt",
        transcript="programs/exempel/media/cirkel.md",
    ),
    block(
        "audio",
        "programs/exempel/media/andning.ogg",
        id="audio-1",
        caption="Andas lugnt i tre minuter",
        transcript="programs/exempel/media/andning.md",
    ),
    block(
        "example",
        "samira",
        "",
        paragraph("Samira slutade träffa sina vänner när orken tog slut. Till slut var dagarna tomma."),
        id="example-1",
    ),
    block("callout", "tip", "", paragraph("Börja med något som tar fem minuter."), id="callout-1"),
    block(
        "callout",
        "important",
        "",
        paragraph("Kör inte bil om du är mycket sömnig."),
        id="callout-2",
        title="Tänk på trafiken",
    ),
    block(
        "reveal",
        "Varför blir det så?",
        "",
        paragraph("När vi gör mindre får vi färre chanser att må bra."),
        id="reveal-1",
    ),
    block("checklist", "", "", bullet("Välj en aktivitet", "Skriv in den i planen"), id="checklist-1"),
    block(
        "video-meeting",
        "https://video.example.org/rum",
        id="video-meeting-1",
        title="Samtal med din behandlare",
        logging="pdl",
    ),
    block("chart", "phq9.total", id="chart-1", title="Så har du mått"),
    block("chart", "somndagbok.se", id="chart-2"),
    block("review", "mina_mal", id="review-1"),
    block("review", "somndagbok", id="review-2", of="week"),
    block(
        "if",
        "",
        "",
        block("branch", "", "", paragraph("Det här ser du för att du har skattat över tio.")),
        block("branch", "", "", paragraph("Det här är den andra grenen.")),
        id="if-1",
        condition=expression("phq9.total >= 10"),
    ),
    block(
        "if",
        "",
        "",
        block("branch", "", "", paragraph("Det här vet ingen än.")),
        block("branch", "", "", paragraph("Inte det här heller.")),
        id="if-2",
        condition=expression("okand.varde >= 10"),
    ),
    block(
        "if",
        "",
        "",
        block("branch", "", "", block("callout", "crisis", "", paragraph("Ring om det är svårt."))),
        id="if-3",
        condition=expression("okand.varde >= 10"),
    ),
    block("therapist", "", "", paragraph("Fråga hur det gick med promenaden."), id="therapist-1"),
    block("exercise", "mina_mal", id="exercise-1"),
    block("exercise", "somndagbok", id="exercise-2"),
    block("exercise", "somnfonster", id="exercise-3"),
    block("questionnaire", "phq9", id="questionnaire-1"),
    block("page", "lugn", id="page-1"),
    block("summary", "", "", bullet("Vi gör mindre när vi mår dåligt.", "Små steg bryter cirkeln."), id="summary-1"),
)

ACTIVITIES = (Option("ute", "Vara ute"), Option("vanner", "Träffa vänner"), Option("vila", "Vila med flit"))

EVERY_FIELD: tuple[Field, ...] = (
    Field("namn", "text", "Vad vill du kalla planen?", example="Min höstplan", required=True),
    Field("tankar", "long-text", "Vad tänkte du på?", help="Skriv så kort eller långt du vill.", max_length=2000),
    Field("antal", "integer", "Hur många gånger?", min=Fraction(0), max=Fraction(50), unit="gånger"),
    Field("koffein", "decimal", "Hur mycket kaffe drack du?", unit="dl"),
    Field(
        "humor",
        "scale",
        "Hur har du mått i dag?",
        min=Fraction(0),
        max=Fraction(10),
        ends=("Som sämst", "Som bäst"),
        required=True,
    ),
    Field(
        "kvalitet", "scale", "Hur var sömnen?", min=Fraction(1), max=Fraction(5), ends=("Mycket dålig", "Mycket bra")
    ),
    Field("procent", "scale", "Hur säker är du?", min=Fraction(0), max=Fraction(100), ends=("Inte alls", "Helt säker")),
    Field("viktigast", "choice", "Vad är viktigast?", options=ACTIVITIES),
    Field("flera", "choices", "Vad har du provat?", options=ACTIVITIES),
    Field("somnig", "yes-no", "Har du varit så sömnig att det varit farligt?"),
    Field("nar", "date", "Vilket datum?"),
    Field("klockan", "time", "När gick du och la dig?", help="Ungefär räcker."),
    Field("vaken", "minutes", "Hur länge låg du vaken?", min=Fraction(0), max=Fraction(600)),
    Field(
        "stegen",
        "table",
        "Din trappa",
        columns=(
            Field("steg", "text", "Steg"),
            Field("svart", "scale", "Hur svårt?", min=Fraction(0), max=Fraction(10), ends=("Lätt", "Svårt")),
        ),
        computed=(Computed("dubbelt", "Dubbelt", expression("dubbelt", ["number", "2"])),),
        max_rows=6,
        min_rows=2,
    ),
    Field(
        "veckan",
        "table",
        "Delar av dagen",
        rows=(Row("formiddag", "Förmiddag"), Row("kvall", "Kväll")),
        columns=(Field("gjorde", "text", "Vad gjorde du?"), Field("minuter", "minutes", "Hur länge?")),
    ),
    Field("ordning", "ranking", "Ordna efter hur viktigt det är", options=ACTIVITIES),
    Field("plan", "plan-entry", "Din plan"),
    Field("fran_mal", "choice", "Vilket mål gäller det?", options_from="mina_mal.mal"),
    Field("dold", "text", "Visas först efter ett ja"),
)

FREQUENCY = (
    Option(0, "Inte alls"),
    Option(1, "Flera dagar"),
    Option(2, "Mer än hälften av dagarna"),
    Option(3, "Nästan varje dag"),
)


def exercise(id: str, title: str, kind: Any = "worksheet", **more: Any) -> Exercise:
    given: dict[str, Any] = {
        "filled_by": "patient",
        "introduction": "",
        "minutes": 10,
        "fill": "once",
        "entry": None,
        "active": None,
        "required": None,
        "fields": (),
        "computed": (),
        "summary": (),
        "constraints": (),
        "charts": (),
        "flags": (),
        "decision": None,
        "module": "",
    }
    return Exercise(id=id, title=title, kind=kind, **(given | more))


GOALS = exercise(
    "mina_mal",
    "Mina mål",
    fields=(
        Field("mal", "text", "Vad vill du ska bli annorlunda?", required=True),
        Field("varfor", "long-text", "Varför är det viktigt för dig?"),
    ),
    introduction="Välj något som går att göra om några veckor.",
)
EVERYTHING = exercise(
    "allt",
    "Alla sorters frågor",
    fields=EVERY_FIELD,
    computed=(Computed("summa", "Sammanlagt", expression("summa", ["number", "1"]), "minutes"),),
    fill="whenever",
)
DIARY = exercise(
    "somndagbok",
    "Sömndagbok",
    "diary",
    entry=Entry("day", "wake_up_date", 2),
    required=Required(5, 7),
    minutes=3,
    fields=(
        Field("bed", "time", "När gick du och la dig?", required=True),
        Field("waso", "minutes", "Hur länge var du vaken på natten?", min=Fraction(0)),
        Field(
            "quality",
            "scale",
            "Hur var sömnkvaliteten?",
            min=Fraction(1),
            max=Fraction(5),
            ends=("Mycket dålig", "Mycket bra"),
        ),
    ),
    computed=(
        Computed("tst", "Sömntid", expression("tst", ["number", "1"]), "minutes"),
        Computed("se", "Sömneffektivitet", expression("se", ["number", "1"]), "percent"),
    ),
    summary=(Computed("week_se", "Veckans sömneffektivitet", expression("week_se", ["number", "1"]), "percent"),),
    charts=(Chart(("se",), Fraction(85)),),
)
WINDOW = exercise(
    "somnfonster",
    "Ditt sömnfönster",
    "decision",
    minutes=None,
    decision=Decision(
        measure=Expression(
            "somndagbok.week_se", ["ref", "somndagbok", "week_se"], "number", (("somndagbok", "week_se"),)
        ),
        needs=Required(5, 7),
        start=expression("start", ["number", "400"]),
        floor=Fraction(330),
        ceiling=Fraction(540),
        bands=(StepBand(Fraction(0), Fraction(-15)),),
        unit="minutes",
        every_days=7,
        hold_if=None,
        lock_if=None,
        confirm="therapist",
        overdue_days=2,
        computed=(Computed("bedtime", "Gå och lägg dig tidigast", expression("bedtime", ["number", "1"])),),
    ),
)
ASSESSMENT = exercise(
    "lamplighet",
    "Lämplighet",
    filled_by="therapist",
    fields=(
        Field("kor_bil", "yes-no", "Kör bil eller har riskfyllt arbete?", required=True),
        Field("anteckning", "long-text", "Bedömning"),
    ),
)

PHQ9 = Questionnaire(
    id="phq9",
    title="Hur har du mått?",
    instrument=Instrument("PHQ-9", "sv", "free", "Exempel", "https://example.org"),
    recall="Under de senaste två veckorna",
    introduction="Hur ofta har du besvärats av det här?",
    minutes=4,
    items=(
        *(Item(f"q{number}", f"Exempelfråga nummer {number}", FREQUENCY) for number in range(1, 9)),
        Item("q9", "Exempelfråga om svåra tankar", FREQUENCY, risk="suicidality", required=True),
    ),
    scores=(
        Score(
            "total",
            "Summa",
            "sum",
            tuple(f"q{number}" for number in range(1, 10)),
            missing=Missing("prorate", 8),
            low=Fraction(0),
            high=Fraction(27),
            bands=tuple(
                Band(Fraction(start), label)
                for start, label in (
                    (0, "Ingen eller minimal"),
                    (5, "Lindrig"),
                    (10, "Måttlig"),
                    (15, "Medelsvår"),
                    (20, "Svår"),
                )
            ),
        ),
    ),
    flags=(),
    vectors=(),
)
SLOT = replace(PHQ9, id="isi", title="Frågor om sömn", items=(Item("s1", "", FREQUENCY),), scores=())


def module(id: str, title: str, pages: tuple[Page, ...], **more: Any) -> Module:
    given: dict[str, Any] = {
        "goal": "Du förstår hur det du gör hänger ihop med hur du mår.",
        "minutes": 50,
        "unlock": Unlock("", 0, None, False),
        "complete_when": (),
        "homework": (),
        "feedback": Feedback(7, False),
        "guidance": (),
        "feedback_templates": (),
    }
    return Module(id=id, title=title, pages=pages, **(given | more))


def program(blocks: tuple[Block, ...] = EVERY_BLOCK, **more: Any) -> Program:
    pages = (
        Page("cirkeln", "Den onda cirkeln", 8, blocks),
        Page("smasteg", "Att ta små steg", 5, (paragraph("Välj det minsta steget."),)),
        Page("veckan", "Din vecka", 3, (paragraph("Planera veckan."),)),
    )
    given: dict[str, Any] = {
        "format": 1,
        "id": "exempel",
        "version": "1.2.0",
        "title": "Må bättre steg för steg",
        "summary": "Ett exempel",
        "kind": "treatment",
        "language": "sv",
        "publisher": Publisher("exempel", "Exempelregionen", "Legitimerad psykolog", "kontakt"),
        "producer": "",
        "rights": Rights("CC-BY-4.0", "Exempelregionen"),
        "audience": Audience(18, None, "mild-to-moderate", ("F32",)),
        "weeks": 9,
        "minutes_per_week": 180,
        "codes": (),
        "therapist": TherapistTerms("Psykolog", 7, 2),
        "unlock_sequential": True,
        "days_per_module": 7,
        "measurements": (),
        "reminders": (),
        "retention": "agreed",
        "modules": (
            module(
                "valkommen",
                "Välkommen",
                (Page("start", "Så fungerar det", 4, (paragraph("Hej och välkommen."),)),),
                introduction=True,
            ),
            module(
                "forsta",
                "Att förstå nedstämdhet",
                pages,
                complete_when=("mina_mal", "allt", "somndagbok"),
                homework=("somndagbok",),
                guidance=(paragraph("Läs målen först. Bekräfta det som är konkret."),),
                feedback_templates=(
                    FeedbackTemplate("Första svaret", "Hej!\n\nTack för att du har skrivit. Jag fastnade för …"),
                ),
            ),
            module("aktivitet", "Mer av det som ger energi", (Page("mer", "Mer", 3, (paragraph("Mer."),)),)),
            module("framat", "Framåt", (Page("plan", "Plan", 3, (paragraph("Plan."),)),), optional=True),
        ),
        "exercises": (GOALS, EVERYTHING, DIARY, WINDOW, ASSESSMENT),
        "questionnaires": (PHQ9, SLOT),
        "library_pages": (
            Page(
                "kris",
                "Om du behöver hjälp nu",
                1,
                (
                    paragraph("Det finns människor som vill hjälpa dig, dygnet runt."),
                    Block("p2", "paragraph", inlines=(Inline("contact", "crisis"),)),
                ),
                safety=True,
            ),
            Page("lugn", "Andas", 1, (paragraph("Andas lugnt."),)),
        ),
        "contacts": (
            Contact("crisis", "Vid fara för liv", phone="112", hours="Dygnet runt"),
            Contact(
                "sjalvmordslinjen",
                "Självmordslinjen",
                phone="90101",
                address="https://mind.se",
                hours="Dygnet runt",
                text="Någon som lyssnar.",
            ),
            Contact("sjukvard", "Sjukvårdsrådgivning", phone="1177"),
        ),
        "glossary": (
            Term("beteendeaktivering", "Beteendeaktivering", "Att göra mer av det som ger energi och mening."),
            Term("undvikande", "Undvikande", "Att låta bli det som känns svårt."),
        ),
        "persons": (Person("samira", "Samira", 34, "Undersköterska"), Person("lars", "Lars", None, "")),
        "media": (Media("programs/exempel/media/cirkel.webm", "sha256:1", 10, "video/webm"),),
        "journeys": (),
        "release": Release(),
    }
    return Program(**(given | more))


def form(id: str, status: Any = "open", records: tuple[Record, ...] = (), **more: Any) -> FormSituation:
    given: dict[str, Any] = {"draft": {}, "draft_date": None, "draft_values": {}, "hidden": frozenset()}
    return FormSituation(id=id, status=status, records=records, **(given | more))


def record(dated: date, values: Mapping[str, Any], statuses: Mapping[str, str] | None = None) -> Record:
    return Record(dated, datetime(dated.year, dated.month, dated.day, 8, 30, tzinfo=STOCKHOLM), values, statuses or {})


def measured(dated: date, answers: int, total: int | None, status: str = "complete") -> Record:
    values: dict[str, Any] = {f"q{number}": Fraction(answers) for number in range(1, 9)} | {
        "q9": Fraction(0),
        "total": None if total is None else Fraction(total),
    }
    return record(dated, values, {"total": status})


def nights() -> tuple[Record, ...]:
    measures = ((7, 290, 68), (6, 310, 71), (5, 330, 74), (4, 300, 70), (3, 345, 78), (2, 360, 82), (1, 350, 80))
    return tuple(
        record(
            TODAY - timedelta(days=back),
            {
                "bed": TimeOfDay(22 * 60 + 45),
                "waso": Fraction(35),
                "quality": Fraction(3),
                "tst": Fraction(slept),
                "se": Fraction(percent),
            },
        )
        for back, slept, percent in measures
    )


def situation(made: Program | None = None, **more: Any) -> Situation:
    """Week 3: one module behind, one open, a measurement due, a diary under way, a red flag, a proposal for the therapist."""
    scores = (
        measured(START, 2, 18),
        measured(START + timedelta(days=7), 2, 16, "prorated"),
        measured(START + timedelta(days=14), 1, 11),
    )
    forms = {
        "phq9": form("phq9", "open", scores),
        "isi": form("isi", "open"),
        "mina_mal": form(
            "mina_mal",
            "done",
            (
                record(
                    START + timedelta(days=3),
                    {"mal": "Gå ut varje dag & träffa Kim", "varfor": "Det brukade ge mig kraft.\n\nJag saknar det."},
                ),
            ),
        ),
        "allt": form("allt", "open", hidden=frozenset({"dold"})),
        "somndagbok": form(
            "somndagbok",
            "open",
            nights(),
            summaries={"week_se": Fraction(76)},
            entries_required=5,
            entries_done=4,
            open_dates=(TODAY, TODAY - timedelta(days=1), TODAY - timedelta(days=2)),
        ),
        "somnfonster": form("somnfonster", "open"),
        "lamplighet": form("lamplighet", "open"),
    }
    given: dict[str, Any] = {
        "program": made or program(),
        "digest": "",
        "now": NOW,
        "started_on": START,
        "day": 17,
        "week": 3,
        "phase": "under-way",
        "modules": (
            ModuleSituation("valkommen", "complete", START, START, (), ()),
            ModuleSituation(
                "forsta", "open", START + timedelta(days=7), START + timedelta(days=7), (), ("allt", "somndagbok")
            ),
            ModuleSituation(
                "aktivitet",
                "locked",
                None,
                TODAY + timedelta(days=2),
                (Text("Öppnar när du är klar med modulen före.", "Opens when the module before is done."),),
                (),
            ),
            ModuleSituation("framat", "hidden", None, None, (), ()),
        ),
        "measurements": (
            MeasurementSituation("phq9", "start", "done", START, START + timedelta(days=3)),
            MeasurementSituation("phq9", "week-1", "done", START + timedelta(days=7), START + timedelta(days=10)),
            MeasurementSituation("phq9", "week-2", "due", TODAY - timedelta(days=1), TODAY + timedelta(days=2)),
            MeasurementSituation("phq9", "end", "upcoming", TODAY + timedelta(days=40), TODAY + timedelta(days=43)),
        ),
        "forms": forms,
        "decisions": {
            "somnfonster": DecisionSituation(
                "somnfonster",
                "proposed",
                Fraction(76),
                6,
                Fraction(335),
                TODAY,
                Text(
                    "Sömneffektiviteten är under 80 procent: 15 minuter kortare.",
                    "Sleep efficiency is below 80 percent: 15 minutes less.",
                ),
                Fraction(360),
                TODAY - timedelta(days=7),
                "Robin Ek",
                {"bedtime": TimeOfDay(30)},
                {"bedtime": TimeOfDay(55)},
            )
        },
        "flags": (
            RaisedFlag(
                7,
                "phq9-2",
                "red",
                datetime(2026, 11, 21, 9, 12, tzinfo=STOCKHOLM),
                "phq9",
                ("q9",),
                {"q9": 2},
                Text(
                    "Patienten har svarat att svåra tankar finns de flesta dagar.",
                    "The patient has answered that hard thoughts are there most days.",
                ),
                "unit",
                "library/kris",
                datetime(2026, 11, 22, 9, 12, tzinfo=STOCKHOLM),
            ),
            RaisedFlag(
                4,
                "measurement-missed",
                "yellow",
                datetime(2026, 11, 18, 8, 0, tzinfo=STOCKHOLM),
                "phq9",
                (),
                {},
                Text("En mätning uteblev.", "A measurement was missed."),
                "therapist",
                "",
                None,
                acknowledged_at=datetime(2026, 11, 19, 10, 0, tzinfo=STOCKHOLM),
                acknowledged_by="Robin Ek",
                action="Skickade ett meddelande.",
            ),
        ),
        "messages": (
            Message(
                datetime(2026, 11, 12, 9, 0, tzinfo=STOCKHOLM),
                "patient",
                "Samira",
                "Hej! Jag undrar om jag ska fylla i dagboken även på helgen?",
            ),
            Message(
                datetime(2026, 11, 13, 15, 30, tzinfo=STOCKHOLM),
                "therapist",
                "Robin Ek",
                "Hej Samira,\n\nja, gärna alla dagar. Det räcker med fem.",
            ),
        ),
        "environment": Environment(
            TODAY,
            START,
            {"phq9": scores, "mina_mal": forms["mina_mal"].records, "somndagbok": nights()},
            summaries={"somndagbok": {"week_se": Fraction(76)}},
        ),
        "last_seen": datetime(2026, 11, 20, 20, 0, tzinfo=STOCKHOLM),
        "patient": "Samira",
        "therapist": "Robin Ek",
    }
    return Situation(**(given | more))


def red_flag() -> Flag:
    return Flag("phq9-2", expression("phq9.q9 >= 2"), "red", ("q9",), "", "unit", 24, "library/kris")
