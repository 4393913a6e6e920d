"""Ids of proposed contexts, and two ways to spread transfer syntaxes over them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parley.model.contexts import context_ids, one_per_abstract_syntax, one_per_transfer_syntax
from parley.model.handle import ProposedContext
from parley.ul.codes import VERIFICATION
from tests.model.strategies import patient, proposed_contexts

CT = "1.2.840.10008.5.1.4.1.1.2"


def ids(*typed: int | None) -> tuple[int, ...]:
    return context_ids(tuple(ProposedContext(VERIFICATION, context_id=number) for number in typed))


def test_automatic_ids_are_odd_and_leave_out_those_typed_anywhere() -> None:
    assert ids(None, 3, None, 1, None) == (5, 3, 7, 1, 9)


def test_typed_ids_go_out_as_typed_even_when_illegal() -> None:
    assert ids(2, 2, 0, None) == (2, 2, 0, 1)


def test_ids_stay_unique_for_as_long_as_a_byte_allows() -> None:
    given_out = ids(*[None] * 300)
    assert given_out[:128] == tuple(range(1, 256, 2))
    assert len(set(given_out[:256])) == 256
    assert set(given_out[256:]) < set(range(1, 256, 2))


def test_one_context_with_all_transfer_syntaxes() -> None:
    contexts = (
        ProposedContext(CT, ("1.1", "1.2")),
        ProposedContext(VERIFICATION, ("1.1",), 9),
        ProposedContext(f"{CT} ", ("1.2", "1.3"), 77),
        ProposedContext(CT, (), 5),
    )
    assert one_per_abstract_syntax(contexts) == (
        ProposedContext(CT, ("1.1", "1.2", "1.3"), 77),
        ProposedContext(VERIFICATION, ("1.1",), 9),
    )


def test_one_context_per_transfer_syntax() -> None:
    contexts = (ProposedContext(CT, ("1.1", "1.2"), 77), ProposedContext(VERIFICATION, (), 9))
    assert one_per_transfer_syntax(contexts) == (
        ProposedContext(CT, ("1.1",), 77),
        ProposedContext(CT, ("1.2",)),
        ProposedContext(VERIFICATION, (), 9),
    )


@patient
@given(st.lists(proposed_contexts, max_size=6).map(tuple))
def test_spreading_and_gathering_lose_no_transfer_syntax(contexts: tuple[ProposedContext, ...]) -> None:
    gathered = one_per_abstract_syntax(contexts)
    assert one_per_abstract_syntax(one_per_transfer_syntax(gathered)) == gathered
    assert one_per_transfer_syntax(one_per_transfer_syntax(contexts)) == one_per_transfer_syntax(contexts)
