"""What an entry must fulfil to be taken, and what is asked about before it is."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE, SAFE
from designtool.compare.kinds.rewritten import REWRITTEN
from designtool.compare.kinds.text import CORRECTED
from designtool.compare.meaning import any_of
from designtool.compare.pair import Pair
from designtool.diagnostics import Text
from designtool.model.exercise import Constraint, Exercise

_PLAN = "-- modules/01-start/exercises/min_plan.yaml (change) --\n"

TIGHTENED = Kind(
    name="constraint-tightened",
    bump="major",
    in_flight="needs-migration",
    title=Text("Svar som togs emot stoppas nu", "Answers that were taken are now refused"),
    why=Text(
        "Den som är mitt i en övning kan få sina svar stoppade, och gamla svar uppfyller inte kravet.",
        "Those in the middle of an exercise may have their answers refused, and old answers do not meet the demand.",
    ),
    consequence=MIGRATE,
    messages={
        "default": Text("svar som togs emot stoppas nu", "answers that were taken are now refused"),
        "unknown": Text(
            "kontrollerna är omskrivna; det gick inte att visa att samma svar tas emot",
            "the constraints are rewritten; it could not be shown that the same answers are taken",
        ),
    },
    fires=_PLAN
    + """\
-  - assert: not (minuter > 30 and styrka == 0)
+  - assert: not (minuter > 20 and styrka == 0)
""",
    near_miss=_PLAN
    + """\
-  - assert: not (minuter > 30 and styrka == 0)
+  - assert: minuter <= 30 or styrka != 0
""",
)
LOOSENED = Kind(
    name="constraint-loosened",
    bump="minor",
    in_flight="safe",
    title=Text("Svar som stoppades tas nu emot", "Answers that were refused are now taken"),
    why=Text(
        "Svar som förut inte kunde finnas kan nu finnas. Enheten ska veta om det innan versionen aktiveras.",
        "Answers that could not be there before can be now. The unit must know before the version is activated.",
    ),
    consequence=SAFE,
    messages={"default": Text("svar som stoppades tas nu emot", "answers that were refused are now taken")},
    fires=_PLAN
    + """\
-  - assert: not (minuter > 30 and styrka == 0)
+  - assert: not (minuter > 40 and styrka == 0)
""",
    near_miss=_PLAN
    + """\
-  - assert: not (minuter > 30 and styrka == 0)
+  - assert: not (minuter > 20 and styrka == 0)
""",
)
QUESTION = Kind(
    name="confirmation-changed",
    bump="minor",
    in_flight="safe",
    title=Text("Patienten får en kontrollfråga för andra svar", "Patients are asked to confirm other answers"),
    why=Text(
        "Inga svar stoppas, men frågan om det stämmer kommer för andra svar än förut.",
        "No answers are refused, but the question whether it is right comes for other answers than before.",
    ),
    consequence=SAFE,
    messages={"default": Text("kontrollfrågan kommer för andra svar", "other answers are to be confirmed")},
    fires=_PLAN
    + """\
-  - assert: minuter <= 50
+  - assert: minuter <= 55
""",
    near_miss=_PLAN
    + """\
-    message: Det är länge. Stämmer det?
+    message: Det är länge. Är det så?
""",
)
_TAKEN, _REFUSED = Text("tas emot", "taken"), Text("stoppas", "refused")


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    old: tuple[Constraint, ...] = difference.old
    new: tuple[Constraint, ...] = difference.new
    found = False
    for level in ("block", "confirm"):
        for change in _of_level(difference, pair, level):
            found = True
            yield change
    conditions = [one.condition.source for one in old] != [one.condition.source for one in new]
    if not found and conditions:
        evidence = Text("samma svar tas emot", "the same answers are taken")
        yield pair.change(REWRITTEN, difference, old=_in_words(old), new=_in_words(new), evidence=evidence)
    for before, after in zip(old, new, strict=False):
        if before.message != after.message:
            yield pair.change(CORRECTED, difference, old=before.message, new=after.message, is_text=True)
    if (
        len(old) == len(new)
        and not found
        and not conditions
        and [one.level for one in old] != [one.level for one in new]
    ):
        yield pair.change(QUESTION, difference, old=_in_words(old), new=_in_words(new))


def _of_level(difference: Difference, pair: Pair, level: str) -> Iterator[Change]:
    """By what is refused: some condition of that level is false. What is unknown passes."""
    old, new = (
        any_of([("not", one.condition.tree) for one in some if one.level == level])
        for some in (difference.old, difference.new)
    )
    fewer = pair.meaning.holds_no_longer(old, new)
    more = pair.meaning.holds_from_now_on(old, new)
    words = (_in_words(difference.old, level), _in_words(difference.new, level))
    if level == "confirm":
        found = next((one for one in (fewer, more) if one.kind != "same"), None)
        if found is not None and not (old == new and found.kind == "not-shown"):
            asked, passes = Text("frågas om", "asked about"), Text("frågas inte om", "not asked about")
            sides = (asked, passes) if found is fewer else (passes, asked)
            yield pair.change(
                QUESTION, difference, old=words[0], new=words[1], witness=found.witness(*sides), evidence=found.evidence
            )
        return
    if more.kind == "different":
        yield pair.change(
            TIGHTENED,
            difference,
            old=words[0],
            new=words[1],
            witness=more.witness(_TAKEN, _REFUSED),
            evidence=more.evidence,
        )
    if fewer.kind == "different":
        yield pair.change(
            LOOSENED,
            difference,
            old=words[0],
            new=words[1],
            witness=fewer.witness(_REFUSED, _TAKEN),
            evidence=fewer.evidence,
        )
    open_one = next((one for one in (more, fewer) if one.kind == "not-shown"), None)
    if open_one is not None and "different" not in (more.kind, fewer.kind) and old != new:
        yield pair.change(TIGHTENED, difference, "unknown", old=words[0], new=words[1], evidence=open_one.evidence)


def _in_words(constraints: tuple[Constraint, ...], level: str = "") -> str:
    return "; ".join(one.condition.source for one in constraints if level in ("", one.level))


FAMILY = Family((TIGHTENED, LOOSENED, QUESTION), frozenset({(Exercise, "constraints")}), changes)
