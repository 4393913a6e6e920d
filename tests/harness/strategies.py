"""Hypothesis strategies for PDUs and bytes: whatever a field can hold, however senseless, and well-formed PDUs spoilt.

Every PDU made here is one that decoding can give: an unknown item never has bytes that its type's layout would fit, and
AE titles have no trailing spaces.
"""

from __future__ import annotations

import struct
from typing import TypeVar

from hypothesis import strategies as st

from parley.ul import pdu
from parley.ul.codec import encode

T = TypeVar("T")

bytes_of_any_value = st.integers(0, 0xFF)
shorts = st.integers(0, 0xFFFF)
longs = st.integers(0, 0xFFFFFFFF)
reserved = st.just(0) | bytes_of_any_value
letters = st.characters(max_codepoint=0xFF)
texts = st.text(letters, max_size=20)
data = st.binary(max_size=40)

real_uids = st.sampled_from(
    [
        "1.2.840.10008.1.1",
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1",
        "1.2.840.10008.1.2.2",
        "1.2.840.10008.1.2.4.50",
        "1.2.840.10008.3.1.1.1",
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.840.10008.1.2\0",
    ]
)
uids = real_uids | texts
titles = st.text(letters, max_size=16).map(lambda title: title.rstrip(" "))


def octets(size: int) -> st.SearchStrategy[bytes]:
    """Bytes of a fixed number, mostly zeros as they should be."""
    return st.just(bytes(size)) | st.binary(min_size=size, max_size=size)


def tuples_of(elements: st.SearchStrategy[T], most: int = 4) -> st.SearchStrategy[tuple[T, ...]]:
    """As many as a PDU's reader can stand to look at."""
    return st.lists(elements, max_size=most).map(tuple)


unknown_items = st.builds(pdu.UnknownItem, st.sampled_from([0x00, 0x0F, 0x5A, 0x5F, 0x60, 0xFF]), data, reserved)

# --- items -----------------------------------------------------------------------------------------------------------

application_contexts = st.builds(pdu.ApplicationContext, uids, reserved)
context_sub_items = (
    st.builds(pdu.TransferSyntax, uids, reserved) | st.builds(pdu.AbstractSyntax, uids, reserved) | unknown_items
)
proposed_contexts = st.builds(
    pdu.PresentationContextRq, bytes_of_any_value, tuples_of(context_sub_items), octets(3), reserved
)
answered_contexts = st.builds(
    pdu.PresentationContextAc,
    bytes_of_any_value,
    bytes_of_any_value,
    tuples_of(context_sub_items),
    reserved,
    reserved,
    reserved,
)
user_sub_items = st.one_of(
    st.builds(pdu.MaximumLength, longs, reserved),
    st.builds(pdu.ImplementationClassUid, uids, reserved),
    st.builds(pdu.AsynchronousOperationsWindow, shorts, shorts, reserved),
    st.builds(pdu.RoleSelection, uids, bytes_of_any_value, bytes_of_any_value, reserved),
    st.builds(pdu.ImplementationVersionName, texts, reserved),
    st.builds(pdu.SopClassExtendedNegotiation, uids, data, reserved),
    st.builds(pdu.SopClassCommonExtendedNegotiation, uids, uids, tuples_of(uids), data, reserved),
    st.builds(pdu.UserIdentityRq, bytes_of_any_value, bytes_of_any_value, data, data, reserved),
    st.builds(pdu.UserIdentityAc, data, reserved),
    unknown_items,
)
user_informations = st.builds(pdu.UserInformation, tuples_of(user_sub_items, 6), reserved)
items = application_contexts | proposed_contexts | answered_contexts | user_informations | unknown_items

# --- PDUs ------------------------------------------------------------------------------------------------------------

_associate = (titles, titles, tuples_of(items, 6), shorts, octets(2), octets(32), reserved)
requests = st.builds(pdu.AAssociateRq, *_associate)
acceptances = st.builds(pdu.AAssociateAc, *_associate)
rejections = st.builds(
    pdu.AAssociateRj, bytes_of_any_value, bytes_of_any_value, bytes_of_any_value, reserved, data, reserved
)
pdvs = st.builds(pdu.Pdv, bytes_of_any_value, bytes_of_any_value, st.binary(max_size=200))
data_transfers = st.builds(pdu.PDataTf, tuples_of(pdvs), reserved)
release_requests = st.builds(pdu.AReleaseRq, octets(4), data, reserved)
release_responses = st.builds(pdu.AReleaseRp, octets(4), data, reserved)
aborts = st.builds(pdu.AAbort, bytes_of_any_value, bytes_of_any_value, reserved, reserved, data, reserved)

pdus = st.one_of(requests, acceptances, rejections, data_transfers, release_requests, release_responses, aborts)

# --- bytes -----------------------------------------------------------------------------------------------------------


@st.composite
def spoilt_bytes(draw: st.DrawFn) -> bytes:
    """A well-formed PDU with some bytes changed, cut out or put in; mostly its length field is made to fit again."""
    spoilt = bytearray(encode(draw(pdus)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(spoilt)))
        match draw(st.sampled_from(["change", "cut", "insert"])):
            case "change":
                spoilt[place : place + 1] = bytes([draw(bytes_of_any_value)])
            case "cut":
                del spoilt[place : place + draw(st.integers(1, 8))]
            case _:
                spoilt[place:place] = draw(st.binary(min_size=1, max_size=8))
    if len(spoilt) >= 6 and draw(st.integers(0, 3)):
        struct.pack_into(">L", spoilt, 2, len(spoilt) - 6)
    return bytes(spoilt)


any_bytes = st.binary(max_size=300) | st.builds(
    lambda code, body: struct.pack(">BBL", code, 0, len(body)) + body, st.integers(0, 8), st.binary(max_size=300)
)
