"""An invisible mark before the first letter."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="byte-order-mark",
    severity=Severity.WARNING,
    title=Text("Ett osynligt tecken först i filen", "An invisible character first in the file"),
    why=Text(
        "Vissa Windowsprogram lägger ett osynligt märke (BOM) först i filen. Andra program läser det som en del av den första nyckeln. Spara som UTF-8 utan BOM.",
        "Some Windows programs put an invisible mark (BOM) first in the file. Other programs read it as part of the first key. Save as UTF-8 without BOM.",
    ),
    messages={
        "default": Text("filen börjar med ett osynligt märke (BOM)", "the file begins with an invisible mark (BOM)"),
    },
    helps={
        "default": Text("spara filen som UTF-8 utan BOM", "save the file as UTF-8 without BOM"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
\ufefftitle: Min plan
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad ska du göra?
    required: true
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
