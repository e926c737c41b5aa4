"""Which earlier versions each program is held against: those that were asked for, else those that the release list has."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from designtool.cli.output import Usage
from designtool.cli.versions import GIT, Version, name_in, version
from designtool.diagnostics import Diagnostic, Span, Text
from designtool.source.released import bundle_path, list_path

if TYPE_CHECKING:
    from designtool.compare.against import Earlier, Held
    from designtool.compare.release_list import Published, ReleaseList
    from designtool.model.program import Program
    from designtool.pipeline import Compiled, CompiledProgram

AGAINST = click.option(
    "--against",
    "against",
    multiple=True,
    metavar="REF",
    help="Tidigare version att jämföra med: ett paket, en mapp eller git:VERSION. Går att ange flera gånger. Utan den: "
    "versionerna i releases/.",
)
EarlierVersions = Mapping[str, "tuple[Earlier, ...]"]
"""By the id of a program, or of a variant."""


def asked_for(root: Path, names: Sequence[str], against: Sequence[str], media: Path | None) -> EarlierVersions:
    """The versions that were asked for, each with the program that it is of.

    A revision that names no program is of every program that it has; one that it lacks is new since then. Leaves with status 2
    where a version cannot be read, and where it is of no program that was asked for.
    """
    from designtool.compare.against import Earlier

    found: dict[str, list[Earlier]] = {name: [] for name in names}
    for source in against:
        for name, one in _versions(root, names, source, media):
            found[name].append(Earlier(one.program, source, one.digest, one.documents))
    return {name: tuple(versions) for name, versions in found.items()}


def _versions(root: Path, names: Sequence[str], source: str, media: Path | None) -> list[tuple[str, Version]]:
    if source.startswith(GIT) and not name_in(source):
        from designtool.revision import find_revision

        revision = source.removeprefix(GIT).partition(":")[0]
        there = find_revision(root, revision).program_names if revision else names
        known = [name for name in names if name in there]
        if known:
            return [(name, version(source, name, root, media)) for name in known]
    one = version(source, names[0] if len(names) == 1 else "", root, media)
    # Of a program that is looked at here, or of a variant of it.
    meant = next((name for name in names if one.program.id == name), None)
    meant = meant or next((name for name in names if one.program.id.startswith(f"{name}-")), None)
    if meant is not None or len(names) == 1:
        return [(meant or names[0], one)]
    raise Usage(
        Text(
            f"{source} är en version av {one.program.id}, som inte granskas här",
            f"{source} is a version of {one.program.id}, which is not looked at here",
        )
    )


def listed(root: Path, name: str, version: str) -> tuple[tuple[Earlier, ...], tuple[Diagnostic, ...]]:
    """The versions of a program's release list that it is compared with, and what is wrong with the list.

    What cannot be opened is a finding, and missing from the versions.
    """
    if not os.path.lexists(root / list_path(name)):
        return (), ()  # Most often; nothing that compares has to be loaded.
    from designtool.compare.release_list import to_compare

    found = release_list(root, name)
    diagnostics = list(found.diagnostics)
    versions: list[Earlier] = []
    for published in to_compare(found.versions, version):
        opened = _opened(root, name, published)
        if isinstance(opened, Diagnostic):
            diagnostics.append(opened)
        else:
            versions.append(opened)
    return tuple(versions), tuple(diagnostics)


def release_list(root: Path, name: str) -> ReleaseList:
    """The release list of a program; an empty one where there is none."""
    from designtool.compare.release_list import ReleaseList, read_release_list
    from designtool.source.read import LARGEST_YAML
    from designtool.source.rules import file_too_large, special_file, unreadable_file

    path = list_path(name)
    try:
        with open(os.open(root / path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return ReleaseList(diagnostics=(special_file.RULE.at(Span(path)),))
            data = stream.read(LARGEST_YAML + 1)
    except FileNotFoundError:
        return ReleaseList()
    except IsADirectoryError:
        return ReleaseList(diagnostics=(special_file.RULE.at(Span(path)),))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return ReleaseList(diagnostics=(unreadable_file.RULE.at(Span(path), reason=reason),))
    if len(data) > LARGEST_YAML:
        return ReleaseList(diagnostics=(file_too_large.RULE.at(Span(path), limit=f"{LARGEST_YAML >> 20} MiB"),))
    return read_release_list(path, data)


def _opened(root: Path, name: str, published: Published) -> Earlier | Diagnostic:
    from designtool.bundle import Refused, program_of, read_bundle
    from designtool.compare.against import Earlier
    from designtool.compare.rules.missing_release_bundle import RULE

    path = bundle_path(name, published.version)
    try:
        if not stat.S_ISREG((root / path).stat().st_mode):
            raise FileNotFoundError
        with open(root / path, "rb") as stream:
            bundle = read_bundle(stream)
            if bundle.digest != published.digest:
                return RULE.at(
                    published.span,
                    "other",
                    version=published.version,
                    path=path,
                    digest=published.digest,
                    found=bundle.digest,
                )
            program = program_of(bundle)
    except OSError:
        return RULE.at(published.span, version=published.version, path=path)
    except Refused as refused:
        reason, english = refused.message
        return RULE.at(published.span, "refused", path=path, reason=reason, reason_en=english)
    return Earlier(program, f"{program.id} {program.version}", bundle.digest)


def version_findings(
    root: Path,
    compiled: Compiled,
    one: CompiledProgram,
    asked: Sequence[Earlier] | None,
    digest: Callable[[Program], str],
) -> tuple[Diagnostic, ...]:
    """What is found when a program and its variants are held against the versions that were asked for, or else those that their
    lists have. `digest` gives that of a program's own bundle, when it is needed.

    What is found of a program is not told again of its variants.
    """
    earlier, problems = earlier_of(root, one, asked)
    if not any(earlier.values()):
        return problems
    from designtool.compare.against import findings

    found = list(problems)
    for program in (one.program, *one.variants):
        assert program is not None
        held = held_against(program, compiled, earlier[program.id], digest)
        # What a variant asks for stands in the same release.yaml.
        is_complete = not problems and not one.variants
        told = {(other.rule, other.span) for other in found}
        new = findings(program, compiled.documents, held, is_complete)
        found += (one for one in new if (one.rule, one.span) not in told)
    return tuple(found)


def earlier_of(
    root: Path, one: CompiledProgram, asked: Sequence[Earlier] | None
) -> tuple[EarlierVersions, tuple[Diagnostic, ...]]:
    """The earlier versions of a program and of each of its variants, and what is wrong with their lists."""
    earlier: dict[str, tuple[Earlier, ...]] = {}
    problems: list[Diagnostic] = []
    for program in (one.program, *one.variants):
        assert program is not None
        if asked is not None:
            earlier[program.id] = _of_this(program, one, asked)
        else:
            earlier[program.id], found = listed(root, program.id, program.version)
            problems += found
    return earlier, tuple(problems)


def held_against(
    program: Program, compiled: Compiled, earlier: Sequence[Earlier], digest: Callable[[Program], str]
) -> list[Held]:
    from designtool.compare.against import hold

    is_same = any(one.digest and one.program.version == program.version for one in earlier)
    own = digest(program) if is_same else ""
    return [hold(program, compiled.documents, own, one) for one in earlier]


def _of_this(program: Program, one: CompiledProgram, asked: Sequence[Earlier]) -> tuple[Earlier, ...]:
    """A variant is held against versions of its own; all others are the program's."""
    if program is one.program:
        variants = {variant.id for variant in one.variants}
        return tuple(earlier for earlier in asked if earlier.program.id not in variants)
    return tuple(earlier for earlier in asked if earlier.program.id == program.id)
