"""What program.yaml says of the program as a whole."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE, PINNED, SAFE
from designtool.compare.kinds.stated import stated
from designtool.compare.pair import Pair
from designtool.diagnostics import Text
from designtool.model.exercise import Exercise
from designtool.model.flow import Feedback
from designtool.model.module import Module
from designtool.model.page import Page
from designtool.model.program import Audience, DerivedFrom, Program, Publisher, Rights, TherapistTerms
from designtool.model.questionnaire import Questionnaire

_HEAD = "-- program.yaml (change) --\n"
_OTHER_SUMMARY = _HEAD + "-summary: Ett litet program som visar formatet.\n+summary: Ett litet program.\n"

NOW_SHOWN = Kind(
    name="therapist-answers-shown",
    bump="major",
    in_flight="needs-migration",
    title=Text(
        "Det behandlaren fyller i visas nu för patienten", "What therapists fill in is now shown to the patient"
    ),
    why=Text(
        "Den som skriver ska veta vem som läser. Det som redan är skrivet skrevs i tron att patienten inte ser det.",
        "Whoever writes must know who reads. What is written already was written in the belief that no patient sees it.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("patienten ser nu svaren", "the patient now sees the answers")},
    fires="",
    near_miss="",
)
NO_LONGER_SHOWN = Kind(
    name="shown-to-patient-changed",
    bump="minor",
    in_flight="safe",
    title=Text(
        "Om patienten ser det behandlaren fyller i är ändrat",
        "Whether patients see what therapists fill in has been changed",
    ),
    why=Text(
        "Patienten förlorar något att läsa. Enheten ska veta om det innan versionen aktiveras.",
        "Patients lose something to read. The unit must know of it before the version is activated.",
    ),
    consequence=Text(
        "Pågående patienter ser inte längre det som behandlaren har fyllt i när den nya versionen ges.",
        "Patients under way no longer see what the therapist has filled in once the new version is given.",
    ),
    messages={"default": Text("patienten ser inte längre svaren", "the patient no longer sees the answers")},
    fires="",
    near_miss="",
)

FORK_ORIGIN = Kind(
    name="fork-origin-changed",
    bump="patch",
    in_flight="safe",
    title=Text("Vad programmet en gång utgick från är ändrat", "What the program was once begun from has been changed"),
    why=Text(
        "Det är ett besked om ursprunget. Vad programmet innehåller är oförändrat.",
        "It tells of the origin. What the program holds is unchanged.",
    ),
    consequence=SAFE,
    messages={"default": Text("uppgiften om ursprunget är ändrad", "the fact about the origin has been changed")},
    fires="",
    near_miss="",
)
OVERLAY_BASE = Kind(
    name="overlay-base-changed",
    bump="patch",
    in_flight="safe",
    title=Text("Vad anpassningen ligger över är ett annat", "What the overlay lies over is another"),
    why=Text(
        "Det är ett besked om vilket paket som är anpassat. Allt som därmed är annorlunda för patienten visas som egna ändringar.",
        "It tells which bundle has been adapted. All that is different for patients by it is shown as changes of its own.",
    ),
    consequence=SAFE,
    messages={
        "default": Text(
            "anpassningen ligger nu över {stands} i stället för {stood}",
            "the overlay now lies over {stands} instead of {stood}",
        ),
        "began": Text("det är en anpassning av {stands}", "it is an overlay of {stands}"),
        "ended": Text("det är inte längre en anpassning av {stood}", "it is no longer an overlay of {stood}"),
    },
    fires="",
    near_miss="",
)
_ORIGIN = frozenset((DerivedFrom, name) for name in ("program", "version", "digest"))


def _fork_origin(difference: Difference, pair: Pair) -> Iterator[Change]:
    if _is_of(difference, pair.old.derived_from, pair.new.derived_from):
        yield pair.change(FORK_ORIGIN, difference, field=difference.field)


def _overlay_base(difference: Difference, pair: Pair) -> Iterator[Change]:
    """One change, however many of the three values differ."""
    before, now = pair.old.overlay_of, pair.new.overlay_of
    if not _is_of(difference, before, now):
        return
    variant = "began" if before is None else "ended" if now is None else "default"
    yield pair.change(OVERLAY_BASE, difference, variant, old=before, new=now, stood=_named(before), stands=_named(now))


def _is_of(difference: Difference, before: DerivedFrom | None, now: DerivedFrom | None) -> bool:
    """Whether it is this origin that differs: both origins of a program are made of the same values."""
    place = difference.place
    return place.of is Program or (place.old is before and place.new is now)


def _named(below: DerivedFrom | None) -> str:
    return f"{below.program} {below.version}" if below is not None else ""


FAMILIES: tuple[Family, ...] = (
    stated(
        Kind(
            name="migration-changed",
            bump="patch",
            in_flight="safe",
            title=Text(
                "Flytten från en tidigare version är ändrad", "The migration from an earlier version has been changed"
            ),
            why=Text(
                "Den säger hur patienter kommer hit från en äldre version. Vad programmet innehåller är oförändrat.",
                "It says how patients come here from an earlier version. What the program holds is unchanged.",
            ),
            consequence=Text(
                "De som ännu inte har flyttats flyttas så som den nya versionen säger.",
                "Those who have not moved yet move as the new version says.",
            ),
            messages={"default": Text("flyttarna är ändrade", "the migrations have been changed")},
            fires="",
            near_miss="",
        ),
        [(Program, "migrations")],
    ),
    Family((FORK_ORIGIN,), _ORIGIN | {(Program, "derived_from")}, _fork_origin),
    Family((OVERLAY_BASE,), _ORIGIN | {(Program, "overlay_of")}, _overlay_base),
    Family(
        (NO_LONGER_SHOWN, NOW_SHOWN),
        frozenset({(Exercise, "shown_to_patient")}),
        lambda difference, pair: iter((pair.change(NOW_SHOWN if difference.new else NO_LONGER_SHOWN, difference),)),
    ),
    stated(
        Kind(
            name="version-stated",
            bump="none",
            in_flight="safe",
            title=Text("Versionsnumret är ett annat", "The version number is another"),
            why=Text(
                "Numret är vad författaren påstår om ändringarna. Det kräver inget i sig.",
                "The number is what the author claims of the changes. It needs nothing by itself.",
            ),
            consequence=SAFE,
            messages={"default": Text("versionsnumret är ett annat", "the version number is another")},
            fires=_HEAD + "-version: 1.0.0\n+version: 1.0.1\n",
            near_miss=_OTHER_SUMMARY,
        ),
        [(Program, "version")],
    ),
    stated(
        Kind(
            name="format-changed",
            bump="major",
            in_flight="pin-only",
            title=Text("Programmet är av ett annat format", "The program is of another format"),
            why=Text(
                "En miljö som inte läser formatet kan inte visa programmet.",
                "A runtime that does not read the format cannot show the program.",
            ),
            consequence=PINNED,
            messages={"default": Text("formatet är ett annat", "the format is another")},
            fires="",
            near_miss="",
        ),
        [(Program, "format")],
    ),
    stated(
        Kind(
            name="program-id-changed",
            bump="major",
            in_flight="pin-only",
            title=Text("Det är ett annat program", "It is another program"),
            why=Text(
                "Ett program med ett annat id är inte en ny version av samma program. Ingen patient kan flyttas dit av sig själv.",
                "A program with another id is no new version of the same program. No patient can move there by itself.",
            ),
            consequence=PINNED,
            messages={"default": Text("programmet har ett annat id", "the program has another id")},
            fires="",
            near_miss="",
        ),
        [(Program, "id")],
    ),
    stated(
        Kind(
            name="program-kind-changed",
            bump="major",
            in_flight="pin-only",
            title=Text("Programmet är av en annan sort", "The program is of another kind"),
            why=Text(
                "Behandling, utbildning och stöd har olika krav på uppföljning och ansvar.",
                "Treatment, education and support have different demands on follow-up and responsibility.",
            ),
            consequence=PINNED,
            messages={"default": Text("programmet är av en annan sort", "the program is of another kind")},
            fires=_HEAD + "-kind: treatment\n+kind: support\n",
            near_miss=_OTHER_SUMMARY,
        ),
        [(Program, "kind")],
    ),
    stated(
        Kind(
            name="language-changed",
            bump="major",
            in_flight="pin-only",
            title=Text("Programmet är på ett annat språk", "The program is in another language"),
            why=Text("Varje ord som patienten läser är ett annat.", "Every word that patients read is another."),
            consequence=PINNED,
            messages={"default": Text("språket är ett annat", "the language is another")},
            fires=_HEAD + "-language: sv\n+language: en\n",
            near_miss=_OTHER_SUMMARY,
        ),
        [(Program, "language")],
    ),
    stated(
        Kind(
            name="publisher-changed",
            bump="major",
            in_flight="pin-only",
            title=Text("En annan region ger ut programmet", "Another region publishes the program"),
            why=Text(
                "Ansvaret för innehållet går över till någon annan, och avtal gäller den som gav ut det.",
                "Responsibility for the content passes to somebody else, and agreements are with whoever published it.",
            ),
            consequence=PINNED,
            messages={"default": Text("en annan region ger ut programmet", "another region publishes the program")},
            fires=_HEAD + "-  region: vgr\n+  region: skane\n",
            near_miss=_HEAD + "-  contact: kim@example.se\n+  contact: program@example.se\n",
        ),
        [(Program, "publisher"), (Publisher, "region")],
    ),
    stated(
        Kind(
            name="publisher-contact-changed",
            bump="patch",
            in_flight="safe",
            title=Text(
                "Någon annan svarar för programmet hos utgivaren",
                "Somebody else answers for the program at the publisher",
            ),
            why=Text(
                "Regionen är densamma. Den som ansvarar, eller hur man når den, är en annan.",
                "The region is the same. Who is responsible, or how to reach them, is another.",
            ),
            consequence=SAFE,
            messages={
                "default": Text(
                    "uppgifterna om den ansvariga är ändrade", "the facts about who is responsible have been changed"
                )
            },
            fires=_HEAD + "-  contact: kim@example.se\n+  contact: program@example.se\n",
            near_miss=_HEAD + "-  region: vgr\n+  region: skane\n",
        ),
        [(Publisher, "responsible"), (Publisher, "role"), (Publisher, "contact"), (Program, "producer")],
    ),
    stated(
        Kind(
            name="rights-changed",
            bump="minor",
            in_flight="safe",
            title=Text("Licens eller rättighetshavare är ändrad", "Licence or holder of the rights has been changed"),
            why=Text(
                "Vem som får använda och dela programmet är ändrat. Enheten ska veta om det innan versionen aktiveras.",
                "Who may use and share the program has changed. The unit must know before the version is activated.",
            ),
            consequence=SAFE,
            messages={
                "default": Text(
                    "rättigheterna till programmet är ändrade", "the rights to the program have been changed"
                )
            },
            fires=_HEAD + "-  licence: CC-BY-4.0\n+  licence: CC-BY-SA-4.0\n",
            near_miss=_OTHER_SUMMARY,
        ),
        [(Program, "rights"), (Rights, "licence"), (Rights, "holder")],
    ),
    stated(
        Kind(
            name="audience-changed",
            bump="major",
            in_flight="pin-only",
            title=Text("Programmet är för andra patienter", "The program is for other patients"),
            why=Text(
                "Ålder, svårighet och tillstånd är vad bedömningen före start bygger på.",
                "Age, severity and conditions are what the assessment before the start builds on.",
            ),
            consequence=Text(
                "Pågående patienter är bedömda för den version de började med, och fortsätter på den.",
                "Patients under way were assessed for the version they began with, and go on with it.",
            ),
            messages={"default": Text("vem programmet är för är ändrat", "whom the program is for has been changed")},
            fires=_HEAD + "-    min: 18\n+    min: 16\n",
            near_miss=_OTHER_SUMMARY,
        ),
        [(Program, "audience"), *((Audience, name) for name in ("age_min", "age_max", "severity", "conditions"))],
    ),
    stated(
        Kind(
            name="duration-changed",
            bump="major",
            in_flight="needs-migration",
            title=Text("Programmet tar ett annat antal veckor", "The program takes another number of weeks"),
            why=Text(
                "Slutmätningen och det planerade slutet flyttas.",
                "The last measurement and the planned end move.",
            ),
            consequence=MIGRATE,
            messages={"default": Text("antalet veckor är ändrat", "the number of weeks has been changed")},
            fires=_HEAD + "-  weeks: 6\n+  weeks: 8\n",
            near_miss=_HEAD + "-  minutes_per_week: 60\n+  minutes_per_week: 90\n",
        ),
        [(Program, "weeks")],
    ),
    stated(
        Kind(
            name="workload-estimate-changed",
            bump="patch",
            in_flight="safe",
            title=Text("Den uppskattade tiden är en annan", "The estimated time is another"),
            why=Text(
                "Det är ett besked om hur lång tid något tar. Inget som ska göras är ändrat.",
                "It tells how long something takes. Nothing that is to be done has changed.",
            ),
            consequence=SAFE,
            messages={"default": Text("den uppskattade tiden är ändrad", "the estimated time has been changed")},
            fires=_HEAD + "-  minutes_per_week: 60\n+  minutes_per_week: 90\n",
            near_miss=_HEAD + "-  weeks: 6\n+  weeks: 8\n",
        ),
        [
            (Program, "minutes_per_week"),
            (Module, "minutes"),
            (Page, "minutes"),
            (Exercise, "minutes"),
            (Questionnaire, "minutes"),
        ],
    ),
    stated(
        Kind(
            name="codes-changed",
            bump="minor",
            in_flight="safe",
            title=Text("KVÅ-koderna är ändrade", "The KVÅ codes have been changed"),
            why=Text(
                "Kontakter registreras med andra koder. Enheten ska veta om det innan versionen aktiveras.",
                "Contacts are registered with other codes. The unit must know of it before the version is activated.",
            ),
            consequence=Text(
                "Kontakter som redan är registrerade ändras inte.",
                "Contacts that are registered already do not change.",
            ),
            messages={"default": Text("koderna för kontakter är ändrade", "the codes of contacts have been changed")},
            fires=_HEAD + "-  kva: [DU011]\n+  kva: [DU011, ZV044]\n",
            near_miss=_OTHER_SUMMARY,
        ),
        [(Program, "codes")],
    ),
    stated(
        Kind(
            name="therapist-terms-changed",
            bump="minor",
            in_flight="safe",
            title=Text("Kraven på behandlaren är ändrade", "The demands on the therapist have been changed"),
            why=Text(
                "Kompetens och svarstider är vad enheten bemannar för.",
                "Competence and times to answer are what the unit is staffed for.",
            ),
            consequence=Text(
                "Pågående patienter får återkoppling inom den tid som den nya versionen säger när de får den.",
                "Patients under way get feedback within the time that the new version says once they have it.",
            ),
            messages={
                "default": Text("kraven på behandlaren är ändrade", "the demands on the therapist have been changed")
            },
            fires=_HEAD + "-  feedback_within_days: 7\n+  feedback_within_days: 5\n",
            near_miss=_OTHER_SUMMARY,
        ),
        [
            (Program, "therapist"),
            *(
                (TherapistTerms, name)
                for name in ("competence", "feedback_within_days", "messages_within_working_days")
            ),
            (Module, "feedback"),
            (Feedback, "within_days"),
        ],
    ),
    stated(
        Kind(
            name="retention-changed",
            bump="major",
            in_flight="pin-only",
            title=Text("Hur länge svar sparas är ändrat", "How long answers are kept has been changed"),
            why=Text(
                "Patienten har fått besked om hur länge svaren sparas, och regionen har avtalat om det.",
                "Patients have been told how long answers are kept, and the region has agreed on it.",
            ),
            consequence=PINNED,
            messages={"default": Text("hur länge svar sparas är ändrat", "how long answers are kept has been changed")},
            fires="",
            near_miss="",
        ),
        [(Program, "retention")],
    ),
    stated(
        Kind(
            name="pacing-stated",
            bump="patch",
            in_flight="safe",
            title=Text(
                "Det som gäller för moduler som inget annat säger är ändrat",
                "What holds for modules that say nothing else has been changed",
            ),
            why=Text(
                "Varje modul som därmed öppnar vid en annan tid är en ändring för sig.",
                "Every module that thereby opens at another time is a change of its own.",
            ),
            consequence=SAFE,
            messages={"default": Text("takten i program.yaml är ändrad", "the pace in program.yaml has been changed")},
            fires=_HEAD + "-  days_per_module: 7\n+  days_per_module: 6\n",
            near_miss=_HEAD + "-  weeks: 6\n+  weeks: 8\n",
        ),
        [(Program, "unlock_sequential"), (Program, "days_per_module")],
    ),
    stated(
        Kind(
            name="introduction-mark-changed",
            bump="patch",
            in_flight="safe",
            title=Text(
                "Om en modul är introduktionen är ändrat", "Whether a module is the introduction has been changed"
            ),
            why=Text(
                "Modulen numreras annorlunda. Vad som ska göras i den är egna ändringar.",
                "The module is numbered otherwise. What is to be done in it are changes of their own.",
            ),
            consequence=SAFE,
            messages={
                "default": Text("märkningen som introduktion är ändrad", "the mark as introduction has been changed")
            },
            fires="-- modules/01-start/module.yaml (change) --\n-minutes: 20\n+minutes: 20\n+introduction: true\n",
            near_miss="-- modules/01-start/module.yaml (change) --\n-minutes: 20\n+minutes: 25\n",
        ),
        [(Module, "introduction")],
    ),
)
