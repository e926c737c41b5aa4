"""`designtool share tuf-client` against a server on loopback, as the public conformance suite calls it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from federations import CLINICAL, FOUNDERS, ONLINE, PUBLISHER, Federation, forged, founded

from designtool.share.federation import publication
from designtool.share.federation.roles import Release, release_name

ROOT = Path(__file__).parent.parent.parent
NAME = "region-a/prov/1.1.0"
CONTENT = b"the manifest of a bundle"
DIGEST = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
TARGET = f"/targets/region-a/prov/{DIGEST[7:]}.1.1.0"


class Server:
    """Metadata and targets from memory, with what was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                data = outer.files.get(self.path)
                self.send_response(200 if data is not None else 404)
                self.end_headers()
                self.wfile.write(data or b"")

            def log_message(self, *arguments: Any) -> None:
                """Nothing on the terminal of a test."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def publish(self, made: Federation) -> None:
        self.files = {f"/metadata/{name}": data for name, data in made.store.files.items()}
        self.files[TARGET] = CONTENT


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def federation(now: datetime) -> Federation:
    made = founded(now)
    later = Release(release_name(NAME), DIGEST, len(CONTENT), "Provet", 5000)
    made.adopt(publication.draft_release(made.store, later, now), PUBLISHER, CLINICAL)
    made.stamp(now)
    return made


def client(folder: Path, server: Server, *more: str, name: str = NAME) -> subprocess.CompletedProcess[str]:
    places = ("--metadata-url", f"{server.address}/metadata", "--target-base-url", f"{server.address}/targets")
    wanted = ("--target-name", name, "--target-dir", str(folder / "targets"))
    command = (sys.executable, "-m", "designtool", "share", "tuf-client", "--metadata-dir", str(folder / "metadata"))
    return subprocess.run((*command, *places, *wanted, *more), capture_output=True, text=True, check=False, cwd=ROOT)


def test_init_refresh_and_download(server: Server, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    made = federation(now)
    server.publish(made)
    root = tmp_path / "root.json"
    root.write_bytes(made.store.files["1.root.json"])
    metadata = tmp_path / "metadata"
    assert client(tmp_path, server, "refresh").returncode == 1
    assert client(tmp_path, server, "init", str(root)).returncode == 0
    assert server.asked == []
    assert (metadata / "root.json").read_bytes() == root.read_bytes()

    done = client(tmp_path, server, "refresh")
    assert done.returncode == 0, done.stderr
    assert server.asked == [
        f"/metadata/{name}" for name in ("2.root.json", "timestamp.json", "2.snapshot.json", "3.targets.json")
    ]
    assert (metadata / "timestamp.json").read_bytes() == made.store.files["timestamp.json"]

    done = client(tmp_path, server, "download")
    assert done.returncode == 0, done.stderr
    (target,) = (tmp_path / "targets").iterdir()
    assert target.read_bytes() == CONTENT
    asked = len(server.asked)
    assert client(tmp_path, server, "download").returncode == 0
    assert not [path for path in server.asked[asked:] if path.startswith("/targets/")]
    assert client(tmp_path, server, "download", name="region-a/prov/9.9.9").returncode == 1

    # Other bytes for the digest, metadata that goes back, runs out, is no JSON, or is served as another role.
    target.unlink()
    server.files[TARGET] = CONTENT[::-1]
    assert client(tmp_path, server, "download").returncode == 1
    assert not list((tmp_path / "targets").iterdir())
    held = {path.name: path.read_bytes() for path in metadata.glob("*.json")}
    for damage in (
        forged(made.store, "timestamp", lambda it: setattr(it, "version", 1), [ONLINE]),
        forged(made.store, "timestamp", lambda it: setattr(it, "version", 9), FOUNDERS[:1]),
        b'{"signatures": [], "signed": {"version": NaN}}',
        made.store.files["2.snapshot.json"],
    ):
        server.files["/metadata/timestamp.json"] = damage
        assert client(tmp_path, server, "refresh").returncode == 1
        assert {path.name: path.read_bytes() for path in metadata.glob("*.json")} == held
    server.publish(made)
    assert client(tmp_path, server, "refresh").returncode == 0


def test_metadata_that_has_run_out(server: Server, tmp_path: Path) -> None:
    made = federation(datetime.now(UTC) - timedelta(days=8))
    server.publish(made)
    root = tmp_path / "root.json"
    root.write_bytes(made.store.files["1.root.json"])
    assert client(tmp_path, server, "init", str(root)).returncode == 0
    done = client(tmp_path, server, "refresh")
    assert done.returncode == 1
    assert "ExpiredMetadataError" in done.stderr
    made.stamp(datetime.now(UTC))
    server.publish(made)
    assert client(tmp_path, server, "refresh").returncode == 0
