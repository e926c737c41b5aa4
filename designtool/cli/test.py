"""designtool test: the program's journeys are played and the questionnaires' vectors scored."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.output import (
    FORMAT,
    Usage,
    language_of,
    line_reader,
    print_json,
    print_report,
    selected_programs,
    today,
)
from designtool.diagnostics import Language, Severity, Text

if TYPE_CHECKING:
    from designtool.load.document import Document
    from designtool.model.origin import Origin
    from designtool.model.program import Program
    from designtool.model.questionnaire import Questionnaire, Vector
    from designtool.treatment.scoring import Scored

_BUNDLE = ".dtb"


@dataclass(frozen=True, slots=True)
class _Subject:
    """A program whose journeys and vectors are run."""

    program: Program
    documents: dict[str, Document]
    """Where its parts were written; empty for a bundle."""


@dataclass(frozen=True, slots=True)
class _Workspace:
    subjects: tuple[_Subject, ...] = ()
    library: tuple[Questionnaire, ...] = ()
    documents: dict[str, Document] = field(default_factory=dict)
    language: Language = "sv"
    has_errors: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    program: str
    """Empty for a questionnaire of the library."""
    name: str
    title: str
    failures: tuple[tuple[str, Text], ...]
    """Place (`path:line`, or empty) and what differed."""


@dataclass(frozen=True, slots=True)
class _Vectors:
    """What came of the golden cases, on every evaluator that there is here."""

    results: tuple[_Found, ...]
    not_run: Text | None
    """Why the browser's evaluator was left out; None when it was not."""

    @property
    def evaluators(self) -> list[str]:
        return ["python", "javascript"] if self.not_run is None else ["python"]


@click.command("test")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@FORMAT
def command(paths: tuple[Path, ...], output_format: str) -> None:
    """Kör programmens provresor och formulärens facit. PATHS är program, arbetsytor eller paket (.dtb)."""
    bundles = [path for path in paths if _is_bundle(path)]
    folders = [path for path in paths if path not in bundles]
    language = language_of(None)
    subjects = [_from_bundle(path, language) for path in bundles]
    workspace = _from_workspace(tuple(folders)) if folders or not bundles else _Workspace(language=language)
    subjects += workspace.subjects
    journeys = [result for subject in subjects for result in _journeys(subject)]
    vectors = _vectors(subjects, workspace)
    if output_format == "json":
        print_json(_json(journeys, vectors, workspace.language))
    else:
        click.echo("\n".join(_lines(journeys, vectors, workspace.language)))
    if workspace.has_errors or any(result.failures for result in (*journeys, *vectors.results)):
        click.get_current_context().exit(1)


def _is_bundle(path: Path) -> bool:
    return path.suffix == _BUNDLE or (path.exists() and stat.S_ISREG(path.stat().st_mode))


def _from_bundle(path: Path, language: Language) -> _Subject:
    from designtool.bundle import Refused, program_of
    from designtool.cli.bundle_file import opened_bundle, refusal_line

    try:
        with opened_bundle(path) as bundle:
            return _Subject(program_of(bundle), {})
    except Refused as refused:
        raise Usage(Text(refusal_line(refused, "sv"), refusal_line(refused, "en")), language) from refused


def _from_workspace(paths: tuple[Path, ...]) -> _Workspace:
    """The programs that can be built. What one with errors would do says nothing: its errors are shown instead.

    The library's questionnaires are tested too when the whole workspace was asked for.
    """
    from designtool.workspace import compile_workspace

    root, only = selected_programs(paths)
    compiled = compile_workspace(root, today(), only)
    language = language_of(compiled.documents)
    errors = [found for found in compiled.diagnostics if found.severity is Severity.ERROR]
    if errors:
        print_report(errors, line_reader(compiled.tree), language, err=True)
    if only and not compiled.programs:
        raise Usage(Text(f"{only[0]} är inget program", f"{only[0]} is no program"), language)
    documents = dict(compiled.documents)
    return _Workspace(
        subjects=tuple(
            _Subject(program, documents)
            for one in compiled.programs
            if one.program is not None and compiled.can_be_built(one)
            for program in (one.program, *one.variants)
        ),
        library=tuple(compiled.library.questionnaires.values()) if only is None and not errors else (),
        documents=documents,
        language=language,
        has_errors=bool(errors),
    )


def _journeys(subject: _Subject) -> Iterator[_Found]:
    from designtool.treatment.journey import run_journey

    for journey in subject.program.journeys:
        result = run_journey(journey, subject.program)
        failures = tuple(
            (_place(failure.origin, subject.documents), _on_day(failure.day, failure.message))
            for failure in result.failures
        )
        yield _Found(subject.program.id, result.name, journey.title, failures)


def _vectors(subjects: list[_Subject], workspace: _Workspace) -> _Vectors:
    """Each questionnaire's once, though several programs use it; in Python, and in Node as in a browser."""
    from designtool.cli.javascript import Node, find_node, score_in_javascript
    from designtool.treatment.scoring import score

    asked = [
        (subject.program.id, subject.documents, one) for subject in subjects for one in subject.program.questionnaires
    ]
    asked += [("", workspace.documents, one) for one in workspace.library]
    seen: set[Questionnaire] = set()
    cases: list[tuple[str, str, Questionnaire, Vector]] = []
    for program, documents, questionnaire in asked:
        if questionnaire not in seen:
            seen.add(questionnaire)
            cases += [(program, _place(one.origin, documents), questionnaire, one) for one in questionnaire.vectors]
    node = find_node()
    given = [(questionnaire, vector.answers) for _, _, questionnaire, vector in cases]
    beside = score_in_javascript(node, given) if isinstance(node, Node) else [None] * len(cases)
    results = []
    numbers: Counter[str] = Counter()
    for (program, place, questionnaire, vector), other in zip(cases, beside, strict=True):
        numbers[questionnaire.id] += 1
        differences = _differences(questionnaire, vector, score(questionnaire, vector.answers), other)
        name = f"{questionnaire.id} {numbers[questionnaire.id]}"
        results.append(_Found(program, name, questionnaire.title, tuple((place, text) for text in differences)))
    return _Vectors(tuple(results), None if isinstance(node, Node) else node)


def _differences(questionnaire: Questionnaire, vector: Vector, scored: Scored, other: Scored | None) -> Iterator[Text]:
    """From what was expected; and between the evaluators in what nobody had expected anything of."""
    from designtool.treatment.journey import vector_differences

    found = vector_differences(questionnaire, vector, scored)
    yield from found
    if other is None:
        return
    beside = vector_differences(questionnaire, vector, other)
    if beside != found and not scored.refusals:
        yield from (Text(f"javascript: {text.sv}", f"javascript: {text.en}") for text in beside)
    elif _outcome(scored) != _outcome(other):
        yield Text("python och javascript räknar olika", "python and javascript come to different results")


def _outcome(scored: Scored) -> object:
    refused = sorted(refusal.item for refusal in scored.refusals)
    return scored.scores, [(flag.id, flag.level) for flag in scored.flags], refused


def _place(origin: Origin, documents: dict[str, Document]) -> str:
    document = documents.get(origin.path)
    return f"{origin.path}:{document.span(*origin.keys).line}" if document is not None else ""


def _on_day(day: int, message: Text) -> Text:
    return Text(f"dag {day}: {message.sv}", f"day {day}: {message.en}")


def _json(journeys: list[_Found], vectors: _Vectors, language: Language) -> dict[str, Any]:
    found: dict[str, Any] = {
        "evaluators": vectors.evaluators,
        "journeys": [
            {
                "program": result.program,
                "name": result.name,
                "title": result.title,
                "passed": not result.failures,
                "failures": [_failure(place, text, language) for place, text in result.failures],
            }
            for result in journeys
        ],
        "vectors": {
            "passed": sum(not result.failures for result in vectors.results),
            "failed": sum(bool(result.failures) for result in vectors.results),
            "failures": [
                f"{result.name}: {_failure(place, text, language)}"
                for result in vectors.results
                for place, text in result.failures
            ],
        },
    }
    if vectors.not_run is not None:
        found["not_run"] = {"javascript": vectors.not_run.in_language(language)}
    return found


def _failure(place: str, text: Text, language: Language) -> str:
    message = text.in_language(language)
    return f"{place}: {message}" if place else message


def _lines(journeys: list[_Found], vectors: _Vectors, language: Language) -> Iterator[str]:
    for result in (*journeys, *(one for one in vectors.results if one.failures)):
        mark = "✗" if result.failures else "✓"
        name = f"{result.program}: {result.name}" if result.program else result.name
        yield f"{mark} {name} – {result.title}"
        for place, text in result.failures:
            yield f"    {_failure(place, text, language)}"
    passed = sum(not result.failures for result in journeys)
    right = sum(not result.failures for result in vectors.results)
    yield Text(
        f"{passed} av {len(journeys)} provresor och {right} av {len(vectors.results)} facit stämmer.",
        f"{passed} of {len(journeys)} journeys and {right} of {len(vectors.results)} vectors agree.",
    ).in_language(language)
    if vectors.not_run is None:
        ran = Text("Facit är räknade både i Python och i JavaScript.", "The vectors ran in both Python and JavaScript.")
    else:
        ran = Text(
            f"Facit är bara räknade i Python, inte i JavaScript som i webbläsaren: {vectors.not_run.sv}.",
            f"The vectors ran in Python alone, and not in JavaScript as in the browser: {vectors.not_run.en}.",
        )
    yield ran.in_language(language)
