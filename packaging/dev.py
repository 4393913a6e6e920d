#!/usr/bin/env python3
"""Set up, run, test and check Parley from a checkout, with nothing but Python.

Every command does its own set-up and skips what is already there, so that a second call starts at once. The file uses
the standard library only and keeps to syntax that Python 3.7 can read: an old interpreter must get as far as the line
that asks for a newer one.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path

USAGE = """\
usage: python3 packaging/dev.py COMMAND [ARGUMENTS]

  run   [ARGUMENTS]   open the window; with no display, run `parley demo` instead
  test  [ARGUMENTS]   run the fast tests, real peers included; the arguments go to pytest
  test  --slow […]    run the slow ones: kills, full disks, whole tables of real peers
  fuzz  [--minutes N] give every reader inputs that are nearly right
  faults [--minutes N] kill writers for as long as that; fill disks and cut limits once
  bench [ARGUMENTS]   print the benchmark figures
  check               ruff, ruff format, mypy, import-linter

Each command first sets up what it needs: the virtual environment .venv and, on Linux, system packages."""

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
OLDEST_PYTHON = (3, 11)
ON_LINUX: bool = sys.platform.startswith("linux")

QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""What Qt's wheels take from a Linux system for windows under X11, under Wayland and without a screen: library and
Debian package. The wheels bring all else."""

EXTRAS = ("", "dev", "fuzz")
"""The optional dependencies of pyproject.toml, each with those before it: none to run, some to test, more to fuzz."""

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_PACKAGE = "fonts-dejavu-core"

GERMAN_FILES = {
    "/usr/share/i18n/locales/de_DE": "locales",
    "/usr/share/locale/de/LC_MESSAGES/libc.mo": "libc-l10n",
}
"""What the tests make a German system of: file and Debian package."""
KEEP_GERMAN = ["-o", "Dpkg::Options::=--path-include=/usr/share/locale/de/LC_MESSAGES/libc.mo", "--reinstall"]
"""Small installations leave all translations out of their packages; one that is there already lacks them too."""
SLOW, MINUTES = "--slow", "--minutes"
FAULT_TESTS = 5
"""Those of tests/faults that go on for as long as they are given: the kills."""

DCMTK_PROGRAMS = ("echoscu", "storescu", "termscu", "storescp", "dcmqrscp")


def say(text: str) -> None:
    """Print one line at once, so that it stands before what the next program prints."""
    print(f"dev.py: {text}", flush=True)


# --- the virtual environment -----------------------------------------------------------------------------------------


def venv_program(name: str) -> str:
    """Path of a program in the virtual environment."""
    if os.name == "nt":
        return str(VENV / "Scripts" / f"{name}.exe")
    return str(VENV / "bin" / name)


def fingerprint() -> str:
    """Changes whenever an installed environment may no longer fit the checkout."""
    asked = (ROOT / "pyproject.toml").read_bytes() + CONSTRAINTS.read_bytes()
    return hashlib.sha256(asked + f"{python_version()} {ROOT}".encode()).hexdigest()


def python_version() -> str:
    """Major and minor version: a new patch release does not make an environment unfit."""
    return "{}.{}".format(*sys.version_info[:2])


def is_installed(extra: str) -> bool:
    """Whether the environment holds Parley with that extra; a wider one serves, too."""
    current = fingerprint()
    stamps = [stamp(name) for name in EXTRAS[EXTRAS.index(extra) :]]
    return has_venv() and any(path.is_file() and path.read_text() == current for path in stamps)


def stamp(extra: str) -> Path:
    """The file whose content tells what was last installed completely."""
    return VENV / f"parley-installed-{extra or 'run'}"


def ensure_installed(extra: str = "dev") -> None:
    """Bring the virtual environment up to date.

    Args:
        extra: the optional dependencies of pyproject.toml to install; none where it is empty.

    Raises:
        SystemExit: it could not be created, or pip failed.
    """
    if is_installed(extra):
        return
    say(f"setting up {VENV} (some minutes the first time)")
    if not has_venv():
        create_venv()
    for name in EXTRAS:
        stamp(name).unlink(missing_ok=True)
    # The build tools come first: built without isolation, Parley needs no second download of them.
    pip_install("setuptools", "wheel")
    pip_install("--no-build-isolation", "--editable", f"{ROOT}[{extra}]" if extra else str(ROOT))
    stamp(extra).write_text(fingerprint())


def has_venv() -> bool:
    """Whether there is an environment of this Python version that was created to the end."""
    configuration = VENV / "pyvenv.cfg"
    return (
        configuration.is_file()
        and f"version = {python_version()}." in configuration.read_text("utf-8")
        and all(Path(venv_program(name)).exists() for name in ("python", "pip"))
    )


def create_venv() -> None:
    """Create the environment, over one that does not fit any more."""
    if importlib.util.find_spec("ensurepip") is None and not provide([f"python{python_version()}-venv"]):
        sys.exit("dev.py: this Python cannot create virtual environments without that package")
    venv.create(VENV, clear=True, with_pip=True, symlinks=os.name != "nt")


def pip_install(*arguments: str) -> None:
    """Install into the virtual environment, within the constraints."""
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--constraint", str(CONSTRAINTS)]
    code = subprocess.call([venv_program("python"), "-m", "pip", "install", *options, *arguments])
    if code:
        sys.exit(f"dev.py: pip could not install {shlex.join(arguments)}")


# --- system packages -------------------------------------------------------------------------------------------------


def missing_qt_packages() -> list[str]:
    """Debian packages that Qt needs and this Linux system lacks."""
    if not ON_LINUX:
        return []
    packages = [package for library, package in QT_LIBRARIES.items() if not is_loadable(library)]
    return packages if has_fonts() else [*packages, FONT_PACKAGE]


def is_loadable(library: str) -> bool:
    """Whether the dynamic linker finds this library and all that it needs."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_fonts() -> bool:
    """Whether there is any font that Qt can draw with."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return any(next(folder.rglob(f"*.{kind}"), None) for folder in folders for kind in ("[ot]tf", "ttc", "pf[ab]"))


def missing_dcmtk_programs() -> list[str]:
    """The DCMTK programs that the interop tests start and that are not in the PATH."""
    return [program for program in DCMTK_PROGRAMS if shutil.which(program) is None]


def missing_german_packages() -> list[str]:
    """Debian packages that a German system, as some tests need it, is made of and that this one lacks."""
    return [package for file, package in GERMAN_FILES.items() if ON_LINUX and not Path(file).exists()]


def provide(packages: list[str], options: list[str] | None = None) -> bool:
    """Install Debian packages where that needs no question, else print the line to type.

    Args:
        options: of apt-get, for these packages.

    Returns:
        whether they are there now.
    """
    if not packages:
        return True
    privilege = administrator_prefix()
    if privilege is not None and shutil.which("apt-get"):
        say(f"installing {' '.join(packages)}")
        if apt_install([*(options or []), *packages], privilege):
            return True
    say("these Debian packages are missing (elsewhere they go by other names); to install them, type:")
    print(f"    {'' if is_root() else 'sudo '}apt-get install {' '.join(packages)}", flush=True)
    return False


def apt_install(packages: list[str], privilege: list[str]) -> bool:
    """Let apt-get install; the lists are fetched only where the known ones do not do."""
    apt_get = [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    install = [*apt_get, "install", "--yes", "--no-install-recommends", *packages]
    quiet = subprocess.DEVNULL
    if subprocess.call(install, stdin=quiet, stdout=quiet, stderr=quiet) == 0:
        return True
    return subprocess.call([*apt_get, "update"]) == 0 and subprocess.call(install) == 0


def administrator_prefix() -> list[str] | None:
    """What to put before a command to run it as administrator without being asked; None where there is no way."""
    if is_root():
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0:
        return sudo
    return None


def is_root() -> bool:
    """Whether this process may do everything; never so on Windows."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


# --- the commands ----------------------------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    """Open the window, or show the exchange as text where there is no screen."""
    ensure_installed(extra="")
    if not has_display():
        say("no display (DISPLAY and WAYLAND_DISPLAY are not set): running `parley demo` instead of opening the window")
        return hand_over([venv_program("python"), "-m", "parley", "demo"])
    if not provide(missing_qt_packages()):
        return 1
    return hand_over([venv_program("python"), "-m", "parley", "gui", *arguments])


def has_display() -> bool:
    """Whether a window can appear. Only Linux can be without."""
    return not ON_LINUX or any(os.environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))


def test(arguments: list[str]) -> int:
    """Run a group of tests on all cores; go on without what could not be installed, but say so."""
    group = "slow" if SLOW in arguments else "not slow"
    return pytest("-n", "auto", "-m", group, *(argument for argument in arguments if argument != SLOW))


def faults(arguments: list[str]) -> int:
    """Make faults, one test after the other: kills go on for some minutes, all others are made once."""
    minutes, rest = minutes_of(arguments, 1.0)
    os.environ["PARLEY_FAULT_SECONDS"] = str(minutes * 60 / FAULT_TESTS)
    return pytest("tests/faults", "-v", *rest)


def pytest(*arguments: str) -> int:
    """Become pytest in an environment that has all it can have."""
    ensure_installed()
    if not provide(missing_qt_packages()):
        say("going on: tests of the window may fail without them")
    if not provide(missing_german_packages(), KEEP_GERMAN):
        say("going on: the tests that need a German system are left out")
    provide_dcmtk()
    os.chdir(ROOT)
    return hand_over([venv_program("python"), "-m", "pytest", *arguments])


def minutes_of(arguments: list[str], otherwise: float) -> tuple[float, list[str]]:
    """What `--minutes N` says, and the other arguments."""
    if MINUTES not in arguments:
        return otherwise, arguments
    place = arguments.index(MINUTES)
    try:
        return float(arguments[place + 1]), arguments[:place] + arguments[place + 2 :]
    except (IndexError, ValueError):
        sys.exit(f"dev.py: {MINUTES} takes a number")


def fuzz(arguments: list[str]) -> int:
    """Fuzz the readers; see tests/fuzz/run.py."""
    ensure_installed("fuzz")
    os.chdir(ROOT)
    return hand_over([venv_program("python"), "-m", "tests.fuzz.run", *arguments])


def provide_dcmtk() -> None:
    """Get the real peers of the interop tests, or name the tests that are left out without them."""
    missing = missing_dcmtk_programs()
    if not missing:
        return
    if ON_LINUX:
        provide(["dcmtk"])
        missing = missing_dcmtk_programs()
    if missing:
        say(f"DCMTK is not complete here (no {', '.join(missing)}); tests marked dcmtk are left out, in:")
        for path in dcmtk_tests():
            print(f"    {path.relative_to(ROOT).as_posix()}", flush=True)


def dcmtk_tests() -> list[Path]:
    """The test modules with tests that need DCMTK."""
    return [path for path in sorted(ROOT.glob("tests/**/test_*.py")) if "mark.dcmtk" in path.read_text("utf-8")]


def bench(arguments: list[str]) -> int:
    """Print the benchmark table; the windows in it need no screen."""
    ensure_installed()
    if not provide(missing_qt_packages()):
        return 1
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.chdir(ROOT)
    return hand_over([venv_program("python"), str(ROOT / "tests" / "benchmarks" / "run.py"), *arguments])


def check(arguments: list[str]) -> int:
    """Run every linter, also when an earlier one finds something."""
    if arguments:
        sys.exit("dev.py: check takes no arguments")
    ensure_installed()
    os.chdir(ROOT)
    linters = {
        "ruff check": [venv_program("ruff"), "check", "."],
        "ruff format": [venv_program("ruff"), "format", "--check", "."],
        "mypy": [venv_program("mypy")],
        "import-linter": [venv_program("lint-imports"), "--no-logo"],
    }
    failed = []
    for name, command in linters.items():
        say(name)
        if subprocess.call(command):
            failed.append(name)
    say(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def hand_over(command: list[str]) -> int:
    """Become the command where the system can do that, so that signals and the exit code are its own."""
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606
    return subprocess.call(command)


COMMANDS = {"run": run, "test": test, "fuzz": fuzz, "faults": faults, "bench": bench, "check": check}


def main(arguments: list[str]) -> int:
    """Do what the first argument says."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = "{}.{}".format(*OLDEST_PYTHON)
        sys.exit(f"dev.py: Parley needs Python {wanted} or newer; {sys.executable} is {sys.version.split()[0]}")
    if arguments[:1] in (["-h"], ["--help"], ["help"]):
        print(USAGE)
        return 0
    if not arguments or arguments[0] not in COMMANDS:
        print(USAGE, file=sys.stderr)
        return 2
    return COMMANDS[arguments[0]](arguments[1:])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
