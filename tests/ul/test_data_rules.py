"""Fragments of odd length are found where they are."""

import pytest

from parley.ul.codec import encode
from parley.ul.data_rules import odd_fragments
from parley.ul.errors import Severity
from parley.ul.pdu import PDataTf, Pdv


@pytest.mark.parametrize("sizes", [(), (0,), (2,), (16, 0, 4)])
def test_even_fragments_are_as_they_shall_be(sizes):
    assert odd_fragments(PDataTf(tuple(Pdv(1, 0, bytes(size)) for size in sizes))) == ()


@pytest.mark.parametrize(("sizes", "index"), [((1,), 0), ((2, 4, 7), 2), ((4303, 1), 0)])
def test_the_first_odd_one_is_named_with_its_place(sizes, index):
    pdu = PDataTf(tuple(Pdv(1, 0, bytes(size)) for size in sizes))
    (finding,) = odd_fragments(pdu)
    assert (finding.severity, finding.field) == (Severity.ERROR, f"pdvs[{index}]")
    assert f"an odd length, {sizes[index]} byte" in finding.text
    assert encode(pdu)[finding.offset : finding.offset + 4] == (sizes[index] + 2).to_bytes(4, "big")
