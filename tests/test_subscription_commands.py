"""Regions that follow a program of another: what is new comes with its signatures, and nothing of their own is changed unread."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import federations
import jsonschema
import pytest
import yaml
from click.testing import CliRunner, Result
from federations import FOUNDERS, SAFETY, Federation, contents, person
from overlay_cases import KEPT, VERSIONS, write_upstream

from designtool import following
from designtool.atomic import write_atomically
from designtool.bundle import program_of, read_bundle
from designtool.cli import group
from designtool.diagnostics import Cannot, Text
from designtool.load.shape import schema_of
from designtool.share.agreements.folder import write_agreement
from designtool.share.agreements.registry import ENVELOPE_TYPE, send_agreements
from designtool.share.agreements.terms import END_TYPE, Agreement, propose, read_agreement
from designtool.share.envelope import sign
from designtool.share.federation import publication
from designtool.share.federation.copying import copy_metadata
from designtool.share.federation.draft import metadata_of
from designtool.share.federation.registry_metadata import RegistryMetadataStore
from designtool.share.federation.release import release_of_bundle
from designtool.share.federation.roles import release_name
from designtool.share.publish import publish
from designtool.share.recalls.listing import Recall, draft_recall
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.small_file import push_file

PUBLISHER, CLINICAL = person("Pia Lund", "publisher", "vgr"), person("Kim Berg", "clinical", "vgr")
OWN = person("Eva Lind", "clinical", "skane")
OWN_PUBLISHER = person("Ola Ek", "publisher", "skane")
NAME = "vgr/exempel"


@dataclass
class Upstream:
    """The region that publishes, with a registry in a folder."""

    place: Path
    federation: Federation = field(default_factory=lambda: federations.founded(datetime.now(UTC)))

    def __post_init__(self) -> None:
        for region, people in {"vgr": (PUBLISHER, CLINICAL), "skane": (OWN_PUBLISHER, OWN)}.items():
            keys = [one.public for one in people]
            (draft,) = publication.draft_region(self.federation.store, region, keys, datetime.now(UTC))
            self.federation.adopt(draft, *FOUNDERS[:2])

    def publishes(self, path: Path) -> None:
        with path.open("rb") as stream:
            bundle = read_bundle(stream)
            publish(bundle, FolderRegistry(self.place))
            draft = publication.draft_release(self.federation.store, release_of_bundle(bundle), datetime.now(UTC))
        self.federation.adopt(draft, PUBLISHER, CLINICAL)
        self.sends()

    def recalls(self, version: str, level: Any = "no-new-patients", replacement: str = "") -> None:
        recall = Recall(release_name(f"{NAME}/{version}"), level, "Fel i sömnfönstret.", replacement)
        self.federation.adopt(draft_recall(self.federation.store, recall, datetime.now(UTC)), SAFETY)
        self.sends()

    def sends(self) -> None:
        self.federation.stamp(datetime.now(UTC))
        with FolderRegistry(self.place) as registry:
            copy_metadata(self.federation.store, RegistryMetadataStore(registry))


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("upstream")
    for version in VERSIONS:
        assert run("build", write_upstream(root / version, version), "--output", root / "build").exit_code == 0
    return {version: root / f"build/exempel-{version}.dtb" for version in VERSIONS}


@pytest.fixture
def upstream(tmp_path: Path, bundles: dict[str, Path]) -> Upstream:
    made = Upstream(tmp_path / "register")
    made.publishes(bundles["1.0.0"])
    return made


@pytest.fixture
def here(tmp_path: Path, upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace of the region that follows, with an overlay of its own."""
    root = tmp_path / "skane"
    shutil.copytree(KEPT / "skane", root)
    upstream.federation.trust_folder(root / "trust")
    monkeypatch.chdir(root)
    return root


def run(*words: object) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words], catch_exceptions=False)


def told(*words: object, status: int = 0) -> Any:
    came = run("subscriptions", *words, "--format", "json")
    assert came.exit_code == status, came.output
    found = json.loads(came.stdout)
    jsonschema.validate(found, schema_of("subscriptions"))
    for one in found["subscriptions"]:
        if one["changes"] is not None:
            jsonschema.validate(one["changes"], schema_of("diff"))
    return found["subscriptions"]


def add(*more: object, status: int = 0) -> Any:
    return told("add", NAME, "--from", "../register", "--trust", "trust", *more, status=status)


def own_files(root: Path) -> dict[str, bytes]:
    """All that the region itself has written."""
    return {name: data for name, data in contents(root).items() if not name.startswith(("trust/", "build/"))}


def settings(root: Path) -> Any:
    return yaml.safe_load((root / "designtool.yaml").read_text("utf-8"))


def test_a_subscription_begins_with_the_newest_version_that_is_signed(here: Path) -> None:
    before = (here / "designtool.yaml").read_bytes()
    (one,) = add()
    assert (one["name"], one["version"], one["taken"], one["versions"]) == (NAME, "1.0.0", True, ">=1.0 <2.0")
    assert one["newer"]["version"] == "1.0.0" and one["newer"]["new"]
    assert {key["holder"] for key in one["newer"]["signed_by"]} == {"Pia Lund", "Kim Berg"}
    assert one["agreement"] == "not-read"
    with (here / "build/exempel-1.0.0.dtb").open("rb") as stream:
        assert read_bundle(stream).digest == one["newer"]["digest"]
    after = (here / "designtool.yaml").read_bytes()
    assert after.startswith(before)
    stated = {"from": "../register", "trust": "trust", "versions": ">=1.0 <2.0", "version": "1.0.0"}
    assert settings(here)["subscriptions"] == {NAME: stated}
    assert run("validate").exit_code == 0
    shown = run("subscriptions", "list")
    assert shown.stdout == f"{NAME} 1.0.0  (>=1.0 <2.0, från ../register)\n"
    ended = run("subscriptions", "end", NAME)
    assert ended.exit_code == 0
    assert (here / "designtool.yaml").read_bytes() == before
    assert (here / "build/exempel-1.0.0.dtb").is_file()


def test_it_is_told_in_words(here: Path) -> None:
    said = run("subscriptions", "add", NAME, "--from", "../register", "--trust", "trust")
    assert said.exit_code == 0, said.output
    assert "vgr/exempel 1.0.0 följs nu: build/exempel-1.0.0.dtb" in said.stdout
    assert "Underskrivet av Pia Lund" in said.stdout
    assert "Inga avtal är hämtade: de finns inte i ../register." in said.stdout and "agreements fetch" in said.stdout
    assert not (here / "agreements").exists(), "a stick without agreements leaves no folder that looks read"
    (here / "agreements").mkdir()
    assert "avtal" in run("subscriptions", "update").stdout
    assert "Det finns ingen nyare version." in run("subscriptions", "update").stdout


def test_the_state_of_the_agreement_is_told(here: Path, upstream: Upstream, bundles: dict[str, Path]) -> None:
    agreement = Agreement(
        "vgr", "skane", ("exempel",), ">=1.0 <1.1", date(2020, 1, 1), date(2990, 1, 1), None, "avtal@example.se"
    )
    proposed = propose(agreement, PUBLISHER.signer, PUBLISHER.public)
    write_agreement(here / "agreements", read_agreement(proposed, "a"))
    (one,) = add()
    assert one["agreement"] == "proposed"
    both = sign(proposed, OWN.signer, "a")
    write_agreement(here / "agreements", read_agreement(both, "a"))
    (one,) = told("update")
    assert one["agreement"] == "in-force"
    upstream.publishes(bundles["1.1.0"])
    (one,) = told("update", status=1)
    assert (one["newer"]["version"], one["agreement"]) == ("1.1.0", "other-version")
    said = run("subscriptions", "update").stdout
    assert "Avtalet gäller versioner >=1.0 <1.1, och inte 1.1.0. Skriv till avtal@example.se." in said
    assert "Ta sedan den nya versionen: designtool subscriptions update vgr/exempel --build" in said


def test_agreements_and_recalls_come_with_what_is_followed(
    here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    add()
    agreement = Agreement(
        "vgr", "skane", ("exempel",), ">=1.0 <2.0", date(2020, 1, 1), date(2990, 1, 1), None, "avtal@example.se"
    )
    both = sign(propose(agreement, PUBLISHER.signer, PUBLISHER.public), OWN.signer, "a")
    keys = {one.public.key_id: one.public for one in (PUBLISHER, OWN)}
    write_agreement(here.parent / "hos-vgr", read_agreement(both, "a"))
    with FolderRegistry(upstream.place) as registry:
        send_agreements(here.parent / "hos-vgr", registry, "vgr", keys)
        push_file(registry, "agreements/vgr", f"end-{'0' * 64}", b"{}", END_TYPE, ENVELOPE_TYPE)
    upstream.publishes(bundles["1.1.0"])
    upstream.recalls("1.1.0")
    said = run("subscriptions", "update")
    assert "Avtal finns: nya behandlingar får starta" in said.stdout, said.output
    assert "!!! vgr/exempel 1.1.0 ÄR ÅTERKALLAD (inga nya patienter): Fel i sömnfönstret." in said.stderr
    assert "Ett avtal är inte hämtat: agreements/vgr:end-000" in said.stderr
    said = run("subscriptions", "update")
    assert "ÅTERKALLAD" not in said.stderr, "it is news once, of what is not in use"
    (one,) = told("update")
    assert one["agreement"] == "in-force" and len(one["agreements_not_taken"]) == 1


def test_a_stale_page_is_shown_three_ways_and_waits_for_a_person(
    here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    add()
    assert run("overlay", "build", "overlays/exempel").exit_code == 0
    upstream.publishes(bundles["1.1.0"])
    before = own_files(here)
    for words in (("update",), ("update", "--build")):
        (one,) = told(*words, status=1)
        assert (one["version"], one["newer"]["version"], one["may_be_taken"], one["taken"]) == (
            "1.0.0",
            "1.1.0",
            False,
            False,
        )
        assert one["changes"]["old"]["version"] == "1.0.0" and one["changes"]["changes"]
        states = {page["page"]: page["state"] for page in one["overlay"]["pages"]}
        assert states == {"start/kontakt": "stale", "library/kris": "fits"}
        stale = next(page for page in one["overlay"]["pages"] if page["state"] == "stale")
        assert "Malmö" in stale["own"] and "Göteborg" in stale["before"] and "Säg" not in stale["before"]
        assert "Säg att du går programmet" in stale["now"]
        assert [found["rule"] for found in one["overlay"]["diagnostics"]] == ["stale-replacement"]
        assert one["overlay"]["bundle"] is None
        assert own_files(here) == before, "nothing of the region's is changed before somebody has read it"
    shown = run("subscriptions", "update", NAME)
    assert shown.exit_code == 1
    assert "vgr/exempel 1.0.0 → 1.1.0" in shown.stdout
    assert "text-corrected" in shown.stdout or "page" in shown.stdout
    assert "utgivarens sida förut" in shown.stdout and "≠ Ring mottagningen i Malmö" in shown.stdout
    (accept,) = [line.partition(": ")[2] for line in shown.stdout.splitlines() if "overlay accept" in line]
    assert accept == "designtool overlay accept overlays/exempel start/kontakt --over build/exempel-1.1.0.dtb"

    assert run(*accept.split()[1:]).exit_code == 0
    own_text = (here / "overlays/exempel/start/kontakt.md").read_bytes()
    (one,) = told("update")
    assert one["may_be_taken"] and not one["taken"]
    assert (one["overlay"]["version"], one["overlay"]["step"]) == ("1.0.1", "patch")
    assert settings(here)["subscriptions"][NAME]["version"] == "1.0.0", "a dry run writes nothing in"
    (one,) = told("update", "--build")
    assert one["taken"]
    built = one["overlay"]["bundle"]
    assert built["path"] == "build/exempel-skane-1.0.1.dtb"
    with (here / built["path"]).open("rb") as stream:
        program = program_of(read_bundle(stream))
    assert (program.version, program.overlay_of.version if program.overlay_of else "") == ("1.0.1", "1.1.0")
    assert "version: 1.0.1\n" in (here / "overlays/exempel/overlay.yaml").read_text("utf-8")
    assert settings(here)["subscriptions"][NAME]["version"] == "1.1.0"
    assert (here / "overlays/exempel/start/kontakt.md").read_bytes() == own_text
    after = own_files(here)
    (one,) = told("update", "--build")
    assert (one["newer"], one["taken"], own_files(here)) == (None, False, after), "once is enough"
    again = json.loads(run("overlay", "build", "overlays/exempel", "--output", "again", "--format", "json").stdout)
    assert again["bundle"]["digest"] == built["digest"]


def test_an_overlay_that_still_fits_is_carried_over_and_its_step_is_that_of_its_own_program(
    tmp_path: Path, upstream: Upstream, bundles: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "halland"
    shutil.copytree(KEPT / "halland", root)
    upstream.federation.trust_folder(root / "trust")
    monkeypatch.chdir(root)
    add()
    upstream.publishes(bundles["1.1.0"])
    (one,) = told("update", "--build")
    assert one["taken"] and one["overlay"]["version"] == "1.0.1"
    assert all(journey["passed"] for journey in one["overlay"]["journeys"])
    # The next version is a major one: outside of what the region lets through, and told.
    upstream.publishes(bundles["2.0.0"])
    (one,) = told("update")
    assert (one["newer"], one["outside"]) == (None, "2.0.0")
    assert "Ska den användas: ändra versions i designtool.yaml." in run("subscriptions", "update").stdout
    assert "2.0.0" in run("subscriptions", "update").stdout


def test_what_was_built_by_hand_over_the_new_version_hides_no_step(
    here: Path, upstream: Upstream, bundles: dict[str, Path], tmp_path: Path
) -> None:
    root = write_upstream(tmp_path / "more", "1.1.0")
    program = root / "programs/exempel/program.yaml"
    program.write_text(program.read_text("utf-8").replace("version: 1.1.0", "version: 1.2.0"), "utf-8")
    (root / "programs/exempel/modules/01-start/90-ny.md").write_text(
        "---\ntitle: Ny sida\n---\nLäs det här.\n", "utf-8"
    )
    assert run("build", root, "--output", tmp_path / "more-build").exit_code == 0
    add()
    assert run("overlay", "build", "overlays/exempel").exit_code == 0
    upstream.publishes(tmp_path / "more-build/exempel-1.2.0.dtb")
    told("update", status=1)
    assert run("overlay", "accept", "overlays/exempel").exit_code == 0
    (before,) = told("update")
    assert run("overlay", "build", "overlays/exempel").exit_code == 0, "over 1.2.0, as 1.0.0 once more"
    (after,) = told("update")
    assert before["overlay"]["step"] == after["overlay"]["step"] == "minor"
    assert before["overlay"]["version"] == after["overlay"]["version"] == "1.1.0"


def test_what_is_gone_below_is_said_and_nothing_is_built(
    here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    add("--versions", ">=1.0 <3.0")
    overlay = here / "overlays/exempel/overlay.yaml"
    overlay.write_text(overlay.read_text("utf-8").replace('"<2.0"', "").replace("<2.0", "<3.0"), "utf-8")
    upstream.publishes(bundles["2.0.0"])
    before = own_files(here)
    (one,) = told("update", "--build", status=1)
    assert "gone" in {page["state"] for page in one["overlay"]["pages"]} or one["overlay"]["diagnostics"]
    assert not one["taken"]
    assert own_files(here) == before


def test_without_an_overlay_the_new_version_is_taken_as_it_is(
    here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    shutil.rmtree(here / "overlays")
    add()
    upstream.publishes(bundles["1.1.0"])
    (one,) = told("update")
    assert one["may_be_taken"] and one["overlay"] is None and not one["taken"]
    said = run("subscriptions", "update", "--build")
    assert said.exit_code == 0, said.output
    assert "vgr/exempel 1.1.0 används nu här." in said.stdout
    assert settings(here)["subscriptions"][NAME]["version"] == "1.1.0"


def test_a_failing_journey_keeps_the_version_from_being_taken(
    here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    shutil.rmtree(here / "overlays")
    shutil.copytree(KEPT / "halland/overlays", here / "overlays")
    overlay = here / "overlays/exempel/overlay.yaml"
    overlay.write_text(overlay.read_text("utf-8").replace("halland", "skane"), "utf-8")
    contacts = here / "overlays/exempel/contacts.yaml"
    contacts.write_text(contacts.read_text("utf-8").replace("region: halland", "region: skane"), "utf-8")
    add()
    journeys = here / "overlays/exempel/journeys"
    journeys.mkdir(exist_ok=True)
    (journeys / "egen.yaml").write_text("title: Fel\nsteps:\n  - day: 0\n    expect:\n      open: []\n", "utf-8")
    upstream.publishes(bundles["1.1.0"])
    before = own_files(here)
    (one,) = told("update", "--build", status=1)
    assert [journey["name"] for journey in one["overlay"]["journeys"] if not journey["passed"]] == ["egen"]
    assert (one["taken"], own_files(here)) == (False, before)
    assert not (here / "build/exempel-skane-1.0.1.dtb").exists()


# Recalls


def test_a_recalled_version_is_not_offered(here: Path, upstream: Upstream, bundles: dict[str, Path]) -> None:
    shutil.rmtree(here / "overlays")
    add()
    upstream.publishes(bundles["1.1.0"])
    upstream.recalls("1.1.0")
    (one,) = told("update", "--build")
    assert (one["newer"], one["taken"]) == (None, False)
    upstream.recalls("1.0.0", replacement="1.1.0")
    assert told("update", status=1)[0]["recalled"]["level"] == "no-new-patients"
    assert [one["name"] for one in told("end", NAME)] == [NAME]
    refused = run("subscriptions", "add", NAME, "--from", "../register", "--trust", "trust")
    assert (refused.exit_code, "fel[recalled]" in refused.stderr) == (1, True), refused.output
    assert "subscriptions" not in settings(here)


@pytest.mark.parametrize(("level", "status"), [("stop-use", 1), ("no-new-patients", 1), ("info", 0)])
def test_a_version_in_use_that_is_recalled_is_said_loudly(
    level: str, status: int, here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    shutil.rmtree(here / "overlays")
    add()
    upstream.publishes(bundles["1.1.0"])
    recall = Recall(
        release_name(f"{NAME}/1.0.0"),
        level,  # type: ignore[arg-type]
        "Fel i sömnfönstret.",
        "1.1.0",
        **(
            {"parts": ("all",), "patient_text": "Sov som vanligt.", "therapist_text": "Ring."}
            if level == "stop-use"
            else {}
        ),
    )
    upstream.federation.adopt(draft_recall(upstream.federation.store, recall, datetime.now(UTC)), SAFETY)
    upstream.sends()
    said = run("subscriptions", "update")
    assert said.exit_code == status, said.output
    assert ("!!! vgr/exempel 1.0.0 ÄR ÅTERKALLAD" in said.stderr) == (level != "info")
    assert "Fel i sömnfönstret. Använd 1.1.0." in said.stderr
    # It is known from then on, also where nothing can be fetched.
    shutil.rmtree(upstream.place)
    for words in (("list",), ("update",)):
        said = run("subscriptions", *words)
        assert "Fel i sömnfönstret." in said.stderr
    assert run("subscriptions", "list").exit_code == status


def test_taking_the_replacement_ends_the_alarm(here: Path, upstream: Upstream, bundles: dict[str, Path]) -> None:
    shutil.rmtree(here / "overlays")
    add()
    upstream.publishes(bundles["1.1.0"])
    upstream.recalls("1.0.0", replacement="1.1.0")
    (one,) = told("update", "--build")
    assert one["taken"] and one["recalled"]["replacement"] == "1.1.0"
    assert told("update")[0]["recalled"] is None


# What is refused, and leaves everything as it was


def _other_bytes(upstream: Upstream, here: Path) -> None:
    for path in (upstream.place / "blobs" / "sha256").iterdir():
        data = path.read_bytes()
        if b"S\xc3\xa4g att du g\xc3\xa5r programmet" in data:
            path.write_bytes(data.replace(b"programmet", b"progrommet"))


def _no_trust(upstream: Upstream, here: Path) -> None:
    shutil.rmtree(here / "trust")


def _gone(upstream: Upstream, here: Path) -> None:
    shutil.rmtree(upstream.place)


def _in_the_way(upstream: Upstream, here: Path) -> None:
    (here / "build/exempel-1.1.0.dtb").write_bytes(b"annat")


@pytest.mark.parametrize(
    ("attack", "status", "code"),
    [
        (_other_bytes, 1, "wrong-digest"),
        (_no_trust, 1, "trust-missing"),
        (_gone, 1, "metadata-missing"),
        (_in_the_way, 2, None),
    ],
)
def test_nothing_is_written_when_it_goes_wrong(
    attack: Callable[[Upstream, Path], None],
    status: int,
    code: str | None,
    here: Path,
    upstream: Upstream,
    bundles: dict[str, Path],
) -> None:
    shutil.rmtree(here / "overlays")
    add()
    upstream.publishes(bundles["1.1.0"])
    kept = here.parent / "kept"
    shutil.copytree(upstream.place, kept)
    shutil.copytree(here / "trust", here.parent / "kept-trust")
    before = own_files(here)
    attack(upstream, here)
    (one,) = told("update", "--build", status=status)
    assert one["problem"] is not None and not one["taken"]
    assert code is None or one["problem"]["code"] == code, one["problem"]
    assert own_files(here) == before
    assert not list((here / "build").glob("*.tmp*"))
    # The untampered twin is taken.
    shutil.rmtree(upstream.place, ignore_errors=True)
    shutil.copytree(kept, upstream.place)
    shutil.rmtree(here / "trust", ignore_errors=True)
    shutil.copytree(here.parent / "kept-trust", here / "trust")
    if (here / "build/exempel-1.1.0.dtb").exists():
        (here / "build/exempel-1.1.0.dtb").unlink()
    assert told("update", "--build")[0]["taken"]


def test_a_tag_that_nobody_has_signed_is_not_followed(here: Path, upstream: Upstream, bundles: dict[str, Path]) -> None:
    add()
    with bundles["1.1.0"].open("rb") as stream:
        publish(read_bundle(stream), FolderRegistry(upstream.place))
    (one,) = told("update")
    assert one["newer"] is None and one["problem"] is None


@pytest.mark.parametrize("failing", [1, 2])
def test_a_full_disk_while_a_version_is_taken_leaves_what_the_next_run_takes(
    failing: int, tmp_path: Path, upstream: Upstream, bundles: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "halland"
    shutil.copytree(KEPT / "halland", root)
    upstream.federation.trust_folder(root / "trust")
    monkeypatch.chdir(root)
    add()
    upstream.publishes(bundles["1.1.0"])
    before, calls = own_files(root), []

    def write(path: Path, work: Any) -> None:
        calls.append(path.name)
        if len(calls) == failing:
            raise OSError(28, "No space left on device")
        write_atomically(path, work)

    with monkeypatch.context() as full:
        full.setattr(following, "write_atomically", write)
        (one,) = told("update", "--build", status=2)
    assert one["problem"]["message"].endswith("går inte att skriva: disken är full") and not one["taken"]
    assert settings(root)["subscriptions"][NAME]["version"] == "1.0.0"
    if failing == 1:
        assert own_files(root) == before
    (one,) = told("update", "--build")
    assert one["taken"]
    assert calls == ["overlay.yaml", "designtool.yaml"][:failing]


def test_a_version_in_use_that_cannot_be_compiled_any_more_is_left_behind(
    tmp_path: Path, upstream: Upstream, bundles: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "halland"
    shutil.copytree(KEPT / "halland", root)
    upstream.federation.trust_folder(root / "trust")
    monkeypatch.chdir(root)
    add()
    upstream.publishes(bundles["1.1.0"])
    read = following.read_published

    def aged(bundle: Any, today: date) -> Any:
        if bundle.manifest.annotations.version == "1.0.0":
            raise Cannot(Text("går inte", "cannot be done"))
        return read(bundle, today)

    monkeypatch.setattr(following, "read_published", aged)
    (one,) = told("update", "--build")
    assert one["taken"] and (one["overlay"]["version"], one["overlay"]["step"]) == ("1.0.1", None)


def test_what_one_person_alone_has_signed_is_not_followed(
    here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    """Whoever has the key that is online, a publisher's and the registry can say what he likes: nobody takes it."""
    shutil.rmtree(here / "overlays")
    add()
    store, before = upstream.federation.store.copy(), own_files(here)
    number = store.versions("vgr")[-1] + 1

    def released(signed: Any) -> None:
        signed.version = number
        with bundles["1.1.0"].open("rb") as stream:
            release = release_of_bundle(read_bundle(stream))
        draft = publication.draft_release(upstream.federation.store, release, datetime.now(UTC))
        signed.targets.update(metadata_of(draft.metadata, "vgr").signed.targets)

    store.files[f"{number}.vgr.json"] = federations.forged(store, "vgr", released, [PUBLISHER], number - 1)
    federations.restamp(store, "vgr", number)
    with bundles["1.1.0"].open("rb") as stream, FolderRegistry(upstream.place) as registry:
        publish(read_bundle(stream), registry)
        metadata = RegistryMetadataStore(registry)
        for name in (f"{number}.vgr.json", f"{store.versions('snapshot')[-1]}.snapshot.json"):
            metadata.put(name, store.files[name], None)
        metadata.put("timestamp.json", store.files["timestamp.json"], upstream.federation.store.files["timestamp.json"])
    (one,) = told("update", "--build", status=1)
    assert (one["problem"]["code"], one["newer"], one["taken"]) == ("metadata-signatures", None, False)
    assert own_files(here) == before
    assert not (here / "build/exempel-1.1.0.dtb").exists()


def test_a_bundle_that_was_signed_under_another_version_is_not_taken(
    here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    shutil.rmtree(here / "overlays")
    add()
    before = own_files(here)
    with bundles["1.1.0"].open("rb") as stream, FolderRegistry(upstream.place) as registry:
        bundle = read_bundle(stream)
        publish(bundle, registry)
        wrong = replace(release_of_bundle(bundle), name=release_name(f"{NAME}/1.2.0"))
    draft = publication.draft_release(upstream.federation.store, wrong, datetime.now(UTC))
    upstream.federation.adopt(draft, PUBLISHER, CLINICAL)
    upstream.sends()
    (one,) = told("update", "--build", status=1)
    assert one["problem"]["code"] == "other-program", one
    assert own_files(here) == before
    assert [path.name for path in (here / "build").iterdir()] == ["exempel-1.0.0.dtb"]


@pytest.mark.parametrize("newer", [False, True])
def test_a_version_in_use_that_has_moved_is_told_and_nothing_is_taken(
    newer: bool, here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    """Both keys of the region are in wrong hands, or both people were talked round: other content under the version in use."""
    shutil.rmtree(here / "overlays")
    add()
    if newer:
        upstream.publishes(bundles["1.1.0"])
    kept, before = upstream.federation.store.copy(), own_files(here)
    number = kept.versions("vgr")[-1]

    def moved(signed: Any) -> None:
        signed.version = number + 1
        signed.targets[f"{NAME}/1.0.0"].hashes["sha256"] = "66" * 32

    data = federations.forged(kept, "vgr", moved, [PUBLISHER, CLINICAL], number)
    upstream.federation.store.files[f"{number + 1}.vgr.json"] = data
    upstream.sends()
    (one,) = told("update", "--build", status=1)
    assert (one["problem"]["code"], one["taken"]) == ("target-moved", False)
    assert own_files(here) == before
    assert [path.name for path in (here / "build").iterdir()] == ["exempel-1.0.0.dtb"]
    offers = run("catalogue", "--trust", "trust", "--region", "skane")
    assert "har getts ut med ett annat innehåll än tidigare" in offers.stdout
    assert ("Version 1.0.0" in offers.stdout, "1.1.0" in offers.stdout) == (False, newer)
    # What is put right is followed again.
    right = federations.forged(
        kept, "vgr", lambda it: setattr(it, "version", number + 2), [PUBLISHER, CLINICAL], number
    )
    upstream.federation.store.files[f"{number + 2}.vgr.json"] = right
    upstream.sends()
    (one,) = told("update", "--build")
    assert (one["problem"], one["taken"]) == (None, newer)


def test_a_version_in_use_that_is_no_longer_released_is_told(here: Path, upstream: Upstream) -> None:
    add()
    before, number = own_files(here), upstream.federation.store.versions("vgr")[-1]

    def gone(signed: Any) -> None:
        signed.version = number + 1
        signed.targets.clear()

    upstream.federation.store.files[f"{number + 1}.vgr.json"] = federations.forged(
        upstream.federation.store, "vgr", gone, [PUBLISHER, CLINICAL], number
    )
    upstream.sends()
    (one,) = told("update", status=1)
    assert (one["problem"]["code"], one["newer"]) == ("target-unknown", None)
    assert own_files(here) == before


def test_one_that_cannot_be_reached_keeps_no_other_from_being_looked_at(
    here: Path, upstream: Upstream, bundles: dict[str, Path]
) -> None:
    shutil.rmtree(here / "overlays")
    add()
    upstream.publishes(bundles["1.1.0"])
    text = (here / "designtool.yaml").read_text("utf-8")
    entry = '  halland/annat:\n    from: ./borta\n    trust: trust\n    versions: ">=1.0"\n'
    (here / "designtool.yaml").write_text(text.replace("subscriptions:\n", f"subscriptions:\n{entry}"), "utf-8")
    first, second = told("update", "--build", status=1)
    assert (first["name"], first["problem"] is not None) == ("halland/annat", True)
    assert (second["name"], second["taken"]) == (NAME, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((f"{NAME}:1.0.0",), "--versions"),
        (("exempel",), "exempel"),
        (("../exempel",), "../exempel"),
        (("skane/eget",), "er egen region"),
        ((NAME, "--versions", "senaste"), '"senaste" går inte att läsa'),
        ((NAME, "--versions", ">=2.0 <1.0"), "ingen version ryms"),
        ((NAME, "--versions", ">=7.0"), "finns inte i"),
        (("vgr/annat",), "vgr/annat finns inte i"),
    ],
)
def test_what_cannot_be_followed_is_said(words: tuple[str, ...], said: str, here: Path) -> None:
    before = own_files(here)
    came = run("subscriptions", "add", *words, "--from", "../register", "--trust", "trust")
    assert came.exit_code == 2, came.output
    assert said in came.stderr
    assert own_files(here) == before
    assert not (here / "build").exists()


def test_a_place_that_is_not_there_is_said(here: Path) -> None:
    before = own_files(here)
    for source in ("register", "../inget"):
        came = run("subscriptions", "add", NAME, "--from", source, "--trust", "trust")
        assert came.exit_code != 0
        assert own_files(here) == before
    assert (
        "fel[role-unknown]"
        in run("subscriptions", "add", "okand/program", "--from", "../register", "--trust", "trust").stderr
    )


def test_what_is_followed_is_not_followed_twice(here: Path) -> None:
    add()
    before = own_files(here)
    again = run("subscriptions", "add", NAME, "--from", "../register", "--trust", "trust")
    assert (again.exit_code, "följs redan" in again.stderr) == (2, True)
    other = run("subscriptions", "add", "halland/exempel", "--from", "../register", "--trust", "trust")
    assert (other.exit_code, f"{NAME} följs redan" in other.stderr) == (2, True)
    assert own_files(here) == before
    missing = run("subscriptions", "update", "vgr/exemple")
    assert (missing.exit_code, "Menade du vgr/exempel?" in missing.stderr) == (2, True)


def test_a_wrong_designtool_yaml_is_told_and_nothing_is_done(here: Path) -> None:
    add()
    path = here / "designtool.yaml"
    path.write_text(path.read_text("utf-8").replace("version: 1.0.0", "version: 7.0.0"), "utf-8")
    for words in (("update",), ("list",), ("end", NAME)):
        came = run("subscriptions", *words)
        assert came.exit_code == 1
        assert "wrong-subscription" in came.stderr and "designtool.yaml:8" in came.stderr


def test_a_designtool_yaml_in_flow_style_is_left_to_its_author(here: Path) -> None:
    path = here / "designtool.yaml"
    path.write_text("{format: 1, region: skane}\n", "utf-8")
    before = own_files(here)
    came = run("subscriptions", "add", NAME, "--from", "../register", "--trust", "trust")
    assert (came.exit_code, "för hand" in came.stderr) == (2, True)
    assert own_files(here) == before
    assert not (here / "build").exists()


def test_nothing_is_followed_and_that_is_said(here: Path) -> None:
    for words in (("list",), ("update",)):
        came = run("subscriptions", *words)
        assert (came.exit_code, "Inget program följs." in came.stdout) == (0, True)
