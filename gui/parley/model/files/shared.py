"""The text of a profile's file as it may leave this machine: without the names of secrets, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from parley.model.files.reader import ProfileFileError, read_profile
from parley.model.files.secrets import OLD_REFERENCE, OWN_REFERENCE, without_references

MOST_KEYS = 8_000
MOST_MARKS = 60_000
"""Keys and headers, and lines, values and comments, of a file that can be changed; the longest request has a third."""

_SUFFIX = "_reference"
_MADE_HERE = re.compile(f"{OWN_REFERENCE}|{OLD_REFERENCE}")


def is_beyond_changing(text: str) -> bool:
    """Whether tomlkit would take seconds: its time grows with the square of the keys."""
    return text.count("=") + text.count("\n[") > MOST_KEYS or sum(map(text.count, "\n,#")) > MOST_MARKS


def shared_text(text: str, default_name: str = "") -> str:
    """The text with its comments and unknown keys, and no name of a secret: not in what is switched off, nor in these.

    Where that cannot be had of it, it is written anew.

    Args:
        default_name: of the profile, where the text has none.
    """
    if _SUFFIX not in text and not _MADE_HERE.search(text):
        return text
    wanted = without_references(read_profile(text, default_name))
    if not is_beyond_changing(text):
        try:
            shared = _MADE_HERE.sub("…", _cleared(text))
            if read_profile(shared, default_name) == wanted:
                return shared
        except (ProfileFileError, ValueError, TypeError, KeyError):
            pass
    from parley.model.files.writer import new_text

    return new_text(wanted)


def _cleared(text: str) -> str:
    # tomlkit takes 20 ms to import.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        _clear(document)
        return tomlkit.dumps(document)
    except TOMLKitError as error:
        raise ValueError(str(error)) from error


def _clear(table: MutableMapping[str, Any]) -> None:
    for key, value in table.items():
        if key.endswith(_SUFFIX):
            # Not removed: a user whose passcode is not asked for is another one than a user whose passcode is unknown.
            if isinstance(value, str) and value:
                table[key] = ""
        elif isinstance(value, MutableMapping):
            _clear(value)
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, MutableMapping):
                    _clear(each)
