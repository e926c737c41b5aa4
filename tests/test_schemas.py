"""The schemas themselves: told in two languages, closed to typing errors, and read alike by every validator."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from designtool import resources
from designtool.diagnostics import Rule, Severity, Span, Text, report_json
from designtool.load.identifiers import EITHER, KEBAB_CASE, LOWER_SNAKE, kebab_case, lower_snake
from designtool.load.shape import KINDS, schema_of

MESSAGES = (
    "diagnostics",
    "build",
    "inspect",
    "verify",
    "unbundle",
    "score",
    "test",
    "explain",
    "diff",
    "manifest",
    "fork",
    "media",
    "bump",
    "release-command",
    "export",
    "import",
    "fhir-loss",
    "migrate",
    "agreement",
    "agreement-end",
    "agreements",
    "runtime-enrolment",
    "runtime-end",
    "recall-receipt",
    "receipts",
    "overlay-build",
    "overlay-command",
    "subscriptions",
    "recall",
    "publish",
    "fetch",
    "federation",
    "keys",
    "catalogue",
)
NOT_TO_BE_USED = {
    "format",  # Off in one validator by default, on in the other.
    "multipleOf",  # Floating point differs.
    "uniqueItems",
    "oneOf",  # Reports the wrong branch.
    "anyOf",
    "patternProperties",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "$dynamicRef",
    "contentEncoding",
}
SAMPLES: dict[str, Any] = {
    "workspace": {
        "format": 1,
        "region": "vgr",
        "language": "sv",
        "programs": "programs",
        "severity": {"long-sentence": "info"},
        "media": "../filmer",
        "registries": {"national": "https://registry.example/programs"},
        "subscriptions": {
            "skane/somn": {"from": "national", "trust": "trust", "versions": ">=1.0 <2.0", "version": "1.2.0"}
        },
    },
    "program": {
        "format": 1,
        "id": "exempel",
        "derived_from": {"program": "annat", "version": "1.2.3", "digest": f"sha256:{'0' * 64}"},
        "version": "1.0.0",
        "title": "Exempel",
        "summary": "Ett exempel.",
        "kind": "education",
        "language": "sv",
        "publisher": {"region": "vgr", "responsible": "Eva Lind", "role": "Psykolog", "contact": "a@example.org"},
        "producer": "En klinik",
        "rights": {"licence": "CC-BY-4.0", "holder": "Regionen"},
        "audience": {"age": {"min": 13, "max": 17}, "severity": "mild", "conditions": ["F32", "F41.1"]},
        "duration": {"weeks": 9, "minutes_per_week": 180},
        "codes": {"kva": ["DU011", "ZV044"]},
        "therapist": {"competence": "Psykolog", "feedback_within_days": 7, "messages_within_working_days": 2},
        "pacing": {"unlock": "free", "days_per_module": 0},
        "measurements": [
            {
                "questionnaire": "phq9",
                "at": [
                    "start",
                    "end",
                    "every week",
                    "every day",
                    "every 2 weeks",
                    "before each module",
                    "1 day after start",
                ],
            }
        ],
        "reminders": [{"when": "not signed in", "after_days": 3, "text": "Välkommen in."}],
        "retention": "agreed",
        "crisis_page": "library/kris",
    },
    "release": {
        "review_by": "2027-11-01",
        "reserved": ["gammalt_falt", "gammal-modul"],
        "acknowledgements": [{"finding": f"sha256:{'0' * 64}", "name": "Eva", "role": "Psykolog", "reason": "Bedömt."}],
    },
    "release-list": {"1.4.0": {"digest": f"sha256:{'0' * 64}", "published": "2026-11-21", "patients": True}},
    "migration": {
        "rename": {"modules": {"gammal": "ny"}, "forms": {"lista": "min_lista"}, "fields": {"lista.a": "min_lista.b"}},
        "removed": {
            "modules": {"extra": "keep-readable"},
            "forms": {"x": "keep-readable"},
            "fields": {"y.z": "keep-readable"},
        },
        "begun": {"program": "keep", "modules": {"ny": "see-again"}, "forms": {"min_lista": "keep", "y": "hold-back"}},
    },
    "media-lock": {"media/film.mp4": {"digest": f"sha256:{'0' * 64}", "size": 48211093}},
    "module": {
        "title": "Modul",
        "goal": "Du vet.",
        "minutes": 30,
        "unlock": {"after": "none", "days": 0, "when": "phq9.total >= 10", "therapist": True},
        "complete_when": ["dagbok"],
        "homework": ["dagbok"],
        "feedback": {"within_days": 7, "required_before_next": False},
        "optional": True,
        "show_if": True,
        "safety": False,
        "introduction": True,
    },
    "page": {"title": "Sida", "minutes": 8, "show_if": "phq9.total > 3", "safety": True},
    "therapist-notes": {"title": "Till dig som behandlar"},
    "exercise": {
        "title": "Sömnfönster",
        "kind": "decision",
        "measure": "somndagbok.week_se",
        "needs": {"entries": 5, "within_days": 7},
        "start": 360,
        "floor": 330,
        "ceiling": 540.5,
        "unit": "minutes",
        "bands": [{"from": 0, "step": -15}, {"from": 85, "step": 15}],
        "every_days": 7,
        "hold_if": "dagsomnighet.total >= 3",
        "lock_if": False,
        "confirm": "therapist",
        "overdue_days": 2,
        "computed": [{"id": "laggdags", "label": "Läggdags", "value": "current"}],
    },
    "questionnaire": {
        "title": "Skattning",
        "instrument": {"name": "S", "language": "sv", "licence": "restricted", "holder": "H", "source": "K"},
        "options": {"ofta": [{"value": 0, "label": "Nej"}]},
        "items": [{"id": "q1", "options": "ofta", "risk": "suicidality", "scored": False}],
        "scores": [
            {
                "id": "total",
                "label": "Summa",
                "method": "weighted",
                "items": ["q1 .. q3"],
                "weights": {"q1": 2},
                "missing": {"rule": "prorate", "at_least": 2},
                "range": [0, 27],
                "bands": [{"from": 4.5, "label": "Lindrig"}],
            }
        ],
        "flags": [
            {
                "when": "q1 >= 1",
                "level": "red",
                "to": "unit",
                "escalate_after_hours": 24,
                "patient_page": "library/kris",
            }
        ],
        "vectors": [
            {"answers": {"q1 .. q3": 1}, "expect": {"scores": {"total": 9}, "flags": ["declined-risk-item"]}},
            {"answers": {"q1": "declined"}, "expect": {"scores": {"total": "insufficient"}}},
            {"answers": {}, "expect": {"scores": {"total": {"value": 4.5, "status": "prorated", "band": "Lindrig"}}}},
        ],
    },
    "contacts": {
        "crisis": {"label": "Fara", "phone": "112", "checked": "2026-11-01", "region": "vgr"},
        "stod-linjen": {"label": "Stöd"},
    },
    "glossary": {"beteendeaktivering": {"title": "Beteendeaktivering", "text": "Att göra mer."}},
    "persons": {"samira": {"name": "Samira", "age": 34, "text": "Lärare.", "image": "media/samira.svg"}},
    "sources": [{"id": "sbu-2021", "title": "Rapport", "authors": ["SBU"], "year": 2021, "supports": "Allt"}],
    "variant": {
        "title": "Plus",
        "summary": "Med mer.",
        "titles": {"start": "Kom i gång"},
        "replace": [
            {"page": "start/sida", "with": "sida.md"},
            {"page": "library/kris", "with": "kris.md", "replaces": f"sha256:{'0' * 64}"},
        ],
        "hide": {"pages": ["start/andra"], "modules": ["extra"]},
        "add": {
            "measurements": [{"questionnaire": "gad7", "at": ["start", "every week", "end"], "window_days": 3}],
            "pages": [{"in": "start", "file": "15-ny.md"}],
            "modules": ["05-sorg"],
        },
    },
    "overlay": {
        "region": "skane",
        "over": "exempel",
        "versions": ">=1.0 <2.0",
        "version": "1.0.0",
        "publisher": {"responsible": "Eva Lind", "role": "Psykolog", "contact": "a@example.org"},
        "title": "Exempel i Skåne",
        "replace": [{"page": "start/sida", "with": "text/sida.md", "replaces": f"sha256:{'0' * 64}"}],
        "hide": {"modules": ["extra"]},
        "add": {"pages": [{"in": "start", "file": "15-ny.md"}]},
    },
    "wording": {
        "instrument": "madrs_s",
        "language": "sv",
        "introduction": "Läs varje fråga.",
        "items": {"q1": "En fråga", "q2": "En fråga till"},
        "options": {"q1 .. q2": [{"value": 0, "label": "Nej"}, {"value": 6, "label": "Ja"}]},
    },
    "journey": {
        "title": "Resa",
        "steps": [
            {
                "day": "1..7",
                "time": "22:15",
                "does": [
                    {"fill": "dagbok", "answers": {"bed": "23:00", "lista": [{"vad": "gå"}], "nej": None}},
                    {"stop": "fonster"},
                    {"therapist": "confirms", "decision": "fonster"},
                ],
                "expect": {
                    "open": [],
                    "values": {"dagbok.se": 83.33},
                    "decisions": {"fonster.proposed": 360},
                    "due": ["phq9"],
                },
            }
        ],
    },
}


def all_schemas() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(resources.folder("schemas").glob("*.schema.json")):
        yield path.name.removesuffix(".schema.json"), json.loads(path.read_bytes())


def subschemas(schema: Any, way: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema: never a mapping whose keys are names of properties."""
    if not isinstance(schema, dict):
        return
    yield way, schema
    for keyword in ("items", "additionalProperties", "propertyNames", "if", "then", "else", "not"):
        yield from subschemas(schema.get(keyword), f"{way}/{keyword}")
    for keyword in ("properties", "$defs"):
        for name, inner in schema.get(keyword, {}).items():
            yield from subschemas(inner, f"{way}/{keyword}/{name}")
    for index, inner in enumerate(schema.get("allOf", ())):
        yield from subschemas(inner, f"{way}/allOf/{index}")


def test_every_kind_of_document_and_every_message_has_a_schema() -> None:
    names = {name for name, _ in all_schemas()}
    assert names >= {*KINDS, *MESSAGES}


@pytest.mark.parametrize("name", [*KINDS, *MESSAGES])
def test_a_schema_is_one_that_both_validators_take(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    jsonschema_rs.meta.validate(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"https://designtool.example/schemas/1/{name}.schema.json"


@pytest.mark.parametrize("name", [*KINDS, *MESSAGES])
def test_each_property_is_described_in_both_languages(name: str) -> None:
    for way, schema in subschemas(schema_of(name)):
        if re.search("/(if|then|else)$", way):
            continue
        for key, described in schema.get("properties", {}).items():
            for language in ("description", "markdownDescription"):
                text = described.get(language, "")
                assert len(text) > 5, f"{name}{way}/{key} lacks {language}"
            assert described["description"] != described["markdownDescription"]


@pytest.mark.parametrize("name", KINDS)
def test_most_keys_show_an_example_that_can_be_copied(name: str) -> None:
    """A group of keys shows them by its own; a single value shows one."""
    for way, schema in subschemas(schema_of(name)):
        if re.search("/(if|then|else)$", way):
            continue
        for key, described in schema.get("properties", {}).items():
            if described.get("type") in ("string", "integer", "number", "boolean"):
                assert "\n\nExempel: `" in described["markdownDescription"], f"{name}{way}/{key}"


@pytest.mark.parametrize("name", KINDS)
def test_what_an_author_writes_is_closed_to_typing_errors(name: str) -> None:
    for way, schema in subschemas(schema_of(name)):
        if schema.get("type") == "object" or (isinstance(schema.get("type"), list) and "properties" in schema):
            assert schema.get("additionalProperties", True) is not True, f"{name}{way}"
            if schema["additionalProperties"] is not False:
                assert "propertyNames" in schema, f"{name}{way} takes names that are not ids"


@pytest.mark.parametrize("name", [*KINDS, *MESSAGES])
def test_nothing_is_used_that_validators_disagree_on(name: str) -> None:
    for way, schema in subschemas(schema_of(name)):
        assert not NOT_TO_BE_USED & schema.keys(), f"{name}{way}"
        reference = schema.get("$ref")
        assert reference is None or re.fullmatch(r"#/\$defs/[a-z-]+", reference), "references stay in the file"
        pattern = schema.get("pattern")
        if pattern is not None:
            assert "\\" not in pattern, f"{name}{way}: classes with a backslash differ between engines"
            assert "." not in re.sub(r"\[[^]]*\]", "", pattern), f"{name}{way}: a bare dot differs at line breaks"
            assert pattern.startswith("^") and pattern.endswith("$"), (
                f"{name}{way} finds its pattern inside of other text"
            )
            assert pattern.count("$") == 1


@pytest.mark.parametrize("name", KINDS)
def test_lists_and_mappings_of_authors_have_an_end(name: str) -> None:
    for way, schema in subschemas(schema_of(name)):
        if schema.get("type") == "array":
            assert "maxItems" in schema, f"{name}{way}"
            keywords = list(schema)
            assert "items" not in schema or keywords.index("maxItems") < keywords.index("items"), (
                f"{name}{way}: the length is looked at before what is inside"
            )


def test_there_is_a_sample_of_each_kind() -> None:
    assert SAMPLES.keys() == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_full_sample_is_valid(name: str) -> None:
    assert [error.message for error in Draft202012Validator(schema_of(name)).iter_errors(SAMPLES[name])] == []
    assert jsonschema_rs.Draft202012Validator(schema_of(name), offline=True).is_valid(SAMPLES[name])


def test_the_report_of_diagnostics_keeps_its_schema() -> None:
    rule = Rule("some-rule", Severity.ERROR, Text("a", "b"), Text("a", "b"), {"default": Text("a", "b")}, "", "")
    found = [rule.at(Span("a.yaml", 1, 2, 1, 3)), rule.at(Span("programs"))]
    Draft202012Validator(schema_of("diagnostics")).validate(report_json(found, "sv"))


def test_the_schemas_stand_where_the_wheel_takes_them_from() -> None:
    assert resources.folder("schemas") in (
        Path(__file__).parents[1] / "schemas",
        Path(resources.__file__).parent / "schemas",
    )


@pytest.mark.parametrize(
    ("words", "kebab", "snake"),
    [
        ("Lugnare kvällar", "lugnare-kvallar", "lugnare_kvallar"),
        ("  Öva – på ÅNGEST!  ", "ova-pa-angest", "ova_pa_angest"),
        ("4 veckor med Zoë", "veckor-med-zoe", "veckor_med_zoe"),
        ("smørrebrød", "smorrebrod", "smorrebrod"),
        ("!!!", "", ""),
        ("2026", "", ""),
        ("日本語", "", ""),
        ("a" * 100, "a" * 60, "a" * 60),
    ],
)
def test_words_become_ids(words: str, kebab: str, snake: str) -> None:
    assert kebab_case(words) == kebab
    assert lower_snake(words) == snake
    assert not kebab or (re.fullmatch(KEBAB_CASE, kebab) and re.fullmatch(EITHER, kebab))
    assert not snake or (re.fullmatch(LOWER_SNAKE, snake) and re.fullmatch(EITHER, snake))
