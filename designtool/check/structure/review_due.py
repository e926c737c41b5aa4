"""A program whose day of review has passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="review-due",
    severity=Severity.WARNING,
    title=Text("Programmet skulle ha granskats på nytt", "The program was to have been reviewed again"),
    why=Text(
        "Andra regioner ser i katalogen när programmet senast ska ha granskats. En dag som har passerat säger att ingen har gjort det.",
        "Other regions see in the catalogue by when the program is to be reviewed. A day that has passed says that nobody did.",
    ),
    messages={
        "default": Text(
            "programmet skulle ha granskats på nytt senast {day}",
            "the program was to have been reviewed again by {day}",
        ),
        "wrong": Text('"{day}" är inget datum', '"{day}" is no date'),
    },
    helps={
        "default": Text(
            "granska programmet och skriv en ny dag i review_by", "review the program and write a new day in review_by"
        ),
        "wrong": Text("skriv som 2027-11-01", "write it as 2027-11-01"),
    },
    bad="""\
-- release.yaml --
review_by: 2025-01-15
""",
    good="""\
-- release.yaml --
review_by: 2099-01-15
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None or not program.release.review_by:
        return
    stated = program.release.review_by
    document = context.documents.get(f"{program.origin.path.rpartition('/')[0]}/release.yaml")
    place = document.span("review_by") if document is not None else context.span(program.origin)
    try:
        day = date.fromisoformat(stated)
    except ValueError:
        yield RULE.at(place, "wrong", severity=Severity.ERROR, day=stated)
        return
    if day < context.today:
        yield RULE.at(place, day=stated)
