"""Tells when files of the workspace have changed, once writing has paused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

QUIET_SECONDS = 0.02
"""A save is often several writes; what comes within this time of each other is one change."""
LONGEST_WAIT_SECONDS = 0.5
"""Somebody who writes all the time is still shown something."""
# Reading a file must not count as a change, or reading the workspace would make it be read again for ever.
_CHANGES = frozenset({"modified", "created", "deleted", "moved", "closed"})
_NOT_SOURCE = frozenset({"build", ".git", ".venv", ".designtool", "node_modules", "__pycache__"})


class Watcher:
    """Calls `changed` from a thread of its own after each burst of changes below `root`."""

    def __init__(self, root: Path, changed: Callable[[], None], poll: bool = False) -> None:
        self._root = root
        self._changed = changed
        self._dirty = threading.Event()
        self._ending = threading.Event()
        self._observer: Any = PollingObserver(timeout=1.0) if poll else Observer()
        self._observer.schedule(_Handler(root, self._dirty), str(root), recursive=True)
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._observer.start()
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._dirty.set()
        self._observer.stop()

    def _run(self) -> None:
        while not self._ending.is_set():
            self._dirty.wait()
            waited = 0.0
            while waited < LONGEST_WAIT_SECONDS and not self._ending.is_set():
                self._dirty.clear()
                if not self._dirty.wait(QUIET_SECONDS):
                    break
                waited += QUIET_SECONDS
            if not self._ending.is_set():
                self._changed()


class _Handler(FileSystemEventHandler):
    def __init__(self, root: Path, dirty: threading.Event) -> None:
        self._root = root
        self._dirty = dirty

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in _CHANGES or (event.is_directory and event.event_type == "modified"):
            return
        paths = [str(path) for path in (event.src_path, event.dest_path) if path]
        if any(self._is_source(Path(path)) for path in paths):
            self._dirty.set()

    def _is_source(self, path: Path) -> bool:
        try:
            parts = path.relative_to(self._root).parts
        except ValueError:
            return False
        return bool(parts) and not _NOT_SOURCE.intersection(parts) and not parts[-1].startswith(".")
