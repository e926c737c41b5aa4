"""Where the metadata of a federation is kept, from what somebody wrote: a registry, or a folder of files.

A folder in OCI layout is a registry, as a stick is. Any other folder has metadata as plain files, which two people can look at and
mail to each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from designtool.bundle.layout import LAYOUT_FILE
from designtool.diagnostics import Cannot, Text, nearest
from designtool.share.federation.metadata_store import FolderMetadataStore, MetadataStore
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.registries.opening import is_address, open_registry


@contextmanager
def opened_metadata(
    stated: str,
    named: Mapping[str, str],
    root: Path,
    environment: Mapping[str, str] | None = None,
    *,
    new_is_registry: bool = False,
) -> Iterator[MetadataStore]:
    """The metadata in the place that `stated` means, until the end of the block.

    `stated`: an address, a name under registries in designtool.yaml (`named`, whose folders start at `root`), or a folder. A folder
    that is new or empty will have plain files, unless `new_is_registry`. Raises Cannot for what means nothing.
    """
    folder = plain_folder(stated, named, new_is_registry=new_is_registry)
    if folder is not None:
        yield FolderMetadataStore(folder)
        return
    is_folder = stated not in named and not is_address(stated)
    with open_registry(str(Path(stated).absolute()) if is_folder else stated, named, root, environment) as registry:
        yield RegistryMetadataStore(registry)


def plain_folder(stated: str, named: Mapping[str, str], *, new_is_registry: bool = False) -> Path | None:
    """The folder of plain files that `stated` means; None where it means a registry. Raises Cannot for what means nothing."""
    if stated in named or is_address(stated):
        return None
    folder = Path(stated)
    near = nearest(stated, list(named))
    if near is not None and not folder.exists():
        raise Cannot(
            Text(
                f"{stated} är ingen mapp, och står inte under registries i designtool.yaml. Menade du {near}?",
                f"{stated} is no folder, and does not stand under registries in designtool.yaml. Did you mean {near}?",
            )
        )
    if (folder / LAYOUT_FILE).exists():
        return None
    is_new = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    return None if is_new and new_is_registry else folder
