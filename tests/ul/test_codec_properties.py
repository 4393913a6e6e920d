"""What holds for every PDU and for every row of bytes."""

from __future__ import annotations

from hypothesis import given

from parley.ul.codec import Decoded, decode, encode
from parley.ul.codes import AbortReason, PduType
from parley.ul.conformance import check_accept, check_request, locate
from parley.ul.errors import RemoteProtocolError
from parley.ul.limits import MIB, Limits
from parley.ul.pdu import AAssociateAc, AAssociateRq, Pdu
from parley.ul.tree import Node, annotate
from tests.harness.strategies import acceptances, any_bytes, pdus, requests, spoilt_bytes

LIMITS = Limits(data_length=MIB)


@given(pdus)
def test_every_pdu_comes_back(pdu: Pdu):
    data = encode(pdu)
    decoded = decode(data, LIMITS)
    assert decoded is not None
    assert decoded.pdu == pdu
    assert encode(decoded.pdu) == decoded.data == data


def outcome_of(data: bytes) -> Decoded | RemoteProtocolError | None:
    try:
        return decode(data, LIMITS)
    except RemoteProtocolError as error:
        return error


def assert_sensible(data: bytes):
    match outcome_of(data):
        case RemoteProtocolError() as error:
            assert 0 <= error.offset <= len(data)
            assert PduType(data[0]).is_reserved == (error.reason is AbortReason.UNRECOGNIZED_PDU)
        case None:
            assert len(data) < 6 or len(data) - 6 < int.from_bytes(data[2:6], "big")
        case decoded:
            assert encode(decoded.pdu) == decoded.data == data[: len(decoded.data)]


@given(any_bytes)
def test_any_bytes_decode_or_need_more_or_are_refused(data: bytes):
    assert_sensible(data)


@given(spoilt_bytes())
def test_spoilt_bytes_decode_or_need_more_or_are_refused(data: bytes):
    assert_sensible(data)


def assert_nested(node: Node, data: bytes):
    assert 0 <= node.offset <= node.offset + node.length <= len(data)
    place = node.offset
    for child in node.children:
        assert child.offset == place, f"{child.path} leaves a gap or overlaps"
        place += child.length
        assert_nested(child, data)
    if node.children:
        assert place == node.offset + node.length, f"{node.path} is not covered by its parts"


@given(any_bytes | spoilt_bytes() | pdus.map(encode))
def test_every_byte_stands_in_the_tree_once(data: bytes):
    assert_nested(annotate(data), data)


@given(spoilt_bytes() | pdus.map(encode))
def test_findings_and_refusals_have_their_place_in_the_tree(data: bytes):
    places = {node.path: node.offset for node in annotate(data).walk()}
    outcome = outcome_of(data)
    if isinstance(outcome, RemoteProtocolError):
        assert outcome.field in places
    elif outcome is not None:
        for finding in outcome.findings:
            assert places[finding.field] == finding.offset or not finding.field


@given(requests, acceptances)
def test_values_of_any_pdu_are_checked_and_located(rq: AAssociateRq, ac: AAssociateAc):
    for pdu, findings in ((rq, check_request(rq)), (ac, check_accept(rq, ac)), (ac, check_accept(None, ac))):
        data = encode(pdu)
        paths = {node.path for node in annotate(data).walk()} | {"items"}
        for finding in findings:
            assert finding.text.endswith(".")
            assert finding.field in paths or finding.field.endswith(".sub_items")
        located = locate(data, findings)
        assert all(0 <= finding.offset <= len(data) for finding in located)
