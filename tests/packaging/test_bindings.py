"""The pair of Python and PySide6 that is installed does not lose references.

PySide6 6.12.0 on Python 3.11 drops a reference to True for each emitted signal and one to None for each void call, and
the interpreter dies after some hundreds of them. A pair that does so must be named here, not suspected in another test.
"""

import platform
import subprocess
import sys
from importlib.metadata import version

CALLS = """
from PySide6.QtCore import QObject, Signal

class Emitter(QObject):
    fired = Signal(int)

received = []
emitter = Emitter()
emitter.fired.connect(received.append)
for number in range(5000):
    emitter.fired.emit(number)
    emitter.setObjectName("name")
assert received == list(range(5000))
"""


def test_signals_and_void_calls_keep_the_interpreter_alive():
    result = subprocess.run([sys.executable, "-c", CALLS], capture_output=True, text=True)
    pair = f"PySide6 {version('PySide6-Essentials')} on Python {platform.python_version()}"
    assert result.returncode == 0, f"{pair} is a bad pair:\n{result.stderr}"
