"""The one place that starts asyncio tasks: each has a name, a reference and somebody who hears of its failure."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

_running: set[asyncio.Task[Any]] = set()


def spawn(coroutine: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
    """Run a coroutine on the running loop.

    The loop itself holds its tasks weakly, so the reference is kept here. An exception goes to the loop's exception
    handler at once, not when the garbage collector finds it.
    """
    task = asyncio.get_running_loop().create_task(coroutine, name=name)
    _running.add(task)
    task.add_done_callback(_finished)
    return task


def _finished(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if task.cancelled():
        return
    error = task.exception()
    if error is not None:
        task.get_loop().call_exception_handler(
            {"message": f"Task {task.get_name()} failed", "exception": error, "task": task}
        )
