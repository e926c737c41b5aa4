"""What `publish` and `fetch` do alike: find the registry that is meant, show how far it is, say why not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.output import Usage, print_json, settings
from designtool.diagnostics import Cannot, Language, Text
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from designtool.share.federation.metadata_store import MetadataStore
    from designtool.share.registries.registry import Progress, Registry

_SHOWN_EVERY = 1_000_000
_MB = 1_000_000


class Here:
    """Where the command runs: the workspace around it, if there is one, and what it says."""

    def __init__(self) -> None:
        from designtool.load.yaml_file import parse_yaml
        from designtool.source.tree import programs_folder
        from designtool.source.workspace import WORKSPACE_FILE, find_workspace

        found = find_workspace(Path())
        data = (found / WORKSPACE_FILE).read_bytes() if found is not None else b""
        stated = parse_yaml(WORKSPACE_FILE, data).data
        workspace = stated if isinstance(stated, dict) else {}
        named = workspace.get("registries")
        self.root = found if found is not None else Path()
        self.language: Language = settings().in_workspace(workspace.get("language"))
        region = workspace.get("region")
        self.region = region if isinstance(region, str) else ""
        """The short name of the workspace's region; empty where there is none."""
        self.registries: dict[str, str] = {
            str(name): place
            for name, place in (named if isinstance(named, dict) else {}).items()
            if isinstance(place, str)
        }
        programs = found / programs_folder(data) if found is not None else None
        self.programs = sorted(path.parent.name for path in programs.glob("*/program.yaml")) if programs else []
        """The ids of the workspace's programs."""

    def open(self, stated: str) -> Registry:
        from designtool.share.registries.opening import open_registry

        return open_registry(stated, self.registries, self.root)

    def open_beside_metadata(self, stated: str) -> Registry | None:
        """The registry that has the metadata of `opened_metadata`; None where that is plain files."""
        from designtool.share.federation.places import plain_folder
        from designtool.share.registries.opening import is_address

        if plain_folder(stated, self.registries) is not None:
            return None
        is_folder = stated not in self.registries and not is_address(stated)
        return self.open(str(Path(stated).absolute()) if is_folder else stated)

    def opened_metadata(self, stated: str, *, new_is_registry: bool = False) -> AbstractContextManager[MetadataStore]:
        from designtool.share.federation.places import opened_metadata

        return opened_metadata(stated, self.registries, self.root, new_is_registry=new_is_registry)


@contextmanager
def problems_told(language: Language, output_format: str) -> Iterator[None]:
    """Say why something could not be published or fetched, and leave: with 1 where it is refused, with 2 where it cannot be done."""
    from designtool.bundle import Refused
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.registries.problems import RegistryProblem
    from designtool.share.signed_problems import SignedProblem

    try:
        yield
    except Cannot as cannot:
        raise Usage(cannot.message, language) from cannot
    except OSError as error:
        where, why = error.filename or "", os_reason(error)
        told = Text(f"det gick inte att läsa eller skriva {where}: {why.sv}", f"cannot read or write {where}: {why.en}")
        raise Usage(told, language) from error
    except (Refused, RegistryProblem, SignedProblem, TrustProblem) as problem:
        message = problem.message.in_language(language)
        if output_format == "json":
            print_json({"problems": [{"code": problem.code, "message": message}]})
        else:
            word = Text("fel", "error").in_language(language)
            click.echo(f"{word}[{problem.code}]: {message}", err=True)
        is_refusal = not isinstance(problem, RegistryProblem) or problem.is_refusal
        click.get_current_context().exit(1 if is_refusal else 2)


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """How much has gone over, on a terminal; elsewhere nothing is shown."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    done = shown = 0

    def show(count: int) -> None:
        nonlocal done, shown
        done += count
        if done - shown >= _SHOWN_EVERY:
            shown = done
            click.echo(f"\r{done // _MB} MB", nl=False, err=True)

    try:
        yield show
    finally:
        if shown:
            click.echo("\r" + " " * 20 + "\r", nl=False, err=True)
