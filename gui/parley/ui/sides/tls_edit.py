"""The editor of a `Tls`: everything that its side has of it. It reads no certificate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QToolButton, QWidget

from parley.model.tls import ClientCertificate, Tls, TlsProfile, TlsVersion
from parley.ui.kit import style
from parley.ui.kit.fields import ComboBox, LineEdit, named
from parley.ui.kit.pieces import CheckEdit, ChoiceEdit, Switched, TextEdit
from parley.ui.kit.texts import Label
from parley.ui.sides.certificates import CertificatesButton
from parley.ui.sides.secret_edit import SecretEdit
from parley.ui.sides.tls_section import profile_words, with_certificates

if TYPE_CHECKING:
    from parley.engine.certificate_maker import CertificateFiles

_PROFILES: list[tuple[str, object]] = [(profile_words(profile), profile) for profile in TlsProfile]
_VERSIONS: list[tuple[str, object]] = [(f"TLS {version.value}", version) for version in TlsVersion]
_CLIENT_CERTIFICATES: list[tuple[str, object]] = [
    ("Not asked for", ClientCertificate.NONE),
    ("Asked for, may be left out", ClientCertificate.OPTIONAL),
    ("Required", ClientCertificate.REQUIRED),
]


class PathEdit(QWidget):
    """The path of a file, typed or chosen; None while the line is empty."""

    changed = Signal()

    def __init__(self, object_name: str, name: str, tip: str, when_empty: str) -> None:
        super().__init__()
        self.line = LineEdit()
        self.line.setPlaceholderText(when_empty)
        named(self.line, object_name, name, tip)
        self._browse = QToolButton()
        self._browse.setText("…")
        self._browse.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self._browse, f"{object_name}.browse", f"Choose: {name}", "Choose a file")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.line, 1)
        layout.addWidget(self._browse)
        self.setFocusProxy(self.line)
        self.line.textEdited.connect(self.changed)
        self._browse.clicked.connect(self._ask)

    def value(self) -> str | None:
        return self.line.text() or None

    def set_value(self, value: str | None) -> None:
        self.line.setText(value or "")

    @Slot()
    def _ask(self) -> None:
        dialog = QFileDialog(self, self.line.accessibleName())
        dialog.setObjectName(f"{self.line.objectName()}.dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["PEM files (*.pem *.crt *.cer *.key)", "All files (*)"])
        dialog.fileSelected.connect(self._take)
        dialog.open()

    @Slot(str)
    def _take(self, path: str) -> None:
        self.line.setText(path)
        self.changed.emit()


class TlsEdit(QWidget):
    """All parts of a `Tls` that its side has; the others are kept as they are.

    Attributes:
        wanted_there: the other side is to use these `CertificateFiles` too.

    Args:
        answers: whether this is an acceptor's.
    """

    changed = Signal()
    wanted_there = Signal(object)

    def __init__(self, object_name: str, *, answers: bool) -> None:
        super().__init__()
        self._tls = Tls()
        self._answers = answers
        self._object_name = object_name
        self._editors: dict[str, Any] = {}
        self._custom: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(style.SPACING)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)

        self._add("profile", "Profile", ChoiceEdit(_PROFILES), "PS3.15: which versions and ciphers are offered")
        for part, words in (("minimum_version", "Oldest version"), ("maximum_version", "Newest version")):
            self._custom += self._add(part, words, ChoiceEdit(_VERSIONS), "Of the custom profile")
        tip = "OpenSSL's cipher list up to TLS 1.2, of the custom profile; empty is OpenSSL's default"
        self._custom += self._add("ciphers", "Ciphers", TextEdit(), tip)
        path = self._path("ca_file", "Trusted CA file", "PEM file of the certificates that are trusted", "system store")
        self._add("ca_file", "Trusted CA file", path)
        tip = "PEM file of this side's certificate, first in its chain"
        path = self._path("certificate_file", "Own certificate", tip, "none")
        self._add("certificate_file", "Own certificate", path)
        tip = "PEM file of this side's private key"
        self._add("key_file", "Own key", self._path("key_file", "Own key", tip, "in the certificate's file"))
        name = f"{object_name}.passphrase"
        self._add("passphrase", "Passphrase", SecretEdit(name, "Passphrase", "Of an encrypted key", from_file=False))
        name, line = f"{object_name}.server_name", TextEdit()
        tip = "The only name a client may call" if answers else "Sent to the server and expected in its certificate"
        named(line, name, "Server name", f"{tip}; empty for none")
        words = "only this" if answers else "instead of the host"
        self._add("server_name", "Server name", Switched(line, name, "Server name", words, "", beside=True))
        tip = "Whether the application protocol “dicom” is offered in the handshake"
        self._add("alpn", "", CheckEdit("Offer ALPN “dicom”"), tip, "Offer ALPN")
        if answers:
            tip = "A certificate that comes is always verified"
            self._add("client_certificate", "Client certificate", ChoiceEdit(_CLIENT_CERTIFICATES), tip)
        else:
            tip = "Whether the certificate must be trusted, valid and of the right name"
            self._add("verify", "", CheckEdit("Verify the server's certificate"), tip, "Verify")
        self._certificates = CertificatesButton(f"{object_name}.certificates", "scp" if answers else "scu")
        self._certificates.made.connect(self._use)
        self._certificates.wanted_there.connect(self.wanted_there)
        self._grid.addWidget(self._certificates, self._grid.rowCount(), 0, 1, 2)
        self.setFocusProxy(self._editors["profile"])
        self._adapt()

    def value(self) -> Tls:
        return replace(self._tls, **{part: editor.value() for part, editor in self._editors.items()})

    def set_value(self, value: Tls) -> None:
        self._certificates.forget()
        self._fill(value)

    @Slot(object)
    def _use(self, files: CertificateFiles) -> None:
        self._fill(with_certificates(self.value(), files, answers=self._answers))
        self.changed.emit()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _fill(self, value: Tls) -> None:
        self._tls = value
        for part, editor in self._editors.items():
            editor.set_value(getattr(value, part))
        self._adapt()

    def _path(self, part: str, name: str, tip: str, when_empty: str) -> PathEdit:
        return PathEdit(f"{self._object_name}.{part}", name, tip, when_empty)

    def _add(self, part: str, words: str, editor: Any, tip: str = "", name: str = "") -> list[QWidget]:
        if isinstance(editor, (ComboBox, QLineEdit)) or name:
            named(editor, f"{self._object_name}.{part}", words or name, tip)
        self._editors[part] = editor
        label = Label(words)
        label.setBuddy(editor)
        row = self._grid.rowCount()
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(editor, row, 1)
        if isinstance(editor, SecretEdit):
            editor.stand_beside(label, self._grid)
        editor.changed.connect(self._edited)
        return [label, editor]

    @Slot()
    def _edited(self) -> None:
        self._adapt()
        self.changed.emit()

    def _adapt(self) -> None:
        """Versions and ciphers are the custom profile's."""
        is_custom = self.value().profile is TlsProfile.CUSTOM
        for widget in self._custom:
            widget.setVisible(is_custom)
