"""Generated workspaces to measure on: S is one program of 80 pages, M ten of them, L a hundred. A seed makes them all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

SIZES = {"S": 1, "M": 10, "L": 100}
MODULES = 10
PAGES = 8
EXERCISES = 4
ITEMS = 12
WORDS = 600

_WORDS = (  # noqa: SIM905
    "du kan börja med något litet som ger energi och sedan se vad som händer när veckan går det är vanligt att känna "
    "sig trött efter en natt med lite sömn men kroppen hittar ofta tillbaka om den får en lugn rytm skriv ner hur du "
    "mår före och efter en aktivitet så märker du lättare vad som hjälper ibland vill tankarna hindra oss då går det "
    "att öva på att göra ett annat val steg för steg tillsammans med någon du litar på promenad frukost samtal musik "
    "trädgård arbete vila skratt kvällen morgonen lunchen planen övningen behandlaren veckan dagboken"
).split()


_MEASURED_AT_THE_END = "".join(
    f"  - questionnaire: formular_{number:02d}\n    at:\n      - end\n    window_days: 3\n"
    for number in range(1, MODULES)
)


def write_corpus(root: Path, size: str, seed: int) -> None:
    """A workspace in an empty folder."""
    chance = random.Random(f"{seed}-{size}")
    for path, text in _files(SIZES[size], chance):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _files(programs: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    yield "designtool.yaml", "format: 1\nregion: vgr\nlanguage: sv\nprograms: programs\n"
    yield (
        "programs/library/contacts.yaml",
        'crisis:\n  label: Vid fara för liv\n  phone: "112"\n  checked: 2026-11-01\n',
    )
    yield "programs/library/pages/kris.md", "---\ntitle: Hjälp nu\n---\nRing {contact}`crisis` vid fara för liv.\n"
    for number in range(programs):
        folder = f"programs/program-{number:03d}"
        yield f"{folder}/program.yaml", _program(f"program-{number:03d}")
        yield f"{folder}/media/bild.svg", _PICTURE
        for module in range(MODULES):
            inside = f"{folder}/modules/{module:02d}-modul-{module:02d}"
            names = [f"ovning_{module:02d}_{exercise}" for exercise in range(EXERCISES)]
            yield f"{inside}/module.yaml", _module(module, names)
            yield f"{inside}/therapist.md", f"{_paragraph(chance, 40)}\n"
            for page in range(PAGES):
                shown = names[page] if page < EXERCISES else ""
                yield f"{inside}/{page:02d}-sida-{page:02d}.md", _page(chance, module, page, shown)
            for name in names:
                yield f"{inside}/exercises/{name}.yaml", _exercise(chance, name)
            yield f"{folder}/questionnaires/formular_{module:02d}.yaml", _questionnaire(chance, module)


def _sentence(chance: random.Random) -> str:
    words = chance.choices(_WORDS, k=chance.randint(7, 16))
    return f"{' '.join(words).capitalize()}."


def _paragraph(chance: random.Random, words: int) -> str:
    sentences: list[str] = []
    count = 0
    while count < words:
        sentence = _sentence(chance)
        sentences.append(sentence)
        count += sentence.count(" ") + 1
    return " ".join(sentences)


def _page(chance: random.Random, module: int, page: int, exercise: str) -> str:
    parts = [f"---\ntitle: Modul {module} sida {page}\nminutes: 4\n---", _paragraph(chance, 60)]
    for heading in range(4):
        parts += [f"## {_sentence(chance)[:-1]}", _paragraph(chance, WORDS // 12), _paragraph(chance, WORDS // 24)]
        if heading == 0:
            parts.append("\n".join(f"- **{chance.choice(_WORDS)}** {_sentence(chance)}" for _ in range(4)))
        if heading == 1:
            parts.append(":::{image} media/bild.svg\n:alt: En kurva som stiger sakta under en vecka\n:::")
        if heading == 2:
            rows = "\n".join(f"| {chance.choice(_WORDS)} | {_sentence(chance)} |" for _ in range(4))
            parts.append(f"| Dag | Vad som hände |\n|---|---|\n{rows}")
        if heading == 3:
            parts.append(f":::{{callout}} tip\n{_paragraph(chance, 20)}\n:::")
    if exercise:
        parts.append(f":::{{exercise}} {exercise}\n:::")
    return "\n\n".join(parts) + "\n"


def _program(id: str) -> str:
    return f"""\
format: 1
id: {id}
version: 1.0.0
title: Program {id}
summary: Ett genererat program att mäta på.
kind: treatment
language: sv
publisher:
  region: vgr
  responsible: Kim Exempelsson
  role: Legitimerad psykolog
  contact: kim@example.se
rights:
  licence: CC-BY-4.0
  holder: Västra Götalandsregionen
audience:
  age:
    min: 18
  severity: mild-to-moderate
  conditions:
    - F32
duration:
  weeks: 10
  minutes_per_week: 60
therapist:
  competence: Legitimerad psykolog
  feedback_within_days: 7
  messages_within_working_days: 2
pacing:
  unlock: sequential
  days_per_module: 7
measurements:
  - questionnaire: formular_00
    at:
      - start
      - every week
      - end
    window_days: 3
{_MEASURED_AT_THE_END}retention: agreed
"""


def _module(number: int, exercises: list[str]) -> str:
    homework = "".join(f"  - {name}\n" for name in exercises[:1])
    return f"title: Modul {number}\ngoal: Du provar något nytt.\nminutes: 60\nhomework:\n{homework}"


def _exercise(chance: random.Random, name: str) -> str:
    return f"""\
title: Övning {name.replace("_", " ")}
kind: worksheet
introduction: {_sentence(chance)}
minutes: 10
fields:
  - id: situation
    type: long-text
    label: Vad hände?
    required: true
  - id: stamning
    type: scale
    label: Hur mådde du?
    min: 0
    max: 10
    ends:
      - Mycket dåligt
      - Mycket bra
  - id: tid
    type: minutes
    label: Hur länge höll du på?
    min: 0
    max: 600
    show_if: stamning > 2
  - id: hinder
    type: choice
    label: Vad kom i vägen?
    options:
      - value: tid
        label: Tiden räckte inte
      - value: ork
        label: Orken räckte inte
      - value: inget
        label: Ingenting
computed:
  - id: timmar
    label: Timmar
    unit: timmar
    value: round(tid / 60, 1)
constraints:
  - assert: tid <= 480
    level: confirm
    message: Det är mer än åtta timmar. Stämmer det?
"""


def _questionnaire(chance: random.Random, number: int) -> str:
    items = "".join(
        f"  - id: q{item}\n    text: {_sentence(chance)}\n    options: frequency\n" for item in range(1, ITEMS + 1)
    )
    return f"""\
title: Formulär {number}
instrument:
  name: Egna frågor {number}
  language: sv
  licence: CC-BY-4.0
  holder: Västra Götalandsregionen
  source: Egen text
recall: Den senaste veckan
options:
  frequency:
    - value: 0
      label: Inte alls
    - value: 1
      label: Ibland
    - value: 2
      label: Ofta
    - value: 3
      label: Nästan jämt
items:
{items}scores:
  - id: total
    label: Summa
    method: sum
    items:
      - q1 .. q{ITEMS}
    missing:
      rule: prorate
      at_least: {ITEMS - 2}
    range:
      - 0
      - {3 * ITEMS}
    bands:
      - from: 0
        label: Låg
      - from: {ITEMS}
        label: Måttlig
      - from: {2 * ITEMS}
        label: Hög
flags:
  - when: total >= {2 * ITEMS}
    level: yellow
    message: Höga svar i veckans formulär.
"""


_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200" width="600" height="200">'
    '<path d="M20 180 C200 160 400 60 580 20" fill="none" stroke="#345" stroke-width="4"/></svg>\n'
)
