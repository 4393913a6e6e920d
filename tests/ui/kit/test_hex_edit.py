"""Bytes as people type them: tolerant of how, clear about what cannot be bytes."""

import pytest
from PySide6.QtCore import Qt

from parley.ui.kit.hex_edit import HexEdit, hex_text, parse_hex


@pytest.mark.parametrize(
    "text", ["01 0A ff", "010aFF", "01:0a:ff", "0x01, 0x0A, 0xFF", r"\x01\x0a\xff", "1 a ff", "01-0A_FF", "01;0a;ff "]
)
def test_every_way_to_write_bytes_is_read(text):
    assert parse_hex(text) == b"\x01\x0a\xff"


@pytest.mark.parametrize(("text", "why"), [("0g", "'g' is not"), ("012", "odd number"), ("01 §", "'§' is not")])
def test_what_is_wrong_is_said(text, why):
    with pytest.raises(ValueError, match=why):
        parse_hex(text)


def test_nothing_is_no_bytes_and_back():
    assert (parse_hex(" "), hex_text(b""), hex_text(b"\x01\xab")) == (b"", "", "01 AB")


@pytest.fixture
def edit(qtbot):
    made = HexEdit(2)
    qtbot.addWidget(made)
    made.set_value(b"\1\2")
    return made


def test_typing_changes_the_value_and_leaving_tidies_the_text(qtbot, edit):
    edit.selectAll()
    with qtbot.waitSignal(edit.changed):
        qtbot.keyClicks(edit, "0xab,cd")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert (edit.value(), edit.text()) == (b"\xab\xcd", "AB CD")


@pytest.mark.parametrize(("typed", "why"), [("zz", "'z' is not"), ("01", "1 bytes are typed, the field holds 2")])
def test_while_it_cannot_be_read_the_last_bytes_count_and_the_text_stays(qtbot, edit, typed, why):
    edit.selectAll()
    qtbot.keyClicks(edit, typed)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert (edit.value(), edit.text()) == (b"\1\2", typed)
    assert [why in text for _, text, _ in edit.typed_problems()] == [True]


def test_showing_a_value_tells_nobody_and_forgets_what_was_wrong(qtbot, edit):
    qtbot.keyClicks(edit, "zz")
    with qtbot.assertNotEmitted(edit.changed):
        edit.set_value(b"\3\4")
    assert (edit.text(), list(edit.typed_problems())) == ("03 04", [])
