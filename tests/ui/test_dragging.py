"""Rows are reordered by dragging them with the mouse: on a screen, since the offscreen platform knows no drag."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.harness.process import ROOT

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("xvfb-run") is None, reason="xvfb-run is not installed"
)


@pytest.fixture(scope="module")
def dragged():
    environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
    command = ["xvfb-run", "-a", sys.executable, "-m", "tests.ui.drag_by_mouse"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_row_goes_where_it_is_dropped_and_stays_selected(dragged):
    assert dragged["one"] == [["1.2.1", "1.2.2", "1.2.3", "1.2.0", "1.2.4"], 1, [3]]


def test_several_rows_go_together_as_one_edit(dragged):
    assert dragged["several"] == [["1.2.1", "1.2.3", "1.2.0", "1.2.2", "1.2.4"], 1, [2, 3]]


def test_transfer_syntaxes_are_dragged_too(dragged):
    assert dragged["transfer syntaxes"] == [["1.2.2", "1.2.0", "1.2.1", "1.2.3", "1.2.4"], 1]
