"""The system's signals that ask this program to end."""

from __future__ import annotations

import signal

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl-C, the system's wish, a terminal or session that has gone, and Windows' word for a console that has."""


def ending_signals() -> tuple[signal.Signals, ...]:
    """Those that this system has. Without SIGHUP where it is ignored, as by ``nohup``: somebody wants it so."""
    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    return tuple(each for each in known if each.name != "SIGHUP" or signal.getsignal(each) is not signal.SIG_IGN)
