"""Questionnaires to export, responses to them, and the FHIRPath engine that works out what was exported."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from case_files import TODAY, compiled
from fhir_random_forms import random_document

from designtool.exchange.fhir_words import CALCULATED, ENABLE_WHEN_EXPRESSION
from designtool.exchange.questionnaire_file import file_text
from designtool.model.questionnaire import Questionnaire
from designtool.workspace import compile_workspace

ROOT = Path(__file__).parents[1]
RUNNER = ROOT / "tests" / "node" / "fhirpath.mjs"
SAMPLES = ROOT.parent / "shared" / "samples" / "fhir"
"""Real forms as their makers published them, where somebody has laid them beside this repository."""
LIBRARY = "programs/library/questionnaires"


@cache
def library() -> Mapping[str, Questionnaire]:
    return compile_workspace(ROOT, TODAY, ()).library.questionnaires


def compiled_questionnaires(texts: Mapping[str, str]) -> Mapping[str, Questionnaire]:
    """Questionnaire files of a library, by id."""
    files: dict[str, bytes | None] = {f"{LIBRARY}/{id}.yaml": text.encode() for id, text in texts.items()}
    return compiled(files).library.questionnaires


@cache
def random_questionnaires(seed: int, count: int) -> Mapping[str, Questionnaire]:
    random = Random(seed)
    return compiled_questionnaires({f"r{number}": file_text(random_document(random), {}) for number in range(count)})


def response_to(resource: Mapping[str, Any], answers: Mapping[str, int]) -> dict[str, Any]:
    """A response with the codings of the questionnaire, as a form filler would make it."""
    items = []
    for item in resource["item"]:
        if item["linkId"] in answers:
            value = str(answers[item["linkId"]])
            coding = next(one["valueCoding"] for one in item["answerOption"] if one["valueCoding"]["code"] == value)
            items.append({"linkId": item["linkId"], "answer": [{"valueCoding": coding}]})
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}


def expressions_of(resource: Mapping[str, Any]) -> dict[str, str]:
    """linkId to the calculation of a score, or to the condition of an item."""
    return {
        item["linkId"]: extension["valueExpression"]["expression"]
        for item in resource["item"]
        for extension in item.get("extension", ())
        if extension["url"] in (CALCULATED, ENABLE_WHEN_EXPRESSION)
    }


def worked_out(
    cases: Sequence[tuple[str, Mapping[str, Any], Sequence[Mapping[str, Any]]]],
) -> list[list[dict[str, Any]]]:
    """For each (release, resource, responses): what each expression gives for each response. None is empty."""
    node = shutil.which("node") or shutil.which("nodejs")
    assert node, "There is no Node on this machine (apt-get install nodejs npm)."
    subprocess.run([ROOT / ".ci" / "node"], check=True)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cases.jsonl"
        lines = [
            {
                "release": release,
                "questionnaire": resource,
                "expressions": expressions_of(resource),
                "responses": [response_to(resource, answers) for answers in given],
            }
            for release, resource, given in cases
        ]
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        done = subprocess.run([node, RUNNER, path], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [[_values(one) for one in json.loads(line)] for line in done.stdout.splitlines()]


def _values(found: Mapping[str, list[Any]]) -> dict[str, Any]:
    assert all(len(values) <= 1 for values in found.values()), found
    return {name: values[0] if values else None for name, values in found.items()}
