"""A registry that is a service: any that keeps to the OCI distribution specification."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, BinaryIO, cast
from urllib.parse import urlencode, urlsplit

import httpx

from designtool.bundle import BlobSource, ContentChanged, Refused, digest_of
from designtool.bundle.manifest import is_digest
from designtool.share.registries.client import Answer, Cut, RegistryClient, status_reason
from designtool.share.registries.names import is_tag
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import (
    LARGEST_MANIFEST,
    MANIFEST_TYPES,
    Progress,
    Pushed,
    Referrer,
    StoredManifest,
)
from designtool.share.registries.verified import VerifiedStream

_CHUNK = 64 * 1024
_PIECE = 32 * 2**20
"""What is sent in one request. Where a connection is cut, no more than this is sent again."""
_MOST_PAGES = 100
_WORTH_ASKING = 64 * 1024
"""Below this size a blob is sent sooner than other programs are asked whether they have it."""
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')


class HttpRegistry:
    """See `designtool.share.registries.registry.Registry`."""

    def __init__(self, client: RegistryClient) -> None:
        self._client = client
        self._beside: str | None = None

    @property
    def address(self) -> str:
        return str(self._client.address)

    @property
    def is_folder(self) -> bool:
        return False

    def tagged(self, repository: str, tag: str) -> str | None:
        answer = self._ask_manifest("HEAD", repository, tag, (200, 404))
        if answer.status == 404:
            return None
        stated = answer.headers.get("Docker-Content-Digest")
        if stated is None:  # The specification lets a registry leave it out.
            return self.manifest(repository, tag).digest
        if not is_digest(stated):
            raise self._client.unreadable(f"Docker-Content-Digest: {stated}")
        return str(stated)

    def tags(self, repository: str) -> tuple[str, ...]:
        found: set[str] = set()
        for page in self._pages(repository, f"{self._path(repository)}/tags/list?n=1000"):
            tags = (page or {}).get("tags") or []
            if not isinstance(tags, list) or not all(is_tag(tag) for tag in tags):
                raise self._client.unreadable("tags")
            found.update(tags)
        return tuple(sorted(found))

    def manifest(self, repository: str, reference: str) -> StoredManifest:
        answer = self._ask_manifest("GET", repository, reference, (200,))
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        if media_type not in MANIFEST_TYPES:
            raise self._client.unreadable(f"Content-Type: {media_type}")
        digest = digest_of(answer.body)
        asked = reference if is_digest(reference) else answer.headers.get("Docker-Content-Digest", digest)
        if digest != asked:
            raise Refused("wrong-digest", name="manifest")
        return StoredManifest(digest, media_type, answer.body)

    def has_blob(self, repository: str, digest: str, size: int) -> bool:
        attempt = 0
        while True:
            attempt += 1
            try:
                with self._blob(repository, digest, "HEAD", 0, self._client.patience.answer) as response:
                    status, headers = response.status_code, response.headers
            except Cut as cut:
                self._client.pause(attempt, None, cut.reason)
                continue
            if self._client.may_try_again(status) and attempt < self._client.patience.attempts:
                self._client.pause(attempt, headers.get("Retry-After"), status_reason(status))
                continue
            if status == 404:
                return False
            if status != 200:
                raise self._client.refusal(status, headers, f"{repository}@{digest}")
            if _length(headers.get("Content-Length"), size) != size:
                raise Refused("wrong-size", name=digest)
            return True

    def open_blob(self, repository: str, digest: str, size: int, progress: Progress) -> BinaryIO:
        return cast(BinaryIO, VerifiedStream(self._pieces(repository, digest, size), digest, size, progress))

    def push_blob(self, repository: str, blob: BlobSource, others: Sequence[str], progress: Progress) -> Pushed:
        if self.has_blob(repository, blob.digest, blob.size):
            return "present"
        upload = None
        beside = self._repository_with(blob, others)
        if beside is not None:
            answer = self._begin(repository, (blob.digest, beside))
            if answer.status == 201:
                return "mounted"
            upload = answer  # The registry would not; it has begun an ordinary upload instead.
        self._upload(repository, blob, upload, progress)
        return "sent"

    def push_manifest(self, repository: str, data: bytes, media_type: str, tag: str, expected: str | None) -> None:
        digest = digest_of(data)
        self._expect(repository, tag, (expected, digest))
        for reference in (digest, tag):
            self._put_manifest(repository, reference, data, media_type)
        self._expect(repository, tag, (digest,))

    def told_referrers(self, repository: str, digest: str) -> tuple[Referrer, ...] | None:
        found: list[Referrer] = []
        for page in self._pages(repository, f"{self._path(repository)}/referrers/{digest}"):
            if page is None:
                return None
            manifests = page.get("manifests")
            if not isinstance(manifests, list):
                raise self._client.unreadable("manifests")
            found.extend(self._referrer(one) for one in manifests)
        return tuple(found)

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return self._client.watch.within(seconds, self.address)

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> HttpRegistry:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _path(self, repository: str) -> str:
        prefix = self._client.address.prefix
        return f"{prefix}/{repository}" if prefix else repository

    def _reading(self, repository: str) -> list[str]:
        return [f"repository:{self._path(repository)}:pull"]

    def _writing(self, repository: str) -> list[str]:
        return [f"repository:{self._path(repository)}:pull,push"]

    def _ask_manifest(self, method: str, repository: str, reference: str, expected: Iterable[int]) -> Answer:
        return self._client.ask(
            method,
            self._client.url(f"{self._path(repository)}/manifests/{reference}"),
            self._reading(repository),
            expected,
            what=f"{repository}:{reference}" if is_tag(reference) else f"{repository}@{reference}",
            headers={"Accept": ", ".join(MANIFEST_TYPES)},
            most=LARGEST_MANIFEST,
        )

    def _put_manifest(self, repository: str, reference: str, data: bytes, media_type: str) -> None:
        attempt = 0
        while True:
            attempt += 1
            answer = self._client.ask(
                "PUT",
                self._client.url(f"{self._path(repository)}/manifests/{reference}"),
                self._writing(repository),
                (201, 400, 404),
                what=f"{repository} {reference}",
                headers={"Content-Type": media_type},
                body=data,
                size=len(data),
            )
            if answer.status == 201:
                return
            # Where somebody else is sending the same blob, a registry may not see for a moment that it is there.
            if b"BLOB_UNKNOWN" not in answer.body or attempt == self._client.patience.attempts:
                raise self._client.refusal(answer.status, answer.headers, f"{repository} {reference}")
            self._client.pause(attempt, None, status_reason(answer.status))

    def _pages(self, repository: str, path: str) -> Iterator[dict[str, Any] | None]:
        """A listing, page by page; None where the registry has no such listing. Raises RegistryProblem for one without an end."""
        url = self._client.url(path)
        for _ in range(_MOST_PAGES):
            answer = self._client.ask(
                "GET", url, self._reading(repository), (200, 404), what=repository, most=LARGEST_MANIFEST
            )
            if answer.status == 404:
                yield None
                return
            page = self._client.json_of(answer.body)
            if not isinstance(page, dict):
                raise self._client.unreadable("JSON")
            yield page
            following = _NEXT.search(answer.headers.get("Link", ""))
            if following is None:
                return
            url = self._client.own_url(url, following[1])
        raise self._client.unreadable("Link")

    def _referrer(self, stated: Any) -> Referrer:
        if isinstance(stated, dict) and is_digest(stated.get("digest")):
            size, media_type, artifact_type = (
                stated.get("size"),
                stated.get("mediaType"),
                stated.get("artifactType", ""),
            )
            if isinstance(size, int) and isinstance(media_type, str) and isinstance(artifact_type, str):
                return Referrer(stated["digest"], size, media_type, artifact_type)
        raise self._client.unreadable("manifests")

    def _expect(self, repository: str, tag: str, allowed: tuple[str | None, ...]) -> None:
        if self.tagged(repository, tag) not in allowed:
            raise RegistryProblem("tag-moved", tag=f"{repository}:{tag}", registry=self.address)

    def _blob(
        self, repository: str, digest: str, method: str, start: int, seconds: float
    ) -> AbstractContextManager[httpx.Response]:
        return self._client.opened(
            method,
            self._client.url(f"{self._path(repository)}/blobs/{digest}"),
            self._reading(repository),
            seconds=seconds,
            headers={"Range": f"bytes={start}-"} if start else None,
            redirects=True,
        )

    def _pieces(self, repository: str, digest: str, size: int) -> Iterator[bytes]:
        """The bytes of a blob. Where the connection is cut, it goes on from there, as long as there is any progress."""
        position, attempt = 0, 0
        ends = time.monotonic() + self._client.patience.seconds(size)
        while True:
            start = position
            asked = None
            try:
                with self._blob(repository, digest, "GET", start, ends - time.monotonic()) as response:
                    if not self._client.may_try_again(response.status_code):
                        for piece in self._rest(response, repository, digest, size, start):
                            position += len(piece)
                            yield piece
                        return
                    reason, asked = status_reason(response.status_code), response.headers.get("Retry-After")
            except Cut as cut:
                reason = cut.reason
            attempt = 1 if position > start else attempt + 1
            if position == start:
                self._client.pause(attempt, asked, reason)

    def _rest(self, response: httpx.Response, repository: str, digest: str, size: int, start: int) -> Iterator[bytes]:
        """What an answer has of a blob from `start` on, once it is clear that this is what it has."""
        if response.status_code not in (200, 206):
            raise self._client.refusal(response.status_code, response.headers, f"{repository}@{digest}")
        self._client.refuse_page(response.headers)
        self._client.refuse_encoded(response)
        skip = start
        if response.status_code == 206:
            place = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if start == 0 or place is None or (int(place[1]), int(place[2])) != (start, size - 1):
                raise self._client.unreadable(f"Content-Range: {response.headers.get('Content-Range', '')}")
            skip = 0
        expected = size - start + skip
        if _length(response.headers.get("Content-Length"), expected) != expected:
            raise Refused("wrong-size", name=digest)
        for piece in self._client.pieces(response):
            wanted = piece[skip:]
            skip -= len(piece) - len(wanted)
            if wanted:
                yield wanted

    def _repository_with(self, blob: BlobSource, others: Sequence[str]) -> str | None:
        """Another program that has a blob: first the one that had the last."""
        if blob.size < _WORTH_ASKING:
            return None
        for other in sorted(others, key=lambda name: name != self._beside):
            try:
                if self.has_blob(other, blob.digest, blob.size):
                    self._beside = other
                    return other
            except RegistryProblem as problem:
                # Programs that one may not even read are no place to take a blob from.
                if problem.code != "access-denied":
                    raise
        return None

    def _begin(self, repository: str, mount: tuple[str, str] | None = None) -> Answer:
        """Begin an upload: 202 with its place. To `mount` is to ask for a digest of another repository: 201 when that was done."""
        path, scopes = f"{self._path(repository)}/blobs/uploads/", self._writing(repository)
        if mount is not None:
            digest, other = mount
            path += f"?{urlencode({'mount': digest, 'from': self._path(other)})}"
            scopes += self._reading(other)
        return self._client.ask("POST", self._client.url(path), scopes, (201, 202), what=repository)

    def _upload(self, repository: str, blob: BlobSource, begun: Answer | None, progress: Progress) -> None:
        """Send a blob, in pieces. After a cut the registry is asked how much it has; where it does not say, all is sent again."""
        attempt, position = 0, 0
        upload = _Upload(self._client, repository, self._writing(repository), blob, progress)
        while True:
            try:
                if upload.place is None:
                    upload.begin(begun or self._begin(repository))
                    begun = None
                while True:
                    if upload.send_piece():
                        return
            except Cut as cut:
                attempt = 1 if upload.position > position else attempt + 1
                position = max(position, upload.position)
                self._client.pause(attempt, cut.asked, cut.reason)
                if self.has_blob(repository, blob.digest, blob.size):
                    return  # What was cut was the answer alone.
                upload.ask_how_far()


class _Upload:
    """One blob under way to a registry."""

    def __init__(
        self, client: RegistryClient, repository: str, scopes: Sequence[str], blob: BlobSource, progress: Progress
    ) -> None:
        self.place: str | None = None
        """Where the next piece goes; None: no upload has begun."""
        self.position = 0
        self._client = client
        self._what = f"{repository}@{blob.digest}"
        self._scopes = scopes
        self._blob = blob
        self._progress = progress
        self._told = 0

    def begin(self, begun: Answer) -> None:
        self.position = 0
        self._go_on(self._client.url(""), begun)

    def send_piece(self) -> bool:
        """Send the next piece; True when it was the last. Raises Cut when the connection ends."""
        assert self.place is not None
        left = self._blob.size - self.position
        if left <= _PIECE:
            separator = "&" if urlsplit(self.place).query else "?"
            self._send("PUT", f"{self.place}{separator}{urlencode({'digest': self._blob.digest})}", left, (201,))
            return True
        self._go_on(self.place, self._send("PATCH", self.place, _PIECE, (202,)))
        self.position += _PIECE
        return False

    def ask_how_far(self) -> None:
        """After a cut: go on where the registry is, or (it does not say) from the start in a new upload."""
        if self.place is None:
            return
        try:
            answer = self._client.ask("GET", self.place, self._scopes, (204,), what=self._what)
        except RegistryProblem as problem:
            if not problem.is_refusal and problem.code != "not-in-registry":
                raise
            self.place = None
            return
        reached = re.fullmatch("0-([0-9]{1,18})", answer.headers.get("Range", ""))
        # A single byte and none at all are told alike: none is the safe reading.
        position = int(reached[1]) + 1 if reached is not None and reached[1] != "0" else 0
        if position > self._blob.size:
            self.place = None
            return
        self.position = position
        self._go_on(self.place, answer)

    def _go_on(self, base: str, answer: Answer) -> None:
        self.place = self._client.own_url(base, answer.headers.get("Location", base))

    def _send(self, method: str, url: str, size: int, expected: Sequence[int]) -> Answer:
        start = self.position
        return self._client.ask(
            method,
            url,
            self._scopes,
            expected,
            what=self._what,
            headers={
                "Content-Type": "application/octet-stream",
                **({"Content-Range": f"{start}-{start + size - 1}"} if size < self._blob.size else {}),
            },
            body=lambda: self._read(start, size),
            size=size,
            again=False,
        )

    def _read(self, start: int, size: int) -> Iterator[bytes]:
        with self._blob.open() as stream:
            stream.seek(start)
            while size:
                piece = stream.read(min(_CHUNK, size))
                if not piece:
                    raise ContentChanged(f"{self._blob.digest} did not have the promised bytes")
                size -= len(piece)
                start += len(piece)
                yield piece
                # What is sent again after a cut is not counted again.
                if start > self._told:
                    self._progress(start - max(self._told, start - len(piece)))
                    self._told = start


def _length(stated: str | None, otherwise: int) -> int:
    """The number in a Content-Length; -1 for one that is none."""
    if stated is None:
        return otherwise
    return int(stated) if stated.isdecimal() and stated.isascii() and len(stated) < 19 else -1
