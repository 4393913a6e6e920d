"""Many files over one association, one after the other; what becomes of one does not keep the next from its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from parley.engine.association import Association
from parley.engine.errors import AssociationError
from parley.engine.messages import Messages, Progress
from parley.engine.results import StoreResult
from parley.engine.sources import FileSource
from parley.engine.tasks import spawn


async def store_files(
    association: Association,
    paths: Sequence[Path],
    progress: Progress | None = None,
    within: float | None = None,
) -> AsyncGenerator[StoreResult, None]:
    """Store one file after the other and give each one's result as it comes; never raises for a file or a peer.

    While one is on its way the next is opened. To stop between two files, stop asking and close the generator
    (`contextlib.aclosing`); cancelled in the middle of one, the association is aborted.

    Args:
        progress: see `Association.store`.
        within: how many seconds each file may take; beyond, the association is aborted.
    """
    messages = association.messages
    ahead: asyncio.Task[Opened] | None = None
    try:
        for position, path in enumerate(paths):
            if messages is None or not association.is_established:
                yield StoreResult(path, None, "Not sent: the association has ended.")
                continue
            opening, ahead = ahead or _open(messages, path), None
            source = await opening
            if position + 1 < len(paths):
                ahead = _open(messages, paths[position + 1])
            yield await _stored(association, messages, path, source, progress, within)
    finally:
        if ahead is not None:
            ahead.add_done_callback(_close)
            ahead.cancel()


Opened = FileSource | AssociationError


async def _stored(
    association: Association,
    messages: Messages,
    path: Path,
    source: Opened,
    progress: Progress | None,
    within: float | None,
) -> StoreResult:
    if isinstance(source, AssociationError):
        return StoreResult(path, None, str(source))
    try:
        with association.deadline.limit(within):
            return await messages.store(source, progress)
    except AssociationError as error:
        return StoreResult(path, None, str(error))
    except TimeoutError:
        association.abort()
        return StoreResult(path, None, f"Not stored within {within:g} s; the association is aborted.")


def _open(messages: Messages, path: Path) -> asyncio.Task[Opened]:
    return spawn(_opened(messages, path), name=f"open {path.name}")


async def _opened(messages: Messages, path: Path) -> Opened:
    try:
        return await messages.open(path)
    except AssociationError as error:
        return error


def _close(opening: asyncio.Task[Opened]) -> None:
    if not opening.cancelled() and isinstance(source := opening.result(), FileSource):
        source.close()
