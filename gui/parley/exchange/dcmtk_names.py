"""What DCMTK calls UIDs in its configuration files, where that is not the standard's keyword."""

from __future__ import annotations

import re
from functools import cache

from parley.model.registry import entries

_TRANSFER_SYNTAXES = {
    "LittleEndianImplicit": "",
    "LittleEndianExplicit": ".1",
    # What the machine's byte order makes of the next two is decided where DCMTK runs: hardly ever on a big endian one.
    "LocalEndianExplicit": ".1",
    "OppositeEndianExplicit": ".2",
    "BigEndianExplicit": ".2",
    "DeflatedLittleEndianExplicit": ".1.99",
    "JPEGBaseline": ".4.50",
    "JPEGExtended:Process2+4": ".4.51",
    "JPEGExtended:Process3+5": ".4.52",
    "JPEGSpectralSelection:Non-hierarchical:Process6+8": ".4.53",
    "JPEGSpectralSelection:Non-hierarchical:Process7+9": ".4.54",
    "JPEGFullProgression:Non-hierarchical:Process10+12": ".4.55",
    "JPEGFullProgression:Non-hierarchical:Process11+13": ".4.56",
    "JPEGLossless:Non-hierarchical:Process14": ".4.57",
    "JPEGLossless:Non-hierarchical:Process15": ".4.58",
    "JPEGExtended:Hierarchical:Process16+18": ".4.59",
    "JPEGExtended:Hierarchical:Process17+19": ".4.60",
    "JPEGSpectralSelection:Hierarchical:Process20+22": ".4.61",
    "JPEGSpectralSelection:Hierarchical:Process21+23": ".4.62",
    "JPEGFullProgression:Hierarchical:Process24+26": ".4.63",
    "JPEGFullProgression:Hierarchical:Process25+27": ".4.64",
    "JPEGLossless:Hierarchical:Process28": ".4.65",
    "JPEGLossless:Hierarchical:Process29": ".4.66",
    "JPEGLossless:Non-hierarchical-1stOrderPrediction": ".4.70",
    "JPEGLSLossless": ".4.80",
    "JPEGLSLossy": ".4.81",
    "JPEG2000LosslessOnly": ".4.90",
    "JPEG2000": ".4.91",
    "JPEG2000MulticomponentLosslessOnly": ".4.92",
    "JPEG2000Multicomponent": ".4.93",
    "MPEG2MainProfile@MainLevel": ".4.100",
    "MPEG2MainProfile@HighLevel": ".4.101",
    "MPEG4HighProfile/Level4.1": ".4.102",
    "MPEG4BDcompatibleHighProfile/Level4.1": ".4.103",
    "MPEG4HighProfile/Level4.2For2DVideo": ".4.104",
    "MPEG4HighProfile/Level4.2For3DVideo": ".4.105",
    "MPEG4StereoHighProfile/Level4.2": ".4.106",
    "HEVCMainProfile/Level5.1": ".4.107",
    "HEVCMain10Profile/Level5.1": ".4.108",
    "RLELossless": ".5",
}
"""By what follows 1.2.840.10008.1.2."""

_RENUMBERED = {
    "vlimagestorage": "1.2.840.10008.5.1.4.1.1.77.1",
    "vlmultiframeimagestorage": "1.2.840.10008.5.1.4.1.1.77.2",
    "implantationplansrdocumentstorage": "1.2.840.10008.5.1.4.1.1.88.70",
}
"""What the registry has other keywords for, or none."""

_VERB_FIRST = re.compile("(find|get|move)(.+informationmodel)")


def uid_of(name: str) -> str:
    """The UID of a name in DCMTK's files, or the UID that it is; empty when it is not known."""
    name = name.strip()
    if re.fullmatch("[0-9][0-9.]*", name):
        return name
    if name in _TRANSFER_SYNTAXES:
        return f"1.2.840.10008.1.2{_TRANSFER_SYNTAXES[name]}"
    folded = _folded(name)
    spellings = (
        f"{folded}retired" if name.startswith("RETIRED_") else folded,
        folded,
        _VERB_FIRST.sub(r"\2\1", folded),
    )
    return next((_by_keyword()[each] for each in spellings if each in _by_keyword()), "")


def _folded(name: str) -> str:
    """What the keywords of DCMTK and of the standard have in common."""
    return name.casefold().removeprefix("retired_").removesuffix("sopclass")


@cache
def _by_keyword() -> dict[str, str]:
    return _RENUMBERED | {_folded(entry.keyword): entry.uid for entry in entries().values() if entry.keyword}
