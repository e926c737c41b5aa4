"""Versions of the program that an overlay is for, written in a way that cannot be read."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.layer.rules.example import overlay_with

RULE = Rule(
    name="wrong-version-range",
    severity=Severity.ERROR,
    title=Text("Versioner som inte går att läsa", "A range of versions that cannot be read"),
    why=Text(
        "En anpassning gäller bestämda versioner av programmet. Kan de inte läsas vet ingen om texterna hör ihop.",
        "An overlay is for certain versions of the program. When they cannot be read, nobody knows whether the texts belong together.",
    ),
    messages={
        "default": Text('"{versions}" går inte att läsa', '"{versions}" cannot be read'),
        "empty": Text('ingen version ryms i "{versions}"', 'no version lies in "{versions}"'),
    },
    helps={
        "default": Text(
            'skriv till exempel ">=1.0 <2.0", eller "=1.2.0" för en enda version',
            'write ">=1.0 <2.0", for example, or "=1.2.0" for a single version',
        ),
        "empty": Text("det första talet ska vara det lägre", "the first number is the lower one"),
    },
    bad=overlay_with(versions="1.x"),
    good=overlay_with(),
)
