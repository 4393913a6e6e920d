"""The text of a profile's TOML file: a new one, or an existing one with only what changed changed.

Reading back is `parley.model.files.reader`'s, which also says what the keys mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from enum import Enum
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Array, Comment, InlineTable, Item, Null, Table

from parley.model.files import keys
from parley.model.files.keys import Keys
from parley.model.files.secrets import is_user_name
from parley.model.handle import AsynchronousOperations, Rejection, UserIdentity
from parley.model.profile import SCHEMA, Profile
from parley.model.registry import name_of
from parley.model.secret import Secret
from parley.model.tls import Tls
from parley.ul.visible import spelled

HEADING = (
    "A connection profile of Parley.",
    "false switches an optional item or a timer off; a key that is left out has Parley's default.",
)

Values = dict[str, Any]
Part = MutableMapping[str, Any]
"""What is to be written, and the part of the document it goes to."""

USER_IDENTITY = [key for key in keys.USER_IDENTITY if key != "user_name"]
UNSAID: Values = {"context_id": False, "reserved_6_8": "00 00 00"}
SWITCHED = {"tls", "user_identity"}
LISTS = {
    *(*keys.REQUESTOR_LISTS, *keys.ACCEPTOR_LISTS, *keys.ACCEPTOR_SIDE_LISTS),
    *(*keys.RULES_LISTS, *keys.ANSWERING_LISTS),
}
NAMED = {"abstract_syntax", "sop_class_uid", "service_class_uid"}
"""Keys of tables whose first key says false for none, of lists of tables, and of UIDs with their names beside them."""


def new_text(profile: Profile) -> str:
    """A new file, in which every key is written out."""
    document = tomlkit.document()
    for line in HEADING:
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    _merge(document, values_of(profile), {})
    # Only in texts between quotation marks can anything stand that cannot be seen.
    return "\n".join(spelled(line, _toml_escape) for line in tomlkit.dumps(document).split("\n"))


def _toml_escape(number: int) -> str:
    """A character as TOML spells it in a text: a name that turns around its line would do so in every editor."""
    if 0xD800 <= number < 0xE000:
        return chr(number)  # Half a character: no file can hold it, which whoever writes one says.
    return f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"


def changed_text(profile: Profile, existing: str) -> str:
    """An existing file that now says what the profile says, with its comments, its order and its unknown keys.

    What is left out there and has its default stays out. A comment goes where the key or context goes that it belongs
    to; only that of a context which is removed goes with it.

    Raises:
        tomlkit.exceptions.TOMLKitError: the text is no TOML, or written in a way that tomlkit cannot change.
        ValueError: the same.
    """
    document = tomlkit.parse(existing)
    defaults = values_of(Profile(profile.name))
    del defaults["name"]
    _merge(document, values_of(profile), defaults)
    return tomlkit.dumps(document)


# --- what is written -------------------------------------------------------------------------------------------------


def values_of(profile: Profile) -> Values:
    """The profile as nested tables of plain values; lists of dicts become arrays of tables."""
    scu, scp = profile.scu, profile.scp
    return {
        "schema": SCHEMA,
        "name": profile.name,
        "comment": profile.comment,
        "scu": {
            **_plain(scu, keys.REQUESTOR_SIDE),
            **_plain(scu.handle, keys.REQUESTOR),
            "user_identity": _identity(scu.handle.user_identity),
            "tls": _tls(scu.tls),
            "timers": _plain(scu.timers, keys.TIMERS),
            "transport": _plain(scu.transport, keys.REQUESTOR_TRANSPORT),
            **_lists(scu.handle, keys.REQUESTOR_LISTS),
        },
        "scp": {
            **_plain(scp, keys.ACCEPTOR_SIDE),
            **_plain(scp.handle, keys.ACCEPTOR),
            "rules": {**_plain(scp.rules, keys.RULES), **_lists(scp.rules, keys.RULES_LISTS)},
            "tls": _tls(scp.tls),
            "storage": _plain(scp.storage, keys.STORAGE),
            "answering": {**_plain(scp.answering, keys.ANSWERING), **_lists(scp.answering, keys.ANSWERING_LISTS)},
            "timers": _plain(scp.timers, keys.TIMERS),
            "transport": _plain(scp.transport, keys.ACCEPTOR_TRANSPORT),
            **_lists(scp.handle, keys.ACCEPTOR_LISTS),
            **_lists(scp, keys.ACCEPTOR_SIDE_LISTS),
        },
    }


def _plain(source: object, names: Iterable[str]) -> Values:
    return {key: _plain_value(getattr(source, key.removesuffix("_reference"))) for key in names}


def _plain_value(value: object) -> object:
    match value:
        case None:
            return False
        case Enum():
            return value.value
        case Secret():
            return value.reference
        case Rejection():
            return str(value)
        case AsynchronousOperations(invoked, performed):
            return f"{invoked}/{performed}"
        case bytes():
            return value.hex(" ").upper()
        case tuple():
            return list(value)
        case float() if value.is_integer() and abs(value) < 1e9:
            return int(value)
    return value


def _tls(tls: Tls | None) -> Values:
    return {"profile": False} if tls is None else _plain(tls, keys.TLS)


def _identity(identity: UserIdentity | None) -> Values:
    if identity is None:
        return {"identity_type": False}
    values = {**dict.fromkeys(keys.USER_IDENTITY), **_plain(identity, USER_IDENTITY), "user_name": ""}
    if is_user_name(identity):
        values |= {"user_name": identity.primary.text, "primary_reference": ""}
    return values


def _lists(source: object, lists: Mapping[str, Keys]) -> Values:
    return {key: [_entry(item, names) for item in getattr(source, key)] for key, names in lists.items()}


def _entry(item: object, names: Iterable[str]) -> Values:
    """Automatic numbering and zeros, being what everybody uses, go unsaid: None leaves the key out."""
    values = _plain(item, names)
    return {key: None if _same(UNSAID.get(key, values), value) else value for key, value in values.items()}


# --- how it is written -----------------------------------------------------------------------------------------------


def _merge(table: Part, values: Values, defaults: Values) -> None:
    for key, value in values.items():
        if key not in table and key in defaults and _same(defaults[key], value):
            continue
        if isinstance(value, dict):
            # In a table that may be switched off, a switch that is missing does not mean the default, which is off.
            _merge_table(table, key, value, {} if key in SWITCHED else defaults.get(key, {}))
        elif key in LISTS:
            _merge_list(table, key, value)
        elif value is None:
            table.pop(key, None)
        elif key not in table or not _same(table[key], value):
            _set(table, key, value)


def _merge_table(table: Part, key: str, values: Values, defaults: Values) -> None:
    old = table.get(key)
    if old is None:
        table[key] = tomlkit.table()
        defaults = {}
    elif isinstance(old, InlineTable):
        # It may have to hold arrays of tables, which only a table with a header can.
        table[key] = _as_table(old)
    _merge(table[key], values, defaults)


def _set(table: Part, key: str, value: object) -> None:
    old = table.get(key)
    item = _item(value, old)
    if key in NAMED:
        _comment_name(item, old)
    container = table.value if isinstance(table, Table) else table
    if key in table or not isinstance(container, Container):
        table[key] = item
    elif place := _place_for_value(container):
        container._insert_at(place, key, item)
    else:
        table[key] = item


def _place_for_value(container: Container) -> int:
    """Behind the last value and before comments, which belong to the table below; 0 where that is simply the end."""
    body = container.body
    values = [n for n, (key, item) in enumerate(body) if key is not None and not isinstance(item, Table | AoT | Null)]
    first_table = next((n for n, (_, item) in enumerate(body) if isinstance(item, Table | AoT)), len(body))
    place = values[-1] + 1 if values else 0
    return place if place < min(first_table + 1, len(body)) else 0


def _item(value: object, old: object) -> Item:
    if isinstance(value, list):
        return _array(value, old if isinstance(old, Array) else None)
    # Text of several lines is easier to read over several lines, but TOML would turn CR into LF there.
    if isinstance(value, str) and "\n" in value and "\r" not in value:
        return tomlkit.string(value, multiline=True)
    return tomlkit.item(value)


def _comment_name(uid: Item, old: object) -> None:
    """Write a UID's name behind it, in place of the old one's but not of what the person has written there."""
    name = name_of(str(uid))
    if isinstance(old, Item) and old.trivia.comment == f"# {name_of(str(old))}":
        # The new item would inherit it.
        old.trivia.comment_ws, old.trivia.comment = "", ""
    if name:
        uid.comment(name)


def _array(values: list[str], old: Array | None) -> Array:
    """A list of texts, each with the comment it had, else with its name where it is a UID that has one."""
    lines = old.as_string().splitlines() if old is not None else []
    kept = {match["value"]: match["comment"] for match in map(COMMENTED_VALUE.match, lines) if match}
    comments = {value: kept.get(value) or name_of(value) for value in values}
    own_lines = [line.strip()[1:].strip() for line in lines if line.lstrip().startswith("#")]

    array = tomlkit.array()
    if not own_lines and not any(comments.values()):
        array.extend(values)
        return array
    for line in own_lines:
        array.add_line(comment=line)
    for value in values:
        array.add_line(value, comment=comments[value] or None)
    array.add_line(indent="")
    return array


COMMENTED_VALUE = re.compile(r"""\s*(?P<quote>["'])(?P<value>.*?)(?P=quote)\s*,?\s*#\s*(?P<comment>.*)""")


def _merge_list(table: Part, key: str, wanted: list[Values]) -> None:
    """Keep the tables of what stays, wherever it goes, with all else in them and the comments above them."""
    old = table.get(key)
    entries = [_as_table(entry) for entry in old] if isinstance(old, list) else []
    telling = next(iter(wanted[0])) if wanted else ""
    matches = _matches([entry.get(telling) for entry in entries], [values[telling] for values in wanted])
    if isinstance(old, AoT) and matches == list(range(len(entries))):
        for entry, values in zip(entries, wanted, strict=True):
            _merge(entry, values, {})
    elif wanted:
        table[key] = _array_of_tables(entries, matches, wanted)
    elif old is None or entries:
        table[key] = tomlkit.array()
        if entries and isinstance(table, Table):
            _add_lines(table, _take_last_lines(entries[-1]))


def _as_table(entry: Any) -> Table:
    if isinstance(entry, Table):
        return entry
    table = tomlkit.table()
    table.update(entry)
    return table


def _array_of_tables(entries: list[Table], matches: list[int | None], wanted: list[Values]) -> AoT:
    # The parser hands a comment above a header to the table before it. One above the first stays where it is.
    above = [[], *map(_take_last_lines, entries)]
    array = tomlkit.aot()
    for match, values in zip(matches, wanted, strict=True):
        entry = tomlkit.table() if match is None else entries[match]
        _merge(entry, values, {})
        lines = above[match] if match is not None else []
        if lines and not len(array):
            # What is above the header of the first belongs to another table: its lines go below.
            entry, lines = _with_lines(entry, lines), []
        if lines:
            _add_lines(array[-1], lines)
        array.append(entry)
        if lines:
            entry.trivia.indent = ""  # Without the blank line that tomlkit puts there.
    _add_lines(array[-1], above[-1])
    return array


def _take_last_lines(table: Table) -> list[Item]:
    body = table.value.body
    lines: list[Item] = []
    while body and body[-1][0] is None:
        lines.insert(0, body.pop()[1])
    return lines


def _with_lines(entry: Table, lines: list[Item]) -> Table:
    """The table with these comments below its header."""
    table = tomlkit.table()
    table.trivia.comment_ws, table.trivia.comment = entry.trivia.comment_ws, entry.trivia.comment
    _add_lines(table, [line for line in lines if isinstance(line, Comment)])
    for key, item in entry.value.body:
        table.append(key, item)
    return table


def _add_lines(table: Table, lines: list[Item]) -> None:
    for line in lines:
        table.append(None, line)


def _matches(old: list[object], new: list[object]) -> list[int | None]:
    """For each new table the old one that it is: with the same in its first key, else a left one in the same place."""
    free = dict(enumerate(old))
    matches: list[int | None] = []
    for wanted in new:
        match = next((index for index, other in free.items() if other == wanted), None)
        free.pop(match, None)  # type: ignore[arg-type]
        matches.append(match)
    for position, match in enumerate(matches):
        if match is None and position in free:
            del free[position]
            matches[position] = position
    return matches


def _same(old: object, new: object) -> bool:
    """Equality in which false is not 0."""
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same, old, new))
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in new)
    return old == new and isinstance(old, bool) == isinstance(new, bool)
