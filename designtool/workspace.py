"""Workspaces on disk: read, compiled, and their bundles written. The edge around the pipeline that most commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from designtool.atomic import write_if_changed
from designtool.bundle import (
    BundleContent,
    ContentChanged,
    Refused,
    digest_of,
    layout_of_content,
    make_bundle,
    manifest_of,
    write_archive,
)
from designtool.bundle.content import program_folder
from designtool.diagnostics import Cannot, Text
from designtool.diagnostics.os_reasons import os_reason
from designtool.load import load, programs_folder
from designtool.load.identifiers import lower_snake
from designtool.load.kinds import LIBRARY
from designtool.model.codec import encode_program
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire
from designtool.pipeline import Compiled, compile_tree
from designtool.source import find_workspace, read
from designtool.source.locked import media_folder, open_locked
from designtool.source.read import LARGEST_YAML
from designtool.source.tree import File, Tree, tree_of
from designtool.source.workspace import WORKSPACE_FILE


@dataclass(frozen=True, slots=True)
class BuiltBundle:
    """A bundle as it lies on disk."""

    digest: str
    path: Path
    size: int


def compile_workspace(
    root: Path, today: date, only: Iterable[str] | None = None, media: Path | None = None
) -> Compiled:
    """Reads and compiles the programs named in `only` (folder names; None: all) with the library.

    `media` is the folder of films that media.lock names, if it is another than designtool.yaml says.
    """
    tree, found = read(root, only=only, media=media)
    return compile_tree(tree, found, today)


@dataclass(frozen=True, slots=True)
class WorkspaceFacts:
    """What designtool.yaml says, as far as it can be read."""

    programs_folder: str
    language: str | None


def workspace_facts(root: Path) -> WorkspaceFacts:
    tree, _ = read(root, only=())
    documents = load(tree).documents
    workspace = documents.get("designtool.yaml")
    stated = workspace.data.get("language") if workspace is not None and isinstance(workspace.data, dict) else None
    return WorkspaceFacts(programs_folder(tree), stated if isinstance(stated, str) else None)


def build_bundle(
    root: Path, compiled: Compiled, program: Program, output: Path, media: Path | None = None
) -> BuiltBundle:
    """Writes `<id>-<version>.dtb` into `output` and says what it is. A file that already has these bytes is left alone.

    Raises Cannot when a file of the workspace changed meanwhile, when the program is more than a bundle can hold, or when
    `output` cannot be written.
    """
    return write_bundle(lambda: _content(root, compiled, program, media), program, output)


def write_bundle(make: Callable[[], BundleContent], program: Program, output: Path) -> BuiltBundle:
    """As `build_bundle`, of content that is made here."""
    path = output / f"{program.id}-{program.version}.dtb"
    try:
        content = make()
        digest = digest_of(manifest_of(content))
        files = layout_of_content(content)
        output.mkdir(parents=True, exist_ok=True)
        write_if_changed(path, lambda stream: write_archive(stream, files))
        return BuiltBundle(digest, path, path.stat().st_size)
    except ContentChanged as changed:
        raise Cannot(
            Text(
                f"en fil i {program.id} ändrades medan paketet skrevs. Bygg igen när ingen skriver i mappen.",
                f"a file of {program.id} changed while the bundle was written. Build again when nobody writes there.",
            )
        ) from changed
    except Refused as refused:
        raise _no_bundle(program, refused) from refused
    except OSError as error:
        reason = os_reason(error)
        raise Cannot(
            Text(
                f"paketet {path} kunde inte skrivas: {reason.sv}",
                f"the bundle {path} could not be written: {reason.en}",
            )
        ) from error


def bundle_digest(root: Path, compiled: Compiled, program: Program, media: Path | None = None) -> str:
    """The digest that the program's bundle would have. Raises Cannot when the program is more than a bundle can hold."""
    try:
        return digest_of(manifest_of(_content(root, compiled, program, media)))
    except Refused as refused:
        raise _no_bundle(program, refused) from refused


def _content(root: Path, compiled: Compiled, program: Program, media: Path | None) -> BundleContent:
    _refuse_taken_id(root, program)
    return make_bundle(
        program,
        encode_program(program),
        compiled.tree,
        lambda path: _open(root, path, compiled.tree, media),
        _family(compiled, program),
    )


def _family(compiled: Compiled, program: Program) -> tuple[Program, ...]:
    """The programs that are made from one source: a program and its variants."""
    for one in compiled.programs:
        if one.program is not None and (one.program is program or program in one.variants):
            return (one.program, *one.variants)
    return ()


def _refuse_taken_id(root: Path, program: Program) -> None:
    folder, _, name = program_folder(program).rpartition("/")
    if name != program.id and (root / folder / program.id).is_dir():
        raise Cannot(
            Text(
                f"varianten {program.id} heter som ett annat program: byt namn på varianten",
                f"the variant {program.id} has the name of another program: rename the variant",
            )
        )


def _no_bundle(program: Program, refused: Refused) -> Cannot:
    return Cannot(
        Text(
            f"{program.id} kan inte bli ett paket: {refused.message.sv}",
            f"{program.id} cannot become a bundle: {refused.message.en}",
        )
    )


def _open(root: Path, path: str, tree: Tree, media: Path | None) -> BinaryIO:
    try:
        return open_locked(root, path, tree.files.get(path), media_folder(root, tree.files.get(WORKSPACE_FILE), media))
    except (OSError, ValueError) as error:
        raise Cannot(
            Text(
                f"filen {path} fanns när programmet lästes men går inte att öppna nu",
                f"the file {path} was there when the program was read but cannot be opened now",
            )
        ) from error


@dataclass(frozen=True, slots=True)
class FoundQuestionnaire:
    questionnaire: Questionnaire | None
    """None when it is not there, or could not be read."""
    compiled: Compiled
    """What it was looked for in."""
    path: str
    """Of its file in what was compiled; empty when an id was not found."""


def find_questionnaire(name: str, start: Path, today: date) -> FoundQuestionnaire | None:
    """The questionnaire in a file, or of an id in the workspace around `start`; None when there is nothing to look in.

    A file that no workspace reads is compiled by itself, as the only questionnaire of a library. Raises Cannot for a file
    that cannot be read.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return _questionnaire_in(path, today) if path.is_file() else None
    root = find_workspace(start.absolute())
    if root is None:
        return None
    compiled = compile_workspace(root, today)
    found = next((one for one in _questionnaires(compiled) if one.id == name), None)
    return FoundQuestionnaire(found, compiled, "" if found is None else found.origin.path)


def _questionnaire_in(path: Path, today: date) -> FoundQuestionnaire:
    place = path.absolute().resolve()
    root = find_workspace(path.absolute())
    inside = _inside(place, root) if root is not None else None
    if root is None or inside is None:
        return _questionnaire_alone(path, today)
    compiled = compile_workspace(root, today, () if inside == LIBRARY else (inside,))
    found = (one for one in _questionnaires(compiled) if (root / one.origin.path).resolve() == place)
    return FoundQuestionnaire(next(found, None), compiled, place.relative_to(root.resolve()).as_posix())


def _questionnaires(compiled: Compiled) -> list[Questionnaire]:
    own = [one for built in compiled.programs if built.program for one in built.program.questionnaires]
    return [*compiled.library.questionnaires.values(), *own]


def _inside(place: Path, root: Path) -> str | None:
    """The program (or the library) in whose folder a file lies; None for one that lies beside them."""
    programs = (root / workspace_facts(root).programs_folder).resolve()
    return place.relative_to(programs).parts[0] if programs in place.parent.parents else None


def _questionnaire_alone(path: Path, today: date) -> FoundQuestionnaire:
    """Without a library around it: the pages that its flags show the patient are not looked for."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_YAML + 1)
    except OSError as error:
        raise Cannot(Text(f"{path} kan inte läsas", f"{path} cannot be read")) from error
    if len(data) > LARGEST_YAML:
        raise Cannot(Text(f"{path} är för stor för ett formulär", f"{path} is too large for a questionnaire"))
    id = lower_snake(path.stem) or "questionnaire"
    place = f"programs/{LIBRARY}/questionnaires/{id}.yaml"
    compiled = compile_tree(tree_of([_file("designtool.yaml", b"format: 1\n"), _file(place, data)]), (), today)
    return FoundQuestionnaire(compiled.library.questionnaires.get(id), compiled, place)


def _file(path: str, data: bytes) -> File:
    return File(path, len(data), f"sha256:{sha256(data).hexdigest()}", data)
