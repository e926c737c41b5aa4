"""The same source gives the same bytes: at any path, in any environment, with any Python that is at hand."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
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
    workspace: Path, program: str, output: Path, surroundings: Surroundings = HERE, python: str = sys.executable
) -> dict[str, Any]:
    """What `designtool build PROGRAM --format json` says of the one bundle, and that its file holds what it says."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))}
    done = subprocess.run(
        [python, "-m", "designtool", "build", f"programs/{program}", "--output", output, "--format", "json"],
        cwd=workspace,
        env={**environment, **surroundings.environment, "PYTHONPATH": str(ROOT)},
        umask=surroundings.umask,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout.decode(), done.stderr.decode())
    (bundle,) = json.loads(done.stdout)["bundles"]
    assert bundle["program"] == program and Path(bundle["path"]).stat().st_size == bundle["size"]
    return dict(bundle)


def other_pythons() -> list[str]:
    """Every other Python from 3.11 on this machine that has what designtool needs, at most one a version."""
    found: dict[str, str] = {}
    asked = (
        "import sys; assert sys.version_info >= (3, 11); "
        "import click, jinja2, jsonschema, jsonschema_rs, lark, markdown_it, rfc8785, yaml; "
        "print('%d.%d.%d' % sys.version_info[:3])"
    )
    names = ["python3", *(f"python3.{minor}" for minor in range(11, 30))]
    folders = [Path(name) for name in os.environ.get("PATH", "").split(os.pathsep) if name]
    for path in (folder / name for folder in folders for name in names):
        if os.access(path, os.X_OK):
            answer = subprocess.run(
                [path, "-c", asked], cwd="/", capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
            )
            if answer.returncode == 0:
                found.setdefault(answer.stdout.strip(), str(path))
    found.pop(".".join(map(str, sys.version_info[:3])), None)
    return list(found.values())


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
    workspace = copied_workspace(tmp_path, THERE)
    for program in PROGRAMS:
        first = Path(built(workspace, program, tmp_path / "first", THERE)["path"]).read_bytes()
        for number, python in enumerate(other_pythons()):
            shutil.rmtree(workspace / ".designtool", ignore_errors=True)
            again = built(workspace, program, tmp_path / f"again-{number}", THERE, python)
            assert Path(again["path"]).read_bytes() == first, python


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
