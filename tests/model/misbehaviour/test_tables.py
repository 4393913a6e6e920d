"""The tables of misbehaviours: what each of them sends, read by our own decoder, and what it finds."""

from __future__ import annotations

import re

import pytest

from parley.model.address import is_loopback
from parley.model.build import accept_pdu, request_pdu
from parley.model.handle import AcceptanceRules, AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.misbehaviour.steps import (
    AwaitPdu,
    Behave,
    Close,
    Misbehaviour,
    OddAnswer,
    OddRequest,
    Pause,
    Reset,
    Script,
    SendBytes,
    Silence,
    Situation,
    Trigger,
    by_name,
)
from parley.model.misbehaviour.tables import ACCEPTOR, REQUESTOR
from parley.ul.codec import decode, encode
from parley.ul.codes import VERIFICATION
from parley.ul.conformance import check_accept, check_request
from parley.ul.errors import RemoteProtocolError, Severity
from parley.ul.limits import MIB, Limits
from parley.ul.pdu import AAbort, AAssociateAc, AAssociateRj, AAssociateRq, PDataTf

WIDE = Limits(32 * MIB, 32 * MIB)
CT = "1.2.840.10008.5.1.4.1.1.2"
USUAL_RQ = request_pdu(RequestorHandle())
MANY_RQ = request_pdu(
    RequestorHandle(
        "SIXTEEN_LETTERS_", "ME", contexts=(ProposedContext(CT, context_id=9), ProposedContext(VERIFICATION))
    )
)
NO_RQ = request_pdu(RequestorHandle(contexts=()))
EMPTY_RQ = AAssociateRq("", "", ())
REQUESTS = [USUAL_RQ, MANY_RQ, NO_RQ, EMPTY_RQ]
HANDLE = AcceptorHandle(contexts=(SupportedContext(VERIFICATION), SupportedContext(CT)))


def answer_to(rq):
    return accept_pdu(HANDLE, AcceptanceRules(), rq)


def errors_in(pdu, check):
    decoded = decode(encode(pdu), WIDE)
    assert decoded.pdu == pdu
    return [finding.text for finding in (*decoded.findings, *check(decoded.pdu)) if finding.severity is Severity.ERROR]


ODD_REQUESTS = {name: each for name, each in REQUESTOR.items() if isinstance(each.deed, OddRequest)}
ODD_ANSWERS = {name: each for name, each in ACCEPTOR.items() if isinstance(each.deed, OddAnswer)}
SCRIPTS = [
    pytest.param(each, id=f"{side}-{name}")
    for side, table in (("acceptor", ACCEPTOR), ("requestor", REQUESTOR))
    for name, each in table.items()
    if isinstance(each.deed, Script)
]


@pytest.mark.parametrize("table", [ACCEPTOR, REQUESTOR], ids=["acceptor", "requestor"])
class TestTable:
    def test_names_are_for_files_and_command_lines(self, table):
        for name, each in table.items():
            assert name == each.name
            assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)

    def test_every_one_says_in_a_sentence_what_it_does_and_what_a_good_peer_does(self, table):
        for each in table.values():
            assert each.title, each.name
            assert each.title[0] not in " ."
            assert re.fullmatch(r"[A-Z][^;]+; .*a good peer .+\.|[A-Z][^;]+; a good peer .+\.", each.about), each.about

    def test_no_title_is_there_twice(self, table):
        titles = [each.title for each in table.values()]
        assert len(set(titles)) == len(titles)

    def test_the_mark_is_red_where_the_standard_is_broken(self, table):
        for each in table.values():
            expected = Severity.WARNING if each.is_conformant else Severity.ERROR
            assert each.finding.severity is expected
            assert each.finding.text.endswith(f"on purpose: {each.title}")
            assert each.finding.text.startswith("not conformant") is not each.is_conformant

    def test_it_cannot_be_changed(self, table):
        with pytest.raises(TypeError):
            table["mine"] = next(iter(table.values()))


def test_two_of_one_name_are_no_table():
    one = next(iter(ACCEPTOR.values()))
    with pytest.raises(AssertionError):
        by_name(one, one)


def test_each_side_misbehaves_at_its_own_moments():
    both = {Trigger.ESTABLISHED, Trigger.RELEASE}
    assert {each.trigger for each in ACCEPTOR.values()} == {Trigger.REQUEST, Trigger.FIRST_MESSAGE, *both}
    assert {each.trigger for each in REQUESTOR.values()} == {Trigger.CONNECTED, *both}


# --- odd PDUs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD_REQUESTS)
def test_an_odd_request_is_read_and_its_fault_found(name):
    each = ODD_REQUESTS[name]
    found = errors_in(each.deed.build(USUAL_RQ), check_request)
    assert bool(found) is not each.is_conformant, found


@pytest.mark.parametrize("name", ODD_REQUESTS)
@pytest.mark.parametrize("rq", REQUESTS, ids=["usual", "many", "no contexts", "empty"])
def test_an_odd_request_can_be_made_of_any(name, rq):
    odd = ODD_REQUESTS[name].deed.build(rq)
    assert decode(encode(odd), WIDE).pdu == odd
    if rq is USUAL_RQ:
        assert odd != rq


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_an_odd_answer_is_read_and_its_fault_found(name):
    each = ODD_ANSWERS[name]
    odd = each.deed.build(USUAL_RQ, answer_to(USUAL_RQ))
    if isinstance(odd, AAssociateRj):
        assert decode(encode(odd), WIDE).pdu == odd
        return
    found = errors_in(odd, lambda ac: check_accept(USUAL_RQ, ac))
    # What is in an answer's titles is nobody's to test: it counts as odd, though no rule can be broken there.
    assert bool(found) is not (each.is_conformant or name in {"nul-padded-titles", "zero-titles"}), found


@pytest.mark.parametrize("name", ODD_ANSWERS)
@pytest.mark.parametrize("rq", REQUESTS, ids=["usual", "many", "no contexts", "empty"])
def test_an_odd_answer_can_be_made_for_any_request(name, rq):
    usual = answer_to(rq)
    odd = ODD_ANSWERS[name].deed.build(rq, usual)
    assert decode(encode(odd), WIDE).pdu == odd
    if rq is USUAL_RQ:
        assert odd != usual


def test_only_the_first_context_is_answered_oddly():
    usual = answer_to(MANY_RQ)
    odd = ACCEPTOR["unproposed-transfer-syntax"].deed.build(MANY_RQ, usual)
    first, second = odd.presentation_contexts
    assert (first.context_id, first.result) == (9, 0)
    assert first.transfer_syntax not in MANY_RQ.presentation_contexts[0].transfer_syntaxes
    assert second == usual.presentation_contexts[1]
    assert odd.user_information == usual.user_information


def test_an_unproposed_syntax_is_unproposed_in_any_case():
    big_endian = request_pdu(RequestorHandle(contexts=(ProposedContext(VERIFICATION, ("1.2.840.10008.1.2.2",)),)))
    odd = ACCEPTOR["unproposed-transfer-syntax"].deed.build(big_endian, answer_to(big_endian))
    assert odd.presentation_contexts[0].transfer_syntax != "1.2.840.10008.1.2.2"


def test_an_unknown_id_is_unknown_in_any_case():
    everything = REQUESTOR["128-contexts"].deed.build(USUAL_RQ)
    odd = ACCEPTOR["unknown-context-id"].deed.build(everything, answer_to(everything))
    proposed = {context.context_id for context in everything.presentation_contexts}
    assert odd.presentation_contexts[0].context_id not in proposed


# --- scripts ---------------------------------------------------------------------------------------------------------


def situation(maximum_length=16384):
    return Situation(USUAL_RQ, answer_to(USUAL_RQ), maximum_length)


def sent_by(each: Misbehaviour, known: Situation) -> list[bytes]:
    return [step.data for step in each.deed.steps(known) if isinstance(step, SendBytes)]


@pytest.mark.parametrize("each", SCRIPTS)
class TestScript:
    def test_its_steps_come_to_an_end_in_bounded_time(self, each):
        *before, last = each.deed.steps(situation())
        assert not any(isinstance(step, Close | Reset | Silence | Behave) for step in before)
        assert isinstance(last, SendBytes | Close | Reset | Silence | Behave)
        for step in (*before, last):
            match step:
                case SendBytes(data, piece, pause):
                    assert data
                    assert (len(data) / (piece or len(data))) * pause < 3
                case Pause(seconds) | AwaitPdu(_, seconds):
                    assert 0 < seconds <= 5

    def test_it_goes_on_by_the_standard_only_where_something_was_due(self, each):
        if isinstance(each.deed.steps(situation())[-1], Behave):
            assert each.trigger in {Trigger.CONNECTED, Trigger.REQUEST, Trigger.ESTABLISHED}

    def test_it_can_be_made_in_any_situation(self, each):
        for rq in REQUESTS:
            for known in (Situation(rq), Situation(rq, answer_to(rq), 0), Situation(rq, answer_to(rq), 1)):
                assert each.deed.steps(known)


@pytest.mark.parametrize(("table", "name"), [(ACCEPTOR, "two-answers"), (REQUESTOR, "two-requests")])
def test_two_of_a_pdu_are_two(table, name):
    first, second = sent_by(table[name], situation())
    assert first == second
    assert decode(first, WIDE).pdu == (answer_to(USUAL_RQ) if table is ACCEPTOR else USUAL_RQ)


@pytest.mark.parametrize(("table", "name"), [(ACCEPTOR, "half-answer"), (REQUESTOR, "half-request")])
def test_half_a_pdu_is_none(table, name):
    (half,) = sent_by(table[name], situation())
    assert decode(half, WIDE) is None


@pytest.mark.parametrize("table", [ACCEPTOR, REQUESTOR], ids=["acceptor", "requestor"])
def test_an_absurd_length_is_refused_from_the_header_on(table):
    (data,) = sent_by(table["absurd-pdu-length"], situation())
    with pytest.raises(RemoteProtocolError, match="4294967280 bytes"):
        decode(data[:6], Limits())


def test_a_length_too_short_leaves_bytes_that_are_no_pdu():
    (data,) = sent_by(ACCEPTOR["wrong-pdu-length"], situation())
    try:
        decoded = decode(data, WIDE)
    except RemoteProtocolError:
        return
    assert len(decoded.data) == len(data) - 4


@pytest.mark.parametrize("table", [ACCEPTOR, REQUESTOR], ids=["acceptor", "requestor"])
@pytest.mark.parametrize(("agreed", "length"), [(16384, 16386), (10, 12), (1, 6), (0, MIB + 2), (None, MIB + 2)])
def test_oversized_data_is_two_bytes_too_long(table, agreed, length):
    (data,) = sent_by(table["oversized-data"], situation(agreed))
    pdu = decode(data, WIDE).pdu
    assert isinstance(pdu, PDataTf)
    assert len(data) - 6 == length
    assert pdu.pdvs[0].context_id == 1


@pytest.mark.parametrize("table", [ACCEPTOR, REQUESTOR], ids=["acceptor", "requestor"])
def test_an_abort_is_one(table):
    (data,) = sent_by(table["abort-after-accept"], situation())
    assert decode(data, WIDE).pdu == AAbort(0, 0)


def test_a_context_is_known_from_what_was_accepted_else_proposed():
    assert Situation(MANY_RQ).context_id == 9
    refused = ODD_ANSWERS["reserved-result"].deed.build(MANY_RQ, answer_to(MANY_RQ))
    assert isinstance(refused, AAssociateAc)
    assert Situation(MANY_RQ, refused).context_id == MANY_RQ.presentation_contexts[1].context_id
    assert Situation(EMPTY_RQ).context_id == 1


# --- where it may go without asking ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.0.0.1:104", "127.3.2.1", "::1", "[::1]:104", "[::1]", "localhost", "LocalHost.:11112",
     "::ffff:127.0.0.1", " 127.0.0.1 "],
)  # fmt: skip
def test_this_machine_alone_is_loopback(address):
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address",
    ["", "*", "0.0.0.0", "::", "10.0.0.1", "10.0.0.1:104", "[fe80::1%eth0]:104", "pacs", "localhost.example",
     "127.0.0.1.example", "::ffff:10.0.0.1", "[::1", "128.0.0.1"],
)  # fmt: skip
def test_all_else_is_not(address):
    assert not is_loopback(address)
