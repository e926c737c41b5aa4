"""What a patient in danger reads or sees has changed."""

from __future__ import annotations

from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import PINNED
from designtool.diagnostics import Text

MESSAGES = {
    "default": Text("texten är ändrad", "the text has been changed"),
    "added": Text("text har kommit till", "text has been added"),
    "removed": Text("text är borttagen", "text has been removed"),
    "moved": Text("ett stycke har flyttats", "a passage has been moved"),
    "hidden": Text(
        "text om risk visas för andra patienter än förut", "text about risk is shown to other patients than before"
    ),
    "settings": Text("något annat än orden är ändrat", "something else than the words has been changed"),
}

RISK = Kind(
    name="risk-text-changed",
    bump="major",
    in_flight="pin-only",
    title=Text("Text om risk är ändrad", "Text about risk has been changed"),
    why=Text(
        "Krissidan, sidor som en flagga visar, det som är märkt safety och rutor om kris är det en patient i fara läser. "
        "Frågor vars svar ger röd flagga eller krissidan, eller låser ett beslut, är det som upptäcker faran. "
        "En namngiven kliniker ska ha tagit ställning till varje ändring.",
        "The crisis page, pages that a flag shows, what is marked as safety and crisis callouts are what a patient in "
        "danger reads. Questions whose answers give a red flag or the crisis page, or lock a decision, are what finds the "
        "danger. A named clinician must have taken a stand on every change.",
    ),
    consequence=PINNED,
    messages=MESSAGES,
    needs_acknowledgement=True,
    fires="""\
-- modules/01-start/20-mer.md (change) --
-Ring {contact}`crisis` om du tänker på att skada dig.
+Ring {contact}`crisis` om du tänker på att göra dig illa.
""",
    near_miss="""\
-- modules/01-start/10-sida.md (change) --
-Välj något som betyder något för dig.
+Välj något som betyder mycket för dig.
""",
)
