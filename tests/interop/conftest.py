"""Real peers: every test here talks to a program that nobody here wrote."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from tests.harness import pynetdicom_peer
from tests.harness.loops import run_on
from tests.harness.pki import Pki


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine to its end on asyncio's own loop; that Qt's does the same is the engine tests' business."""
    return lambda work: run_on(None, work)


@pytest.fixture(scope="module")
def pynetdicom() -> Iterator[pynetdicom_peer.Peer]:
    """pynetdicom in a process of its own, for the whole module."""
    with pynetdicom_peer.started() as peer:
        yield peer


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Good certificates and bad ones."""
    return Pki(tmp_path_factory.mktemp("pki"))
