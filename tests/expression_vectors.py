"""The file of expression vectors as designtool's own types, for the tests that use it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from designtool.expressions import from_json
from designtool.expressions.expression import Environment, Form, Record, Scope, Type, Value

FILE = Path(__file__).parent / "vectors" / "expressions.json"
DATA: dict[str, Any] = json.loads(FILE.read_text("utf-8"))


def type_of(stated: Mapping[str, Any]) -> Type:
    return Type(
        stated["kind"],
        unit=stated.get("unit", ""),
        options=tuple(stated.get("options", ())),
        values=tuple(map(Fraction, stated.get("values", ()))),
        low=None if "low" not in stated else Fraction(stated["low"]),
        high=None if "high" not in stated else Fraction(stated["high"]),
        columns={name: type_of(column) for name, column in stated.get("columns", {}).items()},
    )


FORMS = {
    id: Form(
        id,
        form["kind"],
        {name: type_of(stated) for name, stated in form["names"].items()},
        frozenset(form.get("summaries", ())),
    )
    for id, form in DATA["forms"].items()
}


def scope_of(stated: Mapping[str, Any]) -> Scope:
    extra = {name: Type("number", unit="minutes") for name in stated.get("extra", {})}
    return Scope(FORMS, stated.get("own", ""), extra)


def environment_of(stated: Mapping[str, Any]) -> Environment:
    own = stated.get("own", "")
    draft = stated.get("draft")
    return Environment(
        today=date.fromisoformat(stated["today"]),
        start=date.fromisoformat(stated["start"]),
        records={
            form: tuple(_record(form, record) for record in records)
            for form, records in stated.get("records", {}).items()
        },
        own=own,
        draft=_record(own, draft) if draft else None,
        summaries={form: _values(form, values) for form, values in stated.get("summaries", {}).items()},
        extra={name: Fraction(value) for name, value in stated.get("extra", {}).items()},
        clock_moved=stated.get("clock_moved", 0),
    )


def _record(form: str, stated: Mapping[str, Any]) -> Record:
    return Record(date.fromisoformat(stated["dated"]), None, _values(form, stated["values"]))


def _values(form: str, stated: Mapping[str, Any]) -> dict[str, Value]:
    return {name: from_json(FORMS[form].names[name], value) for name, value in stated.items()}
