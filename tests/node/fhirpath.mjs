// Works out FHIRPath expressions over responses: `node fhirpath.mjs FILE`, where each line of FILE is
// {"release": "R4" | "R5", "questionnaire": {...}, "expressions": {name: text}, "responses": [{...}, ...]}.
// Prints a line each: a list with, for each response, {name: [values]}.
import { readFileSync } from "node:fs";
import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4/index.js";
import r5 from "fhirpath/fhir-context/r5/index.js";

const MODELS = { R4: r4, R5: r5 };

for (const line of readFileSync(process.argv[2], "utf8").split("\n")) {
  if (!line) continue;
  const { release, questionnaire, expressions, responses } = JSON.parse(line);
  const compiled = Object.entries(expressions).map(([name, text]) => [name, fhirpath.compile(text, MODELS[release])]);
  const found = responses.map((response) =>
    Object.fromEntries(compiled.map(([name, run]) => [name, run(response, { resource: response, questionnaire })])),
  );
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
