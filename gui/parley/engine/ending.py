"""The end of many associations in bounded time: asked politely, then firmly, then cut."""

from __future__ import annotations

from collections.abc import Collection

from parley.engine.association import Association
from parley.engine.deadlines import Deadlines, time_limit


async def end_all(associations: Collection[Association], deadlines: Deadlines, grace: float) -> None:
    """End associations politely, then firmly, and wait at most `grace` seconds for them to be gone.

    What this side asked for is released, all else aborted; after two thirds of the time everything is aborted; at its
    end the connections are cut.
    """
    for association in associations:
        association.end()
    try:
        with time_limit(deadlines, grace * 2 / 3):
            await _all_closed(associations)
    except TimeoutError:
        for association in associations:
            association.abort()
        try:
            with time_limit(deadlines, grace / 3):
                await _all_closed(associations)
        except TimeoutError:
            for association in associations:
                association.drop()
            await _all_closed(associations)


async def _all_closed(associations: Collection[Association]) -> None:
    for association in associations:
        await association.wait_closed()
