// Scores and flags of submitted answers, in the browser or in Node: the meaning of designtool/treatment/scoring.py, on the JSON of
// a questionnaire as a bundle carries it. Random questionnaires hold the two together.
//
//   score(questionnaire, { q1: 3, q9: "declined" });
//   // { scores: [{ id, value, status, band, clinical }], flags: [{ id, level }], refusals: [item, ...] }
//
// A value is a Rational, or null. With a refused answer nothing is scored and nothing raised.
import { Day, Rational, WrongValue, ceiled, evaluate, exactNumber, fromJson, present, rounded } from "./expressions.js";

const DECLINED = "declined";
const NOT_ASKED = "not-asked";
const MOST_COMPLETIONS = 4096;
const MOST_VALUES = 400;
const ZERO = new Rational(0n);
const ONE = new Rational(1n);
const SOME_DAY = new Day("1970-01-01");

export function score(questionnaire, answers) {
  const { values, statuses, refusals } = readAnswers(questionnaire, answers);
  if (refusals.length) return { scores: [], flags: [], refusals };
  const around = environment(questionnaire, values);
  const hidden = takeAwayHidden(questionnaire, values, statuses, around);
  for (const { id } of questionnaire.items) if (!values.has(id) && !statuses.has(id)) statuses.set(id, "skipped");
  const scores = questionnaire.scores.map((rule) => {
    const result = resultOf(rule, questionnaire, values, around);
    if (result.value) values.set(rule.id, result.value);
    return result;
  });
  return { scores, flags: [...raised(questionnaire, values, hidden, around), ...unansweredRisks(questionnaire, statuses)], refusals };
}

// Answers

function readAnswers(questionnaire, answers) {
  const items = byId(questionnaire.items);
  const [values, statuses, refusals] = [new Map(), new Map(), []];
  for (const [id, answer] of Object.entries(answers)) {
    const item = items.get(id);
    if (!item) refusals.push(id);
    else if (answer === DECLINED && item.risk) statuses.set(id, DECLINED);
    else if (answer !== null && !readAnswer(item, answer, values)) refusals.push(id);
  }
  return { values, statuses, refusals };
}

// Options are coded numbers, so an answer is one; text that looks like a number is not.
function readAnswer(item, answer, values) {
  if (typeof answer !== "number") return false;
  const { values: possible, low, high } = typeOfItem(item);
  try {
    values.set(item.id, fromJson({ kind: "number", values: possible.map(String), low, high }, answer));
    return true;
  } catch (error) {
    if (error instanceof WrongValue) return false;
    throw error;
  }
}

// The answers stand alone: no earlier copy, no other form. The draft follows `values` as scores are added to them.
function environment(questionnaire, values) {
  const draft = { dated: SOME_DAY, values };
  const nothing = new Map();
  return {
    today: SOME_DAY,
    start: SOME_DAY,
    records: nothing,
    own: questionnaire.id,
    draft,
    summaries: nothing,
    extra: nothing,
    clockMoved: 0,
    assumed: null,
  };
}

// What is not asked loses its answer, from the first item on: a condition reads items above it alone.
function takeAwayHidden(questionnaire, values, statuses, around) {
  const hidden = new Set();
  for (const item of questionnaire.items) {
    const shown = item.show_if ? evaluate(item.show_if.tree, around) : true;
    if (shown === true) continue;
    hidden.add(item.id);
    values.delete(item.id);
    statuses.delete(item.id);
    // Undecided is what an answer could still decide: not a condition that only misses what is not asked itself.
    const missing = (item.show_if.references ?? []).map(([, name]) => name).filter((name) => !has(values, name));
    if (shown !== false && !missing.every((name) => statuses.get(name) === NOT_ASKED)) continue;
    statuses.set(item.id, NOT_ASKED);
    if ((item.when_hidden ?? null) !== null) values.set(item.id, new Rational(BigInt(item.when_hidden)));
  }
  return hidden;
}

// Scores

function resultOf(rule, questionnaire, values, around) {
  const counted = countedItems(rule, questionnaire);
  const answered = counted.filter((id) => has(values, id));
  const enough = answered.length >= neededAnswers(rule, counted.length);
  const value = enough ? valueOfRule(rule, questionnaire, counted, answered, values, around) : null;
  if (!value) return { id: rule.id, value: null, status: "insufficient", band: null, clinical: null };
  const status = answered.length === counted.length ? "complete" : "prorated";
  return { id: rule.id, value, status, band: bandOf(value, rule.bands ?? []), clinical: clinical(rule, value) };
}

// The items of a score; of an expression that lists none, those that it reads, itself or through an earlier score.
function countedItems(rule, questionnaire) {
  if (rule.items.length || !rule.value) return rule.items;
  const read = new Set(ownReferences(rule.value, questionnaire));
  for (const earlier of questionnaire.scores.slice(0, questionnaire.scores.indexOf(rule))) {
    if (read.has(earlier.id)) countedItems(earlier, questionnaire).forEach((id) => read.add(id));
  }
  return questionnaire.items.map(({ id }) => id).filter((id) => read.has(id));
}

function neededAnswers(rule, counted) {
  const { rule: missing, at_least: least } = rule.missing ?? { rule: "require-all", at_least: 0 };
  return missing === "require-all" ? counted : Math.max(1, least);
}

function valueOfRule(rule, questionnaire, counted, answered, values, around) {
  if (rule.method === "expression") {
    const found = rule.value ? evaluate(rule.value.tree, around) : null;
    return found instanceof Rational ? found : null;
  }
  const items = byId(questionnaire.items);
  const weigh = (ids) => sumOf(ids.map((id) => weightOf(rule, id)));
  const total = sumOf(answered.map((id) => weightOf(rule, id).times(counts(rule, items.get(id), values.get(id)))));
  const [there, whole] = [weigh(answered), weigh(counted)];
  if (rule.method === "mean") return answered.length ? total.over(wholeNumber(answered.length)) : null;
  // What is missing is taken to be as the answered items are on average.
  if (there.compare(whole) === 0) return total;
  return there.compare(ZERO) === 0 ? null : total.times(whole).over(there);
}

function weightOf(rule, id) {
  const weights = rule.weights ?? {};
  return rule.method === "weighted" && Object.hasOwn(weights, id) ? number(weights[id]) : ONE;
}

// The answer, or of an item that counts backwards: highest plus lowest option minus the answer.
function counts(rule, item, answer) {
  if (!(rule.reverse ?? []).includes(item.id)) return answer;
  const { low, high } = typeOfItem(item);
  return low.plus(high).minus(answer);
}

// The label of the last band that begins at or below the value.
function bandOf(value, bands) {
  const begun = bands.map(({ start, label }) => ({ start: number(start), label })).filter(({ start }) => start.compare(value) <= 0);
  return begun.reduce((best, band) => (best && band.start.compare(best.start) <= 0 ? best : band), null)?.label ?? null;
}

function clinical({ clinical_threshold: threshold }, value) {
  if (!threshold) return null;
  const side = value.compare(number(threshold.at));
  return threshold.side === "from" ? side >= 0 : side < 0;
}

// Flags

function raised(questionnaire, values, hidden, around) {
  const domains = domainsOf(questionnaire, values, hidden, around);
  return questionnaire.flags
    .filter(({ when }) => certainlyTrue(when.tree, around, questionnaire.id, domains))
    .map(({ id, level }) => ({ id, level }));
}

function unansweredRisks(questionnaire, statuses) {
  const asked = questionnaire.items.filter(({ risk }) => risk).map(({ id }) => statuses.get(id));
  return asked
    .filter((status) => status === "skipped" || status === DECLINED)
    .map((status) => ({ id: `${status}-risk-item`, level: "yellow" }));
}

// What each missing answer could be, and what each missing score that a flag reads could become if all its items were
// answered: by name.
function domainsOf(questionnaire, values, hidden, around) {
  const found = new Map();
  const read = new Set(questionnaire.flags.flatMap(({ when }) => ownReferences(when, questionnaire)));
  for (const rule of [...questionnaire.scores].reverse()) {
    if (read.has(rule.id) && rule.method === "expression" && rule.value) {
      ownReferences(rule.value, questionnaire).forEach((name) => read.add(name));
    }
  }
  for (const item of questionnaire.items) if (!has(values, item.id) && !hidden.has(item.id)) found.set(item.id, typeOfItem(item));
  for (const rule of questionnaire.scores) {
    if (has(values, rule.id) || !read.has(rule.id)) continue;
    if (rule.method !== "expression") found.set(rule.id, reachable(rule, questionnaire, values));
    // An item that is not asked keeps it without a value, however the others are answered.
    else if (rule.value && countedItems(rule, questionnaire).every((id) => has(values, id) || found.has(id))) {
      const possible = possibleNumbers(rule.value.tree, around, questionnaire.id, found);
      if (possible) found.set(rule.id, possible);
    }
  }
  return found;
}

function reachable(rule, questionnaire, values) {
  const items = byId(questionnaire.items);
  let [low, high] = [ZERO, ZERO];
  for (const id of rule.items) {
    const item = items.get(id);
    const type = typeOfItem(item);
    const answer = values.get(id) ?? null;
    if (!answer && !type.low) return range(null, null);
    const ends = (answer ? [answer, answer] : [type.low, type.high]).map((end) => counts(rule, item, end).times(weightOf(rule, id)));
    low = low.plus(least(ends));
    high = high.plus(most(ends));
  }
  const count = wholeNumber(rule.items.length || 1);
  return rule.method === "mean" ? range(low.over(count), high.over(count)) : range(low, high);
}

// What is certain already, although answers are missing: the meaning of designtool/expressions/certain.py.

function certainlyTrue(tree, around, form, domains) {
  const known = evaluate(tree, around);
  if (known !== null) return known === true;
  const open = openReads(tree, around, form, domains);
  if (!open.length) return false;
  const ways = open.map((name) => domains.get(name).values);
  const count = ways.reduce((product, values) => product * values.length, 1);
  if (count > 0 && count <= MOST_COMPLETIONS) {
    return completions(open, ways).every((answers) => evaluate(tree, { ...around, assumed: new Map([[form, answers]]) }) === true);
  }
  const settled = outcomes(tree, { around, form, domains: new Map(open.map((name) => [name, domains.get(name)])) });
  return settled.size === 1 && settled.has(true);
}

// The numbers that a tree can come to, whatever is answered where an answer is missing; null where it can stay missing.
function possibleNumbers(tree, around, form, domains) {
  const open = openReads(tree, around, form, domains);
  if (!open.length) return null;
  const ways = open.map((name) => domains.get(name).values);
  const count = ways.reduce((product, values) => product * values.length, 1);
  if (!count || count > MOST_COMPLETIONS) {
    return rangeOf(tree, { around, form, domains: new Map(open.map((name) => [name, domains.get(name)])) });
  }
  const found = completions(open, ways).map((answers) => evaluate(tree, { ...around, assumed: new Map([[form, answers]]) }));
  return found.every((value) => value instanceof Rational) ? oneOf(found) : null;
}

// The answers that the tree reads and that are missing and have a domain.
function openReads(tree, around, form, domains) {
  return [...new Set(presentReads(tree).map(([where, name]) => (where === form ? name : null)))].filter(
    (name) => name !== null && domains.has(name) && present(form, name, around) === null,
  );
}

function completions(names, ways) {
  return names.reduce(
    (found, name, place) => found.flatMap((answers) => ways[place].map((value) => new Map([...answers, [name, value]]))),
    [new Map()],
  );
}

// Every answer whose value the tree reads from a present copy.
function presentReads(tree) {
  if (tree[0] === "ref" || tree[0] === "cells") return [[tree[1], tree[2]]];
  const now = ["previous", "baseline", "answered", "missing", "count_answered"];
  return tree[0] === "call" && now.includes(tree[1]) ? [] : branches(tree).flatMap(presentReads);
}

function branches(tree) {
  return tree[0] === "column" ? [] : tree.slice(tree[0] === "call" ? 2 : 1).filter(Array.isArray);
}

function readsOpen(tree, { form, domains }) {
  return presentReads(tree).some(([where, name]) => where === form && domains.has(name));
}

// What a condition can come to, by ranges: at least every outcome that really can happen.
function outcomes(tree, work) {
  const [operator, ...parts] = tree;
  const anything = new Set([true, false, null]);
  const only = (set, outcome) => set.size === 1 && set.has(outcome);
  if (operator === "and" || operator === "or") {
    const settles = operator === "or";
    const found = parts.map((part) => outcomes(part, work));
    if (found.some((set) => only(set, settles))) return new Set([settles]);
    return found.every((set) => only(set, !settles)) ? new Set([!settles]) : anything;
  }
  if (operator === "not") return new Set([...outcomes(parts[0], work)].map((outcome) => (outcome === null ? null : !outcome)));
  const known = evaluate(tree, work.around);
  if (typeof known === "boolean" && !readsOpen(tree, work)) return new Set([known]);
  if (!["==", "!=", "<", "<=", ">", ">="].includes(operator)) return anything;
  const [a, b] = parts.map((part) => rangeOf(part, work));
  return a && b ? compared(operator, a, b) : anything;
}

// The numbers that a tree can come to once what has a domain is answered; null where it can stay missing.
function rangeOf(tree, work) {
  const [operator, ...parts] = tree;
  if (operator === "ref" && tree[1] === work.form && work.domains.has(tree[2])) return work.domains.get(tree[2]);
  if (!readsOpen(tree, work)) {
    const value = evaluate(tree, work.around);
    return value instanceof Rational ? oneOf([value]) : null;
  }
  if (["+", "-", "*", "/"].includes(operator)) {
    const [a, b] = parts.map((part) => rangeOf(part, work));
    if (!a || !b || (operator === "/" && compared("==", b, oneOf([ZERO])).has(true))) return null;
    return worked(operator, a, b);
  }
  if (operator === "negate") {
    const inner = rangeOf(parts[0], work);
    return inner && negated(inner);
  }
  if (operator === "if") {
    const [a, b] = parts.slice(1).map((part) => rangeOf(part, work));
    return a && b && !outcomes(parts[0], work).has(null) ? joined([a, b]) : null;
  }
  return operator === "call" ? rangeOfCall(tree[1], tree.slice(2), work) : null;
}

function rangeOfCall(name, trees, work) {
  if (name === "round" || name === "ceil_to") {
    const inner = rangeOf(trees[0], work);
    const step = trees[1]?.[1] ?? "0";
    const change = (value) => (name === "round" ? rounded(value, BigInt(step)) : ceiled(value, exactNumber(step)));
    if (!inner || inner.values.length) return inner && oneOf(inner.values.map(change));
    return range(inner.low && change(inner.low), inner.high && change(inner.high));
  }
  const lists = trees.some(([kind]) => kind === "column" || kind === "cells");
  if (!["sum", "mean", "min", "max"].includes(name) || lists) return null;
  // What stays missing is left out of these, so the rest alone decides; and all of the rest is answered.
  const parts = trees.map((tree) => rangeOf(tree, work));
  if (!parts.length || parts.includes(null)) return null;
  if (name === "sum" || name === "mean") {
    const total = parts.reduce((sum, part) => worked("+", sum, part));
    return name === "sum" ? total : worked("/", total, oneOf([wholeNumber(parts.length)]));
  }
  const [lows, highs] = [parts.map(({ low }) => low), parts.map(({ high }) => high)];
  if (lows.includes(null) || highs.includes(null)) return range(null, null);
  const pick = name === "min" ? least : most;
  return range(pick(lows), pick(highs));
}

// Ranges of numbers: all the values, ascending, where they are few, and the ends where they are known.

function range(low, high) {
  return { values: [], low, high };
}

function oneOf(numbers) {
  const ordered = [...numbers].sort((a, b) => a.compare(b)).filter((value, place, all) => !place || value.compare(all[place - 1]) !== 0);
  return { values: ordered.length > MOST_VALUES ? [] : ordered, low: ordered[0], high: ordered.at(-1) };
}

function negated({ values, low, high }) {
  return values.length ? oneOf(values.map((value) => value.negated())) : range(high && high.negated(), low && low.negated());
}

function joined(ranges) {
  if (ranges.every(({ values }) => values.length)) return oneOf(ranges.flatMap(({ values }) => values));
  const [lows, highs] = [ranges.map(({ low }) => low), ranges.map(({ high }) => high)];
  return range(lows.includes(null) ? null : least(lows), highs.includes(null) ? null : most(highs));
}

// Nothing is divided by what can be zero: whoever asks has seen to that, so the divisor has both its ends.
function worked(operator, a, b) {
  if (operator === "-") return worked("+", a, negated(b));
  if (a.values.length && b.values.length && a.values.length * b.values.length <= MOST_VALUES) {
    const work = { "+": (x, y) => x.plus(y), "*": (x, y) => x.times(y), "/": (x, y) => x.over(y) }[operator];
    return oneOf(a.values.flatMap((x) => b.values.map((y) => work(x, y))));
  }
  if (operator === "+") return range(a.low && b.low && a.low.plus(b.low), a.high && b.high && a.high.plus(b.high));
  if (operator === "*") return product(a, b);
  return product(a, range(ONE.over(b.high), ONE.over(b.low)));
}

function product(a, b) {
  if (a.low && a.high && b.low && b.high) {
    const corners = [a.low, a.high].flatMap((x) => [b.low, b.high].map((y) => x.times(y)));
    return range(least(corners), most(corners));
  }
  const positive = a.low && a.low.compare(ZERO) >= 0 && b.low && b.low.compare(ZERO) >= 0;
  return positive ? range(a.low.times(b.low), null) : range(null, null);
}

// The outcomes that a comparison of two numbers can have when neither is missing; both where nothing is certain.
function compared(operator, a, b) {
  const holds = (order) =>
    ({ "==": order === 0, "!=": order !== 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 })[operator];
  if (a.values.length && b.values.length) return new Set(a.values.flatMap((x) => b.values.map((y) => holds(x.compare(y)))));
  const mirrored = { "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" }[operator];
  const [one, other] = [byEnds(operator, a, b), byEnds(mirrored, b, a)];
  const both = [...one].filter((outcome) => other.has(outcome));
  return both.length ? new Set(both) : new Set([true, false]);
}

// By the lower end of a against the upper end of b alone.
function byEnds(operator, a, b) {
  const order = a.low && b.high ? a.low.compare(b.high) : -1;
  if (order > 0) return new Set([["!=", ">", ">="].includes(operator)]);
  return order === 0 && (operator === ">=" || operator === "<") ? new Set([operator === ">="]) : new Set([true, false]);
}

// Small things

function typeOfItem(item) {
  return item.options.length ? oneOf(item.options.map(({ value }) => new Rational(BigInt(value)))) : range(null, null);
}

function ownReferences(expression, questionnaire) {
  return (expression.references ?? []).filter(([form]) => form === questionnaire.id).map(([, name]) => name);
}

function byId(parts) {
  return new Map(parts.map((part) => [part.id, part]));
}

function has(values, id) {
  return (values.get(id) ?? null) !== null;
}

function number(json) {
  return fromJson({ kind: "number" }, json);
}

function wholeNumber(count) {
  return new Rational(BigInt(count));
}

function sumOf(numbers) {
  return numbers.reduce((sum, part) => sum.plus(part), ZERO);
}

function least(numbers) {
  return numbers.reduce((best, one) => (one.compare(best) < 0 ? one : best));
}

function most(numbers) {
  return numbers.reduce((best, one) => (one.compare(best) > 0 ? one : best));
}
