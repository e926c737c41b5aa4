"""Subscriptions as designtool.yaml has them: what is wrong is told at its line, and no other byte is ever changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_files import TODAY, compiled, example_files

from designtool.incremental import compile_again
from designtool.layer.subscriptions import (
    CannotWrite,
    Subscription,
    read_subscriptions,
    with_subscription,
    with_version,
    without_subscription,
)
from designtool.load.yaml_file import parse_yaml

HEAD = "format: 1\nregion: vgr\nregistries:\n  nationellt: https://register.example.se\n"
SOMN = Subscription("skane", "somn", "nationellt", "trust", ">=1.0 <2.0", "1.2.0")
STICK = Subscription("halland", "oro", "./mitt minne", '../tr"ust', "=1.0.0")


def told(text: str) -> list[tuple[str, int, str]]:
    found = compiled(example_files(f"-- /designtool.yaml --\n{text}"))
    return [(one.rule, one.span.line, one.message.sv) for one in found.diagnostics]


def subscribed(entry: str) -> str:
    return f"{HEAD}subscriptions:\n{entry}"


def entry(name: str = "skane/somn", **values: str) -> str:
    stated = {"from": "nationellt", "trust": "trust", "versions": '">=1.0 <2.0"'} | values
    return f"  {name}:\n" + "".join(f"    {key}: {value}\n" for key, value in stated.items() if value)


@pytest.mark.parametrize("source", ["nationellt", "https://register.example.se", "./minne", "..", "/mnt/minne", "a/b"])
def test_a_place_that_can_be_followed_is_silent(source: str) -> None:
    assert told(subscribed(entry(**{"from": source}))) == []


@pytest.mark.parametrize(
    ("text", "rule", "line", "message"),
    [
        (entry(**{"from": "nationelt"}), "wrong-subscription", 7, "nationelt står inte under registries"),
        (entry(**{"from": "minne"}), "wrong-subscription", 7, "minne står inte under registries"),
        (entry(versions='"1.x"'), "wrong-subscription", 9, '"1.x" går inte att läsa'),
        (entry(versions='">=2.0 <1.0"'), "wrong-subscription", 9, 'ingen version ryms i ">=2.0 <1.0"'),
        (entry(version="2.0.0"), "wrong-subscription", 10, 'versionen 2.0.0 ryms inte i ">=1.0 <2.0"'),
        (
            entry() + entry("halland/somn"),
            "wrong-subscription",
            10,
            "både skane/somn och halland/somn följs, och båda heter somn",
        ),
        (entry("skane"), "wrong-value", 6, '"skane" passar inte som subscriptions'),
        (entry("Skåne/somn"), "wrong-value", 6, '"Skåne/somn" passar inte som subscriptions'),
        (entry("../../etc"), "wrong-value", 6, '"../../etc" passar inte som subscriptions'),
        (entry(version="senaste"), "wrong-value", 10, None),
        (entry(trust=""), "missing-key", 6, None),
        (entry(form="nationellt"), "unknown-key", 10, None),
        (entry(**{"from": "[a]"}), "wrong-type", 7, None),
        ("  skane/somn: ja\n", "wrong-type", 6, None),
    ],
)
def test_what_cannot_be_followed_is_told_at_its_line(text: str, rule: str, line: int, message: str | None) -> None:
    found = told(subscribed(text))
    assert [one[:2] for one in found] == [(rule, line)], found
    assert message is None or found[0][2].startswith(message), found


def test_the_preview_says_the_same_as_validate() -> None:
    whole = compiled(example_files(f"-- /designtool.yaml --\n{subscribed(entry(version='9.0.0'))}"))
    again = compile_again(None, whole.tree, (), TODAY).compiled
    assert [one.rule for one in again.diagnostics] == ["wrong-subscription"]
    assert again.diagnostics == whole.diagnostics


LAYOUTS = {
    "plain": HEAD,
    "no line end": HEAD.rstrip("\n"),
    "windows": HEAD.replace("\n", "\r\n"),
    "byte order mark": f"\ufeff{HEAD}",
    "comments": f"# överst\n{HEAD}\n# sist\n",
    "blank lines": f"{HEAD}\n\n\n",
    "others before": subscribed(
        '    a/b: # egen indragning\n        from: ./x\n        trust: y # t\n        versions: ">=1.0"\n'
    )
    + "\n# om programmen\nprograms: program\n",
    "others last": subscribed(entry("a/b", version="1.0.0")).rstrip("\n"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("one", [SOMN, STICK])
def test_a_subscription_is_written_changed_and_taken_away_and_every_other_byte_stays(
    layout: str, one: Subscription
) -> None:
    before = LAYOUTS[layout].encode()
    added = with_subscription(before, one)
    assert read_subscriptions(parse_yaml("designtool.yaml", added).data)[-1] == one
    lines = added.decode().splitlines(keepends=True)
    rest = [line for line in lines if line.strip("\r\n") in LAYOUTS[layout].splitlines()]
    for line in before.decode().splitlines():
        assert line in [kept.strip("\r\n") for kept in rest]
    changed = with_version(added, one.name, "1.9.9")
    assert changed.replace(b"    version: 1.9.9", b"") != changed
    assert parse_yaml("designtool.yaml", changed).data["subscriptions"][one.name]["version"] == "1.9.9"
    if one.version is not None:
        assert changed.replace(b"1.9.9", one.version.encode()) == added
    gone = without_subscription(changed, one.name)
    assert gone.removesuffix(b"\r\n" if b"\r\n" in before else b"\n") == before or gone == before
    both = with_subscription(changed, Subscription("orebro", "stress", "./s", "t", ">=1.0"))
    assert without_subscription(without_subscription(both, one.name), "orebro/stress") == gone


@pytest.mark.parametrize(
    "text",
    [
        "{format: 1, region: vgr}\n",
        f"{HEAD}subscriptions: {{skane/oro: {{from: ./x, trust: y, versions: '>=1.0'}}}}\n",
        f"{HEAD}subscriptions: {{}}\n",
    ],
)
def test_what_is_not_written_one_key_a_line_is_left_to_its_author(text: str) -> None:
    with pytest.raises(CannotWrite):
        with_subscription(text.encode(), SOMN)


def test_the_workspace_of_the_project_can_follow_programs() -> None:
    path = Path(__file__).parent.parent / "designtool.yaml"
    before = path.read_bytes()
    assert without_subscription(with_subscription(before, SOMN), SOMN.name) == before
