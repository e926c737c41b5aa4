"""Variants: a layer over a program, built as a program of its own, that never alters what answers come to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from case_files import MINIMAL, TODAY, compiled, example_files, overlaid
from click.testing import CliRunner, Result

from designtool.bundle import program_of, read_bundle
from designtool.cli import group
from designtool.incremental import compile_again
from designtool.model.program import Program
from designtool.pipeline import Compiled, compile_tree
from designtool.preview.studio import Studio
from designtool.source import read

PAGE = "---\ntitle: {title}\n---\n{text}\n"
FILM = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>Träd</title></svg>\n'
LARGE = """\
-- modules/01-start/20-mer.md --
---
title: Mer att läsa
---
Här finns mer att läsa.
-- modules/02-vidare/module.yaml --
title: Vidare
goal: Du vet vad som kommer sedan.
minutes: 20
homework:
  - min_lista
-- modules/02-vidare/10-sida.md --
---
title: Vidare
---
Nu går vi vidare.

:::{exercise} min_lista
:::
-- modules/02-vidare/exercises/min_lista.yaml --
title: Min lista
kind: worksheet
fields:
  - id: forst
    type: text
    label: Vad ska du göra först?
    required: true
-- journeys/lugnt.yaml --
title: Allt är lugnt
steps:
  - day: 0
    does:
      - fill: min_koll
        answers:
          q1: 1
          q2: 1
    expect:
      open: [start]
      scores:
        min_koll.total: 2
      flags: []
"""
LAYER = """\
-- variants/plus.yaml --
title: Exempel Plus
summary: Ett litet program med mer.
replace:
  - page: start/sida
    with: text/sida.md
hide:
  modules: [vidare]
  pages: [start/mer]
add:
  measurements:
    - questionnaire: min_koll
      at: [start, every week, end, 3 months after end]
      window_days: 5
    - questionnaire: min_somn
      at: [start, end]
  pages:
    - in: start
      file: 15-bild.md
  modules: [05-sorg]
-- variants/plus/text/sida.md --
---
title: Första sidan
---
Nu är det dags att skriva. Ta god tid på dig.

:::{exercise} min_plan
:::
-- variants/plus/15-bild.md --
---
title: En bild
---
:::{image} media/trad.svg
:alt: Ett träd
:::
-- variants/plus/media/trad.svg --
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>Träd</title></svg>
-- variants/plus/05-sorg/module.yaml --
title: Sorg
goal: Du vet vad sorg är.
minutes: 20
homework:
  - min_sorg
-- variants/plus/05-sorg/10-om-sorg.md --
---
title: Om sorg
---
Skriv ner det du bär på.

:::{exercise} min_sorg
:::
-- variants/plus/05-sorg/exercises/min_sorg.yaml --
title: Min sorg
kind: worksheet
fields:
  - id: vad
    type: text
    label: Vad bär du på?
    required: true
-- variants/plus/questionnaires/min_somn.yaml --
title: Hur sover du?
instrument:
  name: Egen fråga
  language: sv
  licence: CC-BY-4.0
  holder: Västra Götalandsregionen
  source: Egen text
options:
  frequency:
    - value: 0
      label: Bra
    - value: 1
      label: Dåligt
items:
  - id: q1
    text: Hur har du sovit?
    options: frequency
scores:
  - id: total
    label: Summa
    method: sum
    items: [q1]
    missing:
      rule: require-all
      at_least: 1
    range: [0, 1]
    bands:
      - from: 0
        label: Bra
      - from: 1
        label: Dåligt
"""


def made(example: str) -> Compiled:
    return compiled(example_files(example))


def variant(example: str) -> Program:
    result = made(example)
    assert result.diagnostics == ()
    (only,) = result.programs[0].variants
    return only


def found(example: str) -> list[tuple[str, str, int | None]]:
    return [
        (one.rule, one.span.path.removeprefix("programs/exempel/"), one.span.line) for one in made(example).diagnostics
    ]


def test_a_variant_is_the_program_with_the_layer_over_it() -> None:
    program = variant(LARGE + LAYER)
    assert (program.id, program.version, program.title) == ("exempel-plus", "1.0.0", "Exempel Plus")
    assert program.summary == "Ett litet program med mer."
    assert [(module.id, [page.id for page in module.pages]) for module in program.modules] == [
        ("start", ["sida", "bild"]),
        ("sorg", ["om-sorg"]),
    ]
    assert [(one.questionnaire, len(one.at), one.window_days) for one in program.measurements] == [
        ("min_koll", 4, 5),
        ("min_somn", 2, program.measurements[1].window_days),
    ]
    assert [one.id for one in program.exercises] == ["min_plan", "min_sorg"]
    assert [media.path for media in program.media] == ["programs/exempel/variants/plus/media/trad.svg"]
    assert [journey.id for journey in program.journeys] == ["lugnt"]


def test_a_module_may_have_another_title() -> None:
    plus = "-- variants/plus.yaml --\ntitle: Plus\ntitles:\n  start: Kom i gång\n"
    assert [module.title for module in variant(LARGE + plus).modules] == ["Kom i gång", "Vidare"]
    assert found(LARGE + plus.replace("start:", "stat:")) == [("broken-reference", "variants/plus.yaml", 3)]
    twice = f"{plus}  vidare: Framåt\nhide:\n  modules: [vidare]\n"
    assert found(LARGE + twice) == [("layer-says-twice", "variants/plus.yaml", 4)]


def test_the_program_below_is_as_if_there_were_no_variant() -> None:
    assert made(LARGE + LAYER).programs[0].program == made(LARGE).programs[0].program


def test_unlocking_goes_on_from_the_module_that_now_comes_before() -> None:
    assert variant(LARGE + LAYER).module["sorg"].unlock.after == "start"


def test_what_the_program_says_as_well_is_not_said_twice() -> None:
    warned = LARGE.replace("Här finns mer att läsa.", "Läs mer [här](https://example.org/).")
    assert found(warned) == found(warned + "-- variants/plus.yaml --\ntitle: Plus\n") != []


def test_a_finding_in_a_replaced_page_is_told_though_the_page_below_has_the_same_one() -> None:
    page = (
        "---\ntitle: Första\n---\n% designtool: allow missing-altt – behövs inte\nHej.\n\n:::{exercise} min_plan\n:::\n"
    )
    layer = "-- variants/plus.yaml --\ntitle: Plus\nreplace:\n  - page: start/sida\n    with: sida.md\n"
    assert found(f"-- modules/01-start/10-sida.md --\n{page}{layer}-- variants/plus/sida.md --\n{page}") == [
        ("idle-exception", "modules/01-start/10-sida.md", 4),
        ("idle-exception", "variants/plus/sida.md", 4),
    ]


def test_an_exception_in_a_layers_page_holds_there() -> None:
    page = "---\ntitle: Mer\n---\n% designtool: allow vague-link-text – sidan heter så\nLäs mer [här](https://example.org/).\n"
    layer = "-- variants/plus.yaml --\ntitle: Plus\nadd:\n  pages:\n    - in: start\n      file: 15-mer.md\n-- variants/plus/15-mer.md --\n"
    assert found(layer + page) == []
    assert [
        rule for rule, _, _ in found(layer + page.replace("% designtool: allow vague-link-text – sidan heter så\n", ""))
    ] == ["vague-link-text"]


WRONG: Mapping[str, tuple[str, list[tuple[str, str, int | None]]]] = {
    "a page that is not there": (
        "title: Plus\nreplace:\n  - page: start/sidan\n    with: sida.md\n",
        [("broken-reference", "variants/plus.yaml", 3), ("broken-reference", "variants/plus.yaml", 4)],
    ),
    "a module that is not there": (
        "title: Plus\nhide:\n  modules: [slut]\n",
        [("broken-reference", "variants/plus.yaml", 3)],
    ),
    "a page hidden that is not there": (
        "title: Plus\nhide:\n  pages: [start/slut]\n",
        [("broken-reference", "variants/plus.yaml", 3)],
    ),
    "a folder that is not there": (
        "title: Plus\nadd:\n  modules: [05-sorg]\n",
        [("broken-reference", "variants/plus.yaml", 3)],
    ),
    "a way out of the folder": (
        "title: Plus\nreplace:\n  - page: start/sida\n    with: ../../program.md\n",
        [("wrong-value", "variants/plus.yaml", 4)],
    ),
    "an absolute way": (
        "title: Plus\nadd:\n  pages:\n    - in: start\n      file: /etc/passwd.md\n",
        [("wrong-value", "variants/plus.yaml", 5)],
    ),
    "a questionnaire that is not there": (
        "title: Plus\nadd:\n  measurements:\n    - questionnaire: gad7\n      at: [start]\n",
        [("broken-reference", "variants/plus.yaml", 4)],
    ),
    "an occasion that does not exist": (
        "title: Plus\nadd:\n  measurements:\n    - questionnaire: min_koll\n      at: [start, every week, end, sometimes]\n",
        [("unknown-occasion", "variants/plus.yaml", 5)],
    ),
    "a measurement twice": (
        "title: Plus\nadd:\n  measurements:\n    - questionnaire: min_koll\n      at: [start, every week, end]\n"
        "    - questionnaire: min_koll\n      at: [start, every week, end]\n",
        [("layer-says-twice", "variants/plus.yaml", 6)],
    ),
    "no title": ("summary: Plus\n", [("missing-key", "variants/plus.yaml", 1)]),
    "an unknown key": ("title: Plus\nscores: []\n", [("unknown-key", "variants/plus.yaml", 2)]),
    "a list": ("- plus\n", [("wrong-type", "variants/plus.yaml", 1)]),
    "nothing": ("", [("wrong-type", "variants/plus.yaml", 1)]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_in_the_variants_file(name: str) -> None:
    written, expected = WRONG[name]
    assert found(f"-- variants/plus.yaml --\n{written}") == expected


def test_a_variant_that_cannot_be_read_is_one_finding_and_the_program_is_still_there() -> None:
    result = made("-- variants/plus.yaml --\ntitle: [Plus\n")
    assert len(result.diagnostics) == 1
    assert result.programs[0].program is not None
    assert result.programs[0].variants == ()


def test_no_word_of_a_layers_folder_is_lost_unseen() -> None:
    files = (
        "-- variants/plus.yaml --\ntitle: Plus\n-- variants/plus/glomd.md --\nHej\n-- variants/extra/sida.md --\nHej\n"
    )
    assert found(files) == [
        ("stray-file", "variants/extra/sida.md", None),
        ("stray-file", "variants/plus/glomd.md", None),
    ]


def test_a_broken_page_in_a_layer_is_told_where_it_is_written() -> None:
    files = "-- variants/plus.yaml --\ntitle: Plus\nreplace:\n  - page: start/sida\n    with: sida.md\n"
    page = "-- variants/plus/sida.md --\n---\ntitle: Första\n---\n:::{exercise} min_plann\n:::\n"
    assert ("broken-reference", "variants/plus/sida.md", 4) in found(files + page)


def test_what_a_layer_breaks_in_the_program_is_told_at_the_layer_with_the_other_place() -> None:
    linked = "-- modules/01-start/20-mer.md --\n---\ntitle: Mer\n---\nLäs vidare på [nästa sida](vidare/sida).\n"
    second = LARGE[LARGE.index("-- modules/02-vidare/module.yaml") :]
    result = made(linked + second + "-- variants/plus.yaml --\ntitle: Plus\nhide:\n  modules: [vidare]\n")
    (only,) = result.diagnostics
    assert (only.rule, only.span.path) == ("broken-reference", "programs/exempel/variants/plus.yaml")
    assert only.message.sv.startswith("med plus: ")
    assert [one.span.path for one in only.related] == ["programs/exempel/modules/01-start/20-mer.md"]


def test_an_error_in_the_program_comes_first_and_alone() -> None:
    wrong = LARGE.replace(":::{exercise} min_lista", ":::{exercise} min_list")
    assert {path for _, path, _ in found(wrong + LAYER)} == {path for _, path, _ in found(wrong)}


RISK = """\
-- questionnaires/min_koll.yaml (change) --
-    options: frequency
-scores:
+    options: frequency
+  - id: q3
+    text: Har du tankar på att du inte vill leva?
+    options: frequency
+    risk: suicidality
+    scored: false
+scores:
-recall: Den senaste veckan
+recall: Den senaste veckan
+flags:
+  - when: q3 >= 1
+    level: red
+    to: unit
+    escalate_after_hours: 24
+    patient_page: library/kris
-- modules/01-start/20-matning.md --
---
title: Veckans frågor
---
:::{questionnaire} min_koll
:::
"""
PLUS = "-- variants/plus.yaml --\ntitle: Plus\n"
SAME_NAME = (
    "replace:\n  - page: start/matning\n    with: sida.md\n-- variants/plus/sida.md --\n---\ntitle: Veckans frågor\n"
)


@pytest.mark.parametrize(
    ("layer", "is_allowed"),
    [
        pytest.param("hide:\n  pages: [start/matning]\n", False, id="hidden"),
        pytest.param(f"{SAME_NAME}---\nHej.\n", False, id="not asked any more"),
        pytest.param(
            f"{SAME_NAME}---\n:::{{if}} min_koll.total > 2\n:::{{questionnaire}} min_koll\n:::\n:::\n",
            False,
            id="sometimes",
        ),
        pytest.param(
            f"{SAME_NAME}---\n:::{{reveal}} Frågor\n:::{{questionnaire}} min_koll\n:::\n:::\n", False, id="folded away"
        ),
        pytest.param(
            f"{SAME_NAME}---\n:::{{therapist}}\n:::{{questionnaire}} min_koll\n:::\n:::\n", False, id="for therapists"
        ),
        pytest.param(
            f"{SAME_NAME}show_if: min_koll.total > 2\n---\n:::{{questionnaire}} min_koll\n:::\n",
            False,
            id="a page at times",
        ),
        pytest.param(f"{SAME_NAME}---\nEn ny text.\n\n:::{{questionnaire}} min_koll\n:::\n", True, id="written anew"),
    ],
)
def test_a_question_that_can_raise_a_flag_is_asked_as_before(layer: str, is_allowed: bool) -> None:
    assert made(RISK).diagnostics == ()
    rules = {one.rule for one in made(RISK + PLUS + layer).diagnostics if one.severity == "error"}
    assert rules == (set() if is_allowed else {"hidden-safety"})


def test_a_module_with_safety_or_with_a_risk_question_is_not_hidden() -> None:
    asked = RISK.replace("modules/01-start/20-matning.md", "modules/02-vidare/20-matning.md").replace(
        "-- modules/02",
        "-- modules/02-vidare/module.yaml --\ntitle: Vidare\ngoal: Du vet.\nminutes: 20\nintroduction: true\n-- modules/02",
        1,
    )
    hide = PLUS + "hide:\n  modules: [vidare]\n"
    assert found(asked + hide) == [("hidden-safety", "variants/plus.yaml", 3)]
    safe = LARGE.replace("title: Vidare\ngoal", "title: Vidare\nsafety: true\ngoal")
    assert found(safe + hide) == [("hidden-safety", "variants/plus.yaml", 3)]


def test_a_page_for_safety_stays_marked() -> None:
    safe = "-- modules/01-start/20-trygg.md --\n---\ntitle: Trygg\nsafety: true\n---\nDu kan höra av dig.\n"
    layer = f"{PLUS}replace:\n  - page: start/trygg\n    with: trygg.md\n-- variants/plus/trygg.md --\n---\ntitle: Trygg\n---\nHej.\n"
    assert found(safe + layer) == [("hidden-safety", "variants/plus.yaml", 3)]


def test_a_questionnaire_or_exercise_of_the_program_cannot_be_laid_over() -> None:
    names = ("questionnaires/min_koll.yaml", "modules/01-start/exercises/min_plan.yaml")
    tree = overlaid({}).files
    for name in names:
        data = tree[f"programs/exempel/{name}"].data
        assert data is not None
        short = name.removeprefix("modules/01-start/")
        files = example_files(PLUS) | {f"programs/exempel/variants/plus/{short}": data}
        assert {one.rule for one in compiled(files).diagnostics} & {"layer-name-taken", "duplicate-id"}


def test_a_replaced_number_for_emergencies_must_still_be_112() -> None:
    contacts = (
        '-- variants/plus/contacts.yaml --\ncrisis:\n  label: Vid fara för liv\n  phone: "{}"\n  checked: 2026-11-01\n'
    )
    assert found(PLUS + contacts.format("010-123 45 67")) == [
        ("crisis-page-without-help", "variants/plus/contacts.yaml", 1)
    ]
    changed = variant(PLUS + contacts.format("112").replace("Vid fara för liv", "När det är bråttom"))
    assert changed.contact["crisis"].label == "När det är bråttom"


def test_a_journey_of_the_variant_stands_in_for_the_one_of_its_name() -> None:
    own = "-- variants/plus/journeys/lugnt.yaml --\ntitle: Lugnt i Plus\nsteps:\n  - day: 0\n    expect:\n      open: [start]\n"
    assert [one.title for one in variant(LARGE + LAYER + own).journeys] == ["Lugnt i Plus"]


def test_compiling_again_finds_and_makes_the_same() -> None:
    before = None
    wrong = LAYER.replace("modules: [vidare]", "modules: [vidare, vidare]")
    for example in (LARGE, LARGE + LAYER, LARGE + wrong, LARGE + LAYER, LARGE):
        tree = overlaid(example_files(example))
        before = compile_again(before, tree, (), TODAY)
        whole = compile_tree(tree, (), TODAY)
        assert before.compiled.diagnostics == whole.diagnostics
        assert before.compiled.programs == whole.programs


# The commands


def written(folder: Path, example: str) -> Path:
    for file in read(MINIMAL)[0].files.values():
        _write(folder / file.path, file.data or b"")
    for path, data in example_files(example).items():
        assert data is not None
        _write(folder / path, data)
    return folder


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def run(*words: object) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words], catch_exceptions=False)


def built(root: Path, output: Path) -> dict[str, str]:
    told = run("build", root, "--output", output, "--format", "json")
    assert told.exit_code == 0, told.output
    return {one["program"]: one["digest"] for one in json.loads(told.stdout)["bundles"]}


def test_build_writes_the_program_and_its_variants_and_again_from_what_they_carry(tmp_path: Path) -> None:
    root = written(tmp_path / "own", LARGE + LAYER)
    digests = built(root, tmp_path / "build")
    assert list(digests) == ["exempel", "exempel-plus"]
    assert built(root, tmp_path / "build") == digests, "and from the memo"
    with (tmp_path / "build/exempel-plus-1.0.0.dtb").open("rb") as stream:
        bundle = read_bundle(stream)
        assert program_of(bundle).title == "Exempel Plus"
    for name in digests:
        again = tmp_path / f"from-{name}"
        assert run("unbundle", tmp_path / f"build/{name}-1.0.0.dtb", "--output", again).exit_code == 0
        assert built(again, tmp_path / f"again-{name}") == digests


def test_a_lost_bundle_of_a_variant_is_built_again(tmp_path: Path) -> None:
    root = written(tmp_path / "own", LARGE + LAYER)
    digests = built(root, tmp_path / "build")
    (tmp_path / "build/exempel-plus-1.0.0.dtb").unlink()
    assert built(root, tmp_path / "build") == digests
    assert (tmp_path / "build/exempel-plus-1.0.0.dtb").is_file()


def test_the_journeys_run_on_the_variant_as_well(tmp_path: Path) -> None:
    root = written(tmp_path / "own", LARGE + LAYER)
    told = json.loads(run("test", root, "--format", "json").stdout)
    assert [(one["program"], one["name"], one["passed"]) for one in told["journeys"]] == [
        ("exempel", "lugnt", True),
        ("exempel-plus", "lugnt", True),
    ]


def test_a_variant_may_not_have_the_name_of_another_program(tmp_path: Path) -> None:
    root = written(tmp_path / "own", LARGE + LAYER)
    (root / "programs/exempel-plus").mkdir()
    told = run("build", root / "programs/exempel", "--output", tmp_path / "build")
    assert told.exit_code == 2 or "exempel-plus" in str(told.exception)


def test_inspect_names_the_variants_of_a_variants_bundle(tmp_path: Path) -> None:
    root = written(tmp_path / "own", LARGE + LAYER)
    built(root, tmp_path / "build")
    told = json.loads(run("inspect", tmp_path / "build/exempel-plus-1.0.0.dtb", "--format", "json").stdout)
    assert (told["program"], told["variants"], told["overlay_of"]) == ("exempel-plus", ["plus"], None)


def test_the_preview_shows_the_variant_beside_its_program(tmp_path: Path) -> None:
    root = written(tmp_path, LARGE + LAYER)
    studio = Studio(root, None, lambda: TODAY, _no_fault)
    studio.refresh()
    studio.prove()
    assert {name: one.program.title for name, one in studio.shown.items() if one.program} == {
        "exempel": "Exempel",
        "exempel-plus": "Exempel Plus",
    }
    assert studio.simulate("exempel-plus", "lugnt", 3) is not None

    before = studio.pages_version
    page = root / "programs/exempel/variants/plus/text/sida.md"
    page.write_text(page.read_text("utf-8").replace("Ta god tid", "Ta all tid"), "utf-8")
    studio.refresh()
    studio.prove()
    assert studio.pages_version > before
    assert "Ta all tid" in str(studio.shown["exempel-plus"].program)

    layer = root / "programs/exempel/variants/plus.yaml"
    whole = layer.read_text("utf-8")
    layer.write_text(whole.replace("start/mer", "start/meer"), "utf-8")
    studio.refresh()
    studio.prove()
    assert studio.shown["exempel-plus"].is_old
    assert "Ta all tid" in str(studio.shown["exempel-plus"].program)
    assert [one.rule for one in studio.shown["exempel-plus"].errors] == ["broken-reference"]

    layer.unlink()
    studio.refresh()
    studio.prove()
    assert list(studio.shown) == ["exempel"]


def _no_fault(fault: Exception) -> None:
    raise fault
