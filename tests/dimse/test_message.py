"""Messages to fragments and back, sloppy senders, and pynetdicom's message classes at the other end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.dimse.command import CommandSet, encode_command
from parley.dimse.echo import echo_request
from parley.dimse.message import (
    COMMAND_LIMIT,
    Message,
    MessageError,
    Reassembler,
    fragment_length,
    fragments,
)
from parley.ul.codec import encode
from parley.ul.codes import AbortReason
from parley.ul.errors import LocalProtocolError
from parley.ul.limits import SENT_DATA_LENGTH
from parley.ul.pdu import PDataTf, Pdv

ECHO = echo_request(1, 7)
STORE = Message(
    3,
    CommandSet(
        {
            "AffectedSOPClassUID": "1.2.840.10008.5.1.4.1.1.2",
            "CommandField": 0x0001,
            "MessageID": 9,
            "Priority": 0,
            "CommandDataSetType": 1,
            "AffectedSOPInstanceUID": "1.2.3",
        }
    ),
    bytes(range(256)) * 5,
)


def received(pdus, accepted=(1, 3, 5), **limits) -> list[Message]:
    reassembler = Reassembler(accepted, **limits)
    return [message for pdu in pdus for message in reassembler.receive(pdu)]


class TestFragmentLength:
    @pytest.mark.parametrize(
        ("maximum", "length"),
        [
            (7, 1),
            (8, 2),
            (9, 2),
            (10, 4),
            (16384, 16378),
            (16383, 16376),
            (0, SENT_DATA_LENGTH - 6),
            (None, SENT_DATA_LENGTH - 6),
        ],
    )
    def test_it_is_what_fits_and_even_where_possible(self, maximum, length):
        assert fragment_length(maximum) == length

    @pytest.mark.parametrize("maximum", [1, 5, 6])
    def test_no_room_at_all(self, maximum):
        with pytest.raises(LocalProtocolError, match=f"maximum length of {maximum} leaves no room"):
            fragment_length(maximum)

    def test_it_is_said_before_the_first_fragment_is_taken(self):
        with pytest.raises(LocalProtocolError):
            fragments(ECHO, 6)
        with pytest.raises(LocalProtocolError):
            fragments(Message(1, CommandSet({"MessageID": "x"})), 16384)


class TestFragments:
    @pytest.mark.parametrize("maximum", [7, 8, 13, 50, 128, 4096, 0, None])
    @pytest.mark.parametrize("message", [ECHO, STORE], ids=["echo", "store"])
    def test_each_pdu_fits_and_all_make_the_message(self, message, maximum):
        pdus = list(fragments(message, maximum))
        assert all(len(encode(pdu)) - 6 <= (maximum or SENT_DATA_LENGTH) for pdu in pdus)
        assert received(pdus) == [message]

    def test_the_control_headers(self):
        controls = [pdu.pdvs[0].control for pdu in fragments(STORE, 600)]
        assert controls == [3, 0, 0, 2]

    def test_an_empty_data_set_is_sent_as_an_empty_fragment(self):
        message = Message(3, STORE.command, b"")
        assert [pdu.pdvs[0].control for pdu in fragments(message, 0)] == [3, 2]
        assert received(fragments(message, 0)) == [message]

    def test_they_are_made_as_they_are_taken(self):
        large = Message(3, STORE.command, bytes(1 << 20))
        assert next(fragments(large, 16384)).pdvs[0].is_command


class TestReassembler:
    def test_several_messages_in_one_pdu(self):
        pdvs = tuple(pdv for message in (ECHO, STORE, ECHO) for pdu in fragments(message, 300) for pdv in pdu.pdvs)
        assert received([PDataTf(pdvs)]) == [ECHO, STORE, ECHO]

    def test_reserved_bits_of_the_control_header_are_not_tested(self):
        assert received([PDataTf((Pdv(1, 0xFF, encode_command(ECHO.command)),))]) == [ECHO]

    def test_of_a_long_data_set_only_the_beginning_is_kept(self):
        (message,) = received(fragments(STORE, 100), data_set_kept=150)
        assert message.data_set == STORE.data_set[:150]
        assert message.omitted == len(STORE.data_set) - 150
        assert message.words.endswith("with a data set of 1280 bytes")

    def test_the_next_message_starts_afresh(self):
        pdus = [*fragments(STORE, 100), *fragments(Message(3, STORE.command, b"short"), 0)]
        assert [(len(message.data_set), message.omitted) for message in received(pdus, data_set_kept=150)] == [
            (150, 1130),
            (5, 0),
        ]

    def fault(self, *pdvs: Pdv, **limits) -> MessageError:
        with pytest.raises(MessageError) as caught:
            received([PDataTf(pdvs)], **limits)
        return caught.value

    def test_a_context_that_was_not_accepted(self):
        error = self.fault(Pdv(7, 3, encode_command(ECHO.command)))
        assert "context 7, which is not an accepted one" in str(error)
        assert error.reason == AbortReason.INVALID_PDU_PARAMETER_VALUE

    def test_a_context_that_changes_within_a_message(self):
        data = encode_command(ECHO.command)
        assert "context 3 in the middle of a message on 1" in str(self.fault(Pdv(1, 1, data[:9]), Pdv(3, 3, data[9:])))

    def test_a_data_set_before_its_command_set(self):
        error = self.fault(Pdv(1, 2, b"data"))
        assert "without a whole command set before it" in str(error)
        assert error.reason == AbortReason.UNEXPECTED_PDU_PARAMETER

    def test_a_data_set_within_a_command_set(self):
        assert "without a whole command set" in str(self.fault(Pdv(1, 1, b"begin"), Pdv(1, 2, b"data")))

    def test_a_data_set_that_was_not_announced(self):
        assert "without a whole command set" in str(self.fault(Pdv(1, 3, encode_command(ECHO.command)), Pdv(1, 2, b"")))

    def test_a_command_set_in_place_of_the_data_set(self):
        data = encode_command(STORE.command)
        assert "where a data set was announced" in str(self.fault(Pdv(3, 3, data), Pdv(3, 3, data)))

    def test_a_command_set_without_end(self):
        pdvs = [Pdv(1, 1, bytes(COMMAND_LIMIT // 2))] * 2 + [Pdv(1, 1, b"x")]
        assert f"longer than {COMMAND_LIMIT} bytes" in str(self.fault(*pdvs))

    def test_the_longest_command_set(self):
        command = CommandSet({"CommandField": 0x0030, "ErrorComment": "x" * 52})
        data = encode_command(command)
        assert received([PDataTf((Pdv(1, 3, data),))], command_limit=len(data)) == [Message(1, command)]
        assert "longer than" in str(self.fault(Pdv(1, 3, data), command_limit=len(data) - 1))

    def test_a_command_set_that_cannot_be_read(self):
        assert "too many" in str(self.fault(Pdv(1, 3, b"HELO")))

    def test_messages_before_the_fault_come_first(self):
        pdu = PDataTf((Pdv(1, 3, encode_command(ECHO.command)), Pdv(1, 0, b"data")))
        messages = Reassembler({1}).receive(pdu)
        assert next(messages) == ECHO
        with pytest.raises(MessageError):
            next(messages)

    @settings(derandomize=True, deadline=None, max_examples=200)
    @given(
        st.lists(
            st.builds(
                Pdv,
                st.sampled_from([1, 3, 9]),
                st.integers(0, 255),
                st.one_of(
                    st.binary(max_size=30),
                    st.sampled_from([encode_command(ECHO.command), encode_command(STORE.command)]),
                ),
            ),
            max_size=8,
        )
    )
    def test_any_pdvs_make_messages_or_a_message_error(self, pdvs):
        try:
            for message in Reassembler({1, 3}, data_set_kept=20).receive(PDataTf(tuple(pdvs))):
                assert message.words
                assert len(message.data_set or b"") <= 20
        except MessageError:
            pass


class TestSink:
    def play(self, pdus, **limits):
        asked, taken = [], []

        def sink_for(message):
            asked.append(message)
            return taken.append

        reassembler = Reassembler((1, 3, 5), sink_for=sink_for, **limits)
        messages = [message for pdu in pdus for message in reassembler.receive(pdu)]
        return asked, taken, messages

    def test_each_fragment_goes_there_and_none_is_kept(self):
        asked, taken, (message,) = self.play(fragments(STORE, 106), data_set_kept=10)
        assert [len(data) for data in taken] == [100] * 12 + [80]
        assert b"".join(taken) == STORE.data_set
        assert asked == [Message(3, STORE.command)]
        assert message == Message(3, STORE.command, b"", omitted=1280)
        assert message.words == STORE.words

    def test_it_is_asked_for_each_data_set_and_for_nothing_else(self):
        asked, taken, messages = self.play([*fragments(STORE, 0), *fragments(ECHO, 0), *fragments(STORE, 0)])
        assert len(asked) == 2
        assert taken == [STORE.data_set] * 2
        assert [message.field for message in messages] == [STORE.field, ECHO.field, STORE.field]

    def test_without_one_the_beginning_is_kept(self):
        reassembler = Reassembler((3,), data_set_kept=10, sink_for=lambda message: None)
        (message,) = [message for pdu in fragments(STORE, 106) for message in reassembler.receive(pdu)]
        assert message == Message(3, STORE.command, STORE.data_set[:10], omitted=1270)


class TestWords:
    @pytest.mark.parametrize(
        ("command", "words"),
        [
            ({"CommandField": 0x0030, "MessageID": 1}, "C-ECHO-RQ, message 1"),
            (
                {"CommandField": 0x8030, "MessageIDBeingRespondedTo": 1, "Status": 0},
                "C-ECHO-RSP to message 1: success (0000H)",
            ),
            ({"CommandField": 0x0FFF, "MessageIDBeingRespondedTo": 2}, "C-CANCEL-RQ to message 2"),
            ({"CommandField": 0x0042, "MessageID": 1}, "unknown message 0042H, message 1"),
            ({}, "message without a command field"),
        ],
    )
    def test_of_a_message(self, command, words):
        assert Message(1, CommandSet(command)).words == words

    def test_of_a_message_with_a_data_set(self):
        assert STORE.words == "C-STORE-RQ, message 9, with a data set of 1280 bytes"


# --- a second opinion ------------------------------------------------------------------------------------------------


def primitives(pdus):
    from pynetdicom.pdu_primitives import P_DATA

    for pdu in pdus:
        primitive = P_DATA()
        for pdv in pdu.pdvs:
            primitive.presentation_data_value_list.append((pdv.context_id, bytes([pdv.control]) + pdv.data))
        yield primitive


class TestPynetdicom:
    @pytest.mark.parametrize("maximum", [20, 128, 16384])
    @pytest.mark.parametrize("message", [ECHO, STORE], ids=["C_ECHO_RQ", "C_STORE_RQ"])
    def test_reads_what_we_send(self, message, maximum, request):
        from pynetdicom.dimse_messages import DIMSEMessage

        theirs = DIMSEMessage()
        assert [theirs.decode_msg(primitive) for primitive in primitives(fragments(message, maximum))][-1]
        assert type(theirs).__name__ in request.node.callspec.id
        assert theirs.context_id == message.context_id
        assert theirs.command_set.MessageID == message.message_id
        assert theirs.data_set.getvalue() == (message.data_set or b"")

    @pytest.mark.parametrize("maximum", [20, 128, 16384])
    def test_sends_what_we_read(self, maximum):
        (message,) = received(theirs_of(their_find_response(), 5, maximum))
        assert message.context_id == 5
        assert message.command == {
            "AffectedSOPClassUID": "1.2.840.10008.5.1.4.1.2.1.1",
            "CommandField": 0x8020,
            "MessageIDBeingRespondedTo": 4,
            "CommandDataSetType": 1,
            "Status": 0xFF00,
        }
        assert message.data_set == b"identifier"

    def test_fragments_as_we_do(self):
        theirs = list(theirs_of(their_find_response(), 5, 128))
        (message,) = received(theirs)
        assert list(fragments(message, 128)) == theirs


def their_find_response():
    from io import BytesIO

    from pynetdicom.dimse_messages import C_FIND_RSP
    from pynetdicom.dimse_primitives import C_FIND

    primitive = C_FIND()
    primitive.MessageIDBeingRespondedTo = 4
    primitive.AffectedSOPClassUID = "1.2.840.10008.5.1.4.1.2.1.1"
    primitive.Status = 0xFF00
    primitive.Identifier = BytesIO(b"identifier")
    message = C_FIND_RSP()
    message.primitive_to_message(primitive)
    return message


def theirs_of(message, context_id, maximum):
    for primitive in message.encode_msg(context_id, maximum):
        yield PDataTf(tuple(Pdv(id_, data[0], data[1:]) for id_, data in primitive.presentation_data_value_list))
