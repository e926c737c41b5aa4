"""What a bundle was built with: this designtool, this Python, and every package that designtool asks for, directly or not."""

from __future__ import annotations

import platform
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

import designtool
from designtool import __version__

_OWN = "designtool"
_PROJECT_FILE = Path(designtool.__file__).parents[1] / "pyproject.toml"
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"extra\s*==\s*['\"]([^'\"]+)['\"]")


@dataclass(frozen=True, slots=True)
class BuildVersions:
    designtool: str
    python: str
    packages: Mapping[str, str]
    """Version by name, sorted; names as PyPI writes them in addresses: `markdown-it-py`."""

    def differing(self, other: BuildVersions) -> tuple[str, ...]:
        """What is not the same, in words for people: `designtool 0.1.0 → 0.2.0`, the own version first."""
        own, others = ({"designtool": one.designtool, "Python": one.python, **one.packages} for one in (self, other))
        names = dict.fromkeys((*own, *others))
        return tuple(
            f"{name} {own.get(name, '–')} → {others.get(name, '–')}"
            for name in names
            if own.get(name) != others.get(name)
        )


def build_versions() -> BuildVersions:
    """Of this very process."""
    found: dict[str, str] = {}
    waiting = _parsed(_own_requirements(), ())
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # Asked for on other systems or other Pythons alone: else designtool would not run.
        found[name] = package.version
        new = [one for one in _parsed(package.requires or (), extras) if one not in seen]
        seen.update(new)
        waiting += new
    return BuildVersions(__version__, platform.python_version(), MappingProxyType(dict(sorted(found.items()))))


def package_name(text: str) -> str:
    return re.sub(r"[-_.]+", "-", text).lower()


def _own_requirements() -> Sequence[str]:
    """As it was installed; in a checkout, as the project file says."""
    try:
        return metadata.requires(_OWN) or ()
    except metadata.PackageNotFoundError:
        stated: list[str] = tomllib.loads(_PROJECT_FILE.read_text(encoding="utf-8"))["project"]["dependencies"]
        return stated


def _parsed(requirements: Sequence[str], extras: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """The name of each package that is asked for, with the extras that are asked for of it. What belongs to an extra counts where
    that was asked for; other conditions show in whether the package is installed."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for requirement in requirements:
        of_extra = _EXTRA.search(requirement)
        if of_extra is not None and package_name(of_extra[1]) not in extras:
            continue
        parsed = _REQUIREMENT.match(requirement)
        assert parsed is not None, "requirements of installed packages are well-formed"
        asked = tuple(sorted(package_name(one.strip()) for one in (parsed[2] or "").split(",") if one.strip()))
        found.append((package_name(parsed[1]), asked))
    return found
