"""Pictures, films and sound."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.compare.change import Change
from designtool.compare.difference import Difference
from designtool.compare.family import Family
from designtool.compare.kind import Kind
from designtool.compare.kinds.consequences import SAFE
from designtool.compare.kinds.risk_text import RISK
from designtool.compare.pair import Pair
from designtool.compare.passages import Passage
from designtool.compare.shown import shown
from designtool.diagnostics import Text
from designtool.model.program import Media, Program

REPLACED = Kind(
    name="media-replaced",
    bump="patch",
    in_flight="safe",
    title=Text("En bild, film eller ljudfil är utbytt", "A picture, film or sound has been replaced"),
    why=Text(
        "Filen har samma namn men ett annat innehåll, eller sidan visar en annan fil på samma plats.",
        "The file has the same name and other content, or the page shows another file in the same place.",
    ),
    consequence=SAFE,
    messages={
        "default": Text("filen har ett nytt innehåll", "the file has new content"),
        "shown": Text("sidan visar en annan fil", "the page shows another file"),
    },
    fires="""\
-- media/sol.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10"><rect width="9" height="9"/></svg>
""",
    near_miss="""\
-- modules/01-start/10-sida.md (change) --
-:alt: En sol
+:alt: En röd sol
""",
)
ADDED = Kind(
    name="media-added",
    bump="patch",
    in_flight="safe",
    title=Text("En bild, film eller ljudfil har kommit till", "A picture, film or sound has been added"),
    why=Text(
        "En fil som inte fanns tidigare följer med. Den ändrar inte vad som mäts, räknas eller öppnas.",
        "A file that was not there before comes along. It does not change what is measured, worked out or opened.",
    ),
    consequence=SAFE,
    messages={"default": Text("filen är ny", "the file is new")},
    fires="""\
-- modules/01-start/20-mer.md (change) --
-Här kan du läsa mer om {term}`aktivering`.
+Här kan du läsa mer om {term}`aktivering`.
+
+:::{image} media/mane.svg
+:alt: En måne
+:::
""",
    near_miss="""\
-- media/sol.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10"><rect width="9" height="9"/></svg>
""",
)
REMOVED = Kind(
    name="media-removed",
    bump="patch",
    in_flight="safe",
    title=Text("En bild, film eller ljudfil är borttagen", "A picture, film or sound has been removed"),
    why=Text("Ingen sida visar filen längre.", "No page shows the file any more."),
    consequence=SAFE,
    messages={"default": Text("filen följer inte längre med", "the file no longer comes along")},
    fires="""\
-- modules/01-start/10-sida.md (change) --
-:::{image} media/sol.svg
-:alt: En sol
-:::
+Solen skiner.
""",
    near_miss="""\
-- media/sol.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10"><rect width="9" height="9"/></svg>
""",
)


def changes(difference: Difference, pair: Pair) -> Iterator[Change]:
    if difference.place.of is Media:
        is_risk = any(difference.place.new.path in risk.media for risk in pair.risk)
        if is_risk:
            yield pair.change(RISK, difference, "settings", old=difference.place.old, new=difference.place.new)
        yield pair.change(REPLACED, difference, old=difference.place.old, new=difference.place.new)
    elif difference.what == "added":
        yield pair.change(ADDED, difference)
    elif difference.what == "removed":
        yield pair.change(REMOVED, difference)


def media_of_passage(passage: Passage, program: Program) -> str:
    """The files that it shows, by digest and size."""
    files = [program.media_file.get(path) or path for path in passage.media]
    return "; ".join(shown(file) or "" for file in files)


FAMILY = Family(
    (REPLACED, ADDED, REMOVED),
    frozenset({(Program, "media"), (Media, "path"), (Media, "digest"), (Media, "size"), (Media, "media_type")}),
    changes,
)
