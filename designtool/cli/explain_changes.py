"""designtool explain changes: what each kind of change between two versions needs and means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from designtool.cli.output import language_of, print_json
from designtool.compare import Kind, all_kinds
from designtool.compare.reports.compared import BUMP_WORDS, IN_FLIGHT_WORDS
from designtool.diagnostics import Language, Text

_HEADINGS = {
    "why": Text("Varför", "Why"),
    "patients": Text("Pågående patienter", "Patients under way"),
    "fires": Text("Det här är en sådan ändring", "This is such a change"),
    "near_miss": Text("Det här är det inte", "This is not"),
}


def explain_changes(names: Mapping[str, Kind], output_format: str) -> None:
    """One kind with its examples, or all of them as a list."""
    language = language_of(None)
    if output_format == "json":
        print_json({"rules": [], "changes": [_described(kind, language) for kind in names.values()]})
    elif len(names) == 1:
        _one(next(iter(names.values())), language)
    else:
        rows = [(kind.name, _step(kind, language), kind.in_flight) for kind in names.values()]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row, kind in zip(rows, names.values(), strict=True):
            cells = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            click.echo(f"{cells}  {kind.title.in_language(language)}")


def kinds_by_step() -> dict[str, Kind]:
    """Every kind, by the step it needs."""
    order = {"none": 3, "patch": 2, "minor": 1, "major": 0}
    kinds = sorted(
        all_kinds().values(),
        key=lambda kind: (kind.allowed, order[kind.bump], not kind.needs_acknowledgement, kind.name),
    )
    return {kind.name: kind for kind in kinds}


def _one(kind: Kind, language: Language) -> None:
    click.echo(f"{kind.name} ({_step(kind, language)})")
    click.echo(f"{kind.title.in_language(language)}\n")
    click.echo(f"{_HEADINGS['why'].in_language(language)}\n  {kind.why.in_language(language)}\n")
    under_way = f"{IN_FLIGHT_WORDS[kind.in_flight].in_language(language)} ({kind.in_flight})"
    click.echo(f"{_HEADINGS['patients'].in_language(language)}\n  {under_way}")
    click.echo(f"  {kind.consequence.in_language(language)}\n")
    for key, example in (("fires", kind.fires), ("near_miss", kind.near_miss)):
        if example:
            click.echo(_HEADINGS[key].in_language(language))
            click.echo("".join(f"  {line}\n" for line in example.splitlines()))


def _step(kind: Kind, language: Language) -> str:
    if not kind.allowed:
        return Text("aldrig tillåtet", "never allowed").in_language(language)
    step = BUMP_WORDS[kind.bump].in_language(language)
    signed = Text(", kliniskt ställningstagande", ", clinical acknowledgement").in_language(language)
    return step + signed if kind.needs_acknowledgement else step


def _described(kind: Kind, language: Language) -> dict[str, Any]:
    return {
        "rule": kind.name,
        "bump": kind.bump,
        "in_flight": kind.in_flight,
        "allowed": kind.allowed,
        "needs_acknowledgement": kind.needs_acknowledgement,
        "title": kind.title.in_language(language),
        "why": kind.why.in_language(language),
        "consequence": kind.consequence.in_language(language),
        "fires": kind.fires,
        "near_miss": kind.near_miss,
    }
