"""A name of a file or folder that not every system can hold."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unclean-name",
    severity=Severity.ERROR,
    title=Text("Ett namn som inte fungerar överallt", "A name that does not work everywhere"),
    why=Text(
        "Filnamn blir adresser hos regionerna. Mellanslag, å, ä, ö och andra tecken blir olika på olika datorer. Använd a till z, siffror, bindestreck, understreck och punkt.",
        "File names become addresses at the regions. Spaces, å, ä, ö and other signs turn out differently on different computers. Use a to z, digits, hyphen, underscore and dot.",
    ),
    messages={
        "default": Text('namnet "{name}" fungerar inte överallt', 'the name "{name}" does not work everywhere'),
        "long": Text(
            "sökvägen är längre än {limit} tecken, räknat från arbetsytan",
            "the path is longer than {limit} characters, counted from the workspace",
        ),
    },
    helps={
        "default": Text("byt till {clean}", "change it to {clean}"),
        "long": Text("ge filen eller mapparna kortare namn", "give the file or the folders shorter names"),
    },
    bad="""\
-- media/min bild.txt --
En text.
""",
    good="""\
-- media/min-bild.txt --
En text.
""",
)
