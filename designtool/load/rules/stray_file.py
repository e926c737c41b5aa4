"""A file that lies where designtool looks for nothing."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="stray-file",
    severity=Severity.WARNING,
    title=Text("En fil som inte läses", "A file that is not read"),
    why=Text(
        "Filen ligger inte där designtool letar, så det som står i den kommer inte med i programmet. Oftast är ett namn eller en mapp felstavad.",
        "The file does not lie where designtool looks, so what it says is not in the program. Most often a name or folder is misspelt.",
    ),
    messages={
        "default": Text("filen läses inte", "the file is not read"),
    },
    helps={
        "near": Text("menade du {near}?", "did you mean {near}?"),
        "manuscript": Text(
            "designtool läser Markdown: lägg texten i en fil som slutar på .md",
            "designtool reads Markdown: put the text in a file that ends in .md",
        ),
        "layer": Text(
            "sidor och moduler i en variant eller anpassning räknas upp under replace eller add i dess yaml-fil",
            "pages and modules of a variant or overlay are named under replace or add in its yaml file",
        ),
        "variant": Text(
            "ingen variant läser mappen: {declared} finns inte",
            "no variant reads the folder: {declared} does not exist",
        ),
        "elsewhere": Text(
            "övningar ligger i exercises/, formulär i questionnaires/, sidor direkt i modulens mapp",
            "exercises lie in exercises/, questionnaires in questionnaires/, pages directly in the folder of their module",
        ),
    },
    bad="""\
-- modules/01-start/exercise/min_kvall.yaml --
title: Min kväll
""",
    good="""\
""",
)
