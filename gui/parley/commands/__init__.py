"""What the subcommands do: the engine without a window, for scripts, CI and machines without a screen.

How they are called stands in `parley.arguments`. Each module does one command, or a family of them, and exits with the
codes of `parley.commands.shared`; `load` loads only the one that is wanted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from parley.commands.output import complain, output
from parley.commands.shared import NOT_TRIABLE, NOT_TRIED
from parley.engine.descriptors import NO_DESCRIPTORS, is_shortage
from parley.model.files.settings_file import read_settings
from parley.model.settings import Settings, with_values

Command = Callable[[argparse.Namespace], int]


def run(command: Command, options: argparse.Namespace) -> int:
    """Run a command; returns its exit code.

    Args:
        options: as they were typed; the command finds its `settings` among them.

    Raises:
        KeyboardInterrupt: a signal has ended it.
    """
    output.begin()
    try:
        code = _run(command, options)
        output.finish()
    except KeyboardInterrupt:
        output.hurry()
        output.finish()
        raise
    return max(code, NOT_TRIED) if output.has_failed else code


def _run(command: Command, options: argparse.Namespace) -> int:
    try:
        options.settings = _settings(options)
        return command(options)
    except NOT_TRIABLE as error:
        complain(error)
        return NOT_TRIED
    except OSError as error:
        if not is_shortage(error):
            raise
        complain(f"{NO_DESCRIPTORS}: end associations that are not needed, or raise the limit.")
        return NOT_TRIED


def _settings(options: argparse.Namespace) -> Settings:
    """The person's settings with those of the command on top; what is wrong with their file is said, once."""
    settings, faults = read_settings()
    for fault in faults:
        complain(fault)
    return with_values(settings, dict(options.set or ()))


def load(name: str) -> Command:
    """The command of that name."""
    match name:
        case "demo":
            from parley.commands.demo import demo as command
        case "check":
            from parley.commands.check import check as command
        case "send":
            from parley.commands.send import send as command
        case "listen":
            from parley.commands.listen import listen as command
        case "misbehaviours":
            from parley.commands.misbehaviours import misbehaviours as command
        case "certificates":
            from parley.commands.certificates import certificates as command
        case _:
            from parley.commands.profiles import COMMANDS

            command = COMMANDS[name]
    return command
