"""The browser's evaluator, run in Node: what it makes of answers can be held against Python."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from designtool.diagnostics import Cannot, Text
from designtool.model.codec import encode_value
from designtool.model.questionnaire import Questionnaire
from designtool.resources import static
from designtool.treatment.scoring import RaisedByAnswers, Refusal, Scored, ScoreResult, is_clinical

OLDEST = 20
"""The oldest version of Node that has what the evaluator is written with."""
_SECONDS = 300
_VERSION = re.compile(r"v(\d+)\.")

# The files are named for browsers, in which a module is what a page says is one: Node is given them as addresses of data.
_RUNNER = """
import { readFileSync } from "node:fs";
const address = (text) => `data:text/javascript;base64,${Buffer.from(text, "utf8").toString("base64")}`;
const { expressions, scoring, questionnaires, cases } = JSON.parse(readFileSync(0, "utf8"));
const { toJson } = await import(address(expressions));
const { score } = await import(address(scoring.replace("./expressions.js", address(expressions))));
for (const [form, answers] of cases) {
  const found = score(questionnaires[form], answers);
  const scores = found.scores.map((one) => ({ ...one, value: toJson(one.value) }));
  process.stdout.write(`${JSON.stringify({ ...found, scores })}\\n`);
}
"""


@dataclass(frozen=True, slots=True)
class Node:
    program: Path


def find_node() -> Node | Text:
    """Node, if there is one that is new enough; otherwise why not."""
    found = shutil.which("node") or shutil.which("nodejs")
    if found is None:
        return Text(
            f"här finns inget Node (version {OLDEST} eller nyare behövs)",
            f"there is no Node here (version {OLDEST} or newer is needed)",
        )
    try:
        done = subprocess.run(
            [found, "--version"], capture_output=True, text=True, timeout=_SECONDS, env=_environment()
        )
    except (OSError, subprocess.TimeoutExpired):
        return Text(f"{found} går inte att köra", f"{found} cannot be run")
    version = _VERSION.match(done.stdout)
    if done.returncode or version is None or int(version[1]) < OLDEST:
        said = done.stdout.strip() or "?"
        return Text(
            f"Node här är {said} (version {OLDEST} eller nyare behövs)",
            f"Node here is {said} (version {OLDEST} or newer is needed)",
        )
    return Node(Path(found))


def scripts() -> dict[str, str]:
    return {name: (static() / f"{name}.js").read_text("utf-8") for name in ("expressions", "scoring")}


def score_in_javascript(
    node: Node, cases: Sequence[tuple[Questionnaire, Mapping[str, Any]]], code: Mapping[str, str] | None = None
) -> list[Scored]:
    """What the browser's evaluator makes of each, in one process. Raises Cannot when Node does not come through.

    Scores, flags (by id and level) and refusals (by item) are there; words and typed values are Python's alone.
    """
    if not cases:
        return []
    forms = list(dict.fromkeys(form for form, _ in cases))
    place = {form: number for number, form in enumerate(forms)}
    given = {
        **(code or scripts()),
        "questionnaires": [encode_value(form) for form in forms],
        "cases": [[place[form], {id: _plain(answer) for id, answer in answers.items()}] for form, answers in cases],
    }
    try:
        done = subprocess.run(
            [node.program, "--input-type=module", "--eval", _RUNNER],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_SECONDS,
            env=_environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise _failed(type(problem).__name__) from problem
    lines = done.stdout.splitlines()
    if done.returncode or len(lines) != len(cases):
        raise _failed(next((line for line in done.stderr.splitlines() if "Error" in line), f"status {done.returncode}"))
    return [_scored(form, json.loads(line)) for (form, _), line in zip(cases, lines, strict=True)]


def _environment() -> dict[str, str]:
    """Ours, without what would make Node load or do something of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}


def _failed(why: str) -> Cannot:
    return Cannot(
        Text(
            f"webbläsarens uträkning gick inte att köra i Node: {why}",
            f"the browser's evaluator could not be run in Node: {why}",
        )
    )


def _plain(answer: Any) -> Any:
    """A whole number as one: JavaScript has no others."""
    return answer.numerator if isinstance(answer, Fraction) and answer.denominator == 1 else answer


def _scored(form: Questionnaire, found: Mapping[str, Any]) -> Scored:
    rules = {rule.id: rule for rule in form.scores}
    scores = []
    for one in found["scores"]:
        value = None if one["value"] is None else Fraction(one["value"])
        if one["clinical"] is not is_clinical(rules[one["id"]], value):
            raise _failed(f"{form.id}: clinical of {one['id']}")
        scores.append(ScoreResult(one["id"], value, one["status"], one["band"]))
    flags = tuple(RaisedByAnswers(one["id"], one["level"], Text("", ""), ()) for one in found["flags"])
    about = Text("svaret vägras", "the answer is refused")
    refusals = tuple(
        Refusal(item, None, Text(f"{item}: {about.sv}", f"{item}: {about.en}")) for item in found["refusals"]
    )
    return Scored(tuple(scores), flags, refusals)
