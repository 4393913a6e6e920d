"""What a person is asked when a file is not as it was when this window read it: what there is to choose, and why.

Values and words only: the book meets the conflict and does what is chosen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from parley.model.files.entries import Deed, StoredProfile
from parley.model.profile import Profile
from parley.model.registry import name_of
from parley.ul.visible import one_line

MOST_LINES = 400
"""Of a difference; who has to read more looks at the files."""
_LONGEST_VALUE = 200


class Choice(Enum):
    """What the person may say to it."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file that another program has changed, or removed, since it was read here.

    Attributes:
        deed: what was about to be done.
        name: of the profile.
        theirs: the file as it is now; None where it is gone.
        difference: what is in the file and what is here, in lines.
    """

    deed: Deed
    name: str
    theirs: StoredProfile | None
    difference: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What has happened, as a sentence."""
        if self.theirs is None:
            return f"The file of “{self.name}” was removed by another program."
        if self.theirs.profile is None:
            return f"Another program has written to the file of “{self.name}”, and it cannot be read now."
        return f"Another program has changed “{self.name}” since it was opened here."

    @property
    def choices(self) -> dict[Choice, tuple[str, str]]:
        """What can be done, each with its label and what it means."""
        return _CHOICES[self.deed, _state(self.theirs)]


def _state(theirs: StoredProfile | None) -> str:
    if theirs is None:
        return "gone"
    return "changed" if theirs.profile is not None else "unreadable"


_BOTH = "Keep &both", "Save what is here under another name, and leave the file as it is"
_CHOICES: dict[tuple[Deed, str], dict[Choice, tuple[str, str]]] = {
    (Deed.SAVE, "changed"): {
        Choice.MINE: ("Keep &mine", "Write what is here over what is in the file"),
        Choice.THEIRS: ("Take &theirs", "Show what is in the file, and drop the changes made here; they can be undone"),
        Choice.BOTH: _BOTH,
    },
    (Deed.SAVE, "gone"): {
        Choice.MINE: ("&Write it again", "Make the file again with what is here"),
        Choice.THEIRS: ("&Let it go", "Drop what is here too"),
    },
    (Deed.SAVE, "unreadable"): {Choice.BOTH: _BOTH},
    (Deed.RENAME, "changed"): {Choice.MINE: ("&Rename it", "Rename what is in the file now")},
    (Deed.DELETE, "changed"): {Choice.MINE: ("&Delete it", "Delete what is in the file now")},
}


def difference(theirs: Profile, mine: Profile) -> tuple[str, ...]:
    """What two profiles have different, key by key. Takes a while where they are long."""
    # What writes profiles takes 20 ms to load.
    from parley.model.files.writer import values_of

    there, here = dict(_flat(values_of(theirs))), dict(_flat(values_of(mine)))
    keys = [key for key in {**there, **here} if there.get(key) != here.get(key)]
    if not keys:
        return ("Only comments, or keys that Parley does not know, are different.",)
    lines = [
        line
        for key in keys
        for line in (key, f"    in the file: {_shown(there, key)}", f"    here: {_shown(here, key)}")
    ]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"… and {(len(lines) - MOST_LINES) // 3 + 1} more"]
    return tuple(lines)


def _flat(values: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(values, dict):
        for key, value in values.items():
            yield from _flat(value, f"{path}.{key}" if path else key)
    elif isinstance(values, list) and any(isinstance(each, dict) for each in values):
        for number, each in enumerate(values):
            yield from _flat(each, f"{path}[{number}]")
    else:
        yield path, values


def _shown(values: dict[str, object], key: str) -> str:
    if key not in values:
        return "nothing"
    text = one_line(_spelled(values[key]))
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def _spelled(value: object) -> str:
    """As the file has it, but for a text that stands alone; beside a UID its name, where that is known."""
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(_spelled(each) if not isinstance(each, str) else _in_list(each) for each in value)}]"
        case str() if name := name_of(value):
            return f"{value} ({name})"
    return str(value)


def _in_list(text: str) -> str:
    name, quoted = name_of(text), json.dumps(text, ensure_ascii=False)
    return f"{quoted} ({name})" if name else quoted
