"""Tells which files of the workspace have changed, as soon as whoever writes them has finished."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from designtool.source.read import is_left_alone
from designtool.source.workspace import WORKSPACE_FILE

FINISHED_SECONDS = 0.003
"""A save is often several acts; what comes within this time of each other, every file closed, is one change."""
UNFINISHED_SECONDS = 0.03
"""So long a file may lie written but not closed; systems that never say that a file was closed always take it."""
CALM_SECONDS = 0.15
"""After this time without changes the slower work follows: until then browsers fetch what they were told of."""
LONGEST_WAIT_SECONDS = 0.5
"""Somebody who writes all the time is still shown something."""
SETTLED_SECONDS = 1.0
"""After this time without changes everything is looked at once more: a system may forget to tell of something."""
POLL_SECONDS = 1.0
# Reading a file must not count as a change, or reading the workspace would make it be read again for ever.
_CHANGES = frozenset({"modified", "created", "deleted", "moved", "closed"})


class Watcher:
    """Calls `changed` from a thread of its own: with the paths of files, or with None when anything may have changed.
    A moment later, when nothing else has changed, it calls `calm`.

    Only designtool.yaml and the folder of programs are watched, so that no large folder beside them costs anything;
    `programs` says its name, which an author may change.
    """

    def __init__(
        self,
        root: Path,
        programs: Callable[[], str],
        changed: Callable[[frozenset[str] | None], None],
        calm: Callable[[], None],
        poll: bool = False,
    ) -> None:
        self._root = root
        self._programs = programs
        self._changed = changed
        self._calm = calm
        self._changes = _Changes(root)
        self._ending = threading.Event()
        self._observer = _observer(poll)
        self._watch: Any = None
        self._watched = ""
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._observer.schedule(self._changes, str(self._root), recursive=False)
        try:
            self._watch_programs()
            self._observer.start()
        except OSError:
            # The system gives no more watches, or none on this kind of disk: look for changes instead.
            self._observer = _observer(poll=True)
            self._watch = None
            self._observer.schedule(self._changes, str(self._root), recursive=False)
            self._watch_programs()
            self._observer.start()
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._changes.happened.set()
        self._observer.stop()

    def _run(self) -> None:
        # What changed between the first reading and now is found by looking once more.
        waits = [CALM_SECONDS, SETTLED_SECONDS]
        while True:
            is_told = self._changes.happened.wait(waits[0] if waits else None)
            if self._ending.is_set():
                return
            if is_told:
                self._changes.wait_until_finished(self._ending)
                paths = self._changes.take()
                if paths is None:
                    # Watched before it is read, so that nothing falls between.
                    self._watch_programs()
                self._changed(paths)
                waits = [CALM_SECONDS, SETTLED_SECONDS]
                continue
            if waits.pop(0) == SETTLED_SECONDS:
                self._changed(None)
            self._calm()

    def _watch_programs(self) -> None:
        """Follows the folder of programs, which may have been made, renamed, or put back since."""
        if self._watch is not None:
            self._observer.unschedule(self._watch)
            self._watch = None
        self._watched = self._programs().split("/")[0]
        self._changes.folder = self._watched
        folder = self._root / self._watched
        if folder.is_dir() and not folder.is_symlink():
            try:
                self._watch = self._observer.schedule(self._changes, str(folder), recursive=True)
            except FileNotFoundError:
                return  # It went away meanwhile; the folder around it will tell when it is back.


class _Changes(FileSystemEventHandler):
    """What has happened since it was last taken."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._paths: set[str] = set()
        self._unfinished: set[str] = set()
        self._anything = False
        self.happened = threading.Event()
        self.folder = ""

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in _CHANGES or (event.is_directory and event.event_type == "modified"):
            return
        for path in (event.src_path, event.dest_path):
            inside = self._inside(str(path)) if path else None
            if inside is not None:
                self._note(inside, event.event_type, event.is_directory)

    def wait_until_finished(self, ending: threading.Event) -> None:
        waited = 0.0
        while waited < LONGEST_WAIT_SECONDS and not ending.is_set():
            self.happened.clear()
            quiet = UNFINISHED_SECONDS if self._unfinished else FINISHED_SECONDS
            if not self.happened.wait(quiet):
                return
            waited += quiet

    def take(self) -> frozenset[str] | None:
        with self._lock:
            paths = None if self._anything else frozenset(self._paths)
            self._paths, self._unfinished, self._anything = set(), set(), False
            self.happened.clear()
        return paths

    def _note(self, path: str, what: str, is_folder: bool) -> None:
        with self._lock:
            if is_folder or path == WORKSPACE_FILE:
                self._anything = True
            self._paths.add(path)
            if what == "modified":
                self._unfinished.add(path)
            else:
                self._unfinished.discard(path)
            self.happened.set()

    def _inside(self, path: str) -> str | None:
        """The path in the workspace of something that could be a source; None for all else."""
        try:
            parts = Path(path).relative_to(self._root).parts
        except ValueError:
            return None
        if not parts or any(is_left_alone(part) for part in parts):
            return None
        return "/".join(parts) if parts[0] == self.folder or parts == (WORKSPACE_FILE,) else None


def _observer(poll: bool) -> Any:
    return PollingObserver(timeout=POLL_SECONDS) if poll else Observer()
