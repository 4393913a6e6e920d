"""What the commands share: exit codes, how events are printed, saved profiles, TLS by options."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from parley.capture.jsonl import to_json
from parley.capture.text import finding_lines, to_text
from parley.commands.output import complain, tell_line
from parley.keystore.store import KeyStoreError
from parley.model.event import EngineEvent, EventKind
from parley.model.files.entries import StoreError
from parley.model.files.folders import default_folder
from parley.model.files.regular import read_regular
from parley.model.files.store import ProfileStore
from parley.model.problems.problem import Problem
from parley.model.profile import Profile
from parley.model.secret import Secret
from parley.model.system_errors import error_words
from parley.model.tls import Tls
from parley.ul.errors import Severity

PASSED, FAILED, NOT_TRIED = 0, 1, 2
"""Exit codes: it went well; the check failed; it could not be tried (usage, file, port in use) or its output not be
written. A signal's are those of `parley.cli`."""

QUIET = frozenset({EventKind.STATE, EventKind.TIMER_STARTED, EventKind.TIMER_EXPIRED})
"""Printed only to who asks for everything."""


MOST_FINDINGS = 10
"""Of one PDU, printed with their words; a peer may put hundreds of faults into one."""

MOST_PASSPHRASE = 64 * 1024
"""Bytes of a file with a passphrase in its first line."""


class UsageError(Exception):
    """The command cannot be tried; the text says why."""


NOT_TRIABLE = (UsageError, StoreError, KeyStoreError)
"""What keeps a command, or one of its targets, from being tried; each one's text is for the person."""


def printer(
    options: argparse.Namespace,
    quiet: frozenset[EventKind] = QUIET,
    write_line: Callable[..., None] = tell_line,
) -> Callable[[EngineEvent], None]:
    """A sink that prints each event as it comes, those of the quiet kinds only to who wants all.

    A remark with findings is for everybody: something goes out that breaks the standard. As text, the findings of a PDU
    follow it; in JSON it has them.
    """
    write = to_json if options.json else to_text
    hidden = frozenset() if options.json or options.verbose else quiet

    def show(event: EngineEvent) -> None:
        if event.kind not in hidden or (event.kind is EventKind.NOTE and event.findings):
            write_line(write(event), is_record=options.json)
            if event.findings and not options.json:
                for line in finding_lines(event, MOST_FINDINGS):
                    write_line(line)

    return show


def warn(problems: Iterable[Problem], whose: str = "") -> None:
    """Tell what is wrong with values that are used all the same, as a tester must be able to.

    Args:
        whose: the target they belong to, where there are several.
    """
    start = f"{whose}: " if whose else ""
    for problem in problems:
        if problem.severity is not Severity.NOTE:
            complain(f"{start}{problem.severity.value}: {problem.text} {problem.remedy}".rstrip())


def profile_store(options: argparse.Namespace) -> ProfileStore:
    """The profiles of the folder that is asked for, else the person's own."""
    place, group = options.profiles or default_folder(), options.settings.group_access
    return ProfileStore(place, for_group=group, pause=threading.Event().wait)


def stored_profile(options: argparse.Namespace, name: str) -> Profile:
    """The saved profile of that name; secrets are still references.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    store = profile_store(options)
    return store.load(store.find(name).key)


def secured(tls: Tls | None, options: argparse.Namespace, facts: dict[str, Any]) -> Tls | None:
    """The side's TLS with the command's options on top; None where neither wants any.

    Args:
        facts: fields of `Tls` by other options than those that all commands share.

    Raises:
        UsageError: the passphrase file cannot be read.
    """
    files = {"ca_file": options.ca, "certificate_file": options.cert, "key_file": options.key}
    facts |= {name: str(path) for name, path in files.items() if path is not None}
    if options.passphrase_file is not None:
        try:
            lines = read_regular(options.passphrase_file, MOST_PASSPHRASE).decode("utf-8").splitlines()
        except (OSError, UnicodeError) as error:
            raise UsageError(f"The passphrase file cannot be read: {error_words(error)}") from None
        facts["passphrase"] = Secret.of(lines[0] if lines else "")
    return replace(tls or Tls(), **facts) if facts or options.tls else tls
