"""A block that does not exist."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unknown-directive",
    severity=Severity.ERROR,
    title=Text("Ett block som inte finns", "A block that does not exist"),
    why=Text(
        "Ett felstavat block visas inte som du menade. Rätta namnet.",
        "A misspelt block is not shown as you meant. Mend the name.",
    ),
    messages={
        "default": Text('blocket "{name}" finns inte', 'there is no block "{name}"'),
    },
    helps={
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "known": Text("block som finns: {known}", "blocks that exist: {known}"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+:::{calout} tip
+Ta en sak i taget.
+:::
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+:::{callout} tip
+Ta en sak i taget.
+:::
+
+:::{exercise} min_plan
""",
)
