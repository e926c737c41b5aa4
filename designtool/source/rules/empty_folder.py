"""A folder among the programs with nothing in it."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="empty-folder",
    severity=Severity.WARNING,
    title=Text("En tom mapp bland programmen", "An empty folder among the programs"),
    why=Text(
        "Varje mapp bland programmen är ett program. En tom mapp är ofta ett program som har flyttats, eller som inte har hämtats hem än.",
        "Each folder among the programs is a program. An empty one is often a program that was moved, or that has not been fetched yet.",
    ),
    messages={
        "default": Text("mappen är tom", "the folder is empty"),
    },
    helps={
        "default": Text(
            "ta bort mappen, eller skapa ett program med: designtool new program",
            "take the folder away, or make a program with: designtool new program",
        ),
    },
    bad="""\
-- /programs/tom/ --
(en mapp utan filer)
""",
    good="",  # The minimal program as it is.
)
