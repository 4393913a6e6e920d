"""The file of the settings: TOML in the user's state folder, one line for each setting that is not as by default."""

from __future__ import annotations

import tomllib
from pathlib import Path

from parley.model.settings import SettingError, Settings, setting_named, with_values
from parley.model.system_errors import error_words

MOST_BYTES = 64 * 1024
"""A file of settings that is longer is none."""


def state_folder() -> Path:
    """Where Parley keeps what it remembers on this machine, apart from the profiles."""
    from platformdirs import user_state_path

    return user_state_path("parley", appauthor=False)


def read_settings(path: Path | None = None) -> tuple[Settings, tuple[str, ...]]:
    """The settings of a file, and what is wrong with it, a sentence each; a line that is wrong leaves the default.

    Args:
        path: of the file; None for the user's own. One that is not there says nothing.
    """
    place = path or state_folder() / "settings.toml"
    try:
        with place.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return Settings(), ()
    except OSError as error:
        return Settings(), (f"The settings in {place} cannot be read ({error_words(error)}): the defaults count.",)
    try:
        if len(data) > MOST_BYTES:
            raise ValueError(f"it is longer than {MOST_BYTES} bytes")
        lines = tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        return Settings(), (f"The settings in {place} are no TOML ({error}): the defaults count.",)
    values, faults = {}, []
    for name, value in lines.items():
        try:
            values[name] = setting_named(name).read(value)
        except SettingError as error:
            faults.append(f"{place}: {error} The default counts.")
    return with_values(Settings(), values), tuple(faults)
