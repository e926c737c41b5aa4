"""How many rows of a table `designtool score` works out in a second, and the most memory that it has meanwhile.

    python tests/bench/score.py [--rows 100000] [--questionnaire phq9]

The rows are random, so that few are alike, and a few answers are missing. The whole process is measured: the time that it takes
to start and to compile the questionnaire is shown beside.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--questionnaire", default="phq9")
    parser.add_argument("--missing", type=float, default=0.03)
    chosen = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory(prefix="designtool-bench-") as folder:
        table = Path(folder) / "svar.csv"
        begin, _ = _measured(chosen.questionnaire, _written(table, chosen.questionnaire, 1, chosen.missing))
        whole, memory = _measured(
            chosen.questionnaire, _written(table, chosen.questionnaire, chosen.rows, chosen.missing)
        )
    print(f"{chosen.rows} rows of {chosen.questionnaire} in {whole:.2f} s, of which {begin:.2f} s before the first")
    print(f"{chosen.rows / (whole - begin):.0f} rows a second, peak {memory / 1024:.0f} MB")


def _written(table: Path, questionnaire: str, rows: int, missing: float) -> Path:
    from designtool.cli.output import today
    from designtool.workspace import find_questionnaire

    search = find_questionnaire(questionnaire, ROOT, today())
    assert search is not None and search.questionnaire is not None, questionnaire
    items = [(item.id, [str(option.value) for option in item.options]) for item in search.questionnaire.items]
    random = Random(1)
    with table.open("w", encoding="utf-8") as file:
        file.write(",".join(id for id, _ in items) + "\n")
        for _ in range(rows):
            cells = ("" if random.random() < missing else random.choice(values) for _, values in items)
            file.write(",".join(cells) + "\n")
    return table


def _measured(questionnaire: str, table: Path) -> tuple[float, int]:
    """Seconds, and kilobytes."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "designtool", "score", questionnaire, "--answers", str(table), "--format", "json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(command)} failed")
    process.returncode = 0
    return time.perf_counter() - began, usage.ru_maxrss


if __name__ == "__main__":
    main()
