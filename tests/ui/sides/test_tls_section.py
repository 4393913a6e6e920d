"""TLS by clicks and keys, on both sides."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QFileDialog, QLineEdit, QToolButton, QWidget

from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import ClientCertificate, Tls, TlsProfile, TlsVersion
from parley.ui.sides.tls_section import TlsSection

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture(params=["scu", "scp"])
def section(request, qtbot):
    return unfolded(qtbot, request.param)


@pytest.fixture
def scu(qtbot):
    return unfolded(qtbot, "scu")


@pytest.fixture
def scp(qtbot):
    return unfolded(qtbot, "scp")


def unfolded(qtbot, prefix):
    made = TlsSection(prefix)
    made.prefix = prefix
    qtbot.addWidget(made)
    made.resize(500, 500)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    qtbot.mouseClick(made.findChild(QToolButton, f"{prefix}.tls"), Qt.MouseButton.LeftButton)
    made.findChild(QAbstractButton, f"{prefix}.tls.on").click()
    return made


def value(section):
    return section.applied_to(RequestorSide() if section.prefix == "scu" else AcceptorSide()).tls


def find(section, kind, name):
    return section.findChild(kind, f"{section.prefix}.tls.{name}")


def choose(qtbot, section, name, words):
    box = find(section, QComboBox, name)
    row = next(row for row in range(box.count()) if words in box.itemText(row))
    box.setFocus()
    while box.currentIndex() != row:
        qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < row else Qt.Key.Key_Up)


def test_one_click_switches_the_default_profile_on_and_off(section):
    assert (value(section), find(section, QComboBox, "profile").isVisible()) == (Tls(), True)
    section.findChild(QAbstractButton, f"{section.prefix}.tls.on").click()
    assert (value(section), find(section, QComboBox, "profile").isVisible()) == (None, False)


def test_versions_and_ciphers_are_the_custom_profiles(qtbot, section):
    assert not find(section, QComboBox, "minimum_version").isVisible()
    choose(qtbot, section, "profile", "Custom")
    assert find(section, QLineEdit, "ciphers").isVisible()
    choose(qtbot, section, "minimum_version", "1.0")
    qtbot.keyClicks(find(section, QLineEdit, "ciphers"), "ALL")
    assert value(section) == Tls(TlsProfile.CUSTOM, TlsVersion.TLS_1_0, ciphers="ALL")


def test_files_and_passphrase_are_typed_and_the_passphrase_is_masked(qtbot, section):
    for name in ("ca_file", "certificate_file", "key_file"):
        qtbot.keyClicks(find(section, QLineEdit, name), f"{name}.pem")
    passphrase = find(section, QLineEdit, "passphrase.text")
    qtbot.keyClicks(passphrase, "open")
    assert passphrase.echoMode() == QLineEdit.EchoMode.Password
    assert value(section) == Tls(
        ca_file="ca_file.pem",
        certificate_file="certificate_file.pem",
        key_file="key_file.pem",
        passphrase=Secret.of("open"),
    )
    find(section, QLineEdit, "ca_file").selectAll()
    qtbot.keyClick(find(section, QLineEdit, "ca_file"), Qt.Key.Key_Delete)
    assert value(section).ca_file is None


def test_a_file_is_chosen_without_a_nested_loop(qtbot, section):
    qtbot.mouseClick(find(section, QToolButton, "ca_file.browse"), Qt.MouseButton.LeftButton)
    dialog = section.findChild(QFileDialog)
    assert dialog.isVisible()
    dialog.fileSelected.emit("/certificates/ca.pem")
    dialog.reject()
    assert value(section).ca_file == "/certificates/ca.pem"


def test_the_name_is_the_hosts_until_another_or_none_is_wanted(qtbot, section):
    assert value(section).server_name is None
    find(section, QAbstractButton, "server_name.on").click()
    assert value(section).server_name == ""
    qtbot.keyClicks(find(section, QLineEdit, "server_name"), "pacs")
    assert value(section).server_name == "pacs"


def test_a_server_that_is_not_verified_is_said_in_words(qtbot, scu):
    find(scu, QAbstractButton, "verify").click()
    assert not value(scu).verify
    qtbot.mouseClick(scu.findChild(QToolButton, "scu.tls"), Qt.MouseButton.LeftButton)
    assert "NOT VERIFIED" in [label.toolTip() for label in scu.findChildren(QWidget) if label.isVisible()][-1]


def test_an_acceptor_asks_for_certificates(qtbot, scp):
    choose(qtbot, scp, "client_certificate", "Required")
    find(scp, QAbstractButton, "alpn").click()
    assert value(scp) == Tls(client_certificate=ClientCertificate.REQUIRED, alpn=False)
    assert find(scp, QWidget, "verify") is None
