"""A bundle comes from a registry: as the same file that was published, read from the first byte to the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from designtool.atomic import write_atomically
from designtool.bundle import (
    BlobSource,
    Bundle,
    ContentChanged,
    Manifest,
    Refused,
    bundle_written,
    layout_of_manifest,
    program_of,
    read_bundle,
    read_manifest,
    write_archive,
)
from designtool.diagnostics import Cannot, Text
from designtool.share.federation.keys import PublicKey
from designtool.share.left_out import earlier_versions_needed
from designtool.share.publish import disk_problem
from designtool.share.registries.names import ProgramName, Wanted, is_version, name_of, version_order
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Progress, Registry, nobody_watches

_WORTH_LOOKING_FOR = 1024 * 1024
"""Below this size a bundle is fetched as a whole, without looking for an earlier version of it on the disk."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A bundle that is whole."""

    name: ProgramName
    version: str
    digest: str
    path: Path
    is_new: bool
    """False: it lay there already."""
    received_bytes: int
    """Of the files of the bundle; what an earlier version on the disk had is not among them."""
    signers: tuple[PublicKey, ...] = ()
    """Whose signatures say that it is this release. Empty where nobody's were asked for."""


def fetch(wanted: Wanted, registry: Registry, folder: Path, progress: Progress = nobody_watches) -> Fetched:
    """Fetch a bundle to `<folder>/<program>-<version>.dtb`. The file is there when every byte of it has been judged.

    Raises RegistryProblem for what the registry does not have or may not give, Refused for bytes that are no bundle or not
    the one that was asked for, and Cannot when the disk is full. Nothing is left behind by any of them.
    """
    name = wanted.name
    digest, version = _asked_for(wanted, registry)
    if version is not None:
        known = _lying_there(folder, name, version, digest, registry)
        if known is not None:
            return known
    manifest = read_manifest(registry.manifest(str(name), digest).data)
    _check_identity(manifest, name, version, registry)
    version = manifest.annotations.version
    known = _lying_there(folder, name, version, digest, registry)
    if known is not None:
        return known
    path = _path(folder, name, version)
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
        with _blobs_of_earlier_versions(folder, name, manifest, registry) as here:
            from_registry = {
                file.digest: BlobSource(
                    file.digest,
                    file.size,
                    partial(registry.open_blob, str(name), file.digest, file.size, progress),
                    is_verified=True,
                )
                for file in manifest.files.values()
                if file.digest not in here
            }
            write_atomically(path, partial(_write_and_judge, manifest, {**here, **from_registry}))
    except ContentChanged as error:
        raise Refused("wrong-digest", name=path.name) from error
    except OSError as error:
        raise disk_problem(str(path), error) from error
    received = sum(blob.size for blob in from_registry.values())
    return Fetched(name, version, digest, path, True, received)


def fetch_known(wanted: Wanted, registry: Registry, folder: Path, progress: Progress = nobody_watches) -> Fetched:
    """As `fetch`, of a version and digest that are known to have been released: a stick need not have each of them."""
    try:
        return fetch(wanted, registry, folder, progress)
    except RegistryProblem as problem:
        if problem.code != "not-in-registry":
            raise
        versions = sorted(filter(is_version, registry.tags(str(wanted.name))), key=version_order)
        if wanted.version in versions:
            raise  # It is a part of it that is missing.
        there = ", ".join(versions) or "–"
        raise RegistryProblem(
            "version-not-here", name=wanted.name, version=wanted.version, registry=registry.address, there=there
        ) from problem


def _asked_for(wanted: Wanted, registry: Registry) -> tuple[str, str | None]:
    """The digest, and the version where it is known before the manifest is read."""
    if wanted.digest is not None:
        return wanted.digest, wanted.version
    version = wanted.version
    if version is None:
        versions = [tag for tag in registry.tags(str(wanted.name)) if is_version(tag)]
        if not versions:
            raise RegistryProblem("not-in-registry", what=wanted.name, registry=registry.address)
        version = max(versions, key=version_order)
    digest = registry.tagged(str(wanted.name), version)
    if digest is None:
        raise RegistryProblem("not-in-registry", what=f"{wanted.name}:{version}", registry=registry.address)
    return digest, version


def _check_identity(manifest: Manifest, name: ProgramName, version: str | None, registry: Registry) -> None:
    """A tag is no more than a label that somebody has put there: what it is on must say the same itself."""
    about = manifest.annotations
    asked = f"{name}:{version}" if version is not None else f"{name}@{manifest.digest}"
    found = f"{about.region}/{about.id}:{about.version}"
    if name_of(about) != name or (version is not None and about.version != version):
        raise RegistryProblem("other-program", registry=registry.address, found=found, name=asked)


def _path(folder: Path, name: ProgramName, version: str) -> Path:
    return folder / f"{name.program}-{version}.dtb"


def _lying_there(folder: Path, name: ProgramName, version: str, digest: str, registry: Registry) -> Fetched | None:
    """The bundle, where it has been fetched before. A file that is something else is never written over."""
    path = _path(folder, name, version)
    try:
        with path.open("rb") as stream:
            bundle = read_bundle(stream)
    except FileNotFoundError:
        return None
    except (OSError, Refused) as error:
        raise Cannot(
            Text(
                f"{path} ligger i vägen och är inget helt paket. Flytta den, eller välj en annan mapp med --output.",
                f"{path} is in the way and is no whole bundle. Move it, or choose another folder with --output.",
            )
        ) from error
    if bundle.digest != digest:
        raise RegistryProblem("version-changed", path=path, name=name, version=version, registry=registry.address)
    return Fetched(name, version, digest, path, False, 0)


@contextmanager
def _blobs_of_earlier_versions(
    folder: Path, name: ProgramName, manifest: Manifest, registry: Registry
) -> Iterator[dict[str, BlobSource]]:
    """What the versions of the program in the folder have in common with this one: films are not fetched again, and what was
    left out of a stick is found."""
    sizes = {file.digest: file.size for file in manifest.files.values()}
    large = {digest for digest, size in sizes.items() if size >= _WORTH_LOOKING_FOR}
    # Asking a folder costs nothing; a service takes no bundle without all of its files.
    absent = {one for one in sizes if registry.is_folder and not registry.has_blob(str(name), one, sizes[one])}
    found: dict[str, BlobSource] = {}
    with ExitStack() as opened:
        for version in _versions_in(folder, name) if large or absent else ():
            if found.keys() >= large | absent:
                break
            bundle = _opened_version(_path(folder, name, version), opened)
            if bundle is not None:
                found |= {digest: bundle.blobs[digest] for digest in sizes.keys() & bundle.blobs.keys() - found.keys()}
        if not absent <= found.keys():
            _say_what_is_missing(folder, name, manifest, registry)
        yield found


def _versions_in(folder: Path, name: ProgramName) -> list[str]:
    """Of a program, the newest first."""
    start = f"{name.program}-"
    stated = [path.name.removeprefix(start).removesuffix(".dtb") for path in folder.glob(f"{start}*.dtb")]
    return sorted(filter(is_version, stated), key=version_order, reverse=True)


def _opened_version(path: Path, opened: ExitStack) -> Bundle | None:
    try:
        return read_bundle(opened.enter_context(path.open("rb")))
    except (OSError, Refused):
        return None  # Then everything comes from the registry.


def _say_what_is_missing(folder: Path, name: ProgramName, manifest: Manifest, registry: Registry) -> None:
    """Raises RegistryProblem where the registry says itself that it has not got everything. Else it is damaged, and read as such."""
    versions = earlier_versions_needed(registry, str(name), manifest.digest)
    if versions:
        earlier = ", ".join(_path(folder, name, version).name for version in versions)
        about = {"name": name, "version": manifest.annotations.version, "registry": registry.address}
        raise RegistryProblem("earlier-version-missing", earlier=earlier, folder=folder, **about)


def _write_and_judge(manifest: Manifest, blobs: Mapping[str, BlobSource], stream: BinaryIO) -> None:
    """Write the archive and judge what it says as strictly as that of a file from anywhere, before it gets its name."""
    files = layout_of_manifest(manifest, blobs)
    starts = write_archive(stream, files)
    stream.flush()
    with open(stream.name, "rb") as written:
        program_of(bundle_written(written, manifest, files, starts))
