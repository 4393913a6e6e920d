"""The door that every start goes through: `parley.arguments` reads the words, the window or a command does the work.

It imports nothing before `main` runs, which has to catch a Ctrl-C that comes while the rest is loaded.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # As in `typing`, whose import would take longer than all else here.
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

ENDED, INTERRUPTED = 0, 130
"""Exit codes after a signal such as that of Ctrl-C: where that is the usual end, and elsewhere."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    interrupted = ENDED if words[:1] == ["listen"] else INTERRUPTED  # The signal may come before they are understood.
    try:
        return _run(arguments, interrupted)
    except KeyboardInterrupt:
        return interrupted


def _run(arguments: Sequence[str] | None, interrupted: int) -> int:
    """While modules are loaded a Ctrl-C ends the process on the spot, which has nothing open yet.

    An exception in its place is lost in some of them, and Qt's crash by it. The window keeps it so until it can be
    asked to close.
    """
    import os
    import signal
    from contextlib import suppress

    usual = signal.getsignal(signal.SIGINT)

    def on_interrupt(handler: Callable[[int, FrameType | None], object]) -> None:
        if usual is signal.default_int_handler:  # Else somebody wants it otherwise.
            with suppress(ValueError):  # Only a program's first thread is sent signals.
                signal.signal(signal.SIGINT, handler)

    on_interrupt(lambda *_: os._exit(interrupted))
    try:
        from parley.arguments import parse

        options = parse(arguments)
        if options.command == "gui":
            from parley.app import run

            return run(options.profiles, options.profile, dict(options.set or ()))
        from parley import commands

        command = commands.load(options.command)
        on_interrupt(signal.default_int_handler)
        return commands.run(command, options)
    finally:
        on_interrupt(signal.default_int_handler)
