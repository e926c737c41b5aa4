"""What the operating system says is told in the language of the rest."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from designtool.diagnostics.os_reasons import os_reason


def test_real_errors_of_files(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("x")
    for path, said in (
        (tmp_path / "finns inte", "finns inte"),
        (tmp_path, "är en mapp"),
        (tmp_path / "fil/x", "är ingen mapp"),
    ):
        with pytest.raises(OSError) as error:
            path.read_bytes()
        assert os_reason(error.value).sv == said


def test_what_is_not_known_is_told_as_it_was_said() -> None:
    assert os_reason(OSError(errno.ENOSPC, "No space left on device")).sv == "disken är full"
    assert os_reason(OSError(9999, "Något nytt")).sv == "Något nytt"
    assert os_reason(PermissionError()).en == "PermissionError"
