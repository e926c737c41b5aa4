"""Whether an SVG is a picture and nothing more: no scripts, no handlers, nothing fetched, no foreign markup.

It is read by expat as XML without a document type; so there are no entities, and a browser that reads the file as XML
sees the same elements as we do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from xml.parsers import expat

LARGEST_SVG = 4 * 2**20
_DEEPEST = 200
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_SEPARATOR = " "

_ELEMENTS = frozenset(
    {
        *("svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "switch", "view", "style"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath", "image"),
        *("linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker", "filter"),
        *("feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting"),
        *("feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR"),
        *("feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting"),
        *("feSpotLight", "feTile", "feTurbulence"),
    }
)
_FOREIGN = frozenset({"foreignObject", "iframe", "embed", "object", "audio", "video", "handler", "listener"})
_DATA_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=\s]*")
_URL = re.compile(r"(?:url|src)\(\s*['\"]?\s*([^)'\"]*)", re.IGNORECASE)


class SvgProblem(NamedTuple):
    code: str
    """`svg-script`, `svg-handler`, `svg-element`, `svg-reference`, `svg-doctype`, `svg-instruction`, `svg-too-large` or
    `svg-invalid`. A bundle with such a picture is refused with the same code."""
    detail: str
    line: int | None = None
    """Where it begins, where that is known."""


def svg_problems(data: bytes) -> list[SvgProblem]:
    """Everything about these bytes that keeps them from being a harmless picture; empty for one that is."""
    if len(data) > LARGEST_SVG:
        return [SvgProblem("svg-too-large", "")]
    found: list[SvgProblem] = []
    depth = 0
    in_style = 0
    style: list[str] = []
    style_line = 0
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)

    def note(problems: Iterable[SvgProblem]) -> None:
        found.extend(problem._replace(line=parser.CurrentLineNumber) for problem in problems)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, in_style, style_line
        depth += 1
        if depth > _DEEPEST:
            raise _NotAPicture
        namespace, _, element = name.rpartition(_SEPARATOR)
        if depth == 1 and (namespace, element) != (_SVG, "svg"):
            raise _NotAPicture
        # Elements of other namespaces (those of drawing programs) are never rendered; XHTML is.
        if element.lower() == "script":
            note([SvgProblem("svg-script", element)])
        elif element in _FOREIGN or (namespace == _SVG and element not in _ELEMENTS) or "xhtml" in namespace.lower():
            note([SvgProblem("svg-element", element)])
        if element == "style":
            in_style += 1
            style_line = parser.CurrentLineNumber
        for key, value in attributes.items():
            note(_attribute_problems(key, value))

    def end(name: str) -> None:
        nonlocal depth, in_style
        depth -= 1
        in_style -= name.rpartition(_SEPARATOR)[2] == "style"

    def text(content: str) -> None:
        if in_style:
            style.append(content)

    def doctype(name: str, *_: object) -> None:
        if name.rpartition(":")[2] != "svg":
            raise _NotAPicture
        note([SvgProblem("svg-doctype", "")])
        raise _NotAPicture

    def instruction(target: str, _: str) -> None:
        note([SvgProblem("svg-instruction", target)])

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    parser.ProcessingInstructionHandler = instruction
    parser.XmlDeclHandler = _check_encoding
    try:
        data.decode()
        parser.Parse(data, True)
    except (UnicodeDecodeError, expat.ExpatError, _NotAPicture):
        return found or [SvgProblem("svg-invalid", "", parser.CurrentLineNumber)]
    found.extend(problem._replace(line=style_line) for problem in _style_problems("".join(style)))
    return list(dict.fromkeys(found))


class _NotAPicture(Exception):
    pass


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    # In another encoding a browser and we might read different characters.
    if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii"):
        raise _NotAPicture


def _attribute_problems(key: str, value: str) -> list[SvgProblem]:
    namespace, _, name = key.rpartition(_SEPARATOR)
    if name.lower().startswith("on"):
        return [SvgProblem("svg-handler", name)]
    if name.lower() in ("href", "src") and not _is_inside(value):
        return [SvgProblem("svg-reference", value[:80])]
    if namespace == _XML and name == "base":
        return [SvgProblem("svg-reference", value[:80])]
    if "javascript:" in re.sub(r"[\s\x00-\x1f]", "", value).lower():
        return [SvgProblem("svg-script", name)]
    if namespace in ("", _SVG, _XLINK) and not name.startswith(("data-", "aria-")):
        return _style_problems(value)
    return []


def _style_problems(text: str) -> list[SvgProblem]:
    """References in CSS and in attributes that take `url(...)`."""
    found = [SvgProblem("svg-reference", url[:80]) for url in _URL.findall(text) if not _is_inside(url)]
    lowered = text.lower()
    for word in ("@import", "expression(", "-moz-binding", "behavior:", "image(", "image-set(", "javascript:", "\\"):
        # With a backslash CSS can spell any other word, so it has no place here.
        if word in lowered:
            found.append(SvgProblem("svg-reference", word))
    return found


def _is_inside(reference: str) -> bool:
    reference = reference.strip()
    return not reference or reference.startswith("#") or _DATA_PICTURE.fullmatch(reference) is not None
