"""The command line's gate: whether something may be done to a device that misbehaves, tests or makes load."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterable
from subprocess import list2cmdline

from parley.commands.output import complain
from parley.commands.shared import UsageError, profile_store
from parley.engine.names import addresses_of_names
from parley.model.address import canonical_host
from parley.model.consent import Exempt, Party, Ruling, Way, exempts_of, names_among, rule, why_spared, with_addresses
from parley.model.files.consent_file import read_consents, remember_consent
from parley.model.system_errors import error_words
from parley.ul.visible import one_line

SAYS_SO = re.compile(rb"""do_not_test["']?\s*=(?!\s*false\b)""")
"""What stands in the file of a profile that says so."""


class Gate:
    """Rules on what a command is to do, by the profiles, by what the person agreed to earlier, and by the options.

    Args:
        parties: all that the command concerns.
        options: `profiles`, and where the command has them `yes` and `yes_for`.
    """

    def __init__(self, parties: Iterable[Party], options: argparse.Namespace) -> None:
        self._options = options
        parties, exempts = tuple(parties), _exempts(options)
        self._addresses = addresses_of_names(names_among(parties, exempts))
        self._exempts = with_addresses(exempts, self._addresses)

    def forbids(self, party: Party) -> str:
        """Why nothing may be tested there; empty where it may."""
        return " ".join(_words_for(exempt, party) for exempt in self._rule([party]).forbidden)

    def why_spared(self, address: str) -> str:
        """Why a caller at this address must not be misbehaved towards; empty where it may."""
        return why_spared(address, self._exempts)

    def ask(self, deed: Callable[[str], str], parties: Iterable[Party]) -> None:
        """Have the person agree where nobody has so far; that is remembered for this machine.

        Args:
            deed: what is about to be done to those whose consent is missing, given in words, as a sentence.

        Raises:
            UsageError: the person did not agree, or cannot be asked.
        """
        missing = () if self._options.yes else self._missing(parties)
        if not missing:
            return
        says = deed(", ".join(dict.fromkeys(map(str, missing))))
        if not sys.stdin.isatty():
            each = " ".join(map(_agreeing, missing))
            raise UsageError(f"{says} Say --yes if you mean it. For that alone: {each}")
        print(f"{one_line(says)} Go on? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise UsageError("Nothing was sent.")
        try:
            remember_consent(missing, time.time())
        except OSError as error:
            complain(f"That you agreed is not remembered: {error_words(error)}.")

    def _missing(self, parties: Iterable[Party]) -> tuple[Party, ...]:
        agreed = [Party(way, host, port, title) for title, host, port in self._options.yes_for or () for way in Way]
        agreed = list(with_addresses(agreed, addresses_of_names(names_among(agreed, ()))))
        return tuple(p for p in self._rule(parties).to_ask if not any(map(p.is_same, agreed)))

    def _rule(self, parties: Iterable[Party]) -> Ruling:
        return rule(with_addresses(parties, self._addresses), read_consents(), self._exempts, time.time())


def _agreeing(party: Party) -> str:
    """What is typed to agree for a party, as a shell takes it: a title may hold blanks and begin with a hyphen."""
    said = str(party)
    words = [f"--yes-for={said}"] if said.startswith("-") else ["--yes-for", said]
    return list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def _words_for(exempt: Exempt, party: Party) -> str:
    """Why; where the profile spells the host otherwise, what has that to do with the one that was named."""
    if canonical_host(exempt.host) == canonical_host(party.host):
        return exempt.words
    return f"{party.host} and {exempt.host} are the same peer. {exempt.words}"


def _exempts(options: argparse.Namespace) -> tuple[Exempt, ...]:
    return exempts_of(profile_store(options).that_hold(SAYS_SO))
