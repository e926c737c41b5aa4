"""A number sign in a text, which makes the rest of the line a comment."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="text-after-hash",
    severity=Severity.WARNING,
    title=Text("Text som försvinner efter #", "Text that is lost after #"),
    why=Text(
        "I YAML är allt efter mellanslag och # en kommentar, som ingen patient ser. Hör orden till texten ska hela texten stå inom citattecken. Är de en kommentar skrivs ett mellanslag efter #.",
        "In YAML all that follows a blank and # is a comment, which no patient sees. Words that belong to the text need quotation marks around all of it. A comment has a blank after its #.",
    ),
    messages={
        "default": Text('"{lost}" läses inte', '"{lost}" is not read'),
    },
    helps={
        "default": Text(
            "sätt citattecken om hela texten, eller skriv ett mellanslag efter # om det är en kommentar",
            "put quotation marks around the whole text, or write a blank after # if it is a comment",
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-    label: Vad ska du göra?
+    label: Vad är ditt mål #1?
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-    label: Vad ska du göra?
+    label: "Vad är ditt mål #1?" # En kommentar.
""",
)
