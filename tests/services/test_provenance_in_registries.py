"""A provenance beside its bundle in the real registry: attached over HTTP, found again, by other people's tools too."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from designtool.share.envelope import encode_envelope
from designtool.share.provenance.statement import (
    attach_provenance,
    attached_provenances,
    make_provenance,
    sign_provenance,
)
from designtool.share.publish import publish
from tests.federations import NOW, PUBLISHER
from tests.registries import docker_registry, http_registry
from tests.test_provenance import BUNDLE, HERE


def test_it_goes_through_a_service(tmp_path: Path) -> None:
    stated = make_provenance(BUNDLE, HERE, NOW)
    data = encode_envelope(sign_provenance(stated, PUBLISHER.signer, PUBLISHER.public, "provenance"))
    with docker_registry(tmp_path) as address:
        with http_registry(address) as registry:
            publish(BUNDLE, registry)
            attached = attach_provenance(registry, BUNDLE, data)
            (found,) = attached_provenances(registry, BUNDLE)
        assert found.provenance == stated
        # As any OCI tool does it: the list of referrers by its tag, the manifest, its one layer.
        tag = BUNDLE.digest.replace(":", "-")
        listed = json.loads(_got(f"{address}/v2/region-a/exempel/manifests/{tag}"))
        (entry,) = listed["manifests"]
        assert (entry["digest"], entry["artifactType"]) == (
            attached.digest,
            "application/vnd.in-toto.provenance+dsse",
        )
        (layer,) = json.loads(_got(f"{address}/v2/region-a/exempel/manifests/{attached.digest}"))["layers"]
        assert _got(f"{address}/v2/region-a/exempel/blobs/{layer['digest']}") == data


def _got(address: str) -> bytes:
    accepted = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"
    request = urllib.request.Request(address, headers={"Accept": accepted})
    with urllib.request.urlopen(request, timeout=30) as answer:
        data: bytes = answer.read()
    return data
