"""Whether a bundle is to be trusted: what python-tuf's client says of the metadata, and the federation's own rules on top.

All verification of signatures, versions, hashes and terms is python-tuf's. What is added here is a strict reader in front of it,
time as a value, a memory of what has been seen, and the rules that TUF has no words for: two people with two roles, a namespace
that nobody else can speak for, a release that never changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tuf.api import exceptions
from tuf.api.metadata import Metadata, Root, Targets
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from designtool.atomic import write_atomically
from designtool.bundle import Refused
from designtool.diagnostics import Text
from designtool.share.federation import roles
from designtool.share.federation.draft import LARGEST, LARGEST_TARGETS, metadata_of, signed_digest
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.metadata_bytes import parse_metadata_json
from designtool.share.federation.metadata_store import FolderMetadataStore, MetadataStore, alone_in, file_name
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import RECALL, ReleaseName, release_name
from designtool.share.recalls.entries import Entry, Recall, entries_of, entry_of, in_force
from designtool.share.recalls.keys import keys_for_lifts
from designtool.share.registries.problems import NOBODY_ANSWERS, RegistryProblem

ANCHOR_FILE = "anchor.json"
"""The root that somebody compared with the paper."""
SEEN_FILE = "seen.json"
CLIENT_FOLDER = "client"
"""What python-tuf's client keeps: the metadata that it has verified."""
ROOTS_FOLDER = "root_history"
"""In it: every root that it has verified."""
MIRROR_FOLDER = "metadata"
"""The newest copy of the federation's metadata, from a registry or a stick. It is verified each time."""
_CLOCK_SLACK = timedelta(days=1)
_WRITTEN_EVERY = timedelta(hours=1)
_LARGEST_SEEN = 50_000_000
_ADDRESS = "metadata:"


@dataclass(frozen=True, slots=True)
class Limits:
    root_versions: int = 256
    """How many roots may follow the one on paper: two a year, for more than a hundred years."""
    root_bytes: int = LARGEST["root"]
    timestamp_bytes: int = LARGEST["timestamp"]
    snapshot_bytes: int = LARGEST["snapshot"]
    targets_bytes: int = LARGEST_TARGETS


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest that has been verified, so that nothing older is taken for new. Kept in two places it shows what was restored."""

    at: datetime
    versions: Mapping[str, int] = field(hash=False)
    """Of root, timestamp, snapshot and targets."""
    releases: Mapping[str, str] = field(hash=False, default_factory=lambda: MappingProxyType({}))
    """The digest that each release had when it was first seen."""
    recalls: tuple[Entry, ...] = field(hash=False, default=())
    """Every recall that was in force: one that has gone from the list since stays so until it is lifted."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """A bundle that the named people have signed."""

    name: ReleaseName
    digest: str
    title: str
    size: int
    signers: tuple[PublicKey, ...]
    expires: datetime
    """When the first part of what says so runs out."""
    seen: Seen


@dataclass(frozen=True, slots=True)
class NotTrusted:
    code: str
    message: Text
    seen: Seen | None = None
    """What was verified all the same; None where the metadata itself does not hold."""


def create_trust_folder(folder: Path, root: bytes, paper_digest: str) -> None:
    """Trust begins here: with a root whose digest is the one on paper. Raises TrustProblem."""
    if folder.exists() and any(folder.iterdir()):
        raise TrustProblem("trust-exists", folder=folder)
    metadata = metadata_of(root, "root")
    found = signed_digest(root, "root")
    if found != paper_digest.strip().lower():
        raise TrustProblem("root-digest", found=found)
    if not metadata.signed.get_verification_result("root", metadata.signed_bytes, metadata.signatures):
        raise TrustProblem("metadata-signatures", name="root.json")
    roles.check_root(metadata.signed)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / ANCHOR_FILE, lambda stream: stream.write(root))


def nothing_verified(trust_folder: Path) -> TrustProblem:
    """Why nothing can be read of a trust folder: there is none, or nothing has been taken over into it."""
    is_one = (trust_folder / ANCHOR_FILE).is_file()
    return TrustProblem("trust-empty" if is_one else "trust-missing", folder=trust_folder)


def verified_last(trust_folder: Path, role: str) -> Metadata[Any]:
    """The metadata of a role as it was verified last; whoever needs it fresh makes a `refresh` first. Raises TrustProblem."""
    name = f"{role}.json"
    try:
        with (trust_folder / CLIENT_FOLDER / name).open("rb") as stream:
            data = stream.read(LARGEST.get(role, LARGEST_TARGETS) + 1)
    except FileNotFoundError as error:
        raise nothing_verified(trust_folder) from error
    except OSError as error:
        raise TrustProblem("trust-part-damaged", file=name, folder=trust_folder) from error
    try:
        return metadata_of(data, role)
    except TrustProblem as problem:
        raise TrustProblem("trust-part-damaged", file=name, folder=trust_folder) from problem


def mirror_of(trust_folder: Path) -> FolderMetadataStore:
    """The copy of the federation's metadata that lies in a trust folder."""
    return FolderMetadataStore(trust_folder / MIRROR_FOLDER)


def trusted(
    bundle_digest: str,
    name: str,
    store: MetadataStore,
    trust_folder: Path,
    now: datetime,
    witness: Seen | None = None,
    limits: Limits | None = None,
) -> Trusted | NotTrusted:
    """Whether the bundle with this digest is what the region has released as `<region>/<program>/<version>`.

    What was verified is kept in the trust folder; what was not leaves no trace there. `witness`: what the caller remembers having
    seen, kept elsewhere than in the trust folder, to notice when that was restored from a backup.
    """
    client: Client | None = None
    try:
        wanted = release_name(name)
        _anchor(trust_folder)
        with alone_in(trust_folder):
            client = refresh(store, trust_folder, now, witness, limits)
            return client.judge(bundle_digest, wanted)
    except TrustProblem as problem:
        return NotTrusted(problem.code, problem.message, client.seen if client is not None else None)


def refresh(
    store: MetadataStore,
    trust_folder: Path,
    now: datetime,
    witness: Seen | None = None,
    limits: Limits | None = None,
    client_folder: Path | None = None,
) -> Client:
    """Verify what is in a store, and remember it. The caller is alone in the trust folder. Raises TrustProblem.

    `client_folder`: where python-tuf's client works, if not in the trust folder's own; nothing is remembered then.
    """
    anchor = _anchor(trust_folder)
    mirror = mirror_of(trust_folder).folder
    if isinstance(store, FolderMetadataStore) and store.folder == mirror and not mirror.exists():
        raise nothing_verified(trust_folder)
    before = read_seen(trust_folder / SEEN_FILE)
    for known in (before, witness):
        if known is not None and now < known.at - _CLOCK_SLACK:
            raise TrustProblem("clock-set-back", now=f"{now:%Y-%m-%d %H:%M}", seen=f"{known.at:%Y-%m-%d %H:%M}")
    recalls = {
        entry.recall.digest: entry for known in (before, witness) if known is not None for entry in known.recalls
    }
    folder = client_folder or trust_folder / CLIENT_FOLDER
    client = Client(store, folder, anchor, now, limits or Limits(), tuple(recalls.values()))
    client.refresh()
    for known in (before, witness):
        if known is not None:
            _check_not_restored(client.versions(), known.versions)
    if client_folder is None:
        client.remember(before, trust_folder / SEEN_FILE)
    return client


def refresh_own(trust_folder: Path, now: datetime) -> Client:
    """Verify what lies in a trust folder already, alone with it. Raises TrustProblem."""
    _anchor(trust_folder)
    with alone_in(trust_folder):
        return refresh(mirror_of(trust_folder), trust_folder, now)


class Client:
    """python-tuf's client over a store, at a moment. Made by `refresh`, which asks the store for the top of the metadata."""

    def __init__(
        self,
        store: MetadataStore,
        folder: Path,
        anchor: bytes,
        now: datetime,
        limits: Limits,
        recalls: tuple[Entry, ...] = (),
    ) -> None:
        self.now = now
        self.problems: dict[str, TrustProblem] = {}
        """Of regions whose metadata does not verify."""
        self._folder = folder
        self._seen_file: Path | None = None
        self._anchor_version = _anchor_version(anchor)
        self._fetcher = StoreFetcher(store, self._anchor_version + limits.root_versions)
        self._seen = Seen(now, MappingProxyType({}), recalls=recalls)
        self._recalls_before = recalls
        folder.mkdir(exist_ok=True)
        try:
            self._updater = updater_of(folder, _ADDRESS, self._fetcher, limits, anchor)
        except exceptions.RepositoryError as error:
            raise TrustProblem("trust-damaged", file=ANCHOR_FILE) from error
        self._updater._trusted_set.reference_time = now

    def refresh(self) -> None:
        with self._problems():
            self._updater.refresh()
        roles.check_root(self._root)
        roles.check_targets(self._targets)

    def judge(self, bundle_digest: str, name: ReleaseName) -> Trusted:
        """Raises TrustProblem."""
        region, signers = self.region(name.region)
        target = region.targets.get(str(name))
        if target is None:
            raise TrustProblem("target-unknown", name=name, region=name.region)
        release = roles.release_of(name, target)
        known = self._seen.releases.get(str(name))
        self._remember_releases(region)
        if known is not None and known != release.digest:
            raise TrustProblem("target-moved", name=name)
        if release.digest != bundle_digest:
            raise TrustProblem("target-other", name=name, region=name.region)
        self._check_not_recalled(name)
        trusted_set = self._updater._trusted_set
        expires = min(trusted_set[role].expires for role in (*roles.TOP_ROLES, name.region, RECALL))
        return Trusted(name, release.digest, release.title, release.size, signers, expires, self._seen)

    def region(self, region: str) -> tuple[Targets, tuple[PublicKey, ...]]:
        """What a region has released, and who has signed it. Raises TrustProblem."""
        assert self._targets.delegations is not None and self._targets.delegations.roles is not None
        if region not in self._targets.delegations.roles or region == RECALL:
            raise TrustProblem("role-unknown", role=region)
        signed = self._role(region, f"{region}/-/-")
        roles.check_region(region, signed)
        data = (self._folder / f"{region}.json").read_bytes()
        metadata = metadata_of(data, region)
        if metadata.signed.version != signed.version:
            # Another process has taken over something newer since: who signed that is not who signed this.
            raise TrustProblem("metadata-changed", name=f"{region}.json")
        result = self._targets.get_verification_result(region, metadata.signed_bytes, metadata.signatures)
        signers = roles.signers_among(list(result.signed.values()))
        roles.check_signers(region, signers)
        return signed, signers

    def has_released(self, region: str) -> bool:
        """Whether the region has signed anything yet, as the snapshot has it."""
        return f"{region}.json" in self._updater._trusted_set.snapshot.meta

    def recalls(self) -> tuple[Recall, ...]:
        """Every recall in force: of the newest list, and of what was seen before and is not lifted. Raises TrustProblem."""
        listed = self._role(RECALL, f"{RECALL}/-/-/-")
        found = in_force(entries_of(listed), self._recalls_before, keys_for_lifts(self._targets))
        remembered = tuple(replace(entry, lift=None) for entry in found)
        if remembered != self._seen.recalls:
            self._seen = replace(self._seen, recalls=remembered)
            if self._seen_file is not None:
                write_seen(self._seen_file, self._seen)
        # After what can be read is remembered: what cannot be read lets nothing begin.
        roles.check_recall(listed)
        return tuple(entry.recall for entry in found)

    def _check_not_recalled(self, name: ReleaseName) -> None:
        if any(recall.release == name and recall.level != "info" for recall in self.recalls()):
            raise TrustProblem("recalled", name=name)

    def regions(self) -> tuple[str, ...]:
        assert self._targets.delegations is not None and self._targets.delegations.roles is not None
        return tuple(name for name in self._targets.delegations.roles if name != RECALL)

    def roots(self) -> dict[str, bytes]:
        """The files of every root from the one on paper on, as they were verified."""
        history = self._folder / ROOTS_FOLDER
        names = (file_name("root", version) for version in range(self._anchor_version, self._root.version + 1))
        return {name: (history / name).read_bytes() for name in names}

    def load_roles(self) -> None:
        """Load what every region and the safety officers have signed.

        What does not verify is a problem of its role alone, and kept in `problems`: nothing of that role is trusted. Recalls that
        are signed and cannot be read let nothing begin when they are asked for. Raises TrustProblem for a list of recalls that is
        not the signed one.
        """
        for role in (RECALL, *self.regions()):
            if f"{role}.json" not in self._updater._trusted_set.snapshot.meta:
                continue  # It has signed nothing yet.
            if role == RECALL:
                self._role(RECALL, f"{RECALL}/-/-/-")
            try:
                if role == RECALL:
                    self.recalls()
                else:
                    self._remember_releases(self.region(role)[0])
            except TrustProblem as problem:
                self.problems[role] = problem
            except (RegistryProblem, Refused) as problem:
                if role == RECALL or problem.code in NOBODY_ANSWERS:
                    raise
                # Whoever may write a region's files has put something there that the registry itself will not give.
                self.problems[role] = TrustProblem("metadata-invalid", name=f"{role}.json", reason=problem.code)

    def files(self) -> dict[str, bytes]:
        """The files of everything that has been loaded, as they were verified: but for roots, and with the timestamp last."""
        trusted_set = self._updater._trusted_set
        roles = [role for role in (*self.regions(), RECALL, "targets", "snapshot", "timestamp") if role in trusted_set]
        return {
            file_name(role, trusted_set[role].version): (self._folder / f"{role}.json").read_bytes() for role in roles
        }

    def versions(self) -> dict[str, int]:
        return {role: self._updater._trusted_set[role].version for role in roles.TOP_ROLES}

    def remember(self, before: Seen | None, file: Path) -> None:
        self._seen_file = file
        recalls = self._seen.recalls
        is_known = before is not None and dict(before.versions) == self.versions() and before.recalls == recalls
        if before is not None and is_known and _is_recent(before.at, self.now):
            self._seen = before
            return
        releases = before.releases if before is not None else {}
        at = max(self.now, before.at) if before is not None else self.now
        self._seen = Seen(at, MappingProxyType(self.versions()), MappingProxyType(dict(releases)), recalls)
        write_seen(file, self._seen)

    @property
    def expires(self) -> datetime:
        """When the first part of the top runs out."""
        return min(self._updater._trusted_set[role].expires for role in roles.TOP_ROLES)

    @property
    def seen(self) -> Seen:
        return self._seen

    @property
    def _root(self) -> Root:
        return self._updater._trusted_set.root

    @property
    def _targets(self) -> Targets:
        return self._updater._trusted_set.targets

    def _role(self, role: str, somewhere: str) -> Targets:
        """The metadata of a delegated role; asking for any name in its namespace makes python-tuf load it."""
        with self._problems():
            self._updater.get_targetinfo(somewhere)
        found = self._updater._trusted_set[role]
        assert isinstance(found, Targets), "python-tuf has checked the type of delegated metadata"
        return found

    def _remember_releases(self, region: Targets) -> None:
        digests = {path: f"sha256:{target.hashes.get('sha256', '')}" for path, target in region.targets.items()}
        merged = {**digests, **self._seen.releases}
        if merged != dict(self._seen.releases):
            self._seen = replace(self._seen, releases=MappingProxyType(merged))
            if self._seen_file is not None:
                write_seen(self._seen_file, self._seen)

    def _problems(self) -> _Problems:
        return _Problems(self._fetcher)


class StoreFetcher(FetcherInterface):
    """A store for python-tuf to fetch from. What cannot be parsed in one way alone does not reach it."""

    def __init__(self, store: MetadataStore, last_root: int) -> None:
        self.asked = "root.json"
        self._store = store
        self._last_root = last_root

    def download_bytes(self, url: str, max_length: int) -> bytes:
        name = url.rpartition("/")[2]
        self.asked = name
        data = self._store.get(name, max_length)
        if data is None:
            raise exceptions.DownloadHTTPError(f"{name} is not there", 404)
        version, _, role = name.partition(".")
        if role == "root.json" and int(version) > self._last_root:
            raise TrustProblem("root-chain-too-long", limit=self._last_root)
        parse_metadata_json(data, name, max_length)
        return data

    def _fetch(self, url: str) -> Iterator[bytes]:
        # python-tuf asks here for targets alone; a bundle comes through its registry.
        raise exceptions.DownloadError(f"bundles are not fetched through the metadata: {url}")


def updater_of(
    folder: Path, address: str, fetcher: FetcherInterface, limits: Limits, anchor: bytes | None, **places: str
) -> Updater:
    """python-tuf's client as it is used everywhere here."""
    config = UpdaterConfig(
        # One more than is allowed, so that a chain that goes on is noticed and not just left alone.
        max_root_rotations=limits.root_versions + 1,
        root_max_length=limits.root_bytes,
        timestamp_max_length=limits.timestamp_bytes,
        snapshot_max_length=limits.snapshot_bytes,
        targets_max_length=limits.targets_bytes,
    )
    return Updater(str(folder), address, fetcher=fetcher, config=config, bootstrap=anchor, **places)


@dataclass(slots=True)
class _Problems:
    """What python-tuf raises, as problems with a stable code."""

    fetcher: StoreFetcher

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, TrustProblem) or not isinstance(error, Exception):
            return
        name = self.fetcher.asked
        code = next((code for kinds, code in _CODES if isinstance(error, kinds)), None)
        if code is None:
            return
        if code == "metadata-expired":
            name = _expired_name(error) or name
        if code == "metadata-too-large":
            raise TrustProblem(code, name=name, limit="…") from error
        if code == "metadata-rollback":
            code = _version_code(str(error))
        if code == "metadata-invalid":
            text = str(error)
            if "missing info for" in text:
                code = "metadata-rollback"
            elif "not part of snapshot" in text or "does not contain information" in text:
                code = "metadata-missing"
        raise TrustProblem(code, name=name, reason=type(error.__cause__ or error).__name__) from error


# From the special to the general.
_CODES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (exceptions.DownloadLengthMismatchError, "metadata-too-large"),
    (exceptions.DownloadError, "metadata-missing"),
    (exceptions.UnsignedMetadataError, "metadata-signatures"),
    (exceptions.ExpiredMetadataError, "metadata-expired"),
    (exceptions.BadVersionNumberError, "metadata-rollback"),
    (exceptions.LengthOrHashMismatchError, "metadata-mismatch"),
    (exceptions.RepositoryError, "metadata-invalid"),
    # Wrong types that python-tuf meets after parsing: a version that is text, a role that is a list.
    ((ValueError, TypeError, AttributeError, KeyError, RecursionError), "metadata-invalid"),
)


def _version_code(said: str) -> str:
    """A version below one that was seen is old; another one than was pointed at is a mixture. python-tuf has one type for both."""
    is_older = "must be >=" in said or re.match(r"Expected \S+\.json version", said) is not None
    return "metadata-rollback" if is_older else "metadata-mismatch"


def _expired_name(error: Exception) -> str | None:
    found = re.search(r"([a-z0-9-]+)(?:\.json)? is expired", str(error))
    return f"{found[1]}.json" if found else None


def _is_recent(at: datetime, now: datetime) -> bool:
    """Whether writing the time down again would say nothing that matters."""
    return now - at < _WRITTEN_EVERY


def _check_not_restored(found: Mapping[str, int], known: Mapping[str, int]) -> None:
    """A newer root may have begun the counting of the others anew: that is how a federation recovers."""
    if found["root"] > known["root"]:
        return
    for role, version in known.items():
        if found[role] < version:
            raise TrustProblem("trust-restored", role=role, version=found[role], known=version)


def _anchor(folder: Path) -> bytes:
    try:
        return (folder / ANCHOR_FILE).read_bytes()
    except OSError as error:
        raise TrustProblem("trust-missing", folder=folder) from error


def _anchor_version(anchor: bytes) -> int:
    try:
        version: int = metadata_of(anchor, "root").signed.version
    except TrustProblem as problem:
        raise TrustProblem("trust-damaged", file=ANCHOR_FILE) from problem
    return version


def read_seen(path: Path) -> Seen | None:
    """What was written down as seen; None where nothing was yet. Raises TrustProblem for a damaged file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        content = parse_metadata_json(data, path.name, _LARGEST_SEEN)
        versions, releases = content["versions"], content["releases"]
        recalls = tuple(entry_of(one) for one in content.get("recalls", ()))
        at = datetime.fromisoformat(content["at"])
        is_sound = (
            set(versions) == set(roles.TOP_ROLES)
            and all(type(version) is int for version in versions.values())
            and all(isinstance(digest, str) for digest in releases.values())
            and at.tzinfo is not None
            and at.year > 2000
            and all(one is not None for one in recalls)
        )
    except (TrustProblem, KeyError, TypeError, ValueError, AttributeError) as error:
        raise TrustProblem("trust-damaged", file=path.name) from error
    if not is_sound:
        raise TrustProblem("trust-damaged", file=path.name)
    known = tuple(one for one in recalls if one is not None)
    return Seen(at, MappingProxyType(versions), MappingProxyType(releases), known)


def read_versions(trust_folder: Path) -> Mapping[str, int]:
    """Of the top of the metadata, as it was verified last; nothing where nothing was yet. Raises TrustProblem."""
    _anchor(trust_folder)
    seen = read_seen(trust_folder / SEEN_FILE)
    return seen.versions if seen is not None else {}


def write_seen(path: Path, seen: Seen) -> None:
    content = {
        "format": 1,
        "at": seen.at.astimezone(UTC).isoformat(),
        "versions": dict(seen.versions),
        "releases": dict(seen.releases),
        "recalls": [dict(entry.content) for entry in seen.recalls],
    }
    data = (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()
    write_atomically(path, lambda stream: stream.write(data))
