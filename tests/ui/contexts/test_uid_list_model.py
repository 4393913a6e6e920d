"""The list of transfer syntaxes: its order and its edits."""

from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from parley.ui.contexts.uid_list_model import UidListModel
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN


def test_the_list_of_transfer_syntaxes_orders_adds_once_and_edits(qtbot):
    model = UidListModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_uids([IMPLICIT_VR_LITTLE_ENDIAN])
    with qtbot.waitSignal(model.edited):
        model.add([EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN])
    assert model.uids() == (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN)
    assert model.moveRow(QModelIndex(), 1, QModelIndex(), 0)
    model.setData(model.index(1), "RLE Lossless")
    assert model.uids() == (EXPLICIT_VR_LITTLE_ENDIAN, "1.2.840.10008.1.2.5")
    model.remove([0])
    assert model.uids() == ("1.2.840.10008.1.2.5",)
