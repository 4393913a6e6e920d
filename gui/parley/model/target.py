"""Whom an association is asked of, and how that is written: what results and what is sent belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parley.model.address import canonical_host, format_address
from parley.ul.pdu import significant

if TYPE_CHECKING:
    from parley.model.profile import RequestorSide


@dataclass(frozen=True, slots=True)
class Target:
    """A peer as it is called: host and port as they were typed, and the called AE title."""

    host: str
    port: int
    called_ae_title: str

    @classmethod
    def of(cls, side: RequestorSide) -> Target:
        """Whom this side calls."""
        return cls(side.host, side.port, side.handle.called_ae_title)

    @property
    def key(self) -> tuple[str, int, str]:
        """The same for every spelling of the same target."""
        return canonical_host(self.host), self.port, significant(self.called_ae_title)

    def is_same(self, other: Target) -> bool:
        """Whether both name the same peer, however each is spelled. Names are not looked up."""
        return self.key == other.key

    @property
    def words(self) -> str:
        """For a sentence: ``AE at HOST:PORT``."""
        return f"{self.title} at {format_address((self.host, self.port))}"

    @property
    def title(self) -> str:
        """The called AE title for a person, with words for none."""
        return significant(self.called_ae_title) or "the peer"

    def __str__(self) -> str:
        """``AE@HOST:PORT``, without the title where there is none."""
        title = significant(self.called_ae_title)
        end = format_address((self.host, self.port))
        return f"{title}@{end}" if title else end
