"""A film that media.lock names and that lies nowhere."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="missing-locked-media",
    severity=Severity.ERROR,
    title=Text("En film utanför arbetsytan som saknas", "A film outside of the workspace that is missing"),
    why=Text(
        "Stora filmer behöver inte ligga i programmets mapp: media.lock säger vad de heter och vilket innehåll de har. När paketet byggs måste filmen ändå finnas på datorn.",
        "Large films need not lie in the program's folder: media.lock says what they are called and which bytes they have. When the bundle is built the film must be on the computer all the same.",
    ),
    messages={
        "default": Text('filmen "{name}" finns inte i {folder}', 'the film "{name}" is not in {folder}'),
        "no-folder": Text(
            'filmen "{name}" ligger utanför arbetsytan, men ingen säger var',
            'the film "{name}" lies outside of the workspace, but nobody says where',
        ),
    },
    helps={
        "default": Text(
            "lägg filmen där, eller ange en annan mapp under media i designtool.yaml eller med --media",
            "put the film there, or name another folder under media in designtool.yaml or with --media",
        ),
        "no-folder": Text(
            "ange mappen under media i designtool.yaml, eller med --media",
            "name the folder under media in designtool.yaml, or with --media",
        ),
    },
    bad="""\
-- media.lock --
(en film som ingen har lagt i mediamappen)
""",
    good="""\
""",
)
