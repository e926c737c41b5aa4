"""The region's contacts and crisis page beside the programs: read from files, and again whenever they change.

A patient stays on the version that the treatment began with. Whom to turn to is no part of that: a corrected number is shown to
everybody at once. What has been shown is kept, by its digest.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from designtool.atomic import write_atomically
from designtool.check import check
from designtool.check.context import Context
from designtool.diagnostics import Severity, Text
from designtool.expressions.expression import Scope
from designtool.load.document import Document
from designtool.load.markdown_file import parse_page
from designtool.load.shape import check_shape
from designtool.model.assemble_pages import Names, page, walk
from designtool.model.findings import Findings
from designtool.model.live_contacts import NO_CONTACTS, read_contacts
from designtool.model.page import Page
from designtool.model.program import Contact
from designtool.model.wording import placed
from designtool.render.blocks import contacts_named
from designtool.source.tree import tree_of

MOST_BYTES = 200_000
"""Of each file. A page that is larger was not written for somebody in a crisis."""
LOOK_SECONDS = 2
"""So often somebody looks whether a file has changed."""
_Stamp = tuple[int, int, int] | None
_Contacts = Mapping[str, Contact]
_log = logging.getLogger("designtool.runtime")


class UnfitContacts(Exception):
    """A file cannot be shown to patients. `problems` says what is wrong and where."""

    def __init__(self, problems: tuple[Text, ...]) -> None:
        super().__init__("; ".join(problem.en for problem in problems))
        self.problems = problems


@dataclass
class LiveContacts:
    """Both files count together: neither is shown before the other fits it."""

    path: Path | None = None
    """Of the contacts. None: they are those that each program has."""
    page_path: Path | None = None
    """Of the crisis page. None: it is the one that each program has."""
    kept: Path = Path()
    """Folder for a copy of everything that was ever shown."""
    contacts: _Contacts = field(default_factory=lambda: NO_CONTACTS)
    page: Page | None = None
    digests: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What is shown now: `show-contacts` and `show-crisis-page` to the digest of the file."""
    problems: tuple[Text, ...] = ()
    """With the files as they are now; what is shown is then still the last that was right."""
    told: set[tuple[str, str, str]] = field(default_factory=set)
    """Unit, and what of `digests` stands in its log."""
    _stamps: tuple[_Stamp, _Stamp] | None = None

    def look(self, today: date) -> bool:
        """True when something else is to be shown from now on."""
        if self.path is None and self.page_path is None:
            return False
        stamps = (_stamp_of(self.path), _stamp_of(self.page_path))
        is_all_there = all(stamp for path, stamp in zip((self.path, self.page_path), stamps, strict=True) if path)
        if stamps == self._stamps and is_all_there:
            return False
        self._stamps = stamps
        read = self._read(today)
        if isinstance(read, tuple):
            for problem in read if read != self.problems else ():
                _log.error("contacts are shown as they were: %s", problem.en)
            self.problems = read
            return False
        self.problems = ()
        digests = {action: _digest(content) for action, content in read.contents.items()}
        if digests == self.digests:
            return False
        self.kept.mkdir(parents=True, exist_ok=True)
        for action, content in read.contents.items():
            name = digests[action].removeprefix("sha256:") + (".yaml" if action == "show-contacts" else ".md")
            write_atomically(self.kept / name, lambda stream, data=content: stream.write(data))  # type: ignore[misc]
        self.contacts, self.page, self.digests = read.contacts, read.page, MappingProxyType(digests)
        return True

    def _read(self, today: date) -> _Read | tuple[Text, ...]:
        contents: dict[str, bytes] = {}
        contacts, shown = NO_CONTACTS, None
        if self.path is not None:
            content = _content(self.path)
            found = read_contacts(str(self.path), content) if isinstance(content, bytes) else content
            if isinstance(content, tuple) or isinstance(found, tuple):
                return found if isinstance(found, tuple) else ()
            contacts, contents["show-contacts"] = found, content
        if self.page_path is not None:
            content = _content(self.page_path)
            made = (
                read_crisis_page(str(self.page_path), content, contacts, today)
                if isinstance(content, bytes)
                else content
            )
            if isinstance(content, tuple) or isinstance(made, tuple):
                return made if isinstance(made, tuple) else ()
            shown, contents["show-crisis-page"] = made, content
        return _Read(contacts, shown, contents)


@dataclass(frozen=True, slots=True)
class _Read:
    contacts: _Contacts
    page: Page | None
    contents: Mapping[str, bytes]


def read_crisis_page(path: str, content: bytes, contacts: _Contacts, today: date) -> Page | tuple[Text, ...]:
    """A page of text and contacts, or what keeps it from being shown. It shows nothing that only a program has, and names the
    contact `crisis` and somebody else."""
    parsed = parse_page(path, content)
    if not parsed.readable:
        return tuple(placed(one) for one in parsed.diagnostics)
    document = Document(path, "page", parsed.data, parsed.values, parsed.keys, blocks=parsed.blocks)
    findings = Findings(frozenset())
    none = frozenset[str]()
    names = Names(
        scope=Scope({}),
        media_folder="",
        media=none,
        pages=none,
        library_pages=none,
        persons=none,
        contacts=frozenset(contacts),
        terms=none,
    )
    made = page("kris", document, names, findings)
    looked_at = Context(
        program=None,
        pages=(made,),
        guidance=(),
        questionnaires=(),
        exercises=(),
        documents={path: document},
        tree=tree_of(()),
        is_whole=True,
        today=today,
    )
    found = (*parsed.diagnostics, *check_shape(document), *findings.found, *check(looked_at))
    problems = tuple(placed(one) for one in found if one.severity is Severity.ERROR)
    if not problems and any(block.kind in ("if", "therapist") for block in walk(made.blocks)):
        return (
            Text(
                f"{path}: krissidan ska vara densamma för alla: utan if och therapist",
                f"{path}: the crisis page must be the same for everybody: without if and therapist",
            ),
        )
    named = contacts_named(made.blocks)
    if not problems and ("crisis" not in named or len(named) < 2):
        return (
            Text(
                f"{path}: krissidan ska nämna kontakten crisis och någon mer att vända sig till",
                f"{path}: the crisis page must name the contact crisis and somebody else to turn to",
            ),
        )
    return problems or made


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _stamp_of(path: Path | None) -> _Stamp:
    try:
        facts = os.stat(path) if path is not None else None
    except OSError:
        return None
    return (facts.st_size, facts.st_mtime_ns, facts.st_ino) if facts is not None else None


def _content(path: Path) -> bytes | tuple[Text, ...]:
    try:
        if not path.is_file():
            return (Text(f"{path} finns inte, eller är ingen fil", f"{path} does not exist, or is no file"),)
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError:
        return (Text(f"{path} går inte att läsa", f"{path} cannot be read"),)
    if len(content) > MOST_BYTES:
        return (Text(f"{path} är för stor", f"{path} is too large"),)
    return content
