"""designtool inspect: what a bundle contains."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.bundle_file import opened_bundle, print_refusal
from designtool.cli.output import FORMAT, language_of, print_json

if TYPE_CHECKING:
    from designtool.bundle import Bundle
    from designtool.model.program import Program


@click.command("inspect")
@click.argument("bundle", type=click.Path(path_type=Path))
@FORMAT
def command(bundle: Path, output_format: str) -> None:
    """Visa vad ett paket innehåller."""
    from designtool.bundle import Refused, program_of
    from designtool.cli.inspect_text import text_of

    language = language_of(None)
    try:
        with opened_bundle(bundle) as opened:
            described = _described(opened, program_of(opened))
    except Refused as refused:
        print_refusal(refused, language, output_format)
    if output_format == "json":
        print_json(described)
    else:
        click.echo(text_of(described, language), nl=False)


def _described(bundle: Bundle, program: Program) -> dict[str, Any]:
    from designtool.bundle.codebook import codebook
    from designtool.bundle.rights import rights_ledger
    from designtool.bundle.safety_case import safety_case
    from designtool.bundle.source import source_files

    source = sorted(source_files(bundle))
    own = next((path.rpartition("/")[0] for path in source if path.endswith("/program.yaml")), "")
    inside = [path.removeprefix(f"{own}/") for path in source if own and path.startswith(f"{own}/")]
    return {
        "program": program.id,
        "version": program.version,
        "digest": bundle.digest,
        "format": program.format,
        "publisher": program.publisher.region,
        "responsible": f"{program.publisher.responsible}, {program.publisher.role}",
        "title": program.title,
        "summary": program.summary,
        "kind": program.kind,
        "language": program.language,
        "licence": program.rights.licence,
        "derived_from": asdict(program.derived_from) if program.derived_from is not None else None,
        "overlay_of": asdict(program.overlay_of) if program.overlay_of is not None else None,
        "audience": {
            "age": {"min": program.audience.age_min, "max": program.audience.age_max},
            "severity": program.audience.severity,
            "conditions": list(program.audience.conditions),
        },
        "weeks": program.weeks,
        "modules": [
            {"id": module.id, "title": module.title, "minutes": module.minutes, "pages": len(module.pages)}
            for module in program.modules
        ],
        "exercises": [{"id": one.id, "title": one.title, "kind": one.kind} for one in program.exercises],
        "questionnaires": [questionnaire.id for questionnaire in program.questionnaires],
        "journeys": [
            {"id": journey.id, "title": journey.title, "steps": len(journey.steps)} for journey in program.journeys
        ],
        "vectors": {one.id: len(one.vectors) for one in program.questionnaires},
        "features": list(bundle.manifest.annotations.features),
        # Worked out from the program, which is what runs, and not read from the documents beside it.
        "rights": rights_ledger(program),
        "safety_case": safety_case(program),
        "codebook": codebook(program),
        "release": asdict(program.release),
        "changelog": bundle.read("CHANGELOG.md").decode("utf-8", "replace") if "CHANGELOG.md" in bundle.files else None,
        "translations": _names(inside, "i18n/", ".po"),
        "variants": _names(inside, "variants/", ".yaml"),
        "migrations": _names(inside, "migrations/", ".yaml"),
        "source": source,
        "files": [
            {"name": file.name, "size": file.size, "digest": file.digest, "media_type": file.media_type}
            for file in bundle.files.values()
        ],
    }


def _names(paths: list[str], folder: str, ending: str) -> list[str]:
    names = [path[len(folder) : -len(ending)] for path in paths if path.startswith(folder) and path.endswith(ending)]
    return [name for name in names if "/" not in name]
