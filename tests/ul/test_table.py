"""PS3.8 Table 9-10: each of its 247 cells in a real machine, and the whole of it against pynetdicom's."""

import pytest

from parley.ul.codes import Role
from parley.ul.table import NEXT_STATES, TRANSITIONS, Action, Evt, State
from tests.harness.playbook import feed
from tests.harness.states import PATHS, machine_in

FEED = {
    Evt.EVT_1: "user: associate",
    Evt.EVT_2: "connected",
    Evt.EVT_3: "peer: A-ASSOCIATE-AC",
    Evt.EVT_4: "peer: A-ASSOCIATE-RJ",
    Evt.EVT_5: "connection accepted",
    Evt.EVT_6: "peer: A-ASSOCIATE-RQ",
    Evt.EVT_7: "user: accept",
    Evt.EVT_8: "user: reject",
    Evt.EVT_9: "user: data",
    Evt.EVT_10: "peer: P-DATA-TF",
    Evt.EVT_11: "user: release",
    Evt.EVT_12: "peer: A-RELEASE-RQ",
    Evt.EVT_13: "peer: A-RELEASE-RP",
    Evt.EVT_14: "user: agree to release",
    Evt.EVT_15: "user: abort",
    Evt.EVT_16: "peer: A-ABORT",
    Evt.EVT_17: "closed",
    Evt.EVT_18: "ARTIM expires",
    Evt.EVT_19: "bytes: 99",
}

ARRIVES = {
    Evt.EVT_3: "received A-ASSOCIATE-AC",
    Evt.EVT_4: "received A-ASSOCIATE-RJ 1/1/7",
    Evt.EVT_6: "received A-ASSOCIATE-RQ",
    Evt.EVT_10: "received P-DATA-TF",
    Evt.EVT_12: "received A-RELEASE-RQ",
    Evt.EVT_13: "received A-RELEASE-RP",
    Evt.EVT_16: "received A-ABORT 0/0",
    Evt.EVT_19: "malformed",
}

# PS3.8 Tables 9-6 to 9-9, in the order of their sentences. The provider's reason is 1 (unrecognized PDU) after the
# byte 99H and 2 (unexpected PDU) after a PDU at the wrong time.
DOES = {
    Action.AE_1: ["open transport"],
    Action.AE_2: ["send A-ASSOCIATE-RQ"],
    Action.AE_3: ["indicate AssociateConfirmation"],
    Action.AE_4: ["indicate AssociateConfirmation", "close transport"],
    Action.AE_5: ["start ARTIM"],
    Action.AE_6: ["stop ARTIM", "indicate AssociateIndication"],
    Action.AE_7: ["send A-ASSOCIATE-AC"],
    Action.AE_8: ["send A-ASSOCIATE-RJ 1/1/7", "start ARTIM"],
    Action.DT_1: ["send P-DATA-TF"],
    Action.DT_2: ["indicate DataIndication"],
    Action.AR_1: ["send A-RELEASE-RQ"],
    Action.AR_2: ["indicate ReleaseIndication"],
    Action.AR_3: ["indicate ReleaseConfirmation", "close transport"],
    Action.AR_4: ["send A-RELEASE-RP", "start ARTIM"],
    Action.AR_5: ["stop ARTIM"],
    Action.AR_6: ["indicate DataIndication"],
    Action.AR_7: ["send P-DATA-TF"],
    Action.AR_8: ["indicate release collision"],
    Action.AR_9: ["send A-RELEASE-RP"],
    Action.AR_10: ["indicate ReleaseConfirmation"],
    Action.AA_1: ["send A-ABORT 0/0", "start ARTIM"],
    Action.AA_2: ["stop ARTIM", "close transport"],
    Action.AA_3: ["indicate AbortIndication", "close transport"],
    Action.AA_4: ["indicate A-P-ABORT 0"],
    Action.AA_5: ["stop ARTIM"],
    Action.AA_6: [],
    Action.AA_7: ["send A-ABORT 2/{reason}"],
    Action.AA_8: ["send A-ABORT 2/{reason}", "indicate A-P-ABORT {reason}", "start ARTIM"],
}

CELLS = [
    pytest.param(evt, state, role, id=f"{evt.label}-{state.label}-{role.value}") for evt in Evt for state, role in PATHS
]


def short(words: str) -> str:
    """Without the sentence for a person."""
    return words.partition(": ")[0] if words.startswith(("malformed", "indicate A-P-ABORT")) else words


def next_state(action: Action, role: Role) -> State:
    if action is Action.AR_8:
        return State.STA_9 if role is Role.REQUESTOR else State.STA_10
    return NEXT_STATES[action][0]


@pytest.mark.parametrize(("evt", "state", "role"), CELLS)
def test_cell(evt, state, role):
    machine = machine_in(state, role)
    effects = feed(machine, FEED[evt])

    action = TRANSITIONS.get((evt, state))
    of_the_other_role = (evt, role) in {(Evt.EVT_1, Role.ACCEPTOR), (Evt.EVT_5, Role.REQUESTOR)}
    if action is None or of_the_other_role:
        assert [words.partition(": ")[0] for words in effects] == ["refused"]
        assert machine.state is state
        return
    after = next_state(action, role)
    reason = 1 if evt is Evt.EVT_19 else 2
    expected = [
        *([ARRIVES[evt]] if evt in ARRIVES else []),
        f"{evt.label}: {state.label}, {action.label}, {after.label}",
        *(words.format(reason=reason) for words in DOES[action]),
    ]
    assert [short(words) for words in effects] == expected
    assert machine.state is after


def test_every_cell_is_tried():
    assert {(cell.values[0], cell.values[1]) for cell in CELLS} == {(evt, state) for evt in Evt for state in State}
    assert len(Evt) * len(State) == 247


def test_the_table_is_pynetdicom_s():
    """Cell by cell, without a difference.

    What its actions do differs, and ours is the standard's: AE-6 tests bit 0 of the version and not the whole number,
    AA-8 says why it aborts, and Sta13 waits for the peer or ARTIM instead of closing at once.
    """
    from pynetdicom.fsm import TRANSITION_TABLE

    ours = {(evt.label, state.label): action.label for (evt, state), action in TRANSITIONS.items()}
    assert ours == TRANSITION_TABLE


def test_the_next_states_are_pynetdicom_s():
    from pynetdicom.fsm import ACTIONS

    theirs = {label: next_states for label, (_, _, next_states) in ACTIONS.items()}
    ours = {action.label: tuple(state.label for state in states) for action, states in NEXT_STATES.items()}
    assert ours == {label: (states,) if isinstance(states, str) else states for label, states in theirs.items()}


@pytest.mark.parametrize("action", Action)
def test_every_action_is_reached(action):
    assert action in TRANSITIONS.values()
