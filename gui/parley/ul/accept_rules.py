"""The rules of `conformance` for an A-ASSOCIATE-AC, alone and against the request it answers.

The two titles of an A-ASSOCIATE-AC are never to be tested (PS3.8 Table 9-17): that they differ is at most a note.
"""

from __future__ import annotations

from parley.ul.codes import ContextResult, UserIdentityType
from parley.ul.common_rules import (
    Contents,
    Findings,
    error,
    note,
    syntax_findings,
    warning,
)
from parley.ul.negotiation import EXTENDED, IDENTITY, ROLES, WINDOW, unanswered
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AbstractSyntax,
    AsynchronousOperationsWindow,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    TransferSyntax,
    UserIdentityAc,
    UserIdentityRq,
    significant,
)

_PASSED_OVER = {
    WINDOW: "One operation at a time may be open in each direction.",
    ROLES: "The requestor is SCU, the acceptor SCP.",
    EXTENDED: "Nothing of it is agreed; the defaults of the service class hold.",
    IDENTITY: "Nothing proves that the user identity was looked at.",
}


def accept_findings(rq: AAssociateRq | None, ac: AAssociateAc, contents: Contents) -> Findings:
    """What is wrong or risky in an acceptance, but for what a request could have too."""
    for path, context in contents.each(PresentationContextAc):
        yield from _context_findings(path, context)
    yield from _number_findings(contents)
    yield from _misplaced_findings(contents)
    if rq is not None:
        yield from _title_findings(rq, ac)
        yield from _answer_findings(rq, contents)
        yield from _asynchronous_findings(rq, contents)
        yield from _role_findings(rq, contents)
        yield from _extended_findings(rq, contents)
        yield from _identity_findings(rq, contents)
        yield from _unanswered_findings(rq, ac, contents)


# --- alone -----------------------------------------------------------------------------------------------------------


def _context_findings(path: str, context: PresentationContextAc) -> Findings:
    result = ContextResult(context.result)
    who = f"Presentation context {context.context_id}"
    if result.is_reserved:
        text = f"{who} has result {context.result}, which is reserved; it counts as rejected."
        yield error(f"{path}.result", text, "Use 0 to 4.")
    syntaxes = [item for item in context.sub_items if type(item) is TransferSyntax]
    if any(type(item) is AbstractSyntax for item in context.sub_items):
        text = f"{who} names an abstract syntax, which an answer does not have."
        yield error(f"{path}.sub_items", text, "Leave it out.")
    if result is not ContextResult.ACCEPTANCE:
        if not context.transfer_syntax:
            text = f"{who} is rejected without a transfer syntax; it is not significant then, but some peers want one."
            yield warning(f"{path}.sub_items", text, "Repeat one of the proposed ones.")
        return
    if not syntaxes:
        yield error(
            f"{path}.sub_items", f"{who} is accepted without a transfer syntax.", "Name one of the proposed ones."
        )
    if len(syntaxes) > 1:
        text = f"{who} is accepted with {len(syntaxes)} transfer syntaxes."
        yield error(f"{path}.sub_items", text, "Choose one of them.")
    yield from syntax_findings(path, context.sub_items)


def _number_findings(contents: Contents) -> Findings:
    seen: set[int] = set()
    for path, context in contents.each(PresentationContextAc):
        if context.context_id in seen:
            text = f"Presentation context {context.context_id} is answered more than once."
            yield error(f"{path}.context_id", text, "Answer each context once.")
        elif context.context_id % 2 == 0:
            text = f"Presentation context ID {context.context_id} is not odd."
            yield error(f"{path}.context_id", text, "Answer with the ids that were proposed.")
        seen.add(context.context_id)
    if not seen:
        yield error("items", "No presentation context is answered.", "Answer every proposed context.")


def _misplaced_findings(contents: Contents) -> Findings:
    for path, _ in contents.each(PresentationContextRq):
        text = "A proposed presentation context (20H) does not belong in an acceptance."
        yield error(path, text, "Leave it out.")
    for kind, what in (
        (SopClassCommonExtendedNegotiation, "Common extended negotiation (57H)"),
        (UserIdentityRq, "A user identity (58H)"),
    ):
        for path, _ in contents.each_sub_item(kind):
            yield error(path, f"{what} belongs in requests only.", "Leave it out.")


# --- against the request ---------------------------------------------------------------------------------------------


def _title_findings(rq: AAssociateRq, ac: AAssociateAc) -> Findings:
    for who in ("called", "calling"):
        field = f"{who}_ae_title"
        if getattr(rq, field) != getattr(ac, field):
            yield note(field, f"The {who} AE title is not the request's; it is sent for nobody to test.")


def _answer_findings(rq: AAssociateRq, contents: Contents) -> Findings:
    proposed: dict[int, frozenset[str]] = {}
    for context in rq.presentation_contexts:
        proposed.setdefault(context.context_id, frozenset(context.transfer_syntaxes))
    missing = dict.fromkeys(proposed)
    for path, answer in contents.each(PresentationContextAc):
        asked = proposed.get(answer.context_id)
        missing.pop(answer.context_id, None)
        if asked is None:
            text = f"Presentation context {answer.context_id} is answered but was not proposed."
            yield error(f"{path}.context_id", text, "Answer proposed contexts only.")
        elif answer.result == ContextResult.ACCEPTANCE:
            uid = answer.transfer_syntax
            if uid and uid not in asked:
                text = (
                    f"Presentation context {answer.context_id} is accepted with {uid}, which was not proposed for it."
                )
                yield error(f"{path}.sub_items", text, "Choose one of the proposed ones.")
    for number in missing:
        text = f"Presentation context {number} was proposed but is not answered; it counts as rejected."
        yield error("items", text, "Answer every proposed context.")


def _asynchronous_findings(rq: AAssociateRq, contents: Contents) -> Findings:
    asked = rq.user_information.first(AsynchronousOperationsWindow)
    for path, item in contents.each_sub_item(AsynchronousOperationsWindow):
        if asked is None:
            text = "An asynchronous operations window is answered, none was asked for."
            yield error(path, text, "Leave it out.")
            continue
        for name in ("invoked", "performed"):
            ours, theirs = getattr(asked, name), getattr(item, name)
            if ours and (theirs > ours or not theirs):
                text = f"Operations {name}: {theirs or 'any number'} are answered, {ours} were asked for."
                yield error(f"{path}.{name}", text, "Answer no more than is asked for.")


def _role_findings(rq: AAssociateRq, contents: Contents) -> Findings:
    asked: dict[str, RoleSelection] = {}
    for role in rq.user_information.all(RoleSelection):
        asked.setdefault(significant(role.sop_class_uid), role)
    for path, item in contents.each_sub_item(RoleSelection):
        uid = significant(item.sop_class_uid)
        if uid not in asked:
            yield error(path, f"Roles for {uid} are answered, none were asked for.", "Leave it out.")
            continue
        for name in ("scu", "scp"):
            if getattr(item, name) and not getattr(asked[uid], name):
                text = f"The {name.upper()} role for {uid} is granted but was not asked for."
                yield error(f"{path}.{name}", text, "Grant only what is asked for.")


def _extended_findings(rq: AAssociateRq, contents: Contents) -> Findings:
    asked = {significant(item.sop_class_uid) for item in rq.user_information.all(SopClassExtendedNegotiation)}
    for path, item in contents.each_sub_item(SopClassExtendedNegotiation):
        uid = significant(item.sop_class_uid)
        if uid not in asked:
            text = f"Extended negotiation for {uid} is answered, none was asked for."
            yield error(path, text, "Leave it out.")


def _identity_findings(rq: AAssociateRq, contents: Contents) -> Findings:
    asked = rq.user_information.first(UserIdentityRq)
    for path, item in contents.each_sub_item(UserIdentityAc):
        if asked is None:
            yield error(path, "A user identity is answered, none was given.", "Leave it out.")
        elif not asked.response_requested:
            yield error(path, "The user identity is answered, no answer was asked for.", "Leave it out.")
        elif item.response and asked.identity_type in {
            UserIdentityType.USERNAME,
            UserIdentityType.USERNAME_AND_PASSCODE,
        }:
            text = "The answer to a username has to be empty."
            yield warning(f"{path}.response", text, "Send zero bytes.")


def _unanswered_findings(rq: AAssociateRq, ac: AAssociateAc, contents: Contents) -> Findings:
    for what, uid in unanswered(rq, ac):
        asked = f"{what} for {uid}" if uid else what
        yield note(contents.user_information_path, f"Asked for and not answered: {asked}. {_PASSED_OVER[what]}")
