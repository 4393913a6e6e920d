"""What the tests of the window share."""

import pytest

from tests.ui.windows import Stage


@pytest.fixture
def stage(qtbot, tmp_path):
    made = Stage(tmp_path)
    qtbot.addWidget(made.window)
    made.window.show()
    qtbot.waitExposed(made.window)
    made.window.activateWindow()
    qtbot.waitActive(made.window)
    return made
