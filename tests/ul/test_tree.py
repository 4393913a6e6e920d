"""The annotated tree: golden PDUs field by field, broken ones as far as they go, foreign bytes as such."""

from __future__ import annotations

import struct
from dataclasses import fields, is_dataclass, replace

import pytest

from parley.ul import pdu
from parley.ul.codec import encode
from parley.ul.codes import AbortReason, PduType
from parley.ul.layout import PDU_LAYOUTS
from parley.ul.tree import Kind, Node, annotate
from tests.ul.golden import AC, DATA, GOLDEN, RJ, RQ, Golden


def by_path(data: bytes) -> dict[str, Node]:
    nodes = list(annotate(data).walk())
    paths = {node.path: node for node in nodes}
    assert len(paths) == len(nodes), "two nodes have the same path"
    return paths


def values_in(value: object, path: str = "") -> dict[str, object]:
    """Every leaf of a PDU by the path that findings and nodes use."""
    if is_dataclass(value):
        found: dict[str, object] = {}
        for each in fields(value):
            found |= values_in(getattr(value, each.name), f"{path}.{each.name}".lstrip("."))
        return found
    if isinstance(value, tuple):
        return {
            key: leaf for index, each in enumerate(value) for key, leaf in values_in(each, f"{path}[{index}]").items()
        }
    return {path: value}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_every_value_of_a_pdu_has_its_node(golden: Golden):
    nodes = by_path(golden.data)
    for path, value in values_in(golden.pdu).items():
        if value in (b"", ()) and path not in nodes:
            continue  # nothing on the wire
        node = nodes[path]
        raw = golden.data[node.offset : node.offset + node.length]
        match node.kind:
            case Kind.NUMBER:
                assert node.value == str(value)
                assert int.from_bytes(raw, "big") == value
            case Kind.UID | Kind.TEXT | Kind.TITLE:
                assert node.value == value
                assert raw.decode("ascii").rstrip(" ") == value
            case _:
                assert raw == (value.to_bytes(1, "big") if isinstance(value, int) else value)


def test_places_names_and_meanings_in_a_request():
    nodes = by_path(RQ.data)
    root = nodes[""]
    assert (root.name, root.kind, root.reference) == ("A-ASSOCIATE-RQ PDU", Kind.PDU, "PS3.8 Table 9-11")
    assert (nodes["type"].value, nodes["type"].meaning) == ("01H", "A-ASSOCIATE-RQ")
    assert (nodes["called_ae_title"].offset, nodes["called_ae_title"].length) == (10, 16)
    context = nodes["items[1]"]
    assert (context.offset, context.length, context.value) == (99, 73, "1")
    assert nodes["items[1].context_id"].offset == 103
    syntax = nodes["items[1].sub_items[0]"]
    assert (syntax.value, syntax.kind) == ("1.2.840.10008.1.1", Kind.UID)
    maximum = nodes["items[2].sub_items[0]"]
    assert (maximum.value, maximum.meaning) == ("16384", "fragments of up to 16378 bytes")
    window = nodes["items[2].sub_items[2]"]
    assert window.meaning == "requestor invokes 5 at a time, requestor performs any number at a time"
    assert nodes["items[2].sub_items[3]"].meaning == "requestor SCU, requestor not SCP"
    identity = nodes["items[2].sub_items[7]"]
    assert identity.meaning == "username-and-passcode, positive response requested"
    assert "secret" not in identity.meaning


def test_meanings_in_the_other_pdus():
    assert annotate(RJ.data).meaning == "rejected-transient, service-provider-presentation, local-limit-exceeded"
    nodes = by_path(AC.data)
    assert nodes["items[2]"].meaning == "transfer-syntaxes-not-supported"
    assert nodes["called_ae_title"].meaning == "sent as received in the request, never tested"
    assert nodes["items[3].sub_items[0]"].meaning == "no limit"
    data = by_path(DATA.data)
    assert data["pdvs[0]"].meaning == "command, last fragment"
    assert data["pdvs[1]"].meaning == "data set, more fragments follow"
    assert data["pdvs[0].data"].meaning == '"hello"'
    abort = annotate(encode(pdu.AAbort(2, AbortReason.UNEXPECTED_PDU)))
    assert abort.meaning == "service-provider, unexpected-pdu"
    assert "not significant" in annotate(encode(pdu.AAbort(0, 2))).meaning


def test_reserved_codes_are_shown_as_such():
    meaning = annotate(encode(pdu.AAssociateRj(7, 9, 3))).meaning
    assert meaning == "reserved-7, reserved-9, reserved-3"


def test_a_pdu_that_is_not_complete():
    nodes = by_path(RQ.data[:150])
    assert nodes["missing"].value == str(len(RQ.data) - 150)
    assert "more than there are" in nodes["items[1].item_length"].meaning
    assert nodes["items[1].context_id"].value == "1"


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_every_beginning_of_a_pdu_is_covered(golden: Golden):
    for size in range(len(golden.data)):
        root = annotate(golden.data[:size])
        assert sum(node.length for node in root.walk() if not node.children) == size


def test_an_item_that_says_too_much_is_shown_as_far_as_it_goes():
    data = bytearray(RQ.data)
    struct.pack_into(">H", data, 76, 0xFFFF)
    nodes = by_path(bytes(data))
    assert nodes["items[0].item_length"].meaning == f"{0xFFFF - (len(data) - 78)} more than there are"
    assert nodes["items[0].name"].length == len(data) - 78


def test_what_lies_beyond_a_layout_is_shown():
    item = pdu.UserInformation((pdu.UnknownItem(0x51, b"\0\0\x40\0\xaa\xbb"),))
    nodes = by_path(encode(replace(RQ.pdu, items=(item,))))
    assert nodes["items[0].sub_items[0].length"].value == "16384"
    assert nodes["items[0].sub_items[0].surplus"].value == "AA BB"
    assert by_path(encode(pdu.AReleaseRq(trailing=b"hm")))["trailing"].meaning == '"hm"'
    assert by_path(encode(pdu.AReleaseRq()) + b"\x07")["after"].value == "07"


def test_an_unknown_item_is_shown_as_bytes():
    nodes = by_path(encode(replace(RQ.pdu, items=(pdu.UnknownItem(0x5F, b"\1\2"),))))
    assert (nodes["items[0]"].name, nodes["items[0].type"].value) == ("Unknown item", "5FH")
    assert nodes["items[0].data"].value == "01 02"


def test_padding_is_told_and_left_out_of_the_uid():
    context = pdu.PresentationContextRq.of(1, "1.2.3\0", ())
    node = by_path(encode(replace(RQ.pdu, items=(context,))))["items[0].sub_items[0].uid"]
    assert (node.value, node.kind, node.length) == ("1.2.3", Kind.UID, 6)
    assert "padded" in node.meaning


def test_letters_that_cannot_be_printed_are_spelled():
    assert by_path(encode(replace(RQ.pdu, called_ae_title="A\0\x07")))["called_ae_title"].value == "A\\x00\\x07"


@pytest.mark.parametrize(
    ("data", "meaning"), [(b"", ""), (b"GET / HTTP/1.1", "an HTTP request"), (b"\x99\x98", ""), (b"hey", '"hey"')]
)
def test_foreign_bytes(data: bytes, meaning: str):
    root = annotate(data)
    assert (root.name, root.length, root.meaning) == ("Not a PDU", len(data), meaning)


def test_long_bytes_are_cut_in_the_view():
    node = by_path(encode(pdu.PDataTf((pdu.Pdv(1, 0, b"\xff" * 5000),))))["pdvs[0].data"]
    assert node.length == 5000
    assert len(node.value) < 150
    assert "5000 bytes" in node.value


def test_a_flood_of_items_is_cut():
    data = encode(replace(RQ.pdu, items=(pdu.UnknownItem(0x60, b""),) * 60_000))
    root = annotate(data)
    assert sum(1 for _ in root.walk()) < 80_000
    assert root.children[-1].name == "The rest, too long to show"
    assert root.children[-1].offset + root.children[-1].length == len(data)


def test_every_pdu_has_a_layout_and_says_where_it_is_described():
    assert set(PDU_LAYOUTS) == {PduType(code) for code in range(1, 8)}
    assert all(layout.table.startswith("PS3.8 Table 9-") for layout in PDU_LAYOUTS.values())
