"""A name that stands for nothing."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.expressions.rules._sample import sample

RULE = Rule(
    name="unknown-name",
    severity=Severity.ERROR,
    title=Text("Ett uttryck nämner något som inte finns", "An expression names something that does not exist"),
    why=Text(
        "Ett villkor om ett svar som inte finns blir aldrig sant, och då kan en flagga utebli. "
        "Skriv namnet som det står under id, och formulärets namn framför när det är ett annat: phq9.total.",
        "A condition on an answer that does not exist never holds, and a flag could stay silent. "
        "Write the name as it stands under id, with the form's name before it where it is another: phq9.total.",
    ),
    messages={
        "default": Text('"{found}" finns inte här', '"{found}" does not exist here'),
        "form": Text(
            'det finns inget formulär eller övning som heter "{found}"', 'there is no form or exercise named "{found}"'
        ),
        "in-form": Text('"{found}" finns inte i {form}', '"{found}" does not exist in {form}'),
        "form-alone": Text('"{found}" är ett helt formulär, inte ett svar', '"{found}" is a whole form, not an answer'),
        "function-alone": Text('"{found}" är en funktion', '"{found}" is a function'),
        "function": Text('det finns ingen funktion som heter "{found}"', 'there is no function named "{found}"'),
        "swedish-function": Text(
            'det finns ingen funktion som heter "{found}"', 'there is no function named "{found}"'
        ),
        "method": Text('"{found}" kan inte stå efter en punkt', '"{found}" cannot stand after a point'),
        "no-inside": Text('"{found}" har inget namn inuti sig', '"{found}" has no names inside it'),
        "no-diary": Text("last(n) hör till en dagbok", "last(n) belongs to a diary"),
        "hyphen": Text(
            '"{found}" läses som en minusräkning: namn skrivs med understreck',
            '"{found}" is read as a subtraction: names are written with underscores',
        ),
        "elsewhere": Text('"{found}" finns inte här', '"{found}" does not exist here'),
        "quotes": Text('alternativet "{found}" saknar citattecken', 'the option "{found}" lacks quotation marks'),
        "nothing": Text('"{found}" skrivs inte i uttryck', '"{found}" is not written in expressions'),
        "yes-or-no": Text('"{found}" skrivs inte ut i uttryck', '"{found}" is not written out in expressions'),
    },
    helps={
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "none": Text("kontrollera stavningen av id", "check how the id is spelt"),
        "form-alone": Text(
            "skriv vilket svar du menar, till exempel {example}", "write which answer you mean, for example {example}"
        ),
        "function-alone": Text("skriv den med parentes: {usage}", "write it with brackets: {usage}"),
        "instead": Text('skriv "{instead}"', 'write "{instead}"'),
        "no-inside": Text(
            "bara formulär och tabeller har namn efter punkten", "only forms and tables have names after the point"
        ),
        "no-diary": Text("skriv dagbokens namn framför: {example}", "write the diary's name before it: {example}"),
        "elsewhere": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "quotes": Text("skriv '{found}'", "write '{found}'"),
        "nothing": Text(
            "skriv missing(x) för det som inte är besvarat, och answered(x) för det som är det",
            "write missing(x) for what is not answered, and answered(x) for what is",
        ),
        "yes-or-no": Text(
            "en ja/nej-fråga skrivs som sitt namn: korkort eller not korkort",
            "a yes-no question is written as its name: x or not x",
        ),
    },
    bad=sample("lugnt <= 1"),
    good=sample("lugn <= 1"),
)
