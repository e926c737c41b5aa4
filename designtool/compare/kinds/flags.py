"""Whom a flag tells of which answers, and how urgently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from designtool.compare.change import Change, Subject, Witness
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.rewritten import REWRITTEN
from designtool.compare.kinds.risk_text import RISK
from designtool.compare.kinds.text import CORRECTED
from designtool.compare.meaning import Verdict, any_of
from designtool.compare.pair import Pair
from designtool.diagnostics import Span, Text
from designtool.model.exercise import Exercise
from designtool.model.flow import Flag
from designtool.model.program import Program
from designtool.model.questionnaire import Item, Questionnaire

_VALIDATED = "-- /programs/library/questionnaires/provskala.yaml (change) --\n"
_DIARY = "-- modules/02-vidare/exercises/dagbok.yaml (change) --\n"

WEAKENED = Kind(
    name="flag-weakened",
    bump="major",
    in_flight="pin-only",
    needs_acknowledgement=True,
    title=Text(
        "En flagga höjs för färre svar, eller mindre bestämt", "A flag is raised for fewer answers, or less firmly"
    ),
    why=Text(
        "Någon som behandlaren hade fått veta om syns inte längre, syns senare eller som mindre allvarligt.",
        "Somebody of whom the therapist would have been told is no longer seen, is seen later, or as less serious.",
    ),
    consequence=Text(
        "Pågående patienter fortsätter på den version de började med. Deras flaggor höjs som förut.",
        "Patients under way go on with the version they began with. Their flags are raised as before.",
    ),
    messages={
        "default": Text(
            "svar som gav {level} flagga till {to} ger inte längre en lika stark",
            "answers that gave a {level} flag to {to} no longer give one as strong",
        ),
        "unknown": Text(
            "villkoren är omskrivna; det gick inte att visa att {level} flagga till {to} höjs lika ofta",
            "the conditions are rewritten; it could not be shown that a {level} flag to {to} is raised as often",
        ),
        "gone": Text(
            "svar gav {level} flagga till {to}, och frågorna finns inte längre",
            "answers gave a {level} flag to {to}, and the questions are gone",
        ),
        "risk": Text(
            "frågan är inte längre märkt som risk, så att den kan hoppas över i tysthet",
            "the item is no longer marked as a risk, so that it can be passed over silently",
        ),
        "optional": Text(
            "frågan får lämnas tom, så att flaggan eller spärren kan utebli i tysthet",
            "it may be left empty, so that the flag or the lock can fail to come in silence",
        ),
    },
    fires=_VALIDATED
    + """\
-  - when: p3 >= 2
+  - when: p3 >= 3
""",
    near_miss=_VALIDATED
    + """\
-  - when: p3 >= 2
+  - when: not (p3 < 2)
""",
)
STRENGTHENED = Kind(
    name="flag-strengthened",
    bump="minor",
    in_flight="safe",
    title=Text("En flagga höjs för fler svar, eller mer bestämt", "A flag is raised for more answers, or more firmly"),
    why=Text(
        "Behandlare och enhet får fler eller mer brådskande flaggor. De ska veta om det innan versionen aktiveras.",
        "Therapist and unit get more flags, or more urgent ones. They must know of it before the version is activated.",
    ),
    consequence=Text(
        "Den som får den nya versionen får flaggor för fler svar. Inget som höjdes förut faller bort.",
        "Whoever gets the new version has flags for more answers. Nothing that was raised before is lost.",
    ),
    messages={
        "default": Text(
            "fler svar än förut ger {level} flagga till {to}", "more answers than before give a {level} flag to {to}"
        ),
        "unknown": Text(
            "villkoren är omskrivna och kan ge {level} flagga till {to} för fler svar",
            "the conditions are rewritten and may give a {level} flag to {to} for more answers",
        ),
        "risk": Text(
            "frågan är märkt som risk: den som hoppar över den syns hos behandlaren",
            "the item is marked as a risk: whoever passes over it is shown to the therapist",
        ),
    },
    fires=_VALIDATED
    + """\
-  - when: p3 >= 2
+  - when: p3 >= 1
""",
    near_miss=_VALIDATED
    + """\
-  - when: p3 >= 2
+  - when: p3 > 1
""",
)
RENUMBERED = Kind(
    name="flags-renumbered",
    bump="minor",
    in_flight="needs-migration",
    title=Text("Flaggorna står i en annan ordning", "The flags stand in another order"),
    why=Text(
        "En höjd flagga hänvisar till sin plats i filen. Med en annan plats hänvisar den till en annan flagga.",
        "A raised flag refers to its place in the file. With another place it refers to another flag.",
    ),
    consequence=Text(
        "Höjda flaggor hos pågående patienter måste följa med till rätt plats vid en flytt.",
        "Raised flags of patients under way must go along to the right place in a migration.",
    ),
    messages={"default": Text("flaggan har en annan plats i filen", "the flag has another place in the file")},
    fires=_VALIDATED
    + """\
-flags:
-  - when: p3 >= 2
-    level: red
-    message: Ta upp svaret med patienten.
-    to: unit
-    escalate_after_hours: 24
-    patient_page: library/kris
-  - when: p3 == 1
-    level: yellow
-    to: therapist
+flags:
+  - when: p3 == 1
+    level: yellow
+    to: therapist
+  - when: p3 >= 2
+    level: red
+    message: Ta upp svaret med patienten.
+    to: unit
+    escalate_after_hours: 24
+    patient_page: library/kris
""",
    near_miss=_VALIDATED
    + """\
-  - when: p3 >= 2
+  - when: p3 > 1
""",
)
_LEVELS = ("green", "yellow", "red")
_LEVEL_WORDS = {
    "green": Text("grön", "green"),
    "yellow": Text("gul", "yellow"),
    "red": Text("röd", "red"),
}
_TO_WORDS = {"therapist": Text("behandlaren", "the therapist"), "unit": Text("enheten", "the unit")}
_RAISED, _NOT_RAISED = Text("flaggan höjs", "the flag is raised"), Text("ingen så stark flagga", "no flag as strong")


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    if difference.field in ("exercises", "questionnaires"):
        yield from _gone(difference, pair)
        return
    if difference.field == "risk":
        kind = WEAKENED if not difference.new or (difference.old and difference.new) else STRENGTHENED
        yield pair.change(kind, difference, "risk")
        return
    old, new = difference.old, difference.new
    lost = [_lost(flag, new, difference, pair, WEAKENED) for flag in old]
    gained = [_lost(flag, old, difference, pair, STRENGTHENED) for flag in new]
    found = [change for change in (*lost, *gained) if change is not None]
    yield from found
    for before, after in _pairs(old, new):
        if before.message != after.message:
            is_risk = before.level == "red" or after.level == "red" or _is_about_risk(after, difference)
            yield pair.change(
                RISK if is_risk else CORRECTED,
                difference,
                about=_about(after, difference),
                old=before.message,
                new=after.message,
                is_text=True,
            )
        if before.id != after.id or before.about != after.about:
            yield pair.change(
                RENUMBERED,
                difference,
                about=_about(after, difference),
                old=_named(before),
                new=_named(after),
            )
        if not found and before.when.source != after.when.source:
            evidence = Text("varje patient får samma flaggor", "every patient gets the same flags")
            yield pair.change(
                REWRITTEN,
                difference,
                about=_about(after, difference),
                old=before.when,
                new=after.when,
                evidence=evidence,
            )


def _lost(flag: Flag, others: tuple[Flag, ...], difference: Difference, pair: Pair, kind: Kind) -> Change | None:
    """The change for a flag that some answers raise without raising any in the other version that says as much."""
    as_strong = any_of([other.when.tree for other in others if _says_as_much(other, flag)])
    verdict = (
        pair.meaning.holds_no_longer(flag.when.tree, as_strong)
        if kind is WEAKENED
        else pair.meaning.holds_from_now_on(as_strong, flag.when.tree)
    )
    if verdict.kind == "same" or (verdict.kind == "not-shown" and difference.is_equal):
        return None
    other = next((other for one, other in _pairs((flag,), others) if one is flag), None)
    before, after = (flag, other) if kind is WEAKENED else (other, flag)
    level, to = _LEVEL_WORDS[flag.level], _TO_WORDS.get(flag.to, Text(flag.to, flag.to))
    text = kind.messages["default" if verdict.kind == "different" else "unknown"]
    change = pair.change(
        kind,
        difference,
        "default" if verdict.kind == "different" else "unknown",
        about=_about(flag, difference),
        old=None if before is None else _in_words(before),
        new=None if after is None else _in_words(after),
        witness=_witness(verdict, kind),
        evidence=verdict.evidence,
        spans=_spans(before, after, difference, pair),
        # Whether anybody is missed depends on the other flags of the form, too.
        meaning=(
            (_meaning(before), tuple(map(_meaning, difference.old))),
            (_meaning(after), tuple(map(_meaning, difference.new))),
        ),
        level=level.sv,
        to=to.sv,
    )
    english = text.en.format(level=level.en, to=to.en)
    return replace(change, message=Text(change.message.sv, english))


def _gone(difference: Difference, pair: Pair) -> Iterator[Change]:
    """A form that is removed takes its flags along: nobody is told any more of what it was told of."""
    for flag in difference.old.flags if difference.what == "removed" else ():
        word = "exercise" if isinstance(difference.old, Exercise) else "questionnaire"
        level, to = _LEVEL_WORDS[flag.level], _TO_WORDS.get(flag.to, Text(flag.to, flag.to))
        change = pair.change(
            WEAKENED,
            difference,
            "gone",
            about=((word, difference.id), ("flag", flag.id.rsplit("-", 1)[-1])),
            old=_in_words(flag),
            new=None,
            meaning=((_meaning(flag),), ()),
            level=level.sv,
            to=to.sv,
        )
        english = WEAKENED.messages["gone"].en.format(level=level.en, to=to.en)
        yield replace(change, message=Text(change.message.sv, english))


def _witness(verdict: Verdict, kind: Kind) -> Witness | None:
    if kind is WEAKENED:
        return verdict.witness(_RAISED, _NOT_RAISED)
    return verdict.witness(_NOT_RAISED, _RAISED)


def _says_as_much(other: Flag, flag: Flag) -> bool:
    """Whether whoever gets the other flag is told at least as much, by at least as much, as of this one."""
    if _LEVELS.index(other.level) < _LEVELS.index(flag.level) or other.to != flag.to:
        return False
    if flag.patient_page and other.patient_page != flag.patient_page:
        return False
    if flag.escalate_after_hours is None:
        return True
    return other.escalate_after_hours is not None and other.escalate_after_hours <= flag.escalate_after_hours


def _pairs(old: tuple[Flag, ...], new: tuple[Flag, ...]) -> Iterator[tuple[Flag, Flag]]:
    """Each old flag with the new one that it has become: of the same condition, else of the same answers and level."""
    rest = list(new)
    waiting: list[Flag] = []
    for flag in old:
        same = next((one for one in rest if one.when.tree == flag.when.tree and one.level == flag.level), None)
        same = same or next((one for one in rest if one.when.tree == flag.when.tree), None)
        if same is None:
            waiting.append(flag)
        else:
            rest.remove(same)
            yield flag, same
    for flag in waiting:
        like = next((one for one in rest if one.about == flag.about and one.level == flag.level), None)
        like = like or next((one for one in rest if one.id == flag.id), None)
        if like is not None:
            rest.remove(like)
            yield flag, like


def _is_about_risk(flag: Flag, difference: Difference) -> bool:
    form = difference.place.new
    items = form.items if isinstance(form, Questionnaire) else ()
    return any(item.risk for item in items if item.id in flag.about)


def _about(flag: Flag, difference: Difference) -> Subject:
    return (*difference.place.about, ("flag", flag.id.rsplit("-", 1)[-1]))


def _named(flag: Flag) -> str:
    return f"{flag.id} ({', '.join(flag.about)})"


def _meaning(flag: Flag | None) -> tuple[object, ...]:
    """When it is raised and what comes of it, whatever it says and wherever it stands."""
    return () if flag is None else (flag.when, flag.level, flag.to, flag.escalate_after_hours, flag.patient_page)


def _in_words(flag: Flag) -> str:
    """As an author writes it."""
    parts = [f"when: {flag.when.source}", f"level: {flag.level}", f"to: {flag.to}"]
    if flag.escalate_after_hours is not None:
        parts.append(f"escalate_after_hours: {flag.escalate_after_hours}")
    if flag.patient_page:
        parts.append(f"patient_page: {flag.patient_page}")
    return "\n".join(parts)


def _spans(
    before: Flag | None, after: Flag | None, difference: Difference, pair: Pair
) -> tuple[Span | None, Span | None]:
    return pair.spans(
        Difference(
            difference.place,
            difference.field,
            "added" if before is None else "removed" if after is None else "changed",
            before,
            after,
        )
    )


FAMILY = Family(
    (WEAKENED, STRENGTHENED, RENUMBERED),
    frozenset(
        {
            (Questionnaire, "flags"),
            (Exercise, "flags"),
            (Item, "risk"),
            (Program, "exercises"),
            (Program, "questionnaires"),
        }
    ),
    changes,
)
