"""What became of presentation contexts, with the names of the UIDs."""

from __future__ import annotations

from collections.abc import Sequence

from parley.diagnosis.verdict import Failure, Verdict
from parley.model.registry import labelled
from parley.ul.codes import ContextResult
from parley.ul.negotiation import NegotiatedContext

NAMED = 3
"""So many SOP classes are named in a sentence before the rest is counted."""

ALL_REJECTED: dict[ContextResult | None, Failure] = {
    ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED: Failure(
        "no_context_abstract_syntax",
        "The peer accepted the association but does not support {classes}: no presentation context can be used.",
        "See in the peer's conformance statement what it offers, and at which AE title and port: worklist, storage and "
        "query often have one each.",
    ),
    ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED: Failure(
        "no_context_transfer_syntax",
        "The peer supports {classes}, but none of the proposed transfer syntaxes: no presentation context can be used.",
        "Propose Implicit VR Little Endian, which every peer has to support, or what the peer's conformance statement "
        "lists.",
    ),
    ContextResult.USER_REJECTION: Failure(
        "no_context_user_rejection",
        "The peer's application accepted the association but rejected every presentation context.",
        "It may not grant this AE title the right to {classes}: look at the rights it has at the peer.",
    ),
    ContextResult.NO_REASON: Failure(
        "no_context_no_reason",
        "The peer accepted the association but rejected every presentation context without a reason.",
        "Propose Verification alone; the peer's log may say more.",
    ),
    None: Failure(
        "no_context_answered",
        "The peer accepted the association but answered none of the proposed presentation contexts.",
        "It breaks the standard by that. Try fewer contexts, with odd ids that are each used once.",
    ),
}

MIXED = Failure(
    "no_context_accepted",
    "The peer accepted the association but no presentation context, for different reasons.",
    "See the result of each context.",
)

NOTHING_PROPOSED = Failure(
    "no_context_proposed",
    "The peer accepted the association, but no presentation context was proposed: nothing can be done with it.",
    "Propose one at least, such as Verification.",
)


def context_words(context: NegotiatedContext) -> str:
    """One context in a line, for example ``CT Image Storage: accepted with JPEG 2000 Image Compression``."""
    words = context.words
    if context.transfer_syntax:
        words = words.replace(context.transfer_syntax, labelled(context.transfer_syntax))
    return f"{labelled(context.abstract_syntax) or f'context {context.context_id}'}: {words}"


def none_accepted(contexts: Sequence[NegotiatedContext]) -> Verdict:
    """The verdict where the peer accepted the association and not one proposed context."""
    proposed = [context for context in contexts if context.is_proposed]
    results = {context.result for context in proposed}
    if not proposed:
        return NOTHING_PROPOSED.verdict()
    failure = ALL_REJECTED.get(results.pop(), MIXED) if len(results) == 1 else MIXED
    return failure.verdict(classes=_listed([labelled(context.abstract_syntax) for context in proposed]))


def some_rejected(contexts: Sequence[NegotiatedContext]) -> Verdict:
    """The verdict where a part of the proposed contexts was accepted."""
    proposed = [context for context in contexts if context.is_proposed]
    rejected = [context for context in proposed if not context.is_accepted]
    accepted = len(proposed) - len(rejected)
    return Verdict(
        "some_contexts_rejected",
        True,
        f"The association is established with {accepted} of {len(proposed)} presentation contexts. "
        f"Not accepted: {_listed([labelled(context.abstract_syntax) for context in rejected])}.",
        "See the result of each context for the reason.",
    )


def _listed(names: Sequence[str]) -> str:
    """Names in a sentence, each once."""
    unique = list(dict.fromkeys(name or "a class without a UID" for name in names))
    if len(unique) > NAMED:
        unique = [*unique[: NAMED - 1], f"{len(unique) - NAMED + 1} others"]
    return " and ".join([", ".join(unique[:-1]), unique[-1]] if len(unique) > 1 else unique)
