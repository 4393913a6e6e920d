"""The threads that read and write files for the engine: few, and its own, so that a slow name service holds no file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")

THREADS = 2


@cache
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="parley-disk")


def on_disk_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Have some work with files done while the loop goes on."""
    return asyncio.wrap_future(begin_on_disk_thread(work))


def begin_on_disk_thread(work: Callable[[], T]) -> Future[T]:
    """Have some work with files done, and get a future that is settled even if the loop has ended by then."""
    return _executor().submit(work)


def let_go(*, wait: bool = False) -> None:
    """End the threads once they have done what they were given; who needs them afterwards gets new ones."""
    if _executor.cache_info().currsize:
        _executor().shutdown(wait=wait)
        _executor.cache_clear()
