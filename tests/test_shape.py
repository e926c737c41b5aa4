"""Documents held against their schemas: each mistake gives one message, in the author's words, at its place."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from designtool.diagnostics import Diagnostic
from designtool.load.document import Document
from designtool.load.rules import RULES
from designtool.load.shape import KINDS, check_shape, schema_of
from designtool.load.yaml_file import parse_yaml_text

PROGRAM = """\
format: 1
id: exempel
version: 1.0.0
title: Exempel
summary: Ett exempel.
kind: treatment
language: sv
publisher:
  region: vgr
  responsible: Eva Lind
  role: Legitimerad psykolog
  contact: program@example.org
rights:
  licence: CC-BY-4.0
  holder: Region Exempel
audience:
  age:
    min: 18
duration:
  weeks: 8
  minutes_per_week: 60
therapist:
  competence: Legitimerad psykolog
  feedback_within_days: 7
  messages_within_working_days: 2
measurements:
  - questionnaire: phq9
    at: [start, every week, 6 months after end]
    window_days: 3
"""
MODULE = """\
title: Att förstå nedstämdhet
goal: Du förstår mer.
minutes: 50
"""
EXERCISE = """\
title: Min plan
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad?
"""
QUESTIONNAIRE = """\
title: Skattning
instrument:
  name: Skattning
  language: sv
  licence: free
  holder: Region Exempel
  source: Egen
options:
  hur_ofta:
    - value: 0
      label: Inte alls
    - value: 1
      label: Ofta
items:
  - id: q1
    text: Hur ofta?
    options: hur_ofta
scores:
  - id: total
    label: Summa
    method: sum
    items: [q1]
    missing:
      rule: require-all
    range: [0, 1]
"""
JOURNEY = """\
title: Resa
steps:
  - day: 0
    does:
      - fill: phq9
        answers:
          q1 .. q9: 2
      - complete: valkommen
    expect:
      open: [valkommen]
      scores:
        phq9.total: 18
      flags:
        - level: red
          about: q9
  - day: 1..7
    time: "22:15"
    does:
      - therapist: acknowledges
        action: Ringde
"""


def document(kind: str, text: str) -> Document:
    path = f"programs/exempel/{kind}.yaml"
    parsed = parse_yaml_text(path, text)
    assert parsed.readable
    return Document(path, kind, parsed.data, parsed.values, parsed.keys)


def only(found: list[Diagnostic]) -> Diagnostic:
    assert len(found) == 1, [(one.rule, one.message.sv) for one in found]
    return found[0]


def place(diagnostic: Diagnostic) -> tuple[int | None, int | None]:
    return diagnostic.span.line, diagnostic.span.column


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("program", PROGRAM),
        ("module", MODULE),
        ("exercise", EXERCISE),
        ("questionnaire", QUESTIONNAIRE),
        ("journey", JOURNEY),
    ],
)
def test_a_document_of_the_right_shape_is_silent(kind: str, text: str) -> None:
    assert check_shape(document(kind, text)) == []


def test_a_kind_without_a_schema_is_silent() -> None:
    assert check_shape(Document("programs/exempel/CHANGELOG.md", "changelog", None)) == []


def test_a_missing_key_is_named_with_its_description_as_help() -> None:
    found = only(check_shape(document("program", PROGRAM.replace("language: sv\n", ""))))
    assert found.rule == "missing-key"
    assert found.message.sv == 'program.yaml saknar "language"'
    assert found.message.en == 'program.yaml lacks "language"'
    assert found.help is not None and found.help.sv == "Språket som programmet är skrivet på. Exempel: `language: sv`"
    assert place(found) == (1, 1)


def test_a_missing_key_of_a_part_of_a_list_names_the_part() -> None:
    found = only(check_shape(document("exercise", EXERCISE.replace("    label: Vad?\n", ""))))
    assert found.message.sv == '"vad" i fields saknar "label"'
    assert place(found) == (4, 5)
    assert found.pointer == "/fields/0"


def test_a_program_without_publisher_is_a_safety_finding() -> None:
    lines = PROGRAM.splitlines(keepends=True)
    found = only(check_shape(document("program", "".join(lines[:7] + lines[12:]))))
    assert (found.rule, place(found)) == ("missing-publisher", (1, 1))
    assert next(rule for rule in RULES if rule.name == "missing-publisher").safety


@pytest.mark.parametrize("name", ["region", "responsible"])
def test_a_publisher_without_anybody_who_answers_is_a_safety_finding(name: str) -> None:
    text = "".join(line for line in PROGRAM.splitlines(keepends=True) if not line.startswith(f"  {name}:"))
    found = only(check_shape(document("program", text)))
    assert (found.rule, place(found)) == ("missing-publisher", (8, 1))


def test_a_publisher_without_a_value_is_no_publisher() -> None:
    lines = PROGRAM.splitlines(keepends=True)
    found = only(check_shape(document("program", "".join(lines[:8] + lines[12:]))))
    assert (found.rule, place(found)) == ("missing-publisher", (8, 1))


def test_a_misspelt_key_gives_one_message_with_a_fix() -> None:
    found = only(check_shape(document("exercise", EXERCISE.replace("label:", "lable:"))))
    assert found.rule == "unknown-key"
    assert found.message.sv == 'nyckeln "lable" finns inte i "vad" i fields'
    assert found.help is not None and found.help.sv == 'menade du "label"?'
    assert place(found) == (6, 5)
    assert found.fix is not None
    edit = found.fix.edits[0]
    assert (edit.replacement, edit.span) == ("label", found.span)
    assert (edit.span.end_line, edit.span.end_column) == (6, 10)


def test_a_misspelt_dispatch_key_hides_what_follows_from_it() -> None:
    scale = EXERCISE.replace("type: text", "typ: scale")
    assert only(check_shape(document("exercise", scale))).help == ('menade du "type"?', 'did you mean "type"?')


def test_a_key_with_another_name_for_what_is_missing_gives_one_message() -> None:
    found = only(check_shape(document("module", MODULE.replace("title:", "rubrik:"))))
    assert found.rule == "unknown-key"
    assert found.help is not None and found.help.sv == 'här saknas "title": var det den du menade?'
    assert found.fix is None


def test_a_key_that_stands_in_the_wrong_place_is_told_where_it_belongs() -> None:
    found = only(check_shape(document("module", MODULE + "within_days: 7\n")))
    assert found.help is not None and found.help.sv == 'den hör hemma under "feedback"'
    found = only(check_shape(document("module", MODULE + "unlock:\n  days: 7\n  homework:\n    - vad\n")))
    assert found.help is not None and found.help.sv == "den hör hemma längst ut, utan indrag"


def test_a_key_that_is_like_no_other_shows_those_that_exist() -> None:
    found = only(check_shape(document("page", "title: Sida\nbakgrund: blå\n")))
    assert found.help is not None and found.help.sv == "nycklar som finns här: minutes, show_if, safety"


def test_a_key_of_another_field_type_says_so() -> None:
    found = only(check_shape(document("exercise", EXERCISE + "    ends: [Dåligt, Bra]\n")))
    assert found.rule == "unknown-key"
    assert found.message.sv == 'nyckeln "ends" används inte när type är "text"'
    assert place(found) == (7, 5)


def test_a_key_of_another_kind_of_exercise_says_so() -> None:
    found = only(check_shape(document("exercise", EXERCISE + "floor: 330\n")))
    assert found.message.sv == 'nyckeln "floor" används inte när kind är "worksheet"'


def test_a_type_asks_for_its_own_keys() -> None:
    found = check_shape(document("exercise", EXERCISE.replace("type: text", "type: scale")))
    assert [one.message.sv for one in found] == ['"vad" i fields saknar "min"', '"vad" i fields saknar "max"']


def test_a_choice_without_options_lacks_options() -> None:
    choice = EXERCISE.replace("type: text", "type: choice")
    assert only(check_shape(document("exercise", choice))).message.en == '"vad" in fields lacks "options"'
    assert check_shape(document("exercise", choice + "    options_from: mina_mal.mal\n")) == []


def test_a_wrong_type_tells_what_it_is_and_what_it_should_be() -> None:
    found = only(check_shape(document("module", MODULE.replace("50", "åtta"))))
    assert found.rule == "wrong-type"
    assert found.message.sv == 'minutes ska vara ett heltal, men är text: "åtta"'
    assert found.message.en == 'minutes should be a whole number, but is text: "åtta"'
    assert found.help is not None and found.help.sv.startswith("Minuter för hela patientens arbete")
    assert place(found) == (3, 10)


def test_a_number_where_text_is_meant_is_put_in_quotation_marks() -> None:
    found = only(check_shape(document("contacts", "crisis:\n  label: Vid fara\n  phone: 112\n")))
    assert found.message.sv == "phone ska vara text, men är 112"
    assert found.fix is not None and found.fix.edits[0].replacement == '"112"'


@pytest.mark.parametrize(("word", "truth"), [("ja", "true"), ("Nej", "false")])
def test_a_swedish_yes_or_no_becomes_true_or_false(word: str, truth: str) -> None:
    found = only(check_shape(document("module", f"{MODULE}optional: {word}\n")))
    assert found.fix is not None and found.fix.edits[0].replacement == truth


def test_one_thing_where_a_list_is_meant() -> None:
    found = only(check_shape(document("module", MODULE + "homework: dagbok\n")))
    assert found.message.sv == 'homework ska vara en lista, men är text: "dagbok"'


def test_a_key_without_a_value() -> None:
    found = only(check_shape(document("module", MODULE.replace(" Du förstår mer.", ""))))
    assert (found.rule, found.message.sv, place(found)) == ("wrong-type", "goal har inget värde", (2, 1))


@pytest.mark.parametrize("shown", ["true", "1", "phq9.total >= 10"])
def test_an_expression_may_be_typed_by_yaml(shown: str) -> None:
    assert check_shape(document("module", f"{MODULE}show_if: {shown}\n")) == []


def test_a_misspelt_choice_is_suggested() -> None:
    found = only(check_shape(document("exercise", EXERCISE.replace("worksheet", "workshet"))))
    assert (found.rule, found.message.sv) == ("wrong-value", 'kind kan inte vara "workshet"')
    assert found.help is not None and found.help.sv == 'menade du "worksheet"?'
    assert found.fix is not None and found.fix.edits[0].replacement == "worksheet"


def test_a_choice_that_is_like_no_other_shows_all() -> None:
    found = only(check_shape(document("exercise", EXERCISE.replace("worksheet", "tabell"))))
    assert found.help is not None and found.help.sv == "välj ett av: worksheet, diary, plan, decision"


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("module", MODULE.replace("50", "0"), "minutes är 0, men ska vara minst 1"),
        ("module", MODULE.replace("50", "50000"), "minutes är 50000, men får vara högst 5000"),
        ("module", MODULE.replace("Du förstår mer.", '""'), "goal är tom"),
        ("program", PROGRAM.replace("1.0.0", "1.10"), '"1.10" passar inte som version'),
        ("program", PROGRAM.replace("format: 1", "format: 2"), 'format kan inte vara "2"'),
        ("journey", JOURNEY.replace("22:15", "24:15"), '"24:15" passar inte som time'),
        ("journey", JOURNEY.replace("1..7", "1-7"), '"1-7" passar inte som day'),
        ("questionnaire", QUESTIONNAIRE.replace("[0, 1]", "[0]"), "range har 1 delar, men ska ha minst 2"),
    ],
)
def test_a_value_that_does_not_fit(kind: str, text: str, message: str) -> None:
    found = only(check_shape(document(kind, text)))
    assert (found.rule, found.message.sv) == ("wrong-value", message)
    assert found.help is not None


@pytest.mark.parametrize(
    ("kind", "text", "id", "cleaned"),
    [
        ("program", PROGRAM.replace("exempel", "Första Hjälpen"), "Första Hjälpen", "forsta-hjalpen"),
        ("exercise", EXERCISE.replace("id: vad", "id: tid-i-sängen"), "tid-i-sängen", "tid_i_sangen"),
        ("questionnaire", QUESTIONNAIRE.replace("hur_ofta:", "Hur ofta:"), "Hur ofta", "hur_ofta"),
        ("module", MODULE + "homework:\n  - min-dagbok\n", "min-dagbok", "min_dagbok"),
        ("glossary", "Ångest:\n  title: Ångest\n  text: En känsla.\n", "Ångest", "angest"),
    ],
)
def test_an_id_with_the_wrong_characters(kind: str, text: str, id: str, cleaned: str) -> None:
    found = only(check_shape(document(kind, text)))
    assert found.rule == "wrong-id"
    assert f'"{id}"' in found.message.sv
    assert found.help is not None and found.help.sv == f'skriv till exempel "{cleaned}"'


def test_an_id_that_ends_in_a_line_break_is_no_id() -> None:
    found = only(check_shape(document("exercise", EXERCISE.replace("id: vad", "id: |\n      vad"))))
    assert found.rule == "wrong-id"


def test_two_mistakes_are_two_messages() -> None:
    found = check_shape(document("module", "goal: Du förstår mer.\nminutes: åtta\n"))
    assert {one.rule for one in found} == {"missing-key", "wrong-type"}


def test_a_score_of_one_method_has_no_keys_of_another() -> None:
    found = only(check_shape(document("questionnaire", QUESTIONNAIRE + "    value: q1 * 2\n")))
    assert found.message.sv == 'nyckeln "value" används inte när method är "sum"'


def test_an_act_is_one_thing() -> None:
    both = JOURNEY.replace("      - complete: valkommen\n", "        complete: valkommen\n")
    assert only(check_shape(document("journey", both))).rule == "unknown-key"


def test_an_empty_file_is_one_message() -> None:
    found = only(check_shape(document("program", "")))
    assert (found.rule, found.message.sv, found.span.line) == ("wrong-type", "program.yaml är tom", 1)


def test_a_page_without_front_matter_lacks_a_title() -> None:
    page = Document("programs/exempel/modules/01-start/10-sida.md", "page", None)
    found = only(check_shape(page))
    assert (found.message.sv, found.span.line) == ('10-sida.md saknar "title"', 1)
    assert check_shape(Document("programs/exempel/modules/01-start/therapist.md", "therapist-notes", None)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", ["text", 7, True, 2.5, [], ["a"], {"a": 1}, None])
def test_whatever_stands_at_the_top_is_no_fault(kind: str, data: Any) -> None:
    found = check_shape(Document(f"programs/exempel/{kind}.yaml", kind, data))
    assert all(one.message.sv and one.span.line == 1 for one in found)
    if not isinstance(data, dict | None) and not (kind == "sources" and isinstance(data, list)):
        assert only(found).rule == "wrong-type"


def test_deep_and_huge_documents_give_one_message() -> None:
    deep: Any = "botten"
    for _ in range(100):
        deep = [deep]
    assert only(check_shape(Document("programs/exempel/module.yaml", "module", deep))).rule == "wrong-type"
    plain = {"title": "a", "goal": "b", "minutes": 1}
    deep_inside = {**plain, "homework": deep}
    assert only(check_shape(Document("programs/exempel/module.yaml", "module", deep_inside))).rule == "wrong-type"
    huge = {**plain, "homework": [{"a": 1}] * 100_000}
    found = only(check_shape(Document("programs/exempel/module.yaml", "module", huge)))
    assert found.message.sv == "homework har 100000 delar, men får ha högst 100"
    assert len(found.message.sv) < 200


def test_a_very_long_value_is_cut_in_the_message() -> None:
    found = only(
        check_shape(
            Document("programs/exempel/module.yaml", "module", {"title": "a", "goal": "b", "minutes": "x" * 10_000})
        )
    )
    assert len(found.message.sv) < 200


def test_messages_carry_no_words_of_json_schema() -> None:
    broken = [
        document(
            "program", PROGRAM.replace("treatment", "kur").replace("18", "arton").replace("id: exempel", "id: Ex")
        ),
        document("exercise", EXERCISE.replace("text", "scale") + "    ends: a\n"),
        document("questionnaire", "title: 1\nitems: []\n"),
    ]
    for one in broken:
        for found in check_shape(one):
            shown = " ".join([*found.message, *(found.help or ())])
            for word in (
                "additionalProperties",
                "schema",
                "instance",
                "property",
                "$ref",
                "None",
                "pattern",
                "object",
                "array",
            ):
                assert word not in shown, shown


def test_a_document_of_the_right_shape_never_loads_jsonschema() -> None:
    """It is slow to import, and only a mistake needs it."""
    program = (
        "import sys\n"
        "from designtool.load.document import Document\n"
        "from designtool.load.shape import check_shape\n"
        "assert check_shape(Document('a.md', 'page', {'title': 'A'})) == []\n"
        "assert 'jsonschema' not in sys.modules\n"
        "assert check_shape(Document('a.md', 'page', {})) != []\n"
        "assert 'jsonschema' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_rules_are_listed_once_each() -> None:
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    for name in ("unknown-key", "missing-key", "wrong-type", "wrong-value", "wrong-id", "missing-publisher"):
        assert name in names


def test_schemas_are_read_once() -> None:
    assert schema_of("module") is schema_of("module")
