"""A change that asks what shall become of patients under way, and no migration that says it."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="migration-says-nothing",
    severity=Severity.WARNING,
    title=Text(
        "Ingen flyttfil säger vad som händer med pågående patienter",
        "No migration says what becomes of patients under way",
    ),
    why=Text(
        "Den som redan har mött det som ändras är kvar på sin version så länge ingen säger vad som ska hända. Ska pågående "
        "patienter följa med till den nya versionen behövs en flyttfil.",
        "Whoever has met what changes stays on their version as long as nobody says what shall happen. For patients under way "
        "to follow to the new version a migration is needed.",
    ),
    messages={
        "default": Text(
            "{path} säger inte vad som händer med patienter från {earlier}: {what}",
            "{path} does not say what becomes of patients from {earlier}: {what_en}",
        ),
        "several": Text(
            "{path} säger inte vad som händer med patienter från {earlier}: {what}, och {others} ändringar till",
            "{path} does not say what becomes of patients from {earlier}: {what_en}, and {others} more changes",
        ),
    },
    helps={
        "default": Text(
            "skriv keep, see-again eller hold-back efter varje kolon i {path} (för program: keep eller hold-back):\n{lines}",
            "write keep, see-again or hold-back behind each colon in {path} (for program: keep or hold-back):\n{lines}",
        ),
    },
    bad="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 2.0.0
-  weeks: 6
+  weeks: 8
""",
    good="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 2.0.0
-  weeks: 6
+  weeks: 8
-- migrations/1.0.0-2.0.0.yaml --
begun:
  program: keep
""",
)
