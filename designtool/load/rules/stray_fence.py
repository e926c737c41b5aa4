"""A closing line with nothing to close."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="stray-fence",
    severity=Severity.ERROR,
    title=Text("Ett slut utan början", "An end without a beginning"),
    why=Text(
        "Tre kolon avslutar det innersta öppna blocket. Här är inget öppet: kanske är ett block redan avslutat, eller så saknas dess början.",
        "Three colons close the innermost open block. Nothing is open here: perhaps a block was closed already, or its beginning is missing.",
    ),
    messages={
        "default": Text("::: avslutar inget", "::: closes nothing"),
    },
    helps={
        "default": Text(
            "ta bort raden, eller skriv blockets början", "take the line away, or write the beginning of the block"
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Ta en sak i taget.
+
+:::
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Ta en sak i taget.
+
+:::{exercise} min_plan
""",
)
