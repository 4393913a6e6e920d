"""Answers in the order of their requests, whichever is ready first."""

import itertools

import pytest

from parley.engine.answer_order import AnswerOrder


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_what_is_ready_waits_for_what_came_before_it(order):
    kept, done = [], []
    turns = AnswerOrder(kept.append)
    ready = [turns.take() for _ in range(4)]
    for number in order:
        ready[number](lambda number=number: done.append(number))
        assert done == sorted(done)
    assert done == [0, 1, 2, 3]
    assert sum(kept) == 0


def test_what_is_given_up_is_not_done_and_takes_no_room():
    kept, done = [], []
    turns = AnswerOrder(kept.append)
    first, second = turns.take(), turns.take()
    second(lambda: done.append(2))
    turns.give_up()
    first(lambda: done.append(1))
    assert done == []
    assert kept == [1, -1]


def test_an_act_may_end_it_all():
    done = []
    turns = AnswerOrder(lambda _: None)
    first, second = turns.take(), turns.take()
    second(lambda: done.append(2))
    first(turns.give_up)
    assert done == []
