"""A telephone number that nobody has looked at for long."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="unchecked-contact",
    severity=Severity.WARNING,
    title=Text("En kontakt som ingen har kontrollerat på länge", "A contact that nobody has checked for long"),
    why=Text(
        "Ett nummer som inte längre går fram är värre än inget nummer. Ring det, och skriv dagens datum i checked.",
        "A number that no longer answers is worse than none. Call it, and write the date into checked.",
    ),
    messages={
        "default": Text(
            '"{label}" kontrollerades senast {checked}, för mer än sex månader sedan',
            '"{label}" was last checked on {checked}, more than six months ago',
        ),
        "never": Text(
            '"{label}" saknar checked: datum då numret kontrollerades',
            '"{label}" has no checked: the date on which the number was checked',
        ),
        "wrong": Text('"{checked}" är inget datum', '"{checked}" is no date'),
    },
    helps={
        "default": Text("kontrollera numret och skriv dagens datum", "check the number and write the date"),
        "never": Text(
            "kontrollera numret och skriv till exempel checked: 2026-11-01",
            "check the number and write for example checked: 2026-11-01",
        ),
        "wrong": Text("skriv som 2026-11-01", "write it as 2026-11-01"),
    },
    bad="""\
-- /programs/library/contacts.yaml (change) --
-  checked: 2026-11-01
+  checked: 2025-01-15
""",
    good="",  # The minimal program as it is.
)


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
"""What has another form has been told when the file was held against its schema."""
_LONGEST = timedelta(days=183)


def check(context: Context) -> Iterator[Diagnostic]:
    for document in context.documents.values():
        if context.program is not None or document.kind != "contacts" or not isinstance(document.data, dict):
            continue
        for id, contact in document.data.items():
            if not isinstance(contact, dict) or not isinstance(contact.get("label"), str):
                continue
            label, checked = contact["label"], contact.get("checked")
            if checked is None:
                yield RULE.at(document.key_span(id), "never", label=label)
                continue
            day = _day(checked)
            place = document.span(id, "checked")
            if day is None and _DATE.fullmatch(str(checked)):
                yield RULE.at(place, "wrong", severity=Severity.ERROR, checked=checked)
            elif day is not None and context.today - day > _LONGEST:
                yield RULE.at(place, label=label, checked=checked)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
