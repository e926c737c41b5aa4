"""The command line: `designtool COMMAND`. Each command is a module that is imported when it is called, and not before."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from designtool import __version__
from designtool.cli.click_words import Commands, SwedishFormatter, show_problem
from designtool.cli.settings import Settings

# Name, module, and the line that `designtool --help` shows: stated here so that help imports no command.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("new", "designtool.cli.new", "Skapa en arbetsyta, ett program, en modul, en sida, en övning eller ett formulär."),
    ("validate", "designtool.cli.validate", "Granska program och säg vad som är fel, och var."),
    ("explain", "designtool.cli.explain", "Förklara en regel med exempel."),
    ("preview", "designtool.cli.preview", "Visa ett program i webbläsaren medan du skriver."),
    ("test", "designtool.cli.test", "Kör programmens provresor och formulärens facit."),
    ("score", "designtool.cli.score", "Räkna ut ett formulärs poäng för givna svar."),
    ("export", "designtool.cli.export_command", "Skriv ut ett formulär i en form som andra system läser."),
    ("import", "designtool.cli.import_command", "Läs in ett formulär från ett annat system."),
    ("diff", "designtool.cli.diff", "Jämför två versioner av ett program."),
    ("bump", "designtool.cli.bump", "Skriv in den version som ändringarna kräver, och vad som är nytt."),
    ("build", "designtool.cli.build", "Bygg program till paket (.dtb)."),
    ("release", "designtool.cli.release", "Skriv in ett paket bland de utgivna versionerna."),
    ("inspect", "designtool.cli.inspect", "Visa vad ett paket innehåller."),
    ("verify", "designtool.cli.verify", "Kontrollera att ett paket är helt och oförändrat."),
    ("provenance", "designtool.cli.provenance", "Intyga vilken källtext ett paket är byggt av."),
    ("unbundle", "designtool.cli.unbundle", "Skriv ut källtexten ur ett paket."),
    ("media", "designtool.cli.media", "Håll reda på stora filmer som ligger utanför arbetsytan."),
    ("publish", "designtool.cli.publish", "Publicera ett paket i ett register."),
    ("fetch", "designtool.cli.fetch", "Hämta ett paket ur ett register."),
    ("catalogue", "designtool.cli.catalogue", "Visa vad andra regioner ger ut, och vad som är nytt."),
    ("fork", "designtool.cli.fork", "Börja ett eget program från ett paket."),
    ("overlay", "designtool.cli.overlay", "Anpassa ett program som en annan region har publicerat."),
    ("subscriptions", "designtool.cli.subscriptions", "Följ program som andra regioner ger ut."),
    ("migrate", "designtool.cli.migrate", "Pröva vad som händer med pågående patienter i en ny version."),
    ("agreements", "designtool.cli.agreements", "Håll reda på avtal om program mellan regioner."),
    ("keys", "designtool.cli.keys", "Skapa och visa nycklar att skriva under med."),
    ("federation", "designtool.cli.federation", "Bestäm tillsammans vilka som får skriva under, och lita på dem."),
    ("recall", "designtool.cli.recall", "Återkalla utgåvor, och visa vad som är återkallat."),
    ("receipts", "designtool.cli.receipts", "Se vilka körmiljöer som har hört om en återkallelse."),
    ("share", "designtool.cli.share", "Verktyg kring delning av program."),
    ("run", "designtool.cli.run", "Kör paket i referensmiljön."),
    ("demo", "designtool.cli.demo", "Visa allt: program, påhittade patienter och behandlare."),
)

click.Context.formatter_class = SwedishFormatter


class LazyGroup(Commands):
    """Knows its commands by name; imports the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, _, _ in COMMANDS]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        module = next((module for known, module, _ in COMMANDS if known == name), None)
        if module is None:
            return None
        command: click.Command = import_module(module).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as problem:
            # Before click meets it, which would leave with 1: the status of findings.
            raise _ReaderLeft from problem
        except Exception as problem:
            from designtool.diagnostics import Cannot

            if not isinstance(problem, Cannot):
                raise
            from designtool.cli.output import Usage

            raise Usage(problem.message) from problem

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, _, help in COMMANDS])


class _ReaderLeft(Exception):
    """Whoever read our output has closed it."""


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="designtool")
@click.option("--lang", type=click.Choice(["sv", "en"]), is_eager=True, help="Språk för meddelanden.")
@click.pass_context
def group(context: click.Context, lang: Any) -> None:
    """Skriv, granska, förhandsvisa och paketera behandlingsprogram."""
    context.obj = Settings(language=lang)


def main() -> None:
    """The console script. Exit status: 0 clean, 1 findings, 2 usage or configuration, 3 a fault in designtool."""
    try:
        # Outside of its standalone mode click gives back the status with which a command has left.
        status = group(standalone_mode=False)
    except click.ClickException as problem:
        show_problem(problem)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except _ReaderLeft:
        # The reader of our output has closed it (`| head`): nothing is left to tell, and nothing may be flushed into it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as fault:
        from designtool.cli.fault import report_fault

        report_fault(fault)
        sys.exit(3)
    sys.exit(status if isinstance(status, int) else 0)
