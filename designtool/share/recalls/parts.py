"""The parts of a program that a recall stops: which they are when it names these, and whether it names what is there."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.bundle.refusals import printable
from designtool.diagnostics import Text, nearest
from designtool.model.program import Program
from designtool.share.signed_problems import SignedProblem

ALL = "all"
"""In place of the parts: everything in the program that can be stopped."""
_LONGEST_TITLE = 300


def stopped_parts(program: Program, stated: tuple[str, ...]) -> tuple[str, ...]:
    """The modules and exercises that a recall stops when it names these.

    With a module go its exercises. A diary stops only by its own name, and so do what a therapist fills in and modules that are
    marked as safety; questionnaires never do: what they ask for safety's sake goes on.
    """
    everything = ALL in stated
    modules = [one.id for one in program.modules if one.id in stated or (everything and not one.safety)]
    exercises = [
        one.id
        for one in program.exercises
        if one.id in stated
        or (
            (one.module in modules or (everything and one.module not in program.module))
            and (one.kind == "decision" or (one.kind != "diary" and one.filled_by == "patient"))
        )
    ]
    return (*modules, *exercises)


def check_parts(program: Program, stated: tuple[str, ...]) -> None:
    """Raises SignedProblem for a part that the program has not, or that nothing stops."""
    for part in stated:
        if part == ALL or is_part(program, part):
            continue
        if part in program.questionnaire:
            raise SignedProblem("recall-part-questionnaire", part=part)
        known = [*program.module, *program.exercise]
        near = nearest(part, known)
        about = f"{program.id} {program.version}"
        if near is not None:
            raise SignedProblem("recall-part-near", part=part, name=about, near=near)
        raise SignedProblem("recall-part-unknown", part=part, name=about, parts=", ".join(known))


def is_part(program: Program, part: str) -> bool:
    return part in program.module or part in program.exercise


def title_of_part(program: Program, part: str) -> str:
    return program.module[part].title if part in program.module else program.exercise[part].title


def part_lines(program: Program, stated: tuple[str, ...]) -> Iterator[tuple[str, Text]]:
    """Everything that is stopped, by its title, each line with a name of its own; and what goes on where all is stopped."""
    stopped = stopped_parts(program, stated)
    for part in stopped:
        yield part, _named(program, part, Text("Stoppas: ", "Stopped: "))
    for part in stated:
        if part != ALL and part not in stopped:
            yield part, Text(f"Finns inte i programmet: {part}", f"Is not in the program: {part}")
    if ALL in stated:
        for part in (*program.module, *program.exercise):
            if part not in stopped:
                yield part, _named(program, part, Text("Går på som förut: ", "Goes on as before: "))


def _named(program: Program, part: str, before: Text) -> Text:
    words, title = _KINDS[_kind(program, part)], printable(title_of_part(program, part), _LONGEST_TITLE)
    return Text(f"{before.sv}{title} ({words.sv}, {part})", f"{before.en}{title} ({words.en}, {part})")


def _kind(program: Program, part: str) -> str:
    if part in program.module:
        return "module"
    exercise = program.exercise[part]
    if exercise.kind in ("diary", "decision"):
        return exercise.kind
    return "exercise" if exercise.filled_by == "patient" else "therapist"


_KINDS = {
    "module": Text("modul", "module"),
    "diary": Text("dagbok", "diary"),
    "decision": Text("beslut", "decision"),
    "exercise": Text("övning", "exercise"),
    "therapist": Text("fylls i av behandlaren", "filled in by the therapist"),
}
