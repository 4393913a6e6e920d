"""How an acceptor answers by its rules: one request in, one decision out.

The order is fixed: reject all, peer address, application context, called AE title, calling AE title, user identity,
contexts. The first that fails decides. The protocol version and the number of associations are the provider's business,
not looked at here.
"""

from __future__ import annotations

from parley.model.build import accept_pdu
from parley.model.decision import Abort, Accept, Caller, Decision, Reject
from parley.model.fit import CODE, ae_title_field, nearest
from parley.model.handle import NoContext, Rejection
from parley.model.profile import AcceptorSide
from parley.model.recognition import fits, identity_problem, is_listed
from parley.ul.codes import (
    APPLICATION_CONTEXT,
    AbortSource,
    AcseRejectReason,
    ContextResult,
    RejectResult,
    RejectSource,
    UserRejectReason,
)
from parley.ul.pdu import AAssociateRq, significant

IDENTITY_REFUSED = Rejection(
    RejectResult.REJECTED_PERMANENT, RejectSource.SERVICE_PROVIDER_ACSE, AcseRejectReason.NO_REASON_GIVEN
)
"""How an identity that fails is answered (PS3.7 section D.3.3.7)."""


def decide(side: AcceptorSide, caller: Caller) -> Decision:
    """The answer to a caller, with the rule that made it in plain words."""
    return _refusal(side, caller) or _by_contexts(side, caller.request)


def permanent(reason: UserRejectReason) -> Rejection:
    """rejected-permanent by the service-user: what every rule of this module says."""
    return Rejection(RejectResult.REJECTED_PERMANENT, RejectSource.SERVICE_USER, reason)


def _refusal(side: AcceptorSide, caller: Caller) -> Reject | None:
    rules, request = side.rules, caller.request
    if rules.reject_all is not None:
        return Reject(_sendable(rules.reject_all), "every request is rejected with these codes")

    if rules.peer_addresses and not is_listed(caller.address, rules.peer_addresses):
        why = f"the peer's address {caller.address} is not in the list"
        return Reject(permanent(UserRejectReason.NO_REASON_GIVEN), why)

    if rules.check_application_context and request.application_context != APPLICATION_CONTEXT:
        proposed = request.application_context or "none"
        why = f"the application context is {proposed}, not {APPLICATION_CONTEXT}"
        return Reject(permanent(UserRejectReason.APPLICATION_CONTEXT_NAME_NOT_SUPPORTED), why)

    if rules.check_called and (why := _wrong_called(side, significant(request.called_ae_title))):
        return Reject(permanent(UserRejectReason.CALLED_AE_TITLE_NOT_RECOGNIZED), why)

    calling = significant(request.calling_ae_title)
    if rules.calling_ae_titles and not any(fits(calling, title) for title in rules.calling_ae_titles):
        why = f"the calling AE title {calling!r} is not in the list"
        return Reject(permanent(UserRejectReason.CALLING_AE_TITLE_NOT_RECOGNIZED), why)

    if why := identity_problem(rules, request):
        return Reject(IDENTITY_REFUSED, why)
    return None


def _wrong_called(side: AcceptorSide, called: str) -> str:
    own = significant(ae_title_field(side.handle.ae_title))
    if called == own or any(fits(called, title) for title in side.rules.called_ae_titles):
        return ""
    others = " nor one of the others in the list" if side.rules.called_ae_titles else ""
    return f"the called AE title is {called!r}, not {own!r}{others}"


def _by_contexts(side: AcceptorSide, request: AAssociateRq) -> Decision:
    answer = accept_pdu(side.handle, side.rules, request)
    results = [context.result for context in answer.presentation_contexts]
    accepted = results.count(ContextResult.ACCEPTANCE)
    if accepted:
        return Accept(answer, f"{accepted} of {_contexts(len(results))} accepted")

    why = "no presentation context can be accepted" if results else "no presentation context was proposed"
    match side.rules.no_context:
        case NoContext.ACCEPT:
            return Accept(answer, f"{why}; accepted with none")
        case NoContext.REJECT:
            return Reject(permanent(UserRejectReason.NO_REASON_GIVEN), why)
        case NoContext.ABORT:
            return Abort(AbortSource.SERVICE_USER, why=why)


def _sendable(codes: Rejection) -> Rejection:
    return Rejection(*(nearest(code, CODE) for code in (codes.result, codes.source, codes.reason)))


def _contexts(count: int) -> str:
    return f"{count} context" if count == 1 else f"{count} contexts"
