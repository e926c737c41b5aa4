"""What click itself says, in Swedish: headings of help, and the ways in which a command can be called wrongly."""

from __future__ import annotations

import re
from contextlib import nullcontext
from typing import Any

import click

_HEADINGS = {"Options": "Val", "Commands": "Kommandon", "Usage: ": "Så skrivs det: "}
_LINES = {"Show this message and exit.": "Visa den här hjälpen.", "Show the version and exit.": "Visa versionen."}


class SwedishFormatter(click.HelpFormatter):
    """Help with Swedish headings, unless `--lang en` was asked for."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        usage = "Usage: " if prefix is None else prefix
        super().write_usage(prog, args, usage if _in_english() else _HEADINGS.get(usage, usage))

    def write_heading(self, heading: str) -> None:
        super().write_heading(heading if _in_english() else _HEADINGS.get(heading, heading))

    def write_text(self, text: str) -> None:
        super().write_text(_line(text))

    def write_dl(self, rows: Any, *arguments: Any, **options: Any) -> None:
        super().write_dl([(name, _line(help)) for name, help in rows], *arguments, **options)


def _line(help: str) -> str:
    """A line of help in the language that was asked for. click adds ranges to it and cuts it short in lists of commands."""
    if not _in_english():
        return _LINES.get(help, help)
    from designtool.cli.english_help import ENGLISH

    text, gap, range_of_values = help.partition("  [")
    beginning = text.removesuffix("...")
    whole = ENGLISH.get(text) or next((ENGLISH[one] for one in ENGLISH if one.startswith(beginning)), text)
    return f"{whole}{gap}{range_of_values}"


class Commands(click.Group):
    """A group that knows which command was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-"):
            from designtool.diagnostics import nearest

            near = nearest(name, known)
            if _in_english(ctx):
                hint = f' Did you mean "{near}"?' if near else f" See {ctx.command_path} --help."
                raise click.UsageError(f'there is no command "{name}".{hint}', ctx)
            hint = f' Menade du "{near}"?' if near else f" Se {ctx.command_path} --help."
            raise click.UsageError(f'kommandot "{name}" finns inte.{hint}', ctx)
        return super().resolve_command(ctx, args)


def show_problem(problem: click.ClickException) -> None:
    """Why a command could not be carried out, on stderr."""
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    if context is None or _in_english(context):
        with context.scope(cleanup=False) if context is not None else nullcontext():
            problem.show()
        return
    click.echo(f"{context.get_usage()}\nHjälp: {context.command_path} --help\n", err=True)
    click.echo(f"fel: {_in_swedish(problem)}", err=True)


def _in_swedish(problem: click.ClickException) -> str:
    if isinstance(problem, click.NoSuchOption):
        near = f" Menade du {' eller '.join(sorted(problem.possibilities))}?" if problem.possibilities else ""
        return f"valet {problem.option_name} finns inte.{near}"
    if isinstance(problem, click.MissingParameter):
        return f"{_name(problem)} saknas."
    if isinstance(problem, click.BadParameter):
        name = f"{_name(problem)}: " if problem.param is not None else ""
        return f"{name}{_of_a_value(problem)}"
    return problem.format_message()


def _of_a_value(problem: click.BadParameter) -> str:
    """Our own types and callbacks speak Swedish already; click's ranges, choices and paths do not."""
    sort = getattr(problem.param, "type", None)
    if isinstance(sort, click.Choice):
        return f"välj ett av: {', '.join(map(str, sort.choices))}."
    if isinstance(sort, click.IntRange):
        return f"skriv ett heltal från {sort.min} till {sort.max}."
    if isinstance(sort, click.Path):
        # click names the path within quotes, and says of one that is not there: `File 'x' does not exist.`
        found = re.search(r"""(['"])(.*)\1 (does not exist)?""", problem.message)
        if found is None:
            return "sökvägen går inte att använda."
        return f"{found[2]} finns inte." if found[3] else f"{found[2]} går inte att använda."
    return problem.message


def _name(problem: click.BadParameter) -> str:
    parameter = problem.param
    if parameter is None:
        return "Ett värde"
    return parameter.opts[0] if isinstance(parameter, click.Option) else (parameter.name or "").upper()


def _in_english(context: click.Context | None = None) -> bool:
    context = context or click.get_current_context(silent=True)
    return context is not None and context.find_root().params.get("lang") == "en"
