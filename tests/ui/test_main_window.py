"""The whole window: wishes reach the controller, news reach the panels, nothing unsaved is lost on closing."""

from importlib import resources

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTabBar,
    QTableView,
    QTextBrowser,
    QToolBar,
    QToolButton,
    QWidget,
)

from parley.model.attempt import Attempt, AttemptEnd
from parley.model.event import EventKind
from parley.model.profile import Profile, RequestorSide
from parley.ul.table import State
from tests.bridge.samples import Samples
from tests.ui.windows import Stage, lay_out, type_into

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
NAMES = [
    "profiles.list",
    "scu.host",
    "scu.port",
    "scu.called_ae_title",
    "scu.calling_ae_title",
    "scu.maximum_length",
    "scu.contexts",
    "scu.associate",
    "scu.echo",
    "scu.release",
    "scu.abort",
    "scu.verdict",
    "scu.state",
    "scp.host",
    "scp.port",
    "scp.ae_title",
    "scp.maximum_length",
    "scp.contexts",
    "scp.decision",
    "scp.listen",
    "scp.stop",
    "scp.associations",
    "log.table",
    "log.filter",
    "log.follow",
    "log.pause",
    "log.details",
    "status.scu",
    "status.scp",
    "status.events",
]
TAKEN = {"F3", "Shift+F3", "Ctrl+M", "Ctrl+D", "Ctrl+T", "Ctrl+.", "Ctrl+,", "Ctrl+C"}


def press(qtbot, stage, name):
    qtbot.mouseClick(stage.find(QPushButton, name), Qt.MouseButton.LeftButton)


def unfold_all(stage):
    for name in ("scu.implementation", "scu.timers", "scp.rules", "scp.implementation", "scp.timers"):
        stage.find(QToolButton, name).click()


# --- the stable interface --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_promised_name_is_there_once_with_a_name_for_assistive_tools(stage, name):
    assert stage.find(QWidget, name).accessibleName()


def test_everything_that_takes_input_has_a_name_a_label_and_a_tip(stage):
    """Views may leave tips to their headers and cells."""
    unfold_all(stage)
    kinds = (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit, QAbstractItemView)
    inner = (QComboBox, QAbstractItemView, QLineEdit)
    missing = [
        (type(widget).__name__, widget.objectName(), widget.accessibleName())
        for kind in kinds
        for widget in stage.window.findChildren(kind)
        if not isinstance(widget.parent(), inner)
        and not isinstance(widget, QHeaderView)
        and not isinstance(widget.parent(), QTabBar)
        and not widget.window().inherits("QComboBoxPrivateContainer")
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.objectName() and widget.accessibleName() and (widget.toolTip() or kind is QAbstractItemView))
    ]
    assert missing == []


def test_no_two_widgets_share_a_name(stage):
    unfold_all(stage)
    names = [
        widget.objectName()
        for widget in stage.window.findChildren(QWidget)
        if widget.objectName() and not widget.objectName().startswith("qt_")
    ]
    assert sorted({name for name in names if names.count(name) > 1 and "." in name}) == []


def actions(stage):
    found = {}
    for action in stage.window.findChildren(QAction):
        if not action.shortcut().isEmpty():
            found.setdefault(action.shortcut().toString(), []).append(action)
    return found


def test_shortcuts_of_the_window_clash_neither_with_each_other_nor_with_the_logs(stage):
    of_window = {
        keys: [a for a in found if a.shortcutContext() == Qt.ShortcutContext.WindowShortcut]
        for keys, found in actions(stage).items()
    }
    assert [keys for keys, found in of_window.items() if len(found) > 1] == []
    assert TAKEN & {keys for keys, found in of_window.items() if found} == set()
    shared = {keys for keys, found in actions(stage).items() if of_window[keys] and len(found) > len(of_window[keys])}
    assert shared == set()


def test_no_two_labels_or_menus_share_an_underlined_letter(stage):
    unfold_all(stage)
    texts = [label.text() for label in stage.window.findChildren(QLabel) if label.buddy()]
    texts += [button.text() for button in stage.window.findChildren(QAbstractButton)]
    texts += [action.text() for action in stage.window.menuBar().actions()]
    letters = [text.replace("&&", "").partition("&")[2][:1].lower() for text in texts]
    assert sorted({letter for letter in letters if letter and letters.count(letter) > 1}) == []


def test_no_button_of_the_toolbar_moves_while_one_types(qtbot, stage):
    toolbar, scu = stage.find(QToolBar, "toolbar"), stage.window.scu
    buttons = {each.text(): toolbar.widgetForAction(each) for each in toolbar.actions() if each.text()}
    type_into(qtbot, stage, "scu.called_ae_title", "RADIOLOGY_PACS_1")
    lay_out()
    before = {text: each.geometry() for text, each in buttons.items()}
    stage.controller.attempt_started.emit(scu.side())
    stage.controller.attempt_finished.emit(Attempt(AttemptEnd.ESTABLISHED, "127.0.0.1:11112"))
    stage.controller.scu_state_changed.emit(State.STA_6)
    type_into(qtbot, stage, "scu.called_ae_title", "A_TITLE_THAT_IS_TOO_LONG")
    scu.check()
    lay_out()
    release = toolbar.widgetForAction(scu.release_action)
    assert release.text().startswith("Release R")
    assert release.text().endswith("…")
    assert "RADIOLOGY_PACS_1" in release.toolTip()
    assert toolbar.widgetForAction(scu.associate_action).text() == "Send anyway"
    assert {text: each.geometry() for text, each in buttons.items()} == before
    assert all(each.sizeHint().width() <= each.width() for each in buttons.values())


def test_every_action_of_the_toolbar_is_in_a_menu_too(stage):
    in_menus = {action for menu in stage.window.menuBar().findChildren(QMenu) for action in menu.actions()}
    toolbar = stage.find(QWidget, "toolbar")
    wanted = {action for action in toolbar.actions() if action.text() and not action.isSeparator()}
    assert wanted <= in_menus
    assert all(action.toolTip() for action in wanted)


# --- wishes and news -------------------------------------------------------------------------------------------------


def test_the_buttons_reach_the_controller(qtbot, stage):
    press(qtbot, stage, "scp.listen")
    press(qtbot, stage, "scu.associate")
    stage.controller.scu_state_changed.emit(State.STA_6)
    for name in ("echo", "release", "abort"):
        press(qtbot, stage, f"scu.{name}")
    assert [call[0] for call in stage.controller.calls] == ["listen", "associate", "echo", "release", "abort"]
    assert stage.controller.calls[1][1] == RequestorSide()


def test_the_keys_reach_the_controller_even_while_typing(qtbot, stage):
    type_into(qtbot, stage, "scu.host", "127.0.0.2")
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    edit = stage.find(QLineEdit, "scu.host")
    qtbot.keyClick(edit, Qt.Key.Key_Return, control)
    stage.controller.scu_state_changed.emit(State.STA_6)
    qtbot.keyClick(edit, Qt.Key.Key_E, control)
    qtbot.keyClick(edit, Qt.Key.Key_R, control)
    qtbot.keyClick(edit, Qt.Key.Key_R, control | shift)
    qtbot.keyClick(edit, Qt.Key.Key_L, control)
    assert [call[0] for call in stage.controller.calls] == ["associate", "echo", "release", "abort", "listen"]


def test_the_status_bar_says_what_both_sides_do(qtbot, stage):
    stage.controller.listening_changed.emit("127.0.0.1:11112")
    stage.controller.scu_state_changed.emit(State.STA_6)
    assert stage.find(QLabel, "status.scp").text() == "SCP: Listening on 127.0.0.1:11112"
    assert stage.find(QLabel, "status.scu").text() == "SCU: Established (Sta6)"


def test_events_are_counted_in_words(stage):
    words = stage.find(QLabel, "status.events")
    assert words.text() == "0 events"
    events = list(Samples().association(1))
    stage.log.append(events[:1])
    assert words.text() == "1 event"
    stage.log.append(events[1:2])
    assert words.text() == "2 events"


def test_a_selected_event_shows_its_details(qtbot, stage):
    stage.log.append(list(Samples().association(1)))
    stage.window.log_view.table.selectRow(0)
    assert stage.find(QLabel, "status.events").text().startswith(f"{stage.log.total}")
    heading = stage.window.details.findChildren(QLabel)[0].text()
    assert heading.startswith("#")


def test_a_request_selected_before_its_answer_shows_the_answer_when_it_comes(stage):
    before, after = (events := list(Samples().association(1)))[:5], events[5:]
    stage.log.append(before)
    stage.window.log_view.table.selectRow(1)
    table = stage.find(QTableView, "details.negotiation").model()
    assert table.words == "2 proposed, no A-ASSOCIATE-AC in the log"
    stage.log.append(Samples().notes(1))
    stage.log.append(after)
    assert table.words == "1 of 2 accepted"


def test_the_panel_says_how_an_association_ended(stage):
    stage.controller.scu_state_changed.emit(State.STA_6)
    stage.controller.scu_ended.emit(Samples().event(EventKind.ABORTED, 1, text="by the peer"))
    assert stage.window.scu.verdict.accessibleDescription() == "Association aborted by the peer."


def test_the_panel_says_what_next_where_nobody_released(stage):
    stage.controller.shown.silence = 61.0
    stage.controller.scu_state_changed.emit(State.STA_6)
    cause = "The peer closed the transport connection."
    stage.controller.scu_ended.emit(Samples().event(EventKind.PROVIDER_ABORTED, 1, text=cause))
    said = stage.window.scu.verdict.accessibleDescription()
    assert "Association ended without release" in said
    assert "Nothing had come or gone for 61 s." in said
    assert "firewall" in said


# --- profiles --------------------------------------------------------------------------------------------------------


def test_opening_a_profile_fills_both_panels(stage):
    stage.book.create()
    assert not stage.book.is_dirty
    assert stage.window.windowTitle() == "New profile[*] — Parley"


def test_typing_marks_the_profile_and_undoing_it_unmarks_it(qtbot, stage):
    stage.book.create()
    type_into(qtbot, stage, "scu.host", "pacs")
    assert stage.window.isWindowModified()
    type_into(qtbot, stage, "scu.host", "127.0.0.1")
    assert not stage.window.isWindowModified()


def test_save_keeps_what_both_panels_hold(qtbot, stage):
    stage.book.create()
    type_into(qtbot, stage, "scu.called_ae_title", "PACS")
    type_into(qtbot, stage, "scp.ae_title", "ME")
    qtbot.keyClick(stage.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    saved = stage.store.load(stage.book.key)
    assert (saved.scu.handle.called_ae_title, saved.scp.handle.ae_title) == ("PACS", "ME")


def test_the_last_profile_and_the_layout_come_back(qtbot, stage):
    key = stage.store.create(Profile("CT 1"))
    stage.book.refresh()
    stage.book.open(key)
    stage.window.resize(stage.window.minimumSizeHint())
    size = stage.window.size()
    splitter = stage.find(QSplitter, "splitter.whole")
    splitter.setSizes([450, 250])
    sizes = splitter.sizes()
    stage.window.allow_close()
    stage.window.close()
    again = stage.open()
    qtbot.addWidget(again)
    assert stage.book.draft.name == "CT 1"
    again.show()
    assert again.size() == size
    assert again.findChild(QSplitter, "splitter.whole").sizes() == sizes


@pytest.mark.parametrize("name", ["geometry", "splitter.upper"])
def test_a_settings_file_that_makes_no_sense_does_no_harm(qtbot, tmp_path, name):
    (tmp_path / "settings.ini").write_text(f"[window]\n{name}=nonsense\n")
    made = Stage(tmp_path)
    qtbot.addWidget(made.window)
    made.window.show()
    assert made.window.width() > 800


# --- closing ---------------------------------------------------------------------------------------------------------


def test_closing_waits_for_leave(stage):
    stage.window.close()
    assert stage.closed == [True]
    assert stage.window.isVisible()
    stage.window.allow_close()
    stage.window.close()
    assert not stage.window.isVisible()


def test_closing_with_changes_asks_once(qtbot, stage):
    stage.book.create()
    type_into(qtbot, stage, "scu.host", "pacs")
    stage.window.close()
    stage.window.close()
    boxes = stage.window.findChildren(QMessageBox)
    assert len(boxes) == 1
    assert stage.closed == []
    qtbot.mouseClick(boxes[0].button(QMessageBox.StandardButton.Discard), Qt.MouseButton.LeftButton)
    assert stage.closed == [True]


# --- view and help ---------------------------------------------------------------------------------------------------


def trigger(stage, text):
    found = [a for a in stage.window.findChildren(QAction) if a.text().replace("&", "") == text]
    assert len(found) == 1, text
    found[0].trigger()


def test_the_folder_of_the_profiles_opens_before_there_is_one(stage, monkeypatch):
    opened = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened.append)
    assert not stage.store.folder.exists()
    trigger(stage, "Open profiles folder")
    assert [url.toLocalFile() for url in opened] == [str(stage.store.folder)]
    assert stage.store.folder.is_dir()


def test_panes_can_be_hidden_and_put_back(stage):
    trigger(stage, "Show Details")
    assert not stage.window.details.isVisible()
    trigger(stage, "Default layout")
    assert stage.window.details.isVisible()
    assert stage.find_action("view.details").isChecked()


def test_hidden_panes_stay_hidden_in_the_next_window(qtbot, stage):
    trigger(stage, "Show Details")
    stage.window.allow_close()
    stage.window.close()
    again = stage.open()
    qtbot.addWidget(again)
    again.show()
    assert (again.details.isVisible(), again.log_view.isVisible()) == (False, True)
    assert not again.findChild(QAction, "view.details").isChecked()


def test_the_search_goes_to_the_logs_filter_from_wherever_one_types(qtbot, stage):
    edit = stage.find(QLineEdit, "scu.host")
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert stage.find(QLineEdit, "log.filter").hasFocus()


@pytest.mark.parametrize(("number", "pane"), [(1, "profiles"), (2, "scu"), (3, "scp"), (4, "log_view")])
def test_a_key_goes_to_each_pane(qtbot, stage, number, pane):
    qtbot.keyClick(stage.window, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
    focus = stage.window.focusWidget()
    assert getattr(stage.window, pane).isAncestorOf(focus)


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("First five minutes", "help.first_five_minutes", "Loopback"),
        ("Answering requests", "help.answering", "Misbehave on purpose"),
        ("Filters and rules", "help.filters", "~calling CT*"),
        ("Keyboard", "help.keys", "Ctrl+Return"),
        ("About Parley", "help.about", "MIT"),
    ],
)
def test_help_opens_without_a_nested_loop(stage, text, name, words):
    trigger(stage, text)
    dialog = stage.find(QDialog, name)
    assert words in dialog.findChild(QTextBrowser).toPlainText()


def test_help_pages_name_only_buttons_that_exist(stage):
    page = resources.files("parley.resources").joinpath("help", "first_five_minutes.md").read_text("utf-8")
    words = {action.text().replace("&", "") for action in stage.window.findChildren(QAction)}
    for button in ("Listen", "Associate", "Echo", "Release", "Stop", "New", "Save"):
        assert f"**{button}**" in page
        assert button in words
