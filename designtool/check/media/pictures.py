"""The SVG files that rules about pictures look at."""

from __future__ import annotations

from collections.abc import Iterator

from designtool.check.context import Context
from designtool.diagnostics import Span
from designtool.model.picture import SvgProblem, svg_problems
from designtool.source.tree import File


def svg_files(context: Context) -> Iterator[File]:
    """Every SVG in the program's folder, or in the library: they all travel in a bundle, shown or not."""
    folder = _folder(context)
    for path, file in context.tree.files.items():
        if path.startswith(folder) and path.lower().endswith(".svg"):
            yield file


def problems(context: Context) -> Iterator[tuple[Span, SvgProblem]]:
    for file in svg_files(context):
        lines = file.data.decode(errors="replace").split("\n") if file.data is not None else []
        for problem in svg_problems(file.data or b""):
            yield _line(file.path, problem.line, lines), problem


def _line(path: str, number: int | None, lines: list[str]) -> Span:
    """The text of a line, without what indents it."""
    if number is None or not 0 < number <= len(lines):
        return Span(path)
    line = lines[number - 1].removesuffix("\r")
    return Span(path, number, len(line) - len(line.lstrip()) + 1, number, max(len(line.rstrip()), 1) + 1)


def _folder(context: Context) -> str:
    if context.program is not None:
        return context.program.origin.path.rpartition("/")[0] + "/"
    # A library without a document has no crisis page, which is an error of its own.
    before, found, _ = next(iter(context.documents), "").partition("/library/")
    return before + found if found else "library/"
