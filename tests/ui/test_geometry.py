"""A window is on the screen with all that it has, whatever it remembers."""

import pytest
from PySide6.QtCore import QRect, QSettings
from PySide6.QtGui import QGuiApplication

from parley.ui.geometry import fitted
from parley.ui.main_window import MainWindow

LAPTOP = QRect(0, 0, 1366, 768)


@pytest.mark.parametrize(
    "window",
    [QRect(0, 0, 1400, 900), QRect(900, 600, 800, 500), QRect(-3000, -900, 800, 500), QRect(5000, 20, 2000, 2000)],
)
def test_all_of_it_is_on_the_screen(window):
    fit = fitted(window, LAPTOP)
    assert LAPTOP.adjusted(8, 36, -8, -8).contains(fit)
    assert fit.size() == window.size().boundedTo(fit.size())


def test_what_fits_stays_where_it_is():
    window = QRect(100, 100, 800, 500)
    assert fitted(window, LAPTOP) == window


def test_a_new_window_and_a_remembered_one_fit_the_screen(qtbot, tmp_path):
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    free = QGuiApplication.primaryScreen().availableGeometry()
    window = MainWindow(settings)
    qtbot.addWidget(window)
    assert window.height() <= free.height() - 44
    assert window.width() <= free.width() - 16
    window.setGeometry(QRect(free.right() - 20, free.bottom() - 20, 700, 500))
    settings.setValue("window/geometry", window.saveGeometry())
    again = MainWindow(settings)
    qtbot.addWidget(again)
    assert free.contains(again.geometry())
