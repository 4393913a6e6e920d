"""The acceptor's rules and the order in which they speak."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from parley.model.answers.rules import decide
from parley.model.build import request_pdu
from parley.model.decision import Abort, Accept, Caller, Decision, Reject
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    IdentityCheck,
    KnownUser,
    NoContext,
    ProposedContext,
    Rejection,
    RequestorHandle,
    SupportedContext,
    UserIdentity,
)
from parley.model.profile import AcceptorSide
from parley.model.secret import Secret
from parley.ul.codes import VERIFICATION
from tests.model.strategies import acceptor_handles, patient, requestor_handles, rules

CT = "1.2.840.10008.5.1.4.1.1.2"
STRICT = AcceptanceRules(check_called=True, calling_ae_titles=("PARLEY_SCU",), no_context=NoContext.REJECT)


def decision(how: AcceptanceRules, handle: AcceptorHandle | None = None, **request: object) -> Decision:
    asked = request_pdu(replace(RequestorHandle(), **request))
    return decide(AcceptorSide(handle=handle or AcceptorHandle(), rules=how), Caller(asked, "10.0.0.7:40000"))


def rejection(made: Decision) -> str:
    assert isinstance(made, Reject), made
    assert made.why
    return str(made.rejection)


def test_a_fitting_request_is_accepted() -> None:
    made = decision(STRICT, contexts=(ProposedContext(VERIFICATION), ProposedContext(CT)))
    assert isinstance(made, Accept)
    assert [context.result for context in made.pdu.presentation_contexts] == [0, 3]
    assert made.why == "1 of 2 contexts accepted"


def test_reject_all_needs_no_other_reason() -> None:
    assert rejection(decision(AcceptanceRules(reject_all=Rejection(2, 3, 9)))) == "2/3/9"


def test_codes_that_do_not_fit_become_the_nearest_that_do() -> None:
    assert rejection(decision(AcceptanceRules(reject_all=Rejection(-1, 256, 7)))) == "0/255/7"


@pytest.mark.parametrize("name", ["1.2.3", ""])
def test_a_wrong_or_missing_application_context(name: str) -> None:
    assert rejection(decision(AcceptanceRules(), application_context=name)) == "1/1/2"


def test_a_wrong_called_title_is_named_beside_the_right_one() -> None:
    made = decision(STRICT, called_ae_title="parley_scp")
    assert rejection(made) == "1/1/7"
    assert made.why == "the called AE title is 'parley_scp', not 'PARLEY_SCP'"


def test_an_unknown_calling_title() -> None:
    assert rejection(decision(STRICT, calling_ae_title="STRANGER")) == "1/1/3"


def test_blanks_around_titles_do_not_matter() -> None:
    made = decision(STRICT, called_ae_title=" PARLEY_SCP ", calling_ae_title="  PARLEY_SCU")
    assert isinstance(made, Accept)


def test_titles_that_had_to_be_cut_still_match_themselves() -> None:
    long = "RÖNTGEN_ABTEILUNG_2"
    how = AcceptanceRules(check_called=True, calling_ae_titles=(long,))
    made = decision(how, AcceptorHandle(ae_title=long), called_ae_title=long, calling_ae_title=long)
    assert isinstance(made, Accept)


def test_an_empty_list_admits_every_caller_and_a_list_of_blanks_admits_no_named_one() -> None:
    assert isinstance(decision(AcceptanceRules(), calling_ae_title="STRANGER"), Accept)
    assert rejection(decision(AcceptanceRules(calling_ae_titles=("",)), calling_ae_title="STRANGER")) == "1/1/3"


def test_the_first_rule_that_fails_decides() -> None:
    wrong = {
        "application_context": "1.2.3",
        "called_ae_title": "NOBODY",
        "calling_ae_title": "STRANGER",
        "user_identity": UserIdentity(1, Secret.of("stranger")),
        "contexts": (ProposedContext(CT),),
    }
    right = RequestorHandle()
    strict = replace(STRICT, identity=IdentityCheck.CHECK)
    elsewhere = replace(strict, peer_addresses=("192.0.2.0/24",))
    seen = [
        rejection(decision(replace(elsewhere, reject_all=Rejection(2, 1, 1)), **wrong)),
        rejection(decision(elsewhere, **wrong)),
    ]
    for field in list(wrong):
        seen.append(rejection(decision(strict, **wrong)))
        wrong[field] = getattr(right, field)
    assert seen == ["2/1/1", "1/1/1", "1/1/2", "1/1/7", "1/1/3", "1/2/1", "1/1/1"]
    assert isinstance(decision(strict, **wrong), Accept)


@pytest.mark.parametrize("contexts", [(ProposedContext(CT),), (ProposedContext(VERIFICATION, ("1.2",)),), ()])
def test_nothing_acceptable_is_answered_as_the_rule_says(contexts: tuple[ProposedContext, ...]) -> None:
    accepted, rejected, aborted = (decision(AcceptanceRules(no_context=how), contexts=contexts) for how in NoContext)
    assert isinstance(accepted, Accept)
    assert len(accepted.pdu.presentation_contexts) == len(contexts)
    assert rejection(rejected) == "1/1/1"
    assert isinstance(aborted, Abort)
    assert (aborted.source, aborted.reason) == (0, 0)
    assert accepted.why.endswith("accepted with none")


@patient
@given(acceptor_handles, rules, requestor_handles)
def test_every_request_gets_a_decision_with_a_reason(
    handle: AcceptorHandle, how: AcceptanceRules, asked: RequestorHandle
) -> None:
    made = decide(AcceptorSide(handle=handle, rules=how), Caller(request_pdu(asked), ""))
    assert made.why


def test_supported_contexts_are_the_handles() -> None:
    made = decision(AcceptanceRules(), AcceptorHandle(contexts=(SupportedContext(CT),)))
    assert isinstance(made, Accept)
    assert made.why == "no presentation context can be accepted; accepted with none"


# --- who is called, and who calls -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("called", "is_known"),
    [
        ("PARLEY_SCP", True),
        ("STORE7", True),
        ("STORE", True),
        ("CT1", True),
        ("CT", False),
        ("CT12", False),
        ("", False),
    ],
)
def test_called_titles_of_which_one_has_to_fit(called: str, is_known: bool) -> None:
    how = replace(STRICT, called_ae_titles=("STORE*", "CT?"))
    made = decision(how, called_ae_title=called)
    assert isinstance(made, Accept) is is_known
    if not is_known:
        assert rejection(made) == "1/1/7"
        assert "nor one of the others in the list" in made.why
    assert isinstance(decision(replace(how, check_called=False), called_ae_title=called), Accept)


@pytest.mark.parametrize(
    ("listed", "calling", "is_known"),
    [
        ("*", "ANYONE", True),
        ("*", "", True),
        ("?*", "", False),
        ("CT_*_A", "CT_12_A", True),
        ("CT_*_A", "CT_12_B", False),
        ("ct*", "CT1", False),
        ("[AB].+", "A.+", False),
        ("[AB].+", "[AB].+", True),
        ("*" * 5000 + "X", "ABCDEFGHIJKLMNOP", False),
        ("*O*O*O*O*O*O*O*O*P", "OOOOOOOOOOOOOOOO", False),
        (" CT* ", "CT1", True),
    ],
)
def test_calling_titles_with_wildcards(listed: str, calling: str, is_known: bool) -> None:
    made = decision(AcceptanceRules(calling_ae_titles=(listed,)), calling_ae_title=calling)
    assert isinstance(made, Accept) is is_known


def test_any_application_context_can_be_let_through() -> None:
    assert isinstance(decision(AcceptanceRules(check_application_context=False), application_context="1.2"), Accept)


@pytest.mark.parametrize(
    ("address", "networks", "is_known"),
    [
        ("10.0.0.7:40000", ("10.0.0.7",), True),
        ("10.0.0.7:40000", ("10.0.0.8", "nonsense", ""), False),
        ("10.0.0.7:40000", ("10.0.0.0/8",), True),
        ("10.0.0.7:40000", (" 10.0.0.9/29 ",), False),
        ("10.0.0.15:40000", (" 10.0.0.9/29 ",), True),
        ("::ffff:10.0.0.7:40000", ("10.0.0.7",), True),
        ("[::1]:40000", ("::1",), True),
        ("::1:40000", ("::/64",), True),
        ("[fe80::1%eth0]:40000", ("fe80::/10",), True),
        ("[fe80::1]:40000", ("10.0.0.0/8",), False),
        ("pacs:104", ("0.0.0.0/0",), False),
        ("", ("0.0.0.0/0",), False),
        ("10.0.0.7:40000", (), True),
    ],
)
def test_peer_addresses(address: str, networks: tuple[str, ...], is_known: bool) -> None:
    side = AcceptorSide(rules=AcceptanceRules(peer_addresses=networks))
    made = decide(side, Caller(request_pdu(RequestorHandle()), address))
    assert isinstance(made, Accept) is is_known
    if not is_known:
        assert rejection(made) == "1/1/1"
        assert address in made.why


USERS = (
    KnownUser("anna"),
    KnownUser("Jürgen", Secret.of("open-sesame")),
    KnownUser("lost", Secret(reference="not fetched")),
    KnownUser("anna", Secret.of("other")),
)


@pytest.mark.parametrize(
    ("kind", "name", "passcode", "why"),
    [
        (1, "anna", "", ""),
        (2, "anna", "anything", ""),
        (1, "Jürgen", "", "the passcode of the user 'Jürgen' is missing"),
        (2, "Jürgen", "open-sesame", ""),
        (2, "Jürgen", "wrong-word", "the passcode of the user 'Jürgen' is wrong"),
        (2, "lost", "", "the passcode of the user 'lost' is missing"),
        (2, "lost", "x", "the passcode of the user 'lost' is wrong"),
        (1, "nobody", "", "the user 'nobody' is not in the list"),
        (5, "token", "", "a user identity of type 5 (json-web-token) cannot be checked here"),
        (9, "anna", "", "a user identity of type 9 (reserved-9) cannot be checked here"),
    ],
)
def test_user_identities(kind: int, name: str, passcode: str, why: str) -> None:
    given_identity = UserIdentity(kind, Secret.of(name), Secret.of(passcode))
    for check in (IdentityCheck.CHECK, IdentityCheck.REQUIRE):
        made = decision(AcceptanceRules(identity=check, users=USERS), user_identity=given_identity)
        if why:
            assert rejection(made) == "1/2/1"
            assert made.why == why
        else:
            assert isinstance(made, Accept)
    assert isinstance(decision(AcceptanceRules(users=USERS), user_identity=given_identity), Accept)


def test_an_identity_that_has_to_be_given() -> None:
    assert isinstance(decision(AcceptanceRules(identity=IdentityCheck.CHECK)), Accept)
    made = decision(AcceptanceRules(identity=IdentityCheck.REQUIRE))
    assert rejection(made) == "1/2/1"
    assert made.why == "no user identity is given"
