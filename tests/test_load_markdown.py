"""Pages as trees of blocks, with the place of what diagnostics point at; and the files of a tree as documents."""

from __future__ import annotations

import re

import pytest

from designtool.load import load, load_file
from designtool.load.directives import DIRECTIVES, ROLES
from designtool.load.document import Block, Inline, plain_text
from designtool.load.markdown_file import ParsedPage, parse_page
from designtool.source.tree import File, tree_of


def parsed(text: str) -> ParsedPage:
    return parse_page("sida.md", text.encode())


def places(text: str) -> list[tuple[str, int | None, int | None, int | None]]:
    return [(one.rule, one.span.line, one.span.column, one.span.end_column) for one in parsed(text).diagnostics]


def outline(blocks: tuple[Block, ...]) -> list[object]:
    """Kinds and texts, short enough to compare."""
    return [
        (block.kind, plain_text(block.inlines), *([outline(block.children)] if block.children else []))
        for block in blocks
    ]


def test_the_blocks_of_commonmark() -> None:
    page = parsed(
        "# Rubrik\n\nText på\ntvå rader  \noch en till.\n\n- ett\n- två\n\n  mer\n\n3. tre\n\n> citat\n\n---\n\n```python\nkod\n```\n"
    )
    assert not page.diagnostics
    assert outline(page.blocks) == [
        ("heading", "Rubrik"),
        ("paragraph", "Text på två rader och en till."),
        ("bullet-list", "", [
            ("list-item", "", [("paragraph", "ett")]),
            ("list-item", "", [("paragraph", "två"), ("paragraph", "mer")]),
        ]),
        ("ordered-list", "", [("list-item", "", [("paragraph", "tre")])]),
        ("quote", "", [("paragraph", "citat")]),
        ("rule", ""),
        ("code", ""),
    ]  # fmt: skip
    assert page.blocks[0].attributes == {"level": "1"}
    assert page.blocks[3].attributes == {"start": "3"}
    assert page.blocks[6].attributes == {"text": "kod", "info": "python"}


def test_running_text_and_its_places() -> None:
    (paragraph,) = (
        parsed("> Du är **inte *helt* ensam**: [läs mer](start/sida) {term}`oro` `kod`\n> {answer}`a.b` &amp; \\*\n")
        .blocks[0]
        .children
    )
    kinds = [(one.kind, one.text, one.href) for one in paragraph.inlines]
    assert kinds == [
        ("text", "Du är ", ""), ("strong", "", ""), ("text", ": ", ""), ("link", "", "start/sida"), ("text", " ", ""),
        ("term", "oro", ""), ("text", " ", ""), ("code", "kod", ""), ("text", " ", ""), ("answer", "a.b", ""), ("text", " & *", ""),
    ]  # fmt: skip
    by_kind = {one.kind: (one.span.line, one.span.column, one.span.end_column) for one in paragraph.inlines}
    assert by_kind["strong"] == (1, 9, 30)
    assert by_kind["link"] == (1, 32, 53)
    assert by_kind["term"] == (1, 54, 65)
    assert by_kind["answer"] == (2, 3, 16)
    assert paragraph.inlines[1].children[1] == Inline("emphasis", children=(Inline("text", "helt"),))


def test_front_matter_and_lines_behind_it() -> None:
    page = parsed("---\ntitle: Hej\nminutes: 8\n---\n\nText {term}`x`\n")
    assert page.data == {"title": "Hej", "minutes": 8}
    assert page.values["/minutes"] == (3, 10, 3, 11)
    assert page.blocks[0].span.line == 6
    assert page.blocks[0].inlines[1].span.column == 6


def test_a_page_without_front_matter_has_empty_data() -> None:
    assert parsed("Text\n").data == {}
    assert parsed("").blocks == ()


def test_front_matter_without_an_end() -> None:
    page = parsed("---\ntitle: x\n\nText\n")
    assert [one.rule for one in page.diagnostics] == ["unclosed-front-matter"]
    assert not page.readable
    assert "Text" in str(page.blocks)


def test_front_matter_that_cannot_be_read() -> None:
    page = parsed("---\ntitle: a: b\n---\nText\n")
    assert [(one.rule, one.span.line) for one in page.diagnostics] == [("yaml-syntax", 2)]
    assert not page.readable


def test_a_directive_with_its_places() -> None:
    (film,) = parsed(":::{film} media/a.webm\n:captions: media/a.sv.vtt\n:alt: En cirkel\n:::\n").blocks
    assert (film.kind, film.argument) == ("film", "media/a.webm")
    assert film.attributes == {"captions": "media/a.sv.vtt", "alt": "En cirkel"}
    columns = {name: (span.line, span.column, span.end_column) for name, span in film.spans.items()}
    assert columns == {
        "kind": (1, 5, 9), "argument": (1, 11, 23), ":captions": (2, 2, 10), "captions": (2, 12, 26), ":alt": (3, 2, 5), "alt": (3, 7, 16),
    }  # fmt: skip


def test_directives_nest_and_a_closing_line_closes_the_innermost() -> None:
    text = ":::{callout} tip\nett\n:::{if} a > 1\ntvå\n:::{reveal} Mer\ntre\n:::\n:::{else}\nfyra\n\n```\n:::\n```\n:::\nfem\n:::\nsex\n"
    page = parsed(text)
    assert not page.diagnostics
    assert outline(page.blocks) == [
        ("callout", "", [
            ("paragraph", "ett"),
            ("if", "", [
                ("branch", "", [("paragraph", "två"), ("reveal", "", [("paragraph", "tre")])]),
                ("branch", "", [("paragraph", "fyra"), ("code", "")]),
            ]),
            ("paragraph", "fem"),
        ]),
        ("paragraph", "sex"),
    ]  # fmt: skip


def test_directives_in_lists_and_quotes() -> None:
    page = parsed("- :::{reveal} A\n  ett\n  :::\n- två\n\n> :::{example} samira\n> tre\n> :::\n")
    assert not page.diagnostics
    assert outline(page.blocks) == [
        ("bullet-list", "", [
            ("list-item", "", [("reveal", "", [("paragraph", "ett")])]),
            ("list-item", "", [("paragraph", "två")]),
        ]),
        ("quote", "", [("example", "", [("paragraph", "tre")])]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (":::{callout} tip\ntext\n", ("unclosed-directive", 1, 1, 17)),
        (":::{callout} tip\n:::{exercise} x\ntext\n:::\n", ("unclosed-directive", 2, 1, 16)),
        ("text\n\n:::\n", ("stray-fence", 3, 1, 4)),
        (":::{else}\n", ("stray-else", 1, 1, 10)),
        (":::{if} a\nx\n:::{else}\ny\n:::{else}\nz\n:::\n", ("stray-else", 5, 1, 10)),
        (":::{if} a\nx\n:::{else} b\ny\n:::\n", ("unexpected-argument", 3, 11, 12)),
        (":::{calout} tip\n:::\n", ("unknown-directive", 1, 5, 11)),
        (":::{zzz}\ntext\n:::\n", ("unknown-directive", 1, 5, 8)),
        (":::callout tip\n:::\n", ("malformed-directive", 1, 1, 15)),
        (":::{callout tip\n:::\n", ("malformed-directive", 1, 1, 16)),
        (":::{film} a.webm\n:undertxt: x\n:::\n", ("unknown-option", 2, 2, 10)),
        (":::{film} a.webm\n:caption: x\n:caption: y\n:::\n", ("repeated-option", 3, 2, 12)),
        (":::{exercise}\n:::\n", ("missing-argument", 1, 5, 13)),
        (":::{therapist} hej\n:::\n", ("unexpected-argument", 1, 16, 19)),
        (":::{exercise} x\n:::\n\n:::{exercise} y\ntext\n:::\n", ("unexpected-content", 5, 1, 5)),
        (":::{callout} viktigt\n:::\n", ("wrong-choice", 1, 14, 21)),
        (":::{review} x\n:of: alla\n:::\n", ("wrong-choice", 2, 6, 10)),
        ("Ring {contakt}`crisis` nu\n", ("unknown-role", 1, 7, 14)),
        ("Ring {contact}`crisis nu\n", ("unclosed-role", 1, 6, 16)),
        ("ett <b>fet</b> ord\n", ("raw-html", 1, 5, 8)),
        ("<div>\ntext\n</div>\n", ("raw-html", 1, 1, 7)),
        ("<div>\n\ntext\n\n</div>\n", ("raw-html", 1, 1, 6)),
        ("<!-- todo -->\n", ("raw-html", 1, 1, 14)),
        ("```\nkod\n", ("unclosed-code-fence", 1, 1, 4)),
        (":::{callout} tip\n```\nkod\n:::\n", ("unclosed-code-fence", 2, 1, 4)),
        ("    text\n", ("indented-code", 1, 5, 9)),
        ("![a](https://x.se/a.png)\n", ("remote-media", 1, 1, 25)),
        ("![a](//x.se/a.png)\n", ("remote-media", 1, 1, 19)),
        (":::{image} https://x.se/a.png\n:::\n", ("remote-media", 1, 12, 30)),
        (":::{film} a.webm\n:captions: //x/a.vtt\n:::\n", ("remote-media", 2, 12, 21)),
        ("Se ![a](media/a.svg) här\n", ("image-in-text", 1, 4, 21)),
        ("[a](javascript:alert)\n", ("unsafe-link", 1, 1, 22)),
        ("[a](&#106;ava&#9;script:alert)\n", ("unsafe-link", 1, 1, 31)),
        ("[a](data:text/html,x)\n", ("unsafe-link", 1, 1, 22)),
        ("[a](//x.se)\n", ("unsafe-link", 1, 1, 12)),
        ("[a](/\\x.se)\n", ("unsafe-link", 1, 1, 12)),
        ('[a](sida "titel")\n', ("link-title", 1, 1, 18)),
        ("[a]: /sida\n", ("unused-reference", 1, 1, 11)),
        ("[a]\n\n[a]: /sida\n[a]: /annan\n", ("unused-reference", 4, 1, 12)),
        ("| a | b |\n|---|---|\n| c | d | e |\n", ("table-row-too-long", 3, 10, 14)),
        ("> " * 30 + "djupt\n", ("too-deep", 1, 61, 66)),
        ("% designtool: allow x-y\ntext\n", ("allow-without-reason", 1, 1, 24)),
    ],
)  # fmt: skip
def test_a_mistake_is_one_diagnostic_at_its_place(text: str, expected: tuple[str, int, int, int]) -> None:
    assert places(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["[a](https://1177.se) [b](http://x.se) [c](mailto:a@b.se) [d](tel:112) [e](#x) [f](modul/sida) <https://x.se>\n",
     "3 < 4 och a > b, 5 & 6 {inte roll} {x} 50 % ::\n", "% vanlig text\n", "Text: **fet**\n::: \\\n".replace("::: \\\n", ""),
     "| a | b |\n|---|---|\n| c |\n| d \\| e | f |\n", "[vård]\n\n[vård]: https://1177.se\n", "{term}`text <id>` {score}``a`b``\n"],
)  # fmt: skip
def test_what_is_fine_is_left_alone(text: str) -> None:
    assert not parsed(text).diagnostics


def test_an_unsafe_address_never_reaches_the_tree() -> None:
    for address in (
        "javascript:alert(1)",
        "JAVASCRIPT:x",
        "java&#10;script:x",
        "vbscript:x",
        "data:text/html,x",
        "//x.se",
        "\\\\x.se",
    ):
        page = parsed(f"[ord]({address})\n\n<{address}>\n")
        assert "href" not in str([one for one in page.blocks if "link" in str(one)]), address
        assert "ord" in str(page.blocks)


def test_tables() -> None:
    (table,) = parsed("| Dag | Plan |\n|:--|--:|\n| Måndag | {answer}`a.b` |\n").blocks
    assert table.attributes == {"align": "left,right"}
    assert [row.attributes.get("header") for row in table.children] == ["true", None]
    role = table.children[1].children[1].inlines[0]
    assert (role.kind, role.span.line, role.span.column) == ("answer", 3, 12)


def test_an_image_of_its_own_is_a_block() -> None:
    (image,) = parsed('![En *plan*](media/plan.svg "Så här")\n').blocks
    assert (image.kind, image.argument) == ("image", "media/plan.svg")
    assert image.attributes == {"alt": "En *plan*", "caption": "Så här"}


def test_suppressions_are_no_text() -> None:
    page = parsed(
        "Ett.\n% designtool: allow long-sentence – citat\n\nTvå.\n\n- % designtool: allow bare-number - x\n  Tre.\n"
    )
    assert [(one.rule, one.reason, one.line) for one in page.allowances] == [
        ("long-sentence", "citat", 4),
        ("bare-number", "x", 7),
    ]
    assert "designtool" not in str(page.blocks)


def test_a_slip_is_read_as_what_was_meant_and_its_fix_mends() -> None:
    page = parsed(":::{calout} tip\nHej {contakt}`crisis`\n:::\n")
    assert [block.kind for block in page.blocks] == ["callout"]
    assert page.blocks[0].children[0].inlines[1].kind == "contact"
    assert [one.fix.edits[0].replacement for one in page.diagnostics if one.fix] == ["callout", "contact"]


@pytest.mark.parametrize(
    "text",
    ["**a " * 5000, "[" * 5000, "![" * 5000, "> " * 5000, "- " * 5000, ":::{callout} tip\n" * 3000, "`" * 5000, "<" * 5000,
     "% designtool: allow a-b – c\n" * 5000, "*a **b " * 2000 + "** *" * 2000, "[a](" * 3000, ":::{if} x\n" + ":::{else}\n" * 3000],
)  # fmt: skip
def test_hostile_pages_are_read_to_their_end(text: str) -> None:
    assert parsed(text + "\n\nslut").diagnostics or "slut" in str(parsed(text + "\n\nslut").blocks)


def test_bad_bytes_are_one_message() -> None:
    for data, rule in ((b"\0\1", "not-a-text-file"), ("blåbär".encode("cp1252"), "wrong-encoding")):
        page = parse_page("sida.md", data)
        assert [one.rule for one in page.diagnostics] == [rule]
        assert not page.readable
    assert [one.rule for one in parse_page("sida.md", "\ufeffHej".encode()).diagnostics] == ["byte-order-mark"]
    assert parse_page("sida.md", b"---\r\ntitle: x\r\n---\r\nHej\r\n").data == {"title": "x"}


def test_the_names_of_directives_and_roles_can_be_written() -> None:
    assert all(re.fullmatch(r"[a-z-]+", name) for name in (*DIRECTIVES, *ROLES))


def _file(path: str, text: str) -> File:
    return File(path, len(text), "sha256:0", text.encode())


def test_a_tree_becomes_documents_and_what_is_broken_is_named() -> None:
    loaded = load(
        tree_of(
            [
                _file("designtool.yaml", "format: 1\nregion: vgr\nlanguage: sv\nprograms: vard\n"),
                _file("vard/a/modules/01-x/10-sida.md", "---\ntitle: Hej\n---\nText\n"),
                _file("vard/a/modules/01-x/20-sida.md", "---\ntitle: a: b\n---\nText\n"),
                _file("vard/a/modules/01-x/exercises/ov.yaml", "title: 'x\n"),
                _file("vard/a/media/text.md", "Utskrift\n"),
                _file("vard/a/CHANGELOG.md", "## 1.0\n"),
                _file("vard/a/README.md", "läs"),
                _file("vard/a/module/01-x/module.yaml", "title: x\n"),
                _file("vard/a/program.yml", "title: x\n"),
                _file("vard/a/dagbok.txt", "x"),
            ]
        )
    )
    assert {path: document.kind for path, document in loaded.documents.items()} == {
        "designtool.yaml": "workspace",
        "vard/a/modules/01-x/10-sida.md": "page",
        "vard/a/media/text.md": "transcript",
    }
    assert loaded.broken == {"vard/a/modules/01-x/20-sida.md", "vard/a/modules/01-x/exercises/ov.yaml"}
    assert {
        (one.rule, one.span.path, one.facts.get("near")) for one in loaded.diagnostics if one.rule == "stray-file"
    } == {
        ("stray-file", "vard/a/module/01-x/module.yaml", "vard/a/modules/01-x/module.yaml"),
        ("stray-file", "vard/a/program.yml", "vard/a/program.yaml"),
    }


def test_a_file_alone_gives_what_it_gives_in_the_tree() -> None:
    file = _file("programs/a/modules/01-x/10-sida.md", "---\ntitle: Hej\n---\n<b>Text</b>\n")
    document, found = load_file(file)
    assert load(tree_of([file])).documents[file.path] == document
    assert load(tree_of([file])).diagnostics == found
