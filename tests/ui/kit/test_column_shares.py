"""Columns share a view's width until the person sizes one."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QTableView

from parley.ui.kit.column_shares import ColumnShares

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def table(qtbot):
    made = QTableView()
    qtbot.addWidget(made)
    made.setModel(QStandardItemModel(3, 4, made))
    made.verticalHeader().hide()
    ColumnShares(made, made.horizontalHeader(), {1: 0.25, 2: 0.25, 3: 0.5}, fixed={0: 60}, most={2: 150})
    made.resize(462, 200)
    made.show()
    qtbot.waitExposed(made)
    return made


def widths(table):
    return [table.columnWidth(column) for column in range(4)]


def test_what_the_fixed_columns_leave_is_shared(table):
    room = table.viewport().width() - 60
    first, second, third, last = widths(table)
    assert (first, second, third) == (60, room // 4, room // 4)
    assert first + second + third + last == table.viewport().width()


def test_a_column_grows_no_wider_than_it_can_use(table):
    table.resize(1200, 200)
    assert table.columnWidth(2) == 150
    assert sum(widths(table)) == table.viewport().width()


def test_a_view_that_is_too_narrow_for_its_fixed_columns_does_no_harm(table):
    table.resize(40, 200)
    assert table.columnWidth(0) == 60


def test_what_the_person_sized_stays(table):
    table.setColumnWidth(1, 77)
    table.resize(900, 200)
    assert table.columnWidth(1) == 77


def test_a_heading_without_room_ends_in_an_ellipsis(table):
    assert table.horizontalHeader().textElideMode() == Qt.TextElideMode.ElideRight
