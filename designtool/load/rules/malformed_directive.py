"""An opening of a directive without its braces."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="malformed-directive",
    severity=Severity.ERROR,
    title=Text("Ett block som inte är rätt öppnat", "A block that is not opened right"),
    why=Text(
        "Ett block börjar med tre kolon och dess namn inom klamrar, utan mellanslag emellan. Skrivet på annat sätt vet ingen var det börjar och slutar.",
        "A block begins with three colons and its name in braces, with no space between. Written otherwise nobody knows where it begins and ends.",
    ),
    messages={
        "default": Text("blocket är inte rätt öppnat", "the block is not opened right"),
    },
    helps={
        "default": Text("skriv :::{{{name}}}", "write :::{{{name}}}"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+::: callout tip
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
