"""What every test starts from (no screen, no settings of the person at the machine) and must not leave behind."""

import gc
import importlib.util
import itertools
import logging
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parent.parent

# How long Qt's tests wait for what must come, in milliseconds: 5 s run out on a busy machine.
for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitExposed, QtBot.waitActive):
    _wait.__kwdefaults__["timeout"] = 30_000

# Qt reads its platform when it is loaded, and QSettings its folder at first use: both come before any test.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# No test is to see, or to change, what the person at the machine keeps.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
_BASE = tempfile.TemporaryDirectory(prefix="parley-tests-")
_NUMBERS = itertools.count()
for _name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"):
    os.environ[_name] = _BASE.name

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("parley", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("parley")

# As in the window: on a thread of an executor a collection would destroy Qt objects of an earlier test, running timers
# and all.
gc.disable()
YOUNG_OBJECTS = 50_000

SETTLE_SECONDS = 1.0
"""How long threads and processes that were told to end may take."""


def load_dev() -> ModuleType:
    """The module `packaging/dev.py`, which no package holds."""
    spec = importlib.util.spec_from_file_location("parley_dev", ROOT / "packaging" / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs DCMTK where it is not complete."""
    missing = load_dev().missing_dcmtk_programs()
    if not missing:
        return
    for item in items:
        if item.get_closest_marker("dcmtk"):
            item.add_marker(pytest.mark.skip(reason=f"DCMTK is not complete: no {', '.join(missing)}"))


def pytest_unconfigure() -> None:
    """Clear up, also in the workers of xdist."""
    _BASE.cleanup()


@pytest.fixture(autouse=True)
def garbage_of_this_thread() -> Iterator[None]:
    """Collect what tests leave, on the thread that made it."""
    yield
    if gc.get_count()[0] > YOUNG_OBJECTS:
        gc.collect()


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration and data folder that no other test sees."""
    folder = Path(_BASE.name, str(next(_NUMBERS)))
    folder.mkdir()
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(folder))
    for name in ("APPDATA", "LOCAL_APPDATA"):
        monkeypatch.setenv(f"WIN_PD_OVERRIDE_{name}", str(folder))
    if sys.platform == "darwin":
        monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Fail the test that leaves a thread or a child process running, or a task broken or never awaited."""
    threads, children = _threads(), _children()
    errors = _ErrorLog()
    logging.getLogger("asyncio").addHandler(errors)
    yield
    logging.getLogger("asyncio").removeHandler(errors)
    assert not _settled(_threads, threads), f"threads left behind: {_threads() - threads}"
    assert not _settled(_children, children), f"processes left behind: {_children() - children}"
    assert not errors.lines, "asyncio complained:\n" + "\n".join(errors.lines)


class _ErrorLog(logging.Handler):
    """Keeps what asyncio reports where nobody awaits it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def _threads() -> set[threading.Thread]:
    """Running Python threads; those that Qt started and that only passed through Python do not count."""
    return {thread for thread in threading.enumerate() if not thread.name.startswith("Dummy-")}


def _children() -> set[str]:
    """Ids of this process's children, zombies included; Linux only, elsewhere nothing."""
    found: set[str] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # that thread has ended since it was listed
            found.update(path.read_text().split())
    return found


def _settled(look: Callable[[], set], before: set) -> set:
    """What is there beyond `before`, after it had the time to go."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (left := look() - before) and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    return left
