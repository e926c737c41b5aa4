"""What a release says of itself: taken from the program, signed with it, read strictly, shown to whoever signs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from bundles import archive_of, sample_content, sample_program
from federations import CLINICAL, FIRST, NOW, ONLINE, PUBLISHER, SECOND, ask, forged, founded, signed
from hypothesis import given
from hypothesis import strategies as st
from tuf.api.metadata import MetaFile

from designtool.bundle import read_bundle
from designtool.model.program import DerivedFrom
from designtool.share.federation import publication
from designtool.share.federation.about import (
    LONGEST_SUMMARY,
    LONGEST_TEXT,
    About,
    NotAbout,
    about_of,
    encode_about,
    facts,
    plain,
    read_about,
)
from designtool.share.federation.draft import describe, encode_draft, metadata_of, read_draft
from designtool.share.federation.problems import TrustProblem
from designtool.share.federation.release import release_of_bundle
from designtool.share.federation.roles import Release, release_name, release_of

DIGEST = f"sha256:{'ab' * 32}"
ABOUT = About(
    summary="Beteendeaktivering vid nedstämdhet.",
    kind="treatment",
    language="sv",
    age_min=18,
    age_max=None,
    severity="mild-to-moderate",
    conditions=("F32", "F33"),
    weeks=9,
    minutes_per_week=150,
    responsible="Karin Ekdahl",
    role="Legitimerad psykolog",
    contact="stod@a.example",
    licence="CC-BY-4.0",
    holder="Region A",
    review_by=date(2027, 5, 1),
    derived_from=DerivedFrom("grund", "1.0.0", DIGEST),
)


def release(name: str = "region-a/prov/1.1.0", about: About | None = ABOUT, digest: str = SECOND) -> Release:
    return Release(release_name(name), digest, 1000, "Provet", 5000, about)


def test_what_a_program_says_is_in_the_release_of_its_bundle() -> None:
    program = sample_program()
    made = release_of_bundle(read_bundle(BytesIO(archive_of(sample_content()))))
    assert made.about == about_of(program)
    assert made.about is not None and made.about.contact == program.publisher.contact
    assert read_about(json.loads(json.dumps(encode_about(made.about)))) == made.about


def test_the_day_of_review_comes_along() -> None:
    program = sample_program()
    program = replace(program, release=replace(program.release, review_by="2027-05-01"))
    assert about_of(program).review_by == date(2027, 5, 1)
    with pytest.raises(NotAbout):
        about_of(replace(program, release=replace(program.release, review_by="2027-02-30")))


def test_text_is_on_one_line_and_shows_all_that_is_in_it() -> None:
    program = replace(sample_program(), summary="Ett\u00adord\n\ntill\u202eog  \x1b[31mslut")
    assert about_of(program).summary == "Ettord tillog [31mslut"
    assert len(about_of(replace(program, summary="å" * 20_000)).summary) == LONGEST_SUMMARY


@given(st.text(max_size=LONGEST_TEXT * 2))
def test_whatever_is_written_can_be_read_again(words: str) -> None:
    made = replace(ABOUT, summary=plain(words, LONGEST_SUMMARY), contact=plain(words))
    try:
        assert read_about(encode_about(made)) == made
    except NotAbout:
        assert not plain(words), "nothing at all is no summary"


WRONG: dict[str, Any] = {
    "summary": ["", " ", 1, None, "a" * (LONGEST_SUMMARY + 1), "rad\nrad", "\x1b[2J", "a\u202eb", ["x"]],
    "kind": ["", "medicine", None, 1, ["treatment"], {}],
    "language": ["", "svenska!", "SV", 1, None, "sv-" + "a" * 400],
    "age": [None, 18, {}, {"min": "18"}, {"min": True}, {"min": -1}, {"min": 18, "max": 17}, {"min": 1, "max": 131}],
    "severity": [None, 1, "a" * (LONGEST_TEXT + 1), "a\tb", "  "],
    "conditions": [None, "F32", [1], [""], ["a" * (LONGEST_TEXT + 1)], ["F32\n"], ["F32"] * 101],
    "weeks": [None, 0, 1.5, "9", True, 10**9],
    "minutes_per_week": [None, 0, -1, "150", False, 10**6],
    "responsible": [None, "", 1, "a\x00b"],
    "role": [None, "", "a" * (LONGEST_TEXT + 1)],
    "contact": [None, "", ["a@b.example"], "a\u2028b"],
    "licence": [None, "", 4],
    "holder": [None, "", {}],
    "review_by": ["", "snart", "2027-02-30", "20270501", 2027, "2027-5-1", "２０２７-05-01"],
    "derived_from": ["x", [], {}, {"program": "../x", "version": "1.0.0", "digest": DIGEST}],
    "overlay_of": [
        {"program": "x", "version": "1.0", "digest": DIGEST},
        {"program": "x", "version": "1.0.0", "digest": DIGEST.upper()},
        {"program": 1, "version": "1.0.0", "digest": DIGEST},
    ],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG.items() for value in values])
def test_what_is_wrong_is_refused_by_its_key(key: str, value: object) -> None:
    content = encode_about(ABOUT)
    assert read_about(content) == ABOUT
    with pytest.raises(NotAbout, match=f"^{key}|^min$|^max$"):
        read_about({**content, key: value})


@pytest.mark.parametrize(
    "key", [key for key in encode_about(ABOUT) if key not in ("review_by", "derived_from", "overlay_of")]
)
def test_what_is_missing_is_refused(key: str) -> None:
    with pytest.raises(NotAbout):
        read_about({name: value for name, value in encode_about(ABOUT).items() if name != key})


@pytest.mark.parametrize("content", [None, [], "x", 1, True])
def test_what_is_no_object_is_refused(content: object) -> None:
    with pytest.raises(NotAbout, match="about"):
        read_about(content)


def test_it_is_signed_with_the_release_and_comes_back_from_metadata() -> None:
    made = founded()
    made.adopt(publication.draft_release(made.store, release(), NOW), PUBLISHER, CLINICAL)
    targets = metadata_of(made.store.files["2.region-a.json"], "region-a").signed.targets
    assert release_of(release_name("region-a/prov/1.1.0"), targets["region-a/prov/1.1.0"]) == release()
    before = release_of(release_name("region-a/prov/1.0.0"), targets["region-a/prov/1.0.0"])
    assert before.about is None, "a release that says nothing is a release"


@pytest.mark.parametrize("changed", [{"contact": "a\nb"}, {"weeks": 0}, {"summary": ""}])
def test_no_draft_is_made_of_what_could_not_be_read(changed: dict[str, Any]) -> None:
    made = founded()
    before = dict(made.store.files)
    with pytest.raises(TrustProblem) as problem:
        publication.draft_release(made.store, release(about=replace(ABOUT, **changed)), NOW)
    assert problem.value.code == "target-invalid"
    assert made.store.files == before


@pytest.mark.parametrize("about", [{"summary": "x" * 5000}, "<script>", None, {**encode_about(ABOUT), "weeks": "9"}])
def test_metadata_that_says_nonsense_is_not_trusted_and_not_signed(about: object, tmp_path: Any) -> None:
    made = founded()
    folder = made.trust_folder(tmp_path / "trust")
    assert ask(made.store, folder) == "trusted"

    def change(region: Any) -> None:
        region.version += 1
        region.targets["region-a/prov/1.0.0"].unrecognized_fields["custom"]["about"] = about

    made.store.files["2.region-a.json"] = forged(made.store, "region-a", change, (PUBLISHER, CLINICAL))
    made.stamp()
    assert ask(made.store, folder) == "trusted", "what breaks the rules is not stamped"
    # Somebody who has the key that stamps goes on.
    region = metadata_of(made.store.files["2.region-a.json"], "region-a")

    def newer(snapshot: Any) -> None:
        snapshot.version = 9
        snapshot.meta["region-a.json"] = MetaFile(region.signed.version)

    made.store.files["9.snapshot.json"] = forged(made.store, "snapshot", newer, [ONLINE])

    def later(timestamp: Any) -> None:
        timestamp.version += 5
        timestamp.snapshot_meta = MetaFile(9)

    made.store.files["timestamp.json"] = forged(made.store, "timestamp", later, [ONLINE])
    assert ask(made.store, folder) == "target-invalid"


def test_whoever_signs_reads_it_in_plain_words() -> None:
    made = founded()
    draft = publication.draft_release(made.store, release(), NOW)
    lines = [line.sv for line in describe(read_draft(encode_draft(draft), "utkast"))]
    assert "    Målgrupp: från 18 år, lindriga till måttliga besvär, ICD-10-SE: F32, F33  ← NYTT" in lines
    assert "    Omfattning: 9 veckor, 2 timmar 30 minuter i veckan  ← NYTT" in lines
    assert "    Ansvarig: Karin Ekdahl, Legitimerad psykolog  ← NYTT" in lines
    assert "    Granskas på nytt senast: 2027-05-01  ← NYTT" in lines
    made.adopt(signed(draft, PUBLISHER, CLINICAL))
    later = publication.draft_release(made.store, release("region-a/prov/1.2.0", digest=FIRST), NOW)
    shown = [line.sv for line in describe(later) if "Målgrupp" in line.sv]
    assert len(shown) == 1, "what was signed before does not hide what is new"
    moved = replace(ABOUT, contact="annan@a.example")
    changed = publication.draft_release(made.store, release(about=moved), NOW)
    (line,) = [line.sv for line in describe(changed) if "Kontakt" in line.sv]
    assert line == "    Kontakt: annan@a.example  ← ÄNDRAT, förut: Kontakt: stod@a.example"


def test_a_key_that_nothing_here_means_is_shown_to_whoever_signs() -> None:
    made = founded()
    draft = publication.draft_release(made.store, release(), NOW)
    metadata = json.loads(draft.metadata)
    metadata["signed"]["targets"]["region-a/prov/1.1.0"]["custom"]["about"]["extra\x1b"] = "<b>tyst</b>"
    later = replace(draft, metadata=json.dumps(metadata).encode())
    assert any("extra\N{REPLACEMENT CHARACTER}: <b>tyst</b>" in line.sv for line in describe(later))


def test_every_fact_has_words_in_both_languages() -> None:
    whole = replace(ABOUT, age_max=65, overlay_of=ABOUT.derived_from, review_by=None, minutes_per_week=60)
    told = {fact.key: fact for fact in facts(whole)}
    assert all(fact.label.sv and fact.label.en and fact.value.sv and fact.value.en for fact in told.values())
    assert told["audience"].value.en == "aged 18–65, mild to moderate, ICD-10-SE: F32, F33"
    assert told["length"].value.sv == "9 veckor, 1 timme i veckan"
    assert told["overlay_of"].value.sv == f"grund 1.0.0 ({DIGEST})"
