"""Anchors, aliases and merge keys of YAML."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="yaml-anchor",
    severity=Severity.ERROR,
    title=Text("Ankare och hänvisningar i YAML", "Anchors and aliases of YAML"),
    why=Text(
        "Med & och * kan YAML kopiera värden från ett annat ställe. Den som läser filen ser då inte vad som gäller. Skriv ut värdet på båda ställena.",
        "With & and * YAML can copy values from another place. Whoever reads the file then does not see what holds. Write the value in both places.",
    ),
    messages={
        "default": Text("{name} används inte här", "{name} is not used here"),
        "anchor": Text("ankaret &{name} används inte här", "the anchor &{name} is not used here"),
        "alias": Text("hänvisningen *{name} används inte här", "the alias *{name} is not used here"),
        "merge": Text("<< slår ihop värden och används inte här", "<< merges values and is not used here"),
    },
    helps={
        "anchor": Text(
            "ta bort &{name}; en text som börjar med & behöver citattecken",
            "take &{name} away; a text that begins with & needs quotation marks",
        ),
        "alias": Text(
            "skriv ut värdet; en text som börjar med * behöver citattecken",
            "write the value out; a text that begins with * needs quotation marks",
        ),
        "merge": Text("skriv ut nycklarna", "write the keys out"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-title: Min plan
+title: &titel Min plan
""",
    good="",  # The minimal program as it is.
)
