"""Hypothesis strategies for handles and profiles: what a person may type, and what nobody should."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    IdentityCheck,
    KnownUser,
    NoContext,
    ProposedContext,
    RawSubItem,
    Rejection,
    RequestorHandle,
    RolePolicy,
    RoleProposal,
    SupportedContext,
    TransferSyntaxChoice,
    UserIdentity,
)
from parley.model.profile import AcceptorSide, Profile, RequestorSide, Timers
from parley.model.responses import ResponseAction, ResponseRule
from parley.model.secret import Secret
from parley.model.storage import Duplicates, Storage, StorageMode
from parley.model.tls import ClientCertificate, Tls, TlsProfile, TlsVersion
from parley.model.transport import AcceptorTransport, IpVersion, RequestorTransport

patient = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
"""For tests of whole handles: making one takes long where many tests run at once, which says nothing of the program."""

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=10)
numbers = st.integers(-(2**40), 2**40)
uids = st.sampled_from(["1.2.840.10008.1.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]) | text
seconds = st.none() | st.floats(0, allow_nan=False, allow_infinity=False)
codes = st.integers(0, 255)
syntaxes = st.lists(uids, max_size=3).map(tuple)

identity = {
    "maximum_length": st.none() | numbers,
    "implementation_class_uid": st.none() | uids,
    "implementation_version_name": st.none() | text,
    "application_context": uids,
    "protocol_version": numbers,
}
octets = st.binary(max_size=10)
secrets = st.builds(Secret, octets, text)


def few(elements: st.SearchStrategy[object], most: int = 2) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(elements, max_size=most).map(tuple)


both = {
    "asynchronous_operations": st.none() | st.builds(AsynchronousOperations, numbers, numbers),
    "roles": few(st.builds(RoleProposal, uids, numbers, numbers)),
    "extended_negotiation": few(st.builds(ExtendedNegotiation, uids, octets)),
    "raw_sub_items": few(st.builds(RawSubItem, numbers | st.integers(0x50, 0x5A), octets)),
    "reserved_9_10": octets,
}
user_identities = st.builds(UserIdentity, st.integers(0, 6), secrets, secrets, st.integers(-1, 2))
forced_answers = st.builds(
    ForcedAnswer, uids, st.none() | numbers, st.none() | few(uids), st.none() | st.sampled_from([1, 3, 99]) | numbers
)
proposed_contexts = st.builds(ProposedContext, uids, syntaxes, st.none() | numbers, st.just(bytes(3)) | octets)
supported_contexts = st.builds(SupportedContext, uids, syntaxes)
requestor_handles = st.builds(
    RequestorHandle,
    called_ae_title=text,
    calling_ae_title=text,
    contexts=few(proposed_contexts, 3),
    common_extended_negotiation=few(st.builds(CommonExtendedNegotiation, uids, uids, few(uids))),
    user_identity=st.none() | user_identities,
    reserved_43_74=octets,
    **identity,
    **both,
)
acceptor_handles = st.builds(
    AcceptorHandle,
    ae_title=text,
    contexts=few(supported_contexts, 3),
    forced_answers=few(forced_answers),
    identity_response=st.none() | secrets,
    called_ae_title=st.none() | text,
    calling_ae_title=st.none() | text,
    reserved_43_74=st.none() | octets,
    **identity,
    **both,
)
rules = st.builds(
    AcceptanceRules,
    reject_all=st.none() | st.builds(Rejection, codes, codes, codes),
    check_called=st.booleans(),
    calling_ae_titles=few(text),
    choice=st.sampled_from(TransferSyntaxChoice),
    no_context=st.sampled_from(NoContext),
    called_ae_titles=few(text),
    check_application_context=st.booleans(),
    peer_addresses=few(st.sampled_from(["127.0.0.1", "10.0.0.0/8", "::1"]) | text),
    role_policy=st.sampled_from(RolePolicy),
    identity=st.sampled_from(IdentityCheck),
    users=few(st.builds(KnownUser, text, st.none() | secrets)),
)
timers = st.builds(Timers, *[seconds] * 7)
versions = st.sampled_from(TlsVersion)
files = st.none() | text
tls = st.none() | st.builds(
    Tls,
    *(st.sampled_from(TlsProfile), versions, versions, text),
    *(files, files, files, secrets, files),
    *(st.booleans(), st.booleans(), st.sampled_from(ClientCertificate)),
)
storage = st.builds(Storage, st.sampled_from(StorageMode), text, numbers, st.sampled_from(Duplicates), numbers)
conditions = st.sampled_from(["", "~calling CT*", "~addr 10.0.0.0/8 & ~hour 18..7", "(~tls | !echo)"]) | text
answers = st.sampled_from(["accept", "after 5 s reject 1/1/7", 'accept as "Site A"', "ask", "silence"]) | text
answerings = st.builds(
    Answering,
    st.sampled_from(DecisionMode),
    few(st.builds(AnswerRule, conditions, answers, text, st.booleans()), 3),
    answers,
    seconds,
)
delays = st.floats(0, allow_nan=False, allow_infinity=False)
responses = st.builds(
    ResponseRule, st.sampled_from(["*", "C-FIND"]) | text, st.sampled_from(ResponseAction), numbers, delays
)
sizes = st.none() | numbers
wishes = st.sampled_from(IpVersion), st.booleans(), sizes, sizes
profiles = st.builds(
    Profile,
    name=text.filter(str.strip),
    scu=st.builds(
        RequestorSide,
        *(text, numbers, requestor_handles, timers, tls),
        *(
            st.builds(RequestorTransport, *wishes, text, numbers, quick_ack=st.booleans()),
            st.none() | text,
        ),
    ),
    scp=st.builds(
        AcceptorSide,
        *(text, numbers, acceptor_handles, rules, timers, numbers, tls, storage),
        *(answerings, few(responses)),
        *(st.builds(AcceptorTransport, *wishes, numbers, quick_ack=st.booleans()), numbers),
    ),
    comment=text,
)
