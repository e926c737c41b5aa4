"""What answers come to: scores, the bands they fall into, and how a score is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from designtool.check.domains import sum_of
from designtool.compare.change import Change, Witness
from designtool.compare.difference import Difference, Place
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import PINNED, SAFE
from designtool.compare.kinds.rewritten import REWRITTEN
from designtool.compare.meaning import Verdict
from designtool.compare.pair import Pair
from designtool.compare.shown import shown
from designtool.diagnostics import Text
from designtool.expressions.prove import possible_values
from designtool.model.questionnaire import ClinicalThreshold, Missing, Questionnaire, Score
from designtool.treatment.scoring import band_of

_VALIDATED = "-- /programs/library/questionnaires/provskala.yaml (change) --\n"
_SECOND_SCORE = """\
-- questionnaires/min_koll.yaml (change) --
-scores:
+scores:
+  - id: medel
+    label: Medelvärde
+    method: mean
+    items: [q1 .. q2]
+    missing:
+      rule: require-all
+      at_least: 2
+    range: [0, 2]
"""

CHANGED = Kind(
    name="score-changed",
    bump="major",
    in_flight="pin-only",
    needs_acknowledgement=True,
    title=Text("Samma svar ger en annan poäng", "The same answers give another score"),
    why=Text(
        "En poäng som räknas på ett annat sätt flyttar patienter över gränser för svårighet, flaggor och beslut.",
        "A score that is worked out otherwise moves patients across the limits of severity, flags and decisions.",
    ),
    consequence=Text(
        "Pågående patienter fortsätter på den version de började med, så att deras poäng går att jämföra hela vägen.",
        "Patients under way go on with the version they began with, so that their scores can be compared all the way.",
    ),
    messages={
        "default": Text("samma svar ger en annan poäng", "the same answers give another score"),
        "unknown": Text(
            "räkningen är omskriven; det gick inte att visa att den ger samma poäng",
            "the working-out is rewritten; it could not be shown to give the same score",
        ),
    },
    fires=_VALIDATED
    + """\
-      rule: prorate
-      at_least: 2
+      rule: require-all
+      at_least: 3
""",
    near_miss=_VALIDATED
    + """\
-    method: sum
+    method: weighted
+    weights: {p1: 1, p2: 1, p3: 1}
""",
)
REMOVED = Kind(
    name="score-removed",
    bump="major",
    in_flight="pin-only",
    needs_acknowledgement=True,
    title=Text("En poäng är borttagen", "A score has been removed"),
    why=Text(
        "Behandlaren ser inte längre värdet, och det som räknades på det har inget att räkna på.",
        "Therapists no longer see the value, and what was worked out from it has nothing to go by.",
    ),
    consequence=PINNED,
    messages={"default": Text("poängen {id} är borttagen", "the score {id} has been removed")},
    before=_SECOND_SCORE,
    fires="""\
-- questionnaires/min_koll.yaml (change) --
-  - id: medel
-    label: Medelvärde
-    method: mean
-    items: [q1 .. q2]
-    missing:
-      rule: require-all
-      at_least: 2
-    range: [0, 2]
+
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - medel
""",
    near_miss="""\
-- questionnaires/min_koll.yaml (change) --
-    label: Medelvärde
+    label: Medel
""",
)
ADDED = Kind(
    name="score-added",
    bump="minor",
    in_flight="safe",
    title=Text("En poäng har kommit till", "A score has been added"),
    why=Text(
        "Behandlaren ser ett nytt värde. Enheten ska veta om det innan versionen aktiveras.",
        "Therapists see a new value. The unit must know of it before the version is activated.",
    ),
    consequence=Text(
        "Pågående patienter får värdet vid nästa mätning.", "Patients under way get the value at the next measurement."
    ),
    messages={"default": Text("poängen {id} är ny", "the score {id} is new")},
    fires=_SECOND_SCORE,
    near_miss="""\
-- questionnaires/min_koll.yaml (change) --
-title: Hur mår du?
+title: Hur mår du nu?
""",
)
BANDS = Kind(
    name="score-bands-changed",
    bump="major",
    in_flight="pin-only",
    needs_acknowledgement=True,
    title=Text("Samma poäng kallas något annat", "The same score is called something else"),
    why=Text(
        "Banden är vad behandlaren läser: om poängen betyder lindrigt eller svårt.",
        "Bands are what therapists read: whether a score means mild or severe.",
    ),
    consequence=PINNED,
    messages={"default": Text("samma poäng hamnar i ett annat band", "the same score falls into another band")},
    fires=_VALIDATED
    + """\
-      - from: 5
-        label: Hög
+      - from: 6
+        label: Hög
""",
    near_miss=_VALIDATED
    + """\
-    label: Summa
+    label: Summan
""",
)
INTERPRETATION = Kind(
    name="score-interpretation-changed",
    bump="major",
    in_flight="pin-only",
    needs_acknowledgement=True,
    title=Text("En poäng tolkas på ett annat sätt", "A score is interpreted otherwise"),
    why=Text(
        "Gränsen för sjukdom och för säker förändring avgör vad behandlaren ser som bättre eller sämre.",
        "The clinical cut-off and the reliable change decide what therapists see as better or worse.",
    ),
    consequence=PINNED,
    messages={"default": Text("hur poängen tolkas är ändrat", "how the score is interpreted has been changed")},
    fires=_VALIDATED
    + """\
-    reliable_change: 3
+    reliable_change: 4
""",
    near_miss=_VALIDATED
    + """\
-    label: Summa
+    label: Summan
""",
)
RANGE = Kind(
    name="score-range-changed",
    bump="patch",
    in_flight="safe",
    title=Text("En poängs angivna ändar är ändrade", "The stated ends of a score have been changed"),
    why=Text(
        "De styr bara axeln i diagrammet. Räknas poängen annorlunda är det en ändring för sig.",
        "They only decide the axis of the chart. Another working-out is a change of its own.",
    ),
    consequence=SAFE,
    messages={"default": Text("de angivna ändarna är ändrade", "the stated ends have been changed")},
    fires="",
    near_miss="",
)
_RULE = frozenset({"method", "items", "weights", "reverse", "missing", "rule", "at_least", "value"})


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    place, field = difference.place, difference.field
    score = place.within(Score)
    if field == "scores":
        if difference.what == "removed":
            yield pair.change(REMOVED, difference, id=difference.id)
        elif difference.what == "added":
            yield pair.change(ADDED, difference, id=difference.id)
    elif score is not None and field == "bands":
        yield from _of_bands(difference, score, pair)
    elif field in ("low", "high"):
        yield pair.change(RANGE, difference)
    elif score is not None and (field in ("reliable_change", "clinical_threshold") or place.of is ClinicalThreshold):
        yield pair.change(INTERPRETATION, difference, old=_reading(score.old), new=_reading(score.new))
    elif score is not None and field in _RULE and score.around is not None:
        found = list(_other_score(difference, score, pair))
        if found or difference.is_equal:
            yield from found
        else:
            evidence = _verdict(pair, score.around, score.old.id).evidence
            yield pair.change(
                REWRITTEN, difference, old=rule_in_words(score.old), new=rule_in_words(score.new), evidence=evidence
            )


def _other_score(difference: Difference, score: Place, pair: Pair) -> Iterator[Change]:
    """The change of a score that comes to something else for the same answers, or may."""
    assert score.around is not None
    verdict = _verdict(pair, score.around, score.old.id)
    if verdict.kind == "same" or (verdict.kind == "not-shown" and difference.is_equal):
        return
    yield pair.change(
        CHANGED,
        Difference(score, "method", "changed", score.old, score.new),
        "default" if verdict.kind == "different" else "unknown",
        old=rule_in_words(score.old),
        new=rule_in_words(score.new),
        witness=verdict.value_witness(),
        evidence=verdict.evidence,
    )


def rule_in_words(score: Score) -> str:
    """How a score is worked out, as an author writes it."""
    parts = [f"method: {score.method}"]
    if score.value is not None:
        parts.append(f"value: {score.value.source}")
    if score.items:
        parts.append(f"items: {', '.join(score.items)}")
    if score.method == "weighted":
        parts.append(f"weights: {shown(score.weights)}")
    if score.reverse:
        parts.append(f"reverse: {', '.join(score.reverse)}")
    parts.append(f"missing: {score.missing.rule}, at_least: {score.missing.at_least}")
    return "\n".join(parts)


def _verdict(pair: Pair, questionnaire: Place, id: str) -> Verdict:
    tree = ("ref", questionnaire.old.id, id)
    return pair.meaning.comes_to_another_value(tree, tree)


def _of_bands(difference: Difference, score: Place, pair: Pair) -> Iterator[Change]:
    apart = next((value for value in _values(score) if _band(score.old, value) != _band(score.new, value)), None)
    old, new = _bands(score.old), _bands(score.new)
    if apart is None:
        evidence = Text("alla poäng är prövade", "every score has been tried")
        yield pair.change(REWRITTEN, difference, old=old, new=new, evidence=evidence)
        return
    name = ".".join(id for _, id in score.about if id)
    answers: Mapping[str, str] = MappingProxyType({name: shown(apart) or ""})
    nothing = Text("inget band", "no band")
    before, after = (
        nothing if label is None else Text(label, label) for label in (_band(score.old, apart), _band(score.new, apart))
    )
    yield pair.change(BANDS, difference, old=old, new=new, witness=Witness(answers, before, after))


def _values(score: Place) -> tuple[Fraction, ...]:
    """Every value that the score can have, where they are few enough; else those at and between the limits."""
    assert score.around is not None
    found: set[Fraction] = set()
    for questionnaire, one in ((score.around.old, score.old), (score.around.new, score.new)):
        sum = sum_of(questionnaire, one)
        possible = possible_values(sum) if sum is not None else None
        starts = {band.start for band in (*score.old.bands, *score.new.bands)}
        found |= starts | {start - Fraction(1, 1000) for start in starts} if possible is None else possible
    return tuple(sorted(found, key=lambda value: (value.denominator != 1, value)))


def _band(score: Score, value: Fraction) -> str | None:
    return band_of(value, score.bands)


def _bands(score: Score) -> str:
    return ", ".join(f"{shown(band.start)} {band.label}" for band in score.bands)


def _reading(score: Score) -> str | None:
    """As an author writes it."""
    parts = [f"reliable_change: {shown(score.reliable_change)}"] if score.reliable_change is not None else []
    if score.clinical_threshold is not None:
        parts.append(f"clinical_threshold: {score.clinical_threshold.side} {shown(score.clinical_threshold.at)}")
    return "\n".join(parts) or None


FAMILY = Family(
    (CHANGED, REMOVED, ADDED, BANDS, INTERPRETATION, RANGE),
    frozenset(
        {
            (Questionnaire, "scores"),
            *((Score, name) for name in ("method", "items", "weights", "reverse", "missing", "value")),
            *((Score, name) for name in ("bands", "low", "high", "reliable_change", "clinical_threshold")),
            (Missing, "rule"),
            (Missing, "at_least"),
            (ClinicalThreshold, "at"),
            (ClinicalThreshold, "side"),
        }
    ),
    changes,
)
