"""The door that every start goes through: `parley.arguments` reads the words, the window or a command does the work.

It imports nothing before `main` runs, which has to catch a Ctrl-C that comes while the rest is loaded.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # As in `typing`, whose import would take longer than all else here.
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

ENDED, INTERRUPTED = 0, 130
"""Exit codes after a signal such as that of Ctrl-C: where that is the usual end, and elsewhere."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        # It may have come before the words were read.
        words = sys.argv[1:] if arguments is None else arguments
        return ENDED if words[:1] == ["listen"] else INTERRUPTED


def _run(arguments: Sequence[str] | None) -> int:
    from parley.arguments import parse

    options = parse(arguments)
    if options.command == "gui":
        return _run_window(options)
    from parley import commands

    return commands.run(options.command, options)


def _run_window(options: Namespace) -> int:
    """Open the window.

    Until it can be asked to close, a Ctrl-C ends the process on the spot, which has nothing open yet: Qt's modules
    crash where they are interrupted while they are loaded.
    """
    import os
    import signal

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    try:
        from parley.app import run

        return run(options.profiles, options.profile, dict(options.set or ()))
    finally:
        signal.signal(signal.SIGINT, before)
