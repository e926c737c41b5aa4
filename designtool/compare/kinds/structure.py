"""Pages and modules that have come, gone or moved."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import MIGRATE, SAFE
from designtool.compare.kinds.risk_text import RISK
from designtool.compare.pair import Pair
from designtool.diagnostics import Text
from designtool.model.module import Module
from designtool.model.program import Program

_NEW_PAGE = """\
-- modules/01-start/30-nytt.md --
---
title: En ny sida
---
Här står något nytt.
"""
_NEW_MODULE = """\
-- modules/{folder}/module.yaml --
title: En modul till
goal: Du övar mer.
minutes: 20
homework:
  - ovning
-- modules/{folder}/10-ova.md --
---
title: Öva
---
Öva lite varje dag.

:::{{exercise}} ovning
:::
-- modules/{folder}/exercises/ovning.yaml --
title: Övning
kind: worksheet
fields:
  - id: gjort
    type: text
    label: Vad gjorde du?
    required: true
-- modules/{folder}/therapist.md --
Fråga hur det gick.
"""
_AT_END = _NEW_MODULE.format(folder="03-extra")
_IN_MIDDLE = _NEW_MODULE.format(folder="015-extra")

PAGE_ADDED = Kind(
    name="page-added",
    bump="minor",
    in_flight="safe",
    title=Text("En sida har kommit till", "A page has been added"),
    why=Text(
        "Patienten möter nytt innehåll. Enheten ska veta om det innan versionen aktiveras.",
        "Patients meet new content. The unit must know of it before the version is activated.",
    ),
    consequence=Text(
        "Den som inte har kommit dit möter sidan i tur och ordning. Den som redan är klar kan läsa den när som helst.",
        "Those who have not come that far meet the page in its turn. Those who are done can read it at any time.",
    ),
    messages={
        "default": Text("sidan {id} är ny", "the page {id} is new"),
        "middle": Text("sidan {id} är ny, mitt i modulen", "the page {id} is new, in the middle of the module"),
    },
    fires=_NEW_PAGE,
    near_miss="""\
-- modules/01-start/20-mer.md (change) --
-title: Mer att läsa
+title: Ännu mer att läsa
""",
)
PAGE_REMOVED = Kind(
    name="page-removed",
    bump="major",
    in_flight="needs-migration",
    title=Text("En sida är borttagen", "A page has been removed"),
    why=Text(
        "En patient kan stå på sidan, och annan text kan hänvisa till det som stod där.",
        "A patient may stand on the page, and other text may refer to what stood there.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("sidan {id} är borttagen", "the page {id} has been removed")},
    before=_NEW_PAGE,
    fires="""\
-- modules/01-start/30-nytt.md (removed) --
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - nytt
""",
    near_miss="""\
-- modules/01-start/30-nytt.md (change) --
-Här står något nytt.
+Här står något annat.
""",
)
PAGE_MOVED = Kind(
    name="page-moved",
    bump="minor",
    in_flight="safe",
    title=Text("En sida har flyttats inom sin modul", "A page has been moved within its module"),
    why=Text(
        "Patienten möter innehållet i en annan ordning.",
        "Patients meet the content in another order.",
    ),
    consequence=SAFE,
    messages={
        "default": Text("sidan {id} har en annan plats i modulen", "the page {id} has another place in the module")
    },
    fires="""\
-- modules/01-start/20-mer.md (moved) --
modules/01-start/05-mer.md
""",
    near_miss=_NEW_PAGE,
)
PAGE_TO_OTHER_MODULE = Kind(
    name="page-moved-to-other-module",
    bump="major",
    in_flight="needs-migration",
    title=Text("En sida har flyttats till en annan modul", "A page has been moved to another module"),
    why=Text(
        "En patient kan möta sidan två gånger eller inte alls, beroende på hur långt hen har kommit.",
        "A patient may meet the page twice or never, depending on how far they have come.",
    ),
    consequence=MIGRATE,
    messages={
        "default": Text("sidan {id} har flyttats till en annan modul", "the page {id} has been moved to another module")
    },
    fires="""\
-- modules/01-start/20-mer.md (moved) --
modules/02-vidare/40-mer.md
""",
    near_miss="""\
-- modules/01-start/20-mer.md (moved) --
modules/01-start/05-mer.md
""",
)
MODULE_AT_END = Kind(
    name="module-added-at-end",
    bump="minor",
    in_flight="safe",
    title=Text("En modul har kommit till sist", "A module has been added at the end"),
    why=Text(
        "Programmet blir längre, men inget som en patient redan har gjort eller väntar på ändras.",
        "The program becomes longer, but nothing that a patient has done or waits for is changed.",
    ),
    consequence=Text(
        "Pågående patienter möter modulen sist, om de inte redan är färdiga.",
        "Patients under way meet the module last, unless they have finished.",
    ),
    messages={"default": Text("modulen {id} är ny och kommer sist", "the module {id} is new and comes last")},
    fires=_AT_END,
    near_miss=_IN_MIDDLE,
)
MODULE_IN_MIDDLE = Kind(
    name="module-added-in-middle",
    bump="major",
    in_flight="needs-migration",
    title=Text("En modul har kommit till före andra", "A module has been added before others"),
    why=Text(
        "Den som redan är förbi platsen har inte gjort modulen, och det som följer kan vänta på den.",
        "Those who are past the place have not done the module, and what follows may wait for it.",
    ),
    consequence=MIGRATE,
    messages={
        "default": Text("modulen {id} är ny och står före {next}", "the module {id} is new and stands before {next}")
    },
    fires=_IN_MIDDLE,
    near_miss=_AT_END,
)
MODULE_REMOVED = Kind(
    name="module-removed",
    bump="major",
    in_flight="needs-migration",
    title=Text("En modul är borttagen", "A module has been removed"),
    why=Text(
        "En patient kan vara mitt i den, och det som hen har skrivit hör dit.",
        "A patient may be in the middle of it, and what they have written belongs there.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("modulen {id} är borttagen", "the module {id} has been removed")},
    before=_AT_END,
    fires="""\
-- modules/03-extra/module.yaml (removed) --
-- modules/03-extra/10-ova.md (removed) --
-- modules/03-extra/therapist.md (removed) --
-- modules/03-extra/exercises/ovning.yaml (removed) --
-- release.yaml (change) --
-  - gammal_plan
+  - gammal_plan
+  - extra
+  - ovning
+  - ova
+  - gjort
""",
    near_miss="""\
-- modules/03-extra/module.yaml (change) --
-goal: Du övar mer.
+goal: Du övar mycket mer.
""",
)
MODULE_MOVED = Kind(
    name="module-moved",
    bump="major",
    in_flight="needs-migration",
    title=Text("En modul har bytt plats", "A module has changed its place"),
    why=Text(
        "Det som öppnas efter den ändras, och en patient kan ha gjort modulerna i den gamla ordningen.",
        "What opens after it changes, and a patient may have done the modules in the old order.",
    ),
    consequence=MIGRATE,
    messages={"default": Text("modulen {id} har en annan plats", "the module {id} has another place")},
    before=_AT_END.replace("minutes: 20\n", "minutes: 20\nunlock:\n  after: start\n"),
    fires="""\
-- modules/03-extra/module.yaml (moved) --
modules/015-extra/module.yaml
-- modules/03-extra/10-ova.md (moved) --
modules/015-extra/10-ova.md
-- modules/03-extra/therapist.md (moved) --
modules/015-extra/therapist.md
-- modules/03-extra/exercises/ovning.yaml (moved) --
modules/015-extra/exercises/ovning.yaml
-- modules/02-vidare/module.yaml (change) --
-  after: previous
+  after: start
""",
    near_miss="""\
-- modules/01-start/20-mer.md (moved) --
modules/01-start/05-mer.md
""",
)

CHOICE = Kind(
    name="module-choice-changed",
    bump="major",
    in_flight="needs-migration",
    title=Text("Vilka moduler en patient får är ändrat", "Which modules a patient has is changed"),
    why=Text(
        "En patient som redan har valt, eller fått en modul av sin behandlare, kan få en annan väg genom programmet.",
        "A patient who has chosen already, or was given a module by the therapist, may have another way through the program.",
    ),
    consequence=MIGRATE,
    messages={
        "choose": Text("patienten väljer bland andra moduler", "the patient chooses among other modules"),
        "assigned_by": Text("någon annan avgör om modulen ges", "somebody else decides whether the module is given"),
    },
    fires="""\
-- modules/02-vidare/module.yaml (change) --
-minutes: 20
+minutes: 20
+assigned_by: therapist
""",
    near_miss="""\
-- modules/02-vidare/module.yaml (change) --
-  days: 7
+  days: 5
""",
)


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    if difference.field in ("choose", "assigned_by"):
        yield pair.change(CHOICE, difference, difference.field)
    elif difference.place.of is Module:
        yield from _of_page(difference, pair)
    elif difference.field == "library_pages":
        if difference.what != "moved":
            yield from _of_page(difference, pair)
    elif difference.what == "removed":
        if difference.old.safety:
            yield pair.change(RISK, difference, "removed")
        yield pair.change(MODULE_REMOVED, difference, id=difference.id)
    elif difference.what == "moved":
        yield pair.change(
            MODULE_MOVED,
            difference,
            id=difference.id,
            old=_place(pair.old, difference.id),
            new=_place(pair.new, difference.id),
        )
    elif difference.what == "added":
        later = _older_after(pair, difference.id)
        if later is None:
            yield pair.change(MODULE_AT_END, difference, id=difference.id)
        else:
            yield pair.change(MODULE_IN_MIDDLE, difference, id=difference.id, next=later)


def _of_page(difference: Difference, pair: Pair) -> Iterator[Change]:
    id, place = difference.id, difference.place
    if difference.what == "changed":
        return  # Two pages of one id: nobody can tell which is which.
    other = _module_with(pair.new if difference.what == "removed" else pair.old, id) if place.of is Module else None
    if difference.what == "moved":
        yield pair.change(PAGE_MOVED, difference, id=id, old=_page_place(place.old, id), new=_page_place(place.new, id))
        return
    if other is not None and other.id != place.new.id:
        # Both differences, where it was and where it is, make the same change.
        old, new = (other.id, place.new.id) if difference.what == "added" else (place.new.id, other.id)
        about = (("module", new), ("page", id))
        yield pair.change(PAGE_TO_OTHER_MODULE, difference, about=about, id=id, old=old, new=new)
        return
    if difference.what == "added":
        last = place.of is not Module or place.new.pages[-1].id == id
        yield pair.change(PAGE_ADDED, difference, "default" if last else "middle", id=id)
        return
    if difference.old.safety or pair.is_risk(place) or _is_risk_page(difference, pair):
        yield pair.change(RISK, difference, "removed")
    yield pair.change(PAGE_REMOVED, difference, id=id)


def _is_risk_page(difference: Difference, pair: Pair) -> bool:
    return difference.field == "library_pages" and difference.id in pair.risk[0].library_pages


def _module_with(program: Program, page: str) -> Module | None:
    """The one module with a page of that id; none where several have one, for then nothing tells which."""
    found = [module for module in program.modules if any(one.id == page for one in module.pages)]
    return found[0] if len(found) == 1 else None


def _older_after(pair: Pair, id: str) -> str | None:
    """The first module after the new one that was there before."""
    ids = [module.id for module in pair.new.modules]
    return next((one for one in ids[ids.index(id) + 1 :] if one in pair.old.module), None)


def _place(program: Program, id: str) -> str:
    return str([module.id for module in program.modules].index(id) + 1)


def _page_place(module: Module, id: str) -> str:
    return str([page.id for page in module.pages].index(id) + 1)


FAMILY = Family(
    (
        PAGE_ADDED,
        PAGE_REMOVED,
        PAGE_MOVED,
        PAGE_TO_OTHER_MODULE,
        MODULE_AT_END,
        MODULE_IN_MIDDLE,
        MODULE_REMOVED,
        MODULE_MOVED,
        CHOICE,
    ),
    frozenset(
        {
            (Program, "modules"),
            (Module, "pages"),
            (Program, "library_pages"),
            (Module, "choose"),
            (Module, "assigned_by"),
        }
    ),
    changes,
)
