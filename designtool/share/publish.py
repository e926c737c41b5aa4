"""A bundle goes to a registry: what is not there yet, then the manifest, then its version."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from designtool.bundle import BlobSource, Bundle, ContentChanged
from designtool.bundle.manifest import MANIFEST_TYPE
from designtool.diagnostics import Cannot, Text
from designtool.diagnostics.os_reasons import os_reason
from designtool.share.left_out import say_left_out
from designtool.share.registries.names import ProgramName, name_of
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Progress, Pushed, Registry, StoredManifest, nobody_watches


@dataclass(frozen=True, slots=True)
class Published:
    """What became of it. A version that was there already, with the same digest, is no mistake: `sent` is then empty, unless files
    of it had been left out."""

    name: ProgramName
    version: str
    digest: str
    is_new: bool
    sent: tuple[str, ...]
    """Digests of the files whose bytes went to the registry."""
    sent_bytes: int
    mounted_bytes: int
    """What the registry took over from another of its programs."""


def publish(
    bundle: Bundle,
    registry: Registry,
    others: Iterable[ProgramName] = (),
    progress: Progress = nobody_watches,
    earlier: Sequence[Bundle] = (),
) -> Published:
    """Publish a bundle under its own name and version. It can be fetched once everything of it is there, and not before.

    `others`: programs that may share films with this one. `earlier`: versions of it that every receiver has, for a registry that is
    a folder: what is in them is left out. Raises RegistryProblem `published-already` for a version that is there with other
    content, and Cannot when the disk is full or the bundle's file changes meanwhile.
    """
    assert registry.is_folder or not earlier, "a service takes no bundle without all of its files"
    about = bundle.manifest.annotations
    name = name_of(about)
    taken = RegistryProblem("published-already", name=name, version=about.version, registry=registry.address)
    there = registry.tagged(str(name), about.version)
    known = {digest for one in earlier for digest in one.blobs}
    digests = [digest for digest in dict.fromkeys(file.digest for file in bundle.files.values()) if digest not in known]
    if there == bundle.digest and not (registry.is_folder and _lacks(registry, name, bundle, digests)):
        return Published(name, about.version, bundle.digest, False, (), 0, 0)
    if there not in (None, bundle.digest):
        raise taken
    beside = [str(other) for other in others if other != name]
    done: dict[Pushed, list[BlobSource]] = {"present": [], "mounted": [], "sent": []}
    try:
        for digest in digests:
            blob = bundle.blobs[digest]
            done[registry.push_blob(str(name), blob, beside, progress)].append(blob)
        if any(file.digest in known for file in bundle.files.values()):
            subject = StoredManifest(bundle.digest, MANIFEST_TYPE, bundle.manifest.data)
            say_left_out(registry, subject, str(name), earlier)
        registry.push_manifest(str(name), bundle.manifest.data, MANIFEST_TYPE, about.version, None)
    except RegistryProblem as problem:
        raise taken if problem.code == "tag-moved" else problem from problem
    except ContentChanged as error:
        raise Cannot(
            Text(
                "Paketet ändrades medan det lästes. Försök igen.",
                "The bundle changed while it was being read. Try again.",
            )
        ) from error
    except OSError as error:
        raise disk_problem(registry.address, error) from error
    return Published(
        name,
        about.version,
        bundle.digest,
        there is None,
        tuple(blob.digest for blob in done["sent"]),
        sum(blob.size for blob in done["sent"]),
        sum(blob.size for blob in done["mounted"]),
    )


def _lacks(registry: Registry, name: ProgramName, bundle: Bundle, digests: Iterable[str]) -> bool:
    """Whether a folder has a bundle without all of its files: they were left out of it for somebody else."""
    return not all(registry.has_blob(str(name), digest, bundle.blobs[digest].size) for digest in digests)


def disk_problem(place: str, error: OSError) -> Cannot:
    """A disk that is full or does not let itself be written, told to whoever asked."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Cannot(
            Text(
                f"Disken är full: det gick inte att skriva till {place}. Det som fanns där är orört.",
                f"The disk is full: {place} could not be written. What was there is untouched.",
            )
        )
    reason = os_reason(error)
    return Cannot(Text(f"Det går inte att skriva till {place}: {reason.sv}", f"{place} cannot be written: {reason.en}"))
