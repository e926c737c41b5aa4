"""Text inside a directive that holds none."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unexpected-content",
    severity=Severity.ERROR,
    title=Text("Text i ett block som inte har någon", "Text in a block that holds none"),
    why=Text(
        "Det här blocket visar en fil, en övning eller en kurva, och har ingen egen text. Det du skrev i det skulle inte visas. Flytta texten till efter blockets slut.",
        "This block shows a file, an exercise or a curve, and has no text of its own. What you wrote in it would not be shown. Move the text behind the end of the block.",
    ),
    messages={
        "default": Text("{name} har ingen text i sig", "{name} holds no text"),
    },
    helps={
        "default": Text("flytta texten till efter :::", "move the text behind :::"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::
+Ta en sak i taget.
+:::
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
+
+Ta en sak i taget.
""",
)
