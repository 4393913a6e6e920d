"""`packaging/dev.py`, run for real in a small checkout whose virtual environment only writes down what it is asked."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, load_dev
from tests.faults.writers import WRITERS

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the recording interpreter is a shell script")

RECORDER = """\
#!/bin/sh
echo "$@" >> "{log}"
exit {code}
"""


class Checkout:
    """A checkout with the real dev.py and a recording `.venv`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = root / "calls.log"
        (root / "packaging").mkdir(parents=True)
        shutil.copy(ROOT / "packaging" / "dev.py", root / "packaging")
        (root / "packaging" / "constraints.txt").write_text("")
        (root / "pyproject.toml").write_text("")
        (root / ".venv" / "bin").mkdir(parents=True)
        (root / ".venv" / "pyvenv.cfg").write_text("version = {}.{}.{}\n".format(*sys.version_info[:3]))
        for name in ("python", "pip", "ruff", "mypy", "lint-imports"):
            self.record(name)

    def record(self, name: str, code: int = 0) -> None:
        """Make that program of the environment write down its arguments and exit with that code."""
        program = self.root / ".venv" / "bin" / name
        program.write_text(RECORDER.format(log=self.log, code=code))
        program.chmod(0o755)

    def dev(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run dev.py with that environment and nothing else, so that no apt-get, sudo or DCMTK is found."""
        command = [sys.executable, str(self.root / "packaging" / "dev.py"), *arguments]
        environment = {"PATH": str(self.root / "nothing"), "LC_ALL": "C.UTF-8"} | environment
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    def calls(self) -> list[str]:
        """What the environment's programs were asked since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "a checkout")


@pytest.fixture
def dev():
    return load_dev()


def test_the_first_call_installs_and_the_second_does_not(checkout):
    checkout.dev("test", "-k", "something")
    first = checkout.calls()
    checkout.dev("test", "-k", "something")
    second = checkout.calls()
    assert [line.split()[:3] for line in first[:2]] == [["-m", "pip", "install"]] * 2
    assert first[1].endswith("[dev]")
    assert second == first[2:] == ["-m pytest -n auto -m not slow -k something"]


def test_the_slow_tests_are_a_group_of_their_own(checkout):
    checkout.dev("test", "--slow", "tests/ul")
    assert checkout.calls()[-1] == "-m pytest -n auto -m slow tests/ul"


def test_fuzzing_brings_its_tool_and_serves_the_tests_as_well(checkout):
    checkout.dev("fuzz", "--minutes", "2", "pdu")
    calls = checkout.calls()
    assert calls[1].endswith("[fuzz]")
    assert calls[-1] == "-m tests.fuzz.run --minutes 2 pdu"
    checkout.dev("test")
    assert len(checkout.calls()) == 1


def test_faults_are_made_for_as_long_as_they_are_given(checkout):
    said = checkout.dev("faults", "--minutes", "much")
    assert (said.returncode, said.stderr) == (1, "dev.py: --minutes takes a number\n")
    checkout.dev("faults", "--minutes", "5", "-x")
    assert checkout.calls()[-1] == "-m pytest tests/faults -v -x"


def test_as_many_faults_share_the_time_as_there_are(dev):
    modules = sorted((ROOT / "tests" / "faults").glob("test_*.py"))
    repeated = [path for path in modules if "rounds()" in path.read_text("utf-8")]
    assert [path.name for path in repeated] == ["test_kills.py", "test_kills_of_the_scp.py"]
    assert len(WRITERS) + 1 == dev.FAULT_TESTS


@pytest.mark.parametrize("changed", ["pyproject.toml", "packaging/constraints.txt"])
def test_a_changed_file_installs_again(checkout, changed):
    checkout.dev("test")
    (checkout.root / changed).write_text("# changed")
    checkout.calls()
    checkout.dev("test")
    assert "pip install" in checkout.calls()[0]


def test_run_is_content_with_the_environment_for_tests_but_not_the_other_way_round(checkout):
    checkout.dev("run")
    assert not any("[dev]" in line for line in checkout.calls())
    checkout.dev("test")
    assert any("[dev]" in line for line in checkout.calls())
    checkout.dev("run")
    assert checkout.calls() == ["-m parley demo"]


def test_a_failed_installation_stops_and_is_tried_again(checkout):
    checkout.record("python", code=1)
    result = checkout.dev("test")
    assert result.returncode == 1
    assert "pip could not install setuptools wheel" in result.stderr
    checkout.record("python")
    checkout.dev("test")
    assert sum("pip install" in line for line in checkout.calls()) == 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be without a display")
def test_run_without_a_display_says_so_and_shows_the_demo(checkout):
    result = checkout.dev("run", "--profile", "Loopback")
    assert "no display" in result.stdout
    assert checkout.calls()[-1] == "-m parley demo"


def test_run_with_a_display_opens_the_window(checkout, dev):
    if dev.missing_qt_packages():
        pytest.skip("this system lacks libraries for a window")
    checkout.dev("run", "--profile", "Loopback", DISPLAY=":99")
    assert checkout.calls()[-1] == "-m parley gui --profile Loopback"


def test_exit_codes_pass_through(checkout):
    checkout.dev("test")
    checkout.record("python", code=5)
    assert checkout.dev("test").returncode == 5


def test_check_runs_every_linter_and_names_the_failed_one(checkout):
    checkout.record("mypy", code=1)
    result = checkout.dev("check")
    assert result.returncode == 1
    assert result.stdout.splitlines()[-1] == "dev.py: failed: mypy"
    assert len(checkout.calls()) == 2 + 4


def test_missing_dcmtk_names_the_tests_left_out(checkout):
    (checkout.root / "tests" / "interop").mkdir(parents=True)
    marker = "dcmtk"  # spelled out, it would put this module on the list, too
    (checkout.root / "tests" / "interop" / "test_real_peer.py").write_text(f"@pytest.mark.{marker}\n")
    (checkout.root / "tests" / "test_other.py").write_text("")
    result = checkout.dev("test")
    assert "echoscu, storescu, termscu, storescp, dcmqrscp" in result.stdout
    assert "    tests/interop/test_real_peer.py\n" in result.stdout
    assert "test_other" not in result.stdout
    assert checkout.calls()[-1] == "-m pytest -n auto -m not slow"


def test_a_library_that_is_not_there_is_named_by_its_package(dev, monkeypatch):
    monkeypatch.setattr(dev, "ON_LINUX", True)
    monkeypatch.setattr(dev, "QT_LIBRARIES", {"libparley-no-such.so.7": "libparley-no-such7"})
    monkeypatch.setattr(dev, "FONT_FOLDERS", ("/no/such/folder",))
    assert dev.missing_qt_packages() == ["libparley-no-such7", "fonts-dejavu-core"]


def test_without_permission_the_exact_line_is_printed(dev, tmp_path, monkeypatch, capsys):
    refusing_sudo = tmp_path / "sudo"
    refusing_sudo.write_text("#!/bin/sh\nexit 1\n")
    refusing_sudo.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not dev.provide(["libegl1", "libxcb-cursor0"])
    assert capsys.readouterr().out.splitlines()[-1] == "    sudo apt-get install libegl1 libxcb-cursor0"


def test_apt_lists_are_fetched_only_when_the_first_attempt_fails(dev, tmp_path, monkeypatch):
    log = tmp_path / "log"
    apt_get = tmp_path / "apt-get"
    apt_get.write_text(f'#!/bin/sh\necho "$@" >> {log}\n[ -e {log}.known ] || {{ : > {log}.known; exit 100; }}\n')
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert dev.apt_install(["libegl1"], [])
    assert dev.apt_install(["libgl1"], [])
    verbs = [
        next(word for word in line.split() if word in {"install", "update"}) for line in log.read_text().splitlines()
    ]
    assert verbs == ["install", "update", "install", "install"]


def test_a_german_system_is_made_of_packages_whose_translations_are_kept(dev, monkeypatch):
    asked = []
    monkeypatch.setattr(dev, "ON_LINUX", True)
    monkeypatch.setattr(dev, "GERMAN_FILES", {"/no/such/de_DE": "locales", "/": "libc-l10n"})
    monkeypatch.setattr(dev, "administrator_prefix", list)
    monkeypatch.setattr(dev.shutil, "which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr(dev, "apt_install", lambda packages, privilege: asked.append((packages, privilege)) or True)
    assert dev.missing_german_packages() == ["locales"]
    assert dev.provide(dev.missing_german_packages(), dev.KEEP_GERMAN)
    assert asked == [([*dev.KEEP_GERMAN, "locales"], [])]
    assert any("--path-include=" in option for option in dev.KEEP_GERMAN)


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["nonsense"], 2), (["--help"], 0)])
def test_usage(checkout, arguments, code):
    result = checkout.dev(*arguments)
    assert result.returncode == code
    assert "usage: python3 packaging/dev.py COMMAND" in result.stdout + result.stderr
    assert checkout.calls() == []


@pytest.mark.skipif(shutil.which("ldd") is None, reason="needs ldd")
def test_the_list_of_libraries_is_what_qt_asks_for(dev):
    """Nothing that the platform plugins take from the system is missing from the list, or it is always there."""
    import PySide6

    plugins = [Path(PySide6.__path__[0], "Qt", "plugins", "platforms", f"libq{n}.so") for n in ("xcb", "offscreen")]
    needed = set().union(*(system_libraries(plugin) for plugin in plugins))
    listed = {path for path in needed if path.name in dev.QT_LIBRARIES}
    covered = listed.union(*(system_libraries(path) for path in listed), system_libraries(Path(sys.executable)))
    always_there = {"libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1"}
    assert {path.name for path in needed - covered} - always_there == set()


def system_libraries(binary: Path) -> set[Path]:
    """Libraries that the linker finds for a binary outside the folder of Qt."""
    lines = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [Path(line.split()[2]) for line in lines if "=> /" in line]
    return {path for path in paths if "PySide6" not in path.parts and "shiboken6" not in path.parts}
