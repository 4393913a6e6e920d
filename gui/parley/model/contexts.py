"""Proposed presentation contexts as a list: their ids, and how their transfer syntaxes are spread over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, cycle

from parley.model.fit import CONTEXT_ID, nearest
from parley.model.handle import ProposedContext, SupportedContext
from parley.ul.pdu import significant

ODD_CONTEXT_IDS = range(1, 256, 2)

Contexts = tuple[ProposedContext, ...]


def context_ids(contexts: Contexts) -> tuple[int, ...]:
    """The id each context goes out with: the one typed, else the lowest odd one that nobody typed.

    More contexts than the standard has ids for continue with even ids and 0, as those can still be told apart in the
    answer, and then repeat odd ones.
    """
    typed = {nearest(c.context_id, CONTEXT_ID) for c in contexts if c.context_id is not None}
    automatic = _automatic_ids(typed)
    return tuple(next(automatic) if c.context_id is None else nearest(c.context_id, CONTEXT_ID) for c in contexts)


def _automatic_ids(taken: set[int]) -> Iterator[int]:
    unique = chain(ODD_CONTEXT_IDS, range(2, 256, 2), (0,))
    return chain((number for number in unique if number not in taken), cycle(ODD_CONTEXT_IDS))


def one_per_abstract_syntax(contexts: Contexts) -> Contexts:
    """Each abstract syntax in one context with all its transfer syntaxes: the acceptor picks one of them.

    The order, also of preference, is that of first mention; the id is the first that was typed.
    """
    merged: dict[str, ProposedContext] = {}
    for context in contexts:
        abstract_syntax = significant(context.abstract_syntax)
        known = merged.setdefault(abstract_syntax, context)
        merged[abstract_syntax] = replace(
            known,
            transfer_syntaxes=tuple(dict.fromkeys((*known.transfer_syntaxes, *context.transfer_syntaxes))),
            context_id=context.context_id if known.context_id is None else known.context_id,
        )
    return tuple(merged.values())


def one_per_transfer_syntax(contexts: Contexts) -> Contexts:
    """Each transfer syntax in a context of its own, so that the acceptor answers every one of them.

    The first context that is made of one keeps its typed id. One without a transfer syntax stays as it is.
    """
    return tuple(
        replace(context, transfer_syntaxes=syntaxes, context_id=None if position else context.context_id)
        for context in contexts
        for position, syntaxes in enumerate([(uid,) for uid in context.transfer_syntaxes] or [()])
    )


def not_covered(proposed: Iterable[ProposedContext], there: Iterable[ProposedContext | SupportedContext]) -> Contexts:
    """Those that no context that is there would do for, as it has not all of their transfer syntaxes."""
    known = [(context.abstract_syntax, set(context.transfer_syntaxes)) for context in there]

    def is_covered(context: ProposedContext) -> bool:
        wanted = set(context.transfer_syntaxes)
        return any(uid == context.abstract_syntax and syntaxes >= wanted for uid, syntaxes in known)

    return tuple(context for context in proposed if not is_covered(context))
