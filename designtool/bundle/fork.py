"""A fork: the source in a bundle as the beginning of a program of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from designtool.bundle.manifest import BlobSource, blob_of
from designtool.bundle.reader import Bundle
from designtool.bundle.refusals import Refused
from designtool.bundle.source import source_files
from designtool.load.kinds import LIBRARY
from designtool.load.splice import spliced
from designtool.load.yaml_file import parse_yaml
from designtool.model.program import DerivedFrom, Program
from designtool.source.tree import programs_folder

FIRST_VERSION = "0.1.0"
_WORKSPACE_FILE = "designtool.yaml"
_PROGRAM_FILE = "program.yaml"
_CHANGELOG = "CHANGELOG.md"
_MIGRATIONS = "migrations/"


class CannotFork(Exception):
    """The program.yaml in the bundle is written in a way that cannot be altered line by line."""


@dataclass(frozen=True, slots=True)
class Fork:
    """The files of a fork, by their paths in three places."""

    derived_from: DerivedFrom
    settings: bytes
    """`designtool.yaml`, for a fork that gets a workspace of its own."""
    program: Mapping[str, BlobSource]
    """Inside the program's folder."""
    library: Mapping[str, BlobSource]
    """Inside the library's folder."""
    programs_folder: str
    """Where `settings` says that programs lie."""


def fork_of(bundle: Bundle, program: Program, id: str, region: str = "") -> Fork:
    """What a program with this id begins with: the source of `program`, its version begun anew, its origin stated.

    `region`: whose it is from now on; empty where that is not known. The changelog begins anew and migrations stay behind: both are about versions that the fork has not had. Raises CannotFork,
    and Refused for a bundle without source.
    """
    files = {path: bundle.blobs[bundle.files[name].digest] for path, name in source_files(bundle).items()}
    if _WORKSPACE_FILE not in files:
        raise Refused("blob-missing", name=_WORKSPACE_FILE)
    settings = _bytes_of(files[_WORKSPACE_FILE])
    programs = programs_folder(settings)
    # A variant is made from the folder of its program, which goes along whole.
    head = next(
        (path for path in files if path.endswith(f"/{_PROGRAM_FILE}")), f"{programs}/{program.id}/{_PROGRAM_FILE}"
    )
    own, library = head.removesuffix(_PROGRAM_FILE), f"{programs}/{LIBRARY}/"
    inside = {path.removeprefix(own): blob for path, blob in files.items() if path.startswith(own)}
    if _PROGRAM_FILE not in inside:
        raise Refused("blob-missing", name=own + _PROGRAM_FILE)
    derived_from = DerivedFrom(program.id, program.version, bundle.digest)
    kept = {path: blob for path, blob in inside.items() if not path.startswith(_MIGRATIONS)}
    return Fork(
        derived_from=derived_from,
        settings=settings,
        program={
            **kept,
            _PROGRAM_FILE: blob_of(begun_anew(_bytes_of(inside[_PROGRAM_FILE]), id, derived_from, region)),
            _CHANGELOG: blob_of(_changelog(derived_from, program.language)),
        },
        library={path.removeprefix(library): blob for path, blob in files.items() if path.startswith(library)},
        programs_folder=programs,
    )


def begun_anew(written: bytes, id: str, derived_from: DerivedFrom, region: str = "") -> bytes:
    """program.yaml with another id, the first version, its origin and, where it is known, its region; every other byte stays."""
    parsed = parse_yaml(_PROGRAM_FILE, written)
    if not isinstance(parsed.data, dict):
        raise CannotFork
    stated = {"program": derived_from.program, "version": derived_from.version, "digest": derived_from.digest}
    changes = [(parsed.values["/id"], id), (parsed.values["/version"], FIRST_VERSION)]
    if "derived_from" in parsed.data:
        changes += [(parsed.values[f"/derived_from/{key}"], value) for key, value in stated.items()]
    expected = {**parsed.data, "id": id, "version": FIRST_VERSION, "derived_from": stated}
    publisher = parsed.data.get("publisher")
    if region and isinstance(publisher, dict) and "region" in publisher:
        changes.append((parsed.values["/publisher/region"], region))
        expected["publisher"] = {**publisher, "region": region}
    if any(line != end_line for (line, _, end_line, _), _ in changes):
        raise CannotFork
    data = written
    for place, value in sorted(changes, reverse=True):
        data = spliced(data, place, value)
    text = data.decode()
    if "derived_from" not in parsed.data:
        line = parsed.values["/version"][2]
        lines = text.splitlines(keepends=True)
        end = "\r\n" if lines[line - 1].endswith("\r\n") else "\n"
        lines[line - 1] = lines[line - 1].rstrip("\r\n") + end
        block = ["derived_from:", *(f"  {key}: {value}" for key, value in stated.items())]
        text = "".join([*lines[:line], *(one + end for one in block), *lines[line:]])
    again = parse_yaml(_PROGRAM_FILE, text.encode())
    if again.data != expected:
        raise CannotFork
    return text.encode()


def _changelog(derived_from: DerivedFrom, language: str) -> bytes:
    what = f"{derived_from.program} {derived_from.version} ({derived_from.digest})"
    head, words = ("Ändringar", "Utgår från") if language == "sv" else ("Changes", "Begun from")
    return f"# {head}\n\n## {FIRST_VERSION}\n\n{words} {what}.\n".encode()


def _bytes_of(blob: BlobSource) -> bytes:
    with blob.open() as stream:
        return stream.read()
