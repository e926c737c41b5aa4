"""What every test can use: helper modules beside it, and `--update` to rewrite expectations."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="Rewrite the expectations of case files.")


@pytest.fixture(scope="session", autouse=True)
def cheap_passphrases() -> Iterator[None]:
    """Keys and accounts that are made in this process are sealed at the least cost that their files may have: they guard
    nothing, and a third of a second each time one is made or used would be minutes. What people's own cost is asserted in
    tests/test_share_keys.py and tests/test_token_issuer.py, of commands in processes of their own."""
    from designtool.share.federation import keys
    from designtool.share.token_issuer import accounts

    with pytest.MonkeyPatch.context() as patched:
        for function, least in (
            (keys.new_key, keys._LEAST_COST),
            (accounts.seal, accounts._LEAST_COST),
            (accounts.set_account, accounts._LEAST_COST),
        ):
            patched.setattr(function, "__defaults__", (least,))
        yield
