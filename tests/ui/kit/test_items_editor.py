"""Tables of items by clicks and keys: nothing typed is refused or lost, whatever it says."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QComboBox, QLineEdit, QToolButton, QWidget

from parley.model.handle import ExtendedNegotiation, ForcedAnswer, KnownUser, RawSubItem, RoleProposal
from parley.model.secret import MASK, Secret
from parley.ui.kit.uid_picker import Picker
from parley.ui.sides.negotiation_sections import (
    common_extended_field,
    extended_field,
    forced_field,
    raw_field,
    roles_field,
)
from parley.ui.sides.service_flags import (
    FIND,
    RETRIEVE,
    RETRIEVE_INSTANCES,
    STORAGE,
    WORKLIST,
    Layout,
    layout_of,
    with_flag,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CT = "1.2.840.10008.5.1.4.1.1.2"
FIND_STUDIES = "1.2.840.10008.5.1.4.1.2.2.1"


def shown(qtbot, field):
    qtbot.addWidget(field)
    field.resize(500, 300)
    field.show()
    field.activateWindow()
    qtbot.waitUntil(field.isActiveWindow)
    field.tester = QAbstractItemModelTester(
        field.editor.model, QAbstractItemModelTester.FailureReportingMode.Fatal, field.editor.model
    )
    field.editor.home = field  # Qt's parents keep no Python object
    return field.editor


def click(qtbot, editor, part):
    button = editor.window().findChild(QToolButton, f"{editor.table.objectName()}.{part}")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def type_cell(qtbot, editor, row, column, text):
    """F2, the text, Enter."""
    table = editor.table
    table.setCurrentIndex(editor.model.index(row, column))
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_F2)
    # The editor of the cell before may not be deleted yet.
    line = next(line for line in table.viewport().findChildren(QLineEdit) if line.isVisible())
    line.selectAll()
    qtbot.keyClicks(line, text)
    end_typing(qtbot, editor, line)


def end_typing(qtbot, editor, line):
    """Enter; the table takes the text one turn of the loop later."""
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: editor.table.state() != editor.table.State.EditingState)


def test_sop_classes_are_added_by_the_picker(qtbot):
    editor = shown(qtbot, roles_field("scu", "Role selection", "proposed"))
    assert not editor.table.isVisible()
    click(qtbot, editor, "add")
    picker = editor.findChild(Picker)
    qtbot.keyClicks(picker.text, "CTImageStorage")
    with qtbot.waitSignal(editor.changed):
        qtbot.keyClick(picker.text, Qt.Key.Key_Return)
    assert editor.value() == (RoleProposal(CT, 1, 1),)
    assert editor.table.isVisible()


def test_cells_are_typed_by_name_word_or_number(qtbot):
    editor = shown(qtbot, roles_field("scu", "Role selection", "proposed"))
    editor.set_value((RoleProposal("1.2.3"),))
    type_cell(qtbot, editor, 0, 0, "CT Image Storage")
    type_cell(qtbot, editor, 0, 1, "not proposed")
    type_cell(qtbot, editor, 0, 2, "7")
    assert editor.value() == (RoleProposal(CT, 0, 7),)
    assert editor.model.index(0, 2).data() == "7 (reserved)"


def test_what_cannot_be_a_value_stays_in_its_cell_and_is_said(qtbot):
    editor = shown(qtbot, raw_field("scu"))
    click(qtbot, editor, "add")
    end_typing(qtbot, editor, editor.table.viewport().findChild(QLineEdit))
    type_cell(qtbot, editor, 0, 0, "58H")
    type_cell(qtbot, editor, 0, 1, "0x01 02 zz")
    assert editor.value() == (RawSubItem(0x58, b""),)
    assert editor.model.index(0, 1).data() == "0x01 02 zz"
    assert [place for place, _, _ in editor.typed_problems()] == ["[0].data"]
    type_cell(qtbot, editor, 0, 1, "01:02")
    assert editor.value() == (RawSubItem(0x58, b"\1\2"),)
    assert list(editor.typed_problems()) == []


def test_rows_move_and_go_by_keys(qtbot):
    editor = shown(qtbot, raw_field("scu"))
    editor.set_value(tuple(RawSubItem(number) for number in (1, 2, 3)))
    editor.select(2)
    qtbot.keyClick(editor.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [item.item_type for item in editor.value()] == [1, 3, 2]
    qtbot.keyClick(editor.table, Qt.Key.Key_Delete)
    assert [item.item_type for item in editor.value()] == [1, 2]
    qtbot.keyClick(editor.table, Qt.Key.Key_Insert)
    assert len(editor.value()) == 3


@pytest.mark.parametrize(
    ("column", "typed", "expected"),
    [
        (0, "", ForcedAnswer("", 3)),
        (1, "5", ForcedAnswer(CT, 3, None, 5)),
        (2, "no answer at all", ForcedAnswer(CT, None)),
        (2, "7", ForcedAnswer(CT, 7)),
        (3, "none", ForcedAnswer(CT, 3, ())),
        (3, "ExplicitVRLittleEndian; 1.2.3", ForcedAnswer(CT, 3, ("1.2.840.10008.1.2.1", "1.2.3"))),
        (3, "1.2, 1.3", ForcedAnswer(CT, 3, ("1.2", "1.3"))),
    ],
)
def test_answers_by_force_say_all_that_they_can(qtbot, column, typed, expected):
    editor = shown(qtbot, forced_field("scp"))
    editor.set_value((ForcedAnswer(CT, 3),))
    type_cell(qtbot, editor, 0, column, typed or "\b")
    assert editor.value() == (expected,)


def test_an_unchanged_cell_is_no_edit(qtbot):
    editor = shown(qtbot, forced_field("scp"))
    answers = (ForcedAnswer(CT, 7, (), 300), ForcedAnswer(CT, None, ("1.2", "1.3")))
    editor.set_value(answers)
    with qtbot.assertNotEmitted(editor.changed):
        for row in range(2):
            for column in range(4):
                index = editor.model.index(row, column)
                editor.model.setData(index, index.data(Qt.ItemDataRole.EditRole))
    assert editor.value() == answers


def test_every_cell_gives_back_what_it_shows_for_typing(qtbot):
    editor = shown(qtbot, common_extended_field("scu"))
    for column in editor.model.columns:
        value = ("1.2", CT) if column.attribute.startswith("related") else CT
        assert column.parsed(column.typed(value), value) == value


def test_passcodes_are_masked_in_the_table_and_while_they_are_typed(qtbot):
    from parley.ui.sides.user_identity import UserCheckSection

    section = UserCheckSection("scp")
    qtbot.addWidget(section)
    section.show()
    section.unfold()
    field = section.fields()["users"]
    field.editor.set_value((KnownUser("alice", Secret.of("pw")),))
    editor = field.editor
    assert editor.model.index(0, 1).data() == MASK
    editor.table.setCurrentIndex(editor.model.index(0, 1))
    editor.table.setFocus()
    qtbot.keyClick(editor.table, Qt.Key.Key_F2)
    line = editor.table.viewport().findChild(QLineEdit)
    assert line.echoMode() == QLineEdit.EchoMode.Password
    line.selectAll()
    qtbot.keyClicks(line, "new")
    end_typing(qtbot, editor, line)
    assert editor.value() == (KnownUser("alice", Secret.of("new")),)


# --- flags -----------------------------------------------------------------------------------------------------------


def test_flags_of_the_selected_row_are_named_and_change_its_bytes(qtbot):
    editor = shown(qtbot, extended_field("scu"))
    editor.set_value((ExtendedNegotiation(FIND_STUDIES, b"\1"), ExtendedNegotiation("1.2.3", b"\1")))
    editor.select(0)
    fuzzy = editor.findChild(QComboBox, "scu.extended_negotiation.flags.fuzzy")
    assert (fuzzy.isVisible(), fuzzy.currentText()) == (True, "not sent")
    fuzzy.setFocus()
    while fuzzy.currentText() != "1  yes":
        qtbot.keyClick(fuzzy, Qt.Key.Key_Up)
    assert editor.value()[0].information == b"\1\0\1"
    editor.select(1)
    assert not fuzzy.isVisible()


@pytest.mark.parametrize(
    ("sop_class", "layout", "bytes_"),
    [
        (CT, STORAGE, {1: "level_of_support", 3: "digital_signatures", 5: "element_coercion"}),
        (FIND_STUDIES, FIND, {1: "relational", 2: "date_time", 3: "fuzzy", 4: "timezone", 5: "multi_frame",
                              6: "empty_value", 7: "multiple_value"}),
        ("1.2.840.10008.5.1.4.1.2.1.2", RETRIEVE, {1: "relational", 2: "multi_frame"}),
        ("1.2.840.10008.5.1.4.1.2.1.3", RETRIEVE, {1: "relational", 2: "multi_frame"}),
        ("1.2.840.10008.5.1.4.1.2.4.3", RETRIEVE_INSTANCES, {2: "multi_frame"}),
        ("1.2.840.10008.5.1.4.1.2.5.3", RETRIEVE_INSTANCES, {2: "multi_frame"}),
        ("1.2.840.10008.5.1.4.31", WORKLIST, {3: "fuzzy", 4: "timezone"}),
        ("1.2.840.10008.1.1", Layout(), {}),
        ("1.2.3", Layout(), {}),
    ],
)  # fmt: skip
def test_flags_stand_in_the_bytes_that_the_standard_gives_them(sop_class, layout, bytes_):
    """Numbers count from 1, as the tables of PS3.4 do."""
    assert layout_of(sop_class) == layout
    assert {flag.position + 1: flag.attribute for flag in layout.flags} == bytes_


def test_what_the_levels_of_storage_mean():
    """PS3.4 sections B.4.1.1 and B.4.1.4: only the third level of signatures preserves them."""
    support, signatures, coercion = (flag.words for flag in STORAGE.flags)
    assert (len(support), len(signatures), len(coercion)) == (4, 4, 3)
    assert ["lost" in signatures[1], "replaced" in signatures[2], "kept" in signatures[3]] == [True] * 3
    assert support[3] == coercion[2] == "not applicable: SCU only"


def test_a_flag_leaves_the_other_bytes_alone():
    fuzzy = FIND.flags[2]
    assert with_flag(FIND, b"\1\1\0\1\1\x99", fuzzy, 1) == b"\1\1\1\1\1\x99"
    assert with_flag(FIND, b"", fuzzy, 1) == b"\0\0\1"


def test_a_flag_brings_the_mandatory_bytes_along_as_they_usually_are():
    assert with_flag(STORAGE, b"", STORAGE.flags[1], 3) == b"\3\0\3\0\2\0"
    assert with_flag(STORAGE, b"\1", STORAGE.flags[2], 1) == b"\1\0\0\0\1\0"
    assert with_flag(WORKLIST, b"", WORKLIST.flags[0], 1) == b"\1\1\1"
    assert with_flag(RETRIEVE, b"", RETRIEVE.flags[0], 1) == b"\1"
    assert with_flag(RETRIEVE_INSTANCES, b"", RETRIEVE_INSTANCES.flags[0], 1) == b"\0\1"


def test_every_widget_has_a_name_for_tests_and_assistive_tools(qtbot):
    for field in (roles_field("scu", "Role selection", "proposed"), raw_field("scu"), extended_field("scu")):
        editor = shown(qtbot, field)
        widgets = [editor.table, *editor.buttons]
        assert all(w.objectName() and w.accessibleName() and w.toolTip() for w in widgets if isinstance(w, QWidget))


def test_the_buttons_stay_where_they_are_when_the_first_row_comes(qtbot):
    editor = shown(qtbot, raw_field("scu"))
    before = editor.add_button.geometry()
    click(qtbot, editor, "add")
    qtbot.waitUntil(lambda: all(button.isVisible() for button in editor.buttons))
    editor.window().layout().activate()
    assert editor.add_button.geometry() == before
