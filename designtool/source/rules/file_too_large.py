"""A file beyond the limit of its kind."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="file-too-large",
    severity=Severity.ERROR,
    title=Text("En för stor fil", "A file that is too large"),
    why=Text(
        "En så stor fil är nästan alltid något annat än den ser ut som: en export, en logg eller en råfilm. Den läses inte. Dela upp den, eller komprimera filmen.",
        "A file of that size is nearly always something else than it looks: an export, a log or raw film. It is not read. Split it, or compress the film.",
    ),
    messages={
        "default": Text("filen är större än {limit} och läses inte", "the file is larger than {limit} and is not read"),
    },
    helps={
        "default": Text("dela upp filen, eller ta bort den ur mappen", "split the file, or take it out of the folder"),
    },
    bad="""\
-- media/avslappning.webm --
(en film på 3 GiB)
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
