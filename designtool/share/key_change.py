"""What rests on a key that is to go: lifts, agreements and enrolments that hold with it, and do not without it.

They count with the keys that the federation has now, so that nobody can lift or agree with a key that was
stolen. Whoever takes a key away is told beforehand what has to be signed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tuf.api.metadata import Targets

from designtool.diagnostics import Text
from designtool.share.agreements.folder import AgreementFolder
from designtool.share.agreements.terms import SignedAgreement, Standing, joined, signed_words, told
from designtool.share.federation.keys import PublicKey
from designtool.share.federation.metadata_store import MetadataStore
from designtool.share.federation.publication import newest_of, newest_targets
from designtool.share.federation.region_keys import keys_of_regions
from designtool.share.federation.roles import RECALL
from designtool.share.recalls.entries import Recall, entries_of, lift_holds
from designtool.share.recalls.keys import keys_for_lifts
from designtool.share.receipts.documents import Signed, runtimes


@dataclass(frozen=True, slots=True)
class Falling:
    """What holds no more when a key has gone."""

    lifts: tuple[Recall, ...] = ()
    """The recalls that come back."""
    agreements: tuple[Standing, ...] = ()
    """As they stand now. Each waits, afterwards, for its region to sign again."""
    ends: tuple[str, ...] = ()
    """Digests of agreements whose end nobody would believe who has not seen it before."""

    runtimes: tuple[PublicKey, ...] = ()
    """Runtimes whose enrolment holds no more: nobody would call them when they do not answer a recall."""


def falling_lifts(store: MetadataStore, key_id: str) -> tuple[Recall, ...]:
    """The recalls whose lift holds with a key and not without it. Raises TrustProblem."""
    targets = newest_targets(store)
    listed = newest_of(store, RECALL, targets.signed)
    if listed is None:
        return ()
    now = keys_for_lifts(targets.signed)
    then = tuple(key for key in now if key.key_id != key_id)
    return tuple(
        entry.recall
        for entry in entries_of(listed.signed)
        if entry.lift is not None
        and lift_holds(entry.lift, entry.recall, now)
        and not lift_holds(entry.lift, entry.recall, then)
    )


def falling_agreements(
    folder: AgreementFolder, keys: Mapping[str, PublicKey], key_id: str, today: date
) -> tuple[tuple[Standing, ...], tuple[str, ...]]:
    """Agreements that hold, or will, with a key and not without it; and agreements whose end does. Raises SignedProblem."""
    left = {id: key for id, key in keys.items() if id != key_id}
    copies: dict[str, list[SignedAgreement]] = {}
    for one in folder.agreements:
        copies.setdefault(one.digest, []).append(one)
    whole = AgreementFolder(tuple(joined(found) for found in copies.values()), folder.ends, ())
    then = {one.digest: one.state for one in whole.standings(left, today)}
    agreements = tuple(
        one
        for one in whole.standings(keys, today)
        if one.state in ("in-force", "not-yet") and then[one.digest] == "proposed"
    )
    ends = whole.ended_from(keys).keys() - whole.ended_from(left).keys()
    return agreements, tuple(sorted(ends))


def falling_enrolments(
    documents: Iterable[Signed], keys: Mapping[str, PublicKey], key_id: str, now: datetime
) -> tuple[PublicKey, ...]:
    """The runtimes that are enrolled with a key and not without it."""
    documents = tuple(documents)
    then = {id: key for id, key in keys.items() if id != key_id}
    left = {one.key.key_id for one in runtimes(documents, then, now)[0]}
    return tuple(one.key for one in runtimes(documents, keys, now)[0] if one.key.key_id not in left)


def region_keys_in(store: MetadataStore) -> dict[str, PublicKey]:
    """By key id, of every region, as a federation's own place has them. Raises TrustProblem."""
    targets = newest_targets(store).signed
    assert isinstance(targets, Targets), "newest_targets gives nothing else"
    return keys_of_regions(targets)


def falling_lines(falling: Falling, region: str) -> tuple[Text, ...]:
    """Loudly, and with what to do about it."""
    lines: list[Text] = []
    for recall in falling.lifts:
        lines.append(
            Text(
                f"OBS! Nyckeln har skrivit under hävningen av återkallelsen av {recall.release}. När nyckeln är borta gäller återkallelsen "
                f"({recall.level}) igen, hos alla enheter, tills två personer har hävt den på nytt: designtool recall lift.",
                f"NOTE! The key has signed the lift of the recall of {recall.release}. When the key has gone the recall ({recall.level}) "
                f"is in force again, at every unit, until two people have lifted it anew: designtool recall lift.",
            )
        )
    for one in falling.agreements:
        shown, who, digest = told(one), signed_words(one), one.digest.removeprefix("sha256:")[:12]
        lines.append(
            Text(
                f"OBS! Avtalet {shown.sv} håller inte utan nyckeln. {who.sv}. Inget nytt startar enligt avtalet förrän {region} har skrivit "
                f"under igen. Låt en kollega i {region} skriva under före bytet, så gäller det hela tiden: designtool agreements "
                f"countersign {digest}",
                f"NOTE! The agreement {shown.en} does not hold without the key. {who.en}. Nothing new begins under it until {region} has "
                f"signed again. Let a colleague in {region} sign before the change, and it holds all the time: designtool agreements "
                f"countersign {digest}",
            )
        )
    for digest in falling.ends:
        short = digest.removeprefix("sha256:")[:12]
        lines.append(
            Text(
                f"OBS! Nyckeln har skrivit under avslutet av avtalet {short}. Den som inte har sett avslutet än tror inte på det när nyckeln är "
                f"borta: avsluta det på nytt med en annan nyckel, designtool agreements end {short}",
                f"NOTE! The key has signed the end of the agreement {short}. Who has not seen the end yet does not believe it when the key has "
                f"gone: end it again with another key, designtool agreements end {short}",
            )
        )
    for key in falling.runtimes:
        lines.append(
            Text(
                f"OBS! Nyckeln har anmält {key.holder} ({key.region}). Utan den väntar ingen på svar därifrån när något återkallas: anmäl den igen "
                f"med en annan nyckel, designtool receipts enrol.",
                f"NOTE! The key has enrolled {key.holder} ({key.region}). Without it nobody waits for an answer from there when something is "
                f"recalled: enrol it again with another key, designtool receipts enrol.",
            )
        )
    return tuple(lines)
