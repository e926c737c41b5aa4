"""Something for a patient's safety that a layer hides."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="hidden-safety",
    severity=Severity.ERROR,
    title=Text("Det som finns för säkerheten är dolt", "What is there for safety is hidden"),
    why=Text(
        "En sida eller modul med safety: true, och varje fråga som kan larma, möter patienten i varje variant och i varje region. "
        "De kan skrivas om men inte tas bort.",
        "A page or module with safety: true, and each question that can raise a flag, meets the patient in every variant and in "
        "every region. They may be written anew, and not taken away.",
    ),
    messages={
        "default": Text(
            '"{name}" finns för patientens säkerhet och kan inte utelämnas',
            '"{name}" is there for the patient\'s safety and cannot be left out',
        ),
        "unmarked": Text(
            'sidan i stället för "{name}" är inte märkt med safety: true',
            'the page in place of "{name}" is not marked with safety: true',
        ),
        "not-asked": Text(
            '"{name}" frågar efter {form}, som kan larma, och gör det inte längre på samma villkor',
            '"{name}" asks for {form}, which can raise a flag, and no longer does so on the same conditions',
        ),
    },
    helps={
        "default": Text(
            "låt den vara kvar, eller skriv en egen under replace",
            "let it stay, or write one of your own under replace",
        ),
        "unmarked": Text("skriv safety: true överst i filen", "write safety: true at the top of the file"),
        "not-asked": Text("ta med formuläret på samma sätt som förut", "have the form in the way it was before"),
    },
    bad="""\
-- modules/01-start/20-trygghet.md --
---
title: Om det blir för mycket
safety: true
---
Då kan du höra av dig till oss.
-- variants/plus.yaml --
title: Exempel Plus
hide:
  pages: [start/trygghet]
""",
    good="""\
-- modules/01-start/20-trygghet.md --
---
title: Om det blir för mycket
safety: true
---
Då kan du höra av dig till oss.
-- variants/plus.yaml --
title: Exempel Plus
replace:
  - page: start/trygghet
    with: trygghet.md
-- variants/plus/trygghet.md --
---
title: Om det blir för mycket
safety: true
---
Då kan du skriva till din behandlare.
""",
    safety=True,
)
