"""Our own questionnaires survive FHIR; and no resource, however twisted, gets more than a diagnostic out of the import."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from fhir_random_forms import random_document
from fhir_samples import compiled_questionnaires, library
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designtool.diagnostics import Severity
from designtool.exchange import Release, export_questionnaire, import_questionnaire
from designtool.exchange.questionnaire_file import document_of, file_text
from designtool.load.yaml_file import parse_yaml_text
from designtool.model.codec import encode_value

RELEASES: st.SearchStrategy[Release] = st.sampled_from(("R4", "R5"))
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

WORDS = st.text(max_size=12) | st.sampled_from(
    ["a", "b", "#a", "/1", "Questionnaire", "group", "choice", "boolean", "=", "exists", "any"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    *(
        "linkId",
        "text",
        "type",
        "required",
        "repeats",
        "answerOption",
        "answerValueSet",
        "enableWhen",
        "enableBehavior",
    ),
    *("extension", "item", "initial", "code", "prefix", "answerConstraint", "readOnly", "modifierExtension"),
)


@SLOW
@given(st.randoms(use_true_random=False), RELEASES, st.sampled_from(["usual", "both"]))
def test_nothing_is_lost_on_the_way_out_and_in(random: Random, release: Release, weights: Any) -> None:
    text = file_text(random_document(random), {})
    form = compiled_questionnaires({"form": text})["form"]
    resource = export_questionnaire(form, release, weights).resource
    imported = import_questionnaire("form.json", json.dumps(resource).encode(), "sv")
    assert (imported.diagnostics, imported.losses) == ((), ())
    assert imported.text is not None
    again = compiled_questionnaires({"form": imported.text})["form"]
    assert encode_value(again) == encode_value(form)
    assert parse_yaml_text("form.yaml", imported.text).data == document_of(form)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a", "å b", "null", "q1 .. q2"]) | WORDS.filter(bool), VALUES, min_size=1, max_size=4
    )
)
def test_every_document_can_be_written_and_read(document: dict[str, Any]) -> None:
    """As far as YAML of authors goes: numbers in their shortest form, no lone halves of characters."""
    plain = _writable(document)
    parsed = parse_yaml_text("x.yaml", file_text(plain, {(): ["# designtool: allow missing-alt – x", "\u2028\x00"]}))
    assert [one.rule for one in parsed.diagnostics] == []
    assert parsed.allowances == ()
    assert parsed.data == plain


def _writable(value: Any) -> Any:
    if isinstance(value, dict):
        return {_text(key): _writable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_writable(part) for part in value]
    if isinstance(value, float):
        return round(value, 3) if abs(value) < 1e9 and round(value, 3) != 0 else 1.5
    if isinstance(value, int) and not isinstance(value, bool):
        return value % 10**15
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    return text.encode("utf-8", errors="replace").decode()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, VALUES)), max_size=4), VALUES, VALUES)
def test_twisted_items_get_a_diagnostic_or_a_file(items: list[Any], contained: Any, extension: Any) -> None:
    resource = {"resourceType": "Questionnaire", "item": items, "contained": contained, "extension": extension}
    _is_told_or_written(json.dumps(resource).encode("utf-8", errors="replace"))


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), VALUES)
def test_a_form_with_one_thing_turned_into_another_gets_a_diagnostic_or_a_file(random: Random, value: Any) -> None:
    resource = json.loads(json.dumps(export_questionnaire(library()["audit"], "R4").resource))
    place: Any = resource
    while True:
        key = random.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if not isinstance(place[key], dict | list) or not place[key] or random.random() < 0.1:
            break
        place = place[key]
    place[key] = value
    _is_told_or_written(json.dumps(resource).encode("utf-8", errors="replace"))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", errors="replace")))
def test_any_bytes_get_a_diagnostic(data: bytes) -> None:
    assert _is_told_or_written(data) is None


def _is_told_or_written(data: bytes) -> str | None:
    found = import_questionnaire("form.json", data, "en")
    has_errors = any(one.severity is Severity.ERROR for one in found.diagnostics)
    assert (found.text is None) is has_errors
    assert all(one.span.line is not None for one in found.diagnostics)
    if found.text is not None:
        assert not parse_yaml_text("form.yaml", found.text).diagnostics
    return found.text
