"""What has changed since a version that is in use: both programs are read, and compared by what they mean.

Of a program in a registry the manifest and the program's own file are fetched, by digests that were signed, and never a film.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from designtool.bundle import Bundle, Limits, Refused, program_in, program_of, read_bundle, read_manifest
from designtool.bundle.manifest import PROGRAM_FILE
from designtool.bundle.refusals import printable
from designtool.compare import compare
from designtool.compare.reports import Compared
from designtool.diagnostics import Text
from designtool.diagnostics.os_reasons import os_reason
from designtool.model.program import Program
from designtool.share.catalogue.entries import Catalogue, InUse, Step
from designtool.share.federation.release import name_of_bundle
from designtool.share.registries.names import ProgramName
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Registry, nobody_watches

ProgramSource = Callable[[ProgramName, str, str], Program | Text]
"""From a program's name, version and digest to the program, or to why it cannot be had."""
_SUFFIX = ".dtb"
_LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class FoundBundle:
    """A bundle in a file. It was read from the first byte to the last, and is read again when its program is needed."""

    in_use: InUse
    path: Path


@dataclass(frozen=True, slots=True)
class NotABundle:
    path: Path
    why: Text


def bundles_at(paths: Iterable[Path]) -> Iterator[FoundBundle | NotABundle]:
    """The bundles in files and folders, each once. A folder is looked at for files that end in .dtb, and not below it."""
    seen: set[Path] = set()
    for path in paths:
        files = sorted(path.glob(f"*{_SUFFIX}")) if path.is_dir() else [path]
        for file in files:
            if file.resolve() in seen:
                continue
            seen.add(file.resolve())
            try:
                if not file.is_file():
                    raise Refused("not-a-file", path=file)
                with file.open("rb") as stream:
                    bundle = read_bundle(stream)
                    yield FoundBundle(in_use_of(bundle, str(file)), file)
            except Refused as refused:
                yield NotABundle(file, refused.message)
            except OSError as error:
                why = os_reason(error)
                yield NotABundle(file, Text(f"går inte att läsa: {why.sv}", f"cannot be read: {why.en}"))


def in_use_of(bundle: Bundle, source: str) -> InUse:
    """`source` and what the bundle calls itself are shown to people, whatever is written there."""
    name, overlay_of = printable(name_of_bundle(bundle), _LONGEST_SHOWN), bundle.manifest.annotations.overlay_of
    return InUse(name, bundle.digest, printable(source, _LONGEST_SHOWN), overlay_of)


def differences(catalogue: Catalogue, program_of_step: ProgramSource) -> dict[Step, Compared | Text]:
    """Of each step from a version in use to the newest that may be begun with, what it changes, or why that is not known."""
    found: dict[Step, Compared | Text] = {}
    for step in (step for entry in catalogue.entries for step in entry.steps):
        old = program_of_step(step.program, step.old_version, step.old)
        new = program_of_step(step.program, step.new_version, step.new)
        if isinstance(old, Text):
            found[step] = old
        else:
            found[step] = new if isinstance(new, Text) else compared(old, new)
    return found


def programs_of(files: Mapping[str, Path], registry: Registry | None) -> ProgramSource:
    """Programs out of bundles on the disk, by digest, and those that are not there out of a registry, where there is one."""
    return _Programs(files, registry).program


def compared(old: Program, new: Program) -> Compared:
    return Compared(old, new, f"{old.id} {old.version}", f"{new.id} {new.version}", compare(old, new))


def program_from(registry: Registry, name: ProgramName, version: str, digest: str) -> Program:
    """The program of a bundle in a registry. Raises RegistryProblem, and Refused for anything but what has this digest."""
    manifest = read_manifest(registry.manifest(str(name), digest).data)
    if manifest.digest != digest:
        raise Refused("wrong-digest", name="manifest")
    about = manifest.annotations
    if (about.region, about.id, about.version) != (name.region, name.program, version):
        found = f"{about.region}/{about.id}:{about.version}"
        raise RegistryProblem("other-program", registry=registry.address, found=found, name=f"{name}:{version}")
    file, most = manifest.files[PROGRAM_FILE], Limits().program_bytes
    if file.size > most:
        raise Refused("too-large", name=PROGRAM_FILE, limit=most)
    with registry.open_blob(str(name), file.digest, file.size, nobody_watches) as stream:
        data = stream.read()
    return program_in(manifest, data)


@dataclass(frozen=True)
class _Programs:
    files: Mapping[str, Path]
    registry: Registry | None

    def program(self, name: ProgramName, version: str, digest: str) -> Program | Text:
        path = self.files.get(digest)
        try:
            if path is not None:
                with path.open("rb") as stream:
                    bundle = read_bundle(stream)
                    if bundle.digest != digest:
                        raise Refused("wrong-digest", name=path.name)
                    return program_of(bundle)
            if self.registry is None:
                return _NOT_HERE
            return program_from(self.registry, name, version, digest)
        except (Refused, RegistryProblem) as problem:
            return problem.message
        except OSError as error:
            why = os_reason(error)
            return Text(f"Paketet går inte att läsa: {why.sv}", f"The bundle cannot be read: {why.en}")


_NOT_HERE = Text(
    "Båda versionerna behövs för att jämföra. Ange registret med --from, eller hämta paketet.",
    "Both versions are needed to compare them. Name the registry with --from, or fetch the bundle.",
)
