"""One A-ASSOCIATE-AC, as it is edited before it is sent: an answer per context of the request, a handle for the rest.

Nothing is refused here, as in `parley.model.build`; what breaks the standard is told as problems of the edited fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from parley.model.build import accept_pdu
from parley.model.fit import CODE, nearest
from parley.model.from_wire import BY_DEFAULT, acceptor_handle_of, reset_to_accept, transfer_syntaxes_of
from parley.model.handle import AcceptorHandle, ForcedAnswer
from parley.model.problems.problem import Problem, Problems, error, note
from parley.model.typed import ITEM_52H, unfit_problems
from parley.ul.codes import ContextResult
from parley.ul.conformance import check_accept
from parley.ul.errors import Finding
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    ApplicationContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextAc,
    RoleSelection,
    SopClassExtendedNegotiation,
    UserIdentityAc,
    UserIdentityRq,
    UserInformation,
    significant,
)


@dataclass(frozen=True, slots=True)
class ContextAnswer:
    """What is answered to one presentation context.

    Attributes:
        abstract_syntax, proposed: of the request; empty where nobody proposed it.
        result: 0 to 4 in the standard (PS3.8 Table 9-18); None gives no answer at all.
        transfer_syntaxes: what is answered, one in the standard.
    """

    context_id: int
    abstract_syntax: str = ""
    proposed: tuple[str, ...] = ()
    result: int | None = ContextResult.ACCEPTANCE
    transfer_syntaxes: tuple[str, ...] = ()

    def with_result(self, result: int | None) -> ContextAnswer:
        """Another result; an acceptance of what was not proposed takes the first transfer syntax that was."""
        syntaxes = self.transfer_syntaxes
        if result == ContextResult.ACCEPTANCE and not set(syntaxes) & set(self.proposed):
            syntaxes = self.proposed[:1]
        return replace(self, result=result, transfer_syntaxes=syntaxes)


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """An answer that is being edited.

    Attributes:
        request: what is answered.
        contexts: what is answered to each context, in the order of the proposal, once for each id.
        handle: all else; it says nothing about contexts.
    """

    request: AAssociateRq
    contexts: tuple[ContextAnswer, ...]
    handle: AcceptorHandle

    @classmethod
    def of(cls, ac: AAssociateAc, rq: AAssociateRq) -> AnswerDraft:
        """The draft that would be sent as this answer."""
        handle = replace(acceptor_handle_of(ac, rq), contexts=(), forced_answers=())
        return cls(rq, tuple(_answers(ac, rq)), handle)

    def granting_all(self) -> AnswerDraft:
        """Everything that is asked for; who answers stays the same."""
        granting = reset_to_accept(self.request, self.handle)
        return AnswerDraft.of(accept_pdu(granting, BY_DEFAULT, self.request), self.request)

    @property
    def pdu(self) -> AAssociateAc:
        """What is sent. Never raises."""
        forced = tuple(ForcedAnswer("", each.result, each.transfer_syntaxes, each.context_id) for each in self.contexts)
        return accept_pdu(replace(self.handle, contexts=(), forced_answers=forced), BY_DEFAULT, self.request)

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong or risky in it, by field: those of the handle, and ``contexts[0].result``."""
        return (*self._unfit(), *self._unasked(), *self._findings())

    # --- inside ------------------------------------------------------------------------------------------------------

    def _unfit(self) -> Problems:
        yield from unfit_problems(self.handle)
        for row, answer in enumerate(self.contexts):
            if answer.result is not None and answer.result not in CODE:
                text = f"Result {answer.result} does not fit a byte."
                yield error(f"contexts[{row}].result", text, f"{nearest(answer.result, CODE)} will be sent.")

    def _unasked(self) -> Problems:
        """What stands in a field and is not sent, as it only answers something that was not asked."""
        asked = self.request.user_information
        remedy = "A raw sub-item goes out whatever the request says."
        if self.handle.asynchronous_operations is not None and not asked.first(AsynchronousOperationsWindow):
            text = "The request has no asynchronous operations window, so none is sent."
            yield note("asynchronous_operations", text, remedy)
        identity = asked.first(UserIdentityRq)
        if self.handle.identity_response is not None and not (identity and identity.response_requested):
            yield note("identity_response", "The request asks for no identity response, so none is sent.", remedy)
        for name, asked_for in (
            ("roles", {significant(item.sop_class_uid) for item in asked.all(RoleSelection)}),
            ("extended_negotiation", {significant(i.sop_class_uid) for i in asked.all(SopClassExtendedNegotiation)}),
        ):
            for row, uid in enumerate(item.sop_class_uid for item in getattr(self.handle, name)):
                if significant(uid) not in asked_for:
                    text = f"The request has none of these for {uid or 'this SOP class'}, so this is not sent."
                    yield note(f"{name}[{row}].sop_class_uid", text, remedy)

    def _findings(self) -> Problems:
        pdu = self.pdu
        rows = {answer.context_id: row for row, answer in enumerate(self.contexts)}
        for finding in check_accept(self.request, pdu):
            yield Problem(finding.severity, _field(pdu, finding, rows), finding.text, finding.remedy)


def _answers(ac: AAssociateAc, rq: AAssociateRq) -> Iterator[ContextAnswer]:
    given = {answer.context_id: answer for answer in reversed(ac.presentation_contexts)}
    seen = set()
    for context in rq.presentation_contexts:
        number = context.context_id
        if number in seen:
            continue
        seen.add(number)
        proposed = transfer_syntaxes_of(context)
        row = ContextAnswer(number, context.abstract_syntax, proposed, None, proposed[:1])
        if answer := given.pop(number, None):
            row = replace(row, result=answer.result, transfer_syntaxes=transfer_syntaxes_of(answer))
        yield row
    for answer in ac.presentation_contexts:
        if given.pop(answer.context_id, None) is not None:
            yield ContextAnswer(answer.context_id, "", (), answer.result, transfer_syntaxes_of(answer))


# --- whose field a finding is about -----------------------------------------------------------------------------------

_PATH = re.compile(r"items\[(?P<item>\d+)\](?:\.sub_items(?:\[(?P<sub_item>\d+)\])?)?(?:\.(?P<leaf>\w+))?.*")
_FIELDS = {
    MaximumLength: "maximum_length",
    ImplementationClassUid: "implementation_class_uid",
    ImplementationVersionName: "implementation_version_name",
    AsynchronousOperationsWindow: "asynchronous_operations",
    RoleSelection: "roles",
    SopClassExtendedNegotiation: "extended_negotiation",
    UserIdentityAc: "identity_response",
}


def _field(pdu: AAssociateAc, finding: Finding, rows: dict[int, int]) -> str:
    path = _PATH.fullmatch(finding.field)
    if path is None:
        return "contexts" if finding.field == "items" else finding.field
    match pdu.items[int(path["item"])]:
        case ApplicationContext():
            return "application_context"
        case PresentationContextAc(context_id):
            leaf = path["leaf"] if path["leaf"] in {"result", "context_id"} else "transfer_syntaxes"
            return f"contexts[{rows[context_id]}].{leaf}"
        case UserInformation() as information:
            if path["sub_item"]:
                return _FIELDS.get(type(information.sub_items[int(path["sub_item"])]), "raw_sub_items")
            # Both that may be missing are found at the same place; the standard's number tells which it is.
            return "implementation_class_uid" if ITEM_52H in finding.text else "maximum_length"
    return finding.field
