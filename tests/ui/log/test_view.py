"""The live log as a person uses it: real keys, real clicks, on a window that is shown."""

import json
import threading

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QMenu, QPushButton, QToolButton, QWidget

from parley.bridge.log import export as log_export
from parley.bridge.log.export import ExportFormat
from parley.bridge.log.model import Column, LogModel
from parley.ui.kit import style
from parley.ui.log.view import LogView
from tests.bridge.samples import Samples

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def samples():
    return Samples()


@pytest.fixture
def model(qapp):
    style.apply(qapp)
    return LogModel(capacity=1000)


@pytest.fixture
def view(qtbot, model):
    made = LogView(model)
    qtbot.addWidget(made)
    made.resize(1000, 400)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


@pytest.fixture
def table(view):
    return view.table


@pytest.fixture
def part(view):
    """Finds a widget of the view by its object name."""

    def find(name, kind=QWidget):
        widget = view.findChild(kind, name)
        assert widget is not None, name
        return widget

    return find


@pytest.fixture
def line(part):
    return part("log.filter", QLineEdit)


def filter_by(view, text):
    """Type an expression and press Return."""
    line = view.findChild(QLineEdit, "log.filter")
    line.setText(text)
    line.returnPressed.emit()


def click(qtbot, widget):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def click_row(qtbot, table, row):
    table.scrollTo(table.model().index(row, 0))
    where = table.visualRect(table.model().index(row, Column.WHO)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)


def is_at_end(table):
    bar = table.verticalScrollBar()
    return bar.value() == bar.maximum()


def wheel(table, steps):
    where = QPointF(50, 50)
    event = QWheelEvent(
        where,
        table.viewport().mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(table.viewport(), event)


def test_every_control_has_its_names(view):
    controls = [*view.findChildren(QToolButton), *view.findChildren(QLineEdit), *view.findChildren(QPushButton)]
    for widget in [*(w for w in controls if not isinstance(w.parent(), QLineEdit)), view.table]:
        assert widget.objectName().startswith("log."), widget
        assert widget.accessibleName()
    assert {"log.table", "log.filter", "log.follow", "log.pause"} <= {
        w.objectName() for w in view.findChildren(QWidget)
    }


class TestFilter:
    def test_typing_filters_and_esc_clears(self, qtbot, view, table, model, line, part, samples):
        model.append([*samples.association(1), *samples.notes(20)])
        view.focus_filter()
        assert line.hasFocus()
        qtbot.keyClicks(line, "NOTE 1")
        qtbot.waitUntil(lambda: model.shown == 11)
        assert part("log.counts", QLabel).text() == "11 of 32"
        qtbot.keyClick(line, Qt.Key.Key_Escape)
        assert line.text() == ""
        assert model.shown == 29
        qtbot.keyClick(line, Qt.Key.Key_Escape)
        assert table.hasFocus()

    def test_typing_in_the_table_goes_to_the_filter_line(self, qtbot, table, model, line, samples):
        model.append(samples.notes(20))
        table.setFocus()
        qtbot.keyClicks(table, "n")
        assert line.hasFocus()
        qtbot.keyClicks(line, "ote 7")
        assert line.text() == "note 7"
        qtbot.waitUntil(lambda: [event.text for event in model.events(shown_only=True)] == ["note 7", "note 17"])

    def test_return_filters_at_once(self, qtbot, model, line, samples):
        model.append(samples.notes(20))
        line.setText("note 19")
        qtbot.keyClick(line, Qt.Key.Key_Return)
        assert model.shown == 1

    def test_what_can_be_asked_of_an_event_filters_too(self, qtbot, view, model, samples):
        model.append([*samples.association(1), *samples.association(2), *samples.notes(3)])
        filter_by(view, "(~t rq | ~res accepted) & !~assoc 1")
        assert [event.kind.value for event in model.events(shown_only=True)] == [
            *("pdu_received", "requested", "pdu_sent", "accepted"),
        ]

    def test_nonsense_is_told_in_words_and_the_rows_stay(self, qtbot, view, model, line, part, samples):
        model.append([*samples.association(1), *samples.notes(3)])
        filter_by(view, "note")
        told = part("log.filter_problem")
        assert told.isHidden()
        with qtbot.assertNotEmitted(model.modelReset):
            qtbot.keyClicks(line, " ~callin x")
            qtbot.waitUntil(told.isVisible)
        words = "column 6: there is no ~callin; the nearest is ~calling. The rows are still those of the filter before."
        assert told.text() == f"Error: This filter makes no sense at {words}"
        assert words in line.toolTip()
        assert line.toolTip().startswith("Show only rows")
        assert words in line.accessibleDescription()
        assert model.shown == 3
        model.append(samples.notes(2))
        assert model.shown == 5
        click(qtbot, part("log.states"))
        assert model.shown == 5
        qtbot.keyClick(line, Qt.Key.Key_Escape)
        assert told.isHidden()
        assert "makes no sense" not in line.toolTip() + line.accessibleDescription()
        assert model.shown == 14 + 3

    def test_nothing_is_nonsense_while_names_are_offered(self, qtbot, view, model, line, part, samples):
        model.append([*samples.association(1), *samples.notes(3)])
        view.focus_filter()
        qtbot.keyClicks(line, "~r")
        lists = [each for each in QApplication.topLevelWidgets() if each.objectName() == "log.filter.names"]
        names = next(each for each in lists if each.isVisible())
        with qtbot.waitSignal(view.findChild(QTimer).timeout):
            pass
        assert part("log.filter_problem").isHidden()
        qtbot.keyClick(names, Qt.Key.Key_Return)
        qtbot.keyClicks(names, "scp")
        qtbot.waitUntil(lambda: model.shown == 9)
        assert line.text() == "~role scp"

    def test_a_line_that_was_nonsense_can_be_mended(self, qtbot, view, model, line, part, samples):
        model.append([*samples.association(1), *samples.notes(3)])
        filter_by(view, '"note')
        assert (model.shown, part("log.filter_problem").isVisible()) == (12, True)
        filter_by(view, '"note"')
        assert (model.shown, part("log.filter_problem").isVisible()) == (3, False)

    def test_states_and_timers_come_and_go(self, qtbot, model, part, samples):
        model.append(list(samples.association(1)))
        assert model.shown == 9
        click(qtbot, part("log.states"))
        assert model.shown == 12
        click(qtbot, part("log.states"))
        assert model.shown == 9

    def test_one_association_and_back(self, qtbot, table, model, part, samples):
        model.append([*samples.association(1), *samples.association(2), *samples.notes(3)])
        click_row(qtbot, table, 12)
        click(qtbot, part("log.association"))
        assert {model.event_at(row).association for row in range(model.shown)} == {2}
        assert "2" in part("log.association").text()
        click(qtbot, part("log.association"))
        assert model.shown == 21

    def test_one_association_without_a_row_says_what_to_do(self, qtbot, view, model, part, samples):
        model.append(samples.notes(3))
        click(qtbot, part("log.association"))
        assert not part("log.association").isChecked()
        assert "Select a row" in part("log.message").text()

    def test_the_selected_row_survives_a_change_of_filter(self, qtbot, view, table, model, samples):
        model.append([*samples.association(1), *samples.notes(300)])
        click_row(qtbot, table, 100)
        event = table.current_event()
        with qtbot.assertNotEmitted(view.event_selected):
            filter_by(view, "note")
        assert table.current_event() is event
        assert [chosen.seq for chosen in table.selected_events()] == [event.seq]
        filter_by(view, "")
        assert table.current_event() is event
        assert not table.visualRect(table.currentIndex()).isEmpty()


class TestFollow:
    def test_the_newest_row_stays_in_view(self, qtbot, table, model, samples):
        for _ in range(5):
            model.append(samples.notes(50))
            assert is_at_end(table)

    def test_turning_the_wheel_back_ends_it_and_the_end_starts_it_again(self, qtbot, table, model, part, samples):
        model.append(samples.notes(200))
        wheel(table, 5)
        assert not part("log.follow").isChecked()
        top = table.verticalScrollBar().value()
        model.append(samples.notes(50))
        assert table.verticalScrollBar().value() == top
        wheel(table, -100)
        assert part("log.follow").isChecked()
        model.append(samples.notes(50))
        assert is_at_end(table)

    def test_selecting_an_old_row_ends_it(self, qtbot, table, model, part, samples):
        model.append(samples.notes(200))
        click_row(qtbot, table, 190)
        assert not part("log.follow").isChecked()

    def test_the_end_key_follows_and_home_does_not(self, qtbot, table, model, part, samples):
        model.append(samples.notes(200))
        table.setFocus()
        qtbot.keyClick(table, Qt.Key.Key_Home)
        assert table.currentIndex().row() == 0
        assert not part("log.follow").isChecked()
        qtbot.keyClick(table, Qt.Key.Key_End)
        assert table.currentIndex().row() == 199
        assert part("log.follow").isChecked()

    def test_the_button_goes_to_the_end(self, qtbot, table, model, part, samples):
        model.append(samples.notes(200))
        wheel(table, 20)
        click(qtbot, part("log.follow"))
        assert is_at_end(table)

    def test_rows_that_go_at_the_top_do_not_move_what_is_looked_at(self, qtbot, view, table, model, samples):
        model.append(samples.notes(1000))
        table.set_following(False)
        table.verticalScrollBar().setValue(500)
        seen = model.event_at(table.rowAt(5))
        model.append(samples.notes(150))
        assert model.shown == 1000
        assert model.event_at(table.rowAt(5)) is seen

    def test_a_selected_row_that_goes_is_not_replaced_by_another(self, qtbot, view, table, model, samples):
        model.append(samples.notes(1000))
        click_row(qtbot, table, 20)
        with qtbot.assertNotEmitted(view.event_selected):
            model.append(samples.notes(150))
        assert not table.currentIndex().isValid()
        assert table.selected_events() == []


class TestPause:
    def test_holds_the_log_and_says_how_many_wait(self, qtbot, table, model, part, samples):
        model.append(samples.notes(10))
        click(qtbot, part("log.pause"))
        model.append(samples.notes(7))
        assert model.shown == 10
        assert part("log.counts", QLabel).text() == "10 of 10 · 7 waiting"
        click(qtbot, part("log.pause"))
        qtbot.waitUntil(lambda: model.shown == 17)
        assert part("log.counts", QLabel).text() == "17 of 17"
        assert is_at_end(table)


class TestWays:
    def test_next_and_previous_of_the_same_association(self, qtbot, table, model, samples):
        first, second = list(samples.association(1)), list(samples.association(2))
        model.append([event for pair in zip(first, second, strict=True) for event in pair])
        click_row(qtbot, table, 0)
        qtbot.keyClick(table, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
        assert table.currentIndex().row() == 2
        qtbot.keyClick(table, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
        assert table.currentIndex().row() == 4
        qtbot.keyClick(table, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        assert table.currentIndex().row() == 2
        assert [event.association for event in table.selected_events()] == [1]

    def test_f3_walks_through_the_matches_and_round(self, qtbot, view, table, model, line, samples):
        model.append(samples.notes(20))
        filter_by(view, "note 1")
        line.setFocus()
        qtbot.keyClick(line, Qt.Key.Key_F3)
        assert table.currentIndex().row() == 0
        qtbot.keyClick(line, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
        assert table.currentIndex().row() == 10
        qtbot.keyClick(line, Qt.Key.Key_F3)
        assert table.currentIndex().row() == 0

    def test_walking_in_an_empty_log_does_nothing(self, qtbot, table):
        table.setFocus()
        qtbot.keyClick(table, Qt.Key.Key_F3)
        qtbot.keyClick(table, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
        assert not table.currentIndex().isValid()

    def test_selection_is_told_once(self, qtbot, view, table, model, samples):
        model.append(samples.notes(5))
        with qtbot.waitSignal(view.event_selected) as told:
            click_row(qtbot, table, 3)
        assert told.args[0].text == "note 3"
        with qtbot.assertNotEmitted(view.event_selected):
            click_row(qtbot, table, 3)


class TestCopyAndClear:
    def test_ctrl_c_copies_the_selected_rows(self, qtbot, table, model, samples):
        model.append(samples.notes(10))
        click_row(qtbot, table, 4)
        qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
        qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        lines = QGuiApplication.clipboard().text().splitlines()
        assert len(lines) == 2
        assert "note 4" in lines[0]
        assert "note 5" in lines[1]

    def test_many_rows_are_copied_beside_the_event_loop(self, qtbot, table, model, samples):
        model.append(samples.notes(1050))
        QGuiApplication.clipboard().clear()
        table.setFocus()
        table.selectAll()
        qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert QGuiApplication.clipboard().text() == ""
        qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().count("\n") == 1050)

    def test_clear_can_be_undone(self, qtbot, view, model, part, samples):
        model.append(samples.notes(10))
        assert part("log.undo_clear").isHidden()
        click(qtbot, part("log.clear"))
        assert model.shown == 0
        model.append(samples.notes(2))
        click(qtbot, part("log.undo_clear"))
        assert model.shown == 12
        assert part("log.undo_clear").isHidden()


class TestSave:
    @pytest.fixture
    def save(self, view, model):
        def start(path, fmt=ExportFormat.TEXT, shown_only=True):
            view.save(path, fmt, shown_only=shown_only)

        return start

    def said(self, qtbot, part):
        message = part("log.message")
        qtbot.waitUntil(message.isVisible)
        return message.text()

    def test_shown_rows_as_text(self, qtbot, view, model, part, save, tmp_path, samples):
        model.append([*samples.association(1), *samples.notes(3)])
        filter_by(view, "note")
        save(tmp_path / "log.txt")
        assert self.said(qtbot, part) == f"3 events saved in {tmp_path / 'log.txt'}"
        assert len((tmp_path / "log.txt").read_text("utf-8").splitlines()) == 3

    def test_all_rows_as_json_lines(self, qtbot, view, model, part, save, tmp_path, samples):
        model.append(list(samples.association(1)))
        save(tmp_path / "log.jsonl", ExportFormat.JSON_LINES, shown_only=False)
        assert self.said(qtbot, part).startswith("12 events saved")
        lines = (tmp_path / "log.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(text)["seq"] for text in lines] == list(range(1, 13))

    def test_what_cannot_be_written_is_said_in_plain_words(self, qtbot, view, model, part, save, tmp_path, samples):
        model.append(samples.notes(1))
        save(tmp_path / "no such folder" / "log.txt")
        words = self.said(qtbot, part)
        assert words.startswith("“log.txt” was not saved: No such file or directory.")

    def test_cancel_leaves_nothing(self, qtbot, view, model, part, save, tmp_path, samples, monkeypatch):
        gate = threading.Event()
        write = log_export.to_text
        monkeypatch.setattr(log_export, "to_text", lambda event: gate.wait(10) and write(event))
        model.append(samples.notes(1000))
        save(tmp_path / "log.txt")
        qtbot.waitUntil(part("log.cancel").isVisible)
        click(qtbot, part("log.cancel"))
        gate.set()
        assert self.said(qtbot, part).startswith("Cancelled")
        assert list(tmp_path.iterdir()) == []
        assert not part("log.cancel").isVisible()

    def test_the_dialog_saves_what_was_asked_for(self, qtbot, view, model, part, tmp_path, samples):
        model.append([*samples.association(1), *samples.notes(3)])
        click(qtbot, part("log.save"))
        menu = part("log.save_menu", QMenu)
        assert menu.isVisible()
        menu.actions()[1].trigger()
        menu.close()
        dialog = view.findChild(QFileDialog, "log.save_dialog")
        assert dialog.isVisible()
        assert dialog.defaultSuffix() == "txt"
        dialog.selectNameFilter(ExportFormat.JSON_LINES.value)
        dialog.filterSelected.emit(ExportFormat.JSON_LINES.value)
        assert dialog.defaultSuffix() == "jsonl"
        dialog.setDirectory(str(tmp_path))
        dialog.findChild(QLineEdit).setText("mine")
        dialog.accept()
        assert self.said(qtbot, part).startswith("15 events saved")
        assert (tmp_path / "mine.jsonl").exists()

    def test_a_name_with_a_suffix_of_its_own_gets_the_format_that_was_chosen(
        self, qtbot, view, model, part, tmp_path, samples
    ):
        model.append(list(samples.association(1)))
        click(qtbot, part("log.save"))
        part("log.save_menu", QMenu).actions()[1].trigger()
        dialog = view.findChild(QFileDialog, "log.save_dialog")
        dialog.selectNameFilter(ExportFormat.JSON_LINES.value)
        dialog.setDirectory(str(tmp_path))
        dialog.findChild(QLineEdit).setText("mine.log")
        dialog.accept()
        assert self.said(qtbot, part).startswith("12 events saved")
        assert (tmp_path / "mine.log").read_text().startswith("{")


@pytest.mark.parametrize("text", ["#202020", "#f0f0f0"])
def test_looks_readable_on_light_and_on_dark(qtbot, qapp, view, table, model, samples, text):
    """A row's words stand out from what they stand on, selected or not."""
    palette, before = QPalette(qapp.palette()), QPalette(qapp.palette())
    background = "#f0f0f0" if text == "#202020" else "#202020"
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText):
        palette.setColor(role, text)
    for role in (QPalette.ColorRole.Base, QPalette.ColorRole.AlternateBase, QPalette.ColorRole.Window):
        palette.setColor(role, background)
    qapp.setPalette(palette)
    try:
        model.append(list(samples.association(1)))
        qapp.sendEvent(table, QEvent(QEvent.Type.PaletteChange))
        image = table.viewport().grab().toImage()
        for row in range(3):
            cell = table.visualRect(model.index(row, Column.EVENT))
            tones = {
                image.pixelColor(x, y).lightness()
                for x in range(cell.left(), cell.right())
                for y in range(cell.top(), cell.bottom())
            }
            assert max(tones) - min(tones) > 90
    finally:
        qapp.setPalette(before)
