"""Names of machines to addresses, without a thread that anybody would have to wait for.

The threads of an executor are joined at the end of the program, and a name service that does not answer keeps one for
minutes.
"""

from __future__ import annotations

import asyncio
import encodings.idna  # noqa: F401  # Python loads it to resolve a name, which fails once descriptors have run out.
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any

Address = tuple[socket.AddressFamily, tuple[Any, ...]]
"""A family, and an address as sockets of that family take it."""

SECONDS = 2.0
"""How long all of them together may take; a name that takes longer has no address here."""

MOST_AT_ONCE = 64
"""So many names are looked up; nobody has more devices in their profiles that are not to be tested."""


async def look_up(host: str | None, port: int, family: int, flags: int = 0) -> list[Address]:
    """The addresses of a name, in the system's order; in a thread, as that may take its time. Numbers are read at once.

    Raises:
        socket.gaierror: there are none.
        ValueError: it cannot be a name.
    """

    def ask(flags: int) -> list[Address]:
        found = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=flags)
        return list(dict.fromkeys((info[0], info[4]) for info in found))

    with suppress(socket.gaierror):
        return ask(flags | socket.AI_NUMERICHOST)
    return await _in_thread(partial(ask, flags))


def _in_thread(work: Callable[[], list[Address]]) -> asyncio.Future[list[Address]]:
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[Address]] = loop.create_future()

    def settle(result: list[Address] | None, error: Exception | None) -> None:
        if found.done():
            return
        if result is None:
            found.set_exception(error or socket.gaierror(socket.EAI_NONAME, "no address"))
        else:
            found.set_result(result)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as failure:
            error = failure
        with suppress(RuntimeError):  # The loop has ended meanwhile.
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="parley-name", daemon=True).start()
    return found


def addresses_of_names(names: Iterable[str], seconds: float = SECONDS) -> dict[str, frozenset[str]]:
    """The addresses in numbers of these names; a name that has none, or is none, has an empty set.

    What the system is asked cannot be called back: a thread that is late goes on without anybody waiting for it.
    """
    found: dict[str, frozenset[str]] = dict.fromkeys(names, frozenset())

    def look_up(name: str) -> None:
        try:
            infos = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, ValueError):
            return
        found[name] = frozenset(str(info[4][0]) for info in infos)

    threads = [
        threading.Thread(target=look_up, args=(name,), name="parley-name", daemon=True)
        for name in list(found)[:MOST_AT_ONCE]
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return dict(found)
