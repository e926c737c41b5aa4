"""Blocks and running text to HTML, by one small function a kind in one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from markupsafe import Markup

from designtool.load.document import Inline, plain_text
from designtool.model.page import Block
from designtool.model.program import Contact
from designtool.render.charts import diary_chart, score_chart, score_points
from designtool.render.context import (
    PageContext,
    exercise_field,
    form_title,
    is_withheld,
    latest_value,
    library_page,
    named_value,
    score_named,
)
from designtool.render.forms import exercise_block, questionnaire_block
from designtool.render.html import classes, element, isolated, joined, text
from designtool.render.icons import icon
from designtool.render.records import review

_OWN_ADDRESSES = (
    "library/",
    "page/",
    "module/",
    "exercise/",
    "questionnaire/",
    "messages",
    "results",
    "crisis",
    "modules",
    "home",
    "#",
)
_SCHEMES = ("https:", "http:", "mailto:", "tel:")
_SHOWN_WITH_ID = re.compile(r"(?P<shown>.*\S)\s*<(?P<id>[^<>]+)>", re.DOTALL)


def render_blocks(blocks: Iterable[Block], context: PageContext) -> Markup:
    return joined(render_block(block, context) for block in blocks)


def render_block(block: Block, context: PageContext) -> Markup:
    """One block with all that it holds. An unknown kind is a fault in designtool: the program has been validated."""
    return BLOCKS[block.kind](block, context)


def render_inlines(inlines: Iterable[Inline], context: PageContext) -> Markup:
    made, before = [], ""
    for inline in inlines:
        if inline.kind == "term" and (not before or before.endswith((". ", "? ", "! "))):
            inline = _with_capital(inline, context)
        made.append(INLINES[inline.kind](inline, context))
        before += plain_text((inline,))
    return joined(made)


def _with_capital(inline: Inline, context: PageContext) -> Inline:
    """At the beginning of a sentence a term stands as its title is written."""
    shown, id = _role(inline)
    term = context.program.term.get(id)
    return replace(inline, text=f"{term.title} <{id}>") if term and not shown else inline


# CommonMark


def _heading(block: Block, context: PageContext) -> Markup:
    """The page's title is the only h1, so an author's first level stands as the second."""
    level = min(6, max(2, int(block.attributes.get("level", "2"))))
    return element(f"h{level}", {}, render_inlines(block.inlines, context))


def _paragraph(block: Block, context: PageContext) -> Markup:
    return element("p", {}, render_inlines(block.inlines, context))


def _bullet_list(block: Block, context: PageContext) -> Markup:
    return element("ul", {}, render_blocks(block.children, context))


def _ordered_list(block: Block, context: PageContext) -> Markup:
    start = block.attributes.get("start", "1")
    return element("ol", {"start": start if start != "1" else None}, render_blocks(block.children, context))


def _list_item(block: Block, context: PageContext) -> Markup:
    return element("li", {}, _content(block, context))


def _quote(block: Block, context: PageContext) -> Markup:
    return element("blockquote", {}, _content(block, context))


def _code(block: Block, context: PageContext) -> Markup:
    return element("pre", {"tabindex": "0"}, element("code", {}, block.attributes.get("text", "")))


def _rule(block: Block, context: PageContext) -> Markup:
    return element("hr")


def _table(block: Block, context: PageContext) -> Markup:
    """Scrolls inside its own frame when it is wider than the screen, and can be reached with the keyboard."""
    aligned = block.attributes.get("align", "").split(",")
    heads = [row for row in block.children if row.attributes.get("header") == "true"]
    bodies = [row for row in block.children if row.attributes.get("header") != "true"]

    def rows(chosen: list[Block], cell: str) -> Markup:
        return joined(
            element(
                "tr",
                {},
                *(
                    element(
                        cell,
                        {
                            "scope": "col" if cell == "th" else None,
                            "class": f"align-{aligned[at]}"
                            if at < len(aligned) and aligned[at] in ("right", "center")
                            else None,
                        },
                        _content(child, context),
                    )
                    for at, child in enumerate(row.children)
                ),
            )
            for row in chosen
        )

    table = element(
        "table",
        {},
        element("thead", {}, rows(heads, "th")) if heads else None,
        element("tbody", {}, rows(bodies, "td")),
    )
    return element(
        "div", {"class": "table-frame", "tabindex": "0", "role": "group", "aria-label": context.say("table")}, table
    )


# Media


def _image(block: Block, context: PageContext) -> Markup:
    picture = element(
        "img",
        {
            "src": context.media(block.argument),
            "alt": block.attributes.get("alt", ""),
            "loading": "lazy",
            "decoding": "async",
        },
    )
    return element("figure", {"class": "media"}, picture, _caption(block, context))


def _film(block: Block, context: PageContext) -> Markup:
    alternative = block.attributes.get("alt", "")
    captions = block.attributes.get("captions")
    track = (
        element(
            "track",
            {
                "kind": "captions",
                "src": context.media(captions),
                "srclang": context.program.language,
                "label": context.say("captions"),
                "default": True,
            },
        )
        if captions
        else None
    )
    film = element(
        "video",
        {"controls": True, "preload": "metadata", "playsinline": True, "aria-label": alternative or None},
        element("source", {"src": context.media(block.argument), "type": _media_type(block.argument, context)}),
        track,
        element("a", {"href": context.media(block.argument)}, block.argument.rsplit("/", 1)[-1]),
    )
    return element("figure", {"class": "media film"}, film, _caption(block, context, transcript="film-transcript"))


def _audio(block: Block, context: PageContext) -> Markup:
    sound = element(
        "audio",
        {
            "controls": True,
            "preload": "metadata",
            "aria-label": block.attributes.get("alt") or block.attributes.get("caption") or None,
        },
        element("source", {"src": context.media(block.argument), "type": _media_type(block.argument, context)}),
        element("a", {"href": context.media(block.argument)}, block.argument.rsplit("/", 1)[-1]),
    )
    return element("figure", {"class": "media audio"}, sound, _caption(block, context, transcript="audio-transcript"))


def _caption(block: Block, context: PageContext, transcript: str = "") -> Markup | None:
    caption, credit = block.attributes.get("caption"), block.attributes.get("credit")
    path = block.attributes.get("transcript") if transcript else None
    parts = [
        element("span", {"class": "media-caption"}, caption) if caption else None,
        element("span", {"class": "media-credit"}, credit) if credit else None,
        element("a", {"class": "media-transcript", "href": context.media(path)}, icon("text"), context.say(transcript))
        if path
        else None,
    ]
    return element("figcaption", {}, *parts) if any(parts) else None


def _media_type(path: str, context: PageContext) -> str | None:
    media = context.program.media_file.get(path)
    return media.media_type if media else None


# Directives that hold text


def _example(block: Block, context: PageContext) -> Markup:
    person = context.program.person.get(block.argument)
    name = block.attributes.get("name") or (person.name if person else "")
    described = ", ".join(part for part in (name, str(person.age) if person and person.age is not None else "") if part)
    picture = (
        element("img", {"class": "example-image", "src": context.media(person.image), "alt": "", "loading": "lazy"})
        if person and person.image
        else element("span", {"class": "example-initial", "aria-hidden": "true"}, name[:1] or "–")
    )
    head = element(
        "p",
        {"class": "example-head"},
        picture,
        element(
            "span",
            {},
            element("span", {"class": "eyebrow"}, context.say("example")),
            Markup(" "),
            element("strong", {}, described),
        ),
    )
    return element(
        "section",
        {"class": "example", "aria-label": f"{context.say('example')}: {name}"},
        head,
        _content(block, context),
    )


def _callout(block: Block, context: PageContext) -> Markup:
    kind = block.argument or "tip"
    title = block.attributes.get("title") or context.say(kind)
    marks = {"tip": "bulb", "important": "important", "crisis": "phone"}
    return element(
        "section",
        {"class": f"callout callout-{kind}", "aria-label": title},
        element("p", {"class": "callout-title"}, icon(marks[kind]), title),
        _content(block, context),
        element(
            "p",
            {},
            element(
                "a", {"class": "button button-crisis", "href": context.href("crisis")}, context.say("read-what-to-do")
            ),
        )
        if kind == "crisis" and not context.is_therapist and context.target != "crisis"
        else None,
    )


def _reveal(block: Block, context: PageContext) -> Markup:
    return element(
        "details",
        {"class": "reveal"},
        element("summary", {}, block.argument),
        element("div", {"class": "reveal-body"}, _content(block, context)),
    )


def _summary(block: Block, context: PageContext) -> Markup:
    title = block.argument or context.say("summary")
    return element(
        "section",
        {"class": "in-short", "aria-label": title},
        element("p", {"class": "in-short-title"}, icon("check"), title),
        _content(block, context),
    )


def _checklist(block: Block, context: PageContext) -> Markup:
    return element("div", {"class": "checklist"}, _content(block, context))


def _video_meeting(block: Block, context: PageContext) -> Markup:
    title = block.attributes.get("title") or context.say("video-meeting")
    link = (
        element(
            "a",
            {"class": "button button-secondary", "href": block.argument, "rel": "noopener noreferrer"},
            icon("video"),
            context.say("video-meeting-open"),
        )
        if block.argument.startswith("https:")
        else text(block.argument)
    )
    return element(
        "section",
        {"class": "callout callout-meeting", "aria-label": title},
        element("p", {"class": "callout-title"}, icon("video"), title),
        _content(block, context),
        element("p", {}, context.say("video-meeting-text")),
        element("p", {}, link),
    )


def _therapist(block: Block, context: PageContext) -> Markup:
    if not context.is_therapist:
        return Markup("")
    return element(
        "section",
        {"class": "therapist-block", "aria-label": context.say("for-therapist")},
        element("p", {"class": "therapist-label"}, icon("lock"), context.say("for-therapist")),
        _content(block, context),
    )


def _page(block: Block, context: PageContext) -> Markup:
    page = library_page(context.program, block.argument)
    return render_blocks(page.blocks, context) if page else Markup("")


def _if(block: Block, context: PageContext) -> Markup:
    """What the answers decide. Unknown shows neither branch, except safety content; the therapist sees both and why."""
    holds = context.holds(block.condition) if block.condition is not None else None
    if context.is_therapist:
        return joined(_labelled_branch(block, branch, at, holds, context) for at, branch in enumerate(block.children))
    if block.condition is not None and any(context.is_put_aside(form) for form, _ in block.condition.references):
        holds = None  # What was decided does not hold for now, and nor does its opposite.
    shown = []
    for at, branch in enumerate(block.children):
        if (holds is None and _is_safety(branch, context)) or holds is (at == 0):
            shown.append(_content(branch, context))
    return joined(shown)


def _labelled_branch(block: Block, branch: Block, at: int, holds: bool | None, context: PageContext) -> Markup:
    now = (
        "shown-now"
        if holds is (at == 0) or (holds is None and _is_safety(branch, context))
        else "unknown-now"
        if holds is None
        else "not-shown-now"
    )
    source = block.condition.source if block.condition else ""
    why = (
        joined((context.say("shown-when"), " ", element("code", {}, source)))
        if at == 0
        else joined((context.say("shown-otherwise"), " (", element("code", {}, source), ")"))
    )
    return element(
        "div",
        {"class": classes("condition", f"condition-{now}")},
        element(
            "p",
            {"class": "condition-label"},
            icon("branch"),
            element("span", {}, why, " · ", element("strong", {}, context.say(now))),
        ),
        _content(branch, context),
    )


def _branch(block: Block, context: PageContext) -> Markup:
    return _content(block, context)


def _is_safety(block: Block, context: PageContext) -> bool:
    if block.kind == "callout" and block.argument == "crisis":
        return True
    if block.kind == "page":
        page = library_page(context.program, block.argument)
        return page is not None and page.safety
    if any(_names_crisis(inline) for inline in block.inlines):
        return True
    return any(_is_safety(child, context) for child in block.children)


def contacts_named(blocks: Iterable[Block]) -> frozenset[str]:
    """Ids of the contacts that stand in the running text of these blocks."""

    def in_text(inlines: Iterable[Inline]) -> Iterator[str]:
        for inline in inlines:
            if inline.kind == "contact":
                yield _role(inline)[1]
            yield from in_text(inline.children)

    found: set[str] = set()
    for block in blocks:
        found.update(in_text(block.inlines))
        found |= contacts_named(block.children)
    return frozenset(found)


def _names_crisis(inline: Inline) -> bool:
    return (inline.kind == "contact" and _role(inline)[1] == "crisis") or any(
        _names_crisis(child) for child in inline.children
    )


# Directives that show what the program knows


def _exercise(block: Block, context: PageContext) -> Markup:
    return exercise_block(context.program.exercise[block.argument], context)


def _questionnaire(block: Block, context: PageContext) -> Markup:
    return questionnaire_block(context.program.questionnaire[block.argument], context)


def _chart(block: Block, context: PageContext) -> Markup:
    form, _, name = block.argument.partition(".")
    if is_withheld(context, form):
        return Markup("")
    records = context.form(form).records
    title = block.attributes.get("title", "")
    questionnaire = context.program.questionnaire.get(form)
    if questionnaire is not None:
        score = score_named(questionnaire, name) or questionnaire.scores[0]
        return score_chart(questionnaire, score, score_points(score, records), context.language, title)
    exercise = context.program.exercise[form]
    target: Fraction | None = next((chart.target for chart in exercise.charts if name in chart.line), None)
    return diary_chart(exercise, (name,), records, target, context.language, title)


def _review(block: Block, context: PageContext) -> Markup:
    return review(context, block.argument, block.attributes.get("of", "latest"))


def _content(block: Block, context: PageContext) -> Markup:
    return joined((render_inlines(block.inlines, context), render_blocks(block.children, context)))


# Running text


def _text(inline: Inline, context: PageContext) -> Markup:
    return text(inline.text)


def _code_inline(inline: Inline, context: PageContext) -> Markup:
    return element("code", {}, inline.text)


def _strong(inline: Inline, context: PageContext) -> Markup:
    return element("strong", {}, text(inline.text), render_inlines(inline.children, context))


def _emphasis(inline: Inline, context: PageContext) -> Markup:
    return element("em", {}, text(inline.text), render_inlines(inline.children, context))


def _line_break(inline: Inline, context: PageContext) -> Markup:
    return element("br")


def _link(inline: Inline, context: PageContext) -> Markup:
    """A link to a safe address; of any other only the words are shown."""
    words = joined((text(inline.text), render_inlines(inline.children, context)))
    href = inline.href.strip()
    if href.lower().startswith(_SCHEMES):
        return element(
            "a", {"href": href, "rel": "noopener noreferrer" if href.lower().startswith("http") else None}, words
        )
    if href.startswith(_OWN_ADDRESSES) and ":" not in href and "//" not in href:
        return element("a", {"href": href if href.startswith("#") else context.href(href)}, words)
    return words


def _term(inline: Inline, context: PageContext) -> Markup:
    """A word with its explanation, which opens without script. Where popovers are unknown the explanation stands in the text."""
    shown, id = _role(inline)
    term = context.program.term.get(id)
    if term is None:
        return text(shown)
    place = context.unique(f"term-{id}")
    return joined(
        (
            element(
                "button",
                {"type": "button", "class": "term", "popovertarget": place},
                shown or _inside_sentence(term.title),
            ),
            element(
                "span",
                {"id": place, "popover": "auto", "class": "term-explained", "role": "note"},
                element("strong", {}, term.title),
                element("span", {"class": "term-text"}, term.text),
                element(
                    "button",
                    {
                        "type": "button",
                        "class": "button button-quiet",
                        "popovertarget": place,
                        "popovertargetaction": "hide",
                    },
                    context.say("term-close"),
                ),
            ),
        )
    )


def _inside_sentence(title: str) -> str:
    """KBT keeps its capitals, Undvikande does not."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _answer(inline: Inline, context: PageContext) -> Markup:
    """The patient's own words or a value of theirs. Only what has been confirmed is shown of a decision."""
    form, _, name = inline.text.strip().partition(".")
    value = latest_value(context, form, name)
    may_stand = _is_simple(context, form, name) and not is_withheld(context, form)
    shown = named_value(context, form, name, value) if may_stand else ""
    if not shown:
        return element("span", {"class": "placeholder"}, context.say("not-answered"))
    return element("span", {"class": "own-answer"}, isolated(shown))


def _is_simple(context: PageContext, form: str, name: str) -> bool:
    """Tables and plans do not stand in running text; `review` shows them."""
    exercise = context.program.exercise.get(form)
    found = exercise_field(exercise, name) if exercise else None
    return found is None or found.type not in ("table", "plan-entry")


def _contact(inline: Inline, context: PageContext) -> Markup:
    shown, id = _role(inline)
    contact = context.program.contact.get(id)
    return contact_link(contact, shown) if contact else text(shown or id)


def contact_link(contact: Contact, shown: str = "") -> Markup:
    """Who to turn to, and the number as a link that a telephone dials."""
    label = shown or contact.label
    if contact.phone:
        number = element("a", {"class": "phone", "href": telephone(contact.phone)}, contact.phone)
        return joined((text(label), ": " if label else "", number))
    if contact.address.startswith("https://"):
        return element("a", {"href": contact.address, "rel": "noopener noreferrer"}, label or contact.address)
    return text(label)


def telephone(phone: str) -> str:
    return "tel:" + "".join(sign for sign in phone if sign in "+0123456789")


def _program(inline: Inline, context: PageContext) -> Markup:
    program = context.program
    known = {
        "title": program.title,
        "weeks": str(program.weeks),
        "therapist": context.situation.therapist or context.say("your-therapist").lower(),
        "publisher": program.publisher.responsible,
    }
    return text(known.get(inline.text.strip(), ""))


def _role(inline: Inline) -> tuple[str, str]:
    """What is shown and the id that is meant, of {term}`id` or {term}`shown text <id>`."""
    match = _SHOWN_WITH_ID.fullmatch(inline.text.strip())
    return (match["shown"], match["id"].strip()) if match else ("", inline.text.strip())


BLOCKS: dict[str, Callable[[Block, PageContext], Markup]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "bullet-list": _bullet_list,
    "ordered-list": _ordered_list,
    "list-item": _list_item,
    "quote": _quote,
    "code": _code,
    "rule": _rule,
    "table": _table,
    "film": _film,
    "audio": _audio,
    "image": _image,
    "example": _example,
    "callout": _callout,
    "reveal": _reveal,
    "summary": _summary,
    "checklist": _checklist,
    "video-meeting": _video_meeting,
    "therapist": _therapist,
    "page": _page,
    "if": _if,
    "branch": _branch,
    "exercise": _exercise,
    "questionnaire": _questionnaire,
    "chart": _chart,
    "review": _review,
}

INLINES: dict[str, Callable[[Inline, PageContext], Markup]] = {
    "text": _text,
    "code": _code_inline,
    "strong": _strong,
    "emphasis": _emphasis,
    "link": _link,
    "line-break": _line_break,
    "term": _term,
    "answer": _answer,
    "score": _answer,
    "contact": _contact,
    "program": _program,
}


def page_title(context: PageContext, reference: str) -> str:
    page = library_page(context.program, reference)
    return page.title if page else form_title(context.program, reference)
