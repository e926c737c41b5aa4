"""How fast a large program is shared, with signatures and trust: beside hashing and copying the same file in the same run.

    python tests/bench/sharing.py [--megabytes 400] [--runs 3]

Each line is a command as a process of its own: the median of its seconds and of the processor time that it took, its peak of
memory, and how many times as long it took as `sha256sum` of the bundle and as `cp` of it to the disk (`cp`, then `sync` of the copy).
What a registry does in a process of its own is not among the processor time.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from designtool.share.federation.registry_metadata import RegistryMetadataStore  # noqa: E402
from designtool.share.registries.folder import FolderRegistry  # noqa: E402
from designtool.share.registries.registry import Registry  # noqa: E402
from tests.large_program import NAME, PASSPHRASE, PUBLISHER_KEY, VERSIONS, LargeProgram, make_large_program  # noqa: E402
from tests.measuring import Measured, designtool, program  # noqa: E402
from tests.registries import docker_registry, http_registry  # noqa: E402

IMPORT = "from tests.bench.sharing import import_signed; import_signed(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))"


@dataclass
class Table:
    """What was measured, by its name, in the order in which it was first met."""

    found: dict[str, list[Measured]] = field(default_factory=dict)

    def add(self, name: str, measured: Measured) -> None:
        self.found.setdefault(name, []).append(measured)

    def print(self) -> None:
        width = max(len(name) for name in self.found)
        hashed, copied = (self._median(name) for name in (_HASH, _COPY))
        print(f"{'work':<{width}}  median s  processor s  peak MB  of sha256sum  of cp")
        for name, runs in self.found.items():
            seconds = self._median(name)
            computed = statistics.median(one.computed for one in runs)
            peak = f"{max(one.peak for one in runs) / 1024:.0f}" if runs[0].peak else ""
            print(
                f"{name:<{width}}  {seconds:8.2f}  {computed:11.2f}  {peak:>7}  {seconds / hashed:12.1f}  {seconds / copied:5.1f}"
            )

    def _median(self, name: str) -> float:
        return statistics.median(one.seconds for one in self.found[name])


_HASH, _COPY = "sha256sum", "cp to the disk"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=400)
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory(prefix="designtool-bench-") as name, ExitStack() as services:
        folder = Path(name)
        made = make_large_program(folder, chosen.megabytes)
        kinds: dict[str, Callable[[str], tuple[str, Registry]]] = {"a folder": _folder_registry(folder)}
        if shutil.which("docker-registry"):
            address = services.enter_context(docker_registry(folder / "service"))
            kinds["docker-registry"] = lambda run: (f"{address}/{run}", http_registry(f"{address}/{run}"))
        else:
            print("not on this machine: docker-registry")
        for number in range(chosen.runs):
            run = f"run-{number}"
            _peers(table, made)
            for kind, opened in kinds.items():
                where = folder / f"{run}-{kind.replace(' ', '-')}"
                where.mkdir()
                _shared(table, made, kind, *opened(run), where)
                shutil.rmtree(where)
    print(f"a bundle of {chosen.megabytes} MB, {chosen.runs} runs")
    table.print()


def import_signed(bundle: Path, trust: Path, store_folder: Path) -> None:
    """A runtime that takes bundles with signatures alone takes one in."""
    from datetime import UTC, datetime

    from designtool.runtime.audit import Deed
    from designtool.runtime.importing import Policy, import_bundle
    from designtool.runtime.store import Store
    from designtool.runtime.trusting import WITNESS_FILE, Trust

    store = Store(store_folder)
    deed = Deed(datetime.now(UTC), "bench", "unit-administrator", "", "import")
    with bundle.open("rb") as stream:
        import_bundle(stream, store, Policy.SIGNED, deed, Trust(trust, store_folder / WITNESS_FILE))
    store.close()


def _folder_registry(folder: Path) -> Callable[[str], tuple[str, Registry]]:
    def opened(run: str) -> tuple[str, Registry]:
        place = folder / f"{run}-a-folder" / "register"
        return f"{place}/", FolderRegistry(place)

    return opened


def _peers(table: Table, made: LargeProgram) -> None:
    bundle = str(made.bundles[VERSIONS[0]])
    copy = f"{bundle}.copy"
    table.add(_HASH, program(made.folder, "sha256sum", bundle))
    table.add(_COPY, program(made.folder, "bash", "-c", 'cp "$0" "$1" && sync "$1"', bundle, copy))
    Path(copy).unlink()


def _shared(table: Table, made: LargeProgram, kind: str, place: str, registry: Registry, where: Path) -> None:
    """Both versions go there and come from there; then the second is carried on a stick, verified, built again and imported."""
    trust, output = made.trust_folder(where / "trust"), where / "hit"
    with registry:
        store = RegistryMetadataStore(registry)
        made.copy_metadata(store)
        for version in VERSIONS:
            what = f"{kind}: %s" if version == VERSIONS[0] else f"{kind}: %s, next version"
            draft = made.draft(version, store, where / f"{version}.draft.json")
            published = designtool(where, "publish", made.bundles[version], "--to", place, "--release", draft)
            table.add(what % "publish --release", published)
            made.stamp(store)
            fetch = ("fetch", NAME, "--from", place, "--trust", trust, "--output", output)
            table.add(what % "fetch --trust", designtool(where, *fetch))
            table.add(f"{kind}: fetch --trust, nothing new", designtool(where, *fetch))
    if kind == "a folder":
        _on_a_stick(table, made, place, where)
        _judged(table, made, trust, output / f"exempel-{VERSIONS[1]}.dtb", where)


def _on_a_stick(table: Table, made: LargeProgram, place: str, where: Path) -> None:
    old, new = (made.bundles[version] for version in VERSIONS)
    whole = ("publish", new, "--to", where / "stick", "--metadata", place)
    table.add("publish --to ./stick --metadata", designtool(where, *whole))
    part = ("publish", new, "--to", where / "small-stick", "--metadata", place, "--since", old)
    table.add("publish --to ./stick --metadata --since", designtool(where, *part))


def _judged(table: Table, made: LargeProgram, trust: Path, bundle: Path, where: Path) -> None:
    phrase = {"DESIGNTOOL_PASSPHRASE": PASSPHRASE}
    table.add("verify", designtool(where, "verify", bundle))
    table.add("verify --trust", designtool(where, "verify", bundle, "--trust", trust))
    stated = where / "intyg.json"
    new = ("provenance", "new", bundle, "--key", PUBLISHER_KEY, "--keys", made.keys, "--output", stated)
    table.add("provenance new", designtool(where, *new, environment=phrase))
    checked = ("verify", bundle, "--provenance", stated, "--trust", trust)
    table.add("verify --provenance --trust", designtool(where, *checked))
    table.add("runtime: import, signed", designtool(where, bundle, trust, where / "data", body=IMPORT))


if __name__ == "__main__":
    main()
