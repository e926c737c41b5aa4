"""Who looks at a page, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from designtool.diagnostics import Language, Text
from designtool.treatment.corrections import Correction


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with an answer, at its field. `confirm` asks again: the patient may say that it is right."""

    field: str
    message: Text
    level: Literal["block", "confirm"] = "block"
    corrections: tuple[Correction, ...] = ()
    """What may have been meant, with which it would be right."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """That the version of the program is recalled, as a therapist is told at each patient."""

    lines: tuple[Text, ...]
    """What it means, why, and what to use instead."""
    text: str = ""
    """Plain text, by those who have recalled it."""
    title: Literal["recalled", "recalled-information", "recalled-lifted"] = "recalled"
    """What stands over it, in the view's word for it."""


@dataclass(frozen=True, slots=True)
class Viewpoint:
    role: Literal["patient", "therapist"]
    base: str = ""
    """Prefix of every address on the page, without a slash at the end."""
    assets: str = ""
    """Prefix of the addresses of style sheets and scripts (`/static/pages.css`), without a slash at the end."""
    language: Language = "sv"
    token: str = ""
    """Carried by every form against cross-site requests; empty where the server checks otherwise."""
    reading: bool = False
    """True where nothing can be written: a version of the program that the treatment has left."""
    revision: int | None = None
    """Events of the treatment that the page was made from; forms carry it, so that a server can tell what has been written since."""
    page: str = ""
    """A name for the page as it is shown this once; forms carry it, so that a server can tell two windows of a device apart."""
    notices: tuple[Text, ...] = ()
    """Lines at the top of every page: that this is a demonstration, that a bundle is not signed."""
    links: tuple[tuple[str, Text], ...] = ()
    """Ways out of the treatment, to the server's own pages: address and words, at the top of every page."""
    form: str = ""
    """The form that was just sent, which `errors` and `draft` are about; empty where a page has but one."""
    errors: tuple[FieldError, ...] = ()
    """Of the form that was just sent."""
    saved: str = ""
    """What was just done, to be confirmed to the reader: `submitted`, `saved`, `sent` ...; empty for none."""
    draft: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Values of the form that was just sent and refused: shown again, so that nothing typed is lost."""
    stopped: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    """Modules and exercises that are stopped for now, each with what this reader is told in its place; empty for the usual words.
    It is live data of the region, as contacts are: the treatment and its program are what they were."""
    recalled: tuple[Recalled, ...] = ()
    """For therapists."""
    entry_date: str = ""
    """Of a diary: the ISO date of the entry that is looked at; empty for the latest that can be made."""
