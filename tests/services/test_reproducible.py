"""The same source gives the same bytes: at any path, in any environment, with any Python that is at hand."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "digests.json"
PROGRAMS = ("depressionshjalpen", "somnbehandlingen")


@dataclass(frozen=True)
class Surroundings:
    """What differs between two machines, and may not be seen in a bundle."""

    folder: str
    environment: dict[str, str]
    umask: int
    last_file_first: bool
    modified: int
    """When the files seem to be written, in seconds since 1970."""


HERE = Surroundings(
    folder="a",
    environment={"LC_ALL": "C", "LANG": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "0", "PYTHONUTF8": "0"},
    umask=0o022,
    last_file_first=False,
    modified=1_000_000_000,
)
THERE = Surroundings(
    folder="en annan plats, å ä ö/djupare ned/b",
    environment={"LC_ALL": "sv_SE.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Pago_Pago", "PYTHONHASHSEED": "4242"},
    umask=0o077,
    last_file_first=True,
    modified=1_700_000_000,
)


def copied_workspace(to: Path, surroundings: Surroundings) -> Path:
    """The workspace with other times, rights and order of creation than it has here; without anything that was built."""
    sources = [ROOT / "designtool.yaml", *(path for path in (ROOT / "programs").rglob("*") if path.is_file())]
    workspace = to / surroundings.folder
    for source in sorted(sources, reverse=surroundings.last_file_first):
        target = workspace / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o666 & ~surroundings.umask)
        os.utime(target, (surroundings.modified, surroundings.modified))
    return workspace


def built(
    workspace: Path,
    program: str,
    output: Path,
    surroundings: Surroundings = HERE,
    python: str = sys.executable,
    packages: Path | None = None,
) -> dict[str, Any]:
    """What `designtool build PROGRAM --format json` says of the one bundle, and that its file holds what it says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))}
    found = (packages,) if packages is not None else ()
    done = subprocess.run(
        [python, "-m", "designtool", "build", f"programs/{program}", "--output", output, "--format", "json"],
        cwd=workspace,
        env={**environment, **surroundings.environment, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *found)))},
        umask=surroundings.umask,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout.decode(), done.stderr.decode())
    (bundle,) = json.loads(done.stdout)["bundles"]
    assert bundle["program"] == program and Path(bundle["path"]).stat().st_size == bundle["size"]
    return dict(bundle)


@dataclass(frozen=True)
class Interpreter:
    version: str
    path: str
    packages: Path | None
    """A folder with what designtool needs, for a Python that does not have it itself."""


NEEDED = ("click", "jinja2", "jsonschema", "jsonschema-rs", "lark", "markdown-it-py", "pyyaml", "rfc8785")
IMPORTED = "import click, jinja2, jsonschema, jsonschema_rs, lark, markdown_it, rfc8785, yaml"


def other_pythons(folder: Path) -> tuple[list[Interpreter], list[str]]:
    """Every other Python from 3.11 on this machine, one a version, with what designtool needs; and those that cannot have it.

    For a Python without our dependencies they are installed into `folder`, in the versions that are used here.
    """
    ours = ".".join(map(str, sys.version_info[:3]))
    usable: dict[str, Interpreter] = {}
    lacking: list[str] = []
    for path in pythons_on_this_machine():
        version = said_by(
            path, "import sys; assert sys.version_info >= (3, 11); print('%d.%d.%d' % sys.version_info[:3])"
        )
        if version is None or version == ours or version in usable:
            continue
        if said_by(path, IMPORTED) is not None:
            usable[version] = Interpreter(version, str(path), None)
        elif (packages := installed_packages(path, version, folder)) is not None:
            usable[version] = Interpreter(version, str(path), packages)
        else:
            lacking.append(f"{path} ({version})")
    return [usable[version] for version in sorted(usable)], lacking


def pythons_on_this_machine() -> Iterator[Path]:
    names = ["python3", *(f"python3.{minor}" for minor in range(11, 30))]
    folders = [Path(name) for name in os.environ.get("PATH", "").split(os.pathsep) if name]
    folders += [Path("/usr/bin"), Path("/usr/local/bin"), *sorted(Path("/opt").glob("*/bin"))]
    folders += sorted((Path.home() / ".pyenv" / "versions").glob("*/bin"))
    folders += sorted((Path.home() / ".local" / "share" / "uv" / "python").glob("*/bin"))
    for path in dict.fromkeys(folder / name for folder in folders for name in names):
        if os.access(path, os.X_OK):
            yield path


def said_by(python: Path, script: str, packages: Path | None = None) -> str | None:
    environment = {**os.environ, **({"PYTHONPATH": str(packages)} if packages else {})}
    answer = subprocess.run(
        [python, "-c", script],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return answer.stdout.strip() if answer.returncode == 0 else None


def installed_packages(python: Path, version: str, folder: Path) -> Path | None:
    pinned = [f"{name}=={importlib.metadata.version(name)}" for name in NEEDED]
    packages = folder / f"{version}-{hashlib.sha256(' '.join(pinned).encode()).hexdigest()[:16]}"
    if said_by(python, IMPORTED, packages) is None:
        shutil.rmtree(packages, ignore_errors=True)
        # It takes its place when it is whole: another worker may be doing the same.
        beside = Path(tempfile.mkdtemp(dir=folder))
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-input"]
        done = subprocess.run([*pip, "--target", beside, *pinned], capture_output=True, check=False)
        if done.returncode == 0:
            with contextlib.suppress(OSError):
                beside.rename(packages)
        shutil.rmtree(beside, ignore_errors=True)
    return packages if said_by(python, IMPORTED, packages) is not None else None


@pytest.mark.parametrize("program", PROGRAMS)
def test_one_digest_at_two_places_under_different_surroundings(program: str, tmp_path: Path) -> None:
    bundles = [
        built(copied_workspace(tmp_path, each), program, tmp_path / f"output-{number}", each)
        for number, each in enumerate((HERE, THERE))
    ]
    assert bundles[0]["digest"] == bundles[1]["digest"]
    files = [hashlib.sha256(Path(bundle["path"]).read_bytes()).hexdigest() for bundle in bundles]
    assert files[0] == files[1]


def test_every_python_at_hand_makes_the_same_bytes(tmp_path: Path) -> None:
    kept = Path(sys.prefix) / "share" / "designtool-other-pythons"  # In the virtual environment, and gone with it.
    kept.mkdir(parents=True, exist_ok=True)
    others, lacking = other_pythons(kept)
    if lacking:
        warnings.warn(f"without what designtool needs, and not tried: {', '.join(lacking)}", stacklevel=1)
    workspace = copied_workspace(tmp_path, THERE)
    for program in PROGRAMS:
        first = Path(built(workspace, program, tmp_path / "first", THERE)["path"]).read_bytes()
        for other in others:
            shutil.rmtree(workspace / ".designtool", ignore_errors=True)
            again = built(workspace, program, tmp_path / other.version, THERE, other.path, other.packages)
            assert Path(again["path"]).read_bytes() == first, other


def test_what_another_designtool_found_is_not_believed(tmp_path: Path) -> None:
    """The memo holds for the designtool that wrote it: one from another version, or one that lies, changes no byte."""
    workspace = copied_workspace(tmp_path, HERE)
    first = built(workspace, PROGRAMS[0], tmp_path / "output")
    memo = workspace / ".designtool" / "memo.json"
    warm = built(workspace, PROGRAMS[0], tmp_path / "output")
    told = json.loads(memo.read_bytes())
    assert told["results"][PROGRAMS[0]]["bundle"][0] == first["digest"] == warm["digest"]
    told["fingerprint"] = "of another version"
    told["results"][PROGRAMS[0]]["bundle"][0] = "sha256:" + "0" * 64
    memo.write_text(json.dumps(told))
    assert built(workspace, PROGRAMS[0], tmp_path / "output")["digest"] == first["digest"]
    assert Path(first["path"]).read_bytes() == Path(warm["path"]).read_bytes()
    shutil.rmtree(workspace / ".designtool")
    assert built(workspace, PROGRAMS[0], tmp_path / "anew")["digest"] == first["digest"]


def test_building_twice_and_after_a_change_taken_back_gives_the_same_bytes(tmp_path: Path) -> None:
    workspace = copied_workspace(tmp_path, HERE)
    first = built(workspace, PROGRAMS[0], tmp_path / "output")
    page = next((workspace / "programs" / PROGRAMS[0]).rglob("*.md"))
    original = page.read_bytes()
    page.write_bytes(original + "\nEtt tillägg.\n".encode())
    changed = built(workspace, PROGRAMS[0], tmp_path / "output")
    page.write_bytes(original)
    again = built(workspace, PROGRAMS[0], tmp_path / "output")
    assert changed["digest"] != first["digest"] == again["digest"]


def test_the_digests_of_the_programs_are_the_ones_on_record(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """A changed digest means that every region would see a new bundle. Change it on purpose alone."""
    workspace = copied_workspace(tmp_path, HERE)
    bundles = [built(workspace, program, tmp_path / "output") for program in PROGRAMS]
    digests = {f"{bundle['program']} {bundle['version']}": bundle["digest"] for bundle in bundles}
    if pytestconfig.getoption("update"):
        GOLDEN.write_text(json.dumps(digests, indent=2) + "\n")
    recorded = json.loads(GOLDEN.read_text())
    assert digests == recorded, (
        "The bundles have other bytes than those on record. If a program or the bundle format was changed on purpose: "
        "pytest tests/services/test_reproducible.py --update, and read the difference of tests/golden/digests.json."
    )
