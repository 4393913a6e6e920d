"""Presentation context and role negotiation (PS3.8 section 7.1.1, PS3.7 section D.3.3.4) as pure functions.

Rule: values in, values out, on whatever a peer may have sent. Whether an association is wanted at all is decided
elsewhere (`parley.model.answers.rules`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from parley.ul.codes import IMPLICIT_VR_LITTLE_ENDIAN, ContextResult, Role
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AsynchronousOperationsWindow,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    SopClassExtendedNegotiation,
    UserIdentityAc,
    UserIdentityRq,
    significant,
)

WINDOW = "an asynchronous operations window"
ROLES = "role selection"
EXTENDED = "extended negotiation"
IDENTITY = "a response to the user identity"

# --- the acceptor's answers ------------------------------------------------------------------------------------------


def answer_contexts(
    proposed: Iterable[PresentationContextRq],
    supported: Mapping[str, tuple[str, ...]],
    prefer_own: bool = False,
) -> tuple[PresentationContextAc, ...]:
    """Answer every proposed context once, in the order of proposal.

    A context id that is proposed again gets no second answer. A rejected context names its first proposed transfer
    syntax, which is not significant (PS3.8 Table 9-18) but which real requestors fail without.

    Args:
        proposed: the contexts of the A-ASSOCIATE-RQ.
        supported: transfer syntaxes in the acceptor's order of preference, by abstract syntax.
        prefer_own: whether the acceptor's order decides between several common transfer syntaxes, else the proposal's.
    """
    first: dict[int, PresentationContextRq] = {}
    for context in proposed:
        first.setdefault(context.context_id, context)
    return tuple(_answer(context, supported.get(context.abstract_syntax), prefer_own) for context in first.values())


def _answer(
    context: PresentationContextRq, supported: tuple[str, ...] | None, prefer_own: bool
) -> PresentationContextAc:
    proposed = context.transfer_syntaxes
    result = ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED
    if supported is not None:
        ours, theirs = (supported, proposed) if prefer_own else (proposed, supported)
        known = set(theirs)
        common = next((uid for uid in ours if uid in known), None)
        if common is not None:
            return PresentationContextAc.of(context.context_id, ContextResult.ACCEPTANCE, common)
        result = ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED
    return PresentationContextAc.of(context.context_id, result, next(iter(proposed), IMPLICIT_VR_LITTLE_ENDIAN))


def answer_roles(
    proposed: Iterable[RoleSelection], allowed: Mapping[str, tuple[bool, bool]]
) -> tuple[RoleSelection, ...]:
    """Answer the role selections for SOP classes that the acceptor has an opinion on: what is asked and allowed.

    No answer means the default roles, so that a SOP class which is missing in `allowed` is not answered at all.

    Args:
        proposed: the items 54H of the A-ASSOCIATE-RQ; only the first for each SOP class counts.
        allowed: whether the *requestor* may be SCU and SCP, by SOP class.
    """
    answers: dict[str, RoleSelection] = {}
    for item in proposed:
        uid = significant(item.sop_class_uid)
        if uid in allowed and uid not in answers:
            scu, scp = allowed[uid]
            answers[uid] = RoleSelection(uid, int(item.scu == 1 and scu), int(item.scp == 1 and scp))
    return tuple(answers.values())


# --- what was agreed -------------------------------------------------------------------------------------------------

_DEFAULT_ROLES = frozenset({"SCU"})
"""The requestor's roles where nothing else is negotiated."""

_REJECTED = {
    ContextResult.USER_REJECTION: "rejected by the user",
    ContextResult.NO_REASON: "rejected by the provider without a reason",
    ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED: "rejected: abstract syntax not supported",
    ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED: "rejected: transfer syntaxes not supported",
}


@dataclass(frozen=True, slots=True)
class NegotiatedContext:
    """What became of one presentation context.

    Attributes:
        abstract_syntax: as proposed; empty where nobody proposed this context.
        transfer_syntaxes: as proposed, in order of preference.
        result: the acceptor's answer; None where it did not answer.
        transfer_syntax: what the acceptor chose; empty where it did not accept, or named none.
        as_scu: whether the side from which this is seen may act as SCU.
        as_scp: whether the side from which this is seen may act as SCP.
        words: all of it in one phrase for a person.
        is_proposed: whether anybody proposed this context.
    """

    context_id: int
    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]
    result: ContextResult | None
    transfer_syntax: str
    as_scu: bool
    as_scp: bool
    words: str
    is_proposed: bool = True

    @property
    def is_accepted(self) -> bool:
        """Whether it was proposed and accepted, be it with an odd transfer syntax: real peers go on with that too."""
        return self.is_proposed and self.result is ContextResult.ACCEPTANCE


def outcome(rq: AAssociateRq, ac: AAssociateAc, view: Role = Role.REQUESTOR) -> tuple[NegotiatedContext, ...]:
    """What became of each proposed context in the order of proposal, then of those that were answered unasked.

    Where an id is answered twice, the first answer counts. Without an item 54H on both sides the requestor is SCU and
    the acceptor SCP; with both, the requestor has the roles it asked for and was granted (PS3.7 section D.3.3.4).

    Args:
        view: whose roles `as_scu` and `as_scp` are.
    """
    return tuple(outcomes(rq, ac, view))


def outcomes(rq: AAssociateRq, ac: AAssociateAc, view: Role = Role.REQUESTOR) -> Iterator[NegotiatedContext]:
    """The same one by one: a peer may propose thousands, of which a person sees some at a time."""
    answers, roles = _answers(ac), _Roles(rq, ac)
    proposed: set[int] = set()
    for context in rq.presentation_contexts:
        proposed.add(context.context_id)
        yield _of_proposed(context, answers.get(context.context_id), roles.of(context), view)
    yield from (_of_unasked(answer) for answer in answers.values() if answer.context_id not in proposed)


class Counts(NamedTuple):
    """How many contexts `outcome` has, and how many of them as accepted."""

    contexts: int
    accepted: int


def counts(rq: AAssociateRq, ac: AAssociateAc) -> Counts:
    """The counts, without working any of the contexts out."""
    first: dict[int, int] = {}
    for answer in ac.presentation_contexts:
        first.setdefault(answer.context_id, answer.result)
    proposed = [context.context_id for context in rq.presentation_contexts]
    accepted = {number for number, result in first.items() if result == ContextResult.ACCEPTANCE}
    unasked = first.keys() - set(proposed)
    return Counts(len(proposed) + len(unasked), sum([number in accepted for number in proposed]))


def agreed(rq: AAssociateRq, ac: AAssociateAc, view: Role) -> dict[int, NegotiatedContext]:
    """The contexts that were accepted, by id: of several proposals with one id the first counts.

    Args:
        view: whose roles `as_scu` and `as_scp` are.
    """
    answers, roles = _answers(ac), _Roles(rq, ac)
    return {
        number: _of_proposed(context, answers[number], roles.of(context), view)
        for number, context in rq.first_contexts.items()
        if number in answers and answers[number].result == ContextResult.ACCEPTANCE
    }


def _answers(ac: AAssociateAc) -> dict[int, PresentationContextAc]:
    """The answers by context id; of several with one id the first counts."""
    answers: dict[int, PresentationContextAc] = {}
    for answer in ac.presentation_contexts:
        answers.setdefault(answer.context_id, answer)
    return answers


class _Roles:
    """The requestor's roles in each context."""

    def __init__(self, rq: AAssociateRq, ac: AAssociateAc) -> None:
        self._granted = _roles(ac.user_information.all(RoleSelection))
        self._asked = _roles(rq.user_information.all(RoleSelection)) if self._granted else {}

    def of(self, context: PresentationContextRq) -> frozenset[str]:
        """What was asked for and granted; the default where it was not negotiated."""
        uid = context.abstract_syntax
        both = uid in self._asked and uid in self._granted
        return self._asked[uid] & self._granted[uid] if both else _DEFAULT_ROLES


def unanswered(rq: AAssociateRq, ac: AAssociateAc) -> tuple[tuple[str, str], ...]:
    """What a request asks to be answered and an acceptance passes over: `WINDOW` … `IDENTITY`, with a UID or "".

    Passing over is allowed, so it is easily missed, and it means something each time (PS3.7): one operation at a time
    (section D.3.3.3), the default roles (D.3.3.4), nothing of a SOP class beyond its basic service (D.3.3.5), no proof
    that a user identity was looked at (D.3.3.7). Common extended negotiation (D.3.3.6) has no answer.
    """
    asked, answered = rq.user_information, ac.user_information
    found: list[tuple[str, str]] = []
    if asked.first(AsynchronousOperationsWindow) and not answered.first(AsynchronousOperationsWindow):
        found.append((WINDOW, ""))
    for what, kind in _BY_CLASS:
        granted = {significant(item.sop_class_uid) for item in answered.all(kind)}
        uids = dict.fromkeys(significant(item.sop_class_uid) for item in asked.all(kind))
        found += [(what, uid) for uid in uids if uid not in granted]
    identity = asked.first(UserIdentityRq)
    if identity is not None and identity.response_requested and answered.first(UserIdentityAc) is None:
        found.append((IDENTITY, ""))
    return tuple(found)


_BY_CLASS: tuple[tuple[str, type[RoleSelection | SopClassExtendedNegotiation]], ...] = (
    (ROLES, RoleSelection),
    (EXTENDED, SopClassExtendedNegotiation),
)


def _roles(items: Iterable[RoleSelection]) -> dict[str, frozenset[str]]:
    """The requestor's roles by SOP class; the first item of each class counts."""
    roles: dict[str, frozenset[str]] = {}
    for item in items:
        names = (("SCU", item.scu), ("SCP", item.scp))
        roles.setdefault(significant(item.sop_class_uid), frozenset(name for name, value in names if value == 1))
    return roles


def _of_proposed(
    context: PresentationContextRq, answer: PresentationContextAc | None, roles: frozenset[str], view: Role
) -> NegotiatedContext:
    syntaxes = context.transfer_syntaxes
    result = None if answer is None else ContextResult(answer.result)
    chosen, as_scu, as_scp, words = "", False, False, "not answered"
    if answer is not None and result is ContextResult.ACCEPTANCE:
        chosen = answer.transfer_syntax
        as_scu, as_scp = "SCU" in roles, "SCP" in roles
        if view is Role.ACCEPTOR:
            as_scu, as_scp = as_scp, as_scu
        words = _accepted(chosen, syntaxes)
        if roles != _DEFAULT_ROLES:
            words += _role_words(as_scu, as_scp)
    elif result is not None:
        words = _rejected(result)
    return NegotiatedContext(
        context.context_id, context.abstract_syntax, syntaxes, result, chosen, as_scu, as_scp, words
    )


def _of_unasked(answer: PresentationContextAc) -> NegotiatedContext:
    result = ContextResult(answer.result)
    accepted = result is ContextResult.ACCEPTANCE
    words = f"answered although it was not proposed ({'accepted' if accepted else _rejected(result)})"
    chosen = answer.transfer_syntax if accepted else ""
    return NegotiatedContext(answer.context_id, "", (), result, chosen, False, False, words, is_proposed=False)


def _accepted(chosen: str, proposed: tuple[str, ...]) -> str:
    if not chosen:
        return "accepted without a transfer syntax"
    return (
        f"accepted with {chosen}"
        if chosen in proposed
        else f"accepted with a transfer syntax that was not proposed: {chosen}"
    )


def _rejected(result: ContextResult) -> str:
    return _REJECTED.get(result, f"rejected with the reserved result {result.value}")


def _role_words(as_scu: bool, as_scp: bool) -> str:
    names = [name for name, had in (("SCU", as_scu), ("SCP", as_scp)) if had]
    return f", as {' and '.join(names)}" if names else ", but in no role"
