"""A stick is a registry in a folder: bundles and metadata together, or only what is new since the receiver's last version."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from federations import NOW, contents
from test_share_attacks import Nation, bundle

from designtool.bundle import Bundle, Refused, read_bundle
from designtool.share.federation.copying import copy_metadata
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.fetch import fetch
from designtool.share.left_out import earlier_versions_needed
from designtool.share.publish import publish
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.names import parse_wanted
from designtool.share.registries.problems import RegistryProblem
from designtool.share.registries.registry import nobody_watches
from tests.memory_registry import MemoryRegistry, Shelves

FILM = os.urandom(2_000_000)


def carried(stick: Path) -> int:
    """Bytes on a stick."""
    return sum(path.stat().st_size for path in stick.rglob("*") if path.is_file())


def on(stick: Path, made: Bundle, earlier: Sequence[Bundle] = ()) -> FolderRegistry:
    registry = FolderRegistry(stick)
    publish(made, registry, earlier=earlier)
    return registry


def fetched(registry: FolderRegistry, folder: Path, wanted: str = "vgr/prov") -> str:
    return fetch(parse_wanted(wanted), registry, folder).version


def test_metadata_and_bundles_travel_together(tmp_path: Path) -> None:
    nation = Nation()
    stick = on(tmp_path / "stick", nation.bundles["1.0.0"])
    copy_metadata(nation.store, RegistryMetadataStore(stick))
    shutil.copytree(tmp_path / "stick", tmp_path / "carried")
    client = nation.client(tmp_path)
    got = client.fetch(FolderRegistry(tmp_path / "carried"))
    assert [one.holder for one in got.signers] == ["Anna Ek", "Bo Alm"]
    assert got.path == client.output / "prov-1.0.0.dtb"


def test_the_recalls_alone_travel_on_any_stick(tmp_path: Path) -> None:
    nation = Nation()
    copy_metadata(nation.store, RegistryMetadataStore(FolderRegistry(tmp_path / "stick")))
    client = nation.client(tmp_path)
    assert client.refused(FolderRegistry(tmp_path / "stick")) == "version-not-here"
    assert carried(tmp_path / "stick") < 100_000


def test_a_stick_without_the_newest_version_says_which_it_has(tmp_path: Path) -> None:
    nation = Nation()
    stick = on(tmp_path / "stick", bundle("0.9.0"))
    copy_metadata(nation.store, RegistryMetadataStore(stick))
    with pytest.raises(RegistryProblem) as refused:
        nation.client(tmp_path).fetch(stick)
    assert (refused.value.code, refused.value.is_refusal) == ("version-not-here", False)
    assert "vgr/prov 1.0.0 är utgiven, men finns inte i" in refused.value.message.sv
    assert "Där finns: 0.9.0." in refused.value.message.sv


def test_what_the_receiver_has_does_not_travel(tmp_path: Path) -> None:
    old, new = bundle("1.0.0", FILM), bundle("1.1.0", FILM)
    whole, part = on(tmp_path / "whole", new), on(tmp_path / "part", new, [old])
    new_bytes = sum(blob.size for digest, blob in new.blobs.items() if digest not in old.blobs)
    assert carried(tmp_path / "whole") > len(FILM)
    assert carried(tmp_path / "part") < new_bytes + 10_000
    assert new_bytes < 100_000
    assert earlier_versions_needed(part, "vgr/prov", new.digest) == ("1.0.0",)
    assert earlier_versions_needed(whole, "vgr/prov", new.digest) == ()
    # In the receiver's folder: the version itself, and others that have nothing to do with it.
    folder = tmp_path / "build"
    for version in ("1.0.0", "0.9.0", "0.8.0"):
        fetched(on(tmp_path / version, bundle(version, FILM if version == "1.0.0" else b"x")), folder)
    (folder / "prov-0.9.5.dtb").write_bytes(b"no bundle")
    got = fetch(parse_wanted("vgr/prov"), part, folder)
    assert got.version == "1.1.0"
    assert got.received_bytes == new_bytes
    with got.path.open("rb") as stream:
        assert read_bundle(stream).digest == new.digest


def test_it_is_put_together_from_several_earlier_versions(tmp_path: Path) -> None:
    """Small files too, where the stick has not got them."""
    first, second, third = bundle("1.0.0", b"small"), bundle("2.0.0", FILM), bundle("3.0.0", b"small")
    folder = tmp_path / "build"
    for made in (first, second):
        fetched(on(tmp_path / made.manifest.annotations.version, made), folder)
    assert fetched(on(tmp_path / "stick", third, [first, second]), folder) == "3.0.0"


def test_a_version_that_is_not_there_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    old, older, new = bundle("1.0.0", FILM), bundle("0.9.0", FILM), bundle("1.1.0", FILM)
    stick, folder = on(tmp_path / "stick", new, [old]), tmp_path / "build"
    with pytest.raises(RegistryProblem) as missing:
        fetched(stick, folder)
    assert missing.value.code == "earlier-version-missing"
    assert not missing.value.is_refusal
    assert f"Resten tas ur prov-1.0.0.dtb: lägg den filen i {folder}" in missing.value.message.sv
    assert contents(folder) == {}
    # Another version that has the same files does as well.
    fetched(on(tmp_path / "older", older), folder)
    assert fetched(stick, folder) == "1.1.0"


def test_a_stick_that_others_get_whole_is_made_whole(tmp_path: Path) -> None:
    old, new = bundle("1.0.0", FILM), bundle("1.1.0", FILM)
    stick = on(tmp_path / "stick", new, [old])
    again = publish(new, stick, earlier=[old])
    assert (again.is_new, again.sent_bytes) == (False, 0)
    more = publish(new, stick)
    assert (more.is_new, more.sent_bytes) == (False, _shared(old, new))
    assert fetched(stick, tmp_path / "build") == "1.1.0"


def _shared(old: Bundle, new: Bundle) -> int:
    return sum(blob.size for digest, blob in new.blobs.items() if digest in old.blobs)


def test_what_a_stick_says_it_left_out_is_no_more_than_a_word(tmp_path: Path) -> None:
    """A stick that was damaged is damaged; one that lies about it gets nobody to write anything."""
    new = bundle("1.1.0", FILM)
    stick = on(tmp_path / "stick", new)
    lost = next(digest for digest, blob in new.blobs.items() if blob.size == len(FILM))
    (tmp_path / "stick" / "blobs" / "sha256" / lost.removeprefix("sha256:")).unlink()
    with pytest.raises(Refused) as damaged:
        fetched(stick, tmp_path / "build")
    assert damaged.value.code == "blob-missing"
    assert contents(tmp_path / "build") == {}


def test_a_service_is_never_given_a_part(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        publish(bundle("1.1.0"), MemoryRegistry(Shelves()), earlier=[bundle("1.0.0")])


def test_films_are_not_fetched_again_whichever_earlier_version_has_them(tmp_path: Path) -> None:
    registry, folder = MemoryRegistry(Shelves()), tmp_path / "build"
    for version, film in (("1.0.0", FILM), ("1.1.0", b"x"), ("1.2.0", FILM)):
        publish(bundle(version, film), registry)
        got = fetch(parse_wanted(f"vgr/prov:{version}"), registry, folder, nobody_watches)
    assert got.received_bytes < 100_000


def test_the_stick_of_a_trusted_fetch_may_leave_out_too(tmp_path: Path) -> None:
    nation = Nation()
    first = nation.bundles["1.0.0"]
    second = nation.release("1.1.0")
    client = nation.client(tmp_path)
    client.fetch(nation.registry(), "vgr/prov:1.0.0", NOW)
    stick = on(tmp_path / "stick", second, [first])
    copy_metadata(nation.store, RegistryMetadataStore(stick))
    assert client.fetch(stick).version == "1.1.0"
