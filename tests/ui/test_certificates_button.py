"""Test certificates by a button: made in a folder, used on this side as one edit, and offered to the other side."""

import os
import ssl
import stat
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QPushButton

from parley.model.secret import Secret
from parley.model.tls import Tls
from parley.ui.kit.job_line import JobLine
from parley.ui.sides.certificates import CertificatesButton

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SIDES = [("scu", "scp"), ("scp", "scu")]
WAIT_MS = 30_000
"""Three RSA keys on a busy machine."""


def tls(stage, side):
    return getattr(stage.book.draft, side).tls


def switch_on(stage, side):
    section = getattr(stage.window, side).tls
    section.unfold()
    section.findChild(QAbstractButton, f"{side}.tls.on").click()
    stage.book.end_step()


def press(qtbot, stage, name):
    qtbot.mouseClick(stage.find(QPushButton, name), Qt.MouseButton.LeftButton)


def choose(qtbot, stage, side, folder):
    press(qtbot, stage, f"{side}.tls.certificates")
    dialog = stage.find(QFileDialog, f"{side}.tls.certificates.dialog")
    assert dialog.isVisible()
    dialog.fileSelected.emit(str(folder))
    dialog.reject()


@pytest.fixture
def line(stage):
    """What the button's line says, by side."""

    def message(side):
        (button,) = getattr(stage.window, side).findChildren(CertificatesButton)
        return button.findChild(JobLine).message

    return message


def files(folder, kind):
    return Tls(
        ca_file=str(folder / "test-ca.pem"),
        certificate_file=str(folder / f"test-{kind}.pem"),
        key_file=str(folder / f"test-{kind}.key.pem"),
    )


@pytest.mark.parametrize(("side", "other"), SIDES)
def test_they_are_made_and_used_as_one_edit_and_the_other_side_may_have_them(qtbot, stage, tmp_path, line, side, other):
    own, theirs = ("client", "server") if side == "scu" else ("server", "client")
    switch_on(stage, side)
    choose(qtbot, stage, side, tmp_path)
    qtbot.waitUntil(lambda: line(side) != "", timeout=WAIT_MS)
    assert line(side).startswith(f"Made in {tmp_path}, valid for a year.")
    assert tls(stage, side) == files(tmp_path, own)
    assert tls(stage, other) is None
    press(qtbot, stage, f"{side}.tls.certificates.other_side")
    assert tls(stage, other) == files(tmp_path, theirs)
    assert getattr(stage.window, other).side().tls == files(tmp_path, theirs)
    stage.book.undo()
    assert (tls(stage, side), tls(stage, other)) == (files(tmp_path, own), None)
    stage.book.undo()
    assert tls(stage, side) == Tls()


def test_what_was_made_is_a_pair_that_only_its_owner_may_read(qtbot, stage, tmp_path, line):
    switch_on(stage, "scp")
    choose(qtbot, stage, "scp", tmp_path)
    qtbot.waitUntil(lambda: line("scp") != "", timeout=WAIT_MS)
    made = tls(stage, "scp")
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made.certificate_file, made.key_file)
    if os.name == "posix":
        assert stat.S_IMODE(Path(made.key_file).stat().st_mode) == 0o600


def test_what_is_there_is_never_overwritten_but_can_be_used(qtbot, stage, tmp_path, line):
    switch_on(stage, "scu")
    choose(qtbot, stage, "scu", tmp_path)
    qtbot.waitUntil(lambda: line("scu") != "", timeout=WAIT_MS)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.pem")}
    switch_on(stage, "scp")
    choose(qtbot, stage, "scp", tmp_path)
    qtbot.waitUntil(lambda: line("scp") != "", timeout=WAIT_MS)
    assert "already, which stay as they are. Use them, or choose another folder." in line("scp")
    assert tls(stage, "scp") == Tls()
    press(qtbot, stage, "scp.tls.certificates.reuse")
    assert tls(stage, "scp") == files(tmp_path, "server")
    assert {path: path.read_bytes() for path in tmp_path.glob("*.pem")} == before


def test_a_folder_with_a_part_of_them_offers_nothing(qtbot, stage, tmp_path, line):
    (tmp_path / "test-ca.pem").write_text("somebody's")
    switch_on(stage, "scu")
    choose(qtbot, stage, "scu", tmp_path)
    qtbot.waitUntil(lambda: line("scu") != "", timeout=WAIT_MS)
    assert line("scu").endswith("has test-ca.pem already, which stay as they are. Choose another folder.")
    assert not stage.find(QPushButton, "scu.tls.certificates.reuse").isVisible()
    assert (tmp_path / "test-ca.pem").read_text() == "somebody's"


def test_a_folder_that_cannot_be_written_is_said(qtbot, stage, tmp_path, line):
    (tmp_path / "file").write_text("")
    switch_on(stage, "scu")
    choose(qtbot, stage, "scu", tmp_path / "file")
    qtbot.waitUntil(lambda: line("scu") != "", timeout=WAIT_MS)
    assert line("scu").startswith("No certificates were made: ")
    assert "cannot be written" in line("scu")
    assert tls(stage, "scu") == Tls()


def test_another_draft_forgets_what_was_said(qtbot, stage, tmp_path, line):
    (tmp_path / "test-ca.pem").write_text("somebody's")
    switch_on(stage, "scu")
    choose(qtbot, stage, "scu", tmp_path)
    qtbot.waitUntil(lambda: line("scu") != "", timeout=WAIT_MS)
    panel = stage.window.scu
    side = panel.side()
    panel.set_side(type(side)(tls=Tls(passphrase=Secret.of("x"))))
    assert line("scu") == ""
