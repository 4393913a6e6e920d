"""What is wrong or risky in what an acceptor's handle would answer, and in the rules by which it decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from parley.model.fit import CODE, CONTEXT_ID
from parley.model.handle import AcceptanceRules, AcceptorHandle, ForcedAnswer, IdentityCheck, KnownUser
from parley.model.problems.information import information_problems
from parley.model.problems.problem import Problems, error, note, warning
from parley.model.recognition import is_network
from parley.model.typed import located, typed_information, unfit_problems
from parley.model.wildcards import WILDCARDS
from parley.ul.codes import (
    IMPLICIT_VR_LITTLE_ENDIAN,
    ContextResult,
    ItemType,
    RejectResult,
    RejectSource,
    reject_reason,
)
from parley.ul.conformance import check_accept
from parley.ul.pdu import (
    AAssociateAc,
    ApplicationContext,
    PresentationContextAc,
    UserInformation,
    significant,
)
from parley.ul.text_rules import title_problem, uid_problem

TITLE_ADVICE = "Use 1 to 16 printable ASCII characters."
UID_ADVICE = "Write it as digits and dots, 64 characters at the most."

_UNQUESTIONABLE = PresentationContextAc.of(1, ContextResult.ACCEPTANCE, IMPLICIT_VR_LITTLE_ENDIAN)
"""Stands for the answers to contexts, which depend on the request."""

_ANSWERING = {
    ItemType.ASYNCHRONOUS_OPERATIONS_WINDOW,
    ItemType.ROLE_SELECTION,
    ItemType.SOP_CLASS_EXTENDED_NEGOTIATION,
    ItemType.USER_IDENTITY_AC,
}
"""Sub-items that an answer may have only if the request has their counterparts."""


def answer_problems(handle: AcceptorHandle) -> Problems:
    """Of all that an A-ASSOCIATE-AC would say, whatever the request."""
    if problem := title_problem(handle.ae_title):
        yield error("ae_title", f"The AE title {problem}.", TITLE_ADVICE)
    yield from _echo_problems(handle)
    information = typed_information(handle)
    items = (
        ApplicationContext(handle.application_context),
        _UNQUESTIONABLE,
        UserInformation(tuple(each.item for each in information)),
    )
    typed = AAssociateAc("", "", items, handle.protocol_version)
    unfit = list(unfit_problems(handle))
    yield from unfit
    yield from located(typed, check_accept(None, typed), information, {problem.field for problem in unfit})
    yield from information_problems(handle, information)
    yield from _unasked_problems(handle)
    yield from _supported_context_problems(handle)
    yield from _forced_problems(handle.forced_answers)


def _echo_problems(handle: AcceptorHandle) -> Problems:
    for who in ("called", "calling"):
        field = f"{who}_ae_title"
        title = getattr(handle, field)
        if title is None:
            continue
        if problem := title_problem(title):
            yield error(field, f"The {who} AE title of the answer {problem}.", TITLE_ADVICE)
        else:
            text = f"The {who} AE title of an answer has to be the request's; it is not to be tested."
            yield warning(field, text, "Switch it off, unless this is what you test.")


def _unasked_problems(handle: AcceptorHandle) -> Problems:
    for index, raw in enumerate(handle.raw_sub_items):
        if raw.item_type in _ANSWERING:
            text = (
                f"An item of type {raw.item_type:02X}H is sent even to a request that has none, which is not allowed."
            )
            yield warning(f"raw_sub_items[{index}]", text, "Use the field that this item has: it answers when asked.")
    supported = {significant(context.abstract_syntax) for context in handle.contexts}
    classes = {
        "roles": [item.sop_class_uid for item in handle.roles],
        "extended_negotiation": [item.sop_class_uid for item in handle.extended_negotiation],
    }
    for what, uids in classes.items():
        for index, uid in enumerate(map(significant, uids)):
            if uid and uid not in supported:
                text = f"{uid} is not supported, so that this hardly matters."
                yield warning(f"{what}[{index}].sop_class_uid", text, "Support it, or leave this out.")


def _supported_context_problems(handle: AcceptorHandle) -> Problems:
    if not handle.contexts:
        text = "No presentation context is supported, so none can be accepted."
        yield warning("contexts", text, "Add one at least, such as Verification.")
    listed = Counter(significant(context.abstract_syntax) for context in handle.contexts)
    for index, context in enumerate(handle.contexts):
        field = f"contexts[{index}]"
        if problem := uid_problem(context.abstract_syntax):
            yield error(f"{field}.abstract_syntax", f"The abstract syntax {problem}.", UID_ADVICE)
        elif listed[context.abstract_syntax] > 1:
            text = f"{context.abstract_syntax} is listed {listed[context.abstract_syntax]} times."
            yield warning(f"{field}.abstract_syntax", text, "Their transfer syntaxes count together: one is enough.")
        if not context.transfer_syntaxes:
            text = "Without a transfer syntax, the context is never accepted."
            yield warning(f"{field}.transfer_syntaxes", text, "Add one at least, such as Implicit VR Little Endian.")
        yield from _transfer_syntax_problems(field, context.transfer_syntaxes)


def _transfer_syntax_problems(field: str, transfer_syntaxes: Iterable[str]) -> Problems:
    for uid in transfer_syntaxes:
        if problem := uid_problem(uid):
            yield error(f"{field}.transfer_syntaxes", f"The transfer syntax {problem}.", UID_ADVICE)


# --- answers by force ------------------------------------------------------------------------------------------------


def _forced_problems(answers: tuple[ForcedAnswer, ...]) -> Problems:
    seen: set[tuple[str, int | None]] = set()
    for index, answer in enumerate(answers):
        field = f"forced_answers[{index}]"
        about = significant(answer.abstract_syntax), answer.context_id
        if seen & {about, ("", None), ("", about[1]), (about[0], None)}:
            yield warning(field, "An answer above is about the same contexts: this one is never used.", "Remove it.")
        seen.add(about)
        if answer.abstract_syntax and (problem := uid_problem(answer.abstract_syntax)):
            yield error(f"{field}.abstract_syntax", f"The abstract syntax {problem}.", UID_ADVICE)
        yield from _forced_id_problems(f"{field}.context_id", answer)
        yield from _forced_result_problems(field, answer)


def _forced_id_problems(field: str, answer: ForcedAnswer) -> Problems:
    number = answer.context_id
    if number is None:
        return
    if number not in CONTEXT_ID:
        yield error(field, f"Presentation context ID {number} does not fit a byte.", "The nearest one counts.")
    elif number % 2 == 0:
        yield error(field, f"Presentation context ID {number} is not odd.", "Use an odd number from 1 to 255.")
    elif not significant(answer.abstract_syntax) and answer.result is not None:
        text = f"Presentation context {number} is answered even where it was not proposed."
        yield warning(field, text, "Name the abstract syntax, to answer only where it was proposed.")


def _forced_result_problems(field: str, answer: ForcedAnswer) -> Problems:
    result = answer.result
    if result is None:
        text = "A presentation context that is not answered breaks the standard; requestors take it as rejected."
        yield error(f"{field}.result", text, "Reject it with 1 to 4, unless this is what you test.")
        return
    if result not in CODE:
        yield error(f"{field}.result", f"Result {result} does not fit a byte.", "The nearest one will be sent.")
    elif ContextResult(result).is_reserved:
        text = f"Result {result} is reserved; it counts as rejected."
        yield error(f"{field}.result", text, "Use 0 to 4.")
    syntaxes = answer.transfer_syntaxes
    if syntaxes is None:
        return
    if not syntaxes and result == ContextResult.ACCEPTANCE:
        text = "A context is accepted without a transfer syntax."
        yield error(f"{field}.transfer_syntaxes", text, "Name one, or leave the choice to negotiation.")
    elif not syntaxes:
        text = "A context is rejected without a transfer syntax; it is not significant then, but some peers want one."
        yield warning(f"{field}.transfer_syntaxes", text, "Leave the choice to negotiation.")
    elif len(syntaxes) > 1:
        text = f"A context is answered with {len(syntaxes)} transfer syntaxes."
        yield error(f"{field}.transfer_syntaxes", text, "Name one of them.")
    else:
        text = "The transfer syntax is answered even where it was not proposed."
        remedy = "Leave the choice to negotiation, unless this is what you test."
        yield warning(f"{field}.transfer_syntaxes", text, remedy)
    yield from _transfer_syntax_problems(field, syntaxes)


# --- rules -----------------------------------------------------------------------------------------------------------


def rules_problems(rules: AcceptanceRules, *, is_encrypted: bool) -> Problems:
    """Of the rules by which an acceptor decides.

    Args:
        rules: the rules.
        is_encrypted: whether connections are under TLS.
    """
    yield from _rejection_problems(rules)
    for who, titles in (("called", rules.called_ae_titles), ("calling", rules.calling_ae_titles)):
        for title in titles:
            if problem := _listed_title_problem(title):
                yield error(f"{who}_ae_titles", f"The {who} AE title {title!r} {problem}.", TITLE_ADVICE)
    if rules.called_ae_titles and not rules.check_called:
        text = "The called AE title is not checked, so the list of others has no effect."
        yield note("called_ae_titles", text, "Switch the check on.")
    for address in rules.peer_addresses:
        if not is_network(address):
            text = f"{address!r} is no IP address or network, so it lets nobody in."
            yield error("peer_addresses", text, "Write it like 192.0.2.7 or 192.0.2.0/24.")
    yield from _identity_problems(rules, is_encrypted=is_encrypted)


def _listed_title_problem(title: str) -> str:
    """Wildcards count as nothing, for they may stand for nothing."""
    plain = "".join(letter for letter in title if letter not in WILDCARDS)
    return title_problem(plain) if plain or not title else ""


def _rejection_problems(rules: AcceptanceRules) -> Problems:
    codes = rules.reject_all
    if codes is None:
        return
    numbers = (codes.result, codes.source, codes.reason)
    if not all(number in CODE for number in numbers):
        yield error("reject_all", f"The codes {codes} do not fit into a byte each.", "Use numbers from 0 to 255.")
    elif any(
        code.is_reserved
        for code in (RejectResult(codes.result), RejectSource(codes.source), reject_reason(codes.source, codes.reason))
    ):
        text = f"The codes {codes} are reserved; some peers show others in their place, or fail."
        yield warning("reject_all", text, "Use 1/1/7 or another that the standard has, unless this is what you test.")


def _identity_problems(rules: AcceptanceRules, *, is_encrypted: bool) -> Problems:
    if rules.identity is IdentityCheck.IGNORE:
        if rules.users:
            text = "User identities are not looked at, so the list of users has no effect."
            yield note("users", text, "Switch the check on.")
        return
    if not rules.users:
        yield warning("users", "No user is listed, so every identity that is given is refused.", "List one at least.")
    if not is_encrypted:
        text = "User identities come in clear text, for everybody on the way to read."
        yield warning("identity", text, "Use TLS.")
    for index, user in enumerate(rules.users):
        yield from _user_problems(f"users[{index}]", user)


def _user_problems(field: str, user: KnownUser) -> Problems:
    if not user.name:
        yield error(f"{field}.name", "The user has no name.", "Give one, or remove the user.")
    if user.passcode is not None and not user.passcode and not user.passcode.is_unfetched:
        text = f"The passcode of {user.name!r} is empty, so it lets nobody in."
        yield error(f"{field}.passcode", text, "Give one, or let the name be enough.")
