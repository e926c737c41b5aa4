"""What `designtool new` writes: from answers to files, as values. Nothing here touches the disk but to read templates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2

from designtool import __version__, resources
from designtool.load.identifiers import kebab_case, lower_snake
from designtool.load.shape import KINDS

PROGRAM_TEMPLATES: Mapping[str, str] = {"sömn": "somn", "nedstämdhet": "nedstamdhet", "tom": "tom"}
"""What an author calls a template, and the folder that it lies in."""
CI_FILES: Mapping[str, str] = {"github": ".github/workflows/utgivning.yml", "gitlab": ".gitlab-ci.yml"}
"""The services that `designtool new ci` writes for, and the file that each reads. Forgejo and Gitea read GitHub's."""
EDITOR_SCHEMAS = ".vscode/schemas"
"""Where an author's own workspace keeps the schemas, so that the editor needs no network."""

_GLOBS: Mapping[str, tuple[str, ...]] = {
    "workspace": ("designtool.yaml",),
    "program": ("{programs}/*/program.yaml",),
    "release": ("{programs}/*/release.yaml",),
    "release-list": ("releases/*.yaml",),
    "sources": ("{programs}/*/sources.yaml",),
    "module": ("{programs}/*/modules/*/module.yaml",),
    "exercise": ("{programs}/*/modules/*/exercises/*.yaml", "{programs}/*/exercises/*.yaml"),
    "questionnaire": ("{programs}/*/questionnaires/*.yaml",),
    "journey": ("{programs}/*/journeys/*.yaml",),
    "migration": ("{programs}/*/migrations/*.yaml",),
    "contacts": ("{programs}/library/contacts.yaml", "overlays/*/contacts.yaml"),
    "glossary": ("{programs}/library/glossary.yaml",),
    "persons": ("{programs}/library/persons.yaml",),
    "media-lock": ("{programs}/*/media.lock",),
    "variant": ("{programs}/*/variants/*.yaml",),
    "overlay": ("overlays/*/overlay.yaml",),
}
_PLAIN = re.compile(r"[A-Za-zÅÄÖåäöÉé][A-Za-zÅÄÖåäöÉé0-9 .,!?()/–-]*")
_NOT_TEXT = re.compile(r"true|false|null|yes|no|on|off|y|n|~", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answers:
    """What an author has said of a program that is to be made."""

    id: str
    title: str
    audience: str
    """For whom, in the author's words: `vuxna som sover dåligt`."""
    weeks: int
    responsible: str
    template: str
    """A name in PROGRAM_TEMPLATES."""
    region: str


@dataclass(frozen=True, slots=True)
class _Template:
    """What sets one template apart, besides its first module."""

    questions: tuple[str, ...]
    goal_example: str
    first_module: str
    conditions: tuple[str, ...] = ()
    phq9_at: tuple[str, ...] = ()


_TEMPLATES: Mapping[str, _Template] = {
    "tom": _Template(
        questions=("Hur ofta har du haft det svårt?", "Hur ofta har besvären hindrat dig?"),
        goal_example="Jag vill orka träffa en vän i veckan.",
        first_module="forsta-steget",
    ),
    "somn": _Template(
        questions=(
            "Hur ofta har du haft svårt att somna?",
            "Hur ofta har du vaknat och haft svårt att somna om?",
            "Hur ofta har du varit trött på dagen?",
        ),
        goal_example="Jag vill orka följa med barnen ut på lördagar.",
        first_module="se-din-somn",
        conditions=("F51.0", "G47.0"),
        phq9_at=("start", "end"),
    ),
    "nedstamdhet": _Template(
        questions=("Hur ofta har du dragit dig undan?", "Hur ofta har besvären hindrat dig?"),
        goal_example="Jag vill komma ut i trädgården två dagar i veckan.",
        first_module="det-du-gor-paverkar-dig",
        conditions=("F32", "F33"),
        phq9_at=("start", "every week", "end"),
    ),
}


def program_files(answers: Answers, schemas: str = EDITOR_SCHEMAS, programs: str = "programs") -> Mapping[str, str]:
    """A program that can be played and has no errors; paths inside the program's folder.

    `schemas` is the folder of the workspace that holds the schemas, `programs` its folder of programs.
    """
    name = PROGRAM_TEMPLATES[answers.template]
    template = _TEMPLATES[name]
    facts = {
        "id": answers.id,
        "title": answers.title,
        "summary": f"Ett program för {_without_full_stop(answers.audience)}.",
        "weeks": answers.weeks,
        "responsible": answers.responsible,
        "region": answers.region,
        "questions": template.questions,
        "goal_example": template.goal_example,
        "first_module": template.first_module,
        "conditions": template.conditions,
        "phq9_at": template.phq9_at,
    }
    folder = f"{programs}/{answers.id}"
    return {**_rendered("program", folder, schemas, facts), **_rendered(name, folder, schemas, facts)}


_CONTACTS = "programs/library/contacts.yaml"
_LIBRARY_REGION, _LIBRARY_PAGES = "vgr", "Vastra-Gotaland"
"""Whose contacts the library that comes with designtool has, and what its pages at 1177 are called."""


def workspace_files(region: str) -> Mapping[str, bytes]:
    """A workspace without programs: settings, the library, and what an editor needs; paths inside the workspace."""
    files = {
        path: text.encode() for path, text in _rendered("workspace", "", EDITOR_SCHEMAS, {"region": region}).items()
    }
    files[".gitignore"] = files.pop("gitignore")
    files |= {f"programs/library/{path}": data for path, data in library_files().items()}
    files[_CONTACTS] = _of_region(files[_CONTACTS], region)
    return {**files, **editor_files("programs")}


def _of_region(contacts: bytes, region: str) -> bytes:
    """Nobody is sent to the clinics of another region: a contact of the library's own region becomes this one's, by the national
    page where people choose their region themselves."""
    if region == _LIBRARY_REGION:
        return contacts
    text = contacts.decode().replace(
        f"https://www.1177.se/{_LIBRARY_PAGES}/hitta-vard/", "https://www.1177.se/hitta-vard/"
    )
    return text.replace(f"  region: {_LIBRARY_REGION}\n", f"  region: {region}\n").encode()


def ci_file(service: str, registry: str) -> tuple[str, str]:
    """What makes a service of CI_FILES check and publish: where it lies in the repository, and its text.

    `registry`: where to publish, as `designtool publish --to` takes it.
    """
    facts = {"version": __version__, "registry": registry}
    return CI_FILES[service], _one(f"ci/{service}.yml", CI_FILES[service], "", facts)


def editor_files(programs: str) -> Mapping[str, bytes]:
    """The settings that make an editor explain each key, and the schemas that it reads them from."""
    settings = {
        "yaml.schemaStore.enable": False,
        "yaml.schemas": {
            f"./{EDITOR_SCHEMAS}/{kind}.schema.json": [glob.format(programs=programs) for glob in globs]
            for kind, globs in _GLOBS.items()
        },
        "files.encoding": "utf8",
        "editor.wordWrap": "on",
        "[yaml]": {"editor.insertSpaces": True, "editor.tabSize": 2},
    }
    schemas = resources.folder("schemas")
    return {
        ".vscode/settings.json": _json(settings),
        ".vscode/extensions.json": _json({"recommendations": ["redhat.vscode-yaml"]}),
        **{f"{EDITOR_SCHEMAS}/{kind}.schema.json": (schemas / f"{kind}.schema.json").read_bytes() for kind in KINDS},
    }


def library_files() -> Mapping[str, bytes]:
    """The library that comes with designtool; paths inside the library's folder."""
    folder = resources.folder("library")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def module_files(title: str, number: int, program: str, schemas: str = EDITOR_SCHEMAS) -> Mapping[str, str]:
    """A module with a page, homework and guidance; paths inside the program's folder, which is `program`."""
    folder = f"modules/{number:02d}-{kebab_case(title)}"
    exercise = f"hemuppgift_{lower_snake(title)}"[:60].rstrip("_")
    facts = {"title": title, "exercise": exercise}
    files = _rendered("part/module", f"{program}/{folder}", schemas, facts)
    path = f"{folder}/exercises/{exercise}.yaml"
    homework = _one("part/exercise.yaml", f"{program}/{path}", schemas, {"title": f"Hemuppgift: {title}"})
    return {**{f"{folder}/{inside}": text for inside, text in files.items()}, path: homework}


def page_text(title: str) -> str:
    return _one("part/page.md", "", "", {"title": title})


def exercise_text(title: str, path: str, schemas: str = EDITOR_SCHEMAS) -> str:
    """`path` is where it will lie in the workspace."""
    return _one("part/exercise.yaml", path, schemas, {"title": title})


def questionnaire_text(title: str, holder: str, path: str, schemas: str = EDITOR_SCHEMAS) -> str:
    """`path` is where it will lie in the workspace; `holder` has the right to the wording."""
    return _one("part/questionnaire.yaml", path, schemas, {"title": title, "holder": holder})


def yaml_text(text: object) -> str:
    """Text as it stands in YAML: bare where that reads as the same text, else in quotation marks. On one line, without what cannot be seen."""
    line = " ".join("".join(letter for letter in word if letter.isprintable()) for word in str(text).split()).strip()
    if _PLAIN.fullmatch(line) and not _NOT_TEXT.fullmatch(line):
        return line
    return json.dumps(line, ensure_ascii=False)


def _rendered(template: str, folder: str, schemas: str, facts: Mapping[str, Any]) -> dict[str, str]:
    """Every file of a template's folder; `folder` is where they will lie in the workspace."""
    prefix = f"{template}/"
    names = [name for name in _environment().list_templates() if name.startswith(prefix)]
    paths = [name.removeprefix(prefix) for name in names]
    return {
        path: _one(name, f"{folder}/{path}" if folder else path, schemas, facts)
        for name, path in zip(names, paths, strict=True)
    }


def _one(template: str, path: str, schemas: str, facts: Mapping[str, Any]) -> str:
    up = "../" * path.count("/")

    def modeline(kind: str) -> str:
        return f"# yaml-language-server: $schema={up}{schemas}/{kind}.schema.json\n"

    return _environment().get_template(template).render(modeline=modeline, **facts)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resources.folder("templates") / "scaffold"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,  # What is written is YAML and Markdown, not HTML.
    )
    environment.filters["yaml"] = yaml_text
    return environment


def _without_full_stop(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
