"""An id with letters that ids do not have."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="wrong-id",
    severity=Severity.ERROR,
    title=Text("Ett id med fel tecken", "An id with the wrong characters"),
    why=Text(
        "Id:n följer med i svar, uttryck och webbadresser i många år. Därför skrivs de med a–z och siffror, utan å, ä, ö och "
        "mellanslag. Platser (moduler, sidor) har bindestreck mellan orden; det som uttryck nämner (övningar, fält, formulär, frågor) "
        "har understreck, så att ett bindestreck alltid är ett minus.",
        "Ids stay in answers, expressions and addresses for many years. So they are written with a–z and digits, without å, ä, ö and "
        "spaces. Places (modules, pages) have hyphens between words; what expressions name (exercises, fields, questionnaires, items) has "
        "underscores, so that a hyphen is always a minus.",
    ),
    messages={
        "places": Text(
            'id:t "{id}" ska skrivas med små bokstäver a–z, siffror och bindestreck',
            'the id "{id}" should be written with a–z, digits and hyphens',
        ),
        "names": Text(
            'id:t "{id}" ska skrivas med små bokstäver a–z, siffror och understreck',
            'the id "{id}" should be written with a–z, digits and underscores',
        ),
        "either": Text(
            'id:t "{id}" ska skrivas med små bokstäver a–z, siffror, bindestreck och understreck',
            'the id "{id}" should be written with a–z, digits, hyphens and underscores',
        ),
    },
    helps={
        "cleaned": Text('skriv till exempel "{cleaned}"', 'write "{cleaned}", for example'),
        "first-letter": Text("ett id börjar med en bokstav a–z", "an id begins with a letter a–z"),
        "too-long": Text("ett id har högst {limit} tecken", "an id has {limit} characters at most"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: vad-först
    type: text
    label: Vad ska du göra först?
    required: true
""",
    good="""\
-- modules/01-start/exercises/min_plan.yaml --
title: Min plan
kind: worksheet
fields:
  - id: vad_forst
    type: text
    label: Vad ska du göra först?
    required: true
""",
)
