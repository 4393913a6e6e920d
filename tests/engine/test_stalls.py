"""When a peer waits for TCP's acknowledgements: what tells it from a peer that is slow, or a network that is."""

import pytest

from parley.engine.stalls import ENOUGH, Stalls

HEAD = 12
Piece = tuple[float, int, int]


def said(*pieces: Piece) -> list[str]:
    """What is said of pieces of PDUs: when each comes, its size, and what then waits for its rest."""
    stalls = Stalls()
    return [words for piece in pieces if (words := stalls.came(*piece))]


def messages(count: int, gap: float, head: int = HEAD, unfinished: int = HEAD) -> list[Piece]:
    return [piece for n in range(count) for piece in ((float(n), head, unfinished), (n + gap, 80, 0))]


def test_it_is_said_once_with_what_it_costs():
    (words,) = said(*messages(3 * ENOUGH, 0.041))
    assert words.startswith("Latency that the peer causes: 3 of its PDUs came in two pieces, 41 ms apart.")
    assert "Nagle" in words


@pytest.mark.parametrize(
    "pieces",
    [
        messages(ENOUGH - 1, 0.041),
        messages(ENOUGH, 0.001),
        messages(ENOUGH, 0.9),
        messages(ENOUGH, 0.041, head=16_000, unfinished=16_000),
        messages(ENOUGH, 0.041, head=200, unfinished=0),
        messages(ENOUGH, 0.041, head=200, unfinished=HEAD),
    ],
    ids=["too few", "at once", "a slow peer", "whole segments", "whole PDUs", "the rest of a longer read"],
)
def test_other_waits_are_not_taken_for_it(pieces):
    assert said(*pieces) == []
