"""designtool overlay: a region's own words over a program that another has published."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.bundle_file import opened_bundle, refusal_line
from designtool.cli.click_words import Commands
from designtool.cli.new_folder import write_folder
from designtool.cli.output import (
    FORMAT,
    Usage,
    language_of,
    leave,
    line_reader,
    print_json,
    print_report,
    today,
    workspace_of,
)
from designtool.diagnostics import Language, Text, has_errors, nearest
from designtool.diagnostics.as_argument import as_argument
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from designtool.layer.overlay import Base, Stale
    from designtool.overlays import Published, ReadOverlay, Tried
    from designtool.treatment.journey import JourneyResult

_BUNDLE = ".dtb"
_MOST_BUNDLES = 200
_OVER = click.option(
    "--over",
    type=click.Path(path_type=Path),
    default=Path("build"),
    help="Paketet som anpassas, eller mappen med det (vanligen build).",
)


@click.group("overlay", cls=Commands)
def command() -> None:
    """Anpassa ett program som en annan region har publicerat."""


@command.command("new")
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--page", "pages", multiple=True, help="Sida att anpassa: modul/sida eller library/sida. Går att ange flera gånger."
)
@click.option("--region", help="Regionens kortnamn. Utan det: det som står i designtool.yaml.")
@FORMAT
def new(bundle: Path, pages: tuple[str, ...], region: str | None, output_format: str) -> None:
    """Börja en anpassning i overlays/, med kopior av sidorna som ska skrivas om."""
    from designtool.bundle.manifest import blob_of
    from designtool.layer.overlay import OVERLAY_FILE, pages_of
    from designtool.load.kinds import OVERLAYS

    root = workspace_of(Path())
    own = _region(root, region)
    with _published(bundle) as published:
        base = published.base
        known = pages_of(base)
        files: dict[str, bytes] = {}
        for page in dict.fromkeys(pages):
            if page not in known:
                raise Usage(_no_such_page(page, list(known)))
            files |= _copies(page, known[page].data or b"")
        files |= _contacts_to_change(base, own)
        files[OVERLAY_FILE] = _written(base, own, {page: known[page].digest for page in dict.fromkeys(pages)})
        folder = root / OVERLAYS / base.program.id
        if folder.exists():
            raise Usage(
                Text(
                    f"{folder} finns redan. En sida till skrivs in där, under replace i {OVERLAY_FILE}, och sedan: "
                    "designtool overlay accept",
                    f"{folder} exists already. One more page is written there, under replace in {OVERLAY_FILE}, and then: "
                    "designtool overlay accept",
                )
            )
        write_folder(folder, {path: blob_of(data) for path, data in files.items()})
    language = language_of(None)
    if output_format == "json":
        print_json(
            {"overlay": str(folder), "over": base.program.id, "version": base.program.version, "files": sorted(files)}
        )
        return
    shown = os.path.relpath(folder)
    steps = [Text(f"fyll i publisher i {OVERLAY_FILE}", f"fill in publisher in {OVERLAY_FILE}")]
    if "contacts.yaml" in files:
        steps.append(
            Text(
                "byt uppgifterna i contacts.yaml till er egen regions",
                "put your own region's details in contacts.yaml",
            )
        )
    if pages:
        steps.append(Text("skriv om sidorna", "write the pages anew"))
    told = [
        Text(f"{len(files)} filer i {shown}:", f"{len(files)} files in {shown}:"),
        *(Text(f"  {name}", f"  {name}") for name in sorted(files)),
        Text(
            f"Gör så här: {', '.join(one.sv for one in steps)}.",
            f"What to do: {', '.join(one.en for one in steps)}.",
        ),
        Text(
            f"Bygg sedan: designtool overlay build {as_argument(shown)} --over {as_argument(bundle)}",
            f"Then build: designtool overlay build {as_argument(shown)} --over {as_argument(bundle)}",
        ),
    ]
    click.echo("\n".join(line.in_language(language) for line in told))


@command.command("build")
@click.argument("overlay", type=click.Path(path_type=Path))
@_OVER
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), help="Mapp för paketen."
)
@FORMAT
def build(overlay: Path, over: Path, output: Path, output_format: str) -> None:
    """Lägg en anpassning över ett publicerat paket, pröva den och bygg regionens eget paket."""
    from designtool.overlays import build_overlay, read_overlay_folder, try_overlay

    language = language_of(None)
    read = _readable(read_overlay_folder(overlay), output_format)
    with _published_for(read, over) as published:
        tried = try_overlay(read, published, today())
        program = tried.program
        journeys = _journeys(tried) if program is not None else []
        built = None
        if program is not None and not any(one.failures for one in journeys):
            built = build_overlay(read, published, tried, output)
        told: dict[str, Any] | None = None
        if built is not None and program is not None:
            assert program.overlay_of is not None
            told = {
                "program": program.id,
                "version": program.version,
                "digest": built.digest,
                "path": str(built.path),
                "size": built.size,
                "overlay_of": asdict(program.overlay_of),
            }
    if output_format == "json":
        print_json(_json(told, tried, journeys, language))
    else:
        _print(told, tried, journeys, language)
    leave(tried.diagnostics)
    if built is None:
        click.get_current_context().exit(1)


@command.command("accept")
@click.argument("overlay", type=click.Path(path_type=Path))
@click.argument("pages", nargs=-1)
@_OVER
@FORMAT
def accept(overlay: Path, pages: tuple[str, ...], over: Path, output_format: str) -> None:
    """Skriv in att sidorna i en anpassning är lästa mot de nya. Utan PAGES gäller det alla."""
    from designtool.layer.overlay import pages_of
    from designtool.overlays import read_overlay_folder

    language = language_of(None)
    read = read_overlay_folder(overlay)
    if read.layer is None:
        _readable(read, output_format)
    with _published_for(read, over) as published:
        known = pages_of(published.base)
        stated = _stated_pages(read)
        for page in pages:
            if page not in stated:
                raise Usage(_no_such_page(page, list(stated)))
        wanted = [page for page in (pages or stated) if page in known]
        data = _with_digests(read, {page: known[page].digest for page in wanted})
        for page in wanted:
            _write(read.root / read.folder / _kept_path(page), known[page].data or b"")
        _write(read.root / read.folder / "overlay.yaml", data)
    if output_format == "json":
        print_json({"overlay": str(overlay), "accepted": {page: known[page].digest for page in wanted}})
        return
    for page in wanted:
        click.echo(Text(f"{page} är godkänd", f"{page} has been accepted").in_language(language))


def _readable(read: ReadOverlay, output_format: str) -> ReadOverlay:
    """Leaves with status 1 when the overlay is not written as one: it cannot be said yet what it is for."""
    from designtool.layer.overlay import Overlaid
    from designtool.overlays import Tried

    if read.layer is None or has_errors(list(read.diagnostics)):
        tried, language = Tried(Overlaid(None, ()), read.diagnostics, (), read.tree), language_of(None)
        if output_format == "json":
            print_json(_json(None, tried, [], language))
        else:
            _print(None, tried, [], language)
        raise click.exceptions.Exit(1)
    return read


def _region(root: Path, stated: str | None) -> str:
    import re

    from designtool.load.identifiers import KEBAB_CASE
    from designtool.load.yaml_file import parse_yaml

    if stated is None:
        settings = parse_yaml("designtool.yaml", (root / "designtool.yaml").read_bytes()).data
        stated = settings.get("region") if isinstance(settings, dict) else None
    if not isinstance(stated, str) or not re.fullmatch(KEBAB_CASE, stated):
        raise Usage(
            Text(
                "ange regionens kortnamn med --region: små bokstäver a–z, siffror och bindestreck",
                "give the region's short name with --region: a-z, digits and hyphens",
            )
        )
    return stated


def _no_such_page(page: str, known: Sequence[str]) -> Text:
    near = nearest(page, known)
    return Text(
        f"sidan {page} finns inte." + (f" Menade du {near}?" if near else ""),
        f"there is no page {page}." + (f" Did you mean {near}?" if near else ""),
    )


def _kept_path(page: str) -> str:
    from designtool.layer.layer import UPSTREAM

    return f"{UPSTREAM}{page}.md"


def _copies(page: str, data: bytes) -> dict[str, bytes]:
    """The page to be written anew, and what it replaces as it is now."""
    return {f"{page}.md": data, _kept_path(page): data}


def _contacts_to_change(base: Base, region: str) -> dict[str, bytes]:
    """A contacts.yaml with what must become the region's own: nothing is built before it has."""
    from designtool.bundle.entries import entries_of
    from designtool.load.kinds import LIBRARY

    foreign = {one.id for one in base.program.contacts if one.region and one.region != region}
    path = f"{base.sources.programs}/{LIBRARY}/contacts.yaml"
    file = base.sources.tree.files.get(path)
    if not foreign or file is None or file.data is None:
        return {}
    entries = entries_of(path, file.data, {"crisis", *foreign})
    return {"contacts.yaml": entries} if entries is not None else {}


def _written(base: Base, region: str, digests: dict[str, str]) -> bytes:
    program = base.program
    major, minor, _ = (int(part) for part in program.version.split("."))
    lines = [
        f"region: {region}",
        f"over: {program.id}",
        f'versions: ">={major}.{minor} <{major + 1}.0"',
        "version: 1.0.0",
        "publisher:",
        '  responsible: ""',
        '  role: ""',
        '  contact: ""',
    ]
    if digests:
        lines.append("replace:")
        for page, digest in digests.items():
            lines += [f"  - page: {page}", f"    with: {page}.md", f"    replaces: {digest}"]
    return ("\n".join(lines) + "\n").encode()


@contextmanager
def _published(path: Path) -> Iterator[Published]:
    """The bundle in a file, compiled again; leaves with status 2 where there is none to lie over."""
    from designtool.bundle import Refused
    from designtool.overlays import read_published

    try:
        with opened_bundle(path) as bundle:
            yield read_published(bundle, today())
    except Refused as refused:
        raise Usage(Text(refusal_line(refused, "sv"), refusal_line(refused, "en"))) from refused


@contextmanager
def _published_for(overlay: ReadOverlay, over: Path) -> Iterator[Published]:
    """The bundle that was named, or the latest in a folder that the overlay is for."""
    path = over if not over.is_dir() else _latest_in(over, overlay)
    with _published(path) as published:
        yield published


def _latest_in(folder: Path, overlay: ReadOverlay) -> Path:
    from designtool.bundle import Refused
    from designtool.layer.version_range import version_range
    from designtool.model.reading import Node

    node = Node(overlay.layer.document) if overlay.layer is not None else None
    wanted = node.text("over") if node is not None else ""
    versions = version_range(node.text("versions")) if node is not None else None
    found: list[tuple[tuple[int, ...], Path]] = []
    near = [path for path in sorted(folder.glob(f"*{_BUNDLE}")) if path.name.startswith(f"{wanted}-")]
    for path in near[:_MOST_BUNDLES]:
        try:
            with opened_bundle(path) as bundle:
                about = bundle.manifest.annotations
        except Refused:
            continue  # Not what is looked for; whoever names it is told why.
        if about.id == wanted and (versions is None or versions.holds(about.version)):
            found.append((tuple(int(part) for part in about.version.split(".")), path))
    if not found:
        stated = node.text("versions") if node is not None else ""
        raise Usage(
            Text(
                f"inget paket för {wanted} {stated} i {folder}. Ange det med --over.",
                f"no bundle of {wanted} {stated} in {folder}. Name it with --over.",
            )
        )
    return max(found)[1]


def _journeys(tried: Tried) -> list[JourneyResult]:
    from designtool.treatment.journey import run_journey

    program = tried.program
    return [run_journey(journey, program) for journey in program.journeys] if program is not None else []


def _stated_pages(overlay: ReadOverlay) -> list[str]:
    from designtool.model.reading import Node

    if overlay.layer is None:
        return []
    return [node.text("page") for node in Node(overlay.layer.document).mappings("replace") if node.has("page")]


def _with_digests(overlay: ReadOverlay, digests: dict[str, str]) -> bytes:
    """overlay.yaml with these digests; every other byte stays."""
    from designtool.layer.overlay import OVERLAY_FILE
    from designtool.load.document import pointer
    from designtool.load.splice import spliced
    from designtool.load.yaml_file import parse_yaml
    from designtool.model.reading import Node

    assert overlay.layer is not None
    data = overlay.layer.files[OVERLAY_FILE].data or b""
    document = overlay.layer.document
    # From the last to the first, so that the places above stay what they are.
    for node in reversed(list(Node(document).mappings("replace"))):
        digest = digests.get(node.text("page"))
        if digest is None:
            continue
        place = document.values.get(pointer(*node.keys, "replaces"))
        if place is not None:
            data = spliced(data, place, digest)
        else:
            _, column, _, _ = document.keys[pointer(*node.keys, "page")]
            _, _, line, end = document.values[pointer(*node.keys, "page")]
            data = spliced(data, (line, end, line, end), f"\n{' ' * (column - 1)}replaces: {digest}")
    again = parse_yaml(OVERLAY_FILE, data).data
    if not isinstance(again, dict) or any(
        one.get("replaces") != digests[one["page"]] for one in again.get("replace", ()) if one.get("page") in digests
    ):
        raise Usage(
            Text(
                f"{OVERLAY_FILE} är inte skriven med en nyckel på varje rad. Skriv in fingeravtrycken för hand.",
                f"{OVERLAY_FILE} is not written one key a line. Write the digests by hand.",
            )
        )
    return data


def _write(path: Path, data: bytes) -> None:
    from designtool.atomic import write_atomically

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda stream: stream.write(data))
    except OSError as error:
        reason = os_reason(error)
        raise Usage(
            Text(f"{path} går inte att skriva: {reason.sv}", f"{path} cannot be written: {reason.en}")
        ) from error


def _json(
    told: dict[str, Any] | None, tried: Tried, journeys: list[JourneyResult], language: Language
) -> dict[str, Any]:
    from designtool.diagnostics import diagnostic_json

    return {
        "bundle": told,
        "stale": [asdict(one) for one in tried.stale],
        "journeys": [
            {
                "name": one.name,
                "passed": not one.failures,
                "failures": [failure.message.in_language(language) for failure in one.failures],
            }
            for one in journeys
        ],
        "diagnostics": [diagnostic_json(one, language) for one in tried.diagnostics],
    }


def _print(told: dict[str, Any] | None, tried: Tried, journeys: list[JourneyResult], language: Language) -> None:
    if tried.diagnostics:
        print_report(tried.diagnostics, line_reader(tried.tree), language, err=True)
    for stale in tried.stale:
        click.echo("\n".join(_texts_of(stale, language)), err=True)
    for one in journeys:
        for failure in one.failures:
            line = Text(f"dag {failure.day}: {failure.message.sv}", f"day {failure.day}: {failure.message.en}")
            click.echo(f"✗ {one.name}: {line.in_language(language)}", err=True)
    if told is not None:
        passed = Text(f"{len(journeys)} provresor stämmer", f"{len(journeys)} journeys agree").in_language(language)
        click.echo(f"{told['program']} {told['version']}  {told['digest']}  {told['path']}  ({passed})")
    else:
        click.echo(Text("Inget paket byggdes.", "No bundle was built.").in_language(language), err=True)


def _texts_of(stale: Stale, language: Language) -> Iterator[str]:
    from designtool.cli.stale_text import stale_lines

    yield ""
    yield stale.page
    yield Text(
        "När er sida är läst mot den nya: designtool overlay accept",
        "Once your page has been read against the new one: designtool overlay accept",
    ).in_language(language)
    yield from stale_lines(stale.path, stale.own, stale.before, stale.now, language)
