"""On a desktop of another language the verdicts are the same: what decides is a name, and the words are ours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.harness import german

MODULES = [
    "tests/diagnosis",
    "tests/model/test_system_errors.py",
    "tests/model/test_dicom_files.py",
    *(f"tests/engine/test_{name}.py" for name in ("bad_peers", "giving_up", "loopback", "privileged_port")),
    *(f"tests/engine/test_{name}.py" for name in ("receiving", "sockets", "sources", "tls", "tls_setup")),
]
FEWEST = 400
"""Tests that there are at least in these modules: fewer, and they were not run."""


@pytest.mark.skipif(sys.platform != "linux", reason="the words of other systems follow other settings")
def test_diagnosis_and_engine_on_a_german_system(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTEST"))}
    if not german.is_possible() and "PARLEY_ALL_TESTS" not in os.environ:
        pytest.skip("no German system can be made: the Debian packages locales and libc-l10n are missing")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", german.__name__]
    done = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'tests'}", f"--ignore={__file__}", *MODULES],
        cwd=ROOT,
        env=inherited | german.environment(tmp_path),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=110,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed
    assert int(passed[1]) >= FEWEST
