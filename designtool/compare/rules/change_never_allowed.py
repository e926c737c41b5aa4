"""A change that no version can carry."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="change-never-allowed",
    severity=Severity.ERROR,
    title=Text("En ändring som ingen version får ha", "A change that no version may have"),
    why=Text(
        "Ett id som byter mening, ett prövat formulär med andra ord och ett id som inte längre är reserverat gör att sparade "
        "svar betyder något annat än när de gavs. Det går inte att ta ställning till: det måste bort. Gör i stället något nytt "
        "med ett nytt id.",
        "An id that changes its meaning, a validated questionnaire with other words, and an id that is no longer reserved make "
        "saved answers mean something else than when they were given. Nobody can acknowledge that: it must go. Make something "
        "new with a new id instead.",
    ),
    messages={
        "default": Text(
            "{what}: {detail}. Det är aldrig tillåtet efter {earlier}",
            "{what_en}: {detail_en}. That is never allowed after {earlier}",
        ),
    },
    helps={
        "default": Text(
            "ta tillbaka ändringen, eller gör något nytt med ett nytt id",
            "take the change back, or make something new with a new id",
        ),
    },
    bad="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 2.0.0
-- release.yaml (change) --
-reserved:
-  - gammal_plan
+reserved: []
""",
    good="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 2.0.0
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - gammal_sida
""",
    safety=True,
)
