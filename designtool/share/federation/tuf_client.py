"""The client of this package as a plain client of TUF, over HTTP: for the public conformance suite, which drives it.

What it does with metadata is what `trust` does; it knows nothing of regions and bundles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from tuf.ngclient import FetcherInterface, Updater
from tuf.ngclient.urllib3_fetcher import Urllib3Fetcher

from designtool.atomic import write_atomically
from designtool.share.federation.metadata_bytes import parse_metadata_json
from designtool.share.federation.trust import Limits, updater_of


class TargetMissing(Exception):
    """There is no target of this name."""


def initialise(metadata_folder: Path, root: bytes) -> None:
    """Trust this root from now on."""
    metadata_folder.mkdir(parents=True, exist_ok=True)
    write_atomically(metadata_folder / "root.json", lambda stream: stream.write(root))


def refresh_metadata(metadata_folder: Path, address: str) -> None:
    """Fetch and verify the top of the metadata. Raises what python-tuf raises, and TrustProblem."""
    updater_of(metadata_folder, address, CheckedFetcher(), Limits(), None).refresh()


def download_targets(
    metadata_folder: Path, address: str, names: Sequence[str], target_address: str, target_folder: Path
) -> None:
    """Fetch and verify targets that are not here yet, in their order. Raises also TargetMissing."""
    updater: Updater = updater_of(
        metadata_folder,
        address,
        CheckedFetcher(),
        Limits(),
        None,
        target_dir=str(target_folder),
        target_base_url=target_address,
    )
    for name in names:
        target = updater.get_targetinfo(name)
        if target is None:
            raise TargetMissing(name)
        if updater.find_cached_target(target) is None:
            updater.download_target(target)


class CheckedFetcher(FetcherInterface):
    """python-tuf's own fetcher, with the strict reader behind it."""

    def __init__(self) -> None:
        self._inner = Urllib3Fetcher()

    def _fetch(self, url: str) -> Iterator[bytes]:
        return self._inner.fetch(url)

    def download_bytes(self, url: str, max_length: int) -> bytes:
        data: bytes = super().download_bytes(url, max_length)
        parse_metadata_json(data, url.rpartition("/")[2], max_length)
        return data
