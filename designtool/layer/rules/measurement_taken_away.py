"""A measurement that comes seldomer than in the program."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="measurement-taken-away",
    severity=Severity.ERROR,
    title=Text("En mätning som försvinner", "A measurement that is taken away"),
    why=Text(
        "En mätning kan väcka en larmsignal. Den får komma oftare än i programmet, men aldrig mer sällan: då kan risk gå obemärkt.",
        "A measurement may raise a flag. It may come more often than in the program, and never seldomer: risk could then pass unseen.",
    ),
    messages={
        "default": Text("{name} mäts mer sällan än i programmet", "{name} is measured seldomer than in the program"),
    },
    helps={
        "default": Text(
            "ta med alla tidpunkter som står i program.yaml, och lägg till de nya",
            "state all occasions that program.yaml has, and add the new ones",
        ),
    },
    bad="""\
-- variants/plus.yaml --
title: Exempel Plus
add:
  measurements:
    - questionnaire: min_koll
      at: [start, end]
""",
    good="""\
-- variants/plus.yaml --
title: Exempel Plus
add:
  measurements:
    - questionnaire: min_koll
      at: [start, every week, end, 3 months after end]
      window_days: 3
""",
    safety=True,
)
