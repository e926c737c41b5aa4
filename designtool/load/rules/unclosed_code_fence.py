"""Program code that never ends."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unclosed-code-fence",
    severity=Severity.ERROR,
    title=Text("Programkod utan slut", "Program code without an end"),
    why=Text(
        "Tre grava accenter börjar programkod, och allt efter dem visas som kod tills likadana tecken avslutar den. Sätt dit slutet, eller ta bort början.",
        "Three backticks begin program code, and everything behind them is shown as code until the same signs end it. Add the end, or take the beginning away.",
    ),
    messages={
        "default": Text(
            "programkoden som börjar med {fence} avslutas aldrig",
            "the program code that begins with {fence} never ends",
        ),
    },
    helps={
        "default": Text(
            "skriv {fence} på en egen rad där koden slutar", "write {fence} on a line of its own where the code ends"
        ),
    },
    bad="""\
-- modules/01-start/10-sida.md (change) --
+
+```
+Ta en sak i taget.
""",
    good="""\
-- modules/01-start/10-sida.md (change) --
+
+Ta en sak i taget.
""",
)
