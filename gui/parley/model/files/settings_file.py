"""The file of the settings: TOML in the user's state folder, one line for each setting that is not as by default."""

from __future__ import annotations

from pathlib import Path

from parley.model.files.folders import state_folder
from parley.model.files.regular import read_regular
from parley.model.files.toml import parse_toml
from parley.model.settings import SettingError, Settings, setting_named, with_values
from parley.model.system_errors import error_words

MOST_BYTES = 64 * 1024
"""A file of settings that is longer is none."""


def read_settings(path: Path | None = None) -> tuple[Settings, tuple[str, ...]]:
    """The settings of a file, and what is wrong with it, a sentence each; a line that is wrong leaves the default.

    Args:
        path: of the file; None for the user's own. One that is not there says nothing.
    """
    place = path or state_folder() / "settings.toml"
    try:
        data = read_regular(place, MOST_BYTES)
    except FileNotFoundError:
        return Settings(), ()
    except OSError as error:
        return Settings(), (f"The settings in {place} cannot be read ({error_words(error)}): the defaults count.",)
    try:
        lines = parse_toml(data.decode("utf-8"))
    except ValueError as error:
        return Settings(), (f"The settings in {place} are no TOML ({error}): the defaults count.",)
    values, faults = {}, []
    for name, value in lines.items():
        try:
            values[name] = setting_named(name).read(value)
        except SettingError as error:
            faults.append(f"{place}: {error} The default counts.")
    return with_values(Settings(), values), tuple(faults)
