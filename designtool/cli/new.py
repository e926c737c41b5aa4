"""designtool new: a workspace, a program, or a part of one, ready to be written on. Nothing is ever overwritten."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from designtool.cli.click_words import Commands
from designtool.cli.output import Usage, language_of, workspace_of
from designtool.diagnostics import Text, nearest
from designtool.diagnostics.os_reasons import os_reason

if TYPE_CHECKING:
    from designtool.scaffold import Answers

T = TypeVar("T")

_NEW_WORKSPACE_REGION = "min-region"
_UNANSWERED_RESPONSIBLE = "Namn på den som svarar för innehållet"
_UNANSWERED_AUDIENCE = "vuxna"
_TEMPLATES = ("sömn", "nedstämdhet", "tom")
_SERVICES = ("github", "gitlab")
_USUAL_WEEKS = 8
_NEEDED_FROM_LIBRARY = ("contacts.yaml", "pages/kris.md", "pages/om-dina-uppgifter.md")


@click.group("new", cls=Commands)
def command() -> None:
    """Skapa en arbetsyta, ett program, en modul, en sida, en övning eller ett formulär."""


@command.command("workspace")
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--region", default=_NEW_WORKSPACE_REGION, help="Regionens kortnamn.")
def workspace(folder: Path, region: str) -> None:
    """Skapa en arbetsyta i en mapp (utan mapp: här), med ett gemensamt bibliotek."""
    from designtool.scaffold import workspace_files

    count = _write(folder, workspace_files(region))
    _say(
        Text(f"Skrev {count} filer i {folder.absolute()}.", f"Wrote {count} files in {folder.absolute()}."),
        Text(
            "Kontrollera telefonnumren i programs/library/contacts.yaml. Skapa sedan ett program där: designtool new program",
            "Check the telephone numbers in programs/library/contacts.yaml. Then make a program there: designtool new program",
        ),
    )


@command.command("program")
@click.argument("id_or_title", required=False)
@click.option("--title", help="Vad programmet ska heta.")
@click.option("--audience", help="För vem det är, till exempel: vuxna som sover dåligt.")
@click.option("--weeks", type=click.IntRange(4, 15), help="Hur många veckor det tar.")
@click.option("--responsible", help="Vem som svarar för innehållet.")
@click.option(
    "--template",
    callback=lambda *call: call[2] and _template_name(call[2]),
    help=f"Mall att börja från: {', '.join(_TEMPLATES)}.",
)
@click.option("--yes", is_flag=True, help="Fråga ingenting: ta det vanliga där inget är sagt.")
def program(
    id_or_title: str | None,
    title: str | None,
    audience: str | None,
    weeks: int | None,
    responsible: str | None,
    template: str | None,
    yes: bool,
) -> None:
    """Skapa ett program som går att provköra på en gång. Utan --yes ställs upp till fem frågor."""
    from designtool.scaffold import editor_files, library_files, program_files

    place = _place()
    ask = not yes and _at_a_terminal()
    id_or_title = _not_a_path(id_or_title, place) if id_or_title is not None else None
    answers = _answers(id_or_title, title, audience, weeks, responsible, template, place.region, ask)
    folder = place.root / place.programs / answers.id
    if folder.exists():
        raise _exists(folder)
    schemas = place.schemas
    own = program_files(answers, schemas, place.programs)
    files = {f"{place.programs}/{answers.id}/{path}": text.encode() for path, text in own.items()}
    needed = [*_NEEDED_FROM_LIBRARY, *(["questionnaires/phq9.yaml"] if "phq9" in own["program.yaml"] else [])]
    library = library_files()
    beside = {f"{place.programs}/library/{path}": library[path] for path in needed}
    beside |= editor_files(place.programs) if schemas.startswith(".") else {}
    lacking = {path: data for path, data in beside.items() if not (place.root / path).exists()}
    count = _write(place.root, {**lacking, **files})
    shown = f"{place.programs}/{answers.id}"
    _say(
        Text(
            f'Skrev programmet "{answers.title}" i {shown}/ ({count} filer).',
            f'Wrote the program "{answers.title}" in {shown}/ ({count} files).',
        ),
        Text(
            f"Börja med att fylla i utgivaren i {shown}/program.yaml. Se programmet: designtool preview",
            f"Begin with the publisher in {shown}/program.yaml. See the program: designtool preview",
        ),
    )


@command.command("module")
@click.argument("program")
@click.argument("name")
def module(program: str, name: str) -> None:
    """Skapa en modul sist i ett program, med en sida, en hemuppgift och en handledning."""
    from designtool.load.identifiers import kebab_case
    from designtool.load.kinds import id_of
    from designtool.scaffold import module_files

    place = _place()
    folder = _program_folder(place, program)
    id = _id_from(kebab_case(name), name)
    modules = _modules(folder)
    taken = next((one for one in modules if id_of(one.name) == id), None)
    if taken is not None:
        raise _exists(taken)
    number = max((_number(one.name) for one in modules), default=-1) + 1
    files = module_files(name, number, place.inside(folder), place.schemas)
    for path in files:
        if "/exercises/" in path:
            _refuse_taken_id(place, folder, Path(path).stem)
    _write_parts(
        place,
        {f"{place.inside(folder)}/{path}": text for path, text in files.items()},
        Text(
            "Skriv sidan och målet. Granska sedan: designtool validate",
            "Write the page and the goal. Then check: designtool validate",
        ),
    )


@command.command("page")
@click.argument("program")
@click.argument("name")
@click.option("--module", "module_name", help="Modulen som sidan läggs i; annars den sista.")
def page(program: str, name: str, module_name: str | None) -> None:
    """Skapa en sida sist i en modul."""
    from designtool.load.identifiers import kebab_case
    from designtool.load.kinds import id_of
    from designtool.scaffold import page_text

    place = _place()
    module = _module_folder(_program_folder(place, program), module_name)
    id = _id_from(kebab_case(name), name)
    pages = sorted(path for path in module.glob("*.md") if path.name != "therapist.md")
    taken = next((one for one in pages if id_of(one.name) == id), None)
    if taken is not None:
        raise _exists(taken)
    number = max((_number(one.name) for one in pages), default=0) // 10 * 10 + 10
    path = place.inside(module / f"{number:02d}-{id}.md")
    _write_parts(
        place,
        {path: page_text(name)},
        Text("Skriv sidan. Se den: designtool preview", "Write the page. See it: designtool preview"),
    )


@command.command("exercise")
@click.argument("program")
@click.argument("name")
@click.option("--module", "module_name", help="Modulen som övningen läggs i; annars den sista.")
def exercise(program: str, name: str, module_name: str | None) -> None:
    """Skapa en övning i en modul."""
    from designtool.load.identifiers import lower_snake
    from designtool.scaffold import exercise_text

    place = _place()
    folder = _program_folder(place, program)
    module = _module_folder(folder, module_name)
    id = _id_from(lower_snake(name), name)
    _refuse_taken_id(place, folder, id)
    path = place.inside(module / "exercises" / f"{id}.yaml")
    _write_parts(
        place,
        {path: exercise_text(name, path, place.schemas)},
        Text(
            f"Ändra fälten. Visa sedan övningen på en sida med de här två raderna:\n:::{{exercise}} {id}\n:::",
            f"Change the fields. Then show the exercise on a page with these two lines:\n:::{{exercise}} {id}\n:::",
        ),
    )


@command.command("questionnaire")
@click.argument("program")
@click.argument("name")
def questionnaire(program: str, name: str) -> None:
    """Skapa ett frågeformulär i ett program."""
    from designtool.load.identifiers import lower_snake
    from designtool.scaffold import questionnaire_text

    place = _place()
    folder = _program_folder(place, program)
    id = _id_from(lower_snake(name), name)
    _refuse_taken_id(place, folder, id)
    path = place.inside(folder / "questionnaires" / f"{id}.yaml")
    measured = f"  - questionnaire: {id}\n    at:\n      - start\n      - end"
    _write_parts(
        place,
        {path: questionnaire_text(name, place.region, path, place.schemas)},
        Text(
            f"Ändra frågorna. Lägg sedan till formuläret under measurements: i program.yaml:\n{measured}",
            f"Change the items. Then add the questionnaire under measurements: in program.yaml:\n{measured}",
        ),
    )


@command.command("ci")
@click.argument("service", type=click.Choice(_SERVICES))
@click.option(
    "--registry",
    help="Registret att publicera i: ett namn under registries i designtool.yaml, eller en adress. Utan: det enda som står där.",
)
def ci(service: str, registry: str | None) -> None:
    """Skapa filen som låter GitHub eller GitLab granska programmen, och publicera en utgåva när två personer har godkänt den."""
    from designtool.scaffold import ci_file

    place = _place()
    if registry is None and len(place.registries) == 1:
        registry = place.registries[0]
    if registry is None:
        known = ", ".join(place.registries) or "–"
        raise Usage(
            Text(
                f"säg var utgåvor publiceras, med --registry. Under registries i designtool.yaml står: {known}",
                f"say where releases are published, with --registry. Under registries in designtool.yaml there are: {known}",
            )
        )
    path, text = ci_file(service, registry)
    _write_parts(
        place,
        {path: text},
        Text(
            "Överst i filen står hur en utgåva går till, och vad som ställs in en gång. Filen ska ligga överst i arkivet.",
            "The head of the file says how a release is made, and what is set up once. It has to lie at the top of the repository.",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """The workspace that the command was called in."""

    root: Path
    programs: str
    region: str
    registries: tuple[str, ...]

    @property
    def schemas(self) -> str:
        """The folder of schemas: the workspace's own, where it shows them at the top."""
        from designtool.scaffold import EDITOR_SCHEMAS

        return "schemas" if (self.root / "schemas" / "program.schema.json").is_file() else EDITOR_SCHEMAS

    def inside(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _place() -> _Place:
    from designtool.load.yaml_file import parse_yaml
    from designtool.source.tree import programs_folder
    from designtool.source.workspace import WORKSPACE_FILE

    root = workspace_of(Path())
    settings = (root / WORKSPACE_FILE).read_bytes()
    stated = parse_yaml(WORKSPACE_FILE, settings).data
    region, named = (stated.get(key) if isinstance(stated, dict) else None for key in ("region", "registries"))
    return _Place(
        root,
        programs_folder(settings),
        region if isinstance(region, str) and region else _NEW_WORKSPACE_REGION,
        tuple(map(str, named)) if isinstance(named, dict) else (),
    )


def _answers(
    id_or_title: str | None,
    title: str | None,
    audience: str | None,
    weeks: int | None,
    responsible: str | None,
    template: str | None,
    region: str,
    ask: bool,
) -> Answers:
    from designtool.load.identifiers import KEBAB_CASE, kebab_case
    from designtool.scaffold import Answers

    is_id = id_or_title is not None and re.fullmatch(KEBAB_CASE, id_or_title) is not None
    if title is None and id_or_title is not None:
        likely = id_or_title.replace("-", " ").capitalize() if is_id else id_or_title
        title = click.prompt("Vad ska programmet heta?", default=likely) if ask and is_id else likely
    if title is None and ask:
        title = click.prompt("Vad ska programmet heta?")
    if title is None:
        raise Usage(
            Text(
                'säg vad programmet ska heta: designtool new program "Lugnare kvällar"',
                'say what the program is called: designtool new program "Lugnare kvällar"',
            )
        )
    id = _id_from(kebab_case(id_or_title if id_or_title is not None else title), title)
    if ask:
        if audience is None:
            audience = click.prompt(
                "För vem är programmet? Till exempel: vuxna som sover dåligt", default=_UNANSWERED_AUDIENCE
            )
        if weeks is None:
            weeks = _asked("Hur många veckor tar det? (4–15)", str(_USUAL_WEEKS), _weeks)
        if responsible is None:
            responsible = click.prompt("Vem svarar för innehållet? (namn)")
        if template is None:
            template = _asked(f"Vilken mall vill du börja från? ({', '.join(_TEMPLATES)})", "tom", _template_name)
    return Answers(
        id=id,
        title=title,
        audience=audience or _UNANSWERED_AUDIENCE,
        weeks=weeks or _USUAL_WEEKS,
        responsible=responsible or _UNANSWERED_RESPONSIBLE,
        template=template or "tom",
        region=region,
    )


def _not_a_path(stated: str, place: _Place) -> str:
    """An id or a title as it was stated. The folder of a program to be made gives its id; any other path is refused, since a
    program lies in the workspace's own folder of programs and nowhere else."""
    path = Path(stated)
    is_path = path.is_absolute() or stated.startswith(("~", "./", "../", ".\\", "..\\")) or stated in (".", "..")
    parent = Path(os.path.abspath(path)).parent
    if ("/" in stated or is_path) and parent == (place.root / place.programs).absolute():
        return path.name
    if is_path or (" " not in stated and "/" in stated and parent.is_dir()):
        raise Usage(
            Text(
                f"{stated} är en sökväg. Ett program läggs alltid i {place.programs}/. Skriv bara vad det ska heta: "
                'designtool new program "Lugnare kvällar". En arbetsyta på en annan plats: designtool new workspace MAPP',
                f"{stated} is a path. A program always lies in {place.programs}/. Say no more than what it is called: "
                'designtool new program "Lugnare kvällar". A workspace in another place: designtool new workspace FOLDER',
            )
        )
    return stated


def _asked(question: str, usual: str, understood: Callable[[str], T]) -> T:
    """Asks again, in Swedish, until the answer is understood."""
    while True:
        try:
            return understood(click.prompt(question, default=usual))
        except click.BadParameter as problem:
            click.echo(problem.message)


def _weeks(words: str) -> int:
    if not (words.strip().isdecimal() and 4 <= int(words) <= 15):
        raise click.BadParameter("Skriv ett heltal från 4 till 15.")
    return int(words)


def _template_name(words: str) -> str:
    """A template's name, written with or without the dots over its letters."""
    from designtool.load.identifiers import kebab_case

    found = next((name for name in _TEMPLATES if kebab_case(name) == kebab_case(words)), None)
    if found is None:
        raise click.BadParameter(f'mallen "{words}" finns inte. Välj en av: {", ".join(_TEMPLATES)}')
    return found


def _id_from(id: str, words: str) -> str:
    if not id or id == "library":
        raise Usage(
            Text(
                f'"{words}" ger inget användbart id. Ett namn behöver en bokstav a–ö och får inte vara library.',
                f'"{words}" gives no id that can be used. A name needs a letter, and may not be library.',
            )
        )
    return id


def _program_folder(place: _Place, program: str) -> Path:
    """A program by its id, or by the path of its folder."""
    programs = place.root / place.programs
    names = sorted(path.parent.name for path in programs.glob("*/program.yaml"))
    name = Path(program).name
    if name not in names:
        near = nearest(name, names)
        known = ", ".join(names) or "–"
        raise Usage(
            Text(
                f'programmet "{name}" finns inte.'
                + (f' Menade du "{near}"?' if near else f" Program som finns: {known}"),
                f'there is no program "{name}".' + (f' Did you mean "{near}"?' if near else f" Programs: {known}"),
            )
        )
    return programs / name


def _modules(program: Path) -> list[Path]:
    return sorted(path.parent for path in (program / "modules").glob("*/module.yaml"))


def _module_folder(program: Path, name: str | None) -> Path:
    """The module with this id or folder name; the last one where none is named."""
    from designtool.load.kinds import id_of

    modules = _modules(program)
    if name is None and modules:
        return max(modules, key=lambda one: (_number(one.name), one.name))
    found = next((one for one in modules if name in (one.name, id_of(one.name))), None)
    if found is None:
        known = ", ".join(id_of(one.name) for one in modules) or "–"
        raise Usage(
            Text(
                f'modulen "{name or ""}" finns inte. Moduler som finns: {known}',
                f'there is no module "{name or ""}". Modules: {known}',
            )
        )
    return found


def _number(name: str) -> int:
    """The number that a folder or page begins with; -1 where it has none."""
    found = re.match("[0-9]+", name)
    return int(found[0]) if found else -1


def _refuse_taken_id(place: _Place, program: Path, id: str) -> None:
    """Exercises and questionnaires share one set of names, and the library's questionnaires are among them."""
    places = (
        *program.glob("modules/*/exercises/*.yaml"),
        *program.glob("exercises/*.yaml"),
        *program.glob("questionnaires/*.yaml"),
        *(place.root / place.programs / "library" / "questionnaires").glob("*.yaml"),
    )
    taken = next((path for path in places if path.stem == id), None)
    if taken is not None:
        raise _exists(taken)


def _write_parts(place: _Place, files: Mapping[str, str], next_step: Text) -> None:
    _write(place.root, {path: text.encode() for path, text in files.items()})
    for path in files:
        _say(Text(f"Skrev {path}", f"Wrote {path}"))
    _say(next_step)


def _write(root: Path, files: Mapping[str, bytes]) -> int:
    """Writes all of the files or, where one of them exists, none."""
    for path in files:
        if (root / path).exists() or (root / path).is_symlink():
            raise _exists(root / path)
    try:
        for path, data in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            with open(root / path, "xb") as stream:
                stream.write(data)
    except OSError as problem:
        raise Usage(
            Text(
                f"det går inte att skriva {problem.filename}: {os_reason(problem).sv}",
                f"cannot write {problem.filename}: {os_reason(problem).en}",
            )
        ) from problem
    return len(files)


def _exists(path: Path) -> Usage:
    return Usage(
        Text(
            f"{path} finns redan. Ingenting är skrivet. Välj ett annat namn.",
            f"{path} exists already. Nothing was written. Choose another name.",
        )
    )


def _say(*lines: Text) -> None:
    language = language_of(None)
    for line in lines:
        click.echo(line.in_language(language))
