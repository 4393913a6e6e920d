"""Makes this process German, as Qt does with the window on a German desktop; a plugin for pytest in a child process.

The locale is made of what the Debian package locales brings, in a folder of its own: the machine's stay as they are.
"""

from __future__ import annotations

import errno
import locale
import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import load_dev

LOCALE = "de_DE.UTF-8"
WORDS = "Das Netzwerk ist nicht erreichbar"


def is_possible() -> bool:
    """Whether what a German system is made of is there."""
    return shutil.which("localedef") is not None and not load_dev().missing_german_packages()


def environment(folder: Path) -> dict[str, str]:
    """What a child process needs to be German; the locale is made in the folder."""
    command = ["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / LOCALE)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return {"LOCPATH": str(folder), "LC_ALL": LOCALE, "LANGUAGE": "de"}


def pytest_configure() -> None:
    """Set the locale before any test, and make sure that it is taken."""
    locale.setlocale(locale.LC_ALL, "")
    said = os.strerror(errno.ENETUNREACH)
    if said != WORDS:
        raise SystemExit(f"the system is not German, it says {said!r}")


def pytest_unconfigure() -> None:
    """It has stayed so: no test has set it back."""
    assert os.strerror(errno.ENETUNREACH) == WORDS
