"""docs/refusals.md is the published list of the codes with which bundles are refused: kept up to date, and complete."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from designtool.bundle.refusals import REFUSALS
from designtool.cli import group
from designtool.cli.explain_refusals import refusal_texts
from designtool.load.shape import schema_of
from designtool.runtime.importing import REASONS
from designtool.runtime.permitting import REASONS as PERMISSION_REASONS
from designtool.share.federation.problems import TRUST_PROBLEMS
from designtool.share.registries.problems import REGISTRY_PROBLEMS, RegistryProblem
from designtool.share.signed_problems import SIGNED_PROBLEMS

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "refusals.md"
HEAD = """\
# Why a bundle is refused

`designtool verify`, `inspect`, `unbundle`, `fork` and `run` refuse a file with one of these codes, as `error[code]: …` on stderr and as
`{"code", "message"}` with `--format json`. `designtool explain refusals` lists them too. The exit status is 1. A code is never given another meaning and never taken away,
so a script may depend on it. The messages may be worded anew. What stands in braces is filled in.

The reader takes what designtool writes, byte for byte, and nothing else. Nothing is unpacked, and a runtime that refuses a
bundle is left as it was.

"""
TABLE = "| Code | Message | På svenska |\n|---|---|---|\n"
IMPORT = """
## Whole, and still not taken in

A runtime refuses these bundles though every byte is as it should be.

"""

SHARING = """
## Not published, or not fetched

`designtool publish` and `fetch` stop with one of these, or with one of the codes above: a blob that has other bytes than its digest
says is `wrong-digest` wherever it comes from. Nothing half-done is left. The exit status is 1 for what is refused, and 2 where the
registry could not be reached or does not have it: {out_of_reach}.

"""
TRUST = """
## Not trusted

`designtool verify --trust` and `run --trust` refuse what is not signed as the federation demands, and what is older than it may
be. `designtool keys` and `federation` refuse with these codes too.

"""
AGREEMENTS = """
## No valid agreement, no valid recall

`designtool agreements` and `recall` refuse with these codes, beside those of trust and of canonical JSON. The runtime counts no such file, and
shows it to the unit's administrator.

"""
PERMISSION = """
## Taken in, and nothing new begins

The runtime activates no such program, registers nobody for it and starts no treatment with it. The audit log has the code, as what
`refused-activate` and `refused-start` are about. Treatments under way go on.

"""


def page() -> str:
    def rows(texts: object) -> str:
        assert hasattr(texts, "items")
        return "".join(f"| `{code}` | {_cell(text.en)} | {_cell(text.sv)} |\n" for code, text in texts.items())

    out_of_reach = ", ".join(f"`{code}`" for code in REGISTRY_PROBLEMS if not _is_refusal(code))
    sharing = (
        SHARING.format(out_of_reach=out_of_reach)
        + TABLE
        + rows(REGISTRY_PROBLEMS)
        + TRUST
        + TABLE
        + rows(TRUST_PROBLEMS)
        + AGREEMENTS
        + TABLE
        + rows(SIGNED_PROBLEMS)
        + PERMISSION
        + TABLE
        + rows(PERMISSION_REASONS)
    )
    return HEAD + TABLE + rows(REFUSALS) + IMPORT + TABLE + rows(REASONS) + sharing


def _is_refusal(code: str) -> bool:
    facts = re.findall("{([a-z]+)}", REGISTRY_PROBLEMS[code].en)
    return RegistryProblem(code, **dict.fromkeys(facts, "")).is_refusal


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def test_the_published_list_is_the_one_in_the_code(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("update"):
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "run pytest tests/test_refusal_codes.py --update"


def test_no_published_code_is_taken_away() -> None:
    """The codes of the first release: this list only grows."""
    published = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert published == {
        *REFUSALS,
        *REASONS,
        *REGISTRY_PROBLEMS,
        *TRUST_PROBLEMS,
        *SIGNED_PROBLEMS,
        *PERMISSION_REASONS,
    }
    assert published >= set(FIRST)


def test_explain_tells_a_code_and_all_of_them() -> None:
    def told(*arguments: str) -> Any:
        done = CliRunner().invoke(group, ["--lang", "en", "explain", *arguments])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout) if "json" in arguments else done.stdout

    everything = told("refusals", "--format", "json")
    jsonschema.validate(everything, schema_of("explain"))
    assert [one["code"] for one in everything["refusals"]] == list(refusal_texts())
    assert told("wrong-digest") == "wrong-digest  The content of {name} does not match its digest.\n"
    assert len(told("refusals").splitlines()) == len(refusal_texts())
    assert "wrong-digest" in CliRunner().invoke(group, ["explain", "wrong-digets"]).stderr


FIRST = """
    not-a-file empty-file not-a-bundle too-large too-many-files archive-truncated archive-path archive-name archive-link
    archive-device archive-folder archive-sparse archive-extension archive-header archive-order archive-duplicate
    archive-padding archive-end trailing-data json-too-deep json-duplicate-key json-number json-byte-order-mark
    json-encoding json-lone-surrogate json-syntax json-not-canonical layout-version layout-missing index-invalid
    manifest-invalid manifest-is-index artifact-type format-too-new descriptor-invalid descriptor-urls digest-form
    file-name file-order file-collision media-type wrong-digest wrong-size blob-missing blob-foreign program-invalid
    program-mismatch unknown-feature expression-invalid unsafe-link unsafe-html media-missing svg-invalid svg-too-large svg-doctype
    svg-instruction svg-script svg-handler svg-element svg-reference unsigned version-taken
""".split()  # noqa: SIM905
