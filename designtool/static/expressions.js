// What an expression is worth, in the browser or in Node: the meaning of designtool/expressions/evaluate.py, on the same JSON tree.
// Which operations there are stands in designtool/expressions/parse.py; tests/vectors/ and random trees hold the two together.
//
//   const around = environmentFrom(forms, json);     // the JSON of tests/vectors/expressions.json
//   toJson(evaluate(["==", ["ref", "phq9", "q1"], ["number", "3"]], around));   // true, false, or null: missing
//
// A value is null (missing; of a condition: unknown), a boolean, a Rational, a string (a text or an option), a Day, a TimeOfDay,
// a Set (chosen options) or an Array of Maps (rows). No dependency, no eval, no clock and no zone: whoever asks says what day it is.

const MOST_BITS = 2048n;
const DEEPEST = 400;
const MINUTES_A_DAY = 1440;
const LONGEST_ANSWER = 10000;
const LONGEST_EXACT_NUMBER = 1300;
const MOST_DIGITS = 30;
const MOST_ROWS = 1000;
const [TWO, THREE] = [120, 180];

// The tree is none that the compiler makes: an unknown operation, a wrong number of parts, too many levels.
export class ExpressionError extends Error {
  name = "ExpressionError";
}

// A value that an answer of this type cannot have.
export class WrongValue extends Error {
  name = "WrongValue";
}

// An exact number, always in lowest terms with the sign above the line.
export class Rational {
  constructor(numerator, denominator = 1n) {
    let [a, b] = [magnitude(numerator), magnitude(denominator)];
    if (b === 0n) throw new RangeError("nothing can be divided by zero");
    while (b) [a, b] = [b, a % b];
    const divisor = denominator < 0n ? -a : a;
    this.numerator = numerator / divisor;
    this.denominator = denominator / divisor;
    Object.freeze(this);
  }

  plus(other) {
    const { numerator: a, denominator: b } = this;
    return new Rational(a * other.denominator + other.numerator * b, b * other.denominator);
  }

  minus(other) {
    return this.plus(other.negated());
  }

  times(other) {
    return new Rational(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  over(other) {
    return new Rational(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  negated() {
    return new Rational(-this.numerator, this.denominator);
  }

  // Below zero, zero or above, as this number is less than, equal to or more than the other.
  compare(other) {
    const [a, b] = [this.numerator * other.denominator, other.numerator * this.denominator];
    return a < b ? -1 : a > b ? 1 : 0;
  }

  floor() {
    const whole = this.numerator / this.denominator;
    return whole * this.denominator > this.numerator ? whole - 1n : whole;
  }

  toString() {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`;
  }
}

// A day of the calendar, known by its number so that days can be counted without a clock or a zone.
export class Day {
  constructor(text) {
    const [year, month, day] = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? text.split("-").map(Number) : [0, 0, 0];
    const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    const longest = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > longest[month - 1]) {
      throw new WrongValue("write the date as 2026-03-01");
    }
    const before = year - 1;
    const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
    this.text = text;
    this.number = 365 * before + leaps + longest.slice(0, month - 1).reduce((sum, days) => sum + days, 0) + day;
    Object.freeze(this);
  }
}

// A clock time, in minutes after midnight, 0 to 1439.
export class TimeOfDay {
  constructor(minutes) {
    this.minutes = minutes;
    Object.freeze(this);
  }

  toString() {
    const two = (number) => String(number).padStart(2, "0");
    return `${two(Math.floor(this.minutes / 60))}:${two(this.minutes % 60)}`;
  }
}

// The value of a tree, null where what is missing leaves it open. Throws ExpressionError for what is no tree.
export function evaluate(tree, environment) {
  check(tree, 1, "t");
  return valueOf(tree, environment);
}

// What has been answered, read against the types that forms state: { form: { names: { name: type } } }. To an environment can be
// added what is assumed of answers that are missing, as { ...environment, assumed }: a Map of form to a Map of name to value.
export function environmentFrom(forms, json) {
  const read = (form, values) => {
    const names = own(own(forms, form) ?? {}, "names") ?? {};
    return mapOf(values, (value, name) => {
      if (!Object.hasOwn(names, name)) throw new WrongValue(`there is no ${form}.${name}`);
      return fromJson(names[name], value);
    });
  };
  const record = (form, stated) => ({ dated: new Day(stated.dated), values: read(form, stated.values) });
  return Object.freeze({
    today: new Day(json.today),
    start: new Day(json.start),
    records: mapOf(json.records, (records, form) => records.map((stated) => record(form, stated))),
    own: json.own ?? "",
    draft: json.draft ? record(json.own ?? "", json.draft) : null,
    summaries: mapOf(json.summaries, (values, form) => read(form, values)),
    extra: mapOf(json.extra, (value) => fromJson({ kind: "number" }, value)),
    clockMoved: json.clock_moved ?? 0,
  });
}

// The trees that each operation and function takes, and how it is worked out from them

// Shape letters: w a word, n a number of days, l a list of words, t a tree, m a tree or the values of a column, r a name, d written
// digits, s a written step; after a letter ? is "may be left out" and * is "one or more".
const SHAPES = {
  w: (part) => typeof part === "string",
  n: (part) => Number.isInteger(part) && part >= 1 && part <= 1000,
  l: (part) => Array.isArray(part) && part.every(SHAPES.w),
  t: (part) => Array.isArray(part) && part[0] !== "column" && part[0] !== "cells",
  m: (part) => Array.isArray(part),
  r: (part) => Array.isArray(part) && part[0] === "ref",
  d: (part) => Array.isArray(part) && part[0] === "number" && /^[0-9]{1,4}$/.test(part[1]),
  s: (part) => Array.isArray(part) && part[0] === "number" && /^[0-9/]+$/.test(part[1]) && !/^0+(\/|$)/.test(part[1]),
};

const OPERATIONS = new Map([
  ["number", ["w", ([, text]) => exactNumber(text)]],
  ["text", ["w", ([, text]) => text]],
  ["date", ["w", ([, text]) => literal(() => new Day(text))]],
  ["time", ["w", ([, text]) => literal(() => readTime(text))]],
  ["ref", ["ww", ([, form, name], around) => present(form, name, around)]],
  ["extra", ["w", ([, name], around) => around.extra.get(name) ?? null]],
  ["entries", ["wn", ([, diary, days], around) => someRows(lastEntries(diary, days, around).map(({ values }) => values))]],
  ["column", ["wnwl"]],
  ["cells", ["www"]],
  ["and", ["t*", (tree, around) => junction(tree, around, false)]],
  ["or", ["t*", (tree, around) => junction(tree, around, true)]],
  ["not", ["t", ([, part], around) => opposite(valueOf(part, around))]],
  ["==", ["tt", comparison((order) => order === 0)]],
  ["!=", ["tt", comparison((order) => order !== 0)]],
  ["<", ["tt", comparison((order) => order < 0)]],
  ["<=", ["tt", comparison((order) => order <= 0)]],
  [">", ["tt", comparison((order) => order > 0)]],
  [">=", ["tt", comparison((order) => order >= 0)]],
  ["in", ["tt*", among]],
  ["member", ["tt", member]],
  ["+", ["tt", arithmetic((a, b) => a.plus(b))]],
  ["-", ["tt", arithmetic((a, b) => a.minus(b))]],
  ["*", ["tt", arithmetic((a, b) => a.times(b))]],
  ["/", ["tt", arithmetic((a, b) => (b.numerator === 0n ? null : a.over(b)))]],
  ["negate", ["t", ([, part], around) => numberOf(part, around)?.negated() ?? null]],
  ["later", ["tt", moved((time, minutes) => time.plus(minutes))]],
  ["earlier", ["tt", moved((time, minutes) => time.minus(minutes))]],
  ["if", ["ttt", branch]],
]);

const FUNCTIONS = new Map([
  ["answered", ["t", ([x], around) => valueOf(x, asItIs(around)) !== null]],
  ["missing", ["t", ([x], around) => valueOf(x, asItIs(around)) === null]],
  ["count_answered", ["m*", (trees, around) => whole(listed(trees, asItIs(around)).filter((value) => value !== null).length)]],
  ["sum", ["m*", (trees, around) => sum(numbers(trees, around))]],
  ["mean", ["m*", mean]],
  ["min", ["m*", (trees, around) => extreme(numbers(trees, around), -1)]],
  ["max", ["m*", (trees, around) => extreme(numbers(trees, around), 1)]],
  ["count", ["m*", count]],
  ["round", ["td?", ([x, digits], around) => rounded(numberOf(x, around), digits ? BigInt(digits[1]) : 0n)]],
  ["ceil_to", ["ts", ([x, step], around) => ceiled(numberOf(x, around), exactNumber(step[1]))]],
  ["clock_span", ["tt", clockSpan]],
  ["minutes", ["t", ([x], around) => timeOf(x, around, (time) => whole(time.minutes))]],
  ["days_since", ["t", daysSince]],
  ["week", ["", (_, around) => whole(Math.max(0, weekOf(around.today, around) + 1))]],
  ["this_week", ["r", thisWeek]],
  ["change", ["r", change]],
  ["previous", ["rd?", previous]],
  ["baseline", ["r", ([[, form, name]], around) => valueIn((around.records.get(form) ?? [])[0], name)]],
]);

// Refuses whatever does not have the shape of its operation, before anything is worked out.
function check(tree, depth, shape) {
  if (depth > DEEPEST) throw new ExpressionError(`more than ${DEEPEST} levels`);
  if (!SHAPES[shape](tree)) throw new ExpressionError(`no expression: ${shown(tree)}`);
  const called = tree[0] === "call";
  const [wanted] = (called ? FUNCTIONS.get(tree[1]) : OPERATIONS.get(tree[0])) ?? [];
  if (wanted === undefined) throw new ExpressionError(`unknown operation: ${shown(called ? tree[1] : tree[0])}`);
  const parts = tree.slice(called ? 2 : 1);
  const letters = wanted.match(/[a-z][?*]?/g) ?? [];
  const least = letters.filter((letter) => !letter.endsWith("?")).length;
  if (parts.length < least || (parts.length > letters.length && !wanted.endsWith("*"))) {
    throw new ExpressionError(`wrong number of parts: ${shown(tree)}`);
  }
  parts.forEach((part, index) => {
    const letter = letters[Math.min(index, letters.length - 1)][0];
    if (!SHAPES[letter](part)) throw new ExpressionError(`wrong part ${index + 1}: ${shown(tree)}`);
    if ("tmrds".includes(letter)) check(part, depth + 1, letter);
  });
}

function shown(part) {
  return Array.isArray(part) ? `[${String(part[0]).slice(0, 40)} ...]` : String(part).slice(0, 40);
}

function valueOf(tree, around) {
  return tree[0] === "call" ? FUNCTIONS.get(tree[1])[1](tree.slice(2), around) : OPERATIONS.get(tree[0])[1](tree, around);
}

function numberOf(tree, around) {
  const value = valueOf(tree, around);
  return value instanceof Rational ? value : null;
}

function timeOf(tree, around, work) {
  const value = valueOf(tree, around);
  return value instanceof TimeOfDay ? work(value) : null;
}

// What the environment holds

// The copy that is being filled in, or the latest finished one.
function presentRecord(form, around) {
  return form === around.own && around.draft ? around.draft : around.records.get(form)?.at(-1);
}

// The finished copies before the present one, oldest first.
function earlierRecords(form, around) {
  const records = around.records.get(form) ?? [];
  return form === around.own && around.draft ? records : records.slice(0, -1);
}

function valueIn(record, name) {
  return record?.values.get(name) ?? null;
}

export function present(form, name, around) {
  const summaries = around.summaries.get(form);
  const found = summaries?.has(name) ? summaries.get(name) : valueIn(presentRecord(form, around), name);
  return found ?? around.assumed?.get(form)?.get(name) ?? null;
}

// Without assumptions: what asks whether there is an answer is told how it stands now.
function asItIs(around) {
  return around.assumed ? { ...around, assumed: null } : around;
}

function lastEntries(diary, days, around) {
  const today = around.today.number;
  const within = ({ dated }) => today - days < dated.number && dated.number <= today;
  return (around.records.get(diary) ?? []).filter(within);
}

function someRows(rows) {
  return rows.length ? rows : null;
}

// The values of arguments, each list among them with all of its own. Of a diary's columns an entry counts if it has them all.
function listed(trees, around) {
  return trees.flatMap((tree) => {
    if (tree[0] === "column") {
      const [, diary, days, name, pairs] = tree;
      const whole = (entry) => pairs.every((pair) => valueIn(entry, pair) !== null);
      return lastEntries(diary, days, around).filter(whole).map((entry) => valueIn(entry, name));
    }
    if (tree[0] === "cells") {
      const rows = present(tree[1], tree[2], around);
      return Array.isArray(rows) ? rows.map((row) => row.get(tree[3]) ?? null) : [];
    }
    // In a list of its own, so that rows stay one value.
    return tree[0] === "entries" ? lastEntries(tree[1], tree[2], around) : [valueOf(tree, around)];
  });
}

function numbers(trees, around) {
  return listed(trees, around).filter((value) => value instanceof Rational);
}

// Operators

// `and` is settled by one false, `or` by one true; otherwise one unknown leaves it unknown.
function junction([, ...parts], around, settles) {
  const values = parts.map((part) => valueOf(part, around));
  if (values.includes(settles)) return settles;
  return values.every((value) => value === !settles) ? !settles : null;
}

function opposite(value) {
  return typeof value === "boolean" ? !value : null;
}

// Unknown when either is missing, or of another kind than the other. Only numbers, dates and times have an order.
function comparison(holds) {
  const ordered = holds(-1) !== holds(1);
  return ([, left, right], around) => {
    const [a, b] = [valueOf(left, around), valueOf(right, around)];
    if (a instanceof Rational && b instanceof Rational) return holds(a.compare(b));
    if (a instanceof Day && b instanceof Day) return holds(a.number - b.number);
    if (a instanceof TimeOfDay && b instanceof TimeOfDay) return holds(a.minutes - b.minutes);
    const plain = typeof a === typeof b && (typeof a === "string" || typeof a === "boolean");
    return plain && !ordered ? holds(a === b ? 0 : 1) : null;
  };
}

function among([, left, ...others], around) {
  const equal = comparison((order) => order === 0);
  const found = others.map((other) => equal(["==", left, other], around));
  return found.includes(true) ? true : found.includes(null) ? null : false;
}

function member([, left, right], around) {
  const [option, options] = [valueOf(left, around), valueOf(right, around)];
  return typeof option === "string" && options instanceof Set ? options.has(option) : null;
}

function arithmetic(work) {
  return ([, left, right], around) => {
    const [a, b] = [numberOf(left, around), numberOf(right, around)];
    return a && b ? bounded(work(a, b)) : null;
  };
}

// A clock time some minutes later or earlier; part of a minute is cut off towards the earlier.
function moved(work) {
  return ([, left, right], around) =>
    timeOf(left, around, (time) => {
      const minutes = numberOf(right, around);
      if (!minutes) return null;
      const day = BigInt(MINUTES_A_DAY);
      const shown = work(whole(time.minutes), minutes).floor() % day;
      return new TimeOfDay(Number((shown + day) % day));
    });
}

function branch([, condition, yes, no], around) {
  const holds = valueOf(condition, around);
  return typeof holds === "boolean" ? valueOf(holds ? yes : no, around) : null;
}

// Functions

// Bounded after each term, so that no answers can make it work for ever.
function sum(terms) {
  return terms.length ? terms.reduce((total, term) => total && bounded(total.plus(term)), whole(0)) : null;
}

function mean(trees, around) {
  const found = numbers(trees, around);
  const total = sum(found);
  return total && bounded(total.over(whole(found.length)));
}

function extreme(found, side) {
  return found.reduce((best, number) => (best && number.compare(best) !== side ? best : number), null);
}

// Entries, rows and choices one by one, and conditions that hold; missing when nothing of it is there.
function count(trees, around) {
  const found = trees.flatMap((tree) => {
    if (tree[0] === "entries") return [lastEntries(tree[1], tree[2], around).length];
    return listed([tree], around).flatMap((value) => {
      if (value instanceof Set) return [value.size];
      if (Array.isArray(value)) return [value.length];
      return typeof value === "boolean" ? [Number(value)] : [];
    });
  });
  return found.length ? whole(found.reduce((total, number) => total + number, 0)) : null;
}

// To so many decimals; a half goes away from zero.
export function rounded(number, digits) {
  if (!number) return null;
  const scale = 10n ** digits;
  const nearest = (magnitude(number.numerator) * scale * 2n) / number.denominator;
  const up = (nearest + 1n) / 2n;
  return bounded(new Rational(number.numerator < 0n ? -up : up, scale));
}

// Up to the nearest multiple of a positive step.
export function ceiled(number, step) {
  return number && bounded(step.times(new Rational(-number.negated().over(step).floor())));
}

function clockSpan([from, to], around) {
  return timeOf(from, around, (start) => timeOf(to, around, (end) => whole(elapsed(start, end, around.clockMoved))));
}

// Minutes from one clock time to the next time the clock shows the other; equal times are no time apart. A night in which the
// clocks were moved is as long as it was: they go from two to three, or from three to two. Of a time that came twice the first
// is meant; one that never came is taken as it was written.
function elapsed(start, end, moved) {
  const midnight = start.minutes <= end.minutes ? 0 : MINUTES_A_DAY;
  const begins = start.minutes - midnight;
  const spansTheMove = begins < (moved > 0 ? TWO : THREE) && end.minutes >= THREE;
  return end.minutes - begins - (spansTheMove ? moved : 0);
}

function daysSince([x], around) {
  const day = valueOf(x, around);
  return day instanceof Day ? whole(around.today.number - day.number) : null;
}

// Whole weeks since the start of the treatment, 0 for its first seven days.
function weekOf(day, around) {
  return Math.floor((day.number - around.start.number) / 7);
}

function thisWeek([[, form, name]], around) {
  const record = presentRecord(form, around);
  return record && weekOf(record.dated, around) === weekOf(around.today, around) ? present(form, name, around) : null;
}

// Since the latest earlier copy that has a value: a week that was skipped or declined hides no increase.
function change([[, form, name]], around) {
  const earlier = earlierRecords(form, around).map((record) => valueIn(record, name));
  const [now, before] = [present(form, name, around), earlier.findLast((value) => value !== null)];
  return now instanceof Rational && before instanceof Rational ? bounded(now.minus(before)) : null;
}

function previous([[, form, name], back], around) {
  return valueIn(earlierRecords(form, around).at(back ? -Number(back[1]) : -1), name);
}

// Numbers

function magnitude(number) {
  return number < 0n ? -number : number;
}

function whole(number) {
  return new Rational(BigInt(number));
}

// The number, or null for one that no answer in earnest leads to: no form can make an evaluator work for ever.
function bounded(number) {
  const within = (part) => magnitude(part) >> MOST_BITS === 0n;
  return number && within(number.numerator) && within(number.denominator) ? number : null;
}

export function exactNumber(text) {
  const [, above, below] = /^(-?[0-9]+)(?:\/([0-9]+))?$/.exec(text) ?? [];
  if (above === undefined || text.length > LONGEST_EXACT_NUMBER || /^0+$/.test(below)) {
    throw new ExpressionError(`no number: ${shown(text)}`);
  }
  return new Rational(BigInt(above), BigInt(below ?? "1"));
}

function literal(read) {
  try {
    return read();
  } catch (error) {
    throw new ExpressionError(error.message);
  }
}

// Values as JSON

// What Python takes for space: a text of nothing else is missing, in both.
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const SPACE_AROUND = new RegExp(`^${SPACE}+|${SPACE}+$`, "g");
const UNSTORABLE = /[\0\ud800-\udfff]/u;

// The value as JSON, from which fromJson makes the same value again. Numbers that JSON cannot carry exactly become text.
export function toJson(value) {
  if (value instanceof Rational) {
    const number = Number(value.numerator);
    return value.denominator === 1n && Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Day) return value.text;
  if (value instanceof TimeOfDay) return String(value);
  if (value instanceof Set) return [...value].sort(byLetters);
  if (Array.isArray(value)) return value.map((row) => Object.fromEntries([...row].map(([key, cell]) => [key, toJson(cell)])));
  return value;
}

// The value that JSON or the text of a form stands for; null and what is empty are missing. Throws WrongValue. A whole number
// beyond 2^53 must come as text: JSON.parse has already rounded it.
export function fromJson(type, json) {
  if (json === null || json === undefined || (typeof json === "string" && !stripped(json))) return null;
  if (!Object.hasOwn(READERS, type.kind)) throw new WrongValue(`no type: ${shown(type.kind)}`);
  return READERS[type.kind](type, json);
}

const READERS = {
  number: readNumber,
  truth: readTruth,
  choices: readChoices,
  rows: readRows,
  date: (_, json) => new Day(stripped(word(json))),
  time: (_, json) => readTime(stripped(word(json))),
  choice: (type, json) => {
    const option = storable(word(Number.isSafeInteger(json) ? String(json) : json));
    if (type.options?.length && !type.options.includes(option)) throw new WrongValue("none of the options");
    return option;
  },
  text: (_, json) => storable(word(json)).replaceAll(/\r\n?/g, "\n"),
};

function stripped(text) {
  return text.replaceAll(SPACE_AROUND, "");
}

function word(json) {
  if (typeof json !== "string") throw new WrongValue("not a text");
  if (json.length > LONGEST_ANSWER && [...json].length > LONGEST_ANSWER) throw new WrongValue("too long a text");
  return json;
}

function storable(text) {
  if (UNSTORABLE.test(text)) throw new WrongValue("characters that cannot be stored");
  return text;
}

function readNumber(type, json) {
  const number = typeof json === "number" ? numberFromJson(json) : typeof json === "string" ? numberFromText(json) : null;
  if (number === null) throw new WrongValue("not a number");
  const stated = (limit) => numberFromText(String(limit));
  const among = (values) => values.some((value) => stated(value).compare(number) === 0);
  if (type.values?.length && !among(type.values)) throw new WrongValue("none of the options");
  if ((type.low ?? null) !== null && number.compare(stated(type.low)) < 0) throw new WrongValue(`less than ${type.low}`);
  if ((type.high ?? null) !== null && number.compare(stated(type.high)) > 0) throw new WrongValue(`more than ${type.high}`);
  return number;
}

// The shortest decimals that stand for the number are what was written.
function numberFromJson(json) {
  if (!Number.isFinite(json) || (Number.isInteger(json) && !Number.isSafeInteger(json))) return null;
  const [, sign, above, below = "", exponent = "0"] = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:e(-?[0-9]+))?$/.exec(String(json));
  const number = new Rational(BigInt(sign + above + below), 10n ** BigInt(below.length - Number(exponent)));
  return number.denominator > 10n ** BigInt(MOST_DIGITS) ? null : number;
}

// `7`, `7,5`, `7.5`, `-3` or `27/2`; null for anything else.
function numberFromText(text) {
  const written = stripped(text).replaceAll("−", "-");
  if (written.length > LONGEST_EXACT_NUMBER) return null;
  const exact = /^(-?[0-9]+)(?:\/([0-9]+))?$/.exec(written);
  if (exact) return BigInt(exact[2] ?? "1") ? new Rational(BigInt(exact[1]), BigInt(exact[2] ?? "1")) : null;
  const decimal = /^([+-]?)([0-9]+)(?:[.,]([0-9]+))?$/.exec(written);
  if (!decimal) return null;
  const [, sign, above, below = ""] = decimal;
  if (Math.max(above.length, below.length) > MOST_DIGITS) return null;
  const number = new Rational(BigInt(above + below), 10n ** BigInt(below.length));
  return sign === "-" ? number.negated() : number;
}

function readTruth(_, json) {
  const said = typeof json === "string" ? stripped(json).toLowerCase() : json;
  if (said === true || ["ja", "yes", "true"].includes(said)) return true;
  if (said === false || ["nej", "no", "false"].includes(said)) return false;
  throw new WrongValue("neither yes nor no");
}

// What is chosen; nothing chosen is missing, for a form cannot tell the two apart.
function readChoices(type, json) {
  if (!Array.isArray(json) || json.length > MOST_ROWS) throw new WrongValue("not a list of options");
  const one = { kind: "choice", options: type.options };
  const chosen = new Set(json.map((part) => fromJson(one, part)).filter((part) => part !== null));
  return chosen.size ? chosen : null;
}

// A table's rows, or the one row of a plan entry, which is an object. Without any row it is missing.
function readRows(type, json) {
  const parts = Array.isArray(json) ? json : [json];
  const row = (part) => typeof part === "object" && part !== null && !Array.isArray(part);
  if (parts.length > MOST_ROWS || !parts.every(row)) throw new WrongValue("not a list of rows");
  const columnOf = (key) => (key === "row" ? { kind: "text" } : own(type.columns ?? {}, key));
  const rows = parts.map((part) =>
    mapOf(part, (cell, key) => {
      if (!columnOf(key)) throw new WrongValue(`there is no column ${shown(key)}`);
      return fromJson(columnOf(key), cell);
    }),
  );
  return someRows(rows);
}

function readTime(text) {
  const found = /^([0-9]{1,2})(?:[:.]?([0-9]{2})(?::00)?)?$/.exec(text);
  const [hours, minutes] = found ? [Number(found[1]), Number(found[2] ?? 0)] : [24, 0];
  if (hours > 23 || minutes > 59) throw new WrongValue("write the time as 22:30");
  return new TimeOfDay(60 * hours + minutes);
}

function own(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function mapOf(object, read) {
  return new Map(Object.entries(object ?? {}).map(([key, value]) => [key, read(value, key)]));
}

// By code points, as Python sorts, and not by the halves of those beyond the first plane.
function byLetters(a, b) {
  const [one, other] = [[...a], [...b]];
  const index = one.findIndex((letter, place) => letter !== other[place]);
  if (index < 0) return one.length - other.length;
  return index < other.length ? one[index].codePointAt(0) - other[index].codePointAt(0) : 1;
}
