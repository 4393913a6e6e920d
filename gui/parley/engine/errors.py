"""What the engine raises at its callers. What peers and networks do is told by events and attempts instead."""

from __future__ import annotations

from parley.model.system_errors import ToldError


class AssociationError(Exception):
    """An operation on an association could not be done; the text is for a person."""


class ListenError(ToldError):
    """The acceptor could not listen; `code` is the operating system's, if it is to blame."""


class BindError(ToldError):
    """This side cannot connect from where it wishes; the words say from where, and why."""


class ResolveError(ToldError):
    """A name has no address; `code` is that of getaddrinfo."""
