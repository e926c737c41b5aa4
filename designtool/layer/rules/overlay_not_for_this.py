"""An overlay over another bundle than it is for."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text
from designtool.layer.rules.example import overlay_with

RULE = Rule(
    name="overlay-not-for-this",
    severity=Severity.ERROR,
    title=Text("En anpassning av ett annat paket", "An overlay for another bundle"),
    why=Text(
        "Sidorna i en anpassning är skrivna för ett visst program i vissa versioner. I ett annat sammanhang kan de bli fel.",
        "The pages of an overlay are written for one program in certain versions. Elsewhere they may be wrong.",
    ),
    messages={
        "default": Text(
            "anpassningen gäller {over} och paketet är {program}",
            "the overlay is for {over}, and the bundle is {program}",
        ),
        "version": Text(
            "anpassningen gäller {versions} och paketet är version {version}",
            "the overlay is for {versions}, and the bundle is version {version}",
        ),
        "overlay": Text("paketet är själv en anpassning, av {below}", "the bundle is an overlay itself, of {below}"),
    },
    helps={
        "default": Text("ange paketet för rätt program", "name the bundle of the right program"),
        "version": Text(
            "läs vad som är nytt i versionen, och ändra sedan versions",
            "read what is new in the version, and then change versions",
        ),
        "overlay": Text("lägg anpassningen över {below}", "lay the overlay over {below}"),
    },
    bad=overlay_with(versions=">=2.0"),
    good=overlay_with(),
)
