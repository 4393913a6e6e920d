"""The benchmarks still run. Their figures are looked at by hand: `packaging/dev.py bench`."""

import importlib
import os
import subprocess
import sys

import pytest

from tests.benchmarks.run import NAMES
from tests.conftest import ROOT

QUICK = ("codec",)
"""Those that take seconds; the others take minutes, and load the machine on purpose."""


@pytest.mark.parametrize("name", NAMES)
def test_each_name_has_its_benchmark(name):
    assert callable(importlib.import_module(f"tests.benchmarks.bench_{name}").run)


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_it_prints_its_table(name):
    command = [sys.executable, "tests/benchmarks/run.py", name]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 3
