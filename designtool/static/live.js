// What a form shows while somebody writes in it: which fields, what is worked out from them, and what does not hold. The meaning
// is that of designtool/treatment/records.py; what the browser is told of a form stands in designtool/render/live.py. It never
// touches the page: static/forms.js shows what comes of it, and the server has the last word after each save.

import { Day, TimeOfDay, WrongValue, evaluate } from "./expressions.js";
import { inWords, readAnswer } from "./answers.js";

const MINUTES_A_DAY = 1440;
const MISTAKES = { "too low": "low", "too high": "high", "between two steps": "step" };

// What has been written, worked out. `raw` is what each field's inputs hold, `hiddenByServer` the fields that the server has hidden,
// for those whose condition stays there. Gives { values, hidden, unread, said, broken }:
//   values   field and computed value to their typed values
//   hidden   the fields that are not to be seen
//   unread   names of inputs whose content cannot be read, with what the server will say of it; it counts as missing
//   said     computed value (`table.0.sum` too) to its words, for all that can be worked out here
//   broken   the constraints that do not hold
export function workOut(told, raw, hiddenByServer = new Set()) {
  const fields = new Map(told.fields.map((field) => [field.id, field]));
  const computed = new Map(told.computed.map((one) => [one.id, one]));
  const worked = new Map();
  const begun = new Set();
  const hidden = new Set();
  const unread = new Map();
  const said = {};

  // Worked out when somebody asks: a condition may look at computed values, and these at fields.
  const values = {
    get(name) {
      if (!begun.has(name)) {
        begun.add(name);
        worked.set(name, fields.has(name) ? fieldValue(fields.get(name)) : computedValue(computed.get(name)));
      }
      return worked.get(name) ?? null;
    },
  };
  const around = (extra) => ({
    today: new Day(told.today),
    start: new Day(told.start),
    records: new Map(),
    own: told.form,
    draft: { dated: new Day(told.today), values },
    summaries: new Map(),
    extra,
    clockMoved: told.clock_moved,
  });
  const nothing = new Map();
  const worth = (tree, extra = nothing) => evaluate(tree, around(extra));

  function fieldValue(field) {
    const shown = isShown(field);
    if (shown !== true) {
      hidden.add(field.id);
      const unasked = field.type === "item" && shown === null;
      return unasked ? null : whenHidden(field);
    }
    const value = readLeniently(field, raw[field.id] ?? null, field.id, unread);
    return field.computed?.length && Array.isArray(value) ? value.map((row, at) => withComputed(field, row, at)) : value;
  }

  function isShown(field) {
    if (field.on_server) return !hiddenByServer.has(field.id);
    return field.show_if ? worth(field.show_if) : true;
  }

  function computedValue(one) {
    if (!one?.value) return null;
    const value = worth(one.value);
    if (one.shown) said[one.id] = inWords(value, one, told.language);
    return value;
  }

  function withComputed(table, row, at) {
    const known = new Map(row);
    for (const one of table.computed) {
      if (!one.value) continue;
      const value = worth(one.value, known);
      known.set(one.id, value);
      if (one.shown) said[`${table.id}.${rowName(table, at)}.${one.id}`] = inWords(value, one, told.language);
    }
    return known;
  }

  for (const name of [...fields.keys(), ...computed.keys()]) values.get(name);
  const broken = told.constraints.filter((one) => worth(one.assert) === false);
  return { values: worked, hidden, unread, said, broken };
}

// One clock time moved by twelve hours with which everything holds: designtool/treatment/corrections.py says how it is chosen.
// A list of { field, time }.
export function corrections(told, raw, constraint, hiddenByServer) {
  const now = workOut(told, raw, hiddenByServer);
  const fitting = [];
  for (const name of constraint.reads) {
    const time = now.values.get(name);
    const isTime = told.fields.find((field) => field.id === name).type === "time";
    if (!isTime || now.hidden.has(name) || !(time instanceof TimeOfDay)) continue;
    const other = new TimeOfDay((time.minutes + MINUTES_A_DAY / 2) % MINUTES_A_DAY);
    const again = workOut(told, { ...raw, [name]: String(other) }, hiddenByServer);
    if (!again.broken.length) fitting.push({ field: name, time: other, length: lengthOf(told, again.values) });
  }
  const shortest = Math.min(...fitting.map((one) => one.length));
  return fitting.filter((one) => one.length === shortest).map(({ field, time }) => ({ field, time }));
}

function lengthOf(told, values) {
  const times = told.fields
    .filter((field) => field.type === "time" && values.get(field.id) instanceof TimeOfDay)
    .map((field) => values.get(field.id).minutes);
  const spans = times.slice(1).map((time, at) => (time - times[at] + MINUTES_A_DAY) % MINUTES_A_DAY);
  return spans.reduce((sum, span) => sum + span, 0);
}

function whenHidden(field) {
  const value = field.when_hidden ?? null;
  return value === null || (typeof value === "boolean" && field.type !== "yes-no") ? null : readAnswer(field, value);
}

// How a row stands in the names of its inputs.
function rowName(table, at) {
  return table.named_rows ? table.rows[at] : at;
}

// What cannot be read counts as missing, cell by cell, so that one slip does not blank a whole table.
function readLeniently(field, raw, name, unread) {
  if (field.type === "table" && Array.isArray(raw)) {
    const cell = (row, at, column) => legible(column, row[column.id] ?? null, `${name}.${rowName(field, at)}.${column.id}`, unread);
    const rows = raw.map((row, at) => Object.fromEntries(field.columns.map((column) => [column.id, cell(row, at, column)])));
    return attempt(field, rows, name, unread)[0];
  }
  return attempt(field, raw, name, unread)[0];
}

function legible(field, raw, name, unread) {
  return attempt(field, raw, name, unread)[1] ? raw : null;
}

function attempt(field, raw, name, unread) {
  try {
    return [readAnswer(field, raw), true];
  } catch (error) {
    if (!(error instanceof WrongValue)) throw error;
    unread.set(name, field.wrong?.[MISTAKES[error.message] ?? "unread"] ?? "");
    return [null, false];
  }
}
