"""designtool inspect: what a bundle contains."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.bundle_file import opened_bundle, print_refusal
from designtool.cli.output import FORMAT, language_of, print_json
from designtool.diagnostics import Language, Text

if TYPE_CHECKING:
    from designtool.bundle import Bundle
    from designtool.model.program import Program

_LABELS = {
    "version": Text("Version", "Version"),
    "digest": Text("Fingeravtryck", "Digest"),
    "format": Text("Format", "Format"),
    "publisher": Text("Utgivare", "Publisher"),
    "responsible": Text("Ansvarig", "Responsible"),
    "audience": Text("För", "For"),
    "extent": Text("Omfattning", "Extent"),
    "licence": Text("Licens", "Licence"),
    "contents": Text("Innehåll", "Contents"),
    "total": Text("Totalt", "In all"),
}

_SEVERITY = {
    "mild": Text("lindriga besvär", "mild"),
    "mild-to-moderate": Text("lindriga till måttliga besvär", "mild to moderate"),
    "moderate": Text("måttliga besvär", "moderate"),
    "moderate-to-severe": Text("måttliga till svåra besvär", "moderate to severe"),
    "severe": Text("svåra besvär", "severe"),
}


@click.command("inspect")
@click.argument("bundle", type=click.Path(path_type=Path))
@FORMAT
def command(bundle: Path, output_format: str) -> None:
    """Visa vad ett paket innehåller."""
    from designtool.bundle import Refused, program_of

    language = language_of(None)
    try:
        with opened_bundle(bundle) as opened:
            program = program_of(opened)
            if output_format == "json":
                print_json(_described(opened, program))
            else:
                click.echo(_text(opened, program, language), nl=False)
    except Refused as refused:
        print_refusal(refused, language, output_format)


def _described(bundle: Bundle, program: Program) -> dict[str, Any]:
    return {
        "program": program.id,
        "version": program.version,
        "digest": bundle.digest,
        "format": program.format,
        "publisher": program.publisher.region,
        "title": program.title,
        "summary": program.summary,
        "kind": program.kind,
        "language": program.language,
        "licence": program.rights.licence,
        "derived_from": asdict(program.derived_from) if program.derived_from is not None else None,
        "weeks": program.weeks,
        "modules": [{"id": module.id, "title": module.title} for module in program.modules],
        "questionnaires": [questionnaire.id for questionnaire in program.questionnaires],
        "features": list(bundle.manifest.annotations.features),
        "files": [
            {"name": file.name, "size": file.size, "digest": file.digest, "media_type": file.media_type}
            for file in bundle.files.values()
        ],
    }


def _text(bundle: Bundle, program: Program, language: Language) -> str:
    from designtool.bundle.refusals import printable

    facts = {
        "version": program.version,
        "digest": bundle.digest,
        "format": str(program.format),
        "publisher": program.publisher.region,
        "responsible": f"{program.publisher.responsible}, {program.publisher.role}",
        "audience": _audience(program, language),
        "extent": _extent(program, language),
        "licence": program.rights.licence,
    }
    labels = {key: label.in_language(language) for key, label in _LABELS.items()}
    width = max(len(labels[key]) for key in facts)
    lines = [printable(program.title), *([printable(program.summary, longest=2000)] if program.summary else []), ""]
    lines += [f"{labels[key]:<{width}}  {printable(fact)}" for key, fact in facts.items()]
    lines += ["", f"{labels['contents']}:"]
    sizes = [(_size(file.size), file.name) for file in bundle.files.values()]
    sizes.append((_size(sum(file.size for file in bundle.files.values())), labels["total"]))
    column = max(len(size) for size, _ in sizes)
    lines += [f"  {size:>{column}}  {name}" for size, name in sizes]
    return "\n".join(lines) + "\n"


def _audience(program: Program, language: Language) -> str:
    audience = program.audience
    age = f"{audience.age_min}–{audience.age_max}" if audience.age_max is not None else f"{audience.age_min}+"
    severity = (
        _SEVERITY[audience.severity].in_language(language) if audience.severity in _SEVERITY else audience.severity
    )
    words = [Text(f"{age} år", f"age {age}").in_language(language), severity, ", ".join(audience.conditions)]
    return "; ".join(word for word in words if word)


def _extent(program: Program, language: Language) -> str:
    weeks, modules = program.weeks, len(program.modules)
    return Text(
        f"{weeks} {'vecka' if weeks == 1 else 'veckor'}, {modules} {'modul' if modules == 1 else 'moduler'}",
        f"{weeks} week{'s' if weeks != 1 else ''}, {modules} module{'s' if modules != 1 else ''}",
    ).in_language(language)


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
