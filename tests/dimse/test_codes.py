"""Command fields and statuses, and their words."""

import pytest

from parley.dimse.codes import RESPONSE_BIT, CommandField, status_words


@pytest.mark.parametrize("field", [field for field in CommandField if not field.is_response])
def test_each_request_but_cancel_has_its_response(field):
    if field is CommandField.C_CANCEL_RQ:
        assert field.words == "C-CANCEL-RQ"
        assert CommandField(field | RESPONSE_BIT).is_reserved
        return
    response = CommandField(field | RESPONSE_BIT)
    assert response.is_response
    assert response.words == field.words.replace("-RQ", "-RSP")


def test_the_numbers_are_pynetdicom_s():
    from pynetdicom.dimse_messages import _MESSAGE_TYPES

    theirs = {number: name for number, (name, _) in _MESSAGE_TYPES.items()}
    assert {field.value: field.words for field in CommandField if not field.is_reserved} == theirs


def test_an_unknown_field_keeps_its_number():
    assert CommandField(0x0042).words == "unknown message 0042H"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0x0000, "success (0000H)"),
        (0x0001, "warning (0001H)"),
        (0x0122, "SOP class not supported (0122H)"),
        (0xA700, "failure: refused (A700H)"),
        (0xB006, "warning (B006H)"),
        (0xC001, "failure: cannot understand (C001H)"),
        (0xFF00, "pending (FF00H)"),
        (0x1234, "status (1234H)"),
    ],
)
def test_a_status_in_words(status, words):
    assert status_words(status) == words


def test_the_general_statuses_are_pynetdicom_s():
    """But for spelling: the words of PS3.7 Annex C where theirs are others, and no category before them."""
    from pynetdicom.status import GENERAL_STATUS

    differences = {
        0x0000: "success",
        0x0111: "duplicate SOP instance",
        0x0117: "invalid SOP instance",
        0x0122: "SOP class not supported",
        0x0123: "no such action type",
        0x0124: "not authorized",
        0x0211: "unrecognized operation",
        0xFE00: "cancelled",
    }
    for status, (_, description) in GENERAL_STATUS.items():
        words = differences.get(status, description)
        assert status_words(status).lower() == f"{words} ({status:04X}H)".lower()
