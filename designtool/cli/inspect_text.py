"""What `designtool inspect` tells people: the parts of a bundle in the order in which somebody who is to use it would ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from designtool.bundle.refusals import printable
from designtool.diagnostics import Language, Text

_SEVERITY = {
    "mild": Text("lindriga besvär", "mild"),
    "mild-to-moderate": Text("lindriga till måttliga besvär", "mild to moderate"),
    "moderate": Text("måttliga besvär", "moderate"),
    "moderate-to-severe": Text("måttliga till svåra besvär", "moderate to severe"),
    "severe": Text("svåra besvär", "severe"),
}
_LEVEL = {"green": Text("grön", "green"), "yellow": Text("gul", "yellow"), "red": Text("röd", "red")}
_RECIPIENT = {"therapist": Text("behandlaren", "the therapist"), "unit": Text("enheten", "the unit")}
_RISK = {
    "suicidality": Text("självmordstankar", "suicidality"),
    "self-harm": Text("självskada", "self-harm"),
    "violence": Text("våld", "violence"),
}
_WIDEST = 110


def text_of(told: dict[str, Any], language: Language) -> str:
    """`told` is what the command prints as JSON."""
    parts = [_head(told, language)]
    for title, lines in _sections(told, language):
        if lines:
            parts.append([title.in_language(language), *(f"  {line}" for line in lines)])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _sections(told: dict[str, Any], language: Language) -> Iterator[tuple[Text, list[str]]]:
    yield Text("Moduler", "Modules"), [_module(module, language) for module in told["modules"]]
    yield Text("Risker", "Risks"), list(_risks(told["safety_case"], language))
    yield Text("Formulär", "Questionnaires"), list(_questionnaires(told, language))
    yield Text("Provresor", "Journeys"), [f"{_shown(one['id'])}: {_shown(one['title'])}" for one in told["journeys"]]
    yield Text("Variabler", "Variables"), list(_variables(told["codebook"], language))
    yield Text("Rättigheter", "Rights"), list(_rights(told["rights"], language))
    yield Text("Släppt med", "Released with"), list(_release(told["release"], language))
    yield Text("Ändringar", "Changes"), _changes(told["changelog"], told["version"])
    yield Text("Översättningar", "Translations"), [_shown(name) for name in told["translations"]]
    yield Text("Varianter", "Variants"), [_shown(name) for name in told["variants"]]
    yield Text("Flyttar patienter", "Moves patients"), [_shown(name) for name in told["migrations"]]
    yield Text("Kräver av driften", "Required of the runtime"), _wrapped(told["features"])
    yield Text("Filer", "Files"), list(_files(told["files"], language))


def _head(told: dict[str, Any], language: Language) -> list[str]:
    audience, origin, below = told["audience"], told["derived_from"], told["overlay_of"]
    age, conditions = audience["age"], ", ".join(audience["conditions"])
    years = f"{age['min']}–{age['max']}" if age["max"] is not None else f"{age['min']}+"
    severity = _word(_SEVERITY, audience["severity"], language)
    weeks, modules = told["weeks"], len(told["modules"])
    facts = [
        (Text("Version", "Version"), told["version"]),
        (Text("Fingeravtryck", "Digest"), told["digest"]),
        (Text("Format", "Format"), str(told["format"])),
        (Text("Utgivare", "Publisher"), told["publisher"]),
        (Text("Ansvarig", "Responsible"), told["responsible"]),
        (
            Text("För", "For"),
            "; ".join(
                part
                for part in (Text(f"{years} år", f"age {years}").in_language(language), severity, conditions)
                if part
            ),
        ),
        (
            Text("Omfattning", "Extent"),
            f"{_count(weeks, ('vecka', 'veckor'), ('week', 'weeks'), language)}, "
            f"{_count(modules, ('modul', 'moduler'), ('module', 'modules'), language)}",
        ),
        (Text("Licens", "Licence"), told["licence"]),
    ]
    if origin is not None:
        facts.append((Text("Utgår från", "Begun from"), f"{origin['program']} {origin['version']} {origin['digest']}"))
    if below is not None:
        facts.append((Text("Anpassar", "Adapts"), f"{below['program']} {below['version']} {below['digest']}"))
    width = max(len(label.in_language(language)) for label, _ in facts)
    lines = [_shown(told["title"]), *([printable(told["summary"], longest=2000)] if told["summary"] else []), ""]
    return lines + [f"{label.in_language(language):<{width}}  {_shown(fact)}" for label, fact in facts]


def _module(module: dict[str, Any], language: Language) -> str:
    pages = _count(module["pages"], ("sida", "sidor"), ("page", "pages"), language)
    return f"{_shown(module['title'])} ({pages}, {module['minutes']} min)"


def _risks(case: dict[str, Any], language: Language) -> Iterator[str]:
    """Each item about risk: the question, the flags, who gets them and when they go further, what the patient reads, the tests."""
    for item in case["risk_items"]:
        risk = _word(_RISK, item["risk"], language)
        yield f"{_shown(item['questionnaire'])}.{_shown(item['item'])}, {_shown(risk)}: {_shown(item['text'])}"
        for flag in item["flags"]:
            yield f"  {_flag(flag, language)}"
            if flag["patient_page"]:
                reads = Text("patienten läser", "the patient reads").in_language(language)
                yield f"    {reads} {_shown(flag['patient_page'])}"
            yield f"    {_tests(flag, language)}"
        skipped = Text(
            "hoppas frågan över, eller vill patienten inte svara: gul flagga",
            "when it is skipped, or the patient declines to answer: a yellow flag",
        )
        yield f"  {skipped.in_language(language)}"
    others = [flag for flag in case["flags"] if not _is_of_risk(case, flag)]
    for flag in others:
        yield f"{_shown(flag['form'])}: {_flag(flag, language)}"
        yield f"    {_tests(flag, language)}"


def _is_of_risk(case: dict[str, Any], flag: dict[str, Any]) -> bool:
    return any(
        flag["form"] == item["questionnaire"] and flag["id"] in [one["id"] for one in item["flags"]]
        for item in case["risk_items"]
    )


def _flag(flag: dict[str, Any], language: Language) -> str:
    level, to = _word(_LEVEL, flag["level"], language), _word(_RECIPIENT, flag["recipient"], language)
    hours = flag["escalate_after_hours"]
    further = (
        Text(f", vidare efter {hours} timmar", f", further after {hours} hours") if hours is not None else Text("", "")
    )
    return Text(
        f"{level} flagga till {to}{further.sv} när {_shown(flag['when'])}",
        f"{level} flag to {to}{further.en} when {_shown(flag['when'])}",
    ).in_language(language)


def _tests(flag: dict[str, Any], language: Language) -> str:
    shown = [_shown(name) for name in flag["journeys"]]
    if flag["vectors"]:
        shown.append(_count(len(flag["vectors"]), ("facit", "facit"), ("vector", "vectors"), language))
    if not shown:
        return Text("ingen provresa och inget facit visar det", "no journey and no vector shows it").in_language(
            language
        )
    return Text("visas av: ", "shown by: ").in_language(language) + ", ".join(shown)


def _questionnaires(told: dict[str, Any], language: Language) -> Iterator[str]:
    ledger = {one["questionnaire"]: one for one in told["rights"]["instruments"]}
    for id in told["questionnaires"]:
        vectors = told["vectors"][id]
        parts = [ledger[id]["name"], ledger[id]["licence"]]
        parts.append(_count(vectors, ("facit", "facit"), ("vector", "vectors"), language))
        if not ledger[id]["has_text"]:
            parts.append(Text("utan frågornas text", "without the wording").in_language(language))
        yield f"{_shown(id)}: {', '.join(_shown(part) for part in parts)}"


def _variables(codebook: dict[str, Any], language: Language) -> Iterator[str]:
    forms = Counter(variable["form"] for variable in codebook["variables"])
    for form, count in forms.items():
        yield f"{_shown(form)}: {count}"
    if forms:
        yield Text(f"alla: {sum(forms.values())}", f"all: {sum(forms.values())}").in_language(language)


def _rights(ledger: dict[str, Any], language: Language) -> Iterator[str]:
    own = ledger["program"]
    yield f"{Text('programmet', 'the program').in_language(language)}: {_shown(own['licence'])}, {_shown(own['holder'])}"
    for one in ledger["instruments"]:
        yield f"{_shown(one['name'])}: {_shown(one['licence'])}, {_shown(one['holder'])}"
    for one in ledger["media"]:
        credit = f", {_shown(one['credit'])}" if one["credit"] else ""
        yield f"{_shown(one['path'].rpartition('/')[2])}: {_shown(one['licence'])}{credit}"


def _release(release: dict[str, Any], language: Language) -> Iterator[str]:
    if release["review_by"]:
        words = Text("ska granskas på nytt senast", "to be reviewed again by").in_language(language)
        yield f"{words} {_shown(release['review_by'])}"
    if release["reserved"]:
        words = Text("reserverade id", "reserved ids").in_language(language)
        yield from _wrapped([f"{words}:", *release["reserved"]])
    for one in release["acknowledgements"]:
        yield f"{_shown(one['finding'])}: {_shown(one['name'])}, {_shown(one['role'])}: {_shown(one['reason'])}"


def _changes(changelog: str | None, version: str) -> list[str]:
    """What the changelog says of this version; all of it where no heading names the version."""
    lines = [line for line in (changelog or "").splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if line.startswith("#") and version in line.split()]
    if starts:
        depth = len(lines[starts[0]]) - len(lines[starts[0]].lstrip("#"))
        after = lines[starts[0] + 1 :]
        ends = [n for n, line in enumerate(after) if 0 < len(line) - len(line.lstrip("#")) <= depth]
        lines = after[: ends[0]] if ends else after
    return [printable(line, longest=500) for line in lines]


def _files(files: list[dict[str, Any]], language: Language) -> Iterator[str]:
    sizes = [(size_in_words(file["size"]), file["name"]) for file in files]
    sizes.append((size_in_words(sum(file["size"] for file in files)), Text("totalt", "in all").in_language(language)))
    column = max(len(size) for size, _ in sizes)
    for size, name in sizes:
        yield f"{size:>{column}}  {name}"


def _wrapped(words: list[str]) -> list[str]:
    lines = [""]
    for word in words:
        shown = _shown(word)
        if lines[-1] and len(lines[-1]) + len(shown) > _WIDEST:
            lines.append("")
        lines[-1] += f" {shown}" if lines[-1] else shown
    return lines if words else []


def _count(count: int, sv: tuple[str, str], en: tuple[str, str], language: Language) -> str:
    one, many = sv if language == "sv" else en
    return f"{count} {one if count == 1 else many}"


def _word(words: dict[str, Text], word: str, language: Language) -> str:
    return words[word].in_language(language) if word in words else word


def _shown(text: object) -> str:
    return printable(str(text), longest=200)


def size_in_words(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
