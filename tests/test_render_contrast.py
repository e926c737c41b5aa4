"""The colours of tokens.css: every pair of text and ground that the style sheet uses is readable, in light and in dark."""

from __future__ import annotations

import re

import pytest

from designtool import resources

TEXT_ON_GROUND = (
    *(
        (ink, ground)
        for ink in ("ink", "ink-quiet", "primary", "primary-strong", "wrong-ink")
        for ground in ("ground", "surface", "sunken")
    ),
    ("on-primary", "primary"),
    ("on-primary", "primary-strong"),
    ("primary", "primary-soft"),
    ("primary-ink", "primary-soft"),
    ("primary-ink", "surface"),
    ("primary-ink", "ground"),
    ("ink", "primary-soft"),
    ("ink-quiet", "primary-soft"),
    ("ink", "warm-soft"),
    ("warm-ink", "warm-soft"),
    ("warm-ink", "surface"),
    ("primary", "warm-soft"),
    ("on-warm", "warm"),
    ("ink", "crisis-soft"),
    ("crisis-ink", "crisis-soft"),
    ("on-crisis", "crisis"),
    ("on-crisis", "crisis-strong"),
    ("ink", "wrong-soft"),
    ("wrong-ink", "wrong-soft"),
    ("ink", "own-soft"),
    ("own-ink", "own-soft"),
    ("own-ink", "ground"),
    ("ink", "flag-red-soft"),
    ("flag-red-ink", "flag-red-soft"),
    ("primary", "flag-red-soft"),
    ("surface", "flag-red"),
    ("flag-yellow-ink", "flag-yellow-soft"),
    *((ink, f"band-{number}") for ink in ("ink", "ink-quiet") for number in range(5)),
)
SHAPE_ON_GROUND = (
    *(("line-strong", ground) for ground in ("ground", "surface")),
    *(("primary", ground) for ground in ("ground", "surface")),
    ("focus", "ground"),
    ("focus", "surface"),
    ("wrong", "surface"),
    ("own", "surface"),
    *((f"line-{number}", "surface") for number in range(4)),
    *(("line-0", f"band-{number}") for number in range(5)),
)


def palettes() -> dict[str, dict[str, str]]:
    css = (resources.static() / "tokens.css").read_text(encoding="utf-8")
    light = css.split("@media", 1)[0]
    dark = css.split("@media (prefers-color-scheme: dark)", 1)[1].split("@media", 1)[0]
    found = {
        name: dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", part))
        for name, part in (("light", light), ("dark", dark))
    }
    return {"light": found["light"], "dark": found["light"] | found["dark"]}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_worked_out_as_the_guidelines_do() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read(scheme: str, ink: str, ground: str) -> None:
    palette = palettes()[scheme]
    assert contrast(palette[ink], palette[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON_GROUND)
def test_shapes_can_be_seen(scheme: str, shape: str, ground: str) -> None:
    palette = palettes()[scheme]
    assert contrast(palette[shape], palette[ground]) >= 3


def test_the_dark_scheme_has_a_colour_for_each_light_one() -> None:
    css = (resources.static() / "tokens.css").read_text(encoding="utf-8")
    dark = css.split("@media (prefers-color-scheme: dark)", 1)[1].split("@media", 1)[0]
    assert set(palettes()["light"]) == set(re.findall(r"--([\w-]+):\s*#[0-9a-f]{6};", dark))


def test_colours_stand_in_the_tokens_alone() -> None:
    css = (resources.static() / "pages.css").read_text(encoding="utf-8")
    named = set(re.findall(r"var\(--([\w-]+)\)", css))
    known = set(re.findall(r"--([\w-]+):", (resources.static() / "tokens.css").read_text(encoding="utf-8")))
    assert named <= known
    assert re.findall(r"#[0-9a-f]{6}\b", css) == []
