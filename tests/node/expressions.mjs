// Runs the browser's evaluator in Node 20 or newer. It is read as text and loaded as a module, for the file is named for browsers.
//
//   node expressions.mjs vectors MODULE VECTORS     every vector of the file, and trees that must be refused
//   node expressions.mjs pairs MOST SAMPLE MODULE...   each module on the expressions and answers of a file of JSON lines, until
//                                                   so many disagreements
//
// Prints one line of JSON a module: how many were compared, and those that disagreed.
import { readFileSync } from "node:fs";

const [, , command, ...given] = process.argv;

function load(path) {
  const text = readFileSync(path, "utf8");
  return import(`data:text/javascript;base64,${Buffer.from(text, "utf8").toString("base64")}`);
}

// JSON with the keys of every object in order, so that equal values are equal texts.
function canonical(value) {
  return JSON.stringify(value, (_, part) =>
    part && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
  );
}

function report(compared, disagreements) {
  console.log(JSON.stringify({ compared, disagreements }));
}

// What a piece of work gives, or the name of what it throws.
function outcome(work) {
  try {
    return canonical(work());
  } catch (error) {
    return `throws ${error.name}: ${error.message}`;
  }
}

async function vectors(path, file) {
  const { evaluate, environmentFrom, toJson, fromJson } = await load(path);
  const data = JSON.parse(readFileSync(file, "utf8"));
  const disagreements = [];
  let compared = 0;
  const agree = (about, wanted, found) => {
    compared += 1;
    const same = wanted === found || (wanted === "throws" && found.startsWith(`throws ${about.error}:`));
    if (!same) disagreements.push({ about, wanted, found });
  };
  for (const one of [...data.cases, ...data.trees]) {
    const worth = () => toJson(evaluate(one.tree, environmentFrom(data.forms, data.environments[one.environment])));
    agree({ source: one.source ?? one.tree, in: one.environment }, canonical(one.value), outcome(worth));
  }
  for (const one of data.values) {
    const read = () => toJson(fromJson(one.type, one.json));
    const about = { type: one.type, json: String(one.json).slice(0, 60), error: "WrongValue" };
    agree(about, one.wrong ? "throws" : canonical(one.value), outcome(read));
    // What is written is read as the same again.
    const again = () => toJson(fromJson(one.type, toJson(fromJson(one.type, one.json))));
    if (!one.wrong) agree(about, canonical(one.value), outcome(again));
  }
  const around = environmentFrom(data.forms, { today: "2026-03-16", start: "2026-03-02" });
  for (const [index, tree] of REFUSED.entries()) {
    agree({ refused: index, error: "ExpressionError" }, "throws", outcome(() => toJson(evaluate(tree, around))));
  }
  agree({ deep: 390 }, canonical(null), outcome(() => toJson(evaluate(nested(390), around))));
  report(compared, disagreements);
}

function nested(levels) {
  let tree = ["ref", "phq9", "q1"];
  for (let level = 0; level < levels; level += 1) tree = ["negate", tree];
  return tree;
}

const ONE = ["number", "1"];
const REFUSED = [
  nested(400),
  nested(100000),
  null,
  undefined,
  7,
  "ref",
  {},
  [],
  [null],
  [[]],
  [["number", "1"]],
  ["eval", "1"],
  ["constructor"],
  ["__proto__", ONE],
  ["toString", ONE],
  ["call"],
  ["call", "eval", ONE],
  ["call", "constructor", ONE],
  ["call", "last", ONE],
  ["+", ONE],
  ["+", ONE, ONE, ONE],
  ["+", ONE, "1"],
  ["+", ONE, null],
  ["and"],
  ["not"],
  ["if", ONE, ONE],
  ["in", ONE],
  ["ref", "phq9"],
  ["ref", "phq9", 1],
  ["ref", "phq9", "q1", "q2"],
  ["extra", ["number", "1"]],
  ["number", 1],
  ["number", "1.5"],
  ["number", "1e9"],
  ["number", "1/0"],
  ["number", "1/-2"],
  ["number", ""],
  ["number", " 1"],
  ["number", "9".repeat(1301)],
  ["text", 1],
  ["date", "2026-02-30"],
  ["date", ""],
  ["time", "25:00"],
  ["time", ""],
  ["column", "natt", 7, "tst", ["tst"]],
  ["cells", "dag", "tabell", "matt"],
  ["entries", "natt", 0],
  ["entries", "natt", "7"],
  ["entries", "natt", 1001],
  ["call", "sum"],
  ["call", "sum", ["column", "natt", 7, "tst"]],
  ["call", "sum", ["column", "natt", 7, "tst", "tst"]],
  ["call", "sum", ["column", "natt", 1.5, "tst", ["tst"]]],
  ["call", "round", ONE, ["ref", "phq9", "q1"]],
  ["call", "round", ONE, ["number", "-1"]],
  ["call", "round", ONE, ["number", "99999"]],
  ["call", "round", ONE, ONE, ONE],
  ["call", "ceil_to", ONE],
  ["call", "ceil_to", ONE, ["number", "0"]],
  ["call", "ceil_to", ONE, ["number", "-15"]],
  ["call", "ceil_to", ONE, ["number", "0/3"]],
  ["call", "ceil_to", ONE, ["number", "3/"]],
  ["call", "previous", ONE],
  ["call", "previous", ["ref", "phq9", "q1"], ["number", "1/2"]],
  ["call", "change", ["number", "1"]],
  ["call", "this_week", ["cells", "dag", "tabell", "matt"]],
  ["call", "week", ONE],
  ["call", "answered", ["column", "natt", 7, "tst", ["tst"]]],
];

async function pairs(most, file, paths) {
  const modules = [];
  for (const path of paths) modules.push(await load(path));
  const lines = readFileSync(file, "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
  const { forms } = lines.shift();
  for (const { evaluate, environmentFrom, toJson } of modules) {
    // Read when first asked for: most modules with a mistake are through after a few.
    const stated = [];
    const read = [];
    const disagreements = [];
    let compared = 0;
    for (const { environment, source, tree, within, value } of lines) {
      if (environment) {
        stated.push(environment);
        continue;
      }
      read[within] ??= environmentFrom(forms, stated[within]);
      compared += 1;
      const found = outcome(() => toJson(evaluate(tree, read[within])));
      if (found !== canonical(value)) disagreements.push({ source, tree, within, python: value, javascript: found });
      if (disagreements.length === most) break;
    }
    report(compared, disagreements);
  }
}

if (command === "vectors") await vectors(...given);
else await pairs(Number(given[0]), given[1], given.slice(2));
