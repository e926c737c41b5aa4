"""A comparison with an option that the question does not have."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.expressions.rules._sample import sample

RULE = Rule(
    name="choice-not-in-list",
    severity=Severity.ERROR,
    title=Text("Ett alternativ finns inte bland frågans svar", "An option is none of the question's answers"),
    why=Text(
        "Villkoret kan aldrig bli sant, för ingen kan svara så. Skriv alternativet som det står under value.",
        "The condition can never hold, for nobody can give that answer. Write the option as it stands under value.",
    ),
    messages={
        "default": Text('"{found}" är inget av alternativen', '"{found}" is none of the options'),
        "near": Text('"{found}" är inget av alternativen', '"{found}" is none of the options'),
    },
    helps={
        "default": Text("alternativen är {options}", "the options are {options}"),
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
    },
    bad=sample("plats == 'hema'"),
    good=sample("plats == 'hemma'"),
)
