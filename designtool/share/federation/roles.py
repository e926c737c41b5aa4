"""The federation as metadata of TUF: who may sign what, and how each of these is changed. Nothing here is signed or written.

root        the founding regions, a threshold of them: names the keys of the top. Offline.
targets     the same people: one role for each region, for its own namespace, and the role of recalls.
<region>    what the region has released: two signatures, of one who publishes and one clinically responsible.
recall      what must not be begun: one signature of a safety officer, so that stopping needs fewer than starting.
snapshot, timestamp  that all of it belongs together and is fresh: keys that are online, for days at a time.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Key,
    MetaFile,
    Role,
    Root,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from designtool.bundle.manifest import is_digest
from designtool.share.federation.about import LONGEST_TEXT, About, NotAbout, encode_about, read_about
from designtool.share.federation.keys import KeyRole, PublicKey, key_in_metadata, key_of_metadata
from designtool.share.federation.problems import TrustProblem
from designtool.share.registries.names import RESERVED_REGIONS, is_version, program_name
from designtool.share.registries.problems import RegistryProblem

OFFLINE_LIFETIME = timedelta(days=183)
"""Of what people sign: half a year."""
SNAPSHOT_LIFETIME = timedelta(days=14)
TIMESTAMP_LIFETIME = timedelta(days=7)
"""How long a runtime that hears nothing new goes on taking in bundles and starting treatments."""
RECALL = "recall"
TOP_ROLES = ("root", "targets", "snapshot", "timestamp")
REGION_THRESHOLD = 2
_LARGEST_SIZE = 2**53 - 1
_AnySigned = TypeVar("_AnySigned", bound=Signed)
_RESERVED = frozenset({*TOP_ROLES, RECALL, *RESERVED_REGIONS})


@dataclass(frozen=True, slots=True)
class ReleaseName:
    """`<region>/<program>/<version>`: what a release is called in metadata."""

    region: str
    program: str
    version: str

    def __str__(self) -> str:
        return f"{self.region}/{self.program}/{self.version}"


@dataclass(frozen=True, slots=True)
class Release:
    """What two people of a region sign: a name, and the digest of the manifest, which covers every byte of the bundle."""

    name: ReleaseName
    digest: str
    manifest_size: int
    title: str
    size: int
    """Of all files of the bundle, in bytes."""
    about: About | None = None
    """What it says of itself to regions that may not have it. None where nothing is said."""


def release_name(text: str) -> ReleaseName:
    """Raises TrustProblem for what is no name."""
    parts = text.split("/")
    try:
        if len(parts) == 3 and is_version(parts[2]) and parts[0] not in _RESERVED:
            name = program_name(parts[0], parts[1])
            return ReleaseName(name.region, name.program, parts[2])
    except RegistryProblem:
        pass
    raise TrustProblem("target-name", name=text)


# Making and changing


def first_root(founders: Sequence[PublicKey], threshold: int, online: Sequence[PublicKey], now: datetime) -> Root:
    """Raises TrustProblem."""
    _check_keys("root", founders, ("founder",), max(2, threshold))
    _check_keys("timestamp", online, ("online",), 1)
    if threshold < 2:
        raise TrustProblem("federation-rules", reason="root: threshold < 2")
    keys = {key.key_id: key_in_metadata(key) for key in (*founders, *online)}
    top, stamps = [key.key_id for key in founders], [key.key_id for key in online]
    roles = {
        "root": Role(top, threshold),
        "targets": Role(list(top), threshold),
        "snapshot": Role(stamps, 1),
        "timestamp": Role(list(stamps), 1),
    }
    return Root(1, None, expiry(now, OFFLINE_LIFETIME), keys, roles, True)


def first_targets(safety: Sequence[PublicKey], now: datetime) -> Targets:
    """No regions yet, and the role of recalls. Raises TrustProblem."""
    _check_keys(RECALL, safety, ("safety",), 1)
    delegations = Delegations(_keys(safety), {RECALL: _role(RECALL, safety, 1)})
    return Targets(1, None, expiry(now, OFFLINE_LIFETIME), {}, delegations)


def first_recall(now: datetime) -> Targets:
    """That nothing has been recalled."""
    return Targets(1, None, expiry(now, OFFLINE_LIFETIME))


def with_region(before: Targets, region: str, keys: Sequence[PublicKey], now: datetime) -> Targets:
    """The region gets its own namespace and nothing else. Raises TrustProblem."""
    release_name(f"{region}/program/1.0.0")
    _check_keys(region, keys, ("publisher", "clinical"), REGION_THRESHOLD, region)
    after = renewed(before, now)
    roles = _delegated_roles(after)
    if region in roles:
        raise TrustProblem("region-exists", region=region)
    assert after.delegations is not None, "targets of a federation delegate"
    after.delegations.keys.update(_keys(keys))
    roles[region] = _role(region, keys, REGION_THRESHOLD)
    return after


def with_key(
    before: Root | Targets, role: str, removed: str | None, added: PublicKey | None, now: datetime
) -> Root | Targets:
    """One key of a role out, one in, or both. `role` of the root: `founder` or `online`. Raises TrustProblem.

    A key that is taken out with nothing in its place may leave a role that cannot sign at all. That is what an emergency asks
    for: nothing of that role is trusted until another key is in.
    """
    after = renewed(before, now)
    if isinstance(after, Root):
        names = {"founder": ("root", "targets"), "online": ("snapshot", "timestamp")}.get(role)
        if names is None:
            raise TrustProblem("role-unknown", role=role)
        roles: list[Role] = [after.roles[name] for name in names]
        keys = after.keys
    else:
        found = _delegated_roles(after).get(role)
        if found is None or after.delegations is None:
            raise TrustProblem("role-unknown", role=role)
        roles, keys = [found], after.delegations.keys
    for one in roles:
        if removed is not None:
            if removed not in one.keyids:
                raise TrustProblem("not-a-signer", key=removed, role=role)
            one.keyids.remove(removed)
        if added is not None:
            _check_fits(added, role)
            if added.key_id in one.keyids:
                raise TrustProblem("same-key-twice", role=role)
            one.keyids.append(added.key_id)
    if added is not None:
        keys[added.key_id] = key_in_metadata(added)
    everywhere = after.roles if isinstance(after, Root) else _delegated_roles(after)
    used = {key_id for one in everywhere.values() for key_id in one.keyids}
    for key_id in [key_id for key_id in keys if key_id not in used]:
        del keys[key_id]
    return after


def with_release(before: Targets | None, release: Release, now: datetime) -> Targets:
    """What the region has released, and this too. The same release again is no problem. Raises TrustProblem."""
    after = Targets(1, None, expiry(now, OFFLINE_LIFETIME)) if before is None else renewed(before, now)
    name = str(release.name)
    known = after.targets.get(name)
    hexadecimal = release.digest.removeprefix("sha256:")
    if not is_digest(release.digest):
        raise TrustProblem("target-invalid", name=name, reason=release.digest)
    if known is not None and known.hashes.get("sha256") != hexadecimal:
        raise TrustProblem("release-taken", name=name)
    custom = {
        "title": release.title,
        "program": release.name.program,
        "version": release.name.version,
        "size": release.size,
        **({"about": encode_about(release.about)} if release.about is not None else {}),
    }
    target = TargetFile(release.manifest_size, {"sha256": hexadecimal}, name, unrecognized_fields={"custom": custom})
    release_of(release.name, target)
    after.targets[name] = target
    return after


def renewed(before: _AnySigned, now: datetime) -> _AnySigned:
    """The same content, one version later, for another term."""
    after = copy.deepcopy(before)
    after.version += 1
    after.expires = expiry(now, _LIFETIMES.get(after.type, OFFLINE_LIFETIME))
    return after


def snapshot_of(version: int, meta: dict[str, MetaFile], now: datetime) -> Snapshot:
    return Snapshot(version, None, expiry(now, SNAPSHOT_LIFETIME), meta)


def timestamp_of(version: int, snapshot: MetaFile, now: datetime) -> Timestamp:
    return Timestamp(version, None, expiry(now, TIMESTAMP_LIFETIME), snapshot)


def expiry(now: datetime, lifetime: timedelta) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0, tzinfo=UTC) + lifetime


# What must hold beyond TUF


def check_root(root: Root) -> None:
    """That the founders are several and every key is another one. Raises TrustProblem."""
    for name, role in root.roles.items():
        _check_distinct(name, role, root.keys)
    for name in ("root", "targets"):
        if root.roles[name].threshold < 2:
            raise TrustProblem("federation-rules", reason=f"{name}: threshold < 2")
    if not root.consistent_snapshot:
        raise TrustProblem("federation-rules", reason="consistent_snapshot")


def check_targets(targets: Targets) -> None:
    """That each region has its own namespace alone, and two keys at least must sign it. Raises TrustProblem."""
    if targets.targets:
        raise TrustProblem("federation-rules", reason="targets")
    delegations = targets.delegations
    if delegations is None or delegations.roles is None or RECALL not in delegations.roles:
        raise TrustProblem("federation-rules", reason=RECALL)
    for name, role in delegations.roles.items():
        _check_distinct(name, role, delegations.keys)
        if name == RECALL:
            fits = role.paths == [f"{RECALL}/*/*/*"] and role.threshold >= 1
        else:
            release_name(f"{name}/program/1.0.0")
            fits = role.paths == [f"{name}/*/*"] and role.threshold >= REGION_THRESHOLD
        if not fits or role.path_hash_prefixes is not None:
            raise TrustProblem("federation-rules", reason=name)


def check_region(region: str, signed: Targets) -> None:
    """That a region speaks of its own releases alone, and lets nobody speak for it. Raises TrustProblem."""
    if signed.delegations is not None:
        raise TrustProblem("federation-rules", reason=f"{region}: delegations")
    for path, target in signed.targets.items():
        name = release_name(path)
        if name.region != region:
            raise TrustProblem("federation-rules", reason=f"{region}: {path}")
        release_of(name, target)


def check_recall(signed: Targets) -> None:
    """Raises TrustProblem."""
    if signed.delegations is not None:
        raise TrustProblem("federation-rules", reason=f"{RECALL}: delegations")
    for path in signed.targets:
        # A recall of nobody knows what: nothing begins until somebody has put it right.
        if not path.startswith(f"{RECALL}/"):
            raise TrustProblem("federation-rules", reason=f"{RECALL}: {path}")
        release_name(path.removeprefix(f"{RECALL}/"))


def check_rules(role: str, signed: Signed) -> None:
    """What must hold for metadata of a role, beyond its signatures. Raises TrustProblem."""
    if isinstance(signed, Root):
        check_root(signed)
    elif isinstance(signed, Targets):
        if role == "targets":
            check_targets(signed)
        elif role == RECALL:
            check_recall(signed)
        else:
            check_region(role, signed)


def check_signers(name: str, signers: Sequence[PublicKey]) -> None:
    """That a region's metadata has four eyes: those of a publisher, and those of another person who answers for the care."""
    publishers = {key.public for key in signers if key.role == "publisher"}
    clinical = {key.public for key in signers if key.role == "clinical"}
    if not publishers or not clinical or len(publishers | clinical) < REGION_THRESHOLD:
        raise TrustProblem("four-eyes", role=name)


def signers_among(keys: Sequence[Key]) -> tuple[PublicKey, ...]:
    found = (key_of_metadata(key) for key in keys)
    return tuple(
        sorted((key for key in found if key is not None), key=lambda key: (key.role != "publisher", key.holder))
    )


def release_of(name: ReleaseName, target: TargetFile) -> Release:
    """What metadata says about a release, if it holds together. Raises TrustProblem."""
    custom = target.custom
    digest = f"sha256:{target.hashes.get('sha256', '')}"
    if not is_digest(digest):
        raise TrustProblem("target-invalid", name=name, reason="sha256")
    if not isinstance(custom, dict):
        raise TrustProblem("target-invalid", name=name, reason="custom")
    for key, expected in (("program", name.program), ("version", name.version)):
        if custom.get(key) != expected:
            raise TrustProblem("target-invalid", name=name, reason=key)
    title, size = custom.get("title"), custom.get("size")
    if not isinstance(title, str) or not title.strip() or len(title) > LONGEST_TEXT or not title.isprintable():
        raise TrustProblem("target-invalid", name=name, reason="title")
    if type(size) is not int or not 0 < size <= _LARGEST_SIZE or type(target.length) is not int:
        raise TrustProblem("target-invalid", name=name, reason="size")
    try:
        about = read_about(custom["about"]) if "about" in custom else None
    except NotAbout as error:
        raise TrustProblem("target-invalid", name=name, reason=error) from error
    return Release(name, digest, target.length, title, size, about)


def keys_of_role(delegator: Root | Targets, role: str) -> tuple[PublicKey, ...]:
    """Whose keys may sign a role. Raises TrustProblem where there is no such role."""
    try:
        found = delegator.get_delegated_role(role)
        return signers_among([delegator.get_key(key_id) for key_id in found.keyids])
    except ValueError as error:
        raise TrustProblem("role-unknown", role=role) from error


def _check_distinct(name: str, role: Role, keys: dict[str, Key]) -> None:
    """One key under two ids would let one person sign for two."""
    publics: set[str] = set()
    for key_id in role.keyids:
        key = keys.get(key_id)
        person = key_of_metadata(key) if key is not None else None
        if person is None:
            raise TrustProblem("federation-rules", reason=f"{name}: {key_id[:12]}")
        if person.public in publics:
            raise TrustProblem("same-key-twice", role=name)
        publics.add(person.public)


def _check_keys(
    role: str, keys: Sequence[PublicKey], wanted: Sequence[KeyRole], least: int, region: str | None = None
) -> None:
    if len(keys) < least:
        raise TrustProblem("too-few-keys", role=role, least=least)
    if len({key.public for key in keys}) < len(keys):
        raise TrustProblem("same-key-twice", role=role)
    for kind in wanted:
        if not any(key.role == kind for key in keys):
            raise TrustProblem("too-few-keys", role=f"{role} ({kind})", least=1)
    for key in keys:
        if key.role not in wanted:
            raise TrustProblem("key-role", key=key.holder, found=key.role, wanted=role)
        if region is not None and key.region != region:
            raise TrustProblem("key-role", key=key.holder, found=key.region, wanted=region)


def _check_fits(key: PublicKey, role: str) -> None:
    wanted: tuple[KeyRole, ...] = {
        "founder": ("founder",),
        "online": ("online",),
        RECALL: ("safety",),
    }.get(role, ("publisher", "clinical"))  # type: ignore[assignment]
    if key.role not in wanted:
        raise TrustProblem("key-role", key=key.holder, found=key.role, wanted=role)
    if "publisher" in wanted and key.region != role:
        raise TrustProblem("key-role", key=key.holder, found=key.region, wanted=role)


def _delegated_roles(targets: Targets) -> dict[str, DelegatedRole]:
    delegations = targets.delegations
    if delegations is None or delegations.roles is None:
        raise TrustProblem("federation-rules", reason="delegations")
    return delegations.roles


def _keys(keys: Sequence[PublicKey]) -> dict[str, Key]:
    return {key.key_id: key_in_metadata(key) for key in keys}


def _role(name: str, keys: Sequence[PublicKey], threshold: int) -> DelegatedRole:
    paths = [f"{RECALL}/*/*/*"] if name == RECALL else [f"{name}/*/*"]
    return DelegatedRole(name, [key.key_id for key in keys], threshold, True, paths)


_LIFETIMES: dict[str, timedelta] = {"snapshot": SNAPSHOT_LIFETIME, "timestamp": TIMESTAMP_LIFETIME}
