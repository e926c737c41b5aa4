"""`designtool demo` as its own process, for tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]


@contextmanager
def demonstration(data: Path, *options: str, cwd: Path = REPOSITORY) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A demonstration that answers, with its address. It is killed at the end if it has not ended by then."""
    process = subprocess.Popen(
        [*COMMAND, "--no-browser", "--port", "0", "--data", str(data), *options],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        assert process.stdout is not None
        address = next((found[0] for line in process.stdout if (found := re.search(r"http://\S+/demo", line))), None)
        assert address is not None, "the demonstration has ended without an address"
        yield address, process
    finally:
        process.kill()
        process.communicate()


COMMAND = (sys.executable, "-m", "designtool", "demo")
