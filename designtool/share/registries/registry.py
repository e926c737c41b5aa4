"""The verbs that every registry has, whether it is a folder or a service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Literal, Protocol

from designtool.bundle import BlobSource
from designtool.bundle.manifest import INDEX_TYPE, MANIFEST_TYPE

LARGEST_MANIFEST = 4 * 2**20
MANIFEST_TYPES = (MANIFEST_TYPE, INDEX_TYPE)

Pushed = Literal["present", "mounted", "sent"]
"""What became of a blob: it was there, the registry took it over from another program, or its bytes were sent."""
Progress = Callable[[int], None]
"""Told of so many bytes more, while they come or go."""


def nobody_watches(count: int) -> None:
    """Progress where there is nobody to tell."""


@dataclass(frozen=True, slots=True)
class StoredManifest:
    """A manifest with the digest that its bytes have."""

    digest: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Referrer:
    """A manifest that says something about another one, its subject."""

    digest: str
    size: int
    media_type: str
    artifact_type: str


class Registry(Protocol):
    """Where bundles are published and fetched.

    `repository` is `<region>/<program>`, a name of `designtool.share.registries.names`. Every verb raises RegistryProblem when the
    registry does not do it, and Refused when what it gives is not what was asked for. One registry is used by one thread.
    """

    @property
    def address(self) -> str:
        """What people call it."""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder here: asking it costs nothing, and a tag is set in one step. A service has neither."""

    def tagged(self, repository: str, tag: str) -> str | None:
        """The digest that a tag has now; None where there is no such tag. Tags move: nothing is trusted by its tag."""

    def tags(self, repository: str) -> tuple[str, ...]:
        """Every tag of a repository, sorted. Of one that does not exist: none."""

    def manifest(self, repository: str, reference: str) -> StoredManifest:
        """A manifest by digest, held against it, or by tag. At most LARGEST_MANIFEST bytes."""

    def has_blob(self, repository: str, digest: str, size: int) -> bool: ...

    def open_blob(self, repository: str, digest: str, size: int, progress: Progress) -> BinaryIO:
        """The bytes of a blob, in order, for the caller to close before the next verb. Their number is counted and their
        digest compared while they are read: the last read raises Refused when they are others."""

    def push_blob(self, repository: str, blob: BlobSource, others: Sequence[str], progress: Progress) -> Pushed:
        """Make sure that a blob is there, sending its bytes only if neither the repository nor one of the others has it."""

    def push_manifest(self, repository: str, data: bytes, media_type: str, tag: str, expected: str | None) -> None:
        """Store a manifest under its digest and give it a tag, which has the digest `expected` until then (None: which is
        new). A tag that has this very manifest already stays. Raises RegistryProblem `tag-moved` when it has another one.

        A folder does this in one step. Services know no such step: there a tag is looked at before and after, and who
        comes between is told, but two who push different manifests in the same instant can both be content.
        """

    def told_referrers(self, repository: str, digest: str) -> tuple[Referrer, ...] | None:
        """Which manifests name this one as their subject; None where the registry does not tell, and tags have to."""

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """All that is asked in the block, together, takes no longer; else RegistryProblem `registry-too-slow`."""

    def close(self) -> None: ...

    def __enter__(self) -> Registry: ...

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None: ...
