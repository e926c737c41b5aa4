"""Recalls: releases that nothing new may begin with, as the safety officers have signed it in the federation's metadata.

They are metadata of TUF like all else: one signature of a safety officer stops, no runtime takes an older list for a newer one, and
the list goes wherever the metadata goes, on a stick too. There is one level here, no-new-patients: treatments under way go on.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tuf.api.metadata import TargetFile, Targets

from designtool.share.draft import LARGEST_TARGETS, Draft, draft_of, metadata_of
from designtool.share.federation import RECALL, ReleaseName, release_name, release_of, renewed
from designtool.share.metadata_store import MetadataStore
from designtool.share.names import is_version
from designtool.share.publication import newest_of, newest_targets
from designtool.share.signed_problems import SignedProblem
from designtool.share.trust import CLIENT_FOLDER
from designtool.share.trust_problems import TrustProblem

NO_NEW_PATIENTS = "no-new-patients"
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Recall:
    release: ReleaseName
    reason: str
    replacement: str = ""
    """The version to use instead; empty when there is none."""


def draft_recall(store: MetadataStore, recall: Recall, now: datetime) -> Draft:
    """That nothing new begins with a release, for a safety officer to sign. Recalling again gives another reason.

    Raises TrustProblem for a release that the region has not made, SignedProblem for words that nobody could read.
    """
    reason, name = recall.reason, recall.release
    if not (
        0 < len(reason) <= LONGEST_REASON
        and reason.isprintable()
        and reason == unicodedata.normalize("NFC", reason).strip()
    ):
        raise SignedProblem("recall-reason", most=LONGEST_REASON)
    if recall.replacement and (not is_version(recall.replacement) or recall.replacement == name.version):
        raise SignedProblem("recall-replacement", version=recall.replacement)
    targets = newest_targets(store)
    region = newest_of(store, name.region, targets.signed)
    target = region.signed.targets.get(str(name)) if region is not None else None
    if target is None:
        raise TrustProblem("target-unknown", name=name, region=name.region)
    release_of(name, target)
    current = newest_of(store, RECALL, targets.signed)
    if current is None:
        raise TrustProblem("metadata-missing", name=f"{RECALL}.json")
    after = renewed(current.signed, now)
    path = f"{RECALL}/{name}"
    custom = {"level": NO_NEW_PATIENTS, "reason": reason, "replacement": recall.replacement}
    after.targets[path] = TargetFile(target.length, dict(target.hashes), path, unrecognized_fields={"custom": custom})
    return draft_of(RECALL, after, current.data, targets.data)


def recalls(trust_folder: Path) -> tuple[Recall, ...]:
    """Every recall in the metadata that was verified last, by release. What else stands there is left out.

    Raises TrustProblem where nothing has been verified yet.
    """
    try:
        with (trust_folder / CLIENT_FOLDER / f"{RECALL}.json").open("rb") as stream:
            data = stream.read(LARGEST_TARGETS + 1)
    except OSError as error:
        raise TrustProblem("metadata-missing", name=f"{RECALL}.json") from error
    signed = metadata_of(data, RECALL).signed
    assert isinstance(signed, Targets), "metadata_of has held it against its role"
    return _recalls(signed)


def recalls_in(store: MetadataStore) -> tuple[Recall, ...]:
    """Every recall in a federation's own folder, by release. Raises TrustProblem where its metadata does not hold."""
    current = newest_of(store, RECALL, newest_targets(store).signed)
    if current is None:
        raise TrustProblem("metadata-missing", name=f"{RECALL}.json")
    return _recalls(current.signed)


def _recalls(signed: Targets) -> tuple[Recall, ...]:
    return tuple(
        found for path, target in sorted(signed.targets.items()) if (found := _recall(path, target)) is not None
    )


def _recall(path: str, target: TargetFile) -> Recall | None:
    try:
        name = release_name(path.removeprefix(f"{RECALL}/"))
    except TrustProblem:
        return None
    custom = target.custom if isinstance(target.custom, dict) else {}
    reason, replacement = custom.get("reason"), custom.get("replacement")
    if custom.get("level") == "info":
        return None
    return Recall(
        name,
        reason if isinstance(reason, str) and reason.isprintable() and len(reason) <= LONGEST_REASON else "",
        replacement if isinstance(replacement, str) and is_version(replacement) else "",
    )
