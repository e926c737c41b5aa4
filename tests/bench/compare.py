"""`python -m tests.bench.compare`: how long two full programs take to compare. No test: nothing here fails on the clock."""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from designtool.compare import compare
from designtool.model.program import Program
from designtool.workspace import compile_workspace

RUNS = 5


def main() -> None:
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    compiled = compile_workspace(root, date(2026, 1, 1))
    programs = [one.program for one in compiled.programs if one.program is not None]
    rows = [(f"{one.id} with itself", one, one) for one in programs]
    rows += [(f"{one.id}, every text and limit changed", one, much_changed(one)) for one in programs]
    rows += [(f"{one.id} with {other.id}", one, other) for one in programs for other in programs if one is not other]
    width = max(len(name) for name, _, _ in rows)
    for name, old, new in rows:
        times, count = [], 0
        for _ in range(RUNS):
            start = time.perf_counter()
            count = len(compare(old, new, compiled.documents, compiled.documents).changes)
            times.append(time.perf_counter() - start)
        print(f"{name:<{width}}  {statistics.median(times):7.3f} s  {count} changes")


def much_changed(program: Program) -> Program:
    """Every title, every module's wait, every limit of a band and the first flag of each form."""
    return replace(
        program,
        title=f"{program.title} 2",
        modules=tuple(
            replace(
                one,
                title=f"{one.title} 2",
                unlock=replace(one.unlock, days=one.unlock.days + 1),
                pages=tuple(replace(page, title=f"{page.title} 2") for page in one.pages),
            )
            for one in program.modules
        ),
        exercises=tuple(replace(one, title=f"{one.title} 2", flags=one.flags[1:]) for one in program.exercises),
        questionnaires=tuple(
            replace(
                one,
                flags=one.flags[1:],
                scores=tuple(
                    replace(
                        score,
                        bands=tuple(replace(band, start=band.start + Fraction(1)) for band in score.bands),
                    )
                    for score in one.scores
                ),
            )
            for one in program.questionnaires
        ),
    )


if __name__ == "__main__":
    main()
