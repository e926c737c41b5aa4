"""Taking in bundles: what may not come in leaves the store as it was, and what came in once comes in again unchanged."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import bundles
import pytest
from runtime_samples import a_deed, bundle_bytes, sample_program

from designtool.bundle import Refused
from designtool.runtime.importing import NotTaken, Policy, import_bundle
from designtool.runtime.store import Store
from designtool.runtime.treatments import Programs


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    yield made
    made.close()


def take(store: Store, content: bytes, policy: Policy = Policy.UNSIGNED_DEMONSTRATION) -> str:
    return import_bundle(io.BytesIO(content), store, policy, a_deed()).digest


def files(store: Store) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in store.bundle_folder.iterdir()}


def test_a_bundle_lies_under_its_digest_byte_for_byte(store: Store) -> None:
    content = bundle_bytes()
    digest = take(store, content)
    assert files(store) == {f"{digest.removeprefix('sha256:')}.dtb": content}
    assert [(one.program, one.version, one.trust) for one in store.bundles()] == [
        ("provet", "1.0.0", "unsigned-demonstration")
    ]
    assert Programs(store).program(digest).title == "Provet"


def test_the_same_bundle_again_changes_nothing(store: Store) -> None:
    content = bundle_bytes()
    take(store, content)
    known, lines = store.bundles(), store.audit_lines("enheten")
    take(store, content)
    assert store.bundles() == known
    assert store.audit_lines("enheten") == lines


def test_an_unsigned_bundle_comes_in_under_the_demonstration_policy_alone(store: Store) -> None:
    with pytest.raises(NotTaken) as refused:
        take(store, bundle_bytes(), Policy.SIGNED)
    assert refused.value.code == "unsigned"
    assert "inte underskrivet" in refused.value.message.sv
    assert (files(store), store.bundles()) == ({}, ())


def test_a_version_is_never_given_other_content(store: Store) -> None:
    take(store, bundle_bytes())
    before = files(store)
    with pytest.raises(NotTaken) as refused:
        take(store, bundle_bytes(replace(sample_program(), title="Ett annat innehåll")))
    assert refused.value.code == "version-taken"
    assert files(store) == before
    take(store, bundle_bytes(replace(sample_program(), title="Ett annat innehåll", version="1.0.1")))
    assert {one.version for one in store.bundles()} == {"1.0.0", "1.0.1"}


def test_of_two_contents_of_a_version_at_once_one_is_taken(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    take(store, bundle_bytes())
    monkeypatch.setattr(Store, "bundles", lambda self: ())  # As it was before the other one came in.
    with pytest.raises(NotTaken) as refused:
        take(store, bundle_bytes(replace(sample_program(), title="Ett annat innehåll")))
    assert refused.value.code == "version-taken"


def hostile() -> dict[str, bytes]:
    good = bundle_bytes()
    files = bundles.layout_files(bundles.sample_content())
    return {
        "nothing": b"",
        "a zip": b"PK\x03\x04" + bytes(600),
        "half of it": good[: len(good) // 2],
        "more than it": good + b"x",
        "a changed byte": good.replace("Du är inte ensam".encode(), b"Du er inte ensam"),
        "a way out": bundles.raw_archive({"../../utanfor": b"x"}),
        "a file too many": bundles.raw_archive(dict(sorted({**files, "blobs/sha256/" + "0" * 64: b"x"}.items()))),
    }


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in hostile().items()])
def test_what_is_no_bundle_leaves_the_store_as_it_was(store: Store, content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        take(store, content)
    assert (files(store), store.bundles()) == ({}, ())
    assert not (tmp_path.parent / "utanfor").exists()


class Full(io.BytesIO):
    """A source that breaks off, as a full disk or a lost connection does."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= 1024:
            raise OSError(28, "No space left on device")
        return super().read(1024)


def test_what_breaks_off_leaves_the_store_as_it_was(store: Store) -> None:
    with pytest.raises(OSError, match="No space"):
        import_bundle(Full(bundle_bytes()), store, Policy.UNSIGNED_DEMONSTRATION, a_deed())
    assert (files(store), store.bundles()) == ({}, ())


def test_a_file_without_a_row_does_not_count_and_is_in_nobodys_way(store: Store) -> None:
    content = bundle_bytes()
    digest = take(store, content)
    other = Store(store.folder.parent / "other")
    (other.bundle_folder / f"{digest.removeprefix('sha256:')}.dtb").write_bytes(b"half")
    assert other.bundles() == ()
    assert take(other, content) == digest
    assert Programs(other).program(digest).id == "provet"
    other.close()
