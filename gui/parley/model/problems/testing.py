"""What is to be said of a peer that is not to be tested."""

from __future__ import annotations

from parley.model.address import is_loopback
from parley.model.problems.problem import Problems, note, warning
from parley.model.profile import RequestorSide


def testing_problems(side: RequestorSide) -> Problems:
    """Without a look at other profiles."""
    if side.do_not_test is None:
        return
    if not side.do_not_test.strip():
        text = "No reason is given why this peer is not to be tested."
        yield warning("do_not_test", text, "Say it for whoever will be told: a live system, whom to ask.")
    if is_loopback(side.host):
        text = "At this machine, only what is behind this port is not tested."
        yield note("do_not_test", text, "Give the device's own address to have it known by that.")
