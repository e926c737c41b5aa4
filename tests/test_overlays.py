"""Overlays: regions that adapt what another has published, over its versions, and never what answers come to."""

from __future__ import annotations

import json
import shutil
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from bundles import archive_with_manifest, sample_content, sample_program
from case_files import example_files, text_file
from click.testing import CliRunner, Result
from overlay_cases import KEPT, REGIONS, VERSIONS, findings, overlaid, published, upstream, write_upstream
from runtime_samples import a_deed

from designtool.bundle import Refused, program_of, read_bundle
from designtool.bundle.manifest import OVERLAY_OF
from designtool.cli import group
from designtool.cli.side_by_side import side_by_side
from designtool.diagnostics import Rule
from designtool.layer.overlay import read_overlay, stale_pages
from designtool.layer.rules import OVERLAY_RULES
from designtool.layer.version_range import version_range
from designtool.load.shape import schema_of
from designtool.model.program import DerivedFrom, Program
from designtool.runtime.importing import Policy, import_bundle
from designtool.runtime.store import Store
from designtool.runtime.treatments import Programs

HEAD = """\
-- /overlays/exempel/overlay.yaml --
region: skane
over: exempel
versions: ">=1.0 <2.0"
version: 1.2.3
publisher:
  responsible: Alva Exempelsson
  role: Legitimerad psykolog
  contact: alva@example.se
"""
VARIANT = "-- variants/plus.yaml --\ntitle: Exempel Plus\nreplace:\n  - page: start/sida\n    with: sida.md\n"
VARIANT_PAGE = "-- variants/plus/sida.md --\n---\ntitle: Plus\n---\nPlus.\n\n:::{exercise} min_plan\n:::\n"

# The rules


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in OVERLAY_RULES])
def test_bad_example_gives_the_rule_once_and_nothing_else(rule: Rule) -> None:
    found = findings(example_files(rule.bad))
    assert [one.rule for one in found] == [rule.name], found
    assert found[0].span.path.startswith("overlays/exempel/")


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in OVERLAY_RULES])
def test_good_example_is_silent(rule: Rule) -> None:
    assert findings(example_files(rule.good)) == ()


# Versions


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        (">=1.0 <2.0", ["1.0.0", "1.9.9", "1.10.0"], ["0.9.9", "2.0.0", "10.0.0"]),
        (">=1", ["1.0.0", "9.0.0"], ["0.9.9"]),
        ("=1.2.3", ["1.2.3"], ["1.2.2", "1.2.4"]),
        (">1.2.3 <=1.3.0", ["1.2.4", "1.3.0"], ["1.2.3", "1.3.1"]),
    ],
)
def test_a_range_holds_the_versions_in_it(text: str, inside: list[str], outside: list[str]) -> None:
    found = version_range(text)
    assert found is not None
    assert not found.is_empty
    assert [one for one in inside + outside if found.holds(one)] == inside


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1.0",
        "1.x",
        "^1.0",
        "~1.0",
        ">=1.0, <2.0",
        ">= 1.0",
        ">1.2",
        "<=1.2",
        "=1.2",
        ">=01.0",
        ">=1.0.0.0",
        ">=-1",
        ">=1٢",
        "=" * 99,
        ">=1 " * 9,
    ],
)
def test_what_is_no_range_is_none(text: str) -> None:
    assert version_range(text) is None


@pytest.mark.parametrize("text", [">=2.0 <1.0", "=1.0.0 >1.0.0", "<0.0", ">1.0.0 <1.0.1", "=1.0.0 =1.0.1"])
def test_a_range_in_which_nothing_lies_is_empty(text: str) -> None:
    found = version_range(text)
    assert found is not None
    assert found.is_empty


# What comes of it


def test_an_overlay_is_a_program_of_the_region() -> None:
    program = made(HEAD + "title: Exempel i Skåne\n")
    assert (program.id, program.version, program.title) == ("exempel-skane", "1.2.3", "Exempel i Skåne")
    assert (program.publisher.region, program.publisher.responsible) == ("skane", "Alva Exempelsson")
    assert program.producer == "vgr"
    assert program.overlay_of is not None
    assert (program.overlay_of.program, program.overlay_of.version) == ("exempel", "1.0.0")


def test_an_overlay_may_lie_over_a_variant() -> None:
    head = HEAD.replace("over: exempel", "over: exempel-plus")
    page = "hide:\n  pages: [start/mer]\n"
    more = "-- modules/01-start/20-mer.md --\n---\ntitle: Mer\n---\nMer att läsa.\n"
    came = overlaid(example_files(more + VARIANT + VARIANT_PAGE + head + page), "exempel-plus")
    assert came.diagnostics == ()
    assert came.program is not None
    assert (came.program.id, came.program.title) == ("exempel-plus-skane", "Exempel Plus")
    assert [page.title for page in came.program.modules[0].pages] == ["Plus"]


def test_what_is_replaced_in_a_variant_is_the_variants_page() -> None:
    head = HEAD.replace("over: exempel", "over: exempel-plus")
    base = published(example_files(VARIANT + VARIANT_PAGE), "exempel-plus")
    digest = base.sources.tree.files["programs/exempel/modules/01-start/10-sida.md"].digest
    replace = f"replace:\n  - page: start/sida\n    with: sida.md\n    replaces: {digest}\n"
    page = VARIANT_PAGE.replace("variants/plus/sida.md", "/overlays/exempel/sida.md").replace(
        "title: Plus", "title: Skåne"
    )
    came = overlaid(example_files(VARIANT + VARIANT_PAGE + head + replace + page), "exempel-plus")
    assert came.diagnostics == ()
    assert came.program is not None
    assert [page.title for page in came.program.modules[0].pages] == ["Skåne"]


def test_migrations_of_the_program_below_stay_behind() -> None:
    way = "-- migrations/0.9.0-1.0.0.yaml --\nremoved:\n  modules:\n    gammal: keep-readable\n"
    assert len(published(example_files(way)).program.migrations) == 1
    assert made(way + HEAD).migrations == ()


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("replace:\n  - page: start/sida\n    with: sida.md\n", [("missing-key", 10)]),
        ("region: Skåne\n", [("repeated-key", 9)]),
        ("hide:\n  pages: [start/sidan]\n", [("broken-reference", 10)]),
        ("scores: []\n", [("unknown-key", 9)]),
    ],
)
def test_what_is_wrong_is_told_in_the_overlays_file(rest: str, expected: list[tuple[str, int]] | None) -> None:
    found = findings(example_files(HEAD + rest))
    assert {one.span.path for one in found} == {"overlays/exempel/overlay.yaml"}
    if expected is not None:
        assert [(one.rule, one.span.line) for one in found] == expected


def test_a_crisis_page_leads_to_somebody_in_the_region() -> None:
    files = upstream("1.0.0")
    kept = {
        f"overlays/exempel/{path.relative_to(KEPT / 'skane/overlays/exempel')}": path.read_bytes()
        for path in files_in("skane")
    }
    contacts = kept["overlays/exempel/contacts.yaml"]
    national = kept | {"overlays/exempel/contacts.yaml": contacts.replace(b"  region: skane\n", b"")}
    assert findings(files | kept) == ()
    assert [(one.rule, one.span.line) for one in findings(files | national)] == [("crisis-page-without-help", 14)]


# The kept pairs: two regions over three versions

EXPECTED: dict[tuple[str, str], list[tuple[str, str, int | None]]] = {
    ("skane", "1.0.0"): [],
    ("skane", "1.1.0"): [("stale-replacement", "overlay.yaml", 13)],
    ("skane", "2.0.0"): [("overlay-not-for-this", "overlay.yaml", 3)],
    ("halland", "1.0.0"): [],
    ("halland", "1.1.0"): [],
    ("halland", "2.0.0"): [("foreign-contact", "overlay.yaml", 1), ("broken-reference", "overlay.yaml", 10)],
}


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three versions as they were published."""
    root = tmp_path_factory.mktemp("upstream")
    found = {}
    for version in VERSIONS:
        assert run("build", write_upstream(root / version, version), "--output", root / "build").exit_code == 0
        found[version] = root / f"build/exempel-{version}.dtb"
    return found


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("version", VERSIONS)
def test_each_region_over_each_version(region: str, version: str, bundles: dict[str, Path], tmp_path: Path) -> None:
    folder = region_in(tmp_path, region)
    expected = EXPECTED[region, version]
    came, told = build(folder, bundles[version], tmp_path / "build")
    assert [
        (one["rule"], one["path"].removeprefix("overlays/exempel/"), one["line"]) for one in told["diagnostics"]
    ] == expected
    assert came.exit_code == (1 if expected else 0)
    assert (told["bundle"] is None) == bool(expected)
    if expected:
        assert not (tmp_path / "build").exists()
        return
    assert [(one["name"], one["passed"]) for one in told["journeys"]] == [("hog-risk", True)]
    with (tmp_path / f"build/exempel-{region}-1.0.0.dtb").open("rb") as stream:
        bundle = read_bundle(stream)
        program = program_of(bundle)
        assert bundle.digest == told["bundle"]["digest"]
        assert program.overlay_of is not None
        with bundles[version].open("rb") as below:
            assert program.overlay_of.digest == read_bundle(below).digest
        assert {one.region for one in program.contacts} == {"", region}


def test_a_stale_page_is_shown_beside_what_is_there_now_and_was_before(
    bundles: dict[str, Path], tmp_path: Path
) -> None:
    folder = region_in(tmp_path, "skane")
    _, told = build(folder, bundles["1.1.0"], tmp_path / "build")
    (stale,) = told["stale"]
    assert stale["page"] == "start/kontakt"
    assert stale["path"] == "overlays/exempel/start/kontakt.md"
    assert "Malmö" in stale["own"]
    assert "Säg att du går programmet" in stale["now"]
    assert "Göteborg" in stale["before"] and "Säg" not in stale["before"]
    shown = run("overlay", "build", folder, "--over", bundles["1.1.0"], "--output", tmp_path / "build")
    assert shown.exit_code == 1
    assert "≠ Ring mottagningen i Malmö" in shown.stderr

    (folder / "upstream/start/kontakt.md").write_text("något annat", "utf-8")
    _, told = build(folder, bundles["1.1.0"], tmp_path / "build")
    assert told["stale"][0]["before"] is None, "what does not have the stated digest is not what was there before"


def test_what_has_been_read_is_accepted_and_then_builds(bundles: dict[str, Path], tmp_path: Path) -> None:
    folder = region_in(tmp_path, "skane")
    before = (folder / "overlay.yaml").read_text("utf-8")
    done = run("overlay", "accept", folder, "start/kontakt", "--over", bundles["1.1.0"], "--format", "json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    jsonschema.validate(told, schema_of("overlay-command"))
    assert list(told["accepted"]) == ["start/kontakt"]
    after = (folder / "overlay.yaml").read_text("utf-8")
    changed = [one for one, other in zip(before.splitlines(), after.splitlines(), strict=True) if one != other]
    assert len(changed) == 1 and "replaces: sha256:" in changed[0]
    assert "Säg att du går" in (folder / "upstream/start/kontakt.md").read_text("utf-8")
    came, told = build(folder, bundles["1.1.0"], tmp_path / "build")
    assert came.exit_code == 0, told


def test_accept_writes_the_digest_of_a_page_that_has_none(bundles: dict[str, Path], tmp_path: Path) -> None:
    folder = region_in(tmp_path, "skane")
    text = (folder / "overlay.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines(keepends=True) if "replaces:" not in line]
    (folder / "overlay.yaml").write_text("".join(lines), "utf-8")
    assert build(folder, bundles["1.0.0"], tmp_path / "build")[0].exit_code == 1
    assert run("overlay", "accept", folder, "--over", bundles["1.0.0"]).exit_code == 0
    assert (folder / "overlay.yaml").read_text("utf-8") != "".join(lines)
    assert build(folder, bundles["1.0.0"], tmp_path / "build")[0].exit_code == 0


@pytest.mark.parametrize("region", REGIONS)
def test_the_bundle_carries_what_it_is_made_of_and_builds_to_the_same_digests(
    region: str, bundles: dict[str, Path], tmp_path: Path
) -> None:
    _, told = build(region_in(tmp_path, region), bundles["1.0.0"], tmp_path / "build")
    again = tmp_path / "again"
    assert run("unbundle", told["bundle"]["path"], "--output", again).exit_code == 0
    below = run("build", again, "--output", tmp_path / "below", "--format", "json")
    assert below.exit_code == 0, below.output
    (base,) = json.loads(below.stdout)["bundles"]
    assert base["digest"] == told["bundle"]["overlay_of"]["digest"]
    _, rebuilt = build(again / "overlays/exempel", tmp_path / "below", tmp_path / "rebuilt")
    assert rebuilt["bundle"]["digest"] == told["bundle"]["digest"]


def test_the_same_overlay_gives_the_same_bytes_wherever_it_lies(bundles: dict[str, Path], tmp_path: Path) -> None:
    first = build(region_in(tmp_path / "a", "halland"), bundles["1.0.0"], tmp_path / "a/build")[1]
    second = build(region_in(tmp_path / "b c", "halland"), bundles["1.0.0"], tmp_path / "b c/build")[1]
    assert Path(first["bundle"]["path"]).read_bytes() == Path(second["bundle"]["path"]).read_bytes()


def test_in_a_folder_the_latest_version_that_fits_is_taken(bundles: dict[str, Path], tmp_path: Path) -> None:
    _, told = build(region_in(tmp_path, "skane"), bundles["1.0.0"].parent, tmp_path / "build")
    assert [one["rule"] for one in told["diagnostics"]] == ["stale-replacement"], "1.1.0, and not 2.0.0"


def test_a_fork_of_a_version_says_where_it_comes_from_and_no_overlay_is_forked(
    bundles: dict[str, Path], tmp_path: Path
) -> None:
    forked = run("fork", bundles["1.1.0"], "--as", "eget", "--output", tmp_path / "fork", "--format", "json")
    assert forked.exit_code == 0, forked.output
    assert json.loads(forked.stdout)["derived_from"]["version"] == "1.1.0"
    _, told = build(region_in(tmp_path, "skane"), bundles["1.0.0"], tmp_path / "build")
    refused = run("fork", told["bundle"]["path"], "--output", tmp_path / "other")
    assert refused.exit_code == 2
    assert "exempel 1.0.0" in refused.stderr
    assert not (tmp_path / "other").exists()


def test_no_overlay_lies_over_an_overlay(bundles: dict[str, Path], tmp_path: Path) -> None:
    _, told = build(region_in(tmp_path, "skane"), bundles["1.0.0"], tmp_path / "build")
    folder = region_in(tmp_path / "other", "halland")
    came = CliRunner().invoke(group, ["overlay", "build", str(folder), "--over", told["bundle"]["path"]])
    assert came.exit_code != 0
    assert "exempel 1.0.0" in str(came.exception) + came.output


def test_new_begins_an_overlay_with_what_must_become_the_regions_own(
    bundles: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "designtool.yaml").write_text("format: 1\nregion: skane\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    made = run("overlay", "new", bundles["1.0.0"], "--page", "start/kontakt", "--page", "library/kris")
    assert made.exit_code == 0, made.output
    assert (
        "Gör så här: fyll i publisher i overlay.yaml, byt uppgifterna i contacts.yaml till er egen regions, skriv om"
        in made.stdout
    )
    assert "designtool overlay build overlays/exempel --over" in made.stdout, "a path as it is written here"
    folder = tmp_path / "overlays/exempel"
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()) == [
        "contacts.yaml",
        "library/kris.md",
        "overlay.yaml",
        "start/kontakt.md",
        "upstream/library/kris.md",
        "upstream/start/kontakt.md",
    ]
    _, told = build(folder, bundles["1.0.0"], tmp_path / "build")
    assert told["bundle"] is None, "nobody answers for it yet"
    text = (folder / "overlay.yaml").read_text("utf-8")
    (folder / "overlay.yaml").write_text(text.replace('""', "Alva"), "utf-8")
    _, told = build(folder, bundles["1.0.0"], tmp_path / "build")
    assert {one["rule"] for one in told["diagnostics"]} == {"foreign-contact"}
    contacts = (folder / "contacts.yaml").read_text("utf-8")
    (folder / "contacts.yaml").write_text(contacts.replace("region: vgr", "region: skane"), "utf-8")
    came, told = build(folder, bundles["1.0.0"], tmp_path / "build")
    assert came.exit_code == 0, told
    assert run("overlay", "new", bundles["1.0.0"]).exit_code == 2, "what is there is never written over"
    shutil.rmtree(folder)
    told = json.loads(run("overlay", "new", bundles["1.0.0"], "--format", "json").stdout)
    jsonschema.validate(told, schema_of("overlay-command"))
    assert (told["over"], told["files"]) == ("exempel", ["contacts.yaml", "overlay.yaml"])


@pytest.mark.parametrize("page", ["start/kontakten", "../../hemligt", "library/finns-inte", ""])
def test_new_copies_no_page_that_is_not_there(
    page: str, bundles: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "designtool.yaml").write_text("format: 1\nregion: skane\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert run("overlay", "new", bundles["1.0.0"], "--page", page).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["designtool.yaml"]


def test_a_link_out_of_the_folder_is_not_followed(bundles: dict[str, Path], tmp_path: Path) -> None:
    folder = region_in(tmp_path, "skane")
    (tmp_path / "hemligt.md").write_text("---\ntitle: Hemligt\n---\nHej.\n", "utf-8")
    (folder / "start/kontakt.md").unlink()
    (folder / "start/kontakt.md").symlink_to(tmp_path / "hemligt.md")
    _, told = build(folder, bundles["1.0.0"], tmp_path / "build")
    assert [one["rule"] for one in told["diagnostics"]] == ["link-in-workspace"]


def test_a_failed_journey_keeps_the_bundle_from_being_built(bundles: dict[str, Path], tmp_path: Path) -> None:
    folder = region_in(tmp_path, "halland")
    (folder / "journeys").mkdir()
    own = "title: Det som inte händer\nsteps:\n  - day: 0\n    expect:\n      open: [fordjupning2]\n"
    (folder / "journeys/egen.yaml").write_text(own.replace("fordjupning2", ""), "utf-8")
    came, told = build(folder, bundles["1.0.0"], tmp_path / "build")
    assert came.exit_code == 1
    assert told["bundle"] is None
    assert [(one["name"], one["passed"]) for one in told["journeys"]] == [("egen", False), ("hog-risk", True)]
    assert not (tmp_path / "build").exists()


def test_a_folder_that_is_no_overlay_is_said_to_be_none(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "finns-inte"):
        came = CliRunner().invoke(group, ["overlay", "build", str(folder)])
        assert came.exit_code != 0
        assert "overlay new" in str(came.exception) + came.output


def test_texts_of_any_kind_stand_side_by_side_within_the_width() -> None:
    left, right = "a\nlika\n" + "ord " * 60 + "\n\x1b[31mröd", "lika\nny\n"
    lines = list(side_by_side(("er", left), ("deras", right), 80))
    assert all(len(line) <= 80 for line in lines)
    assert "\x1b" not in "".join(lines)
    assert any(line.startswith("  lika") and line.endswith("lika") for line in lines)


def test_every_stale_page_is_told_with_its_texts() -> None:
    files = upstream("1.1.0")
    kept = {
        f"overlays/exempel/{path.relative_to(KEPT / 'skane/overlays/exempel')}": path.read_bytes()
        for path in files_in("skane")
    }
    came = overlaid(files | kept)
    layer, _ = read_overlay("overlays/exempel", {path: text_file(path, data) for path, data in kept.items()})
    assert layer is not None
    (stale,) = stale_pages(layer, published(files), came.diagnostics)
    assert stale.stated != stale.digest


def made(example: str) -> Program:
    came = overlaid(example_files(example))
    assert came.diagnostics == ()
    assert came.program is not None
    return came.program


def files_in(region: str) -> list[Path]:
    return [path for path in sorted((KEPT / region / "overlays/exempel").rglob("*")) if path.is_file()]


def region_in(folder: Path, region: str) -> Path:
    shutil.copytree(KEPT / region, folder / region)
    return folder / region / "overlays/exempel"


def run(*words: object) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words], catch_exceptions=False)


def build(folder: Path, over: Path, output: Path) -> tuple[Result, Any]:
    came = run("overlay", "build", folder, "--over", over, "--output", output, "--format", "json")
    told = json.loads(came.stdout)
    jsonschema.validate(told, schema_of("overlay-build"))
    return came, told


# What the reader takes

BELOW = DerivedFrom("exempel", "1.0.0", f"sha256:{'0' * 64}")


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        pytest.param("{}", "manifest-invalid", id="nothing"),
        pytest.param(
            f'{{"digest":"{BELOW.digest}","program":"../x","version":"1.0.0"}}', "manifest-invalid", id="no id"
        ),
        pytest.param('{"digest":"md5:0","program":"exempel","version":"1.0.0"}', "manifest-invalid", id="no digest"),
        pytest.param(
            f'{{"digest":"{BELOW.digest}","program":"exempel","version":"1.0.0"}}', "program-mismatch", id="untrue"
        ),
    ],
)
def test_what_a_bundle_says_that_it_lies_over_is_true_or_it_is_refused(stated: str, code: str) -> None:
    content = archive_with_manifest(
        sample_content(), lambda manifest: manifest["annotations"].update({OVERLAY_OF: stated})
    )
    with pytest.raises(Refused) as refused:
        program_of(read_bundle(BytesIO(content)))
    assert refused.value.code == code


def test_an_overlay_that_hides_what_it_lies_over_is_refused() -> None:
    content = archive_with_manifest(
        sample_content(sample_program(overlay_of=BELOW)), lambda manifest: manifest["annotations"].pop(OVERLAY_OF)
    )
    with pytest.raises(Refused) as refused:
        program_of(read_bundle(BytesIO(content)))
    assert refused.value.code == "program-mismatch"


def test_the_runtime_takes_an_overlay_in_beside_what_it_lies_over(bundles: dict[str, Path], tmp_path: Path) -> None:
    _, told = build(region_in(tmp_path, "halland"), bundles["1.0.0"], tmp_path / "build")
    store = Store(tmp_path / "data")
    try:
        taken = []
        for path in (bundles["1.0.0"], Path(told["bundle"]["path"])):
            with path.open("rb") as stream:
                taken.append(import_bundle(stream, store, Policy.UNSIGNED_DEMONSTRATION, a_deed()).digest)
        assert taken == [told["bundle"]["overlay_of"]["digest"], told["bundle"]["digest"]]
        program = Programs(store).program(taken[1])
        assert [page.id for page in program.modules[0].pages] == ["sida", "har-finns-vi", "matning", "kontakt", "mer"]
        with Programs(store).bundle(taken[1]).open("media/overlays/exempel/media/karta.svg") as picture:
            assert b"<svg" in picture.read()
    finally:
        store.close()
