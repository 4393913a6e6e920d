"""Machines in each of the thirteen states, brought there by legal steps only."""

from parley.ul.codes import Role
from parley.ul.limits import Limits
from parley.ul.machine import UpperLayer
from parley.ul.table import State
from tests.harness.playbook import feed

_ESTABLISHED = {
    Role.REQUESTOR: ("user: associate", "connected", "peer: A-ASSOCIATE-AC"),
    Role.ACCEPTOR: ("connection accepted", "peer: A-ASSOCIATE-RQ", "user: accept"),
}

PATHS: dict[tuple[State, Role], tuple[str, ...]] = {
    **{(State.STA_1, role): () for role in Role},
    (State.STA_2, Role.ACCEPTOR): ("connection accepted",),
    (State.STA_3, Role.ACCEPTOR): ("connection accepted", "peer: A-ASSOCIATE-RQ"),
    (State.STA_4, Role.REQUESTOR): ("user: associate",),
    (State.STA_5, Role.REQUESTOR): ("user: associate", "connected"),
    **{(State.STA_6, role): steps for role, steps in _ESTABLISHED.items()},
    **{(State.STA_7, role): (*steps, "user: release") for role, steps in _ESTABLISHED.items()},
    **{(State.STA_8, role): (*steps, "peer: A-RELEASE-RQ") for role, steps in _ESTABLISHED.items()},
    (State.STA_9, Role.REQUESTOR): (*_ESTABLISHED[Role.REQUESTOR], "user: release", "peer: A-RELEASE-RQ"),
    (State.STA_10, Role.ACCEPTOR): (*_ESTABLISHED[Role.ACCEPTOR], "user: release", "peer: A-RELEASE-RQ"),
    (State.STA_11, Role.REQUESTOR): (
        *_ESTABLISHED[Role.REQUESTOR],
        "user: release",
        "peer: A-RELEASE-RQ",
        "user: agree to release",
    ),
    (State.STA_12, Role.ACCEPTOR): (
        *_ESTABLISHED[Role.ACCEPTOR],
        "user: release",
        "peer: A-RELEASE-RQ",
        "peer: A-RELEASE-RP",
    ),
    **{(State.STA_13, role): (*steps, "user: abort") for role, steps in _ESTABLISHED.items()},
}
"""Every state that a role can reach, and the shortest way there."""


def machine_in(state: State, role: Role, limits: Limits | None = None) -> UpperLayer:
    """A machine in this state with no effect left undrained."""
    machine = UpperLayer(role, limits or Limits())
    for step in PATHS[state, role]:
        feed(machine, step)
    assert machine.state is state
    return machine
