"""designtool explain refusals: the codes with which a bundle is refused."""

from __future__ import annotations

from collections.abc import Mapping

import click

from designtool.bundle.refusals import REFUSALS
from designtool.cli.output import language_of, print_json
from designtool.diagnostics import Text
from designtool.runtime.importing import REASONS
from designtool.runtime.permitting import REASONS as PERMISSION_REASONS
from designtool.share.federation.problems import TRUST_PROBLEMS
from designtool.share.registries.problems import REGISTRY_PROBLEMS
from designtool.share.signed_problems import SIGNED_PROBLEMS


def refusal_texts() -> dict[str, Text]:
    """Every published code, in the order of docs/refusals.md."""
    return {
        **REFUSALS,
        **REASONS,
        **REGISTRY_PROBLEMS,
        **TRUST_PROBLEMS,
        **SIGNED_PROBLEMS,
        **PERMISSION_REASONS,
    }


def explain_refusals(texts: Mapping[str, Text], output_format: str) -> None:
    """What a refusal says; facts stand in braces."""
    language = language_of(None)
    if output_format == "json":
        told = [{"code": code, "message": text.in_language(language)} for code, text in texts.items()]
        print_json({"rules": [], "refusals": told})
        return
    width = max(len(code) for code in texts)
    for code, text in texts.items():
        click.echo(f"{code:<{width}}  {text.in_language(language)}")
