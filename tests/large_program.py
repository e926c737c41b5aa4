"""A real program with a large film, in two versions that share it, and the federation in which two people release them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from designtool.bundle import read_bundle
from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata
from designtool.share.federation.draft import encode_draft, sign_draft
from designtool.share.federation.keys import Owner, new_key, open_key
from designtool.share.federation.metadata_store import MetadataStore
from designtool.share.federation.release import release_of_bundle
from tests.case_files import MINIMAL
from tests.federations import FOUNDERS, ONLINE, Federation, Person, founded
from tests.measuring import designtool

NAME = "vgr/exempel"
VERSIONS = ("1.0.0", "1.0.1")
PASSPHRASE = "en lång lösenfras för prov"
PUBLISHER_KEY = "anna"
_PAGE = "programs/exempel/modules/01-start/10-sida.md"
_PROGRAM = "programs/exempel/program.yaml"
_MEDIA = "programs/exempel/media"
_PIECE = os.urandom(1_000_000)
_SHOWN = "\n:::{film} media/andning.webm\n:captions: media/andning.vtt\n:transcript: media/andning.md\n:::\n"
_CHEAP = 2**14
"""The least that a key file may cost: whoever has these keys has nothing."""


@dataclass(frozen=True)
class LargeProgram:
    folder: Path
    bundles: dict[str, Path]
    """By version. The second differs from the first by a few words."""
    film_bytes: int
    federation: Federation
    people: tuple[Person, Person]

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    def trust_folder(self, folder: Path) -> Path:
        return self.federation.trust_folder(folder)

    def copy_metadata(self, target: MetadataStore) -> None:
        """As it is before anything of the program is released."""
        copy_metadata(self.federation.store, target)

    def stamp(self, target: MetadataStore) -> None:
        publication.stamp(target, [ONLINE.signer], datetime.now(UTC))

    def draft(self, version: str, store: MetadataStore, path: Path) -> Path:
        """A release that both people have signed, after what a store has."""
        with self.bundles[version].open("rb") as stream:
            release = release_of_bundle(read_bundle(stream))
        draft = publication.draft_release(store, release, datetime.now(UTC))
        for one in self.people:
            draft = sign_draft(draft, one.signer)
        path.write_bytes(encode_draft(draft))
        return path


def make_large_program(folder: Path, megabytes: int) -> LargeProgram:
    """In an empty folder."""
    root, film = folder / "arbetsyta", folder / "arbetsyta" / _MEDIA / "andning.webm"
    shutil.copytree(MINIMAL, root, ignore=shutil.ignore_patterns(".designtool"))
    film.parent.mkdir()
    with film.open("wb") as stream:
        stream.write(b"\x1aE\xdf\xa3")
        for _ in range(megabytes):
            stream.write(_PIECE)
    film.with_suffix(".vtt").write_text("WEBVTT\n\n00:00.000 --> 00:04.000\nAndas lugnt.\n", encoding="utf-8")
    film.with_suffix(".md").write_text("Andas lugnt.\n", encoding="utf-8")
    with open(root / _PAGE, "a", encoding="utf-8") as page:
        page.write(_SHOWN)
    bundles = {}
    for version in VERSIONS:
        program = root / _PROGRAM
        program.write_text(program.read_text(encoding="utf-8").replace(VERSIONS[0], version), encoding="utf-8")
        designtool(root, "build", "--output", folder / "byggt")
        bundles[version] = folder / "byggt" / f"exempel-{version}.dtb"
        with open(root / _PAGE, "a", encoding="utf-8") as page:
            page.write("\nNågra ord till.\n")
    people = []
    for name, owner in (
        (PUBLISHER_KEY, Owner("Anna Ek", "publisher", "vgr")),
        ("bo", Owner("Bo Alm", "clinical", "vgr")),
    ):
        public = new_key(folder / "keys", name, owner, PASSPHRASE, _CHEAP)
        people.append(Person(public, open_key(folder / "keys", name, PASSPHRASE)))
    now = datetime.now(UTC)
    federation = founded(now)
    (draft,) = publication.draft_region(federation.store, "vgr", [one.public for one in people], now)
    federation.adopt(draft, *FOUNDERS[:2])
    federation.stamp(now)
    return LargeProgram(folder, bundles, film.stat().st_size, federation, (people[0], people[1]))
