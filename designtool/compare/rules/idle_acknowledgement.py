"""An acknowledgement of nothing that asks for one."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="idle-acknowledgement",
    severity=Severity.WARNING,
    title=Text(
        "Ett ställningstagande som inte gäller någon ändring", "An acknowledgement that is of no change that was made"
    ),
    why=Text(
        "Antingen har ändringen gjorts om sedan klinikern läste den, och då ska någon läsa den igen, eller så finns den inte kvar. "
        "Det som aldrig är tillåtet kan ingen ta på sig.",
        "Either the change has been altered since the clinician read it, and somebody has to read it again, or it is no longer there. "
        "What is never allowed nobody can take upon themselves.",
    ),
    messages={
        "default": Text(
            "ställningstagandet av {name} gäller ingen ändring som finns",
            "the acknowledgement by {name} is of no change that is there",
        ),
        "never": Text(
            "ställningstagandet av {name} gäller en ändring som aldrig är tillåten",
            "the acknowledgement by {name} is of a change that is never allowed",
        ),
    },
    helps={
        "default": Text(
            "ta bort det, eller låt klinikern ta ställning till det som gäller nu",
            "take it away, or let the clinician take a stand on what holds now",
        ),
        "never": Text("ta bort det, och ändringen", "take it away, and the change"),
    },
    bad="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 1.0.1
-- release.yaml (change) --
-acknowledgements: []
+acknowledgements:
+  - finding: sha256:0000000000000000000000000000000000000000000000000000000000000000
+    name: Eva Lind
+    role: Legitimerad psykolog
+    reason: Genomgången.
""",
    good="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 1.0.1
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - gammal_sida
""",
)
