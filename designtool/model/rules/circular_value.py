"""Values that are worked out from each other."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="circular-value",
    severity=Severity.ERROR,
    title=Text("Värden som beräknas ur varandra", "Values that are worked out from each other"),
    why=Text(
        "Ett värde som behöver sig självt för att räknas ut får aldrig något värde alls.",
        "A value that needs itself to be worked out never has any value at all.",
    ),
    messages={
        "default": Text('"{id}" behöver sig självt: {way}', '"{id}" needs itself: {way}'),
    },
    helps={
        "default": Text("räkna ut ett av dem direkt ur svaren", "work one of them out from the answers directly"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: tid
    type: minutes
    label: Hur länge?
    required: true
computed:
  - id: dubbelt
    label: Dubbelt
    value: halva * 4
  - id: halva
    label: Halva
    value: dubbelt / 4
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: tid
    type: minutes
    label: Hur länge?
    required: true
computed:
  - id: dubbelt
    label: Dubbelt
    value: tid * 2
  - id: halva
    label: Halva
    value: dubbelt / 4
""",
)
