"""What the runtime asks of a federation: whether a bundle may be taken in, and whether a treatment may begin with it.

It is asked when something begins, and never about a patient in treatment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.share.federation.metadata_store import MetadataStore
    from designtool.share.federation.trust import Client, NotTrusted, Seen, Trusted

WITNESS_FILE = "trust-seen.json"


@dataclass(frozen=True)
class Trust:
    folder: Path
    """The trust folder, with the copy of the federation's metadata in it."""
    witness: Path
    """A second place for what has been seen, beside the database: a trust folder that is put back is noticed."""
    _alone: Lock = field(default_factory=Lock)

    def judge(self, digest: str, name: str, now: datetime) -> Trusted | NotTrusted:
        """`name`: `<region>/<program>/<version>`."""
        from designtool.share.federation.problems import TrustProblem
        from designtool.share.federation.trust import NotTrusted, mirror_of, read_seen, trusted, write_seen

        with self._alone:
            try:
                before = read_seen(self.witness)
            except TrustProblem as problem:
                return NotTrusted(problem.code, problem.message)
            try:
                answer = trusted(digest, name, mirror_of(self.folder), self.folder, now, before)
                # Also of what is not trusted: a recall is remembered in both places.
                if answer.seen is not None and answer.seen != before:
                    write_seen(self.witness, answer.seen)
            except OSError as error:
                # A disk that is full or a folder that may not be written: nothing begins, and the rest goes on.
                damaged = TrustProblem("trust-damaged", file=error.filename or self.folder)
                return NotTrusted(damaged.code, damaged.message)
            return answer

    def learn(self, source: MetadataStore, now: datetime) -> Client:
        """Take over newer metadata. Whoever asks about a bundle meanwhile does not wait for it.

        A clock that was ahead and has been put right keeps no recall away: what is new is held against the latest time that was
        seen, which is stricter. That nothing begins with such a clock, `judge` sees to. Raises TrustProblem and RegistryProblem,
        and OSError for a folder that cannot be written.
        """
        from designtool.share.federation.copying import take_over
        from designtool.share.federation.trust import SEEN_FILE, read_seen, write_seen

        witness = self.remembered()
        seen = [one.at for one in (witness, read_seen(self.folder / SEEN_FILE)) if one is not None]
        client = take_over(source, self.folder, max([now, *seen]), witness)
        with self._alone:
            write_seen(self.witness, client.seen)
        return client

    def remembered(self) -> Seen | None:
        """What this runtime has seen, as it remembers beside the trust folder. Raises TrustProblem."""
        from designtool.share.federation.trust import read_seen

        with self._alone:
            return read_seen(self.witness)

    def why_not(self, digest: str, name: str, now: datetime) -> Text | None:
        """Why nothing may begin with a bundle; None where it may."""
        from designtool.share.federation.trust import Trusted

        answer = self.judge(digest, name, now)
        return None if isinstance(answer, Trusted) else answer.message
