"""Whose turn it is to be answered: requests of one association, one after the other in the order in which they came.

Without an asynchronous operations window a peer that sends several requests at once expects the answers in their order
(PS3.7 section D.3.3.3); an object that goes to a disk may be done later than the one behind it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

Act = Callable[[], None]


class AnswerOrder:
    """Holds back what is ready while something before it is not.

    Args:
        kept: called with how many more, or less, are held back.
    """

    def __init__(self, kept: Callable[[int], None]) -> None:
        self._kept = kept
        self._turns: deque[list[Act]] = deque()
        self._is_over = False

    def take(self) -> Callable[[Act], None]:
        """The next turn; call what is returned with what is to be done in it, once that is known."""
        turn: list[Act] = []
        self._turns.append(turn)

        def ready(act: Act) -> None:
            if self._is_over:
                return
            turn.append(act)
            if self._turns[0] is turn:
                self._go_on(is_kept=False)
            else:
                self._kept(1)

        return ready

    def give_up(self) -> None:
        """Nothing of it is done any more."""
        self._is_over = True
        self._kept(-sum(map(len, self._turns)))
        self._turns.clear()

    def _go_on(self, *, is_kept: bool) -> None:
        while self._turns and self._turns[0]:
            (act,) = self._turns.popleft()
            if is_kept:
                self._kept(-1)
            is_kept = True
            act()
