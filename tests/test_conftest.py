"""The guards of conftest.py: they fail the tests that leave something behind, and only those."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

GUARDED = """
import asyncio, gc, subprocess, threading

kept = []

def test_leaves_a_thread():
    threading.Thread(target=threading.Event().wait, args=(3,), daemon=True).start()

def test_leaves_a_process():
    kept.append(subprocess.Popen(["sleep", "3"]))

def test_leaves_a_failed_task():
    async def fail():
        raise ValueError

    async def main():
        asyncio.get_running_loop().create_task(fail())
        await asyncio.sleep(0)
        gc.collect()

    asyncio.run(main())

def test_tidies_up(own_folders):
    subprocess.run(["true"], check=True)
    thread = threading.Thread(target=(own_folders / "file").touch)
    thread.start()

def test_sees_nothing_of_the_test_before(own_folders):
    assert list(own_folders.iterdir()) == []
"""


def test_who_leaves_something_behind_fails(tmp_path: Path):
    module = tmp_path / "test_guarded.py"
    module.write_text(GUARDED)
    options = ["-q", "-p", "tests.conftest", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "-rE"]
    command = [sys.executable, "-m", "pytest", *options, str(module)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    summary = [line for line in result.stdout.splitlines() if line.startswith("ERROR ") and "::" in line]
    errors = {line.split()[1].split("::")[1] for line in summary}
    left_behind = {"test_leaves_a_thread", "test_leaves_a_failed_task"}
    if sys.platform.startswith("linux"):
        left_behind.add("test_leaves_a_process")
    assert errors == left_behind, result.stdout
    assert "5 passed" in result.stdout
