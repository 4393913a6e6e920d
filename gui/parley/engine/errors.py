"""What the engine raises at its callers. What peers and networks do is told by events and attempts instead."""

from __future__ import annotations


class AssociationError(Exception):
    """An operation on an association could not be done; the text is for a person."""


class ListenError(OSError):
    """The acceptor could not listen; `errno` is the operating system's, `strerror` its words."""
