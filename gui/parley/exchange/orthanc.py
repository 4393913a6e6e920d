"""Orthanc's list of DICOM modalities, as its configuration file has it under ``DicomModalities``.

An entry is ``[AET, host, port]``, the same with the manufacturer behind, or an object of ``AET``, ``Host``, ``Port``
and flags. What a profile has no place for, such as what Orthanc allows the modality to do, goes into its comment.
Orthanc's files may hold comments, which JSON does not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any

from parley.exchange.results import MOST_PROFILES, Exported, Imported, Problem, peer_profile
from parley.model.handle import RequestorHandle
from parley.model.profile import Profile, Timers

KEY = "DicomModalities"

# Each piece begins with what only a string or a comment can begin with and always matches to its end: no going back.
_STRING_OR_COMMENT = re.compile(
    r'"(?:\\(?:.|\Z)|[^"\\])*+(?:"|\Z)|//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)', re.DOTALL
)
_STRING = re.compile(r'("(?:\\.|[^"\\])*+")(\s*+:)?', re.DOTALL)
_LONGEST_COMMENT = 1000
"""Characters of what a profile has no place for."""


def read_orthanc(text: str) -> Imported:
    """The modalities of a configuration file, or of an object of modalities alone, as profiles."""
    plain = _without_comments(text)
    try:
        top = json.loads(plain)
    except json.JSONDecodeError as error:
        return _nothing(f"it is not JSON: {error.msg[:1].lower()}{error.msg[1:]}", error.lineno)
    except RecursionError:
        return _nothing("values are nested too deeply")
    except ValueError:
        return _nothing("it holds a number of thousands of digits")
    modalities = top.get(KEY, top) if isinstance(top, dict) else None
    if not isinstance(modalities, dict):
        return _nothing(f"it is no object of modalities, nor has it one called {KEY}")
    if modalities is top and not all(_looks_like_modality(value) for value in top.values()):
        return _nothing(f"there is no {KEY} in it")
    if not modalities:
        return _nothing(f"{KEY} is empty")

    start = plain.find(f'"{KEY}"') if modalities is not top else 0
    lines = _Lines(plain, max(start, 0))
    profiles: list[Profile] = []
    problems: list[Problem] = []
    for name, value in islice(modalities.items(), MOST_PROFILES):
        try:
            profiles.append(_profile(name, value))
        except ValueError as error:
            problems.append(Problem(str(error), lines.of(name), ascii(name)[1:-1][:80]))
    if len(modalities) > MOST_PROFILES:
        problems.append(Problem(f"only the first {MOST_PROFILES} were read"))
    return Imported.of(profiles, problems)


def write_orthanc(profiles: Iterable[Profile]) -> Exported:
    """``DicomModalities`` for the peers that the profiles' SCUs call, to be put into Orthanc's configuration."""
    modalities: dict[str, object] = {}
    problems: list[Problem] = []
    for profile in profiles:
        if profile.name in modalities:
            problems.append(Problem("left out, as an earlier one has the same name", where=profile.name))
            continue
        modalities[profile.name] = _entry(profile)
    return Exported((json.dumps({KEY: modalities}, indent=2, ensure_ascii=True) + "\n").encode(), tuple(problems))


def _entry(profile: Profile) -> dict[str, object]:
    scu = profile.scu
    entry: dict[str, object] = {"AET": scu.handle.called_ae_title, "Host": scu.host, "Port": scu.port}
    if scu.handle.calling_ae_title != RequestorHandle().calling_ae_title:
        entry["LocalAet"] = scu.handle.calling_ae_title
    response = scu.timers.association_response
    if response != Timers().association_response:
        entry["Timeout"] = round(response) if response else 0
    return entry


def _profile(name: str, value: object) -> Profile:
    values: dict[Any, Any]
    match value:
        case [title, host, port, *rest] if len(rest) <= 1:
            values = {"Manufacturer": rest[0]} if rest else {}
        case {"AET": title, "Host": host, "Port": port, **values}:
            pass
        case _:
            raise ValueError("it is neither [AET, host, port] nor an object with AET, Host and Port")
    profile = peer_profile(name, title, host, port)
    profile = _with_local_title(profile, values.pop("LocalAet", ""))
    profile = _with_timeout(profile, values.pop("Timeout", 0))
    told = ", ".join(f"{key} = {json.dumps(it)}" for key, it in values.items())[:_LONGEST_COMMENT]
    return replace(profile, comment=f"Orthanc: {told}" if told else "")


def _with_local_title(profile: Profile, title: object) -> Profile:
    if not title:
        return profile
    if not isinstance(title, str) or len(title) > 16 or not title.isprintable():
        raise ValueError("LocalAet is no AE title")
    return replace(profile, scu=replace(profile.scu, handle=replace(profile.scu.handle, calling_ae_title=title)))


def _with_timeout(profile: Profile, seconds: object) -> Profile:
    """Zero is Orthanc's word for its own default."""
    if not isinstance(seconds, int) or not 0 <= seconds < 86_400:
        raise ValueError("Timeout is no number of seconds below a day")
    if not seconds:
        return profile
    timers = replace(profile.scu.timers, association_response=float(seconds))
    return replace(profile, scu=replace(profile.scu, timers=timers))


def _looks_like_modality(value: object) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and "AET" in value)


def _without_comments(text: str) -> str:
    """The text with a blank for each comment, and as many lines."""

    def blank(match: re.Match[str]) -> str:
        piece = match[0]
        return piece if piece.startswith('"') else " " + "\n" * piece.count("\n")

    return _STRING_OR_COMMENT.sub(blank, text)


def _nothing(reason: str, line: int | None = None) -> Imported:
    return Imported(problems=(Problem(reason, line),))


class _Lines:
    """Finds the lines that keys stand in; the text is gone through once, at the first that is looked for."""

    def __init__(self, text: str, start: int) -> None:
        self._text, self._start = text, start

    def of(self, key: str) -> int | None:
        """Where a key is set; None where it is written in another way than one would."""
        spellings = (json.dumps(key), json.dumps(key, ensure_ascii=False))
        return next((self._known[each] for each in spellings if each in self._known), None)

    @cached_property
    def _known(self) -> dict[str, int]:
        """The first line of each key, as it is spelled."""
        known: dict[str, int] = {}
        line, position = self._text.count("\n", 0, self._start) + 1, self._start
        for match in _STRING.finditer(self._text, self._start):
            line += self._text.count("\n", position, match.start())
            position = match.start()
            if match[2]:
                known.setdefault(match[1], line)
        return known
