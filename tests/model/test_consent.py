"""To whom consent belongs, how long it counts, and what is not to be tested however it is named."""

from __future__ import annotations

import pytest

from parley.model.consent import (
    CLOCK_SECONDS,
    LASTS_SECONDS,
    Consent,
    Exempt,
    Party,
    Way,
    exempts_of,
    is_name,
    names_among,
    rule,
    why_spared,
    with_consent,
)
from parley.model.handle import AcceptorHandle, RequestorHandle
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.target import Target

NOW = 2_000_000_000.0
PEER = Party(Way.CALLS, "192.0.2.7", 104, "PACS")
NAMED = Party(Way.CALLS, "pacs.example", 104, "PACS", frozenset({"192.0.2.7", "2001:db8::7"}))
EVERYWHERE = Party(Way.LISTENS, "0.0.0.0", 11112, "PARLEY_SCP")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PEER, Party(Way.CALLS, " 192.0.2.7 ", 104, " PACS ")),
        (PEER, Party(Way.CALLS, "192.0.2.007", 104, "PACS")),
        (PEER, Party(Way.CALLS, "::ffff:192.0.2.7", 104, "PACS")),
        (PEER, NAMED),
        (NAMED, Party(Way.CALLS, "PACS.Example.", 104, "PACS")),
        (NAMED, Party(Way.CALLS, "[2001:DB8:0::7]", 104, "PACS")),
        (Party(Way.LISTENS, "*", 104, "A"), Party(Way.LISTENS, "", 104, "A")),
    ],
)
def test_one_party_however_it_is_spelled(one, other):
    assert one.is_same(other)
    assert other.is_same(one)


@pytest.mark.parametrize(
    "other",
    [
        Party(Way.CALLS, "192.0.2.8", 104, "PACS"),
        Party(Way.CALLS, "192.0.2.7", 105, "PACS"),
        Party(Way.CALLS, "192.0.2.7", 104, "pacs"),
        Party(Way.LISTENS, "192.0.2.7", 104, "PACS"),
        Party(Way.CALLS, "pacs.example", 104, "PACS", frozenset({"192.0.2.8"})),
    ],
)
def test_another_party(other):
    assert not PEER.is_same(other)


def test_the_parties_of_sides():
    called = RequestorSide("192.0.2.7", 104, RequestorHandle(called_ae_title="PACS"))
    assert Party.calling(called) == PEER
    assert Party.listening(AcceptorSide("0.0.0.0", 11112, AcceptorHandle())) == EVERYWHERE
    assert str(PEER) == "PACS@192.0.2.7:104"
    assert str(Party(Way.LISTENS, "", 0, "A")) == "A@*:0"
    assert str(Party(Way.CALLS, "::1", 104, " ")) == str(Target("::1", 104, "")) == "[::1]:104"


def test_the_names_that_have_to_be_looked_up_are_those_of_both():
    local = Party(Way.LISTENS, "*", 104, "A")
    assert names_among([PEER, NAMED, local], [LIVE, Exempt("Other", "", "ct.example", 104)]) == (
        "pacs.example",
        "ct.example",
    )


def test_a_caller_is_spared_with_the_reason_of_whoever_says_so():
    assert why_spared("192.0.2.7", [LIVE]) == LIVE.words
    assert why_spared("192.0.2.8", [LIVE]) == ""


@pytest.mark.parametrize(
    ("age", "counts"),
    [(0, True), (LASTS_SECONDS - 1, True), (LASTS_SECONDS, False), (-CLOCK_SECONDS + 1, True), (-CLOCK_SECONDS, False)],
)
def test_consent_expires_and_cannot_come_from_the_future(age, counts):
    ruling = rule([PEER], [Consent(PEER, NOW - age)], (), NOW)
    assert ruling.passes is counts
    assert ruling.to_ask == (() if counts else (PEER,))


def test_only_those_are_asked_about_of_whom_nobody_has_agreed():
    other = Party(Way.CALLS, "192.0.2.9", 104, "PACS")
    assert rule([PEER, other], [Consent(PEER, NOW)], (), NOW).to_ask == (other,)


@pytest.mark.parametrize(
    "party",
    [
        Party(Way.CALLS, "127.0.0.1", 104, "A"),
        Party(Way.CALLS, "LocalHost.", 104, "A"),
        Party(Way.CALLS, "::ffff:127.0.0.1", 104, "A"),
        Party(Way.CALLS, "127.1", 104, "A"),
        Party(Way.CALLS, "here.example", 104, "A", frozenset({"127.0.1.1", "::1"})),
        Party(Way.LISTENS, "localhost", 104, "A"),
    ],
)
def test_this_machine_needs_no_consent(party):
    assert rule([party], (), (), NOW).passes


@pytest.mark.parametrize(
    "party",
    [
        Party(Way.LISTENS, "", 104, "A"),
        Party(Way.LISTENS, "*", 104, "A"),
        Party(Way.LISTENS, "0.0.0.0", 104, "A"),
        Party(Way.CALLS, "here.example", 104, "A", frozenset({"127.0.1.1", "192.0.2.7"})),
        Party(Way.CALLS, "here.example", 104, "A"),
    ],
)
def test_what_others_may_be_behind_needs_it(party):
    assert rule([party], (), (), NOW).to_ask == (party,)


def test_consent_given_again_takes_the_place_of_the_earlier_and_what_expired_goes():
    old, other = Consent(EVERYWHERE, NOW - LASTS_SECONDS), Consent(NAMED, NOW - 5)
    assert with_consent([old, other], [PEER], NOW) == (Consent(PEER, NOW),)
    assert with_consent([Consent(EVERYWHERE, NOW - 1), other], [PEER], NOW)[0].party == EVERYWHERE


# --- whom nobody may test --------------------------------------------------------------------------------------------

LIVE = Exempt("Live", "in use", "pacs.example", 104, frozenset({"192.0.2.7"}))


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("pacs.example", ()),
        ("PACS.EXAMPLE.", ()),
        ("192.0.2.7", ()),
        ("::ffff:c000:207", ()),
        ("archive.example", ("192.0.2.7",)),
    ],
)
def test_an_exempt_peer_is_known_by_its_address_whatever_port_and_title(host, addresses):
    party = Party(Way.CALLS, host, 4242, "OTHER", frozenset(addresses))
    assert rule([party], [Consent(party, NOW)], [LIVE], NOW).forbidden == (LIVE,)


def test_others_are_not_exempt():
    party = Party(Way.CALLS, "192.0.2.8", 104, "PACS")
    assert rule([party], [Consent(party, NOW)], [LIVE], NOW).passes
    assert not LIVE.covers_caller("192.0.2.8")


def test_at_this_machine_the_port_tells_whom_a_tunnel_leads_to():
    tunnel = Exempt("Tunnel", "", "localhost", 1104)
    assert tunnel.covers("127.0.0.1", 1104)
    assert not tunnel.covers("127.0.0.1", 1105)
    assert not tunnel.covers_caller("127.0.0.1")


def test_callers_are_spared_by_their_address():
    assert rule([EVERYWHERE], (), [LIVE], NOW).forbidden == ()
    assert rule([EVERYWHERE], (), [LIVE], NOW, callers=["192.0.2.7"]).forbidden == (LIVE,)


def test_what_is_said_names_who_says_so_why_and_how_to_change_it():
    assert LIVE.words == (
        'The profile "Live" says that pacs.example is not to be tested: in use. One association with an echo, asked '
        "for by hand, is allowed. To test it all the same, change that under Testing in that profile (do_not_test in "
        "its file)."
    )


def test_the_exempt_ones_among_profiles():
    profiles = [
        Profile("A", RequestorSide("192.0.2.7", do_not_test="why")),
        Profile("B", RequestorSide("192.0.2.8")),
        Profile("C", RequestorSide("192.0.2.9", do_not_test="")),
        Profile("D", RequestorSide("", do_not_test="nobody")),
    ]
    assert [(each.profile, each.reason) for each in exempts_of(profiles)] == [("A", "why"), ("C", "")]


@pytest.mark.parametrize(
    ("host", "expected"),
    [("pacs", True), ("192.0.2.7", False), ("[::1]", False), ("localhost", False), ("*", False), ("", False)],
)
def test_what_has_to_be_looked_up(host, expected):
    assert is_name(host) is expected
