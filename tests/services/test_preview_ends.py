"""The preview as a process: it ends when it is told to, also while browsers listen."""

from __future__ import annotations

import http.client
import time
from pathlib import Path

import studios


def listening(port: int) -> http.client.HTTPResponse:
    """A browser's open stream of changes, past its first line."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/events")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.readline().startswith(b"retry:")
    return answer


def test_it_ends_within_a_second_with_four_browsers_connected(tmp_path: Path) -> None:
    with studios.running(studios.workspace(tmp_path)) as preview:
        streams = [listening(preview.port) for _ in range(4)]
        told_at = time.monotonic()
        preview.interrupt()
        # On a machine that is busy with other tests, the process may wait for its turn: hence a bound with room in it.
        preview.process.wait(timeout=5)
        for stream in streams:
            stream.read()  # Each stream is ended, not left hanging.
        assert time.monotonic() - told_at < 5
        assert preview.process.returncode == 0


def test_it_ends_while_a_browser_has_sent_half_a_request(tmp_path: Path) -> None:
    with studios.running(studios.workspace(tmp_path)) as preview:
        connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=10)
        connection.putrequest("POST", "/forget/exempel")
        connection.putheader("Content-Length", "1000")
        connection.putheader("Origin", preview.address.rstrip("/"))
        connection.endheaders(b"half")
        preview.interrupt()
        preview.process.wait(timeout=5)
        assert preview.process.returncode == 0


def test_a_half_written_save_never_ends_it(tmp_path: Path) -> None:
    with studios.running(studios.workspace(tmp_path)) as preview:
        whole = (preview.root / studios.PAGE).read_bytes()
        stream = listening(preview.port)
        for length in range(0, len(whole), 7):
            (preview.root / studios.PAGE).write_bytes(whole[:length])
        for bad in (b"\x00" * 100, b"\xff\xfe\x00", "Å".encode("cp1252"), b"---\ntitle: [\n---\n", b":::{if} (\n"):
            preview.write(studios.PAGE, bad)
        preview.write(studios.PAGE, whole.replace("Nu är".encode(), "I dag är".encode()))
        while b"I dag" not in page(preview.port):
            stream.readline()  # Nothing is polled: each look follows a change that the server has told of.
        assert preview.process.poll() is None


def page(port: int) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/view/exempel/patient/-/0/page/start/sida")
    body = connection.getresponse().read()
    connection.close()
    return body
