"""Making HTML: the one place where text becomes markup, so that escaping cannot be forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

_VOID = frozenset({"br", "hr", "img", "input", "source", "track"})
CONTROL_CHARACTERS = {code: "�" for code in range(32) if code not in (9, 10, 13)}

Attributes = Mapping[str, str | int | bool | None]
Child = str | Markup | None


def element(name: str, attributes: Attributes | None = None, *children: Child) -> Markup:
    """An element. Attributes that are None or False are left out, True stands alone; children that are not Markup are escaped."""
    start = Markup("<") + Markup(name) + _attributes(attributes or {}) + Markup(">")
    if name in _VOID:
        return start
    return start + joined(children) + Markup("</") + Markup(name) + Markup(">")


def joined(children: Iterable[Child]) -> Markup:
    return Markup("").join(text(child) for child in children if child is not None)


def text(value: str) -> Markup:
    """Text as markup: escaped unless it is markup already; control characters, which HTML forbids, become visible."""
    return value if isinstance(value, Markup) else escape(value.translate(CONTROL_CHARACTERS))


def isolated(value: str) -> Markup:
    """Somebody's own words inside a sentence of ours: their writing direction stays theirs."""
    return element("bdi", {}, value)


def paragraphs(value: str, attributes: Attributes | None = None) -> Markup:
    """Plain text with blank lines between paragraphs; single line breaks are kept."""
    parts = [part.strip("\n") for part in value.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")]
    return joined(
        element(
            "p", {"dir": "auto", **(attributes or {})}, Markup("<br>").join(text(line) for line in part.split("\n"))
        )
        for part in parts
        if part.strip()
    )


def classes(*names: str | bool | None) -> str:
    return " ".join(name for name in names if isinstance(name, str) and name)


def _attributes(attributes: Attributes) -> Markup:
    pieces = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        pieces.append(Markup(" ") + Markup(name))
        if value is not True:
            pieces.append(Markup('="') + text(str(value)) + Markup('"'))
    return Markup("").join(pieces)
