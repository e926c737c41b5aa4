"""A comparison that no answer can make true."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.expressions.rules._sample import sample

RULE = Rule(
    name="condition-never-true",
    severity=Severity.ERROR,
    title=Text("En jämförelse kan aldrig bli sann", "A comparison can never be true"),
    why=Text(
        "Det som hänger på jämförelsen händer aldrig: sidan visas inte, flaggan höjs inte. Oftast är gränsen fel.",
        "What depends on the comparison never happens: the page is not shown, the flag is not raised. Mostly the limit is wrong.",
    ),
    messages={
        "default": Text(
            "jämförelsen kan aldrig bli sann: värdet ligger mellan {low} och {high}",
            "the comparison can never be true: the value lies between {low} and {high}",
        ),
        "half-open": Text("jämförelsen kan aldrig bli sann", "the comparison can never be true"),
    },
    helps={
        "default": Text("ändra gränsen", "change the limit"),
        "half-open": Text("ändra gränsen", "change the limit"),
    },
    bad=sample("lugn > 5"),
    good=sample("lugn >= 5"),
)
