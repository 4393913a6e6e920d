"""What the program is told about itself and its machine, for all profiles: one row each, with type, default and bounds.

What concerns one side of a profile is a key of that side instead. `parley.model.files.settings_file` has the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from parley.ul.limits import ASSOCIATE_ITEMS, DATA_PDVS, MIB, UNLIMITED_DATA_LENGTH, Limits


class SettingError(ValueError):
    """A setting that there is not, or a value that it does not take; the text says what it takes."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table.

    Attributes:
        name: as it is written in the file and behind ``--set``.
        default: what counts until something else is said; its type is the setting's.
        unit: of a number; empty for a count.
        least, most: bounds of a number, both allowed.
        help: one sentence for a person.
    """

    name: str
    default: int | bool
    unit: str
    least: int
    most: int
    help: str

    def read(self, value: object) -> int | bool:
        """The value, when this setting takes it.

        Raises:
            SettingError: it does not.
        """
        if isinstance(self.default, bool):
            if isinstance(value, bool):
                return value
            raise SettingError(f"{self.name} takes true or false.")
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        unit = f" {self.unit}" if self.unit else ""
        raise SettingError(f"{self.name} takes a whole number from {self.least} to {self.most}{unit}.")

    def parse(self, text: str) -> int | bool:
        """The value that is written like this.

        Raises:
            SettingError: this setting does not take it.
        """
        if isinstance(self.default, bool):
            return self.read({"true": True, "false": False}.get(text.strip().lower()))
        digits = text.strip().replace("_", "")
        return self.read(int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 20 else None)


def _number(default: int, unit: str, bounds: tuple[int, int], text: str) -> int:
    return field(default=default, metadata={"unit": unit, "bounds": bounds, "help": text})


def _switch(default: bool, text: str) -> bool:
    return field(default=default, metadata={"unit": "", "bounds": (0, 1), "help": text})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its value; each field is its row."""

    associate_bytes: int = _number(
        MIB, "bytes", (1024, 32 * MIB), "Longest A-ASSOCIATE-RQ or -AC that is taken from a peer."
    )
    associate_items: int = _number(
        ASSOCIATE_ITEMS,
        "",
        (100, 1_000_000),
        "Most items in an A-ASSOCIATE-RQ or -AC of a peer, with those inside others and every repeated element.",
    )
    unlimited_data_bytes: int = _number(
        UNLIMITED_DATA_LENGTH,
        "bytes",
        (16 * 1024, 256 * MIB),
        "Longest P-DATA-TF that is taken where this side announces no limit.",
    )
    data_pdvs: int = _number(DATA_PDVS, "", (1, 1_000_000), "Most PDVs that are taken in one P-DATA-TF.")
    group_access: bool = _switch(
        False, "Whether the user's group may read the files, and enter the folders, that Parley makes."
    )

    def limits(self, maximum_length: int | None) -> Limits:
        """What a peer may make a side keep that announces this maximum length; 0 and None mean unlimited."""
        data_length = min(maximum_length or self.unlimited_data_bytes, self.unlimited_data_bytes)
        return Limits(self.associate_bytes, data_length, self.associate_items, self.data_pdvs)


def _row(name: str, default: Any, metadata: Mapping[str, Any]) -> Setting:
    least, most = metadata["bounds"]
    return Setting(name, default, metadata["unit"], least, most, metadata["help"])


SETTINGS: Mapping[str, Setting] = {each.name: _row(each.name, each.default, each.metadata) for each in fields(Settings)}
"""The table, by name, in the order in which a person reads it."""


def setting_named(name: str) -> Setting:
    """The row of that name.

    Raises:
        SettingError: there is none.
    """
    if name not in SETTINGS:
        raise SettingError(f"There is no setting {name!r}; there are {', '.join(SETTINGS)}.")
    return SETTINGS[name]


def with_values(settings: Settings, values: Mapping[str, int | bool]) -> Settings:
    """The settings with other values of some; the values are such as `Setting.read` gives."""
    changes: dict[str, Any] = dict(values)
    return replace(settings, **changes)
