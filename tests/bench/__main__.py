"""`make bench`: how long designtool takes, and how much memory, on generated workspaces. No test: nothing here fails on the clock.

`make bench ARGS="--sizes S M L --runs 5 --seed 1"` prints a table of medians: wall-clock seconds of whole processes and the
peak memory of the largest process, as the operating system counts them. Sharing and the runtime have scripts of their own:
`python tests/bench/sharing.py` and `python tests/bench/answers.py`, with `--help`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.bundles import commands, write_large_bundle
from tests.bench.corpus import SIZES, write_corpus

DESIGNTOOL = [sys.executable, "-m", "designtool"]


def main() -> None:
    arguments = _arguments()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, seed {arguments.seed}, {arguments.runs} runs")
    rows = [_row("--help", "", _times([*DESIGNTOOL, "--help"], arguments.runs, Path.cwd()))]
    with tempfile.TemporaryDirectory(prefix="designtool-bench-") as folder:
        for size in arguments.sizes:
            root = Path(folder) / size
            root.mkdir()
            write_corpus(root, size, arguments.seed)
            rows += list(_measure(root, size, arguments.runs))
            shutil.rmtree(root)
        if arguments.bundle:
            rows += list(_bundle(Path(folder), arguments.bundle, arguments.runs))
    width = max(len(name) for name, _, _, _ in rows)
    print(f"\n{'work':<{width}}  size  median s  peak MB")
    for name, size, seconds, memory in rows:
        print(f"{name:<{width}}  {size:<4}  {seconds:8.3f}  {memory}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--sizes", nargs="*", choices=list(SIZES), default=["S", "M"])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bundle", type=int, default=400, metavar="MB", help="size of the bundle to read; 0: none")
    return parser.parse_args()


def _measure(root: Path, size: str, runs: int) -> Iterator[tuple[str, str, float, str]]:
    build = [*DESIGNTOOL, "build", "--output", str(root / "build")]

    def clean() -> None:
        shutil.rmtree(root / ".designtool", ignore_errors=True)
        shutil.rmtree(root / "build", ignore_errors=True)

    def edit() -> None:
        page = root / "programs/program-000/modules/00-modul-00/00-sida-00.md"
        page.write_text(page.read_text(encoding="utf-8") + f"\nEn ny mening {time.time_ns()}.\n", encoding="utf-8")

    yield _row("validate, nothing known", size, _times([*DESIGNTOOL, "validate"], runs, root, clean))
    yield _row("build, nothing known", size, _times(build, runs, root, clean))
    yield _row("build, nothing changed", size, _times(build, runs, root))
    yield _row("build, one page changed", size, _times(build, runs, root, edit))
    yield _row("save to served", size, _saves(root, runs))


def _bundle(folder: Path, megabytes: int, runs: int) -> Iterator[tuple[str, str, float, str]]:
    bundle, store = folder / "stor.dtb", folder / "store"
    write_large_bundle(bundle, megabytes)

    def empty() -> None:
        shutil.rmtree(store, ignore_errors=True)

    for name, command in commands(bundle, store):
        measured = _times(command, runs, Path.cwd(), empty)
        yield _row(f"{name}, {megabytes} MB", "", measured)


def _row(name: str, size: str, measured: list[tuple[float, int]]) -> tuple[str, str, float, str]:
    seconds = statistics.median(one for one, _ in measured)
    memory = max(one for _, one in measured)
    return name, size, seconds, f"{memory / 1024:.0f}" if memory else ""


def _times(
    command: list[str], runs: int, where: Path, before: Callable[[], None] | None = None
) -> list[tuple[float, int]]:
    """Wall-clock seconds and peak kilobytes of each run, after one that is not counted."""
    measured = []
    for _ in range(runs + 1):
        if before is not None:
            before()
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        measured.append((time.perf_counter() - began, usage.ru_maxrss))
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"{' '.join(command)} failed in {where}")
        process.returncode = 0
    return measured[1:]


def _saves(root: Path, runs: int) -> list[tuple[float, int]]:
    """From the end of writing a page until the preview serves it with the new words in it."""
    process = subprocess.Popen(
        [*DESIGNTOOL, "preview", "--no-browser", "--port", "0"], cwd=root, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        page = root / "programs/program-000/modules/00-modul-00/00-sida-00.md"
        shown = f"{address}fragments/program-000/patient/-/0/page/modul-00/sida-00"
        stream = urllib.request.urlopen(f"{address}events")
        _next_version(stream)
        measured = []
        for _ in range(runs + 1):
            mark = f"märke{time.time_ns()}"
            text = page.read_text(encoding="utf-8") + f"\n{mark}\n"
            began = time.perf_counter()
            page.write_text(text, encoding="utf-8")
            _next_version(stream)
            while mark not in json.dumps(json.load(urllib.request.urlopen(shown)), ensure_ascii=False):
                _next_version(stream)
            measured.append((time.perf_counter() - began, 0))
        return measured[1:]
    finally:
        process.terminate()
        process.wait()


def _next_version(stream: object) -> None:
    for line in stream:  # type: ignore[attr-defined]
        if line.startswith(b"data:"):
            return


if __name__ == "__main__":
    main()
