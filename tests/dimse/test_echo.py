"""C-ECHO, and the answers of an acceptor that knows nothing else."""

import pytest

from parley.dimse.codes import NO_DATA_SET, RESPONSE_BIT, CommandField
from parley.dimse.command import ELEMENTS, CommandSet, encode_command
from parley.dimse.echo import answer_to, echo_request
from parley.dimse.message import Message
from parley.ul.codes import VERIFICATION
from tests.dimse.test_message import STORE, primitives, theirs_of

CT = "1.2.840.10008.5.1.4.1.1.2"
ELEMENTS_OF_UIDS = [keyword for keyword, vr in ELEMENTS.values() if vr == "UI"]
REQUESTS = [field for field in CommandField if not field.is_response and not field.is_reserved]


def message(field: int, **values) -> Message:
    return Message(5, CommandSet({"CommandField": field, "MessageID": 3, **values}))


def test_a_request_is_answered_with_success():
    answer = answer_to(echo_request(1, 7), VERIFICATION)
    assert answer == Message(
        1,
        CommandSet(
            {
                "AffectedSOPClassUID": VERIFICATION,
                "CommandField": CommandField.C_ECHO_RSP,
                "MessageIDBeingRespondedTo": 7,
                "CommandDataSetType": NO_DATA_SET,
                "Status": 0,
            }
        ),
    )
    assert answer.is_response
    assert answer.answers == 7
    assert answer.status == 0


def test_an_echo_without_its_sop_class_is_answered_with_the_context_s():
    answer = answer_to(message(CommandField.C_ECHO_RQ), VERIFICATION)
    assert answer.command.sop_class_uid == VERIFICATION
    assert answer.status == 0


def test_an_echo_on_another_context_is_not_supported():
    assert answer_to(message(CommandField.C_ECHO_RQ), CT).status == 0x0122


@pytest.mark.parametrize("field", [field for field in REQUESTS if field is not CommandField.C_CANCEL_RQ], ids=str)
@pytest.mark.parametrize("odd", ["1" * 65, "1" * 60_000, "1.2\x1b[31m", "1.2\0.3"], ids=["65", "60 000", "ESC", "NUL"])
def test_what_is_no_uid_does_not_come_back(field, odd):
    named = dict.fromkeys(ELEMENTS_OF_UIDS, odd)
    command = answer_to(message(field, **named), CT).command
    assert command["AffectedSOPClassUID"] == CT
    assert "AffectedSOPInstanceUID" not in command
    assert "AffectedSOPClassUID" not in answer_to(message(field, **named), odd).command


@pytest.mark.parametrize("field", [field for field in REQUESTS if field is not CommandField.C_CANCEL_RQ], ids=str)
def test_every_other_request_gets_its_response_with_a_refusal(field):
    if field is CommandField.C_ECHO_RQ:
        return
    answer = answer_to(message(field, RequestedSOPClassUID=CT, RequestedSOPInstanceUID="1.2.3"), CT)
    assert answer.field == field | RESPONSE_BIT
    assert answer.status == 0x0122
    assert answer.answers == 3
    assert answer.context_id == 5
    assert answer.data_set is None
    assert answer.command["AffectedSOPClassUID"] == CT
    assert answer.command["AffectedSOPInstanceUID"] == "1.2.3"


def test_an_operation_that_nobody_knows_is_unrecognized():
    answer = answer_to(message(0x0042), CT)
    assert (answer.field, answer.status) == (0x8042, 0x0211)


@pytest.mark.parametrize(
    "unanswerable",
    [
        message(CommandField.C_CANCEL_RQ),
        message(CommandField.C_ECHO_RSP),
        message(0x8042),
        Message(1, CommandSet({"CommandField": 0x0030})),
        Message(1, CommandSet({"MessageID": 1})),
        Message(1, CommandSet({})),
    ],
    ids=["cancel", "response", "unknown response", "no message id", "no command field", "nothing"],
)
def test_what_takes_no_response(unanswerable):
    assert answer_to(unanswerable, VERIFICATION) is None


class TestPynetdicom:
    def test_an_echo_request_is_the_same_to_the_byte(self):
        from pynetdicom.dimse_messages import C_ECHO_RQ
        from pynetdicom.dimse_primitives import C_ECHO

        primitive = C_ECHO()
        primitive.MessageID = 7
        primitive.AffectedSOPClassUID = VERIFICATION
        theirs = C_ECHO_RQ()
        theirs.primitive_to_message(primitive)
        (pdu,) = theirs_of(theirs, 1, 16384)
        assert pdu.pdvs[0].data == encode_command(echo_request(1, 7).command)

    @pytest.mark.parametrize(
        ("request_", "name"), [(echo_request(1, 7), "C_ECHO_RSP"), (STORE, "C_STORE_RSP")], ids=["echo", "store"]
    )
    def test_an_answer_becomes_a_valid_primitive(self, request_, name):
        from pynetdicom.dimse_messages import DIMSEMessage

        from parley.dimse.message import fragments

        answer = answer_to(request_, request_.command.sop_class_uid)
        theirs = DIMSEMessage()
        assert all(theirs.decode_msg(primitive) for primitive in primitives(fragments(answer, 0)))
        assert type(theirs).__name__ == name
        primitive = theirs.message_to_primitive()
        assert primitive.is_valid_response
        assert primitive.Status == answer.status
