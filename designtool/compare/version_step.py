"""Versions as three numbers, and the step from one to the next."""

from __future__ import annotations

from designtool.compare.change import Bump


def stepped(version: str, step: Bump) -> str:
    """The least version that is so much later. A larger step begins the smaller numbers anew."""
    major, minor, patch = (int(part) for part in version.split("."))
    if step == "major":
        return f"{major + 1}.0.0"
    if step == "minor":
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if step == "patch" else version
