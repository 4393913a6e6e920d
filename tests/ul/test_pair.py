"""Two machines with one another: whatever their users do and however the network is, both come to the same end."""

from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from parley.ul import primitives as pr
from parley.ul.codes import AbortReason, Role
from parley.ul.effects import Malformed, Transition
from parley.ul.errors import LocalProtocolError
from parley.ul.table import TRANSITIONS, Evt, State
from tests.harness.pair import Pair
from tests.harness.playbook import REQUESTS
from tests.harness.samples import AC, DATA, RJ, RQ

A, R = Role.ACCEPTOR, Role.REQUESTOR


@pytest.mark.parametrize("count", [None, 1, 7])
def test_a_whole_association(count):
    pair = Pair()
    pair.user(R, pr.AssociateRequest(RQ))
    pair.connect()
    pair.settle(count)
    pair.user(A, pr.AssociateAccept(AC))
    pair.settle(count)
    pair.user(R, pr.DataRequest(DATA))
    pair.settle(count)
    pair.user(A, pr.DataRequest(DATA))
    pair.settle(count)
    pair.user(R, pr.ReleaseRequest())
    pair.settle(count)
    pair.user(A, pr.ReleaseResponse())
    pair.settle(count)
    assert pair.requestor.told == ["AssociateConfirmation", "DataIndication", "ReleaseConfirmation"]
    assert pair.acceptor.told == ["AssociateIndication", "DataIndication", "ReleaseIndication"]
    assert pair.requestor.state is pair.acceptor.state is State.STA_1


def test_a_rejection():
    pair = Pair()
    pair.user(R, pr.AssociateRequest(RQ))
    pair.connect()
    pair.settle()
    pair.user(A, pr.AssociateReject(RJ))
    pair.settle()
    assert pair.requestor.cells == ["AE-1", "AE-2", "AE-4"]
    assert pair.acceptor.cells == ["AE-5", "AE-6", "AE-8", "AR-5"]


@pytest.mark.parametrize("who", Role)
def test_an_abort(who):
    pair = Pair.established()
    pair.user(who, pr.AbortRequest())
    pair.settle()
    other = pair.acceptor if who is R else pair.requestor
    assert other.told[-1] == "AbortIndication"
    assert pair.requestor.state is pair.acceptor.state is State.STA_1


def test_two_aborts_that_cross():
    pair = Pair.established()
    pair.user(R, pr.AbortRequest())
    pair.user(A, pr.AbortRequest())
    pair.settle()
    assert pair.requestor.state is pair.acceptor.state is State.STA_1
    assert not pair.requestor.is_artim_running
    assert not pair.acceptor.is_artim_running


def test_a_release_collision():
    """Both ask at once: the requestor answers first, the acceptor only after that answer (PS3.8 section 7.2.2)."""
    pair = Pair.established()
    pair.user(R, pr.ReleaseRequest())
    pair.user(A, pr.ReleaseRequest())
    pair.settle()
    assert (pair.requestor.state, pair.acceptor.state) == (State.STA_9, State.STA_10)
    with pytest.raises(LocalProtocolError):
        pair.user(A, pr.ReleaseResponse())

    pair.user(R, pr.ReleaseResponse())
    assert pair.requestor.state is State.STA_11
    pair.settle()
    assert (pair.requestor.state, pair.acceptor.state) == (State.STA_11, State.STA_12)

    pair.user(A, pr.ReleaseResponse())
    pair.settle()
    assert pair.requestor.cells[-3:] == ["AR-8", "AR-9", "AR-3"]
    assert pair.acceptor.cells[-4:] == ["AR-8", "AR-10", "AR-4", "AR-5"]
    assert pair.requestor.told[-2:] == pair.acceptor.told[-2:] == ["ReleaseIndication", "ReleaseConfirmation"]
    assert pair.requestor.state is pair.acceptor.state is State.STA_1


@pytest.mark.parametrize("who", Role)
@pytest.mark.parametrize("steps", [0, 1])
def test_an_abort_in_the_middle_of_a_release_collision(who, steps):
    pair = Pair.established()
    pair.user(R, pr.ReleaseRequest())
    pair.user(A, pr.ReleaseRequest())
    pair.settle()
    if steps:
        pair.user(R, pr.ReleaseResponse())
        pair.settle()
    pair.user(who, pr.AbortRequest())
    pair.settle()
    assert pair.requestor.state is pair.acceptor.state is State.STA_1


def test_a_peer_that_never_closes_is_closed_by_artim():
    pair = Pair.established()
    pair.user(R, pr.ReleaseRequest())
    pair.settle()
    pair.user(A, pr.ReleaseResponse())
    assert pair.acceptor.is_artim_running
    pair.expire_artim(A)
    pair.settle()
    assert pair.requestor.state is pair.acceptor.state is State.STA_1
    assert pair.requestor.told[-1] == "ReleaseConfirmation"


EVENTS = {
    pr.AssociateRequest: Evt.EVT_1,
    pr.AssociateAccept: Evt.EVT_7,
    pr.AssociateReject: Evt.EVT_8,
    pr.DataRequest: Evt.EVT_9,
    pr.ReleaseRequest: Evt.EVT_11,
    pr.ReleaseResponse: Evt.EVT_14,
    pr.AbortRequest: Evt.EVT_15,
}


class Conversation(RuleBasedStateMachine):
    """Users that do anything at any time, over a wire that delivers when it likes and may be cut."""

    def __init__(self):
        super().__init__()
        self.pair = Pair()

    @rule(role=st.sampled_from(Role), primitive=st.sampled_from(list(REQUESTS.values())))
    def ask(self, role, primitive):
        state = self.pair.ends[role].state
        is_allowed = (EVENTS[type(primitive)], state) in TRANSITIONS
        if isinstance(primitive, pr.AssociateRequest):
            if self.pair.requestor.history:
                return  # one conversation each
            is_allowed = is_allowed and role is R
        try:
            self.pair.user(role, primitive)
        except LocalProtocolError:
            assert not is_allowed
            assert self.pair.ends[role].state is state
        else:
            assert is_allowed

    @precondition(lambda self: self.pair.is_opening)
    @rule()
    def connect(self):
        self.pair.connect()

    @rule(role=st.sampled_from(Role), count=st.one_of(st.none(), st.integers(1, 100)))
    def deliver(self, role, count):
        self.pair.deliver(role, count)

    @rule(role=st.sampled_from(Role))
    def expire_artim(self, role):
        if self.pair.ends[role].is_artim_running:
            self.pair.expire_artim(role)

    @precondition(lambda self: any(end.is_open for end in self.pair.ends.values()))
    @rule()
    def cut(self):
        self.pair.cut()

    @invariant()
    def artim_runs_where_the_standard_says(self):
        for end in self.pair.ends.values():
            assert end.is_artim_running == (end.state in {State.STA_2, State.STA_13})

    @invariant()
    def an_idle_end_has_no_connection(self):
        for end in self.pair.ends.values():
            assert end.is_open == (end.state not in {State.STA_1, State.STA_4})

    @invariant()
    def two_honest_machines_understand_each_other(self):
        for end in self.pair.ends.values():
            reasons = {effect.error.reason for effect in end.history if isinstance(effect, Malformed)}
            assert reasons <= {AbortReason.REASON_NOT_SPECIFIED}, "only a cut wire leaves half a PDU"

    @invariant()
    def states_form_a_chain(self):
        for end in self.pair.ends.values():
            cells = [effect for effect in end.history if isinstance(effect, Transition)]
            assert all(first.after is second.before for first, second in pairwise(cells))

    def teardown(self):
        """From wherever they are, an abort and the end of ARTIM bring both ends to rest."""
        for role, end in self.pair.ends.items():
            if (Evt.EVT_15, end.state) in TRANSITIONS:
                self.pair.user(role, pr.AbortRequest())
        self.pair.settle()
        for role, end in self.pair.ends.items():
            if end.is_artim_running:
                self.pair.expire_artim(role)
        self.pair.settle()
        assert self.pair.requestor.state is self.pair.acceptor.state is State.STA_1


TestConversation = Conversation.TestCase
TestConversation.settings = settings(derandomize=True, deadline=None, max_examples=80, stateful_step_count=30)
