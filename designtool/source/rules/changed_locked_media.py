"""A film with other bytes than media.lock says."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="changed-locked-media",
    severity=Severity.ERROR,
    title=Text("En film som inte är den som är låst", "A film that is not the one that was locked"),
    why=Text(
        "media.lock säger med ett fingeravtryck exakt vilken film som har granskats. En film med annat innehåll kommer inte med i ett paket förrän någon har låst den.",
        "media.lock says by a digest exactly which film was reviewed. A film with other content does not come into a bundle until somebody has locked it.",
    ),
    messages={
        "default": Text(
            'filmen "{name}" i {folder} har ett annat innehåll än media.lock säger',
            'the film "{name}" in {folder} has other content than media.lock says',
        ),
    },
    helps={
        "default": Text(
            "hämta rätt film, eller lås den nya: designtool media lock {path}",
            "get the right film, or lock the new one: designtool media lock {path}",
        ),
    },
    bad="""\
-- media.lock --
(en film som har klippts om sedan den låstes)
""",
    good="""\
""",
)
