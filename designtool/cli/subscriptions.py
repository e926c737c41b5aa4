"""designtool subscriptions: programs of other regions that the workspace follows."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.click_words import Commands
from designtool.cli.output import FORMAT, Usage, print_json, print_report, settings, today, workspace_of
from designtool.cli.recall_news import recall_news
from designtool.cli.registries import problems_told, shown_progress
from designtool.diagnostics import Language, Text, has_errors, nearest

if TYPE_CHECKING:
    from designtool.following import Around
    from designtool.layer.subscriptions import Subscription

_OUTPUT = click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), help="Mapp för paketen."
)


@click.group("subscriptions", cls=Commands)
def command() -> None:
    """Följ program som andra regioner ger ut, under den egna anpassningen. Det som följs står i designtool.yaml."""


@command.command("add")
@click.argument("name")
@click.option(
    "--from",
    "source",
    required=True,
    help="Varifrån nya versioner kommer: ett namn under registries i designtool.yaml, en adress (https://…) eller en mapp (./minne).",
)
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Mapp med förtroende: den säger vilkas underskrifter som räknas.",
)
@click.option(
    "--versions",
    help='Versioner som får användas, till exempel ">=1.0 <2.0". Utan det: från den senaste till nästa större.',
)
@_OUTPUT
@FORMAT
def add(name: str, source: str, trust: Path, versions: str | None, output: Path, output_format: str) -> None:
    """Börja följa ett program: hämta den senaste versionen som får användas, och skriv in den i designtool.yaml. NAME är region/program."""
    from designtool.cli.subscription_report import print_begun, subscriptions_json
    from designtool.following import begin

    here = _Here(output)
    wanted = _wanted(here, name, source, trust, versions)
    with (
        problems_told(here.language, output_format),
        shown_progress() as progress,
        recall_news(here.around.root / wanted.trust, here.language, _in_use(here)),
    ):
        found = begin(wanted, here.around, progress)
    if output_format == "json":
        print_json(subscriptions_json([found], here.language))
    else:
        print_begun(found, here.around.root, here.language)


@command.command("update")
@click.argument("names", nargs=-1)
@click.option(
    "--build",
    is_flag=True,
    help="Ta det som är nytt: bygg anpassningen över den nya versionen och skriv in den i designtool.yaml.",
)
@_OUTPUT
@FORMAT
def update(names: tuple[str, ...], build: bool, output: Path, output_format: str) -> None:
    """Hämta nya versioner, visa vad som är ändrat, och pröva anpassningen mot dem. Utan NAMES gäller det allt som följs. Utan --build skrivs inget in."""
    from designtool.cli.subscription_report import print_followed, subscriptions_json
    from designtool.following import follow

    here = _Here(output)
    chosen = _chosen(here, names) if names else list(here.subscriptions.values())
    found = []
    with shown_progress() as progress:
        for one in chosen:
            with recall_news(here.around.root / one.trust, here.language, _in_use(here)):
                found.append(follow(one, here.around, build, progress))
            if output_format != "json":
                print_followed(found[-1], here.around.root, build, here.language)
    if output_format == "json":
        print_json(subscriptions_json(found, here.language))
    elif not chosen:
        _say(_NOTHING, here.language)
    click.get_current_context().exit(max((one.status for one in found), default=0))


@command.command("list")
@FORMAT
def list_command(output_format: str) -> None:
    """Visa vad som följs och vilken version som används. Inget hämtas."""
    from designtool.cli.subscription_report import print_listed, subscriptions_json
    from designtool.following import Followed, Problem, recall_in_use
    from designtool.share.federation.problems import TrustProblem

    here = _Here(Path("build"))
    found = []
    for one in here.subscriptions.values():
        try:
            found.append(Followed(one, recalled=recall_in_use(one, here.around.root)))
        except TrustProblem as problem:
            found.append(Followed(one, problem=Problem(problem.code, problem.message, is_refusal=False)))
    if output_format == "json":
        print_json(subscriptions_json(found, here.language))
    else:
        print_listed(found, here.language)
        if not found:
            _say(_NOTHING, here.language)
    click.get_current_context().exit(max((one.status for one in found), default=0))


@command.command("end")
@click.argument("name")
@FORMAT
def end(name: str, output_format: str) -> None:
    """Sluta följa ett program. Det som är hämtat och byggt ligger kvar."""
    from designtool.cli.subscription_report import subscriptions_json
    from designtool.following import Followed, stop

    here = _Here(Path("build"))
    (one,) = _chosen(here, (name,))
    stop(one, here.around.root)
    if output_format == "json":
        print_json(subscriptions_json([Followed(one)], here.language))
        return
    said = Text(
        f"{one.name} följs inte längre. Det som är hämtat ligger kvar, och nya återkallelser visas inte här.",
        f"{one.name} is no longer followed. What was fetched stays, and new recalls are not shown here.",
    )
    _say(said, here.language)


class _Here:
    """The workspace around the command, whose designtool.yaml has to hold together."""

    def __init__(self, output: Path) -> None:
        from designtool.following import Around
        from designtool.layer.subscriptions import read_subscriptions, wrong_subscriptions
        from designtool.load import load
        from designtool.source import read
        from designtool.source.workspace import WORKSPACE_FILE

        root = workspace_of(Path())
        tree, found = read(root, only=())
        loaded = load(tree)
        document = loaded.documents.get(WORKSPACE_FILE)
        data = document.data if document is not None and isinstance(document.data, dict) else {}
        self.language: Language = settings().in_workspace(data.get("language"))
        every = (*found, *loaded.diagnostics, *wrong_subscriptions(loaded.documents))
        wrong = [one for one in every if one.span.path == WORKSPACE_FILE and has_errors([one])]
        if wrong:
            from designtool.cli.output import line_reader

            print_report(wrong, line_reader(tree), self.language, err=True)
            raise click.exceptions.Exit(1)
        registries = data.get("registries")
        named = {str(name): str(place) for name, place in registries.items()} if isinstance(registries, dict) else {}
        self.subscriptions: Mapping[str, Subscription] = {one.name: one for one in read_subscriptions(data)}
        self.around: Around = Around(root, str(data["region"]), named, output, datetime.now(UTC), today())


_NOTHING = Text(
    "Inget program följs. Börja med: designtool subscriptions add REGION/PROGRAM",
    "No program is followed. Begin with: designtool subscriptions add REGION/PROGRAM",
)


def _in_use(here: _Here) -> frozenset[str]:
    """Names of the releases in use, whose recalls are told every time."""
    return frozenset(f"{one.name}/{one.version}" for one in here.subscriptions.values() if one.version is not None)


def _wanted(here: _Here, name: str, source: str, trust: Path, versions: str | None) -> Subscription:
    """What is to be followed, as it will stand in designtool.yaml. Leaves with status 2 for what could not stand there."""
    from designtool.layer.rules import wrong_subscription
    from designtool.layer.subscriptions import Subscription
    from designtool.layer.version_range import version_range
    from designtool.share.registries.names import parse_wanted
    from designtool.share.registries.problems import RegistryProblem

    try:
        parsed = parse_wanted(name)
    except RegistryProblem as problem:
        raise Usage(problem.message, here.language) from problem
    if parsed.version is not None or parsed.digest is not None:
        only = str(parsed.name)
        raise Usage(
            Text(
                f"skriv {only}, och vilka versioner som får användas med --versions",
                f"write {only}, and which versions may be used with --versions",
            ),
            here.language,
        )
    region, program = parsed.name.region, parsed.name.program
    if region == here.around.region:
        raise Usage(
            Text(f"{region} är er egen region. Det egna behöver inte följas.", f"{region} is your own region."),
            here.language,
        )
    taken = next((one for one in here.subscriptions.values() if one.program == program), None)
    if taken is not None:
        raise Usage(
            Text(
                f"{taken.name} följs redan. Sluta med det först: designtool subscriptions end {taken.name}",
                f"{taken.name} is followed already. End that first: designtool subscriptions end {taken.name}",
            ),
            here.language,
        )
    if versions is not None:
        found = version_range(versions)
        if found is None or found.is_empty:
            variant = "versions" if found is None else "empty"
            told = wrong_subscription.RULE.messages[variant], wrong_subscription.RULE.helps[variant]
            sv, en = (
                ": ".join(one).format(versions=versions) for one in zip(*((t.sv, t.en) for t in told), strict=True)
            )
            raise Usage(Text(sv, en), here.language)
    return Subscription(region, program, _source(here, source), _from_root(here, trust), versions or "")


def _source(here: _Here, stated: str) -> str:
    """As designtool.yaml has it, where folders start at the workspace."""
    from designtool.share.registries.opening import is_address

    if stated in here.around.registries or is_address(stated):
        return stated
    if "/" not in stated and os.sep not in stated and stated not in (".", ".."):
        near = nearest(stated, list(here.around.registries))
        raise Usage(
            Text(
                f"{stated} står inte under registries i designtool.yaml."
                + (f" Menade du {near}?" if near else f" En mapp skrivs med snedstreck: ./{stated}"),
                f"{stated} does not stand under registries in designtool.yaml."
                + (f" Did you mean {near}?" if near else f" A folder is written with a slash: ./{stated}"),
            ),
            here.language,
        )
    place = _from_root(here, Path(stated))
    return (
        place if place.startswith(("../", "/")) or place in (".", "..") or Path(place).is_absolute() else f"./{place}"
    )


def _from_root(here: _Here, path: Path) -> str:
    """From the workspace; as it is where it was given from the root of the disk."""
    return path.as_posix() if path.is_absolute() else Path(os.path.relpath(path, here.around.root)).as_posix()


def _chosen(here: _Here, names: tuple[str, ...]) -> list[Subscription]:
    for name in names:
        if name not in here.subscriptions:
            near = nearest(name, list(here.subscriptions))
            raise Usage(
                Text(
                    f"{name} följs inte." + (f" Menade du {near}?" if near else ""),
                    f"{name} is not followed." + (f" Did you mean {near}?" if near else ""),
                ),
                here.language,
            )
    return [here.subscriptions[name] for name in dict.fromkeys(names)]


def _say(text: Text, language: Language) -> None:
    click.echo(text.in_language(language))
