"""What runtimes are to answer: every recall in force and every lift, of the metadata that a trust folder has verified last."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

from designtool.share.federation.region_keys import region_list
from designtool.share.federation.trust import Seen
from designtool.share.recalls.entries import entries_of, lift_holds
from designtool.share.recalls.keys import keys_for_lifts
from designtool.share.recalls.listing import recall_list, recalls
from designtool.share.receipts.documents import LONG_AGO, Recalled


def recalled_in(trust_folder: Path, witness: Seen | None = None) -> tuple[Recalled, ...]:
    """By release. `witness`: what is remembered elsewhere, as in `recalls`. Raises TrustProblem where nothing has been verified."""
    listed = recall_list(trust_folder)
    found: dict[tuple[str, str, str], Recalled] = {
        (str(one.release), one.level, one.digest): Recalled(
            str(one.release), one.level, one.digest, one.recalled_at or LONG_AGO, one.bundle
        )
        for one in recalls(trust_folder, witness)
    }
    keys = keys_for_lifts(region_list(trust_folder))
    for entry in entries_of(listed):
        lift = entry.lift
        if lift is not None and lift_holds(lift, entry.recall, keys):
            day = datetime.combine(lift.day, time(), UTC)
            lifted = Recalled(lift.release, "lifted", lift.recall, day, entry.recall.bundle)
            found[lifted.release, lifted.level, lifted.digest] = lifted
    return tuple(found[place] for place in sorted(found))


def list_version(trust_folder: Path) -> int:
    """Of the list of recalls. Raises TrustProblem where nothing has been verified."""
    return recall_list(trust_folder).version
