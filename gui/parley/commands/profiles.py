"""`parley profiles`: the saved profiles, listed, shown, and carried to and from files of other programs."""

from __future__ import annotations

import argparse
from pathlib import Path

from parley.commands.output import complain, output, print_line
from parley.commands.shared import FAILED, NOT_TRIED, PASSED, UsageError, profile_store, stored_profile
from parley.model.files.entries import StoredProfile
from parley.model.files.secrets import without_references
from parley.model.files.store import ProfileStore
from parley.model.files.writer import new_text
from parley.model.system_errors import error_words
from parley.ul.visible import LONGEST_NAME, one_line


def list_profiles(options: argparse.Namespace) -> int:
    """The name and the place of each, and why one cannot be read."""
    for entry in profile_store(options).list():
        place = f"  ({entry.key})" if not entry.built_in else "  (built in)"
        line = "" if entry.line is None else f", line {entry.line}"
        trouble = f"  cannot be read{line}: {entry.problem}" if entry.problem else ""
        print_line(f"{one_line(entry.name, LONGEST_NAME)}{place}{trouble}")
    return PASSED


def show_profile(options: argparse.Namespace) -> int:
    """One as TOML, every key; the names of its secrets are left out, as what is shown is often passed on."""
    profile = without_references(stored_profile(options, options.name))
    output.write(new_text(profile))
    return PASSED


def import_profiles(options: argparse.Namespace) -> int:
    """Add what is in files; what cannot be read does not keep the rest out."""
    from parley.exchange.adopting import Landed, adopt
    from parley.exchange.files import read_file

    store = profile_store(options)
    imported, troubles = 0, 0
    for path in options.files:
        found = read_file(path)
        for note in found.notes:
            print_line(f"{path}: {note}")
        for each in adopt(store, found, options.folder):
            if isinstance(each, Landed):
                imported += 1
                print_line(str(each))
            else:
                troubles += 1
                complain(f"{path}: {each}")
    if not imported:
        return NOT_TRIED
    return FAILED if troubles else PASSED


def export_profiles(options: argparse.Namespace) -> int:
    """Write those chosen to one file, without secrets."""
    from parley.exchange.files import SUFFIXES, Format, write
    from parley.model.files.atomic import write_atomically

    form = Format(options.format) if options.format else SUFFIXES.get(Path(options.to).suffix.lower())
    if form is None:
        raise UsageError(f"what is {options.to} to be? Say it with --format.")
    store = profile_store(options)
    entries = _chosen(store, options.names)
    readable = [entry for entry in entries if entry.profile is not None]
    if not readable:
        raise UsageError("there is no profile to export")
    if form is Format.TOML and len(readable) > 1:
        raise UsageError("a TOML file holds one profile: choose zip for several")
    exported = write(
        [entry.profile for entry in readable if entry.profile],
        [(entry.key, store.text(entry.key)) for entry in readable],
        form,
    )
    if options.to == "-":
        output.write(exported.data)
    else:
        try:
            write_atomically(Path(options.to), exported.data, for_group=store.for_group)
        except OSError as error:
            raise UsageError(f"{options.to} was not written: {error_words(error)}") from None
    unreadable = [f"{entry.key} cannot be read: {entry.problem}" for entry in entries if entry.profile is None]
    for reason in (*unreadable, *exported.problems):
        complain(reason)
    return FAILED if unreadable or exported.problems else PASSED


def _chosen(store: ProfileStore, names: list[str]) -> list[StoredProfile]:
    """The profiles of these names and in these folders, each once; all that have files where there is no name."""
    entries = store.list()
    if not names:
        return [entry for entry in entries if not entry.built_in]
    folders = set(store.folders())
    chosen: dict[str, StoredProfile] = {}
    for name in names:
        folder = name.rstrip("/")
        inside = [e for e in entries if f"{e.folder}/".startswith(f"{folder}/")] if folder in folders else []
        chosen |= {entry.key: entry for entry in inside or [store.find(name)]}
    return list(chosen.values())


COMMANDS = {
    "profiles list": list_profiles,
    "profiles show": show_profile,
    "profiles import": import_profiles,
    "profiles export": export_profiles,
}
"""By their names in `parley.arguments`."""
