"""A file with the name of a text and the content of something else."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="not-a-text-file",
    severity=Severity.ERROR,
    title=Text("En fil som inte är text", "A file that is no text"),
    why=Text(
        "Filen har ett namn som en textfil men innehåller något annat, till exempel ett Worddokument eller en bild som fått fel ändelse. Spara innehållet som ren text, eller ge filen rätt namn.",
        "The file has the name of a text file but holds something else, such as a Word document or a picture with the wrong ending. Save the content as plain text, or give the file its right name.",
    ),
    messages={
        "default": Text("filen är inte en textfil", "the file is not a text file"),
    },
    helps={
        "default": Text("spara innehållet som ren text i UTF-8", "save the content as plain text in UTF-8"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
title: \x00\x00\x00\x00\x01\x02
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
