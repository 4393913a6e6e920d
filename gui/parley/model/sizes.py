"""Sizes in words."""

from __future__ import annotations


def size_words(size: int) -> str:
    """A number of bytes for a person, in powers of ten as rates are: ``512 B``, ``40.3 kB``, ``1.2 MB``."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"
