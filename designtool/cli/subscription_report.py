"""What `designtool subscriptions` says: to people, and as JSON (schemas/subscriptions.schema.json)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.output import line_reader, print_report
from designtool.cli.people import person_json, say_signers
from designtool.cli.recall_news import recalled_words
from designtool.cli.settings import colour_wanted
from designtool.cli.stale_text import stale_lines
from designtool.compare.reports.compared import BUMP_WORDS
from designtool.compare.reports.json_report import json_report
from designtool.compare.reports.text_report import text_report
from designtool.diagnostics import Language, Text, diagnostic_json
from designtool.diagnostics.as_argument import as_argument
from designtool.share.catalogue.words import agreement_words

if TYPE_CHECKING:
    from designtool.carrying import Carried, CarriedPage, PageState
    from designtool.following import Followed
    from designtool.share.recalls.listing import Recall
    from designtool.treatment.journey import JourneyResult

_PAGES: Mapping[PageState, Text] = {
    "fits": Text("stämmer", "fits"),
    "stale": Text("ändrad hos utgivaren: läs och jämför", "changed by the publisher: read and compare"),
    "gone": Text("sidan finns inte längre hos utgivaren", "the publisher has no such page any more"),
}


def subscriptions_json(found: Sequence[Followed], language: Language) -> dict[str, Any]:
    return {"subscriptions": [_json(one, language) for one in found]}


def print_begun(found: Followed, root: Path, language: Language) -> None:
    one, fetched = found.subscription, found.fetched
    assert fetched is not None
    lines = [
        Text(
            f"{one.name} {fetched.version} följs nu: {_here(fetched.path)}",
            f"{one.name} {fetched.version} is followed now: {_here(fetched.path)}",
        ),
        *_agreed(found),
        *_outside(found),
        Text(
            f"Använd det som det är, eller anpassa det: designtool overlay new {as_argument(_here(fetched.path))}",
            f"Use it as it is, or adapt it: designtool overlay new {as_argument(_here(fetched.path))}",
        ),
    ]
    _recalled(found, language)
    _not_taken(found, language)
    say_signers(fetched.signers, language)
    _echo(lines, language)


def print_listed(found: Sequence[Followed], language: Language) -> None:
    for one in found:
        stated = one.subscription
        version = stated.version or "–"
        where = Text(f"från {stated.source}", f"from {stated.source}").in_language(language)
        click.echo(f"{stated.name} {version}  ({stated.versions}, {where})")
        _recalled(one, language)
        _problem(one, language)


def print_followed(found: Followed, root: Path, build: bool, language: Language) -> None:
    """All that was found out about one subscription, the gravest first."""
    one, fetched = found.subscription, found.fetched
    heading = one.name + (f" {one.version}" if one.version else "")
    click.echo(heading + (f" → {fetched.version}" if fetched is not None else ""))
    _recalled(found, language)
    _not_taken(found, language)
    if fetched is not None:
        say_signers(fetched.signers, language)
        _echo(_agreed(found), language)
        if found.compared is not None:
            click.echo()
            click.echo(text_report(found.compared, language, colour_wanted()), nl=False, color=True)
        _overlay(found, language)
    if found.problem is not None:
        _problem(found, language)
    elif fetched is None:
        _echo([Text("Det finns ingen nyare version.", "There is no newer version."), *_agreed(found)], language)
    else:
        click.echo()
        _echo(_what_now(found, root, build), language)
    _echo(_outside(found), language)
    click.echo()


def _overlay(found: Followed, language: Language) -> None:
    carried = found.carried
    if carried is None:
        return
    folder = carried.read.folder
    click.echo()
    _echo([Text(f"Er anpassning i {folder}:", f"Your overlay in {folder}:")], language)
    for page in carried.pages:
        click.echo(f"  {page.page}: {_PAGES[page.state].in_language(language)}")
    _three_ways(carried.pages, language)
    rest = carried.tried.diagnostics
    if rest:
        click.echo(err=True)
        print_report(rest, line_reader(carried.tried.tree), language, err=True)
    for journey in found.journeys:
        for failure in journey.failures:
            line = Text(f"dag {failure.day}: {failure.message.sv}", f"day {failure.day}: {failure.message.en}")
            click.echo(f"✗ {journey.name}: {line.in_language(language)}", err=True)
    changes = carried.changes
    if changes is not None and carried.version is not None:
        step = BUMP_WORDS[changes.required_bump]
        said = Text(
            f"För era patienter är det ett steg av slaget {step.sv}: {carried.version}.",
            f"For your patients the step is {step.en}: {carried.version}.",
        )
        click.echo(f"  {said.in_language(language)}")
    for change in changes.not_allowed if changes is not None else ():
        click.echo(f"✗ {change.rule}: {change.message.in_language(language)}", err=True)


def _three_ways(pages: Iterable[CarriedPage], language: Language) -> None:
    for page in pages:
        if page.state != "stale":
            continue
        click.echo(f"\n{page.page}")
        for line in stale_lines(page.path, page.own, page.before, page.now or "", language):
            click.echo(line)


def _what_now(found: Followed, root: Path, build: bool) -> Iterator[Text]:
    one, fetched, carried = found.subscription, found.fetched, found.carried
    assert fetched is not None
    if found.built is not None:
        yield Text(
            f"Byggt: {_here(found.built.path)}  {found.built.digest}",
            f"Built: {_here(found.built.path)}  {found.built.digest}",
        )
    if found.is_taken:
        yield Text(f"{one.name} {fetched.version} används nu här.", f"{one.name} {fetched.version} is in use here now.")
        if found.built is not None:
            release = f"designtool federation release {as_argument(one.source)} {as_argument(_here(found.built.path))}"
            yield Text(
                f"Er anpassning kan tas i bruk när er region har gett ut den: {release}",
                f"Your overlay can be taken into use once your region has released it: {release}",
            )
    elif found.may_be_taken:
        yield Text(
            f"Inget hindrar. Ta den nya versionen: designtool subscriptions update {one.name} --build",
            f"Nothing is in the way. Take the new version: designtool subscriptions update {one.name} --build",
        )
    elif found.compared is not None and found.compared.changes.not_allowed:
        contact = _contact(found, fetched.version)
        yield Text(
            "Inget är ändrat hos er. Utgivaren har gjort något som aldrig är tillåtet, och det kan bara utgivaren rätta."
            + (f" Skriv till {contact}." if contact else ""),
            "Nothing has been changed here. The publisher has done what is never allowed, and only the publisher can mend it."
            + (f" Write to {contact}." if contact else ""),
        )
    else:
        stale = [page.page for page in carried.pages if page.state == "stale"] if carried is not None else []
        yield Text(
            "Inget är ändrat hos er: det som står ovan ska läsas och rättas först.",
            "Nothing has been changed here: what stands above is to be read and mended first.",
        )
        if stale and carried is not None:
            folder, over = as_argument(_here(root / carried.read.folder)), as_argument(_here(fetched.path))
            command = f"designtool overlay accept {folder} {' '.join(stale)} --over {over}"
            yield Text(f"När sidorna är lästa och rättade: {command}", f"Once the pages are read and mended: {command}")
        again = f"designtool subscriptions update {one.name} --build"
        yield Text(f"Ta sedan den nya versionen: {again}", f"Then take the new version: {again}")


def _agreed(found: Followed) -> Iterator[Text]:
    source, trust = found.subscription.source, as_argument(found.subscription.trust)
    if found.agreed is not None and found.agreed.state == "not-read":
        yield Text(
            f"Inga avtal är hämtade: de finns inte i {source}. Hämta dem i regionernas register: "
            f"designtool agreements fetch --trust {trust} --from REGISTER",
            f"No agreements have been fetched: they are not in {source}. Get them from the regions' registry: "
            f"designtool agreements fetch --trust {trust} --from REGISTRY",
        )
    elif found.agreed is not None and found.upstream is not None:
        version = found.fetched.version if found.fetched is not None else found.subscription.version
        if found.agreed.state == "other-version":
            # All the versions that are released are not what is asked about here.
            terms, contact = found.agreed.versions, found.agreed.contact
            yield Text(
                f"Avtalet gäller versioner {terms}, och inte {version}. Skriv till {contact}.",
                f"The agreement is about versions {terms}, and not {version}. Write to {contact}.",
            )
            return
        yield agreement_words(found.agreed, found.subscription.region, _contact(found, version or ""))


def _contact(found: Followed, version: str) -> str:
    """Whom to write to about a version; empty where the release does not say."""
    release = found.upstream.releases.get(version) if found.upstream is not None else None
    about = release.about if release is not None else None
    return about.contact if about is not None else ""


def _outside(found: Followed) -> Iterator[Text]:
    if found.outside is not None:
        stated = found.subscription.versions
        yield Text(
            f'Det finns också {found.outside}, som inte ryms i "{stated}". Ska den användas: ändra versions i designtool.yaml.',
            f'There is {found.outside} as well, which does not lie in "{stated}". To use it, change versions in designtool.yaml.',
        )


def _recalled(found: Followed, language: Language) -> None:
    """Loud, and on stderr: nobody is to miss it in a log."""
    if found.recalled is None:
        return
    click.echo(recalled_words(found.recalled).in_language(language), err=True)


def _not_taken(found: Followed, language: Language) -> None:
    for one in found.not_taken:
        said = Text(f"Ett avtal är inte hämtat: {one.sv}", f"An agreement was not fetched: {one.en}")
        click.echo(said.in_language(language), err=True)


def _problem(found: Followed, language: Language) -> None:
    problem = found.problem
    if problem is None:
        return
    word = Text("fel", "error").in_language(language)
    code = f"[{problem.code}]" if problem.code is not None else ""
    click.echo(f"{word}{code}: {found.subscription.name}: {problem.message.in_language(language)}", err=True)


def _json(found: Followed, language: Language) -> dict[str, Any]:
    one, fetched, problem = found.subscription, found.fetched, found.problem
    return {
        "name": one.name,
        "from": one.source,
        "trust": one.trust,
        "versions": one.versions,
        "version": one.version,
        "recalled": _recall_json(found.recalled),
        "newer": {
            "version": fetched.version,
            "digest": fetched.digest,
            "path": str(fetched.path),
            "new": fetched.is_new,
            "signed_by": [person_json(key) for key in fetched.signers],
        }
        if fetched is not None
        else None,
        "outside": found.outside,
        "agreement": found.agreed.state if found.agreed is not None else None,
        "agreements_not_taken": [said.in_language(language) for said in found.not_taken],
        "changes": json_report(found.compared, language) if found.compared is not None else None,
        "overlay": _overlay_json(found, found.carried, language) if found.carried is not None else None,
        "may_be_taken": found.may_be_taken,
        "taken": found.is_taken,
        "problem": {"code": problem.code, "message": problem.message.in_language(language)} if problem else None,
    }


def _recall_json(recall: Recall | None) -> dict[str, Any] | None:
    if recall is None:
        return None
    return {"level": recall.level, "reason": recall.reason, "replacement": recall.replacement or None}


def _overlay_json(found: Followed, carried: Carried, language: Language) -> dict[str, Any]:
    built, changes = found.built, carried.changes
    return {
        "path": carried.read.folder,
        "version": carried.version,
        "step": changes.required_bump if changes is not None else None,
        "not_allowed": [change.rule for change in changes.not_allowed] if changes is not None else [],
        "pages": [
            {
                "page": page.page,
                "path": page.path,
                "state": page.state,
                "own": page.own,
                "before": page.before,
                "now": page.now,
            }
            for page in carried.pages
        ],
        "journeys": [_journey_json(one, language) for one in found.journeys],
        "diagnostics": [diagnostic_json(one, language) for one in carried.tried.diagnostics],
        "bundle": {"path": str(built.path), "digest": built.digest, "size": built.size} if built is not None else None,
    }


def _journey_json(journey: JourneyResult, language: Language) -> dict[str, Any]:
    failures = [failure.message.in_language(language) for failure in journey.failures]
    return {"name": journey.name, "passed": journey.passed, "failures": failures}


def _echo(lines: Iterable[Text], language: Language) -> None:
    for line in lines:
        click.echo(line.in_language(language))


def _here(path: Path) -> str:
    """As it is written where the command runs."""
    return str(path) if not path.is_absolute() else os.path.relpath(path)
