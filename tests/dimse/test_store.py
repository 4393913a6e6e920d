"""C-STORE messages, what is said of their statuses, the fitting context, and pynetdicom's message classes."""

from io import BytesIO

import pytest

from parley.dimse.codes import CommandField, is_success, status_words
from parley.dimse.command import CommandSet, encode_command
from parley.dimse.message import Message, bulk_fragments, fragments
from parley.dimse.store import fitting_context, store_request, store_response
from parley.ul.codec import encode
from parley.ul.codes import ContextResult, Role
from parley.ul.negotiation import NegotiatedContext
from parley.ul.pdu import PDataTf
from parley.ul.primitives import DataRun
from parley.ul.table import State
from tests.dimse.test_message import primitives, theirs_of
from tests.harness.states import machine_in

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
IMPLICIT, EXPLICIT, JPEG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50"
UIDS = {"AffectedSOPClassUID", "AffectedSOPInstanceUID"}
NO_UIDS = ["1" * 65, "1" * 60_000, "1.2\x1b[31m", "1.2\u202e3", "1.2\0.3", "../1", ".", "1.2 3"]
REQUEST = store_request(3, 9, CT, "1.2.3", 1280)


def negotiated(context_id, abstract_syntax, transfer_syntax, *, as_scu=True, result=ContextResult.ACCEPTANCE):
    return NegotiatedContext(context_id, abstract_syntax, (IMPLICIT,), result, transfer_syntax, as_scu, False, "")


def test_a_request_says_what_it_will_carry():
    assert REQUEST.words == "C-STORE-RQ, message 9, with a data set of 1280 bytes"
    assert REQUEST.command.has_data_set
    assert (REQUEST.command.sop_class_uid, REQUEST.command.sop_instance_uid) == (CT, "1.2.3")


def test_a_response_answers_its_request():
    response = store_response(REQUEST, 0xA700, "no room on the disk — none")
    assert response.context_id == 3
    assert response.answers == 9
    assert response.words == "C-STORE-RSP to message 9: refused: out of resources (A700H)"
    assert response.command["AffectedSOPInstanceUID"] == "1.2.3"
    assert response.command["ErrorComment"] == "no room on the disk ? none"
    assert len(store_response(REQUEST, 0xA700, "x" * 100).command.text("ErrorComment")) == 64


@pytest.mark.parametrize("odd", NO_UIDS, ids=range(len(NO_UIDS)))
def test_what_is_no_uid_does_not_come_back(odd):
    command = {**REQUEST.command, "AffectedSOPClassUID": odd, "AffectedSOPInstanceUID": odd}
    assert not UIDS & set(store_response(Message(3, CommandSet(command)), 0x0117).command)


def test_what_the_request_left_out_the_response_leaves_out():
    bare = Message(1, REQUEST.command.__class__({"CommandField": 1, "MessageID": 2, "CommandDataSetType": 1}))
    assert set(store_response(bare, 0).command) == {
        "CommandField",
        "MessageIDBeingRespondedTo",
        "CommandDataSetType",
        "Status",
    }


@pytest.mark.parametrize(
    ("status", "words", "success"),
    [
        (0x0000, "success (0000H)", True),
        (0x0122, "SOP class not supported (0122H)", False),
        (0xA700, "refused: out of resources (A700H)", False),
        (0xA7FF, "refused: out of resources (A7FFH)", False),
        (0xA901, "failure: the data set does not match its SOP class (A901H)", False),
        (0xB000, "warning: elements were coerced (B000H)", True),
        (0xB123, "warning (B123H)", True),
        (0xC001, "failure: cannot understand (C001H)", False),
    ],
)
def test_a_storage_status(status, words, success):
    assert status_words(status, CommandField.C_STORE_RSP) == words
    assert is_success(status) is success


class TestFittingContext:
    def test_it_is_the_one_of_class_and_transfer_syntax(self):
        contexts = (
            negotiated(1, MR, EXPLICIT),
            negotiated(3, CT, IMPLICIT),
            negotiated(5, CT, EXPLICIT, result=ContextResult.USER_REJECTION),
            negotiated(7, CT, EXPLICIT, as_scu=False),
            negotiated(9, CT, EXPLICIT),
            negotiated(11, CT, EXPLICIT),
        )
        found = fitting_context(contexts, CT, EXPLICIT)
        assert found is not None
        assert found.context_id == 9

    def test_nothing_is_converted(self):
        assert fitting_context((negotiated(1, CT, IMPLICIT),), CT, JPEG) is None
        assert fitting_context((), CT, JPEG) is None


class TestBulkFragments:
    """The PDUs are those of the plain way, whatever the parts; of them the first and the last are told one by one."""

    DATA = bytes(range(256)) * 5

    @staticmethod
    def pieces(data, part_bytes, length=100, most=4):
        return [
            piece
            for start in range(0, len(data) or 1, part_bytes)
            for piece in bulk_fragments(
                3,
                data[start : start + part_bytes],
                length,
                most,
                begins=not start,
                ends=start + part_bytes >= len(data),
            )
        ]

    @pytest.mark.parametrize("part_bytes", [100, 300, 1000, 1200, 5000])
    @pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 200, 201, 1200, 1280])
    def test_they_are_those_of_the_plain_way(self, part_bytes, size):
        data = self.DATA[:size]
        plain = list(fragments(Message(3, REQUEST.command, data), 106))
        command = -(-len(encode_command(REQUEST.command)) // 100)
        machine = machine_in(State.STA_6, Role.REQUESTOR)
        pieces = self.pieces(data, part_bytes)
        sent = [encode(piece) if isinstance(piece, PDataTf) else machine.data_bytes(piece) for piece in pieces]
        assert b"".join(sent) == b"".join(map(encode, plain[command:]))
        told = [pdu for pdu in pieces if isinstance(pdu, PDataTf)]
        assert told == list(dict.fromkeys((plain[command], plain[-1])))

    def test_a_run_is_no_longer_than_asked(self):
        runs = [piece for piece in self.pieces(self.DATA, 5000) if isinstance(piece, DataRun)]
        assert [len(run.data) for run in runs] == [400, 400, 300]


class TestPynetdicom:
    def test_a_request_is_the_same_to_the_byte(self):
        from pynetdicom.dimse_messages import C_STORE_RQ
        from pynetdicom.dimse_primitives import C_STORE

        primitive = C_STORE()
        primitive.MessageID = 9
        primitive.Priority = 0
        primitive.AffectedSOPClassUID = CT
        primitive.AffectedSOPInstanceUID = "1.2.3"
        primitive.DataSet = BytesIO(b"data")
        theirs = C_STORE_RQ()
        theirs.primitive_to_message(primitive)
        command, _ = theirs_of(theirs, 3, 16384)
        assert command.pdvs[0].data == encode_command(REQUEST.command)

    def test_a_response_becomes_a_valid_primitive(self):
        from pynetdicom.dimse_messages import DIMSEMessage

        theirs = DIMSEMessage()
        answer = store_response(REQUEST, 0xA700, "disk full")
        assert all(theirs.decode_msg(primitive) for primitive in primitives(fragments(answer, 0)))
        primitive = theirs.message_to_primitive()
        assert primitive.is_valid_response
        assert (primitive.Status, primitive.ErrorComment) == (0xA700, "disk full")
