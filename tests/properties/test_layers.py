"""Whatever stands in a layer: there are findings and no faults, and the program below is as it was."""

from __future__ import annotations

import json
from typing import Any

from case_files import compiled, example_files
from hypothesis import given, settings
from hypothesis import strategies as st
from overlay_cases import findings, overlaid, published, upstream

from designtool.diagnostics import has_errors
from designtool.layer.version_range import version_range
from designtool.model.exercise import Exercise
from designtool.model.program import Program
from designtool.model.questionnaire import Questionnaire

_BELOW = upstream("1.0.0")
_BASE = published(_BELOW)
_PAGES = st.sampled_from(
    [
        "start/sida",
        "start/matning",
        "start/kontakt",
        "start/mer",
        "fordjupning/lasning",
        "library/kris",
        "start/finns-inte",
        "x",
    ]
)
_MODULES = st.sampled_from(["start", "fordjupning", "finns-inte"])
_FILES = st.sampled_from(["sida.md", "frågor.md", "fragor.md", "trasig.md", "finns-inte.md", "../ut.md"])
_AT = st.lists(st.sampled_from(["start", "every week", "end", "3 months after end", "never"]), max_size=4)
_LAYER = st.fixed_dictionaries(
    {},
    optional={
        "replace": st.lists(st.fixed_dictionaries({"page": _PAGES, "with": _FILES}), max_size=3),
        "hide": st.fixed_dictionaries(
            {}, optional={"pages": st.lists(_PAGES, max_size=3), "modules": st.lists(_MODULES, max_size=2)}
        ),
        "add": st.fixed_dictionaries(
            {},
            optional={
                "measurements": st.lists(
                    st.fixed_dictionaries({"questionnaire": st.sampled_from(["min_koll", "x"]), "at": _AT}), max_size=2
                ),
                "pages": st.lists(st.fixed_dictionaries({"in": _MODULES, "file": _FILES}), max_size=3),
                "modules": st.lists(st.sampled_from(["05-sorg", "02-fordjupning", "finns-inte"]), max_size=2),
            },
        ),
    },
)
_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["page", "with", "pages", "in", "at", "x"]), inner)
    ),
    max_leaves=8,
)
_ANYTHING = st.dictionaries(st.sampled_from(["title", "summary", "replace", "hide", "add", "x"]), _JSON)
_BESIDE = """\
-- variants/plus/sida.md --
---
title: En ny sida
---
Hej.
-- variants/plus/fragor.md --
---
title: Veckans frågor
---
:::{questionnaire} min_koll
:::
-- variants/plus/trasig.md --
---
title: Trasig
---
:::{questionnaire} finns_inte
-- variants/plus/05-sorg/module.yaml --
title: Sorg
goal: Du vet vad sorg är.
minutes: 20
introduction: true
-- variants/plus/05-sorg/10-sida.md --
---
title: Sorg
---
Hej.
"""


@settings(max_examples=60, deadline=None)
@given(st.one_of(_LAYER, _ANYTHING))
def test_a_variant_is_whole_or_told_to_be_wrong(layer: dict[str, Any]) -> None:
    written = json.dumps({"title": "Plus", **layer}, ensure_ascii=False)
    result = compiled(_BELOW | example_files(f"{_BESIDE}-- variants/plus.yaml --\n{written}\n"))
    (only,) = result.programs
    assert only.program == _BASE.program
    for found in only.diagnostics:
        assert found.span.path.startswith("programs/exempel/variants/")
    if not has_errors(list(result.diagnostics)):
        (variant,) = only.variants
        assert _means_the_same(_BASE.program, variant)


@settings(max_examples=40, deadline=None)
@given(st.one_of(_LAYER, _ANYTHING))
def test_an_overlay_is_whole_or_told_to_be_wrong(layer: dict[str, Any]) -> None:
    head = {
        "region": "vgr",
        "over": "exempel",
        "versions": ">=1.0",
        "version": "1.0.0",
        "publisher": {"responsible": "A", "role": "B", "contact": "C"},
    }
    digests = {"start/sida": "modules/01-start/10-sida.md", "start/kontakt": "modules/01-start/30-kontakt.md"}
    for entry in layer["replace"] if isinstance(layer.get("replace"), list) else ():
        if isinstance(entry, dict) and entry.get("page") in digests:
            file = _BASE.sources.tree.files[f"programs/exempel/{digests[entry['page']]}"]
            entry["replaces"] = file.digest
    written = json.dumps({**head, **layer, "title": "Plus"}, ensure_ascii=False)
    beside = _BESIDE.replace("-- variants/plus/", "-- /overlays/exempel/")
    files = _BELOW | example_files(f"{beside}-- /overlays/exempel/overlay.yaml --\n{written}\n")
    came = overlaid(files)
    for found in findings(files):
        assert found.span.path.startswith("overlays/exempel/")
    if not has_errors(list(came.diagnostics)):
        assert came.program is not None
        assert came.program.id == "exempel-vgr"
        assert _means_the_same(_BASE.program, came.program)


@given(st.text(alphabet=">=<.0123456789 ", max_size=20), st.tuples(*[st.integers(0, 9)] * 3))
def test_any_range_can_be_asked_about_any_version(text: str, version: tuple[int, int, int]) -> None:
    found = version_range(text)
    if found is not None and found.holds(".".join(map(str, version))):
        assert not found.is_empty


def _means_the_same(base: Program, layered: Program) -> bool:
    forms: tuple[Questionnaire | Exercise, ...] = (*base.questionnaires, *base.exercises)
    kept = {one.id: one for one in (*layered.questionnaires, *layered.exercises)}
    flagged = [one for one in forms if isinstance(one, Questionnaire) or one.flags or one.decision]
    asked = {one.argument for module in layered.modules for page in module.pages for one in page.blocks}
    return (
        all(kept.get(one.id) == one for one in flagged)
        and "min_koll" in asked
        and layered.crisis_page in layered.library_page
        and all(
            any(
                set(one.at) <= set(other.at)
                for other in layered.measurements
                if other.questionnaire == one.questionnaire
            )
            for one in base.measurements
        )
    )
