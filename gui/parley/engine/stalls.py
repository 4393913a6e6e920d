"""A peer that waits in the middle of its messages for TCP to acknowledge their beginning: Nagle's algorithm at work.

Many stacks write a PDU's header and its rest one after the other. Where the peer leaves Nagle's algorithm on, and this
side's system delays its acknowledgements, each such PDU takes the delay of an acknowledgement longer.
"""

from __future__ import annotations

SMALL = 1400
"""A piece of so many bytes at most is one that Nagle's algorithm may be in the way of: it fills no segment."""

LEAST_SECONDS, MOST_SECONDS = 0.035, 0.3
"""How long systems delay an acknowledgement: Linux 40 ms, Windows 200; what takes longer has other causes."""

ENOUGH = 3
"""How many times it has to be seen before it is said."""


class Stalls:
    """Looks at when the pieces of one peer's PDUs come. It says so once."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._gaps: list[float] = []

    def came(self, now: float, size: int, unfinished: int) -> str:
        """Bytes came in.

        Args:
            now: seconds of any clock.
            size: how many.
            unfinished: how many bytes of a PDU wait for its rest.

        Returns:
            What there is to say; mostly nothing.
        """
        if len(self._gaps) == ENOUGH:
            return ""
        if self._since is not None and LEAST_SECONDS <= now - self._since <= MOST_SECONDS:
            self._gaps.append(now - self._since)
        is_small_piece = 0 < unfinished <= SMALL and unfinished == size
        self._since = now if is_small_piece else None
        if len(self._gaps) < ENOUGH:
            return ""
        ms = sum(self._gaps) / ENOUGH * 1000
        return (
            f"Latency that the peer causes: {ENOUGH} of its PDUs came in two pieces, {ms:.0f} ms apart. It seems to "
            "wait for TCP's acknowledgement of the first (Nagle's algorithm). TCP_NODELAY at the peer, or "
            "acknowledging at once on this side, saves that with each message."
        )
