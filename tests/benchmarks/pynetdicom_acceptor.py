"""The peer of a benchmark: pynetdicom's acceptor. Prints ``PORT n``; ends with standard input."""

import sys

from pynetdicom import AE
from pynetdicom.sop_class import Verification

ae = AE()
ae.maximum_associations = 1_000
ae.network_timeout = None
ae.add_supported_context(Verification)
server = ae.start_server(("127.0.0.1", 0), block=False)
print("PORT", server.socket.getsockname()[1], flush=True)
sys.stdin.read()
server.shutdown()
