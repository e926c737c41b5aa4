"""What the unit administrator sees of sharing: what was fetched and until when it holds, recalls, agreements, receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from designtool.diagnostics import Text
from designtool.runtime.polling import NOBODY_HEARS, Poller, valid_until
from designtool.runtime.routes.unit import agreements_of
from designtool.runtime.service import Call, Stop, for_roles

_WAIT_SECONDS = 2.0
"""So long the page waits for a poll that somebody asks for. It goes on after that all the same."""


@dataclass(frozen=True, slots=True)
class _Receipt:
    release: str
    level: str
    learned_at: datetime
    is_sent: bool


def sharing(call: Call) -> Response:
    service, poller = call.service, _poller(call)
    now = service.clock.now()
    if call.request.method == "POST":
        service.store.write_down(call.session.deed(now, "poll", "sharing"))
        poller.poll_now(_WAIT_SECONDS)
        return RedirectResponse("/unit/sharing", 303)
    service.store.write_down(call.session.deed(now, "read", "sharing"))
    receipts, problems = _receipts(poller)
    status = poller.status
    facts = {
        "warnings": poller.warnings(),
        "nobody_hears": NOBODY_HEARS if poller.polling.key is None else None,
        "place": poller.polling.place,
        "has_work": poller.has_work,
        "status": status,
        "problems": (*status.problems, *problems),
        "until": valid_until(poller.polling.trust.folder),
        "recalled": service.recalls.told(bundle.digest for bundle in service.store.bundles()),
        "agreements": agreements_of(call),
        "receipts": receipts,
    }
    return service.pages.page("sharing", call.session, facts, now)


def _poller(call: Call) -> Poller:
    if call.service.poller is None:
        raise Stop(404, "not-found", call.session)
    return call.service.poller


def _receipts(poller: Poller) -> tuple[tuple[_Receipt, ...], tuple[Text, ...]]:
    """The latest first, and what lies among them and is none."""
    from designtool.share.receipts.documents import Receipt

    outbox = poller.polling.outbox
    parts = ((outbox.unsent(), False), (outbox.sent(), True))
    found = [
        _Receipt(one.content.release, one.content.level, one.content.learned_at, is_sent)
        for contents, is_sent in parts
        for one in contents.receipts
        if isinstance(one.content, Receipt)
    ]
    found.sort(key=lambda one: one.learned_at, reverse=True)
    return tuple(found), tuple(problem.message for contents, _ in parts for problem in contents.problems)


ROUTES = (Route("/unit/sharing", for_roles("staff", ("unit-administrator",), sharing), methods=["GET", "POST"]),)
