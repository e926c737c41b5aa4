"""Wording that may not be passed on."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.origin import Origin
from designtool.model.questionnaire import REDISTRIBUTABLE, is_wordless

RULE = Rule(
    name="unlicensed-instrument",
    severity=Severity.ERROR,
    title=Text("Frågetext som inte får spridas", "Wording that may not be passed on"),
    why=Text(
        "Ett paket går vidare till andra regioner. Frågor som kräver licens får därför inte stå i det. Behåll poängreglerna och ta bort texten: den enhet som har licens fyller i den hos sig.",
        "A bundle goes on to other regions. Items that need a licence may therefore not stand in it. Keep the scoring and take the wording away: a unit with a licence fills it in at its own place.",
    ),
    messages={
        "default": Text(
            "texten i {name} får inte spridas (licence: {licence})",
            "the wording of {name} may not be passed on (licence: {licence})",
        ),
        "answers": Text(
            "svaren i {name} står med ord, som inte får spridas (licence: {licence})",
            "the answers of {name} stand in words, which may not be passed on (licence: {licence})",
        ),
    },
    helps={
        "default": Text(
            "ta bort text: från frågorna, eller ange en licens som tillåter spridning",
            "take text: away from the items, or give a licence that allows passing it on",
        ),
        "answers": Text(
            'skriv svarets tal som label: "{value}", så fyller enheten i orden hos sig',
            'write the answer\'s number as its label: "{value}"; the unit fills in the words at its own place',
        ),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-  licence: CC-BY-4.0
+  licence: restricted
""",
    good="",  # The minimal program as it is.
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for questionnaire in context.questionnaires:
        instrument = questionnaire.instrument
        # A licence that is missing has a finding of its own, and the strictest one was assumed.
        if instrument.licence in REDISTRIBUTABLE or not _is_stated(context, questionnaire.origin):
            continue
        item = next((item for item in questionnaire.items if item.text), None)
        if item is not None:
            place = context.span(item.origin, "text")
            yield RULE.at(place, name=instrument.name or questionnaire.title, licence=instrument.licence)
            continue
        worded = next((one for one in questionnaire.items if not all(map(is_wordless, one.options))), None)
        if worded is not None:
            value = next(option.value for option in worded.options if not is_wordless(option))
            place = context.span(worded.origin, "options")
            name = instrument.name or questionnaire.title
            yield RULE.at(place, "answers", name=name, licence=instrument.licence, value=value)


def _is_stated(context: Context, origin: Origin) -> bool:
    document = context.documents.get(origin.path)
    instrument = document.data.get("instrument") if document and isinstance(document.data, dict) else None
    return isinstance(instrument, dict) and "licence" in instrument
