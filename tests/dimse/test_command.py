"""The command set codec: golden bytes, odd peers, pydicom as a second opinion, any bytes."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.dimse.codes import NO_DATA_SET, CommandField
from parley.dimse.command import ELEMENTS, CommandSet, decode_command, encode_command
from parley.dimse.errors import MessageError
from parley.ul.codes import VERIFICATION
from parley.ul.errors import LocalProtocolError

ECHO_RQ = CommandSet(
    {
        "AffectedSOPClassUID": VERIFICATION,
        "CommandField": 0x0030,
        "MessageID": 7,
        "CommandDataSetType": NO_DATA_SET,
    }
)
ECHO_RQ_BYTES = bytes.fromhex(
    "0000 0000 04000000 38000000"  # CommandGroupLength: 56
    "0000 0200 12000000 312e322e3834302e31303030382e312e3100"  # AffectedSOPClassUID, padded to 18
    "0000 0001 02000000 3000"  # CommandField: C-ECHO-RQ
    "0000 1001 02000000 0700"  # MessageID
    "0000 0008 02000000 0101"  # CommandDataSetType: none
)


def element(number: int, data: bytes, group: int = 0) -> bytes:
    return group.to_bytes(2, "little") + number.to_bytes(2, "little") + len(data).to_bytes(4, "little") + data


class TestGolden:
    def test_encode(self):
        assert encode_command(ECHO_RQ) == ECHO_RQ_BYTES

    def test_decode(self):
        assert decode_command(ECHO_RQ_BYTES) == ECHO_RQ

    def test_elements_are_sorted(self):
        assert encode_command(dict(reversed(list(ECHO_RQ.items())))) == ECHO_RQ_BYTES


class TestCommandSet:
    def test_it_cannot_be_changed(self):
        values = {"MessageID": 1}
        command = CommandSet(values)
        values["MessageID"] = 2
        assert command["MessageID"] == 1
        with pytest.raises(TypeError):
            command["MessageID"] = 3

    def test_equal_sets_are_one(self):
        assert len({ECHO_RQ, decode_command(ECHO_RQ_BYTES)}) == 1

    def test_the_group_length_is_no_part_of_it(self):
        assert "CommandGroupLength" not in CommandSet({"CommandGroupLength": 5, "MessageID": 1})

    @pytest.mark.parametrize(
        ("value", "has"), [(0x0101, False), (0, True), (0x0102, True), (None, False), (b"x", False)]
    )
    def test_whether_a_data_set_follows(self, value, has):
        assert CommandSet({} if value is None else {"CommandDataSetType": value}).has_data_set is has

    def test_the_requested_class_and_instance_stand_in_for_the_affected(self):
        command = CommandSet({"RequestedSOPClassUID": "1.2", "RequestedSOPInstanceUID": "1.3"})
        assert (command.sop_class_uid, command.sop_instance_uid) == ("1.2", "1.3")

    def test_what_is_missing_or_odd_is_not_there(self):
        command = CommandSet({"CommandField": b"\1", "AffectedSOPClassUID": b"\1"})
        assert command.field is None
        assert command.number("Status") is None
        assert command.sop_class_uid == ""

    def test_the_field_is_named(self):
        assert ECHO_RQ.field is CommandField.C_ECHO_RQ
        assert "C_ECHO" not in repr(ECHO_RQ)


class TestOddPeers:
    def test_padding_is_taken_off(self):
        data = element(0x0002, b"1.2.3\0\0\0") + element(0x0600, b"  STORE_SCP     ") + element(0x0902, b"why \0")
        assert decode_command(data) == {
            "AffectedSOPClassUID": "1.2.3",
            "MoveDestination": "STORE_SCP",
            "ErrorComment": "why",
        }

    def test_a_wrong_or_missing_group_length_does_not_matter(self):
        assert decode_command(element(0, b"\xff\xff\0\0") + ECHO_RQ_BYTES[12:]) == ECHO_RQ
        assert decode_command(ECHO_RQ_BYTES[12:]) == ECHO_RQ

    def test_unknown_elements_are_kept_under_their_tag(self):
        command = decode_command(element(0x0001, b"\1\0\0\0") + element(0x0010, b"CT", group=8))
        assert command == {"(0000,0001)": b"\1\0\0\0", "(0008,0010)": b"CT"}
        assert encode_command(command)[12:] == element(0x0001, b"\1\0\0\0") + element(0x0010, b"CT", group=8)

    @pytest.mark.parametrize("data", [b"", b"\1", b"\1\0\2\0"])
    def test_a_number_of_an_odd_length_keeps_its_bytes(self, data):
        assert decode_command(element(0x0110, data)) == {"MessageID": data}

    def test_of_two_the_first_counts(self):
        assert decode_command(element(0x0110, b"\1\0") + element(0x0110, b"\2\0")) == {"MessageID": 1}

    def test_a_list_of_tags(self):
        command = decode_command(element(0x1005, bytes.fromhex("10001000 10002000")))
        assert command == {"AttributeIdentifierList": (0x00100010, 0x00100020)}

    def test_an_empty_command_set(self):
        assert decode_command(b"") == {}

    def test_an_element_that_is_cut_off(self):
        with pytest.raises(MessageError, match=r"Element \(0000,0110\) .* claims 2 bytes where 1 are left") as caught:
            decode_command(ECHO_RQ_BYTES[:12] + element(0x0110, b"\1\0")[:-1])
        assert (caught.value.offset, caught.value.field) == (12, "(0000,0110)")

    def test_bytes_after_the_last_element(self):
        with pytest.raises(MessageError, match="ends with 3 bytes too many"):
            decode_command(ECHO_RQ_BYTES + b"abc")

    def test_an_explicit_vr_is_not_understood(self):
        with pytest.raises(MessageError, match="claims"):
            decode_command(b"\0\0\0\0UL\4\0\x38\0\0\0")


class TestLocalMistakes:
    @pytest.mark.parametrize(
        ("keyword", "value"),
        [
            ("MessageID", 65536),
            ("MessageID", -1),
            ("MessageID", "1"),
            ("AffectedSOPClassUID", 1),
            ("ErrorComment", "日本"),
            ("AttributeIdentifierList", (1 << 32,)),
            ("PatientName", "x"),
        ],
    )
    def test_a_value_that_does_not_fit(self, keyword, value):
        with pytest.raises(LocalProtocolError, match=keyword):
            encode_command({keyword: value})


# --- a second opinion ------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="\\"), max_size=16)
VALUES = {
    "US": st.integers(0, 0xFFFF),
    "UL": st.integers(0, 0xFFFFFFFF),
    "UI": st.from_regex(r"1(\.[1-9][0-9]{0,5}){1,8}", fullmatch=True),
    "AE": TEXT,
    "LO": TEXT,
    "AT": st.lists(st.integers(0, 0xFFFFFFFF), max_size=4).map(tuple),
}
COMMANDS = st.fixed_dictionaries(
    {}, optional={keyword: VALUES[vr] for keyword, vr in ELEMENTS.values() if keyword != "CommandGroupLength"}
).map(CommandSet)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(COMMANDS)
def test_decoding_undoes_encoding(command):
    assert decode_command(encode_command(command)) == command


@settings(derandomize=True, deadline=None, max_examples=100)
@given(COMMANDS)
def test_pydicom_reads_and_writes_the_same(command):
    from pynetdicom.dsutils import decode, encode

    data = encode_command(command)
    theirs = decode(BytesIO(data), True, True)
    assert theirs.CommandGroupLength == len(data) - 12
    for keyword, value in command.items():
        their = theirs[keyword].value
        if isinstance(value, tuple):
            their = [] if their is None else their if hasattr(their, "__iter__") else [their]
            assert tuple(int(tag) for tag in their) == value
        else:
            assert (their if their is not None else "") == value
    assert encode(theirs, True, True) == data


def test_the_elements_are_those_of_pydicom():
    """All elements of group 0000 that the current standard has."""
    from pydicom.datadict import DicomDictionary

    theirs = {
        tag: (keyword, vr)
        for tag, (vr, _, _, retired, keyword) in DicomDictionary.items()
        if tag >> 16 == 0 and not retired
    }
    assert theirs == ELEMENTS


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.lists(st.integers(0, 255), max_size=8).map(lambda cut: ECHO_RQ_BYTES[len(cut) :] + bytes(cut)),
    )
)
def test_any_bytes_are_a_command_set_or_a_message_error(data):
    try:
        command = decode_command(data)
    except MessageError:
        return
    encode_command(command)
