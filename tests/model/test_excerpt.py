"""What of a PDU goes into a panel: all of an honest one, and of any other as much as an association can hold."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from parley.model.excerpt import MOST_CONTEXTS, MOST_OTHERS, MOST_RELATED, MOST_SUB_ITEMS, MOST_SYNTAXES, excerpt
from parley.model.from_wire import lost_of_request, requestor_handle_of
from parley.ul.pdu import (
    MaximumLength,
    PresentationContextRq,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    UnknownItem,
    UserInformation,
)
from tests.harness.samples import RQ
from tests.harness.strategies import acceptances, requests


@given(requests, acceptances)
def test_an_honest_pdu_stays_whole(rq, ac):
    assert excerpt(rq) == (rq, ())
    assert excerpt(ac) == (ac, ())


def test_the_first_of_very_many_are_taken_and_the_others_are_told():
    contexts = tuple(PresentationContextRq.of(number % 256, f"1.{number}", ("1.2",)) for number in range(5000))
    long = PresentationContextRq.of(1, "1.2", tuple(f"1.{number}" for number in range(9000)))
    others = (UnknownItem(0x60, b""),) * 3000
    sub_items = (
        SopClassCommonExtendedNegotiation("1.2", "1.3", tuple(f"1.{number}" for number in range(3000))),
        *(RoleSelection(f"1.{number}", 1, 1) for number in range(4000)),
    )
    rq = replace(RQ, items=(long, *contexts, *others, UserInformation(sub_items)))
    short, left_out = excerpt(rq)
    assert len(short.presentation_contexts) == MOST_CONTEXTS
    assert len(short.presentation_contexts[0].sub_items) == MOST_SYNTAXES
    assert len(short.user_information.sub_items) == MOST_SUB_ITEMS
    assert len(short.user_information.sub_items[0].related_general_sop_class_uids) == MOST_RELATED
    assert left_out == (
        f"{5001 - MOST_CONTEXTS} presentation contexts beyond the first {MOST_CONTEXTS}",
        f"{3000 - MOST_OTHERS} other items beyond the first {MOST_OTHERS}",
        f"{9001 - MOST_SYNTAXES} syntaxes of a context beyond the first {MOST_SYNTAXES}",
        f"{4001 - MOST_SUB_ITEMS} sub-items of the user information beyond the first {MOST_SUB_ITEMS}",
        f"{3000 - MOST_RELATED} related SOP classes of an item beyond the first {MOST_RELATED}",
    )


def test_the_user_information_is_there_wherever_it_stands():
    rq = replace(RQ, items=(*(UnknownItem(0x60, b""),) * 3000, UserInformation((MaximumLength(4096),))))
    assert excerpt(rq)[0].maximum_length == 4096


def test_what_is_lost_of_very_many_is_told_in_few_words():
    contexts = tuple(PresentationContextRq.of(number % 256, "1.2", ("1.2",)) for number in range(5000))
    others = tuple(UnknownItem(0x60, b"%d" % number) for number in range(5000))
    rq = replace(RQ, items=(*contexts, *others, *RQ.items))
    assert requestor_handle_of(rq).contexts
    assert len(lost_of_request(rq)) <= 256 + 1
