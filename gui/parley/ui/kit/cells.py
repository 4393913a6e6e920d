"""How one attribute of an item is shown and typed in a table: as text, UID, code, bytes or secret. No widgets here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from parley.model import registry
from parley.model.secret import MASK, Secret
from parley.ui.kit.hex_edit import hex_text, parse_hex
from parley.ui.kit.uid_text import short, uid_of

SERVICE_CLASSES = (registry.Kind.SERVICE_CLASS,)
_UID_LIKE = re.compile(r"[\d.]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a table of items: any text.

    Attributes:
        attribute: of the items.
        share: of the table's width.
    """

    attribute: str
    heading: str
    tip: str
    share: float = 1.0

    def shown(self, value: Any) -> str:
        """The value for reading."""
        return str(value)

    def typed(self, value: Any) -> str:
        """The value as it would be typed."""
        return str(value)

    def parsed(self, text: str, before: Any) -> Any:  # noqa: ARG002
        """The value of what was typed, where `before` stood.

        Raises:
            ValueError: with a sentence, when it cannot be one.
        """
        return text.strip()

    def words_to_choose(self) -> tuple[str, ...]:
        """What may be chosen instead of typed; empty for nothing."""
        return ()

    def completes(self) -> bool:
        """Whether what is typed is completed to the first choice that begins so."""
        return True

    def explained(self, value: Any) -> str:
        """The value at more length, for a tooltip."""
        return self.shown(value)

    def is_used(self, item: Any) -> bool:  # noqa: ARG002
        """Whether the value means anything beside the others of its item; else it is kept and not shown."""
        return True


@dataclass(frozen=True, slots=True)
class SwitchedCell(Cell):
    """A text behind a box that switches its item on and off.

    Attributes:
        switch: the attribute that the box is for.
    """

    switch: str = ""


@dataclass(frozen=True, slots=True)
class UidCell(Cell):
    """A UID, shown by its name; name, keyword or UID can be typed."""

    kinds: tuple[registry.Kind, ...] = registry.ABSTRACT_SYNTAXES
    when_empty: str = "(empty)"

    def shown(self, value: str) -> str:
        return registry.labelled(value) or self.when_empty

    def parsed(self, text: str, before: Any) -> str:  # noqa: ARG002
        return uid_of(text, self.kinds).strip()

    def explained(self, value: str) -> str:
        if not value:
            return self.shown(value)
        return f"{registry.name_of(value) or '(not in the registry: private, or mistyped)'}\n{value}"


@dataclass(frozen=True, slots=True)
class UidsCell(Cell):
    """Several UIDs, separated by semicolons when they are typed.

    Attributes:
        when_none: what None is called, where the attribute may be that; typed by leaving the cell empty.
    """

    kinds: tuple[registry.Kind, ...] = registry.ABSTRACT_SYNTAXES
    when_none: str = ""

    def shown(self, value: tuple[str, ...] | None) -> str:
        if value is None:
            return self.when_none
        return ", ".join(map(short, value)) or "(none)"

    def typed(self, value: tuple[str, ...] | None) -> str:
        if value is None or (not value and not self.when_none):
            return ""
        return "; ".join(value) or "none"

    def parsed(self, text: str, before: Any) -> tuple[str, ...] | None:  # noqa: ARG002
        if not text.strip():
            return None if self.when_none else ()
        if text.strip().casefold() == "none":
            return ()
        pieces = [piece.strip() for piece in re.split(r"[;\n]", text)]
        # Bare UIDs may have commas or blanks between them; names have both inside.
        flat = (re.split(r"[,\s]+", p) if re.fullmatch(r"[\d.,\s]+", p) else [p] for p in pieces if p)
        return tuple(uid_of(piece, self.kinds) for some in flat for piece in some if piece)

    def explained(self, value: tuple[str, ...] | None) -> str:
        return "\n".join(f"{registry.labelled(uid)}  {uid}" for uid in value or ()) or self.shown(value)


@dataclass(frozen=True, slots=True)
class CodeCell(Cell):
    """A number with words for those that mean something; any other number that fits can be typed too.

    Attributes:
        words: by number; None among them is for leaving the whole thing away.
    """

    words: tuple[tuple[int | None, str], ...] = ()
    largest: int = 0xFF

    def shown(self, value: int | None) -> str:
        return dict(self.words).get(value) or f"{value} (reserved)"

    def typed(self, value: int | None) -> str:
        return dict(self.words).get(value) or str(value)

    def parsed(self, text: str, before: Any) -> int | None:  # noqa: ARG002
        wanted = text.strip().casefold()
        for number, words in self.words:
            if wanted == words.casefold():
                return number
        found = re.match(r"\d+", wanted)
        if not found or int(found[0]) > self.largest:
            raise ValueError(f"{text!r} is none of the choices and no number from 0 to {self.largest}.")
        return int(found[0])

    def words_to_choose(self) -> tuple[str, ...]:
        return tuple(words for _, words in self.words)


@dataclass(frozen=True, slots=True)
class NumberCell(Cell):
    """A number.

    Attributes:
        when_none: what None is called; typed by leaving the cell empty.
    """

    largest: int = 0xFF
    when_none: str = ""

    def shown(self, value: int | None) -> str:
        return self.when_none if value is None else str(value)

    def typed(self, value: int | None) -> str:
        return "" if value is None else str(value)

    def parsed(self, text: str, before: Any) -> int | None:  # noqa: ARG002
        if not text.strip():
            return None
        if not text.strip().isdecimal() or int(text) > self.largest:
            raise ValueError(f"{text!r} is no number from 0 to {self.largest}.")
        return int(text)


@dataclass(frozen=True, slots=True)
class TypeCell(Cell):
    """An item type: one byte in hexadecimal, ``58`` or ``58H``."""

    def shown(self, value: int) -> str:
        return f"{value:02X}H"

    def typed(self, value: int) -> str:
        return f"{value:02X}"

    def parsed(self, text: str, before: Any) -> int:  # noqa: ARG002
        data = parse_hex(text.strip().removesuffix("H").removesuffix("h"))
        if len(data) != 1:
            raise ValueError("A type is one byte, 00 to FF.")
        return data[0]


@dataclass(frozen=True, slots=True)
class HexCell(Cell):
    """Bytes."""

    def shown(self, value: bytes) -> str:
        return hex_text(value) or "(no bytes)"

    def typed(self, value: bytes) -> str:
        return hex_text(value)

    def parsed(self, text: str, before: Any) -> bytes:  # noqa: ARG002
        return parse_hex(text)

    def explained(self, value: bytes) -> str:
        letters = value.decode("ascii") if value.isascii() else ""
        return "\n".join(filter(None, (f"{len(value)} bytes", letters)))


@dataclass(frozen=True, slots=True)
class SecretCell(Cell):
    """A secret, or None; shown by a mask, typed behind one."""

    when_none: str = "(none)"

    def shown(self, value: Secret | None) -> str:
        if value is None:
            return self.when_none
        return MASK if value else "(in the key store)" if value.is_unfetched else "(empty)"

    def typed(self, value: Secret | None) -> str:
        return value.text if value else ""

    def parsed(self, text: str, before: Secret | None) -> Secret | None:
        if not text:
            return None
        return Secret.of(text, before.reference if before else "")
