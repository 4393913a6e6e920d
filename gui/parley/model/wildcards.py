"""Text in which ``*`` stands for any run of characters and ``?`` for any one.

Rule: such a text comes from a person or a file, what it is compared with from a peer, so that no pair of them may take
more steps than their lengths multiplied.
"""

from __future__ import annotations

import re
from functools import lru_cache

WILDCARDS = frozenset("*?")


def has_wildcards(text: str) -> bool:
    """Whether a text stands for more than itself."""
    return not WILDCARDS.isdisjoint(text)


def fits_wildcards(text: str, pattern: str) -> bool:
    """Whether the whole text is what the pattern says."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(256)
def _compiled(pattern: str) -> re.Pattern[str]:
    first, *others = pattern.split("*")
    if not others:
        return re.compile(_run(first), re.DOTALL)
    *inner, last = others
    # The first place where an inner part fits is as good as any other: atomic groups never try the next one.
    found = "".join(f"(?>.*?{_run(part)})" for part in inner if part)
    return re.compile(f"{_run(first)}{found}.*{_run(last)}", re.DOTALL)


def _run(part: str) -> str:
    return "".join("." if letter == "?" else re.escape(letter) for letter in part)
