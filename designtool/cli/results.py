"""What came of each program of a workspace: from the memo where nothing has changed, else by compiling it."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from designtool.cli.earlier import EarlierVersions, asked_for, version_findings
from designtool.cli.output import Usage, settings, today
from designtool.diagnostics import Diagnostic, Language, Text, has_errors, in_order
from designtool.memo import Bundle, Memo, Result, bundle_written, new_memo, open_memo

_NO_PROGRAM = ""
"""Stands for the library and the workspace alone, when no program was asked for."""
_WORTH_A_PROCESS = 3
"""With fewer programs to compile, starting another process costs more than it saves."""


@dataclass(frozen=True, slots=True)
class Results:
    results: tuple[Result, ...]
    language: Language

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return in_order([found for result in self.results for found in (*result.shared, *result.diagnostics)])


def results(
    root: Path,
    only: Iterable[str] | None,
    output: Path | None = None,
    media: Path | None = None,
    against: Sequence[str] = (),
) -> Results:
    """The programs in `only` (None: all). With `output` their bundles lie there afterwards, unless there are errors.

    `media` is the folder of films that media.lock names, if it is another than designtool.yaml says. `against` are earlier versions
    that the programs are held against; without any it is those of their release lists.
    """
    memo = open_memo(root)
    if memo is None:
        from designtool.workspace import workspace_facts

        facts = workspace_facts(root)
        memo = new_memo(root, facts.programs_folder, facts.language)
    memo.media = media
    names = memo.program_names() if only is None else list(only)
    if against:
        return Results(tuple(_against(root, names, output, media, against)), _language(memo))
    names = names or [_NO_PROGRAM]
    day = today().isoformat()
    found = {name: memo.result(name, day, output) for name in names}
    missing = [name for name, result in found.items() if result is None]
    keys = {name: memo.key(name) for name in missing}
    for name, result in zip(missing, _fresh(root, missing, output, media), strict=True):
        found[name] = result
        memo.keep(name, keys[name], day, result)
    if missing:
        memo.save()
    return Results(tuple(result for result in found.values() if result is not None), _language(memo))


def lines_on_disk(root: Path) -> Callable[[str, int], str | None]:
    """`line_of(path, line)` for excerpts. Only files that have findings are read."""
    texts: dict[str, list[str]] = {}

    def line_of(path: str, line: int) -> str | None:
        if path not in texts:
            try:
                data = (root / path).read_bytes()
            except OSError:
                data = b""
            texts[path] = data.decode("utf-8", errors="replace").removeprefix("\ufeff").split("\n")
        lines = texts[path]
        return lines[line - 1].removesuffix("\r") if 0 < line <= len(lines) else None

    return line_of


def _language(memo: Memo) -> Language:
    return settings().in_workspace(memo.language)


def _fresh(root: Path, names: Sequence[str], output: Path | None, media: Path | None) -> list[Result]:
    if names:
        import designtool.workspace  # noqa: F401  Here, so that the processes below are copies of one that has it.

        gc.freeze()  # What is loaded by now stays; the collector need not walk it again and again (a fifth of a build).
    if len(names) < _WORTH_A_PROCESS or not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
        return [_compile(root, name, output, media) for name in names]
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from functools import partial

    workers = min(os.cpu_count() or 1, len(names))
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
        return list(pool.map(partial(_compile, root, output=output, media=media), names))


def _against(
    root: Path, names: Sequence[str], output: Path | None, media: Path | None, against: Sequence[str]
) -> list[Result]:
    """Always anew: what a revision or a folder holds may have changed since."""
    if not names:
        raise Usage(
            Text("det finns inget program att jämföra", "there is no program to compare"),
        )
    asked = asked_for(root, names, against, media)
    return [_compile(root, name, output, media, asked) for name in names]


def _compile(
    root: Path, name: str, output: Path | None, media: Path | None, asked: EarlierVersions | None = None
) -> Result:
    from designtool.workspace import build_bundle, bundle_digest, compile_workspace

    compiled = compile_workspace(root, today(), (name,) if name else (), media)
    one = compiled.programs[0] if compiled.programs else None
    program = one.program if one is not None else None
    found: tuple[Diagnostic, ...] = ()
    bundle = None
    variants: tuple[tuple[str, Bundle], ...] = ()
    if one is not None and program is not None and compiled.can_be_built(one):
        found = version_findings(
            root,
            compiled,
            one,
            asked.get(name, ()) if asked is not None else None,
            lambda of: bundle_digest(root, compiled, of, media),
        )
        if output is not None and not has_errors(found):
            built = build_bundle(root, compiled, program, output, media)
            bundle = bundle_written(built.digest, built.path, built.size)
            for variant in one.variants:
                beside = build_bundle(root, compiled, variant, output, media)
                written = bundle_written(beside.digest, beside.path, beside.size)
                variants += ((variant.id, written),) if written is not None else ()
    return Result(
        program=program.id if program is not None else None,
        version=program.version if program is not None else "",
        diagnostics=(*(one.diagnostics if one is not None else ()), *found),
        shared=compiled.shared,
        bundle=bundle,
        variants=variants,
    )
