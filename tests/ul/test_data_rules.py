"""Fragments of odd length are found where they are."""

import pytest

from parley.ul.codec import encode
from parley.ul.data_rules import no_even_room, odd_fragments, odd_in_between
from parley.ul.errors import Severity
from parley.ul.pdu import PDataTf, Pdv


@pytest.mark.parametrize("sizes", [(), (0,), (2,), (16, 0, 4)])
def test_even_fragments_are_as_they_shall_be(sizes):
    assert odd_fragments(PDataTf(tuple(Pdv(1, 0, bytes(size)) for size in sizes)), is_sent=True) == ()


@pytest.mark.parametrize(("sizes", "index"), [((1,), 0), ((2, 4, 7), 2), ((4303, 1), 0)])
def test_the_first_odd_one_is_named_with_its_place(sizes, index):
    pdu = PDataTf(tuple(Pdv(1, 0, bytes(size)) for size in sizes))
    (finding,) = odd_fragments(pdu, is_sent=False)
    assert (finding.severity, finding.field) == (Severity.ERROR, f"pdvs[{index}]")
    assert f"an odd length, {sizes[index]} byte" in finding.text
    assert encode(pdu)[finding.offset : finding.offset + 4] == (sizes[index] + 2).to_bytes(4, "big")


@pytest.mark.parametrize("is_sent", [True, False])
@pytest.mark.parametrize("control", [0, 1, 2, 3])
def test_the_words_say_what_it_is_about_and_the_remedy_is_for_that(control, is_sent):
    (finding,) = odd_fragments(PDataTf((Pdv(1, control, b"1"),)), is_sent=is_sent)
    assert ("command set" if control & 1 else "data set") in finding.text
    assert ("This last fragment" if control & 2 else "not the last") in finding.text
    assert ("was sent" if is_sent else "was received") in finding.text
    assert ("the object" in finding.remedy) is (control == 2)


@pytest.mark.parametrize("is_sent", [True, False])
@pytest.mark.parametrize("is_command", [True, False])
def test_so_do_those_of_fragments_of_which_no_pdu_is_kept(is_command, is_sent):
    finding = odd_in_between(is_command=is_command, is_sent=is_sent)
    assert ("command set" if is_command else "data set") in finding.text
    assert ("were sent" if is_sent else "were received") in finding.text
    assert "the object" not in finding.remedy


@pytest.mark.parametrize("length", [None, 0, 8, 9, 16383])
def test_there_is_room_for_an_even_fragment(length):
    assert no_even_room(length, is_sent=True) is None


@pytest.mark.parametrize(("is_sent", "whose"), [(True, "The peer's"), (False, "This side's")])
def test_a_maximum_length_of_seven_is_named_as_the_cause(is_sent, whose):
    finding = no_even_room(7, is_sent=is_sent)
    assert finding.text.startswith(f"{whose} maximum length of 7 ")
    assert "16384" in finding.remedy
