"""Exercises and questionnaires, from their documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal, cast

from designtool.expressions.expression import Expression, Form, Scope, Type
from designtool.expressions.rules import wrong_arguments
from designtool.expressions.trees import LOOKS_BACK, called
from designtool.model.exercise import (
    Active,
    Chart,
    Computed,
    Constraint,
    Decision,
    Entry,
    Exercise,
    Field,
    Group,
    Option,
    Required,
    Row,
    StepBand,
)
from designtool.model.findings import Findings, frozen_mapping
from designtool.model.flow import Flag
from designtool.model.questionnaire import (
    Band,
    ClinicalThreshold,
    Instrument,
    Item,
    Missing,
    Questionnaire,
    Score,
    Vector,
)
from designtool.model.reading import Node, as_fraction
from designtool.model.rules import condition_looks_ahead, duplicate_id

_NO_REQUIREMENT = Required(1)
_STRETCH = re.compile(r"[a-z][a-z0-9_]*( \.\. [a-z][a-z0-9_]*)?")


def questionnaire(id: str, node: Node, forms: Mapping[str, Form], findings: Findings) -> Questionnaire:
    scope = Scope(forms, own=id)
    form = forms[id]
    _report_duplicates([*node.mappings("items"), *node.mappings("scores")], findings)
    options = {
        name: _options(node.at("options"), name)
        for name, content in node.values("options").items()
        if isinstance(content, list)
    }
    instrument = node.mapping("instrument") or node
    age = instrument.mapping("age")
    return Questionnaire(
        id=id,
        title=node.text("title", id),
        instrument=Instrument(
            name=instrument.text("name"),
            language=instrument.text("language", "sv"),
            licence=cast(Any, instrument.text("licence", "restricted")),
            holder=instrument.text("holder"),
            source=instrument.text("source"),
            age_min=age.integer("min") if age else None,
            age_max=age.integer("max") if age else None,
        ),
        recall=node.text("recall"),
        introduction=node.text("introduction"),
        minutes=node.integer("minutes"),
        items=_items(node.mappings("items"), options, scope, findings),
        scores=tuple(_score(score, scope, form, findings) for score in node.mappings("scores")),
        flags=_flags(id, node, scope, findings),
        vectors=tuple(_vector(vector, form, findings) for vector in node.mappings("vectors")),
        origin=node.origin,
    )


def exercise(id: str, node: Node, module: str, forms: Mapping[str, Form], findings: Findings) -> Exercise:
    scope = Scope(forms, own=id)
    _report_duplicates([*node.mappings("fields"), *node.mappings("computed"), *node.mappings("summary")], findings)
    kind = node.text("kind", "worksheet")
    entry = node.mapping("entry")
    active = node.mapping("active")
    return Exercise(
        id=id,
        title=node.text("title", id),
        kind=cast(Any, kind),
        filled_by=cast(Any, node.text("filled_by", "patient")),
        introduction=node.text("introduction"),
        minutes=node.integer("minutes"),
        fill=cast(Any, node.text("fill", "whenever" if kind == "diary" else "once")),
        entry=Entry(
            per=cast(Any, entry.text("per", "day")),
            dated=entry.text("dated"),
            backfill_days=entry.integer("backfill_days") or 0,
        )
        if entry
        else (Entry("day") if kind == "diary" else None),
        active=Active(start=active.text("from"), end=active.text("until", "end")) if active else None,
        required=_required(node),
        fields=tuple(_field(field, scope, findings) for field in node.mappings("fields")),
        computed=() if kind == "decision" else _computed(node, "computed", scope, findings),
        summary=_computed(node, "summary", scope, findings),
        constraints=tuple(
            Constraint(
                condition, cast(Any, constraint.text("level", "block")), constraint.text("message"), constraint.origin
            )
            for constraint in node.mappings("constraints")
            if (condition := findings.expression(constraint, "assert", scope, "truth")) is not None
        ),
        charts=tuple(_chart(chart, forms[id], findings) for chart in node.mappings("charts")),
        flags=_flags(id, node, scope, findings),
        decision=_decision(id, node, forms, findings) if kind == "decision" else None,
        module=module,
        shown_to_patient=node.flag("shown_to_patient"),
        order_by=_named(node, "order_by", forms[id].names, "field", findings),
        order=_order(node),
        top_rows=node.integer("top_rows"),
        groups=_groups(node, forms[id].names, "field", findings),
        origin=node.origin,
    )


def computed_types(nodes: Mapping[str, Node], forms: Mapping[str, Form]) -> dict[str, Form]:
    """The forms with the types that their computed values turn out to have.

    Values are compiled in the order of the file; what is found wrong is reported when the form itself is assembled.
    """
    typed = dict(forms)
    for id in sorted(nodes, key=lambda id: forms[id].kind == "decision"):
        node = nodes[id]
        silent = Findings(frozenset())
        extra = {"current": Type("number")} if forms[id].kind == "decision" else {}
        for key in ("computed", "summary"):
            for computed in node.mappings(key):
                expression = silent.expression(computed, "value", Scope(typed, own=id, extra=extra))
                if expression is not None and expression.type != "number":
                    names = {**typed[id].names, computed.text("id"): Type(expression.type)}
                    typed[id] = replace(typed[id], names=names)
    return typed


def _report_duplicates(nodes: list[Node], findings: Findings) -> None:
    seen: set[str] = set()
    for node in nodes:
        id = node.text("id")
        if id and id in seen:
            findings.add(duplicate_id.RULE.at(node.span("id"), id=id))
        seen.add(id)


def _options(node: Node, key: str) -> tuple[Option, ...]:
    return tuple(Option(_option_value(option.raw("value")), option.text("label")) for option in node.mappings(key))


def _option_value(value: Any) -> int | str:
    return value if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _items(
    nodes: Iterable[Node], options: Mapping[str, tuple[Option, ...]], scope: Scope, findings: Findings
) -> tuple[Item, ...]:
    items: list[Item] = []
    for node in nodes:
        shown = _shown_by(node, scope, {item.id for item in items}, findings)
        items.append(replace(_item(node, options, findings), show_if=shown))
    return tuple(items)


def _shown_by(node: Node, scope: Scope, earlier: Set[str], findings: Findings) -> Expression | None:
    """When an item is asked. It may depend on nothing but answers that stand above it, so that an item is there or not
    whenever somebody comes to it, and so that items cannot hide each other."""
    condition = findings.expression(node, "show_if", scope, "truth")
    if condition is None:
        return None
    for form, name in condition.references:
        if form != scope.own or name not in earlier:
            shown = name if form == scope.own else f"{form}.{name}"
            findings.add(condition_looks_ahead.RULE.at(node.span("show_if"), id=node.text("id"), name=shown))
            return None
    history = next((name for name in called(condition.tree) if name in LOOKS_BACK), "")
    if history:
        findings.add(
            condition_looks_ahead.RULE.at(node.span("show_if"), "history", id=node.text("id"), name=f"{history}()")
        )
        return None
    return condition


def _item(node: Node, options: Mapping[str, tuple[Option, ...]], findings: Findings) -> Item:
    name = node.text("options")
    if name and name not in options:
        findings.missing_reference("options", name, node.span("options"), options)
    return Item(
        id=node.text("id"),
        text=node.text("text"),
        options=options.get(name, ()),
        risk=node.text("risk"),
        scored=node.flag("scored", True),
        required=node.flag("required"),
        when_hidden=node.integer("when_hidden"),
        origin=node.origin,
    )


def _score(node: Node, scope: Scope, form: Form, findings: Findings) -> Score:
    stretch = node.raw("range")
    ends = [as_fraction(end) or Fraction(0) for end in stretch] if isinstance(stretch, list) else []
    low, high = (ends[0], ends[1]) if len(ends) == 2 else (Fraction(0), Fraction(0))
    missing = node.mapping("missing")
    items = _expanded(node, "items", form, findings)
    at_least = missing.integer("at_least") if missing else None
    return Score(
        id=node.text("id"),
        label=node.text("label", node.text("id")),
        method=cast(Any, node.text("method", "sum")),
        items=items,
        weights=frozen_mapping(
            {
                item: number
                for items, weight in node.values("weights").items()
                if (number := as_fraction(weight)) is not None
                for item in expand_range(items, form, node, ("weights", items), findings)
            }
        ),
        reverse=_expanded(node, "reverse", form, findings),
        missing=Missing(
            rule=cast(Any, missing.text("rule", "require-all") if missing else "require-all"),
            at_least=len(items) if at_least is None else at_least,
        ),
        low=low,
        high=high,
        bands=tuple(
            Band(start, band.text("label"))
            for band in node.mappings("bands")
            if (start := band.fraction("from")) is not None
        ),
        reliable_change=node.fraction("reliable_change"),
        clinical_threshold=_clinical_threshold(node),
        value=findings.expression(node, "value", scope, "number"),
        origin=node.origin,
    )


def _clinical_threshold(node: Node) -> ClinicalThreshold | None:
    threshold = node.mapping("clinical_threshold")
    if threshold is None:
        return None
    for side in ("from", "below"):
        at = threshold.fraction(side)
        if at is not None:
            return ClinicalThreshold(at, cast(Any, side))
    return None


def _expanded(node: Node, key: str, form: Form, findings: Findings) -> tuple[str, ...]:
    """Item ids, with `q1 .. q9` as the stretch between the two in the order of the form."""
    value = node.raw(key)
    found: list[str] = []
    for index, text in enumerate(value if isinstance(value, list) else ()):
        # What is written in another way, such as q1-q9, has a finding of its shape.
        if isinstance(text, str) and _STRETCH.fullmatch(text):
            found.extend(expand_range(text, form, node, (key, index), findings))
    return tuple(found)


def expand_range(text: str, form: Form, node: Node, keys: tuple[str | int, ...], findings: Findings) -> tuple[str, ...]:
    names = list(form.names)
    ends = [end.strip() for end in text.split("..")]
    for end in ends:
        if end not in form.names:
            findings.missing_reference(
                "item" if form.kind == "questionnaire" else "field", end, node.span(*keys), names
            )
            return ()
    if len(ends) == 1:
        return (ends[0],)
    first, last = names.index(ends[0]), names.index(ends[-1])
    if last < first:
        findings.add(wrong_arguments.RULE.at(node.span(*keys), "range-backwards", first=ends[0], last=ends[-1]))
    return tuple(names[first : last + 1])


def _flags(form: str, node: Node, scope: Scope, findings: Findings) -> tuple[Flag, ...]:
    flags = []
    for number, flag in enumerate(node.mappings("flags"), 1):
        when = findings.expression(flag, "when", scope, "truth")
        if when is None:
            continue
        named = {name for owner, name in when.references if owner == form}
        flags.append(
            Flag(
                id=f"{form}-{number}",
                when=when,
                level=cast(Any, flag.text("level", "yellow")),
                about=tuple(name for name in scope.forms[form].names if name in named),
                message=flag.text("message"),
                to=flag.text("to", "therapist"),
                escalate_after_hours=flag.integer("escalate_after_hours"),
                patient_page=flag.text("patient_page"),
                origin=flag.origin,
            )
        )
    return tuple(flags)


def _vector(node: Node, form: Form, findings: Findings) -> Vector:
    expect = node.mapping("expect")
    return Vector(
        answers=expanded_answers(node, "answers", form, findings),
        scores=frozen_mapping(expect.values("scores") if expect else {}),
        flags=expect.texts("flags") if expect else (),
        origin=node.origin,
    )


def expanded_answers(node: Node, key: str, form: Form | None, findings: Findings) -> Mapping[str, Any]:
    """Answers with ranges of items expanded: `q1 .. q6: 2`."""
    answers: dict[str, Any] = {}
    for name, value in node.values(key).items():
        if form is None:
            answers[name] = value
            continue
        for item in expand_range(name, form, node, (key, name), findings):
            answers[item] = value
    return frozen_mapping(answers)


def _required(node: Node) -> Required | None:
    required = node.mapping("required")
    if required is None:
        return None
    return Required(required.integer("entries") or 1, required.integer("within_days"))


def _field(node: Node, scope: Scope, findings: Findings) -> Field:
    columns = tuple(node.mappings("columns"))
    _report_duplicates([*columns, *node.mappings("computed")], findings)
    row_scope, names = scope, _columns(scope, scope.own, node.text("id"))
    if node.text("type") in ("table", "plan-entry"):
        worked_out = {computed.text("id") for computed in node.mappings("computed")}
        own = {id: type for id, type in names.items() if id not in worked_out}
        row_scope = replace(scope, extra={**scope.extra, **own})
    when_hidden = node.raw("when_hidden")
    return Field(
        id=node.text("id"),
        type=cast(Any, node.text("type", "text")),
        label=node.text("label"),
        help=node.text("help"),
        example=node.text("example"),
        required=node.flag("required"),
        show_if=findings.expression(node, "show_if", scope, "truth"),
        when_hidden=when_hidden if isinstance(when_hidden, int | str | bool) else None,
        min=node.fraction("min"),
        max=node.fraction("max"),
        step=node.fraction("step"),
        ends=node.texts("ends"),
        unit=node.text("unit"),
        max_length=node.integer("max_length"),
        options=_options(node, "options"),
        options_from=_field_reference(node, "options_from", scope, findings),
        prefill=_field_reference(node, "prefill", scope, findings),
        columns=tuple(_field(column, row_scope, findings) for column in columns),
        computed=_computed(node, "computed", row_scope, findings),
        rows=tuple(Row(row.text("id"), row.text("label")) for row in node.mappings("rows")),
        rows_from=_field_reference(node, "rows_from", scope, findings),
        min_rows=node.integer("min_rows") or 0,
        max_rows=node.integer("max_rows"),
        from_if=findings.expression(node, "from_if", _source_scope(node, scope), "truth"),
        from_top=node.integer("from_top"),
        order_by=_named(node, "order_by", names, "column", findings),
        order=_order(node),
        top_rows=node.integer("top_rows"),
        groups=_groups(node, names, "column", findings),
        origin=node.origin,
    )


def _field_reference(node: Node, key: str, scope: Scope, findings: Findings) -> str:
    """`exercise.field`, checked to exist; a third part names a column of a table."""
    text = node.text(key)
    if not text:
        return ""
    form, _, name = text.partition(".")
    known = scope.forms.get(form)
    if known is None:
        findings.missing_reference("form", form, node.span(key), scope.forms)
    else:
        field, _, column = name.partition(".")
        if field not in known.names:
            findings.missing_reference("field", name, node.span(key), known.names)
        elif column and column not in known.names[field].columns:
            findings.missing_reference("column", column, node.span(key), known.names[field].columns)
    return text


_SOURCES = ("options_from", "rows_from", "prefill")


def _source_scope(node: Node, scope: Scope) -> Scope:
    """The names that `from_if` sees: the columns of the table that the rows come from."""
    reference = next((node.text(key) for key in _SOURCES if node.text(key)), "")
    form, _, name = reference.partition(".")
    return replace(scope, own="", extra=_columns(scope, form, name.partition(".")[0]))


def _columns(scope: Scope, form: str, field: str) -> Mapping[str, Type]:
    known = scope.forms.get(form)
    type = known.names.get(field) if known is not None else None
    return type.columns if type is not None else {}


def _order(node: Node) -> Literal["largest-first", "smallest-first"]:
    return "smallest-first" if node.text("order") == "smallest-first" else "largest-first"


def _named(node: Node, key: str, names: Mapping[str, Type], kind: str, findings: Findings) -> str:
    """A name that stands at a key; empty where it leads nowhere."""
    name = node.text(key)
    if name and name not in names:
        findings.missing_reference(kind, name, node.span(key), names)
        return ""
    return name


def _groups(node: Node, names: Mapping[str, Type], kind: str, findings: Findings) -> tuple[Group, ...]:
    groups = []
    for group in node.mappings("groups"):
        by, mean = (_named(group, key, names, kind, findings) for key in ("by", "mean"))
        if by and mean:
            groups.append(Group(by, mean, group.text("label"), group.integer("at_least") or 1))
    return tuple(groups)


def _computed(node: Node, key: str, scope: Scope, findings: Findings) -> tuple[Computed, ...]:
    return tuple(
        Computed(
            id=computed.text("id"),
            label=computed.text("label", computed.text("id")),
            value=value,
            unit=computed.text("unit"),
            display_digits=computed.integer("digits") or 0,
            origin=computed.origin,
        )
        for computed in node.mappings(key)
        if (value := findings.expression(computed, "value", scope)) is not None
    )


def _chart(node: Node, form: Form, findings: Findings) -> Chart:
    lines = node.texts("line")
    for index, name in enumerate(lines):
        if name not in form.names:
            findings.missing_reference("field", name, node.span("line", index), form.names)
    return Chart(tuple(name for name in lines if name in form.names), node.fraction("target"))


def _decision(id: str, node: Node, forms: Mapping[str, Form], findings: Findings) -> Decision | None:
    scope = Scope(forms, own=id)
    with_current = replace(scope, extra={"current": Type("number", unit=node.text("unit"))})
    measure = findings.expression(node, "measure", scope, "number")
    start = findings.expression(node, "start", scope, "number")
    needs = node.mapping("needs")
    if measure is None or start is None:
        return None
    return Decision(
        measure=measure,
        needs=Required(needs.integer("entries") or 1, needs.integer("within_days")) if needs else _NO_REQUIREMENT,
        start=start,
        floor=node.fraction("floor") or Fraction(0),
        ceiling=node.fraction("ceiling") or Fraction(0),
        bands=tuple(
            StepBand(band.fraction("from") or Fraction(0), band.fraction("step") or Fraction(0))
            for band in node.mappings("bands")
        ),
        unit=node.text("unit", "minutes"),
        every_days=node.integer("every_days") or 7,
        hold_if=findings.expression(node, "hold_if", with_current, "truth"),
        lock_if=findings.expression(node, "lock_if", with_current, "truth"),
        confirm="therapist",
        overdue_days=node.integer("overdue_days") or 0,
        computed=_computed(node, "computed", with_current, findings),
        origin=node.origin,
    )
