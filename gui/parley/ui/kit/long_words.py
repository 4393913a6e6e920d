"""Words that no line has room for: a label cannot break them, and would push the window beyond the screen.

It shortens what is shown; what is logged, copied or read aloud is no business of it.
"""

from __future__ import annotations

import re

LONGEST = 64
"""Characters of a word that are shown: no UID, and no part of a path or of a host's name is longer as a rule."""

_ENDS = 24
# A path breaks behind its slashes; the sentence goes on behind the word.
_TOO_LONG = re.compile(rf"[^\s/\\]{{{LONGEST + 1},}}(?<![.,:;])")


def shorten_words(text: str) -> str:
    """The text, with the middle of each overlong word left out, and said to be."""
    return _TOO_LONG.sub(_without_middle, text)


def _without_middle(found: re.Match[str]) -> str:
    word = found[0]
    return f"{word[:_ENDS]}… ({len(word)} characters) …{word[-_ENDS:]}"
