"""The catalogue: what is there, what may be begun with, what is new; said to people and to programs, whatever others write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import catalogues
import federations
import pytest
from catalogues import HOSTILE, PEOPLE, PROGRAMS, Place, agree, bundle_bytes, bundles, four_regions
from federations import DAY, NOW
from hypothesis import given
from hypothesis import strategies as st

from designtool.compare.reports import Compared
from designtool.diagnostics import Text
from designtool.model.program import DerivedFrom
from designtool.share.agreements.folder import read_agreement_folder
from designtool.share.agreements.terms import Agreement, Standing
from designtool.share.catalogue.differences import (
    FoundBundle,
    NotABundle,
    bundles_at,
    differences,
    program_from,
    programs_of,
)
from designtool.share.catalogue.entries import AgreementState, Catalogue, Entry, InUse, catalogue
from designtool.share.catalogue.page import Frame, catalogue_page
from designtool.share.catalogue.report import json_catalogue, text_report
from designtool.share.catalogue.words import CatalogueView, lines, unknown_difference, warnings
from designtool.share.federation.offers import Offers, RegionOffers, read_offers
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.region_keys import region_keys
from designtool.share.federation.roles import Release, release_name
from designtool.share.recalls.listing import Recall, recalls
from designtool.share.registries.folder import FolderRegistry
from designtool.share.registries.names import ProgramName, version_order
from designtool.share.registries.problems import RegistryProblem

TODAY = NOW.date()
LATER = NOW + 300 * DAY


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return four_regions(tmp_path_factory.mktemp("fyra") / "plats")


def made(place: Place, region: str = "region-b", now: datetime = NOW, in_use: Any = None, **more: Any) -> Catalogue:
    keys = region_keys(place.trust)
    standings = read_agreement_folder(place.agreements, keys).standings(keys, now.date())
    used = [one.in_use for one in found(place)] if in_use is None else in_use
    return catalogue(read_offers(place.trust), recalls(place.trust), standings, region, used, now, now.date(), **more)


def found(place: Place) -> list[FoundBundle]:
    return [one for one in bundles_at([place.build]) if isinstance(one, FoundBundle)]


def entry(of: Catalogue, name: str) -> Entry:
    (one,) = [one for one in of.entries if str(one.program) == name]
    return one


def said(one: Entry, key: str) -> list[str]:
    return [line.value.sv for line in lines(one) if line.key == key]


# What is there


def test_every_program_of_every_region_is_there_and_the_own_region_comes_last(shared: Place) -> None:
    of = made(shared)
    assert [str(one.program) for one in of.entries] == [
        "region-a/prov",
        "region-c/somn",
        "region-d/oro",
        "region-b/egen",
        "region-b/prov-hos-oss",
    ]
    assert [one.number for one in entry(of, "region-a/prov").versions] == ["2.0.0", "1.1.0", "1.0.0"]
    assert not of.is_expired and not warnings(CatalogueView(of))


def test_what_a_region_may_read_it_need_not_be_allowed_to_fetch(shared: Place) -> None:
    one = entry(made(shared), "region-d/oro")
    assert one.agreed.state == "missing" and one.best is None
    assert said(one, "length") == ["4 veckor, 1 timme i veckan"]


def test_the_newest_version_and_the_newest_that_may_be_begun_with_differ(shared: Place) -> None:
    one = entry(made(shared), "region-a/prov")
    assert (one.newest.number, one.best and one.best.number) == ("2.0.0", "1.1.0")
    assert one.agreed.state == "in-force" and one.agreed.until == date(2099, 12, 31) and one.agreed.uses == 200
    told = unknown_difference(one)
    assert told is not None and told.sv == (
        "Version 2.0.0 får nya behandlingar inte starta med: den ingår inte i avtalet. "
        "Den nyaste som de får starta med är 1.1.0."
    )


def test_a_recall_is_said_with_its_reason_and_what_to_use_instead(shared: Place) -> None:
    one = entry(made(shared), "region-c/somn")
    assert one.newest.is_stopped and not one.newest.may_begin
    assert said(one, "recall") == [
        "Version 1.1.0 är återkallad: inga nya behandlingar startas. Skäl: Fel i sömnfönstret. Använd version 1.0.0 i stället."
    ]


def test_a_recalled_version_is_never_the_one_to_go_on_to(tmp_path: Path) -> None:
    place = four_regions(tmp_path / "plats", using=())
    agree(place, "region-c", "somn", ">=1.0", date(2020, 1, 1), date(2099, 1, 31), None)
    one = entry(made(place), "region-c/somn")
    assert one.best is not None and one.best.number == "1.0.0"


def test_the_strongest_recall_comes_first_and_information_stops_nothing(shared: Place) -> None:
    name = release_name("region-a/prov/1.0.0")
    weak, strong = Recall(name, "info", "Läs detta."), Recall(name, "stop-use", "Farligt.")
    offers, keys = read_offers(shared.trust), region_keys(shared.trust)
    standings = read_agreement_folder(shared.agreements, keys).standings(keys, TODAY)
    of = catalogue(offers, [weak, strong], standings, "region-b", [], NOW, TODAY)
    version = entry(of, "region-a/prov").versions[-1]
    assert [one.level for one in version.recalls] == ["stop-use", "info"] and not version.may_begin
    of = catalogue(offers, [weak], standings, "region-b", [], NOW, TODAY)
    version = entry(of, "region-a/prov").versions[-1]
    assert version.may_begin and not version.is_stopped


def test_the_day_of_review_holds_through_its_last_day(shared: Place) -> None:
    assert entry(made(shared), "region-c/somn").is_review_due
    assert not entry(made(shared), "region-a/prov").is_review_due
    on_the_day = made(shared, now=datetime(2027, 11, 1, 12, tzinfo=UTC))
    assert not entry(on_the_day, "region-a/prov").is_review_due
    after = entry(made(shared, now=datetime(2027, 11, 2, 12, tzinfo=UTC)), "region-a/prov")
    assert said(after, "review-due") == [
        "Programmet skulle ha granskats på nytt senast 2027-11-01. Dagen har passerat."
    ]


def test_a_release_that_says_nothing_is_shown_with_what_is_known() -> None:
    release = Release(release_name("region-a/prov/1.0.0"), federations.FIRST, 1000, "Provet", 5000)
    offers = Offers((RegionOffers("region-a", (release,), (), LATER),), LATER)
    of = catalogue(offers, [], [], "region-b", [], NOW, TODAY)
    (one,) = of.entries
    assert one.about is None and not one.is_review_due
    assert said(one, "about") == [
        "Utgåvan säger ingenting om målgrupp, omfattning eller vem som svarar för den. Fråga regionen."
    ]
    assert "Provet" in text_report(CatalogueView(of), "sv")


# Agreements


TERMS = Agreement(
    "region-a", "region-b", ("prov",), ">=1.0 <2.0", date(2026, 1, 1), date(2026, 12, 31), None, "avtal@a"
)


def standing(state: Any = "in-force", ended: date | None = None, terms: Agreement = TERMS, **changes: Any) -> Standing:
    return Standing(replace(terms, **changes), f"sha256:{'0' * 64}", state, (), ended, ())


STATES: list[tuple[AgreementState, list[Standing] | None, str]] = [
    ("in-force", [standing()], "region-b"),
    ("in-force", [standing("expired"), standing(), standing("ended")], "region-b"),
    ("other-version", [standing(versions=">=7.0")], "region-b"),
    ("not-yet", [standing("not-yet")], "region-b"),
    ("proposed", [standing("proposed")], "region-b"),
    ("ended", [standing("ended", date(2026, 5, 1))], "region-b"),
    ("expired", [standing("expired")], "region-b"),
    ("missing", [], "region-b"),
    ("missing", [standing(programs=("annat",))], "region-b"),
    ("missing", [standing(taker="region-c")], "region-b"),
    ("missing", [standing(giver="region-c")], "region-b"),
    ("not-read", None, "region-b"),
    ("region-unknown", [standing()], ""),
    ("own", [], "region-a"),
]


@pytest.mark.parametrize(("state", "standings", "region"), STATES)
def test_how_an_agreement_stands(
    shared: Place, state: AgreementState, standings: list[Standing] | None, region: str
) -> None:
    of = catalogue(read_offers(shared.trust), [], standings, region, [], NOW, TODAY)
    one = entry(of, "region-a/prov")
    assert one.agreed.state == state
    assert (one.best is not None) is (state in ("in-force", "own"))
    for language in ("sv", "en"):
        (words,) = [line.value.in_language(language) for line in lines(one) if line.key == "agreement"]
        assert words and "None" not in words and "{" not in words


def test_whom_to_write_to_is_said_where_there_is_no_agreement(shared: Place) -> None:
    of = catalogue(read_offers(shared.trust), [], [], "region-b", [], NOW, TODAY)
    (words,) = said(entry(of, "region-a/prov"), "agreement")
    assert words == (
        "Er region har inget avtal med region-a om programmet, och kan inte hämta det. Skriv till program@region-a.example."
    )


def test_an_agreement_that_will_end_is_said_to_end_then(shared: Place) -> None:
    of = catalogue(read_offers(shared.trust), [], [standing(ended=date(2026, 12, 1))], "region-b", [], NOW, TODAY)
    assert entry(of, "region-a/prov").agreed.until == date(2026, 11, 30)


def test_of_an_overlay_the_agreement_about_what_lies_below_counts_too(shared: Place) -> None:
    one = entry(made(shared), "region-b/prov-hos-oss")
    assert one.base is not None and str(one.base[0]) == "region-a/prov/1.0.0" and one.base[1].state == "in-force"
    assert one.best is not None
    without = entry(catalogue(read_offers(shared.trust), [], [], "region-b", [], NOW, TODAY), "region-b/prov-hos-oss")
    assert without.agreed.state == "own" and without.base is not None and without.base[1].state == "missing"
    assert without.best is None, "what lies below may not be used"
    name = release_name("region-a/prov/1.0.0")
    stopped = catalogue(
        read_offers(shared.trust), [Recall(name, "no-new-patients", "Fel.")], [standing()], "region-b", [], NOW, TODAY
    )
    recalled = entry(stopped, "region-b/prov-hos-oss")
    assert recalled.best is None, "what lies below is recalled"
    assert said(recalled, "recall") == ["Version 1.0.0 är återkallad: inga nya behandlingar startas. Skäl: Fel."]


def test_why_an_overlay_may_not_be_begun_with_is_said_of_what_lies_below(shared: Place) -> None:
    older = next(bundled("region-b/prov-hos-oss/1.0.0"))
    in_use = [replace(older, name="region-b/prov-hos-oss/0.9.0", digest=f"sha256:{'9' * 64}")]
    offers, name = read_offers(shared.trust), release_name("region-a/prov/1.0.0")
    without = entry(catalogue(offers, [], [], "region-b", in_use, NOW, TODAY), "region-b/prov-hos-oss")
    told = unknown_difference(without)
    assert told is not None and told.sv == "Vad som är nytt visas inte: det saknas avtal om det den bygger på."
    recall = Recall(name, "stop-use", "Fel.")
    stopped = catalogue(offers, [recall], [standing()], "region-b", in_use, NOW, TODAY)
    told = unknown_difference(entry(stopped, "region-b/prov-hos-oss"))
    assert told is not None and told.sv == "Vad som är nytt visas inte: det den bygger på är återkallat."


# In use


def test_the_version_in_use_and_the_newer_one(shared: Place) -> None:
    one = entry(made(shared), "region-a/prov")
    (use,) = one.uses
    assert (use.version, use.is_released, one.is_newer(use)) == ("1.0.0", True, True)
    (step,) = one.steps
    assert (step.old_version, step.new_version) == ("1.0.0", "1.1.0")


def test_an_overlay_in_use_uses_what_lies_below_it(shared: Place) -> None:
    (overlay,) = bundled("region-b/prov-hos-oss/1.0.0")
    of = made(shared, in_use=[overlay])
    (use,) = entry(of, "region-a/prov").uses
    assert (use.version, use.overlay) == ("1.0.0", "region-b/prov-hos-oss/1.0.0")
    assert entry(of, "region-a/prov").steps, "what lies below it has a newer version"
    (own,) = entry(of, "region-b/prov-hos-oss").uses
    assert own.overlay == ""
    stranger = replace(overlay, overlay_of=DerivedFrom("prov", "1.0.0", f"sha256:{'9' * 64}"))
    assert not entry(made(shared, in_use=[stranger]), "region-a/prov").uses, "other bytes of the same name are not it"


def bundled(*names: str) -> Iterator[InUse]:
    for name in names:
        one = catalogues.bundle_of(PROGRAMS[name])
        yield InUse(name, one.digest, f"{name}.dtb", one.manifest.annotations.overlay_of)


def test_other_bytes_under_a_released_version_are_told(shared: Place) -> None:
    forged = InUse("region-a/prov/1.0.0", f"sha256:{'9' * 64}", "build/prov.dtb")
    one = entry(made(shared, in_use=[forged]), "region-a/prov")
    assert said(one, "other-bytes") == [
        "build/prov.dtb är inte det paket som regionen har skrivit under som version 1.0.0."
    ]
    assert not said(entry(made(shared), "region-a/prov"), "other-bytes")


def test_what_nobody_in_the_federation_has_released_is_told(shared: Place) -> None:
    of = made(shared, in_use=[InUse("region-x/annat/1.0.0", f"sha256:{'9' * 64}", "annat.dtb")])
    assert [one.sv for one in warnings(CatalogueView(of))] == [
        "annat.dtb (region-x/annat/1.0.0) är inte utgivet av någon region i federationen."
    ]


def test_files_that_are_no_bundles_are_told_and_hide_nothing(shared: Place, tmp_path: Path) -> None:
    (tmp_path / "trasig.dtb").write_bytes(b"hej")
    (tmp_path / "prov.dtb").write_bytes(bundle_bytes(PROGRAMS["region-a/prov/1.0.0"]))
    (tmp_path / "mapp.dtb").mkdir()
    (tmp_path / "anteckningar.txt").write_text("hej")
    seen = list(bundles_at([tmp_path, tmp_path / "prov.dtb"]))
    assert [type(one) for one in seen] == [NotABundle, FoundBundle, NotABundle]


def test_names_of_files_are_fit_for_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "prov\x1b[2J.dtb").write_bytes(bundle_bytes(PROGRAMS["region-a/prov/1.0.0"]))
    (one,) = bundles_at([tmp_path])
    assert isinstance(one, FoundBundle) and one.in_use.source.isprintable()


# What has changed


def test_what_has_changed_is_compared_by_meaning(shared: Place) -> None:
    files = {one.in_use.digest: one.path for one in found(shared)}
    with Counted(shared.registry) as registry:
        changed = differences(made(shared), programs_of(files, registry))
    ((step, compared),) = changed.items()
    assert isinstance(compared, Compared)
    assert {change.rule for change in compared.changes.changes} >= {"duration-changed", "review-day-changed"}
    assert compared.changes.required_bump == "major" and step.new_version == "1.1.0"
    assert len(registry.read) == 2, "the manifest and the program, and never a film"


class Counted(FolderRegistry):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read: list[str] = []

    def manifest(self, repository: str, reference: str) -> Any:
        self.read.append(reference)
        return super().manifest(repository, reference)

    def open_blob(self, repository: str, digest: str, size: int, progress: Any) -> Any:
        self.read.append(digest)
        return super().open_blob(repository, digest, size, progress)


def test_both_versions_can_come_from_the_registry(shared: Place) -> None:
    of = made(shared, in_use=list(bundled("region-b/prov-hos-oss/1.0.0")))
    with FolderRegistry(shared.registry) as registry:
        (compared,) = differences(of, programs_of({}, registry)).values()
    assert isinstance(compared, Compared) and compared.old.version == "1.0.0"


def test_nothing_is_fetched_and_nothing_is_guessed_without_an_agreement(shared: Place) -> None:
    of = made(shared, in_use=list(bundled("region-c/somn/1.0.0")))
    one = entry(of, "region-c/somn")
    assert not one.steps
    with Counted(shared.registry) as registry:
        assert differences(of, programs_of({}, registry)) == {}
    assert registry.read == []
    told = unknown_difference(one)
    assert told is not None and told.sv.startswith("Vad som är nytt visas inte: ")


def test_without_a_registry_it_is_said_what_is_missing(shared: Place) -> None:
    (told,) = differences(made(shared), programs_of({}, None)).values()
    assert isinstance(told, Text) and "--from" in told.sv


def test_what_the_registry_refuses_is_said(shared: Place, tmp_path: Path) -> None:
    (tmp_path / "tomt").mkdir()
    with FolderRegistry(tmp_path / "tomt") as registry:
        (told,) = differences(made(shared), programs_of({}, registry)).values()
    assert isinstance(told, Text) and told.sv


def test_a_program_of_another_name_is_not_taken_for_this_one(shared: Place) -> None:
    name = ProgramName("region-a", "prov")
    digest = entry(made(shared), "region-a/prov").versions[1].release.digest
    with FolderRegistry(shared.registry) as registry:
        assert program_from(registry, name, "1.1.0", digest).version == "1.1.0"
        with pytest.raises(RegistryProblem) as problem:
            program_from(registry, name, "1.2.0", digest)
    assert problem.value.code == "other-program"


def test_a_program_whose_bytes_were_changed_is_not_compared(tmp_path: Path) -> None:
    place = four_regions(tmp_path / "plats")
    of = made(place)
    digest = entry(of, "region-a/prov").versions[1].release.digest
    blob = next(path for path in place.registry.rglob(digest.removeprefix("sha256:")) if path.is_file())
    blob.write_bytes(blob.read_bytes().replace(b"1.1.0", b"9.9.9"))
    files = {one.in_use.digest: one.path for one in found(place)}
    with FolderRegistry(place.registry) as registry:
        (told,) = differences(of, programs_of(files, registry)).values()
    assert isinstance(told, Text)


def test_a_bundle_that_was_changed_since_it_was_found_is_not_compared(shared: Place, tmp_path: Path) -> None:
    other = tmp_path / "annat.dtb"
    other.write_bytes(bundles()["region-c/somn/1.0.0"])
    files = {one.in_use.digest: other for one in found(shared)}
    (told,) = differences(made(shared), programs_of(files, None)).values()
    assert isinstance(told, Text)


# Metadata that is old, or not right


def test_what_has_expired_is_read_and_said_loudly(shared: Place) -> None:
    of = made(shared, now=LATER)
    assert of.is_expired and all(part.is_expired for part in of.parts)
    view = CatalogueView(of)
    text = text_report(view, "sv")
    assert text.count("VARNING: ") == 1 + len(PEOPLE) and "Steg ur nedstämdhet, 2.0.0" in text
    assert "Uppgifterna har gått ut" in catalogue_page(view, "sv")


def test_nothing_verified_yet_is_told_with_a_code(shared: Place, tmp_path: Path) -> None:
    shared.made.trust_folder(tmp_path / "ny")
    with pytest.raises(TrustProblem) as problem:
        read_offers(tmp_path / "ny")
    assert problem.value.code == "trust-empty"


def spoilt_signature(data: bytes) -> bytes:
    return re.sub(rb'"sig":"[0-9a-f]{4}', b'"sig":"0000', data)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(spoilt_signature, id="signature"),
        pytest.param(lambda data: data.replace(b"region-d/oro", b"region-a/oro"), id="namespace"),
        pytest.param(lambda data: b"{}", id="empty"),
        pytest.param(lambda data: data[:100], id="cut"),
        pytest.param(lambda data: data.replace(b'"weeks":4', b'"weeks":"<b>"'), id="about"),
    ],
)
def test_what_is_wrong_with_one_region_hides_no_other(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    place = four_regions(tmp_path / "plats")
    file = place.trust / "client" / "region-d.json"
    before = file.read_bytes()
    file.write_bytes(spoil(before))
    assert file.read_bytes() != before
    offers = {one.region: one for one in read_offers(place.trust).regions}
    assert offers["region-d"].problem is not None and not offers["region-d"].releases
    assert all(offers[name].releases and offers[name].problem is None for name in ("region-a", "region-b", "region-c"))
    file.write_bytes(before)
    assert all(one.problem is None for one in read_offers(place.trust).regions)


def test_a_region_that_has_newer_information_is_said_to(tmp_path: Path) -> None:
    place = four_regions(tmp_path / "plats")
    file = place.trust / "client" / "region-a.json"
    old = file.read_bytes()
    draft = catalogues.publication.draft_renewal(place.made.store, "region-a", NOW)
    place.made.adopt(draft, *PEOPLE["region-a"])
    place.made.stamp(NOW)
    place.take_over(NOW)
    file.write_bytes(old)
    (offer,) = [one for one in read_offers(place.trust).regions if one.region == "region-a"]
    assert offer.releases and offer.problem is not None and "nyare uppgifter" in offer.problem.sv
    file.unlink()
    (offer,) = [one for one in read_offers(place.trust).regions if one.region == "region-a"]
    assert not offer.releases and offer.problem is not None and "inte hämtat" in offer.problem.sv


# As people see it


class Seen(HTMLParser):
    """Names of elements, attributes that do something, and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    return parser


def whole(place: Place) -> CatalogueView:
    of = made(place)
    with FolderRegistry(place.registry) as registry:
        return CatalogueView(of, differences(of, programs_of({}, registry)))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_words_of_other_regions_are_words_on_the_page(shared: Place, language: Any) -> None:
    page = seen(catalogue_page(whole(shared), language))
    assert not page.names & {"script", "img", "iframe", "object", "link", "form"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    links = [value or "" for name, value in page.attributes if name in ("href", "src")]
    assert links and all(value.startswith(("#", "mailto:program@")) for value in links)
    assert HOSTILE in "".join(page.words)
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value.removeprefix("#") for value in links if value.startswith("#")} <= set(ids) | {""}


def test_the_page_has_an_anchor_a_program_and_folds_the_changes(shared: Place) -> None:
    page = catalogue_page(whole(shared), "sv")
    for name in ("region-a.prov", "region-c.somn", "region-d.oro", "region-b.egen"):
        assert f'id="{name}"' in page and f'href="#{name}"' in page
    assert "<summary>Vad som är nytt från 1.0.0 till 1.1.0</summary>" in page
    assert '<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;' in page
    inside = catalogue_page(whole(shared), "sv", Frame("/unit/catalogue.css", "/unit", Text("Tillbaka", "Back")))
    assert '<link rel="stylesheet" href="/unit/catalogue.css">' in inside and "<style>" not in inside
    assert '<a href="/unit">Tillbaka</a>' in inside


def test_the_terminal_gets_no_control_characters(shared: Place) -> None:
    for language in ("sv", "en"):
        text = text_report(whole(shared), language)  # type: ignore[arg-type]
        assert all(letter.isprintable() or letter == "\n" for letter in text)
        assert "{" not in text.replace(HOSTILE, "")


def test_json_and_text_speak_of_the_same_programs(shared: Place) -> None:
    view = whole(shared)
    told = json_catalogue(view, "sv")
    names = [one["program"] for region in told["regions"] for one in region["programs"]]
    assert names == [str(one.program) for one in view.catalogue.entries]
    text = text_report(view, "sv")
    assert all(f"({name})" in text for name in names)


# Whatever versions there are


VERSIONS = st.lists(
    st.tuples(*[st.integers(0, 12)] * 3).map(lambda one: ".".join(map(str, one))), min_size=1, max_size=6, unique=True
)


@given(VERSIONS, st.data())
def test_of_any_versions_the_best_is_allowed_and_nothing_allowed_is_newer(versions: list[str], data: Any) -> None:
    releases = tuple(
        Release(release_name(f"region-a/prov/{one}"), f"sha256:{number:064x}", 1000, "Provet", 5000)
        for number, one in enumerate(versions)
    )
    stopped = data.draw(st.sets(st.sampled_from(versions)))
    used = data.draw(st.sampled_from(versions))
    offers = Offers((RegionOffers("region-a", releases, (), LATER),), LATER)
    recalled = [Recall(release_name(f"region-a/prov/{one}"), "no-new-patients", "Fel.") for one in stopped]
    in_use = [InUse(f"region-a/prov/{used}", f"sha256:{versions.index(used):064x}", "prov.dtb")]
    terms = standing(versions=data.draw(st.sampled_from([">=0.0", ">=1.0 <5.0", "<3.0"])))
    (one,) = catalogue(offers, recalled, [terms], "region-b", in_use, NOW, TODAY).entries
    allowed = [each for each in versions if each not in stopped and terms.covers("region-a", "region-b", "prov", each)]
    assert [each.number for each in one.versions] == sorted(versions, key=version_order, reverse=True)
    assert (one.best.number if one.best else None) == max(allowed, key=version_order, default=None)
    assert bool(one.steps) is any(version_order(each) > version_order(used) for each in allowed)
    assert (unknown_difference(one) is None) is (
        not one.is_newer(one.uses[0]) or (one.best is not None and one.best is one.newest)
    )
