"""What is shipped: one package, all its rooms, its resources."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

SHIPPED_RESOURCES = {".json", ".svg", ".md", ".toml", ".png", ".qm"}


@pytest.fixture(scope="module")
def pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built as a release is, but with the build tools at hand, so that no network is needed."""
    folder = tmp_path_factory.mktemp("wheel")
    # setuptools leaves its working files in the source folder: give it a copy of what goes into the wheel.
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "gui", "resources"):
        _copy(ROOT / name, source / name)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def _copy(source: Path, target: Path) -> None:
    """Copy a file or a tree without compiled files, which another process may be writing."""
    if source.is_file():
        target.write_bytes(source.read_bytes())
        return
    for path in source.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())


def test_parley_is_the_only_top_level_name(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"parley"}


def test_every_module_and_resource_is_inside(wheel):
    modules = {f"parley/{path.relative_to(ROOT / 'gui/parley').as_posix()}" for path in ROOT.glob("gui/parley/**/*.py")}
    resources = {
        f"parley/resources/{path.relative_to(ROOT / 'resources').as_posix()}"
        for path in ROOT.glob("resources/**/*")
        if path.suffix in SHIPPED_RESOURCES or path.name == "__init__.py"
    }
    assert (modules | resources | {"parley/py.typed"}) - set(wheel.namelist()) == set()


def test_every_resource_is_of_a_kind_that_is_shipped():
    kinds = {path.suffix for path in ROOT.glob("resources/**/*") if path.is_file() and "__pycache__" not in path.parts}
    assert kinds - SHIPPED_RESOURCES <= {".py"}


def test_the_licence_is_inside(wheel):
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


def test_the_command_is_declared(wheel):
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "parley = parley.cli:main" in wheel.read(entry_points).decode()


def test_pyproject_names_every_package(pyproject):
    rooms = {path.parent.relative_to(ROOT / "gui") for path in ROOT.glob("gui/parley/**/__init__.py")}
    expected = {".".join(room.parts) for room in rooms} | {"parley.resources"}
    assert set(pyproject["tool"]["setuptools"]["packages"]) == expected


def test_the_installed_version_is_the_one_in_the_code():
    from importlib.metadata import version

    import parley

    assert version("parley-dicom") == parley.__version__


def test_the_version_costs_no_import():
    """`import parley` alone must not pull in a room, Qt or the DICOM libraries."""
    code = "import sys; before = set(sys.modules); import parley; print(*sorted(set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["parley"]


def test_constraints_hold_names_and_versions_only():
    lines = (ROOT / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins
    assert all("==" in line and "/" not in line and "@" not in line for line in pins)


def test_constraints_name_the_whole_environment():
    """A distribution that is installed but not pinned would let two machines differ."""
    from importlib.metadata import distributions

    pinned = {
        _normal(line.split("==")[0])
        for line in (ROOT / "packaging" / "constraints.txt").read_text("utf-8").splitlines()
    }
    wanted, known = {"parley-dicom"}, {_normal(d.metadata["Name"]): d for d in distributions()}
    reached: set[str] = set()
    while wanted:
        name = wanted.pop()
        reached.add(name)
        wanted |= {need for need in _needs(known[name]) if need in known} - reached
    assert reached - pinned - {"parley-dicom"} == set()


def _normal(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(".", "-")


def _needs(distribution) -> set[str]:
    """Names of what a distribution asks for here; of the extras, only Parley's own for development counts."""
    from packaging.requirements import Requirement

    extra = "dev" if _normal(distribution.metadata["Name"]) == "parley-dicom" else ""
    requirements = [Requirement(text) for text in distribution.requires or []]
    return {_normal(r.name) for r in requirements if r.marker is None or r.marker.evaluate({"extra": extra})}
