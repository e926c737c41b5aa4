// What may be typed into a field, and what it then means: the same as designtool/treatment/answers.py says of each type.
// tests/vectors/answers.json holds the two together. How values are written stands in designtool/render/display.py.

import { Day, Rational, TimeOfDay, WrongValue, fromJson } from "./expressions.js";

const LONGEST_TEXT = 10000;
const MOST_ROWS = 200;
const WHOLE = /^[-−]?[0-9]{1,9}$/;
const DECIMAL = /^[-−]?[0-9]{1,9}([.,][0-9]{1,6})?$/;
const RATIO = /^-?[0-9]{1,12}\/[1-9][0-9]{0,11}$/;
const CLOCK_WORD = /^(?:klockan|kl\.?)\s*/i;
const BETWEEN_HOURS_AND_MINUTES = /([0-9])[, ]([0-9]{2})$/;
const MIDNIGHT = /^24(?:[:.]?00)?$/;
const ON_A_CLOCK = /^([0-9]{1,3}):([0-5][0-9])$/;
const MINUTES_WORD = "(?:m|min|minut|minuter|minutes?)";
const HOURS_AND_MINUTES = new RegExp(
  "^([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\\s*(?:h|t|tim|timme|timmar|hour|hours)\\.?" +
    `(?:\\s*(?:och|and)?\\s*([0-9]{1,3})\\s*${MINUTES_WORD}?\\.?)?$`,
  "i",
);
const ONLY_MINUTES = new RegExp(`^([-−]?[0-9]{1,9})\\s*${MINUTES_WORD}\\.?$`, "i");
// Control signs (but not a line break or a tab) and halves of signs.
const UNSTORABLE = /[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]/u;

// The value that expressions see (null: nothing was answered). Throws WrongValue for what cannot be read.
// `field` is { id, type, min, max, step, max_length, options, columns, rows }, its numbers as exact text.
export function readAnswer(field, raw) {
  return raw === null || raw === undefined || raw === "" ? null : READERS[field.type](field, raw);
}

// How a value stands in a field's input once it is known what was meant by it; null where what was typed stays.
export function writtenBack(field, value, language) {
  if (value instanceof TimeOfDay) return clock(value, language);
  const numeric = ["integer", "decimal", "minutes", "scale"].includes(field.type);
  return numeric && value instanceof Rational ? allDecimals(value, language) : null;
}

// A value in words, as the page of the server says it; empty for a missing one.
export function inWords(value, { unit = "", digits = 0 }, language) {
  if (value === null) return "";
  if (typeof value === "boolean") return language === "sv" ? (value ? "Ja" : "Nej") : value ? "Yes" : "No";
  if (value instanceof TimeOfDay) return clock(value, language);
  if (!(value instanceof Rational)) return String(value);
  if (unit === "minutes") return duration(value, language);
  const shown = number(value, language, digits);
  return unit === "percent" ? `${shown}\u00a0%` : unit ? `${shown}\u00a0${unit}` : shown;
}

// Minutes as people say them: 45 min, 7 tim 30 min.
export function duration(minutes, language) {
  const whole = BigInt(number(magnitude(minutes), language, 0));
  const [hours, rest] = [whole / 60n, whole % 60n];
  const sign = minutes.numerator < 0n && whole ? "−" : "";
  const said = [hours ? `${hours}\u00a0${language === "sv" ? "tim" : "h"}` : "", rest || !hours ? `${rest}\u00a0min` : ""];
  return sign + said.filter(Boolean).join(" ");
}

export function clock(time, language) {
  return language === "sv" ? String(time).replace(":", ".") : String(time);
}

// Reading, by type

const READERS = {
  text: readText,
  "long-text": readText,
  integer: (field, raw) => readNumber(field, plainNumber(raw, true)),
  decimal: (field, raw) => readNumber(field, plainNumber(raw, false)),
  scale: (field, raw) => readNumber(field, plainNumber(raw, !field.step || !field.step.includes("/"))),
  minutes: (field, raw) => readNumber({ ...field, min: field.min ?? "0" }, minutesFrom(raw)),
  choice: (field, raw) => {
    if (!field.options?.includes(String(raw))) throw new WrongValue("none of the options");
    return String(raw);
  },
  choices: (field, raw) => {
    const chosen = new Set((Array.isArray(raw) ? raw : [raw]).map((one) => READERS.choice(field, one)));
    return chosen.size ? chosen : null;
  },
  ranking: (field, raw) => {
    const places = raw.filter((one) => one !== null && one !== "").map((one) => READERS.choice(field, one));
    const ranked = new Set(places);
    if (ranked.size < places.length) throw new WrongValue("each thing has one place");
    return ranked.size ? ranked : null;
  },
  "yes-no": (_, raw) => fromJson({ kind: "truth" }, raw),
  date: (_, raw) => {
    if (!/^(19|20)/.test(String(raw).trim())) throw new WrongValue("write the date as 2026-03-01");
    return new Day(String(raw).trim());
  },
  time: (_, raw) => {
    const text = String(raw).trim().replace(CLOCK_WORD, "").replace(BETWEEN_HOURS_AND_MINUTES, "$1:$2");
    if (MIDNIGHT.test(text)) return new TimeOfDay(0);
    if (!/[0-9]/.test(text)) throw new WrongValue("write the time as 22:30");
    return fromJson({ kind: "time" }, text);
  },
  item: (field, raw) => (raw === "declined" ? null : fromJson({ kind: "number" }, READERS.choice(field, raw))),
  table: readTable,
};

function readText(field, raw) {
  const text = raw.replaceAll(/\r\n?/g, "\n");
  if (UNSTORABLE.test(text)) throw new WrongValue("characters that cannot be stored");
  if ([...text].length > Math.min(field.max_length ?? LONGEST_TEXT, LONGEST_TEXT)) throw new WrongValue("too long a text");
  return text.trim() ? text : null;
}

function readNumber(field, number) {
  if (number === null) throw new WrongValue("not a number");
  const [low, high, step] = [field.min, field.max, field.step].map((text) => (text ? exact(text) : null));
  if (low && number.compare(low) < 0) throw new WrongValue("too low");
  if (high && number.compare(high) > 0) throw new WrongValue("too high");
  const steps = step && (low ? number.minus(low) : number).over(step);
  if (steps && steps.denominator !== 1n) throw new WrongValue("between two steps");
  return number;
}

function plainNumber(raw, whole) {
  const text = String(raw).trim();
  if (!whole && RATIO.test(text)) return exact(text);
  return (whole ? WHOLE : DECIMAL).test(text) ? fromJson({ kind: "number" }, text) : null;
}

function minutesFrom(raw) {
  const text = String(raw).trim();
  const onClock = ON_A_CLOCK.exec(text);
  if (onClock) return new Rational(60n * BigInt(onClock[1]) + BigInt(onClock[2]));
  const spoken = HOURS_AND_MINUTES.exec(text);
  if (spoken) {
    const [, hours, part = "", rest = ""] = spoken;
    if ((part && rest) || Number(rest) > 59) return null;
    const inHours = new Rational(BigInt(hours + part), 10n ** BigInt(part.length));
    const minutes = inHours.times(new Rational(60n)).plus(new Rational(BigInt(rest || "0")));
    return minutes.denominator === 1n ? minutes : null;
  }
  return plainNumber(ONLY_MINUTES.exec(text)?.[1] ?? text, true);
}

// Rows as the page has them. An empty row keeps the rows after it where they are; empty ones at the end are none.
function readTable(field, raw) {
  const fixed = field.rows ?? [];
  if (raw.length > (fixed.length || MOST_ROWS)) throw new WrongValue("too many rows");
  const rows = raw.map((row) => readRow(field.columns, row));
  const last = rows.findLastIndex((row) => row.filled);
  if (last < 0) return null;
  if (!fixed.length) return rows.slice(0, last + 1).map((row) => row.values);
  return fixed.map((id, index) => new Map([...(rows[index]?.values ?? emptyRow(field.columns)), ["row", id]]));
}

function readRow(columns, raw) {
  const values = new Map(columns.map((column) => [column.id, readAnswer(column, raw[column.id] ?? null)]));
  return { values, filled: [...values.values()].some((value) => value !== null) };
}

function emptyRow(columns) {
  return columns.map((column) => [column.id, null]);
}

// Numbers in words

function exact(text) {
  const [above, below = "1"] = text.split("/");
  return new Rational(BigInt(above), BigInt(below));
}

function magnitude(value) {
  return value.numerator < 0n ? value.negated() : value;
}

// Rounded half away from zero, with the decimal mark of the language.
function number(value, language, digits) {
  const scaled = magnitude(value).times(new Rational(10n ** BigInt(digits)));
  const whole = (2n * scaled.numerator + scaled.denominator) / (2n * scaled.denominator);
  const written = String(whole).padStart(digits + 1, "0");
  const mark = language === "sv" ? "," : ".";
  const shown = digits ? `${written.slice(0, -digits)}${mark}${written.slice(-digits)}` : written;
  return value.numerator < 0n && whole ? `−${shown}` : shown;
}

function allDecimals(value, language) {
  const digits = [0, 1, 2, 3, 4, 5].find((count) => value.times(new Rational(10n ** BigInt(count))).denominator === 1n) ?? 6;
  return number(value, language, digits).replace("−", "-");
}
