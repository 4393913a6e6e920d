"""What is wrong or risky in what a requestor's handle would send."""

from __future__ import annotations

from parley.model.build import proposed_context
from parley.model.fit import ITEM_LENGTH
from parley.model.handle import RequestorHandle
from parley.model.problems.information import information_problems
from parley.model.problems.problem import Problems, error, warning
from parley.model.typed import located, typed_contexts, typed_information, unfit_problems
from parley.ul.conformance import check_request
from parley.ul.pdu import AAssociateRq, ApplicationContext, UserInformation


def request_problems(handle: RequestorHandle) -> Problems:
    """By the rules of the standard, then by what does not fit."""
    information = typed_information(handle)
    typed = AAssociateRq(
        handle.called_ae_title,
        handle.calling_ae_title,
        (
            ApplicationContext(handle.application_context),
            *typed_contexts(handle.contexts),
            UserInformation(tuple(each.item for each in information)),
        ),
        handle.protocol_version,
    )
    unfit = list(unfit_problems(handle))
    yield from unfit
    yield from located(typed, check_request(typed), information, {problem.field for problem in unfit})
    yield from information_problems(handle, information)
    yield from _fitting_problems(handle)


def _fitting_problems(handle: RequestorHandle) -> Problems:
    for index, context in enumerate(handle.contexts):
        if len(context.reserved_6_8) != 3:
            text = f"The reserved field has 3 bytes, here are {len(context.reserved_6_8)}."
            yield error(f"contexts[{index}]", text, "It will be cut, or filled up with zeros.")
        count = len(context.transfer_syntaxes)
        # No letter takes more than 4 bytes: of most contexts it is clear that they fit, without making the item.
        if 4 * (sum(map(len, context.transfer_syntaxes)) + len(context.abstract_syntax) + count + 3) > ITEM_LENGTH:
            room = len(proposed_context(0, context).transfer_syntaxes)
            if room < count:
                text = f"Only the first {room} of {count} transfer syntaxes fit into the context."
                yield error(f"contexts[{index}].transfer_syntaxes", text, "Spread them over several contexts.")


def clear_text_problems(handle: RequestorHandle, *, is_encrypted: bool) -> Problems:
    """An identity that everybody on the way can read."""
    if handle.user_identity is not None and not is_encrypted:
        text = "The user identity goes out in clear text, for everybody on the way to read."
        yield warning("user_identity", text, "Use TLS.")
