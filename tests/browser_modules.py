"""The browser's modules in Node, for tests."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from designtool import resources

RUNNERS = Path(__file__).parent / "node"


def node() -> str:
    """Node 20 or newer. Without one the test fails: nothing is skipped."""
    program = shutil.which("node") or shutil.which("nodejs")
    needed = "Node 20 or newer runs the browser's modules in the tests (Debian 12 packages 18; 13 has 20: apt-get install nodejs)"
    assert program, f"There is no Node on this machine. {needed}."
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    found = re.match(r"v(\d+)\.", version)
    assert found and int(found[1]) >= 20, f"Node here is {version}. {needed}."
    return program


def browser_modules(folder: Path, runner: str) -> Path:
    """A folder in which Node takes the browser's scripts for the modules that they are, with a runner beside them."""
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    for source in Path(str(resources.static())).glob("*.js"):
        shutil.copy(source, folder)
    shutil.copy(RUNNERS / runner, folder)
    return folder
