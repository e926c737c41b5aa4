"""An inline role whose text never ends."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unclosed-role",
    severity=Severity.ERROR,
    title=Text("Ett avslutande tecken saknas", "A closing sign is missing"),
    why=Text(
        "Texten efter {term}, {answer}, {score}, {contact} och {program} står mellan två grava accenter. Saknas den andra visas tecknen för patienten.",
        "The text after {term}, {answer}, {score}, {contact} and {program} stands between two backticks. Without the second, the patient sees the signs.",
    ),
    messages={
        "default": Text("texten efter {{{name}}} avslutas aldrig", "the text after {{{name}}} never ends"),
        "other-sign": Text("efter {{{name}}} saknas en grav accent", "a backtick is missing after {{{name}}}"),
    },
    helps={
        "other-sign": Text(
            "skriv {{{name}}}`...` med grava accenter, inte citattecken",
            "write {{{name}}}`...` with backticks, not quotation marks",
        ),
        "default": Text("sätt ett ` där texten slutar", "put a ` where the text ends"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Ring {contact}`crisis om det är fara för liv.
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Ring {contact}`crisis` om det är fara för liv.
+
+:::{exercise} min_plan
""",
)
