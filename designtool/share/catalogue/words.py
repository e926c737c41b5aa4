"""What a catalogue says, in plain words: the same for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from designtool.compare.reports import Compared
from designtool.diagnostics import Text
from designtool.share.catalogue.entries import Agreed, AgreementState, Catalogue, Entry, RegionPart, Step, Use, Version
from designtool.share.federation.about import facts
from designtool.share.recalls.listing import Recall

Tone = Literal["plain", "good", "warning"]


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """A catalogue with all that is shown beside it."""

    catalogue: Catalogue
    differences: Mapping[Step, Compared | Text] = field(hash=False, default_factory=lambda: MappingProxyType({}))
    """Of each step from a version in use what it changes, or why that is not known."""
    problems: tuple[Text, ...] = ()
    """Files that could not be read, and the like."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said of a program: what it is about, and the words."""

    key: str
    label: Text
    value: Text
    tone: Tone = "plain"


def warnings(view: CatalogueView) -> tuple[Text, ...]:
    """What whoever reads the catalogue must know first."""
    found, catalogue = [], view.catalogue
    if catalogue.is_expired:
        when = f"{catalogue.expires:%Y-%m-%d %H:%M} UTC"
        found.append(
            Text(
                f"Uppgifterna har gått ut ({when}). De kan vara gamla: det kan finnas nyare versioner och återkallelser som inte "
                "syns här. Inga nya behandlingar startar och inga paket tas in förrän nya uppgifter har hämtats.",
                f"The information has expired ({when}). It may be old: there may be newer versions and recalls that are not seen "
                "here. No new treatments start and no bundles are taken in until new information has been fetched.",
            )
        )
    found += view.problems
    for one in catalogue.unknown:
        found.append(
            Text(
                f"{one.source} ({one.name}) är inte utgivet av någon region i federationen.",
                f"{one.source} ({one.name}) has not been released by any region of the federation.",
            )
        )
    return tuple(found)


def region_warnings(part: RegionPart) -> tuple[Text, ...]:
    found = [part.problem] if part.problem is not None else []
    if part.is_expired:
        found.append(
            Text(
                "Regionens underskrifter har gått ut. Dess program tas inte in någonstans förrän den har skrivit under på nytt.",
                "The signatures of the region have expired. Its programs are not taken in anywhere until it has signed anew.",
            )
        )
    return tuple(found)


def lines(entry: Entry) -> tuple[Line, ...]:
    """All that is said of a program, but for what has changed: what is urgent first."""
    return tuple(dict.fromkeys([*_urgent(entry), *_in_use(entry), *_agreements(entry), *_facts(entry)]))


def state_words(agreed: Agreed) -> Text:
    """The agreement in a few words."""
    return _STATES[agreed.state]


def tone_of(agreed: Agreed) -> Tone:
    return "good" if agreed.state in ("own", "in-force") else "plain" if agreed.state == "not-read" else "warning"


def agreement_words(agreed: Agreed, giver: str, contact: str) -> Text:
    """The agreement in whole sentences. `contact`: of the program, for whom there is no agreement to ask about."""
    said = _agreement_sentences(agreed, giver)
    whom = agreed.contact or contact
    if whom and agreed.state not in ("own", "in-force", "not-read", "region-unknown"):
        said = [*said, Text(f"Skriv till {whom}.", f"Write to {whom}.")]
    elif agreed.state == "in-force" and whom:
        said = [*said, Text(f"Frågor om avtalet: {whom}.", f"Questions about the agreement: {whom}.")]
    return Text(" ".join(one.sv for one in said), " ".join(one.en for one in said))


def recall_words(version: Version) -> Text:
    """That a version is recalled, why, and what to use instead: of each recall."""
    said = [_recall_words(version.number, recall) for recall in version.recalls]
    return Text(" ".join(one.sv for one in said), " ".join(one.en for one in said))


def use_words(entry: Entry, use: Use) -> Text:
    """How a program is in use, and whether there is a newer version."""
    how = (
        Text(
            f"Version {use.version}, under anpassningen {use.overlay} ({use.source}).",
            f"Version {use.version}, below the overlay {use.overlay} ({use.source}).",
        )
        if use.overlay
        else Text(f"Version {use.version} ({use.source}).", f"Version {use.version} ({use.source}).")
    )
    newer = (
        Text(f" Det finns en nyare: {entry.newest.number}.", f" There is a newer one: {entry.newest.number}.")
        if entry.is_newer(use)
        else Text(" Det finns ingen nyare.", " There is no newer one.")
    )
    return Text(how.sv + newer.sv, how.en + newer.en)


def step_words(step: Step) -> Text:
    return Text(
        f"Vad som är nytt från {step.old_version} till {step.new_version}",
        f"What is new from {step.old_version} to {step.new_version}",
    )


def unknown_difference(entry: Entry) -> Text | None:
    """Why nothing is said of what is new, where there is something newer that the own region may not begin with."""
    newer = [use for use in entry.uses if entry.is_newer(use)]
    if not newer:
        return None
    best, why = entry.best, _why_not(entry)
    if best is None:
        return Text(f"Vad som är nytt visas inte: {why.sv}.", f"What is new is not shown: {why.en}.")
    if best is not entry.newest:
        return Text(
            f"Version {entry.newest.number} får nya behandlingar inte starta med: {why.sv}. "
            f"Den nyaste som de får starta med är {best.number}.",
            f"New treatments may not begin with version {entry.newest.number}: {why.en}. "
            f"The newest that they may begin with is {best.number}.",
        )
    return None


def _why_not(entry: Entry) -> Text:
    """Why new treatments may not begin with the newest version."""
    newest, agreed = entry.newest, entry.agreed
    if newest.is_stopped:
        return Text("den är återkallad", "it has been recalled")
    if newest.is_stopped_below:
        return Text("det den bygger på är återkallat", "what it builds on has been recalled")
    if agreed.state == "in-force":
        return Text("den ingår inte i avtalet", "it is not in the agreement")
    if agreed.state == "own":
        return Text("det saknas avtal om det den bygger på", "there is no agreement about what it builds on")
    state = state_words(agreed)
    return Text(state.sv[:1].lower() + state.sv[1:], state.en[:1].lower() + state.en[1:])


def version_words(version: Version) -> Text:
    """One version in a list of all."""
    if version.recalls:
        return recall_words(version)
    may = (
        Text("nya behandlingar får starta", "new treatments may begin")
        if version.may_begin
        else Text("nya behandlingar får inte starta hos er", "new treatments may not begin with you")
    )
    return Text(f"{version.number}: {may.sv}", f"{version.number}: {may.en}")


def _urgent(entry: Entry) -> Iterator[Line]:
    if entry.newest.recalls:
        yield Line("recall", _RECALLED, recall_words(entry.newest), "warning")
    if entry.newest.recalls_below and entry.newest.release.about is not None:
        below = entry.newest.release.about.overlay_of
        assert below is not None, "an overlay lies over something"
        said = [_recall_words(below.version, one) for one in entry.newest.recalls_below]
        yield Line(
            "recall",
            Text(
                f"Återkallelse av {below.program}, som den bygger på", f"Recall of {below.program}, which it builds on"
            ),
            Text(" ".join(one.sv for one in said), " ".join(one.en for one in said)),
            "warning",
        )
    for use in entry.uses:
        of = next((one for one in entry.versions if one.number == use.version), None)
        if of is not None and of.recalls and of is not entry.newest:
            yield Line("recall", _RECALLED, recall_words(of), "warning")
        if not use.is_released:
            yield Line(
                "other-bytes",
                Text("Annat innehåll", "Other content"),
                Text(
                    f"{use.source} är inte det paket som regionen har skrivit under som version {use.version}.",
                    f"{use.source} is not the bundle that the region has signed as version {use.version}.",
                ),
                "warning",
            )
    if entry.is_review_due and entry.about is not None:
        yield Line(
            "review-due",
            Text("Granskning", "Review"),
            Text(
                f"Programmet skulle ha granskats på nytt senast {entry.about.review_by}. Dagen har passerat.",
                f"The program was to have been reviewed again by {entry.about.review_by}. That day has passed.",
            ),
            "warning",
        )


def _in_use(entry: Entry) -> Iterator[Line]:
    for use in entry.uses:
        yield Line("in-use", Text("I bruk hos er", "In use with you"), use_words(entry, use))


def _agreements(entry: Entry) -> Iterator[Line]:
    contact = entry.about.contact if entry.about is not None else ""
    words = agreement_words(entry.agreed, entry.program.region, contact)
    yield Line("agreement", Text("Avtal", "Agreement"), words, tone_of(entry.agreed))
    if entry.base is not None:
        below, agreed = entry.base
        words = agreement_words(agreed, below.region, "")
        yield Line(
            "base",
            Text("Det den bygger på", "What it builds on"),
            Text(f"{below}. {words.sv}", f"{below}. {words.en}"),
            tone_of(agreed),
        )


def _facts(entry: Entry) -> Iterator[Line]:
    if entry.about is None:
        yield Line(
            "about",
            Text("Uppgifter", "Information"),
            Text(
                "Utgåvan säger ingenting om målgrupp, omfattning eller vem som svarar för den. Fråga regionen.",
                "The release says nothing of audience, length or who answers for it. Ask the region.",
            ),
        )
        return
    for fact in facts(entry.about):
        yield Line(fact.key, fact.label, fact.value)


def _agreement_sentences(agreed: Agreed, giver: str) -> list[Text]:
    until, versions = agreed.until, agreed.versions
    if agreed.state == "in-force":
        said = [
            Text(
                f"Avtal finns: nya behandlingar får starta till och med {until}.",
                f"There is an agreement: new treatments may begin through {until}.",
            ),
            Text(f"Det gäller versioner {versions}.", f"It is about versions {versions}."),
        ]
        if agreed.uses is not None:
            said.append(
                Text(f"Högst {agreed.uses} behandlingar får startas.", f"At most {agreed.uses} treatments may begin.")
            )
        return said
    sentence = _SENTENCES[agreed.state]
    starts = agreed.starts
    return [
        Text(
            sentence.sv.format(giver=giver, until=until, starts=starts, versions=versions),
            sentence.en.format(giver=giver, until=until, starts=starts, versions=versions),
        )
    ]


def _recall_words(version: str, recall: Recall) -> Text:
    words, reason, instead = _LEVELS[recall.level], recall.reason, _instead(recall)
    return Text(
        words.sv.format(version=version) + (f" Skäl: {reason}" if reason else "") + instead.sv,
        words.en.format(version=version) + (f" Reason: {reason}" if reason else "") + instead.en,
    )


def _instead(recall: Recall) -> Text:
    if not recall.replacement:
        return Text("", "")
    return Text(f" Använd version {recall.replacement} i stället.", f" Use version {recall.replacement} instead.")


_RECALLED = Text("Återkallelse", "Recall")
_LEVELS: Mapping[str, Text] = MappingProxyType(
    {
        "stop-use": Text(
            "Version {version} är återkallad: delar av programmet får inte användas, och inga nya behandlingar startas.",
            "Version {version} has been recalled: parts of the program may not be used, and no new treatments are started.",
        ),
        "no-new-patients": Text(
            "Version {version} är återkallad: inga nya behandlingar startas.",
            "Version {version} has been recalled: no new treatments are started.",
        ),
        "info": Text(
            "Om version {version} har regionen sagt något att känna till.",
            "There is something to know about version {version}.",
        ),
    }
)
_STATES: Mapping[AgreementState, Text] = MappingProxyType(
    {
        "own": Text("Eget program", "Own program"),
        "in-force": Text("Avtal gäller", "Agreement in force"),
        "other-version": Text("Avtalet gäller andra versioner", "The agreement is about other versions"),
        "not-yet": Text("Avtalet gäller inte än", "Agreement not in force yet"),
        "proposed": Text("Avtalet är inte underskrivet av båda", "Agreement not signed by both"),
        "ended": Text("Avtalet är avslutat", "Agreement ended"),
        "expired": Text("Avtalet har gått ut", "Agreement expired"),
        "missing": Text("Avtal saknas", "No agreement"),
        "not-read": Text("Inga avtal är hämtade", "No agreements fetched"),
        "region-unknown": Text("Din region är inte angiven", "Your region is not stated"),
    }
)
_SENTENCES: Mapping[AgreementState, Text] = MappingProxyType(
    {
        "own": Text("Programmet är er regions eget.", "The program is your own region's."),
        "other-version": Text(
            "Avtal finns om versioner {versions}, men ingen sådan är utgiven.",
            "There is an agreement on versions {versions}, but none of them has been released.",
        ),
        "not-yet": Text(
            "Avtal finns, men nya behandlingar får starta först {starts}.",
            "There is an agreement, but new treatments may not begin before {starts}.",
        ),
        "proposed": Text(
            "Ett avtal är föreslaget, men inte underskrivet av båda regionerna.",
            "An agreement has been proposed, but not signed by both regions.",
        ),
        "ended": Text(
            "Avtalet är avslutat: nya behandlingar fick starta till och med {until}. Pågående behandlingar fortsätter.",
            "The agreement has been ended: new treatments could begin through {until}. Treatments under way go on.",
        ),
        "expired": Text(
            "Avtalet gick ut: nya behandlingar fick starta till och med {until}. Pågående behandlingar fortsätter.",
            "The agreement has expired: new treatments could begin through {until}. Treatments under way go on.",
        ),
        "missing": Text(
            "Er region har inget avtal med {giver} om programmet, och kan inte hämta det.",
            "Your region has no agreement with {giver} on the program, and cannot fetch it.",
        ),
        "not-read": Text(
            "Inga avtal är hämtade hit.",
            "No agreements have been fetched here.",
        ),
        "region-unknown": Text(
            "Ange din region med --region för att se hur det står till med avtal.",
            "State your region with --region to see how agreements stand.",
        ),
    }
)
