"""How patients under way come from an earlier version of a program to this one: renamed ids, and what becomes of what they have begun."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from designtool.model.origin import Origin, origin_field

_NOTHING: Mapping[str, str] = MappingProxyType({})

Begun = Literal["keep", "see-again", "hold-back"]
"""What happens to who has begun what changed.

keep: what they did stands, and nothing is to be done again. see-again: it is to be done once more, with the earlier answers
there to change. hold-back: they stay on the version that they began with.
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """From one version to a later one. Ids on the left are the earlier version's; those of `begun` are the later one's."""

    earlier: str
    """The version that patients come from."""
    later: str
    modules: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)
    forms: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)
    """Exercises and questionnaires."""
    fields: Mapping[str, str] = field(default_factory=lambda: _NOTHING, hash=False)
    """`form.field` to `form.field`: fields, items, scores and computed values."""
    removed_modules: tuple[str, ...] = ()
    removed_forms: tuple[str, ...] = ()
    removed_fields: tuple[str, ...] = ()
    """What is gone from the later version. Who has begun it reads on in the earlier one."""
    begun_modules: Mapping[str, Begun] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    begun_forms: Mapping[str, Begun] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    begun_program: Literal["", "keep", "hold-back"] = ""
    """For what belongs to no module and no form, such as the length of the treatment; empty where nothing is said."""
    origin: Origin = origin_field()

    def module(self, id: str) -> str:
        return self.modules.get(id, id)

    def form(self, id: str) -> str:
        return self.forms.get(id, id)

    def field_of(self, form: str, field: str) -> str:
        """The later name of a field of a form, both named as in the earlier version."""
        return self.fields.get(f"{form}.{field}", f".{field}").rpartition(".")[2]

    def later_name(self, name: str) -> str:
        """`form.field` in the later version, of one in the earlier."""
        form, _, field = name.partition(".")
        return f"{self.form(form)}.{self.field_of(form, field)}"


def way_between(migrations: Iterable[Migration], earlier: str, later: str) -> Migration:
    """What leads from one version to another: the migrations on the way as one; without any, everything keeps its id.

    A migration serves every version from its own up to the one that it leads to: what such a version has of its own and no
    migration names is left as it is, and is found when the two versions are compared.
    """
    at = version_key(earlier)
    way = Migration(earlier, later)
    steps = [one for one in migrations if version_key(one.later) <= version_key(later)]
    while True:
        fitting = [one for one in steps if version_key(one.earlier) <= at < version_key(one.later)]
        if not fitting:
            return way
        # The nearest beginning, and from there the longest step.
        step = max(fitting, key=lambda one: (version_key(one.earlier), version_key(one.later)))
        way = _after(way, step)
        at = version_key(step.later)


def version_key(version: str) -> tuple[int, ...]:
    """Versions in their order; one that is no version comes first."""
    parts = version.split(".")
    return tuple(int(part) for part in parts) if all(part.isascii() and part.isdigit() for part in parts) else ()


def _after(way: Migration, step: Migration) -> Migration:
    forms_back = {later: earlier for earlier, later in way.forms.items()}
    fields_back = {later: earlier for earlier, later in way.fields.items()}

    def first_field(name: str) -> str:
        """The name that a field had at the beginning of the way."""
        if name in fields_back:
            return fields_back[name]
        form, _, field = name.partition(".")
        return f"{forms_back.get(form, form)}.{field}"

    fields = dict(way.fields)
    for earlier, name in way.fields.items():
        form, _, field = name.partition(".")
        fields[earlier] = step.fields.get(name, f"{step.form(form)}.{field}")
    for name, later in step.fields.items():
        fields.setdefault(first_field(name), later)
    modules_back = {later: earlier for earlier, later in way.modules.items()}
    return Migration(
        way.earlier,
        way.later,
        modules=_chained(way.modules, step.modules, step.removed_modules),
        forms=_chained(way.forms, step.forms, step.removed_forms),
        fields=MappingProxyType({name: later for name, later in fields.items() if later not in step.removed_fields}),
        removed_modules=(*way.removed_modules, *(modules_back.get(id, id) for id in step.removed_modules)),
        removed_forms=(*way.removed_forms, *(forms_back.get(id, id) for id in step.removed_forms)),
        removed_fields=(*way.removed_fields, *(first_field(name) for name in step.removed_fields)),
        begun_modules=MappingProxyType(
            _strictest({step.module(id): begun for id, begun in way.begun_modules.items()}, step.begun_modules)
        ),
        begun_forms=MappingProxyType(
            _strictest({step.form(id): begun for id, begun in way.begun_forms.items()}, step.begun_forms)
        ),
        begun_program="hold-back" if "hold-back" in (way.begun_program, step.begun_program) else step.begun_program,
    )


def _chained(first: Mapping[str, str], then: Mapping[str, str], removed: tuple[str, ...]) -> Mapping[str, str]:
    chained = {earlier: then.get(later, later) for earlier, later in first.items() if later not in removed}
    between = set(first.values())
    return MappingProxyType({**{id: later for id, later in then.items() if id not in between}, **chained})


_STRICTNESS: tuple[Begun, ...] = ("keep", "see-again", "hold-back")


def _strictest(first: Mapping[str, Begun], then: Mapping[str, Begun]) -> dict[str, Begun]:
    """Of two versions that both say what happens, the one that asks more."""
    return {
        id: max((said[id] for said in (first, then) if id in said), key=_STRICTNESS.index)
        for id in dict.fromkeys([*first, *then])
    }
