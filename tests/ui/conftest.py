"""What the tests of the window share."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from parley.ui.kit import fitting_height
from tests.harness.loops import qt_loop, run_on
from tests.ui.driver import Driver, opened
from tests.ui.windows import Stage


@pytest.fixture(autouse=True)
def no_lingering(monkeypatch):
    """Room that is not needed goes at once."""
    monkeypatch.setattr(fitting_height, "LINGER_MS", 0)


@pytest.fixture
def stage(qtbot, tmp_path):
    made = Stage(tmp_path)
    qtbot.addWidget(made.window)
    made.window.show()
    qtbot.waitExposed(made.window)
    made.window.activateWindow()
    qtbot.waitActive(made.window)
    return made


Scene = Callable[[Driver], Coroutine[Any, Any, None]]


@pytest.fixture
def play(qapp, tmp_path) -> Callable[[Scene], None]:
    """Opens a window, plays a scene with it on Qt's loop, and closes it."""

    def run(scene: Scene) -> None:
        async def work() -> None:
            async with opened(tmp_path) as window:
                await scene(window)

        run_on(qt_loop(qapp), work())

    return run
