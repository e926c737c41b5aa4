"""A migration that says that something is renamed or gone, and it is there."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="migration-of-what-is-there",
    severity=Severity.ERROR,
    title=Text("En flyttfil om något som finns kvar", "A migration of something that is still there"),
    why=Text(
        "Ett id som både har bytt namn eller tagits bort och finns kvar betyder två saker. "
        "Det som patienten har skrivit skulle kunna hamna på fel plats.",
        "An id that has been renamed or removed and is there as well means two things. "
        "What a patient has written could end up in the wrong place.",
    ),
    messages={
        "default": Text(
            '"{name}" sägs ha bytt namn eller tagits bort, men finns i programmet',
            '"{name}" is said to be renamed or removed, but is in the program',
        ),
    },
    helps={
        "default": Text(
            "ta bort raden, eller ge det nya ett id som inte har använts förut",
            "take the line away, or give the new one an id that has not been used before",
        ),
    },
    bad="""\
-- migrations/0.9.0-1.0.0.yaml --
removed:
  modules:
    start: keep-readable
""",
    good="""\
-- migrations/0.9.0-1.0.0.yaml --
removed:
  modules:
    gammal-start: keep-readable
""",
)
