"""The history of edits: steps, typing that is one step, and what undo and redo lead back to."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.bridge.profiles.history import DEPTH, PAUSE_SECONDS, History, difference


@dataclass(frozen=True, slots=True)
class Handle:
    title: str = ""
    length: int | None = 0
    contexts: tuple[str, ...] = ()
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    host: str = ""
    port: int = 0
    handle: Handle = Handle()


EMPTY = Side()


def typed(history, text, start=0.0, gap=0.1):
    """Type a host, a letter at a time."""
    for count in range(1, len(text) + 1):
        history.record(replace(history.value, host=text[:count]), start + count * gap)


def undo_all(history):
    values = []
    while history.to_undo is not None:
        values.append(history.undo())
    return values


def test_nothing_was_done_at_first():
    history = History(EMPTY)
    assert (history.to_undo, history.to_redo) == (None, None)
    assert history.undo() == history.redo() == EMPTY


def test_typing_in_one_field_is_one_step():
    history = History(EMPTY)
    typed(history, "pacs")
    assert undo_all(history) == [EMPTY]
    assert history.redo() == Side("pacs")


@pytest.mark.parametrize("interrupt", ["pause", "seal", "undo and redo", "another field"])
def test_typing_that_was_interrupted_is_a_new_step(interrupt):
    history = History(EMPTY)
    typed(history, "pa")
    start = 1.0
    if interrupt == "pause":
        start = 0.2 + PAUSE_SECONDS
    elif interrupt == "seal":
        history.seal()
    elif interrupt == "undo and redo":
        history.undo()
        history.redo()
    else:
        history.record(replace(history.value, port=1), 0.5)
    history.record(replace(history.value, host="pacs"), start + 0.1)
    assert history.undo().host == "pa"


def test_lists_and_switches_are_a_step_each():
    history = History(EMPTY)
    for handle in (
        Handle(contexts=("a",)),
        Handle(contexts=("a", "b")),
        Handle(contexts=("a", "b"), length=None),
        Handle(contexts=("a", "b"), length=7),
        Handle(contexts=("a", "b"), length=7, checked=True),
        Handle(contexts=("a", "b"), length=7),
    ):
        history.record(replace(history.value, handle=handle), 0.0)
    assert len(undo_all(history)) == 6


def test_what_was_typed_and_deleted_again_is_no_step():
    history = History(EMPTY)
    typed(history, "a")
    history.record(EMPTY, 0.3)
    assert history.to_undo is None


def test_a_new_edit_forgets_what_was_undone():
    history = History(EMPTY)
    typed(history, "a")
    history.undo()
    history.record(Side(port=5), 9.0)
    assert history.to_redo is None
    assert history.redo() == Side(port=5)


def test_the_same_value_is_no_step_and_keeps_what_was_undone():
    history = History(EMPTY)
    typed(history, "a")
    history.undo()
    history.record(EMPTY, 9.0)
    assert history.to_redo == ("host",)
    assert history.to_undo is None


def test_starting_anew_forgets_everything():
    history = History(EMPTY)
    typed(history, "a")
    history.start(Side("b"))
    assert (history.to_undo, history.undo()) == (None, Side("b"))


def test_it_forgets_the_oldest_steps():
    history = History(0)
    for number in range(1, DEPTH + 11):
        history.record(number, number * 100.0)
    assert undo_all(history)[-1] == 10


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (Side(host="x"), (("host",), True)),
        (Side(port=3), (("port",), True)),
        (Side(handle=Handle(title="T")), (("handle", "title"), True)),
        (Side(handle=Handle(length=None)), (("handle", "length"), False)),
        (Side(handle=Handle(contexts=("x",))), (("handle", "contexts"), False)),
        (Side(handle=Handle(checked=True)), (("handle", "checked"), False)),
        (Side(handle=Handle("T", 1)), (("handle",), False)),
        (Side("x", 1), ((), False)),
    ],
)
def test_a_difference_is_named_by_its_fields(after, expected):
    assert difference(EMPTY, after) == expected


@given(st.lists(st.tuples(st.sampled_from(["edit", "undo", "redo", "seal"]), st.integers(0, 3))))
def test_whatever_is_done_undoing_leads_to_the_start_and_redoing_back(moves):
    history = History(0)
    for now, (move, number) in enumerate(moves):
        if move == "edit":
            history.record(number, float(now))
        else:
            getattr(history, move)()
    present = history.value
    while history.to_redo is not None:
        present = history.redo()
    assert (undo_all(history) or [0])[-1] == 0
    while history.to_redo is not None:
        history.redo()
    assert history.value == present


def test_what_nobody_edited_is_no_step_and_is_what_redo_leads_back_to():
    history = History(EMPTY)
    history.record(Side("pacs"), 0.0)
    history.amend(Side("pacs", 104))
    assert history.value == Side("pacs", 104)
    assert history.undo() == EMPTY
    assert history.to_undo is None
    assert history.redo() == Side("pacs", 104)
    history.record(Side("pacs2", 104), 100.0)
    assert history.undo() == Side("pacs", 104)
