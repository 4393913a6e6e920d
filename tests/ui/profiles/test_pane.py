"""The profiles pane by clicks and keys: opening, naming, deleting, and every question asked once."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMessageBox, QPushButton, QWidget

from parley.bridge.profiles.book import ProfileBook
from parley.model.files.store import ProfileStore
from parley.model.profile import LOOPBACK, Profile, RequestorSide
from parley.model.samples import sample_profiles
from parley.ui.profiles.pane import ProfilesPane

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SIDE = RequestorSide(host="pacs")
_Button = QMessageBox.StandardButton


@pytest.fixture
def store(tmp_path):
    made = ProfileStore(tmp_path / "profiles")
    made.create(Profile("CT 1"))
    made.create(Profile("PACS"))
    (made.folder / "broken.toml").write_text("schema = 1\nname = \n")
    return made


@pytest.fixture
def book(qtbot, store):
    made = ProfileBook(store)
    made.start("CT 1.toml")
    qtbot.waitUntil(lambda: not made.is_listing)
    return made


@pytest.fixture
def pane(qtbot, book):
    made = ProfilesPane(book)
    qtbot.addWidget(made)
    made.tester = QAbstractItemModelTester(made.list.model(), QAbstractItemModelTester.FailureReportingMode.Fatal)
    made.resize(240, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


def rows(pane):
    model = pane.list.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def click(qtbot, pane, text):
    index = pane.list.model().index(rows(pane).index(text), 0)
    qtbot.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=pane.list.visualRect(index).center())


def change(book):
    book.edit(SIDE, book.draft.scp)


def question(pane, name="profiles.unsaved_question"):
    return pane.findChild(QMessageBox, name)


def say(qtbot, box, button):
    qtbot.mouseClick(box.button(button), Qt.MouseButton.LeftButton)


def test_the_open_profile_is_selected(pane):
    assert pane.list.currentIndex().data() == "CT 1"


def test_a_click_opens_a_profile(qtbot, pane, book):
    click(qtbot, pane, "PACS")
    assert book.draft.name == "PACS"


def test_the_keyboard_opens_a_profile(qtbot, pane, book):
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_End)
    assert book.draft.name == "PACS"


def test_an_unreadable_file_says_where_and_why_and_stays(qtbot, pane, book, store):
    click(qtbot, pane, "broken")
    text = pane.findChild(QWidget, "profiles.problem").text()
    assert "broken.toml, line 2" in text
    assert book.draft.name == "CT 1"
    assert not pane.rename_action.isEnabled()
    assert (store.folder / "broken.toml").read_text() == "schema = 1\nname = \n"


def highlighted(pane):
    return [index.data() for index in pane.list.selectionModel().selectedIndexes()]


def test_what_is_open_stays_highlighted_when_a_file_cannot_be_read(qtbot, pane, book):
    for _ in range(2):
        click(qtbot, pane, "broken")
        assert highlighted(pane) == ["CT 1"]
        assert pane.findChild(QWidget, "profiles.problem").text().endswith("“CT 1” stays open.")
    qtbot.keyClick(pane.list, Qt.Key.Key_Home)
    qtbot.keyClick(pane.list, Qt.Key.Key_Down)
    assert (highlighted(pane), pane.list.currentIndex().data()) == (["Loopback"], "broken")
    qtbot.keyClick(pane.list, Qt.Key.Key_End)
    assert highlighted(pane) == ["PACS"] == [book.draft.name]


def test_changes_are_marked_and_can_be_saved(qtbot, pane, book, store):
    assert not pane.save_action.isEnabled()
    change(book)
    assert "* CT 1" in rows(pane)
    pane.save_action.trigger()
    assert "CT 1" in rows(pane)
    assert store.load("CT 1.toml").scu == SIDE
    assert not pane.save_action.isEnabled()


def test_switching_asks_once_and_stays_where_it_was_told_to(qtbot, pane, book):
    change(book)
    click(qtbot, pane, "PACS")
    click(qtbot, pane, "Loopback")
    assert len(pane.findChildren(QMessageBox)) == 1
    say(qtbot, question(pane), _Button.Cancel)
    assert book.draft == replace(Profile("CT 1"), scu=SIDE)
    assert pane.list.currentIndex().data() == "* CT 1"


def test_escape_is_staying(qtbot, pane, book):
    change(book)
    click(qtbot, pane, "PACS")
    qtbot.keyClick(question(pane), Qt.Key.Key_Escape)
    assert book.draft.scu == SIDE
    assert pane.list.currentIndex().data() == "* CT 1"


@pytest.mark.parametrize(("button", "saved"), [(_Button.Save, SIDE), (_Button.Discard, RequestorSide())])
def test_saving_or_discarding_goes_on(qtbot, pane, book, store, button, saved):
    change(book)
    click(qtbot, pane, "PACS")
    say(qtbot, question(pane), button)
    assert book.draft.name == "PACS"
    assert store.load("CT 1.toml").scu == saved


def test_loopback_is_saved_under_a_name(qtbot, pane, book, store):
    click(qtbot, pane, "Loopback")
    change(book)
    pane.save_action.trigger()
    dialog = pane.findChild(QInputDialog, "profiles.name_question")
    edit = dialog.findChild(QLineEdit)
    edit.selectAll()
    qtbot.keyClicks(edit, "Mine")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert book.draft.name == "Mine"
    assert store.load("Mine.toml").scu == SIDE
    assert store.load(LOOPBACK.name) == LOOPBACK


def test_a_name_that_is_taken_is_refused_in_words(qtbot, pane, book):
    pane.save_as_action.trigger()
    dialog = pane.findChild(QInputDialog, "profiles.name_question")
    dialog.setTextValue("PACS")
    dialog.accept()
    assert "already" in pane.findChild(QWidget, "profiles.problem").text()


def test_renaming_happens_in_the_list(qtbot, pane, book, store):
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_F2)
    edit = pane.list.findChild(QLineEdit)
    edit.selectAll()
    qtbot.keyClicks(edit, "CT one")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: book.draft.name == "CT one")
    assert "CT one" in rows(pane)
    assert pane.list.currentIndex().data() == "CT one"


def test_new_and_duplicate_open_what_they_make(pane, book):
    pane.duplicate_action.trigger()
    assert book.draft.name == "CT 1 copy"
    pane.new_action.trigger()
    assert book.draft.name == "New profile"
    assert pane.list.currentIndex().data() == "New profile"


def test_deleting_asks_first(qtbot, pane, book, store):
    pane.list.setFocus()
    qtbot.keyClick(pane.list, Qt.Key.Key_Delete)
    say(qtbot, question(pane, "profiles.delete_question"), _Button.Cancel)
    assert "CT 1" in rows(pane)
    pane.delete_action.trigger()
    box = pane.findChildren(QMessageBox, "profiles.delete_question")[-1]
    qtbot.mouseClick(box.findChild(QWidget, "profiles.delete_question.delete"), Qt.MouseButton.LeftButton)
    assert rows(pane) == ["Loopback", "broken", "PACS"]
    assert book.draft == LOOPBACK


def test_a_broken_file_can_be_deleted(qtbot, pane, store):
    click(qtbot, pane, "broken")
    pane.delete_action.trigger()
    box = question(pane, "profiles.delete_question")
    qtbot.mouseClick(box.findChild(QWidget, "profiles.delete_question.delete"), Qt.MouseButton.LeftButton)
    assert not (store.folder / "broken.toml").exists()


def test_loopback_offers_neither_rename_nor_delete(qtbot, pane):
    click(qtbot, pane, "Loopback")
    assert (pane.rename_action.isEnabled(), pane.delete_action.isEnabled()) == (False, False)
    assert pane.duplicate_action.isEnabled()


def test_revert_is_there_for_changes_only(pane, book):
    assert not pane.revert_action.isEnabled()
    change(book)
    pane.revert_action.trigger()
    assert not book.is_dirty


def test_a_sample_becomes_a_profile_of_ones_own(pane, book, store):
    pane.sample_menu.aboutToShow.emit()
    pane.sample_menu.aboutToShow.emit()
    names = [action.text() for action in pane.sample_menu.actions()]
    assert names == [sample.name for sample in sample_profiles()]
    pane.sample_menu.actions()[0].trigger()
    pane.sample_menu.actions()[0].trigger()
    assert book.draft.name == "Reject every caller 2"
    assert str(store.load("Reject every caller.toml").scp.rules.reject_all) == "1/1/7"


def listed(qtbot, book):
    """As another window's activation: the list is read again."""
    book.refresh()
    qtbot.waitUntil(lambda: not book.is_listing)


def test_what_another_program_changes_is_seen_and_the_view_stays_where_it_is(qtbot, pane, book, store):
    for number in range(40):
        store.create(Profile(f"Peer {number:02}"))
    listed(qtbot, book)
    click(qtbot, pane, "Peer 03")
    bar = pane.list.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    scrolled, before = bar.value(), rows(pane)
    with qtbot.assertNotEmitted(pane.list.model().modelReset), qtbot.assertNotEmitted(book.opened):
        (store.folder / "Peer 39.toml").write_text("schema = 1\nname = 'Zebra'\n")
        (store.folder / "Peer 20.toml").unlink()
        (store.folder / "Peer 21.toml").unlink()
        (store.folder / "Peer 30.toml").write_text("schema = 1\nname = \n")
        store.create(Profile("Peer 10a"))
        listed(qtbot, book)
    after = sorted(
        {*before, "Peer 10a", "Zebra"} - {f"Peer {n}" for n in (20, 21, 39)} - {"Loopback"}, key=str.casefold
    )
    assert rows(pane) == ["Loopback", *after]
    assert pane.list.currentIndex().data() == book.draft.name == "Peer 03"
    assert bar.value() == scrolled > 0
    tip = pane.list.model().index(rows(pane).index("Peer 30"), 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "Peer 30.toml, line 2 cannot be read" in tip


def test_very_many_changes_are_shown_at_once(qtbot, pane, book, store):
    for number in range(60):
        store.create(Profile(f"Peer {number:02}"))
    listed(qtbot, book)
    for number in range(60):
        store.create(Profile(f"Peer {number:02}b"))
    with qtbot.waitSignal(pane.list.model().modelReset), qtbot.assertNotEmitted(book.opened):
        listed(qtbot, book)
    assert len(rows(pane)) == len(book.entries) == 124
    assert pane.list.currentIndex().data() == "CT 1"


def test_nothing_new_moves_nothing(qtbot, pane, book):
    click(qtbot, pane, "broken")
    model = pane.list.model()
    with qtbot.assertNotEmitted(book.listed), qtbot.assertNotEmitted(model.dataChanged):
        listed(qtbot, book)
    assert pane.list.currentIndex().data() == "broken"


def test_a_file_that_cannot_be_read_stays_selected_while_others_come(qtbot, pane, book, store):
    click(qtbot, pane, "broken")
    store.create(Profile("Another"))
    listed(qtbot, book)
    assert "Another" in rows(pane)
    assert pane.list.currentIndex().data() == "broken"


def test_when_the_open_profile_goes_elsewhere_no_other_is_opened(qtbot, pane, book, store):
    (store.folder / "CT 1.toml").unlink()
    with qtbot.assertNotEmitted(book.opened):
        listed(qtbot, book)
    assert book.draft.name == "CT 1"
    assert not pane.list.currentIndex().isValid()
    change(book)
    with qtbot.waitSignal(book.conflicting):
        pane.save_action.trigger()
    qtbot.mouseClick(pane.findChild(QPushButton, "profiles.conflict.mine"), Qt.MouseButton.LeftButton)
    assert pane.list.currentIndex().data() == "CT 1"
    qtbot.waitUntil(lambda: not book.is_listing)


def test_only_the_rows_that_are_marked_are_shown_anew(qtbot, pane, book):
    shown = []
    pane.list.model().dataChanged.connect(lambda first, last, *_: shown.append((first.row(), last.row())))
    change(book)
    row = rows(pane).index("* CT 1")
    assert shown == [(row, row)]


def test_the_list_is_read_again_when_the_window_is_come_back_to(qtbot, pane, book, store):
    store.create(Profile("Another"))
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitActive(other)
    pane.activateWindow()
    qtbot.waitUntil(lambda: "Another" in rows(pane))


def test_a_profile_of_long_texts_is_shown_as_far_as_it_is_read(qtbot, pane, book, store):
    long = "x" * 300_000
    key = store.create(Profile(long, RequestorSide(host=long), comment=long))
    book.take(store.list())
    index = pane.list.model().index(pane.list.model().row_of(key), 0)
    for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
        assert len(index.data(role)) <= 2000
    assert long[:50] in index.data()
    assert "(300000 characters)" in index.data()
    assert not pane.list.model().setData(index, index.data(Qt.ItemDataRole.EditRole)), "nothing was typed"
    assert store.load(key).name == long


def test_a_long_name_still_leaves_room_for_the_question(qtbot, pane, book, store):
    key = store.create(Profile("x" * 300_000))
    book.take(store.list())
    pane.list.setCurrentIndex(pane.list.model().index(pane.list.model().row_of(key), 0))
    pane.delete_action.trigger()
    (box,) = pane.findChildren(QMessageBox)
    assert box.text().startswith('Delete the profile "xxx')
    assert box.text().endswith('(300000 characters)"?')
    box.close()
