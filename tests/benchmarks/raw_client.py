"""A client that knows nothing but sockets: associates and releases as fast as an acceptor lets it.

Run as a process of its own, so that it takes no time from the acceptor's: `python raw_client.py PORT SECONDS RQ_HEX`.
Prints how many associations it released, and in how many seconds.
"""

import socket
import sys
import time

RELEASE_RQ = bytes.fromhex("05000000000400000000")


def read_pdu(sock: socket.socket) -> bytes:
    """One whole PDU."""
    data = sock.recv(65536)
    while len(data) < 6 or len(data) < 6 + int.from_bytes(data[2:6], "big"):
        more = sock.recv(65536)
        if not more:
            raise ConnectionError("closed in the middle of a PDU")
        data += more
    return data


def associate_and_release(port: int, request: bytes) -> None:
    """One association, from connect to close."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(request)
        if read_pdu(sock)[0] != 2:
            raise ConnectionError("not accepted")
        sock.sendall(RELEASE_RQ)
        if read_pdu(sock)[0] != 6:
            raise ConnectionError("not released")


def main() -> None:
    """Measure for as long as asked."""
    port, seconds, request = int(sys.argv[1]), float(sys.argv[2]), bytes.fromhex(sys.argv[3])
    associate_and_release(port, request)
    started = time.perf_counter()
    count = 0
    while time.perf_counter() - started < seconds:
        associate_and_release(port, request)
        count += 1
    print(count, time.perf_counter() - started)


if __name__ == "__main__":
    main()
