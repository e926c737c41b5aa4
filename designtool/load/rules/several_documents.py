"""More than one YAML document in a file."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="several-documents",
    severity=Severity.ERROR,
    title=Text("Flera dokument i en fil", "Several documents in one file"),
    why=Text(
        "En rad med tre streck börjar ett nytt dokument. Bara det första skulle läsas. Lägg det andra i en egen fil, eller ta bort strecken.",
        "A line of three dashes begins a new document. Only the first would be read. Put the second in a file of its own, or take the dashes away.",
    ),
    messages={
        "default": Text("här börjar ett andra dokument i samma fil", "a second document begins here in the same file"),
    },
    helps={
        "default": Text("ta bort strecken, eller dela filen i två", "take the dashes away, or split the file in two"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
+---
+title: Min andra plan
""",
    good="",  # The minimal program as it is.
)
