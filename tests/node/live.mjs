// Works out each sample of a file with the browser's module, beside which this file stands. Prints what came of each as JSON lines.
import { readFileSync } from "node:fs";
import { toJson } from "./expressions.js";
import { corrections, workOut } from "./live.js";

for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
  const { told, raw, hidden } = JSON.parse(line);
  const onServer = new Set(hidden ?? []);
  const found = workOut(told, raw, onServer);
  const meant = (one) => corrections(told, raw, one, onServer).map(({ field, time }) => [field, toJson(time)]);
  console.log(
    JSON.stringify({
      hidden: [...found.hidden].sort(),
      unread: Object.fromEntries(found.unread),
      said: found.said,
      broken: found.broken.map((one) => ({ message: one.message, field: one.field, meant: meant(one) })),
    }),
  );
}
