"""The validator that answers and the validator that explains never differ, and a no is always explained."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designtool.load import shape
from designtool.load.document import Document
from designtool.load.shape import KINDS, check_shape, schema_of

WORDS = st.sampled_from(
    [
        "title",
        "q1",
        "a-b",
        "a_b",
        "diary",
        "scale",
        "choice",
        "table",
        "sum",
        "start",
        "previous",
        "1.0.0",
        "22:15",
        "library/kris",
        "112",
        "2026-02-30",
        "å",
        "proposed",
    ]
)
ODD_WORDS = st.sampled_from(["", "q1 .. q9", "Ett Id", "every 2 weeks", "q1\n", "\u2028", "\U0001f600", "x" * 600])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.sampled_from([0, 1, 2, -1, 0.0, 1.0, -0.0, 1e300, 0.1, 83.33]),
    st.text(max_size=12),
    WORDS,
    ODD_WORDS,
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.one_of(WORDS, st.text(max_size=8)), inner, max_size=4)
    ),
    max_leaves=12,
)


@cache
def _answering(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema_of(kind), offline=True)


def shaped(kind: str) -> st.SearchStrategy[Any]:
    """Values that follow the schema closely enough that each keyword decides now and then."""
    root = schema_of(kind)

    def of(schema: Any, depth: int) -> st.SearchStrategy[Any]:
        if not isinstance(schema, dict) or depth > 6:
            return SCALARS
        if "$ref" in schema:
            reference = schema["$ref"].removeprefix("#/$defs/")
            schema = {**root["$defs"][reference], **{key: value for key, value in schema.items() if key != "$ref"}}
        kinds = schema.get("type", "string")
        if isinstance(kinds, list):
            return st.one_of([of({**schema, "type": name}, depth) for name in kinds])
        if "enum" in schema:
            return st.one_of(st.sampled_from(schema["enum"]), WORDS, ODD_WORDS)
        if "const" in schema:
            return st.sampled_from([schema["const"], float(schema["const"]), True, 2])
        if kinds == "object":
            inner = schema.get("additionalProperties")
            known = {key: of(value, depth + 1) for key, value in schema.get("properties", {}).items()}
            required = {key: known[key] for key in schema.get("required", ()) if key in known}
            optional = {key: value for key, value in known.items() if key not in required}
            fixed = st.fixed_dictionaries(required, optional=optional)
            if isinstance(inner, dict):
                names = st.sampled_from(["q1", "a_b", "q1 .. q3", "phq9.total", "a-b", "Fel"])
                return st.builds(
                    lambda a, b: {**a, **b}, fixed, st.dictionaries(names, of(inner, depth + 1), max_size=2)
                )
            return fixed
        if kinds == "array":
            return st.lists(of(schema.get("items"), depth + 1), max_size=3)
        if kinds == "integer":
            low = schema.get("minimum", 0)
            return st.sampled_from([low, low - 1, low + 1, schema.get("maximum", 7), schema.get("maximum", 7) + 1, 1.0])
        if kinds == "number":
            return st.sampled_from([0, 1, -15, 2.5, 1e300])
        if kinds == "boolean":
            return st.booleans()
        if kinds == "null":
            return st.none()
        if "pattern" in schema:
            return st.one_of(
                st.from_regex(schema["pattern"].removesuffix("$"), fullmatch=True),
                st.from_regex(schema["pattern"]),
                WORDS,
            )
        return st.one_of(WORDS, ODD_WORDS)

    return of(root, 0)


@st.composite
def broken(draw: st.DrawFn, kind: str) -> Any:
    """A shaped value in which something at some place was taken away, put in or exchanged."""
    value = copy.deepcopy(draw(shaped(kind)))
    for _ in range(draw(st.integers(0, 2))):
        here = value
        while isinstance(here, dict | list) and here:
            key = draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
            if draw(st.booleans()) and isinstance(here[key], dict | list) and here[key]:
                here = here[key]
                continue
            act = draw(st.sampled_from(["exchange", "take away", "put in"]))
            if act == "exchange":
                here[key] = draw(ANYTHING)
            elif act == "take away":
                del here[key]
            elif isinstance(here, dict):
                here[draw(st.one_of(WORDS, st.text(max_size=8)))] = draw(ANYTHING)
            else:
                here.append(draw(ANYTHING))
            break
    return value


def agree(kind: str, value: Any) -> None:
    answer = _answering(kind).is_valid(value)
    assert answer == shape._explainer(kind).is_valid(value)
    found = check_shape(Document(f"programs/exempel/{kind}.yaml", kind, value))
    front_matter = value is None and kind in ("page", "therapist-notes")
    if not front_matter:
        assert bool(found) == (not answer), found
    for one in found:
        assert one.message.sv and one.message.en and one.span.line


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), broken(kind))))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_they_agree_on_documents_that_are_nearly_right(case: tuple[str, Any]) -> None:
    agree(*case)


@given(st.sampled_from(KINDS), ANYTHING)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_they_agree_on_whatever_stands_in_a_file(kind: str, value: Any) -> None:
    agree(kind, value)
