"""A studio for tests: a small workspace in a folder of its own, the real server and watcher, and Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MINIMAL = Path(__file__).parent / "minimal"
PROGRAM = "programs/exempel"
PAGE = f"{PROGRAM}/modules/01-start/10-sida.md"


@dataclass
class Running:
    """A preview in a process of its own."""

    process: subprocess.Popen[str]
    root: Path
    address: str

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1].strip("/"))

    def write(self, path: str, text: str | bytes) -> None:
        """As an editor saves: to a new file that then takes the old one's place."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        new = target.with_name(f".{target.name}.new")
        new.write_bytes(text.encode() if isinstance(text, str) else text)
        os.replace(new, target)

    def text(self, path: str) -> str:
        return (self.root / path).read_text("utf-8")

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)


def workspace(folder: Path) -> Path:
    root = folder / "arbetsyta"
    shutil.copytree(MINIMAL, root)
    return root


@contextmanager
def running(root: Path, port: int = 0) -> Iterator[Running]:
    """Until the end of the block, however it ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "designtool", "preview", str(root), "--no-browser", "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(MINIMAL.parent.parent), "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()  # Written once it answers.
        assert "http://127.0.0.1:" in line, f"the preview did not start: {line!r}, status {process.poll()}"
        address = next(word for word in line.split() if word.startswith("http://"))
        yield Running(process, root, address)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
