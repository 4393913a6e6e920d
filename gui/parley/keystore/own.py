"""What Parley remembers of secrets beside the key store, in the user's state folder. No secret is in there.

An SCP's secrets are for whoever calls, so that there is no peer to keep them for: the names of those that were kept on
this machine are listed instead. Secrets of an earlier Parley, which did not write down what they are for, are used for
what the profiles of this user wanted them for when this Parley was first started.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from parley.model.files.atomic import write_atomically
from parley.model.files.folders import default_folder, state_folder
from parley.model.files.private import make_folder
from parley.model.files.purposes import Purpose, Wanted, unfetched
from parley.model.files.regular import append_regular, read_regular
from parley.model.files.secrets import is_old_reference
from parley.model.files.store import ProfileStore
from parley.model.profile import Profile

LARGEST_LIST = 4 << 20
"""Bytes: a hundred thousand names."""


class OwnSecrets:
    """The lists, as files; any thread and any process may ask.

    Args:
        folder: where they are; None for the user's state folder.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def _list(self) -> Path:
        return (self._folder or state_folder()) / "scp-secrets.txt"

    @property
    def _seen(self) -> Path:
        return (self._folder or state_folder()) / "old-secrets.json"

    def __contains__(self, reference: str) -> bool:
        return reference in self._lines()

    def add(self, reference: str) -> None:
        """List a name.

        Raises:
            OSError: it cannot be written down.
        """
        if reference in self._lines():
            return
        make_folder(self._list.parent)
        append_regular(self._list, reference.encode("utf-8", "replace") + b"\n")

    def _lines(self) -> list[str]:
        try:
            return read_regular(self._list, LARGEST_LIST).decode("utf-8", "replace").split("\n")
        except OSError:
            return []

    # --- secrets of an earlier Parley --------------------------------------------------------------------------------

    def see(self, profiles: Iterable[Profile]) -> None:
        """Write down, once and for all, what the profiles that there are want the secrets of an earlier Parley for.

        A secret that two profiles want for different purposes is left out, as one of the two may have copied its name.
        """
        if os.path.lexists(self._seen):
            return
        found: dict[str, set[Purpose]] = {}
        for profile in profiles:
            for wanted in unfetched(profile):
                if is_old_reference(wanted.reference):
                    found.setdefault(wanted.reference, set()).add(wanted.purpose)
        rows = [_row(Wanted(name, *purposes)) for name, purposes in sorted(found.items()) if len(purposes) == 1]
        with contextlib.suppress(OSError):  # then it is seen next time
            make_folder(self._seen.parent)
            write_atomically(self._seen, json.dumps(rows, indent=1).encode())

    def was_seen(self, wanted: Wanted) -> bool:
        """Whether a profile of this user wanted that secret of an earlier Parley for that, before any could come."""
        if not is_old_reference(wanted.reference):
            return False
        if not os.path.lexists(self._seen):
            self.see(entry.profile for entry in ProfileStore(default_folder()).list() if entry.profile is not None)
        try:
            rows: Any = json.loads(read_regular(self._seen, LARGEST_LIST))
        except (OSError, ValueError, RecursionError):
            return False
        return isinstance(rows, list) and _row(wanted) in rows


def _row(wanted: Wanted) -> list[str]:
    purpose = wanted.purpose
    return [wanted.reference, str(purpose.kind), purpose.target, purpose.protection]
