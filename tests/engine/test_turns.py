"""What takes long is done in turns: one in each pass of the loop, whoever wants them."""

from __future__ import annotations

import asyncio

from parley.engine import turns as turns_module
from parley.engine.turns import Turns


def test_one_turn_is_taken_in_each_pass_of_the_loop(run):
    async def play():
        turns, taken, passes = Turns(), [], 0
        for number in range(5):
            turns.wait(lambda number=number: taken.append(number))
        while len(taken) < 5:
            passes += 1
            before = len(taken)
            await asyncio.sleep(0)
            assert len(taken) <= before + 1
        assert taken == [0, 1, 2, 3, 4]
        assert passes >= 5

    run(play())


def test_a_turn_that_fails_does_not_keep_the_next(run):
    async def play():
        said, taken = [], asyncio.Event()
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: said.append(context["exception"]))
        turns = Turns()

        def fails() -> None:
            raise ValueError("odd")

        turns.wait(fails)
        turns.wait(taken.set)
        await taken.wait()
        assert [str(error) for error in said] == ["odd"]

    run(play())


def test_all_who_ask_in_one_pass_share_its_time(run, monkeypatch):
    monkeypatch.setattr(turns_module, "TURN_SECONDS", 60.0)

    async def play():
        turns = Turns()
        end = turns.ends()
        assert turns.ends() == end
        await asyncio.sleep(0)
        assert turns.ends() > end

    run(play())
