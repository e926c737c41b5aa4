"""A program that the workspace follows, in a way that leads nowhere."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

_GOOD = """\
-- /designtool.yaml --
format: 1
region: vgr
registries:
  nationellt: https://register.example.se/program
subscriptions:
  skane/somn:
    from: nationellt
    trust: trust
    versions: ">=1.0 <2.0"
    version: 1.2.0
"""

RULE = Rule(
    name="wrong-subscription",
    severity=Severity.ERROR,
    title=Text("En prenumeration som inte går att följa", "A subscription that cannot be followed"),
    why=Text(
        "En prenumeration säger varifrån nya versioner av en annan regions program kommer. Är den fel får ingen veta att det "
        "har kommit en rättelse, eller att en version är återkallad.",
        "A subscription says where new versions of another region's program come from. When it is wrong, nobody gets to know "
        "that there is a correction, or that a version has been recalled.",
    ),
    messages={
        "from": Text("{source} står inte under registries", "{source} does not stand under registries"),
        "versions": Text('"{versions}" går inte att läsa', '"{versions}" cannot be read'),
        "empty": Text('ingen version ryms i "{versions}"', 'no version lies in "{versions}"'),
        "outside": Text(
            'versionen {version} ryms inte i "{versions}"', 'the version {version} does not lie in "{versions}"'
        ),
        "same-program": Text(
            "både {other} och {name} följs, och båda heter {program}",
            "both {other} and {name} are followed, and both are called {program}",
        ),
    },
    helps={
        "from": Text(
            "skriv ett namn som står under registries, en adress (https://…) eller en mapp med snedstreck (./minne)",
            "write a name that stands under registries, an address (https://…) or a folder with a slash (./stick)",
        ),
        "near": Text("menade du {near}?", "did you mean {near}?"),
        "versions": Text(
            'skriv till exempel ">=1.0 <2.0", eller "=1.2.0" för en enda version',
            'write ">=1.0 <2.0", for example, or "=1.2.0" for a single version',
        ),
        "empty": Text("det första talet ska vara det lägre", "the first number is the lower one"),
        "outside": Text(
            "ändra versions så att den version som används ryms",
            "change versions so that the version in use lies in it",
        ),
        "same-program": Text(
            "behåll en av dem: de skulle skriva över varandras paket, och en anpassning säger inte vilken den gäller",
            "keep one of them: they would write over each other's bundles, and no overlay says which of them it is for",
        ),
    },
    bad=_GOOD.replace("from: nationellt", "from: nationelt"),
    good=_GOOD,
    safety=True,
)
