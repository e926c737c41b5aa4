"""Who has signed, as commands tell it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from designtool.diagnostics import Language, Text

if TYPE_CHECKING:
    from designtool.share.federation.keys import PublicKey


def person_json(key: PublicKey) -> dict[str, str]:
    return {"holder": key.holder, "role": key.role, "region": key.region, "key": key.key_id}


def say_signers(signers: Iterable[PublicKey], language: Language, *, err: bool = False) -> None:
    from designtool.share.federation.keys import ROLE_WORDS

    signed_by = Text("Underskrivet av", "Signed by").in_language(language)
    for key in signers:
        click.echo(f"{signed_by} {key.holder} ({ROLE_WORDS[key.role].in_language(language)}, {key.region})", err=err)
