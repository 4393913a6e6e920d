"""Lists of AE title, host and port as spreadsheets hold them.

Comma, semicolon or tab between the fields; quotes where needed; a header where there is one, and then the columns may
come in any order. A line is a row: a quoted field does not go on in the next line, so that a forgotten quote costs one
row only.

A spreadsheet runs a text that begins like a formula, whoever wrote it. Such a text is written with an apostrophe before
it, which spreadsheets take as the sign of a text, and which is taken off again when the list is read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from itertools import count

from parley.exchange.results import LINE_ENDS, MOST_PROFILES, Imported, Problem, peer_profile
from parley.model.profile import Profile

DELIMITERS = ",;\t"
HEADER = ("AE title", "Host", "Port", "Name")
NAMES = {
    "title": {"aetitle", "aet", "ae", "title", "calledaetitle", "calledaet", "peeraetitle"},
    "host": {"host", "hostname", "ip", "ipaddress", "address", "peer", "peerhost"},
    "port": {"port", "portnumber", "tcpport", "peerport"},
    "name": {"name", "profile", "description", "label"},
}
"""What the columns are called in other people's lists: letters only, lower case."""

_FORMULA = re.compile(r"[\s']*[=+\-@\t\r＝＋－＠]")
"""How a text begins that a spreadsheet may run; behind apostrophes too, so that each of them survives the way back."""
_AS_TEXT = "'"
LONGEST_ROW = 10_000
"""Characters of a row: what is longer is none."""
MOST_LINES = 100_000
"""Looked at, empty ones included."""

_SAMPLE = 50
"""Lines that are looked at to find out what stands between the fields."""


def read_csv(text: str) -> Imported:
    """The peers of a list, as profiles whose SCU calls them."""
    lines, problems = _lines(text)
    if not lines:
        return Imported(problems=tuple(problems) or (Problem("there is nothing in it"),))
    delimiter = _named_delimiter(lines[0][1])
    if delimiter:
        lines = lines[1:]
    else:
        delimiter = _delimiter([line for _, line in lines[:_SAMPLE]])
    if not lines:
        return Imported(problems=(Problem("there is nothing in it"),))
    columns = _header(_cells(lines[0][1], delimiter))
    if columns:
        lines = lines[1:]
    profiles: list[Profile] = []
    for number, line in lines[:MOST_PROFILES]:
        try:
            profiles.append(_profile(_cells(line, delimiter), columns or ("title", "host", "port", "name")))
        except ValueError as error:
            problems.append(Problem(str(error), number))
    if len(lines) > MOST_PROFILES:
        problems.append(Problem(f"only {MOST_PROFILES} rows were read", lines[MOST_PROFILES][0]))
    return Imported.of(profiles, problems)


def write_csv(profiles: Iterable[Profile]) -> str:
    """A list with a header of the peers that the profiles' SCUs call."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(HEADER)
    for profile in profiles:
        row = (profile.scu.handle.called_ae_title, profile.scu.host, profile.scu.port, profile.name)
        writer.writerow([_inert(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()


def _inert(text: str) -> str:
    """The text in one line that no spreadsheet runs."""
    line = LINE_ENDS.sub(" ", text)
    return f"{_AS_TEXT}{line}" if _FORMULA.match(line) else line


def _meant(cell: str) -> str:
    """What `_inert` was given, in one line and stripped."""
    is_inert = cell.startswith(_AS_TEXT) and _FORMULA.match(cell, len(_AS_TEXT))
    return cell[len(_AS_TEXT) :].strip() if is_inert else cell


def _lines(text: str) -> tuple[list[tuple[int, str]], list[Problem]]:
    """The rows with their numbers, as many as are read and one more, and what was not even looked at."""
    rows: list[tuple[int, str]] = []
    problems: list[Problem] = []
    start = 0
    for number in count(1):
        end = LINE_ENDS.search(text, start)
        line = text[start : end.start() if end else None]
        if number > MOST_LINES:
            problems.append(Problem(f"only {MOST_LINES} lines were read", number))
            break
        if len(line) > LONGEST_ROW:
            problems.append(Problem(f"it has more than {LONGEST_ROW} characters", number))
        elif _counts(line):
            rows.append((number, line))
        if end is None or len(rows) > MOST_PROFILES + 2 or len(problems) > MOST_PROFILES:
            break
        start = end.end()
    return rows, problems


def _named_delimiter(line: str) -> str:
    """What spreadsheets say in a first line of its own, such as ``sep=;``; nothing where it is none."""
    found = re.fullmatch(f'"?sep=([{DELIMITERS}])"?', line.strip(" "), re.IGNORECASE)
    return found[1] if found else ""


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _delimiter(lines: list[str]) -> str:
    """The one that makes rows of three fields and more of the most lines."""

    def rows(delimiter: str) -> int:
        return sum(len(_cells(line, delimiter)) >= len(HEADER) - 1 for line in lines)

    return max(DELIMITERS, key=rows)


def _cells(line: str, delimiter: str) -> list[str]:
    """The fields of a line; none where the quotes do not end."""
    try:
        rows = list(csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error:
        return []
    return [_meant(cell.strip()) for cell in rows[0]] if rows else []


def _header(cells: list[str]) -> tuple[str, ...]:
    """Which column is what; nothing where this is no header."""
    words = [re.sub("[^a-z]", "", cell.casefold()) for cell in cells]
    columns = tuple(next((key for key, names in NAMES.items() if word in names), "") for word in words)
    return columns if {"title", "host", "port"} <= set(columns) else ()


def _profile(cells: list[str], columns: tuple[str, ...]) -> Profile:
    if len(cells) < len(HEADER) - 1:
        raise ValueError("it is not AE title, host and port: fewer than three fields, or a quote that does not end")
    values = dict(zip(columns, cells, strict=False))
    return peer_profile(values.get("name"), values.get("title", ""), values.get("host", ""), values.get("port", ""))
