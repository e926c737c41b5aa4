"""A time for a measurement that nobody can tell."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unknown-occasion",
    severity=Severity.ERROR,
    title=Text("En mättidpunkt som inte går att förstå", "A time of measurement that cannot be understood"),
    why=Text(
        "En mätning som aldrig blir av gör att behandlaren inte ser om patienten blir sämre.",
        "A measurement that never comes leaves the therapist unable to see a patient getting worse.",
    ),
    messages={
        "default": Text('"{text}" är ingen tidpunkt för en mätning', '"{text}" is no time for a measurement'),
    },
    helps={
        "default": Text(
            "skriv start, end, every week, every 2 weeks, before each module eller 6 months after end",
            "write start, end, every week, every 2 weeks, before each module or 6 months after end",
        ),
    },
    bad="""\
-- program.yaml (change) --
-    at: [start, every week, end]
+    at:
+      - ibland
-    window_days: 3
-retention: agreed
+    window_days: 3
""",
    good="""\
-- program.yaml (change) --
-    at: [start, every week, end]
+    at:
+      - every 2 weeks
-    window_days: 3
-retention: agreed
+    window_days: 3
""",
)
