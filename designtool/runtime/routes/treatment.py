"""The pages of a treatment: shown by `render.view`, acted upon through `acts`, the same for patient and therapist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, BinaryIO, Literal
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from designtool import acts
from designtool.bundle.gates import MEDIA_FOLDER
from designtool.diagnostics import Text
from designtool.model.exercise import Exercise
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.render import FieldError, Recalled, Viewpoint, fragments, view
from designtool.render.forms import saved_answer
from designtool.runtime.access import Sight, sight_of_patient, sight_of_therapist
from designtool.runtime.devices import (
    FORM_TARGETS,
    NEW_VERSION,
    Page,
    SentForm,
    changed_elsewhere,
    device_of,
    is_changed_elsewhere,
    is_of_earlier_version,
    new_page,
    seen_state,
    target_under,
)
from designtool.runtime.recalling import Notice
from designtool.runtime.service import Call, Endpoint, Stop, for_roles, for_saving
from designtool.runtime.store import Store, Treatment
from designtool.runtime.treatments import with_names
from designtool.runtime.words import WORDS
from designtool.source.media import media_type
from designtool.treatment.as_it_stood import as_it_stood
from designtool.treatment.commands import Kept, Problem
from designtool.treatment.days import local, local_date
from designtool.treatment.events import Event
from designtool.treatment.records import form_of
from designtool.treatment.situate import earlier_versions, situation
from designtool.treatment.situation import Situation
from designtool.treatment.state import State
from designtool.treatment.words import day_words

Side = Literal["patient", "therapist"]
_RED_FLAG_TARGETS = frozenset({"flags", "crisis"})
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """A treatment as somebody is let in to it."""

    treatment: Treatment
    state: State
    now: datetime
    sight: Sight
    side: Side

    @property
    def base(self) -> str:
        return f"/t/{self.treatment.id}/{self.side}"


def _page(side: Side) -> Callable[[Call], Response]:
    def page(call: Call) -> Response:
        place = _enter(call, side)
        target = call.path["target"]
        earlier = _EARLIER.fullmatch(target)
        if earlier is not None:
            return _earlier(call, place, int(earlier[1]), earlier[2])
        if call.request.method == "POST":
            return _act(call, place, target)
        query = call.request.query_params
        html = _html(call, place, target, saved=query.get("saved", ""), entry_date=query.get("entry-date", ""))
        deed = call.session.deed(place.now, "read", f"{side}/{target}", place.treatment)
        call.service.store.write_down(deed)
        return HTMLResponse(html)

    return page


_EARLIER = re.compile(r"earlier/([1-9][0-9]{0,2})/(.+)")
_READ_EARLIER: Mapping[Side, frozenset[str]] = {
    "patient": frozenset({"modules", "module", "page", "exercise", "questionnaire", "results", "library"}),
    "therapist": frozenset({"treatment", "module", "page", "exercise", "form", "library"}),
}
"""Of a version that the treatment has left, what can be read; all else is as it is now."""


def _earlier(call: Call, place: Place, number: int, target: str) -> Response:
    """A page as it stood when the treatment left an earlier version. Nothing can be written there."""
    programs = call.service.programs
    stood = as_it_stood(place.state, number, programs)
    kind = target.partition("/")[0]
    if stood is None or call.request.method == "POST":
        raise Stop(404, "not-found", call.session)
    if kind == "media":
        return _media_file(call, stood.digest, target.removeprefix("media/"))
    if kind not in _READ_EARLIER[place.side]:
        raise Stop(404, "not-found", call.session)
    version = next(one for one in earlier_versions(place.state, programs) if one.number == number)
    words, day = WORDS["earlier-version"], day_words(version.left_on)
    notice = Text(
        words.sv.format(version=version.version, date=day.sv), words.en.format(version=version.version, date=day.en)
    )
    viewpoint = _viewpoint(call, place, stood.digest)
    now = "modules" if place.side == "patient" else "treatment"
    viewpoint = replace(
        viewpoint,
        base=f"{place.base}/earlier/{number}",
        reading=True,
        notices=(*viewpoint.notices, notice),
        links=((f"{place.base}/{now}", WORDS["back-to-now"]), *viewpoint.links),
    )
    try:
        html = view(target, with_names(stood, _names(call, place)), viewpoint, call.service.pages.templates)
    except KeyError:
        raise Stop(404, "not-found", call.session) from None
    deed = call.session.deed(place.now, "read", f"{place.side}/earlier/{number}/{target}", place.treatment)
    call.service.store.write_down(deed)
    return HTMLResponse(html)


def _act(call: Call, place: Place, target: str) -> Response:
    if place.sight == "red-flags" and (target != "flags" or not _names_red_flag(call, place.state)):
        raise call.service.deny(call.session, place.treatment)
    actor = call.session.actor

    device = device_of(call.session.device, call.first("form-page"))
    page = Page(place.treatment.id, device, _number(call.first("form-revision")))

    def work(state: State, program: Program, now: datetime) -> tuple[tuple[Event, ...], acts.Answer]:
        store, programs = call.service.store, call.service.programs
        refused = _stopped(call, place, state, program, _meant_now(target, state, page, store, programs))
        if refused is not None:
            return (), refused
        if is_of_earlier_version(state, page.revision):
            if target.partition("/")[0] in FORM_TARGETS and call.first("action") != "stop":
                answer = SentForm(store, page, target, call.sent, actor, {}, programs).act_after_move(
                    state, program, now
                )
                return answer.events, answer
            old = programs[seen_state(store, page, programs).digest]
            answer = acts.sent_from(target_under(target, old, program), call.sent, state, program, now, actor)
            return answer.events, answer
        form = target.partition("/")[2]
        is_older = page.revision < state.count
        elsewhere = changed_elsewhere(store, page, form, _date(call.first("entry-date"))) if is_older else {}
        answer = SentForm(store, page, target, call.sent, actor, elsewhere, programs).act(state, program, now)
        return answer.events, answer

    action = re.sub(r"[^a-z.-]", "", call.first("action").partition(".")[0])[:30]
    deed = call.session.deed(place.now, action or "post", f"{place.side}/{target}", place.treatment)
    state, answer = call.service.treatments.act(place.treatment, work, deed, device)
    if answer.errors or not answer.saved:
        after = replace(place, state=state)
        is_gone = answer.form and form_of(call.service.programs[state.digest], answer.form) is None
        if is_gone and is_of_earlier_version(state, page.revision):
            # There is no page left to show it on.
            told = tuple(error.message for error in answer.errors)
            html = _html(call, after, "modules" if place.side == "patient" else "treatment", notices=told)
        else:
            html = _html(call, after, answer.go_to, entry_date=answer.entry_date, refused=answer)
        return HTMLResponse(html, 422 if answer.errors else 200)
    if place.sight == "red-flags":
        return RedirectResponse("/patients", 303)
    query = {"saved": answer.saved} | ({"entry-date": answer.entry_date} if answer.entry_date else {})
    return RedirectResponse(f"{place.base}/{answer.go_to}?{urlencode(query)}", 303)


_ON_STOPPED: Mapping[tuple[Side, str], frozenset[str]] = {
    ("patient", "module"): frozenset({"submit", "choose"}),
    ("therapist", "module"): frozenset({"open"}),
    ("therapist", "decision"): frozenset({"confirm", "sign"}),
}
"""What cannot be done with a part that is stopped. To stop, hold and decline is always possible, and so is to write about it."""


def _stopped(call: Call, place: Place, state: State, program: Program, target: str) -> acts.Answer | None:
    """Why nothing of what was sent is kept, and what was typed; None for what is not about a part that is stopped."""
    texts = call.service.recalls.about(state.digest).patient_texts
    if not texts:
        return None
    kind, _, id = target.partition("/")
    action, _, chosen = call.first("action").partition(".")
    form = form_of(program, id) if kind in FORM_TARGETS else None
    if isinstance(form, Exercise) and id in texts and action != "stop":
        error = FieldError("", WORDS["stopped-not-saved"])
        back = f"form/{id}" if place.side == "therapist" and form.filled_by == "patient" else f"exercise/{id}"
        return acts.Answer(errors=(error,), draft=acts.typed_in(form, call.sent), go_to=back, form=id)
    part = chosen if action == "choose" and chosen in texts else id
    if action in _ON_STOPPED.get((place.side, kind), ()) and part in texts:
        error = FieldError("", WORDS["stopped-not-done"])
        return acts.Answer(errors=(error,), draft={"text": call.first("text")}, go_to=target)
    return None


def _meant_now(target: str, state: State, page: Page, store: Store, programs: Mapping[str, Program]) -> str:
    """Where the page of an earlier version stands now."""
    if not is_of_earlier_version(state, page.revision):
        return target
    return target_under(target, programs[seen_state(store, page, programs).digest], programs[state.digest])


def _save(side: Side) -> Callable[[Call, Any], Response]:
    def save(call: Call, body: Any) -> Response:
        place = _enter(call, side, is_save=True)
        if place.sight != "all":
            raise call.service.deny(call.session, place.treatment)
        sent = _sent_answer(body)
        target = call.path["target"]
        kind, _, form = target.partition("/")
        if sent is None or kind not in FORM_TARGETS:
            raise Stop(400, "malformed")
        device = device_of(call.session.device, sent.page)

        def work(state: State, program: Program, now: datetime) -> tuple[tuple[Event, ...], Kept | None]:
            if kind != "questionnaire" and form in call.service.recalls.about(state.digest).patient_texts:
                return (), Kept((), (Problem(WORDS["stopped-not-saved"]),))
            if is_of_earlier_version(state, sent.revision):
                return (), Kept((), (Problem(NEW_VERSION),))
            page = Page(place.treatment.id, device, sent.revision)
            if sent.revision < state.count and is_changed_elsewhere(
                call.service.store, page, form, sent.field, sent.dated, call.service.programs
            ):
                return (), None
            actor = call.session.actor
            frame = call.service.treatments.frame(place.treatment.id)
            kept = acts.saved_from(form, sent.field, sent.value, sent.dated, state, program, now, actor, frame)
            return kept.events, kept

        deed = call.session.deed(place.now, "save-answer", f"{side}/{target}", place.treatment)
        state, kept = call.service.treatments.act(place.treatment, work, deed, device)
        if kept is None:
            return JSONResponse({"revision": state.count}, 409)
        if kept.frame is not None:
            call.service.treatments.remember_frame(place.treatment.id, kept.frame)
        language = call.service.language
        known = form_of(call.service.programs[state.digest], form)
        problem = kept.problems[0] if kept.problems else None
        about_field = problem is None or (_has_field(known, sent.name) and problem.field == sent.name)
        if known is None or kept.filled is None or not about_field:
            assert problem is not None
            refused: dict[str, object] = {"error": problem.message.in_language(language)}
            if problem.message == WORDS["stopped-not-saved"]:
                refused["paused"] = True
            return JSONResponse(refused, 422)
        wrong = (sent.field, problem.message.in_language(language)) if problem else None
        pages = _pages_at_once(call, replace(place, state=state), kept.events)
        now = local(place.now)
        return JSONResponse(saved_answer(known, kept.filled, now, language, state.count, pages, wrong))

    return save


def _pages_at_once(call: Call, place: Place, events: tuple[Event, ...]) -> str:
    """What a flag shows the patient at once."""
    pages = acts.pages_to_show(events)
    if not pages:
        return ""
    stands, viewpoint = _situation(call, place), _viewpoint(call, place)
    return "".join(
        block.html
        for page in pages
        for block in fragments(f"library/{page}", stands, viewpoint, call.service.pages.templates)
    )


@dataclass(frozen=True, slots=True)
class _SentAnswer:
    field: str
    """As the input is called: it may point into a table."""
    value: object
    dated: date | None
    revision: int
    page: object
    """The name of the page that it was written on."""

    @property
    def name(self) -> str:
        """Of the whole field."""
        return self.field.partition(".")[0]


def _sent_answer(body: Any) -> _SentAnswer | None:
    """What a script has sent, when it has the shape of an answer."""
    if not isinstance(body, dict) or "value" not in body or not isinstance(body.get("field"), str):
        return None
    revision, written_date = body.get("revision"), body.get("entry_date") or ""
    if revision is not None and (type(revision) is not int or not 0 <= revision <= _NO_REVISION):
        return None
    dated = _date(written_date) if isinstance(written_date, str) else None
    if written_date and dated is None:
        return None
    return _SentAnswer(
        body["field"], body["value"], dated, _NO_REVISION if revision is None else revision, body.get("page")
    )


_NO_REVISION = 2**53
"""Of a page that does not say what it was made from: taken to be the latest."""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else _NO_REVISION


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) else None
    except ValueError:
        return None


def _has_field(form: Questionnaire | Exercise | None, field: str) -> bool:
    if isinstance(form, Exercise):
        return any(one.id == field for one in form.fields)
    return form is not None and any(one.id == field for one in form.items)


def _media(side: Side) -> Callable[[Call], Response]:
    def media(call: Call) -> Response:
        place = _enter(call, side)
        return _media_file(call, place.state.digest, call.path["path"])

    return media


def _media_file(call: Call, digest: str, path: str) -> Response:
    bundle = call.service.programs.bundle(digest)
    file = bundle.files.get(MEDIA_FOLDER + path)
    if file is None:
        raise Stop(404, "not-found", call.session)
    return _streamed(bundle.open(file.name), file.size, media_type(path), call.request.headers.get("range", ""))


def _streamed(stream: BinaryIO, size: int, kind: str, wanted: str) -> Response:
    """A file, or the one stretch of it that a player asks for."""
    start, end, status = 0, size, 200
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", wanted, re.ASCII)
    if found is not None and (found[1] or found[2]):
        start = int(found[1]) if found[1] else max(0, size - int(found[2]))
        end = min(size, int(found[2]) + 1) if found[1] and found[2] else size
        if start >= end:
            stream.close()
            return Response(status_code=416, headers={"content-range": f"bytes */{size}"})
        status = 206
    headers = {"accept-ranges": "bytes", "content-length": str(end - start), "cache-control": "private, max-age=3600"}
    if status == 206:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"

    def chunks() -> Iterator[bytes]:
        with stream:
            stream.seek(start)
            left = end - start
            while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk

    return StreamingResponse(chunks(), status, headers, kind)


def _enter(call: Call, side: Side, is_save: bool = False) -> Place:
    """Into a treatment, for those who may see it. For all others it does not exist.

    What time has brought is stored on the way, except by a save, whose act brings it along.
    """
    service, session = call.service, call.session
    treatment = call.treatment or service.treatment(call.path["treatment"], session)
    sight: Sight | None
    if side == "patient":
        sight = sight_of_patient(session.user, treatment)
    else:
        sight = sight_of_therapist(session.user, treatment, service.treatments.state(treatment))
    target = call.path.get("target", "")
    if sight is None or (sight == "red-flags" and target not in _RED_FLAG_TARGETS):
        raise service.deny(session, treatment)
    if is_save:
        return Place(treatment, service.treatments.state(treatment), service.clock.now(), sight, side)
    state, now = service.treatments.current(treatment)
    return Place(treatment, state, now, sight, side)


def _names(call: Call, place: Place) -> dict[str, str]:
    return {**call.service.store.staff_names(place.treatment.unit), place.treatment.patient: place.state.patient}


def _situation(call: Call, place: Place) -> Situation:
    service = call.service
    stands = with_names(situation(place.state, service.programs, place.now), _names(call, place))
    if place.sight == "red-flags":
        red = tuple(flag for flag in stands.flags if flag.level == "red" and flag.acknowledged_at is None)
        stands = replace(stands, flags=red)
    return stands


def _html(
    call: Call,
    place: Place,
    target: str,
    saved: str = "",
    entry_date: str = "",
    refused: acts.Answer | None = None,
    notices: tuple[Text, ...] = (),
) -> str:
    viewpoint = _viewpoint(call, place)
    viewpoint = replace(
        viewpoint,
        notices=(*viewpoint.notices, *notices),
        form=refused.form if refused else "",
        errors=refused.errors if refused else (),
        draft=refused.draft if refused else {},
        saved=saved if re.fullmatch(r"[a-z-]{0,30}", saved) else "",
        entry_date=entry_date if re.fullmatch(r"[0-9-]{0,10}", entry_date) else "",
    )
    try:
        return view(target, _situation(call, place), viewpoint, call.service.pages.templates)
    except KeyError:
        raise Stop(404, "not-found", call.session) from None


def _viewpoint(call: Call, place: Place, digest: str = "") -> Viewpoint:
    """`digest`: of the version that is looked at, where it is another than the treatment's."""
    notices = call.service.pages.notices
    standing = call.service.recalls.about(digest or place.state.digest)
    is_patient = place.side == "patient"
    return Viewpoint(
        role=place.side,
        base=place.base,
        language=call.service.language,
        token=call.session.csrf_token,
        revision=place.state.count,
        page=new_page(),
        notices=(*notices, WORDS["red-flags-unit-lead"]) if place.sight == "red-flags" else notices,
        stopped=standing.patient_texts if is_patient else standing.therapist_texts,
        recalled=() if is_patient else tuple(_recalled(one) for one in standing.told(local_date(place.now))),
        links=_links(place),
    )


def _recalled(notice: Notice) -> Recalled:
    match notice.level:
        case "info":
            return Recalled(notice.lines, notice.text, "recalled-information")
        case "lifted":
            return Recalled(notice.lines, notice.text, "recalled-lifted")
    return Recalled(notice.lines, notice.text)


def _links(place: Place) -> tuple[tuple[str, Text], ...]:
    if place.side == "patient":
        return (("/sign-out/patient", WORDS["sign-out"]),)
    care = ((f"/t/{place.treatment.id}/care", WORDS["care"]),) if place.sight == "all" else ()
    return (("/patients", WORDS["patients"]), *care, ("/sign-out/staff", WORDS["sign-out"]))


def _names_red_flag(call: Call, state: State) -> bool:
    number = call.first("flag")
    flag = state.flag(int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    return flag is not None and flag.level == "red" and flag.acknowledged_at is None


def _routes(side: Side) -> Iterator[Route]:
    area: Literal["patient", "staff"] = "patient" if side == "patient" else "staff"
    at = f"/t/{{treatment}}/{side}"
    save: Endpoint = for_saving(area, (side,), _save(side))
    yield Route(f"{at}/media/{{path:path}}", for_roles(area, (side,), _media(side)))
    yield Route(f"{at}/{{target:path}}/save", save, methods=["POST"])
    yield Route(f"{at}/{{target:path}}", for_roles(area, (side,), _page(side)), methods=["GET", "POST"])


ROUTES = (*_routes("patient"), *_routes("therapist"))
