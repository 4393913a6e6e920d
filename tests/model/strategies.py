"""Hypothesis strategies for handles and profiles: what a person may type, and what nobody should."""

from __future__ import annotations

from hypothesis import strategies as st

from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    NoContext,
    ProposedContext,
    Rejection,
    RequestorHandle,
    SupportedContext,
    TransferSyntaxChoice,
)
from parley.model.profile import AcceptorSide, Profile, RequestorSide, Timers

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
numbers = st.integers(-(2**40), 2**40)
uids = st.sampled_from(["1.2.840.10008.1.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"]) | text
seconds = st.none() | st.floats(0, allow_nan=False, allow_infinity=False)
codes = st.integers(0, 255)
syntaxes = st.lists(uids, max_size=4).map(tuple)

identity = {
    "maximum_length": st.none() | numbers,
    "implementation_class_uid": st.none() | uids,
    "implementation_version_name": st.none() | text,
    "application_context": uids,
    "protocol_version": numbers,
}
proposed_contexts = st.builds(ProposedContext, uids, syntaxes, st.none() | numbers)
supported_contexts = st.builds(SupportedContext, uids, syntaxes)
requestor_handles = st.builds(
    RequestorHandle,
    called_ae_title=text,
    calling_ae_title=text,
    contexts=st.lists(proposed_contexts, max_size=4).map(tuple),
    **identity,
)
acceptor_handles = st.builds(
    AcceptorHandle,
    ae_title=text,
    contexts=st.lists(supported_contexts, max_size=4).map(tuple),
    **identity,
)
rules = st.builds(
    AcceptanceRules,
    reject_all=st.none() | st.builds(Rejection, codes, codes, codes),
    check_called=st.booleans(),
    calling_ae_titles=st.lists(text, max_size=3).map(tuple),
    choice=st.sampled_from(TransferSyntaxChoice),
    no_context=st.sampled_from(NoContext),
)
timers = st.builds(Timers, *[seconds] * 7)
profiles = st.builds(
    Profile,
    name=text.filter(str.strip),
    scu=st.builds(RequestorSide, text, numbers, requestor_handles, timers),
    scp=st.builds(AcceptorSide, text, numbers, acceptor_handles, rules, timers, numbers),
    comment=text,
)
