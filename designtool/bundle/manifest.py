"""What a bundle consists of, and the OCI image manifest whose digest is the bundle's identity.

The manifest says nothing about when, where or by which designtool it was made: the same content has the same digest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from types import MappingProxyType
from typing import Any, BinaryIO

from designtool.bundle.canonical import canonical_json, parse_canonical
from designtool.bundle.refusals import Refused
from designtool.model.program import FORMAT, DerivedFrom

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
PROGRAM_TYPE = f"application/vnd.designtool.program.v{FORMAT}+json"
ARTIFACT_TYPE = f"application/vnd.designtool.bundle.v{FORMAT}+json"
PROGRAM_FILE = "program.json"

TITLE = "org.opencontainers.image.title"
VERSION = "org.opencontainers.image.version"
LICENCES = "org.opencontainers.image.licenses"
VENDOR = "org.opencontainers.image.vendor"
PROGRAM_ID = "designtool.program"
FORMAT_NUMBER = "designtool.format"
FEATURES = "designtool.features"
DERIVED_FROM = "designtool.derived-from"
OVERLAY_OF = "designtool.overlay-of"

_ARTIFACT_TYPE = re.compile(r"application/vnd\.designtool\.bundle\.v([1-9][0-9]{0,8})\+json")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PROGRAM_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION_NUMBER = re.compile(r"(0|[1-9][0-9]{0,8})(\.(0|[1-9][0-9]{0,8})){2}")
_LONGEST_NAME = 255
_DEEPEST_NAME = 16

_MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".avif": "image/avif",
        ".csv": "text/csv",
        ".gif": "image/gif",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".json": "application/json",
        ".m4a": "audio/mp4",
        ".md": "text/markdown",
        ".mp3": "audio/mpeg",
        ".mp4": "video/mp4",
        ".oga": "audio/ogg",
        ".ogg": "audio/ogg",
        ".ogv": "video/ogg",
        ".opus": "audio/ogg",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".po": "text/x-gettext-translation",
        ".svg": "image/svg+xml",
        ".txt": "text/plain",
        ".vtt": "text/vtt",
        ".wav": "audio/wav",
        ".webm": "video/webm",
        ".webp": "image/webp",
        ".yaml": "application/yaml",
        ".yml": "application/yaml",
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader takes at most. Counted while streaming, before anything is kept."""

    manifest_bytes: int = 4 * 2**20
    program_bytes: int = 16 * 2**20
    """As Python values, empty objects take two dozen times the bytes that they have as JSON."""
    total_bytes: int = 4 * 2**30
    files: int = 20_000


@dataclass(frozen=True, slots=True)
class BlobSource:
    """Bytes that are known by their digest and read when they are needed."""

    digest: str
    size: int
    open: Callable[[], BinaryIO] = field(compare=False, repr=False)
    """A new stream from the first byte, closed by whoever opened it."""
    is_verified: bool = field(default=False, compare=False)
    """Whether reading the stream to its end raises Refused when the bytes are not those of the digest: nobody need count again."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """What the manifest tells about the program, so that a catalogue need not fetch more than the manifest."""

    id: str
    version: str
    title: str
    region: str
    licence: str
    features: tuple[str, ...]
    """What a runtime must be able to do, sorted."""
    derived_from: DerivedFrom | None = None
    """Of a fork: the bundle that it was begun from."""
    overlay_of: DerivedFrom | None = None
    """Of a region's overlay: the bundle that it lies over."""
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class BundleContent:
    """Everything that goes into a bundle, before it has a digest."""

    annotations: Annotations
    program: bytes
    """The encoded program as canonical JSON."""
    files: Mapping[str, BlobSource]
    """All files but the program's own, by name."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """One file of a bundle."""

    name: str
    media_type: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that holds together. `value` is its JSON, with all that this designtool does not know."""

    digest: str
    data: bytes
    value: Mapping[str, Any] = field(hash=False, repr=False)
    annotations: Annotations
    files: Mapping[str, Descriptor] = field(hash=False)
    """The program first, then all others sorted by name."""


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def blob_of(data: bytes) -> BlobSource:
    """A blob that is held in memory."""
    return BlobSource(digest_of(data), len(data), lambda: BytesIO(data))


def is_digest(text: object) -> bool:
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def is_file_name(name: str) -> bool:
    """Whether a name can stand in a bundle: segments of ASCII letters, digits, dot, underscore and hyphen."""
    segments = name.split("/")
    return (
        len(name) <= _LONGEST_NAME
        and len(segments) <= _DEEPEST_NAME
        and all(_SEGMENT.fullmatch(segment) for segment in segments)
    )


def colliding_name(names: Iterable[str]) -> str | None:
    """A name that some file system cannot hold beside the others: equal but for case, or a file where a folder must be."""
    seen: dict[str, str] = {}
    folders: set[str] = set()
    for name in names:
        folded = name.lower()
        if folded in seen or folded in folders:
            return name
        seen[folded] = name
        parts = folded.split("/")
        for length in range(1, len(parts)):
            folder = "/".join(parts[:length])
            if folder in seen:
                return name
            folders.add(folder)
    return None


def media_type_of(name: str) -> str:
    """The media type of a file follows from its name alone; a bundle that says something else is refused."""
    last = name.rsplit("/", 1)[-1]
    _, dot, ending = last.rpartition(".")
    return _MEDIA_TYPES.get((dot + ending).lower(), "application/octet-stream")


def manifest_of(content: BundleContent) -> bytes:
    """The canonical bytes of the manifest. Their digest is the identity of the bundle.

    Raises Refused for content that no reader would take: a name that is no key, more than the limits.
    """
    about = content.annotations
    program = blob_of(content.program)
    data = canonical_json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST_TYPE,
            "artifactType": ARTIFACT_TYPE,
            "config": {"mediaType": PROGRAM_TYPE, "digest": program.digest, "size": program.size},
            "layers": [
                {
                    "mediaType": media_type_of(name),
                    "digest": blob.digest,
                    "size": blob.size,
                    "annotations": {TITLE: name},
                }
                for name, blob in sorted(content.files.items())
            ],
            "annotations": {
                TITLE: about.title,
                VERSION: about.version,
                LICENCES: about.licence,
                VENDOR: about.region,
                PROGRAM_ID: about.id,
                FORMAT_NUMBER: str(about.format),
                FEATURES: canonical_json(list(about.features)).decode(),
                **({DERIVED_FROM: _made_from_text(about.derived_from)} if about.derived_from else {}),
                **({OVERLAY_OF: _made_from_text(about.overlay_of)} if about.overlay_of else {}),
            },
        }
    )
    read_manifest(data)
    return data


def read_manifest(data: bytes, limits: Limits | None = None) -> Manifest:
    """Check a manifest from anywhere: an archive, a registry, a folder. Raises Refused."""
    limits = limits or Limits()
    value = parse_canonical(data, "manifest", limits.manifest_bytes)
    _check_head(value)
    layers = value["layers"]
    if len(layers) + 1 > limits.files:
        raise Refused("too-many-files", limit=limits.files)
    program = _descriptor(value["config"], PROGRAM_FILE)
    if program.media_type != PROGRAM_TYPE:
        raise Refused("media-type", name=PROGRAM_FILE, found=program.media_type)
    if program.size > limits.program_bytes:
        raise Refused("too-large", name=PROGRAM_FILE, limit=limits.program_bytes)
    files = {PROGRAM_FILE: program}
    previous = ""
    for number, layer in enumerate(layers):
        descriptor = _layer(layer, number)
        if descriptor.name in files:
            raise Refused("file-collision", name=descriptor.name)
        if descriptor.name < previous:
            raise Refused("file-order", name=descriptor.name)
        previous = descriptor.name
        files[descriptor.name] = descriptor
    clash = colliding_name(files)
    if clash is not None:
        raise Refused("file-collision", name=clash)
    sizes: dict[str, int] = {}
    for file in files.values():
        if sizes.setdefault(file.digest, file.size) != file.size:
            raise Refused("wrong-size", name=file.name)
    if sum(sizes.values()) > limits.total_bytes:
        raise Refused("too-large", name="…", limit=limits.total_bytes)
    return Manifest(
        digest=digest_of(data),
        data=data,
        value=MappingProxyType(value),
        annotations=_annotations(value["annotations"]),
        files=MappingProxyType(files),
    )


def _check_head(value: Any) -> None:
    if not isinstance(value, dict):
        raise Refused("manifest-invalid", where="/")
    if value.get("mediaType") == INDEX_TYPE or "manifests" in value:
        raise Refused("manifest-is-index")
    artifact = value.get("artifactType")
    found = _ARTIFACT_TYPE.fullmatch(artifact) if isinstance(artifact, str) else None
    if found is None:
        raise Refused("artifact-type", found=artifact)
    if int(found[1]) > FORMAT:
        raise Refused("format-too-new", format=found[1], known=FORMAT)
    annotations = value.get("annotations")
    shapes = {
        "schemaVersion": value.get("schemaVersion") == 2 and type(value["schemaVersion"]) is int,
        "mediaType": value.get("mediaType") == MANIFEST_TYPE,
        "config": isinstance(value.get("config"), dict),
        "layers": isinstance(value.get("layers"), list),
        "annotations": isinstance(annotations, dict) and all(isinstance(text, str) for text in annotations.values()),
        "subject": "subject" not in value,
    }
    for where, is_right in shapes.items():
        if not is_right:
            raise Refused("manifest-invalid", where=f"/{where}")


def _annotations(found: Mapping[str, str]) -> Annotations:
    for name in (TITLE, VERSION, LICENCES, VENDOR, PROGRAM_ID, FORMAT_NUMBER, FEATURES):
        if name not in found:
            raise Refused("manifest-invalid", where=f"/annotations/{name}")
    if found[FORMAT_NUMBER] != str(FORMAT):
        if found[FORMAT_NUMBER].isdecimal() and found[FORMAT_NUMBER].isascii() and len(found[FORMAT_NUMBER]) < 10:
            raise Refused("format-too-new", format=found[FORMAT_NUMBER], known=FORMAT)
        raise Refused("manifest-invalid", where=f"/annotations/{FORMAT_NUMBER}")
    for name, pattern in ((VERSION, _VERSION_NUMBER), (PROGRAM_ID, _PROGRAM_ID)):
        if not pattern.fullmatch(found[name]):
            raise Refused("manifest-invalid", where=f"/annotations/{name}")
    return Annotations(
        id=found[PROGRAM_ID],
        version=found[VERSION],
        title=found[TITLE],
        region=found[VENDOR],
        licence=found[LICENCES],
        features=_features(found[FEATURES]),
        derived_from=_made_from(DERIVED_FROM, found),
        overlay_of=_made_from(OVERLAY_OF, found),
    )


def _features(text: str) -> tuple[str, ...]:
    where = f"/annotations/{FEATURES}"
    features = parse_canonical(text.encode(), where, len(text) * 4)
    if not isinstance(features, list) or not all(isinstance(feature, str) for feature in features):
        raise Refused("manifest-invalid", where=where)
    if features != sorted(set(features)):
        raise Refused("manifest-invalid", where=where)
    return tuple(features)


def _made_from(annotation: str, found: Mapping[str, str]) -> DerivedFrom | None:
    if annotation not in found:
        return None
    text, where = found[annotation], f"/annotations/{annotation}"
    stated = parse_canonical(text.encode(), where, len(text) * 4)
    is_right = (
        isinstance(stated, dict)
        and stated.keys() == {"digest", "program", "version"}
        and all(isinstance(value, str) for value in stated.values())
        and is_digest(stated["digest"])
        and _PROGRAM_ID.fullmatch(stated["program"])
        and _VERSION_NUMBER.fullmatch(stated["version"])
    )
    if not is_right:
        raise Refused("manifest-invalid", where=where)
    return DerivedFrom(stated["program"], stated["version"], stated["digest"])


def _made_from_text(made_from: DerivedFrom) -> str:
    return canonical_json(asdict(made_from)).decode()


def _layer(layer: Any, number: int) -> Descriptor:
    where = f"layer {number}"
    annotations = layer.get("annotations") if isinstance(layer, dict) else None
    if not isinstance(annotations, dict) or not all(isinstance(text, str) for text in annotations.values()):
        raise Refused("descriptor-invalid", name=where, where="/annotations")
    if TITLE not in annotations:
        raise Refused("descriptor-invalid", name=where, where=f"/annotations/{TITLE}")
    name = annotations[TITLE]
    if not is_file_name(name):
        raise Refused("file-name", name=name)
    descriptor = _descriptor(layer, name)
    if descriptor.media_type != media_type_of(name):
        raise Refused("media-type", name=name, found=descriptor.media_type)
    return descriptor


def _descriptor(value: Mapping[str, Any], name: str) -> Descriptor:
    if "urls" in value:
        raise Refused("descriptor-urls", name=name)
    if "data" in value:
        raise Refused("descriptor-invalid", name=name, where="/data")
    if not is_digest(value.get("digest")):
        raise Refused("digest-form", digest=json.dumps(value.get("digest")))
    size = value.get("size")
    if type(size) is not int or size < 0:
        raise Refused("descriptor-invalid", name=name, where="/size")
    media_type = value.get("mediaType")
    if not isinstance(media_type, str):
        raise Refused("descriptor-invalid", name=name, where="/mediaType")
    return Descriptor(name, media_type, value["digest"], size)
