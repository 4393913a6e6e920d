"""Writes PDUs as a packet capture, so that a decoder that is not ours can read them. One TCP connection, no checksums.

The classic format: a header of 24 bytes, then each frame with a header of its own.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

PORT = 11112
_CLIENT_PORT = 40_000
_ETHERNET = 1
_LONGEST = 0xFFFF
_MAC_ADDRESSES = bytes.fromhex("020000000002020000000001")
_CLIENT, _SERVER = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
_SEGMENT = 16_000
_ACK, _PUSH, _SYN = 0x10, 0x08, 0x02


def write_pcap(path: Path, exchange: Iterable[tuple[bool, bytes]]) -> None:
    """Write one connection.

    Args:
        exchange: what was sent in order, each with whether the client, who connected, sent it.
    """
    connection = _Connection()
    frames = connection.handshake()
    for from_client, data in exchange:
        for start in range(0, len(data), _SEGMENT):
            frames.append(connection.segment(from_client, data[start : start + _SEGMENT]))
    records = (
        struct.pack("<LLLL", second, 0, len(frame), len(frame)) + frame for second, frame in enumerate(frames, start=1)
    )
    path.write_bytes(struct.pack("<LHHlLLL", 0xA1B2C3D4, 2, 4, 0, 0, _LONGEST, _ETHERNET) + b"".join(records))


class _Connection:
    def __init__(self) -> None:
        self._sent = {True: 0, False: 0}

    def handshake(self) -> list[bytes]:
        frames = []
        for from_client, flags in ((True, _SYN), (False, _SYN | _ACK)):
            frames.append(self._frame(from_client, flags, b""))
            self._sent[from_client] = 1
        return [*frames, self._frame(True, _ACK, b"")]

    def segment(self, from_client: bool, data: bytes) -> bytes:
        frame = self._frame(from_client, _ACK | _PUSH, data)
        self._sent[from_client] += len(data)
        return frame

    def _frame(self, from_client: bool, flags: int, data: bytes) -> bytes:
        ports, addresses = (_CLIENT_PORT, PORT), _CLIENT + _SERVER
        if not from_client:
            ports, addresses = ports[::-1], _SERVER + _CLIENT
        sent, received = self._sent[from_client], self._sent[not from_client]
        tcp = struct.pack(">HHLLBBHHH", *ports, sent, received, 5 << 4, flags, _LONGEST, 0, 0) + data
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + addresses
        return _MAC_ADDRESSES + b"\x08\x00" + ip + tcp
