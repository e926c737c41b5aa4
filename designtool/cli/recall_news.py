"""Recalls that a trust folder learns of while a command runs: said loudly, so that nobody misses them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from designtool.diagnostics import Language, Text

if TYPE_CHECKING:
    from designtool.share.recalls.listing import Recall


@dataclass(slots=True)
class RecallNews:
    """What has come while the block ran; empty until it has ended."""

    recalled: tuple[Recall, ...] = ()
    lifted: tuple[str, ...] = ()
    """Names of releases that nothing recalls any more."""


@contextmanager
def recall_news(trust: Path, language: Language, said_anyway: Collection[str] = ()) -> Iterator[RecallNews]:
    """Say on stderr which recalls the trust folder has learnt of in the block, also where something in it went wrong.

    `said_anyway`: releases of which the command itself tells the recall.
    """
    before, news = _known(trust), RecallNews()
    try:
        yield news
    finally:
        after = _known(trust)
        known = {(one.release, one.digest) for one in before}
        news.recalled = tuple(one for one in after if (one.release, one.digest) not in known)
        news.lifted = tuple(sorted({str(one.release) for one in before} - {str(one.release) for one in after}))
        for one in news.recalled:
            if str(one.release) not in said_anyway:
                click.echo(recalled_words(one).in_language(language), err=True)
        for name in news.lifted:
            said = Text(f"Återkallelsen av {name} är hävd.", f"The recall of {name} has been lifted.")
            click.echo(said.in_language(language), err=True)


def recalled_words(recall: Recall) -> Text:
    """One line that is hard to miss, but for information, which stops nothing."""
    from designtool.share.recalls.listing import LEVEL_WORDS

    release, level = recall.release, LEVEL_WORDS[recall.level]
    name = f"{release.region}/{release.program} {release.version}"
    instead = (
        Text(f" Använd {recall.replacement}.", f" Use {recall.replacement}.") if recall.replacement else Text("", "")
    )
    if recall.level == "info":
        return Text(f"Om {name}: {recall.reason}{instead.sv}", f"About {name}: {recall.reason}{instead.en}")
    return Text(
        f"!!! {name} ÄR ÅTERKALLAD ({level.sv}): {recall.reason}{instead.sv}",
        f"!!! {name} HAS BEEN RECALLED ({level.en}): {recall.reason}{instead.en}",
    )


def recall_news_json(news: RecallNews) -> dict[str, Any]:
    return {
        "new_recalls": [
            {
                "release": str(one.release),
                "level": one.level,
                "reason": one.reason,
                "replacement": one.replacement or None,
            }
            for one in news.recalled
        ],
        "lifted_recalls": list(news.lifted),
    }


def _known(trust: Path) -> tuple[Recall, ...]:
    """Whatever is wrong with the trust folder is told by the command that uses it."""
    from designtool.share.federation.problems import TrustProblem
    from designtool.share.recalls.listing import recalls

    try:
        return recalls(trust)
    except (TrustProblem, OSError):
        return ()
