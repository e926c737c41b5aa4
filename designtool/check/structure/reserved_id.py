"""An id that has been used before for something else."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.origin import Origin

RULE = Rule(
    name="reserved-id",
    severity=Severity.ERROR,
    title=Text("Ett id som har tagits ur bruk används igen", "An id that was taken out of use is used again"),
    why=Text(
        "Äldre svar är sparade under det id:t. Används det till något annat blandas gamla och nya svar ihop.",
        "Earlier answers are kept under that id. Used for something else, old and new answers would be mixed up.",
    ),
    messages={
        "default": Text('id:t "{id}" är reserverat i release.yaml', 'the id "{id}" is reserved in release.yaml'),
    },
    helps={
        "default": Text("välj ett nytt id", "choose a new id"),
    },
    bad="""\
-- release.yaml --
reserved:
  - min_plan
""",
    good="""\
-- release.yaml --
reserved:
  - gammal_plan
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None:
        return
    reserved = frozenset(program.release.reserved)
    for id, origin, keys in _ids(context):
        if id in reserved:
            yield RULE.at(context.span(origin, *keys), id=id)


def _ids(context: Context) -> Iterator[tuple[str, Origin, tuple[str, ...]]]:
    """Every id that an answer or an event can be kept under."""
    program = context.program
    assert program is not None
    for module in program.modules:
        yield module.id, module.origin, ("title",)
        for page in module.pages:
            yield page.id, page.origin, ("title",)
    for exercise in program.exercises:
        yield exercise.id, exercise.origin, ("title",)
        for field in exercise.fields:
            yield field.id, field.origin, ("id",)
        for computed in (*exercise.computed, *exercise.summary):
            yield computed.id, computed.origin, ("id",)
    for questionnaire in context.questionnaires:
        yield questionnaire.id, questionnaire.origin, ("title",)
        for item in questionnaire.items:
            yield item.id, item.origin, ("id",)
        for score in questionnaire.scores:
            yield score.id, score.origin, ("id",)
