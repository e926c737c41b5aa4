"""A key that does not exist in this kind of file, or not for this type of thing."""

from __future__ import annotations

from designtool.diagnostics import Rule, Severity, Text

RULE = Rule(
    name="unknown-key",
    severity=Severity.ERROR,
    title=Text("En nyckel som inte finns", "A key that does not exist"),
    why=Text(
        "En felstavad nyckel läses inte. Det du skrev skulle tyst försvinna: en riskflagga som aldrig hissas, en gräns som "
        "aldrig gäller. Rätta stavningen, eller ta bort raden.",
        "A misspelt key is not read. What you wrote would silently disappear: a risk flag that is never raised, a limit that "
        "never holds. Mend the spelling, or take the line away.",
    ),
    messages={
        "default": Text('nyckeln "{key}" finns inte i {where_sv}', 'there is no key "{key}" in {where_en}'),
        "other-type": Text(
            'nyckeln "{key}" används inte när {type_key} är "{type}"',
            'the key "{key}" is not used when {type_key} is "{type}"',
        ),
        "not-here": Text(
            'nyckeln "{key}" används inte tillsammans med de andra här',
            'the key "{key}" is not used together with the others here',
        ),
    },
    helps={
        "near": Text('menade du "{near}"?', 'did you mean "{near}"?'),
        "elsewhere": Text('den hör hemma under "{place}"', 'it belongs under "{place}"'),
        "outermost": Text("den hör hemma längst ut, utan indrag", "it belongs outermost, without indentation"),
        "missing": Text(
            'här saknas "{near}": var det den du menade?', '"{near}" is missing here: is that what you meant?'
        ),
        "known": Text("nycklar som finns här: {known}", "keys that exist here: {known}"),
        "other-type": Text(
            "ta bort raden, eller välj en annan {type_key}", "take the line away, or choose another {type_key}"
        ),
        "not-here": Text("ta bort raden", "take the line away"),
    },
    bad="""\
-- modules/01-start/exercises/min_plan.yaml (change) --
-    required: true
+    requierd: true
""",
    good="",  # The minimal program as it is.
)
