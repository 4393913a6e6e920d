"""Every engine test runs twice: on asyncio's own loop and on Qt's."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.harness.loops import qt_loop, run_on
from tests.harness.pki import Pki


@pytest.fixture(params=["asyncio", "qasync"])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine to its end."""
    factory = qt_loop(request.getfixturevalue("qapp")) if request.param == "qasync" else None
    return lambda work: run_on(factory, work)


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Good certificates and bad ones."""
    return Pki(tmp_path_factory.mktemp("pki"))
