"""A main window with a controller that only writes down what it is asked, for tests of the widgets."""

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSettings, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit

from parley.bridge.answers.desk import AnswerDesk
from parley.bridge.answers.held import HeldModel
from parley.bridge.association_model import AssociationModel
from parley.bridge.consent import ConsentGate
from parley.bridge.log.model import LogModel
from parley.bridge.loop.pump import EventPump
from parley.bridge.opened_profile import OpenedProfile
from parley.bridge.profiles.book import ProfileBook
from parley.bridge.profiles.secret_keeper import SecretKeeper
from parley.engine.engine import Engine
from parley.model.answers.policy import no_profile
from parley.model.files.store import ProfileStore
from parley.ui.main_window import MainWindow


class Recorder(QObject):
    """The controller's signals, and a list of its calls."""

    attempt_started = Signal(object)
    attempt_finished = Signal(object)
    echo_finished = Signal(object)
    scu_state_changed = Signal(object)
    scu_busy_changed = Signal(bool)
    scu_ended = Signal(object)
    listening_changed = Signal(object)
    listen_failed = Signal(str)
    profile_shown = Signal(object)
    open_changed = Signal()
    listener_changed = Signal(object)

    def __init__(self):
        super().__init__()
        self.calls = []
        self.profiles = self.others = ()
        self.shown = OpenedProfile("", None, no_profile, None)

    def show(self, key):
        """As if every profile were the first one that is opened."""

    move = give_up = show

    def owner_of(self, number):
        """Nobody has a listener."""

    def __getattr__(self, name):
        if name not in {"associate", "echo", "release", "abort", "listen", "stop", "abort_association", "note"}:
            raise AttributeError(name)
        return lambda *arguments, **_: self.calls.append((name, *arguments))


class Stage:
    """A window and everything that was put into it.

    Args:
        keeper: where secrets are kept; None for the system's key store, of which tests have none.
    """

    def __init__(self, folder: Path, keeper: SecretKeeper | None = None) -> None:
        self.folder = folder
        self.controller = Recorder()
        self.store = ProfileStore(folder / "profiles")
        self.book = ProfileBook(self.store, keeper)
        self.log = LogModel()
        self.associations = AssociationModel()
        self.held = HeldModel()
        self.desk = AnswerDesk(Engine(self.log.append), self.controller, EventPump(), self.store.acceptor_side)
        self.consent = ConsentGate(self.book)
        self.closed = []
        self.window = self.open()

    def open(self) -> MainWindow:
        """Another window with the same settings."""
        settings = QSettings(str(self.folder / "settings.ini"), QSettings.Format.IniFormat)
        window = MainWindow(settings)
        window.close_requested.connect(lambda: self.closed.append(True))
        window.furnish(self.controller, self.book, self.log, self.associations, self.desk, self.held, self.consent)
        return window

    def find_action(self, name):
        """The action of that name."""
        return self.window.findChild(QAction, name)

    def find(self, kind, name):
        """The one widget of that name."""
        found = self.window.findChildren(kind, name)
        assert len(found) == 1, name
        return found[0]


def type_into(qtbot, stage, name, text):
    """Replace a field's text by typing."""
    edit = stage.find(QLineEdit, name)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def lay_out():
    """Give widgets their places now, as Qt does when its loop turns."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
