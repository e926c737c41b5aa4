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
_SEVERITY = {
    Severity.ERROR: Text("fel", "error"),
    Severity.WARNING: Text("varning", "warning"),
    Severity.INFO: Text("tips", "info"),
}


@click.command("explain")
@click.argument("rule", required=False)
@FORMAT
def command(rule: str | None, output_format: str) -> None:
    """Förklara en regel. Utan namn visas alla regler."""
    from designtool.rules import all_rules

    rules = all_rules()
    language = language_of(None)
    if rule is None:
        chosen = list(rules.values())
    elif rule in rules:
        chosen = [rules[rule]]
    else:
        near = nearest(rule, rules)
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
