"""A module that never opens."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Diagnostic, Rule, Severity, Text

RULE = Rule(
    name="unreachable-module",
    severity=Severity.ERROR,
    title=Text("En modul som aldrig öppnas", "A module that never opens"),
    why=Text(
        "Om en modul väntar på en annan som i sin tur väntar på den, blir patienten stående utan att förstå varför.",
        "When a module waits for another that waits for it in turn, the patient is left standing without knowing why.",
    ),
    messages={
        "default": Text('modulen "{title}" öppnas aldrig: {way}', 'the module "{title}" never opens: {way}'),
    },
    helps={
        "default": Text(
            "låt unlock: after: peka på en modul som kommer före", "let unlock: after: name a module that comes before"
        ),
    },
    bad="""\
-- modules/01-start/module.yaml (change) --
+unlock:
+  after: start
""",
    good="""\
-- modules/01-start/module.yaml (change) --
+unlock:
+  after: none
""",
)


def check(context: Context) -> Iterator[Diagnostic]:
    program = context.program
    if program is None:
        return
    reached: set[str] = {""}
    while grown := {module.id for module in program.modules if module.unlock.after in reached} - reached:
        reached |= grown
    waiting = {module.id: module.unlock.after for module in program.modules if module.id not in reached}
    reported: set[str] = set()
    for module in program.modules:
        if module.id in waiting and module.id not in reported:
            way = [module.id]
            while (after := waiting[way[-1]]) not in way:
                way.append(after)
            reported.update(waiting)
            shown = " → ".join([*way, after])
            yield RULE.at(context.span(module.origin, "unlock", "after"), title=module.title, way=shown)
