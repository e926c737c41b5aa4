"""A clinical change on which nobody has taken a stand."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unacknowledged-change",
    severity=Severity.ERROR,
    title=Text(
        "En klinisk ändring som ingen har tagit ställning till", "A clinical change on which nobody has taken a stand"
    ),
    why=Text(
        "Poäng, flaggor, beslutsregler och text om risk avgör vem som uppmärksammas och hur. En namngiven kliniker ska ha läst "
        "just den ändringen och skriva varför den är riktig. Fingeravtrycket gäller bara så länge ändringen betyder detsamma.",
        "Scores, flags, rules for decisions and text about risk decide who is noticed, and how. A named clinician has to have read "
        "this very change and write why it is right. The fingerprint holds only as long as the change means the same.",
    ),
    messages={
        "default": Text(
            "{what}: {detail}. En namngiven kliniker ska ta ställning till ändringen efter {earlier}",
            "{what_en}: {detail_en}. A named clinician has to take a stand on the change after {earlier}",
        ),
    },
    helps={
        "default": Text(
            "låt klinikern fylla i det här, {where} {path}:\n{lines}",
            "let the clinician fill this in, {where_en} {path}:\n{lines}",
        ),
        "again": Text(
            "ställningstagandet som står där gällde en tidigare version. Låt klinikern ta ställning på nytt, med eget skäl, {where} {path}:\n"
            "{lines}",
            "the acknowledgement that stands there was for an earlier version. Let the clinician take a new stand, with a reason of "
            "its own, {where_en} {path}:\n{lines}",
        ),
    },
    bad="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 2.0.0
-- /programs/library/questionnaires/provskala.yaml (change) --
-  - when: p3 >= 2
+  - when: p3 >= 3
""",
    good="""\
-- program.yaml (change) --
-version: 1.0.0
+version: 1.0.1
-- /programs/library/questionnaires/provskala.yaml (change) --
-  - when: p3 >= 2
+  - when: not (p3 < 2)
""",
    safety=True,
)
