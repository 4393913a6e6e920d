"""Whom files are sent to, and by which profile: what became of a file belongs to that pair."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from parley.model.target import Target


@dataclass(frozen=True, slots=True)
class Recipient:
    """Two are the same when profile and peer are, however the peer is spelled.

    Attributes:
        profile: the one that sends, as an object that stays the same when it is renamed.
        target: the peer.
    """

    profile: Hashable
    target: Target = field(compare=False)
    key: tuple[str, int, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.target.key)

    def seen_from(self, other: Recipient | None) -> str:
        """The peer in words, told apart from the other where only the profile differs."""
        is_same_peer = other is not None and other.key == self.key
        return f"{self.target}, by another profile" if is_same_peer else str(self.target)
