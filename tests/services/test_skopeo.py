"""A bundle is an ordinary OCI artifact: other people's tools carry it to a stock registry and its digest stays."""

from __future__ import annotations

import hashlib
import http.client
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from designtool.bundle import layout_of_content, manifest_of
from designtool.bundle.manifest import MANIFEST_TYPE, digest_of
from tests.bundles import archive_of, sample_content
from tests.registries import docker_registry

CONTENT = sample_content()
DIGEST = digest_of(manifest_of(CONTENT))


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """A registry of its own on the loopback interface, as `host:port`; it ends with the test."""
    assert shutil.which("skopeo"), "skopeo is not installed: apt-get install skopeo"
    with docker_registry(tmp_path / "registry") as address:
        yield address.removeprefix("http://")


def skopeo(*arguments: object) -> bytes:
    done = subprocess.run(["skopeo", "--insecure-policy", *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_skopeo_pushes_the_single_file_with_its_digest_unchanged(registry: str, tmp_path: Path) -> None:
    archive = tmp_path / "prov-1.2.3.dtb"
    archive.write_bytes(archive_of(CONTENT))
    remote = f"docker://{registry}/prov:1.2.3"
    skopeo("copy", "--dest-tls-verify=false", f"oci-archive:{archive}:1.2.3", remote)
    raw = skopeo("inspect", "--tls-verify=false", "--raw", remote)
    assert raw == manifest_of(CONTENT)
    connection = http.client.HTTPConnection(registry, timeout=30)
    connection.request("HEAD", "/v2/prov/manifests/1.2.3", headers={"Accept": MANIFEST_TYPE})
    assert connection.getresponse().headers["Docker-Content-Digest"] == DIGEST
    connection.close()


def test_skopeo_reads_the_layout_as_a_folder(tmp_path: Path) -> None:
    for name, source in layout_of_content(CONTENT).items():
        target = tmp_path / "layout" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open() as stream:
            target.write_bytes(stream.read())
    skopeo("copy", f"oci:{tmp_path / 'layout'}:1.2.3", f"dir:{tmp_path / 'copy'}")
    copied = (tmp_path / "copy" / "manifest.json").read_bytes()
    assert f"sha256:{hashlib.sha256(copied).hexdigest()}" == DIGEST
    for layer in json.loads(copied)["layers"]:
        blob = (tmp_path / "copy" / layer["digest"].removeprefix("sha256:")).read_bytes()
        assert digest_of(blob) == layer["digest"]
