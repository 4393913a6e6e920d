"""The button that makes certificates for tests and puts them where they belong, on this side and on the other."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from parley.ui.kit import style
from parley.ui.kit.fields import named
from parley.ui.kit.file_dialogs import ask_for_folder
from parley.ui.kit.job_line import JobLine, Said

if TYPE_CHECKING:
    from parley.bridge.loop.job import Job
    from parley.engine.certificate_maker import CertificateFiles

_NAMES = {"scu": "SCU", "scp": "SCP"}


class CertificatesButton(QWidget):
    """Asks for a folder, makes the certificates there on a thread, and says what came of it.

    Signals:
        made(CertificateFiles): to be used on this side.
        wanted_there(CertificateFiles): to be used on the other side too.

    Args:
        side: this one, "scu" or "scp".
    """

    made = Signal(object)
    wanted_there = Signal(object)

    def __init__(self, object_name: str, side: str) -> None:
        super().__init__()
        self._other = _NAMES["scu" if side == "scp" else "scp"]
        self._object_name = object_name
        self._files: CertificateFiles | None = None
        self._create = QPushButton("Create test certificates…")
        tip = "Makes a small CA and a pair for a server and for a client, for tests alone, and uses them here"
        named(self._create, object_name, "Create test certificates", tip)
        self._there = QPushButton(f"Use on the {self._other} too")
        tip = f"Switches TLS on there, with the same CA and the {self._other}'s own certificate"
        named(self._there, f"{object_name}.other_side", f"Use on the {self._other} too", tip)
        self._reuse = QPushButton("Use those that are there")
        named(self._reuse, f"{object_name}.reuse", "Use those that are there", "Makes none and uses the files found")
        self._line = JobLine(object_name)
        row = QHBoxLayout()
        row.setSpacing(style.SPACING)
        for button in (self._create, self._there, self._reuse):
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self._line)
        self.setFocusProxy(self._create)
        self._create.clicked.connect(self._ask)
        self._there.clicked.connect(self._use_there)
        self._reuse.clicked.connect(self._use_found)
        self.forget()

    def forget(self) -> None:
        """Another draft is shown: what was said is not about it."""
        self._files = None
        self._there.hide()
        self._reuse.hide()
        self._line.say(None)

    @Slot()
    def _ask(self) -> None:
        ask_for_folder(self, f"{self._object_name}.dialog", "Folder for the test certificates", self._make)

    def _make(self, folders: tuple[Path, ...]) -> None:
        (folder,) = folders
        self.forget()
        self._line.run(partial(_make, folder), "Making certificates …", self._take, partial(self._say_failure, folder))

    def _take(self, files: CertificateFiles) -> Said:
        self._use(files)
        return (
            style.Tone.OK,
            f"Made in {files.ca.parent}, valid for a year. For tests alone: the keys have no passphrase.",
        )

    def _say_failure(self, folder: Path, error: Exception) -> Said:
        from parley.engine.certificate_maker import CertificateFilesError, existing_certificates

        if not isinstance(error, CertificateFilesError):
            raise error
        self._files = existing_certificates(folder)
        self._reuse.setVisible(self._files is not None)
        remedy = "Use them, or choose another folder." if self._files else "Choose another folder."
        return style.Tone.ERROR, f"No certificates were made: {error}. {remedy}"

    @Slot()
    def _use_found(self) -> None:
        if self._files is not None:
            self._use(self._files)
            self._reuse.hide()
            self._line.say((style.Tone.OK, f"In use: those in {self._files.ca.parent}."))

    def _use(self, files: CertificateFiles) -> None:
        self._files = files
        self.made.emit(files)
        self._there.show()

    @Slot()
    def _use_there(self) -> None:
        self._there.hide()
        self.wanted_there.emit(self._files)


def _make(folder: Path, _job: Job) -> CertificateFiles:
    from parley.engine.certificate_maker import make_test_certificates

    return make_test_certificates(folder)
