"""Recalls: releases that must not be used as they were, as the safety officers have signed it in the federation's metadata.

They are metadata of TUF like all else: one signature of a safety officer stops, no runtime takes an older list for a newer one, and
the list goes wherever the metadata goes, on a stick too. `info` tells, `no-new-patients` lets nothing new begin, and `stop-use` also
stops parts of the program for patients under way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tuf.api.metadata import TargetFile, Targets

from designtool.share.envelope import encode_envelope
from designtool.share.federation.draft import Draft, draft_of
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.metadata_store import MetadataStore
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.publication import Current, newest_of, newest_targets
from designtool.share.federation.roles import RECALL, ReleaseName, release_of, renewed
from designtool.share.federation.trust import CLIENT_FOLDER, SEEN_FILE, Seen, read_seen, verified_last
from designtool.share.recalls.entries import (
    LEVEL_WORDS,
    LEVELS,
    Entry,
    Level,
    Recall,
    check_words,
    custom_of,
    entries_of,
    entry_content,
    entry_of,
    in_force,
    is_weaker,
    lift_holds,
    release_of_path,
    stands_lifted,
)
from designtool.share.recalls.keys import keys_for_lifts
from designtool.share.recalls.lifts import Lift, new_lift
from designtool.share.recalls.parts import ALL
from designtool.share.signed_problems import SignedProblem

__all__ = [
    "ALL",
    "LEVELS",
    "LEVEL_WORDS",
    "Level",
    "Recall",
    "draft_lift",
    "draft_recall",
    "entries_in",
    "entries_of_nothing",
    "files_of_recalls",
    "lift_for",
    "lift_ground",
    "lifted_recalls",
    "recall_list",
    "recalls",
    "recalls_in",
    "releases_beside",
    "remembered_recalls",
]


def draft_recall(store: MetadataStore, recall: Recall, now: datetime, lift: Lift | None = None) -> Draft:
    """That a release is recalled, for a safety officer to sign. Recalling again gives another reason, or stops more.

    `lift`: of the recall that stands there, for one that stops less. Its number and what it is about are found out here. Raises
    TrustProblem for a release that the region has not made, SignedProblem for words that nobody could read and a recall that is
    weaker than the one in force.
    """
    check_words(recall)
    name = recall.release
    targets = newest_targets(store)
    region = newest_of(store, name.region, targets.signed)
    target = region.signed.targets.get(str(name)) if region is not None else None
    if target is None:
        raise TrustProblem("target-unknown", name=name, region=name.region)
    release_of(name, target)
    current = _current(store, targets)
    before = _entry(current.signed, name)
    kept = before.lift if before is not None else None
    keys = keys_for_lifts(targets.signed, name.region)
    if lift is not None:
        if before is None:
            raise SignedProblem("recall-unknown", name=name)
        _check_lift(lift, before, keys)
        kept = lift
    elif before is not None and not stands_lifted(before, keys) and is_weaker(recall, before.recall):
        raise SignedProblem("lift-needed", name=name)
    # A lift stays with the release: it tells those who have missed it that what came before it was lifted.
    number = before.recall.number + 1 if before is not None else 1
    custom = custom_of(replace(recall, number=number, recalled_at=now))
    if kept is not None:
        custom["lift"] = encode_envelope(kept.envelope).decode()
    return _drafted(current, targets, name, target.length, dict(target.hashes), custom, now)


def lift_for(store: MetadataStore, name: ReleaseName, reason: str, day: date) -> Lift:
    """The document that lifts the recall of a release, for two people to sign. Raises TrustProblem and SignedProblem."""
    targets = newest_targets(store)
    entry = _entry(_current(store, targets).signed, name)
    if entry is None or stands_lifted(entry, keys_for_lifts(targets.signed, name.region)):
        raise SignedProblem("recall-unknown", name=name)
    return new_lift(str(name), entry.recall.digest, entry.recall.number, reason, day)


def lift_ground(store: MetadataStore, lift: Lift, file: str) -> tuple[Recall, tuple[PublicKey, ...]]:
    """The recall that a lift is about, and the keys that can lift it. Raises TrustProblem, and SignedProblem for a lift of another."""
    targets = newest_targets(store)
    recall = _listed(_current(store, targets).signed, lift, file)
    return recall, keys_for_lifts(targets.signed, recall.release.region)


def draft_lift(store: MetadataStore, lift: Lift, now: datetime) -> Draft:
    """The list with a recall lifted, for a safety officer to sign. Raises TrustProblem and SignedProblem."""
    targets = newest_targets(store)
    current = _current(store, targets)
    recall = _listed(current.signed, lift, "lift")
    entry = _entry(current.signed, recall.release)
    assert entry is not None, "_listed has found it"
    _check_lift(lift, entry, keys_for_lifts(targets.signed, recall.release.region))
    target = current.signed.targets[entry.content["path"]]
    custom = {**_custom(entry), "lift": encode_envelope(lift.envelope).decode()}
    return _drafted(current, targets, recall.release, target.length, dict(target.hashes), custom, now)


def recalls(trust_folder: Path, witness: Seen | None = None) -> tuple[Recall, ...]:
    """Every recall in force, by release: of what was verified last, and of what was seen before and has not been lifted.

    There can be more than one of a release: a later one that stops less counts beside the earlier. Whether metadata has expired
    is not asked. `witness`: what is remembered elsewhere. Raises TrustProblem where nothing has been verified yet, and for
    files that cannot be read.
    """
    listed = _verified(trust_folder, RECALL)
    delegator = _verified(trust_folder, "targets")
    known = (
        entry for seen in (read_seen(trust_folder / SEEN_FILE), witness) if seen is not None for entry in seen.recalls
    )
    return tuple(entry.recall for entry in in_force(entries_of(listed), known, keys_for_lifts(delegator)))


def remembered_recalls(trust_folder: Path, witness_file: Path) -> tuple[tuple[Recall, ...], TrustProblem | None]:
    """As `recalls`, for those who go on whatever the state of the files is: what can be read of them, and the first problem.

    A lift whose keys cannot be read does not hold.
    """
    known: list[Entry] = []
    problem: TrustProblem | None = None
    for file in (trust_folder / SEEN_FILE, witness_file):
        try:
            seen = read_seen(file)
        except (TrustProblem, OSError) as error:
            problem = problem or _as_problem(error, file)
        else:
            known += seen.recalls if seen is not None else ()
    listed: tuple[Entry, ...] = ()
    keys: tuple[PublicKey, ...] = ()
    try:
        listed = entries_of(_verified(trust_folder, RECALL))
        keys = keys_for_lifts(_verified(trust_folder, "targets"))
    except TrustProblem as error:
        problem = problem or error
    return tuple(entry.recall for entry in in_force(listed, known, keys)), problem


def entries_of_nothing(trust_folder: Path) -> tuple[str, ...]:
    """What stands in the list as it was verified last, and of which not even the release can be read. Raises TrustProblem."""
    return tuple(sorted(path for path in _verified(trust_folder, RECALL).targets if release_of_path(path) is None))


def lifted_recalls(trust_folder: Path) -> tuple[tuple[Recall, Lift], ...]:
    """Those of the list as it was verified last that have been lifted. Raises TrustProblem for what cannot be read."""
    keys = keys_for_lifts(_verified(trust_folder, "targets"))
    entries = entries_of(_verified(trust_folder, RECALL))
    return tuple((one.recall, one.lift) for one in entries if one.lift is not None and stands_lifted(one, keys))


def files_of_recalls(trust_folder: Path) -> tuple[Path, ...]:
    """The files that say what is recalled: where none of them has changed, nothing has."""
    client = trust_folder / CLIENT_FOLDER
    return client / f"{RECALL}.json", client / "targets.json", trust_folder / SEEN_FILE


def recalls_in(store: MetadataStore) -> tuple[Recall, ...]:
    """Every recall in force in a federation's own place, by release. Raises TrustProblem where its metadata does not hold."""
    targets = newest_targets(store)
    listed = entries_of(_current(store, targets).signed)
    return tuple(entry.recall for entry in in_force(listed, (), keys_for_lifts(targets.signed)))


def entries_in(store: MetadataStore) -> tuple[tuple[Recall, Lift | None], ...]:
    """Every entry of the list, lifted or not, with its lift where that holds."""
    targets = newest_targets(store)
    keys = keys_for_lifts(targets.signed)
    return tuple(
        (one.recall, one.lift if one.lift is not None and lift_holds(one.lift, one.recall, keys) else None)
        for one in entries_of(_current(store, targets).signed)
    )


def releases_beside(store: MetadataStore, name: ReleaseName) -> tuple[str, ...]:
    """What the region has released that is near a release and not recalled: other versions, and what may be variants of it."""
    targets = newest_targets(store)
    region = newest_of(store, name.region, targets.signed)
    gone = {str(one.release) for one in recalls_in(store)} | {str(name)}
    found = []
    for path in sorted(region.signed.targets if region is not None else ()):
        program = path.split("/")[1] if path.count("/") == 2 else ""
        is_near = program == name.program or program.startswith(f"{name.program}-")
        if is_near and path not in gone:
            found.append(path)
    return tuple(found)


def recall_list(trust_folder: Path) -> Targets:
    """The list as it was verified last. Raises TrustProblem."""
    return _verified(trust_folder, RECALL)


def _drafted(
    current: Current,
    targets: Current,
    name: ReleaseName,
    length: int,
    hashes: dict[str, str],
    custom: dict[str, Any],
    now: datetime,
) -> Draft:
    after = renewed(current.signed, now)
    path = f"{RECALL}/{name}"
    after.targets[path] = TargetFile(length, hashes, path, unrecognized_fields={"custom": custom})
    return draft_of(RECALL, after, current.data, targets.data)


def _current(store: MetadataStore, targets: Current) -> Current:
    current = newest_of(store, RECALL, targets.signed)
    if current is None:
        raise TrustProblem("metadata-missing", name=f"{RECALL}.json")
    return current


def _entry(signed: Targets, name: ReleaseName) -> Entry | None:
    path = f"{RECALL}/{name}"
    target = signed.targets.get(path)
    return entry_of(entry_content(path, target)) if target is not None else None


def _listed(signed: Targets, lift: Lift, file: str) -> Recall:
    entry = next((one for one in entries_of(signed) if str(one.recall.release) == lift.release), None)
    if entry is None:
        raise SignedProblem("recall-unknown", name=lift.release)
    if (lift.recall, lift.number) != (entry.recall.digest, entry.recall.number):
        raise SignedProblem("lift-other", file=file, name=lift.release)
    return entry.recall


def _custom(entry: Entry) -> dict[str, Any]:
    custom = entry.content["custom"]
    return dict(custom)


def _check_lift(lift: Lift, entry: Entry, keys: Iterable[PublicKey]) -> None:
    recall = entry.recall
    if (lift.release, lift.recall, lift.number) != (str(recall.release), recall.digest, recall.number):
        raise SignedProblem("lift-other", file="lift", name=recall.release)
    if not lift_holds(lift, recall, keys):
        raise SignedProblem("lift-signatures", name=recall.release, region=recall.release.region)


def _as_problem(error: TrustProblem | OSError, file: Path) -> TrustProblem:
    return error if isinstance(error, TrustProblem) else TrustProblem("trust-damaged", file=file.name)


def _verified(trust_folder: Path, role: str) -> Targets:
    signed = verified_last(trust_folder, role).signed
    assert isinstance(signed, Targets), "metadata_of has held it against its role"
    return signed
