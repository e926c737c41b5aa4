"""The wording of instruments that a care unit has a right to, from a folder of its own.

Runtime and preview fill it in where a program is shown. The files of the program, a bundle on the disk, its digest and
everything made from them stay as they are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from designtool.diagnostics import Text
from designtool.load.document import Document
from designtool.model.program import Program
from designtool.model.wording import read_wording, with_wording

MOST_BYTES = 1_000_000
_ENDINGS = frozenset({".yaml", ".yml"})
_log = logging.getLogger("designtool.wordings")


class UnfitWording(Exception):
    """The folder holds something that cannot be filled in. `problems` says what and where."""

    def __init__(self, problems: tuple[Text, ...]) -> None:
        super().__init__("; ".join(problem.en for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Wordings:
    """What was read from the folder; empty where there is none, and an instrument without words then cannot be answered."""

    documents: tuple[Document, ...] = ()

    def filled(self, program: Program) -> Program:
        """The program with the words for its instruments. What does not fit is left out whole: no word under the wrong number."""
        for document in self.documents:
            if document.data["instrument"] in program.questionnaire:
                worded = with_wording(program, document)
                if isinstance(worded, Program):
                    program = worded
                else:
                    _log.warning("%s does not fit %s %s", document.path, program.id, program.version)
        return program

    def problems(self, programs: Iterable[Program]) -> tuple[Text, ...]:
        """Why some of it does not fit the programs as they were released: an instrument that none of them has, too."""
        released = tuple(programs)
        found: dict[Text, None] = {}
        for document in self.documents:
            instrument = document.data["instrument"]
            measured = [program for program in released if instrument in program.questionnaire]
            if not measured:
                sv, en = f"inget program har formuläret {instrument}", f"no program has the questionnaire {instrument}"
                found[Text(f"{document.path}: {sv}", f"{document.path}: {en}")] = None
            for program in measured:
                worded = with_wording(program, document)
                for problem in () if isinstance(worded, Program) else worded:
                    found[Text(f"{document.path}: {problem.sv}", f"{document.path}: {problem.en}")] = None
        return tuple(found)


def read_wordings(folder: Path) -> Wordings:
    """Every YAML file in the folder. Raises UnfitWording for one that cannot be read, and for two for one instrument."""
    documents: dict[str, Document] = {}
    problems: list[Text] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix in _ENDINGS)
    except OSError as error:
        raise UnfitWording((Text(f"{folder} går inte att läsa", f"{folder} cannot be read"),)) from error
    if not paths:
        problems.append(
            Text(f"{folder} har ingen fil som slutar på .yaml", f"{folder} has no file that ends with .yaml")
        )
    for path in paths:
        read = _read(path)
        if not isinstance(read, Document):
            problems += read
        elif read.data["instrument"] in documents:
            instrument, first = read.data["instrument"], documents[read.data["instrument"]].path
            problems.append(
                Text(f"{path}: {instrument} har sin text i {first}", f"{path}: {instrument} has its text in {first}")
            )
        else:
            documents[read.data["instrument"]] = read
    if problems:
        raise UnfitWording(tuple(problems))
    return Wordings(tuple(documents.values()))


def _read(path: Path) -> Document | tuple[Text, ...]:
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError:
        return (Text(f"{path} går inte att läsa", f"{path} cannot be read"),)
    if len(content) > MOST_BYTES:
        return (Text(f"{path} är större än en megabyte", f"{path} is larger than a megabyte"),)
    return read_wording(str(path), content)
