"""Finding SOP classes and transfer syntaxes, ticking several, adding private ones."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from parley.model import registry
from parley.ui.kit.uid_picker import UID_ROLE, FoundModel, Picker

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CT = "1.2.840.10008.5.1.4.1.1.2"


@pytest.fixture
def model(qapp):
    made = FoundModel(registry.ABSTRACT_SYNTAXES)
    made.tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


@pytest.fixture
def picker(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.show()
    made = Picker(registry.ABSTRACT_SYNTAXES, "presentation contexts", parent)
    made.open()
    made.owner = parent
    made.taken = []
    made.picked.connect(made.taken.append)
    return made


def found(model):
    return [model.index(row, 0).data(UID_ROLE) for row in range(model.rowCount())]


def tick(model, uid):
    index = model.index(found(model).index(uid), 0)
    assert model.setData(index, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)


@pytest.mark.parametrize("text", ["ct image storage", "CTImageStorage", CT])
def test_name_keyword_and_uid_find_the_same(model, text):
    model.search(text)
    assert found(model)[0] == CT


def test_ticks_survive_the_next_search(model):
    model.search("ct image")
    tick(model, CT)
    model.search("verification")
    tick(model, "1.2.840.10008.1.1")
    assert model.ticked() == (CT, "1.2.840.10008.1.1")


def test_a_uid_nobody_registered_is_offered_as_private(model):
    model.search("1.2.3.4")
    assert found(model)[0] == "1.2.3.4"
    assert model.index(0, 0).data() == "Private"


def test_retired_ones_are_shown_on_demand_or_when_typed_whole(model):
    retired = next(e.uid for e in registry.lookup("", registry.ABSTRACT_SYNTAXES) if e.retired)
    assert retired not in found(model)
    model.search(retired)
    assert retired in found(model)
    model.search("")
    model.show_retired(True)
    assert retired in found(model)


def test_typing_and_enter_adds_the_best_match(qtbot, picker):
    qtbot.keyClicks(picker.text, "ct image storage")
    qtbot.keyClick(picker.text, Qt.Key.Key_Return)
    assert picker.taken == [(CT,)]


def test_the_arrows_choose_while_typing(qtbot, picker):
    qtbot.keyClicks(picker.text, "ct")
    first = picker.chosen()
    qtbot.keyClick(picker.text, Qt.Key.Key_Down)
    assert picker.chosen() != first
    assert picker.text.text() == "ct"


def test_the_button_counts_what_is_ticked(qtbot, picker):
    qtbot.keyClicks(picker.text, "ct image storage")
    picker.found.setFocus()
    qtbot.keyClick(picker.found, Qt.Key.Key_Space)
    button = picker.findChild(QPushButton, "picker.add")
    assert button.text() == "&Add 1"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert picker.taken == [(CT,)]


def test_private_ones_are_ticked_beside_others(qtbot, picker):
    for text in ("1.2.3.4", "ct image storage", "2.25.7"):
        picker.text.selectAll()
        qtbot.keyClicks(picker.text, text)
        picker.found.setFocus()
        qtbot.keyClick(picker.found, Qt.Key.Key_Space)
    qtbot.mouseClick(picker.findChild(QPushButton, "picker.add"), Qt.MouseButton.LeftButton)
    assert picker.taken == [("1.2.3.4", CT, "2.25.7")]


def test_nothing_found_adds_nothing_and_stays_open(qtbot, picker):
    qtbot.keyClicks(picker.text, "no such thing at all")
    qtbot.keyClick(picker.text, Qt.Key.Key_Return)
    assert picker.taken == []
    assert picker.isVisible()


def test_escape_adds_nothing(qtbot, picker):
    qtbot.keyClicks(picker.text, "ct")
    qtbot.keyClick(picker.text, Qt.Key.Key_Escape)
    assert picker.taken == []


def test_the_switch_for_retired_ones_works(qtbot, picker):
    before = picker.found.model().rowCount()
    picker.findChild(QCheckBox, "picker.retired").click()
    assert picker.found.model().rowCount() > before
