"""Drafts: metadata on its way from one person to the next until enough of them have signed it.

A draft is one file that can be carried on a stick to a computer that is never online. It brings what is needed to say, there,
who is to sign it and what changes. What it brings beside the metadata itself is for reading; whether the signatures are enough
is decided where it is adopted, against metadata that is trusted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from tuf.api.metadata import Metadata, Root, Signed, Targets
from tuf.api.serialization import DeserializationError

from designtool.bundle.refusals import printable
from designtool.diagnostics import Text
from designtool.share.federation.about import NotAbout, encode_about, facts, read_about
from designtool.share.federation.keys import ROLE_WORDS, PublicKey
from designtool.share.federation.metadata_bytes import parse_metadata_json
from designtool.share.federation.metadata_store import file_name
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.roles import RECALL, check_rules, keys_of_role
from designtool.share.recalls.entries import entry_content
from designtool.share.recalls.words import entry_lines

if TYPE_CHECKING:
    from securesystemslib.signer import Signer

    from designtool.model.program import Program

LARGEST_DRAFT = 16_000_000
LARGEST = {"root": 512_000, "timestamp": 16_384, "snapshot": 2_000_000}
LARGEST_TARGETS = 5_000_000


@dataclass(frozen=True, slots=True)
class Draft:
    role: str
    metadata: bytes
    """With the signatures that it has so far."""
    before: bytes | None
    """The version that it follows."""
    delegator: bytes | None
    """The metadata that says who may sign it; None for a root, which says so itself."""

    @property
    def file(self) -> str:
        return file_name(self.role, metadata_of(self.metadata, self.role).signed.version)


@dataclass(frozen=True, slots=True)
class Progress:
    signed: tuple[PublicKey, ...]
    missing: tuple[PublicKey, ...]
    """Who else may sign."""
    still: int
    """How many more of them must."""


def metadata_of(data: bytes, role: str) -> Metadata[Any]:
    """Metadata of a role, not trusted yet. Raises TrustProblem."""
    parse_metadata_json(data, role, LARGEST.get(role, LARGEST_TARGETS))
    try:
        found: Metadata[Any] = Metadata[Any].from_bytes(data)
    except DeserializationError as error:
        raise TrustProblem("metadata-invalid", name=role, reason=str(error.__cause__ or error)) from error
    if found.signed.type != _TYPES.get(role, "targets"):
        raise TrustProblem("metadata-invalid", name=role, reason=found.signed.type)
    return found


def draft_of(role: str, signed: Signed, before: bytes | None, delegator: bytes | None) -> Draft:
    metadata: Metadata[Any] = Metadata(signed)
    return Draft(role, metadata.to_bytes(), before, delegator)


def draft_of_current(role: str, data: bytes, root: bytes) -> Draft:
    """What is in force already, to be described as a draft is."""
    return Draft(role, data, None, None if role == "root" else root)


def encode_draft(draft: Draft) -> bytes:
    content = {
        "designtool": "draft",
        "format": 1,
        "role": draft.role,
        **{
            name: data.decode() if data is not None else None
            for name, data in (("metadata", draft.metadata), ("before", draft.before), ("delegator", draft.delegator))
        },
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def read_draft(data: bytes, name: str) -> Draft:
    """Raises TrustProblem."""
    try:
        content = parse_metadata_json(data, name, LARGEST_DRAFT)
    except TrustProblem as error:
        raise TrustProblem("draft-invalid", file=name) from error
    if content.get("designtool") != "draft" or content.get("format") != 1:
        raise TrustProblem("draft-invalid", file=name)
    texts = [content.get(key) for key in ("role", "metadata", "before", "delegator")]
    if not (isinstance(texts[0], str) and isinstance(texts[1], str)) or not all(
        text is None or isinstance(text, str) for text in texts
    ):
        raise TrustProblem("draft-invalid", file=name)
    metadata, before, delegator = (text.encode() if isinstance(text, str) else None for text in texts[1:])
    draft = Draft(texts[0], cast(bytes, metadata), before, delegator)
    # What breaks the rules is never shown to anybody for signing: a summary might not show what is wrong with it.
    check_rules(draft.role, metadata_of(draft.metadata, draft.role).signed)
    progress_of(draft)
    return draft


def sign_draft(draft: Draft, signer: Signer) -> Draft:
    """The draft with one more signature. Raises TrustProblem for a key that may not sign it, or has."""
    progress = progress_of(draft)
    key_id = signer.public_key.keyid
    if any(key.key_id == key_id for key in progress.signed):
        raise TrustProblem("already-signed", role=draft.role, key=key_id[:12])
    if not any(key.key_id == key_id for key in progress.missing):
        raise TrustProblem("not-a-signer", role=draft.role, key=key_id[:12])
    metadata = metadata_of(draft.metadata, draft.role)
    metadata.sign(signer, append=True)
    return Draft(draft.role, metadata.to_bytes(), draft.before, draft.delegator)


def progress_of(draft: Draft) -> Progress:
    """Who has signed and who may still, as the draft itself has it."""
    metadata = metadata_of(draft.metadata, draft.role)
    payload, signatures = metadata.signed_bytes, metadata.signatures
    delegators: list[Root | Targets]
    if draft.role == "root":
        delegators = [metadata.signed]
        if draft.before is not None:
            delegators.append(metadata_of(draft.before, "root").signed)
    else:
        above = "targets" if draft.role not in ("targets", "snapshot", "timestamp") else "root"
        if draft.delegator is None:
            raise TrustProblem("draft-invalid", file=draft.role)
        delegators = [metadata_of(draft.delegator, above).signed]
    may = {key.key_id: key for one in delegators for key in keys_of_role(one, draft.role)}
    results = [one.get_verification_result(draft.role, payload, signatures) for one in delegators]
    done = {key_id for result in results for key_id in result.signed}
    return Progress(
        tuple(key for key_id, key in may.items() if key_id in done),
        tuple(key for key_id, key in may.items() if key_id not in done),
        max(result.missing for result in results),
    )


def has_new_releases(draft: Draft) -> bool:
    """Whether a region releases something with it that its metadata before did not have."""
    if draft.role in _TITLES:
        return False
    before = set(metadata_of(draft.before, draft.role).signed.targets) if draft.before is not None else set()
    return not before.issuperset(metadata_of(draft.metadata, draft.role).signed.targets)


def signed_digest(data: bytes, role: str) -> str:
    """The digest of what is signed, whoever has signed it so far. Of the root it is what is printed on paper."""
    return f"sha256:{hashlib.sha256(metadata_of(data, role).signed_bytes).hexdigest()}"


def describe(draft: Draft, programs: Mapping[str, Program] = MappingProxyType({})) -> tuple[Text, ...]:
    """What a person is about to sign, in plain words: all of it, and what is new.

    `programs`: by the digest of the bundle. Of what is recalled of these the titles are told.
    """
    now = metadata_of(draft.metadata, draft.role).signed
    before = metadata_of(draft.before, draft.role).signed if draft.before is not None and _is_vouched(draft) else None
    digest = signed_digest(draft.metadata, draft.role)
    until = f"{now.expires:%Y-%m-%d}"
    title = _TITLES.get(draft.role) or Text(f"Utgåvor från {draft.role}", f"Releases of {draft.role}")
    lines = [
        Text(
            f"{title.sv}, version {now.version}, gäller till och med {until}",
            f"{title.en}, version {now.version}, valid until {until}",
        ),
        Text(f"Fingeravtryck: {digest}", f"Digest: {digest}"),
    ]
    if draft.before is not None and before is not None:
        earlier = signed_digest(draft.before, draft.role)
        lines.append(
            Text(f"Följer på version {before.version}: {earlier}", f"Follows version {before.version}: {earlier}")
        )
    elif draft.before is not None:
        lines.append(
            Text(
                "Den föregående versionen är inte underskriven av dem som gäller nu: läs allt, inget märks ut som nytt.",
                "The version before is not signed by those who count now: read it all, nothing is marked as new.",
            )
        )
    content, old = _content(now, programs), _content(before, programs) if before is not None else {}
    lines.append(Text("Innehåll:", "Content:") if content else Text("Inget innehåll.", "No content."))
    for key, text in content.items():
        if key.startswith(_DETAIL) and old.get(key) == text:
            continue  # It was signed with the version before, and would hide what is new.
        mark = Text("", "")
        if before is not None and key not in old:
            mark = Text("  ← NYTT", "  ← NEW")
        elif before is not None and old[key] != text:
            mark = Text(f"  ← ÄNDRAT, förut: {old[key].sv.strip()}", f"  ← CHANGED, before: {old[key].en.strip()}")
        lines.append(Text(f"  {text.sv}{mark.sv}", f"  {text.en}{mark.en}"))
    gone = [text for key, text in old.items() if key not in content]
    lines.extend(Text(f"  BORTTAGET: {text.sv}", f"  REMOVED: {text.en}") for text in gone)
    progress = progress_of(draft)
    lines.extend(Text(f"Underskrivet av {_who(key).sv}", f"Signed by {_who(key).en}") for key in progress.signed)
    if progress.still:
        lines.append(
            Text(f"Underskrifter som saknas: {progress.still}", f"Signatures that are missing: {progress.still}")
        )
    return tuple(lines)


def _is_vouched(draft: Draft) -> bool:
    """Whether the version before was signed as it had to be: else a forged one could make what is new look old."""
    assert draft.before is not None
    before = metadata_of(draft.before, draft.role)
    if draft.role == "root":
        delegator = before.signed
    else:
        assert draft.delegator is not None, "read_draft has looked at who may sign"
        above = "root" if draft.role in ("targets", "snapshot", "timestamp") else "targets"
        delegator = metadata_of(draft.delegator, above).signed
    return bool(delegator.get_verification_result(draft.role, before.signed_bytes, before.signatures))


def _content(signed: Signed, programs: Mapping[str, Program]) -> dict[str, Text]:
    """Everything that the metadata says, a line each."""
    if isinstance(signed, Root):
        roles = {
            name: Text(
                f"{_WORDS[name].sv}: {role.threshold} av {len(role.keyids)}",
                f"{_WORDS[name].en}: {role.threshold} of {len(role.keyids)}",
            )
            for name, role in signed.roles.items()
        }
        keys = {
            f"{name} {key.key_id}": Text(f"{_WORDS[name].sv}: {_who(key).sv}", f"{_WORDS[name].en}: {_who(key).en}")
            for name in signed.roles
            for key in keys_of_role(signed, name)
        }
        return roles | keys
    if not isinstance(signed, Targets):
        return {}
    lines: dict[str, Text] = {}
    for name, role in (signed.delegations.roles or {}).items() if signed.delegations is not None else ():
        title = Text("Återkallelser", "Recalls") if name == RECALL else Text(f"Region {name}", f"Region {name}")
        paths = ", ".join(role.paths or ())
        many = role.threshold > 1
        lines[name] = Text(
            f"{title.sv} ({paths}): {role.threshold} {'underskrifter' if many else 'underskrift'}",
            f"{title.en} ({paths}): {role.threshold} {'signatures' if many else 'signature'}",
        )
        for key in keys_of_role(signed, name):
            lines[f"{name} {key.key_id}"] = Text(f"{title.sv}: {_who(key).sv}", f"{title.en}: {_who(key).en}")
    for path, target in signed.targets.items():
        if path.startswith(f"{RECALL}/"):
            lines |= dict(entry_lines(entry_content(path, target), programs))
            continue
        custom = target.custom if isinstance(target.custom, dict) else {}
        said = ", ".join(f"{key}: {value}" for key, value in sorted(custom.items()) if key != "about")
        digests = ", ".join(f"{algorithm}:{digest}" for algorithm, digest in target.hashes.items())
        line = printable(f"{path}  {digests}  {said}", 1000)
        lines[f"target {path}"] = Text(line, line)
        if "about" in custom:
            lines |= {f"{_DETAIL}{path} {key}": text for key, text in _about_lines(custom["about"])}
    return lines


def _about_lines(content: object) -> Iterator[tuple[str, Text]]:
    """What a release says of itself, a line a fact, and what stands beside that and means nothing here."""
    try:
        about = read_about(content)
    except NotAbout:
        line = printable(f"  about: {content}", 1000)
        yield "about", Text(line, line)
        return
    for fact in facts(about):
        yield fact.key, Text(f"  {fact.label.sv}: {fact.value.sv}", f"  {fact.label.en}: {fact.value.en}")
    assert isinstance(content, dict), "read_about has read it"
    for key in sorted(content.keys() - encode_about(about).keys()):
        line = printable(f"  {key}: {content[key]}", 1000)
        yield f"? {key}", Text(line, line)


def _who(key: PublicKey) -> Text:
    words, code = ROLE_WORDS[key.role], key.key_id[:12]
    return Text(f"{key.holder} ({words.sv}, {key.region}, {code})", f"{key.holder} ({words.en}, {key.region}, {code})")


_DETAIL = "about "
_TITLES = {
    "root": Text("Federationens rot", "The root of the federation"),
    "targets": Text("Regionerna i federationen", "The regions of the federation"),
    RECALL: Text("Återkallelser", "Recalls"),
    "snapshot": Text("Ögonblicksbild", "Snapshot"),
    "timestamp": Text("Tidsstämpel", "Timestamp"),
}
_WORDS = {
    "root": Text("Rot", "Root"),
    "targets": Text("Regioner", "Regions"),
    "snapshot": Text("Ögonblicksbild", "Snapshot"),
    "timestamp": Text("Tidsstämpel", "Timestamp"),
}
_TYPES = {role: role for role in ("root", "snapshot", "timestamp")}
