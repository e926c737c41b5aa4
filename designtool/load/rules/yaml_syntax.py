"""YAML that does not hold together."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="yaml-syntax",
    severity=Severity.ERROR,
    title=Text("Filen går inte att läsa", "The file cannot be read"),
    why=Text(
        "Ett litet skrivfel gör att ingen kan veta vad som hör till vad. Resten av filen läses inte förrän felet är rättat.",
        "A small slip makes it impossible to know what belongs to what. The rest of the file is not read until it is mended.",
    ),
    messages={
        "default": Text("här går filen inte att läsa", "the file cannot be read here"),
        "quote": Text("citattecknet som börjar här avslutas aldrig", "the quotation mark that begins here never ends"),
        "escape": Text(
            "ett bakstreck går inte att använda så här mellan citattecken",
            "a backslash cannot be used like this between quotation marks",
        ),
        "start": Text('ett värde kan inte börja med "{sign}"', 'a value cannot begin with "{sign}"'),
        "bracket": Text("hakparentesen som börjar här avslutas inte", "the bracket that begins here does not end"),
        "brace": Text("klammerparentesen som börjar här avslutas inte", "the brace that begins here does not end"),
        "second-colon": Text("ett andra kolon på samma rad", "a second colon on the same line"),
        "colon": Text("raden saknar kolon efter nyckeln", "the line lacks a colon after its key"),
        "marker": Text(
            "en rad som börjar med % eller tre streck styr YAML och används inte här",
            "a line that begins with % or three dashes controls YAML and is not used here",
        ),
        "blank": Text(
            "indraget är gjort med ett hårt mellanslag, som ser ut som ett vanligt",
            "the indentation is made with a hard space, which looks like an ordinary one",
        ),
        "list": Text("en lista börjar på en egen rad", "a list begins on a line of its own"),
        "indentation": Text(
            "indraget stämmer inte med raderna ovanför", "the indentation does not fit the lines above"
        ),
        "after-quote": Text("text efter ett avslutande citattecken", "text after a closing quotation mark"),
    },
    helps={
        "default": Text(
            "jämför med raderna ovanför: saknas ett kolon, ett mellanslag eller ett citattecken?",
            "compare with the lines above: is a colon, a space or a quotation mark missing?",
        ),
        "quote": Text(
            "sätt ett likadant citattecken där texten slutar", "put the same quotation mark where the text ends"
        ),
        "escape": Text(
            "använd enkla citattecken ('), eller skriv två bakstreck",
            "use single quotation marks ('), or write two backslashes",
        ),
        "start": Text("sätt citattecken om värdet", "put quotation marks around the value"),
        "bracket": Text("sätt ] där listan slutar", "put ] where the list ends"),
        "brace": Text(
            "sätt }} där gruppen slutar, eller skriv varje nyckel på en egen rad",
            "put }} where the group ends, or write each key on a line of its own",
        ),
        "second-colon": Text(
            "sätt citattecken om hela värdet, eller börja en ny rad",
            "put quotation marks around the whole value, or begin a new line",
        ),
        "colon": Text('skriv "nyckel: värde" med kolon och mellanslag', 'write "key: value" with a colon and a space'),
        "marker": Text("ta bort raden", "take the line away"),
        "blank": Text(
            "byt det mot vanliga mellanslag; det följer med när text klistras in",
            "replace it with ordinary spaces; it comes along when text is pasted",
        ),
        "list": Text("flytta strecket till nästa rad, med indrag", "move the dash to the next line, indented"),
        "indentation": Text(
            "nycklar som hör ihop ska börja i samma kolumn", "keys that belong together begin in the same column"
        ),
        "after-quote": Text(
            "sätt citattecken om hela texten, och skriv ' som '' inuti",
            "put quotation marks around the whole text, and write ' as '' inside",
        ),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-    label: Vad ska du göra?
+    label: Plan: vad ska du göra?
""",
    good="",  # The minimal program as it is.
)
