"""A secret: a passcode, token or passphrase that is used but never shown, logged or saved.

Whatever turns one into text gets a mask: `repr`, `str`, an f-string, a dataclass around it, a traceback. Only `data`
and `text`, named where they are read, give it away. A file holds the reference alone, the name under which the
operating system's key store keeps the value; fetching it from there is not this room's.
"""

from __future__ import annotations

MASK = "••••••"


class Secret:
    """Bytes that nobody is to see; an immutable value.

    It is no dataclass because `dataclasses.asdict` would spread one out.
    """

    __slots__ = ("_data", "_reference")

    def __init__(self, data: bytes = b"", reference: str = "") -> None:
        self._data = data
        self._reference = reference

    @classmethod
    def of(cls, text: str, reference: str = "") -> Secret:
        """A secret that was typed; it goes out as UTF-8."""
        return cls(text.encode("utf-8", "surrogatepass"), reference)

    @property
    def data(self) -> bytes:
        """The value as it goes onto the wire; empty where there is none, or where it was not fetched yet."""
        return self._data

    @property
    def text(self) -> str:
        """The value as text for the one who asked to see it; bytes that are no UTF-8 become U+FFFD."""
        return self._data.decode("utf-8", "replace")

    @property
    def reference(self) -> str:
        """The key store's name for it; empty where it is not kept there."""
        return self._reference

    @property
    def is_unfetched(self) -> bool:
        """Whether there is a reference only, whose value is not here."""
        return bool(self._reference) and not self._data

    def without_value(self) -> Secret:
        """What may be saved: the reference alone."""
        return Secret(reference=self._reference)

    def is_same(self, other: Secret) -> bool:
        """Whether both have one value; where that of either was not fetched, whether both have one name."""
        if self.is_unfetched or other.is_unfetched:
            return self._reference == other._reference
        return self._data == other._data

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return (self._data, self._reference) == (other._data, other._reference)

    def __hash__(self) -> int:
        return hash((self._data, self._reference))

    def __bool__(self) -> bool:
        """Whether there is a value."""
        return bool(self._data)

    def __repr__(self) -> str:
        return f"Secret({self})"

    def __str__(self) -> str:
        return MASK if self._data else ""

    def __format__(self, specification: str) -> str:
        return format(str(self), specification)


NO_SECRET = Secret()
