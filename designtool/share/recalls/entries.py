"""What an entry of the list of recalls says, and which entries are in force when lists follow each other.

One signature stops; to start again takes more. An entry that was seen stays in force when it goes from the list, and when another
that is weaker takes its place, until a lift of it is seen that holds (see `lifts`). What cannot be read in an entry never
means less: an unknown level is `no-new-patients`, and parts that cannot be read are all parts.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from tuf.api.metadata import TargetFile, Targets

from designtool.bundle.canonical import canonical_json
from designtool.bundle.manifest import is_digest
from designtool.diagnostics import Text
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import RECALL, ReleaseName, release_name
from designtool.share.recalls.lifts import LONGEST_REASON, Lift, holds, is_reason, read_lift
from designtool.share.recalls.parts import ALL
from designtool.share.registries.names import is_version
from designtool.share.signed_problems import SignedProblem

Level = Literal["stop-use", "no-new-patients", "info"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""From the strongest to the weakest."""
LEVEL_WORDS: Mapping[Level, Text] = {
    "stop-use": Text("sluta använda delar av programmet", "stop using parts of the program"),
    "no-new-patients": Text("inga nya patienter", "no new patients"),
    "info": Text("information", "information"),
}
LONGEST_TEXT = 4000
MOST_PARTS = 200
MOST_NUMBER = 1_000_000
_LONGEST_PART = 100
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_PART = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_FIELDS = frozenset(
    {"level", "reason", "replacement", "number", "recalled_at", "parts", "patient_text", "therapist_text", "lift"}
)
_STOP_FIELDS = frozenset({"parts", "patient_text", "therapist_text"})


@dataclass(frozen=True, slots=True)
class Recall:
    release: ReleaseName
    level: Level
    reason: str
    """One line; empty where it cannot be read."""
    replacement: str = ""
    """The version to use instead; empty when there is none."""
    parts: tuple[str, ...] = ()
    """Of `stop-use`: ids of modules, exercises and decisions, or `all` alone."""
    patient_text: str = ""
    """Of `stop-use`: plain text, an empty line between paragraphs. Empty where it cannot be read."""
    therapist_text: str = ""
    digest: str = ""
    """Of the entry, without its lift."""
    number: int = 0
    """The recalls of one release are counted, so that a lift of one never lifts a later one. 0: not told."""
    bundle: str = ""
    """Digest of the bundle that is recalled; empty where it cannot be read."""
    recalled_at: datetime | None = None
    """When it was drafted, in whole seconds: from then on runtimes have time to answer. None: not told."""
    damaged: bool = False
    """Something in the entry could not be read, and counts as the strictest that it may have meant."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A recall as it stands in metadata."""

    recall: Recall
    content: Mapping[str, Any]
    """What is signed, without the lift: kept by clients, so that it stays in force when it has gone from the list."""
    lift: Lift | None
    """Of this entry, or of an earlier one of the same release. Whether it holds is not decided here."""

    def covers(self, other: Entry) -> bool:
        """Whether the other one is not needed as long as this one is in force. It is the later one, and stops as much."""
        mine, theirs = self.recall, other.recall
        if mine.digest == theirs.digest:
            return True
        if not mine.number > theirs.number:
            return False
        return not is_weaker(mine, theirs)


def is_weaker(one: Recall, than: Recall) -> bool:
    """Whether a recall stops less than another one."""
    if LEVELS.index(one.level) > LEVELS.index(than.level):
        return True
    return ALL not in one.parts and not set(than.parts) <= set(one.parts)


def entries_of(signed: Targets) -> tuple[Entry, ...]:
    """Every entry of a list whose release can be read, by release."""
    found = (entry_of(entry_content(path, target)) for path, target in sorted(signed.targets.items()))
    return tuple(entry for entry in found if entry is not None)


def entry_content(path: str, target: TargetFile) -> dict[str, Any]:
    """An entry as one value."""
    return {"path": path, **target.to_dict()}


def entry_of(content: Mapping[str, Any]) -> Entry | None:
    """What an entry says; None where not even the release can be read."""
    release = release_of_path(content.get("path"))
    if release is None:
        return None
    custom = content.get("custom")
    said: Mapping[str, Any] = custom if isinstance(custom, dict) else {}
    kept = {**content, "custom": {key: value for key, value in said.items() if key != "lift"}}
    digest = f"sha256:{hashlib.sha256(canonical_json(kept)).hexdigest()}"
    return Entry(_recall(release, said, content, digest), kept, _lift(said.get("lift")))


def release_of_path(path: object) -> ReleaseName | None:
    """Which release an entry is about; None where that cannot be read."""
    if not isinstance(path, str) or not path.startswith(f"{RECALL}/"):
        return None
    try:
        return release_name(path.removeprefix(f"{RECALL}/"))
    except TrustProblem:
        return None


def in_force(listed: Iterable[Entry], known: Iterable[Entry], keys: Iterable[PublicKey]) -> tuple[Entry, ...]:
    """The entries that count: those of the newest list and those that were known before, but for what is lifted.

    `keys`: the federation's now. A lift that somebody signed with a key that has gone holds no more.
    """
    trusted = tuple(keys)
    newest = {entry.recall.release: entry for entry in listed}
    older: dict[ReleaseName, dict[str, Entry]] = {}
    for entry in known:
        older.setdefault(entry.recall.release, {})[entry.recall.digest] = entry
    found: list[Entry] = []
    for release in sorted({*newest, *older}, key=str):
        current = newest.get(release)
        lift = current.lift if current is not None else None
        if current is not None and lift is not None and not lift_holds(lift, current.recall, trusted):
            lift = None
        counts = current is not None and not is_lifted(current.recall, lift)
        for entry in older.get(release, {}).values():
            is_covered = current is not None and entry.recall.digest == current.recall.digest
            if counts and current is not None:
                is_covered = current.covers(entry)
            if not is_covered and not is_lifted(entry.recall, lift):
                found.append(entry)
        if counts and current is not None:
            found.append(current)
    return tuple(found)


def lift_holds(lift: Lift, listed: Recall, keys: Iterable[PublicKey]) -> bool:
    """Whether a lift counts where it stands: beside the recall that it lifts, or beside a later one."""
    is_about = lift.number == listed.number if lift.recall == listed.digest else lift.number < listed.number
    return is_about and holds(lift, str(listed.release), keys)


def is_lifted(recall: Recall, lift: Lift | None) -> bool:
    """Whether a lift that holds is about this recall, or about a later one of the same release."""
    if lift is None:
        return False
    return lift.recall == recall.digest or 0 < recall.number < lift.number


def stands_lifted(entry: Entry, keys: Iterable[PublicKey]) -> bool:
    """Whether an entry of a list is lifted where it stands."""
    lift = entry.lift
    return lift is not None and is_lifted(entry.recall, lift) and lift_holds(lift, entry.recall, keys)


def check_words(recall: Recall) -> None:
    """That people can read what a recall says, and that it says all that its level asks for. Raises SignedProblem."""
    if not is_reason(recall.reason):
        raise SignedProblem("recall-reason", most=LONGEST_REASON)
    if recall.replacement and (not is_version(recall.replacement) or recall.replacement == recall.release.version):
        raise SignedProblem("recall-replacement", version=recall.replacement)
    if recall.level != "stop-use":
        if recall.parts or recall.patient_text or recall.therapist_text:
            raise SignedProblem("recall-parts-level", level=recall.level)
        return
    if not _are_parts(list(recall.parts)):
        raise SignedProblem("recall-parts", most=MOST_PARTS)
    for text in (recall.patient_text, recall.therapist_text):
        if not is_plain(text) or _MARKUP.search(text):
            raise SignedProblem("recall-text", most=LONGEST_TEXT)


def is_plain(text: object) -> bool:
    """Whether it is plain text of paragraphs: nothing but letters, signs and line breaks, in one form, and not too long."""
    return (
        isinstance(text, str)
        and 0 < len(text) <= LONGEST_TEXT
        and text.replace("\n", "").isprintable()
        and text == unicodedata.normalize("NFC", text).strip()
    )


def custom_of(recall: Recall) -> dict[str, Any]:
    """What stands in metadata of a recall."""
    custom: dict[str, Any] = {
        "level": recall.level,
        "number": recall.number,
        "reason": recall.reason,
        "replacement": recall.replacement,
    }
    if recall.recalled_at is not None:
        custom["recalled_at"] = recall.recalled_at.astimezone(UTC).strftime(_MOMENT)
    if recall.level == "stop-use":
        custom |= {
            "parts": list(recall.parts),
            "patient_text": recall.patient_text,
            "therapist_text": recall.therapist_text,
        }
    return custom


# What looks like HTML or like markdown would reach patients as it stands.
_MARKUP = re.compile(r"</?[A-Za-z!][^\n]*>|\*\*|__|\]\(|^ {0,3}(#{1,6} |```|> )", re.MULTILINE)


def _recall(release: ReleaseName, said: Mapping[str, Any], content: Mapping[str, Any], digest: str) -> Recall:
    hashes = content.get("hashes")
    bundle = f"sha256:{hashes.get('sha256')}" if isinstance(hashes, dict) else ""
    level, reason, replacement = said.get("level"), said.get("reason"), said.get("replacement")
    number, parts = said.get("number"), said.get("parts")
    is_stop = level == "stop-use"
    fits = {
        "level": level in LEVELS,
        "reason": isinstance(reason, str) and is_reason(reason),
        "replacement": replacement == "" or (isinstance(replacement, str) and is_version(replacement)),
        "number": type(number) is int and 0 < number <= MOST_NUMBER,
        "recalled_at": "recalled_at" not in said or _moment(said["recalled_at"]) is not None,
        "bundle": is_digest(bundle),
        "fields": said.keys() <= (_FIELDS if is_stop else _FIELDS - _STOP_FIELDS),
        "parts": not is_stop or _are_parts(parts),
        "patient_text": not is_stop or is_plain(said.get("patient_text")),
        "therapist_text": not is_stop or is_plain(said.get("therapist_text")),
    }
    is_damaged = not all(fits.values())
    read: Level = next((one for one in LEVELS if one == level), "no-new-patients")
    if is_damaged and read == "info":
        read = "no-new-patients"

    def text(name: str) -> str:
        return str(said[name]) if is_stop and fits[name] else ""

    stopped: tuple[str, ...] = ()
    if is_stop:
        stopped = tuple(parts) if fits["parts"] and isinstance(parts, list) else (ALL,)
    return Recall(
        release,
        read,
        reason if fits["reason"] and isinstance(reason, str) else "",
        replacement if fits["replacement"] and isinstance(replacement, str) else "",
        stopped,
        text("patient_text"),
        text("therapist_text"),
        digest,
        number if fits["number"] and type(number) is int else 0,
        bundle if fits["bundle"] else "",
        _moment(said.get("recalled_at")),
        is_damaged,
    )


def _lift(stated: object) -> Lift | None:
    if not isinstance(stated, str):
        return None
    try:
        return read_lift(stated.encode(), "lift")
    except SignedProblem:
        return None


def _moment(stated: object) -> datetime | None:
    try:
        return datetime.strptime(stated, _MOMENT).replace(tzinfo=UTC) if isinstance(stated, str) else None
    except ValueError:
        return None


def _are_parts(parts: object) -> bool:
    if not isinstance(parts, list) or not 0 < len(parts) <= MOST_PARTS:
        return False
    if not all(isinstance(part, str) and len(part) <= _LONGEST_PART and _PART.fullmatch(part) for part in parts):
        return False
    return len(set(parts)) == len(parts) and (ALL not in parts or parts == [ALL])
