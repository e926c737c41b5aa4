"""What no text of a program may be, whoever wrote it: an address that runs code, or HTML that a browser would act upon."""

from __future__ import annotations

import re

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_MISPLACED = re.compile(r"[\\\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]")
_ACTIVE_HTML = re.compile(
    # Elements that act by themselves; others only with an attribute, because `term <form>` is how a role names its target.
    r"<[\s/]*(?:script|noscript|iframe|frameset|applet|svg|math)(?=[\s/>])"
    r"|<\s*(?:a|area|audio|base|body|button|details|dialog|div|embed|form|frame|html|image|img|input|link|marquee|meta|"
    r"object|p|portal|select|slot|source|span|style|table|td|template|textarea|track|video)(?:\s[^<>]*|/[^<>]*)="
    r"|<!--|<!doctype|<!\[cdata\[|<\?xml",
    re.IGNORECASE,
)


def is_safe_link(href: str) -> bool:
    """http, https, mailto, tel, or an address within the program. No blanks by which a scheme could be disguised."""
    if misplaced_sign(href) or href.startswith("//"):
        return False
    scheme = _SCHEME.match(href)
    return scheme is None or scheme[1].lower() in SCHEMES


def misplaced_sign(href: str) -> str:
    """The first character of an address that has no place where it stands; empty for none."""
    blank = _MISPLACED.search(href)
    if blank is not None:
        return blank[0]
    before_path = href.split("/", 1)[0].split("?", 1)[0].split("#", 1)[0]
    return ":" if ":" in before_path and not _SCHEME.match(href) else ""


def active_html(text: str) -> str | None:
    """The first piece of HTML in a text that a browser would act upon, if the text were ever taken for HTML."""
    found = _ACTIVE_HTML.search(text) if "<" in text else None
    return found[0] if found else None
