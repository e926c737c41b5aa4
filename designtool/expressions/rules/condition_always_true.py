"""A comparison that every answer makes true."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.expressions.rules._sample import sample

RULE = Rule(
    name="condition-always-true",
    severity=Severity.ERROR,
    title=Text("En jämförelse är alltid sann", "A comparison is always true"),
    why=Text(
        "Villkoret skiljer inte på några svar. Oftast är gränsen fel; vill du veta om frågan är besvarad, skriv answered(fråga).",
        "The condition tells no answers apart. Mostly the limit is wrong; to know whether a question was answered, write answered(item).",
    ),
    messages={
        "default": Text(
            "jämförelsen är alltid sann: värdet ligger mellan {low} och {high}",
            "the comparison is always true: the value lies between {low} and {high}",
        ),
        "half-open": Text("jämförelsen är alltid sann", "the comparison is always true"),
    },
    helps={
        "default": Text("ändra gränsen, eller skriv answered(x)", "change the limit, or write answered(x)"),
        "half-open": Text("ändra gränsen, eller skriv answered(x)", "change the limit, or write answered(x)"),
    },
    bad=sample("lugn >= 0"),
    good=sample("lugn >= 1"),
)
