"""The state machine beyond its table: whole conversations, odd peers, odd callers, any bytes."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.ul import primitives as pr
from parley.ul.codec import MOST_IN_RUN, encode
from parley.ul.codes import AbortReason, Role
from parley.ul.effects import Effect, Indicate, Malformed, Received, ReceivedRun, SendPdu, Transition
from parley.ul.errors import LocalProtocolError
from parley.ul.limits import Limits
from parley.ul.machine import MALFORMED_KEPT, UpperLayer
from parley.ul.pdu import AAbort, AAssociateRq, PDataTf, Pdv
from parley.ul.table import NEXT_STATES, TRANSITIONS, Evt, State
from tests.harness.playbook import describe, feed, play
from tests.harness.samples import AC, DATA, PDUS, RELEASE_RQ, RQ
from tests.harness.states import PATHS, machine_in

HTTP = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class TestPlaybooks:
    def test_an_acceptor_from_connection_to_close(self):
        play(
            UpperLayer(Role.ACCEPTOR, Limits()),
            """
            >> connection accepted
            << Evt5: Sta1, AE-5, Sta2
            << start ARTIM
            >> peer: A-ASSOCIATE-RQ
            << received A-ASSOCIATE-RQ
            << Evt6: Sta2, AE-6, Sta3
            << stop ARTIM
            << indicate AssociateIndication
            >> user: accept
            << Evt7: Sta3, AE-7, Sta6
            << send A-ASSOCIATE-AC
            >> peer: P-DATA-TF
            << received P-DATA-TF
            << Evt10: Sta6, DT-2, Sta6
            << indicate DataIndication
            >> user: data
            << Evt9: Sta6, DT-1, Sta6
            << send P-DATA-TF
            >> peer: A-RELEASE-RQ
            << received A-RELEASE-RQ
            << Evt12: Sta6, AR-2, Sta8
            << indicate ReleaseIndication
            >> user: agree to release
            << Evt14: Sta8, AR-4, Sta13
            << send A-RELEASE-RP
            << start ARTIM
            >> closed
            << Evt17: Sta13, AR-5, Sta1
            << stop ARTIM
            """,
        )

    def test_half_a_request_has_no_effect_until_the_connection_ends(self):
        play(
            machine_in(State.STA_2, Role.ACCEPTOR),
            f"""
            >> peer: A-ASSOCIATE-RQ, first 50 bytes
            >> closed
            << malformed: The transport connection was closed in the middle of a PDU: 50 of {len(encode(RQ))} bytes.
            << Evt17: Sta2, AA-5, Sta1
            << stop ARTIM
            """,
        )

    def test_a_requestor_that_is_rejected(self):
        play(
            UpperLayer(Role.REQUESTOR, Limits()),
            """
            >> user: associate
            << Evt1: Sta1, AE-1, Sta4
            << open transport
            >> connected
            << Evt2: Sta4, AE-2, Sta5
            << send A-ASSOCIATE-RQ
            >> peer: A-ASSOCIATE-RJ 2/3/2
            << received A-ASSOCIATE-RJ 2/3/2
            << Evt4: Sta5, AE-4, Sta1
            << indicate AssociateConfirmation
            << close transport
            # the peer closes as well, a moment later
            >> closed
            """,
        )

    def test_a_requestor_that_finds_nobody(self):
        play(
            UpperLayer(Role.REQUESTOR, Limits()),
            """
            >> user: associate
            << Evt1: Sta1, AE-1, Sta4
            << open transport
            >> closed: Connection refused
            << Evt17: Sta4, AA-4, Sta1
            << indicate A-P-ABORT 0: Connection refused
            """,
        )

    def test_a_requestor_that_changes_its_mind_while_connecting(self):
        play(
            machine_in(State.STA_4, Role.REQUESTOR),
            """
            >> user: abort
            << Evt15: Sta4, AA-2, Sta1
            << stop ARTIM
            << close transport
            """,
        )

    def test_a_peer_that_says_nothing_is_closed_when_artim_expires(self):
        play(
            machine_in(State.STA_2, Role.ACCEPTOR),
            """
            >> ARTIM expires
            << Evt18: Sta2, AA-2, Sta1
            << stop ARTIM
            << close transport
            """,
        )

    @pytest.mark.parametrize("words", ["P-DATA-TF", "A-RELEASE-RQ", "A-ASSOCIATE-AC"])
    def test_a_peer_that_does_not_begin_with_a_request_is_aborted_as_by_the_user(self, words):
        play(
            machine_in(State.STA_2, Role.ACCEPTOR),
            f"""
            >> peer: {words}
            << received {words}
            << {"Evt10" if words == "P-DATA-TF" else "Evt12" if words == "A-RELEASE-RQ" else "Evt3"}: Sta2, AA-1, Sta13
            << send A-ABORT 0/0
            << start ARTIM
            """,
        )

    def test_a_second_request_on_one_connection(self):
        play(
            machine_in(State.STA_6, Role.ACCEPTOR),
            """
            >> peer: A-ASSOCIATE-RQ
            << received A-ASSOCIATE-RQ
            << Evt6: Sta6, AA-8, Sta13
            << send A-ABORT 2/2
            << indicate A-P-ABORT 2: A-ASSOCIATE-RQ is not expected in Sta6, established.
            << start ARTIM
            >> peer: P-DATA-TF
            << received P-DATA-TF
            << Evt10: Sta13, AA-6, Sta13
            >> peer: A-ASSOCIATE-RQ
            << received A-ASSOCIATE-RQ
            << Evt6: Sta13, AA-7, Sta13
            << send A-ABORT 2/2
            >> ARTIM expires
            << Evt18: Sta13, AA-2, Sta1
            << stop ARTIM
            << close transport
            """,
        )

    def test_a_peer_that_turns_to_nonsense_is_aborted_and_never_listened_to_again(self):
        play(
            machine_in(State.STA_6, Role.REQUESTOR),
            """
            >> bytes: 99 00 00 00 00 00
            << malformed: The peer sent no DICOM PDU: its first byte is 99H, PDU types are 01H to 07H.
            << Evt19: Sta6, AA-8, Sta13
            << send A-ABORT 2/1
            << indicate A-P-ABORT 1: The peer sent no DICOM PDU: its first byte is 99H, PDU types are 01H to 07H.
            << start ARTIM
            >> peer: A-ABORT
            >> bytes: 99 00 00
            >> closed
            << Evt17: Sta13, AR-5, Sta1
            << stop ARTIM
            """,
        )

    def test_an_abort_by_the_user_says_what_the_tester_wants(self):
        play(
            machine_in(State.STA_6, Role.REQUESTOR),
            """
            >> user: abort with 2/6
            << Evt15: Sta6, AA-1, Sta13
            << send A-ABORT 2/6
            << start ARTIM
            """,
        )

    def test_an_abort_by_the_peer_s_provider(self):
        play(
            machine_in(State.STA_5, Role.REQUESTOR),
            """
            >> peer: A-ABORT 2/6
            << received A-ABORT 2/6
            << Evt16: Sta5, AA-3, Sta1
            << indicate A-P-ABORT 6 from A-ABORT 2/6: The peer aborted: source 2 (service-provider), reason 6 \
(invalid-pdu-parameter-value).
            << close transport
            """,
        )

    def test_an_abort_with_a_reserved_source_is_not_the_user_s(self):
        (indication,) = [
            words for words in feed(machine_in(State.STA_6, Role.ACCEPTOR), "peer: A-ABORT 1/0") if "indicate" in words
        ]
        assert indication.startswith("indicate A-P-ABORT 0 from A-ABORT 1/0: The peer aborted: source 1 (reserved-1)")

    def test_data_goes_both_ways_while_a_release_is_agreed_on(self):
        play(
            machine_in(State.STA_7, Role.REQUESTOR),
            """
            >> peer: P-DATA-TF
            << received P-DATA-TF
            << Evt10: Sta7, AR-6, Sta7
            << indicate DataIndication
            """,
        )
        play(
            machine_in(State.STA_8, Role.ACCEPTOR),
            """
            >> user: data
            << Evt9: Sta8, AR-7, Sta8
            << send P-DATA-TF
            """,
        )


class TestVersion:
    @pytest.mark.parametrize("version", [0, 2, 0x0100, 0xFFFE])
    def test_without_bit_0_the_provider_itself_rejects(self, version):
        machine = machine_in(State.STA_2, Role.ACCEPTOR)
        machine.receive(encode(AAssociateRq(RQ.called_ae_title, RQ.calling_ae_title, RQ.items, version)))
        assert [describe(effect) for effect in machine.effects()][1:] == [
            "Evt6: Sta2, AE-6, Sta13",
            "stop ARTIM",
            "send A-ASSOCIATE-RJ 1/2/2",
            "start ARTIM",
        ]
        assert machine.state is State.STA_13

    @pytest.mark.parametrize("version", [1, 3, 0xFFFF])
    def test_other_bits_are_not_tested(self, version):
        machine = machine_in(State.STA_2, Role.ACCEPTOR)
        machine.receive(encode(AAssociateRq(RQ.called_ae_title, RQ.calling_ae_title, RQ.items, version)))
        assert machine.state is State.STA_3


class TestCallers:
    """What the local side may not do raises, says why, and changes nothing."""

    def test_a_refusal_names_the_request_and_the_state(self):
        machine = machine_in(State.STA_3, Role.ACCEPTOR)
        with pytest.raises(
            LocalProtocolError, match=r"A-RELEASE request .* not possible in Sta3, awaiting local accept"
        ):
            machine.request(pr.ReleaseRequest())
        assert machine.state is State.STA_3
        assert machine.effects() == []

    def test_nothing_is_opened_for_what_cannot_be_encoded(self):
        machine = UpperLayer(Role.REQUESTOR, Limits())
        with pytest.raises(LocalProtocolError):
            machine.request(pr.AssociateRequest(AAssociateRq("SEVENTEEN LETTERS", "A", RQ.items)))
        assert machine.state is State.STA_1
        assert machine.effects() == []
        machine.request(pr.AssociateRequest(RQ))
        assert machine.state is State.STA_4

    @pytest.mark.parametrize(
        "request_", [pr.DataRequest(PDataTf((Pdv(256, 0, b""),))), pr.AbortRequest(256, 0)], ids=["data", "abort"]
    )
    def test_what_cannot_be_encoded_leaves_the_association_alone(self, request_):
        machine = machine_in(State.STA_6, Role.REQUESTOR)
        with pytest.raises(LocalProtocolError):
            machine.request(request_)
        assert machine.state is State.STA_6
        assert machine.effects() == []

    def test_an_acceptor_does_not_associate(self):
        with pytest.raises(LocalProtocolError, match="belongs to the requestor, and this end is the acceptor"):
            UpperLayer(Role.ACCEPTOR, Limits()).request(pr.AssociateRequest(RQ))

    def test_a_requestor_is_not_connected_to(self):
        with pytest.raises(LocalProtocolError, match="belongs to the acceptor, and this end is the requestor"):
            UpperLayer(Role.REQUESTOR, Limits()).transport_indication()

    @pytest.mark.parametrize("state", [State.STA_1, State.STA_4])
    def test_bytes_need_a_transport_connection(self, state):
        with pytest.raises(LocalProtocolError, match="without a transport connection"):
            machine_in(state, Role.REQUESTOR).receive(b"\1")

    def test_the_request_is_sent_as_it_was_when_asked_for(self):
        machine = UpperLayer(Role.REQUESTOR, Limits())
        machine.request(pr.AssociateRequest(RQ))
        machine.transport_confirmation()
        assert [effect for effect in machine.effects() if isinstance(effect, SendPdu)] == [SendPdu(RQ, encode(RQ))]

    def test_a_second_request_does_not_replace_the_first(self):
        machine = machine_in(State.STA_4, Role.REQUESTOR)
        with pytest.raises(LocalProtocolError, match="not possible in Sta4"):
            machine.request(pr.AssociateRequest(AAssociateRq("OTHER", "A", RQ.items)))
        machine.transport_confirmation()
        assert SendPdu(RQ, encode(RQ)) in machine.effects()

    def test_a_machine_serves_another_association_after_the_first(self):
        machine = machine_in(State.STA_6, Role.ACCEPTOR)
        machine.receive(encode(DATA)[:5])
        machine.receive_eof()
        machine.effects()
        play(
            machine,
            """
            >> connection accepted
            << Evt5: Sta1, AE-5, Sta2
            << start ARTIM
            >> peer: A-ASSOCIATE-RQ
            << received A-ASSOCIATE-RQ
            << Evt6: Sta2, AE-6, Sta3
            << stop ARTIM
            << indicate AssociateIndication
            """,
        )


class TestStream:
    """PDUs are found whatever the pieces in which their bytes come."""

    STREAM = encode(AC) + encode(DATA) * 3 + encode(RELEASE_RQ)

    def effects(self, size: int) -> list:
        machine = machine_in(State.STA_5, Role.REQUESTOR)
        for start in range(0, len(self.STREAM), size):
            machine.receive(self.STREAM[start : start + size])
        assert machine.state is State.STA_8
        assert machine.buffered == 0
        return machine.effects()

    @pytest.mark.parametrize("size", [1, 2, 5, 6, 7, 100])
    def test_pieces_make_no_difference(self, size):
        assert self.effects(size) == self.effects(len(self.STREAM))

    @pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
    def test_any_bytes_will_do_and_are_not_kept(self, kind):
        machine = machine_in(State.STA_6, Role.REQUESTOR)
        machine.receive(kind(encode(DATA)))
        received = machine.effects()[0]
        assert isinstance(received, Received)
        assert type(received.data) is bytes

    def test_a_pdu_s_own_effects_follow_it(self):
        machine = machine_in(State.STA_6, Role.REQUESTOR)
        machine.receive(encode(DATA) + encode(RELEASE_RQ))
        kinds = [type(effect) for effect in machine.effects()]
        assert kinds == [Received, Transition, Indicate] * 2

    def test_each_effect_is_returned_once(self):
        machine = machine_in(State.STA_6, Role.REQUESTOR)
        machine.receive(encode(DATA))
        assert machine.effects()
        assert machine.effects() == []

    def test_what_follows_the_end_of_the_association_is_discarded(self):
        machine = machine_in(State.STA_6, Role.REQUESTOR)
        machine.receive(encode(AAbort(0, 0)) + encode(DATA) + b"\x99")
        assert [describe(effect) for effect in machine.effects()] == [
            "received A-ABORT 0/0",
            "Evt16: Sta6, AA-3, Sta1",
            "indicate AbortIndication",
            "close transport",
        ]
        machine.receive(encode(DATA))
        machine.receive_eof()
        assert machine.effects() == []
        assert machine.buffered == 0


class TestCutOff:
    """The transport connection ends in the middle of a PDU."""

    @pytest.mark.parametrize(
        ("there", "words"),
        [
            (1, "in the middle of a PDU: 1 of the header's 6 bytes"),
            (5, "in the middle of a PDU: 5 of the header's 6 bytes"),
            (6, f"in the middle of a PDU: 6 of {len(encode(AC))} bytes"),
            (12, f"in the middle of a PDU: 12 of {len(encode(AC))} bytes"),
        ],
    )
    def test_the_cause_says_how_far_it_came(self, there, words):
        machine = machine_in(State.STA_5, Role.REQUESTOR)
        machine.receive(encode(AC)[:there])
        machine.receive_eof()
        malformed, transition, indicate = machine.effects()
        assert malformed.data == encode(AC)[:there]
        assert malformed.error.offset == there
        assert transition.after is State.STA_1
        assert indicate.primitive == pr.ProviderAbortIndication(
            0, None, f"The transport connection was closed {words}."
        )
        assert str(malformed.error) == indicate.primitive.cause

    def test_the_transport_s_own_words_are_kept(self):
        machine = machine_in(State.STA_5, Role.REQUESTOR)
        machine.receive(encode(AC)[:12])
        machine.receive_eof("Connection reset by peer")
        assert machine.effects()[-1].primitive.cause.endswith("bytes. Connection reset by peer")

    def test_a_clean_end_says_so(self):
        machine = machine_in(State.STA_6, Role.REQUESTOR)
        machine.receive(encode(DATA))
        machine.effects()
        machine.receive_eof()
        assert [describe(effect) for effect in machine.effects()] == [
            "Evt17: Sta6, AA-4, Sta1",
            "indicate A-P-ABORT 0: The peer closed the transport connection.",
        ]

    def test_an_acceptor_shows_the_beginning_of_a_request_that_never_came(self):
        machine = machine_in(State.STA_2, Role.ACCEPTOR)
        machine.receive(encode(RQ)[:40])
        machine.receive_eof()
        malformed, *others = machine.effects()
        assert malformed.data == encode(RQ)[:40]
        assert [describe(effect) for effect in others] == ["Evt17: Sta2, AA-5, Sta1", "stop ARTIM"]


class TestMalformed:
    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (HTTP, AbortReason.UNRECOGNIZED_PDU),
            (b"SSH-2.0-OpenSSH_9.6\r\n", AbortReason.UNRECOGNIZED_PDU),
            (b"\x08\0\0\0\0\4abcd", AbortReason.UNRECOGNIZED_PDU),
            (b"\1\0\xff\xff\xff\xf0", AbortReason.INVALID_PDU_PARAMETER_VALUE),
            (b"\1\0\0\0\0\0", AbortReason.INVALID_PDU_PARAMETER_VALUE),
            (b"\1\0\0\0\0\3abc", AbortReason.INVALID_PDU_PARAMETER_VALUE),
            (b"\4\0\0\0\x40\1", AbortReason.INVALID_PDU_PARAMETER_VALUE),
        ],
        ids=["HTTP", "SSH", "type 8", "huge", "empty", "short", "data over the limit"],
    )
    def test_the_abort_says_what_was_wrong(self, data, reason):
        machine = machine_in(State.STA_6, Role.ACCEPTOR)
        machine.receive(data)
        malformed, transition, abort, indication, _ = machine.effects()
        assert malformed.data == data
        assert transition.after is State.STA_13
        assert abort.pdu == AAbort(2, reason)
        assert indication.primitive == pr.ProviderAbortIndication(reason, None, str(malformed.error))

    def test_before_the_request_the_table_wants_the_user_s_abort(self):
        machine = machine_in(State.STA_2, Role.ACCEPTOR)
        machine.receive(HTTP)
        assert [describe(effect).partition(":")[0] for effect in machine.effects()] == [
            "malformed",
            "Evt19",
            "send A-ABORT 0/0",
            "start ARTIM",
        ]

    def test_in_sta_13_the_provider_aborts_once_more(self):
        machine = machine_in(State.STA_13, Role.ACCEPTOR)
        machine.receive(HTTP)
        assert [describe(effect).partition(":")[0] for effect in machine.effects()][1:] == ["Evt19", "send A-ABORT 2/1"]

    def test_good_pdus_before_the_bad_one_are_taken(self):
        machine = machine_in(State.STA_6, Role.ACCEPTOR)
        machine.receive(encode(DATA) + HTTP)
        effects = machine.effects()
        assert effects[0].pdu == DATA
        assert [effect.data for effect in effects if isinstance(effect, Malformed)] == [HTTP]

    def test_only_the_beginning_is_kept(self):
        machine = machine_in(State.STA_6, Role.ACCEPTOR)
        machine.receive(b"\x99" * 100_000)
        assert machine.effects()[0].data == b"\x99" * MALFORMED_KEPT
        assert machine.buffered == 0

    def test_the_error_does_not_hold_the_buffer(self):
        machine = machine_in(State.STA_6, Role.ACCEPTOR)
        machine.receive(encode(DATA) + b"\1\0\xff\xff\xff\xff")
        error = next(effect.error for effect in machine.effects() if isinstance(effect, Malformed))
        assert error.__traceback__ is error.__context__ is error.__cause__ is None


# --- any bytes -------------------------------------------------------------------------------------------------------

LIMITS = Limits(associate_length=2000, data_length=500)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A PDU with some bytes changed, dropped or added."""
    data = bytearray(encode(draw(st.sampled_from(list(PDUS.values())))))
    for _ in range(draw(st.integers(0, 4))):
        position = draw(st.integers(0, len(data) - 1)) if data else 0
        match draw(st.integers(0, 2)):
            case 0 if data:
                data[position] = draw(st.integers(0, 255))
            case 1:
                del data[position : position + draw(st.integers(1, 8))]
            case _:
                data[position:position] = draw(st.binary(max_size=8))
    return bytes(data)


BULK = encode(PDataTf((Pdv(1, 0, b"in the middle"),)))
STREAMS = st.lists(
    st.one_of(mutated(), st.binary(max_size=64), st.sampled_from([HTTP, b"\4\0", BULK, BULK * 3])), max_size=6
).map(b"".join)


@settings(derandomize=True, deadline=None, max_examples=400)
@given(place=st.sampled_from(sorted(PATHS, key=str)), stream=STREAMS, cuts=st.lists(st.integers(0, 300), max_size=12))
def test_any_bytes_in_any_pieces_end_in_effects(place, stream, cuts):
    """Never an exception but the one for bytes out of nowhere, never more memory than the limits allow."""
    machine = machine_in(*place, LIMITS)
    if machine.state in {State.STA_1, State.STA_4}:
        with pytest.raises(LocalProtocolError):
            machine.receive(stream)
        return
    limit = 6 + max(LIMITS.associate_length, LIMITS.data_length)
    bounds = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    for start, end in pairwise(bounds):
        machine.receive(stream[start:end])
        assert machine.buffered < limit
        for effect in machine.effects():
            describe(effect)
            if isinstance(effect, Malformed):
                assert len(effect.data) <= MALFORMED_KEPT
                assert machine.buffered == 0
    machine.receive_eof()
    assert machine.state is State.STA_1
    assert machine.buffered == 0


@settings(derandomize=True, deadline=None, max_examples=150)
@given(place=st.sampled_from([place for place in PATHS if place[0] not in {State.STA_1, State.STA_4}]), stream=STREAMS)
def test_one_byte_at_a_time_leads_to_the_same(place, stream):
    """All but the words about what was not understood: of a stream's beginning less can be said than of the whole."""
    whole, single = machine_in(*place, LIMITS), machine_in(*place, LIMITS)
    whole.receive(stream)
    for byte in stream:
        single.receive(bytes([byte]))
    assert [*map(_essence, one_by_one(single.effects()))] == [*map(_essence, one_by_one(whole.effects()))]
    assert single.state is whole.state
    assert single.buffered == whole.buffered


def one_by_one(effects: list[Effect]) -> Iterator[Effect]:
    """The effects with those in place of each run that it stands for."""
    state, pending = State.STA_1, iter(effects)
    for effect in pending:
        if not isinstance(effect, ReceivedRun):
            yield effect
            state = effect.after if isinstance(effect, Transition) else state
            continue
        action = TRANSITIONS[Evt.EVT_10, state]
        assert NEXT_STATES[action] == (state,)
        assert next(pending) == Indicate(pr.DataIndication(PDataTf(effect.pdvs)))
        for pdv in effect.pdvs:
            pdu = PDataTf((pdv,))
            yield from (Received(pdu, encode(pdu), ()), Transition(Evt.EVT_10, state, action, state))
            yield Indicate(pr.DataIndication(pdu))


def _essence(effect) -> object:
    if isinstance(effect, Malformed):
        return effect.error.reason, effect.error.offset, effect.error.field
    if isinstance(effect, Indicate) and isinstance(effect.primitive, pr.ProviderAbortIndication):
        return effect.primitive.reason, effect.primitive.pdu
    return effect


def test_a_claimed_length_is_not_waited_for():
    """An endless P-DATA-TF or request is refused by its header, before its body takes memory."""
    for header in (b"\1\0\x54\x20\x2f\x20", b"\4\0\xff\xff\xff\xff"):
        machine = machine_in(State.STA_5, Role.REQUESTOR)
        machine.receive(header)
        assert machine.buffered == 0
        assert isinstance(machine.effects()[0], Malformed)


def test_what_is_buffered_can_be_read_on_by_somebody_else_and_given_back():
    machine = machine_in(State.STA_6, Role.ACCEPTOR)
    machine.receive(encode(DATA) + encode(RELEASE_RQ)[:7])
    machine.effects()
    rest = machine.take_buffered()
    assert rest == encode(RELEASE_RQ)[:7]
    assert machine.buffered == 0
    machine.receive(rest + encode(RELEASE_RQ)[7:])
    assert machine.state is State.STA_8


def test_a_slow_peer_fills_no_more_than_one_pdu():
    machine = machine_in(State.STA_6, Role.ACCEPTOR, LIMITS)
    pdu = encode(PDataTf((Pdv(1, 0, bytes(LIMITS.data_length - 6)),)))
    most = 0
    for byte in pdu * 3:
        machine.receive(bytes([byte]))
        most = max(most, machine.buffered)
    assert most == len(pdu) - 1
    assert sum(isinstance(effect, Received) for effect in machine.effects()) == 3


@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_many_pdus_may_be_looked_at_a_few_at_a_time(most):
    pdus = (PDataTf((Pdv(1, 1, b"x"),)),) * 6
    stream = b"".join(map(encode, pdus)) + encode(RELEASE_RQ)[:4]
    whole, machine = machine_in(State.STA_6, Role.REQUESTOR), machine_in(State.STA_6, Role.REQUESTOR)
    assert not whole.receive(stream)
    has_more, effects, parts = machine.receive(stream, most), [], []
    while has_more:
        parts.append(machine.effects())
        effects += parts[-1]
        has_more = machine.receive(b"", most)
    assert effects + machine.effects() == whole.effects()
    assert all(sum(isinstance(effect, Received) for effect in part) == most for part in parts)
    assert machine.buffered == whole.buffered == 4


def test_a_run_has_an_end():
    pdu = PDataTf((Pdv(1, 0, b"x"),))
    machine = machine_in(State.STA_6, Role.REQUESTOR)
    assert machine.receive(encode(pdu) * (MOST_IN_RUN + 3), 1)
    (run,) = [effect for effect in machine.effects() if isinstance(effect, ReceivedRun)]
    assert len(run.pdvs) == MOST_IN_RUN
    assert machine.receive(b"", 1)
    assert not machine.receive(b"", 1)
    assert machine.buffered == 0


class TestBulkData:
    PDUS = tuple(PDataTf((Pdv(1, 0, bytes([number]) * 10),)) for number in range(3))
    RUN = pr.DataRun(1, 10, b"\0" * 10 + b"\1" * 10 + b"\2" * 10)

    def test_it_is_what_would_be_sent_one_by_one(self):
        machine = machine_in(State.STA_6, Role.REQUESTOR)
        assert machine.data_bytes(self.RUN) == b"".join(map(encode, self.PDUS))
        assert machine.effects() == []
        assert machine.state is State.STA_6

    def test_it_needs_an_association(self):
        with pytest.raises(LocalProtocolError, match="not possible in Sta1"):
            UpperLayer(Role.REQUESTOR, Limits()).data_bytes(self.RUN)

    def test_it_needs_a_context_id_that_fits(self):
        with pytest.raises(LocalProtocolError, match="P-DATA-TF"):
            machine_in(State.STA_6, Role.REQUESTOR).data_bytes(pr.DataRun(256, 10, bytes(10)))

    @pytest.mark.parametrize("state", [State.STA_6, State.STA_7])
    def test_it_is_received_as_a_run_behind_its_first_pdu(self, state):
        machine = machine_in(state, Role.REQUESTOR)
        machine.receive(b"".join(map(encode, self.PDUS)) + encode(RELEASE_RQ))
        received, _, indicated, run, indicated_run, *rest = machine.effects()
        assert isinstance(received, Received)
        assert (received.pdu, indicated) == (self.PDUS[0], Indicate(pr.DataIndication(self.PDUS[0])))
        pdvs = tuple(pdu.pdvs[0] for pdu in self.PDUS[1:])
        assert (run, indicated_run) == (ReceivedRun(pdvs), Indicate(pr.DataIndication(PDataTf(pdvs))))
        assert [type(effect) for effect in rest] == [Received, Transition, Indicate]

    @pytest.mark.parametrize(
        "other",
        [
            encode(PDataTf((Pdv(1, 2, b"the last"),))),
            encode(PDataTf((Pdv(1, 1, b"of a command set"),))),
            encode(PDataTf((Pdv(1, 0, b"two"), Pdv(1, 0, b"PDVs")))),
            encode(PDataTf((Pdv(1, 0, b"a reserved byte"),), reserved=1)),
            encode(RELEASE_RQ),
            encode(AAbort(0, 0)),
            b"\4\0\0\0\0\2\0\0\0\0\0\0 too short to be one",
            b"\4\0\xff\xff\xff\xff\xff\xff\xff\xfb\1\0 too long to be taken",
            b"\4\0\0\0\0\x0c\0\0\0\x09\1\0 one byte is not the PDV's",
            b"GET / HTTP/1.1",
        ],
    )
    def test_what_is_no_part_of_it_ends_it_and_is_taken_as_ever(self, other):
        machine = machine_in(State.STA_6, Role.REQUESTOR)
        machine.receive(b"".join(map(encode, self.PDUS)) + other)
        effects = machine.effects()
        (run,) = [effect for effect in effects if isinstance(effect, ReceivedRun)]
        assert len(run.pdvs) == 2
        alone = machine_in(State.STA_6, Role.REQUESTOR)
        alone.receive(other)
        assert [*map(_essence, effects[5:])] == [*map(_essence, alone.effects())]
        assert machine.state is alone.state
        assert machine.buffered == alone.buffered

    def test_where_data_is_not_expected_there_is_none(self):
        machine = machine_in(State.STA_3, Role.ACCEPTOR)
        machine.receive(b"".join(map(encode, self.PDUS)))
        assert not any(isinstance(effect, ReceivedRun) for effect in machine.effects())
