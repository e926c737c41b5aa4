"""A value of the right sort that the key does not take: a word that is not on the list, a number out of bounds."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="wrong-value",
    severity=Severity.ERROR,
    title=Text("Ett värde som inte passar", "A value that does not fit"),
    why=Text(
        "En del nycklar tar bara emot vissa ord eller tal. Står det något annat vet ingen vad som ska hända.",
        "Some keys take certain words or numbers alone. With anything else nobody knows what should happen.",
    ),
    messages={
        "not-a-choice": Text('{where_sv} kan inte vara "{value}"', '{where_en} cannot be "{value}"'),
        "other-form": Text('"{value}" passar inte som {where_sv}', '"{value}" does not fit as {where_en}'),
        "too-small": Text(
            "{where_sv} är {value}, men ska vara minst {limit}", "{where_en} is {value}, but should be {limit} at least"
        ),
        "too-large": Text(
            "{where_sv} är {value}, men får vara högst {limit}", "{where_en} is {value}, but may be {limit} at most"
        ),
        "not-above": Text(
            "{where_sv} är {value}, men ska vara mer än {limit}",
            "{where_en} is {value}, but should be more than {limit}",
        ),
        "empty": Text("{where_sv} är tom", "{where_en} is empty"),
        "too-long": Text(
            "{where_sv} är {value} tecken lång, men får vara högst {limit}",
            "{where_en} is {value} characters long, but may be {limit} at most",
        ),
        "too-few": Text(
            "{where_sv} har {value} delar, men ska ha minst {limit}",
            "{where_en} has {value} parts, but should have {limit} at least",
        ),
        "too-many": Text(
            "{where_sv} har {value} delar, men får ha högst {limit}",
            "{where_en} has {value} parts, but may have {limit} at most",
        ),
    },
    helps={
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "choices": Text("välj ett av: {choices}", "choose one of: {choices}"),
        "description": Text("{description_sv}", "{description_en}"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-    type: text
+    type: textt
""",
    good="",  # The minimal program as it is.
)
