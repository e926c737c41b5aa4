"""The publishing side: drafts made from what is published, signed drafts adopted, and all of it stamped as fresh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from designtool.bundle import Refused
from designtool.share.federation import roles
from designtool.share.federation.draft import LARGEST, LARGEST_TARGETS, Draft, draft_of, metadata_of
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.metadata_store import TIMESTAMP_FILE, MetadataStore, file_name, parsed_name
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import RECALL, Release, ReleaseName
from designtool.share.recalls.entries import Entry, entries_of, in_force, lift_holds, stands_lifted
from designtool.share.recalls.keys import keys_for_lifts
from designtool.share.registries.problems import NOBODY_ANSWERS, RegistryProblem

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

MOST_ROOTS = 256
"""How many roots a federation may have had: as many as its readers go through."""
_MOST_STAMPS = 10
_MOST_LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Current:
    """The newest metadata of a role that enough of the right people have signed."""

    signed: Any
    data: bytes

    @property
    def version(self) -> int:
        version: int = self.signed.version
        return version


# Drafts


def draft_federation(
    founders: Sequence[PublicKey],
    threshold: int,
    online: Sequence[PublicKey],
    safety: Sequence[PublicKey],
    now: datetime,
) -> tuple[Draft, ...]:
    """A new federation: its root, its (empty) list of regions, and that nothing is recalled."""
    root = draft_of("root", roles.first_root(founders, threshold, online, now), None, None)
    targets = draft_of("targets", roles.first_targets(safety, now), None, root.metadata)
    return root, targets, draft_of(RECALL, roles.first_recall(now), None, targets.metadata)


def draft_region(store: MetadataStore, region: str, keys: Sequence[PublicKey], now: datetime) -> tuple[Draft, ...]:
    """A region joins."""
    root, targets = newest_root(store), newest_targets(store)
    return (_next(store, "targets", roles.with_region(targets.signed, region, keys, now), targets, root),)


def draft_key_change(
    store: MetadataStore, role: str, removed: str | None, added: PublicKey | None, now: datetime
) -> tuple[Draft, ...]:
    """Another key for a role (`founder`, `online`, a region, `recall`), and what must be signed again because of it.

    The drafts are to be signed and adopted in their order.
    """
    root, targets = newest_root(store), newest_targets(store)
    if role in ("founder", "online"):
        changed = _next(store, "root", roles.with_key(root.signed, role, removed, added, now), root, None)
        if role == "online":
            return (changed,)
        again = roles.renewed(targets.signed, now)
        return changed, _next(store, "targets", again, targets, Current(None, changed.metadata))
    changed = _next(store, "targets", roles.with_key(targets.signed, role, removed, added, now), targets, root)
    current = newest_of(store, role, targets.signed)
    if current is None:
        return (changed,)
    return changed, _next(store, role, roles.renewed(current.signed, now), current, Current(None, changed.metadata))


def whole_key_id(store: MetadataStore, role: str, beginning: str) -> str:
    """The one key of a role whose id begins so. Raises TrustProblem where there is none, or more than one."""
    root, targets = newest_root(store).signed, newest_targets(store).signed
    top = {"founder": "root", "online": "timestamp"}.get(role)
    keys = roles.keys_of_role(root, top) if top is not None else roles.keys_of_role(targets, role)
    found = [key.key_id for key in keys if beginning and key.key_id.startswith(beginning.lower())]
    if len(found) != 1:
        raise TrustProblem("not-a-signer", key=beginning, role=role)
    return found[0]


def draft_renewal(store: MetadataStore, role: str, now: datetime) -> Draft:
    """The same content for another half year. `role`: root, targets, a region or recall."""
    root = newest_root(store)
    if role == "root":
        return _next(store, "root", roles.renewed(root.signed, now), root, None)
    targets = newest_targets(store)
    if role == "targets":
        return _next(store, "targets", roles.renewed(targets.signed, now), targets, root)
    roles.keys_of_role(targets.signed, role)
    # What a revoked key has signed can be signed anew, if somebody who is still trusted had signed it too.
    current = newest_of(store, role, targets.signed) or _partly_signed(store, role, targets.signed)
    if current is None:
        raise TrustProblem("metadata-missing", name=f"{role}.json")
    return _next(store, role, roles.renewed(current.signed, now), current, targets)


def draft_release(store: MetadataStore, release: Release, now: datetime) -> Draft:
    """One more release of a region, for its two people to sign. Raises TrustProblem."""
    targets = newest_targets(store)
    region = release.name.region
    roles.keys_of_role(targets.signed, region)
    # What a revoked key has signed is still what the region has released: it is signed anew with what is new.
    current = newest_of(store, region, targets.signed) or _partly_signed(store, region, targets.signed)
    before = current.signed if current is not None else None
    return _next(store, region, roles.with_release(before, release, now), current, targets)


# Adopting and stamping


def adopt(draft: Draft, store: MetadataStore) -> str:
    """Put a draft that is signed into the store, as the newest version of its role. Gives the name of the file.

    Raises TrustProblem when signatures are missing, a rule is broken, or somebody else has put the same version there.
    """
    name = check_adoptable(draft, store)
    store.put(name, draft.metadata, None)
    return name


def check_adoptable(draft: Draft, store: MetadataStore) -> str:
    """That a draft could be adopted now. Gives the name that its file will have. Raises TrustProblem."""
    metadata = metadata_of(draft.metadata, draft.role)
    role, signed = draft.role, metadata.signed
    roles.check_rules(role, signed)
    if role == "root":
        _check_root_follows(metadata, store)
    elif role == "targets":
        _check_signed(metadata, role, newest_root(store).signed)
        # What the two people of a region have signed counts with the newest list of regions alone.
    else:
        targets = newest_targets(store).signed
        _check_signed(metadata, role, targets)
        if role == RECALL:
            _check_recalls(signed, _recalls_before(store, targets), targets)
        else:
            roles.check_signers(role, _signers(metadata, role, targets))
    newest = max(store.versions(role), default=0)
    name = file_name(role, signed.version)
    if signed.version < newest:
        raise TrustProblem("metadata-rollback", name=name)
    if signed.version == newest and _got(store, name, LARGEST.get(role, LARGEST_TARGETS)) != draft.metadata:
        raise TrustProblem("metadata-changed", name=name)
    return name


def signed_release(name: ReleaseName, store: MetadataStore) -> tuple[Release, tuple[PublicKey, ...]] | None:
    """What the newest metadata of a region in the store says of a release, and who has signed it; None where it says nothing."""
    targets = newest_targets(store).signed
    current = newest_of(store, name.region, targets)
    target = current.signed.targets.get(str(name)) if current is not None else None
    if current is None or target is None:
        return None
    metadata = metadata_of(current.data, name.region)
    return roles.release_of(name, target), _signers(metadata, name.region, targets)


def signers_of_draft(draft: Draft, store: MetadataStore) -> tuple[PublicKey, ...]:
    """Who of those whom the store's list of regions names has signed a draft of a region. Raises TrustProblem."""
    return _signers(metadata_of(draft.metadata, draft.role), draft.role, newest_targets(store).signed)


def stamp(store: MetadataStore, signers: Sequence[Signer], now: datetime) -> tuple[str, ...]:
    """Say that what is in the store belongs together and is fresh: a snapshot and a timestamp. Gives the files' names.

    What is not signed as it must be is left out, or stays at the version that it had: its readers refuse it by itself.
    What was written is read back, and all of it done again where somebody else has stamped meanwhile: whoever writes last has
    seen that the timestamp leads to everything. Raises TrustProblem `metadata-changed` where that does not come to rest.
    """
    for _ in range(_MOST_STAMPS):
        try:
            written = _stamped(store, signers, now)
        except TrustProblem as problem:
            if problem.code != "metadata-changed":
                raise
            continue
        if _stands(store, written):
            return file_name("snapshot", written.snapshot.version), TIMESTAMP_FILE
    raise TrustProblem("metadata-changed", name=TIMESTAMP_FILE)


def stamped_until(store: MetadataStore) -> datetime | None:
    """Until when the newest stamp holds, if a stamp would say nothing else now; None where there is something to stamp.

    Raises TrustProblem where the store's root or list of regions does not hold.
    """
    root, targets = newest_root(store), newest_targets(store)
    timestamp = _verified(_got(store, TIMESTAMP_FILE, LARGEST["timestamp"]), "timestamp", root.signed)
    snapshot = _snapshot_before(store, timestamp, root.signed)
    if timestamp is None or snapshot is None or timestamp.signed.snapshot_meta != _meta_file(snapshot):
        return None
    meta, _ = _meta_now(store, root, targets, snapshot)
    if meta != snapshot.signed.meta:
        return None
    until: datetime = min(timestamp.signed.expires, snapshot.signed.expires)
    return until


def check_not_behind(store: MetadataStore, known: Mapping[str, int]) -> None:
    """That a store is not older than what somebody has seen (versions by role of the top). Raises TrustProblem.

    A newer root may have begun the counting anew: that is how a federation recovers.
    """
    root = newest_root(store)
    if root.version < known.get("root", 0):
        raise TrustProblem("metadata-rollback", name=file_name("root", root.version))
    if root.version > known.get("root", 0):
        return
    for role in ("targets", "snapshot"):
        current = newest_of(store, role, root.signed)
        if (current.version if current is not None else 0) < known.get(role, 0):
            raise TrustProblem("metadata-rollback", name=f"{role}.json")
    timestamp = _verified(_got(store, TIMESTAMP_FILE, LARGEST["timestamp"]), "timestamp", root.signed)
    if timestamp is not None and timestamp.version < known.get("timestamp", 0):
        raise TrustProblem("metadata-rollback", name=TIMESTAMP_FILE)


@dataclass(frozen=True, slots=True)
class _Stamped:
    snapshot: Current
    timestamp: bytes
    known_snapshots: frozenset[int]
    """Those that were there before anything else was looked at, and the own one."""
    new_roles: frozenset[str]
    """Roles whose files were read for this snapshot."""


def _stamped(store: MetadataStore, signers: Sequence[Signer], now: datetime) -> _Stamped:
    # First of all: a snapshot that is there already was made of nothing that is newer than what is read below.
    taken = set(store.versions("snapshot"))
    root, targets = newest_root(store), newest_targets(store)
    old_timestamp = _got(store, TIMESTAMP_FILE, LARGEST["timestamp"])
    timestamp = _verified(old_timestamp, "timestamp", root.signed)
    # Where somebody has spoilt the last stamp it is the newest snapshot that says what clients have: nothing of it is forgotten.
    snapshot = _snapshot_before(store, timestamp, root.signed) or newest_of(store, "snapshot", root.signed)
    meta, new_roles = _meta_now(store, root, targets, snapshot)
    pointed_at = timestamp.signed.snapshot_meta.version if timestamp is not None else 0
    before = max(pointed_at, snapshot.version if snapshot is not None else 0)
    number = before + 1
    while number in taken:
        number += 1
    new_snapshot = Metadata(roles.snapshot_of(number, meta, now))
    _sign_all(new_snapshot, "snapshot", root.signed, signers)
    data = new_snapshot.to_bytes()
    # Two who stamp at once have snapshots of different numbers, and so timestamps of different numbers too.
    steps = number - before
    made = Current(new_snapshot.signed, data)
    # Both are counted alike, so that a timestamp without one before it is not older than what clients have seen.
    number = timestamp.version + steps if timestamp is not None else number
    new_timestamp = Metadata(roles.timestamp_of(number, _meta_file(made), now))
    _sign_all(new_timestamp, "timestamp", root.signed, signers)
    stamped = new_timestamp.to_bytes()
    store.put(file_name("snapshot", made.version), data, None)
    store.put(TIMESTAMP_FILE, stamped, old_timestamp)
    return _Stamped(made, stamped, frozenset({*taken, made.version}), frozenset(new_roles))


def _meta_now(
    store: MetadataStore, root: Current, targets: Current, snapshot: Current | None
) -> tuple[dict[str, MetaFile], set[str]]:
    """What a snapshot says now that follows on this one, and the roles whose files were read for it."""
    meta: dict[str, MetaFile] = dict(snapshot.signed.meta) if snapshot is not None else {}
    meta["targets.json"] = _meta_file(targets)
    assert targets.signed.delegations is not None, "newest_targets keeps to the rules"
    new_roles = {"targets"}
    for role in targets.signed.delegations.roles:
        current = newest_of(store, role, targets.signed)
        if current is not None and role == RECALL:
            _check_kept(current.signed, _recalls_stamped(store, root.signed), targets.signed)
        known = meta.get(f"{role}.json")
        if current is not None and (known is None or known.version <= current.version):
            meta[f"{role}.json"] = _meta_file(current)
            new_roles.add(role)
    return meta, new_roles


def _stands(store: MetadataStore, written: _Stamped) -> bool:
    """Whether the timestamp in the store is the one that was written, and leads to files that are there with the right bytes."""
    if _got(store, TIMESTAMP_FILE, LARGEST["timestamp"]) != written.timestamp:
        return False
    if _got(store, file_name("snapshot", written.snapshot.version), LARGEST["snapshot"]) != written.snapshot.data:
        return False
    for role in written.new_roles:
        meta = written.snapshot.signed.meta[f"{role}.json"]
        data = _got_of(role, store, file_name(role, meta.version))
        if data is None or len(data) != meta.length or MetaFile.from_data(1, data, ["sha256"]).hashes != meta.hashes:
            return False
    return written.known_snapshots.issuperset(store.versions("snapshot"))


# What is published


def newest_root(store: MetadataStore) -> Current:
    """The last root of the chain that begins with the store's first. Raises TrustProblem."""
    found: Current | None = None
    versions = store.versions("root")
    if len(versions) > MOST_ROOTS:
        raise TrustProblem("root-chain-too-long", limit=MOST_ROOTS)
    for version in versions:
        data = store.get(file_name("root", version), LARGEST["root"])
        if data is None or version != (found.version + 1 if found is not None else 1):
            break
        metadata = metadata_of(data, "root")
        previous = found.signed if found is not None else None
        result = metadata.signed.get_root_verification_result(previous, metadata.signed_bytes, metadata.signatures)
        if not result or metadata.signed.version != version:
            raise TrustProblem("metadata-signatures", name=file_name("root", version))
        found = Current(metadata.signed, data)
    if found is None:
        raise TrustProblem("metadata-missing", name="1.root.json")
    roles.check_root(found.signed)
    return found


def newest_targets(store: MetadataStore) -> Current:
    """The newest list of regions. Raises TrustProblem."""
    found = newest_of(store, "targets", newest_root(store).signed)
    if found is None:
        raise TrustProblem("metadata-missing", name="targets.json")
    roles.check_targets(found.signed)
    return found


def expiring(store: MetadataStore, day: datetime) -> dict[str, datetime]:
    """What people have signed and no longer holds on a day, by role, with when it ends. Raises TrustProblem."""
    root, targets = newest_root(store), newest_targets(store)
    found = {"root": root, "targets": targets}
    assert targets.signed.delegations is not None, "newest_targets keeps to the rules"
    for role in targets.signed.delegations.roles or ():
        current = newest_of(store, role, targets.signed)
        if current is not None:
            found[role] = current
    return {role: one.signed.expires for role, one in found.items() if one.signed.expires <= day}


def stamped_files(store: MetadataStore) -> dict[str, bytes]:
    """What the timestamp leads to, by name: every root first, the timestamp last. Each is what the store's own roots vouch for.

    A region's file that is missing, or not signed as it must be, is left out. Raises TrustProblem where anything else is.
    """
    known = _Remembered(store)
    root = newest_root(known)
    roots = {name: data for name, data in known.files.items() if data is not None}
    timestamp = _verified(_whole(known, TIMESTAMP_FILE, LARGEST["timestamp"]), "timestamp", root.signed)
    if timestamp is None:
        raise TrustProblem("metadata-signatures", name=TIMESTAMP_FILE)
    name = file_name("snapshot", timestamp.signed.snapshot_meta.version)
    snapshot = _pointed_at(known, name, timestamp.signed.snapshot_meta, LARGEST["snapshot"])
    found = _verified(snapshot, "snapshot", root.signed)
    if found is None:
        raise TrustProblem("metadata-signatures", name=name)
    meta = found.signed.meta
    targets_name = file_name("targets", meta["targets.json"].version) if "targets.json" in meta else "targets.json"
    targets = _verified(_whole(known, targets_name, LARGEST_TARGETS), "targets", root.signed)
    if targets is None or targets.signed.delegations is None or targets.signed.delegations.roles is None:
        raise TrustProblem("metadata-signatures", name=targets_name)
    _pointed_at(known, targets_name, meta["targets.json"], LARGEST_TARGETS)
    files: dict[str, bytes] = {}
    for role in targets.signed.delegations.roles:
        about = meta.get(f"{role}.json")
        if about is None:
            continue
        try:
            data = _pointed_at(known, file_name(role, about.version), about, LARGEST_TARGETS)
        except TrustProblem:
            if role == RECALL:
                raise
            continue
        except (Refused, RegistryProblem) as problem:
            if role == RECALL:
                raise
            _reraise_if_of_all(role, problem)
            continue
        if _verified(data, role, targets.signed) is not None:
            files[file_name(role, about.version)] = data
        elif role == RECALL:
            raise TrustProblem("metadata-signatures", name=file_name(role, about.version))
    return {**roots, **files, targets_name: targets.data, name: snapshot, TIMESTAMP_FILE: timestamp.data}


def check_not_older(files: Mapping[str, bytes], store: MetadataStore) -> None:
    """That what is to be copied to a store is of the same federation, and not older than what is there. Raises TrustProblem."""
    roots = {version: data for name, data in files.items() if (version := _root_version(name)) is not None}
    newest = max(roots)
    for version in store.versions("root"):
        name = file_name("root", version)
        if version in roots and _got(store, name, LARGEST["root"]) != roots[version]:
            raise TrustProblem("metadata-mismatch", name=name)  # Of another federation.
    if max(store.versions("root"), default=0) > newest:
        raise TrustProblem("metadata-rollback", name=file_name("root", newest))
    signed = metadata_of(roots[newest], "root").signed
    there = _verified(_got(store, TIMESTAMP_FILE, LARGEST["timestamp"]), "timestamp", signed)
    if there is not None and there.version > metadata_of(files[TIMESTAMP_FILE], "timestamp").signed.version:
        raise TrustProblem("metadata-rollback", name=TIMESTAMP_FILE)


def _root_version(name: str) -> int | None:
    parsed = parsed_name(name)
    return parsed[1] if parsed is not None and parsed[0] == "root" else None


class _Remembered:
    """A store of which every file is read once: what was verified is what is copied."""

    def __init__(self, store: MetadataStore) -> None:
        self.files: dict[str, bytes | None] = {}
        self._store = store

    def get(self, name: str, most_bytes: int) -> bytes | None:
        if name not in self.files:
            self.files[name] = self._store.get(name, most_bytes)
        return self.files[name]

    def put(self, name: str, data: bytes, before: bytes | None) -> None:
        self._store.put(name, data, before)

    def versions(self, role: str) -> tuple[int, ...]:
        return self._store.versions(role)


def _whole(store: MetadataStore, name: str, most_bytes: int) -> bytes:
    data = store.get(name, most_bytes)
    if data is None:
        raise TrustProblem("metadata-missing", name=name)
    if len(data) > most_bytes:
        raise TrustProblem("metadata-too-large", name=name, limit=most_bytes)
    return data


def _pointed_at(store: MetadataStore, name: str, meta: MetaFile, most_bytes: int) -> bytes:
    data = _whole(store, name, most_bytes)
    try:
        meta.verify_length_and_hashes(data)
    except RepositoryError as error:
        raise TrustProblem("metadata-mismatch", name=name) from error
    return data


def newest_of(store: MetadataStore, role: str, delegator: Root | Targets) -> Current | None:
    """The newest version of a role that is signed as the delegator asks for; None where there is none.

    Also where a registry will not give what somebody has put into the place of a region: that is no reason for others to wait.
    """
    for version in _newest_first(store, role):
        data = _got_of(role, store, file_name(role, version))
        found = _verified(data, role, delegator)
        if found is not None and found.version == version:
            return found
    return None


def _newest_first(store: MetadataStore, role: str) -> tuple[int, ...]:
    """The versions of a role that are looked at. One who fills a role with files that are none holds nobody else up for long."""
    try:
        return tuple(reversed(store.versions(role)))[:_MOST_LOOKED_AT]
    except (Refused, RegistryProblem) as problem:
        _reraise_if_of_all(role, problem)
        return ()


def _got_of(role: str, store: MetadataStore, name: str) -> bytes | None:
    try:
        return _got(store, name, LARGEST.get(role, LARGEST_TARGETS))
    except (Refused, RegistryProblem) as problem:
        _reraise_if_of_all(role, problem)
        return None


def _reraise_if_of_all(role: str, problem: Refused | RegistryProblem) -> None:
    """What a registry will not give of a region's own is the business of that region; of all else it is everybody's."""
    if role in roles.TOP_ROLES or problem.code in NOBODY_ANSWERS:
        raise problem


def _got(store: MetadataStore, name: str, most_bytes: int) -> bytes | None:
    """What a store has; None also for what is no metadata at all, which is one and the same to whoever looks for what is signed."""
    try:
        return store.get(name, most_bytes)
    except TrustProblem:
        return None


def _verified(data: bytes | None, role: str, delegator: Root | Targets) -> Current | None:
    if data is None:
        return None
    try:
        metadata = metadata_of(data, role)
        _check_signed(metadata, role, delegator)
        roles.check_rules(role, metadata.signed)
        if role not in (*roles.TOP_ROLES, RECALL) and isinstance(delegator, Targets):
            roles.check_signers(role, _signers(metadata, role, delegator))
    except TrustProblem:
        return None
    return Current(metadata.signed, data)


def _partly_signed(store: MetadataStore, role: str, delegator: Targets) -> Current | None:
    for version in _newest_first(store, role):
        data = _got_of(role, store, file_name(role, version))
        if data is None:
            continue
        try:
            metadata = metadata_of(data, role)
            roles.check_rules(role, metadata.signed)
        except TrustProblem:
            continue
        if _signers(metadata, role, delegator) and metadata.signed.version == version:
            return Current(metadata.signed, data)
    return None


def _snapshot_before(store: MetadataStore, timestamp: Current | None, root: Root) -> Current | None:
    if timestamp is None or not isinstance(timestamp.signed, Timestamp):
        return None
    name = file_name("snapshot", timestamp.signed.snapshot_meta.version)
    found = _verified(_got(store, name, LARGEST["snapshot"]), "snapshot", root)
    return found if found is not None and isinstance(found.signed, Snapshot) else None


def _recalls_stamped(store: MetadataStore, root: Root) -> tuple[Entry, ...]:
    """The list of recalls that clients have now: the one that the snapshot points at."""
    timestamp = _verified(_got(store, TIMESTAMP_FILE, LARGEST["timestamp"]), "timestamp", root)
    snapshot = _snapshot_before(store, timestamp, root)
    meta = snapshot.signed.meta.get(f"{RECALL}.json") if snapshot is not None else None
    data = _got(store, file_name(RECALL, meta.version), LARGEST_TARGETS) if meta is not None else None
    if meta is None or data is None:
        return ()
    try:
        meta.verify_length_and_hashes(data)
        signed = metadata_of(data, RECALL).signed
    except (RepositoryError, TrustProblem):
        # Not what was stamped: clients do not have it either.
        return ()
    return entries_of(signed)


def _recalls_before(store: MetadataStore, targets: Targets) -> tuple[Entry, ...]:
    """What is listed before a new list: what clients have, and what was adopted after it."""
    current = newest_of(store, RECALL, targets)
    adopted = entries_of(current.signed) if current is not None else ()
    return (*_recalls_stamped(store, newest_root(store).signed), *adopted)


def _check_recalls(signed: Targets, before: tuple[Entry, ...], targets: Targets) -> None:
    """That what is new can be read, that a new lift holds, and that nothing stops less without one. Raises TrustProblem."""
    keys = keys_for_lifts(targets)
    known = {entry.recall.digest for entry in before}
    lifts = {entry.lift for entry in before}
    for entry in entries_of(signed):
        recall, custom = entry.recall, signed.targets[entry.content["path"]].custom
        has_lift = isinstance(custom, dict) and "lift" in custom
        if (recall.damaged and recall.digest not in known) or (has_lift and entry.lift is None):
            raise TrustProblem("recall-invalid", name=recall.release)
        if entry.lift is not None and entry.lift not in lifts and not lift_holds(entry.lift, recall, keys):
            raise TrustProblem("recall-lift", name=recall.release, region=recall.release.region)
    _check_kept(signed, before, targets)


def _check_kept(signed: Targets, before: tuple[Entry, ...], targets: Targets) -> None:
    """That whatever was recalled still is, as strictly, or has been lifted. Raises TrustProblem."""
    keys, listed = keys_for_lifts(targets), entries_of(signed)
    known = [entry for entry in before if not stands_lifted(entry, keys)]
    digests = {entry.recall.digest for entry in listed}
    for entry in in_force(listed, known, keys):
        if entry.recall.digest not in digests:
            raise TrustProblem("recall-weakened", name=entry.recall.release)


def _check_root_follows(metadata: Metadata[Any], store: MetadataStore) -> None:
    versions = store.versions("root")
    previous = newest_root(store).signed if versions else None
    expected = previous.version + 1 if previous is not None else 1
    version = metadata.signed.version
    if version > expected:
        raise TrustProblem("metadata-missing", name=file_name("root", expected))
    if version < expected and version not in versions:
        raise TrustProblem("metadata-rollback", name=file_name("root", version))
    if version == expected and not metadata.signed.get_root_verification_result(
        previous, metadata.signed_bytes, metadata.signatures
    ):
        raise TrustProblem("metadata-signatures", name=file_name("root", version))


def _check_signed(metadata: Metadata[Any], role: str, delegator: Root | Targets) -> None:
    try:
        delegator.verify_delegate(role, metadata.signed_bytes, metadata.signatures)
    except RepositoryError as error:
        raise TrustProblem("metadata-signatures", name=file_name(role, metadata.signed.version)) from error
    except ValueError as error:
        raise TrustProblem("role-unknown", role=role) from error


def _signers(metadata: Metadata[Any], role: str, delegator: Targets) -> tuple[PublicKey, ...]:
    result = delegator.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
    return roles.signers_among(list(result.signed.values()))


def _next(store: MetadataStore, role: str, signed: Any, before: Current | None, delegator: Current | None) -> Draft:
    """A draft with the next number that is free. Only roots follow each other without gaps."""
    if role != "root":
        signed.version = max(signed.version, max(store.versions(role), default=0) + 1)
    return draft_of(
        role, signed, before.data if before is not None else None, delegator.data if delegator is not None else None
    )


def _meta_file(current: Current) -> MetaFile:
    return MetaFile.from_data(current.version, current.data, ["sha256"])


def _sign_all(metadata: Metadata[Any], role: str, root: Root, signers: Sequence[Signer]) -> None:
    may = root.roles[role].keyids
    for signer in signers:
        if signer.public_key.keyid not in may:
            raise TrustProblem("not-a-signer", key=signer.public_key.keyid[:12], role=role)
        metadata.sign(signer, append=True)
    _check_signed(metadata, role, root)
