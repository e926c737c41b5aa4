"""A condition or a formula that is written otherwise and means the same."""

from __future__ import annotations

from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import SAFE
from designtool.diagnostics import Text

REWRITTEN = Kind(
    name="rewritten-expression",
    bump="patch",
    in_flight="safe",
    title=Text("Ett uttryck är omskrivet och betyder detsamma", "An expression is rewritten and means the same"),
    why=Text(
        "Det är bevisat att ingen patient kan märka skillnad.",
        "It has been proved that no patient can notice a difference.",
    ),
    consequence=SAFE,
    messages={
        "default": Text("uttrycket är omskrivet och betyder detsamma", "the expression is rewritten and means the same")
    },
    fires="""\
-- modules/02-vidare/module.yaml (change) --
-  when: min_koll.total >= 1
+  when: not (min_koll.total < 1)
""",
    near_miss="""\
-- modules/02-vidare/module.yaml (change) --
-  when: min_koll.total >= 1
+  when: not (min_koll.total < 2)
""",
)
