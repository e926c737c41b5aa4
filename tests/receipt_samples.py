"""Runtimes with keys, enrolments and receipts for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from federations import NOW, PUBLISHER, PUBLISHER_B, Person, person

from designtool.share.receipts.documents import Enrolment, Recalled, Receipt, Signed, answer, enrol

HOUR = timedelta(hours=1)
LUND = person("Psykiatrimottagningen i Lund", "runtime", "region-a")
MALMO = person("Psykiatrimottagningen i Malmö", "runtime", "region-a")
BORAS = person("Ungdomsmottagningen i Borås", "runtime", "region-b")
RECALLED = Recalled("region-a/prov/1.0.0", "no-new-patients", "sha256:" + "ab" * 32, NOW)


def enrolment(runtime: Person = LUND, at: datetime = NOW - 100 * HOUR, **changes: Any) -> Enrolment:
    return replace(Enrolment(runtime.public, "Eva Lind", "046-17 00 00", at), **changes)


def enrolled(runtime: Person = LUND, by: Person | None = None, **changes: Any) -> Signed:
    by = by or {"region-a": PUBLISHER, "region-b": PUBLISHER_B}[runtime.public.region]
    return enrol(enrolment(runtime, **changes), by.signer, by.public)


def receipt(region: str = "region-a", recalled: Recalled = RECALLED, **changes: Any) -> Receipt:
    made = Receipt(
        region,
        recalled.release,
        recalled.level,
        recalled.digest,
        3,
        NOW + HOUR,
        True,
        True,
        False,
        ("new-starts-stopped",),
    )
    return replace(made, **changes)


def answered(runtime: Person = LUND, recalled: Recalled = RECALLED, **changes: Any) -> Signed:
    return answer(receipt(**{"region": runtime.public.region, "recalled": recalled, **changes}), runtime.signer)
