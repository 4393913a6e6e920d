"""Inputs that are nearly right: what the suite tries in a moment, and all that is tried without atheris."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

_STRANGE = (*(bytes([code]) for code in b'\0\xff\x7f["=\n\\'), bytes(2), b"\xff\xff", b"\xff" * 4, b"9" * 40)


def mutations(originals: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Without end: a few bytes changed, cut out, doubled or taken from another input. The same seed gives the same."""
    chance = random.Random(seed)
    while True:
        data = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 4)):
            start = chance.randint(0, len(data))
            end = min(len(data), start + chance.randint(1, 16))
            match chance.randrange(6):
                case 0:
                    data[start : start + 1] = bytes([chance.randrange(256)])
                case 1:
                    del data[start:end]
                case 2:
                    data[start:start] = data[start:end]
                case 3:
                    data[start:end] = chance.choice(_STRANGE)
                case 4:
                    data[start:start] = chance.choice(_STRANGE)
                case _:
                    other = chance.choice(originals)
                    cut = chance.randint(0, len(other))
                    data[start:end] = other[cut : cut + chance.randint(1, 64)]
        yield bytes(data)
