"""An installed designtool needs no checkout: the wheel carries schemas, templates and the library."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
# Import at start-up of the installed interpreter: what reads or lists anything of the checkout fails, and says what it was.
GUARD = """
import os, sys

CHECKOUT = {checkout!r}
ALLOWED = {allowed!r}

def refuse(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes, os.PathLike)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if (path + os.sep).startswith(CHECKOUT) and not path.startswith(ALLOWED):
            raise PermissionError("of the checkout: " + path)

sys.addaudithook(refuse)
"""


@dataclass(frozen=True)
class Installed:
    """designtool in an environment of its own; its dependencies are those of the tests."""

    environment: Path
    wheel: Path
    sdist: Path

    @property
    def python(self) -> Path:
        return self.environment / "bin" / "python"

    def run(self, folder: Path, *command: object, status: int = 0, **environment: str) -> str:
        """What `designtool COMMAND` writes on stdout, called in a folder as a user calls it."""
        done = subprocess.run(
            [self.environment / "bin" / "designtool", *map(str, command)],
            cwd=folder,
            env={**clean_environment(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, (command, done.returncode, done.stdout, done.stderr)
        return done.stdout


def clean_environment() -> dict[str, str]:
    """Nothing that could make the checkout importable, or Python find another environment."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    # An sdist, and the wheel made from that sdist: what the sdist lacks, the wheel lacks.
    call(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", ROOT)
    (wheel,) = (folder / "dist").glob("*.whl")
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    environment = folder / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    python = environment / "bin" / "python"
    call(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps", wheel)
    packages = Path(call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # Paths that a .pth file names are searched, but .pth files in them are not read: an editable designtool stays out.
    dependencies = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (packages / "dependencies.pth").write_text("".join(f"{path}\n" for path in dependencies))
    allowed = tuple(os.path.realpath(path) for path in (*dependencies, sys.prefix, folder))
    (packages / "guard.py").write_text(GUARD.format(checkout=str(ROOT.resolve()) + os.sep, allowed=allowed))
    (packages / "guard.pth").write_text("import guard\n")
    return Installed(environment, wheel, sdist)


def call(*command: object) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT.parent,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def files_below(folder: str) -> set[str]:
    """The files of the repository in a folder, from git where this is a clone: what lies about unversioned is no part of it."""
    listed = call("git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z", folder)
    return {path.removeprefix(f"{folder}/") for path in listed.split("\0") if path and (ROOT / path).is_file()}


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(installed: Installed) -> None:
    names = set(ZipFile(installed.wheel).namelist())
    package = {name.removeprefix("designtool/") for name in names if name.startswith("designtool/")}
    expected = files_below("designtool")
    for folder, source in (("schemas", "schemas"), ("templates", "templates"), ("library", "programs/library")):
        expected |= {f"{folder}/{path}" for path in files_below(source)}
    assert package == expected
    assert {"py.typed", "expressions/grammar.lark", "static/pages.css", "library/pages/kris.md"} <= package
    (information,) = {name.split("/")[0] for name in names} - {"designtool"}
    assert information.endswith(".dist-info")
    licences = {name for name in names if name.startswith(f"{information}/licenses/")}
    assert licences == {f"{information}/licenses/LICENSE", f"{information}/licenses/programs/LICENSE.md"}


def test_the_sdist_holds_what_a_wheel_is_made_of_and_no_more(installed: Installed) -> None:
    with tarfile.open(installed.sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    top = {name.split("/")[0] for name in names}
    assert top <= {
        *("designtool", "schemas", "templates", "programs"),
        *("README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO", ".gitignore"),
    }
    assert {name.split("/")[1] for name in names if name.startswith("programs/")} == {"library", "LICENSE.md"}


def test_the_installed_designtool_is_not_the_checkouts(installed: Installed, tmp_path: Path) -> None:
    said = "import designtool, sys; print(designtool.__file__); sys.exit(designtool.__spec__ is None)"
    lies_at = subprocess.run(
        [installed.python, "-c", said],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert Path(lies_at).is_relative_to(installed.environment)
    read = subprocess.run(
        [installed.python, "-c", f"open({str(ROOT / 'README.md')!r})"],
        cwd=tmp_path,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.returncode == 1 and "PermissionError: of the checkout" in read.stderr


def test_a_program_is_made_checked_and_bundled_away_from_the_checkout(installed: Installed, tmp_path: Path) -> None:
    work = tmp_path / "Mina behandlingar å ä ö"
    work.mkdir()
    installed.run(work, "validate", status=2)
    installed.run(work, "new", "workspace")
    installed.run(work, "new", "program", "Lugnare kvällar", "--yes")
    installed.run(work, "new", "program", "Bättre sömn", "--template", "sömn", "--yes")
    installed.run(work, "new", "program", "Ljusare dagar", "--template", "nedstämdhet", "--yes")
    found = json.loads(installed.run(work, "validate", "--format", "json"))
    assert found["diagnostics"] == []
    tested = json.loads(installed.run(work, "test", "--format", "json"))
    assert len(tested["journeys"]) >= 3 and tested["vectors"]["failed"] == 0
    built = json.loads(installed.run(work, "build", "--format", "json"))["bundles"]
    assert [bundle["program"] for bundle in built] == ["battre-somn", "ljusare-dagar", "lugnare-kvallar"]
    bundle = built[-1]
    verified = json.loads(installed.run(work, "verify", bundle["path"], "--format", "json"))
    assert verified == {"valid": True, "digest": bundle["digest"], "problems": []}
    inspected = json.loads(installed.run(work, "inspect", bundle["path"], "--format", "json"))
    assert (inspected["program"], inspected["title"]) == ("lugnare-kvallar", "Lugnare kvällar")
    installed.run(work, "unbundle", bundle["path"], "--output", tmp_path / "source")
    again = json.loads(installed.run(tmp_path / "source", "build", "--format", "json"))["bundles"]
    assert [one["digest"] for one in again] == [bundle["digest"]]
    assert "unknown-key" in installed.run(work, "explain")


def test_every_command_of_the_readme_works_as_written(installed: Installed, tmp_path: Path) -> None:
    """In their order, in an empty folder; what serves until Ctrl-C and what others' tools do is left out.

    Where a person reads something off and writes it, there is `sha256:…`: the digest of the root from its paper, of an agreement.
    """
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```", readme)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    folder, paper, agreement, ran = tmp_path / "hemma", "", "", 0
    folder.mkdir()
    people = {"HOME": str(tmp_path), "DESIGNTOOL_PASSPHRASE": "fyra ord som jag minns"}
    for line in lines:
        if line[:1] == ["cd"]:
            folder = folder / line[1]
        elif line[:1] == ["designtool"] and line[1] not in ("preview", "run", "demo"):
            read_off = agreement if line[1] == "agreements" else paper
            written = [part.replace("~", str(tmp_path)) if part.startswith("~") else part for part in line[1:]]
            written = [read_off if part == "sha256:…" else part for part in written]
            assert all(part != "" and "…" not in part for part in written), line
            # What is signed is shown, and asked about: whoever runs the README has read it.
            asked = ["--yes"] if written[:2] == ["federation", "sign"] else []
            said = installed.run(folder, *written, *asked, **people)
            if written[:2] == ["federation", "adopt"] and "papper" in said:
                (paper,) = re.findall(r"sha256:[0-9a-f]{64}", said)
            if written[:2] == ["agreements", "fetch"]:
                (agreement,) = re.findall(r"sha256:[0-9a-f]{64}", said)
            ran += 1
    assert ran > 50


def test_an_error_away_from_the_checkout_has_its_status_and_place(installed: Installed, tmp_path: Path) -> None:
    installed.run(tmp_path, "new", "workspace")
    installed.run(tmp_path, "new", "program", "lugnare-kvallar", "--yes")
    module = tmp_path / "programs/lugnare-kvallar/modules/01-forsta-steget/module.yaml"
    module.write_text(module.read_text(encoding="utf-8").replace("homework:", "hemework:"), encoding="utf-8")
    found = json.loads(installed.run(tmp_path, "validate", "--format", "json", status=1))
    assert [one["rule"] for one in found["diagnostics"]] == ["unknown-key"]
    assert found["diagnostics"][0]["path"] == "programs/lugnare-kvallar/modules/01-forsta-steget/module.yaml"
    refused = json.loads(installed.run(tmp_path, "build", "--format", "json", status=1))
    assert refused["bundles"] == []
