"""What the person's settings mean to commands, and how what is wrong with them is said."""

from __future__ import annotations

import pytest

from parley.cli import main
from parley.model.files.folders import state_folder
from parley.model.files.private import make_folder

# No connection can go there, which the system says at once.
STRANGERS = ("ANY@255.255.255.255:104", "ANY@255.255.255.255:105")


@pytest.mark.parametrize(
    "typed",
    [
        ("check", *STRANGERS, "--misbehave", "no-contexts", "--yes"),
        ("check", "Loopback", STRANGERS[0]),
        ("profiles", "list"),
        ("profiles", "show", "Loopback"),
    ],
    ids=["check", "profile", "list", "show"],
)
def test_what_is_wrong_with_the_settings_is_said_once_for_each_command(capsys, typed):
    make_folder(state_folder())
    (state_folder() / "settings.toml").write_text('associate_items = "many"\n')
    main(list(typed))
    assert capsys.readouterr().err.count("The default counts.") == 1
