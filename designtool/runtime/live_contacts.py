"""The region's contacts beside the programs: read from a file, and again whenever it changes.

A patient stays on the version that the treatment began with. Whom to turn to is no part of that: a corrected number is shown to
everybody at once. What has been shown is kept, by its digest.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from designtool.atomic import write_atomically
from designtool.diagnostics import Text
from designtool.model.live_contacts import NO_CONTACTS, read_contacts
from designtool.model.program import Contact

MOST_BYTES = 1_000_000
LOOK_SECONDS = 2
"""So often somebody looks whether the file has changed."""
_Stamp = tuple[int, int, int]
_log = logging.getLogger("designtool.runtime")


class UnfitContacts(Exception):
    """The file cannot be shown to patients. `problems` says what is wrong and where."""

    def __init__(self, problems: tuple[Text, ...]) -> None:
        super().__init__("; ".join(problem.en for problem in problems))
        self.problems = problems


@dataclass
class LiveContacts:
    path: Path | None = None
    """None: contacts are those that each program has."""
    kept: Path = Path()
    """Folder for a copy of everything that was ever shown."""
    contacts: Mapping[str, Contact] = field(default_factory=lambda: NO_CONTACTS)
    digest: str = ""
    """Of the file that is shown."""
    problems: tuple[Text, ...] = ()
    """With the file as it is now; what is shown is then still the last that was right."""
    told: set[str] = field(default_factory=set)
    """The units in whose logs it stands that this is shown."""
    _stamp: _Stamp | None = None

    def look(self) -> bool:
        """True when something else is to be shown from now on."""
        if self.path is None:
            return False
        stamp = _stamp_of(self.path)
        if stamp is not None and stamp == self._stamp:
            return False
        content = _content(self.path)
        found = read_contacts(str(self.path), content) if isinstance(content, bytes) else content
        self._stamp = stamp
        if isinstance(content, tuple) or isinstance(found, tuple):
            problems = found if isinstance(found, tuple) else ()
            for problem in problems if problems != self.problems else ():
                _log.error("contacts are shown as they were: %s", problem.en)
            self.problems = problems
            return False
        self.problems = ()
        digest = hashlib.sha256(content).hexdigest()
        if f"sha256:{digest}" == self.digest:
            return False
        self.kept.mkdir(parents=True, exist_ok=True)
        write_atomically(self.kept / f"{digest}.yaml", lambda stream: stream.write(content))
        self.contacts, self.digest, self.told = found, f"sha256:{digest}", set()
        return True


def _stamp_of(path: Path) -> _Stamp | None:
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def _content(path: Path) -> bytes | tuple[Text, ...]:
    try:
        if not path.is_file():
            return (Text(f"{path} finns inte, eller är ingen fil", f"{path} does not exist, or is no file"),)
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError:
        return (Text(f"{path} går inte att läsa", f"{path} cannot be read"),)
    if len(content) > MOST_BYTES:
        return (Text(f"{path} är större än en megabyte", f"{path} is larger than a megabyte"),)
    return content
