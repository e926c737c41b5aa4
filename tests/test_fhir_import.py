"""FHIR Questionnaires of other systems: what becomes of them, what is kept word for word, and what is refused, with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from case_files import compiled
from fhir_samples import LIBRARY, SAMPLES, library
from jsonschema import Draft202012Validator

from designtool.diagnostics import Rule, Severity
from designtool.exchange import ImportedQuestionnaire, Release, export_questionnaire, import_questionnaire, loss_report
from designtool.exchange.rules import RULES
from designtool.load.shape import schema_of
from designtool.load.yaml_file import parse_yaml_text
from designtool.model.questionnaire import Questionnaire
from designtool.treatment.scoring import score

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
OF_EVERY_STRANGER = {"fhir-needs-a-human", "fhir-kept-as-comment"}


def imported(resource: Any) -> ImportedQuestionnaire:
    data = resource if isinstance(resource, bytes) else json.dumps(resource, ensure_ascii=False).encode()
    return import_questionnaire("formular.json", data, "en")


def form(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "status": "active", "title": "Short", **more, "item": list(items)}


def item(link: str, type: str = "boolean", **more: Any) -> dict[str, Any]:
    return {"linkId": link, "text": f"Item {link}", "type": type, **more}


def choice(link: str, *options: tuple[str, str, Any], **more: Any) -> dict[str, Any]:
    """A choice among (code, display, weight)."""
    listed = [
        {
            **({} if weight is None else {"extension": [{"url": ORDINAL, "valueDecimal": weight}]}),
            "valueCoding": {"code": code, "display": display},
        }
        for code, display, weight in options
    ]
    return item(link, "choice", answerOption=listed, **more)


def when(question: str, operator: str = "=", **answer: Any) -> dict[str, Any]:
    return {"question": question, "operator": operator, **answer}


def rules(found: ImportedQuestionnaire) -> list[str]:
    return [one.rule for one in found.diagnostics if one.rule not in OF_EVERY_STRANGER]


def data(found: ImportedQuestionnaire) -> Any:
    assert found.text is not None, found.diagnostics
    parsed = parse_yaml_text("x.yaml", found.text)
    assert not parsed.diagnostics, parsed.diagnostics
    return parsed.data


def as_questionnaire(found: ImportedQuestionnaire) -> Questionnaire:
    """The questionnaire that the written file makes, which has no finding but the one that asks for a human."""
    assert found.text is not None, found.diagnostics
    result = compiled({f"{LIBRARY}/prov.yaml": found.text.encode()})
    unexpected = [
        one for one in result.diagnostics if one.rule not in ("unlicensed-instrument", "unused-questionnaire")
    ]
    assert not unexpected, unexpected
    return result.library.questionnaires["prov"]


# Rules


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES])
def test_the_bad_example_of_a_rule_gives_it_once_and_the_good_one_nothing(rule: Rule) -> None:
    bad, good = imported(rule.bad.encode()), imported(rule.good.encode())
    assert [one.rule for one in bad.diagnostics if one.rule not in OF_EVERY_STRANGER - {rule.name}] == [rule.name]
    assert [one.rule for one in good.diagnostics if one.rule not in OF_EVERY_STRANGER - {rule.name}] == []
    (found,) = [one for one in bad.diagnostics if one.rule == rule.name]
    assert found.span.path == "formular.json"
    assert found.span.line is not None
    is_error = rule.severity is Severity.ERROR
    assert (bad.text is None) is is_error
    assert good.text is not None


# What becomes of a form


PHQ2 = form(
    item(
        "H1",
        "group",
        text="Over the last two weeks, how often have you been bothered by this?",
        item=[
            item("H1/Q1", "choice", answerValueSet="#freq", text="Little interest?"),
            item("H1/Q2", "choice", answerValueSet="#freq", text="Feeling down?", required=True),
            item("hint", "display", text="Answer what comes first."),
            item(
                "/44250-9",
                "boolean",
                text="Has it been hard?",
                enableBehavior="any",
                enableWhen=[
                    when("H1/Q1", answerCoding={"system": "http://a", "code": "several"}),
                    when("H1/Q2", "!=", answerCoding={"system": "http://a", "code": "none"}),
                ],
            ),
        ],
    ),
    language="en-US",
    url="http://example.org/phq2",
    copyright="Somebody",
    code=[{"system": "http://loinc.org", "code": "55757-9"}],
    contained=[
        {
            "resourceType": "ValueSet",
            "id": "freq",
            "compose": {
                "include": [
                    {
                        "system": "http://a",
                        "concept": [
                            {
                                "code": "none",
                                "display": "Not at all",
                                "extension": [{"url": ORDINAL, "valueDecimal": 0}],
                            },
                            {
                                "code": "several",
                                "display": "Several days",
                                "extension": [{"url": ORDINAL, "valueDecimal": 1}],
                            },
                        ],
                    }
                ]
            },
        }
    ],
)


def test_a_form_of_somebody_else_becomes_a_questionnaire() -> None:
    found = imported(PHQ2)
    assert rules(found) == ["fhir-not-carried"]  # The display in the middle.
    written = data(found)
    assert written["title"] == "Short"
    assert written["introduction"] == "Over the last two weeks, how often have you been bothered by this?"
    assert written["instrument"] == {
        "name": "Short",
        "language": "en-US",
        "licence": "restricted",
        "holder": "Somebody",
        "source": "http://example.org/phq2",
    }
    assert [one["id"] for one in written["items"]] == ["h1_q1", "h1_q2", "q44250_9"]
    assert written["options"]["svar"] == [{"value": 0, "label": "Not at all"}, {"value": 1, "label": "Several days"}]
    assert written["options"]["svar_2"] == [{"value": 1, "label": "Yes"}, {"value": 0, "label": "No"}]
    assert written["items"][1]["required"] is True
    assert written["items"][2]["show_if"] == "(h1_q1 == 1 or h1_q2 != 0)"
    questionnaire = as_questionnaire(found)
    assert score(questionnaire, {"h1_q1": 0, "h1_q2": 0}).hidden == {"q44250_9"}
    assert score(questionnaire, {"h1_q1": 1}).hidden == set()


def test_what_has_no_place_stands_word_for_word_in_the_file_and_in_the_report() -> None:
    strange = {"url": "http://example.org/a", "valueString": "ö # designtool: allow missing-alt – nej\n\u2028"}
    found = imported(form(item("A/1", extension=[strange], prefix="1.", code=[{"code": "x"}]), _title={"id": "t"}))
    assert found.text is not None
    comments = [line.strip() for line in found.text.splitlines() if line.strip().startswith("# FHIR: ")]
    kept = [json.loads(line.removeprefix("# FHIR: ")) for line in comments]
    assert {"linkId": "A/1", "extension": [strange], "prefix": "1.", "code": [{"code": "x"}]} in kept
    assert {"_title": {"id": "t"}} in kept
    parsed = parse_yaml_text("x.yaml", found.text)
    assert (parsed.diagnostics, parsed.allowances) == ((), ())
    report = loss_report(found.losses, "import", found.id, found.release, "sv")
    Draft202012Validator(schema_of("fhir-loss")).validate(report)
    assert any(loss.get("content", {}) == kept[-1] for loss in report["losses"])


def test_answers_that_are_not_given_stand_as_comments_with_a_field_for_an_exercise() -> None:
    found = imported(
        form(
            item("one", "string"),
            item("two"),
            item("three", "quantity"),
            item("four", "choice", repeats=True, answerOption=[{"valueString": "A"}, {"valueString": "B"}]),
            item("five", "choice", answerValueSet="http://example.org/elsewhere"),
            item("six", "choice"),
            item("seven", "reference"),
        )
    )
    assert rules(found) == ["fhir-not-carried"] * 6
    assert [one["id"] for one in data(found)["items"]] == ["two"]
    assert found.text is not None
    for line in ("- id: one", "type: text", "- id: three", "type: decimal", "type: choices", "label: B"):
        assert any(written.strip("# ") == line.strip() for written in found.text.splitlines()), line
    assert {loss.code for loss in found.losses} == {
        *("item-type", "repeats", "value-set", "no-answers", "licence", "element"),
    }
    as_questionnaire(found)


def test_a_form_without_given_answers_still_becomes_a_file_for_a_human() -> None:
    found = imported(form(item("systolic", "quantity"), item("diastolic", "quantity")))
    assert data(found)["items"] == []
    assert found.text is not None
    assert found.text.count("HUMAN: ") == 7
    assert '"linkId": "diastolic"' in found.text


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ([("a", "A", 0), ("b", "B", 2), ("c", "C", 4)], [0, 2, 4]),
        ([("a", "A", 3), ("b", "B", 1)], [3, 1]),
        ([("a", "A", "0"), ("b", "B", "1.0")], [0, 1]),
        ([("2", "A", None), ("5", "B", None)], [2, 5]),
        ([("no", "A", None), ("yes", "B", None)], [0, 1]),
        ([("a", "A", 0), ("b", "B", 0.5)], [0, 1]),
        ([("a", "A", 1), ("b", "B", 1)], [0, 1]),
        ([("a", "A", 1), ("b", "B", None)], [0, 1]),
        ([("a", "A", 100000), ("b", "B", 1)], [0, 1]),
    ],
)
def test_the_number_of_an_answer_is_its_weight_or_a_human_is_asked(options: Any, values: list[int]) -> None:
    found = imported(form(choice("q", *options)))
    questionnaire = as_questionnaire(found)
    assert [option.value for option in questionnaire.items[0].options] == values
    assert found.text is not None
    is_sure = values == [0, 2, 4] or values == [3, 1] or values == [2, 5] or options[0][2] == "0"
    lines = [line for line in found.text.splitlines() if "HUMAN" in line]
    assert any("numbered in order" in line for line in lines) is not is_sure
    assert ("fhir-number-as-text" in rules(found)) is (options[0][2] == "0")


def test_answers_that_look_alike_are_told_apart() -> None:
    questionnaire = as_questionnaire(imported(form(choice("q", ("1", "Same", 0), ("2", "Same", 1), ("3", "", 2)))))
    assert [option.label for option in questionnaire.items[0].options] == ["Same", "Same (2)", "3"]


def test_whole_numbers_between_two_ends_are_answers() -> None:
    ends = [
        {"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueInteger": 0},
        {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueInteger": 10},
    ]
    questionnaire = as_questionnaire(imported(form(item("pain", "integer", extension=ends))))
    assert [option.value for option in questionnaire.items[0].options] == list(range(11))
    assert rules(imported(form(item("age", "integer")))) == ["fhir-not-carried"]


def test_r5_is_read_as_well() -> None:
    weight = "http://hl7.org/fhir/StructureDefinition/itemWeight"
    found = imported(
        form(
            item(
                "q",
                "coding",
                answerConstraint="optionsOnly",
                answerOption=[
                    {"valueCoding": {"code": "a", "display": "A", "extension": [{"url": weight, "valueDecimal": 1}]}},
                    {"valueCoding": {"code": "b", "display": "B", "extension": [{"url": weight, "valueDecimal": 2}]}},
                ],
            ),
            item("next", enableWhen=[when("q", "!=", answerCoding={"code": "a"})]),
        )
    )
    assert (found.release, rules(found)) == ("R5", [])
    questionnaire = as_questionnaire(found)
    assert [option.value for option in questionnaire.items[0].options] == [1, 2]
    # In R5 a missing answer equals nothing.
    assert score(questionnaire, {}).hidden == set()
    assert score(questionnaire, {"q": 1}).hidden == {"next"}


def test_an_expansion_and_a_code_system_in_the_file_are_answers() -> None:
    value_sets = [
        {
            "resourceType": "ValueSet",
            "id": "expanded",
            "expansion": {"contains": [{"code": "a", "display": "A", "contains": [{"code": "b", "display": "B"}]}]},
        },
        {
            "resourceType": "ValueSet",
            "id": "systemic",
            "compose": {"include": [{"system": "http://s"}]},
        },
        {
            "resourceType": "CodeSystem",
            "url": "http://s",
            "concept": [{"code": "x", "display": "X"}, {"code": "y", "display": "Y"}],
        },
        {"resourceType": "ValueSet", "id": "ruled", "compose": {"include": [{"system": "http://s", "filter": [{}]}]}},
    ]
    found = imported(
        form(
            item("one", "choice", answerValueSet="#expanded"),
            item("two", "choice", answerValueSet="#systemic"),
            item("three", "choice", answerValueSet="#ruled"),
            contained=value_sets,
        )
    )
    assert rules(found) == ["fhir-not-carried"]
    options = data(found)["options"]
    assert [[option["label"] for option in listed] for listed in options.values()] == [["A", "B"], ["X", "Y"]]


@pytest.mark.parametrize(
    ("conditions", "behavior", "shown"),
    [
        ([when("a", answerBoolean=True)], None, "a == 1"),
        ([when("a", answerBoolean=False)], None, "a == 0"),
        ([when("a", "exists", answerBoolean=True)], None, "answered(a)"),
        ([when("a", "exists", answerBoolean=False)], None, "not answered(a)"),
        ([when("b", answerCoding={"code": "x"}), when("a", answerBoolean=True)], "all", "b == 3 and a == 1"),
        ([when("c", ">", answerInteger=1)], None, "c > 1"),
        ([when("c", ">=", answerInteger="1")], None, "answered(c)"),
    ],
)
def test_enable_when_becomes_show_if(conditions: Any, behavior: str | None, shown: str) -> None:
    more = {} if behavior is None else {"enableBehavior": behavior}
    found = imported(
        form(
            item("a"),
            choice("b", ("x", "X", 3), ("y", "Y", 4)),
            item("c", "integer", answerOption=[{"valueInteger": 1}, {"valueInteger": 2}]),
            item("d", enableWhen=conditions, **more),
        )
    )
    assert data(found)["items"][3]["show_if"] == shown
    as_questionnaire(found)


def test_a_condition_of_a_group_is_that_of_what_is_in_it() -> None:
    inner = item("inner", "group", enableWhen=[when("b", answerBoolean=True)], item=[item("c")])
    outer = item("outer", "group", enableWhen=[when("a", answerBoolean=True)], item=[item("b"), inner])
    found = imported(form(item("a"), outer))
    assert [one.get("show_if") for one in data(found)["items"]] == [None, "a == 1", "a == 1 and b == 1"]


@pytest.mark.parametrize(
    "more",
    [
        {"enableWhen": [when("b", answerCoding={"code": "nowhere"})]},
        {"enableWhen": [when("later", answerBoolean=True)]},
        {"enableWhen": [when("words", answerString="x")]},
        {"enableWhen": [when("b", ">", answerCoding={"code": "x"})]},
        {"enableWhen": [when("heading", answerBoolean=True)]},
        {
            "enableBehavior": "any",
            "enableWhen": [when("b", answerCoding={"code": "x"}), when("b", answerCoding={"code": "y"})] * 150,
        },
        {
            "extension": [
                {
                    "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
                    "valueExpression": {"language": "text/fhirpath", "expression": "%age > 18"},
                }
            ]
        },
    ],
)
def test_a_condition_that_cannot_be_written_is_told_and_kept(more: Any) -> None:
    found = imported(
        form(
            item("heading", "display"),
            choice("b", ("x", "X", 3), ("y", "Y", 4)),
            item("words", "string"),
            item("d", **more),
            item("later"),
        )
    )
    lost = [loss for loss in found.losses if loss.code == "condition"]
    assert len(lost) == 1
    assert "show_if" not in data(found)["items"][1]
    assert found.text is not None
    assert "could not be written as show_if: the item is always asked" in found.text
    as_questionnaire(found)


def test_a_calculation_is_kept_and_a_sum_is_only_proposed() -> None:
    total = item(
        "total",
        "quantity",
        extension=[
            {
                "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
                "valueExpression": {
                    "name": "my_score",
                    "language": "text/fhirpath",
                    "expression": "%resource.item.answer.value.ordinal().sum()",
                },
            }
        ],
    )
    found = imported(form(choice("b", ("x", "X", 0), ("y", "Y", 2)), choice("c", ("x", "X", 0), ("y", "Y", 2)), total))
    assert rules(found) == ["fhir-not-carried", "fhir-constraint"]
    assert "scores" not in data(found)
    assert found.text is not None
    assert "ordinal().sum()" in found.text
    lines = [line.removeprefix("# ") for line in found.text.splitlines()]
    proposed = parse_yaml_text("x.yaml", "\n".join(lines[lines.index("scores:") :])).data["scores"][0]
    assert (proposed["items"], proposed["range"]) == (["b", "c"], [0, 4])


def test_ids_are_ours_and_never_the_same() -> None:
    links = ["H1/T1/Q1", "h1-t1-q1", "not", "1", "/1", "Å 2", "---", "3239e619-e2b9-492c-bf05-88b314fbe3e4", "x" * 200]
    written = data(imported(form(*map(item, links))))
    ids = [one["id"] for one in written["items"]]
    assert ids[:7] == ["h1_t1_q1", "h1_t1_q1_2", "not_2", "q1", "q1_2", "a_2", "fraga"]
    assert len(set(ids)) == len(ids)
    assert all(len(id) <= 60 for id in ids)
    assert as_questionnaire(imported(form(*map(item, links))))


def test_foreign_changes_to_our_own_export_are_not_lost() -> None:
    resource = json.loads(json.dumps(export_questionnaire(library()["phq9"], "R4").resource))
    asked = next(one for one in resource["item"] if one["linkId"] == "q1")
    asked["text"] = "Ny ordalydelse"
    asked["code"] = [{"system": "http://loinc.org", "code": "44250-9"}]
    resource["publisher"] = "Någon annan"
    found = imported(resource)
    written = data(found)
    assert written["items"][0]["text"] == "Ny ordalydelse"
    assert written["instrument"]["licence"] == "free"
    assert found.text is not None
    assert '# FHIR: {"code": [{"system": "http://loinc.org", "code": "44250-9"}]}' in found.text
    assert '# FHIR: {"publisher": "Någon annan"}' in found.text
    assert [one.rule for one in found.diagnostics] == ["fhir-kept-as-comment"]


def test_what_nobody_can_answer_is_not_asked() -> None:
    hidden = [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}]
    shown = [{"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": False}]
    found = imported(
        form(
            item("a", extension=hidden),
            item("b", readOnly=True),
            item("g", "group", extension=hidden, item=[item("c")]),
            item("d", extension=shown),
        )
    )
    assert [one["id"] for one in data(found)["items"]] == ["d"]
    assert [loss.subject for loss in found.losses if loss.code == "not-asked"] == [
        "/item/0",
        "/item/1",
        "/item/2/item/0",
    ]


def test_a_group_that_is_filled_in_several_times_is_told() -> None:
    found = imported(form(item("g", "group", repeats=True, item=[item("a")])))
    assert rules(found) == ["fhir-not-carried"]
    assert found.text is not None
    assert 'HUMAN: the group "g" can be filled in several times' in found.text


def test_what_may_mean_something_else_is_told_wherever_it_stands() -> None:
    modifier = {"modifierExtension": [{"url": "http://example.org/reversed", "valueBoolean": True}]}
    answers = [{"valueString": "A", **modifier}, {"valueString": "B"}]
    found = imported(
        form(
            item("g", "group", item=[item("a")], **modifier),
            item("b", **modifier),
            item("c", "choice", answerOption=answers),
            item("d"),
        )
    )
    assert rules(found) == ["fhir-not-carried"] * 3
    assert [one.subject for one in found.losses if one.code == "modifier"] == ["/item/0", "/item/1", "/item/2"]
    assert found.text is not None
    for link_id in "gbc":
        assert f'HUMAN: "{link_id}" has a modifierExtension' in found.text
    assert [one["id"] for one in data(found)["items"]] == ["a", "b", "c", "d"]


def test_a_suggestion_is_promised_where_there_is_one() -> None:
    found = imported(form(item("one", "string"), item("two", "attachment"), item("three")))
    helps = [one.help for one in found.diagnostics if one.rule == "fhir-not-carried"]
    assert [help is not None and "a suggestion" in help.en for help in helps] == [True, False]


def test_html_is_marked_for_a_human_where_it_stands() -> None:
    found = imported(form(item("a", text="Read <b onclick='x'>this</b> <script>x</script>"), item("b")))
    assert rules(found) == ["fhir-not-carried"]
    assert found.text is not None
    assert found.text.count("HUMAN: the text holds HTML") == 1


def test_more_lists_of_answers_than_a_file_has_room_for_are_set_aside() -> None:
    items = [choice(f"i{n}", ("a", f"A {n}", 0), ("b", "B", 1)) for n in range(102)]
    found = imported(form(*items))
    assert rules(found) == ["fhir-not-carried"] * 2
    assert len(as_questionnaire(found).items) == 100


# What is refused


def deep(levels: int) -> bytes:
    return b'{"resourceType": "Questionnaire", "item": ' + b"[" * levels + b"]" * levels + b"}"


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "fhir-unreadable"),
    "blank": (b" \n ", "fhir-unreadable"),
    "no JSON": (b"<Questionnaire/>", "fhir-unreadable"),
    "cut off": (b'{"resourceType": "Questionnaire", "item": [{"linkId": "a"', "fhir-unreadable"),
    "two values": (b"{} {}", "fhir-unreadable"),
    "a comma too many": (b'{"resourceType": "Questionnaire",}', "fhir-unreadable"),
    "a repeated key": (b'{"resourceType": "Questionnaire", "title": "A", "title": "B"}', "fhir-unreadable"),
    "NaN": (b'{"resourceType": "Questionnaire", "x": NaN}', "fhir-unreadable"),
    "Infinity": (b'{"resourceType": "Questionnaire", "x": -Infinity}', "fhir-unreadable"),
    "a number without end": (b'{"resourceType": "Questionnaire", "x": 1e999}', "fhir-unreadable"),
    "a number of many digits": (b'{"x": ' + b"9" * 5000 + b"}", "fhir-unreadable"),
    "a leading zero": (b'{"x": 01}', "fhir-unreadable"),
    "a loose minus": (b'{"x": -}', "fhir-unreadable"),
    "an open text": (b'{"x": "abc', "fhir-unreadable"),
    "a line break in a text": (b'{"x": "a\nb"}', "fhir-unreadable"),
    "half a character": (b'{"x": "\\ud800"}', "fhir-unreadable"),
    "a wrong escape": (b'{"x": "\\q"}', "fhir-unreadable"),
    "other bytes": (b'{"x": "\xff\xfe"}', "fhir-unreadable"),
    "zeros": (b"\0" * 50, "fhir-unreadable"),
    "deep": (deep(2000), "fhir-unreadable"),
    "deeper": (deep(200_000), "fhir-unreadable"),
    "deep objects": (b'{"item":' * 50_000, "fhir-unreadable"),
    "too large": (b" " * 10_000_001, "fhir-unreadable"),
    "too many values": (b"[" + b"1," * 500_001 + b"1]", "fhir-unreadable"),
    "a list": (b"[]", "fhir-other-resource"),
    "a text": (b'"Questionnaire"', "fhir-other-resource"),
    "nothing": (b"null", "fhir-other-resource"),
    "no resource": (b"{}", "fhir-other-resource"),
    "another kind of type": (b'{"resourceType": ["Questionnaire"]}', "fhir-other-resource"),
    "another resource": (b'{"resourceType": "Patient"}', "fhir-other-resource"),
    "a bundle": (b'{"resourceType": "Bundle", "entry": []}', "fhir-other-resource"),
    "items that are none": (
        b'{"resourceType": "Questionnaire", "status": "draft", "title": "A", "item": 5}',
        "fhir-wrong-type",
    ),
}


@pytest.mark.parametrize(("content", "rule"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_questionnaire_is_refused_with_a_place(content: bytes, rule: str) -> None:
    found = imported(content)
    assert found.text is None
    assert rule in rules(found)
    errors = [one for one in found.diagnostics if one.severity is Severity.ERROR]
    assert len(errors) == 1
    assert errors[0].span.line is not None


BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "an unknown type": (form(item("a", "slider")), "fhir-unknown-item-type", "/item/0/type"),
    "no type": (form({"linkId": "a", "text": "A"}), "fhir-unknown-item-type", "/item/0"),
    "a repeated linkId": (form(item("a"), item("g", "group", item=[item("a")])), "fhir-link-id", "/item/1/item/0/linkId"),
    "no linkId": (form({"text": "A", "type": "boolean"}), "fhir-link-id", "/item/0"),
    "an empty linkId": (form(item("")), "fhir-link-id", "/item/0"),
    "a condition on nothing": (
        form(item("a", enableWhen=[when("b", answerBoolean=True)])),
        "fhir-enable-when",
        "/item/0/enableWhen/0/question",
    ),
    "a condition without a question": (
        form(item("a"), item("b", enableWhen=[{"operator": "=", "answerBoolean": True}])),
        "fhir-enable-when",
        "/item/1/enableWhen/0",
    ),
    "a condition without an operator": (
        form(item("a"), item("b", enableWhen=[{"question": "a", "answerBoolean": True}])),
        "fhir-enable-when",
        "/item/1/enableWhen/0",
    ),
    "an unknown operator": (
        form(item("a"), item("b", enableWhen=[when("a", "like", answerBoolean=True)])),
        "fhir-enable-when",
        "/item/1/enableWhen/0",
    ),
    "a condition without an answer": (
        form(item("a"), item("b", enableWhen=[when("a")])),
        "fhir-enable-when",
        "/item/1/enableWhen/0",
    ),
    "exists without yes or no": (
        form(item("a"), item("b", enableWhen=[when("a", "exists", answerInteger=1)])),
        "fhir-enable-when",
        "/item/1/enableWhen/0",
    ),
    "two conditions without a behaviour": (
        form(item("a"), item("b", enableWhen=[when("a", answerBoolean=True), when("a", "exists", answerBoolean=True)])),
        "fhir-enable-behavior",
        "/item/1/enableWhen",
    ),
    "an unknown behaviour": (
        form(item("a"), item("b", enableBehavior="some", enableWhen=[when("a", answerBoolean=True)])),
        "fhir-enable-behavior",
        "/item/1/enableWhen",
    ),
    "a circle of one": (form(item("a", enableWhen=[when("a", answerBoolean=True)])), "fhir-cycle", "/item/0/linkId"),
    "a circle of three": (
        form(
            item("a", enableWhen=[when("b", answerBoolean=True)]),
            item("b", enableWhen=[when("c", answerBoolean=True)]),
            item("c", enableWhen=[when("a", answerBoolean=True)]),
        ),
        "fhir-cycle",
        "/item/0/linkId",
    ),
    "a group that waits for what is in it": (
        form(item("g", "group", enableWhen=[when("b", answerBoolean=True)], item=[item("b")])),
        "fhir-cycle",
        "/item/0/linkId",
    ),
    "both kinds of answers": (
        form(choice("a", ("x", "X", 1), answerValueSet="http://x")),
        "fhir-answer-list",
        "/item/0/answerValueSet",
    ),
    "a value set that is not there": (form(item("a", "choice", answerValueSet="#x")), "fhir-answer-list", "/item/0/answerValueSet"),
    "an answer without a value": (form(item("a", "choice", answerOption=[{}])), "fhir-answer-list", "/item/0/answerOption/0"),
    "a text that is a list": (form(item("a", text=["A"])), "fhir-wrong-type", "/item/0/text"),
    "items that are an object": (form(item("a", "group", item={})), "fhir-wrong-type", "/item/0/item"),
    "an item that is a text": (form("a"), "fhir-wrong-type", "/item/0"),  # type: ignore[arg-type]
    "required in words": (form(item("a", required="yes")), "fhir-wrong-type", "/item/0/required"),
    "a weight that is a word": (form(choice("a", ("x", "X", "many"), ("y", "Y", 2))), "fhir-wrong-type", "/item/0/answerOption/0/extension/0/valueDecimal"),
    "a title that is a number": (form(item("a"), title=5), "fhir-wrong-type", "/title"),
    "contained that is a text": (form(item("a"), contained="x"), "fhir-wrong-type", "/contained"),
}  # fmt: skip


@pytest.mark.parametrize(("resource", "rule", "pointer"), BROKEN.values(), ids=BROKEN.keys())
def test_what_can_be_read_in_two_ways_is_an_error_at_its_place(resource: Any, rule: str, pointer: str) -> None:
    found = imported(resource)
    assert found.text is None
    errors = [one for one in found.diagnostics if one.severity is Severity.ERROR]
    assert [(one.rule, one.pointer) for one in errors] == [(rule, pointer)]
    text = json.dumps(resource, ensure_ascii=False)
    assert errors[0].span.line == 1
    assert errors[0].span.column is not None
    assert 1 < errors[0].span.column <= len(text)


def test_calculations_that_wait_for_each_other_are_found_through_variables() -> None:
    calculated = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
    variable = "http://hl7.org/fhir/StructureDefinition/variable"

    def expression(url: str, path: str, name: str = "") -> dict[str, Any]:
        named = {"name": name} if name else {}
        return {"url": url, "valueExpression": {"language": "text/fhirpath", "expression": path, **named}}

    found = imported(
        form(
            item("a", "decimal", extension=[expression(calculated, "%b * 2")]),
            item(
                "b",
                "decimal",
                extension=[expression(calculated, "%resource.item.where(linkId in ('x' | 'a')).answer.value")],
            ),
            extension=[expression(variable, "%resource.item.where(linkId = 'b').answer.value", "b")],
        )
    )
    assert rules(found)[:1] == ["fhir-cycle"]


def test_a_long_chain_of_conditions_is_no_circle() -> None:
    chain = [item("i0"), *(item(f"i{n}", enableWhen=[when(f"i{n - 1}", answerBoolean=True)]) for n in range(1, 400))]
    assert rules(imported(form(*chain))) == []
    chain[0] = item("i0", enableWhen=[when("i399", answerBoolean=True)])
    (found,) = [one for one in imported(form(*chain)).diagnostics if one.severity is Severity.ERROR]
    assert (found.rule, found.pointer) == ("fhir-cycle", "/item/0/linkId")


def test_more_items_than_a_questionnaire_holds_are_refused() -> None:
    found = imported(form(*(item(f"i{n}") for n in range(501))))
    assert [one.rule for one in found.diagnostics if one.severity is Severity.ERROR] == ["fhir-unreadable"]
    assert found.text is None


@pytest.mark.parametrize(
    ("path", "is_right"),
    [
        ("%resource.item.where(linkId='a').answer.value.sum() + 3 div 2", True),
        ("iif(%a.exists() and $this is Quantity, 4 days, {})", True),
        ("today() - 2 'months' >= @2015-01-01T12:00:00", True),
        ("%`my-var`.select($this.value as decimal) in (1 | 2)", True),
        ("a.b // hm\n | c[0].contains('x') implies -1 < 2", True),
        ("name.where(use = 'official'", False),
        ("name)", False),
        ("'open", False),
        ("1 2", False),
        ("a and", False),
        ("a ? b : c", False),
    ],
)
def test_broken_fhirpath_is_told_and_right_fhirpath_is_not(path: str, is_right: bool) -> None:
    url = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-initialExpression"
    extension = {"url": url, "valueExpression": {"language": "text/fhirpath", "expression": path}}
    found = imported(form(item("a", extension=[extension])))
    assert rules(found) == ([] if is_right else ["fhir-broken-expression"])
    assert found.text is not None


# Whole forms: ours as they go out, one with a fault, and real ones of other makers where they are at hand


def whole_forms(folder: Path) -> list[Path]:
    releases: tuple[Release, ...] = ("R4", "R5")
    for release in releases:
        whole = json.loads(json.dumps(export_questionnaire(library()["phq9"], release).resource))
        (folder / f"phq9_{release}.json").write_text(json.dumps(whole), encoding="utf-8")
    whole["item"][1]["enableWhen"] = [{"operator": "exists", "answerBoolean": True}]
    (folder / "phq9__NEG_question.json").write_text(json.dumps(whole), encoding="utf-8")
    return [*sorted(folder.glob("*.json")), *sorted(SAMPLES.glob("*.json"))]


def test_every_whole_form_is_read_or_what_is_broken_in_it_is_told(tmp_path: Path) -> None:
    for path in whole_forms(tmp_path):
        found = import_questionnaire(path.name, path.read_bytes(), "sv")
        has_errors = any(one.severity is Severity.ERROR for one in found.diagnostics)
        assert has_errors is ("__NEG_" in path.name), (path.name, found.diagnostics)
        assert (found.text is None) is has_errors
        if found.text is None:
            continue
        written = data(found)
        raw = json.loads(path.read_bytes())
        for text in texts_of(raw.get("item", [])):
            assert json.dumps(text, ensure_ascii=False)[1:-1] in found.text, (path.name, text)
        if written["items"]:
            as_questionnaire(found)
        Draft202012Validator(schema_of("fhir-loss")).validate(
            loss_report(found.losses, "import", found.id, found.release, "sv")
        )


def texts_of(items: list[dict[str, Any]]) -> list[str]:
    """All that a patient would read, and all that says which item it is."""
    found = []
    for one in items:
        found += [one["text"]] if "text" in one else []
        found += [option["valueCoding"]["display"] for option in one.get("answerOption", []) if "valueCoding" in option]
        found += texts_of(one.get("item", []))
    return found
