"""What the tests of the window share."""

import pytest

from parley.ui.kit import fitting_height
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
