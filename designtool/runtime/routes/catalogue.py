"""For the unit administrator: what the regions of the federation release, and what is new since what the unit has activated.

Nothing is fetched for it: it shows what the runtime knows, and compares what has been imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from designtool.diagnostics import Text
from designtool.runtime.service import Call, Stop, for_roles
from designtool.treatment.days import local_date

if TYPE_CHECKING:
    from designtool.model.program import Program
    from designtool.runtime.trusting import Trust
    from designtool.share.catalogue.entries import InUse
    from designtool.share.catalogue.words import CatalogueView
    from designtool.share.registries.names import ProgramName

PATH = "/unit/catalogue"
_STYLE_PATH = "/unit/catalogue.css"


def catalogue_of_unit(call: Call) -> Response:
    from designtool.share.catalogue.page import Frame, catalogue_page
    from designtool.share.federation.problems import TrustProblem

    service, session = call.service, call.session
    if service.trust is None:
        raise Stop(404, "not-found", session)
    service.store.write_down(session.deed(service.clock.now(), "read", "catalogue"))
    try:
        view = _view(call, service.trust)
    except TrustProblem as problem:
        view = _nothing(call, problem.message)
    except OSError as error:
        view = _nothing(call, TrustProblem("trust-damaged", file=error.filename or service.trust.folder).message)
    return HTMLResponse(catalogue_page(view, service.language, Frame(_STYLE_PATH, "/unit", _BACK)))


def style(call: Call) -> Response:
    from designtool.share.catalogue.page import CATALOGUE_STYLE

    return Response(CATALOGUE_STYLE, media_type="text/css")


def _view(call: Call, trust: Trust) -> CatalogueView:
    from designtool.share.catalogue.differences import differences
    from designtool.share.catalogue.entries import catalogue
    from designtool.share.catalogue.words import CatalogueView
    from designtool.share.federation.offers import read_offers
    from designtool.share.recalls.listing import recalls

    service, now = call.service, call.service.clock.now()
    agreed = service.permits.overview(now)
    made = catalogue(
        read_offers(trust.folder),
        recalls(trust.folder, trust.remembered()),
        agreed.standings if agreed is not None else None,
        service.permits.region,
        _activated(call),
        now,
        local_date(now),
    )

    def imported(name: ProgramName, version: str, digest: str) -> Program | Text:
        if digest in service.programs:
            return service.programs.program(digest)
        return Text(
            f"Importera {name} {version} för att se vad som är nytt.", f"Import {name} {version} to see what is new."
        )

    problems = tuple(one.message for one in agreed.problems) if agreed is not None else ()
    return CatalogueView(made, differences(made, imported), problems)


def _nothing(call: Call, why: Text) -> CatalogueView:
    """Where nothing has been verified yet, or nothing can be read: why there is nothing to show."""
    from designtool.share.catalogue.entries import Catalogue
    from designtool.share.catalogue.words import CatalogueView

    now = call.service.clock.now()
    return CatalogueView(Catalogue(call.service.permits.region, local_date(now), (), now, False), problems=(why,))


def _activated(call: Call) -> list[InUse]:
    from designtool.share.catalogue.entries import InUse

    service, unit = call.service, call.session.user.unit
    where = Text("aktiverat i enheten", "activated in the unit").in_language(service.language)
    found = []
    for one in service.store.activations(unit):
        program = service.programs.program(one.digest)
        name = f"{program.publisher.region}/{program.id}/{program.version}"
        found.append(InUse(name, one.digest, where, program.overlay_of))
    return found


_BACK = Text("Tillbaka till enheten", "Back to the unit")
ROUTES = (
    Route(PATH, for_roles("staff", ("unit-administrator",), catalogue_of_unit)),
    Route(_STYLE_PATH, for_roles("staff", ("unit-administrator",), style)),
)
