"""A link to another file or folder."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="link-in-workspace",
    severity=Severity.ERROR,
    title=Text("En länk till en annan fil", "A link to another file"),
    why=Text(
        "En länk (symbolisk länk) kan leda ut ur mappen, och finns inte på samma sätt hos den som får programmet. Den följs aldrig. Lägg en kopia av filen i mappen.",
        "A link (symbolic link) can lead out of the folder, and does not exist in the same way with those who get the program. It is never followed. Put a copy of the file in the folder.",
    ),
    messages={
        "default": Text("en länk till en annan plats följs inte", "a link to another place is not followed"),
    },
    helps={
        "default": Text("lägg en kopia av filen här i stället", "put a copy of the file here instead"),
    },
    bad="""\
-- media/bild.svg --
(en länk till ../../annat/bild.svg)
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
""",
)
