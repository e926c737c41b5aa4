// Reads each answer of the vectors with the browser's reader, beside which this file stands. Prints the disagreements as JSON.
import { readFileSync } from "node:fs";
import { readAnswer, writtenBack } from "./answers.js";
import { toJson } from "./expressions.js";

// With the keys of every object in order, so that equal values are equal texts.
const canonical = (value) =>
  JSON.stringify(value, (_, part) =>
    part && typeof part === "object" && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort()) : part,
  );

const { cases } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const disagreements = [];
for (const one of cases) {
  let found;
  try {
    const value = readAnswer(one.field, one.typed);
    found = { value: toJson(value), shown: value === null ? "" : writtenBack(one.field, value, "sv") ?? one.typed };
  } catch (error) {
    found = { wrong: true, why: `${error.name}: ${error.message}` };
  }
  const same = one.wrong
    ? found.wrong && found.why.startsWith("WrongValue")
    : canonical(found.value) === canonical(one.value) && (one.shown === undefined || one.shown === found.shown);
  if (!same) disagreements.push({ one, found });
}
console.log(JSON.stringify({ compared: cases.length, disagreements }));
