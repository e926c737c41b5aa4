"""designtool explain: what a rule finds, why it matters, and how it looks wrong and right."""

from __future__ import annotations

import click

from designtool.cli.output import FORMAT, Usage, language_of, print_json
from designtool.diagnostics import Severity, Text, nearest

_HEADINGS = {
    "why": Text("Varför", "Why"),
    "bad": Text("Så ger det fel", "This is reported"),
    "good": Text("Så här är det rätt", "This is right"),
    "safety": Text(
        "Det här är en säkerhetsregel: den kan inte tystas i texten.",
        "This is a safety rule: it cannot be silenced in the text.",
    ),
}
_CHANGES = "changes"
_TRUTH_TABLES = "truth-tables"
_REFUSALS = "refusals"
_SEVERITY = {
    Severity.ERROR: Text("fel", "error"),
    Severity.WARNING: Text("varning", "warning"),
    Severity.INFO: Text("tips", "info"),
}


@click.command("explain")
@click.argument("rule", required=False)
@FORMAT
def command(rule: str | None, output_format: str) -> None:
    """Förklara en regel eller en sorts ändring. Utan namn visas alla regler, med changes alla sorters ändringar, med refusals alla skäl att avvisa ett paket. truth-tables visar vad ett uttryck blir när svar saknas."""
    from designtool.cli.explain_changes import explain_changes, kinds_by_step
    from designtool.cli.explain_refusals import explain_refusals, refusal_texts
    from designtool.rules import all_rules

    if rule == _TRUTH_TABLES:
        _explain_truth_tables(output_format)
        return

    rules = all_rules()
    kinds = {} if rule is None or rule in rules else kinds_by_step()
    if rule is not None and (rule == _CHANGES or rule in kinds):
        explain_changes(kinds if rule == _CHANGES else {rule: kinds[rule]}, output_format)
        return
    refusals = {} if rule is None or rule in rules else refusal_texts()
    if rule is not None and (rule == _REFUSALS or rule in refusals):
        explain_refusals(refusals if rule == _REFUSALS else {rule: refusals[rule]}, output_format)
        return
    language = language_of(None)
    if rule is None:
        chosen = list(rules.values())
    elif rule in rules:
        chosen = [rules[rule]]
    else:
        near = nearest(rule, [*rules, *kinds, *refusals, _CHANGES, _REFUSALS, _TRUTH_TABLES])
        raise Usage(
            Text(
                f'regeln "{rule}" finns inte.' + (f' Menade du "{near}"?' if near else ""),
                f'there is no rule "{rule}".' + (f' Did you mean "{near}"?' if near else ""),
            )
        )
    if output_format == "json":
        described = [
            {
                "rule": one.name,
                "severity": one.severity.value,
                "title": one.title.in_language(language),
                "why": one.why.in_language(language),
                "bad": one.bad,
                "good": one.good,
                "safety": one.safety,
            }
            for one in chosen
        ]
        print_json({"rules": described})
        return
    if rule is None:
        width = max(len(one.name) for one in chosen)
        for one in chosen:
            click.echo(f"{one.name:<{width}}  {one.title.in_language(language)}")
        return
    one = chosen[0]
    click.echo(f"{one.name} ({_SEVERITY[one.severity].in_language(language)})")
    click.echo(f"{one.title.in_language(language)}\n")
    click.echo(f"{_HEADINGS['why'].in_language(language)}\n  {one.why.in_language(language)}\n")
    if one.safety:
        click.echo(f"{_HEADINGS['safety'].in_language(language)}\n")
    for key, example in (("bad", one.bad), ("good", one.good)):
        if example:
            click.echo(_HEADINGS[key].in_language(language))
            click.echo("".join(f"  {line}\n" for line in example.splitlines()))


def _explain_truth_tables(output_format: str) -> None:
    from designtool.expressions.truth_tables import TRUTH_TABLES, UNKNOWN, USES

    language = language_of(None)
    if output_format == "json":
        tables = [
            {
                "title": one.title.in_language(language),
                "columns": [*one.names, *one.expressions],
                "rows": [[None if cell == UNKNOWN else cell for cell in row] for row in one.rows],
            }
            for one in TRUTH_TABLES
        ]
        print_json({"rules": [], "tables": tables})
        return
    sign = Text(
        f"{UNKNOWN} är ett svar som saknas, och för ett villkor: okänt.",
        f"{UNKNOWN} is a missing answer, and of a condition: unknown.",
    )
    click.echo(f"{sign.in_language(language)}\n")
    for one in TRUTH_TABLES:
        click.echo(one.title.in_language(language))
        lines = [(*one.names, *one.expressions), *one.rows]
        widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
        for line in lines:
            cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
            answers, worth = cells[: len(one.names)], cells[len(one.names) :]
            click.echo(f"  {'  '.join(answers)}  |  {'  '.join(worth)}".rstrip())
        click.echo()
    for use in USES:
        click.echo(use.in_language(language))
