"""Names in a registry: `<region>/<program>`, with a version as tag. Nothing else is ever put into a path or an address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from designtool.bundle.manifest import Annotations, is_digest
from designtool.share.registries.problems import RegistryProblem

# Letters, digits and single hyphens: what every registry, file system and address takes as it is.
_PART = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_PART = 60
RESERVED_REGIONS = frozenset({"federation", "agreements", "receipts"})
"""Where a registry keeps what regions share with: no region can have such a name."""
_VERSION = re.compile(r"(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, slots=True)
class ProgramName:
    """The program of a region. Both parts are names that are safe everywhere."""

    region: str
    program: str

    def __str__(self) -> str:
        return f"{self.region}/{self.program}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: a program, and of it one version, one digest, or (neither) the newest version.

    Both together: the bundle with this digest, and only if it says of itself that it is this version.
    """

    name: ProgramName
    version: str | None = None
    digest: str | None = None


def program_name(region: str, program: str) -> ProgramName:
    """Raises RegistryProblem for parts that are no names, and for names that no region can have."""
    if not is_part(region) or not is_part(program) or region in RESERVED_REGIONS:
        raise RegistryProblem("name-form", name=f"{region}/{program}")
    return ProgramName(region, program)


def is_part(text: str) -> bool:
    """Whether a region or a program can have this name in a registry."""
    return len(text) <= _LONGEST_PART and _PART.fullmatch(text) is not None


def name_of(about: Annotations) -> ProgramName:
    """The one name that a bundle is published under: its own."""
    return program_name(about.region, about.id)


def parse_wanted(text: str) -> Wanted:
    """`region/program`, `region/program:1.0.0` or `region/program@sha256:…`. Raises RegistryProblem for all else."""
    version = digest = None
    name = text
    if "@" in text:
        name, _, digest = text.partition("@")
        if not is_digest(digest):
            raise RegistryProblem("name-form", name=text)
    elif ":" in text:
        name, _, version = text.partition(":")
        if not is_version(version):
            raise RegistryProblem("name-form", name=text)
    region, slash, program = name.partition("/")
    if not slash:
        raise RegistryProblem("name-form", name=text)
    return Wanted(program_name(region, program), version, digest)


def is_version(text: str) -> bool:
    return _VERSION.fullmatch(text) is not None


def is_tag(text: object) -> bool:
    """Whether an OCI registry can have such a tag."""
    return isinstance(text, str) and _TAG.fullmatch(text) is not None


def version_order(version: str) -> tuple[int, ...]:
    """The key by which versions are sorted: 1.10.0 comes after 1.9.0."""
    return tuple(int(number) for number in version.split("."))
