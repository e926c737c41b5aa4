"""A full disk or a kill at every single step of building, unbundling and taking in: the old is there or the new, never half."""

from __future__ import annotations

import io
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from designtool.bundle import read_bundle
from designtool.bundle.manifest import BlobSource
from designtool.bundle.source import source_files
from designtool.cli.new_folder import write_folder
from designtool.cli.output import Usage
from designtool.diagnostics import Cannot
from designtool.pipeline import Compiled
from designtool.runtime.importing import Policy, import_bundle
from designtool.runtime.store import Store
from designtool.runtime.treatments import Programs
from designtool.workspace import build_bundle, compile_workspace
from tests.failpoints import Steps, disk_is_full, failing, in_a_child, killed
from tests.runtime_samples import a_deed, bundle_bytes, sample_program

NAME = "exempel-1.0.0.dtb"
OLD = b"ett aldre paket"
MOST_STEPS = 2000


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("workspace") / "yta"
    shutil.copytree(Path(__file__).parent / "minimal", root, ignore=shutil.ignore_patterns(".designtool"))
    return root


@pytest.fixture(scope="module")
def compiled(root: Path) -> Compiled:
    return compile_workspace(root, date(2026, 11, 22))


@pytest.fixture(scope="module")
def whole(root: Path, compiled: Compiled, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    output = tmp_path_factory.mktemp("whole")
    build(root, compiled, output)
    return (output / NAME).read_bytes()


def build(root: Path, compiled: Compiled, output: Path) -> None:
    program = compiled.programs[0].program
    assert program is not None
    build_bundle(root, compiled, program, output)


def steps_of(folder: Path, act: Callable[[], object]) -> int:
    with failing(folder, 0, disk_is_full) as steps:
        act()
    assert 5 < steps.count < MOST_STEPS
    return steps.count


@pytest.mark.parametrize("before", [None, OLD], ids=["nothing", "an older one"])
def test_build_on_a_disk_that_is_full_at_any_step(
    before: bytes | None, root: Path, compiled: Compiled, whole: bytes, tmp_path: Path
) -> None:
    count = steps_of(tmp_path / "mat", lambda: build(root, compiled, tmp_path / "mat"))
    for at in range(1, count + 1):
        output = tmp_path / f"ut-{at}"
        if before is not None:
            output.mkdir()
            (output / NAME).write_bytes(before)
        is_refused = False
        with failing(output, at, disk_is_full):
            try:
                build(root, compiled, output)
            except Cannot as cannot:
                is_refused = "the disk is full" in cannot.message.en
        left = {path.name: path.read_bytes() for path in output.iterdir()} if output.exists() else {}
        # Making a folder that is there already is the one step that may fail without a harm.
        assert is_refused or (at == 1 and before is not None)
        assert left == ({NAME: whole} if not is_refused else {} if before is None else {NAME: before}), at
        build(root, compiled, output)
        assert (output / NAME).read_bytes() == whole


@pytest.mark.parametrize("before", [None, OLD], ids=["nothing", "an older one"])
def test_build_killed_at_any_step(
    before: bytes | None, root: Path, compiled: Compiled, whole: bytes, tmp_path: Path
) -> None:
    count = steps_of(tmp_path / "mat", lambda: build(root, compiled, tmp_path / "mat"))
    for at in range(1, count + 1):
        output = tmp_path / f"ut-{at}"
        if before is not None:
            output.mkdir()
            (output / NAME).write_bytes(before)

        def killed_build(output: Path = output, at: int = at) -> None:
            with failing(output, at, killed):
                build(root, compiled, output)

        assert in_a_child(killed_build) == -signal.SIGKILL
        found = (output / NAME).read_bytes() if (output / NAME).exists() else None
        assert found in (before, whole), at
        build(root, compiled, output)
        assert (output / NAME).read_bytes() == whole


def source_of(whole: bytes) -> dict[str, BlobSource]:
    bundle = read_bundle(io.BytesIO(whole))
    return {path: bundle.blobs[bundle.files[name].digest] for path, name in source_files(bundle).items()}


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_unbundle_on_a_disk_that_is_full_at_any_step(whole: bytes, tmp_path: Path) -> None:
    source = source_of(whole)
    count = steps_of(tmp_path, lambda: write_folder(tmp_path / "hel", source))
    complete = files_in(tmp_path / "hel")
    refused = 0
    for at in range(1, count + 1):
        place = tmp_path / f"plats-{at}"
        place.mkdir()
        with failing(place, at, disk_is_full):
            try:
                write_folder(place / "ny", source)
            except Usage as usage:
                assert "disken är full" in str(usage)
                assert list(place.iterdir()) == [], at
                refused += 1
            else:  # The step was to make a folder that was there already.
                assert files_in(place / "ny") == complete
    assert refused > 2 * len(source)


def test_unbundle_killed_at_any_step(whole: bytes, tmp_path: Path) -> None:
    source = source_of(whole)
    count = steps_of(tmp_path, lambda: write_folder(tmp_path / "hel", source))
    complete = files_in(tmp_path / "hel")
    for at in range(1, count + 1):
        place = tmp_path / f"plats-{at}"
        place.mkdir()

        def killed_writing(place: Path = place, at: int = at) -> None:
            with failing(place, at, killed):
                write_folder(place / "ny", source)

        assert in_a_child(killed_writing) == -signal.SIGKILL
        assert not (place / "ny").exists() or files_in(place / "ny") == complete
        write_folder(place / "ny", source)
        assert files_in(place / "ny") == complete


def take(store: Store, content: bytes) -> str:
    return import_bundle(io.BytesIO(content), store, Policy.UNSIGNED_DEMONSTRATION, a_deed()).digest


def counting(store: Store, steps: Steps) -> None:
    """Each statement and each commit of the store's database is a step too."""
    for name in ("before_cursor_execute", "commit"):
        event.listen(store._engine, name, lambda *_: steps.step())


@pytest.mark.parametrize("fault", ["full", "killed"])
def test_taking_in_fails_at_any_step(fault: str, tmp_path: Path) -> None:
    content = bundle_bytes()
    measured = Store(tmp_path / "mat")
    with failing(tmp_path / "mat", 0, disk_is_full) as steps:
        counting(measured, steps)
        take(measured, content)
    count = steps.count
    assert 10 < count < MOST_STEPS
    measured.close()
    for at in range(1, count + 1):
        folder = tmp_path / f"lager-{at}"
        store = Store(folder)
        if fault == "full":
            with failing(folder, at, disk_is_full) as steps:
                counting(store, steps)
                with pytest.raises(OSError, match="No space"):
                    take(store, content)
                steps.at = 0
            assert [path for path in store.bundle_folder.iterdir() if path.suffix != ".dtb"] == []
        else:
            store.close()

            def killed_import(folder: Path = folder, at: int = at) -> None:
                own = Store(folder)
                with failing(folder, at, killed) as steps:
                    counting(own, steps)
                    take(own, content)

            assert in_a_child(killed_import) == -signal.SIGKILL
            store = Store(folder)
        # The row is written last of all, so a store in which a step before it failed has no bundle yet.
        assert store.bundles() == (), at
        assert all(path.read_bytes() == content for path in store.bundle_folder.glob("*.dtb")), at
        digest = take(store, content)
        assert [one.digest for one in store.bundles()] == [digest]
        assert Programs(store).program(digest).id == "provet"
        store.close()


def test_a_database_that_is_full_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    content = bundle_bytes(
        replace(sample_program(), title="Lång " * 4000)
    )  # More than fits into the pages that there are.
    store = Store(tmp_path)
    limited = [True]

    @event.listens_for(store._engine, "begin")
    def limit(connection: object) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()  # type: ignore[attr-defined]
        most = pages if limited[0] else 2**30
        connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")  # type: ignore[attr-defined]

    with pytest.raises(OperationalError, match="full"):
        take(store, content)
    assert store.bundles() == ()
    assert store.audit_lines("enheten") == ()
    limited[0] = False
    digest = take(store, content)
    assert [one.digest for one in store.bundles()] == [digest]
    store.close()
