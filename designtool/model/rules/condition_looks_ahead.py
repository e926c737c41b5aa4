"""An item that is asked or not for a reason that is not above it in its own questionnaire."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="condition-looks-ahead",
    severity=Severity.ERROR,
    title=Text(
        "En fråga som visas utifrån något annat än frågorna före",
        "An item that is shown for something else than the items before it",
    ),
    why=Text(
        "Den som svarar läser uppifrån och ner. En fråga kan bara bero på svar som redan är givna i samma formulär: annars kan den försvinna efter att den är besvarad, eller så kan två frågor dölja varandra.",
        "Whoever answers reads from top to bottom. An item can depend only on answers already given in the same questionnaire: else it could vanish after it was answered, or two items could hide each other.",
    ),
    messages={
        "default": Text(
            'frågan "{id}" visas utifrån "{name}", som inte är en fråga före den i samma formulär',
            'the item "{id}" is shown for "{name}", which is no item before it in the same questionnaire',
        ),
        "history": Text(
            'frågan "{id}" visas utifrån {name}, som ser till annat än svaren i formuläret',
            'the item "{id}" is shown for {name}, which looks at more than the answers of the questionnaire',
        ),
    },
    helps={
        "default": Text(
            "låt show_if gälla frågor som står före, eller flytta frågan nedåt",
            "let show_if read items that stand before it, or move the item down",
        ),
        "history": Text(
            "låt show_if gälla svar på frågor som står före", "let show_if read answers to items before it"
        ),
    },
    bad="""\
-- questionnaires/min_koll.yaml (change) --
-    text: Hur ofta har du känt dig nere?
-    options: frequency
+    text: Hur ofta har du känt dig nere?
+    options: frequency
+    show_if: q2 >= 1
""",
    good="""\
-- questionnaires/min_koll.yaml (change) --
-    options: frequency
-scores:
+    options: frequency
+    show_if: q1 >= 1
+    when_hidden: 0
+scores:
""",
)
