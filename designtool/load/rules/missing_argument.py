"""A directive that does not say what it shows."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="missing-argument",
    severity=Severity.ERROR,
    title=Text("Ett block säger inte vad det gäller", "A block does not say what it is about"),
    why=Text(
        "Efter namnet ska det stå vad blocket gäller: en fil, ett id, en rubrik eller ett villkor. Utan det finns inget att visa.",
        "After the name stands what the block is about: a file, an id, a title or a condition. Without it there is nothing to show.",
    ),
    messages={
        "default": Text("{name} säger inte vad det gäller", "{name} does not say what it is about"),
    },
    helps={
        "default": Text(
            "skriv det på samma rad, efter :::{{{name}}}", "write it on the same line, after :::{{{name}}}"
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+:::{reveal}
+Ta en sak i taget.
+:::
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+:::{reveal} Ett tips
+Ta en sak i taget.
+:::
+
+:::{exercise} min_plan
""",
)
