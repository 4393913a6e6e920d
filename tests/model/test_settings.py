"""The table of settings: every row, its bounds, its file and its spelling behind ``--set``."""

from dataclasses import fields
from pathlib import Path

import pytest

from parley.cli import main
from parley.model.files.settings_file import MOST_BYTES, read_settings
from parley.model.settings import SETTINGS, SettingError, Settings, setting_named, with_values
from parley.ul.limits import MIB, Limits


@pytest.mark.parametrize("name", SETTINGS)
def test_each_row_takes_its_default_says_what_it_is_and_refuses_what_it_is_not(name: str):
    setting = SETTINGS[name]
    assert setting.read(setting.default) == setting.default == getattr(Settings(), name)
    assert setting.parse(str(setting.default).lower()) == setting.default
    assert setting.help.endswith(".")
    others = (
        (1, None, "true") if isinstance(setting.default, bool) else (True, setting.most + 1, setting.least - 1, "1")
    )
    for value in others:
        with pytest.raises(SettingError, match=f"{name} takes "):
            setting.read(value)
    for text in ("", "nonsense", "9" * 5000, "²"):
        with pytest.raises(SettingError, match=f"{name} takes "):
            setting.parse(text)


def test_the_table_has_every_field():
    assert list(SETTINGS) == [each.name for each in fields(Settings)]


@pytest.mark.parametrize(
    ("announced", "data_length"), [(16384, 16384), (10, 10), (0, 16 * MIB), (None, 16 * MIB), (0xFFFFFFFF, 16 * MIB)]
)
def test_announced_maximum_length_is_the_limit_of_data(announced: int | None, data_length: int):
    assert Settings().limits(announced) == Limits(MIB, data_length)


def test_what_is_set_is_the_limit():
    settings = with_values(
        Settings(), {"associate_bytes": 2 * MIB, "associate_items": 100, "unlimited_data_bytes": MIB}
    )
    assert settings.limits(None) == Limits(2 * MIB, MIB, 100)


def test_a_file_that_is_not_there_says_nothing(tmp_path):
    assert read_settings(tmp_path / "none.toml") == (Settings(), ())


def test_a_wrong_line_costs_no_other(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("associate_items = 500\nassociate_bytes = 'much'\nnothing = 1\n")
    settings, faults = read_settings(path)
    assert settings == Settings(associate_items=500)
    assert [str(path) in fault for fault in faults] == [True, True]
    assert "associate_bytes takes a whole number from 1024 to " in faults[0]
    assert "There is no setting 'nothing'" in faults[1]


@pytest.mark.parametrize(
    "content", [b"a = ", b"\xff", b"a = " + b"[" * 3000, b"a = " + b"9" * 5000, b"#" * (MOST_BYTES + 1)]
)
def test_a_file_that_is_no_toml_leaves_the_defaults(tmp_path, content: bytes):
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    settings, (fault,) = read_settings(path)
    assert settings == Settings()
    assert "the defaults count" in fault.lower().replace("default counts", "defaults count")


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path):
    settings, (fault,) = read_settings(tmp_path)
    assert settings == Settings()
    assert "cannot be read" in fault


def test_an_unknown_name_lists_those_that_there_are():
    with pytest.raises(SettingError, match=r"'x'; there are associate_bytes, "):
        setting_named("x")


@pytest.mark.parametrize("text", ["associate_items", "associate_items=1", "nothing=1"])
def test_set_refuses_what_there_is_not(capsys, text: str):
    with pytest.raises(SystemExit):
        main(["check", "--set", text, "A@127.0.0.1:104"])
    assert "argument --set" in capsys.readouterr().err


def test_the_readme_has_every_row_with_its_default():
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    rows = [f"| `{name}` | {str(setting.default).lower()} |" for name, setting in SETTINGS.items()]
    assert [row for row in rows if row not in readme] == []
