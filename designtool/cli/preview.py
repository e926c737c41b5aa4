"""designtool preview: the program in the browser while it is being written."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.fault import report_fault
from designtool.cli.listening import listening
from designtool.cli.output import language_of, selected_programs, today
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.wordings import Wordings

DEFAULT_PORT = 8765


@click.command("preview")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=None, help=f"Port på 127.0.0.1 (vanligen {DEFAULT_PORT})."
)
@click.option("--poll", is_flag=True, help="Leta efter ändringar varje sekund: för nätverksmappar som inte säger till.")
@click.option(
    "--wording",
    type=click.Path(path_type=Path, file_okay=False),
    help="Mapp med ordalydelsen till instrument som enheten har rätt till. Den blir aldrig en del av ett paket.",
)
@click.option("--no-browser", is_flag=True, help="Öppna ingen webbläsare.")
def command(path: Path | None, port: int | None, poll: bool, wording: Path | None, no_browser: bool) -> None:
    """Visa program i webbläsaren medan du skriver. Avsluta med Ctrl-C."""
    root, only = selected_programs((path,) if path else ())
    wordings = wordings_in(wording)
    with listening(port, DEFAULT_PORT) as listener:
        serve(root, only, listener, poll=poll, open_browser=not no_browser, wordings=wordings)


def wordings_in(folder: Path | None) -> Wordings:
    """Leaves with status 1 where a file of the folder cannot be read."""
    from designtool.wordings import UnfitWording, Wordings, read_wordings

    try:
        return Wordings() if folder is None else read_wordings(folder)
    except UnfitWording as unfit:
        for problem in unfit.problems:
            click.echo(problem.in_language(language_of(None)), err=True)
        raise click.exceptions.Exit(1) from unfit


def serve(
    root: Path,
    only: tuple[str, ...] | None,
    listener: socket.socket,
    *,
    poll: bool,
    open_browser: bool,
    wordings: Wordings,
) -> None:
    """Until Ctrl-C. Says the address on stdout once it answers."""
    import uvicorn

    from designtool import resources
    from designtool.preview.server import Hub, Server, create_app
    from designtool.preview.studio import Studio
    from designtool.preview.watch import Watcher
    from designtool.render import load_templates

    studio = Studio(root, only, today, report_fault, wordings)
    studio.refresh()
    studio.prove()
    language = language_of(studio.compiled.documents if studio.compiled is not None else None)
    port = listener.getsockname()[1]
    hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
    hub = Hub()
    app = create_app(studio, hub, root, load_templates(resources.folder("templates")), language, hosts)

    def tell() -> None:
        hub.tell("change")

    watcher = Watcher(
        root,
        programs=lambda: studio.programs_folder,
        changed=lambda paths: studio.refresh(paths, tell),
        calm=lambda: studio.prove(tell),
        poll=poll,
    )
    address = f"http://127.0.0.1:{port}/" + (f"?program={only[0]}" if only else "")

    def ready() -> None:
        words = Text(f"Förhandsvisning: {address}  (avsluta med Ctrl-C)", f"Preview: {address}  (end with Ctrl-C)")
        click.echo(words.in_language(language))
        if open_browser:
            click.launch(address)

    server = Server(
        uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="on"),
        hub,
        ready,
    )
    watcher.start()
    try:
        # Ctrl-C is how a preview ends, and no failure. The server tells of it again once it has ended.
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    finally:
        watcher.stop()
