"""A command as a process of its own, with what the operating system counts for it: seconds, processor time, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
# What is counted for this program alone, and not for the one that started it: a child begins with its parent's peak.
_RUN = """
import sys
from pathlib import Path
try:
    {body}
finally:
    status = Path("/proc/self/status").read_text()
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")), file=sys.stderr)
"""
_COMMAND = "from designtool.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Measured:
    seconds: float
    computed: float
    """Seconds of processor time."""
    peak: int
    """Kilobytes; 0 where it was not asked for."""
    said: str


def designtool(
    where: Path, *arguments: object, body: str = _COMMAND, environment: Mapping[str, str] | None = None
) -> Measured:
    """A command of designtool's in a folder, or Python of one line (`body`)."""
    command = [sys.executable, "-c", _RUN.format(body=body), *(str(one) for one in arguments)]
    return program(where, *command, environment={"PYTHONPATH": str(ROOT), **(environment or {})}, is_ours=True)


def program(
    where: Path, *command: str, environment: Mapping[str, str] | None = None, is_ours: bool = False
) -> Measured:
    """Any program. It has to end well."""
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(
        command,
        cwd=where,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    seconds, after = time.perf_counter() - began, os.times()
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    computed = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(seconds, computed, int(done.stderr.split()[-1]) if is_ours else 0, done.stdout)
