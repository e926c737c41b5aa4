"""Mistakes planted in the scoring of the browser, one at a time: each is a piece of the script and what stands there instead."""

from __future__ import annotations

from collections.abc import Mapping

from designtool.cli.javascript import scripts

JAVASCRIPT: Mapping[str, tuple[str, str]] = {
    "text taken for a number": ('if (typeof answer !== "number") return false;', ""),
    "null refused": ("else if (answer !== null && !readAnswer", "else if (!readAnswer"),
    "declined without a risk": ("answer === DECLINED && item.risk", "answer === DECLINED"),
    "unknown items passed over": ("if (!item) refusals.push(id);", "if (!item) continue;"),
    "scored in spite of a refusal": ("if (refusals.length) return", "if (false) return"),
    "unknown shows": ("if (shown === true) continue;", "if (shown !== false) continue;"),
    "a hidden item keeps its answer": ("    values.delete(item.id);\n", ""),
    "a hidden item stays declined": ("    statuses.delete(item.id);\n", ""),
    "what is not asked leaves the rest undecided": (
        "if (shown !== false && !missing.every((name) => statuses.get(name) === NOT_ASKED)) continue;",
        "if (shown !== false) continue;",
    ),
    "hidden counts as nothing": ("if ((item.when_hidden ?? null) !== null)", "if (false)"),
    "hidden counts as zero alone": ("(item.when_hidden ?? null) !== null", "item.when_hidden"),
    "one answer too few": ("answered.length >= neededAnswers", "answered.length > neededAnswers"),
    "never prorated": ("Math.max(1, least)", "counted"),
    "of nothing at all": ("Math.max(1, least)", "least"),
    "prorated is complete": ('? "complete" : "prorated"', '? "complete" : "complete"'),
    "not prorated": ("total.times(whole).over(there)", "total"),
    "prorated twice": (
        "if (there.compare(whole) === 0) return total;",
        "if (false) return total;\n  return there.compare(ZERO) === 0 ? null : total.times(whole).times(whole).over(there).over(there);",
    ),
    "weights of nothing divided by": (
        "there.compare(ZERO) === 0 ? null : total.times(whole).over(there)",
        "total.times(whole).over(there)",
    ),
    "mean over all items": ("total.over(wholeNumber(answered.length))", "total.over(wholeNumber(counted.length))"),
    "weights in every method": ('rule.method === "weighted" && Object', "Object"),
    "reversed by the highest alone": ("low.plus(high).minus(answer)", "high.minus(answer)"),
    "nothing reversed": ("if (!(rule.reverse ?? []).includes(item.id)) return answer;", "return answer;"),
    "a band begins above its start": ("start.compare(value) <= 0)", "start.compare(value) < 0)"),
    "the last band listed": ("best && band.start.compare(best.start) <= 0 ? best : band", "band"),
    "clinical from above": ("side >= 0 : side < 0", "side > 0 : side < 0"),
    "clinical on the other side": ("side >= 0 : side < 0", "side >= 0 : side <= 0"),
    "an expression counts no earlier score's items": (
        "countedItems(earlier, questionnaire).forEach((id) => read.add(id));",
        ";",
    ),
    "scores are not seen": ("if (result.value) values.set(rule.id, result.value);", ""),
    "a skipped risk is silent": ('status === "skipped" || status === DECLINED', "status === DECLINED"),
    "a declined risk is silent": ('status === "skipped" || status === DECLINED', 'status === "skipped"'),
    "every item is a risk": ("questionnaire.items.filter(({ risk }) => risk)", "questionnaire.items"),
    "nothing is certain": ("if (known !== null) return known === true;", "return known === true;"),
    "some completion is enough": (".every((answers) => evaluate(tree", ".some((answers) => evaluate(tree"),
    "a hidden item could be anything": ("&& !hidden.has(item.id)", ""),
    "missing scores have no domain": ('rule.method !== "expression") found.set', "false) found.set"),
    "reachable without the reversed": (
        ".map((end) => counts(rule, item, end).times(weightOf(rule, id)))",
        ".map((end) => end.times(weightOf(rule, id)))",
    ),
    "reachable mean not divided": ('rule.method === "mean" ? range(low.over', "false ? range(low.over"),
    "true somewhere is true": ("settled.size === 1 && settled.has(true)", "settled.has(true)"),
    "and settled by a true": ('const settles = operator === "or";', 'const settles = operator === "and";'),
    "a range upside down": (
        "range(high && high.negated(), low && low.negated())",
        "range(low && low.negated(), high && high.negated())",
    ),
    "divided by what can be zero": (
        'operator === "/" && compared("==", b, oneOf([ZERO])).has(true)',
        "false",
    ),
    "equal ends are no order": ('order === 0 && (operator === ">=" || operator === "<")', "false"),
}
"""Name to a piece of the script that stands there once, and the mistake."""


def mutant(name: str) -> dict[str, str]:
    """The scripts, with the mistake."""
    piece, instead = JAVASCRIPT[name]
    code = scripts()
    assert code["scoring"].count(piece) == 1, f"stands {code['scoring'].count(piece)} times: {piece}"
    return {**code, "scoring": code["scoring"].replace(piece, instead)}
