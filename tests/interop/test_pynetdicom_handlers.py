"""Roles, identities and extended negotiation with pynetdicom alive on either side, each telling what it read."""

from __future__ import annotations

import asyncio

import pytest

from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.from_wire import requestor_handle_of
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    IdentityCheck,
    KnownUser,
    ProposedContext,
    RequestorHandle,
    RolePolicy,
    RoleProposal,
    SupportedContext,
    UserIdentity,
)
from parley.model.secret import Secret
from parley.ul.codes import VERIFICATION, UserIdentityType
from parley.ul.negotiation import outcome
from parley.ul.pdu import (
    AsynchronousOperationsWindow,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UserIdentityAc,
)
from tests.interop.ends import CT, EXPLICIT, IMPLICIT, JPEG_2000, STORAGE, asking
from tests.interop.test_pynetdicom_scp import rejection
from tests.interop.test_pynetdicom_scu import call
from tests.interop.test_whole_handle import ENHANCED_SR, STORAGE_SERVICE, whole

pytestmark = pytest.mark.interop

PRIVATE = "1.2.3.4"
USER, PASSCODE = "Jürgen", "open-sesame"
TICKET = b"ticket of the server"
TYPES = [kind.value for kind in UserIdentityType if not kind.is_reserved]
TOKENS = {UserIdentityType.KERBEROS_SERVICE_TICKET, UserIdentityType.SAML_ASSERTION, UserIdentityType.JSON_WEB_TOKEN}


# --- its handlers and our request ------------------------------------------------------------------------------------

HANDLERS = {
    "users": {USER: None},
    "response": TICKET.hex(),
    "extended": {CT: "020001000100"},
    "common": True,
    "operations": True,
}
SUPPORTED = [[CT, [IMPLICIT, JPEG_2000], True, True], [PRIVATE, [IMPLICIT], False, True]]


def ask(run, peer, handle, *hear, contexts=SUPPORTED, **handlers):
    """Our attempt, and what the handlers told of it, by kind."""

    async def play(port):
        async with asking(port, handle) as ours:
            return ours, {what: await asyncio.to_thread(peer.hear, what) for what in hear}

    with peer.serving(contexts=contexts, handlers=handlers, timeout=5) as port:
        return run(play(port))


@pytest.mark.parametrize("identity_type", TYPES)
def test_its_handlers_get_the_whole_handle(run, pynetdicom, identity_type):
    handle = whole(identity_type)
    kinds = ("identified", "extended", "related", "operations")
    ours, said = ask(run, pynetdicom, handle, *kinds, **HANDLERS)
    assert ours.attempt.end is AttemptEnd.ESTABLISHED
    identity = handle.user_identity
    assert [said["identified"][name] for name in ("type", "primary", "secondary")] == [
        identity_type,
        identity.primary.data.hex(),
        identity.secondary.data.hex(),
    ]
    assert said["extended"]["asked"] == {CT: bytes(range(1, 7)).hex()}
    assert said["related"]["asked"] == [[PRIVATE, STORAGE_SERVICE, [ENHANCED_SR, CT]]]
    assert said["operations"]["asked"] == [5, 0]


@pytest.mark.parametrize("identity_type", TYPES)
def test_we_read_what_its_handlers_answer(run, pynetdicom, identity_type):
    ours, _ = ask(run, pynetdicom, whole(identity_type), **HANDLERS)
    answered = ours.attempt.answer.user_information
    # To user names it sends no answer at all, where PS3.7 section D.3.3.7 has an empty one.
    assert answered.first(UserIdentityAc) == (UserIdentityAc(TICKET) if identity_type in TOKENS else None)
    assert answered.all(SopClassExtendedNegotiation) == (SopClassExtendedNegotiation(CT, b"\2\0\1\0\1\0"),)
    assert answered.all(SopClassCommonExtendedNegotiation) == ()
    assert answered.first(AsynchronousOperationsWindow) == AsynchronousOperationsWindow(1, 1)
    assert set(answered.all(RoleSelection)) == {RoleSelection(CT, 0, 1), RoleSelection(PRIVATE, 0, 1)}
    contexts = {context.context_id: context for context in outcome(ours.attempt.request, ours.attempt.answer)}
    assert [(number, context.is_accepted, context.as_scu, context.as_scp) for number, context in contexts.items()] == [
        (77, True, False, True),
        (3, True, False, True),
        (255, True, False, True),
    ]


def test_without_handlers_it_passes_over_everything_but_the_contexts(run, pynetdicom):
    contexts = [[CT, [IMPLICIT]]]
    ours, _ = ask(run, pynetdicom, whole(UserIdentityType.SAML_ASSERTION), contexts=contexts)
    assert ours.attempt.end is AttemptEnd.ESTABLISHED
    answered = ours.attempt.answer.user_information
    for kind in (UserIdentityAc, SopClassExtendedNegotiation, AsynchronousOperationsWindow, RoleSelection):
        assert answered.all(kind) == ()


@pytest.mark.parametrize(
    ("identity", "codes"),
    [
        (UserIdentity(2, Secret.of(USER), Secret.of(PASSCODE)), None),
        (UserIdentity(2, Secret.of(USER), Secret.of("wrong")), (2, 2, 1)),
        (UserIdentity(1, Secret.of("nobody")), (2, 2, 1)),
        (None, None),
    ],
    ids=["known", "wrong passcode", "unknown", "none"],
)
def test_its_handler_lets_a_user_in_or_not(run, pynetdicom, identity, codes):
    handle = RequestorHandle(contexts=(ProposedContext(CT, (IMPLICIT,)),), user_identity=identity)
    ours, _ = ask(run, pynetdicom, handle, users={USER: PASSCODE})
    if codes is None:
        assert ours.attempt.end is AttemptEnd.ESTABLISHED
    else:
        assert rejection(ours.attempt) == codes


@pytest.mark.parametrize(
    ("proposed", "granted"), [((0, 1), (0, 1)), ((1, 1), (1, 1)), ((1, 0), (1, 0))], ids=["scp", "both", "scu"]
)
def test_the_roles_that_it_grants(run, pynetdicom, proposed, granted):
    handle = RequestorHandle(contexts=(ProposedContext(CT, (IMPLICIT,)),), roles=(RoleProposal(CT, *proposed),))
    ours, _ = ask(run, pynetdicom, handle)
    (role,) = ours.attempt.answer.user_information.all(RoleSelection)
    assert (role.scu, role.scp) == granted
    (context,) = outcome(ours.attempt.request, ours.attempt.answer)
    assert (context.as_scu, context.as_scp) == tuple(map(bool, granted))


# --- its request and our handle --------------------------------------------------------------------------------------

IDENTITIES = {
    1: [1, USER.encode().hex(), "", True],
    2: [2, USER.encode().hex(), PASSCODE.encode().hex(), True],
    3: [3, b"ticket".hex(), "", True],
    4: [4, b"<assertion/>".hex(), "", True],
    5: [5, b"a.b.c".hex(), "", True],
}
ASKED = {
    "calling": "MODALITY",
    "called": "ARCHIVE",
    "roles": [[CT, False, True], [PRIVATE, True, True]],
    "operations": [5, 7],
    "extended": [[CT, "030000000200"], [PRIVATE, "01"]],
    "common": [[PRIVATE, STORAGE_SERVICE, [ENHANCED_SR, CT]]],
}
PROPOSED = [[CT, [IMPLICIT, EXPLICIT]], [PRIVATE, [IMPLICIT]]]
GRANTING = AcceptorHandle(
    contexts=(*STORAGE, SupportedContext(PRIVATE)),
    asynchronous_operations=AsynchronousOperations(3, 2),
    roles=(RoleProposal(CT, 1, 1), RoleProposal(PRIVATE, 1, 0)),
    extended_negotiation=(ExtendedNegotiation(CT, b"\2\0\3\0\1\0"),),
    identity_response=Secret(TICKET),
)


@pytest.mark.parametrize("identity_type", TYPES)
def test_we_read_its_whole_request(run, pynetdicom, identity_type):
    told, record = call(
        run, pynetdicom, "release", contexts=PROPOSED, scu={**ASKED, "identity": IDENTITIES[identity_type]},
        handle=GRANTING,
    )  # fmt: skip
    assert told["is_established"]
    handle = requestor_handle_of(record.of(K.REQUESTED)[0].pdu)
    assert (handle.called_ae_title, handle.calling_ae_title) == ("ARCHIVE", "MODALITY")
    assert [(context.abstract_syntax, context.transfer_syntaxes) for context in handle.contexts] == [
        (CT, (IMPLICIT, EXPLICIT)),
        (PRIVATE, (IMPLICIT,)),
    ]
    assert handle.asynchronous_operations == AsynchronousOperations(5, 7)
    assert set(handle.roles) == {RoleProposal(CT, 0, 1), RoleProposal(PRIVATE, 1, 1)}
    assert set(handle.extended_negotiation) == {
        ExtendedNegotiation(CT, b"\3\0\0\0\2\0"),
        ExtendedNegotiation(PRIVATE, b"\1"),
    }
    assert handle.common_extended_negotiation == (
        CommonExtendedNegotiation(PRIVATE, STORAGE_SERVICE, (ENHANCED_SR, CT)),
    )
    kind, primary, secondary, _ = IDENTITIES[identity_type]
    assert handle.user_identity == UserIdentity(
        kind, Secret(bytes.fromhex(primary)), Secret(bytes.fromhex(secondary)), response_requested=1
    )


@pytest.mark.parametrize("identity_type", TYPES)
def test_it_reads_in_our_answer_what_the_handle_says(run, pynetdicom, identity_type):
    told, _ = call(
        run, pynetdicom, "release", contexts=PROPOSED, scu={**ASKED, "identity": IDENTITIES[identity_type]},
        handle=GRANTING,
    )  # fmt: skip
    assert told["accepted"] == [[1, IMPLICIT], [3, IMPLICIT]]
    assert told["may_be"] == [[1, False, True], [3, True, False]]
    assert told["negotiated"] == {
        "roles": [[CT, False, True], [PRIVATE, True, False]],
        "extended": [[CT, "020003000100"]],
        "operations": [3, 2],
        "identity_response": TICKET.hex(),
    }


@pytest.mark.parametrize(
    ("policy", "granted"),
    [
        (RolePolicy.NONE, []),
        (RolePolicy.DISABLED, [[CT, False, False]]),  # the default role was not proposed
        (RolePolicy.ENABLED, [[CT, False, True]]),
        (RolePolicy.AS_PROPOSED, [[CT, False, True]]),
    ],
)
def test_it_reads_the_roles_of_each_policy(run, pynetdicom, policy, granted):
    told, _ = call(
        run, pynetdicom, "release", contexts=[[CT, [IMPLICIT]]], scu={"roles": [[CT, False, True]]},
        handle=AcceptorHandle(contexts=STORAGE), rules=AcceptanceRules(role_policy=policy),
    )  # fmt: skip
    assert told["negotiated"]["roles"] == granted


@pytest.mark.parametrize(
    ("identity", "codes"),
    [
        (IDENTITIES[2], None),
        ([2, USER.encode().hex(), b"wrong".hex(), False], [1, 2, 1]),
        (IDENTITIES[1], [1, 2, 1]),
        (None, [1, 2, 1]),
    ],
    ids=["known", "wrong passcode", "no passcode", "none"],
)
def test_our_rules_let_its_user_in_or_not(run, pynetdicom, identity, codes):
    rules = AcceptanceRules(identity=IdentityCheck.REQUIRE, users=(KnownUser(USER, Secret.of(PASSCODE)),))
    scu = {"identity": identity} if identity else {}
    told, _ = call(run, pynetdicom, *(["release"] if codes is None else []), scu=scu, rules=rules)
    assert told["rejection"] == codes
    assert told["is_established"] is (codes is None)


def test_its_user_is_told_that_we_have_checked_it(run, pynetdicom):
    """PS3.7 section D.3.3.7: of a user name, the response is there and has no bytes; nothing is configured for it."""
    rules = AcceptanceRules(identity=IdentityCheck.CHECK, users=(KnownUser(USER, Secret.of(PASSCODE)),))
    told, record = call(run, pynetdicom, "release", scu={"identity": IDENTITIES[2]}, rules=rules)
    assert told["negotiated"]["identity_response"] == ""
    assert record.of(K.ACCEPTED)[0].pdu.user_information.all(UserIdentityAc) == (UserIdentityAc(b""),)


def test_what_it_does_not_ask_for_is_not_answered(run, pynetdicom):
    told, record = call(run, pynetdicom, "release", contexts=[[VERIFICATION, [IMPLICIT]]], handle=GRANTING)
    assert told["negotiated"] == {"roles": [], "extended": [], "operations": [1, 1], "identity_response": None}
    assert len(record.of(K.ACCEPTED)[0].pdu.user_information.sub_items) == 3
