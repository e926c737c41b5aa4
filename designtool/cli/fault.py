"""What is said when designtool itself is at fault: where in designtool, and nothing of what the author has written."""

from __future__ import annotations

import platform
import traceback
from pathlib import Path

import click

from designtool import __version__


def report_fault(fault: BaseException) -> None:
    """Writes the report to stderr. Names of files within designtool, never the values at hand: those may be content."""
    package = Path(__file__).parent.parent
    click.echo("Ett fel i designtool. Det beror inte på det du har skrivit.", err=True)
    click.echo("(A fault in designtool itself.) Rapporten innehåller inget av programmens text:", err=True)
    click.echo(f"  designtool {__version__}, Python {platform.python_version()}, {platform.system()}", err=True)
    click.echo(f"  {type(fault).__name__}", err=True)
    for frame in traceback.extract_tb(fault.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(package):
            click.echo(f"    {path.relative_to(package)}:{frame.lineno} {frame.name}", err=True)
