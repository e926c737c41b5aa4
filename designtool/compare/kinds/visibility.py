"""Modules, pages and passages that are shown to some patients alone."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE, SAFE
from designtool.compare.kinds.rewritten import REWRITTEN
from designtool.compare.kinds.risk_text import RISK
from designtool.compare.kinds.unlocking import same_or_not_shown
from designtool.compare.meaning import tree_or_always
from designtool.compare.pair import Pair
from designtool.compare.passages import passages, revisions
from designtool.diagnostics import NOWHERE, Span, Text
from designtool.expressions.expression import Expression
from designtool.model.module import Module
from designtool.model.page import Page

_SHOWN, _HIDDEN = Text("visas", "shown"), Text("visas inte", "not shown")

MORE = Kind(
    name="shown-to-more",
    bump="minor",
    in_flight="safe",
    title=Text("En modul eller sida visas för fler", "A module or a page is shown to more patients"),
    why=Text(
        "Patienter möter innehåll som de inte hade mött. Enheten ska veta om det innan versionen aktiveras.",
        "Patients meet content that they would not have met. The unit must know of it before the version is activated.",
    ),
    consequence=SAFE,
    messages={
        "default": Text("visas för fler patienter", "is shown to more patients"),
    },
    fires="""\
-- modules/02-vidare/20-fonster.md (change) --
-show_if: min_koll.q2 >= 1
+show_if: min_koll.q2 >= 1 or min_koll.q1 >= 1
""",
    near_miss="""\
-- modules/02-vidare/20-fonster.md (change) --
-show_if: min_koll.q2 >= 1
+show_if: min_koll.q2 > 0
""",
)
FEWER = Kind(
    name="shown-to-fewer",
    bump="major",
    in_flight="needs-migration",
    title=Text("En modul eller sida visas för färre", "A module or a page is shown to fewer patients"),
    why=Text(
        "En patient som har haft den framför sig kan förlora den, med det hen har skrivit där.",
        "A patient who has had it before them may lose it, with what they have written there.",
    ),
    consequence=MIGRATE,
    messages={
        "default": Text("visas för färre patienter", "is shown to fewer patients"),
        "unknown": Text(
            "villkoret är omskrivet; det gick inte att visa att samma patienter ser den",
            "the condition is rewritten; it could not be shown that the same patients see it",
        ),
    },
    fires="""\
-- modules/02-vidare/20-fonster.md (change) --
-show_if: min_koll.q2 >= 1
+show_if: min_koll.q2 >= 2
""",
    near_miss="""\
-- modules/02-vidare/20-fonster.md (change) --
-show_if: min_koll.q2 >= 1
+show_if: not (min_koll.q2 < 1)
""",
)
PASSAGE = Kind(
    name="passage-condition-changed",
    bump="minor",
    in_flight="safe",
    title=Text("Ett stycke visas för andra patienter", "A passage is shown to other patients"),
    why=Text(
        "Några patienter läser en annan text än förut. Enheten ska veta om det innan versionen aktiveras.",
        "Some patients read another text than before. The unit must know of it before the version is activated.",
    ),
    consequence=SAFE,
    messages={
        "default": Text("stycket visas för andra patienter", "the passage is shown to other patients"),
        "unknown": Text(
            "villkoret är omskrivet; det gick inte att visa att samma patienter ser stycket",
            "the condition is rewritten; it could not be shown that the same patients see the passage",
        ),
    },
    fires="""\
-- modules/01-start/20-mer.md (change) --
-:::{if} min_koll.total >= 3
+:::{if} min_koll.total >= 2
""",
    near_miss="""\
-- modules/01-start/20-mer.md (change) --
-:::{if} min_koll.total >= 3
+:::{if} min_koll.total > 2
""",
)


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    if difference.field == "blocks" or difference.field == "guidance":
        yield from _of_passages(difference, pair)
        return
    old, new = tree_or_always(difference.old), tree_or_always(difference.new)
    fewer, more = pair.meaning.holds_no_longer(old, new), pair.meaning.holds_from_now_on(old, new)
    if fewer.kind == "different":
        kinds = (RISK, FEWER) if pair.is_risk(difference.place) else (FEWER,)
        for kind in kinds:
            variant = "hidden" if kind is RISK else "default"
            yield pair.change(
                kind, difference, variant, witness=fewer.witness(_SHOWN, _HIDDEN), evidence=fewer.evidence
            )
    if more.kind == "different":
        yield pair.change(MORE, difference, witness=more.witness(_HIDDEN, _SHOWN), evidence=more.evidence)
    if "different" not in (fewer.kind, more.kind) and not difference.is_equal:
        yield from same_or_not_shown(difference, pair, FEWER, (fewer, more), {})


def _of_passages(difference: Difference, pair: Pair) -> Iterator[Change]:
    for old, new, is_crisis, spans in _conditions(difference):
        fewer = pair.meaning.holds_no_longer(old.tree, new.tree)
        more = pair.meaning.holds_from_now_on(old.tree, new.tree)
        found = next((one for one in (fewer, more) if one.kind == "different"), None)
        is_risk = is_crisis or pair.is_risk(difference.place)
        if found is not None:
            before, after = (_SHOWN, _HIDDEN) if found is fewer else (_HIDDEN, _SHOWN)
            yield pair.change(
                RISK if is_risk else PASSAGE,
                difference,
                "hidden" if is_risk else "default",
                old=old,
                new=new,
                witness=found.witness(before, after),
                evidence=found.evidence,
                spans=spans,
            )
        elif (old.source, old.tree) != (new.source, new.tree):
            open_one = next((one for one in (fewer, more) if one.kind == "not-shown"), None)
            if open_one is None:
                yield pair.change(REWRITTEN, difference, old=old, new=new, evidence=fewer.evidence, spans=spans)
            else:
                kind, variant = (RISK, "hidden") if is_risk else (PASSAGE, "unknown")
                yield pair.change(kind, difference, variant, old=old, new=new, evidence=open_one.evidence, spans=spans)


def _conditions(
    difference: Difference,
) -> Iterator[tuple[Expression, Expression, bool, tuple[Span | None, Span | None]]]:
    """Each condition of a page that stands in both versions, with whether a crisis callout hangs on it."""
    changed = [(one.old, one.new) for one in revisions(difference.old, difference.new)]
    touched = {id(new.block) for _, new in changed if new is not None}
    before = {one.key: one for one in passages(difference.old)}
    same = [(before.get(one.key), one) for one in passages(difference.new) if id(one.block) not in touched]
    for old, new in (*changed, *same):
        if old is None or new is None or old.block.condition is None or new.block.condition is None:
            continue
        is_crisis = any(inner.is_crisis for part in (old, new) for inner in passages((part.block,), part.around))
        spans = (_span(old.block.span), _span(new.block.span))
        yield old.block.condition, new.block.condition, is_crisis, spans


def _span(span: Span) -> Span | None:
    return None if span == NOWHERE else span


FAMILY = Family(
    (MORE, FEWER, PASSAGE, REWRITTEN),
    frozenset({(Module, "show_if"), (Page, "show_if"), (Page, "blocks"), (Module, "guidance")}),
    changes,
)
