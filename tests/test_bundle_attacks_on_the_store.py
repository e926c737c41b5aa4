"""Each attack on the reader, once more on a runtime: refused with its code, and the store is as it was before."""

from __future__ import annotations

import hashlib
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from designtool.bundle import Refused
from designtool.runtime.importing import Policy, import_bundle
from designtool.runtime.store import DATABASE_FILE, Store
from tests import test_bundle
from tests.bundles import archive_of, archive_with_file, archive_with_manifest, sample_content
from tests.runtime_samples import a_deed, bundle_bytes

CONTENT = sample_content()
ATTACKS: dict[str, tuple[bytes, str]] = {
    **{f"archive: {name}": attack for name, attack in test_bundle.ARCHIVES.items()},
    **{
        f"manifest: {name}": (archive_with_manifest(CONTENT, change), code)
        for name, (change, code) in test_bundle.MANIFESTS.items()
    },
    **{f"program: {name}": attack for name, attack in test_bundle.PROGRAMS.items()},
    **{
        f"picture: {name}": (archive_with_file(CONTENT, f"media/{test_bundle.SVG_PATH}", data), code)
        for name, (data, code) in test_bundle.HOSTILE_PICTURES.items()
    },
}
REFUSED = {name: attack for name, attack in ATTACKS.items() if attack[1] != "accepted"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that has a bundle already, of another program."""
    made = Store(tmp_path_factory.mktemp("data"))
    import_bundle(io.BytesIO(bundle_bytes()), made, Policy.UNSIGNED_DEMONSTRATION, a_deed())
    yield made
    made.close()


def contents(store: Store) -> tuple[dict[str, str], list[str]]:
    """Every file of the store but the database's own by digest, and every row of the database."""
    files = {
        str(path.relative_to(store.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in store.folder.rglob("*")
        if path.is_file() and not path.name.startswith(DATABASE_FILE)
    }
    with closing(sqlite3.connect(store.folder / DATABASE_FILE)) as connection:
        return files, list(connection.iterdump())


@pytest.mark.parametrize("name", REFUSED)
def test_an_attack_leaves_the_store_as_it_was(name: str, store: Store, tmp_path: Path) -> None:
    data, code = REFUSED[name]
    before = contents(store)
    with pytest.raises(Refused) as refused:
        import_bundle(io.BytesIO(data), store, Policy.UNSIGNED_DEMONSTRATION, a_deed())
    if not name.startswith("picture: "):  # Of several things that are wrong with a picture, the first is told.
        assert refused.value.code == code
    assert contents(store) == before


def test_the_untampered_twin_comes_in(store: Store, tmp_path: Path) -> None:
    fresh = Store(tmp_path / "data")
    taken = import_bundle(io.BytesIO(archive_of(CONTENT)), fresh, Policy.UNSIGNED_DEMONSTRATION, a_deed())
    assert [one.digest for one in fresh.bundles()] == [taken.digest]
    fresh.close()
