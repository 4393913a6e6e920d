"""Tables as tall as their rows: taller at once, less tall a moment later."""

import pytest
from PySide6.QtCore import QStringListModel
from PySide6.QtWidgets import QTableView

from parley.ui.kit import fitting_height
from parley.ui.kit.fitting_height import FittingHeight


@pytest.fixture
def table(qtbot):
    made = QTableView()
    qtbot.addWidget(made)
    made.setModel(QStringListModel(["one"], made))
    FittingHeight(made, 3)
    made.show()
    return made


def test_it_grows_with_its_rows_up_to_the_most(table):
    heights = []
    for count in (1, 2, 3, 4):
        table.model().setStringList(["x"] * count)
        heights.append(table.height())
    assert heights[0] < heights[1] < heights[2] == heights[3]


def test_what_comes_and_goes_leaves_its_room_for_a_moment(qtbot, table, monkeypatch):
    monkeypatch.setattr(fitting_height, "LINGER_MS", 20)
    one = table.height()
    table.model().setStringList(["x", "y"])
    two = table.height()
    table.model().setStringList(["x"])
    assert table.height() == two > one
    qtbot.waitUntil(lambda: table.height() == one)


def test_it_has_room_for_the_least_from_the_start(qtbot):
    made = QTableView()
    qtbot.addWidget(made)
    made.setModel(QStringListModel(["one"], made))
    FittingHeight(made, 3, least=3)
    before = made.height()
    made.model().setStringList(["x"] * 3)
    assert made.height() == before
