"""Where a user's own files are. The folders need not exist yet."""

from __future__ import annotations

from pathlib import Path


def default_folder() -> Path:
    """The person's own folder for profiles."""
    from platformdirs import user_config_path

    return user_config_path("parley", appauthor=False) / "profiles"


def state_folder() -> Path:
    """Where Parley keeps what it remembers on this machine, apart from the profiles."""
    from platformdirs import user_state_path

    return user_state_path("parley", appauthor=False)
