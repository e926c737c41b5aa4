"""designtool migrate: what would become of patients under way, tried before anybody is moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.output import FORMAT, MEDIA, Usage, language_of, print_json
from designtool.cli.versions import Version, version
from designtool.diagnostics import Language, Text

if TYPE_CHECKING:
    from designtool.compare.dry_run import DryRun, Example
    from designtool.compare.migrate import Outcome, Upgrade
    from designtool.treatment.state import State
    from designtool.treatment.walks import Walk

PATIENTS = 40
_OLD, _NEW = "sha256:old", "sha256:new"
_MOST_REASONS = 8
_OUTCOMES: dict[Outcome, Text] = {
    "untouched": Text("märker ingenting", "untouched"),
    "sees-again": Text("möter något igen eller något nytt", "see something again, or something new"),
    "held-back": Text("är kvar på sin version", "held back on their version"),
}


@click.command("migrate")
@click.argument("old")
@click.argument("new")
@click.option("--dry-run", is_flag=True, help="Räkna och visa. Inget flyttas; det görs i körmiljön.")
@click.option(
    "--states",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fil med behandlingar från körmiljön (designtool export states). Utan den prövas påhittade patienter.",
)
@click.option(
    "--patients",
    type=click.IntRange(1, 10_000),
    default=PATIENTS,
    help=f"Antal påhittade patienter (vanligen {PATIENTS}).",
)
@click.option("--seed", type=click.IntRange(0, 10**9), default=0, help="Vilka påhittade patienter (vanligen 0).")
@MEDIA
@FORMAT
def command(
    old: str,
    new: str,
    dry_run: bool,
    states: Path | None,
    patients: int,
    seed: int,
    media: Path | None,
    output_format: str,
) -> None:
    """Pröva vad som händer med pågående patienter när ett program får en ny version."""
    if not dry_run:
        raise Usage(
            Text(
                "migrate prövar, och flyttar ingen: skriv --dry-run. Patienter flyttas i körmiljön, med samma regler.",
                "migrate tries, and moves nobody: write --dry-run. Patients are moved in the runtime, by the same rules.",
            )
        )
    from designtool.compare import dry_run as trying
    from designtool.compare.migrate import Upgrade

    before = version(old, media=media)
    after = version(new, before.program.id, media=media)
    _check_sides(before, after)
    if states is not None:
        digest = _digest_of(before, old)
        upgrade = Upgrade.between(before.program, digest, after.program, _NEW)
        report, missed = trying.dry_run(_exported(states, upgrade), upgrade), []
    else:
        from designtool.treatment.walks import not_met, walks

        upgrade = Upgrade.between(before.program, _OLD, after.program, _NEW)
        made = list(walks(before.program, _OLD, patients, seed))
        report, missed = trying.dry_run(_invented(made), upgrade), not_met(before.program, made)
    language = language_of(after.documents or before.documents or None)
    if output_format == "json":
        print_json(_json(report, upgrade, missed, language))
    else:
        click.echo(_text(report, upgrade, missed, language, is_invented=states is None), nl=False)
    if report.lost or report.unanswered:
        click.get_current_context().exit(1)


def _check_sides(before: Version, after: Version) -> None:
    from designtool.model.migration import version_key

    if before.program.id != after.program.id:
        raise Usage(
            Text(
                f"det är två program: {before.program.id} och {after.program.id}",
                f"these are two programs: {before.program.id} and {after.program.id}",
            )
        )
    if version_key(after.program.version) <= version_key(before.program.version):
        raise Usage(
            Text(
                f"{after.program.version} är inte en senare version än {before.program.version}",
                f"{after.program.version} is no later version than {before.program.version}",
            )
        )


def _digest_of(before: Version, old: str) -> str:
    from designtool.cli.bundle_file import opened_bundle

    if not before.documents and Path(old).is_file():
        with opened_bundle(Path(old)) as bundle:
            return bundle.digest
    raise Usage(
        Text(
            "med --states ska den tidigare versionen vara paketet (.dtb) som patienterna pågår i",
            "with --states the earlier version is the bundle (.dtb) that the patients are under",
        )
    )


def _invented(made: list[Walk]) -> Iterator[tuple[str, State, datetime]]:
    for walk in made:
        yield walk.played.patient, walk.played.state, walk.played.now


def _exported(path: Path, upgrade: Upgrade) -> Iterator[tuple[str, State, datetime]]:
    """Line by line. The present of each treatment is its last event."""
    from designtool.treatment.exported import LONGEST_LINE, from_line
    from designtool.treatment.json_values import MalformedEvent
    from designtool.treatment.state import ImpossibleEvent, fold

    try:
        with path.open(encoding="utf-8") as lines:
            number = 0
            while line := lines.readline(LONGEST_LINE + 1):
                number += 1
                if not line.strip():
                    continue
                try:
                    name, events = from_line(line)
                    if not events or events[0].digest != upgrade.old_digest or events[-1].digest != upgrade.old_digest:
                        # Of another program or version: this migration is not theirs.
                        continue
                    yield name, fold(events, upgrade.programs), events[-1].at
                except (MalformedEvent, ImpossibleEvent) as problem:
                    raise Usage(
                        Text(
                            f"{path}, rad {number}, är ingen exporterad behandling: {problem}",
                            f"{path}, line {number}, is no exported treatment: {problem}",
                        )
                    ) from problem
    except (OSError, UnicodeDecodeError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else "inte UTF-8"
        raise Usage(Text(f"{path} går inte att läsa: {reason}", f"{path} cannot be read: {reason}")) from problem


def _json(report: DryRun, upgrade: Upgrade, missed: list[tuple[str, str]], language: Language) -> dict[str, Any]:
    def told(example: Example) -> dict[str, Any]:
        return {
            "treatment": example.treatment,
            "reasons": [reason.in_language(language) for reason in example.reasons],
        }

    return {
        "program": upgrade.new.id,
        "from": upgrade.old.version,
        "to": upgrade.new.version,
        "treatments": report.total,
        "counts": {**report.counts, "lost": report.lost},
        "examples": {outcome: told(example) for outcome, example in report.examples.items()},
        "reasons": {
            outcome: [{"reason": reason.in_language(language), "treatments": count} for reason, count in given]
            for outcome, given in report.reasons.items()
        },
        "unanswered": [
            {"rule": change.rule, "subject": change.subject, "message": change.message.in_language(language)}
            for change in report.unanswered
        ],
        "not_reached": [{"module": module, "way": way} for module, way in missed],
    }


def _text(
    report: DryRun, upgrade: Upgrade, missed: list[tuple[str, str]], language: Language, is_invented: bool
) -> str:
    def say(sv: str, en: str) -> str:
        return Text(sv, en).in_language(language)

    kind = say("påhittade patienter", "invented patients") if is_invented else say("patienter", "patients")
    lines = [f"{upgrade.new.title} {upgrade.old.version} → {upgrade.new.version}, {report.total} {kind}", ""]
    if not report.total:
        lines.append(say("  Ingen pågår i den tidigare versionen.", "  Nobody is under way in the earlier version."))
    for outcome, count in report.counts.items():
        lines.append(f"  {count:>5}  {_OUTCOMES[outcome].in_language(language)}")
        for reason, given in report.reasons[outcome][:_MOST_REASONS]:
            lines.append(f"         {given:>5}  {reason.in_language(language)}")
        if (more := len(report.reasons[outcome]) - _MOST_REASONS) > 0:
            lines.append("         " + say(f"… och {more} skäl till", f"… and {more} more reasons"))
    lines.append(f"  {report.lost:>5}  " + say("förlorar svar", "lose answers"))
    for example in report.examples.values():
        if example.reasons:
            about = " ".join(reason.in_language(language) for reason in example.reasons[:3])
            lines.append("")
            lines.append(say("Exempel", "Example") + f", {example.treatment}: {about}")
    if report.unanswered:
        lines.append("")
        lines.append(
            say(
                f"Flyttfilen migrations/{upgrade.old.version}-{upgrade.new.version}.yaml säger inte vad som ska hända vid:",
                f"The migration migrations/{upgrade.old.version}-{upgrade.new.version}.yaml does not say what shall happen about:",
            )
        )
        for change in report.unanswered:
            lines.append(f"  {change.subject_in(language)}: {change.message.in_language(language)}  [{change.rule}]")
    if missed:
        ways = {
            "answered": Text("klar", "done"),
            "skipped": Text("inte gjord", "not done"),
            "half-done": Text("halvgjord", "half done"),
        }
        listed = ", ".join(f"{module} ({ways[way].in_language(language)})" for module, way in missed)
        lines.append("")
        lines.append(
            say(
                f"Ingen av dem kom till: {listed}. Pröva fler: --patients",
                f"None of them came to: {listed}. Try more: --patients",
            )
        )
    return "\n".join(lines) + "\n"
