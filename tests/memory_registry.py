"""A registry in memory that knows no more than a service does: no tag is set only if it is not there yet."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from types import TracebackType
from typing import BinaryIO

from designtool.bundle import BlobSource, Refused, digest_of
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import Progress, Pushed, Referrer, StoredManifest


@dataclass(slots=True)
class Shelves:
    """What all who use a registry share."""

    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    """By repository and digest or tag."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    history: list[tuple[str, str, str]] = field(default_factory=list)
    """Every time that a tag was set: repository, tag and digest."""


class MemoryRegistry:
    """See `designtool.share.registries.registry.Registry`. `step` is called before each request, so that a test can have others come between."""

    def __init__(self, shelves: Shelves, step: Callable[[], None] = lambda: None) -> None:
        self.shelves = shelves
        self.requests = 0
        self._step = step

    address = "memory"
    is_folder = False

    def tagged(self, repository: str, tag: str) -> str | None:
        self._request()
        found = self.shelves.manifests.get((repository, tag))
        return digest_of(found[1]) if found is not None else None

    def tags(self, repository: str) -> tuple[str, ...]:
        self._request()
        names = [tag for place, tag in self.shelves.manifests if place == repository and ":" not in tag]
        return tuple(sorted(names))

    def manifest(self, repository: str, reference: str) -> StoredManifest:
        self._request()
        found = self.shelves.manifests.get((repository, reference))
        if found is None:
            raise RegistryProblem("not-in-registry", what=f"{repository} {reference}", registry=self.address)
        if ":" in reference and digest_of(found[1]) != reference:
            raise Refused("wrong-digest", name="manifest")
        return StoredManifest(digest_of(found[1]), found[0], found[1])

    def has_blob(self, repository: str, digest: str, size: int) -> bool:
        self._request()
        return digest in self.shelves.blobs

    def open_blob(self, repository: str, digest: str, size: int, progress: Progress) -> BinaryIO:
        self._request()
        data = self.shelves.blobs.get(digest)
        if data is None:
            raise Refused("blob-missing", name=digest)
        if digest_of(data) != digest:
            raise Refused("wrong-digest", name=digest)
        progress(len(data))
        return BytesIO(data)

    def push_blob(self, repository: str, blob: BlobSource, others: Sequence[str], progress: Progress) -> Pushed:
        if blob.digest in self.shelves.blobs:
            return "present"
        with blob.open() as stream:
            self.shelves.blobs[blob.digest] = stream.read()
        progress(blob.size)
        return "sent"

    def push_manifest(self, repository: str, data: bytes, media_type: str, tag: str, expected: str | None) -> None:
        digest = digest_of(data)
        if self.tagged(repository, tag) not in (expected, digest):
            raise RegistryProblem("tag-moved", tag=tag, registry=self.address)
        self._request()
        for reference in (digest, tag):
            self.shelves.manifests[repository, reference] = (media_type, data)
        self.shelves.history.append((repository, tag, digest))
        if self.tagged(repository, tag) != digest:
            raise RegistryProblem("tag-moved", tag=tag, registry=self.address)

    def told_referrers(self, repository: str, digest: str) -> tuple[Referrer, ...] | None:
        return None

    def close(self) -> None:
        """There is nothing to close."""

    def __enter__(self) -> MemoryRegistry:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _request(self) -> None:
        self.requests += 1
        self._step()


class Turns:
    """Lets several do their work a step at a time, in an order that comes of a seed. Some may fall away in the middle."""

    class Cut(Exception):
        """Whoever worked has fallen away."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._changed = threading.Condition()
        self._waiting: dict[int, bool] = {}
        self._unfinished = 0

    def run(self, works: Sequence[Callable[[Callable[[], None]], None]], cut_after: Sequence[int | None]) -> None:
        """Each of `works` gets its own `step`, and ends with Cut at the step that `cut_after` says."""
        self._unfinished = len(works)
        threads = [
            threading.Thread(target=self._worked, args=(number, work, cut))
            for number, (work, cut) in enumerate(zip(works, cut_after, strict=True))
        ]
        for thread in threads:
            thread.start()
        with self._changed:
            while self._unfinished:
                self._changed.wait_for(lambda: len(self._waiting) == self._unfinished)
                if self._waiting:
                    chosen = self._chance.choice(sorted(self._waiting))
                    del self._waiting[chosen]
                    self._changed.notify_all()
        for thread in threads:
            thread.join()

    def _worked(self, number: int, work: Callable[[Callable[[], None]], None], cut: int | None) -> None:
        steps = 0

        def step() -> None:
            nonlocal steps
            steps += 1
            if cut is not None and steps > cut:
                raise Turns.Cut
            with self._changed:
                self._waiting[number] = True
                self._changed.notify_all()
                self._changed.wait_for(lambda: number not in self._waiting)

        try:
            step()
            work(step)
        except Turns.Cut:
            pass
        finally:
            with self._changed:
                self._unfinished -= 1
                self._changed.notify_all()
