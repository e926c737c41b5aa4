"""The crisis page that works when nothing else does: made once from the imported programs, and then only text in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from designtool.diagnostics import Language
from designtool.model.program import Contact, Program
from designtool.render import Templates, Viewpoint, fragments
from designtool.treatment.days import local_date
from designtool.treatment.simulate import blank
from designtool.treatment.situate import situation


@dataclass(frozen=True, slots=True)
class CrisisHelp:
    body: Markup = Markup("")
    """The main column of the latest program's crisis page; empty while there is no program."""
    first: Contact | None = None
    """Whom to call first: stands on every error page too."""
    more: tuple[Contact, ...] = ()
    """Contacts of the other programs that the page does not have."""


def crisis_help(programs: Sequence[Program], templates: Templates, language: Language, now: datetime) -> CrisisHelp:
    """Of programs in the order of their import."""
    if not programs:
        return CrisisHelp()
    latest = programs[-1]
    stands = situation(blank(latest, "crisis", local_date(now)), {"crisis": latest}, now)
    pieces = fragments("crisis", stands, Viewpoint("patient", language=language), templates)
    shown = {contact.phone for contact in latest.contacts}
    others = {
        contact.phone: contact
        for program in programs
        for contact in program.contacts
        if contact.phone and contact.phone not in shown
    }
    return CrisisHelp(
        Markup("").join(Markup(one.html) for one in pieces), latest.contact.get("crisis"), (*others.values(),)
    )
