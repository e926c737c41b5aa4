"""A file that is called SVG and is none."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.check.media.pictures import problems
from designtool.diagnostics import Diagnostic, Rule, Severity, Text
from designtool.model.picture import LARGEST_SVG

RULE = Rule(
    name="unreadable-picture",
    severity=Severity.ERROR,
    title=Text("En SVG-bild som inte går att läsa", "An SVG picture that cannot be read"),
    why=Text(
        "Filen heter .svg men går inte att läsa som bild, så patienten ser en tom ruta. Ofta är den avklippt, sparad i ett annat format eller med en annan teckenkodning än UTF-8.",
        "The file is called .svg but cannot be read as a picture, so the patient sees an empty box. Often it was cut off, saved in another format or with another encoding than UTF-8.",
    ),
    messages={
        "svg-invalid": Text(
            "filen går inte att läsa som en SVG-bild från och med den här raden",
            "the file cannot be read as an SVG picture from this line on",
        ),
        "svg-too-large": Text("bilden är större än {limit} MiB", "the picture is larger than {limit} MiB"),
    },
    helps={
        "svg-invalid": Text(
            "öppna bilden i ritprogrammet och spara den på nytt som SVG, eller som PNG",
            "open the picture in the drawing program and save it again as SVG, or as PNG",
        ),
        "svg-too-large": Text(
            "spara den som PNG eller JPEG i den storlek den visas", "save it as PNG or JPEG in the size it is shown"
        ),
    },
    bad="""\
-- media/trad.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">
  <title>Ett träd</title>
  <rect width="10" height="10">
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


def check(context: Context) -> Iterator[Diagnostic]:
    for span, problem in problems(context):
        if problem.code in RULE.messages:
            yield RULE.at(span, problem.code, limit=LARGEST_SVG >> 20)
