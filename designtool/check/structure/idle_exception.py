"""An exception, or a severity, for a rule that does not exist or that is always in force."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Span, Text, nearest

RULE = Rule(
    name="idle-exception",
    severity=Severity.WARNING,
    title=Text("Ett undantag som inte gör något", "An exception that does nothing"),
    why=Text(
        "Undantaget gäller en regel som inte finns, eller en som alltid gäller: fel i hur texten är skriven och det som rör säkerhet måste rättas. Därför visas felet ändå.",
        "The exception is for a rule that does not exist, or for one that is always in force: mistakes in how the text is written, and what is about safety, must be mended. So the finding is shown all the same.",
    ),
    messages={
        "default": Text(
            'ingen regel som heter "{name}" kan tystas eller ändras',
            'no rule named "{name}" can be silenced or changed',
        ),
        "safety": Text(
            '"{name}" är en säkerhetsregel, som alltid gäller', '"{name}" is a safety rule, which is always in force'
        ),
    },
    helps={
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "none": Text(
            "kontrollera namnet; designtool explain visar alla regler",
            "check the name; designtool explain shows all rules",
        ),
        "safety": Text(
            "ta bort undantaget och rätta felet i stället", "take the exception away and mend the mistake instead"
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+% designtool: allow vauge-link-text – så heter knappen
+Läs mer på 1177.
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+% designtool: allow vague-link-text – så heter knappen
+Läs mer [här](https://www.1177.se).
+
+:::{exercise} min_plan
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    # Not before the first use: the list of checks holds this one too.
    from designtool.check import CHECKS

    rules = {rule.name: rule for rule, _ in CHECKS}
    for name, span in _named(context):
        rule = rules.get(name)
        if rule is not None and not rule.safety:
            continue
        near = nearest(name, (one.name for one in rules.values() if not one.safety)) if rule is None else None
        yield RULE.at(
            span,
            "safety" if rule else "default",
            help="near" if near else "safety" if rule else "none",
            name=name,
            near=near or "",
        )


def _named(context: Context) -> Iterator[tuple[str, Span]]:
    """Each rule that is spoken of here, and in designtool.yaml, which every program sees."""
    folder = context.program.origin.path.rpartition("/")[0] + "/" if context.program is not None else ""
    for path, document in context.documents.items():
        if document.kind == "workspace" and isinstance(document.data, dict):
            stated = document.data.get("severity")
            for name in stated if isinstance(stated, dict) else ():
                yield name, document.key_span("severity", name)
        if path.startswith(folder):
            for allowance in document.allowed:
                yield allowance.rule, allowance.span
