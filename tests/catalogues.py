"""Four regions that share programs, for tests of the catalogue: on the disk as a region that uses some of them has it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import federations
from bundles import archive_of, sample_content, sample_program
from federations import CLINICAL, CLINICAL_B, FOUNDERS, NOW, PUBLISHER, PUBLISHER_B, SAFETY, Federation, Person, person

from designtool.bundle import Bundle, read_bundle
from designtool.model.program import Audience, DerivedFrom, Program, Publisher, Rights
from designtool.share.agreements import terms as agreements
from designtool.share.agreements.folder import write_agreement
from designtool.share.agreements.terms import Agreement, read_agreement
from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata, take_over
from designtool.share.federation.places import opened_metadata
from designtool.share.federation.release import release_of_bundle
from designtool.share.federation.roles import Release, release_name
from designtool.share.publish import publish
from designtool.share.recalls.listing import Recall, draft_recall
from designtool.share.registries.folder import FolderRegistry

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> \"'&amp; javascript:alert(3) </style></summary></details>"
)
PEOPLE: dict[str, tuple[Person, Person]] = {
    "region-a": (PUBLISHER, CLINICAL),
    "region-b": (PUBLISHER_B, CLINICAL_B),
    "region-c": (person("Eli Hägg", "publisher", "region-c"), person("Fia Lönn", "clinical", "region-c")),
    "region-d": (person("Geo Oxel", "publisher", "region-d"), person("Hal Rönn", "clinical", "region-d")),
}


def program(region: str, id: str, version: str, **changes: Any) -> Program:
    return sample_program(
        **{
            "id": id,
            "version": version,
            "publisher": Publisher(region, "Karin Ekdahl", "Legitimerad psykolog", f"program@{region}.example"),
            **changes,
        }
    )


def bundle_bytes(one: Program) -> bytes:
    return archive_of(sample_content(one))


def bundle_of(one: Program) -> Bundle:
    return read_bundle(BytesIO(bundle_bytes(one)))


FIRST = program(
    "region-a",
    "prov",
    "1.0.0",
    title="Steg ur nedstämdhet",
    summary="Behandling med beteendeaktivering för vuxna med lindrig till måttlig depression. Du kartlägger vad du gör och hur "
    "du mår, och gör steg för steg mer av det som betyder något för dig.",
    audience=Audience(18, None, "mild-to-moderate", ("F32", "F33")),
    weeks=9,
    minutes_per_week=180,
)
PROGRAMS: dict[str, Program] = {
    "region-a/prov/1.0.0": FIRST,
    "region-a/prov/1.1.0": replace(FIRST, version="1.1.0", weeks=10, summary=f"{FIRST.summary} Nu med film."),
    "region-a/prov/2.0.0": replace(
        FIRST, version="2.0.0", weeks=10, questionnaires=(replace(FIRST.questionnaires[0], flags=()),)
    ),
    "region-b/egen/1.0.0": program(
        "region-b", "egen", "1.0.0", title="Lugnare dagar", rights=Rights("CC0-1.0", "Region B")
    ),
    "region-b/prov-hos-oss/1.0.0": program(
        "region-b",
        "prov-hos-oss",
        "1.0.0",
        title="Steg ur nedstämdhet hos oss",
        overlay_of=DerivedFrom("prov", "1.0.0", bundle_of(FIRST).digest),
    ),
    "region-c/somn/1.0.0": program("region-c", "somn", "1.0.0", title="Sov igen", weeks=8, minutes_per_week=150),
    "region-c/somn/1.1.0": program("region-c", "somn", "1.1.0", title="Sov igen", weeks=8, minutes_per_week=150),
    "region-d/oro/0.1.0": program("region-d", "oro", "0.1.0", kind="education"),
}
REVIEW_DAYS = {"region-a": "2027-11-01", "region-c": "2026-05-01"}


@dataclass(frozen=True)
class Place:
    """`trust` is a trust folder, `registry` has metadata and bundles, `agreements` what region B has signed, `build` what it uses."""

    folder: Path
    made: Federation

    @property
    def trust(self) -> Path:
        return self.folder / "trust"

    @property
    def registry(self) -> Path:
        return self.folder / "register"

    @property
    def agreements(self) -> Path:
        return self.folder / "agreements"

    @property
    def build(self) -> Path:
        return self.folder / "build"

    def take_over(self, now: datetime) -> None:
        take_over(self.made.store, self.trust, now)


def bundles() -> dict[str, bytes]:
    """Each bundle by the name of its release."""
    found = {}
    for name, one in PROGRAMS.items():
        day = REVIEW_DAYS.get(one.publisher.region, "")
        # The overlay lies over the very bytes of the first version.
        changed = one if one is FIRST else replace(one, release=replace(one.release, review_by=day))
        found[name] = bundle_bytes(changed)
    return found


def four_regions(folder: Path, now: datetime = NOW, using: tuple[str, ...] = ("region-a/prov/1.0.0",)) -> Place:
    """As region B has it: an agreement with A about 1.x, one with C that has run out, none with D; `using` lies in `build`."""
    made = Federation()
    drafts = publication.draft_federation(
        [one.public for one in FOUNDERS], 2, [federations.ONLINE.public], [SAFETY.public], now
    )
    for draft, people in zip(drafts, (FOUNDERS[:2], FOUNDERS[:2], (SAFETY,)), strict=True):
        made.adopt(draft, *people)
    for region, keys in PEOPLE.items():
        (draft,) = publication.draft_region(made.store, region, [key.public for key in keys], now)
        made.adopt(draft, *FOUNDERS[:2])
    place = Place(folder, made)
    place.build.mkdir(parents=True)
    with FolderRegistry(place.registry) as registry:
        for name, data in bundles().items():
            bundle = read_bundle(BytesIO(data))
            made.adopt(publication.draft_release(made.store, _release(bundle), now), *PEOPLE[name.partition("/")[0]])
            publish(bundle, registry)
            if name in using:
                (place.build / f"{name.replace('/', '-')}.dtb").write_bytes(data)
    recall = Recall(release_name("region-c/somn/1.1.0"), "no-new-patients", "Fel i sömnfönstret.", "1.0.0")
    made.adopt(draft_recall(made.store, recall, now), SAFETY)
    made.stamp(now)
    made.trust_folder(place.trust)
    place.take_over(now)
    with opened_metadata(str(place.registry), {}, folder) as target:
        copy_metadata(made.store, target)
    agree(place, "region-a", "prov", ">=1.0 <2.0", date(2020, 1, 1), date(2099, 12, 31), 200)
    agree(place, "region-c", "somn", ">=1.0", date(2020, 1, 1), date(2026, 1, 31), None)
    return place


def _release(bundle: Bundle) -> Release:
    """Region D says what no program could say: a bundle with active HTML is refused, and words in metadata are words."""
    found = release_of_bundle(bundle)
    if found.name.region != "region-d":
        return found
    assert found.about is not None
    words: dict[str, Any] = dict.fromkeys(("responsible", "role", "contact", "licence", "holder", "severity"), HOSTILE)
    about = replace(found.about, summary=f"Utbildning om oro. {HOSTILE}", conditions=(HOSTILE,), **words)
    return replace(found, title=f"Oro {HOSTILE}", about=about)


def agree(place: Place, giver: str, program: str, versions: str, first: date, last: date, uses: int | None) -> None:
    """An agreement of a region with region B, signed by both."""
    one, other = PEOPLE[giver][0], PUBLISHER_B
    terms = Agreement(giver, "region-b", (program,), versions, first, last, uses, f"avtal@{giver}.example")
    keys = {key.public.key_id: key.public for key in (one, other)}
    proposed = read_agreement(agreements.propose(terms, one.signer, one.public), "avtal")
    both = agreements.countersign(proposed, other.signer, other.public, keys, first)
    write_agreement(place.agreements, read_agreement(both, "avtal"))
