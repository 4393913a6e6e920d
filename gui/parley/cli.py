"""The door that every start goes through: `parley.arguments` reads the words, the window or a command does the work.

It imports nothing before `main` runs, which has to catch a Ctrl-C that comes while the rest is loaded.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # As in `typing`, whose import would take longer than all else here.
if TYPE_CHECKING:
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
        from parley.app import run

        return run(options.profiles, options.profile, dict(options.set or ()))
    from parley import commands

    return commands.run(options.command, options)
