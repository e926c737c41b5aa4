"""HTML on a page."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="raw-html",
    severity=Severity.ERROR,
    title=Text("HTML på en sida", "HTML on a page"),
    why=Text(
        "En sida visas hos många regioner, på skärm och på papper, och får därför inte innehålla egen HTML. Markdown och blocken räcker till det som behövs.",
        "A page is shown in many regions, on screen and on paper, and therefore holds no HTML of its own. Markdown and the blocks suffice for what is needed.",
    ),
    messages={
        "default": Text("HTML används inte på en sida: {html}", "HTML is not used on a page: {html}"),
        "comment": Text("en HTML-kommentar hör inte hemma på en sida", "an HTML comment does not belong on a page"),
    },
    helps={
        "default": Text(
            "använd Markdown, till exempel **fet** text; skriv \\< för tecknet <",
            "use Markdown, such as **bold** text; write \\< for the sign <",
        ),
        "comment": Text("ta bort kommentaren", "take the comment away"),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Skriv <b>en sak</b> i taget.
+
+:::{exercise} min_plan
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
-:::{exercise} min_plan
+Skriv **en sak** i taget.
+
+:::{exercise} min_plan
""",
)
