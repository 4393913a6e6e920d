"""The end of many associations in bounded time: asked politely, then firmly, then cut."""

from __future__ import annotations

from collections.abc import Collection

from parley.engine.association import Association
from parley.engine.deadlines import Deadlines, time_limit

LAST_SECONDS = 5.0
"""How long files that are being written, or removed, may take once all connections are cut."""


async def end_all(associations: Collection[Association], deadlines: Deadlines, grace: float) -> None:
    """End associations politely, then firmly, and wait at most `grace` seconds for them to be gone.

    What this side asked for is released, all else aborted; after two thirds of the time everything is aborted; at its
    end the connections are cut.
    """
    for association in associations:
        association.end()
    if await all_closed(associations, deadlines, grace * 2 / 3):
        return
    for association in associations:
        association.abort()
    if await all_closed(associations, deadlines, grace / 3):
        return
    for association in associations:
        association.drop()
    await all_closed(associations, deadlines, LAST_SECONDS)


async def all_closed(associations: Collection[Association], deadlines: Deadlines, seconds: float) -> bool:
    """Wait until all are gone, their files included; returns whether they were in time."""
    try:
        with time_limit(deadlines, seconds):
            for association in associations:
                await association.wait_closed()
    except TimeoutError:
        return False
    return True
