"""Sample profiles: files of `parley.resources` that show what a profile can hold, and how it is written by hand."""

from __future__ import annotations

from pkgutil import get_data

from parley.model.files.reader import read_profile
from parley.model.profile import Profile

SAMPLES = ("reject-every-caller", "orthanc")


def sample_profiles() -> tuple[Profile, ...]:
    """The samples, to be opened or saved under a name of the person's own."""
    return tuple(read_profile(sample_text(name), name) for name in SAMPLES)


def sample_text(name: str) -> str:
    """The text of a sample's file."""
    return (get_data("parley.resources", f"profiles/{name}.toml") or b"").decode("utf-8")
