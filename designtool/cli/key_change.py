"""What is said before a key is taken away: what it has signed that holds no more without it, and what to do about that."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from designtool.cli.output import today
from designtool.cli.registries import Here
from designtool.diagnostics import Text

if TYPE_CHECKING:
    from designtool.share.agreements.terms import Standing
    from designtool.share.federation.keys import PublicKey
    from designtool.share.federation.metadata_store import MetadataStore

_OF_THE_FEDERATION = ("founder", "online", "recall")
"""Their keys sign no agreement."""


def tell_what_falls(
    here: Here, place: str, store: MetadataStore, role: str, key_id: str, agreements_folder: Path | None
) -> dict[str, Any]:
    """Say it on stderr, also where programs read, and give it for JSON. Raises TrustProblem and SignedProblem."""
    from designtool.share.key_change import Falling, falling_lifts, falling_lines

    agreements, ends, why_not = _agreements(here, place, store, role, key_id, agreements_folder)
    enrolled = _enrolments(here, place, store, role, key_id)
    falling = Falling(falling_lifts(store, key_id), agreements, ends, enrolled)
    for line in falling_lines(falling, role):
        click.echo(line.in_language(here.language), err=True)
    if why_not is not None:
        click.echo(why_not.in_language(here.language), err=True)
    return {
        "falling": {
            "lifts": [str(one.release) for one in falling.lifts],
            "agreements": [one.digest for one in falling.agreements],
            "ends": list(falling.ends),
            "runtimes": [one.holder for one in falling.runtimes],
            "agreements_read": why_not is None,
        }
    }


def _agreements(
    here: Here, place: str, store: MetadataStore, role: str, key_id: str, stated: Path | None
) -> tuple[tuple[Standing, ...], tuple[str, ...], Text | None]:
    """Of what lies in the place and in the folder together; and why it is not known, where it is not."""
    from designtool.cli.agreements import DEFAULT_FOLDER
    from designtool.share.agreements.folder import END_SUFFIX, SUFFIX, read_agreement_folder
    from designtool.share.agreements.registry import collect_agreements
    from designtool.share.key_change import falling_agreements, region_keys_in
    from designtool.share.registries.problems import RegistryProblem

    if role in _OF_THE_FEDERATION:
        return (), (), None
    keys = region_keys_in(store)
    registry = here.open_beside_metadata(place)
    folder = stated if stated is not None else here.root / DEFAULT_FOLDER
    why_not = _NOT_LOOKED_FOR if registry is None and not folder.is_dir() else None
    with TemporaryDirectory() as made:
        together = Path(made)
        if folder.is_dir():
            for path in folder.iterdir():
                if path.name.endswith((SUFFIX, END_SUFFIX)) and path.is_file():
                    shutil.copyfile(path, together / path.name)
        if registry is not None:
            try:
                with registry:
                    collect_agreements(registry, {key.region for key in keys.values()}, together, keys)
            except RegistryProblem as problem:
                why_not = _not_read(problem.message)
        found, ends = falling_agreements(read_agreement_folder(together, keys), keys, key_id, today())
    return found, ends, why_not


def _enrolments(here: Here, place: str, store: MetadataStore, role: str, key_id: str) -> tuple[PublicKey, ...]:
    """Of what lies in the registry. Where it cannot be read that has been said of the agreements already."""
    from designtool.share.key_change import falling_enrolments, region_keys_in
    from designtool.share.receipts.registry import collect
    from designtool.share.registries.problems import RegistryProblem

    registry = here.open_beside_metadata(place) if role not in _OF_THE_FEDERATION else None
    if registry is None:
        return ()
    keys = region_keys_in(store)
    try:
        with registry:
            found = collect(registry, {role}, entries=())
    except RegistryProblem:
        return ()
    return falling_enrolments(found.documents, keys, key_id, datetime.now(UTC))


def _not_read(why: Text) -> Text:
    return Text(
        f"OBS! Avtalen i registret gick inte att läsa, så det kan finnas fler som inte håller utan nyckeln: {why.sv}",
        f"NOTE! The agreements in the registry could not be read, so there may be more that do not hold without the key: {why.en}",
    )


_NOT_LOOKED_FOR = Text(
    "OBS! Här finns inga avtal att se efter i. De som är underskrivna med nyckeln gäller inte utan den: ange mappen med --agreements.",
    "NOTE! There are no agreements to look at here. Those that are signed with the key do not hold without it: name the folder with --agreements.",
)
