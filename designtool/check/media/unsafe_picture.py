"""A picture that could do something, or fetch something, when it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.check.media.pictures import problems
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="unsafe-picture",
    severity=Severity.ERROR,
    title=Text("En SVG-bild som är mer än en bild", "An SVG picture that is more than a picture"),
    why=Text(
        "En SVG-fil kan innehålla program som körs hos patienten, eller hämta något från en annan plats som då får veta att patienten läser sidan. Ett paket med en sådan bild tas inte emot av någon region.",
        "An SVG file can hold programs that run at the patient's, or fetch something from another place, which then learns that the patient reads the page. No region takes a bundle with such a picture.",
    ),
    messages={
        "svg-script": Text("bilden innehåller ett skript", "the picture holds a script"),
        "svg-handler": Text(
            "bilden gör något när den visas eller klickas på ({detail})",
            "the picture does something when it is shown or clicked ({detail})",
        ),
        "svg-element": Text(
            "bilden innehåller <{detail}>, som inte hör hemma i en bild",
            "the picture holds <{detail}>, which does not belong in a picture",
        ),
        "svg-reference": Text(
            "bilden hämtar något utanför sig själv: {detail}", "the picture fetches something from outside: {detail}"
        ),
        "svg-doctype": Text("bilden har en dokumenttyp (<!DOCTYPE>)", "the picture has a document type (<!DOCTYPE>)"),
        "svg-instruction": Text(
            "bilden har en instruktion till andra program (<?{detail}>)",
            "the picture has an instruction for other programs (<?{detail}>)",
        ),
    },
    helps={
        "save": Text(
            'spara bilden på nytt som "vanlig SVG" eller "optimerad SVG" i ritprogrammet, eller som PNG',
            'save the picture again as "plain SVG" or "optimised SVG" in the drawing program, or as PNG',
        ),
        "embed": Text(
            "bädda in bilder och typsnitt i filen, eller spara den som PNG",
            "embed pictures and fonts in the file, or save it as PNG",
        ),
        "line": Text("ta bort raden", "take the line away"),
    },
    bad="""\
-- media/trad.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">
  <title>Ett träd</title>
  <rect width="10" height="10" onclick="alert(1)"/>
</svg>
""",
    good="""\
-- media/trad.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">
  <title>Ett träd</title>
  <rect width="10" height="10"/>
</svg>
""",
    safety=True,
)
_HELP = {"svg-reference": "embed", "svg-doctype": "line", "svg-instruction": "line"}


def check(context: Context) -> Iterator[Diagnostic]:
    told: set[tuple[str, str]] = set()
    for span, problem in problems(context):
        # Drawing programs repeat themselves: each kind of thing once in each picture.
        if problem.code in RULE.messages and (span.path, problem.code) not in told:
            told.add((span.path, problem.code))
            yield RULE.at(span, problem.code, help=_HELP.get(problem.code, "save"), detail=problem.detail)
