"""designtool demo: the programs of the workspace in the reference runtime, with invented patients in different weeks."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

import click

from designtool.cli.listening import listening
from designtool.cli.output import Usage, print_report, workspace_of
from designtool.cli.results import Results, lines_on_disk, results
from designtool.diagnostics import Language, Text, has_errors

DEFAULT_PORT = 8780
BUILD = Path("build")
"""In the workspace: the bundles, and the folder of the demonstration."""


@click.command("demo")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="Mapp för demonstrationens data (vanligen build/demo i arbetsytan).",
)
@click.option("--keep", is_flag=True, help="Fortsätt där förra demonstrationen slutade.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=None, help=f"Port på 127.0.0.1 (vanligen {DEFAULT_PORT})."
)
@click.option("--no-browser", is_flag=True, help="Öppna ingen webbläsare.")
def command(data: Path | None, keep: bool, port: int | None, no_browser: bool) -> None:
    """Visa programmen med påhittade patienter och behandlare, sida vid sida. Avsluta med Ctrl-C."""
    from designtool.demonstration.folder import demonstration_folder

    root = workspace_of(Path())
    folder = data or root / BUILD / "demo"
    with listening(port, DEFAULT_PORT) as listener:
        built = _built(root)
        with demonstration_folder(folder, keep) as kept:
            _say(built.language, f"Data: {folder}", f"Data: {folder}")
            _serve(built, folder, kept, listener, open_browser=not no_browser)


def _built(root: Path) -> Results:
    """Every program as a bundle in the workspace. Leaves with the findings when one cannot be built."""
    built = results(root, None, root / BUILD)
    if has_errors(list(built.diagnostics)):
        print_report(built.diagnostics, lines_on_disk(root), built.language, err=True)
        click.get_current_context().exit(1)
    bundles = [result.bundle for result in built.results if result.bundle is not None]
    if not bundles:
        raise Usage(
            Text(
                "arbetsytan har inget program att visa. Skapa ett med: designtool new program",
                "the workspace has no program to show. Make one with: designtool new program",
            ),
            built.language,
        )
    for bundle in bundles:
        _say(built.language, f"Paket: {bundle.path}", f"Bundle: {bundle.path}")
    return built


def _serve(built: Results, folder: Path, kept: bool, listener: socket.socket, *, open_browser: bool) -> None:
    from designtool.cli.run import serve_app
    from designtool.demonstration import folder as folders
    from designtool.demonstration.people import fill
    from designtool.demonstration.routes import PATH, Demonstration
    from designtool.runtime.access import RateLimit
    from designtool.runtime.app import Settings, app_of, create_service
    from designtool.runtime.first_people import import_all
    from designtool.runtime.importing import Policy
    from designtool.runtime.store import OtherSchema

    language, port = built.language, listener.getsockname()[1]
    settings = Settings(
        data=folder,
        hosts=frozenset({f"127.0.0.1:{port}", f"localhost:{port}"}),
        policy=Policy.UNSIGNED_DEMONSTRATION,
        movable_clock=True,
        language=language,
    )
    try:
        # Everybody signs in here from one computer, and often.
        service = replace(create_service(settings), sign_ins=RateLimit(600, 60))
    except OtherSchema as error:
        raise Usage(
            Text(
                f"{folder} är gjord av en annan version av designtool. Börja om utan --keep.",
                f"{folder} was made by another version of designtool. Begin anew without --keep.",
            ),
            language,
        ) from error
    try:
        if not kept:
            paths = tuple(Path(result.bundle.path) for result in built.results if result.bundle is not None)
            for refused in fill(service, import_all(service, paths)):
                click.echo(f"{refused.person}: {refused.why.in_language(language)}", err=True)
            folders.mark_as_filled(folder)
        address = f"http://127.0.0.1:{port}{PATH}"
        end = Text("avsluta med Ctrl-C", "end with Ctrl-C").in_language(language)
        _say(language, f"Demonstration: {address}  ({end})", f"Demonstration: {address}  ({end})")
        if open_browser and _has_screen():
            click.launch(address)
        serve_app(app_of(service, settings.hosts, Demonstration(service).routes()), listener)
    finally:
        service.store.close()


def _has_screen() -> bool:
    """Without one, what opens addresses on Linux would put a browser of text into this terminal."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _say(language: Language, sv: str, en: str) -> None:
    click.echo(Text(sv, en).in_language(language))
