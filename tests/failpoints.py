"""Faults at chosen steps of what is written to the disk: it is full, or the process is gone."""

from __future__ import annotations

import builtins
import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Any

import pytest

Fault = Callable[[], None]


def disk_is_full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Steps:
    """Counts what is done to files below a folder; at step number `at` the fault comes instead."""

    def __init__(self, folder: Path, at: int, fault: Fault) -> None:
        self.folder = str(folder)
        self.at = at
        self.fault = fault
        self.count = 0

    def step(self) -> None:
        self.count += 1
        if self.count == self.at:
            self.fault()


@contextmanager
def failing(folder: Path, at: int, fault: Fault) -> Iterator[Steps]:
    """Within the block every open for writing, write, fsync, rename, removal of a folder and new folder below `folder` is a step.

    Each piece that is written is a step of its own: files are unbuffered, so nothing reaches the disk unseen.
    """
    steps = Steps(folder, at, fault)
    really_open = builtins.open
    patch = pytest.MonkeyPatch()

    class Counted(FileIO):
        def write(self, data: Any) -> int:
            steps.step()
            return super().write(data)

    def opened(file: Any, mode: str = "r", *arguments: Any, **more: Any) -> Any:
        is_ours = not isinstance(file, int) and os.fspath(file).startswith(steps.folder)
        if is_ours and "b" in mode and set(mode) & set("wxa"):
            steps.step()
            return Counted(file, mode.replace("b", ""), opener=more.get("opener"))
        return really_open(file, mode, *arguments, **more)

    def around(act: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **more: Any) -> Any:
            steps.step()
            return act(*arguments, **more)

        return counted

    with patch.context() as within:
        within.setattr(builtins, "open", opened)
        within.setattr("pathlib.io.open", opened)
        for name in ("fsync", "replace", "rename", "mkdir", "rmdir"):
            within.setattr(os, name, around(getattr(os, name)))
        yield steps


def in_a_child(act: Callable[[], object]) -> int:
    """Does something in a copy of this process, and says how that ended: 0, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
