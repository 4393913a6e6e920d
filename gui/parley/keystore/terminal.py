"""Secrets for the command line: from the key store, else typed where there is a terminal to type at."""

from __future__ import annotations

import getpass
import sys

from parley.keystore.fetch import fetched
from parley.keystore.store import KeyStore
from parley.model.files.purposes import unfetched
from parley.model.profile import Profile
from parley.model.secret import Secret
from parley.ul.visible import one_line


def with_values(profile: Profile) -> Profile:
    """The profile with the value of every secret that it refers to.

    Raises:
        NotGivenError: the key store does not have one, and nobody typed it.
    """
    return fetched(profile, KeyStore(), ask) if unfetched(profile) else profile


def ask(what: str, reason: str) -> Secret | None:
    """Let the person type it unseen; None where nobody is there, or nothing was typed."""
    if not sys.stdin.isatty():
        return None
    print(f"parley: {one_line(reason)}.", file=sys.stderr)
    text = getpass.getpass(f"{one_line(what.removesuffix('.'))}: ", stream=sys.stderr)
    return Secret.of(text) if text else None
