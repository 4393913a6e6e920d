"""Who holds what a listener has a limit of: connections that have asked for nothing yet, and places of associations."""

from __future__ import annotations

import asyncio
from heapq import nsmallest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parley.engine.acceptor import Acceptor

_NAMED = 3
"""How many holders are named when there is no place left."""


class Holders:
    """The connections of one listener by what they hold, each oldest first.

    Attributes:
        silent: those without an A-ASSOCIATE-RQ so far, and since when.
        ending: those whose association is over, or never was, and since when they wait for their peer to close.
        taken: those that are established, or wait for an answer or in vain.
        changed: set whenever one holds something else than before.
    """

    def __init__(self) -> None:
        self.silent: dict[Acceptor, float] = {}
        self.ending: dict[Acceptor, float] = {}
        self.taken: set[Acceptor] = set()
        self.changed = asyncio.Event()
        self._have_been_named = False

    def __len__(self) -> int:
        return len(self.silent) + len(self.ending) + len(self.taken)

    def came(self, acceptor: Acceptor) -> None:
        """It is connected, or about to be."""
        self.silent[acceptor] = acceptor.deadline.now()

    def asked(self, acceptor: Acceptor) -> None:
        """Its A-ASSOCIATE-RQ has come."""
        if self.silent.pop(acceptor, None) is not None:
            self.changed.set()

    def took(self, acceptor: Acceptor) -> None:
        """Its request is looked at."""
        self.taken.add(acceptor)

    def is_over(self, acceptor: Acceptor) -> None:
        """Its association is; the connection waits for its peer to close."""
        self._free(acceptor)
        self.ending[acceptor] = acceptor.deadline.now()
        self.changed.set()

    def left(self, acceptor: Acceptor) -> None:
        """Its connection is gone."""
        self._free(acceptor)
        self.silent.pop(acceptor, None)
        self.ending.pop(acceptor, None)
        self.changed.set()

    def longest_silent(self) -> str:
        """Who holds the places for longest without a word, to be told once; empty after that, until one is free."""
        if self._have_been_named or not self.taken:
            return ""
        self._have_been_named = True
        longest = nsmallest(_NAMED, self.taken, key=lambda each: each.last_active)
        return ", ".join(
            f"{each.peer_ae_title or each.peer} for {each.deadline.now() - each.last_active:.0f} s" for each in longest
        )

    def _free(self, acceptor: Acceptor) -> None:
        if acceptor in self.taken:
            self.taken.remove(acceptor)
            self._have_been_named = False
