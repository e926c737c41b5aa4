"""A treatment as it stood when it left a version of its program: all can be read, nothing can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from designtool.model.program import Program
from designtool.treatment.situate import situation
from designtool.treatment.situation import FormSituation, ModuleSituation, Situation
from designtool.treatment.state import State


def as_it_stood(state: State, number: int, programs: Mapping[str, Program]) -> Situation | None:
    """How the treatment stood when it left its version of that number; None when it has left none such."""
    later = (*state.earlier[1:], state)
    if not 1 <= number <= len(state.earlier) or later[number - 1].moved_at is None:
        return None
    left_at = later[number - 1].moved_at
    assert left_at is not None
    stood = situation(state.earlier[number - 1], programs, left_at)
    return replace(
        stood,
        phase="ended",
        modules=tuple(_to_read(module) for module in stood.modules),
        measurements=tuple(one for one in stood.measurements if one.status in ("done", "missed")),
        forms=MappingProxyType({id: _closed(form) for id, form in stood.forms.items()}),
    )


def _to_read(module: ModuleSituation) -> ModuleSituation:
    if module.status not in ("open", "submitted"):
        return module
    return replace(module, status="complete", to_do=(), feedback_due=None)


def _closed(form: FormSituation) -> FormSituation:
    if form.status != "open":
        return form
    # What was typed and never sent stays in sight: it can be copied into the form of today.
    return replace(form, status="done" if form.records else "not-open", open_dates=())
