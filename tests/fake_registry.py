"""A small registry in memory that does as it should, until a test has it do something else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from designtool.bundle import Bundle
from designtool.bundle.manifest import INDEX_TYPE, MANIFEST_TYPE, digest_of
from tests.registries import respond, served

Twist = Callable[[BaseHTTPRequestHandler], bool]
"""Answers a request in place of the registry and says True, or leaves it alone."""
_PATH = re.compile(r"/v2/(?P<name>.+?)/(?P<kind>manifests|blobs|tags|referrers)/(?P<rest>.*)")


@dataclass(slots=True)
class FakeRegistry:
    address: str = ""
    twist: Twist = lambda handler: False
    has_referrers: bool = False
    blobs: dict[str, bytes] = field(default_factory=dict)
    """One store for all repositories: by digest."""
    there: set[tuple[str, str]] = field(default_factory=set)
    """Repository and digest: which of them has which blob."""
    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    """By repository and digest or tag: media type and bytes."""
    uploads: dict[str, bytearray] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def put(self, bundle: Bundle, tag: str | None = None) -> None:
        """As if it had been published, under the tag that is said or its version."""
        about = bundle.manifest.annotations
        name = f"{about.region}/{about.id}"
        for digest, blob in bundle.blobs.items():
            with blob.open() as stream:
                self.blobs[digest] = stream.read()
            self.there.add((name, digest))
        for reference in (bundle.digest, tag or about.version):
            self.manifests[name, reference] = (MANIFEST_TYPE, bundle.manifest.data)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.requests.append(f"{handler.command} {handler.path}")
        if self.twist(handler):
            return None
        found = _PATH.fullmatch(urlsplit(handler.path).path)
        if found is None:
            return respond(handler, 200, b"{}")
        name, rest = found["name"], found["rest"]
        if handler.command in ("GET", "HEAD"):
            return self._read(handler, found["kind"], name, rest)
        return self._write(handler, found["kind"], name, rest)

    def _read(self, handler: BaseHTTPRequestHandler, kind: str, name: str, rest: str) -> None:
        if kind == "manifests" and (name, rest) in self.manifests:
            media_type, data = self.manifests[name, rest]
            return respond(handler, 200, data, {"Content-Type": media_type, "Docker-Content-Digest": digest_of(data)})
        if kind == "blobs" and (name, rest) in self.there:
            return send_blob(handler, self.blobs[rest])
        if kind == "blobs" and rest.startswith("uploads/") and rest in self.uploads:
            reached = max(0, len(self.uploads[rest]) - 1)
            return respond(handler, 204, b"", {"Range": f"0-{reached}", "Location": handler.path})
        if kind == "tags":
            tags = sorted({tag for repository, tag in self.manifests if repository == name and ":" not in tag})
            return respond(handler, 200, json.dumps({"name": name, "tags": tags}).encode())
        if kind == "referrers" and self.has_referrers:
            return respond(handler, 200, json.dumps(self._referrers(name, rest)).encode(), {"Content-Type": INDEX_TYPE})
        return respond(handler, 404, b'{"errors":[]}')

    def _write(self, handler: BaseHTTPRequestHandler, kind: str, name: str, rest: str) -> None:
        query = {key: values[0] for key, values in parse_qs(urlsplit(handler.path).query).items()}
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        if kind == "manifests":
            for reference in (rest, digest_of(body)):
                self.manifests[name, reference] = (handler.headers["Content-Type"], body)
            return respond(handler, 201, b"")
        if handler.command == "POST":
            if "mount" in query and (query["from"], query["mount"]) in self.there:
                self.there.add((name, query["mount"]))
                return respond(handler, 201, b"")
            place = f"uploads/{len(self.uploads)}"
            self.uploads[place] = bytearray()
            return respond(handler, 202, b"", {"Location": f"/v2/{name}/blobs/{place}"})
        self.uploads[rest] += body
        if handler.command == "PATCH":
            return respond(handler, 202, b"", {"Location": f"/v2/{name}/blobs/{rest}"})
        data = bytes(self.uploads.pop(rest))
        if digest_of(data) != query["digest"]:
            return respond(handler, 400, b'{"errors":[{"code":"DIGEST_INVALID"}]}')
        self.blobs[query["digest"]] = data
        self.there.add((name, query["digest"]))
        return respond(handler, 201, b"")

    def _referrers(self, name: str, subject: str) -> dict[str, object]:
        found = []
        for (repository, reference), (media_type, data) in self.manifests.items():
            value = json.loads(data)
            if repository == name and ":" in reference and value.get("subject", {}).get("digest") == subject:
                described = {"mediaType": media_type, "digest": reference, "size": len(data)}
                found.append({**described, "artifactType": value["artifactType"]})
        return {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": found}


@contextmanager
def fake_registry(twist: Twist = lambda handler: False) -> Iterator[FakeRegistry]:
    registry = FakeRegistry(twist=twist)
    with served(registry.answer) as address:
        registry.address = address
        yield registry


def send_blob(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    """As a web server does, from where the request wants it."""
    wanted = re.fullmatch("bytes=([0-9]+)-", handler.headers.get("Range", ""))
    headers = {"Content-Type": "application/octet-stream"}
    if wanted is None:
        return respond(handler, 200, data, headers)
    start = int(wanted[1])
    place = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return respond(handler, 206, data[start:], {**headers, "Content-Range": place})
