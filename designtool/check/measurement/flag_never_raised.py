"""A flag that no answers raise."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.check.domains import answers_in_words, method_in_words
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="flag-never-raised",
    severity=Severity.ERROR,
    title=Text("En flagga som aldrig höjs", "A flag that is never raised"),
    why=Text(
        "Behandlaren litar på att flaggan höjs. Kan inga svar uppfylla villkoret får ingen veta något, hur patienten än svarar.",
        "The therapist relies on the flag. When no answers meet its condition, nobody learns anything, whatever the patient answers.",
    ),
    messages={
        "default": Text(
            "inga svar höjer flaggan ({method_sv}); till exempel {answers} räcker inte",
            "no answers raise the flag ({method_en}); {answers}, for example, does not",
        ),
        "without-example": Text("inga svar höjer flaggan ({method_sv})", "no answers raise the flag ({method_en})"),
    },
    helps={
        "default": Text(
            "ändra gränserna i when:, eller skriv or i stället för and",
            "change the limits in when:, or write or for and",
        ),
        "without-example": Text("ändra villkoret i when:", "change the condition in when:"),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
+flags:
+  - when: q1 >= 2 and total < 2
+    level: yellow
""",
    good="""\
-- questionnaires/min_koll.yaml (change) --
+flags:
+  - when: q1 >= 2 and total < 3
+    level: yellow
""",
    safety=True,
)


def check(context: Context) -> Iterator[Diagnostic]:
    for form in context.forms if context.is_whole else ():
        for flag in form.flags:
            proof = context.domains.proof(flag.when)
            if proof.kind == "never-met":
                answers, method = answers_in_words(proof, flag.when, form.id), method_in_words(proof)
                yield RULE.at(
                    context.span(flag.origin, "when"),
                    "default" if answers else "without-example",
                    answers=answers,
                    method_sv=method.sv,
                    method_en=method.en,
                )
